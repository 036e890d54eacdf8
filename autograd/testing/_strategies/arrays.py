"""Arrays for Tensors: of any shape and layout, mutually broadcastable, with ties, of numbers of a domain."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from autograd._support.extras import extra
from autograd.testing._strategies.numbers import REALS, float_type, intervals, numbers_of
from autograd.testing._strategies.printing import computed, named

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["arrays", "broadcastable_arrays"]

Shape = tuple[int, ...]
MOST_DIMENSIONS, LONGEST_SIDE = 3, 4
DISTINCT = 2  # numbers in an array with ties


def arrays(
    shape: int | Shape | SearchStrategy[Shape] | None = None,
    *,
    dtype: DTypeLike | None = None,
    elements: SearchStrategy[float] | None = None,
    plain: bool = False,
) -> SearchStrategy[NDArray[Any]]:
    """Arrays of numbers, as Tensors take them.

    Likely are arrays without dimensions, empty ones, sides of length 1, and ties: arrays of few different
    numbers. Some are read-only, strided, reversed or in Fortran's order. A failing array shrinks to a small
    one of nice numbers, in C order.

    Args:
        shape: of the arrays, or a strategy for it; by default up to three sides of up to four numbers.
        dtype: float64 or float32; by default both, or float64 if `elements` are given.
        elements: a strategy for the numbers; by default `numbers` of that dtype.
        plain: only new writable arrays in C order.

    Raises:
        ImportError: without Hypothesis; names the command that installs it.
        ValueError: for another dtype, or a shape that no array has.

    >>> from hypothesis import find
    >>> from autograd.testing import numbers
    >>> find(arrays((3,), elements=numbers("(0, inf)")), lambda a: True)
    array([1., 1., 1.])
    """
    st = extra("hypothesis.strategies", "testing", "drawing arrays")
    of_shape = (
        _shapes(st) if shape is None else shape if hasattr(shape, "flatmap") else st.just(_sides(shape))
    )
    fill = _Filler(_kinds(dtype, elements), elements, plain)
    return named(  # type: ignore[no-any-return]
        of_shape.flatmap(fill),
        "arrays",
        *(() if shape is None else (shape,)),
        **_options(dtype, elements, plain),
    )


def _sides(shape: Any) -> Shape:
    """A shape as NumPy takes it: a number is one side."""
    sides = shape if isinstance(shape, Sequence) else (shape,)
    if not all(isinstance(n, int | np.integer) and n >= 0 for n in sides):
        raise ValueError(f"a shape has whole numbers from 0, as (2, 3), not {shape!r}")
    return tuple(map(int, sides))


def broadcastable_arrays(
    count: int = 2,
    *,
    dtype: DTypeLike | None = None,
    elements: SearchStrategy[float] | None = None,
    plain: bool = False,
) -> SearchStrategy[tuple[NDArray[Any], ...]]:
    """Arrays whose shapes broadcast with each other.

    Args:
        count: how many arrays.
        dtype, elements, plain: of each, as for `arrays`.

    >>> from hypothesis import given, settings
    >>> from autograd.testing import numbers
    >>> @settings(max_examples=5)
    ... @given(broadcastable_arrays(elements=numbers("[-1, 1]")))
    ... def check(pair):
    ...     assert (pair[0] + pair[1]).shape == np.broadcast_shapes(pair[0].shape, pair[1].shape)
    >>> check()
    """
    st = extra("hypothesis.strategies", "testing", "drawing arrays")
    shapes = extra("hypothesis.extra.numpy", "testing", "drawing arrays").mutually_broadcastable_shapes(
        num_shapes=count, min_side=0, max_dims=MOST_DIMENSIONS, max_side=LONGEST_SIDE
    )

    fill = _Filler(_kinds(dtype, elements), elements, plain)
    drawn = shapes.flatmap(lambda drawn: st.tuples(*map(fill, drawn.input_shapes)))
    return named(  # type: ignore[no-any-return]
        drawn, "broadcastable_arrays", count, **_options(dtype, elements, plain)
    )


def _options(dtype: DTypeLike | None, elements: object, plain: bool) -> dict[str, object]:
    """The options for the `repr` of a strategy."""
    return {
        "dtype": None if dtype is None else str(np.dtype(dtype)),
        "elements": elements,
        "plain": plain or None,
    }


def _kinds(dtype: DTypeLike | None, elements: object) -> list[np.dtype[Any]]:
    if dtype is not None:
        return [float_type(dtype)]
    return [np.dtype(np.float64)] if elements is not None else [np.dtype(np.float64), np.dtype(np.float32)]


def _shapes(st: Any) -> Any:
    side = st.sampled_from((1, 2, 3, LONGEST_SIDE, 0))
    return st.lists(side, max_size=MOST_DIMENSIONS).map(tuple)


class _Filler:
    """The strategy for arrays of a shape. Those for its numbers are made once, which takes the longest."""

    def __init__(self, kinds: Sequence[np.dtype[Any]], elements: Any, plain: bool) -> None:
        self.st = extra("hypothesis.strategies", "testing", "drawing arrays")
        self.of_numpy = extra("hypothesis.extra.numpy", "testing", "drawing arrays")
        self.elements = {
            k: numbers_of(intervals(REALS), (), k) if elements is None else elements for k in kinds
        }
        pools = (self.st.tuples(*[xs] * DISTINCT) for xs in self.elements.values())
        self.pools = dict(zip(kinds, pools, strict=True))
        self.layouts = self.st.just(_unchanged) if plain else self.st.sampled_from(LAYOUTS)

    def __call__(self, shape: Shape) -> Any:
        arrays = self.st.one_of([self._free(shape, k) for k in self.elements] + self._with_ties(shape))
        return computed(_laid_out, arrays, self.layouts)

    def _free(self, shape: Shape, kind: np.dtype[Any]) -> Any:
        return self.of_numpy.arrays(kind, shape, elements=self.elements[kind], fill=self.st.nothing())

    def _with_ties(self, shape: Shape) -> list[Any]:
        """Arrays of few different numbers."""
        size = math.prod(shape)
        if size < 2:
            return []
        which = self.st.lists(self.st.integers(0, DISTINCT - 1), min_size=size, max_size=size)
        return [computed(_Chooser(shape, k), pool, which) for k, pool in self.pools.items()]


@dataclass(frozen=True)
class _Chooser:
    shape: Shape
    kind: np.dtype[Any]

    def __call__(self, pool: tuple[float, ...], which: list[int]) -> NDArray[Any]:
        return np.array(pool, self.kind)[which].reshape(self.shape)


def _read_only(a: NDArray[Any]) -> NDArray[Any]:
    a.flags.writeable = False
    return a


def _strided(a: NDArray[Any]) -> NDArray[Any]:
    """Every second number of an array twice as long."""
    return np.repeat(a, 2, axis=-1)[..., ::2] if a.ndim else a


def _reversed(a: NDArray[Any]) -> NDArray[Any]:
    """The same numbers with negative strides."""
    return np.flip(np.flip(a).copy())


def _unchanged(a: NDArray[Any]) -> NDArray[Any]:
    return a


LAYOUTS: tuple[Callable[[NDArray[Any]], NDArray[Any]], ...] = (
    _unchanged, _unchanged, _read_only, _strided, _reversed, np.asfortranarray,
)  # fmt: skip


def _laid_out(a: NDArray[Any], layout: Callable[[NDArray[Any]], NDArray[Any]]) -> NDArray[Any]:
    return layout(a)
