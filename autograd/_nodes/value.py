"""`Value`: a node that holds one float, following Python's `math`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from autograd._graph.concretization import note_concretized, note_text, refuse_effects, tell_watchers
from autograd._graph.context import SWITCHES, UNRECORDED, recording
from autograd._graph.growing import note_reading
from autograd._graph.leaving import check_conversion, check_float, only_compares, written_into
from autograd._graph.node import Node, plain
from autograd._graph.recorded_gradients import RecordedGradient
from autograd._graph.tracing import Tracing
from autograd._nodes.declared import NumberGradient, Real, ValueMethods
from autograd._nodes.operands.reals import real
from autograd._nodes.scalar_node import SLOTS, ScalarNode
from autograd._support.entering import boxed, in_arrays
from autograd._support.numpy_functions import COMPARISON_OPERATORS, public_name
from autograd._table.readings import NUMPY
from autograd._table.rows import ARITHMETIC, Row, domain_error, elementwise

__all__ = ["SETTING", "Value", "new_value"]

# What a compiled function must not do to a leaf from outside of it, and what to write.
SETTING = "setting the data of a leaf", "give the new number back as a result, and set it outside"


class _MakesLeaves(type):
    """A call of `Value` creates a leaf. An ``__init__`` would slow every recorded operation, which
    creates a node too: objects of a class without one are created a third faster."""

    extended: ClassVar[type | None] = None  # set by `_nodes.subclasses`

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> Any:
        if mcs.extended is not None:
            bases = tuple(mcs.extended if base is Value else base for base in bases)
        return super().__new__(mcs, name, bases, namespace)

    if not TYPE_CHECKING:  # type checkers read the `__init__` of Value below

        def __call__(cls, data: Any, label: str | None = None) -> Any:
            leaf = new_value(real(data, "Value"))
            if label is not None:
                leaf.label = label
            return leaf


_MakesLeaves.__call__.__qualname__ = "Value"  # for Python's errors about the arguments


class Value(ValueMethods["Value"], ScalarNode, metaclass=_MakesLeaves):
    """One number that remembers how it was computed.

    Args:
        data: a real number; int, float, bool or a NumPy scalar.
        label: the name shown in drawings and errors.

    Operators and functions of Values record a graph; `backward` fills in ``.grad``. Values
    compare by number and hash by identity.

    Raises:
        TypeError: for anything that is not one real number.

    >>> x = Value(2.0, label="x")
    >>> y = (x * x + 3).with_label("y")
    >>> y.backward()
    >>> y, x.grad
    (Value(7.0, label='y', grad=1.0), 4.0)
    """

    __slots__ = ()

    if TYPE_CHECKING:  # by `_MakesLeaves`

        def __init__(self, data: Real, label: str | None = None) -> None: ...

    # -- number and gradient --------------------------------------------------------------

    @property
    def data(self) -> float:
        """The number. A leaf's may be set; graphs recorded before are unchanged.

        >>> x = Value(2.0)
        >>> y = x * x
        >>> x.data = 5
        >>> y.backward()
        >>> x.grad
        4.0
        """
        if SWITCHES["tracing"]:
            Tracing.note_taken_out(self)
        elif SWITCHES["noted"]:
            tell_watchers(self)
        return self._primal

    @data.setter
    def data(self, data: Real) -> None:
        if self._op is not None:
            raise AttributeError(
                f"the number of {self!r} was computed by {self._op}; only a leaf's can be set"
            )
        if SWITCHES["noted"] and self._made_in() is None:
            refuse_effects(*SETTING)
        self._primal = real(data, "the data of a Value")

    @property
    def grad(self) -> NumberGradient | Any:
        """The derivative found by `backward`: None before; on leaves the sum over calls.

        Set it to None (or 0) to clear it.
        """
        adjoint = getattr(self, "_adjoint", None)
        if type(adjoint) is RecordedGradient:
            return adjoint.node
        if self._op is not None and adjoint is not None:
            note_reading(self, adjoint)
        return adjoint

    @grad.setter
    def grad(self, grad: Any) -> None:
        if grad is None or isinstance(grad, Value):
            self._adjoint = grad
        else:
            self._adjoint = real(grad, "the grad of a Value")

    def backward(self, gradient: float = 1.0, create_graph: bool = False) -> None:
        """Add the derivative of this node to the ``.grad`` of every leaf that it depends on.

        Interior nodes get the derivative of this sweep. With ``create_graph`` the gradients are
        nodes themselves, to be differentiated again. When it raises, the leaves' are as before.

        Args:
            gradient: the derivative to start with, ∂(some result)/∂(this node).
            create_graph: record the sweep.

        Raises:
            DomainError: when this node, or a derivative, is nan, infinite or undefined; names
                the first node at which that happened.

        >>> w, x = Value(3.0), Value(2.0)
        >>> (w * x).backward()
        >>> w.grad, x.grad
        (2.0, 3.0)
        """
        self._sweep(gradient, create_graph)

    # -- a citizen of Python --------------------------------------------------------------

    def __float__(self) -> float:
        check_float(self, depth=1)
        note_concretized(self, chooses=False)
        return self._primal

    def __int__(self) -> int:
        check_float(self, depth=1)
        note_concretized(self, by=int)
        return int(self._primal)

    def item(self) -> float:
        """The number, out of the graph: `data`, by the name of this method of arrays.

        >>> Value(2.5).item()
        2.5
        """
        return self.data

    def __bool__(self) -> bool:
        note_concretized(self, by=bool)
        return bool(self._primal)

    # Declared as an object: to NumPy's types whatever has an array is one, and an array times a node would be
    # an array.
    def __array__(self, dtype: Any = None, copy: bool | None = None) -> object:
        """An array that holds this node, so that NumPy makes arrays of objects of it, not of numbers."""
        if dtype is not None and np.dtype(dtype) != object:
            check_conversion(
                self, f"an array of {np.dtype(dtype)}", "an array of Values is one of dtype=object", 1
            )
            return np.array(self._primal, dtype)
        if only_compares(depth=1):  # pytest.approx, np.isclose
            note_concretized(self)
            return np.array(self._primal)
        return boxed(self)

    def __pos__(self) -> Value:
        return self

    __hash__ = Node.__hash__

    if TYPE_CHECKING:  # in `operators`

        def __eq__(self, other: object) -> bool: ...
        def __ne__(self, other: object) -> bool: ...

    def __format__(self, spec: str) -> str:
        if SWITCHES["noted"]:
            note_text(self)
        return format(self._primal, spec) if spec else repr(self)

    def __repr__(self) -> str:
        if SWITCHES["noted"]:
            note_text(self)
        parts = [repr(self._primal)]
        if self.label is not None:
            parts.append(f"label={self.label!r}")
        if self.grad is not None:
            parts.append(f"grad={plain(self.grad)!r}")
        return f"Value({', '.join(parts)})"

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """Apply the row for a ufunc, or the ufunc to object arrays."""
        if method == "__call__" and kwargs.keys() == {"out"}:
            return written_into(kwargs["out"][0], ufunc, inputs)
        if method != "__call__" or kwargs:
            return in_arrays(ufunc, method, inputs, kwargs)
        if ufunc in COMPARISON_OPERATORS and not any(np.ndim(plain(i)) for i in inputs):
            x, y = (i.item() if isinstance(i, (np.generic, np.ndarray)) else i for i in inputs)
            return COMPARISON_OPERATORS[ufunc](x, y)
        row = NUMPY.get(ufunc)
        if row is None:
            raise TypeError(f"there is no primitive for {public_name(ufunc)} of a Value")
        return row(*inputs)

    # -- for the engine ---------------------------------------------------------------------

    def _state(self) -> Any:
        # A gradient that is a node is copied as its number: its graph leads back to this leaf.
        grad = None if self.grad is None or not self.is_leaf else plain(self.grad)
        return (*self._bare_state()[:-1], grad)

    def _bare_state(self) -> tuple[Any, ...]:
        return (self._primal, self._op, self.inputs, self.label, None)

    @classmethod
    def _restore(cls, state: Any, parents: Sequence[Node | None]) -> Value:
        data, op, inputs, label, grad = state
        node = new_value(data, op, parents, inputs)
        if label is not None:
            node._label = label
        if grad is not None:
            node._adjoint = grad
        return node

    @staticmethod
    def _apply(row: Row, args: tuple[Any, ...], params: Any = None) -> Any:
        if not isinstance(row, Row):
            raise TypeError(f"{row} is for Tensors and arrays, not for Values one at a time")
        if row.arity == 1 and isinstance(args[0], Value):
            return row.on_value(args[0])
        if any(isinstance(a, (np.ndarray, list, tuple)) for a in args):
            return elementwise(row, [np.asarray(a, dtype=object) for a in args])
        nodes = [a if isinstance(a, Value) else None for a in args]
        inputs = [a._primal if isinstance(a, Value) else real(a, row.name) for a in args]
        try:
            data = row.on_floats(*inputs)
        except ARITHMETIC as error:
            raise domain_error(row, args, error) from None
        return new_value(data, row, nodes, inputs) if recording() else new_value(data, mark=UNRECORDED)

    @staticmethod
    def _seed(gradient: Any, what: str) -> Any:
        return gradient if isinstance(gradient, Value) else real(gradient, what)

    @staticmethod
    def _as_node(number: Any) -> Value:
        return number if isinstance(number, Value) else Value(number)


class _Ternary(Value):
    """A Value of three arguments; the others do not need its slots."""

    __slots__ = ("_c", "_d", "_t", "_z")

    _c: Value | None
    _d: Value | None

    def _links(self) -> tuple[Value | None, ...]:
        return (self._b, self._c, self._d)


def new_value(data: float, op: Any = None, parents: Any = (), inputs: Any = (), mark: Any = None) -> Value:
    """A node, from a number and, of an operation, its primitive, its parents and the arguments' numbers."""
    node: Value = object.__new__(_Ternary if op is not None and op.arity == 3 else Value)
    node._primal, node._op, node._uses = data, op, None
    node._a, node._b = None, mark
    if op is None:
        if SWITCHES["tracing"]:
            node._x = Tracing.current()
    else:
        for (slot, number), parent, x in zip(SLOTS[op.arity], parents, inputs, strict=True):
            setattr(node, slot, parent)
            setattr(node, number, x)
    return node
