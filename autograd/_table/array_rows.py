"""A row for arrays: a map that is linear in its arguments, and its transposes."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd._graph.node import Node, first_node, plain
from autograd._graph.primitive import Primitive, Pull, Pulls

__all__ = ["ArrayRow", "tangent_by_argument"]


def _pull_by(transpose: Callable[..., Any]) -> Pull:
    return lambda g, inputs, out, params: transpose(g, *inputs, **params)


class _Joint:
    """The pulls of a row with any number of arguments, each on demand."""

    def __init__(self, transpose: Callable[..., Callable[[int], Any]]) -> None:
        self.transpose = transpose

    def __getitem__(self, i: int) -> Pull:
        return lambda g, inputs, out, params: self.transpose(g, *inputs, **params)(i)

    def at(self, g: Any, inputs: Sequence[Any], params: dict[str, Any]) -> Pulls:
        """The pulls for one adjoint: the places of the parts are computed once, not for each argument."""
        return _Parts(self.transpose(g, *inputs, **params))


class _Parts:
    def __init__(self, part: Callable[[int], Any]) -> None:
        self.part = part

    def __getitem__(self, i: int) -> Pull:
        return lambda g, inputs, out, params: self.part(i)


class ArrayRow(Primitive):
    """A primitive of arrays only, linear in its arguments, such as a sum or a matrix product.

    Args:
        name: its name.
        on_arrays: the function on NumPy arrays, ``(*arrays, **params)``.
        transposes: for each argument the transpose of that linear map, ``(g, *args, **params)``,
            written in functions that take arrays and Tensors alike, so that one text serves
            every order. It gives the reverse mode; the forward mode is the map itself. None where the
            derivative is 0.
        joint: linear in all arguments together, like concatenate, not in each while the others
            stay, like matmul. Then there is one transpose, ``(g, *args, **params)``, which gives
            a function from the place of an argument to its part.
        tangent: for a map that is linear only locally, like max, or in some arguments only, like
            affine: the map of the tangents, ``(tangents, *args, **params)``, None for a constant.
        latex: its notation.
    """

    _interface = ("name", "latex", "on_arrays")

    def __init__(
        self,
        name: str,
        on_arrays: Callable[..., Any],
        *transposes: Callable[..., Any] | None,
        joint: bool = False,
        tangent: Callable[..., Any] | None = None,
        latex: str | None = None,
    ) -> None:
        if not transposes or (joint and len(transposes) > 1):
            raise ValueError(f"row {name!r}: give one transpose for each argument, or a single joint one")
        self.name = self.__name__ = self.key = name
        self.on_arrays = on_arrays
        self.joint = joint
        self.broadcasts = False  # a transpose gives the shape of its argument
        self.inert = frozenset(i for i, transpose in enumerate(transposes) if transpose is None)
        pulls: Any = tuple(None if transpose is None else _pull_by(transpose) for transpose in transposes)
        if joint and transposes[0] is not None:
            pulls = _Joint(transposes[0])
        self.array_pulls = self.node_pulls = pulls
        self.local_tangent = tangent
        self.latex = latex or rf"\operatorname{{{{{name}}}}}\left({{x}}\right)"

    def __call__(self, *args: Any, **params: Any) -> Any:
        for a in args:
            if isinstance(a, Node):
                return a._apply(self, args, params)
            if isinstance(a, (list, tuple)) and (node := first_node(a)) is not None:
                return node._apply(self, args, params)
        return self.on_arrays(*args, **params)

    def tangent(self, tangents: Sequence[Any], args: Sequence[Any], params: dict[str, Any]) -> Any:
        """The tangent of the result, from each argument's tangent, or None for a constant."""
        if self.local_tangent is not None:
            return self.local_tangent(tangents, *args, **params)
        if self.joint:
            full = [np.zeros_like(plain(a)) if t is None else t for t, a in zip(tangents, args, strict=True)]
            return self(*full, **params)
        return tangent_by_argument(self, tangents, *args, **params)


def tangent_by_argument(row: ArrayRow, tangents: Sequence[Any], *args: Any, **params: Any) -> Any:
    """The tangent of a map that is linear in each argument while the others stay."""
    terms = (row(*args[:i], t, *args[i + 1 :], **params) for i, t in enumerate(tangents) if t is not None)
    return functools.reduce(operator.add, terms)
