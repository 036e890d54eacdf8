"""One example's gradient of nets in scalars, over their size."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.measure import ms_a_call
from benchmarks.native import no_compiler
from benchmarks.scalar_nets import WIDTHS, arrays, casadi_gradient, casadi_net, outputs, start
from benchmarks.workload import OURS, Column, Contender, Target, Workload

EAGER, NATIVE = "chainrule, eager", "chainrule, native"

Sizes = tuple[int, ...]
Gradient = Callable[[], Any]  # the numbers of the gradient, in an array or a list
Library = Callable[[Sizes], Gradient]


def example(sizes: Sizes) -> tuple[Any, Any]:
    """An image and the desired outputs."""
    import numpy as np

    rng = np.random.default_rng(0)
    return rng.random(sizes[0]), np.eye(sizes[-1])[3]


def cost(sizes: Sizes, theta: Any, x: Any, y: Any, sigmoid: Callable[[Any], Any]) -> Any:
    """The quadratic cost, one scalar at a time."""
    a = outputs(sizes, theta, x, (sigmoid,) * (len(sizes) - 1))
    differences = [o - desired for o, desired in zip(a, y, strict=True)]
    return sum(d * d for d in differences)


def ours(sizes: Sizes, native: bool = False) -> Gradient:
    """Compiled; `native`: in C."""
    import numpy as np

    from autograd import Value, compile, sigmoid

    theta, x, y = ([Value(0.0) for _ in range(n)] for n in (len(start(sizes)), sizes[0], sizes[-1]))
    program = compile(cost(sizes, theta, x, y, sigmoid), inputs=[*x, *y], wrt=theta)
    program = program.native() if native else program
    at, row = start(sizes), np.concatenate(example(sizes))[np.newaxis]
    return lambda: program.value_and_grad(at, row)[1]


def swept(
    sizes: Sizes, Value: Callable[[float], Any], forgotten: float | None, sigmoid: Callable[[Any], Any]
) -> Gradient:
    """A new graph for each gradient, as this project's eager scalars and micrograd make one."""
    theta = [Value(number) for number in start(sizes).tolist()]
    x, y = (array.tolist() for array in example(sizes))

    def gradient() -> list[float]:
        for p in theta:
            p.grad = forgotten
        cost(sizes, theta, x, y, sigmoid).backward()
        return [p.grad for p in theta]

    return gradient


def eager(sizes: Sizes) -> Gradient:
    from autograd import Value, sigmoid

    return swept(sizes, Value, None, sigmoid)


def micrograd(sizes: Sizes) -> Gradient:
    from micrograd.engine import Value

    def sigmoid(x: Any) -> Any:  # which it lacks, as it defines its own functions
        out = Value(1 / (1 + math.exp(-x.data)), (x,), "sigmoid")

        def _backward() -> None:
            x.grad += out.data * (1 - out.data) * out.grad

        out._backward = _backward
        return out

    return swept(sizes, Value, 0.0, sigmoid)


def xad(sizes: Sizes) -> Gradient:
    from xad.adj_1st import Real, Tape
    from xad.math import exp

    at, (x, y) = start(sizes).tolist(), (array.tolist() for array in example(sizes))
    tape = Tape()
    tape.activate()

    def gradient() -> list[float]:
        theta = [Real(number) for number in at]
        for p in theta:
            tape.registerInput(p)
        tape.newRecording()
        root = cost(sizes, theta, x, y, lambda z: 1 / (1 + exp(-z)))
        tape.registerOutput(root)
        root.setDerivative(1.0)
        tape.computeAdjoints()
        gradient = [p.getDerivative() for p in theta]
        tape.clearAll()
        return gradient

    return gradient


def numpy(sizes: Sizes) -> Gradient:
    """By hand, plain: vectors and matrices of one example."""
    import numpy as np

    layers = arrays(sizes, start(sizes))
    x, y = example(sizes)
    weights = list(zip(layers[::2], layers[1::2], strict=True))

    def gradient() -> Any:
        a = [x]
        for W, b in weights:
            a.append(1 / (1 + np.exp(-(W @ a[-1] + b))))
        gradients = []
        d = 2 * (a[-1] - y)
        for (W, _), before, after in zip(reversed(weights), a[-2::-1], a[:0:-1], strict=True):
            d = d * after * (1 - after)
            gradients += [d, np.outer(d, before).ravel()]
            d = d @ W
        return np.concatenate(gradients[::-1])

    return gradient


def casadi(sizes: Sizes) -> Gradient:
    """casadi SX, built once, in its virtual machine."""
    import casadi

    theta = casadi.SX.sym("theta", len(start(sizes)))
    x, y = casadi.SX.sym("x", sizes[0]), casadi.SX.sym("y", sizes[-1])
    sigmoids = (lambda z: 1 / (1 + casadi.exp(-z)),) * (len(sizes) - 1)
    total = casadi.sumsqr(casadi_net(sizes, theta, x, sigmoids) - y)
    gradient = casadi_gradient(total, theta, x, y)
    at, numbers = start(sizes), example(sizes)
    return lambda: gradient(at, *numbers)


def check(library: Library, case: int) -> list[float]:
    """The gradient."""
    return [float(number) for number in library(WIDTHS[case])()]


def time(library: Library, case: int, repeats: int) -> dict[str, float]:
    """ms a gradient."""
    return {"gradient": ms_a_call(library(WIDTHS[case]), repeats)}


CASES = tuple(WIDTHS)
MIDDLE = 26_000

WORKLOAD = Workload(
    name="example",
    title="One example's gradient of nets of many sizes, in scalars",
    about=(
        "Nets with sigmoid and quadratic cost, 26,000 operations are 784-16-16-10; float64; ms for one "
        f"gradient. **{OURS}** and casadi have compiled the graph before, native is that program in C; eager "
        "scalars, XAD and micrograd make a new graph each time."
    ),
    cases=CASES,
    case="{:,} operations",
    columns=(Column("gradient", "gradient (ms)", "{:.3f}"),),
    compared="gradient",
    contenders={
        OURS: Contender(lambda: ours),
        NATIVE: Contender(lambda: partial(ours, native=True), obstacle=no_compiler),
        EAGER: Contender(lambda: eager, repeats=3),
        "NumPy by hand": Contender(lambda: numpy),
        "XAD": Contender(lambda: xad, "xad", repeats=3),
        "micrograd": Contender(lambda: micrograd, "micrograd", CASES[:4], recursive=True, repeats=2),
        "casadi SX": Contender(lambda: casadi, "casadi"),
    },
    check=check,
    time=time,
    repeats=dict.fromkeys(CASES, 9),
    rtol=1e-9,
    targets=(
        *(Target(case, "gradient", 1.0, "casadi SX") for case in CASES),
        Target(MIDDLE, "gradient", 1.0, "NumPy by hand", of=NATIVE),
    ),
)
