"""What the lecture page computes, says and draws."""

import itertools
import math
import re
from collections.abc import Iterator

import pytest
from page_graphs import net, steps_on_the_page

import viz
from autograd import Value, erf, exp, log, maximum, sigmoid, softmax, sqrt, tanh, where
from autograd._derivatives.sweeps import adjoints
from autograd._graph.node import topological_order
from viz._formulas.trace import Tracer
from viz._layout.routes import Area
from viz._mathematics.typeset import to_text
from viz._pages.chain import lecture_page
from viz._pages.chain.bounds import ranges
from viz._pages.chain.folded import folded
from viz._pages.chain.layout import edge_svg, laid_out, link_formula
from viz._pages.chain.live import read
from viz._pages.chain.recording import record
from viz._pictures.chain import chain_picture


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


# -- what is computed ------------------------------------------------------------------------------


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


# -- the steps -------------------------------------------------------------------------------------


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


# -- the layout ------------------------------------------------------------------------------------


NETS = {"2-2-2": (2, 2, 2), "2-3-1": (2, 3, 1), "3-3-3": (3, 3, 3)}


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


# -- the number lines ------------------------------------------------------------------------------


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
