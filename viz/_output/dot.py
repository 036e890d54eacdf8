"""From a neutral picture to DOT with plain labels, for every tool that draws DOT.

A drawing is shown typeset. Where a library for that is missing, Graphviz draws this text itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import graphviz

from viz._layout.scene import FONT
from viz._layout.themes import LIGHT, Theme, a_theme, stroke
from viz._mathematics.latex import literal
from viz._mathematics.numerals import number
from viz._mathematics.shortening import short_text
from viz._mathematics.typeset import to_text
from viz._output.digraph import Digraph
from viz._output.notebooks import SelfShown, drawing_forms
from viz._output.tree import text_tree
from viz._pictures.picture import Box, Link, Picture

__all__ = ["Drawing", "to_dot"]


class Drawing(SelfShown, Digraph):
    """A `graphviz.Digraph` that carries its picture, and shows itself in a notebook, typeset.

    Its own DOT text is complete, for any tool that draws DOT. Additions of the user's are drawn too, by
    Graphviz alone.

    Attributes:
        picture: the neutral picture; None for a drawing that was made in another way.
        theme: its colours.
        size: of the slide that it is composed for, in pixels; None for a drawing as large as it is.
    """

    picture: Picture | None = None
    theme: Theme = LIGHT
    size: tuple[int, int] | None = None
    _source_of_picture = ""

    @property
    def to_typeset(self) -> Picture | None:
        """The picture, while the DOT text is unchanged since it was made from it."""
        return self.picture if self._source_of_picture == self.source else None

    def render(self, *args: Any, **options: Any) -> str:
        """As every `graphviz.Digraph` has it, which asks for a ``dot`` program; `viz.render` does without."""
        with _hint_at_viz_render():
            return str(super().render(*args, **options))

    def pipe(self, *args: Any, **options: Any) -> Any:
        """As every `graphviz.Digraph` has it, which asks for a ``dot`` program; `viz.render` does without."""
        with _hint_at_viz_render():
            return super().pipe(*args, **options)

    def _picture_forms(self, wanted: Collection[str]) -> dict[str, str]:
        words = self.source if self.picture is None else text_tree(self.picture)
        return drawing_forms(self, words, wanted)

    def __repr__(self) -> str:
        if self.picture is None:
            return super().__repr__()
        boxes = len(self.picture.boxes)
        return f"<a drawing of {boxes} box{'es' * (boxes != 1)}; viz.render writes it, viz.tree prints it>"


@contextmanager
def _hint_at_viz_render() -> Iterator[None]:
    try:
        yield
    except graphviz.ExecutableNotFound as error:
        error.add_note("Without that program, viz.render(drawing, 'drawing.svg') writes svg, pdf and png.")
        raise


def to_dot(picture: Picture, theme: Theme = LIGHT, size: tuple[int, int] | None = None) -> Drawing:
    """The DOT of a picture, in the colours of a theme; typeset, it is composed for a slide of that size."""
    theme = a_theme(theme)
    drawing = Drawing(
        picture.name,
        graph_attr={
            "rankdir": "LR", "nodesep": "0.30", "ranksep": "0.35", "fontname": FONT, "fontcolor": theme.quiet,
            "bgcolor": theme.paper, "pad": "0.15", "newrank": "true",
        },
        node_attr={"shape": "box", "style": "rounded,filled", "fontname": FONT},
        edge_attr={"fontname": FONT, "arrowsize": "0.9"},
    )  # fmt: skip
    layers = {id: layer.id for layer in picture.layers for id in layer.boxes}
    for layer in picture.layers:
        with drawing.subgraph(name=f"cluster_{layer.id}") as cluster:
            cluster.attr(
                label=_escaped([short_text(layer.title)]), style="rounded,filled",
                color=theme.layer_line, fillcolor=theme.layer, margin="10",
            )  # fmt: skip
            _draw_boxes(
                cluster, [box for box in picture.boxes if layers.get(box.id) == layer.id], picture, theme
            )
    _draw_boxes(drawing, [box for box in picture.boxes if box.id not in layers], picture, theme)
    main_line = set(zip(picture.spine, picture.spine[1:], strict=False))
    for i, link in enumerate(picture.links):
        attributes = _edge(link, theme)
        if (link.source, link.target) in main_line:
            attributes["weight"] = "100"
        if _is_upright(link, picture):
            attributes.pop("label", None)
            attributes["constraint"] = "false"
        drawing.edge(link.source, link.target, id=f"e{i}", **attributes)
    drawing.picture, drawing.theme, drawing.size = picture, theme, size
    drawing._source_of_picture = drawing.source
    return drawing


def _draw_boxes(graph: graphviz.Digraph, boxes: list[Box], picture: Picture, theme: Theme) -> None:
    for box in boxes:
        column = [picture.below.get(box.id), box.id, picture.above.get(box.id)]
        if any(column[::2]):
            # Before the boxes are drawn: Graphviz keeps the order in which it first reads them.
            with graph.subgraph() as rank:
                rank.attr(rank="same")
                for id in filter(None, column):
                    rank.node(id)
    for box in boxes:
        _draw_box(graph, box, picture, theme)


def _is_upright(link: Link, picture: Picture) -> bool:
    """Whether a link runs up or down in a column: Graphviz would set its label on the line."""
    return link.source in (picture.above.get(link.target), picture.below.get(link.target))


def _draw_box(graph: graphviz.Digraph, box: Box, picture: Picture, theme: Theme) -> None:
    sign = next((entry.sign for entry in box.entries() if entry.sign is not None), 0.0)
    thick = not box.faded and box.kind != "constant"
    upright = [link.text() for link in picture.links if link.source == box.id and _is_upright(link, picture)]
    attributes = {
        "label": _escaped([*box.lines(), *upright]),
        "tooltip": _escaped([to_text(literal(box.full_name)) or to_text(box.symbol)]),
        "class": box.kind,
        "color": theme.faded if box.faded else theme.sign(sign),
        "fillcolor": theme.computed if box.faded else theme.fill(box.kind),
        "fontcolor": theme.quiet if box.faded else theme.ink,
        "penwidth": "3" if thick else "1",
    }
    if box.kind == "group":
        attributes["style"] = "rounded,filled,dashed"
    if box.id in picture.spine:
        attributes["group"] = "spine"
    graph.node(box.id, id=box.id, **attributes)


def _edge(link: Link, theme: Theme) -> dict[str, str]:
    colour, width = stroke(link, theme)
    attributes = {"color": colour, "penwidth": f"{width:.1f}"}
    if link.derivative is not None:
        value = [] if link.number is None else [f"= {number(link.number, signed=True)}"]
        attributes["label"] = _escaped([to_text(link.equation()), *value, "\N{NO-BREAK SPACE}"])
        attributes["fontcolor"] = theme.quiet if link.faded else colour if link.number else theme.ink
    return attributes


def _escaped(lines: Iterable[str]) -> str:
    """Lines of a label; DOT gives a meaning to backslashes, to <…> and to & as well."""
    label: str = graphviz.nohtml(r"\n".join(graphviz.escape(line.replace("&", "&amp;")) for line in lines))
    return label
