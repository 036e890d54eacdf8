"""Programs for other libraries: JAX, PyTorch, ONNX."""
