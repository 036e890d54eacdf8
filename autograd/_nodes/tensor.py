"""`Tensor`: a node that holds one array, following NumPy.

A user may write to the array ``.data`` of a leaf; graphs recorded before are unchanged.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd._graph.concretization import note_concretized, note_text, refuse_effects, tell_watchers
from autograd._graph.conditions import Condition
from autograd._graph.context import SWITCHES, UNRECORDED, recording, watching
from autograd._graph.growing import note_reading
from autograd._graph.leaving import check_conversion, written_into
from autograd._graph.node import Node, first_node, name
from autograd._graph.recorded_gradients import RecordedGradient
from autograd._graph.tracing import Tracing
from autograd._nodes.array_node import ArrayNode
from autograd._nodes.declared import ArrayGradient, ArrayMethods
from autograd._nodes.operands.arrays import (
    array_constant,
    check_finite,
    private_index,
    real_array,
    shape_error,
)
from autograd._nodes.value import SETTING
from autograd._support.entering import boxed
from autograd._support.numpy_functions import NOTHING, public_name, refuse
from autograd._table.array_rules import linear as rows
from autograd._table.readings import NUMPY

__all__ = ["Tensor", "stacked"]

Array = NDArray[Any]
NO_PARAMS: dict[str, Any] = {}
_blank = object.__new__


class Tensor(ArrayMethods["Tensor"], ArrayNode):
    """One array that remembers how it was computed.

    Args:
        data: an array or nested lists of real numbers; copied. float32 and float64 are kept,
            everything else becomes float64.
        label: the name shown in drawings and errors.

    Operators, functions, indexing and broadcasting follow NumPy; `backward` fills in ``.grad``.
    Tensors compare element by element and hash by identity.

    Raises:
        TypeError: for anything that is not an array of real numbers.

    >>> W = Tensor([[1.0, 2.0], [3.0, 4.0]], label="W")
    >>> (W @ np.array([1.0, 10.0])).sum().backward()
    >>> W.grad
    array([[ 1., 10.],
           [ 1., 10.]])
    """

    __slots__ = ()

    def __init__(self, data: ArrayLike, label: str | None = None) -> None:
        self._primal = real_array(data, "Tensor")
        self._op = self._adjoint = self._frozen = None
        self._args = ()
        self._exposed = False
        self._params = Tracing.current() if SWITCHES["tracing"] else None
        self.label = label

    # -- number and gradient -----------------------------------------------------------------

    @property
    def data(self) -> Array:
        """The array. A leaf's may be written to or set; graphs recorded before are unchanged.

        An interior node's is read-only.

        >>> x = Tensor([1.0, 2.0])
        >>> y = (x * x).sum()
        >>> x.data[0] = 100
        >>> y.backward()
        >>> x.grad
        array([2., 4.])
        """
        if SWITCHES["noted"]:
            tell_watchers(self)
        if SWITCHES["tracing"]:
            Tracing.note_taken_out(self)
        if self._op is not None:
            self._primal.flags.writeable = False
        elif not self._exposed:
            self._frozen, self._primal, self._exposed = self._primal, self._primal.copy(), True
        return self._primal

    @data.setter
    def data(self, data: ArrayLike) -> None:
        if SWITCHES["noted"] and self._op is None and self._made_in() is None:
            refuse_effects(*SETTING)
        if data is self._primal:  # x.data -= step
            return
        if self._op is not None:
            raise AttributeError(f"the data of {self!r} was computed by {self._op}; only a leaf's can be set")
        new = real_array(data, "the data of a Tensor").astype(self.dtype, copy=False)
        if new.shape != self.shape:
            raise ValueError(f"the data of {name(self)} has shape {self.shape}; cannot set shape {new.shape}")
        self._primal, self._exposed = new, False

    @property
    def grad(self) -> ArrayGradient | Any:
        """The derivative found by `backward`, an array of this shape: None before; on leaves the
        sum over calls. Set it to None to clear it."""
        if self._op is not None and type(self._adjoint) is np.ndarray:
            note_reading(self, self._adjoint)
            if not self._exposed:  # several interior nodes may share an array of a sweep
                self._adjoint, self._exposed = self._adjoint.copy(), True
        if isinstance(self._adjoint, np.generic):  # NumPy's arithmetic on arrays of no dimension
            self._adjoint = np.asarray(self._adjoint)
        return self._adjoint.node if type(self._adjoint) is RecordedGradient else self._adjoint

    @grad.setter
    def grad(self, grad: Any) -> None:
        if grad is None or isinstance(grad, Tensor):
            self._adjoint = grad
            return
        new = np.array(real_array(grad, "the grad of a Tensor"), dtype=self.dtype)
        try:
            self._adjoint = new if new.shape == self.shape else np.broadcast_to(new, self.shape).copy()
        except ValueError:
            raise ValueError(f"the grad of {name(self)} has shape {self.shape}, not {new.shape}") from None

    @property
    def T(self) -> Tensor:
        """The axes reversed."""
        return Tensor._apply(rows.transpose, (self,), {"axes": tuple(range(self.ndim))[::-1]})

    # The methods take NumPy's arguments in NumPy's order. An argument without meaning for a Tensor is refused
    # by name: `x.sum(0, np.float32)` must not read the dtype as `keepdims`.

    def transpose(self, *axes: Any) -> Tensor:
        """The axes in another order, one by one or as a tuple; reversed by default, as in NumPy."""
        if not axes or (len(axes) == 1 and axes[0] is None):
            return self.T
        order: Any = axes[0] if len(axes) == 1 and np.ndim(axes[0]) else axes
        return Tensor._apply(rows.transpose, (self,), {"axes": tuple(map(operator.index, order))})

    def reshape(self, *shape: Any, order: str = "C", copy: bool | None = None) -> Tensor:
        """The same numbers in another shape, as in NumPy; with order="F" the first index runs fastest.

        >>> Tensor([[1.0, 2.0], [3.0, 4.0]]).reshape(-1)
        Tensor([1., 2., 3., 4.])
        >>> Tensor([[1.0, 2.0], [3.0, 4.0]]).reshape(-1, order="F")
        Tensor([1., 3., 2., 4.])
        """
        if not shape:
            raise TypeError("reshape of a Tensor takes a shape")
        target: Any = shape if len(shape) > 1 else shape[0]
        if type(target) is not tuple:  # a list may change later, and the record keeps the shape
            target = tuple(target) if isinstance(target, list) else (operator.index(target),)
        if order not in ("C", "F") or copy is False:
            refuse("reshape", order=None if order in ("C", "F") else order, copy=copy)
        if order == "F":
            return self.T.reshape(target[::-1]).T
        result: Tensor = rows.reshape(self, shape=target)
        return result

    def sum(
        self,
        axis: Any = None,
        dtype: Any = None,
        out: None = None,
        keepdims: bool = False,
        initial: Any = NOTHING,
        where: Any = True,
    ) -> Tensor:
        """The sum over one axis, several or all; see `autograd.sum`."""
        if dtype is not None or out is not None or initial is not NOTHING or where is not True:
            refuse("sum", dtype=_other(dtype, self), out=out, initial=initial, where=where)
        return Tensor._apply(rows.sum, (self,), {"axis": axis, "keepdims": keepdims})

    def mean(
        self,
        axis: Any = None,
        dtype: Any = None,
        out: None = None,
        keepdims: bool = False,
        *,
        where: Any = True,
    ) -> Tensor:
        """The mean over one axis, several or all; see `autograd.mean`."""
        if dtype is not None or out is not None or where is not True:
            refuse("mean", dtype=_other(dtype, self), out=out, where=where)
        total = self.sum(axis, keepdims=keepdims)
        return total._over(self.size / total.size if total.size else np.nan, axis)

    def max(
        self,
        axis: Any = None,
        out: None = None,
        keepdims: bool = False,
        initial: Any = NOTHING,
        where: Any = True,
    ) -> Tensor:
        """The largest over one axis, several or all; see `autograd.max`."""
        if out is not None or initial is not NOTHING or where is not True:
            refuse("max", out=out, initial=initial, where=where)
        result: Tensor = rows.max(self, axis=axis, keepdims=keepdims)
        return result

    def __getitem__(self, index: Any) -> Tensor:
        result: Tensor = rows.getitem(self, index=private_index(index))
        return result

    def __matmul__(self, other: Any) -> Tensor:
        if isinstance(other, Node) and not isinstance(other, Tensor):
            return NotImplemented
        return Tensor._apply(rows.matmul, (self, other))

    def __rmatmul__(self, other: Any) -> Tensor:
        return Tensor._apply(rows.matmul, (other, self))

    def backward(self, gradient: ArrayLike | None = None, create_graph: bool = False) -> None:
        """Add the derivative of this node to the ``.grad`` of every leaf that it depends on.

        Args:
            gradient: the derivative to start with, of this node's shape; 1 for a single number.
            create_graph: record the sweep, so that the gradients can be differentiated.

        Raises:
            ValueError: when this node is not a single number and no gradient is given.
            DomainError: inside `detect_anomaly`, at the first derivative that is nan or infinite.

        >>> x = Tensor([3.0, 4.0])
        >>> (x * x).backward(gradient=[1.0, 10.0])
        >>> x.grad
        array([ 6., 80.])
        """
        self._sweep(gradient, create_graph)

    # -- a citizen of Python and NumPy ------------------------------------------------------

    def __repr__(self) -> str:
        numbers = np.array2string(self._primal, separator=", ", prefix="Tensor(")
        extra = "" if self.dtype == np.float64 else f", dtype={self.dtype}"
        text = f"Tensor({numbers}{extra}{f', label={self.label!r}' if self.label else ''})"
        if SWITCHES["noted"]:
            note_text(self, self._primal, text)
        return text

    def __float__(self) -> float:
        check_conversion(
            self, "a plain number", "the functions of math give numbers, those of autograd record", 1
        )
        return self.item()

    def __int__(self) -> int:
        check_conversion(self, "a whole number", "the functions of autograd record", 1)
        return int(self.item())

    def item(self) -> float:
        """The number in a Tensor of one element, out of the graph.

        >>> Tensor([2.5]).item()
        2.5
        """
        if self.size != 1:
            raise TypeError(f"only a Tensor of one element is a number, not {name(self)}")
        if SWITCHES["noted"]:
            tell_watchers(self)
        if SWITCHES["tracing"]:
            Tracing.note_taken_out(self)
        return float(self._primal.reshape(()))

    def __bool__(self) -> bool:
        if self.size != 1:
            raise ValueError(
                f"{name(self)} has no one truth: autograd.where(t > 0, a, b) chooses by each number"
            )
        note_concretized(self, by=bool)
        return bool(self._primal)

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec else repr(self)

    def __len__(self) -> int:
        return len(self._primal)

    def __iter__(self) -> Iterator[Tensor]:
        return (self[i] for i in range(len(self)))

    def __pos__(self) -> Tensor:
        return self

    __hash__ = Node.__hash__

    # Declared as an object: to NumPy's types whatever has an array is one, and an array times a node would be
    # an array.
    def __array__(self, dtype: Any = None, copy: bool | None = None) -> object:
        if dtype is not None and np.dtype(dtype) == object:
            return boxed(self)
        check_conversion(
            self,
            "an array of NumPy's",
            "autograd.stack joins Tensors, @ multiplies them, and dtype=object makes an array of nodes",
            depth=1,
        )
        if copy is False:
            raise ValueError("a Tensor's array is private, so it is copied: leave out copy=False")
        return np.array(self._primal, dtype=dtype)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method == "__call__" and kwargs.keys() == {"out"}:
            return written_into(kwargs["out"][0], ufunc, inputs)
        if method != "__call__" or kwargs:
            return NotImplemented
        row = NUMPY.get(ufunc)
        if row is not None:
            return row(*inputs)
        if not recording():
            return ufunc(*map(_bare, inputs))
        raise TypeError(f"there is no primitive for {public_name(ufunc)} of a Tensor")

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        ours = NUMPY.get(function)
        if ours is not None:
            return ours(*args, **kwargs)
        if not recording():
            return function(*map(_bare, args), **{name: _bare(x) for name, x in kwargs.items()})
        raise TypeError(
            f"{public_name(function)} has no counterpart for Tensors: write it in others, "
            "or take their .data, where the numbers alone are meant"
        )

    # -- for the engine -----------------------------------------------------------------------

    @staticmethod
    def _apply(row: Any, args: tuple[Any, ...], params: dict[str, Any] = NO_PARAMS) -> Tensor:
        inputs: Any = []
        parents: Any = args  # as they are, where all are Tensors
        for a in args:
            if type(a) is Tensor:
                inputs.append(a._array() if a._exposed else a._primal)
            elif type(a) in (list, tuple) and first_node(a) is not None:
                return Tensor._apply(row, tuple(map(stacked, args)), params)
            elif isinstance(a, Condition) and a.is_array:
                operands = tuple(c.node() if isinstance(c, Condition) else c for c in args)
                return Tensor._apply(row, operands, params)
            else:
                inputs.append(a._array() if isinstance(a, Tensor) else array_constant(a, row))
                parents = None
        inputs = tuple(inputs)
        try:
            out = row.on_arrays(*inputs, **params) if params else row.on_arrays(*inputs)
        except ValueError as error:
            raise shape_error(row, args, error) from None
        if type(out) is not np.ndarray:
            out = np.asarray(out)
        if SWITCHES["watched"] and watching():
            check_finite(out, f"{row}({', '.join(map(name, args))}) gave", row)
        if SWITCHES["paused"] and not recording():
            if SWITCHES["tracing"]:
                for a in args:
                    if isinstance(a, Tensor):
                        Tracing.note_taken_out(a)
            unrecorded = Tensor._own(out)
            unrecorded._inputs = UNRECORDED
            return unrecorded
        node: Tensor = _blank(Tensor)
        node._primal, node._op, node._inputs, node._params = out, row, inputs, params
        node._args = parents or tuple([a if isinstance(a, Tensor) else None for a in args])
        node._adjoint, node._exposed = None, False
        return node

    @staticmethod
    def _as_node(adjoint: Any) -> Tensor:
        return adjoint if isinstance(adjoint, Tensor) else Tensor._own(np.asarray(adjoint))


def _bare(x: Any) -> Any:
    """Copies of the arrays of Tensors, also in lists."""
    if isinstance(x, (list, tuple)):
        return list(map(_bare, x))
    return x._primal.copy() if isinstance(x, Tensor) else x


def _other(dtype: Any, x: Tensor) -> Any:
    """A dtype other than the Tensor's own, or None."""
    return None if dtype is None or np.dtype(dtype) == x.dtype else dtype


def stacked(x: Any) -> Any:
    """A list that holds Tensors as one Tensor; anything else as it is."""
    if isinstance(x, (list, tuple)) and isinstance(first_node(x), Tensor):
        return rows.stack(*map(stacked, x), axis=0)
    return x
