"""Tables as HTML, for notebooks; texts that show themselves there; and the shell that runs a notebook."""

from __future__ import annotations

import html
import sys
from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Preformatted", "PrintedText", "Table", "TableText", "asked_of", "escaped", "shell"]

ENDS = 10  # rows shown at each end of a table that is longer


@dataclass(frozen=True)
class Table:
    """Cells of text under headings.

    A notebook's own style and colours apply, light or dark, and a notebook that is not trusted shows it too.

    Attributes:
        heading: of each column.
        rows: each with a text for each column.
        words: the columns that stand to the left, by their places; numbers stand to the right.
        title: a line above.
        notes: lines below.

    >>> table = Table(["layer", "weights"], [["1", "12,544"]], title="<net>")
    >>> "&lt;net&gt;" in table.html(), "12,544</td>" in table.html()
    (True, True)
    """

    heading: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: Collection[int] = ()
    title: str = ""
    notes: Sequence[str] = ()

    def html(self) -> str:
        """The table as HTML without scripts and colours; of a long one the rows at both ends."""
        lines = [f"<p>{escaped(self.title)}</p>"] if self.title else []
        lines += ["<table>", f"<thead>{self._row(self.heading, 'th')}</thead>", "<tbody>"]
        left_out = len(self.rows) - 2 * ENDS
        if left_out > 1:
            lines += [self._row(row) for row in self.rows[:ENDS]]
            lines.append(f'<tr><td colspan="{len(self.heading)}">… {left_out:,} more …</td></tr>')
            lines += [self._row(row) for row in self.rows[-ENDS:]]
        else:
            lines += map(self._row, self.rows)
        lines += ["</tbody>", "</table>", *(f"<p>{escaped(note)}</p>" for note in self.notes)]
        return "\n".join(lines)

    def _row(self, cells: Sequence[str], tag: str = "td") -> str:
        sides = ("left" if place in self.words else "right" for place in range(len(cells)))
        written = (
            f'<{tag} style="text-align: {side}">{escaped(cell)}</{tag}>'
            for side, cell in zip(sides, cells, strict=True)
        )
        return f"<tr>{''.join(written)}</tr>"


class PrintedText(str):
    """A text of several lines, which a notebook shows as `print` writes it: without quotes and ``\\n``.

    Subclasses add forms by `_forms`.

    >>> PrintedText("one\\ntwo")._repr_mimebundle_()
    {'text/plain': 'one\\ntwo'}
    """

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        # IPython's plain text; inside a list, the short form.
        printer.text(str(self) if len(printer.stack) == 1 else repr(self))

    def _forms(self) -> dict[str, str]:
        """The forms beside plain text, by their MIME types."""
        return {}

    def _repr_mimebundle_(
        self, include: Container[str] | None = None, exclude: Container[str] | None = None, **_: object
    ) -> dict[str, str]:
        return asked_of({"text/plain": str(self)} | self._forms(), include, exclude)


class Preformatted(PrintedText):
    """A text whose signs stand under each other.

    >>> Preformatted("a <b>")._mime_()
    ('text/html', '<pre>a &lt;b&gt;</pre>')
    """

    def _mime_(self) -> tuple[str, str]:
        """The form for marimo, which has no plain text of one width, and no Mermaid from objects."""
        return "text/html", f"<pre>{html.escape(self)}</pre>"


class TableText(PrintedText):
    """A table as text, which a notebook shows as one of HTML.

    Attributes:
        table: its cells.

    >>> text = TableText("layer\\n1", Table(["layer"], [["1"]]))
    >>> text == "layer\\n1", "<td" in text._repr_html_()
    (True, True)
    """

    table: Table

    def __new__(cls, text: str, table: Table) -> TableText:
        self = super().__new__(cls, text)
        self.table = table
        return self

    def __getnewargs__(self) -> tuple[str, Table]:  # type: ignore[override] # of copies and pickles
        return str(self), self.table

    def _repr_html_(self) -> str:
        return self.table.html()


def asked_of(
    forms: dict[str, str], include: Container[str] | None, exclude: Container[str] | None
) -> dict[str, str]:
    """The forms that are asked for: all but those excluded where `include` is None.

    >>> asked_of({"text/plain": "a", "text/html": "b"}, None, {"text/html"})
    {'text/plain': 'a'}
    """
    return {
        kind: form
        for kind, form in forms.items()
        if (include is None or kind in include) and kind not in (exclude or ())
    }


def shell() -> Any:
    """The IPython shell that runs this, in a notebook or on a terminal; None elsewhere.

    >>> shell() is None
    True
    """
    return getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()


def escaped(text: str) -> str:
    r"""Text of HTML. A notebook would set $…$ in it as mathematics, so a dollar begins no formula.

    >>> escaped("<b> $x$")
    '&lt;b&gt; <span>$</span>x<span>$</span>'
    """
    return html.escape(text).replace("$", "<span>$</span>")
