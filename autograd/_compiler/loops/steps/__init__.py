"""The steps of an array program as statements."""
