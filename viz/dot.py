"""From a neutral picture to DOT: colours, sizes, fonts and places, and nothing of the graph's meaning."""

from __future__ import annotations

import html
from typing import Any

import graphviz

from viz.latex import literal
from viz.numerals import number
from viz.picture import Box, Link, Picture
from viz.render import picture_bytes
from viz.typeset import Atom, Frac, Line, Math, Symbol, line, to_html, to_text

__all__ = ["Drawing", "to_dot"]

# Verdana has the widths of DejaVu Sans, so a drawing laid out with one and shown with the other fits.
FONT = "DejaVu Sans,Verdana,sans-serif"
INK, QUIET, LINE = "#111111", "#5A5A5A", "#8A929C"
POSITIVE, NEGATIVE = "#1F77D0", "#D1352B"  # blue and red: told apart by those who do not see green
FILL = {"data": "#EDEDED", "parameter": "#FFF3D6"}  # and white for all that is computed
LONGEST_NAME, LONGEST_FORMULA = 24, 60


class Drawing(graphviz.Digraph):  # type: ignore[misc]
    """A `graphviz.Digraph` that shows itself in a notebook also where no ``dot`` is installed."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> dict[str, str]:
        return {"image/svg+xml": picture_bytes(self, "svg").decode("utf-8")}


def to_dot(picture: Picture) -> Drawing:
    """The DOT of a picture."""
    graph = Drawing(
        picture.name,
        graph_attr={
            "rankdir": "LR", "nodesep": "0.30", "ranksep": "0.35", "fontname": FONT, "bgcolor": "white",
            "pad": "0.15", "newrank": "true",
        },
        node_attr={"shape": "plain", "fontname": FONT},
        edge_attr={"fontname": FONT, "arrowsize": "0.9"},
    )  # fmt: skip
    boxes = {box.id: box for box in picture.boxes}
    columns, upright = _columns(picture)
    placed: set[str] = set()
    for layer in picture.layers:
        with graph.subgraph(name=f"cluster_{layer.id}") as cluster:
            cluster.attr(
                label=f"<{_font(to_html(literal(_cut(layer.title, LONGEST_NAME))), 18, QUIET)}>",
                style="rounded,filled", color="#D3DAE3", fillcolor="#F5F7FA", margin="10",
            )  # fmt: skip
            _draw_boxes(cluster, [boxes[i] for i in layer.boxes], columns, picture)
        placed.update(layer.boxes)
    _draw_boxes(graph, [box for box in picture.boxes if box.id not in placed], columns, picture)
    spine = set(zip(picture.spine, picture.spine[1:], strict=False))
    for i, link in enumerate(picture.links):
        if i in upright:
            # Graphviz orders a column of a cluster from the bottom up, and one outside from the top down.
            over = picture.above.get(link.target) == link.source
            _draw_upright(graph, link, boxes, i, last=over == (link.target in placed))
        else:
            _draw_link(graph, link, boxes, i, straight=(link.source, link.target) in spine)
    return graph


def _columns(picture: Picture) -> tuple[dict[str, list[str]], set[int]]:
    """For a box with others above or below: that column from the bottom up; and the links in columns."""
    inside = {(link.source, link.target): i for i, link in enumerate(picture.links)}
    columns: dict[str, list[str]] = {}
    upright: set[int] = set()
    for target in picture.spine:
        column = [target]
        for source, over in ((picture.below.get(target), False), (picture.above.get(target), True)):
            if source is not None:
                i = inside[source, target]
                upright.add(i)
                column = [*column, _middle(i), source] if over else [source, _middle(i), *column]
        if len(column) > 1:
            columns[target] = column
    return columns, upright


def _middle(i: int) -> str:
    return f"e{i}_label"


def _draw_boxes(
    graph: graphviz.Digraph, boxes: list[Box], columns: dict[str, list[str]], picture: Picture
) -> None:
    for box in boxes:
        if box.id in columns:
            # Before the boxes are drawn: Graphviz keeps the order in which it first hears of them.
            with graph.subgraph() as rank:
                rank.attr(rank="same")
                for i in columns[box.id]:
                    rank.node(i)
    for box in boxes:
        _draw_box(graph, box, picture)


def _draw_box(graph: graphviz.Digraph, box: Box, picture: Picture) -> None:
    tooltip = graphviz.escape(_printable(box.full_name) or to_text(box.symbol))
    group = {"group": "spine"} if box.id in picture.spine else {}
    graph.node(box.id, f"<{_table(box)}>", id=box.id, tooltip=tooltip, **{"class": box.kind}, **group)


def _table(box: Box) -> str:
    colour = LINE if not isinstance(box.gradient, float) or box.gradient == 0 else _colour(box.gradient)
    border = "1" if box.kind == "constant" else "3"
    start = (
        f'<TABLE BORDER="{border}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" STYLE="ROUNDED" '
        f'BGCOLOR="{FILL.get(box.kind, "#FFFFFF")}" COLOR="{colour}">'
    )
    if box.kind == "constant":
        return f'{start}<TR><TD CELLPADDING="6">{_font(to_html(box.symbol), 18, INK)}</TD></TR></TABLE>'
    rows = [f'<TR><TD COLSPAN="2" CELLPADDING="5">{_title(box)}</TD></TR>']
    if box.note:
        rows.append(f'<TR><TD COLSPAN="2">{_font(html.escape(box.note), 12, QUIET)}</TD></TR>')
    value = number(box.value) if isinstance(box.value, float) else box.value
    word = "value" if isinstance(box.value, float) else "shape"
    rows.append(_row(word, _font(value, 20, INK)))
    if box.gradient is not None:
        shown = number(box.gradient, signed=True) if isinstance(box.gradient, float) else box.gradient
        grad_colour = colour if colour != LINE else INK
        rows.append(_row("grad", _font(f"<B>{shown}</B>", 20, grad_colour)))
    return start + "".join(rows) + "</TABLE>"


def _row(word: str, content: str) -> str:
    return f'<TR><TD ALIGN="LEFT">{_font(word, 14, QUIET)}</TD><TD ALIGN="RIGHT">{content}</TD></TR>'


def _title(box: Box) -> str:
    """symbol = formula; a fraction in the formula is set as one, if the formula is short."""
    name = _font(to_html(_short(box.symbol)), 24, INK)
    if box.formula is None:
        return name
    cells = [f"{name}{_font(' = ', 15, QUIET)}", *_cells(box.formula, 16)]
    whole = len(cells) == 2 and not cells[1].startswith("<TABLE")
    return "".join(cells) if whole else _side_by_side(cells)


def _cells(m: Math, size: int) -> list[str]:
    """A formula in pieces to set side by side: lines of text, and fractions with a bar."""
    m = _short_names(m)
    if len(to_text(m)) > LONGEST_FORMULA:
        return [_font(to_html(literal(_cut(to_text(m), LONGEST_FORMULA))), size, INK)]
    items = m.items if isinstance(m, Line) else (m,)
    if not any(isinstance(i, Frac) for i in items):
        return [_font(to_html(m), size, INK)]
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
            cells.append(_font(lead + to_html(line(*run)) + trail, size, INK))
        run = []
        if isinstance(item, Frac):
            cells.append(_fraction(to_html(item.over), to_html(item.under), size))
    return cells


def _is_sign(m: Math) -> bool:
    return isinstance(m, Atom) and m.kind == "operator"


def _fraction(over: str, under: str, size: int) -> str:
    return (
        '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">'
        f'<TR><TD BORDER="1" SIDES="B" COLOR="{QUIET}">{_font(over, size, INK)}</TD></TR>'
        f"<TR><TD>{_font(under, size, INK)}</TD></TR></TABLE>"
    )


def _side_by_side(cells: list[str]) -> str:
    inner = "".join(f"<TD>{cell}</TD>" for cell in cells)
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1"><TR>{inner}</TR></TABLE>'


def _derivative(link: Link, boxes: dict[str, Box]) -> str:
    """∂z/∂w = formula, and beneath it the number."""
    result, argument = (to_html(_short(boxes[i].symbol)) for i in (link.target, link.source))
    cells = [_fraction(f"∂{result}", f"∂{argument}", 17)]
    if link.use:
        cells.append(_font(f"<SUB>{link.use}</SUB>", 17, QUIET))
    if link.symbol is not None:
        equals, formula = _font(" = ", 17, INK), _cells(link.symbol, 17)
        joined = (
            [equals, *formula] if formula[0].startswith("<TABLE") else [equals + formula[0], *formula[1:]]
        )
        cells += joined
    rows = [f"<TR><TD>{_side_by_side(cells)}</TD></TR>"]
    if link.number is not None:
        shown = _font(f"<B>= {number(link.number)}</B>", 20, _colour(link.number))
        rows.append(f"<TR><TD>{shown}</TD></TR>")
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{"".join(rows)}</TABLE>'


def _stroke(link: Link) -> dict[str, str]:
    if not link.derivative:
        return {"color": LINE, "penwidth": "1.5"}
    if link.number is None:
        return {"color": LINE, "penwidth": "2.0"}
    # The width follows the square root, so that a derivative of 0.01 is still a line.
    return {"color": _colour(link.number), "penwidth": f"{1.2 + 4.8 * min(1.0, abs(link.number)) ** 0.5:.1f}"}


def _draw_link(graph: graphviz.Digraph, link: Link, boxes: dict[str, Box], i: int, straight: bool) -> None:
    attributes = {"id": f"e{i}", **_stroke(link)}
    if link.derivative:
        attributes["label"] = f"<{_derivative(link, boxes)}>"
    if straight:
        attributes["weight"] = "100"
    graph.edge(link.source, link.target, **attributes)


def _draw_upright(graph: graphviz.Digraph, link: Link, boxes: dict[str, Box], i: int, last: bool) -> None:
    """An edge within a column, with its label as a node on the way: Graphviz would set the label badly."""
    middle, name = _middle(i), f"e{i}"
    graph.node(middle, f"<{_derivative(link, boxes)}>", **{"class": "edgelabel"})
    stroke = _stroke(link)
    if last:
        # The edges of a column follow its order; this one is written backwards, its arrow turned round.
        graph.edge(link.target, middle, id=name, dir="back", **stroke)
        graph.edge(middle, link.source, dir="back", arrowtail="none", **stroke)
    else:
        graph.edge(link.source, middle, arrowhead="none", **stroke)
        graph.edge(middle, link.target, id=name, **stroke)


def _colour(x: float) -> str:
    return POSITIVE if x > 0 else NEGATIVE if x < 0 else LINE


def _font(content: str, size: int, colour: str) -> str:
    return f'<FONT POINT-SIZE="{size}" COLOR="{colour}">{content}</FONT>'


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _short(m: Math) -> Math:
    text = to_text(m)
    return m if len(text) <= LONGEST_NAME else literal(_cut(text, LONGEST_NAME))


def _short_names(m: Math) -> Math:
    """The same formula with names of readable length."""
    match m:
        case Symbol():
            return _short(m)
        case Line(items):
            return Line(tuple(map(_short_names, items)))
    return m


def _printable(text: str) -> str:
    body = literal(text).body
    return body.text if isinstance(body, Atom) else ""
