"""Numbers in a formula that the page fills in: a private character for each, which says which.

Such a character goes through typesetting as a number would, so that products get their dots. Where a
negative number needs parentheses, as in 2 · (−3) and (−3)², `guarded` marks it.

>>> from viz._mathematics.typeset import Atom, line
>>> sum_ = line(shown(4), Atom("+", "+", "operator"), shown(7))
>>> [read(part.text) for part in guarded(sum_).items if isinstance(part, Atom) and part.kind == "number"]
[Live(slot=4, guard=False, signed=False), Live(slot=7, guard=True, signed=False)]
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from viz._mathematics.typeset import Atom, Line, Math, Script, Symbol, rebuilt

__all__ = ["FIRST", "LAST_SLOT", "Live", "guarded", "read", "shown"]

FIRST = 0xF0000  # Unicode's private planes; labels are cleared of them
LAST_SLOT = (0x110000 - FIRST) // 4 - 1


@dataclass(frozen=True)
class Live:
    """A number of the program.

    Attributes:
        slot: its place in the program.
        guard: whether it stands where a negative number needs parentheses.
        signed: whether to write a plus sign too.
    """

    slot: int
    guard: bool = False
    signed: bool = False


def shown(slot: int, signed: bool = False) -> Symbol:
    """The live number of a slot, to be put where a name may stand."""
    return Symbol("", _atom(Live(slot, signed=signed)))


def _atom(live: Live) -> Atom:
    character = chr(FIRST + 4 * live.slot + 2 * live.guard + live.signed)
    return Atom(character, character, "number")


def read(text: str) -> Live | None:
    """The live number that a sign stands for, if it does."""
    code = ord(text) - FIRST if len(text) == 1 else -1
    return Live(code // 4, bool(code & 2), bool(code & 1)) if code >= 0 else None


def guarded(m: Math, guard: bool = False) -> Math:
    """The same mathematics, its live numbers marked where they need parentheses when negative."""
    match m:
        case Symbol(_, Atom(text, _, _)) if (live := read(text)) is not None:
            return _atom(replace(live, guard=guard))
        case Line(items):
            first = [True, *(_opens(item) for item in items[:-1])]
            return Line(tuple(guarded(i, guard=not begins) for i, begins in zip(items, first, strict=True)))
        case Script(base, sup, sub):
            return Script(guarded(base, guard=True), sup and guarded(sup), sub and guarded(sub))
    return rebuilt(m, guarded)


def _opens(m: Math) -> bool:
    """Whether a number after this begins a formula, as after an equals sign."""
    return isinstance(m, Atom) and m.kind in ("relation", "punctuation")
