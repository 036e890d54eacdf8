"""The laws on an engine, under limits and in a process of its own."""
