"""Array libraries beside NumPy: their names of NumPy's functions, and how they take a derivative.

Any library of the Array API standard will do. JAX and PyTorch differentiate by themselves, and have to be
told the derivative of a row, since that of its pieces is often wrong: the pieces of sigmoid are
exp(copysign(x, -1)) and a maximum, which has a kink at 0.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd._support.extras import extra
from autograd._table.numerics import elementary

__all__ = ["NUMPY", "Library", "jax_library", "library_of"]

Array = Any
Function = Callable[..., Array]
# From the place of an argument, the arguments and the result: the partial by that argument, None for 0.
Slope = Callable[[int, Sequence[Array], Array], Any]
Rule = Callable[[Function, Slope], Function]

# The names of the standard for functions with another name in NumPy.
STANDARD: dict[Any, str] = {
    np.absolute: "abs", np.fabs: "abs", np.power: "pow", np.float_power: "pow",
    np.arcsin: "asin", np.arccos: "acos", np.arctan: "atan", np.arctan2: "atan2",
    np.arcsinh: "asinh", np.arccosh: "acosh", np.arctanh: "atanh",
    np.bitwise_and: "logical_and", np.bitwise_or: "logical_or", np.bitwise_xor: "logical_xor",
    np.invert: "logical_not", np.rint: "round",
}  # fmt: skip


def _without_rule(function: Function, slope: Slope) -> Function:
    return function


@dataclass(frozen=True, eq=False)
class Library:
    """One array library.

    Attributes:
        name: of its import.
        xp: its functions, by the names of the Array API.
        with_rule: attaches partials, of any order, to a function of arrays; returns the function itself for a
            library that does not differentiate.
        special: functions with a name outside the standard.
        on_device: whether a new array has to be put on the device of the others.
    """

    name: str
    xp: Any
    with_rule: Rule = _without_rule
    special: Mapping[Any, Function] = field(default_factory=dict)
    on_device: bool = True

    def function(self, call: Any) -> Function | None:
        """The function of the library for a function of NumPy; None if there is none.

        >>> NUMPY.function(np.arcsin)
        <ufunc 'arcsin'>
        """
        if call in self.special:
            return self.special[call]
        is_known = isinstance(call, np.ufunc) or call is np.where
        return getattr(self.xp, STANDARD.get(call, call.__name__), None) if is_known else None

    def array(self, numbers: Any, like: Array) -> Array:
        """Numbers as an array with the type and the device of another."""
        return self.xp.asarray(numbers, dtype=like.dtype, **self._device_of(like))

    def places(self, places: Any, like: Array) -> Array:
        """Indices for `take`, on the device of an array."""
        return self.xp.asarray(places, **self._device_of(like))

    def _device_of(self, like: Array) -> dict[str, Any]:
        return {"device": like.device} if self.on_device else {}


NUMPY = Library("numpy", np, on_device=False)
OURS = {np.ndarray, list, tuple, float, int, type(None)}  # tested first: a small program takes only µs


def library_of(*arrays: Any) -> Library | None:
    """The library of some arrays; None if all are NumPy's or Python's.

    Raises:
        TypeError: when two libraries meet.

    >>> library_of(np.zeros(2), [1.0], None) is None
    True
    """
    libraries: set[Library] = set()
    for x in arrays:
        if type(x) in OURS or isinstance(x, (np.ndarray, np.generic)):
            continue
        if any(base.__module__.partition(".")[0] == "torch" for base in type(x).__mro__):
            libraries.add(_torch())
        elif hasattr(x, "__array_namespace__"):
            xp = x.__array_namespace__()
            libraries.add(jax_library() if xp.__name__.partition(".")[0] == "jax" else _standard(xp))
    if len(libraries) > 1:
        names = " and of ".join(sorted(library.name for library in libraries))
        raise TypeError(f"theta and X are arrays of {names}; give arrays of one library")
    return next(iter(libraries), None)


@functools.cache
def _standard(xp: Any) -> Library:
    return Library(xp.__name__.partition(".")[0], xp)


# -- JAX ------------------------------------------------------------------------------------------


@functools.cache
def jax_library() -> Library:
    """JAX; an ImportError says how to install it."""
    jax = extra("jax", "jax", "to_jax")
    special = {elementary.erf_array: jax.scipy.special.erf}
    # Under jit an array has no device, and a new array goes to the device where it is used.
    return Library("jax", jax.numpy, functools.partial(_jax_rule, jax), special, on_device=False)


def _jax_rule(jax: Any, function: Function, slope: Slope) -> Function:
    ruled = jax.custom_jvp(function)

    def tangent(primals: Sequence[Array], tangents: Sequence[Array]) -> tuple[Array, Array]:
        out = ruled(*primals)
        total = None
        for i, change in enumerate(tangents):
            # The partial by an argument without a tangent is not computed: by the exponent of x**3 it is
            # x**3 ln x, and 0 times nan is nan.
            if isinstance(change, jax.custom_derivatives.SymbolicZero):
                continue
            if (partial := slope(i, primals, out)) is not None:
                total = change * partial if total is None else total + change * partial
        return out, jax.numpy.zeros_like(out) if total is None else total

    ruled.defjvp(tangent, symbolic_zeros=True)
    return ruled  # type: ignore[no-any-return]


# -- PyTorch --------------------------------------------------------------------------------------


class _Torch:
    """torch by the names of the Array API: its tensors have no namespace."""

    def __init__(self, torch: Any) -> None:
        self.torch = torch

    def __getattr__(self, name: str) -> Any:
        return getattr(self.torch, name)

    def equal(self, x: Array, y: Array) -> Array:
        return self.torch.eq(x, y)  # torch.equal is True if all are

    def take(self, x: Array, indices: Array, *, axis: int) -> Array:
        return self.torch.index_select(x, axis, indices)  # torch.take indexes the flat tensor

    def sign(self, x: Array) -> Array:
        return self.torch.where(x == x, self.torch.sign(x), x)  # torch.sign of nan is 0

    def astype(self, x: Array, dtype: Any) -> Array:
        return x.to(dtype)

    def isdtype(self, dtype: Any, kind: str) -> bool:
        return kind == "real floating" and bool(dtype.is_floating_point)


@functools.cache
def _torch() -> Library:
    torch = extra("torch", "torch", "an array of torch")
    return Library(
        "torch", _Torch(torch), functools.partial(_torch_rule, torch), {elementary.erf_array: torch.erf}
    )


def _torch_rule(torch: Any, function: Function, slope: Slope) -> Function:
    def setup_context(ctx: Any, inputs: Sequence[Array], output: Array) -> None:
        ctx.save_for_backward(*inputs, output)
        ctx.save_for_forward(*inputs, output)

    def backward(ctx: Any, g: Array) -> Any:
        *inputs, out = ctx.saved_tensors
        partials = [slope(i, inputs, out) if need else None for i, need in enumerate(ctx.needs_input_grad)]
        return tuple(None if partial is None else g * partial for partial in partials)

    def jvp(ctx: Any, *tangents: Any) -> Array:
        *inputs, out = ctx.saved_tensors
        total = torch.zeros_like(out)
        for i, change in enumerate(tangents):
            if change is not None and (partial := slope(i, inputs, out)) is not None:
                total = total + change * partial
        return total

    def forward(*inputs: Array) -> Array:
        out = function(*inputs)
        return out.view_as(out) if any(out is x for x in inputs) else out  # torch refuses an input as output

    methods = {"forward": forward, "setup_context": setup_context, "backward": backward, "jvp": jvp}
    body = {name: staticmethod(method) for name, method in methods.items()}
    rule = type("Row", (torch.autograd.Function,), {**body, "generate_vmap_rule": True})
    return rule.apply  # type: ignore[attr-defined, no-any-return]
