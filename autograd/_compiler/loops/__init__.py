"""An array program as loops over numbers, and as source of other languages."""
