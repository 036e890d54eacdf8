"""An array program as generated NumPy code on preallocated arrays."""
