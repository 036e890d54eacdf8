"""The ways in which this project computes a program: each mode, kind of node and form of a compiled program.

A road takes a program of one output to its value and its gradient; the gradient is None where it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograd import compile
from autograd._derivatives.transforms import grad, jvp, value_and_grad
from autograd._graph.context import no_grad
from autograd._graph.node import DomainError
from autograd._nodes.tensor import Tensor
from autograd._nodes.value import Value
from autograd._support.extras import extra
from autograd.testing._programs.program import Program

__all__ = ["ROADS", "SECOND_ORDER_ROADS", "Road", "outcome"]

Gradient = tuple[float, ...]
Road = Callable[[Program], tuple[float, Gradient | None]]
"""From a program to its value and its gradient."""

Hessian = tuple[Gradient, ...]

BATCHES = (1, 2, 40)  # by plain arithmetic, by the quick functions of arrays


def outcome(road: Road, program: Program) -> tuple[float | None, Gradient | None]:
    """The results of a road; None for each that is refused with a `DomainError`.

    >>> from autograd.testing import Line, Program
    >>> outcome(ROADS["reverse"], Program(("x",), (0.0,), (Line("a", "sqrt", ("x",)),)))
    (0.0, None)
    """
    try:
        return road(program)
    except DomainError:
        return None, None


def _with_gradient(value: float, gradient: Callable[[], Any]) -> tuple[float, Gradient | None]:
    """A value, and its gradient unless that is refused."""
    try:
        return float(value), tuple(map(float, gradient()))
    except DomainError:
        return float(value), None


def _number(x: Any) -> float:
    return float(x.data if isinstance(x, Value) else x)


def _reverse(program: Program, create_graph: bool = False) -> tuple[float, Gradient | None]:
    variables = [Value(x) for x in program.point]
    out = program.function()(*variables)

    def gradient() -> Gradient:
        if isinstance(out, Value):
            out.backward(create_graph=create_graph)
        return tuple(0.0 if x.grad is None else _number(x.grad) for x in variables)

    return _with_gradient(_number(out), gradient)


def _recorded(program: Program) -> tuple[float, Gradient | None]:
    return _reverse(program, create_graph=True)


def _without_recording(program: Program) -> float:
    with no_grad():
        return _number(program.function()(*map(Value, program.point)))


def _forward(program: Program) -> tuple[float, Gradient | None]:
    f = program.function()

    def gradient() -> Gradient:
        units = np.eye(len(program.point)).tolist()
        return tuple(float(jvp(f, program.point, tuple(unit))[1]) for unit in units)

    return _with_gradient(_without_recording(program), gradient)


def _transform(program: Program) -> tuple[float, Gradient | None]:
    f, every = program.function(), tuple(range(len(program.point)))
    return _with_gradient(_without_recording(program), lambda: value_and_grad(f, every)(*program.point)[1])


def _tensors(dtype: str) -> Road:
    def road(program: Program) -> tuple[float, Gradient | None]:
        with np.errstate(all="ignore"):
            variables = [Tensor(np.full(3, x, dtype)) for x in program.point]
            out = program.function()(*variables)
            if not isinstance(out, Tensor):
                return float(out), (0.0,) * len(variables)
            out.sum().backward()
        gradient = tuple(0.0 if x.grad is None else float(x.grad[1]) for x in variables)
        return float(out.data[1]), gradient

    return road


def _parameters(program: Program) -> tuple[float, Gradient | None]:
    """One example, whose numbers are parameters."""
    variables = [Value(x) for x in program.point]
    out = program.function()(*variables)
    if not isinstance(out, Value):
        return float(out), (0.0,) * len(variables)
    compiled = compile(out, [], variables)
    return _with_gradient(
        float(compiled(program.point)[0]), lambda: compiled.value_and_grad(program.point)[1]
    )


def _compiled(examples: int, dtype: str = "float64") -> Road:
    """Equal examples, whose numbers are inputs: the gradient of their mean is that of one."""

    def road(program: Program) -> tuple[float, Gradient | None]:
        variables = [Value(x) for x in program.point]
        out = program.function()(*variables)
        if not isinstance(out, Value):
            return float(out), (0.0,) * len(variables)
        compiled = compile(out, variables, variables, dtype)
        with np.errstate(over="ignore"):
            theta = np.array(program.point, dtype)
        X = np.tile(theta, (examples, 1))
        return _with_gradient(float(compiled(theta, X)[-1]), lambda: compiled.value_and_grad(theta, X)[1])

    return road


def _text(program: Program) -> tuple[float, Gradient | None]:
    """The program as Python, read back."""
    return _reverse(Program.parse(str(program)))


def _jax(program: Program) -> tuple[float, Gradient | None]:
    jax = extra("jax", "jax", "a compiled program as a function of JAX")
    variables = [Value(x) for x in program.point]
    out = program.function()(*variables)
    if not isinstance(out, Value):
        return float(out), (0.0,) * len(variables)
    with jax.enable_x64(True):
        function = compile(out, [], variables).to_jax()
        theta = jax.numpy.array(program.point)
        value, slopes = jax.value_and_grad(lambda theta: function(theta)[0])(theta)
        return float(value), tuple(map(float, slopes))


def _torch(program: Program) -> tuple[float, Gradient | None]:
    torch = extra("torch", "torch", "a compiled program on PyTorch's tensors")
    variables = [Value(x) for x in program.point]
    out = program.function()(*variables)
    if not isinstance(out, Value):
        return float(out), (0.0,) * len(variables)
    theta = torch.tensor(program.point, dtype=torch.float64, requires_grad=True)
    value = compile(out, [], variables)(theta)[0]
    value.backward()
    slopes = theta.new_zeros(len(variables)) if theta.grad is None else theta.grad
    return float(value.detach()), tuple(slopes.tolist())


ROADS: Mapping[str, Road] = {
    "reverse": _reverse,
    "reverse, recorded": _recorded,
    "forward": _forward,
    "transform": _transform,
    "Tensors": _tensors("float64"),
    "text": _text,
    "compiled, parameters": _parameters,
    **{f"compiled, {n} example{'s' * (n > 1)}": _compiled(n) for n in BATCHES},
}
"""The roads in float64 that need nothing else."""

FLOAT32_ROADS: Mapping[str, Road] = {
    "Tensors, float32": _tensors("float32"),
    **{f"compiled, {n} example{'s' * (n > 1)}, float32": _compiled(n, "float32") for n in (1, 40)},
}
"""The roads in float32."""

LIBRARY_ROADS: Mapping[str, Road] = {"JAX": _jax, "PyTorch": _torch}
"""Compiled programs on arrays of other libraries."""


def _reverse_over_reverse(program: Program) -> Hessian:
    f, count = program.function(), len(program.point)
    return tuple(
        tuple(float(grad(grad(f, i), j)(*program.point)) for j in range(count)) for i in range(count)
    )


def _forward_over_reverse(program: Program) -> Hessian:
    f, count = program.function(), len(program.point)
    units = [tuple(unit) for unit in np.eye(count).tolist()]
    return tuple(
        tuple(float(jvp(grad(f, i), program.point, unit)[1]) for unit in units) for i in range(count)
    )


def _reverse_over_forward(program: Program) -> Hessian:
    f, count = program.function(), len(program.point)

    def slope(unit: tuple[float, ...]) -> Callable[..., Any]:
        return lambda *xs: jvp(f, xs, unit)[1]

    units = [tuple(unit) for unit in np.eye(count).tolist()]
    return tuple(tuple(float(grad(slope(unit), j)(*program.point)) for j in range(count)) for unit in units)


SECOND_ORDER_ROADS: Mapping[str, Callable[[Program], Hessian]] = {
    "reverse over reverse": _reverse_over_reverse,
    "forward over reverse": _forward_over_reverse,
    "reverse over forward": _reverse_over_forward,
}
"""The roads to second derivatives; each raises `DomainError` where there is none."""
