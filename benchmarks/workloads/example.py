"""One example's gradient of the 784-16-16-10 net, in scalars: 26,000 operations."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from benchmarks.digit_net import SIZES
from benchmarks.measure import ms_a_call
from benchmarks.scalar_nets import arrays, casadi_gradient, casadi_net, operations, outputs, start
from benchmarks.workload import OURS, Column, Contender, Target, Workload

EAGER = "chainrule, eager"

Gradient = Callable[[], Any]  # the numbers of the gradient, in an array or a list


def example() -> tuple[Any, Any]:
    """An image and the desired outputs."""
    import numpy as np

    rng = np.random.default_rng(0)
    return rng.random(SIZES[0]), np.eye(SIZES[-1])[3]


def cost(theta: Any, x: Any, y: Any, sigmoid: Callable[[Any], Any]) -> Any:
    """The quadratic cost, one scalar at a time."""
    a = outputs(SIZES, theta, x, (sigmoid,) * 3)
    differences = [o - desired for o, desired in zip(a, y, strict=True)]
    return sum(d * d for d in differences)


def ours() -> Gradient:
    import numpy as np

    from autograd import Value, compile, sigmoid

    theta, x, y = ([Value(0.0) for _ in range(n)] for n in (len(start(SIZES)), SIZES[0], SIZES[-1]))
    program = compile(cost(theta, x, y, sigmoid), inputs=[*x, *y], wrt=theta)
    at, row = start(SIZES), np.concatenate(example())[np.newaxis]
    return lambda: program.value_and_grad(at, row)[1]


def swept(Value: Callable[[float], Any], forgotten: float | None, sigmoid: Callable[[Any], Any]) -> Gradient:
    """A new graph for each gradient, as this project's eager scalars and micrograd make one."""
    theta = [Value(number) for number in start(SIZES).tolist()]
    x, y = (array.tolist() for array in example())

    def gradient() -> list[float]:
        for p in theta:
            p.grad = forgotten
        cost(theta, x, y, sigmoid).backward()
        return [p.grad for p in theta]

    return gradient


def eager() -> Gradient:
    from autograd import Value, sigmoid

    return swept(Value, None, sigmoid)


def micrograd() -> Gradient:
    from micrograd.engine import Value

    def sigmoid(x: Any) -> Any:  # which it lacks, as it defines its own functions
        out = Value(1 / (1 + math.exp(-x.data)), (x,), "sigmoid")

        def _backward() -> None:
            x.grad += out.data * (1 - out.data) * out.grad

        out._backward = _backward
        return out

    return swept(Value, 0.0, sigmoid)


def xad() -> Gradient:
    from xad.adj_1st import Real, Tape
    from xad.math import exp

    at, (x, y) = start(SIZES).tolist(), (array.tolist() for array in example())
    tape = Tape()
    tape.activate()

    def gradient() -> list[float]:
        theta = [Real(number) for number in at]
        for p in theta:
            tape.registerInput(p)
        tape.newRecording()
        root = cost(theta, x, y, lambda z: 1 / (1 + exp(-z)))
        tape.registerOutput(root)
        root.setDerivative(1.0)
        tape.computeAdjoints()
        gradient = [p.getDerivative() for p in theta]
        tape.clearAll()
        return gradient

    return gradient


def numpy() -> Gradient:
    """By hand, plain: vectors and matrices of one example."""
    import numpy as np

    W1, b1, W2, b2, W3, b3 = arrays(SIZES, start(SIZES))
    x, y = example()

    def sigmoid(z: Any) -> Any:
        return 1 / (1 + np.exp(-z))

    def gradient() -> Any:
        a1 = sigmoid(W1 @ x + b1)
        a2 = sigmoid(W2 @ a1 + b2)
        a3 = sigmoid(W3 @ a2 + b3)
        d3 = 2 * (a3 - y) * a3 * (1 - a3)
        d2 = (d3 @ W3) * a2 * (1 - a2)
        d1 = (d2 @ W2) * a1 * (1 - a1)
        gradients = np.outer(d1, x), d1, np.outer(d2, a1), d2, np.outer(d3, a2), d3
        return np.concatenate([array.ravel() for array in gradients])

    return gradient


def casadi() -> Gradient:
    """casadi SX, built once, in its virtual machine."""
    import casadi

    theta = casadi.SX.sym("theta", len(start(SIZES)))
    x, y = casadi.SX.sym("x", SIZES[0]), casadi.SX.sym("y", SIZES[-1])
    sigmoids = (lambda z: 1 / (1 + casadi.exp(-z)),) * 3
    total = casadi.sumsqr(casadi_net(SIZES, theta, x, sigmoids) - y)
    gradient = casadi_gradient(total, theta, x, y)
    at, numbers = start(SIZES), example()
    return lambda: gradient(at, *numbers)


def check(gradient: Gradient, case: int) -> list[float]:
    """The gradient."""
    return [float(number) for number in gradient()]


def time(gradient: Gradient, case: int, repeats: int) -> dict[str, float]:
    """ms a gradient."""
    return {"gradient": ms_a_call(gradient, repeats)}


CASE = operations(SIZES)

WORKLOAD = Workload(
    name="example",
    title="One example's gradient of the 784-16-16-10 net, in scalars",
    about=(
        f"Sigmoid, quadratic cost, float64; ms for one gradient. **{OURS}** and casadi have compiled the "
        "graph before; eager scalars, XAD and micrograd make a new one each time."
    ),
    cases=(CASE,),
    case="{:,} operations",
    columns=(Column("gradient", "gradient (ms)", "{:.3f}"),),
    compared="gradient",
    contenders={
        OURS: Contender(ours),
        EAGER: Contender(eager, repeats=5),
        "NumPy by hand": Contender(numpy),
        "XAD": Contender(xad, "xad", repeats=5),
        "micrograd": Contender(micrograd, "micrograd", repeats=3, recursive=True),
        "casadi SX": Contender(casadi, "casadi"),
    },
    check=check,
    time=time,
    repeats={CASE: 9},
    rtol=1e-9,
    targets=(Target(CASE, "gradient", 1.0, "casadi SX"),),
)
