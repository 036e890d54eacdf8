"""A drawing as Mermaid text, which Markdown pages on GitHub, GitLab and in notebooks draw themselves."""

from __future__ import annotations

import re
from typing import Any

from autograd._support.notebooks import Preformatted
from viz._layout.themes import LIGHT, Theme, stroke
from viz._mathematics.shortening import short_text
from viz._output.tree import picture_of
from viz._pictures.picture import Box, Picture

__all__ = ["mermaid"]

# Signs with a meaning for Mermaid or Markdown inside a quoted label.
MARKS = re.compile(r'["#&<>\\`*_~$|%{}\[\]]')


class Mermaid(Preformatted):
    """Mermaid text, which JupyterLab and `nbconvert` draw.

    >>> sorted(Mermaid("flowchart LR")._repr_mimebundle_())
    ['text/plain', 'text/vnd.mermaid']
    """

    def _forms(self) -> dict[str, str]:
        return {"text/vnd.mermaid": str(self)}


def mermaid(drawing: Any) -> str:
    """The same boxes and edges as Mermaid text, for a fenced block of Markdown whose language is mermaid.

    It is a str; JupyterLab draws it.

    Args:
        drawing: a drawing of `viz.draw` or `viz.draw_chain`.

    Raises:
        TypeError: for anything else.

    >>> from autograd import Value
    >>> from viz import draw_chain
    >>> print(mermaid(draw_chain((2 * Value(3.0, label="x")).with_label("y"))).split("  classDef")[0])
    flowchart LR
      n0["x<br>value 3.00<br>grad +2.00"]:::data
      n1["y = 2x<br>value 6.00<br>grad +1.00"]:::result
      n0 -->|"∂y/∂x = 2 = +2.00"| n1
    """
    picture = picture_of(drawing, "mermaid")
    return Mermaid("\n".join(_lines(picture, getattr(drawing, "theme", LIGHT))) + "\n")


def _lines(picture: Picture, theme: Theme) -> list[str]:
    boxes = {box.id: box for box in picture.boxes}
    placed = {i for layer in picture.layers for i in layer.boxes}
    lines = ["flowchart LR"]
    for layer in picture.layers:
        lines.append(f'  subgraph {layer.id}["{escaped(short_text(layer.title))}"]')
        lines += [f"    {_box(boxes[i])}" for i in layer.boxes]
        lines.append("  end")
    lines += [f"  {_box(box)}" for box in picture.boxes if box.id not in placed]
    strokes = []
    for i, link in enumerate(picture.links):
        label = f'|"{escaped(link.text())}"|' if link.derivative else ""
        lines.append(f"  {link.source} -->{label} {link.target}")
        colour, width = stroke(link, theme)
        strokes.append(f"  linkStyle {i} stroke:{colour},stroke-width:{width:g}px")
    for kind in dict.fromkeys(box.kind for box in picture.boxes):
        style = f"fill:{theme.fill(kind)},stroke:{theme.line},color:{theme.ink}"
        lines.append(f"  classDef {kind} {style}")
    return lines + strokes


def _box(box: Box) -> str:
    return f'{box.id}["{"<br>".join(map(escaped, box.lines()))}"]:::{box.kind}'


def escaped(text: str) -> str:
    r"""A text for a quoted label: Mermaid's own codes for signs that mean something to it.

    >>> escaped('<b> "q"'), escaped(r"\frac"), escaped("1. first")
    ('#60;b#62; #34;q#34;', '#92;frac', '1#46; first')
    """
    text = MARKS.sub(lambda mark: f"#{ord(mark[0])};", text)
    # At the beginning of a label Markdown would read a list.
    text = re.sub(r"^(\d+)([.)])(?=\s)", lambda m: f"{m[1]}#{ord(m[2])};", text)
    return re.sub(r"^([-+])(?=\s)", lambda m: f"#{ord(m[1])};", text)
