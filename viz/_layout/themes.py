"""Colours of a drawing, for a white page and for a dark room.

>>> LIGHT.sign(-0.3) == LIGHT.negative, DARK.fill("parameter") == DARK.parameter
(True, True)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from viz._pictures.picture import Link

__all__ = [
    "CLASSES_ON_DARK", "CLASSES_ON_LIGHT", "DARK", "LIGHT", "THINNEST", "WIDER", "Theme", "a_theme", "stroke",
]  # fmt: skip


@dataclass(frozen=True)
class Theme:
    """The colours of one drawing, as #RRGGBB. `LIGHT` and `DARK` are themes, and others are made from them.

    Attributes:
        paper, ink, quiet: the background, the letters, and the letters of words beside the subject.
        line: borders and edges that have no sign.
        positive, negative: the signs. Blue and orange are told apart with every kind of colour vision,
            and the sign is always printed too.
        data, parameter, computed, group: the grounds of boxes.
        layer, layer_line: the ground and the border of a layer.
        faded: borders and edges beside the subject of the drawing; their letters are `quiet`.

    >>> import dataclasses
    >>> ivory = dataclasses.replace(LIGHT, paper="#FFFFF0")
    >>> ivory.paper, ivory.ink == LIGHT.ink, DARK.paper
    ('#FFFFF0', True, '#12161B')
    """

    paper: str
    ink: str
    quiet: str
    line: str
    positive: str
    negative: str
    data: str
    parameter: str
    computed: str
    group: str
    layer: str
    layer_line: str
    faded: str

    def sign(self, number: float) -> str:
        """The colour of a number."""
        return self.positive if number > 0 else self.negative if number < 0 else self.line

    def fill(self, kind: str) -> str:
        """The ground of a box of that kind."""
        grounds = {"data": self.data, "parameter": self.parameter, "group": self.group}
        return grounds.get(kind, self.computed)


LIGHT = Theme(
    paper="#FFFFFF", ink="#111111", quiet="#5A5A5A", line="#8A929C",
    positive="#1565C0", negative="#BC3F0A",
    data="#EDEDED", parameter="#FFF3D6", computed="#FFFFFF", group="#E9F1EC",
    layer="#F5F7FA", layer_line="#D3DAE3", faded="#C9CED5",
)  # fmt: skip
DARK = Theme(
    paper="#12161B", ink="#F5F5F5", quiet="#B7BEC8", line="#7F8A97",
    positive="#6FB7FF", negative="#FF9A5C",
    data="#31373F", parameter="#40351A", computed="#1D232B", group="#1F332B",
    layer="#181D24", layer_line="#37414D", faded="#4A535E",
)  # fmt: skip

# Okabe and Ito's colours, which stay apart for the colour-blind, less those like our blue and orange.
CLASSES_ON_LIGHT = ("#009E73", "#CC79A7", "#7A5C00", "#4B4B4B", "#56B4E9", "#882255")
CLASSES_ON_DARK = ("#2ED9A4", "#F0A6CD", "#F0E442", "#D0D0D0", "#B08CFF", "#E07AA8")


def a_theme(theme: Any) -> Theme:
    """A theme from a user.

    >>> a_theme("dark")
    Traceback (most recent call last):
        ...
    TypeError: theme is viz.LIGHT, viz.DARK or another viz.Theme, not 'dark'
    """
    if not isinstance(theme, Theme):
        raise TypeError(f"theme is viz.LIGHT, viz.DARK or another viz.Theme, not {theme!r:.80}")
    return theme


# The width of an edge with derivative 0, and how much wider it is with 1; the lecture page uses both.
THINNEST, WIDER = 1.2, 4.8


def stroke(link: Link, theme: Theme) -> tuple[str, float]:
    """The colour and the width of an edge.

    >>> from viz._mathematics.latex import label
    >>> slope = label(r"\\frac{\\partial z}{\\partial w}")
    >>> stroke(Link("n0", "n1", derivative=slope, number=-0.25), LIGHT) == (LIGHT.negative, 3.6)
    True
    """
    if link.faded:
        return theme.faded, THINNEST
    if not link.derivative:
        return theme.line, 1.5
    if link.number is None:
        return theme.line, 2.0
    # The width follows the square root, so that a derivative of 0.01 is still a line.
    return theme.sign(link.number), round(THINNEST + WIDER * min(1.0, abs(link.number)) ** 0.5, 1)
