"""An array program performed step by step, on any array library."""
