"""An array program as loops over numbers, for languages other than Python."""
