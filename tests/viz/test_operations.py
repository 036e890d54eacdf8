"""Every operation as a box."""

import numpy as np
import pytest

import viz
from autograd import Tensor, Value, sigmoid
from viz._layout.panels import box_panel
from viz._mathematics.typeset import to_text
from viz._pictures.operations import operations_picture


def test_every_operation_has_a_box_in_reading_order() -> None:
    x, y = Value(2.0, label="x"), Value(5.0, label="y")
    f = sigmoid(x * y - 9.5).with_label("f")
    boxes = operations_picture(f).boxes
    shown = [
        (b.id, b.kind, to_text(b.symbol), b.formula and to_text(b.formula), b.note, b.value) for b in boxes
    ]
    assert shown == [
        ("n0", "data", "x", None, "", 2.0),
        ("n1", "data", "y", None, "", 5.0),
        ("n2", "operation", "v₁", "xy", "mul", 10.0),
        ("c0", "constant", "9.5", None, "", 9.5),
        ("n3", "operation", "v₂", "v₁ − 9.5", "sub", 0.5),
        ("n4", "operation", "f", "σ(v₂)", "sigmoid", f.data),
    ]
    slope = f.data * (1 - f.data)
    assert [b.gradient for b in boxes if b.kind == "data"] == pytest.approx([5 * slope, 2 * slope], rel=1e-14)
    assert boxes[3].gradient is None


def test_a_constant_array_says_that_it_is_one() -> None:
    drawing = viz.draw(Tensor([1.0, 2.0], label="a") * np.ones(2) + 1)
    constants = [box for box in drawing.picture.boxes if box.kind == "constant"]
    assert [
        (to_text(box.symbol), [(entry.word, entry.text) for entry in box.entries()]) for box in constants
    ] == [
        ("const", [("shape", "2")]),
        ("1", []),
    ]
    assert to_text(drawing.picture.boxes[2].formula) == "a · const"
    assert [thing.ink.text for thing in box_panel(constants[0], viz.LIGHT).things] == ["const", "shape", "2"]
    assert "[2]" not in drawing.source
    assert drawing.source.count("shape 2") == 4  # in the DOT text too: of a, const and the two results


def test_what_was_recorded_is_drawn_unsimplified() -> None:
    box = operations_picture(Value(2.0, label="x") * 1).boxes[-1]
    assert to_text(box.formula) == "x · 1"  # type: ignore[arg-type]


def test_x_times_x_has_two_edges() -> None:
    x = Value(3.0, label="x")
    assert [(k.source, k.target) for k in operations_picture(x * x).links] == [("n0", "n1")] * 2
    assert viz.draw(x * x).source.count("n0 -> n1") == 2


def test_a_constant_used_twice_has_two_boxes() -> None:
    x = Value(3.0, label="x")
    kinds = [box.kind for box in operations_picture(x * 2 + x * 2).boxes]
    assert kinds.count("constant") == 2


def test_a_graph_too_big_to_draw_says_how_to_fold_it() -> None:
    x = Value(0.0, label="x")
    for _ in range(100_000):
        x = x + 1
    with pytest.raises(
        ValueError, match=r"200001 nodes and constants .* limit is 200\. .*draw_chain.*limit=200001"
    ):
        viz.draw(x)
    with pytest.raises(ValueError, match="limit is 2"):
        viz.draw(Value(1.0) * 2, limit=2)
    assert viz.draw(Value(1.0) * 2, limit=3).source
