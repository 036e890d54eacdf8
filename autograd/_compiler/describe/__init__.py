"""What each step of an array program says: for `print` and for pictures."""
