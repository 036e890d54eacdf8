"""Nodes whose concrete numbers were asked for, as by an ``if``: a program freezes the choice, and says so."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from autograd._graph.context import NOTES, SWITCHES, Inside, records
from autograd._graph.node import Node, plain
from autograd._support.callers import users_frame

__all__ = [
    "Look", "Looks", "concretized", "forget_errors", "listed", "look_at", "note_concretized",
    "note_differentiated", "note_error", "note_generator", "note_setting", "note_text", "noting_looks",
    "refuse_effects", "tell_watchers", "watching_concretization", "where_concretized",
]  # fmt: skip

E = TypeVar("E", bound=Exception)


def _itself(number: Any) -> Any:
    return number


@dataclass
class Look:
    """A number that a recording looked at, and what it saw: a replay on other numbers may see something else.

    Attributes:
        node: the node, or the condition that has it as its `node()`.
        by: from the node's number to what was seen.
        seen: the result; a copy, where it is an array.
        place: the user's line; None for a look by the engine that hardly ever sees something else.
        text: as which it was written, which matters only where a text is a result or a key of one.
    """

    node: Any
    by: Callable[[Any], Any]
    seen: Any
    place: str | None
    text: str | None = None

    @property
    def is_choice(self) -> bool:
        """Whether a truth was seen, as by an ``if`` or an index, and not a number."""
        return not isinstance(self.node, Node) or self.by is bool

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes whose numbers were seen: those that a condition compares, or the node."""
        return (self.node,) if isinstance(self.node, Node) else self.node.compared


@dataclass
class Looks:
    """The looks of one recording, in order.

    Attributes:
        paused: the line that entered a block of `no_grad`, in which nothing is recorded.
        failed: the line of the first operation that raised an error: its arguments decided that.
        differentiated: the results that transforms differentiated.
        refuses: whether an action that belongs to each call is an error.
        settings: by its owner's id, a function that reads a setting, and what it read.
        generators: by their ids, generators of random numbers with the state before.
    """

    looks: list[Look] = field(default_factory=list)
    paused: str | None = None
    failed: str | None = None
    differentiated: list[Node] = field(default_factory=list)
    refuses: bool = True
    settings: dict[int, tuple[Callable[[], Any], Any]] = field(default_factory=dict)
    generators: dict[int, tuple[Any, Any]] = field(default_factory=dict)

    def rewind(self) -> bool:
        """Set the generators back to their states before; whether one has drawn."""
        # A state may hold arrays, whose comparison is an array.
        drawn = [(g, before) for g, before in self.generators.values() if repr(_state(g)) != repr(before)]
        for generator, before in drawn:
            generator.bit_generator.state = before
        return bool(drawn)

    def note_pause(self) -> None:
        self.paused = self.paused or _place()


def _state(generator: Any) -> Any:
    return generator.bit_generator.state


def _place() -> str:
    frame = users_frame()
    return f"{os.path.basename(frame.f_code.co_filename)}, line {frame.f_lineno}"


@contextmanager
def noting_looks(refuses: bool = True) -> Iterator[Looks]:
    """Note each number that is looked at in this block, of Values and of Tensors, and record comparisons.

    Args:
        refuses: whether `refuse_effects` refuses in this block.

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> with noting_looks() as record:
    ...     y = x * x if x > 0 else -x
    >>> [look.seen for look in record.looks]
    [True]
    """
    with Inside(NOTES) as mark:
        mark.record = Looks(refuses=refuses)
        yield mark.record


def look_at(x: Any, by: Callable[[Any], Any] = _itself, is_told: bool = True) -> Any:
    """A function of the number or array in x, for a decision by it; recordings around note that it was seen.

    Args:
        x: a node, or a plain number or array.
        by: the function.
        is_told: whether a compiled function tells its user.

    >>> from autograd import Tensor
    >>> int(look_at(Tensor([1.0, 3.0]), lambda array: array.argmax()))
    1
    """
    seen = by(plain(x))
    if isinstance(x, Node):
        if SWITCHES["noted"]:
            tell_watchers(x, by=by, seen=seen, is_told=is_told)
        _remember_place(x)
    return seen


def note_text(x: Any, number: Any, text: str) -> None:
    """Note in the recordings around that a node or a condition was written as text.

    Args:
        number: of the node, or the truth of the condition.
    """
    for record in records():
        copied = number.copy() if hasattr(number, "copy") else number
        record.looks.append(Look(x, _itself, copied, _place(), text))


def note_error(error: E) -> E:
    """The error, after a note in the recordings around that an operation raises it."""
    for record in records():
        record.failed = record.failed or _place()
    return error


def forget_errors() -> None:
    """Note that the engine itself caught an error, for which it has another way."""
    for record in records():
        record.failed = None


def note_differentiated(result: Node) -> None:
    """Note in the recordings around that a result is differentiated, and so has to be a finite number."""
    for record in records():
        record.differentiated.append(result)


def note_setting(owner: Any, read: Callable[[], Any], seen: Any) -> None:
    """Note in the recordings around that a setting was read, which may be another at a replay."""
    for record in records():
        record.settings.setdefault(id(owner), (read, seen))


def note_generator(generator: Any) -> None:
    """Note in the recordings around the state of a generator that may draw from here on."""
    for record in records():
        record.generators.setdefault(id(generator), (generator, _state(generator)))


def refuse_effects(action: str, instead: str) -> None:
    """Refuse an action inside a recording that would be done once, and not at each replay.

    Raises:
        RuntimeError: names the action, and what to write.
    """
    if any(record.refuses for record in records()):
        raise RuntimeError(
            f"{action} inside a compiled function happens while it is recorded, and not at each call: "
            f"{instead}"
        )


@contextmanager
def watching_concretization() -> Iterator[list[Node]]:
    """The nodes whose numbers are asked for in this block: as by an ``if``.

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> with watching_concretization() as nodes:
    ...     y = x * x if x > 0 else -x
    >>> nodes
    [Value(3.0)]
    """
    with Inside(NOTES) as mark:
        yield mark.concretized


def tell_watchers(
    node: Node, of: Any = None, by: Callable[[Any], Any] = _itself, seen: Any = None, is_told: bool = True
) -> None:
    """Add a node to the lists of the `watching_concretization` and `noting_looks` blocks around.

    Args:
        of: the condition that was asked, if one was.
        by, seen: as of a `Look`; by default the number itself.
        is_told: as of `look_at`.
    """
    for mark in NOTES.active():
        mark.concretized.append(node)
    for record in records():
        if of is not None:
            record.looks.append(Look(of, _itself, of.holds(), _place()))
        else:
            number = by(node._primal) if seen is None else seen
            copied = number.copy() if hasattr(number, "copy") else number
            record.looks.append(Look(node, by, copied, _place() if is_told else None))


# By the node's id: the node, the line that asked for its number, and whether it asked as an ``if`` does.
_places: dict[int, tuple[weakref.ref[Node], str, bool]] = {}


def note_concretized(
    node: Node, chooses: bool = True, of: Any = None, by: Callable[[Any], Any] = _itself
) -> None:
    """Remember the line that asks for the number of a node, and tell the watchers.

    Args:
        chooses: whether an ``if`` or the like asks; else the number itself is asked for, by ``float``.
        of, by: as of `tell_watchers`.
    """
    if SWITCHES["noted"]:
        tell_watchers(node, of, by)
    _remember_place(node, chooses)


def _remember_place(node: Node, chooses: bool = True) -> None:
    if id(node) not in _places:
        _remember(node, _place(), chooses, [weakref.ref(other) for other in _nearest(node)])


def _remember(node: Node, place: str, chooses: bool, nearest: list[weakref.ref[Node]]) -> None:
    def forget(_: object, key: int = id(node)) -> None:
        _places.pop(key, None)
        # ``if x * 2 > 1`` asks a node that nobody keeps: the number of x decides.
        for reference in nearest:
            if (other := reference()) is not None and id(other) not in _places:
                _remember(other, place, chooses, [])

    _places[id(node)] = weakref.ref(node, forget), place, chooses


def _nearest(node: Node) -> list[Node]:
    """The parents of a node and theirs."""
    parents = [parent for parent in node._links() if parent is not None]
    return parents + [p for parent in parents for p in parent._links() if p is not None]


def where_concretized(node: Node) -> tuple[str, bool] | None:
    """The first line that asked for a node's number, and whether by an ``if`` or the like; None if none did.

    >>> from autograd import Value
    >>> where_concretized(Value(1.0)) is None
    True
    """
    entry = _places.get(id(node))
    return None if entry is None else entry[1:]


def concretized() -> list[Node]:
    """Every node alive whose number was asked for."""
    return [node for reference, _, _ in list(_places.values()) if (node := reference()) is not None]


def listed(places: list[str]) -> str:
    """The first three of some places, and how many more there are.

    >>> listed(["x (a.py, line 1)", "y (a.py, line 2)", "z (a.py, line 3)", "w (a.py, line 4)"])
    'x (a.py, line 1), y (a.py, line 2), z (a.py, line 3), and 1 more'
    """
    more = f", and {len(places) - 3} more" if len(places) > 3 else ""
    return ", ".join(places[:3]) + more
