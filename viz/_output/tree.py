"""A computation as a tree of text, for terminals and for where nothing can draw."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from viz._mathematics.numerals import number
from viz._mathematics.shortening import LONGEST_FORMULA, LONGEST_NAME, readable, short_text
from viz._mathematics.signs import derivative
from viz._mathematics.typeset import to_text
from viz._pictures.picture import Box, Link, Picture

__all__ = ["derivative_text", "picture_of", "text_tree", "tree"]


def tree(drawing: Any) -> str:
    """A drawing as text: each quantity under what it goes into, with its value, gradient and derivative.

    A quantity used in several places is written out where it is met first, and referred to with ↑
    after that.

    Args:
        drawing: what `viz.draw` or `viz.draw_chain` returned.

    Raises:
        TypeError: for anything else.

    >>> from autograd import Value
    >>> from viz import draw_chain
    >>> w, a = Value(1.2, label="w"), Value(0.5, label="a")
    >>> z = (w * a).with_label("z")
    >>> print(tree(draw_chain(z)))
    z = wa     0.60  grad +1.00
    ├─ w       1.20  grad +0.50  ∂z/∂w = a = +0.50
    └─ a       0.50  grad +1.20  ∂z/∂a = w = +1.20
    """
    return text_tree(picture_of(drawing, "tree"))


def picture_of(drawing: Any, function: str) -> Picture:
    """The picture that a drawing carries, or a clear error."""
    picture = getattr(drawing, "picture", None)
    if not isinstance(picture, Picture):
        raise TypeError(f"{function} takes what viz.draw or viz.draw_chain returns, not {drawing!r:.60}")
    return picture


def text_tree(picture: Picture) -> str:
    """The text tree of a picture."""
    rows = list(_rows(picture))
    widths = [max((_width(row[i]) for row in rows), default=0) for i in range(3)]
    lines = []
    for name, value, gradient, slope in rows:
        cells = [name + " " * (widths[0] - _width(name)), " " * (widths[1] - _width(value)) + value]
        if widths[2]:
            cells.append(gradient + " " * (widths[2] - _width(gradient)))
        lines.append("  ".join([*cells, slope]).rstrip())
    return "\n".join(lines)


def _rows(picture: Picture) -> Iterator[tuple[str, str, str, str]]:
    boxes = {box.id: box for box in picture.boxes}
    into: dict[str, list[Link]] = {box.id: [] for box in picture.boxes}
    for use in picture.links:
        into[use.target].append(use)
    used = {link.source for link in picture.links}
    roots = [box.id for box in picture.boxes if box.id not in used] or [picture.boxes[-1].id]
    seen: set[str] = set()
    # Each waits with its margin, its branch and the link it came by; no recursion, so no depth is too much.
    waiting: list[tuple[str, str, str, Link | None]] = [(i, "", "", None) for i in reversed(roots)]
    while waiting:
        i, margin, branch, link = waiting.pop()
        yield _row(boxes[i], margin + branch, i in seen, bool(into[i]), link, boxes)
        if i in seen:
            continue
        seen.add(i)
        deeper = margin + {"": "", "├─ ": "│  ", "└─ ": "   "}[branch]
        last = True
        for child in reversed(into[i]):
            waiting.append((child.source, deeper, "└─ " if last else "├─ ", child))
            last = False


def _row(
    box: Box, start: str, known: bool, inner: bool, link: Link | None, boxes: dict[str, Box]
) -> tuple[str, str, str, str]:
    name = to_text(readable(box.heading))
    if known and inner:
        name += " ↑"
    elif box.formula is not None:
        name += f" = {to_text(readable(box.formula, LONGEST_FORMULA))}"
    if box.note and not known:
        name += f" ({short_text(box.note, LONGEST_FORMULA)})"
    rows = [] if known else box.rows()
    value = "".join(row.text for row in rows if not row.signed)
    gradient = "".join(f"{row.word} {row.text}" for row in rows if row.signed)
    derivative = ""
    if link is not None and link.derivative:
        derivative = derivative_text(link, boxes)
    return start + name, value, gradient, derivative


def derivative_text(link: Link, boxes: dict[str, Box]) -> str:
    """∂z/∂w = a = +0.50, in one line."""
    above, below = (readable(boxes[i].symbol, LONGEST_NAME) for i in (link.target, link.source))
    said = to_text(derivative(above, below, link.use))
    if link.symbol is not None:
        said += f" = {to_text(readable(link.symbol, LONGEST_FORMULA))}"
    return said if link.number is None else f"{said} = {number(link.number, signed=True)}"


def _width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )
