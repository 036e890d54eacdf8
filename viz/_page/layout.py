"""The sizes of boxes and labels on the page, which `_layout.places` lays out, and edges as SVG.

A box is made before a browser sets the mathematics in it, whose size is estimated. The page shrinks anything
wider than its box, since fonts differ from machine to machine.
"""

from __future__ import annotations

from viz._layout.compose import MOST_FORMULAS
from viz._layout.places import Layout, place
from viz._layout.routes import Point, Route, Size, arrow
from viz._mathematics.shortening import in_lines, readable, size
from viz._mathematics.signs import EQUALS
from viz._mathematics.typeset import Math
from viz._pictures.picture import Box, Picture

__all__ = ["PROPERTIES", "box_formula", "edge_svg", "laid_out", "link_formula"]

# Sizes of type and of space, in px.
NAME, FORMULA, SLOPE, LINE = 22, 17, 17, 27
ROW, TITLE, NUMBER_LINE, PADDING = 25, 34, 26, 12
SLOPE_NUMBER, ARROW = 24, 14
# The widest number beside its word, as numbers change: −0.000641. A longer one has the row to itself.
NARROWEST, NARROWEST_LABEL = 180, 96
WIDEST_FORMULA = 330
# The sizes that picture.css needs too, as its custom properties.
PROPERTIES = {
    "--name": f"{NAME}px", "--formula": f"{FORMULA / NAME:.3f}em", "--slope": f"{SLOPE}px",
    "--row": f"{ROW}px", "--number-line": f"{NUMBER_LINE}px", "--slope-number": f"{SLOPE_NUMBER}px",
}  # fmt: skip


def laid_out(picture: Picture) -> Layout:
    """Lay a picture out, in px from its upper left corner; each link has room for a label.

    Raises:
        NoGraphviz: when there is no Graphviz.

    >>> from autograd import Value
    >>> from viz._pictures.chain import chain_picture
    >>> x, w = Value(3.0, label="x"), Value(2.0, label="w")
    >>> layout = laid_out(chain_picture((w * x).with_label("z")))
    >>> [route.label.height for route in layout.routes]
    [74.2, 74.2]
    """
    return place(
        picture,
        {box.id: _box_size(box) for box in picture.boxes},
        [_label_size(link_formula(picture, i)) for i in range(len(picture.links))],
    )


def box_formula(box: Box) -> list[Math]:
    """The lines of a box's formula after its name, or the beginning of a long one.

    >>> from autograd import Value
    >>> from viz._pictures.chain import chain_picture
    >>> from viz._mathematics.typeset import to_text
    >>> y = (2 * Value(3.0, label="x")).with_label("y")
    >>> [[to_text(one) for one in box_formula(box)] for box in chain_picture(y).boxes]
    [[], ['= 2x']]
    """
    if box.formula is None:
        return []
    return in_lines(EQUALS, box.formula, lambda m: size(m)[0] * FORMULA, WIDEST_FORMULA, WIDEST_FORMULA)


def link_formula(picture: Picture, i: int) -> Math | None:
    """The formula over a link's number: ∂z/∂w = x; None in a picture with more links than there is room for.

    >>> from autograd import Value
    >>> from viz._pictures.chain import chain_picture
    >>> from viz._mathematics.typeset import to_text
    >>> to_text(link_formula(chain_picture((2 * Value(3.0, label="x")).with_label("y")), 0))
    '∂y/∂x = 2'
    """
    if len(picture.links) > MOST_FORMULAS:
        return None
    return picture.links[i].equation(typeset=True)


def _box_size(box: Box) -> Size:
    width, height = size(readable(box.symbol))
    width, height = width * NAME, height * NAME
    for i, part in enumerate(box_formula(box)):
        wide, high = (measure * FORMULA for measure in size(part))
        if i:
            width, height = max(width, wide), height + max(high, LINE)
        else:
            width, height = width + wide, max(height, high)
    rows = 2 * ROW + (NUMBER_LINE if box.formula is None else 0)
    return max(NARROWEST, width + 2 * PADDING), max(TITLE, height + 8) + rows + PADDING


def _label_size(formula: Math | None) -> Size:
    width, height = (0.0, 0.0) if formula is None else size(formula)
    above = height * SLOPE + 6 if formula else 0.0
    return max(NARROWEST_LABEL, width * SLOPE + 6), above + SLOPE_NUMBER


def edge_svg(route: Route) -> str:
    """An edge with a label as SVG: its line, a bridge as long as the label is empty, and its arrowhead.

    >>> from viz._layout.routes import Area, line
    >>> halves = ((0, 0), *line((0, 0), (30, 0))), ((60, 0), *line((60, 0), (90, 0)))
    >>> print(edge_svg(Route(halves, Area(45, 0, 30, 20))).replace("/>", "/>\\n"), end="")
    <path d="M0 0C10 0 20 0 30 0M60 0C70 0 80 0 78.8 0"/>
    <path class="bridge" d="M30 0L60 0"/>
    <polygon points="90 0 76 6.3 76 -6.3"/>
    """
    tail, head = route.pieces
    shaft, corners = arrow(head, ARROW, 0.45 * ARROW)  # the line ends inside of its arrowhead
    return (
        f'<path d="{_curve(tail)}{_curve(shaft)}"/>'
        f'<path class="bridge" d="M{_points(tail[-1:])}L{_points(head[:1])}"/>'
        f'<polygon points="{_points(corners)}"/>'
    )


def _curve(points: tuple[Point, ...]) -> str:
    return f"M{_points(points[:1])}C{_points(points[1:])}"


def _points(points: tuple[Point, ...]) -> str:
    return " ".join(f"{round(x, 1):g} {round(y, 1):g}" for x, y in points)
