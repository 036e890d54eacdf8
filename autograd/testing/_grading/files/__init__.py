"""A student's file, and the engine in it."""
