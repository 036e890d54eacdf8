"""Recorded graphs of Tensors as NumPy code on buffers."""
