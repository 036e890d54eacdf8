"""Adapters of PyTorch and of JAX, where they are installed."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence
from typing import Any

from autograd._support.extras import extra
from autograd.testing._engines.engine import OPERATORS, Engine, Tape

__all__ = ["jax_engine", "torch_engine"]

# Names of the table whose functions go by another name there, or come from a module of activations.
TORCH = {
    "degrees": "rad2deg",
    "radians": "deg2rad",
    "rint": "round",
    "mod": "remainder",
    "floordiv": "floor_divide",
}
JAX = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arcsinh", "acosh": "arccosh",
       "atanh": "arctanh", "atan2": "arctan2", "floordiv": "floor_divide"}  # fmt: skip
ACTIVATIONS = ("sigmoid", "softplus", "relu", "silu", "gelu", "leaky_relu", "elu", "log_sigmoid")
SLOPES = ("leaky_relu", "elu")  # whose second input is a number there
SEVERAL = ("maximum", "minimum", "hypot", "atan2", "mod", "fmod", "floordiv", "fmax", "fmin")
SINGLE = (
    "exp", "expm1", "log", "log1p", "sqrt", "square", "sin", "cos", "tan", "asin", "acos", "atan", "sinh",
    "cosh", "tanh", "exp2", "log2", "log10", "cbrt", "reciprocal", "asinh", "acosh", "atanh", "degrees",
    "radians", "floor", "ceil", "trunc", "rint", "sign", "erf",
)  # fmt: skip


def torch_engine() -> Engine:
    """PyTorch on tensors of float64, by its own operations and rules.

    Raises:
        ImportError: where PyTorch is not installed, with the command that installs it.
    """
    torch = extra("torch", "torch", "the adapter of PyTorch")

    def number(x: Any) -> Any:
        return torch.as_tensor(x, dtype=torch.float64)

    activations = torch.nn.functional
    functions = _functions(torch, TORCH) | _functions(activations, {"log_sigmoid": "logsigmoid"}, ACTIVATIONS)
    functions["where"] = lambda c, x, y: torch.where(c != 0, x, y)
    functions.pop("floordiv")  # without a derivative there
    tape = Tape(
        lambda x: torch.tensor(float(x), dtype=torch.float64, requires_grad=True),
        lambda x: x.item(),
        lambda out: out.backward() if out.requires_grad else None,
        lambda x: None if x.grad is None else x.grad.item(),
    )

    def hessian(f: Callable[..., Any], point: Sequence[float]) -> list[tuple[float, ...]]:
        rows = torch.autograd.functional.hessian(f, tuple(map(number, point)))
        return [tuple(x.item() for x in row) for row in rows]

    operations = _lifted(functions, number)
    for name in SLOPES:
        operations[name] = functools.partial(_of_number, functions[name], number)
    return Engine.of_tape("PyTorch", operations, tape, hessian=hessian, constants=dict.fromkeys(SLOPES, (1,)))


def _of_number(function: Callable[..., Any], number: Callable[[Any], Any], x: Any, slope: Any) -> Any:
    return function(number(x), float(slope))


def jax_engine() -> Engine:
    """JAX in float64, by its own operations and rules.

    Raises:
        ImportError: where JAX is not installed, with the command that installs it.
    """
    jax = extra("jax", "jax", "the adapter of JAX")
    functions = _functions(jax.numpy, JAX) | _functions(jax.nn, {}, ACTIVATIONS)
    functions["gelu"] = functools.partial(jax.nn.gelu, approximate=False)
    functions["erf"] = jax.scipy.special.erf
    functions["where"] = lambda c, x, y: jax.numpy.where(c != 0, x, y)

    def number(x: Any) -> Any:
        return x if isinstance(x, jax.Array) else jax.numpy.array(float(x))

    def in_float64(compute: Callable[..., Any]) -> Callable[..., Any]:
        def run(f: Callable[..., Any], *args: Sequence[float]) -> Any:
            with jax.enable_x64(True):
                return compute(f, *(tuple(map(number, a)) for a in args))

        return run

    def numbers(xs: Sequence[Any]) -> tuple[float, ...]:
        return tuple(map(float, xs))

    def gradient(f: Callable[..., Any], point: Any) -> tuple[float, ...]:
        return numbers(jax.grad(lambda *xs: number(f(*xs)), tuple(range(len(point))))(*point))

    def hessian(f: Callable[..., Any], point: Any) -> list[tuple[float, ...]]:
        return [*map(numbers, jax.hessian(f, tuple(range(len(point))))(*point))]

    return Engine(
        "JAX",
        _lifted(functions, number),
        in_float64(lambda f, point: float(f(*point))),
        in_float64(gradient),
        jvp=in_float64(lambda f, point, direction: float(jax.jvp(f, point, direction)[1])),
        hessian=in_float64(hessian),
    )


def _functions(
    module: Any, other: dict[str, str], names: Sequence[str] = (*SINGLE, *SEVERAL)
) -> dict[str, Callable[..., Any]]:
    """The functions of a module by the names of the table, as far as it has them."""
    pairs = ((name, getattr(module, other.get(name, name), None)) for name in names)
    return {name: function for name, function in pairs if callable(function)}


def _lifted(
    functions: dict[str, Callable[..., Any]], number: Callable[[Any], Any]
) -> dict[str, Callable[..., Any]]:
    """Functions and operators that take plain numbers too."""

    def lifted(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *xs: function(*map(number, xs))

    everything = functions | OPERATORS | {"abs": operator.abs}
    return {name: lifted(function) for name, function in everything.items()}
