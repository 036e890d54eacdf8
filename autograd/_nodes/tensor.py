"""`Tensor`: a node that holds one array, following NumPy.

The arrays in the record are private: never handed out, never written to. What a user gets from
``.data`` of a leaf is the user's to write to, and the record keeps what it saw.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd._graph.conditions import Condition
from autograd._graph.context import SWITCHES, UNRECORDED, recording, watching
from autograd._graph.growing import note_reading
from autograd._graph.leaving import check_conversion, reduced_for_numpy_testing, written_into
from autograd._graph.node import Node, first_node, name, plain
from autograd._graph.primitive import Primitive
from autograd._graph.tracing import Tracing, refusing
from autograd._nodes.anomalies import check_finite
from autograd._nodes.array_methods import ArrayMethods
from autograd._nodes.reals import constant, squaring
from autograd._nodes.recorded_gradients import RecordedGradient
from autograd._support.entering import boxed, check_kind, is_locked, is_number
from autograd._support.numpy_functions import COMPARISON_OPERATORS, NOTHING, public_name, refuse
from autograd._table.array_rows import ArrayRow
from autograd._table.array_rules import linear as rows
from autograd._table.define import on_define
from autograd._table.readings import NUMPY
from autograd._table.rows import OPERATORS, Row

__all__ = ["Tensor"]

Array = NDArray[Any]
NO_PARAMS: dict[str, Any] = {}
EXACT = 2**53  # whole numbers up to here are floats
_blank = object.__new__


class Tensor(ArrayMethods, Node):
    """One array that remembers how it was made.

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

    __slots__ = ("_args", "_exposed", "_frozen", "_inputs", "_params", "_primal")

    _args: tuple[Tensor | None, ...]
    _primal: Array
    _exposed: bool
    _frozen: Array | None
    _inputs: Any  # the arrays of the arguments; of a leaf computed inside `no_grad`, `UNRECORDED`
    _params: Any  # of the row; of a leaf, the run of a transform's function that made it, if one did

    def __init__(self, data: ArrayLike, label: str | None = None) -> None:
        self._primal = _real_array(data, "Tensor")
        self._op = self._adjoint = self._frozen = None
        self._args = ()
        self._exposed = False
        self._params = Tracing.current() if SWITCHES["tracing"] else None
        self.label = label

    # -- what a node shows ----------------------------------------------------------------

    @property
    def data(self) -> Array:
        """The array. A leaf's may be written to or set; graphs recorded before keep what they saw.

        An interior node's is read-only.

        >>> x = Tensor([1.0, 2.0])
        >>> y = (x * x).sum()
        >>> x.data[0] = 100
        >>> y.backward()
        >>> x.grad
        array([2., 4.])
        """
        if SWITCHES["tracing"]:
            Tracing.note_taken_out(self)
        if self._op is not None:
            self._primal.flags.writeable = False
        elif not self._exposed:
            self._frozen, self._primal, self._exposed = self._primal, self._primal.copy(), True
        return self._primal

    @data.setter
    def data(self, data: ArrayLike) -> None:
        if data is self._primal:  # x.data -= step
            return
        if self._op is not None:
            raise AttributeError(f"the data of {self!r} was computed by {self._op}; only a leaf's can be set")
        new = _real_array(data, "the data of a Tensor").astype(self.dtype, copy=False)
        if new.shape != self.shape:
            raise ValueError(f"the data of {name(self)} has shape {self.shape}; cannot set shape {new.shape}")
        self._primal, self._exposed = new, False

    @property
    def grad(self) -> Any:
        """The derivative found by `backward`, an array of this shape: None before; on leaves the
        sum over calls. Set it to None to clear it."""
        if self._op is not None and type(self._adjoint) is np.ndarray:
            note_reading(self, self._adjoint)
            if not self._exposed:  # a sweep hands one array to several interior nodes
                self._adjoint, self._exposed = self._adjoint.copy(), True
        if isinstance(self._adjoint, np.generic):  # NumPy's arithmetic on arrays of no dimension
            self._adjoint = np.asarray(self._adjoint)
        return self._adjoint.node if type(self._adjoint) is RecordedGradient else self._adjoint

    @grad.setter
    def grad(self, grad: Any) -> None:
        if grad is None or isinstance(grad, Tensor):
            self._adjoint = grad
            return
        new = np.array(_real_array(grad, "the grad of a Tensor"), dtype=self.dtype)
        try:
            self._adjoint = new if new.shape == self.shape else np.broadcast_to(new, self.shape).copy()
        except ValueError:
            raise ValueError(f"the grad of {name(self)} has shape {self.shape}, not {new.shape}") from None

    @property
    def args(self) -> tuple[Any, ...]:
        if self._op is None:
            return ()
        return tuple(x if a is None else a for a, x in zip(self._args, self.inputs, strict=True))

    @property
    def inputs(self) -> tuple[Array, ...]:
        """The arrays the arguments held when this node was recorded; read-only."""
        return () if self._op is None else tuple(map(_read_only, self._inputs))

    def _arguments(self) -> tuple[Any, ...]:
        """As `args`, of the record itself."""
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

    @property
    def T(self) -> Tensor:
        """The axes reversed."""
        return Tensor._apply(rows.transpose, (self,), {"axes": tuple(range(self.ndim))[::-1]})

    # The methods take NumPy's arguments in NumPy's order. What would say nothing on a Tensor is refused by
    # name: `x.sum(0, np.float32)` must not read the dtype as `keepdims`.

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
        wanted: Any = shape if len(shape) > 1 else shape[0]
        if type(wanted) is not tuple:  # a list may change later, and the record keeps the shape
            wanted = tuple(wanted) if isinstance(wanted, list) else (operator.index(wanted),)
        if order not in ("C", "F") or copy is False:
            refuse("reshape", order=None if order in ("C", "F") else order, copy=copy)
        if order == "F":
            return self.T.reshape(wanted[::-1]).T
        result: Tensor = rows.reshape(self, shape=wanted)
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
        return total / (self.size / total.size if total.size else np.nan)

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
        result: Tensor = rows.getitem(self, index=_kept(index))
        return result

    def __matmul__(self, other: Any) -> Tensor:
        if isinstance(other, Node) and not isinstance(other, Tensor):
            return NotImplemented
        return Tensor._apply(rows.matmul, (self, other))

    def __rmatmul__(self, other: Any) -> Tensor:
        return Tensor._apply(rows.matmul, (other, self))

    def _made_in(self) -> Tracing | None:
        return self._params if self._op is None else None

    def _links(self) -> tuple[Tensor | None, ...]:
        return self._args

    def backward(self, gradient: ArrayLike | None = None, create_graph: bool = False) -> None:
        """Add the derivative of this node to the ``.grad`` of every leaf it was made from.

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
        shown = np.array2string(self._primal, separator=", ", prefix="Tensor(")
        extra = "" if self.dtype == np.float64 else f", dtype={self.dtype}"
        return f"Tensor({shown}{extra}{f', label={self.label!r}' if self.label else ''})"

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
        if SWITCHES["tracing"]:
            Tracing.note_taken_out(self)
        return float(self._primal.reshape(()))

    def __bool__(self) -> bool:
        if self.size != 1:
            raise ValueError(
                f"{name(self)} has no one truth: autograd.where(t > 0, a, b) chooses by each number"
            )
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

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
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
        if not refusing():
            return ufunc(*map(_bare, inputs))
        raise TypeError(f"there is no primitive for {public_name(ufunc)} of a Tensor")

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        ours = NUMPY.get(function)
        if ours is not None:
            return ours(*args, **kwargs)
        if not refusing():
            return function(*map(_bare, args), **{name: _bare(x) for name, x in kwargs.items()})
        raise TypeError(
            f"{public_name(function)} has no counterpart for Tensors: write it in others, "
            "or take their .data, where the numbers alone are meant"
        )

    # -- how the engine reads and makes nodes -----------------------------------------------

    def _array(self) -> Array:
        """The array for the record: one that nobody else can write to."""
        if self._op is None and self._exposed:
            if self._frozen is None or not np.array_equal(self._frozen, self._primal):
                self._frozen = self._primal.copy()
            return self._frozen
        return self._primal

    @classmethod
    def _own(cls, array: Array, label: str | None = None) -> Tensor:
        """A leaf around an array that nobody else holds, without the copy."""
        leaf: Tensor = object.__new__(cls)
        leaf._primal, leaf._exposed = array, False
        leaf._op = leaf._adjoint = leaf._frozen = None
        leaf._args = ()
        leaf._params = Tracing.current() if SWITCHES["tracing"] else None
        leaf._label = label
        return leaf

    def _set(self, array: Array) -> None:
        """Give a leaf an array that nobody else holds, without the copy: what an optimizer does."""
        self._primal, self._exposed = np.asarray(array), False  # of no dimension: a number, to NumPy

    @staticmethod
    def _apply(row: Any, args: tuple[Any, ...], params: dict[str, Any] = NO_PARAMS) -> Tensor:
        inputs: Any = []
        parents: Any = args  # as they are, where all are Tensors
        for a in args:
            if type(a) is Tensor:
                inputs.append(a._array() if a._exposed else a._primal)
            elif type(a) in (list, tuple) and first_node(a) is not None:
                return Tensor._apply(row, tuple(map(stacked, args)), params)
            else:
                inputs.append(_constant(a, row))
                parents = None
        inputs = tuple(inputs)
        try:
            out = row.on_arrays(*inputs, **params) if params else row.on_arrays(*inputs)
        except ValueError as error:
            raise _shapes(row, args, error) from None
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

    def _describe(self) -> str:
        return self.label or f"a Tensor of shape {self.shape}"

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
    def _restore(cls, state: Any, parents: Sequence[Node | None]) -> Tensor:
        data, op, inputs, params, label, grad = state
        node = cls._own(data, label)
        node._adjoint = grad if grad is None else grad.copy()
        if op is not None:
            node._op, node._args = op, tuple(parents)  # type: ignore[arg-type]
            node._inputs, node._params = inputs, params
        return node

    def _check_finite(self) -> None:
        """A Tensor follows NumPy: only `detect_anomaly` minds."""

    def _seed(self, gradient: Any, what: str) -> Any:
        if gradient is None:
            if self.size != 1:
                raise ValueError(
                    f"backward() of {name(self)}: not a single number. Reduce it first, with sum() "
                    f"or mean(), or pass gradient=, an array of shape {self.shape}"
                )
            return np.ones(self.shape, self.dtype)
        if isinstance(gradient, Tensor):
            given: Any = gradient
        else:
            given = _real_array(gradient, what).astype(self.dtype, copy=False)
        if given.shape != self.shape:
            raise ValueError(f"{what} has shape {given.shape}; {name(self)} needs shape {self.shape}")
        return given

    def _total(self, adjoint: Any) -> Any:
        """The new ``.grad``: a leaf's grows with every sweep and is an array that nobody else holds."""
        if self._op is not None:
            self._exposed = False
            return adjoint
        if self._adjoint is not None:
            return self.grad + adjoint
        return np.array(adjoint, order="C") if type(adjoint) is np.ndarray else adjoint

    @staticmethod
    def _as_node(adjoint: Any) -> Tensor:
        return adjoint if isinstance(adjoint, Tensor) else Tensor._own(np.asarray(adjoint))

    @staticmethod
    def _is_finite(adjoint: Any) -> bool:
        return bool(np.all(np.isfinite(plain(adjoint))))

    @staticmethod
    def _is_strict() -> bool:
        return watching()

    def _pull(self, g: Any, create_graph: bool, wanted: Any) -> list[tuple[Tensor, Any]]:
        row: Any = self._op
        args: Any
        out: Any
        pulls, args, out = row.array_pulls, self._inputs, self._primal
        if create_graph:
            self._check_fresh()
            pulls, args, out = row.node_pulls, self._arguments(), self
        if row.joint:
            pulls = pulls.at(g, args, self._params)
        gains = []
        for i, parent in enumerate(self._args):
            if parent is None or pulls[i] is None or (wanted is not None and parent not in wanted):
                continue
            gain = pulls[i](g, args, out, self._params)
            data = parent._primal
            if gain.shape != data.shape:
                gain = rows.sum_to(gain, shape=data.shape)
            if not create_graph:
                gain = gain.astype(data.dtype, copy=False)
                if SWITCHES["watched"] and watching():
                    check_finite(gain, f"the derivative of {row}({', '.join(map(name, self.args))}) is", row)
            gains.append((parent, gain))
        return gains

    def _push(self, tangents: dict[Node, Any], create_graph: bool) -> Any:
        row: Any = self._op
        args: Any
        out: Any
        if create_graph:
            self._check_fresh()
        if isinstance(row, ArrayRow):
            known = [None if a is None else tangents.get(a) for a in self._args]
            return row.tangent(known, self._arguments() if create_graph else self._inputs, self._params)
        args, out, pulls = self._inputs, self._primal, row.array_pulls
        if create_graph:
            args, out, pulls = self._arguments(), self, row.node_pulls
        # A diagonal map is its own transpose.
        terms = [
            pull(tangents[parent], args, out, self._params)
            for parent, pull in zip(self._args, pulls, strict=True)
            if pull is not None and parent in tangents
        ]
        total = functools.reduce(operator.add, terms) if terms else np.zeros((), self.dtype)
        moved = rows.broadcast_to(total, shape=self.shape)
        if isinstance(moved, np.ndarray):
            moved = moved.astype(self.dtype, copy=False)
            if SWITCHES["watched"] and watching():
                check_finite(moved, f"the tangent of {row}({', '.join(map(name, self.args))}) is", row)
        return moved

    def _check_fresh(self) -> None:
        for argument, seen in zip(self._args, self._inputs, strict=True):
            if argument is None or argument._primal is seen:
                continue
            if not np.array_equal(argument._primal, seen, equal_nan=True):
                raise RuntimeError(
                    f"the data of {name(argument)} changed after {name(self)} was recorded; a derivative "
                    "that is itself recorded needs it unchanged: record the calculation again"
                )


def _bare(x: Any) -> Any:
    """Tensors, also in lists, as copies of their arrays."""
    if isinstance(x, (list, tuple)):
        return list(map(_bare, x))
    return x._primal.copy() if isinstance(x, Tensor) else x


def _read_only(x: Any) -> Any:
    """A view of an array of the record, which nobody can write to."""
    if isinstance(x, np.ndarray):
        x = x.view()
        x.flags.writeable = False
    return x


def _other(dtype: Any, x: Tensor) -> Any:
    """A dtype that is not the Tensor's own."""
    return None if dtype is None or np.dtype(dtype) == x.dtype else dtype


def _real_array(data: Any, what: str) -> Array:
    """A private array of floats."""
    if first_node((data,)) is not None:
        raise TypeError(f"{what} takes numbers, not nodes; to join Tensors use stack or concatenate")
    check_kind(data, what)
    data = float(data) if isinstance(data, Fraction) else data
    try:
        array = np.array(data, order="C")  # so that the same numbers give the same sums to the bit
    except ValueError as error:
        raise TypeError(f"{what} takes an array of real numbers: {error}") from None
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{what} takes an array of real numbers, not {type(data).__name__} of {array.dtype}")
    return array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)


def _constant(x: Any, op: Primitive) -> Any:
    """The other side of an operation, if it is not a Tensor: kept as given, so NumPy's rules hold."""
    if type(x) is np.ndarray and x.dtype.kind in "fiub":
        return x if is_locked(x) else x.copy()
    if type(x) is float or (type(x) is int and -EXACT < x < EXACT):
        return x
    if is_number(x) or isinstance(x, Condition):
        return constant(x, f"{op} of a Tensor")
    if isinstance(x, Tensor):  # a subclass
        return x._array()
    if isinstance(x, Node):
        raise TypeError(
            f"{op} of a Tensor and {x!r:.80}: no operation joins the two kinds of node. Write the whole "
            "calculation with Values, or with Tensors: Tensor(2.0) holds one number, and in a transform the "
            "argument np.array(2.0) is one"
        )
    check_kind(x, f"{op} of a Tensor")
    array = np.array(x) if isinstance(x, (np.ndarray, list, tuple)) else None
    if array is None or array.dtype.kind not in "fiub":
        dtype = "" if array is None else f" of {array.dtype}"
        raise TypeError(
            f"{op} of a Tensor takes Tensors, real numbers and arrays, not {type(x).__name__}{dtype}"
            + (f" ({x!r})" if array is None else "")
        )
    return array


def _shapes(op: Primitive, args: tuple[Any, ...], error: ValueError) -> ValueError:
    if isinstance(error, np.exceptions.AxisError):
        return error
    shown = " and ".join(
        f"{a.label + ' ' if isinstance(a, Node) and a.label else ''}{np.shape(a)}" for a in args
    )
    if isinstance(error, np.linalg.LinAlgError):
        return np.linalg.LinAlgError(f"{op} of {shown}: {error}")
    if len(args) == 1:
        return ValueError(f"{op} of an array of shape {shown}: {error}")
    return ValueError(f"{op}: the shapes {shown} do not fit: {error}")


def _kept(index: Any) -> Any:
    """An index that later changes to the caller's arrays cannot reach."""
    if isinstance(index, tuple):
        # Inside the tuple, a tuple is an array of places.
        return tuple(_kept(list(part) if isinstance(part, tuple) else part) for part in index)
    if isinstance(index, Node):
        raise TypeError(f"an index is made of whole numbers, slices and arrays of those, not {index!r}")
    if index is None or index is Ellipsis or isinstance(index, (int, np.integer, slice)):
        return index
    check_kind(index, "an index")
    kept = np.array(index)
    return (
        kept if kept.size or isinstance(index, np.ndarray) else kept.astype(np.intp)
    )  # x[[]] chooses nothing


def stacked(x: Any) -> Any:
    """A list that holds Tensors as one Tensor; anything else as it is."""
    if isinstance(x, (list, tuple)) and isinstance(first_node(x), Tensor):
        return rows.stack(*map(stacked, x), axis=0)
    return x


# -- the methods that follow from the rows ------------------------------------------------------


def _install(row: Row) -> None:
    """Give `Tensor` the operator and the method that follow from a row."""
    method = f"__{row.name}__"
    apply = Tensor._apply
    if row.arity == 1 and row.public:
        unary = lambda self: apply(row, (self,))  # noqa: E731
        if not hasattr(Tensor, row.name):
            setattr(Tensor, row.name, _named(unary, row.name, row))
        if row.name in OPERATORS:
            setattr(Tensor, method, _named(unary, method, row))
    elif row.arity == 2 and row.name in OPERATORS:
        setattr(Tensor, method, _named(lambda self, other: apply(row, (self, other)), method, row))
        back = f"__r{row.name}__"
        setattr(Tensor, back, _named(lambda self, other: apply(row, (other, self)), back, row))


def _named(function: Any, method: str, row: Row) -> Any:
    function.__name__, function.__qualname__ = method, f"Tensor.{method}"
    function.__doc__ = row.__doc__
    return function


def _compare(ufunc: Any) -> Any:
    def compare(self: Tensor, other: Any) -> Any:
        try:
            return reduced_for_numpy_testing(ufunc, ufunc(self._primal, plain(other)), depth=1)
        except TypeError:
            return NotImplemented

    compare.__doc__ = f"numpy.{ufunc.__name__} of the arrays."
    return compare


for _ufunc, _operator in COMPARISON_OPERATORS.items():
    setattr(Tensor, f"__{_operator.__name__}__", _compare(_ufunc))

on_define(_install)

Tensor.__pow__ = squaring(Tensor.__pow__)  # type: ignore[method-assign]
