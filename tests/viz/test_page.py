"""The lecture page as a file: its contents, its errors, and the graph unchanged."""

import html.parser
import itertools
import json
import math
import pickle
import re
import stat
import warnings
from collections.abc import Iterator
from importlib import resources

import numpy as np
import pytest

import nn
import viz
from autograd import Tensor, Value, erf, exp, log, maximum, no_grad, sigmoid, softmax, sqrt, tanh, where
from autograd._derivatives.sweeps import adjoints
from autograd._graph.node import topological_order
from viz._formulas.trace import Tracer
from viz._layout.routes import Area
from viz._mathematics.typeset import to_text
from viz._pages.chain import lecture_page
from viz._pages.chain.bounds import ranges
from viz._pages.chain.document import document
from viz._pages.chain.folded import folded
from viz._pages.chain.layout import box_formula, edge_svg, laid_out, link_formula
from viz._pages.chain.live import FIRST, read
from viz._pages.chain.recording import Recording, record
from viz._pictures.chain import chain_picture
from viz._pictures.steps import PassStep, steps_of


def calculate(recording) -> list[float | None]:
    """The program in Python, with the rows' own functions: what the page's script does."""
    rows, found = {row.name: row for row in recording.rows()}, []
    for cell in recording.program.cells:
        if isinstance(cell, float):
            found.append(cell)
            continue
        name, *places = cell
        args = [found[i] for i in places]
        try:
            found.append(None if None in args else rows[name].on_floats(*args))
        except ArithmeticError:
            found.append(None)
        except ValueError:
            found.append(None)
    return found


def steps_on_the_page(recording: Recording) -> list[PassStep]:
    return list(steps_of(recording.picture, recording.numbers()))


def said(step, numbers) -> str:
    """A step's text with its numbers, those that may need parentheses in brackets."""
    live = ((c, read(c)) for c in step.text)
    return "".join(
        c if n is None else (f"[{numbers[n.slot]:.2f}]" if n.guard else f"{numbers[n.slot]:.2f}")
        for c, n in live
    )


def several_paths() -> Value:
    x, w = Value(3.0, label="x"), Value(-0.4, label="w")
    a = (x * x + w).with_label("a")
    b = (x * w * tanh(x)).with_label("b")
    return (exp(b) * a + a / b + erf(w) * Value(0.5) + maximum(x, w) ** w + where(x, a, b)).with_label("y")


class Outside(html.parser.HTMLParser):
    """Everything a page would have to fetch, and its ids."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        for key, value in attrs:
            if key in ("src", "href", "srcset", "action", "xlink:href") and not (value or "").startswith(
                "data:,"
            ):
                self.found.append(f"{tag} {key}={value}")
            if key == "id":
                self.ids.append(value)
        if tag in ("iframe", "img", "object", "embed", "base"):
            self.found.append(tag)


# -- what is computed --------------------------------------------------------------------------


@pytest.mark.parametrize("make", ["chain", "paths"])
def test_the_program_gives_the_engines_numbers(make, lecture_chain):
    C = lecture_chain(3) if make == "chain" else several_paths()
    recording = record(C, 60)
    numbers = calculate(recording)
    C.backward()
    named = [node for node in topological_order(C) if node.is_leaf or node.label]
    for node, box in zip(named, recording.picture.boxes, strict=True):
        assert numbers[recording.value[box.id]] == node.data
        assert numbers[recording.gradient[box.id]] == pytest.approx(node.grad, rel=1e-14)
    for link, slot in zip(recording.picture.links, recording.slope, strict=True):
        assert numbers[slot] == pytest.approx(link.number, rel=1e-15)


@pytest.mark.parametrize(
    "last", [1.0, Value(0.0) * 2.0, 0 * Value(3.0, label="h")], ids=["number", "node", "zero"]
)
def test_a_number_among_the_exponents_of_softmax(last):
    x, y = Value(0.3, label="x"), Value(-0.2, label="y")
    result = softmax([x, y, last])[0].with_label("s")
    recording, slopes = record(result, 60), adjoints(result, 1.0)
    numbers = calculate(recording)
    shown = {to_text(box.symbol): numbers[recording.gradient[box.id]] for box in recording.picture.boxes}
    assert shown["x"] == pytest.approx(slopes[x], rel=1e-12)
    assert shown["y"] == pytest.approx(slopes[y], rel=1e-12)


def test_a_derivative_that_is_undefined_has_its_formula_and_no_number():
    y = sqrt(Value(0.0, label="x")).with_label("y")
    recording = record(y, 60)
    assert recording.picture.links[0].symbol is not None
    assert calculate(recording)[recording.slope[0]] is None


def test_a_power_of_what_varies():
    x, n = Value(2.0, label="x"), Value(3.0, label="n")
    y = (x**n).with_label("y")
    recording = record(y, 60)
    numbers = calculate(recording)
    assert numbers[recording.slope[0]] == 12.0
    assert numbers[recording.slope[1]] == pytest.approx(8 * math.log(2), rel=1e-15)


def test_traces_record_a_square_as_values_do():
    x = Tracer()
    assert str((x**2).op) == "square"
    assert (2**x).args == (2.0, x)


# -- the steps ---------------------------------------------------------------------------------


def test_the_steps_of_the_chain(lecture_chain):
    recording = record(lecture_chain(1), 60)
    numbers = calculate(recording)
    steps = steps_on_the_page(recording)
    assert [step.kind for step in steps] == ["overview"] + ["forward"] * 3 + ["backward"] * 7 + ["everything"]
    text = [said(step, numbers) for step in steps]
    assert text[1] == "Compute z⁽¹⁾. z⁽¹⁾ = w⁽¹⁾a⁽⁰⁾ + b⁽¹⁾ = 1.20 · [0.50] + [-0.30] = 0.30"
    assert text[4] == "Begin with ∂C₀/∂C₀. ∂C₀/∂C₀ = 1"
    assert text[5] == "From C₀ back to a⁽¹⁾. ∂C₀/∂a⁽¹⁾ = 2(a⁽¹⁾ − y) = 2(0.57 − [1.00]) = -0.85"
    assert text[7].endswith("∂C₀/∂z⁽¹⁾ = ∂C₀/∂a⁽¹⁾ · ∂a⁽¹⁾/∂z⁽¹⁾ = -0.85 · [0.24] = -0.21")


def test_several_paths_add_up():
    x = Value(3.0, label="x")
    recording = record((x * x).with_label("y"), 60)
    numbers = calculate(recording)
    *_, first, second, _ = (said(step, numbers) for step in steps_on_the_page(recording))
    assert first == "From y back to x. (∂y/∂x)₁ = x = 3.00"  # ∂y/∂x is 6: neither use may be called that
    assert second == "From y back to x. (∂y/∂x)₂ = x = 3.00. ∂y/∂x = 3.00 + [3.00] = 6.00"


def test_a_sum_over_three_uses_is_called_the_derivative_when_it_is_complete():
    x = Value(3.0, label="x")
    y = (x * x * x).with_label("y")
    recording = record((2 * y).with_label("C"), 60)
    numbers = calculate(recording)
    *_, first, second, third, _ = (said(step, numbers) for step in steps_on_the_page(recording))
    assert first.endswith("∂C/∂y · (∂y/∂x)₁ = 2.00 · [9.00] = 18.00")
    assert second.endswith(". 18.00 + [18.00] = 36.00")
    assert third.endswith(". ∂C/∂x = 18.00 + [18.00] + [18.00] = 54.00")


def test_every_edge_is_walked_once_and_a_gradient_is_whole_before_it_is_used():
    recording = record(several_paths(), 60)
    links = recording.picture.links
    walked = [
        step.links[0] for step in steps_on_the_page(recording) if step.kind == "backward" and step.links
    ]
    assert sorted(walked) == list(range(len(links)))
    for i, number in enumerate(walked):
        assert all(links[later].source != links[number].target for later in walked[i:])


# -- the layout --------------------------------------------------------------------------------


NETS = {"2-2-2": (2, 2, 2), "2-3-1": (2, 3, 1), "3-3-3": (3, 3, 3)}


def net(*sizes: int) -> Value:
    """A quadratic cost of a net's outputs."""
    inputs = [Value(0.3 * (i + 1), label=f"x_{i}") for i in range(sizes[0])]
    outputs = np.ravel(nn.MLP(list(sizes), node=Value, rng=0)(inputs))
    wanted = [Value(1.0, label=f"y_{i}") for i in range(len(outputs))]
    return sum((a - y) ** 2 for a, y in zip(outputs, wanted, strict=True)).with_label("C")


def sum_of(count: int) -> Value:
    return sum(Value(float(i), label=f"x_{i}") for i in range(count)).with_label("s")


def points_of(path: str) -> Iterator[tuple[float, float]]:
    """Points along the Bézier curves of an SVG path."""
    for curve in path.split("M")[1:]:
        n = [float(word) for word in curve.replace("C", " ").split()]
        at = list(zip(n[::2], n[1::2], strict=True))
        for a, b, c, d in zip(at[0::3], at[1::3], at[2::3], at[3::3], strict=False):
            for t in (0.1, 0.3, 0.5, 0.7, 0.9):
                weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
                x, y = (sum(w * p[i] for w, p in zip(weights, (a, b, c, d), strict=True)) for i in (0, 1))
                yield x, y


@pytest.mark.parametrize("name", ["chain", "paths", "sum", *NETS])
def test_nothing_overlaps_and_no_edge_runs_through_a_box(name, lecture_chain):
    made = {"chain": lambda: lecture_chain(3), "paths": several_paths, "sum": lambda: sum_of(30)}
    picture = record(made[name]() if name in made else net(*NETS[name]), 60).picture
    layout = laid_out(picture, picture)
    things = [*layout.boxes.items(), *((i, route.label) for i, route in enumerate(layout.routes))]
    for (_, a), (_, b) in itertools.combinations(things, 2):
        assert not a.overlaps(b, -0.5)
    for _, a in things:
        assert 0 < a.left < a.right < layout.width
        assert 0 < a.top < a.bottom < layout.height
    for i, (route, link) in enumerate(zip(layout.routes, picture.links, strict=True)):
        for x, y in points_of(edge_svg(route).split('"')[1]):
            for other, box in things:
                near = other in (i, link.source, link.target)
                assert near or not box.overlaps(Area(x, y, 0, 0), -1), (link, other)


@pytest.mark.parametrize(("layers", "rows"), [(1, 1), (3, 2), (6, 3)])
def test_a_chain_is_read_row_by_row_with_its_parameters_over_it(layers, rows):
    picture = record(deep_chain(layers), 60).picture
    layout = laid_out(picture, picture)
    spine = [layout.boxes[i] for i in picture.spine]
    heights = list(dict.fromkeys(round(box.y) for box in spine))
    assert len(heights) == rows
    assert heights == sorted(heights)
    for a, b in itertools.pairwise(spine):
        assert b.left > a.right if a.y == b.y else b.left < a.left
    for link in picture.links:
        leaf, target = layout.boxes[link.source], layout.boxes[link.target]
        assert link.source in picture.spine or leaf.bottom < target.top
    # The keyboard goes through a row before it goes on to the next one.
    order = [i for i in layout.boxes if i in picture.spine]
    assert order == list(picture.spine)
    # No row ends inside a layer.
    assert len(layout.layers) == len(picture.layers) == layers


def deep_chain(layers: int) -> Value:
    a = Value(0.5, label="a^{(0)}")
    for k in range(1, layers + 1):
        w, b = Value(0.9, label=f"w^{{({k})}}"), Value(-0.2, label=f"b^{{({k})}}")
        z = (w * a + b).with_label(f"z^{{({k})}}")
        a = sigmoid(z).with_label(f"a^{{({k})}}")
    return ((a - Value(1.0, label="y")) ** 2).with_label("C_0")


def test_two_derivatives_between_the_same_quantities_are_no_chain():
    x = Value(3.0, label="x")
    picture = chain_picture((x * x).with_label("y"))
    layout = laid_out(picture, picture)
    first, second = (route.label for route in layout.routes)
    assert not first.overlaps(second)


# -- the number lines --------------------------------------------------------------------------


def test_the_ranges_of_quantities_follow_from_the_functions_of_the_rows(lecture_chain):
    x, y = Value(0.3, label="x"), Value(0.6, label="y")
    s = sigmoid(x).with_label("s")
    t = tanh(x * y).with_label("t")
    square = ((x - y) ** 2).with_label("d")
    product = (x * x).with_label("p")
    entropy = (-log(s)).with_label("h")
    total = (s + t).with_label("u")
    line, root = (2 * x + 1).with_label("l"), sqrt(y).with_label("r")
    C = (s + t + square + product + entropy + total + line + root + exp(x).with_label("e")).with_label("C")
    recording = record(C, 60)
    rows = {row.key: row for row in recording.rows()}
    slots = {to_text(box.symbol): recording.value[box.id] for box in recording.picture.boxes}
    known = ranges(recording.program.cells, rows, recording.leaves(), slots.values())
    inf = math.inf
    expected = {
        "s": (0, 1), "t": (-1, 1), "d": (0, inf), "p": (0, inf), "h": (0, inf), "u": (-1, 2),
        "l": (-inf, inf), "r": (0, inf), "e": (0, inf), "x": (-inf, inf),
    }  # fmt: skip
    assert {name: known[slots[name]] for name in expected} == expected


def two_paths_inside() -> Value:
    """Both u and v lead from x to t; all three are to be one box."""
    x, w = Value(0.7, label="x"), Value(-1.3, label="w^{(1)}")
    u, v = (x * x * w).with_label("u^{(1)}"), tanh(x + 0.5).with_label("v^{(1)}")
    return ((u * v).with_label("t^{(1)}") ** 2 + x).with_label("C")


FOLDED = {
    "2-3-1 by neuron": (lambda: net(2, 3, 1), viz.by_neuron),
    "2-2-2 by layer": (lambda: net(2, 2, 2), viz.by_layer),
    "two paths": (two_paths_inside, viz.by_layer),
}


@pytest.mark.parametrize("name", FOLDED)
def test_a_folded_page_has_the_numbers_of_the_folded_drawing(name):
    make, fold = FOLDED[name]
    C = make()
    picture = chain_picture(C, fold=fold)
    recording = folded(record(C, 60, whole=False), picture)
    numbers = calculate(recording)
    for link, slot in zip(picture.links, recording.slope, strict=True):
        assert slot is None if link.number is None else numbers[slot] == pytest.approx(link.number, rel=1e-12)
    C.backward()
    movable = set()
    for box in picture.boxes:
        if box.id in picture.tips:
            tip = picture.tips[box.id]
            assert numbers[recording.value[box.id]] == tip.data
            assert numbers[recording.gradient[box.id]] == pytest.approx(tip.grad, rel=1e-12)
        leaves = [node for node in picture.nodes[box.id] if node.is_leaf and len(picture.nodes[box.id]) > 1]
        for node, leaf in zip(leaves, recording.inside.get(box.id, []), strict=True):
            assert (numbers[leaf.value], numbers[leaf.gradient]) == (
                node.data,
                pytest.approx(node.grad, rel=1e-12),
            )
            movable.add(node)
    inside = {node for nodes in picture.nodes.values() if len(nodes) > 1 for node in nodes}
    assert movable == {node for node in inside if node.is_leaf} != set()


def test_formulas_stand_on_the_edges_while_there_is_room(lecture_chain, tmp_path):
    few, many = record(lecture_chain(3), 60).picture, record(net(3, 3, 3), 60).picture
    assert None not in [link_formula(few, i) for i in range(len(few.links))]
    assert {link_formula(many, i) for i in range(len(many.links))} == {None}
    text = lecture_page(net(3, 3, 3), tmp_path / "net.html").read_text(encoding="utf-8")
    assert text.count('class="slope"') == len(many.links)  # each with its number
    assert not re.search(r'class="slope"[^>]*><div class="fit"', text)


# -- the file ----------------------------------------------------------------------------------


def test_it_is_one_small_file_without_network(lecture_chain, tmp_path):
    path = lecture_page(lecture_chain(3), tmp_path / "chain.html")
    text = path.read_text(encoding="utf-8")
    assert len(text.encode()) < 140_000
    reader = Outside()
    reader.feed(text)
    assert reader.found == []
    assert len(reader.ids) == len(set(reader.ids))
    assert not re.search(r"https?:|@import|url\(|fetch\(|XMLHttpRequest|import\(|localStorage", text)
    assert "default-src 'none'" in text
    assert [p.name for p in tmp_path.iterdir()] == ["chain.html"]
    assert stat.S_IMODE(path.stat().st_mode) & 0o400


def test_the_same_graph_gives_the_same_bytes(lecture_chain, tmp_path):
    files = [lecture_page(lecture_chain(2), tmp_path / name).read_bytes() for name in ("a.html", "b.HTM")]
    assert files[0] == files[1]


ODD = [
    "<b>",
    "a:b",
    r"\frac{a}{b}",
    "\"q'",
    "😀",
    "",
    "z" * 200,
    "</script>",
    "<!--",
    "a\nb",
    "\ud800",
    chr(FIRST + 0x10000),
    "$x",
]


def test_odd_labels_are_safe(tmp_path):
    total = Value(1.0)
    for label in ODD:
        total = (total * Value(0.5, label=label) + 1).with_label(label)
    text = lecture_page(total, tmp_path / "odd.html", title="</title><script>$title").read_text(
        encoding="utf-8"
    )
    assert text.count("<script") == text.count("</script>") == 2
    assert "<b>" not in text
    data = re.search(r'<script type="application/json" id="data">(.*)</script>', text)
    assert data is not None
    assert len(json.loads(data[1])["boxes"]) == 2 * len(ODD)  # the result without a label is no quantity
    for step in json.loads(data[1])["steps"]:  # no label is taken for a live number
        slots = [(ord(c) - FIRST) // 4 for c in step["text"] if ord(c) >= FIRST]
        assert all(slot < len(json.loads(data[1])["cells"]) for slot in slots)


def test_the_graph_is_left_as_it_was(lecture_chain, tmp_path):
    C = lecture_chain(2)
    before = [(node.data, node.label, node.grad) for node in topological_order(C)]
    with no_grad():
        lecture_page(C, tmp_path / "a.html")
    assert [(node.data, node.label, node.grad) for node in topological_order(C)] == before
    C.backward()
    assert (tmp_path / "a.html").read_bytes() == lecture_page(C, tmp_path / "b.html").read_bytes()


def test_it_shows_the_recorded_pass(tmp_path):
    x = Value(3.0, label="x")
    y = (2 * x).with_label("y")
    x.data = 5.0
    recording = record(y, 60)
    assert recording.program.cells[recording.value["n0"]] == 3.0


def test_a_single_leaf(tmp_path):
    assert [step.kind for step in steps_on_the_page(record(Value(2.0, label="x"), 60))] == [
        "overview",
        "backward",
        "everything",
    ]
    assert lecture_page(Value(2.0), tmp_path / "leaf.html").exists()


def test_a_long_formula_is_whole_on_several_lines():
    pairs = [(Value(0.1, label=f"w_{{{i}}}"), Value(0.2, label=f"x_{{{i}}}")) for i in range(9)]
    total = sum((w * x for w, x in pairs), start=Value(0.1, label="b")).with_label("z")
    picture = chain_picture(total)
    *others, box = picture.boxes
    lines = [to_text(one) for one in box_formula(box)]
    assert len(lines) == 2
    assert " ".join(lines) == f"= {viz.text(total)}"
    layout = laid_out(picture, picture)
    short = chain_picture((pairs[0][0] * 2).with_label("z"))
    assert layout.boxes[box.id].height > laid_out(short, short).boxes[short.boxes[-1].id].height + 20
    assert layout.boxes[box.id].width < 420
    assert all(box_formula(other) == [] for other in others)


def test_a_formula_too_long_to_print(tmp_path):
    x = Value(0.5, label="x")
    total = x
    for _ in range(300):
        total = sigmoid(total) + 1
    assert lecture_page(total.with_label("y"), tmp_path / "long.html").stat().st_size < 400_000


def test_every_asset_is_in_the_page(lecture_chain, tmp_path):
    text = lecture_page(lecture_chain(1), tmp_path / "a.html").read_text(encoding="utf-8")
    for asset in resources.files("viz._pages.chain").joinpath("assets").iterdir():
        if asset.name != "body.html":
            assert asset.read_text(encoding="utf-8") in text


# -- in a notebook ------------------------------------------------------------------------------


class Frame(html.parser.HTMLParser):
    """The frame of a notebook's cell and its links."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[dict[str, str | None]] = []
        self.links: list[str | None] = []

    def handle_starttag(self, tag, attrs) -> None:
        if tag == "iframe":
            self.frames.append(dict(attrs))
        elif tag == "a":
            self.links.append(dict(attrs)["href"])


def test_in_a_notebook_the_path_shows_the_whole_page(lecture_chain, tmp_path):
    path = lecture_page(lecture_chain(1), tmp_path / "the chain.html", title='A "chain" <&>')
    assert path == tmp_path / "the chain.html"
    cell = Frame()
    cell.feed(path._repr_html_())
    (frame,) = cell.frames
    assert frame["srcdoc"] == path.read_text(encoding="utf-8")
    assert frame["sandbox"] == "allow-scripts"
    assert "width: 100%" in frame["style"]
    assert cell.links == [path.as_posix()]  # what is left of it in a notebook that is not trusted
    path.unlink()
    assert path._repr_html_() is None
    assert pickle.loads(pickle.dumps(path)) == path


# -- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "message"),
    [(3.0, "takes a Value, not float"), (None, "NoneType"), (Tensor(np.ones(2)), "Tensor .*scalars only")],
)
def test_only_values(wrong, message, tmp_path):
    with pytest.raises(TypeError, match=message):
        lecture_page(wrong, tmp_path / "a.html")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a.svg", "a", "a.html.txt", ".html"])
def test_only_html(name, tmp_path):
    with pytest.raises(ValueError, match=r"lecture_page writes \.html and \.htm files"):
        lecture_page(Value(1.0), tmp_path / name)


def test_places_that_cannot_be_written(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        lecture_page(Value(1.0), tmp_path / "nowhere" / "a.html")
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(IsADirectoryError, match=r"folder\.html"):
        lecture_page(Value(1.0), tmp_path / "folder.html")


def test_too_much_to_show(tmp_path):
    total = Value(1.0)
    for _ in range(60):
        total = total + Value(1.0)
    with pytest.raises(ValueError, match=r"62 .*the limit is 60.*limit=62"):
        lecture_page(total, tmp_path / "a.html")
    assert lecture_page(total, tmp_path / "a.html", limit=62).exists()


def test_too_many_operations(tmp_path):
    total = Value(1.0)
    for _ in range(201):
        total = total + 1.0
    with pytest.raises(ValueError, match=r"201 operations .*the limit is 200"):
        lecture_page(total, tmp_path / "a.html", limit=2)
    for limit in (0, -1, 1.5, True, "a", None):
        with pytest.raises(ValueError, match=r"limit is a whole number from 1, not "):
            lecture_page(total, tmp_path / "a.html", limit=limit)


def test_too_many_derivatives(tmp_path, monkeypatch):
    # As many as a page has would take two seconds.
    monkeypatch.setattr("viz._pages.chain.recording.LAST_SLOT", 100)
    total = Value(0.5, label="x")
    for _ in range(100):
        total = sigmoid(total)
    with pytest.raises(ValueError, match=r"with its derivatives this is \d+ operations"):
        lecture_page(total, tmp_path / "a.html", limit=200)


def test_a_title_is_text(tmp_path):
    with pytest.raises(TypeError, match="a title is text, not int"):
        lecture_page(Value(1.0), tmp_path / "a.html", title=3)


def test_a_fold_a_theme_and_a_projector_are_checked(tmp_path):
    C = (Value(1.0, label="a^{(1)}") * 2).with_label("C")
    for options, message in (
        ({"fold": "by_layer"}, "fold is a function such as viz.by_layer"),
        ({"theme": "dark"}, "theme is viz.LIGHT, viz.DARK or another viz.Theme, not 'dark'"),
        ({"projector": 1}, "projector"),
    ):
        with pytest.raises(TypeError, match=message):
            lecture_page(C, tmp_path / "a.html", **options)
        assert not list(tmp_path.iterdir())
    C = net(2, 3, 1)
    with pytest.raises(ValueError, match=r"the limit is 6.*fold"):
        lecture_page(C, tmp_path / "a.html", limit=6)
    assert lecture_page(C, tmp_path / "a.html", limit=6, fold=viz.by_layer).exists()  # the advice


def test_a_leaf_with_two_numbers_is_refused(tmp_path):
    x = Value(3.0, label="x")
    y = x * 2
    x.data = 5.0
    with pytest.raises(ValueError, match=r"x = 5\.0 was 3\.0 and then 5\.0"):
        lecture_page(y + x, tmp_path / "a.html")


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_leaf_that_is_not_finite_is_refused(number, tmp_path):
    with pytest.raises(ValueError, match="finite"):
        lecture_page(Value(number, label="x") * 2, tmp_path / "a.html")


def test_outside_the_domain_later_is_no_reason_to_refuse(tmp_path):
    assert lecture_page(log(Value(1.0, label="x")).with_label("y"), tmp_path / "a.html").exists()


CHOICES = [
    lambda x: x * x if x > 0 else -x,
    lambda x: max([x, 2 * x]) * 1.0,
    lambda x: np.sort([x, 2 * x])[0] * 1,
]


@pytest.mark.parametrize("choose", CHOICES)
def test_a_choice_that_the_page_cannot_make_anew_is_told(choose, tmp_path):
    x = Value(3.0, label="x")
    with pytest.warns(RuntimeWarning, match=r"the number of .*x = .*test_page\.py.*whatever leaf is dragged"):
        viz.lecture_page(choose(x).with_label("y"), tmp_path / "y.html")
    x = Value(3.0, label="x")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y = where(x > 0, x * x, -x).with_label("y")  # the advice
        assert f"{y.data:.1f} {x.data}" == "9.0 3.0"
        viz.lecture_page(y, tmp_path / "y.html")


def test_names_in_headings_are_mathematics():
    y = exp(Value(0.95, label="a_0")).with_label("e^{a_0}")
    page = document(record(y, 60), None)
    shown = re.sub(r"<script.*?</script>|<title>.*?</title>|<h1>.*?</h1>|<[^>]*>", "", page, flags=re.DOTALL)
    assert "Compute e" in shown
    assert "^(" not in shown


@pytest.mark.parametrize(
    "of",
    [
        lambda x, y: softmax([x, 1.0])[0],
        lambda x, y: softmax(list(softmax([x, y])))[0],
        lambda x, y: nn.cross_entropy([2 * x, x * y], list(softmax([y, x]))),
    ],
    ids=["a number among the exponents", "shares of shares", "cross-entropy with shares"],
)
def test_shares_of_all_kinds_are_numbers_of_the_page(of):
    C = of(Value(0.3, label="x"), Value(0.7, label="y")).with_label("C")
    recording = record(C, 60)
    assert None not in recording.slopes
    assert "<!doctype html>" in document(recording, None)
