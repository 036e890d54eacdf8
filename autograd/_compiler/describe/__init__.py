"""The formulas of an array program's steps: for `print` and for pictures."""
