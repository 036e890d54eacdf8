"""Numbers in a formula that the page fills in: a private character for each, which says which.

Such a character goes through typesetting as a number would, so that products get their dots; where a negative
number needs parentheses, as in 2 · (−3) and (−3)², it says that too.

>>> to_mathml(Live(4, signed=True).atom)
'<mn data-slot="4" data-signed></mn>'
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from viz._mathematics import mathml
from viz._mathematics.typeset import Atom, Math

__all__ = ["FIRST", "LAST_SLOT", "Live", "read", "to_mathml"]

FIRST = 0xF0000  # Unicode's private planes; labels are cleared of them
LAST_SLOT = (0x110000 - FIRST) // 4 - 1


@dataclass(frozen=True)
class Live:
    """A number of the page's program.

    Attributes:
        slot: its place in the program.
        guard: whether it stands where a negative number needs parentheses.
        signed: whether to write a plus sign too.

    >>> read(Live(7, guard=True).text)
    Live(slot=7, guard=True, signed=False)
    """

    slot: int
    guard: bool = False
    signed: bool = False

    @property
    def text(self) -> str:
        """The character that stands for it."""
        return chr(FIRST + 4 * self.slot + 2 * self.guard + self.signed)

    @property
    def atom(self) -> Atom:
        return Atom(self.text, self.text, "number")


def read(text: str) -> Live | None:
    """The live number that a character stands for, if it does."""
    code = ord(text) - FIRST if len(text) == 1 else -1
    return Live(code // 4, bool(code & 2), bool(code & 1)) if code >= 0 else None


def to_mathml(m: Math) -> str:
    """MathML without the ``<math>`` around it; live numbers become empty ``<mn>`` with their slot."""
    return re.sub(r"<mn>(.)</mn>", _slotted, mathml.for_browsers(mathml.to_mathml(m)))


def _slotted(element: re.Match[str]) -> str:
    if (live := read(element[1])) is None:
        return element[0]
    marks = " data-guard" * live.guard + " data-signed" * live.signed
    return f'<mn data-slot="{live.slot}"{marks}></mn>'
