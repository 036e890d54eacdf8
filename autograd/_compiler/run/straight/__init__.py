"""A tape as a straight line of operations, on floats or on arrays: as code, or performed."""
