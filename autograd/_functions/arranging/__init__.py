"""The same numbers in other places or in another shape."""
