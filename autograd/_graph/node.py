"""The nodes of a graph, and the order to visit them in.

A graph is an immutable record: a node keeps its primitive, its arguments in order, and its number. Nodes
refer to their arguments only, never the other way round, so there are no reference cycles, and dropping
the last result frees its graph at once.
"""

from __future__ import annotations

import weakref
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from autograd._graph.primitive import Primitive

__all__ = ["DomainError", "Node", "topological_order"]

N = TypeVar("N", bound="Node")


class DomainError(ValueError, ArithmeticError):
    """An operation outside its domain, or a derivative that is not a finite number.

    It is a `ValueError`, as `math.log(-1)` raises, and an `ArithmeticError`, as `1 / 0` and
    `math.exp(1000)` raise.

    >>> from autograd import Value, log
    >>> log(Value(-1.0, label="w"))
    Traceback (most recent call last):
        ...
    autograd.DomainError: log(w = -1.0) is undefined: log takes x in (0, inf)
    """

    __module__ = "autograd"  # where users find it


class LabelledReference(weakref.ref["Node"]):
    """A weak reference to a node that keeps the node's label, also when the node is gone."""

    __slots__ = ("label",)

    label: str | None


class Node:
    """The base of `Value` and `Tensor`: an operation, ordered arguments, a label, a gradient.

    A subclass stores the arguments (`args`) and the numbers.
    """

    __slots__ = ("__weakref__", "_adjoint", "_label", "_op")

    _op: Primitive | None
    _primal: Any
    _label: str | None
    _adjoint: Any

    # `backward` of `_derivatives.sweeps`, which is a floor above and sets it.
    _sweep: ClassVar[Callable[..., None]]

    if TYPE_CHECKING:  # from the types of nodes, and from the rows of the table
        data: Any
        grad: Any

        @property
        def inputs(self) -> tuple[Any, ...]: ...

        def __add__(self, other: Any) -> Self: ...
        def __radd__(self, other: Any) -> Self: ...
        def __sub__(self, other: Any) -> Self: ...
        def __rsub__(self, other: Any) -> Self: ...
        def __mul__(self, other: Any) -> Self: ...
        def __rmul__(self, other: Any) -> Self: ...
        def __truediv__(self, other: Any) -> Self: ...
        def __rtruediv__(self, other: Any) -> Self: ...
        def __pow__(self, other: Any) -> Self: ...
        def __rpow__(self, other: Any) -> Self: ...
        def __neg__(self) -> Self: ...
        def __abs__(self) -> Self: ...

    @property
    def op(self) -> Primitive | None:
        """The primitive of this node, or None for a leaf."""
        return self._op

    @property
    @abstractmethod
    def args(self) -> tuple[Any, ...]:
        """The arguments in order: nodes, and the plain numbers or arrays that were constants.

        >>> from autograd import Value
        >>> x = Value(2.0, label="x")
        >>> (x * 3).args
        (Value(2.0, label='x'), 3.0)
        """

    @abstractmethod
    def _links(self) -> Sequence[Node | None]:
        """The arguments in order, None for a constant: quicker than `args`, for walks."""

    @abstractmethod
    def _made_in(self) -> Any:
        """The run of a transform's function that created this leaf (`_graph.tracing`), if one did."""

    def _carriers(self) -> Sequence[Node | None]:
        """The arguments that this node's derivative goes by: not all of a Value that selects one."""
        return self._links()

    @property
    def parents(self) -> tuple[Node, ...]:
        """The arguments that are nodes, in order; one used twice appears twice.

        >>> from autograd import Value
        >>> x = Value(2.0)
        >>> len((x * x).parents)
        2
        """
        return tuple(p for p in self._links() if p is not None)

    @property
    def is_leaf(self) -> bool:
        """True for a node without an operation."""
        return self._op is None

    @property
    def label(self) -> str | None:
        """The name shown in drawings and errors; LaTeX such as ``w^{(1)}`` is welcome."""
        # Unset at recording: most nodes have no label, and a store costs time on every operation.
        return getattr(self, "_label", None)

    @label.setter
    def label(self, label: str | None) -> None:
        if label is not None and not isinstance(label, str):
            raise TypeError(f"a label is a str or None, not {type(label).__name__} ({label!r})")
        self._label = label
        if weakref.getweakrefcount(self):
            for reference in weakref.getweakrefs(self):
                if isinstance(reference, LabelledReference):
                    reference.label = label

    def with_label(self: N, label: str | None) -> N:
        """Name this node and return it.

        >>> from autograd import Value
        >>> (Value(2.0) * 3).with_label("y").label
        'y'
        """
        self.label = label
        return self

    # The interface for rows, sweeps and transforms. An adjoint or a tangent is a number or an array, or
    # a node when the sweep itself is recorded (create_graph).

    @staticmethod
    @abstractmethod
    def _apply(row: Any, args: tuple[Any, ...], params: Any = None) -> Any:
        """The result of a primitive at these arguments, recorded."""

    @abstractmethod
    def _pull(self, g: Any, create_graph: bool, among: Any) -> list[tuple[Any, Any]]:
        """The contributions of this node's adjoint g, as pairs with its parents (or with some of them)."""

    @abstractmethod
    def _push(self, tangents: dict[Node, Any], create_graph: bool) -> Any:
        """This node's tangent, from those of its parents."""

    @abstractmethod
    def _seed(self, gradient: Any, what: str) -> Any:
        """Check a user's adjoint or tangent of this node; `what` names it in an error."""

    @abstractmethod
    def _total(self, adjoint: Any) -> Any:
        """The new ``.grad``, from the adjoint of a sweep."""

    @staticmethod
    @abstractmethod
    def _as_node(adjoint: Any) -> Any:
        """An adjoint as a node."""

    @abstractmethod
    def _check_finite(self) -> None:
        """Refuse a result that is no finite number, if this type of node is strict."""

    @staticmethod
    @abstractmethod
    def _is_strict() -> bool:
        """Whether an adjoint that is not finite is an error."""

    @staticmethod
    @abstractmethod
    def _is_finite(adjoint: Any) -> bool:
        """Whether an adjoint is finite."""

    @abstractmethod
    def _describe(self) -> str:
        """How an error names this node."""

    @abstractmethod
    def _state(self) -> Any:
        """The state of a copy of this node, without its parents."""

    @abstractmethod
    def _bare_state(self) -> Any:
        """The state without the gradient, and without copies of the arrays."""

    @classmethod
    @abstractmethod
    def _restore(cls, state: Any, parents: Sequence[Node | None]) -> Node:
        """A node from its `_state` and, for each argument, the parent or None for a constant."""


def topological_order(*roots: Node) -> list[Node]:
    """Every node the roots depend on, each once, arguments before results.

    Depth first, first argument first: the same order in every run. Iterative, so a graph may be a million
    operations deep.

    Raises:
        TypeError: for what is no node; a list of roots is unpacked.

    >>> from autograd import Value
    >>> x, y = Value(2.0, label="x"), Value(3.0, label="y")
    >>> [node.label for node in topological_order((x * y).with_label("z"))]
    ['x', 'y', 'z']
    """
    order: list[Node] = []
    seen: set[Node] = set()
    for root in roots:
        if not isinstance(root, Node):
            raise TypeError(
                f"topological_order takes nodes, as in topological_order(*roots), not {type(root).__name__}"
            )
        if root in seen:
            continue
        seen.add(root)
        path = [(root, iter(root._links()))]
        while path:
            node, rest = path[-1]
            for parent in rest:
                if parent is not None and parent not in seen:
                    seen.add(parent)
                    path.append((parent, iter(parent._links())))
                    break
            else:
                order.append(node)
                path.pop()
    return order


def reach(roots: Iterable[Node]) -> Iterator[Node]:
    """Every node the roots depend on, themselves first, each once, in no particular order.

    >>> from autograd import Value
    >>> x = Value(2.0)
    >>> len(list(reach([x * x])))
    2
    """
    reached = list(dict.fromkeys(roots))
    seen = set(reached)
    for node in reached:
        yield node
        for parent in node._links():
            if parent is not None and parent not in seen:
                seen.add(parent)
                reached.append(parent)


def plain(x: Any) -> Any:
    """The number or array in a node, not copied; anything else as it is. For the engine itself."""
    return x._primal if isinstance(x, Node) else x


def name(argument: Any) -> str:
    """How an error names an argument: its label and number, or just its number."""
    if isinstance(argument, Node):
        return argument._describe()
    return repr(argument)


def first_node(args: Any) -> Node | None:
    """The first node among arguments, or in a list among them."""
    for a in args:
        if isinstance(a, Node):
            return a
        if isinstance(a, (list, tuple)) and (node := first_node(a)) is not None:
            return node
    return None
