"""The sizes of boxes and labels on the page, their places, and edges as SVG.

A box is made before a browser sets the mathematics in it, whose size is estimated. The page shrinks anything
wider than its box, since fonts differ from machine to machine.
"""

from __future__ import annotations

from collections.abc import Iterator

from viz._layout.compose import MOST_FORMULAS
from viz._layout.places import Layout, place
from viz._layout.routes import Area, Point, Route, Size, arrow
from viz._layout.slide.columns import in_columns
from viz._layout.slide.fitting import with_grounds
from viz._layout.slide.graph import Graph
from viz._mathematics.numerals import number
from viz._mathematics.shortening import in_lines, readable, size
from viz._mathematics.signs import EQUALS
from viz._mathematics.typeset import Math
from viz._pages.chain.rows import in_rows
from viz._pictures.picture import Box, Picture

__all__ = [
    "PROPERTIES",
    "box_formula",
    "edge_svg",
    "field_width",
    "is_flat",
    "laid_out",
    "link_formula",
    "notes_of",
]

# Sizes of type and of space, in px: on a slide of 1920 x 1080, for which the picture is laid out, no type is
# smaller than 20 px.
NAME, FORMULA, SLOPE, LINE = 26, 22, 20, 31
ROW, TITLE, NUMBER_LINE, PADDING = 27, 37, 43, 8
SLOPE_NUMBER, ARROW = 27, 14
ROOM = (1900.0, 860.0)  # of a slide, for the picture: the rest is for the arithmetic and the controls
# The widest number beside its word, as numbers change: −0.000641. A longer one has the row to itself.
NARROWEST, NARROWEST_LABEL, FIELD, DIGIT = 204, 110, 104.0, 13.9
PREFERRED_FORMULA, WIDEST_FORMULA = 380, 580  # of several terms, of one
WIDER = 1.08  # than mathematics is in print: raised signs are larger
# The sizes that picture.css needs too, as its custom properties.
PROPERTIES = {
    "--name": f"{NAME}px", "--formula": f"{FORMULA / NAME:.3f}em", "--slope": f"{SLOPE}px",
    "--row": f"{ROW}px", "--number-line": f"{NUMBER_LINE}px", "--slope-number": f"{SLOPE_NUMBER}px",
}  # fmt: skip


def laid_out(picture: Picture, general: Picture) -> Layout:
    """Lay a picture out, in px from its upper left corner; each link with a derivative has room for a label.

    Args:
        picture: the picture.
        general: the same picture with other formulas, for which there is room too.

    The boxes are in the order in which the keyboard goes through them.

    A chain is folded into rows, as large as it can be on a slide; anything else stands in columns.

    Raises:
        NoGraphviz: when there is no Graphviz.

    >>> from autograd import Value
    >>> from viz._pictures.chain import chain_picture
    >>> x, w = Value(3.0, label="x"), Value(2.0, label="w")
    >>> picture = chain_picture((w * x).with_label("z"))
    >>> layout = laid_out(picture, picture)
    >>> [route.label.height for route in layout.routes]
    [56.0, 85.0]
    """
    boxes = {box.id: _box_size(box) for box in picture.boxes}
    formulas = [
        max((link_formula(one, i) for one in (picture, general)), key=_formula_width)
        for i in range(len(picture.links))
    ]
    links = list(zip(picture.links, formulas, strict=True))
    labels = [None if link.derivative is None else _label_size(formula) for link, formula in links]
    flat = [None if link.derivative is None else _flat_size(formula) for link, formula in links]
    if (layout := in_rows(picture, boxes, labels, flat, ROOM)) is None:
        layouts = [place(picture, boxes, labels), *_in_columns(picture, boxes, labels)]
        layout = max(layouts, key=lambda one: min(ROOM[0] / one.width, ROOM[1] / one.height))
        columns = sorted(layout.boxes.items(), key=lambda item: (round(item[1].x), item[1].y))
        layout.boxes = dict(columns)
    return layout


def _in_columns(picture: Picture, boxes: dict[str, Size], labels: list[Size | None]) -> Iterator[Layout]:
    """The picture in columns, siblings in their order; nothing where a fold makes a circle."""
    ids = {box.id: box.id for box in picture.boxes}
    if (columns := in_columns(Graph(picture, tuple(ids), ids), boxes, labels, {})) is not None:
        yield with_grounds(picture, columns[0])


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
    return in_lines(
        EQUALS, box.formula, lambda m: size(m)[0] * WIDER * FORMULA, PREFERRED_FORMULA, WIDEST_FORMULA
    )


def link_formula(picture: Picture, i: int) -> Math | None:
    """The formula over a link's number: ∂z/∂w = x; None in a picture with more links than there is room for.

    And None for a link between folded boxes that has no number.

    >>> from autograd import Value
    >>> from viz._pictures.chain import chain_picture
    >>> from viz._mathematics.typeset import to_text
    >>> to_text(link_formula(chain_picture((2 * Value(3.0, label="x")).with_label("y")), 0))
    '∂y/∂x = 2'
    """
    if len(picture.links) > MOST_FORMULAS or picture.links[i].derivative is None:
        return None
    return picture.links[i].equation(typeset=True)


def notes_of(box: Box) -> list[str]:
    """The contents of a folded box, a kind on each line.

    >>> from viz._mathematics.latex import label
    >>> notes_of(Box("n0", "group", label("a"), None, 0.5, None, note="2 quantities, 3 parameters"))
    ['2 quantities', '3 parameters']
    """
    return box.note.split(", ") if box.note else []


def field_width(box: Box) -> float:
    """The width of the field for a leaf's value, in px: for its recorded number, and for usual ones.

    >>> from viz._mathematics.latex import label
    >>> [field_width(Box("n0", "data", label("x"), None, x, None)) for x in (0.5, -1.23e-100)]
    [104.0, 149.0]
    """
    written = number(box.value) if isinstance(box.value, float) else ""
    return max(FIELD, DIGIT * len(written) + 10)


def _box_size(box: Box) -> Size:
    width, height = size(readable(box.heading))
    width, height = width * WIDER * NAME, max(TITLE, height * NAME + 8)
    if box.kind == "group":
        notes = notes_of(box)
        width = max([width, *(len(note) * 0.6 * SLOPE + 40 for note in notes)])
        rows = len(notes) * ROW + (0 if box.value is None else 2 * ROW + NUMBER_LINE)
        return max(NARROWEST, width + 2 * PADDING), height + rows + PADDING
    if box.formula is None:  # its value stands beside its name
        return max(NARROWEST, width + field_width(box) + 3 * PADDING), height + ROW + NUMBER_LINE + PADDING
    for i, part in enumerate(box_formula(box)):
        wide, high = size(part)
        wide, high = wide * WIDER * FORMULA, high * WIDER * FORMULA
        if i:
            width, height = max(width, wide), height + max(high, LINE)
        else:
            width, height = width + wide, max(height, high + 8)
    return max(NARROWEST, width + 2 * PADDING), height + 2 * ROW + NUMBER_LINE + PADDING


def _formula_width(formula: Math | None) -> float:
    return 0.0 if formula is None else size(formula)[0]


def _label_size(formula: Math | None) -> Size:
    """The formula over the number."""
    if formula is None:  # the number alone, between the ends of its line
        return NARROWEST_LABEL + 1.2 * DIGIT, SLOPE_NUMBER
    width, height = size(formula)
    return max(NARROWEST_LABEL, width * WIDER * SLOPE + 6), height * SLOPE + 6 + SLOPE_NUMBER


def _flat_size(formula: Math | None) -> Size:
    """The formula beside the number."""
    if formula is None:
        return _label_size(None)
    width, height = size(formula)
    return width * WIDER * SLOPE + 16 + NARROWEST_LABEL, max(height * SLOPE + 4, SLOPE_NUMBER)


def is_flat(label: Area, formula: Math | None) -> bool:
    """Whether a label has its formula beside its number."""
    return formula is not None and label.height < _label_size(formula)[1]


def edge_svg(route: Route) -> str:
    """An edge as SVG: its line, a bridge as long as its label is empty, and its arrowhead.

    >>> from viz._layout.routes import Area, line
    >>> halves = ((0, 0), *line((0, 0), (30, 0))), ((60, 0), *line((60, 0), (90, 0)))
    >>> print(edge_svg(Route(halves, Area(45, 0, 30, 20))).replace("/>", "/>\\n"), end="")
    <path d="M0 0C10 0 20 0 30 0M60 0C70 0 80 0 78.8 0"/>
    <path class="bridge" d="M30 0L60 0"/>
    <polygon points="90 0 76 6.3 76 -6.3"/>
    """
    *tails, head = route.pieces
    shaft, corners = arrow(head, ARROW, 0.45 * ARROW)  # the line ends inside of its arrowhead
    bridges = (f'<path class="bridge" d="M{_points(tail[-1:])}L{_points(head[:1])}"/>' for tail in tails)
    return (
        f'<path d="{"".join(map(_curve, tails))}{_curve(shaft)}"/>'
        f"{''.join(bridges)}"
        f'<polygon points="{_points(corners)}"/>'
    )


def _curve(points: tuple[Point, ...]) -> str:
    return f"M{_points(points[:1])}C{_points(points[1:])}"


def _points(points: tuple[Point, ...]) -> str:
    return " ".join(f"{round(x, 1):g} {round(y, 1):g}" for x, y in points)
