"""The operators of nodes: comparisons, and the methods from the rows of the table.

The methods of `Value` are generated from the rows, one short function for each, because a call to a shared
helper would cost as much as the operation itself.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np

from autograd._graph.concretization import note_concretized
from autograd._graph.conditions import ArrayCondition, Condition
from autograd._graph.context import PAUSES, SWITCHES, UNRECORDED, recording, records
from autograd._graph.leaving import is_operator, reduced_for_numpy_testing
from autograd._graph.node import plain
from autograd._graph.primitive import lookup
from autograd._graph.tracing import Tracing
from autograd._nodes.operands.reals import NO_REALS, no_operand, real
from autograd._nodes.tensor import Tensor
from autograd._nodes.value import Value, new_value
from autograd._support.collector import spare_while_alive, watch_recording
from autograd._support.entering import is_number, unboxed
from autograd._table.define import on_define
from autograd._table.readings import FLOATS, generate
from autograd._table.rows import ARITHMETIC, OPERATORS, Row, domain_error, row_name

__all__ = ["squaring"]

# -- of a Value ---------------------------------------------------------------------------------

# `type.__call__` by hand, past the metaclass of `Value`: a blank Value in 58 ns, `object.__new__` takes 78.
_new = type.__call__.__get__(Value, type(Value))

_RESULT = """
    node = new()
    try:
        node._primal = {forward}
    except ARITHMETIC as error:
        raise domain_error({row}, {args}, error) from None
    node._uses = None
    if paused and not recorded(node):  # inside no_grad(), or after a graph
        return unrecorded(node, self)
    node._op = {row}
"""

_UNARY = (
    """
def {method}(self):
    x = self._primal
"""
    + _RESULT
    + """
    node._a = self
    node._x = x
    node._b = None
    return node
"""
)

_BINARY = (
    """
def {method}(self, other):
    {mine} = self._primal
    if type(other) is Value:
        {theirs} = other._primal
    elif type(other) is float:
        {theirs} = other
        other = None  # a constant
    else:
        other, {theirs} = operand(other, {row})
        if {theirs} is None:
            return NotImplemented
"""
    + _RESULT
    + """
    node._a = {a}
    node._x = x
    node._b = {b}
    node._y = y
    return node
"""
)


def _write(template: str, row: Row, method: str, **parts: str) -> Any:
    text = template.format(method=method, row=row_name(row.key), forward=row.text, **parts)
    function = generate("\n".join(filter(None, text.splitlines())) + "\n", method)
    return _named(function, "Value", method, row)


def _named(function: Any, kind: str, method: str, row: Row) -> Any:
    function.__name__, function.__qualname__ = method, f"{kind}.{method}"
    function.__doc__ = row.__doc__
    return function


def _install_on_value(row: Row) -> None:
    """Set the operator of `Value` for a row, and the row's function of one Value."""
    FLOATS[row_name(row.key)] = row
    if row.arity == 1:
        row.on_value = _write(_UNARY, row, row.name, args="(self,)")
        if row.public and row.name in OPERATORS:
            setattr(Value, f"__{row.name}__", row.on_value)
    if row.arity == 2 and row.name in OPERATORS:
        forth = {"mine": "x", "theirs": "y", "a": "self", "b": "other"}
        back = {"mine": "y", "theirs": "x", "a": "other", "b": "self"}
        forth["args"], back["args"] = (
            "(self, y if other is None else other)",
            "(x if other is None else other, self)",
        )
        for method, parts in ((f"__{row.name}__", forth), (f"__r{row.name}__", back)):
            setattr(Value, method, _write(_BINARY, row, method, **parts))


def _operand(x: Any, row: Row) -> Any:
    """The node and the number of an operator's other operand, if it is neither a Value nor a float."""
    if isinstance(x, Value):
        return x, x._primal
    x = unboxed(x)
    if is_number(x):
        return None, real(x, row.name)
    if isinstance(x, Condition):
        node = x.node()
        return (node, node._primal) if isinstance(node, Value) else (None, node)
    if isinstance(x, NO_REALS):
        raise no_operand(x, f"{row.name} of a Value")
    return NotImplemented, None


def _recorded(node: Value) -> bool:
    """Whether to record a new node; if it is the first after a swept graph, the collector is spared."""
    if not recording():
        return False
    swept = SWITCHES["paused"]
    if type(swept) is not bool:
        PAUSES.switch()
        spare_while_alive(node, 2 * swept.nodes)
    return True


def _unrecorded(node: Value, argument: Value) -> Value:
    """The result of an operation inside `no_grad`: a leaf."""
    node._op = node._a = None
    node._b = UNRECORDED
    if SWITCHES["tracing"]:
        node._x = Tracing.current()
        Tracing.note_taken_out(argument)
    return node


def _recorded_truth(row: str, holds: bool, nodes: Any, numbers: Any) -> Value:
    """A comparison as a node, with the numbers at the comparison: a leaf may have changed since."""
    if not recording():
        return new_value(float(holds))
    return new_value(float(holds), lookup(row), nodes, numbers)


def _compare(holds: Any, row: str, swapped: bool = False, negated: bool = False) -> Any:
    shares_ties = holds in (operator.ge, operator.le)

    def compare(self: Value, other: object) -> Any:
        if isinstance(other, Value):
            number: Any = other._primal
            compared: tuple[Value, ...] = (self, other)
        elif isinstance(other, Condition):
            number, compared = float(other), (self,)
        elif is_number(other) or isinstance(other, Decimal):
            number, compared = float(other), (self,)  # type: ignore[arg-type] # NumPy's has a truth that is no bool
        else:
            return NotImplemented
        if shares_ties and self._primal == number and recording() and not is_operator(depth=1):
            raise TypeError(
                f"a function such as numpy.maximum, clip or max compares {self!r:.60} with an equal one and "
                "takes one of the two, with the whole derivative, where each should have a share: write "
                "autograd.maximum, minimum or max; or >= and <= where only the truth is meant"
            )
        truth = bool(holds(self._primal, number))
        turn = -1 if swapped else 1
        nodes = (self, other if isinstance(other, Value) else None)[::turn]
        numbers = (self._primal, number)[::turn]
        record = functools.partial(_recorded_truth, row, truth != negated, nodes, numbers)
        return Condition(truth, (lambda: 1 - record()) if negated else record, compared)

    compare.__name__ = f"__{holds.__name__}__"
    compare.__doc__ = "A `Condition`: a truth by the numbers, which `autograd.where` records."
    return compare


for _method, _comparison in {
    "__eq__": _compare(operator.eq, "_equal"),
    "__ne__": _compare(operator.ne, "_equal", negated=True),
    "__lt__": _compare(operator.lt, "_less"),
    "__le__": _compare(operator.le, "_less_equal"),
    "__gt__": _compare(operator.gt, "_less", swapped=True),
    "__ge__": _compare(operator.ge, "_less_equal", swapped=True),
}.items():
    setattr(Value, _method, _comparison)

# -- of a Tensor --------------------------------------------------------------------------------


def _install_on_tensor(row: Row) -> None:
    """Set the operator and the method of `Tensor` for a row."""
    method, back = f"__{row.name}__", f"__r{row.name}__"
    apply = Tensor._apply
    if row.arity == 1 and row.public:
        unary = lambda self: apply(row, (self,))  # noqa: E731
        if not hasattr(Tensor, row.name):
            setattr(Tensor, row.name, _named(unary, "Tensor", row.name, row))
        if row.name in OPERATORS:
            setattr(Tensor, method, _named(unary, "Tensor", method, row))
    elif row.arity == 2 and row.name in OPERATORS:
        forth = lambda self, other: apply(row, (self, other))  # noqa: E731
        setattr(Tensor, method, _named(forth, "Tensor", method, row))
        reflected = lambda self, other: apply(row, (other, self))  # noqa: E731
        setattr(Tensor, back, _named(reflected, "Tensor", back, row))


def _compare_arrays(ufunc: Any, row: str, swapped: bool = False, negated: bool = False) -> Any:
    def compare(self: Tensor, other: Any) -> Any:
        if SWITCHES["noted"] and records() and not isinstance(other, Value):
            other = other.node() if isinstance(other, Condition) else other
            truths = ufunc(self._primal, plain(other))
            pair = (other, self) if swapped else (self, other)
            record = functools.partial(lookup(row), *pair)
            nodes = (self, other) if isinstance(other, Tensor) else (self,)
            return ArrayCondition(truths, (lambda: 1 - record()) if negated else record, nodes)
        for node in (self, other):
            if isinstance(node, Tensor):
                note_concretized(node)
        try:
            return reduced_for_numpy_testing(ufunc, ufunc(self._primal, plain(other)), depth=1)
        except TypeError:
            return NotImplemented

    compare.__doc__ = f"numpy.{ufunc.__name__} of the arrays."
    return compare


for _method, _comparison in {
    "__eq__": _compare_arrays(np.equal, "_equal"),
    "__ne__": _compare_arrays(np.not_equal, "_equal", negated=True),
    "__lt__": _compare_arrays(np.less, "_less"),
    "__le__": _compare_arrays(np.less_equal, "_less_equal"),
    "__gt__": _compare_arrays(np.greater, "_less", swapped=True),
    "__ge__": _compare_arrays(np.greater_equal, "_less_equal", swapped=True),
}.items():
    setattr(Tensor, _method, _comparison)

# -- of both ------------------------------------------------------------------------------------


def squaring(power: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """A node's ``**`` that records x**2 as a square: its derivative reads 2x, and is cheap."""

    @functools.wraps(power)
    def __pow__(self: Any, other: Any) -> Any:
        two = (is_number(other) or (type(other) is np.ndarray and not other.ndim)) and other == 2
        return self.square() if two else power(self, other)

    return __pow__


# The names that the methods of `Value` use besides those of the table.
FLOATS.update(
    ARITHMETIC=ARITHMETIC,
    Value=Value,
    domain_error=domain_error,
    new=_new,
    operand=_operand,
    recorded=_recorded,
    unrecorded=_unrecorded,
)
on_define(_install_on_value)
watch_recording(Value)
on_define(_install_on_tensor)

Value.__pow__ = squaring(Value.__pow__)  # type: ignore[method-assign]
Tensor.__pow__ = squaring(Tensor.__pow__)  # type: ignore[method-assign]
