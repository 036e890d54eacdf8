"""A computation as a tree of text, for terminals and machines without a renderer."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from autograd._support.notebooks import Preformatted
from viz._mathematics.shortening import LONGEST_FORMULA, readable, short_text
from viz._mathematics.typeset import to_text
from viz._pictures.picture import Box, Link, Picture

__all__ = ["picture_of", "text_tree", "tree"]


def tree(drawing: Any) -> str:
    """A drawing as text: each quantity under the quantity that uses it, with value, gradient and derivative.

    A notebook shows it as `print` writes it. A quantity used in several places is written out at its first,
    and referred to with ↑ after that.

    Args:
        drawing: a drawing of `viz.draw` or `viz.draw_chain`.

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
    return Preformatted(text_tree(picture_of(drawing, "tree")))


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
    written: set[str] = set()
    # Boxes with their margin, branch and link: a stack in place of recursion, so no depth is too much.
    waiting: list[tuple[str, str, str, Link | None]] = [(i, "", "", None) for i in reversed(roots)]
    while waiting:
        i, margin, branch, link = waiting.pop()
        yield _row(boxes[i], margin + branch, i in written, bool(into[i]), link)
        if i in written:
            continue
        written.add(i)
        deeper = margin + {"": "", "├─ ": "│  ", "└─ ": "   "}[branch]
        last = True
        for child in reversed(into[i]):
            waiting.append((child.source, deeper, "└─ " if last else "├─ ", child))
            last = False


def _row(box: Box, start: str, repeated: bool, inner: bool, link: Link | None) -> tuple[str, str, str, str]:
    """The cells of a row: name, value, gradient, derivative.

    Args:
        repeated: whether the box stands in a row above.
        inner: whether it has rows of its own under it there.
    """
    name = f"{to_text(readable(box.heading))} ↑" if repeated and inner else to_text(box.equation())
    if box.note and not repeated:
        name += f" ({short_text(box.note, LONGEST_FORMULA)})"
    entries = [] if repeated else box.entries()
    value = "".join(entry.text for entry in entries if not entry.signed)
    gradient = "".join(str(entry) for entry in entries if entry.signed)
    return start + name, value, gradient, "" if link is None else link.text()


def _width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


@lru_cache(maxsize=4096)
def _columns(sign: str) -> int:
    return 0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
