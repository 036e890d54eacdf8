"""From a neutral picture to DOT: colours, sizes, fonts and places, and nothing of the graph's meaning."""

from __future__ import annotations

import html
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import graphviz

from viz._layout.graphviz_programs import NoGraphviz
from viz._layout.scene import FONT
from viz._layout.themes import LIGHT, Theme, a_theme, stroke
from viz._mathematics.latex import literal
from viz._mathematics.numerals import number
from viz._mathematics.shortening import LONGEST_FORMULA, LONGEST_NAME, readable, short_text
from viz._mathematics.signs import derivative
from viz._mathematics.typeset import Atom, Frac, Line, Math, line, to_html, to_text
from viz._output.digraph import Digraph
from viz._output.render import picture_bytes
from viz._output.tree import text_tree
from viz._pictures.picture import Box, Link, Picture

__all__ = ["Drawing", "to_dot"]


class Drawing(Digraph):
    """A `graphviz.Digraph` that carries its picture, and shows itself in a notebook, typeset.

    Its own DOT text is complete, for any tool that draws DOT. What is added to it is drawn too, by
    Graphviz alone.

    Attributes:
        picture: what is drawn; None for a drawing that was made in another way.
        theme: its colours.
    """

    picture: Picture | None = None
    theme: Theme = LIGHT
    _made = ""

    @property
    def to_typeset(self) -> Picture | None:
        """The picture, while the DOT text is still the one that was made from it."""
        return self.picture if self._made == self.source else None

    def render(self, *args: Any, **options: Any) -> str:
        """As every `graphviz.Digraph` has it, which asks for a ``dot`` program; `viz.render` does without."""
        with _told_of_viz_render():
            return str(super().render(*args, **options))

    def pipe(self, *args: Any, **options: Any) -> Any:
        """As every `graphviz.Digraph` has it, which asks for a ``dot`` program; `viz.render` does without."""
        with _told_of_viz_render():
            return super().pipe(*args, **options)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> dict[str, str]:
        words = self.source if self.picture is None else text_tree(self.picture)
        try:
            return {"image/svg+xml": picture_bytes(self, "svg").decode("utf-8"), "text/plain": words}
        except NoGraphviz as error:
            return {"text/plain": f"{words}\n\n{error}"}


@contextmanager
def _told_of_viz_render() -> Iterator[None]:
    try:
        yield
    except graphviz.ExecutableNotFound as error:
        error.add_note("Without that program, viz.render(drawing, 'drawing.svg') writes svg, pdf and png.")
        raise


def to_dot(picture: Picture, theme: Theme = LIGHT) -> Drawing:
    """The DOT of a picture, in the colours of a theme."""
    graph = _Lowering(picture, a_theme(theme)).graph()
    graph.picture, graph.theme, graph._made = picture, theme, graph.source
    return graph


class _Lowering:
    """One picture on its way to DOT."""

    def __init__(self, picture: Picture, theme: Theme) -> None:
        self.picture, self.theme = picture, theme
        self.boxes = {box.id: box for box in picture.boxes}
        # For a box with others above or below: that column from the bottom up; and the links in columns.
        self.columns: dict[str, list[str]] = {}
        self.upright: set[int] = set()
        inside = {(link.source, link.target): i for i, link in enumerate(picture.links)}
        for target in picture.spine:
            column = [target]
            for source, over in ((picture.below.get(target), False), (picture.above.get(target), True)):
                if source is not None:
                    i = inside[source, target]
                    self.upright.add(i)
                    column = [*column, _middle(i), source] if over else [source, _middle(i), *column]
            if len(column) > 1:
                self.columns[target] = column

    def graph(self) -> Drawing:
        theme, picture = self.theme, self.picture
        graph = Drawing(
            picture.name,
            graph_attr={
                "rankdir": "LR", "nodesep": "0.30", "ranksep": "0.35", "fontname": FONT,
                "bgcolor": theme.paper, "pad": "0.15", "newrank": "true",
            },
            node_attr={"shape": "plain", "fontname": FONT},
            edge_attr={"fontname": FONT, "arrowsize": "0.9"},
        )  # fmt: skip
        placed: set[str] = set()
        for layer in picture.layers:
            with graph.subgraph(name=f"cluster_{layer.id}") as cluster:
                cluster.attr(
                    label=f"<{_font(to_html(literal(short_text(layer.title))), 18, theme.quiet)}>",
                    style="rounded,filled", color=theme.layer_line, fillcolor=theme.layer, margin="10",
                )  # fmt: skip
                self.draw_boxes(cluster, [self.boxes[i] for i in layer.boxes])
            placed.update(layer.boxes)
        self.draw_boxes(graph, [box for box in picture.boxes if box.id not in placed])
        spine = set(zip(picture.spine, picture.spine[1:], strict=False))
        for i, link in enumerate(picture.links):
            if i in self.upright:
                # Graphviz orders a column of a cluster from the bottom up, and one outside from the top down.
                over = picture.above.get(link.target) == link.source
                self.draw_upright(graph, link, i, last=over == (link.target in placed))
            else:
                self.draw_link(graph, link, i, straight=(link.source, link.target) in spine)
        return graph

    # -- boxes --------------------------------------------------------------------------------

    def draw_boxes(self, graph: graphviz.Digraph, boxes: list[Box]) -> None:
        for box in boxes:
            if box.id in self.columns:
                # Before the boxes are drawn: Graphviz keeps the order in which it first hears of them.
                with graph.subgraph() as rank:
                    rank.attr(rank="same")
                    for i in self.columns[box.id]:
                        rank.node(i)
        for box in boxes:
            tooltip = graphviz.escape(_printable(box.full_name) or to_text(box.symbol))
            group = {"group": "spine"} if box.id in self.picture.spine else {}
            graph.node(
                box.id, f"<{self.table(box)}>", id=box.id, tooltip=tooltip, **{"class": box.kind}, **group
            )

    def table(self, box: Box) -> str:
        theme = self.theme
        ink, fill = (theme.quiet, theme.computed) if box.faded else (theme.ink, theme.fill(box.kind))
        border = "1" if box.kind == "constant" or box.faded else "3"
        style = "ROUNDED,DASHED" if box.kind == "group" else "ROUNDED"
        rows = box.rows()
        colour = next((theme.sign(row.sign) for row in rows if row.sign is not None), theme.line)
        start = (
            f'<TABLE BORDER="{border}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" STYLE="{style}" '
            f'BGCOLOR="{fill}" COLOR="{theme.faded if box.faded else colour}">'
        )
        if box.kind == "constant" and not rows:
            return f'{start}<TR><TD CELLPADDING="6">{_font(to_html(box.symbol), 18, ink)}</TD></TR></TABLE>'
        lines = [f'<TR><TD COLSPAN="2" CELLPADDING="5">{self.title(box, ink)}</TD></TR>']
        if box.note:
            lines.append(f'<TR><TD COLSPAN="2">{_font(html.escape(box.note), 12, theme.quiet)}</TD></TR>')
        for row in rows:
            shown = f"<B>{row.text}</B>" if row.signed else row.text
            tone = ink if box.faded else theme.of_row(row, ink)
            lines.append(self.row(row.word, _font(shown, 20, tone)))
        return start + "".join(lines) + "</TABLE>"

    def row(self, word: str, content: str) -> str:
        name = _font(word, 14, self.theme.quiet)
        return f'<TR><TD ALIGN="LEFT">{name}</TD><TD ALIGN="RIGHT">{content}</TD></TR>'

    def title(self, box: Box, ink: str) -> str:
        """symbol = formula; a fraction in the formula is set as one, if the formula is short."""
        name = _font(to_html(readable(box.heading)), 24, ink)
        if box.formula is None:
            return name
        cells = [f"{name}{_font(' = ', 15, self.theme.quiet)}", *self.cells(box.formula, 16, ink)]
        whole = len(cells) == 2 and not cells[1].startswith("<TABLE")
        return "".join(cells) if whole else _side_by_side(cells)

    # -- formulas -----------------------------------------------------------------------------

    def cells(self, m: Math, size: int, ink: str) -> list[str]:
        """A formula in pieces to set side by side: lines of text, and fractions with a bar."""
        m = readable(m, LONGEST_FORMULA)
        items = m.items if isinstance(m, Line) else (m,)
        if not any(isinstance(i, Frac) for i in items):
            return [_font(to_html(m), size, ink)]
        cells: list[str] = []
        run: list[Math] = []
        for item in (*items, None):
            if item is not None and not isinstance(item, Frac):
                run.append(item)
                continue
            if run:
                # A sign at the edge of a piece needs the space that it would have inside the line.
                lead = "&#160;" if cells and _is_sign(run[0]) else ""
                trail = "&#160;" if item is not None and len(run) > 1 and _is_sign(run[-1]) else ""
                cells.append(_font(lead + to_html(line(*run)) + trail, size, ink))
            run = []
            if isinstance(item, Frac):
                cells.append(self.fraction(to_html(item.over), to_html(item.under), size, ink))
        return cells

    def fraction(self, over: str, under: str, size: int, ink: str) -> str:
        return (
            '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">'
            f'<TR><TD BORDER="1" SIDES="B" COLOR="{self.theme.quiet}">{_font(over, size, ink)}</TD></TR>'
            f"<TR><TD>{_font(under, size, ink)}</TD></TR></TABLE>"
        )

    def derivative(self, link: Link) -> str:
        """∂z/∂w = formula, and beneath it the number."""
        theme = self.theme
        ink = theme.quiet if link.faded else theme.ink
        above, below = (_short(self.boxes[i].symbol) for i in (link.target, link.source))
        cells = self.cells(derivative(above, below), 17, ink)
        if link.use:
            cells.append(_font(f"<SUB>{link.use}</SUB>", 17, theme.quiet))
        if link.symbol is not None:
            equals, formula = _font(" = ", 17, ink), self.cells(link.symbol, 17, ink)
            table = formula[0].startswith("<TABLE")
            cells += [equals, *formula] if table else [equals + formula[0], *formula[1:]]
        rows = [f"<TR><TD>{_side_by_side(cells)}</TD></TR>"]
        if link.number is not None:
            colour = ink if link.faded or not link.number else theme.sign(link.number)
            said = f"<B>= {number(link.number, signed=True)}</B>"
            rows.append(f"<TR><TD>{_font(said, 20, colour)}</TD></TR>")
        return (
            '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">' + "".join(rows) + "</TABLE>"
        )

    # -- links --------------------------------------------------------------------------------

    def stroke(self, link: Link) -> dict[str, str]:
        colour, thickness = stroke(link, self.theme)
        return {"color": colour, "penwidth": f"{thickness:.1f}"}

    def draw_link(self, graph: graphviz.Digraph, link: Link, i: int, straight: bool) -> None:
        attributes = {"id": f"e{i}", **self.stroke(link)}
        if link.derivative:
            attributes["label"] = f"<{self.derivative(link)}>"
        if straight:
            attributes["weight"] = "100"
        graph.edge(link.source, link.target, **attributes)

    def draw_upright(self, graph: graphviz.Digraph, link: Link, i: int, last: bool) -> None:
        """An edge within a column, its label a node on the way: Graphviz would set the label badly."""
        middle, name = _middle(i), f"e{i}"
        graph.node(middle, f"<{self.derivative(link)}>", **{"class": "edgelabel"})
        look = self.stroke(link)
        if last:
            # The edges of a column follow its order; this one is written backwards, its arrow turned round.
            graph.edge(link.target, middle, id=name, dir="back", **look)
            graph.edge(middle, link.source, dir="back", arrowtail="none", **look)
        else:
            graph.edge(link.source, middle, arrowhead="none", **look)
            graph.edge(middle, link.target, id=name, **look)


def _font(content: str, size: int, colour: str) -> str:
    return f'<FONT POINT-SIZE="{size}" COLOR="{colour}">{content}</FONT>'


def _side_by_side(cells: list[str]) -> str:
    inner = "".join(f"<TD>{cell}</TD>" for cell in cells)
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1"><TR>{inner}</TR></TABLE>'


def _middle(i: int) -> str:
    return f"e{i}_label"


def _is_sign(m: Math) -> bool:
    return isinstance(m, Atom) and m.kind == "operator"


def _short(m: Math) -> Math:
    return readable(m, LONGEST_NAME)


def _printable(text: str) -> str:
    body = literal(text).body
    return body.text if isinstance(body, Atom) else ""
