"""`Value`: a node that holds one float.

How a node is stored decides the speed of everything, so it is said here once. A node is one
object with slots and nothing beside it: Python's garbage collector visits every object that
could hold others, again and again as a graph grows, and a tuple of arguments or a closure for
the backward step would double or triple that cost. An argument takes two slots: the node, or
None for a constant, and the number it had. Keeping the numbers of leaves makes the record
immutable, since those may change later; the partial derivatives follow when they are asked for.

The methods are written out from the rows of the table, one short function for each, because a
call to a shared helper would cost as much as the operation itself.
"""

from __future__ import annotations

import functools
import itertools
import math
import operator
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from autograd._graph.conditions import Condition
from autograd._graph.context import SWITCHES, UNRECORDED, recording
from autograd._graph.growing import note_reading
from autograd._graph.leaving import check_conversion, check_float, is_operator, only_compares, written_into
from autograd._graph.looks import look, note
from autograd._graph.node import DomainError, Node, name, plain, topological_order
from autograd._graph.primitive import lookup
from autograd._graph.tracing import Tracing
from autograd._nodes.reals import NO_REALS, no_operand, real, squaring
from autograd._nodes.recorded_gradients import RecordedGradient
from autograd._support.entering import boxed, in_arrays, is_number, unboxed
from autograd._support.numpy_functions import COMPARISON_OPERATORS, public_name
from autograd._table.define import on_define
from autograd._table.readings import FLOATS, NUMPY, generate
from autograd._table.rows import ARITHMETIC, OPERATORS, Row, domain_error, elementwise

__all__ = ["Value"]

# The slots of each argument: (node or None, number). A node of three arguments is a `_Ternary`, with
# extra slots; its _a is None, so that the fast walk meets it only where it looks for a constant.
SLOTS = {
    1: (("_a", "_x"),),
    2: (("_a", "_x"), ("_b", "_y")),
    3: (("_b", "_y"), ("_c", "_z"), ("_d", "_t")),
}


class _MakesLeaves(type):
    """Calling a Value makes a leaf. It stands here, not in an ``__init__``, because every recorded
    operation makes a node too, and a class without ``__init__`` makes its objects a third faster."""

    extended: ClassVar[type | None] = None  # handed down by `_nodes.subclasses`

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> Any:
        if mcs.extended is not None:
            bases = tuple(mcs.extended if base is Value else base for base in bases)
        return super().__new__(mcs, name, bases, namespace)

    def __call__(cls, data: Any, label: str | None = None) -> Any:
        leaf = _node(real(data, "Value"))
        if label is not None:
            leaf.label = label
        return leaf


_MakesLeaves.__call__.__qualname__ = "Value"  # as Python's errors about the arguments have it


class Value(Node, metaclass=_MakesLeaves):
    """One number that remembers how it was made.

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

    __slots__ = ("_a", "_b", "_primal", "_uses", "_x", "_y")

    if TYPE_CHECKING:  # what `_MakesLeaves` does

        def __init__(self, data: Any, label: str | None = None) -> None: ...

    _a: Value | None
    _b: Any  # a Value or None; of a leaf computed inside `no_grad`, `UNRECORDED`
    _primal: float
    _x: Any  # a number; of a leaf, the run of a transform's function that made it, if one did
    _y: float
    _uses: int

    # -- what a node shows ----------------------------------------------------------------

    @property
    def data(self) -> float:
        """The number. A leaf's may be set; graphs recorded before keep the number they saw.

        >>> x = Value(2.0)
        >>> y = x * x
        >>> x.data = 5
        >>> y.backward()
        >>> x.grad
        4.0
        """
        if SWITCHES["noted"]:
            note(self)
        if SWITCHES["tracing"]:
            Tracing.note_taken_out(self)
        return self._primal

    @data.setter
    def data(self, data: Any) -> None:
        if self._op is not None:
            raise AttributeError(
                f"the number of {self!r} was computed by {self._op}; only a leaf's can be set"
            )
        self._primal = real(data, "the data of a Value")

    @property
    def grad(self) -> Any:
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

    @property
    def args(self) -> tuple[Any, ...]:
        if self._op is None:
            return ()
        slots = SLOTS[self._op.arity]  # type: ignore[attr-defined]
        return tuple(
            getattr(self, number) if getattr(self, node) is None else getattr(self, node)
            for node, number in slots
        )

    @property
    def inputs(self) -> tuple[float, ...]:
        """The numbers the arguments had when this node was recorded.

        >>> (Value(2.0) * 3).inputs
        (2.0, 3.0)
        """
        if self._op is None:
            return ()
        row: Any = self._op
        # Not every number is kept, but every one that may change: see `_write`.
        if row.arity < 3:  # written out: a sweep that is recorded asks several times for each node
            x = self._x if hasattr(self, "_x") else self._a._primal  # type: ignore[union-attr]
            if row.arity == 1:
                return (x,)
            return x, self._y if hasattr(self, "_y") else self._b._primal
        return tuple(
            getattr(self, number) if hasattr(self, number) else getattr(self, node)._primal
            for node, number in SLOTS[row.arity]
        )

    def _made_in(self) -> Tracing | None:
        return getattr(self, "_x", None) if self._op is None else None

    def _links(self) -> tuple[Value | None, ...]:
        row: Any = self._op
        return () if row is None else (self._a,) if row.arity == 1 else (self._a, self._b)

    def _carriers(self) -> Sequence[Value | None]:
        row: Any = self._op
        moving = [gain is not None for gain in row.gains]
        if row.selects:
            moving = [bool(partial(*self.inputs, self._primal)) for partial in row.float_partials]
        return list(itertools.compress(self._links(), moving))

    def backward(self, gradient: float = 1.0, create_graph: bool = False) -> None:
        """Add the derivative of this node to the ``.grad`` of every leaf it was made from.

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
        look(self, chooses=False)
        return self._primal

    def __int__(self) -> int:
        check_float(self, depth=1)
        look(self)
        return int(self._primal)

    def item(self) -> float:
        """The number, out of the graph: what `data` is, under the name that arrays have for it.

        >>> Value(2.5).item()
        2.5
        """
        return self.data

    def __bool__(self) -> bool:
        look(self)
        return bool(self._primal)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """An array that holds this node, so that NumPy makes arrays of objects of it, not of numbers."""
        if dtype is not None and np.dtype(dtype) != object:
            check_conversion(
                self, f"an array of {np.dtype(dtype)}", "an array of Values is one of dtype=object", 1
            )
            return np.array(self._primal, dtype)
        if only_compares(depth=1):  # pytest.approx, np.isclose
            look(self)
            return np.array(self._primal)
        return boxed(self)

    def __pos__(self) -> Value:
        return self

    __hash__ = Node.__hash__

    if TYPE_CHECKING:  # what `_compare` makes

        def __eq__(self, other: object) -> Any: ...
        def __ne__(self, other: object) -> Any: ...
        def __lt__(self, other: object) -> Any: ...
        def __le__(self, other: object) -> Any: ...
        def __gt__(self, other: object) -> Any: ...
        def __ge__(self, other: object) -> Any: ...

    def __format__(self, spec: str) -> str:
        return format(self._primal, spec) if spec else repr(self)

    def __repr__(self) -> str:
        parts = [repr(self._primal)]
        if self.label is not None:
            parts.append(f"label={self.label!r}")
        if self.grad is not None:
            parts.append(f"grad={plain(self.grad)!r}")
        return f"Value({', '.join(parts)})"

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """NumPy meets a Value: its function becomes the primitive of the table, or object arrays."""
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

    # -- how the engine reads and makes nodes ---------------------------------------------

    def _describe(self) -> str:
        return f"{self.label} = {self._primal!r}" if self.label else repr(self._primal)

    def _state(self) -> Any:
        # A gradient that is a node is copied as its number: its graph leads back to this leaf.
        grad = None if self.grad is None or not self.is_leaf else plain(self.grad)
        return (*self._bare_state()[:-1], grad)

    def _bare_state(self) -> tuple[Any, ...]:
        return (self._primal, self._op, self.inputs, self.label, None)

    @classmethod
    def _restore(cls, state: Any, parents: Sequence[Node | None]) -> Value:
        data, op, inputs, label, grad = state
        node = _node(data, op, parents, inputs)
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
        return _node(data, row, nodes, inputs) if recording() else _node(data, mark=UNRECORDED)

    def _check_finite(self) -> None:
        if math.isfinite(self._primal):
            return
        for node in topological_order(self):
            if not math.isfinite(node._primal):
                raise DomainError(
                    f"{name(self)} is no result to differentiate: not a finite number. It first appeared at "
                    + (
                        f"the leaf {name(node)}"
                        if node.is_leaf
                        else f"{node.op}{node.inputs} = {node._primal}"
                    )
                    + (f", labelled {node.label}" if node.label else "")
                )

    @staticmethod
    def _seed(gradient: Any, what: str) -> Any:
        return gradient if isinstance(gradient, Value) else real(gradient, what)

    def _total(self, adjoint: Any) -> Any:
        """The new ``.grad``: a leaf's grows with every sweep, an interior node's is the sweep's own."""
        return adjoint if self._op is not None or self.grad is None else self.grad + adjoint

    @staticmethod
    def _as_node(number: Any) -> Value:
        return number if isinstance(number, Value) else Value(number)

    @staticmethod
    def _is_finite(adjoint: Any) -> bool:
        return math.isfinite(plain(adjoint))

    @staticmethod
    def _is_strict() -> bool:
        return True

    def _pull(self, gradient: Any, create_graph: bool, wanted: Any) -> list[tuple[Value, Any]]:
        if create_graph and self._op.selects:  # type: ignore[union-attr]
            return self._handed_on(gradient, wanted)
        return [
            (parent, partial if type(gradient) is float and gradient == 1 else gradient * partial)
            for parent, partial in self._partials(create_graph, wanted)
        ]

    def _handed_on(self, gradient: Any, wanted: Any) -> list[tuple[Value, Any]]:
        """The adjoint for the branch that is taken, as a node that selects again.

        So another example takes its own branch, and a second derivative need not come by the other one.
        """
        row: Any = self._op
        self._check_fresh()
        gains = []
        for i, (parent, gain) in enumerate(zip(self._links(), row.gains, strict=True)):
            if parent is not None and gain is not None and (wanted is None or parent in wanted):
                branches = [0.0] * row.arity
                branches[i] = gradient
                gains.append((parent, row(self.args[0], *branches[1:])))
        return gains

    def _push(self, tangents: dict[Node, Any], create_graph: bool) -> Any:
        total: Any = 0.0
        if create_graph and self._op.selects:  # type: ignore[union-attr]
            row: Any = self._op
            total = row(
                self.args[0], *(0.0 if p is None else tangents.get(p, 0.0) for p in self._links()[1:])
            )
        else:
            for parent, partial in self._partials(create_graph, tangents):
                total = total + partial * tangents[parent]
        if not math.isfinite(plain(total)):
            raise DomainError(
                f"the tangent of {self.op}({', '.join(map(name, self.args))}) is {plain(total)}"
            )
        return total

    def _partials(self, create_graph: bool, among: Any = None) -> list[tuple[Value, Any]]:
        """Each parent with the partial derivative for that argument, a number or a node."""
        row: Any = self._op
        slots = SLOTS[row.arity]
        inputs = self.inputs
        out: Any = self._primal
        args: Any = inputs
        read = row.float_partials
        if create_graph:
            self._check_fresh()
            args, out, read = self.args, self, row.node_partials
        found = []
        for partial, (node, _), gain in zip(read, slots, row.gains, strict=True):
            parent = getattr(self, node)
            if parent is None or gain is None or (among is not None and parent not in among):
                continue
            try:
                found.append((parent, partial(*args, out)))
            except ARITHMETIC as error:
                raise undefined_derivative(self, error) from None
        return found

    def _check_fresh(self) -> None:
        for argument, number in zip(self.args, self.inputs, strict=True):
            if isinstance(argument, Value) and argument._primal != number and number == number:
                raise RuntimeError(
                    f"{argument!r} was {number!r} when {self!r} was recorded; a derivative that is "
                    "itself recorded needs it unchanged: record the calculation again"
                )


class _Ternary(Value):
    """A Value of three arguments; apart, so that the others need not carry the extra slots."""

    __slots__ = ("_c", "_d", "_t", "_z")

    def _links(self) -> tuple[Value | None, ...]:
        return (self._b, self._c, self._d)


def _recorded_truth(row: str, holds: bool, nodes: Any, numbers: Any) -> Value:
    """A comparison as a node, of the numbers that were compared: a leaf's may have changed since."""
    return _node(float(holds), lookup(row), nodes, numbers) if recording() else _node(float(holds))


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


def _operand(x: Any, row: Row) -> Any:
    """The node and number of an operator's other side; the slow way, for all but Value and float."""
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


def _node(data: float, op: Any = None, parents: Any = (), inputs: Any = (), mark: Any = None) -> Value:
    node: Value = object.__new__(_Ternary if op is not None and op.arity == 3 else Value)
    node._primal, node._op, node._uses = data, op, 0
    node._a, node._b = None, mark
    if op is None:
        if SWITCHES["tracing"]:
            node._x = Tracing.current()
    else:
        for (slot, number), parent, x in zip(SLOTS[op.arity], parents, inputs, strict=True):
            setattr(node, slot, parent)
            setattr(node, number, x)
    return node


def undefined_derivative(node: Value, cause: Exception) -> DomainError:
    """The error for a node whose result is defined and whose derivative is not: √ at 0."""
    row: Any = node._op
    why = "overflows" if isinstance(cause, OverflowError) else "is undefined or infinite"
    return DomainError(
        f"the derivative of {row.name}({', '.join(map(name, node.args))}) {why}"
        + (f" (the result is {node.label})" if node.label else "")
    )


# -- the methods, written out from the rows ---------------------------------------------------

# `type.__call__` by hand, past `_MakesLeaves`: a blank Value in 58 ns, `object.__new__` takes 78.
_new = type.__call__.__get__(Value, _MakesLeaves)

_RECORD = """
    node = new()
    try:
        node._primal = {forward}
    except ARITHMETIC as error:
        raise domain_error({row}, {args}, error) from None
    node._uses = 0
    if paused and not recording():
        node._op = node._a = None
        node._b = UNRECORDED
        if tracing:
            node._x = current_run()
            note_taken_out(self)
        return node
    node._op = {row}
"""

_UNARY = (
    """
def {method}(self):
    x = self._primal
"""
    + _RECORD
    + """
    node._a = self
    {keep_x}node._x = x
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
        other = None
    else:
        other, {theirs} = operand(other, {row})
        if {theirs} is None:
            return NotImplemented
"""
    + _RECORD
    + """
    node._a = {a}
    {keep_x}node._x = x
    node._b = {b}
    {keep_y}node._y = y
    return node
"""
)


def _write(template: str, row: Row, method: str, **parts: str) -> Any:
    # A number is kept where a partial needs it, and of constants and leaves. An interior node still
    # has its own; each slot that is filled costs the collector time, and a sum's numbers are a third.
    keep = {}
    for n, node in (("x", parts.get("a", "self")), ("y", parts.get("b"))):
        may_change = "self._op is None" if node == "self" else "other is None or other._op is None"
        keep[f"keep_{n}"] = "" if n in row.names else f"if {may_change}: "
    source = template.format(method=method, row=f"_{row.name}_row", forward=row.text, **parts, **keep)
    function = generate(source, method)
    function.__qualname__ = f"Value.{method}"
    function.__doc__ = row.__doc__
    return function


def _install(row: Row) -> None:
    """Give `Value` the operator that follows from a row, and the row its function of one Value."""
    FLOATS[f"_{row.name}_row"] = row
    operator_method = f"__{row.name}__"
    has_operator = row.name in OPERATORS
    if row.arity == 1:
        row.on_value = method = _write(_UNARY, row, row.name, args="(self,)")
        if row.public and has_operator:
            setattr(Value, operator_method, method)
    if row.arity == 2 and has_operator:
        forth = _write(
            _BINARY,
            row,
            operator_method,
            mine="x",
            theirs="y",
            a="self",
            b="other",
            args="(self, y if other is None else other)",
        )
        back = _write(
            _BINARY,
            row,
            f"__r{row.name}__",
            mine="y",
            theirs="x",
            a="other",
            b="self",
            args="(x if other is None else other, self)",
        )
        setattr(Value, forth.__name__, forth)
        setattr(Value, back.__name__, back)


for _method, _comparison in {
    "__eq__": _compare(operator.eq, "_equal"),
    "__ne__": _compare(operator.ne, "_equal", negated=True),
    "__lt__": _compare(operator.lt, "_less"),
    "__le__": _compare(operator.le, "_less_equal"),
    "__gt__": _compare(operator.gt, "_less", swapped=True),
    "__ge__": _compare(operator.ge, "_less_equal", swapped=True),
}.items():
    setattr(Value, _method, _comparison)

# What the methods use besides the table.
FLOATS.update(
    ARITHMETIC=ARITHMETIC,
    UNRECORDED=UNRECORDED,
    Value=Value,
    current_run=Tracing.current,
    note_taken_out=Tracing.note_taken_out,
    domain_error=domain_error,
    new=_new,
    operand=_operand,
    recording=recording,
)
on_define(_install)

Value.__pow__ = squaring(Value.__pow__)  # type: ignore[method-assign]
