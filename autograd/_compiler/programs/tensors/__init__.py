"""A program of Tensors: its arguments, exports, and C."""
