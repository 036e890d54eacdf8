"""Random programs, grown from choices."""
