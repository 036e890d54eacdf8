"""Checks of derivatives at a point, and of everything about one primitive."""
