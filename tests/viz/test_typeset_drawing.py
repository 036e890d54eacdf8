"""The typeset drawing: its numbers, its formulas, and that nothing in it overlaps."""

import itertools
import re
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from contrast import contrast

import nn
import viz
from autograd import Tensor, Value, sigmoid, sin, sqrt
from autograd._graph.node import topological_order
from viz._layout.compose import compose, plan
from viz._layout.places import Layout
from viz._layout.routes import Area
from viz._layout.scene import Curve, Group, Inked, Polygon, Rectangle, Scene, to_svg, walk
from viz._layout.themes import DARK, LIGHT
from viz._mathematics import outlines
from viz._mathematics.latex import label
from viz._mathematics.numerals import number
from viz._mathematics.outlines import Glyph, Ink, mathematics
from viz._mathematics.typeset import to_latex, to_text
from viz._output.render import picture_bytes
from viz._pictures.chain import chain_picture
from viz._pictures.folding import by_neuron
from viz._pictures.operations import operations_picture
from viz._pictures.picture import Picture

pytest.importorskip("ziamath")
pytest.importorskip("pygraphviz")

SVG = "{http://www.w3.org/2000/svg}"


def net(*sizes: int) -> Value:
    inputs = [Value(0.3 * (i + 1), label=f"x_{i}") for i in range(sizes[0])]
    a = nn.MLP(list(sizes), node=Value, rng=0)(inputs)
    return ((np.ravel(a)[0] - Value(1.0, label="y")) ** 2).with_label("C")


def diamond() -> Value:
    x = Value(0.5, label="x")
    u = sin(x).with_label("u")
    return (u * x + x).with_label("f")


def groups(scene: Scene) -> dict[str, Group]:
    return {shape.id: shape for shape in scene.shapes if isinstance(shape, Group)}


def said(group: Group, role: str) -> list[str]:
    return [shape.ink.text for shape in group.shapes if isinstance(shape, Inked) and shape.role == role]


# -- what is written --------------------------------------------------------------------------


def test_every_number_is_the_engines(lecture_chain: Callable[[int], Value]) -> None:
    C = lecture_chain(3)
    C.backward()
    nodes = {node.label: node for node in topological_order(C) if node.label}
    picture = chain_picture(C)
    drawn = groups(compose(picture))
    for box in picture.boxes:
        node = nodes[box.full_name]
        assert said(drawn[box.id], "value") == [number(node.data)]
        assert said(drawn[box.id], "gradient") == [number(node.grad, signed=True)]
    for i, link in enumerate(picture.links):
        assert link.number is not None
        assert said(drawn[f"e{i}"], "number") == [f"= {number(link.number, signed=True)}"]


def test_each_formula_is_in_its_box(lecture_chain: Callable[[int], Value]) -> None:
    picture = chain_picture(lecture_chain(2))
    scene = compose(picture)
    root = ET.fromstring(to_svg(scene))
    elements = {element.get("id", "")[9:]: element for element in root.iter(f"{SVG}g") if element.get("id")}
    for box in picture.boxes:
        latex = [g.get("data-latex") for g in elements[box.id].iter(f"{SVG}g") if g.get("class") == "formula"]
        formula = "" if box.formula is None else f" = {to_latex(box.formula)}"
        assert "".join(map(str, latex)) == to_latex(box.symbol) + formula
    for i, link in enumerate(picture.links):
        [latex] = [
            g.get("data-latex", "")
            for g in elements[f"e{i}"].iter(f"{SVG}g")
            if g.get("class") == "derivative"
        ]
        assert link.symbol is not None
        assert latex.endswith(f"= {to_latex(link.symbol)}")
        assert latex.startswith(r"\frac{\partial")


def test_a_forward_pass_has_no_gradients(lecture_chain: Callable[[int], Value]) -> None:
    scene = compose(chain_picture(lecture_chain(1), grad=False))
    assert not [
        shape for shape in walk(scene.shapes) if isinstance(shape, Inked) and shape.role == "gradient"
    ]
    assert "gradient" not in scene.description


def test_the_words_for_those_who_cannot_see_it(lecture_chain: Callable[[int], Value]) -> None:
    C = lecture_chain(1)
    scene = compose(chain_picture(C))
    assert scene.title == "The computation of C₀"
    for line in ("z⁽¹⁾ = w⁽¹⁾a⁽⁰⁾ + b⁽¹⁾: value 0.30, gradient −0.208.", "∂a⁽¹⁾/∂z⁽¹⁾ = σ′(z⁽¹⁾) = +0.244."):
        assert line in scene.description.splitlines()
    root = ET.fromstring(to_svg(scene))
    named = {element.get("id"): element.text for element in root if element.get("id")}
    assert [named[i] for i in root.get("aria-labelledby", "").split()] == [scene.title, scene.description]


def test_an_undefined_derivative_has_no_number() -> None:
    picture = chain_picture(sqrt(Value(0.0, label="x")).with_label("y"))
    edge = groups(compose(picture))["e0"]
    assert (said(edge, "derivative"), said(edge, "number")) == (["∂y/∂x = 1/(2√x)"], [])


def test_arrays_show_their_shapes() -> None:
    W, a = Tensor(np.ones((3, 2)), label="W"), Tensor(np.ones(2), label="a")
    drawn = groups(compose(chain_picture(sigmoid(W @ a).with_label("z"))))
    assert [said(drawn[i], "value") for i in ("n0", "n1", "n2")] == [["3×2"], ["2"], ["3"]]
    assert said(drawn["n0"], "word") == ["shape", "grad"]


def test_decimal_points_stand_under_one_another() -> None:
    picture = chain_picture((Value(12.5, label="x") * 0.00312).with_label("y"))
    box = groups(compose(picture))["n0"]
    value, gradient = (s for s in box.shapes if isinstance(s, Inked) and s.role in ("value", "gradient"))

    def point(shown: Inked) -> float:
        dots = [m for m in shown.ink.marks if isinstance(m, Glyph)]
        return shown.x + dots[shown.ink.text.index(".")].x

    assert (value.ink.text, gradient.ink.text) == ("12.50", "+0.00312")
    assert point(value) == pytest.approx(point(gradient), abs=0.5)


@pytest.mark.parametrize(
    "latex", ["z^{(1)}", r"\frac{\partial C}{\partial w}", r"-2(a - y)^2", r"\sqrt{x}", "loss", "gjpqy"]
)
def test_letters_stand_where_the_room_for_them_is(latex: str) -> None:
    ink = mathematics(label(latex), 20.0)
    tops, lows, lefts, rights = [], [], [], []
    for mark in ink.marks:
        if isinstance(mark, Glyph):
            numbers = [float(n) * mark.size / 1000 for n in re.findall(r"-?\d+", mark.outline)]
            xs, ys = numbers[::2], numbers[1::2]
            lefts.append(mark.x + min(xs))
            rights.append(mark.x + max(xs))
            tops.append(mark.y + min(ys))
            lows.append(mark.y + max(ys))
    assert -0.5 <= min(lefts) <= max(rights) <= ink.width + 0.5
    assert (min(tops), max(lows)) == pytest.approx((-ink.ascent, ink.descent), abs=0.5)
    assert sorted(lefts) == lefts or "frac" in latex


# -- where it stands --------------------------------------------------------------------------


DRAWINGS: dict[str, Callable[[], Picture]] = {
    "3-4-4-1": lambda: chain_picture(net(3, 4, 4, 1)),
    "folded": lambda: chain_picture(net(2, 3, 1), fold=by_neuron),
    "diamond": lambda: chain_picture(diamond()),
    "sum": lambda: chain_picture(sum((Value(1.0, label=f"x_{i}") for i in range(9)), start=Value(0.0))),
    "operations": lambda: operations_picture(net(2, 2, 1)),
    "twice": lambda: chain_picture((lambda x: x * x)(Value(3.0, label="x"))),
    "leaf": lambda: chain_picture(Value(3.0, label="x")),
}


def extent(ink: Ink, x: float, y: float) -> Area:
    height = ink.ascent + ink.descent
    return Area(x + ink.width / 2, y - ink.ascent + height / 2, ink.width, height)


@pytest.mark.parametrize("name", [*DRAWINGS, "chain"])
def test_nothing_overlaps_and_nothing_is_cut_off(name: str, lecture_chain: Callable[[int], Value]) -> None:
    drawn = plan(chain_picture(lecture_chain(3)) if name == "chain" else DRAWINGS[name]())
    layout = drawn.layout
    labels = {f"label {i}": route.label for i, route in enumerate(layout.routes) if route.label}
    things = {**layout.boxes, **labels}
    for (one, place), (other, place2) in itertools.combinations(things.items(), 2):
        assert not place.overlaps(place2), f"{one} and {other}"
    for one, other in itertools.combinations(layout.layers.values(), 2):
        assert not one.overlaps(other)
    page = Area(layout.width / 2, layout.height / 2, layout.width, layout.height)
    assert (layout.width % 1, layout.height % 1) == (0, 0)
    for place in (*things.values(), *layout.layers.values()):
        assert page.left <= place.left <= place.right <= page.right
        assert page.top <= place.top <= place.bottom <= page.bottom
    for id, block in drawn.boxes.items():
        for thing in block.things:
            inner = extent(thing.ink, thing.x, thing.y)
            assert inner.left >= 4, f"{id}: {thing.ink.text}"
            assert inner.right <= block.width - 4
            assert inner.top >= 2
            assert inner.bottom <= block.height - 1
    check_no_edge_runs_through(list(things.values()), layout)
    if name == "3-4-4-1":
        check_neurons_stand_in_their_order(drawn.picture, layout)


def check_no_edge_runs_through(things: list[Area], layout: Layout) -> None:
    for route in layout.routes:
        for piece in route.pieces:
            for x, y in along(piece):
                for thing in things:
                    assert not thing.overlaps(Area(x, y, 0, 0), -1.5)


def check_neurons_stand_in_their_order(picture: Picture, layout: Layout) -> None:
    for layer in ("⁽¹⁾", "⁽²⁾"):
        ids = [b.id for b in picture.boxes if re.fullmatch(f"z.{layer}", to_text(b.symbol))]
        column = [layout.boxes[id] for id in ids]
        assert len(column) == 4
        assert [place.y for place in column] == sorted(place.y for place in column)
        assert len({round(place.x) for place in column}) == 1


def along(points: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
    """Points on a curve, its ends left out."""
    found = []
    for i in range(0, len(points) - 1, 3):
        p = np.array(points[i : i + 4])
        for t in np.linspace(0, 1, 13):
            found.append(
                (1 - t) ** 3 * p[0] + 3 * t * (1 - t) ** 2 * p[1] + 3 * t * t * (1 - t) * p[2] + t**3 * p[3]
            )
    return [(float(x), float(y)) for x, y in found[1:-1]]


def test_an_edge_runs_into_its_label_and_out_of_it() -> None:
    layout = plan(chain_picture(net(2, 2, 1))).layout
    for route in layout.routes:
        assert route.label is not None
        for x, y in (route.pieces[0][-1], route.pieces[1][0]):
            middle = (x, y) == pytest.approx((x, route.label.y), abs=0.2)
            assert route.label.overlaps(Area(x, y, 0, 0), 0.5)
            assert middle or x == pytest.approx(route.label.x, abs=0.2)


def test_the_main_line_is_straight_with_parameters_over_and_under_it(
    lecture_chain: Callable[[int], Value],
) -> None:
    picture = chain_picture(lecture_chain(3))
    boxes = plan(picture).layout.boxes
    heights = [boxes[i].y for i in picture.spine]
    assert max(heights) - min(heights) < 0.5
    for target, source in picture.above.items():
        assert (boxes[source].x, boxes[source].y < boxes[target].y) == (boxes[target].x, True)
    for target, source in picture.below.items():
        assert (boxes[source].x, boxes[source].y > boxes[target].y) == (boxes[target].x, True)


def test_type_is_large_enough_for_a_projector(lecture_chain: Callable[[int], Value]) -> None:
    """14 points are 18.7 pixels, at 96 to an inch; raised and lowered signs are smaller, as in print."""
    C = lecture_chain(2)
    scene = compose(chain_picture(C))
    sizes = [
        max(mark.size for mark in shape.ink.marks if isinstance(mark, Glyph))
        for shape in walk(scene.shapes)
        if isinstance(shape, Inked)
    ]
    assert min(sizes) / scene.width * 1920 >= 14 * 96 / 72


# -- colours ----------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_all_type_can_be_read(theme: viz.Theme) -> None:
    grounds = [theme.paper, theme.layer, theme.data, theme.parameter, theme.computed, theme.group]
    for ground in grounds:
        for colour in (theme.ink, theme.quiet, theme.positive, theme.negative):
            assert contrast(colour, ground) >= 4.5, f"{colour} on {ground}"


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_only_the_themes_colours_are_used(theme: viz.Theme) -> None:
    svg = to_svg(compose(chain_picture(net(2, 2, 1)), theme))
    used = set(re.findall(r"\"(#[0-9A-F]{6})\"", svg))
    assert used <= set(vars(theme).values())
    assert theme.paper in used


@pytest.mark.parametrize(("slope", "width"), [(1.0, 6.0), (-0.25, 3.6), (9.0, 6.0), (-0.0001, 1.2)])
def test_sign_is_colour_and_sign_and_size_is_width(slope: float, width: float) -> None:
    edge = groups(compose(chain_picture((slope * Value(1.0, label="x")).with_label("y"))))["e0"]
    colour = LIGHT.positive if slope > 0 else LIGHT.negative
    assert {(s.stroke, s.thickness) for s in edge.shapes if isinstance(s, Curve)} == {(colour, width)}
    assert {s.fill for s in edge.shapes if isinstance(s, Polygon)} == {colour}
    [sign] = said(edge, "number")
    assert sign[2] == ("+" if slope > 0 else "−")


def test_what_is_beside_the_point_is_quiet() -> None:
    C = net(2, 2, 1)
    [w] = [node for node in topological_order(C) if node.label == "w_{01}^{(2)}"]
    picture = chain_picture(C, highlight=w)
    drawn = groups(compose(picture))
    for box in picture.boxes:
        border = next(s for s in drawn[box.id].shapes if isinstance(s, Rectangle))
        inks = {s.colour for s in drawn[box.id].shapes if isinstance(s, Inked)}
        assert (border.stroke == LIGHT.faded) is box.faded
        assert (inks == {LIGHT.quiet}) is box.faded
    for i, link in enumerate(picture.links):
        assert (
            next(s for s in drawn[f"e{i}"].shapes if isinstance(s, Curve)).stroke == LIGHT.faded
        ) is link.faded


# -- files ------------------------------------------------------------------------------------


def test_two_drawings_share_no_id_and_one_is_small(lecture_chain: Callable[[int], Value]) -> None:
    one, other = (picture_bytes(viz.draw_chain(lecture_chain(n)), "svg").decode() for n in (2, 3))
    ids = [set(re.findall(r' id="([^"]+)"', svg)) for svg in (one, other)]
    assert all(len(found) > 20 for found in ids)
    assert not ids[0] & ids[1]
    assert len(other) < 150_000
    for svg, own in zip((one, other), ids, strict=True):
        assert {i[1:] for i in re.findall(r'xlink:href="([^"]+)"', svg)} <= own


ODD = [
    "<b>",
    "a:b",
    r"\frac",
    '"q"',
    r"\N\G",
    "{|}",
    "a & b",
    "🙂",
    "x" * 200,
    "two\nlines",
    "",
    "\\",
    "权",
    "&amp;",
]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("draw", [viz.draw, viz.draw_chain])
@pytest.mark.usefixtures("fonts_of_every_sign")
def test_odd_labels(draw: Callable[[Value], viz._output.dot.Drawing], odd: str) -> None:
    drawing = draw((Value(2.0, label=odd) * Value(3.0, label="w")).with_label(odd or "y"))
    svg = picture_bytes(drawing, "svg").decode("utf-8")
    words = [g.get("aria-label", "") for g in ET.fromstring(svg).iter(f"{SVG}g")]
    shown = " ".join(odd.split()) or "v₁"
    shown = shown if len(shown) <= 24 else shown[:23] + "…"
    assert any(word.startswith(shown) for word in words)
    assert picture_bytes(drawing, "pdf").startswith(b"%PDF")
    assert "\x00" not in viz.mermaid(drawing) + viz.tree(drawing)


def test_the_same_graph_gives_the_same_bytes() -> None:
    for form in ("svg", "pdf"):
        one, other = (picture_bytes(viz.draw_chain(diamond()), form) for _ in range(2))
        assert one == other


def test_the_typesetters_settings_are_left_as_they_were() -> None:
    import ziamath

    before = ziamath.config.svg2, ziamath.config.precision
    ziamath.config.svg2, ziamath.config.precision = False, 1
    try:
        svg = to_svg(compose(chain_picture((Value(2.0, label="q_9") * 5).with_label("Q"))))
        assert (ziamath.config.svg2, ziamath.config.precision) == (False, 1)
    finally:
        ziamath.config.svg2, ziamath.config.precision = before
    assert svg.count("<use") > 8


def test_one_thread_at_a_time_reads_the_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The libraries read a font through one place in its file: two threads at once get wrong letters."""
    inside: list[str] = []
    together: list[int] = []

    def reading(what: str, size: float) -> Ink:
        inside.append(what)
        together.append(len(inside))
        time.sleep(0.005)
        inside.remove(what)
        return Ink(size, size, size, (), what)

    monkeypatch.setattr(outlines, "_typeset", lambda m, size: reading(to_text(m), size))
    monkeypatch.setattr(outlines, "_words", reading)
    sizes = [20.001 + i / 1000 for i in range(10)]  # that nothing else has set yet
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(mathematics, [label("x")] * 10, sizes))
        list(threads.map(outlines.words, ["x"] * 10, sizes))
    mathematics.cache_clear()
    outlines.words.cache_clear()
    assert together == [1] * 20
