"""The storage of a `Tensor`, and the chain rule at one.

The arrays in the record are private: never returned, never written to.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from autograd._graph.context import SWITCHES, watching
from autograd._graph.node import Node, name, plain
from autograd._graph.tracing import Tracing
from autograd._nodes.operands.arrays import check_finite, real_array
from autograd._nodes.operands.counts import Count
from autograd._table.array_rows import ArrayRow
from autograd._table.array_rules import linear as rows

__all__ = ["ArrayNode"]

Array = NDArray[Any]


class ArrayNode(Node):
    """A node that holds one array: its storage, and its steps of a sweep."""

    __slots__ = ("_args", "_exposed", "_frozen", "_inputs", "_params", "_primal")

    _args: tuple[Any, ...]
    _primal: Array
    _exposed: bool
    _frozen: Array | None
    _inputs: Any  # the arrays of the arguments; of a leaf computed inside `no_grad`, `UNRECORDED`
    _params: Any  # of the row; of a leaf, the run of a transform's function that made it, if one did

    @property
    def args(self) -> tuple[Any, ...]:
        if self._op is None:
            return ()
        return tuple(x if a is None else a for a, x in zip(self._args, self.inputs, strict=True))

    @property
    def inputs(self) -> tuple[Array, ...]:
        """The arrays of the arguments at the recording of this node; read-only."""
        return () if self._op is None else tuple(map(_read_only, self._inputs))

    def _arguments(self) -> tuple[Any, ...]:
        """`args` with the arrays of the record itself."""
        return tuple(x if a is None else a for a, x in zip(self._args, self._inputs, strict=True))

    @property
    def shape(self) -> tuple[int, ...]:
        return self._primal.shape

    @property
    def ndim(self) -> int:
        return self._primal.ndim

    @property
    def size(self) -> int:
        return self._primal.size

    @property
    def dtype(self) -> np.dtype[Any]:
        return self._primal.dtype

    def _made_in(self) -> Tracing | None:
        return self._params if self._op is None else None

    def _links(self) -> tuple[Any, ...]:
        return self._args

    def _array(self) -> Array:
        """The array for the record, which nobody else can write to."""
        if self._op is None and self._exposed:
            if self._frozen is None or not np.array_equal(self._frozen, self._primal):
                self._frozen = self._primal.copy()
            return self._frozen
        return self._primal

    def _over(self, number: float, axis: Any, less: float = 0) -> Self:
        """This sum divided by a `Count`: the quotient is of plain numbers, and the record keeps the count."""
        quotient: Self = self / number
        if len(quotient._inputs) == 2:  # it is recorded
            quotient._inputs = quotient._inputs[0], Count(number, axis, less)
        return quotient

    @classmethod
    def _own(cls, array: Array, label: str | None = None) -> Self:
        """A leaf with an array that nobody else holds, without a copy."""
        leaf = object.__new__(cls)
        leaf._primal, leaf._exposed = array, False
        leaf._op = leaf._adjoint = leaf._frozen = None
        leaf._args = ()
        leaf._params = Tracing.current() if SWITCHES["tracing"] else None
        leaf._label = label
        return leaf

    def _set(self, array: Array) -> None:
        """Set a leaf's array to one that nobody else holds, without a copy: for optimizers."""
        self._primal, self._exposed = np.asarray(array), False  # of no dimension: a number, to NumPy

    def _state(self) -> Any:
        if self._op is None:
            # A gradient that is a node is copied as its numbers: its graph leads back to this leaf.
            grad = self.grad
            grad = None if grad is None else np.array(plain(grad))
            return (self._primal.copy(), None, None, None, self.label, grad)
        return self._bare_state()

    def _bare_state(self) -> tuple[Any, ...]:
        if self._op is None:
            return (self._array(), None, None, None, self.label, None)
        return (self._primal, self._op, self._inputs, self._params, self.label, None)

    @classmethod
    def _restore(cls, state: Any, parents: Sequence[Node | None]) -> Self:
        data, op, inputs, params, label, grad = state
        node = cls._own(data, label)
        node._adjoint = grad if grad is None else grad.copy()
        if op is not None:
            node._op, node._args = op, tuple(parents)
            node._inputs, node._params = inputs, params
        return node

    def _describe(self) -> str:
        return self.label or f"a Tensor of shape {self.shape}"

    def _check_finite(self) -> None:
        """A Tensor follows NumPy: nan and infinities are results, except in `detect_anomaly`."""

    def _seed(self, gradient: Any, what: str) -> Any:
        if gradient is None:
            if self.size != 1:
                raise ValueError(
                    f"backward() of {name(self)}: not a single number. Reduce it first, with sum() "
                    f"or mean(), or pass gradient=, an array of shape {self.shape}"
                )
            return np.ones(self.shape, self.dtype)
        if isinstance(gradient, ArrayNode):
            seed: Any = gradient
        else:
            seed = real_array(gradient, what).astype(self.dtype, copy=False)
        if seed.shape != self.shape:
            raise ValueError(f"{what} has shape {seed.shape}; {name(self)} needs shape {self.shape}")
        return seed

    def _total(self, adjoint: Any) -> Any:
        """The new ``.grad``: a leaf's accumulates and is an array that nobody else holds."""
        if self._op is not None:
            self._exposed = False
            return adjoint
        if self._adjoint is not None:
            return self.grad + adjoint
        return np.array(adjoint, order="C") if type(adjoint) is np.ndarray else adjoint

    @staticmethod
    def _is_finite(adjoint: Any) -> bool:
        return bool(np.all(np.isfinite(plain(adjoint))))

    @staticmethod
    def _is_strict() -> bool:
        return watching()

    def _pull(self, g: Any, create_graph: bool, among: Any) -> list[tuple[Any, Any]]:
        row: Any = self._op
        args: Any
        out: Any
        pulls, args, out = row.array_pulls, self._inputs, self._primal
        if create_graph:
            self._check_fresh()
            pulls, args, out = row.node_pulls, self._arguments(), self
        if row.joint:
            pulls = pulls.at(g, args, self._params)
        contributions = []
        for i, parent in enumerate(self._args):
            if parent is None or pulls[i] is None or (among is not None and parent not in among):
                continue
            contribution = pulls[i](g, args, out, self._params)
            data = parent._primal
            if contribution.shape != data.shape:
                contribution = rows.sum_to(contribution, shape=data.shape)
            if contribution.dtype != data.dtype:
                contribution = rows.astype(contribution, dtype=data.dtype)
            if not create_graph and SWITCHES["watched"] and watching():
                check_finite(
                    contribution, f"the derivative of {row}({', '.join(map(name, self.args))}) is", row
                )
            contributions.append((parent, contribution))
        return contributions

    def _push(self, tangents: dict[Node, Any], create_graph: bool) -> Any:
        row: Any = self._op
        args: Any
        out: Any
        if create_graph:
            self._check_fresh()
        if isinstance(row, ArrayRow):
            among = [None if a is None else tangents.get(a) for a in self._args]
            return row.tangent(among, self._arguments() if create_graph else self._inputs, self._params)
        args, out, pulls = self._inputs, self._primal, row.array_pulls
        if row.reverse_only:  # its partials raise an error that says so
            row.float_partials[0](*args, out)
        if create_graph:
            args, out, pulls = self._arguments(), self, row.node_pulls
        # A diagonal map is its own transpose.
        terms = [
            pull(tangents[parent], args, out, self._params)
            for parent, pull in zip(self._args, pulls, strict=True)
            if pull is not None and parent in tangents
        ]
        total = functools.reduce(operator.add, terms) if terms else np.zeros((), self.dtype)
        tangent = rows.broadcast_to(total, shape=self.shape)
        if isinstance(tangent, np.ndarray):
            tangent = tangent.astype(self.dtype, copy=False)
            if SWITCHES["watched"] and watching():
                check_finite(tangent, f"the tangent of {row}({', '.join(map(name, self.args))}) is", row)
        return tangent

    def _check_fresh(self) -> None:
        for argument, seen in zip(self._args, self._inputs, strict=True):
            if argument is None or argument._primal is seen:
                continue
            if not np.array_equal(argument._primal, seen, equal_nan=True):
                raise RuntimeError(
                    f"the data of {name(argument)} changed after {name(self)} was recorded; a derivative "
                    "that is itself recorded needs it unchanged: record the calculation again"
                )


def _read_only(x: Any) -> Any:
    """A read-only view of an array of the record."""
    if isinstance(x, np.ndarray):
        x = x.view()
        x.flags.writeable = False
    return x
