"""About how much room mathematics takes, so that a box can be made for it before a browser sets it.

The page shrinks what comes out wider than its box, since fonts differ from machine to machine.
"""

from __future__ import annotations

import unicodedata

from viz._mathematics.typeset import Atom, Fence, Frac, Hole, Line, Math, Root, Script, Symbol

__all__ = ["size"]

SMALL = 0.72  # a raised or lowered sign beside one on the line
WIDTHS = {
    "letter": 0.62, "number": 0.54, "word": 0.56, "function": 0.56, "prime": 0.3, "punctuation": 0.5,
    "operator": 1.1, "relation": 1.3,
}  # fmt: skip


def size(m: Math) -> tuple[float, float]:
    """Width and height in the size of its letters.

    >>> from viz._mathematics.latex import label
    >>> size(label("w"))
    (0.62, 1.2)
    """
    match m:
        case Atom(text, _, kind):
            wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
            signs = sum(not unicodedata.combining(c) for c in text)
            count = 1 if kind in ("operator", "relation") and not text.isalpha() else signs
            return count * WIDTHS[kind] + wide * 0.6, 1.2
        case Hole():
            return 0.6, 1.2
        case Symbol(_, body):
            return size(body)
        case Line(items):
            sizes = [size(item) for item in items]
            return sum(w for w, _ in sizes), max((h for _, h in sizes), default=1.2)
        case Script(base, sup, sub):
            width, height = size(base)
            scripts = [size(s) for s in (sup, sub) if s is not None]
            beside = max(w for w, _ in scripts)
            return width + SMALL * beside + 0.05, height + 0.25 * len(scripts)
        case Frac(over, under):
            (above, high), (below, low) = size(over), size(under)
            return max(above, below) + 0.3, high + low + 0.2
        case Root(body):
            width, height = size(body)
            return width + 0.9, height + 0.2
        case Fence(_, body, _):
            width, height = size(body)
            return width + 0.8, height
