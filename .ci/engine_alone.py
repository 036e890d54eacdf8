"""The engine where only NumPy is there, and neither threads nor processes: as in Pyodide, in a browser."""

import numpy as np

from autograd import Tensor, Value, compile, grad, sigmoid

w, a, b = Value(1.2, label="w"), Value(0.5, label="a"), Value(-0.3, label="b")
C = ((sigmoid(w * a + b) - 1) ** 2).with_label("C")
C.backward()
assert abs(w.grad + 0.10403106386758482) < 1e-15, w.grad
assert grad(grad(lambda x: x**3))(2.0) == 12.0

W = Tensor(np.ones((2, 3)))
sigmoid(W @ np.array([1.0, 2.0, 3.0])).sum().backward()
assert W.grad.shape == (2, 3)

program = compile(C, inputs=[a], wrt=[w, b])
_, gradient = program.value_and_grad(np.array([1.2, -0.3]), np.array([[0.5]]))
assert abs(gradient[0] - w.grad) < 1e-15, gradient
assert "double" in program.to_c("net")
try:
    program.native()
except RuntimeError as error:
    print(f"the engine runs with NumPy {np.__version__}; native() says: {error}")
