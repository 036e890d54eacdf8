"""Drawings composed for a slide: legible, complete, in order, and nothing over another."""

import itertools
import random
import re
import sys
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pytest
from scalar_programs import random_graph

import nn
import viz
from autograd import Value, exp, log, sigmoid
from autograd._derivatives.sweeps import adjoints
from autograd._graph.node import topological_order
from viz._layout.routes import Area
from viz._layout.scene import Group, Inked, Rectangle, Scene, smallest_type, walk
from viz._layout.slide.fitting import Composition, a_size, composed, slide_scene
from viz._mathematics.numerals import number
from viz._mathematics.typeset import to_text
from viz._output import missing, render
from viz._output.moving.animation import _moments
from viz._pictures.chain import chain_picture
from viz._pictures.picture import Picture

pytest.importorskip("ziamath")


def net(*sizes: int) -> Value:
    mlp = nn.MLP(list(sizes), node=Value, rng=0)
    y = [Value(float(i == 0), label=f"y_{i}") for i in range(sizes[-1])]
    return nn.quadratic_cost(mlp(list(np.linspace(0.3, 0.9, sizes[0]))), y).with_label("C_0")


def chain(layers: int) -> Value:
    a = Value(0.5, label="a^{(0)}")
    for k in range(1, layers + 1):
        z = (Value(1.2 - k, label=f"w^{{({k})}}") * a + Value(0.3, label=f"b^{{({k})}}")).with_label(
            f"z^{{({k})}}"
        )
        a = sigmoid(z).with_label(f"a^{{({k})}}")
    return ((a - Value(1.0, label="y")) ** 2).with_label("C_0")


def batch() -> Value:
    """One neuron, and the mean cost of three examples."""
    w, b = Value(1.2, label="w"), Value(-0.3, label="b")
    costs = []
    for k, (x, y) in enumerate([(0.5, 1.0), (0.2, 0.0), (0.9, 1.0)], 1):
        a = sigmoid((w * Value(x, label=f"x_{k}") + b).with_label(f"z_{k}")).with_label(f"a_{k}")
        costs.append(((a - Value(y, label=f"y_{k}")) ** 2).with_label(f"C_{k}"))
    return (sum(costs[1:], costs[0]) / 3).with_label("C")


def cross_entropy(n: int) -> Value:
    a = np.array([Value(0.95 - 0.3 * i, label=f"a_{i}") for i in range(n)], object)
    return nn.cross_entropy(a, np.eye(n)[0]).with_label("C_0")


def softmax_by_hand(n: int) -> Value:
    e = [exp(Value(0.95 - 0.3 * i, label=f"a_{i}")).with_label(f"e_{i}") for i in range(n)]
    S = sum(e[1:], e[0]).with_label("S")
    s = [(v / S).with_label(f"s_{i}") for i, v in enumerate(e)]
    y = [Value(float(i == 0), label=f"y_{i}") for i in range(n)]
    return (-sum((y[i] * log(s[i]) for i in range(1, n)), y[0] * log(s[0]))).with_label("C_0")


def shared_weight() -> Value:
    """One weight in three layers: its edges pass two columns."""
    w, a = Value(0.8, label="w"), Value(0.5, label="x")
    for k in (1, 2, 3):
        a = sigmoid((w * a).with_label(f"z_{k}")).with_label(f"a_{k}")
    return ((a - Value(1.0, label="y")) ** 2).with_label("C")


SLIDES: dict[str, Callable[[], Value]] = {
    "chain of three": lambda: chain(3),
    "2-3-1": lambda: net(2, 3, 1),
    "3-4-2": lambda: net(3, 4, 2),
    "six layers deep": lambda: net(*[1] * 7),
    "batch of three": batch,
    "softmax over 3": lambda: cross_entropy(3),
    "softmax over 10": lambda: cross_entropy(10),
    "softmax over 3 by hand": lambda: softmax_by_hand(3),
    "softmax over 10 by hand": lambda: softmax_by_hand(10),
    "a shared weight": shared_weight,
}


@pytest.mark.parametrize("name", SLIDES)
def test_a_slide(name: str) -> None:
    """All that must hold of a picture on a slide, in one test: what is drawn once takes long."""
    picture = chain_picture(SLIDES[name]())
    composition = composed(picture)
    scene = slide_scene(composition)
    check_the_back_row_can_read_it(scene)
    check_every_number_is_there(picture, composition, scene)
    check_nothing_stands_over_another(composition, scene)
    if name in ("softmax over 10", "softmax over 3 by hand", "3-4-2", "batch of three"):
        check_siblings_stand_in_their_order(name, picture, composition)
    if name == "chain of three":
        check_a_long_chain_goes_on_in_the_next_row(picture, composition)


def check_the_back_row_can_read_it(scene: Scene) -> None:
    assert smallest_type(scene) >= 20
    assert (scene.width, scene.height) == (1440, 810)  # points: 1920 by 1080 pixels


def check_every_number_is_there(picture: Picture, composition: Composition, scene: Scene) -> None:
    texts: dict[str, list[str]] = {}
    for group in scene.shapes:
        if isinstance(group, Group):
            for shape in group.shapes:
                if isinstance(shape, Inked):
                    texts.setdefault(shape.role, []).append(shape.ink.text.removeprefix("= "))
    # A weight on its edge is the derivative along the edge, and its own derivative is the edge's beginning.
    on_edges = set(composition.plan.weights.values())
    links = [
        link
        for i, link in enumerate(picture.links)
        if i not in composition.plan.weights and link.source not in on_edges
    ]
    assert sorted(texts["value"]) == sorted(number(box.value) for box in picture.boxes)
    assert sorted(texts["gradient"]) == sorted(number(box.gradient, signed=True) for box in picture.boxes)
    assert sorted(texts["number"]) == sorted(number(link.number, signed=True) for link in links)


def check_nothing_stands_over_another(composition: Composition, scene: Scene) -> None:
    layout = composition.plan.layout
    labels = {f"label {i}": route.label for i, route in enumerate(layout.routes) if route.label}
    labels = {key: at for key, at in labels.items() if composition.plan.labels[int(key.split()[1])]}
    things = {**layout.boxes, **labels}
    for (one, at), (other, at2) in itertools.combinations(things.items(), 2):
        assert not at.overlaps(at2, -0.5), f"{one} and {other}"
    for route in layout.routes:
        for piece in route.pieces:
            for x, y in along(piece):
                for name_, thing in things.items():
                    assert not thing.overlaps(Area(x, y, 0, 0), -1.5), name_
    for shape in walk(scene.shapes):
        if isinstance(shape, Inked):
            assert 0 <= shape.x <= shape.x + shape.ink.width <= scene.width
            assert 0 <= shape.y - shape.ink.ascent <= shape.y + shape.ink.descent <= scene.height


def along(points: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
    t = np.linspace(0, 1, 9)[:, None]
    out: list[tuple[float, float]] = []
    for i in range(0, len(points) - 1, 3):
        a, b, c, d = (np.array(p) for p in points[i : i + 4])
        out += map(tuple, (1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t * t * (1 - t) * c + t**3 * d)
    return out[1:-1]


def labelled(C: Value, label: str) -> Value:
    (node,) = (n for n in topological_order(C) if n.label == label)
    assert isinstance(node, Value)
    return node


@pytest.mark.parametrize("theme", [viz.LIGHT, viz.DARK])
def test_the_chain_rule_of_a_highlighted_weight_stands_at_the_foot(theme: viz.Theme) -> None:
    """Each factor has the number and the colour of its edge, in the picture as under it."""
    C = SLIDES["2-3-1"]()
    w = labelled(C, "w_{10}^{(1)}")
    drawing = viz.draw_chain(C, highlight=w, size=(1920, 1080))
    scene = slide_scene(composed(drawing.picture, theme))
    assert smallest_type(scene) >= 20
    (foot,) = (shape for shape in scene.shapes if isinstance(shape, Group) and shape.kind == "chain-rule")
    inked = [shape for shape in foot.shapes if isinstance(shape, Inked)]
    assert foot.says.startswith("∂C₀/∂w₁₀⁽¹⁾ = ∂z₁⁽¹⁾/∂w₁₀⁽¹⁾ · ∂a₁⁽¹⁾/∂z₁⁽¹⁾ · ")
    rule = viz.chain_rule(C, w)
    (path,) = rule.paths
    rows: dict[float, list[Inked]] = {}
    for shape in inked:
        if shape.role == "caption":
            rows.setdefault(round(shape.y, 3), []).append(shape)
    lines = [
        " ".join(shape.ink.text for shape in sorted(row, key=lambda shape: shape.x)) for row in rows.values()
    ]
    assert [re.sub(r"\s", "", one) for one in lines] == [re.sub(r"\s", "", t) for t in _rows_of(rule.text)]
    colours = [theme.sign(f.number or 0.0) for f in path.factors]
    badges = [shape for shape in walk(scene.shapes) if isinstance(shape, Inked) and shape.role == "badge"]
    assert sorted(shape.ink.text for shape in badges) == [*"1122334455"]
    discs = [shape for shape in walk(scene.shapes) if isinstance(shape, Rectangle) and shape.fill in colours]
    for badge in badges:
        disc = next(d for d in discs if 0 < badge.x - d.x < d.width and 0 < badge.y - d.y < d.height)
        assert disc.fill == colours[int(badge.ink.text) - 1]


def test_a_chain_rule_takes_the_room_that_its_drawing_leaves() -> None:
    w, a, b = Value(1.2, label="w"), Value(0.5, label="a"), Value(-0.3, label="b")
    z = (w * a + b).with_label("z")
    slide = composed(chain_picture(((z - 1) ** 2).with_label("C"), highlight=w))
    assert slide.worked is not None
    assert slide.worked.height / 0.75 > 210  # 185 in the type of a chain rule that shares its slide
    assert slide.scale * slide.plan.layout.height + slide.foot <= 1080 - 2 * 12 + 1e-9


def _rows_of(text: str) -> list[str]:
    """The lines of a chain rule, its result behind its last product."""
    *lines, last, result = text.splitlines()
    return [*lines, last + result]


def test_a_sum_over_a_layer_stands_at_the_foot() -> None:
    C = SLIDES["3-4-2"]()
    rule = viz.chain_rule(C, labelled(C, "w_{10}^{(1)}"))
    scene = slide_scene(composed(viz.draw_chain(C, highlight=rule.quantity).picture))
    assert smallest_type(scene) >= 20
    text = [s.ink.text for s in walk(scene.shapes) if isinstance(s, Inked) and s.role == "caption"]
    first, *_ = rule.text.splitlines()
    assert text[0] == first
    assert text[0].endswith("sum over layer 2")
    assert text[-1].endswith(rule.text.splitlines()[-1].strip())
    weights = [s for s in walk(scene.shapes) if isinstance(s, Inked) and s.ink.text.startswith("w₁₀⁽¹⁾ =")]
    assert [s.colour for s in weights] == [viz.LIGHT.ink]  # its edge is faded, the weight is not


def test_without_derivatives_weights_stand_on_their_edges() -> None:
    scene = slide_scene(composed(viz.draw_chain(net(3, 4, 1), derivatives=False).picture))
    texts = [s.ink.text for s in walk(scene.shapes) if isinstance(s, Inked)]
    assert smallest_type(scene) >= 20
    assert sum(text.startswith("w") and text.endswith("=") for text in texts) == 16
    assert not any("∂" in text or "grad" in text or "local" in text or "derivative" in text for text in texts)


def check_siblings_stand_in_their_order(name: str, picture: Picture, composition: Composition) -> None:
    boxes = composition.plan.layout.boxes
    columns: dict[str, list[tuple[str, float]]] = {}
    for box in picture.boxes:
        if box.id in boxes:
            key = f"{box.full_name[:1]} {box.layer} {round(boxes[box.id].x)}"
            columns.setdefault(key, []).append((box.full_name, boxes[box.id].y))
    siblings = [column for column in columns.values() if len(column) > 1]
    assert siblings
    for column in siblings:
        heights = [y for _, y in sorted(column)]
        assert heights == sorted(heights), column
    if name == "batch of three":  # a_3 over y_3, as a_1 over y_1
        y = {box.full_name: boxes[box.id].y for box in picture.boxes}
        assert all(y[f"a_{k}"] < y[f"y_{k}"] for k in (1, 2, 3))


def test_folded_boxes_that_use_one_another_have_an_edge_back_under_all_others() -> None:
    titles = {"z": "sums", "a": "activations"}
    picture = chain_picture(shared_weight(), fold=lambda symbol: titles.get(to_text(symbol)[0]))
    layout = composed(picture).plan.layout
    assert len(layout.routes) == len(picture.links)
    lowest = max(box.bottom for box in layout.boxes.values())
    back = [
        max(y for piece in route.pieces for _, y in piece) > lowest
        for link, route in zip(picture.links, layout.routes, strict=True)
        if layout.boxes[link.source].x > layout.boxes[link.target].x
    ]
    assert back == [True]


def check_a_long_chain_goes_on_in_the_next_row(picture: Picture, composition: Composition) -> None:
    places = [composition.plan.layout.boxes[i] for i in picture.spine]
    rows = sorted({round(at.y) for at in places})
    assert len(rows) == 2
    for row in rows:
        xs = [at.x for at in places if round(at.y) == row]
        assert xs == sorted(xs)


def test_before_the_first_lesson_on_derivatives_there_is_none() -> None:
    a = [Value(0.1 * i, label=f"a_{i}") for i in (1, 2, 3)]
    w = [Value(0.3 * i, label=f"w_{i}") for i in (1, 2, 3)]
    total = sum((w[i] * a[i] for i in (1, 2)), w[0] * a[0]) + Value(-10.0, label="b")
    neuron = sigmoid(total.with_label("z")).with_label("a")
    drawing = viz.draw_chain(neuron, derivatives=False, size=(1920, 1080))
    scene = slide_scene(composed(drawing.picture))
    roles = {shape.role for shape in walk(scene.shapes) if isinstance(shape, Inked)}
    assert roles == {"formula", "value", "word"}
    text = viz.tree(drawing) + viz.mermaid(drawing) + drawing.source + scene.description
    assert "∂" not in text
    assert "grad" not in text
    boxes = {box.full_name: box.id for box in drawing.picture.boxes}
    for d in (drawing.picture, chain_picture(neuron)):
        layout = composed(d).plan.layout.boxes
        column = [layout[boxes[f"a_{{{i}}}" if f"a_{{{i}}}" in boxes else f"a_{i}"]] for i in (1, 2, 3)]
        assert [at.y for at in column] == sorted(at.y for at in column)
        assert len({round(at.left + at.right) for at in column}) == 1


@pytest.mark.parametrize("size", [(1280, 720), (1080, 1920), (1000, 333)])
def test_a_png_has_exactly_those_pixels(size: tuple[int, int], tmp_path) -> None:
    pytest.importorskip("resvg_py")
    y = (2 * Value(3.0, label="x")).with_label("y")
    for drawing in (viz.draw_chain(y, size=size), viz.draw(y, size=size)):
        data = viz.render(drawing, tmp_path / "y.png").read_bytes()
        assert tuple(int.from_bytes(data[i : i + 4], "big") for i in (16, 20)) == size


@pytest.mark.parametrize("size", [1920, (1920,), (1920, "a"), (10, 1080), (1920.5, 1080), (True, 100)])
def test_a_size_that_is_none(size) -> None:
    with pytest.raises(ValueError, match=r"size"):
        a_size(size)


def test_the_last_frame_is_the_still_and_captions_are_large(tmp_path) -> None:
    y = (2 * Value(3.0, label="x") + Value(1.0, label="b")).with_label("y")
    paths = viz.frames((y * y).with_label("C"), tmp_path)
    still = viz.render(viz.draw_chain((y * y).with_label("C"), size=(1920, 1080)), tmp_path / "still.svg")
    assert paths[-1].read_bytes().startswith(still.read_bytes())
    composition = composed(chain_picture((y * y).with_label("C")))
    for moment, caption in _moments(composition.plan.picture):
        scene = slide_scene(composition, moment, caption)
        sizes = [
            max(mark.size for mark in s.ink.marks if hasattr(mark, "size")) / 0.75
            for s in walk(scene.shapes)
            if isinstance(s, Inked) and s.role == "caption"
        ]
        assert all(size >= 36 - 1e-9 for size in sizes)
        assert bool(sizes) is bool(caption)


# -- true slides ----------------------------------------------------------------------------------


def used_before(seed: int) -> tuple[Value, list[Value]]:
    """A result on a random graph that is full of other results' gradients, and whose leaves have changed."""
    x, w, nodes = random_graph(seed, 2, 3, 9)
    draw = random.Random(seed)
    for i, node in enumerate(nodes[5:]):
        if draw.random() < 0.6:
            nodes[5 + i] = node.with_label(f"v_{{{i}}}") if node.label is None else node
    result = (sum(nodes[-2:], nodes[-3] * 0.5)).with_label("C")
    for other in (nodes[-2], result, result):
        if not other.is_leaf:
            other.backward()
    for leaf in (*x, *w):
        leaf.data += 0.25
    return result, [*x, *w]


@pytest.mark.parametrize("seed", range(40))
def test_what_is_printed_is_what_chain_rule_and_the_engine_say(seed: int) -> None:
    C, leaves = used_before(seed)
    picture = chain_picture(C)
    slopes = adjoints(C, 1.0)
    for box in picture.boxes:
        (node,) = picture.nodes[box.id]
        assert box.gradient == pytest.approx(slopes.get(node, 0.0), rel=1e-12, abs=1e-15)
        if not node.is_leaf:
            assert box.value == node.data
        elif node in leaves:
            assert box.value == pytest.approx(node.data - 0.25, abs=1e-15)
    result = picture.boxes[-1]
    captions = []
    for _, caption in _moments(picture):
        for equation in caption:
            captions.append("".join(map(to_text, equation)))
            *_, calculation, total = ["", *map(to_text, equation)]
            calculation = calculation.removeprefix("= ")
            if re.fullmatch(r"[-−()·+e0-9. ]*[·+][-−()·+e0-9. ]*", calculation):
                printed = Decimal(total.removeprefix("= ").replace("−", "-"))
                numbers = re.sub(r"−?[\d.]+(?:e−?\d+)?", r"Decimal('\g<0>')", calculation.replace("·", "*"))
                calculated = eval(numbers.replace("−", "-"), {"Decimal": Decimal})
                unit = Decimal(1).scaleb(printed.as_tuple().exponent)
                assert abs(calculated - printed) * 2 <= unit, captions[-1]
    leaf = next(box for box in picture.boxes if picture.nodes[box.id][0].is_leaf and box.gradient)
    assert number(viz.chain_rule(C, picture.nodes[leaf.id][0]).value) == number(leaf.gradient)
    total = f"= {number(result.value)}"
    assert any(caption.endswith(total) for caption in captions)


# -- files ----------------------------------------------------------------------------------------


def test_a_sign_that_no_font_has_is_named(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("resvg_py")
    monkeypatch.setattr(missing, "_drawn", lambda sign: b"an empty box")
    missing._is_shown.cache_clear()
    drawing = viz.draw_chain((2 * Value(3.0, label="权")).with_label("y"))
    for form in ("png", "pdf"):
        with pytest.warns(UserWarning, match=r"no font of this machine has '权'"):
            viz.render(drawing, tmp_path / f"y.{form}")
    missing._is_shown.cache_clear()


def test_without_a_library_a_drawing_of_a_size_is_refused(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawing = viz.draw_chain(chain(1), size=(640, 360))
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(RuntimeError, match=r'pip install "chainrule\[drawings\]"'):
        viz.render(drawing, tmp_path / "a.png")
    monkeypatch.setattr(render, "available", lambda: False)
    with pytest.raises(RuntimeError, match="pip install ziamath"):
        viz.render(drawing, tmp_path / "a.svg")
    assert not list(tmp_path.iterdir())


def test_other_readers_of_svg_find_no_size_that_they_do_not_know(tmp_path) -> None:
    """CairoSVG draws nothing, and svglib raises, where a height is auto outside of @media."""
    text = viz.render(
        viz.draw_chain((2 * Value(3.0, label="x")).with_label("y")), tmp_path / "y.svg"
    ).read_text()
    assert "auto" not in re.sub(r"@media screen \{[^}]*\}\s*\}", "", text)
    assert ' style="' not in text
