"""A physics-informed net: y'' = -y, whose residual holds a second derivative by the input."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.measure import ms_a_call
from benchmarks.native import no_compiler
from benchmarks.scalar_nets import arrays, outputs, start
from benchmarks.workload import OURS, Column, Contender, Target, Workload

SIZES = (1, 16, 1)
POINTS, RATE = 32, 1e-3
NATIVE, FUNCTION, TENSORS = "chainrule, native", "chainrule, a compiled function", "chainrule, eager tensors"

Gradient = Callable[[Any], Any]  # of the numbers of all parameters, in a vector


def points() -> Any:
    """From 0 to 2π; y(0) = 0 and y'(0) = 1, so y is the sine."""
    import numpy as np

    return np.linspace(0, 2 * np.pi, POINTS)


def ours(native: bool = False) -> Gradient:
    """In scalars: the cost of one point recorded, with its two derivatives, and compiled."""
    from autograd import Value, compile, grad, tanh

    theta = [Value(number) for number in start(SIZES).tolist()]
    x = Value(0.5)

    def y(x: Any) -> Any:
        return outputs(SIZES, theta, [x], (tanh, lambda z: z))[0]

    slope = grad(y)
    cost = (grad(slope)(x) + y(x)) ** 2 + y(Value(0.0)) ** 2 + (slope(Value(0.0)) - 1) ** 2
    program = compile(cost, inputs=[x], wrt=theta)
    program = program.native() if native else program
    X = points()[:, None]
    return lambda theta: program.value_and_grad(theta, X)[1]


def _cost(
    y: Callable[[Any], Any], slope: Callable[[Any], Any], bend: Callable[[Any], Any], x: Any, zero: Any
) -> Any:
    """Of all points at once, for arrays: y, y' and y'' take a vector of points."""
    residuals = bend(x) + y(x)
    return (residuals * residuals).mean() + (y(zero) ** 2).sum() + ((slope(zero) - 1) ** 2).sum()


def _net(theta: Any, x: Any, tanh: Callable[[Any], Any]) -> Any:
    """The outputs at a vector of points."""
    W1, b1, W2, b2 = arrays(SIZES, theta)
    return (tanh(x[:, None] @ W1.T + b1) @ W2.T + b2)[:, 0]


def tensors(compiled: bool) -> Gradient:
    """In Tensors, of all points at once; compiled as a function, or eager."""
    import numpy as np

    from autograd import compile, grad, tanh, value_and_grad

    x, zero = points(), np.zeros(1)

    def cost(theta: Any) -> Any:
        def y(x: Any) -> Any:
            return _net(theta, x, tanh)

        slope = grad(lambda x: y(x).sum())
        return _cost(y, slope, grad(lambda x: slope(x).sum()), x, zero)

    both = value_and_grad(cost)
    function = compile(both) if compiled else both
    return lambda theta: function(theta)[1]


def torch() -> Gradient:
    """Eager, with the graph of a derivative kept for the next."""
    import torch

    x = torch.from_numpy(points()).requires_grad_()
    zero = torch.zeros(1, dtype=torch.float64, requires_grad=True)

    def derivative(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda x: torch.autograd.grad(f(x).sum(), x, create_graph=True)[0]

    def gradient(numbers: Any) -> Any:
        theta = torch.from_numpy(numbers).requires_grad_()

        def y(x: Any) -> Any:
            return _net(theta, x, torch.tanh)

        slope = derivative(y)
        return torch.autograd.grad(_cost(y, slope, derivative(slope), x, zero), theta)[0].numpy()

    return gradient


def jax() -> Gradient:
    """jax.jit of the gradient."""
    import jax
    import jax.numpy as jnp
    import numpy as np

    jax.config.update("jax_enable_x64", True)
    x, zero = jnp.asarray(points()), jnp.zeros(1)

    def cost(theta: Any) -> Any:
        def y(x: Any) -> Any:
            return _net(theta, x, jnp.tanh)

        slope = jax.grad(lambda x: y(x).sum())
        return _cost(y, slope, jax.grad(lambda x: slope(x).sum()), x, zero)

    compiled = jax.jit(jax.grad(cost))
    return lambda theta: np.asarray(compiled(theta))


def check(gradient: Gradient, case: int) -> list[float]:
    """The gradient at the start."""
    return [float(number) for number in gradient(start(SIZES))]


def time(gradient: Gradient, case: int, repeats: int) -> dict[str, float]:
    """ms a step."""
    theta = start(SIZES)

    def step() -> None:
        theta[:] -= RATE * gradient(theta)

    return {"step": ms_a_call(step, repeats)}


WORKLOAD = Workload(
    name="physics",
    title="A physics-informed net: y″ = −y",
    about=(
        f"A 1-16-1 net, tanh, the mean square of y″ + y at {POINTS} points, y(0) = 0, y′(0) = 1, float64; "
        f"gradient by the parameters and step of descent, in ms. **{OURS}** is the cost of one point in "
        "scalars, with y″ by two transforms, recorded and compiled; native is that program in C. The "
        "compiled function is `compile(value_and_grad(cost))` of Tensors, of all points at once."
    ),
    cases=(POINTS,),
    case="{} points",
    columns=(Column("step", "step (ms)", "{:.3f}"),),
    compared="step",
    contenders={
        OURS: Contender(ours),
        NATIVE: Contender(partial(ours, native=True), obstacle=no_compiler),
        FUNCTION: Contender(partial(tensors, compiled=True)),
        TENSORS: Contender(partial(tensors, compiled=False)),
        "torch eager": Contender(torch, "torch"),
        "jax.jit": Contender(jax, "jax"),
    },
    check=check,
    time=time,
    repeats={POINTS: 9},
    rtol=1e-9,
    targets=(
        Target(POINTS, "step", 1 / 5, "torch eager"),
        Target(POINTS, "step", 1.0, "jax.jit", of=NATIVE),
        Target(POINTS, "step", 1.0, "torch eager", of=FUNCTION),
    ),
)
