"""NumPy's functions on nodes, made from rows."""
