"""The arrays of a call, for the leaves of a program."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.find.tensors.tape import Line
from autograd._graph.node import Node, first_node
from autograd._nodes.operands.arrays import real_array

__all__ = ["Leaves", "splitter"]

Array = NDArray[Any]


class Leaves:
    """Some leaves of a program, as an argument of its calls.

    Args:
        argument: the name of the argument: theta or X.
        kind: what one leaf is called in errors.
        lines: of the leaves.
    """

    def __init__(self, argument: str, kind: str, lines: Sequence[Line]) -> None:
        self.argument, self.kind, self.lines = argument, kind, list(lines)
        self.count = len(self.lines)
        self.size = sum(line.size for line in self.lines)
        self._joins = self.count > 1 and len({line.dtype for line in self.lines}) == 1
        self._split = splitter(self.lines)
        self._expected = [(np.dtype(line.dtype.name), line.shape) for line in self.lines]

    def fit(self, values: Any) -> bool:
        """Whether these are arrays of the recorded shapes and dtypes: quick, for every call."""
        if values is None:
            return not self.count
        if (type(values) is not list and type(values) is not tuple) or len(values) != self.count:
            return False
        for array, (dtype, shape) in zip(values, self._expected):  # noqa: B905 - of one length
            if type(array) is not np.ndarray or array.dtype is not dtype or array.shape != shape:
                return False
        return True

    def arrays(self, values: Any) -> Sequence[Array]:
        """The array of each leaf, in its dtype, without a copy where it is one of that dtype.

        Raises:
            TypeError, ValueError: names the leaf, and what was expected.
        """
        if self.is_vector(values):
            values = self.parts(self.vector(values))
        return [self._array(i, x) for i, x in enumerate(self._listed(values))]

    def is_vector(self, values: Any) -> bool:
        """Whether all arrays are given one after the other in one vector."""
        return self._joins and type(values) is np.ndarray and values.shape == (self.size,)

    def vector(self, values: Array) -> Array:
        """The vector in the dtype of the leaves, contiguous: so the leaves are views of it."""
        dtype = self._expected[0][0]
        if values.dtype is dtype and values.flags.c_contiguous:
            return values
        return real_array(values, self.argument).astype(dtype, copy=False)

    def parts(self, vector: Array) -> list[Array]:
        """The array of each leaf, as a view of the vector."""
        return self._split(vector)

    def joined(self, values: Any, xp: Any) -> Any:
        """The numbers of all leaves one after the other, as an array of another library.

        Args:
            values: arrays of the recorded shapes, as for `arrays`.
            xp: the functions of the library, by the names of NumPy.

        Raises:
            TypeError, ValueError: names the leaf, and what was expected.
        """
        if self._joins and getattr(values, "shape", None) == (self.size,):
            return xp.asarray(values)
        arrays = [xp.asarray(x) for x in self._listed(values)]
        for i, (line, x) in enumerate(zip(self.lines, arrays, strict=True)):
            if x.shape != line.shape:
                name = f"the {self.kind} {self._name(i)}"
                raise ValueError(
                    f"{name} has the shape {x.shape}, and the function of JAX is for {line.shape}: record "
                    "the graph again with arrays of other shapes"
                )
        return xp.concatenate([x.ravel() for x in arrays] or [xp.zeros(0)])

    def _listed(self, values: Any) -> Sequence[Any]:
        if values is None and not self.count:
            return ()
        if isinstance(values, Mapping):
            return self._by_label(values)
        if self.count == 1 and (
            not isinstance(values, (list, tuple))
            or (len(values) != 1 and first_node(values) is None)
            or (self.lines[0].shape[:1] == (1,) and _depth(values) == len(self.lines[0].shape))
        ):
            return (values,)
        if isinstance(values, np.ndarray) and values.dtype == object:
            values = list(values)
        if isinstance(values, (str, bytes)) or not isinstance(values, (list, tuple)):
            shown = "None" if values is None else f"{type(values).__name__} ({values!r:.60})"
            raise TypeError(f"{self.argument} is a list of {self._all()}, or a dict by label, not {shown}")
        if len(values) != self.count:
            raise ValueError(f"{self.argument} is a list of {self._all()}, and {len(values)} were given")
        return values

    def _by_label(self, values: Mapping[str, Any]) -> Sequence[Any]:
        labels = [line.label for line in self.lines]
        if len(set(labels)) < len(labels) or None in labels:
            raise ValueError(
                f"{self.argument} by label needs a label of its own for each leaf, and they are {labels}: "
                "give a list in the order of the leaves, or label them, as Tensor(array, label='W') does"
            )
        if values.keys() != set(labels):
            raise ValueError(f"{self.argument} has the labels {labels}, and {list(values)} were given")
        return [values[label] for label in labels]  # type: ignore[index]

    def _all(self) -> str:
        names = ", ".join(f"{self._name(i)} {line.shape}" for i, line in enumerate(self.lines[:6]))
        more = f" and {self.count - 6} more" if self.count > 6 else ""
        return f"{self.count} array{'s' * (self.count != 1)}" + (f" ({names}{more})" if self.count else "")

    def _name(self, i: int) -> str:
        return self.lines[i].label or f"{self.argument}[{i}]"

    def _array(self, i: int, x: Any) -> Array:
        line = self.lines[i]
        name = f"the {self.kind} {self._name(i)}"
        if type(x) is not np.ndarray or x.dtype != line.dtype:
            if isinstance(x, Node):
                raise TypeError(f"{name} is an array of numbers, not {type(x).__name__}: pass its .data")
            if x is None:
                raise TypeError(f"{name} is an array of numbers, of shape {line.shape}, not None")
            x = real_array(x, name).astype(line.dtype, copy=False)
        if x.ndim != len(line.shape):
            raise ValueError(f"{name} has the shape {x.shape}, and was recorded with {line.shape}")
        return x  # type: ignore[no-any-return]


def splitter(lines: Sequence[Line]) -> Callable[[Any], list[Any]]:
    """The function from a vector, of any library, with the numbers of all lines to the array of each."""
    ends = itertools.accumulate((line.size for line in lines), initial=0)
    parts = [(slice(*pair), line.shape) for pair, line in zip(itertools.pairwise(ends), lines, strict=True)]
    return lambda numbers: [numbers[part].reshape(shape) for part, shape in parts]


def _depth(x: Any) -> int:
    depth = 0
    while isinstance(x, (list, tuple)) and x:
        x, depth = x[0], depth + 1
    return depth + np.ndim(x)
