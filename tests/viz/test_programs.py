"""A compiled program as a picture: the array graph, and over it the scalar graph that it was found in."""

import functools
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
import viz
from autograd import Tensor, Value, exp, relu, sigmoid, tanh
from autograd._compiler.programs.compiling import compile, compile_examples
from autograd._compiler.programs.program import Program
from viz._layout.compose import plan
from viz._mathematics.typeset import to_latex, to_text
from viz._pictures.picture import Box, Picture
from viz._pictures.programs import program_picture

GOLDEN = Path(__file__).parent / "golden"


def leaves(letter: str, *shape: int) -> Any:
    made = np.empty(shape, dtype=object)
    for index in np.ndindex(shape):
        made[index] = Value(0.1, label=f"{letter}_{{{','.join(map(str, index))}}}")
    return made


@functools.cache
def net(*sizes: int) -> Program:
    x, y = leaves("x", sizes[0]), leaves("y", sizes[-1])
    made = nn.MLP(list(sizes), node=Value, rng=0)
    C = nn.quadratic_cost(made(x), y).with_label("C")
    return compile(C, [*x, *y], made.parameters())


def convolution() -> Program:
    x, w, b = leaves("x", 12), leaves("w", 4, 3), leaves("b", 4)
    z = [(w[f] @ x[i : i + 3] + b[f]).with_label(f"z_{{{f},{i}}}") for f in range(4) for i in range(10)]
    a = [relu(v).with_label(f"a_{{{i}}}") for i, v in enumerate(z)]
    return compile(a, x, [*w.ravel(), *b])


def without_a_matrix() -> Program:
    x, w = leaves("x", 6), leaves("w", 6)
    return compile([exp((b * a - 1) * (a - 2)) for a, b in zip(x, w, strict=True)], x, w)


PROGRAMS: dict[str, Callable[[], Program]] = {
    "digits": lambda: net(100, 16, 16, 10),
    "2-3-1": lambda: net(2, 3, 1),
    "1-1-1": lambda: net(1, 1, 1),
    "convolution": convolution,
    "without a matrix": without_a_matrix,
}


def formulas(output: Any, inputs: Any, wrt: Any) -> list[str]:
    """The formulas of the array graph."""
    boxes = program_picture(compile(output, inputs, wrt)).boxes
    return [to_text(box.formula) for box in boxes if box.kind == "result" and box.formula is not None]


def rows(picture: Picture) -> tuple[list[Box], list[Box]]:
    return tuple([box for box in picture.boxes if box.id[0] == mark] for mark in "sn")  # type: ignore[return-value]


def test_golden_trees() -> None:
    """When a change is meant, look at the pictures, then write the file anew."""
    said = "".join(f"{name}\n\n{viz.tree(viz.draw(make()))}\n\n" for name, make in PROGRAMS.items())
    assert said == (GOLDEN / "programs.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["2-3-1", "convolution"])
def test_golden_dot_and_mermaid(name: str) -> None:
    drawing = viz.draw(PROGRAMS[name]())
    for text, suffix in ((drawing.source, "gv"), (viz.mermaid(drawing), "mmd")):
        assert text == (GOLDEN / f"program-{name}.{suffix}").read_text(encoding="utf-8")


def test_a_layer_as_the_lecture_writes_it_and_as_it_was_recorded() -> None:
    picture = program_picture(net(100, 16, 16, 10))
    latex = {to_latex(box.symbol): box.formula and to_latex(box.formula) for box in picture.boxes}
    assert latex["z^{(1)}"] == "W^{(1)} x + b^{(1)}"
    assert latex["a^{(1)}"] == r"\sigma(z^{(1)})"
    assert latex["z_{0}^{(1)}"] == r"w_{0,0}^{(1)} x_{0} + \dots + b_{0}^{(1)}"
    single, arrays = rows(picture)
    assert [(b.value, s.note) for s, b in zip(single, arrays, strict=True)][:5] == [
        ("16×100", "1,600 numbers"),
        ("100", "100 numbers"),
        ("16", "16 numbers"),
        ("16", "16 such lines, 3,200 operations"),
        ("16", "16 such lines, 16 operations"),
    ]
    assert [layer.title for layer in picture.layers] == ["layer 1", "layer 2", "layer 3"]
    assert all(len(layer.boxes) == 8 for layer in picture.layers)


@pytest.mark.parametrize("name", [name for name in PROGRAMS if name != "1-1-1"])
def test_the_scalar_graph_stands_over_the_array_graph_box_over_box(name: str) -> None:
    pytest.importorskip("ziamath")
    pytest.importorskip("pygraphviz")
    picture = program_picture(PROGRAMS[name]())
    layout = plan(picture, viz.LIGHT).layout
    single, arrays = rows(picture)
    places = [(layout.boxes[s.id], layout.boxes[b.id]) for s, b in zip(single, arrays, strict=True)]
    assert max(s.bottom for s, _ in places) + 25 < min(b.top for _, b in places)
    for s, b in places:
        assert abs(s.x - b.x) < (s.width + b.width) / 2  # in one column
    assert not any(a.overlaps(b) for a, b in itertools.combinations(layout.boxes.values(), 2))


def test_links_say_what_goes_into_what_in_both_graphs() -> None:
    picture = program_picture(net(3, 2, 5))
    symbols = {box.id: to_text(box.symbol) for box in picture.boxes}
    links = [(symbols[link.source], symbols[link.target]) for link in picture.links]
    half = len(links) // 2
    assert links[:4] == [
        ("w₀₀⁽¹⁾, …, w₁₂⁽¹⁾", "z₀⁽¹⁾"), ("x₀, …, x₂", "z₀⁽¹⁾"), ("b₀⁽¹⁾, b₁⁽¹⁾", "z₀⁽¹⁾"), ("z₀⁽¹⁾", "a₀⁽¹⁾"),
    ]  # fmt: skip
    assert links[half : half + 4] == [
        ("W⁽¹⁾", "z⁽¹⁾"), ("x", "z⁽¹⁾"), ("b⁽¹⁾", "z⁽¹⁾"), ("z⁽¹⁾", "a⁽¹⁾"),
    ]  # fmt: skip
    assert links[half:][-2:] == [("y", "C"), ("a⁽²⁾", "C")]


def test_where_nothing_is_put_together_one_graph_is_enough() -> None:
    w, b, x = Value(0.5, label="w"), Value(0.1, label="b"), Value(0.0, label="x")
    boxes = program_picture(compile(sigmoid(w * x + b), [x], [w, b])).boxes
    assert [(box.kind, to_text(box.symbol)) for box in boxes] == [
        ("parameter", "w"), ("data", "x"), ("parameter", "b"), ("result", "v₁"),
    ]  # fmt: skip


def test_a_parameter_is_what_the_program_differentiates_by() -> None:
    x, w = leaves("x", 9), leaves("w", 9)
    boxes = program_picture(compile(relu(w @ x), w, x)).boxes
    assert {to_text(box.symbol): box.kind for box in boxes if box.formula is None} == {
        "x₀, …, x₈": "parameter", "w₀, …, w₈": "data", "x": "parameter", "w": "data",
    }  # fmt: skip


def test_what_computes_nothing() -> None:
    x = Value(0.5, label="x")
    (leaf,) = program_picture(compile(x, [x], [])).boxes
    assert (to_text(leaf.symbol), leaf.kind) == ("x", "data")
    (constant,) = program_picture(compile(sigmoid(Value(0.0)), [x], [])).boxes
    assert to_text(constant.formula) == "0.5"  # type: ignore[arg-type]


def test_products_of_arrays_say_how_they_multiply() -> None:
    x, w, c = leaves("x", 6), leaves("w", 6), Value(2.0, label="c")
    assert formulas([a * b for a, b in zip(x, w, strict=True)], x, w) == ["x ⊙ w"]
    assert formulas([c * a for a in x], x, [c]) == ["cx"]
    assert formulas((w @ x), x, w) == ["w · x"]
    assert formulas([(a + 1) * b for a, b in zip(x, w, strict=True)], x, w) == ["(x + 1) ⊙ w"]
    assert formulas([a / b / a for a, b in zip(x, w, strict=True)], x, w) == ["(x/w)/x"]
    assert formulas([a * a for a in x], x, []) == ["x ⊙ x"]
    assert formulas(sum(a * 2 for a in x), x, []) == ["sum(2x)"]
    assert formulas(x[0] * 3 + x[1] * 4 + x[2] * 5 + x[3] * 6 + x[4] * 7, x, []) == ["const · x_{0…4}"]
    alternating = [x[i] - x[i + 1] + x[i + 2] - x[i + 3] + x[4] for i in range(2)]
    assert formulas(alternating, x, []) == ["signs · windows(x_{0…4})"]
    x = leaves("x", 12)
    halves = [sum(c * v for v in part) for part in (x[:6], x[6:])]
    assert formulas(halves, x, [c]) == ["c · ones · windows(x)"]


def test_parts_of_arrays_say_which() -> None:
    x, w = leaves("x", 12), leaves("w", 5)
    assert formulas([exp(a) for a in x[2:9]], x, []) == ["e^(x_{2…8})"]
    assert formulas([exp(x[i]) for i in (1, 4, 6)], x, []) == ["e^(x_{1, 4, 6})"]
    assert formulas([exp(x[i]) for i in (1, 4, 6, 9, 11)], x, []) == ["e^(x_{1, …, 11})"]
    assert formulas([exp(x[11])], x, []) == ["e^(x₁₁)"]
    three = [exp(w[n] * x[n] + w[n + 1] * x[n + 4]) for n in (0, 1, 3)]
    assert formulas(three, x, w) == ["e^(w_{0, 1, 3} ⊙ x_{0, 1, 3} + w_{1, 2, 4} ⊙ x_{4, 5, 7})"]
    unnamed = [exp(v) for v in x]
    both = formulas([sigmoid(v) for v in unnamed] + [relu(v) for v in unnamed[2:9]], x, [])
    assert both == ["eˣ", "σ(v₁)", "relu((v₁)_{2…8})"]


def test_a_matrix_turned_over_is_not_called_by_its_name() -> None:
    W, x = leaves("w", 5, 5), leaves("x", 5)
    assert formulas(list(W @ x), x, W.ravel()) == ["Wx"]
    assert formulas(list(W.T @ x), x, W.ravel()) == ["w_{(0, 0), …, (4, 4)}x"]


def test_a_program_too_big_to_draw() -> None:
    with pytest.raises(ValueError, match=r"15 lines and leaves .* limit is 14\. Compile .* limit=15"):
        viz.draw(net(100, 16, 16, 10), limit=14)
    with pytest.raises(ValueError, match="limit is a whole number from 1, not 0"):
        viz.draw(net(2, 3, 1), limit=0)


def test_a_theme_and_every_form(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="theme is"):
        viz.draw(net(2, 3, 1), theme="dark")  # type: ignore[arg-type]
    drawing = viz.draw(net(2, 3, 1), theme=viz.DARK)
    assert viz.DARK.paper in drawing.source
    for form, start in (("svg", b"<?xml"), ("pdf", b"%PDF"), ("png", b"\x89PNG")):
        assert viz.render(drawing, tmp_path / f"net.{form}").read_bytes().startswith(start)
    assert set(drawing._repr_mimebundle_()) == {
        "image/svg+xml",
        "image/png",
        "application/pdf",
        "text/plain",
    }


def test_an_array_of_one_label_is_drawn_by_its_entries() -> None:
    net = nn.MLP([2, 12, 1], rng=0)
    x = Tensor(np.zeros((1, 2)), label="x")
    single, _ = rows(program_picture(compile_examples([net(x)], [x], net.parameters())))
    assert [to_text(box.symbol) for box in single if box.kind == "parameter"] == [
        "w_{0, 0}⁽¹⁾, …, w_{11, 1}⁽¹⁾", "b₀⁽¹⁾, …, b₁₁⁽¹⁾", "w₀⁽²⁾, …, w₁₁⁽²⁾", "b⁽²⁾",
    ]  # fmt: skip
    (z,) = [to_text(box.equation(None)) for box in single if to_text(box.symbol) == "z₀⁽¹⁾"]
    assert z == "z₀⁽¹⁾ = w_{0, 0}⁽¹⁾x₀ + w_{0, 1}⁽¹⁾x₁ + b₀⁽¹⁾"


def test_a_subscript_of_an_array_is_a_part_of_its_name() -> None:
    V, W, b = (Tensor(np.ones(shape), label=name) for name, shape in
               (("W_{xh}", (3, 2)), ("W_{hh}", (3, 3)), ("b_h", (3,))))  # fmt: skip
    x = Tensor([0.1, 0.2], label="x")
    h = tanh(V @ x + b).with_label("h_1")
    program = compile_examples([tanh(W @ h + V @ x + b).with_label("h_2")], [x], [V, W, b])
    assert program.theta_text() == "W_xh (3 x 2), W_hh (3 x 3), b_h (3)"
    assert "h_1 = tanh(v1 + b_h) " in str(program)
    single, arrays = rows(program_picture(program))
    drawn = {to_text(box.symbol) for box in arrays}
    assert {"Wₓₕ", "Wₕₕ", "bₕ", "h₁", "h₂"} <= drawn
    assert "w_{hh, 00}, …, w_{hh, 22}" in {to_text(box.symbol) for box in single}
