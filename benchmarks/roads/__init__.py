"""The engine put through random programs by every road, and the precision of its primitives."""
