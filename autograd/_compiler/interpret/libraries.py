"""Array libraries beside NumPy: how each calls NumPy's functions, and how it is told a derivative.

Any library of the Array API standard will do. JAX and PyTorch differentiate by themselves, and
have to be told the derivative of a row: that of the pieces is another, and often wrong. The pieces
of sigmoid are exp(copysign(x, -1)) and a maximum, which has a kink at 0.
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
# Which argument to differentiate by, the arguments, the result: the partial, or None where it is 0.
Slope = Callable[[int, Sequence[Array], Array], Any]
Ruled = Callable[[Function, Slope], Function]

# The names of the standard, where NumPy's functions still call themselves something else.
STANDARD: dict[Any, str] = {
    np.absolute: "abs", np.fabs: "abs", np.power: "pow", np.float_power: "pow",
    np.arcsin: "asin", np.arccos: "acos", np.arctan: "atan", np.arctan2: "atan2",
    np.arcsinh: "asinh", np.arccosh: "acosh", np.arctanh: "atanh",
    np.bitwise_and: "logical_and", np.bitwise_or: "logical_or", np.bitwise_xor: "logical_xor",
    np.invert: "logical_not", np.rint: "round",
}  # fmt: skip


def _undefined(function: Function, slope: Slope) -> Function:
    return function


@dataclass(frozen=True, eq=False)
class Library:
    """One array library.

    Attributes:
        name: as it is imported.
        xp: its functions, by the names of the Array API.
        ruled: a function of arrays with the partials it is to have, of any order; the function
            itself where the library does not differentiate.
        special: what calls it has under names of its own.
        placed: whether an array has to be made on the device where the others are.
    """

    name: str
    xp: Any
    ruled: Ruled = _undefined
    special: Mapping[Any, Function] = field(default_factory=dict)
    placed: bool = True

    def function(self, call: Any) -> Function | None:
        """What does here what a call does in NumPy; None if nothing does.

        >>> NUMPY.function(np.arcsin)
        <ufunc 'arcsin'>
        """
        if call in self.special:
            return self.special[call]
        known = isinstance(call, np.ufunc) or call is np.where
        return getattr(self.xp, STANDARD.get(call, call.__name__), None) if known else None

    def array(self, numbers: Any, like: Array) -> Array:
        """Numbers as an array of the type of another, on its device."""
        return self.xp.asarray(numbers, dtype=like.dtype, **self._beside(like))

    def places(self, places: Any, like: Array) -> Array:
        """Whole numbers for `take`, on the device of what is taken."""
        return self.xp.asarray(places, **self._beside(like))

    def _beside(self, like: Array) -> dict[str, Any]:
        return {"device": like.device} if self.placed else {}


NUMPY = Library("numpy", np, placed=False)
OURS = {np.ndarray, list, tuple, float, int, type(None)}  # asked first: a program of few steps takes µs


def library_of(*given: Any) -> Library | None:
    """The library whose arrays are among what was given; None if all is NumPy's or Python's own.

    Raises:
        TypeError: when two libraries meet.

    >>> library_of(np.zeros(2), [1.0], None) is None
    True
    """
    found: set[Library] = set()
    for x in given:
        if type(x) in OURS or isinstance(x, (np.ndarray, np.generic)):
            continue
        if any(base.__module__.partition(".")[0] == "torch" for base in type(x).__mro__):
            found.add(_torch())
        elif hasattr(x, "__array_namespace__"):
            xp = x.__array_namespace__()
            found.add(jax_library() if xp.__name__.partition(".")[0] == "jax" else _standard(xp))
    if len(found) > 1:
        names = " and of ".join(sorted(library.name for library in found))
        raise TypeError(f"theta and X are arrays of {names}; give arrays of one library")
    return next(iter(found), None)


@functools.cache
def _standard(xp: Any) -> Library:
    return Library(xp.__name__.partition(".")[0], xp)


# -- JAX ------------------------------------------------------------------------------------------


@functools.cache
def jax_library() -> Library:
    """JAX.

    Raises:
        ImportError: when it is not installed, with the command that installs it.
    """
    jax = extra("jax", "jax", "to_jax")
    special = {elementary.erf_array: jax.scipy.special.erf}
    # Under jit an array has no device yet; and one that was made without goes where it is used.
    return Library("jax", jax.numpy, functools.partial(_ruled_in_jax, jax), special, placed=False)


def _ruled_in_jax(jax: Any, function: Function, slope: Slope) -> Function:
    ruled = jax.custom_jvp(function)

    def tangent(primals: Sequence[Array], tangents: Sequence[Array]) -> tuple[Array, Array]:
        out = ruled(*primals)
        total = None
        for i, moved in enumerate(tangents):
            # An argument that stays must not be asked for its partial: by the exponent of x**3 it is
            # x**3 ln x, and 0 times its nan is nan.
            if isinstance(moved, jax.custom_derivatives.SymbolicZero):
                continue
            if (partial := slope(i, primals, out)) is not None:
                total = moved * partial if total is None else total + moved * partial
        return out, jax.numpy.zeros_like(out) if total is None else total

    ruled.defjvp(tangent, symbolic_zeros=True)
    found: Function = ruled
    return found


# -- PyTorch --------------------------------------------------------------------------------------


class _Torch:
    """torch by the names of the Array API, which its tensors have no namespace of."""

    def __init__(self, torch: Any) -> None:
        self.torch = torch

    def __getattr__(self, name: str) -> Any:
        return getattr(self.torch, name)

    def equal(self, x: Array, y: Array) -> Array:
        return self.torch.eq(x, y)  # torch.equal asks whether all are

    def take(self, x: Array, indices: Array, *, axis: int) -> Array:
        return self.torch.index_select(x, axis, indices)  # torch.take counts through the flat tensor

    def sign(self, x: Array) -> Array:
        return self.torch.where(x == x, self.torch.sign(x), x)  # torch.sign of nan is 0

    def astype(self, x: Array, dtype: Any) -> Array:
        return x.to(dtype)

    def isdtype(self, dtype: Any, kind: str) -> bool:
        floating: bool = kind == "real floating" and dtype.is_floating_point
        return floating


@functools.cache
def _torch() -> Library:
    torch = extra("torch", "torch", "an array of torch")
    return Library(
        "torch", _Torch(torch), functools.partial(_ruled_in_torch, torch), {elementary.erf_array: torch.erf}
    )


def _ruled_in_torch(torch: Any, function: Function, slope: Slope) -> Function:
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
        for i, moved in enumerate(tangents):
            if moved is not None and (partial := slope(i, inputs, out)) is not None:
                total = total + moved * partial
        return total

    def forward(*inputs: Array) -> Array:
        out = function(*inputs)
        return out.view_as(out) if any(out is x for x in inputs) else out  # torch asks for this

    methods = {"forward": forward, "setup_context": setup_context, "backward": backward, "jvp": jvp}
    body = {name: staticmethod(method) for name, method in methods.items()}
    rule = type("Row", (torch.autograd.Function,), {**body, "generate_vmap_rule": True})
    found: Function = rule.apply  # type: ignore[attr-defined]
    return found
