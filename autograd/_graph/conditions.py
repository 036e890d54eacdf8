"""A comparison of Values: a truth for Python, and a number for the graph.

``if x > 0`` asks for its truth, so the number of x is concretized, and a program freezes the choice.
``where(x > 0, a, b)`` records it, 1 for true and 0 for false, so that each example chooses anew.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd._graph.concretization import note_concretized, note_text, tell_watchers
from autograd._graph.node import Node
from autograd._graph.primitive import lookup
from autograd._support.entering import boxed

__all__ = ["ArrayCondition", "Condition"]

DOUBLE = np.dtype(np.float64)


class Condition:
    """Whether a comparison of Values holds; made by ``<``, ``<=``, ``==``, ``!=``, ``>`` and ``>=`` of them.

    It acts as a bool in an ``if``, printed, counted, in ``and``, ``or`` and ``not``. `autograd.where`,
    products with Values, ``&``, ``|`` and ``~`` take it as a recorded number, of the numbers at the time of
    the comparison.

    >>> from autograd import Value, where
    >>> x = Value(3.0)
    >>> x > 2, bool(x > 5), (x > 2) & (x < 5)
    (True, False, True)
    >>> where(x > 2, x * x, -x)
    Value(9.0)
    """

    __slots__ = ("_holds", "_record", "compared")

    __array_priority__ = 1000.0  # NumPy's scalars leave the operator to a Condition

    is_array = False

    if TYPE_CHECKING:  # by `_by_truth`

        def __int__(self) -> int: ...
        def __float__(self) -> float: ...
        def __index__(self) -> int: ...
        def __eq__(self, other: object) -> Any: ...
        def __ne__(self, other: object) -> Any: ...

    def __init__(self, holds: bool, record: Callable[[], Any], compared: tuple[Node, ...]) -> None:
        self._holds, self._record, self.compared = holds, record, compared

    def holds(self) -> Any:
        """The truth alone, without a note that it was asked for."""
        return self._holds

    def node(self) -> Any:
        """The condition as a node: 1 where it holds, else 0."""
        return self._record()

    def as_operand(self, other: Node | None) -> Any:
        """The condition as an operand together with a node: a node of the same type, else 1.0 or 0.0."""
        return self.node() if other is None or isinstance(other, _kind_of(self.compared[0])) else float(self)

    def __bool__(self) -> bool:
        for node in self.compared:
            note_concretized(node, of=self)
        return self._holds

    def __repr__(self) -> str:
        return self._written(repr(self._holds))

    def __str__(self) -> str:
        return self._written(str(self._holds))

    def __format__(self, spec: str) -> str:
        return self._written(format(self._holds, spec))

    def _written(self, text: str) -> str:
        note_text(self, self._holds, text)
        return text

    def __hash__(self) -> int:
        return hash(bool(self))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        if dtype is not None and np.dtype(dtype) == object:
            return boxed(self)
        return np.array(bool(self), dtype)

    def __reduce__(self) -> tuple[Any, ...]:
        return bool, (self._holds,)

    # -- joined with other conditions, still recorded -----------------------------------------------

    def _joined(self, other: Any, holds: Callable[[Any, Any], Any], record: Callable[[Any, Any], Any]) -> Any:
        if isinstance(other, Condition):
            return Condition(
                holds(self._holds, other._holds),
                lambda: record(self.node(), other.node()),
                self.compared + other.compared,
            )
        if not isinstance(other, (bool, np.bool_)):
            return holds(bool(self), other) if isinstance(other, (int, np.ndarray)) else NotImplemented
        if holds(True, other) == holds(False, other):
            return bool(holds(True, other))  # whatever this condition is
        return self if holds(True, other) else ~self

    def __and__(self, other: Any) -> Any:
        return self._joined(other, operator.and_, operator.mul)

    def __or__(self, other: Any) -> Any:
        return self._joined(other, operator.or_, lambda a, b: a + b - a * b)

    def __xor__(self, other: Any) -> Any:
        return self._joined(other, operator.xor, lambda a, b: a + b - 2 * (a * b))

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def __invert__(self) -> Condition:
        return Condition(not self._holds, lambda: 1 - self.node(), self.compared)


def _kind_of(node: Node) -> type[Node]:
    """The class right below `Node`: the same for a node of a user's subclass."""
    return next(kind for kind in type(node).__mro__ if Node in kind.__bases__)


# -- the operators of a bool ----------------------------------------------------------------------


def _by_truth(function: Callable[..., Any], turned: bool = False) -> Any:
    def operation(self: Condition, *others: Any) -> Any:
        if any(isinstance(other, Node) for other in others):
            return NotImplemented  # a Value takes it as a recorded number
        operands = [bool(self), *(bool(o) if isinstance(o, Condition) else o for o in others)]
        return function(*(reversed(operands) if turned else operands))

    return operation


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift"):
    setattr(Condition, f"__{_name}__", _by_truth(getattr(operator, _name)))
    setattr(Condition, f"__r{_name}__", _by_truth(getattr(operator, _name), turned=True))
for _name in ("lt", "le", "eq", "ne", "gt", "ge", "neg", "pos", "abs", "index"):
    setattr(Condition, f"__{_name}__", _by_truth(getattr(operator, _name)))
for _function in (int, float, round, divmod):
    setattr(Condition, f"__{_function.__name__}__", _by_truth(_function))
Condition.__rdivmod__ = _by_truth(divmod, turned=True)  # type: ignore[attr-defined]


# -- of Tensors -----------------------------------------------------------------------------------


class ArrayCondition(Condition):
    """A comparison of Tensors while a function is compiled: an array of truths, and a recorded Tensor.

    `autograd.where`, arithmetic, ``&``, ``|``, ``~``, indexing, ``any``, ``all``, ``sum`` and ``mean`` are
    recorded. All else, such as an ``if`` or an index, sees the truths, and the recording notes that.

    >>> from autograd import Tensor, compile, where
    >>> f = compile(lambda x: where(x > 0, x, -x))
    >>> f(np.array([1.0, -2.0])), f(np.array([-3.0, 4.0]))
    (array([1., 2.]), array([3., 4.]))
    """

    __slots__ = ()

    _holds: Any  # an array of bools

    __array_priority__ = 2000.0
    # As outside of recordings, where code asks whether a mask is an array.
    __class__ = np.ndarray  # type: ignore[assignment]

    is_array = is_plain = True

    def as_operand(self, other: Node | None) -> Any:
        return self.node()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.array(self._seen(), dtype)

    def __array_function__(self, function: Any, types: Any, args: Any, named: Any) -> Any:
        if any(issubclass(kind, Node) for kind in types):
            return NotImplemented  # a Tensor beside it knows NumPy's functions
        if function is np.where and len(args) == 3:
            return lookup("where")(*args)
        return function._implementation(*args, **named)  # asks for `__array__`, or calls a method

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **named: Any) -> Any:
        others = [x for x in inputs if not isinstance(x, ArrayCondition)]
        if method == "__call__" and not named:
            if ufunc in LOGICAL:
                operands = inputs if isinstance(inputs[0], ArrayCondition) else inputs[::-1]
                joined = LOGICAL[ufunc](*operands)
                if joined is not NotImplemented:
                    return joined
            elif ufunc not in COMPARISONS:
                return ufunc(*(x._doubles(*others) if isinstance(x, ArrayCondition) else x for x in inputs))
        truths = [x._seen() if isinstance(x, ArrayCondition) else x for x in inputs]
        return getattr(ufunc, method)(*truths, **named)

    def _seen(self) -> Any:
        tell_watchers(self.compared[0], of=self)
        return self._holds

    def __bool__(self) -> bool:
        return bool(self._seen())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # NumPy asks for ways to the memory
            raise AttributeError(name)
        array = np.asarray(self._holds)
        return getattr(array if name in ("shape", "ndim", "size", "dtype") else self._seen(), name)

    def __len__(self) -> int:
        return len(self._holds)

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        return ArrayCondition(self._holds[index], lambda: self.node()[index], self.compared)

    def _joined(self, other: Any, holds: Callable[[Any, Any], Any], record: Callable[[Any, Any], Any]) -> Any:
        def joined() -> Any:
            is_recorded = isinstance(other, Condition)
            return record(self.node(), other.node() if is_recorded else np.asarray(other, np.float32))

        truths = other.holds() if isinstance(other, Condition) else np.asarray(other)
        if truths.dtype != bool:
            return holds(self._seen(), other) if truths.dtype.kind in "iu" else NotImplemented
        return ArrayCondition(holds(self._holds, truths), joined, self.compared)

    def __invert__(self) -> Condition:
        return ArrayCondition(~self._holds, lambda: 1 - self.node(), self.compared)

    def _reduced(self, truths: Any, row: str, arguments: dict[str, Any]) -> ArrayCondition:
        return ArrayCondition(truths, lambda: lookup(row)(self.node(), **arguments), self.compared)

    def any(self, axis: Any = None, out: None = None, keepdims: bool = False) -> Any:
        return self._reduced(
            self._holds.any(axis, keepdims=keepdims), "max", {"axis": axis, "keepdims": keepdims}
        )

    def all(self, axis: Any = None, out: None = None, keepdims: bool = False) -> Any:
        return self._reduced(
            self._holds.all(axis, keepdims=keepdims), "min", {"axis": axis, "keepdims": keepdims}
        )

    def sum(self, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False) -> Any:
        return self._doubles().sum(axis, keepdims=keepdims)

    def mean(self, axis: Any = None, dtype: Any = None, out: None = None, keepdims: bool = False) -> Any:
        return self._doubles().mean(axis, keepdims=keepdims)

    def astype(self, dtype: Any, *args: Any, **named: Any) -> Any:
        """Of floats recorded; else the truths."""
        if np.dtype(dtype).kind == "f":
            return lookup("astype")(self.node(), dtype=dtype)
        return self._seen().astype(dtype, *args, **named)

    def _doubles(self, *others: Any) -> Any:
        """Of the dtype of floats beside, as NumPy's bools are; without any, doubles."""
        dtypes = (getattr(other, "dtype", DOUBLE) for other in others)
        dtype = next((dtype for dtype in dtypes if dtype.kind == "f"), DOUBLE)
        return lookup("astype")(self.node(), dtype=dtype)


LOGICAL: dict[Any, Callable[..., Any]] = {
    np.logical_and: ArrayCondition.__and__,
    np.logical_or: ArrayCondition.__or__,
    np.logical_xor: ArrayCondition.__xor__,
    np.logical_not: ArrayCondition.__invert__,
    np.bitwise_and: ArrayCondition.__and__,
    np.bitwise_or: ArrayCondition.__or__,
    np.bitwise_xor: ArrayCondition.__xor__,
    np.invert: ArrayCondition.__invert__,
}
COMPARISONS = (np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal)


def _by_node(function: Callable[..., Any], turned: bool = False) -> Any:
    def operation(self: ArrayCondition, *others: Any) -> Any:
        operands = [
            self._doubles(*others),
            *(o._doubles() if isinstance(o, ArrayCondition) else o for o in others),
        ]
        return function(*(reversed(operands) if turned else operands))

    return operation


def _by_truths(function: Callable[..., Any]) -> Any:
    return lambda self, *others: function(self._seen(), *others)


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow"):
    setattr(ArrayCondition, f"__{_name}__", _by_node(getattr(operator, _name)))
    setattr(ArrayCondition, f"__r{_name}__", _by_node(getattr(operator, _name), turned=True))
for _name in ("lt", "le", "eq", "ne", "gt", "ge", "neg", "pos", "abs", "index"):
    setattr(ArrayCondition, f"__{_name}__", _by_truths(getattr(operator, _name)))
for _function in (int, float):
    setattr(ArrayCondition, f"__{_function.__name__}__", _by_truths(_function))
ArrayCondition.__hash__ = object.__hash__  # type: ignore[method-assign]
