"""Primitives of whole arrays from outside: linear maps, and maps that are linear only locally."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from autograd._derivatives.gradcheck import GradientError
from autograd._graph.context import resumed
from autograd._graph.node import Node, plain
from autograd._nodes.tensor import Tensor
from autograd._support.checks import holds_reals
from autograd._table import array_rows as table
from autograd._table.rows import check_latex
from autograd.extend._registry import FromOutside, users_module
from autograd.extend._rows import Function, check_inputs, check_name

__all__ = ["ArrayRow", "check_array_row"]

STEP = 1e-3  # of the differences along a direction, which are exact for a linear map
AGREES = 1e-5  # relative to the larger of the numbers compared


class ArrayRow(FromOutside, table.ArrayRow):
    r"""A primitive of whole arrays, for `define`: a map that is linear in its arguments, and its transposes.

    Args:
        name: of the function, as in Python.
        on_arrays: the function on NumPy's arrays, ``(*arrays, **params)``.
        transposes: for each argument the transpose of the map, ``(g, *arrays, **params)``: from the gradient g
            of the result to the gradient of that argument. Made of functions of autograd and operators, it takes
            arrays and Tensors, and the row has all orders.
        joint: linear in all arguments together, as concatenate; then there is one transpose, which gives a
            function from the number of an argument to its gradient.
        tangent: of a map that is linear only locally, the map of the tangents, ``(moved, *arrays, **params)``;
            `moved` holds the tangent of each argument, or None.
        latex: how it is written, with ``{x}`` for the arguments; by default ``\operatorname{name}(x)``.
        samples: arguments to check the row with when it is defined, each a tuple of arrays: that the map is
            linear, that each transpose is one, <A x, y> = <x, Aᵀ y>, and that it takes Tensors.

    On arrays it gives an array, on Tensors a Tensor. Values do not enter, since each is a number of its own.

    >>> import numpy as np
    >>> from autograd import grad
    >>> backwards = ArrayRow("backwards", lambda x: x[::-1].copy(), lambda g, x: g[::-1], samples=[(np.arange(3.0),)])
    >>> grad(lambda x: (backwards(x) * np.array([1.0, 2.0, 3.0])).sum())(np.zeros(3))
    array([3., 2., 1.])
    """  # noqa: E501

    def __init__(
        self,
        name: str,
        on_arrays: Function,
        *transposes: Function,
        joint: bool = False,
        tangent: Function | None = None,
        latex: str | None = None,
        samples: Iterable[Sequence[Any]] = (),
    ) -> None:
        check_name(name)
        for function in (on_arrays, *transposes):
            if not callable(function):
                raise TypeError(
                    f"row {name!r}: the map and its transposes are functions, not {function!r:.80}"
                )
        if not joint:
            arrays = [f"array {i}" for i in range(len(transposes))]
            check_inputs(f"row {name!r}: the map", on_arrays, arrays)
            for i, transpose in enumerate(transposes):
                check_inputs(f"row {name!r}: the transpose of argument {i}", transpose, ["g", *arrays])
        if latex is not None:
            try:
                check_latex(latex, ("x",))
            except ValueError as error:
                raise ValueError(f"row {name!r}: {error}") from None
        super().__init__(name, on_arrays, *transposes, joint=joint, tangent=tangent, latex=latex)
        self.module, self.entry = users_module(), name
        self.arguments = None if joint else len(transposes)
        self.samples = [sample if isinstance(sample, tuple) else (sample,) for sample in samples]


def check_array_row(row: ArrayRow) -> None:
    """Compare an array row with differences along a direction, and its transposes with it.

    Raises:
        ValueError: when a transpose gives another shape than its argument has, or does not take Tensors.
        GradientError: when the map is not linear, or a transpose is none.
    """
    rng = np.random.default_rng(0)
    for sample in row.samples:
        args = tuple(_numbers(row, a, "a sample") for a in sample)
        if row.arguments not in (None, len(args)):
            raise ValueError(
                f"row {row.name!r} has {row.arguments} transpose(s), one for each argument, and a sample has "
                f"{len(args)} argument(s)"
            )
        out = _numbers(row, row.on_arrays(*args), "the map of a sample")
        g = rng.normal(size=out.shape)
        for i, a in enumerate(args):
            _check_argument(row, args, i, g, rng.normal(size=a.shape))


def _numbers(row: ArrayRow, data: Any, what: str) -> Any:
    """A read-only copy: a map that writes to its arguments raises an error."""
    array = np.array(data)
    if not (holds_reals(array) and np.isfinite(array).all()):
        raise ValueError(f"row {row.name!r}: {what} is an array of finite real numbers, not {data!r:.60}")
    array = array.astype(float)
    array.flags.writeable = False
    return array


def _check_argument(row: ArrayRow, args: tuple[Any, ...], i: int, g: Any, t: Any) -> None:
    def at(h: float) -> Any:
        return np.asarray(row.on_arrays(*args[:i], args[i] + h * t, *args[i + 1 :]))

    numeric = (at(STEP) - at(-STEP)) / (2 * STEP)
    tangent = plain(row.tangent([t if k == i else None for k in range(len(args))], args, {}))
    place = f"row {row.name!r}: argument {i}: "
    size = max(float(np.max(np.abs(at(1.0)), initial=0.0)), float(np.max(np.abs(numeric), initial=0.0)))
    if np.shape(tangent) != numeric.shape or np.max(np.abs(tangent - numeric), initial=0.0) > AGREES * size:
        raise _wrong(
            f"{place}the map is not linear in it: along a direction it changes by {_text(numeric)}, and of "
            f"the direction it makes {_text(tangent)}. Give tangent=, the map of the tangents",
            i, tangent, numeric,
        )  # fmt: skip
    pulls: Any = row.array_pulls
    pulls = pulls.at(g, args, {}) if row.joint else pulls
    gradient = pulls[i](g, args, None, {})
    if np.shape(gradient) != t.shape:
        raise ValueError(
            f"{place}its transpose gives the shape {np.shape(gradient)}, and the argument has {t.shape}"
        )
    forth, back = float(np.sum(g * numeric)), float(np.sum(gradient * t))
    if abs(forth - back) > AGREES * max(abs(forth), abs(back), size):
        raise _wrong(
            f"{place}its transpose is not that of the map: <A x, y> is {forth:.9g}, <x, A' y> is {back:.9g}",
            i, back, forth,
        )  # fmt: skip
    with resumed():
        nodes: Any = (Tensor(g), *map(Tensor, args))
        pulls = row.node_pulls
        pulls = pulls.at(nodes[0], nodes[1:], {}) if row.joint else pulls
        try:
            recorded = pulls[i](nodes[0], nodes[1:], None, {})
        except TypeError as error:
            raise _not_on_nodes(place, str(error)) from error
    if not isinstance(recorded, Node) or not np.allclose(plain(recorded), gradient):
        raise _not_on_nodes(place, f"it gives {type(recorded).__name__}")


def _wrong(message: str, i: int, analytic: Any, numeric: Any) -> GradientError:
    return GradientError(
        message, input=i, index=(), mode="reverse", order=1, analytic=analytic, numeric=numeric,
        error=0.0, step=STEP, kink=None,
    )  # fmt: skip


def _not_on_nodes(place: str, why: str) -> ValueError:
    return ValueError(
        f"{place}its transpose takes arrays and no Tensors ({why}): write it in operators and functions of "
        "autograd, for all orders, or use autograd.extend.function(..., whole_arrays=True), for the first"
    )


def _text(x: Any) -> str:
    return np.array2string(np.asarray(x), precision=4, threshold=6)
