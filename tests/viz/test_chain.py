"""The lecture's picture: its boxes and links, and the DOT they become."""

import html
import itertools
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import viz
from autograd import Tensor, Value, sigmoid, sin, sqrt
from autograd._graph.node import topological_order
from viz._layout.graphviz_programs import graphviz_output
from viz._mathematics.numerals import number
from viz._mathematics.typeset import to_text
from viz._pictures.chain import chain_picture

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"


def lines(drawing: viz._output.dot.Drawing) -> list[str]:
    """The lines of the labels in a drawing's DOT."""
    labels = re.findall(r'label="([^"]*)"', drawing.source)
    return [line.strip("\N{NO-BREAK SPACE}") for label in labels for line in label.split(r"\n")]


def test_boxes_are_the_labelled_quantities(lecture_chain) -> None:  # type: ignore[no-untyped-def]
    picture = chain_picture(lecture_chain(1))
    assert [
        (b.id, b.kind, to_text(b.symbol), b.formula and to_text(b.formula), b.layer) for b in picture.boxes
    ] == [
        ("n0", "parameter", "w⁽¹⁾", None, "1"),
        ("n1", "data", "a⁽⁰⁾", None, "0"),
        ("n2", "parameter", "b⁽¹⁾", None, "1"),
        ("n3", "result", "z⁽¹⁾", "w⁽¹⁾a⁽⁰⁾ + b⁽¹⁾", "1"),
        ("n4", "result", "a⁽¹⁾", "σ(z⁽¹⁾)", "1"),
        ("n5", "data", "y", None, None),
        ("n6", "result", "C₀", "(a⁽¹⁾ − y)²", None),
    ]
    assert [(k.title, k.boxes) for k in picture.layers] == [("layer 1", ("n0", "n2", "n3", "n4"))]
    assert picture.spine == ("n1", "n3", "n4", "n6")
    assert (picture.below, picture.above) == ({"n3": "n0"}, {"n3": "n2", "n6": "n5"})


def test_the_numbers_are_the_engines(lecture_chain) -> None:  # type: ignore[no-untyped-def]
    C = lecture_chain(3)
    C.backward()
    nodes = {node.label: node for node in topological_order(C) if node.label}
    picture = chain_picture(C)
    for box in picture.boxes:
        node = nodes[box.full_name]
        assert (box.value, box.gradient) == (node.data, node.grad)
    # The chain rule, on the drawing: a gradient is the sum over the edges of number · gradient.
    gradients = {box.id: box.gradient for box in picture.boxes}
    for box in picture.boxes[:-1]:
        terms = [e.number * gradients[e.target] for e in picture.links if e.source == box.id]  # type: ignore[operator]
        assert math.fsum(terms) == pytest.approx(box.gradient, rel=1e-12)
    said = lines(viz.draw_chain(C))
    for node in nodes.values():
        assert f"value {number(node.data)}" in said
        assert f"grad {number(node.grad, signed=True)}" in said


def test_every_edge_says_its_derivative(lecture_chain) -> None:  # type: ignore[no-untyped-def]
    """Beside its edge; in the box of a leaf over or under its target, whose edge is short."""
    said = lines(viz.draw_chain(lecture_chain(2)))
    for text in (
        "∂z⁽²⁾/∂w⁽²⁾ = a⁽¹⁾ = +0.574",
        "∂z⁽²⁾/∂b⁽²⁾ = 1 = +1.00",
        "∂C₀/∂y = −2(a⁽²⁾ − y) = +1.25",
    ):
        assert text in said
    for pair in (
        ["∂z⁽²⁾/∂a⁽¹⁾ = w⁽²⁾", "= −1.60"],
        ["∂a⁽²⁾/∂z⁽²⁾ = σ′(z⁽²⁾)", "= +0.234"],
        ["∂C₀/∂a⁽²⁾ = 2(a⁽²⁾ − y)", "= −1.25"],
    ):
        assert pair in [said[i : i + 2] for i in range(len(said))]


def test_x_times_x_has_two_edges() -> None:
    x = Value(3.0, label="x")
    square = (x * x).with_label("y")
    links = chain_picture(square).links
    assert [(k.source, k.target, k.use, k.number) for k in links] == [
        ("n0", "n1", 1, 3.0),
        ("n0", "n1", 2, 3.0),
    ]
    assert viz.draw_chain(square).source.count("n0 -> n1") == 2


def test_a_diamond_keeps_its_paths_apart() -> None:
    x = Value(0.5, label="x")
    u = sin(x).with_label("u")
    f = (u * x + x).with_label("f")
    assert [(k.source, k.target, k.use, to_text(k.symbol)) for k in chain_picture(f).links] == [  # type: ignore[arg-type]
        ("n0", "n1", 0, "cos(x)"),
        ("n1", "n2", 0, "x"),
        ("n0", "n2", 1, "u"),
        ("n0", "n2", 2, "1"),
    ]


def test_a_leaf_used_elsewhere_too_stays_out_of_the_column() -> None:
    w, a = Value(2.0, label="w"), Value(0.5, label="a")
    z = (w * a).with_label("z")
    assert chain_picture(z).above == {"n2": "n0"}
    assert chain_picture((z * w).with_label("C")).above == {}


def test_what_has_no_label_gets_a_name() -> None:
    taken = Value(2.0, label="v_1")
    f = taken * Value(3.0) + Value(4.0, label="")
    assert [to_text(box.symbol) for box in chain_picture(f).boxes] == ["v₁", "v₂", "v₃", "v₄"]
    assert to_text(chain_picture(f).boxes[-1].formula) == "v₁v₂ + v₃"  # type: ignore[arg-type]


def test_constants_stay_in_the_formula() -> None:
    picture = chain_picture((2 * Value(3.0, label="x") + 1).with_label("y"))
    assert [to_text(box.formula) for box in picture.boxes if box.formula] == ["2x + 1"]
    assert len(picture.boxes) == 2


def test_a_lone_leaf_is_one_box() -> None:
    assert "->" not in viz.draw_chain(Value(3.0, label="x")).source


def test_a_leaf_changed_since_shows_the_number_the_pass_saw() -> None:
    w, a = Value(2.0, label="w"), Value(5.0, label="a")
    product = (w * a).with_label("z")
    w.data = 100.0
    assert [box.value for box in chain_picture(product).boxes] == [2.0, 5.0, 10.0]


def test_an_undefined_derivative_has_its_formula_and_no_number() -> None:
    drawing = viz.draw_chain(sqrt(Value(0.0, label="x")).with_label("y"))
    [link] = drawing.picture.links
    assert (link.text(), link.number) == ("∂y/∂x = 1/(2√x)", None)
    assert "∂y/∂x = 1/(2√x)" in lines(drawing)
    assert not [line for line in lines(drawing) if line.startswith("= ")]


def test_arrays_show_their_shapes() -> None:
    W, a = Tensor(np.ones((3, 2)), label="W"), Tensor(np.ones(2), label="a")
    z = sigmoid(W @ a).with_label("z")
    boxes = chain_picture(z).boxes
    assert [(box.value, box.gradient) for box in boxes] == [("3×2", "3×2"), ("2", "2"), ("3", "3")]
    assert "shape 3×2" in lines(viz.draw_chain(z))


COLOURS = {True: viz.LIGHT.positive, False: viz.LIGHT.negative}


@pytest.mark.parametrize(("slope", "width"), [(1.0, "6.0"), (-0.25, "3.6"), (9.0, "6.0"), (-0.0001, "1.2")])
def test_sign_is_colour_and_size_is_width(slope: float, width: str) -> None:
    y = (slope * Value(1.0, label="x")).with_label("y")
    [edge] = [line for line in viz.draw_chain(y).source.splitlines() if "->" in line]
    assert f'color="{COLOURS[slope > 0]}"' in edge
    assert f"penwidth={width}" in edge
    assert f"= {number(slope, signed=True)}" in edge
    assert f'fontcolor="{COLOURS[slope > 0]}"' in edge


def test_too_many_quantities_are_refused() -> None:
    total = sum((Value(1.0, label="x") for _ in range(200)), start=Value(0.0, label="b"))
    with pytest.raises(ValueError, match=r"202 labelled quantities .* limit is 150.*limit=202"):
        viz.draw_chain(total)
    assert viz.draw_chain(total, limit=202).source.count("->") == 201


@pytest.mark.parametrize("draw", [viz.draw, viz.draw_chain])
@pytest.mark.parametrize("limit", ["a", True, 0, 2.5])
def test_a_limit_is_a_whole_number(draw, limit) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=f"limit is a whole number from 1, not {limit!r}"):
        draw(Value(1.0) * 2, limit=limit)


@pytest.mark.parametrize("draw", [viz.draw, viz.draw_chain])
def test_only_nodes_are_drawn(draw) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(TypeError, match="int"):
        draw(3)


def test_the_dot_of_a_small_picture() -> None:
    """Golden texts: when a change is meant, look at the picture, then write the file anew."""
    x = Value(3.0, label="x^{(0)}")
    y = (2 * x).with_label("y^{(1)}")
    assert viz.draw_chain(y).source == (GOLDEN / "chain.gv").read_text(encoding="utf-8")
    assert viz.draw(y * y).source == (GOLDEN / "operations.gv").read_text(encoding="utf-8")


SCRIPT = """
from autograd import Value, sigmoid
import viz
x, w = Value(0.5, label="x^{(0)}"), Value(2.0, label="w^{(1)}")
z = (w * x + 1).with_label("z^{(1)}")
C = ((sigmoid(z) - x) ** 2).with_label("C")
print(viz.draw_chain(C).source, viz.draw(C).source)
"""


def test_the_dot_text_is_the_same_in_every_run() -> None:
    def run(seed: str) -> bytes:
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": str(ROOT),
            "PYTHONIOENCODING": "utf-8",
        }
        return subprocess.run(
            [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, check=True
        ).stdout

    assert run("1") == run("2")


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
    "&amp;",
    "</TABLE>",
    "\\",
]


@pytest.mark.parametrize("draw", [viz.draw, viz.draw_chain])
@pytest.mark.parametrize("odd", ODD)
def test_odd_labels_are_shown_as_they_are(draw, odd: str) -> None:  # type: ignore[no-untyped-def]
    y = (Value(2.0, label=odd) * 3).with_label("y")
    svg = graphviz_output(draw(y).source, "svg").decode("utf-8")
    shown = html.unescape("".join(re.findall(r"<text[^>]*>(.*?)</text>", svg)))
    expected = " ".join(odd.split()) if len(odd) <= 24 else odd[:23] + "…"
    assert expected.replace(" ", "") in re.sub(r"\s", "", shown)


def test_the_main_line_of_the_lecture_is_straight_and_nothing_overlaps(lecture_chain) -> None:  # type: ignore[no-untyped-def]
    C = lecture_chain(3)
    picture = chain_picture(C)
    placed = _places(viz.draw_chain(C))
    heights = [placed[i][1] for i in picture.spine]
    assert max(heights) - min(heights) < 2
    for target, source in picture.above.items():
        assert placed[source][1] > placed[target][1]
    for target, source in picture.below.items():
        assert placed[source][1] < placed[target][1]
    for (x, y, w, h), (x2, y2, w2, h2) in itertools.combinations(placed.values(), 2):
        assert abs(x - x2) >= (w + w2) / 2 or abs(y - y2) >= (h + h2) / 2


def _places(drawing: viz._output.dot.Drawing) -> dict[str, tuple[float, float, float, float]]:
    """Centre, width and height of every box, in points, as Graphviz sets them."""
    pygraphviz = pytest.importorskip("pygraphviz")
    graph = pygraphviz.AGraph(string=drawing.source)
    graph.layout(prog="dot")
    places = {}
    for node in graph.nodes():
        x, y = map(float, node.attr["pos"].split(","))
        places[str(node)] = (x, y, 72 * float(node.attr["width"]), 72 * float(node.attr["height"]))
    return places
