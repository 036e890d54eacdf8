"""A picture shows the derivatives of its own graph, whatever earlier calls of `backward` left behind."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import nn
import viz
from autograd import Tensor, Value, detect_anomaly, no_grad, sigmoid, sqrt
from autograd._graph.node import DomainError, Node, topological_order
from viz._formulas.chain_rule import chain_rule
from viz._mathematics.latex import label
from viz._mathematics.typeset import to_text
from viz._pictures.chain import chain_picture
from viz._pictures.operations import operations_picture
from viz._pictures.picture import Box, Picture

PICTURES: dict[str, Callable[[Node], object]] = {
    "operations": lambda C: viz.draw(C).source,
    "chain": lambda C: viz.draw_chain(C).source,
    "several": lambda C: viz.draw_chain([C, *C.parents]).source,
    "folded by neuron": lambda C: viz.draw_chain(C, fold=viz.by_neuron).source,
    "folded by layer": lambda C: viz.draw_chain(C, fold=viz.by_layer).source,
    "highlighted": lambda C: viz.draw_chain(C, highlight=topological_order(C)[0]).source,
    "tree": lambda C: viz.tree(viz.draw_chain(C)),
    "mermaid": lambda C: viz.mermaid(viz.draw(C)),
    "chain rule": lambda C: viz.chain_rule(C, topological_order(C)[0]).text,  # type: ignore[arg-type]
}


def by_name(picture: Picture) -> dict[str, Box]:
    return {to_text(box.symbol): box for box in picture.boxes}


@pytest.fixture
def cost() -> Value:
    net = nn.MLP([2, 2, 1], node=Value, rng=0)
    return nn.quadratic_cost(net([0.3, 0.5]), [1.0]).with_label("C")


@pytest.mark.parametrize("kind", PICTURES)
def test_no_picture_reads_or_writes_a_grad(kind: str, cost: Value) -> None:
    draw = PICTURES[kind]
    first = draw(cost)
    order = topological_order(cost)
    assert all(node.grad is None for node in order)
    (3 * order[0] + order[-2] * order[-2]).backward()
    cost.backward()
    cost.backward(create_graph=True)
    left = [node.grad for node in order]
    assert draw(cost) == first
    assert all(node.grad is grad for node, grad in zip(order, left, strict=True))


@pytest.mark.parametrize("write", [viz.frames, viz.lecture_page], ids=["frames", "page"])
def test_nor_does_a_file(write: Callable[..., object], tmp_path: Path) -> None:
    pytest.importorskip("ziamath")
    cost = nn.quadratic_cost(nn.MLP([1, 1], node=Value, rng=0)([0.3]), [1.0]).with_label("C")

    def written() -> dict[str, bytes]:
        target = tmp_path / "one.html"  # of frames, the folder
        write(cost, target)
        return {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    before = written()
    cost.backward()
    cost.backward()
    assert written() == before


def test_the_gradient_is_that_of_the_result_that_is_drawn() -> None:
    w = Value(2.0, label="w")
    A, B = (3 * w).with_label("A"), (4 * w).with_label("B")
    A.backward()
    B.backward()
    for picture in (chain_picture(B), operations_picture(B)):
        assert (by_name(picture)["w"].gradient, by_name(picture)["B"].gradient) == (4.0, 1.0)
    assert "grad +4.00" in viz.tree(viz.draw_chain(B))


def test_of_several_results_it_is_the_derivative_of_their_sum() -> None:
    w = Value(2.0, label="w")
    A = (3 * w).with_label("A")
    B = (A * A).with_label("B")
    for results in ([A, B], np.array([B, A], dtype=object)):
        for picture in (chain_picture(results), operations_picture(results)):
            found = by_name(picture)
            # ∂(A + B)/∂B = 1, ∂/∂A = 1 + 2 · 6, ∂/∂w = 3 · 13
            assert (found["B"].gradient, found["A"].gradient, found["w"].gradient) == (1.0, 13.0, 39.0)


@pytest.mark.parametrize("fold", [None, viz.by_neuron])
@pytest.mark.parametrize("several", [False, True])
def test_gradients_add_up_along_the_edges(
    fold: viz._pictures.folding.Fold | None, several: bool, cost: Value
) -> None:
    a = next(node for node in topological_order(cost) if node.label == "a_{1}^{(1)}")
    results = [(a * cost).with_label("D"), cost, a] if several else [cost]
    picture = chain_picture(results, fold=fold)
    symbols = {label(str(node.label)) for node in results}
    found = {box.id: box.gradient for box in picture.boxes}
    for box in picture.boxes:
        gains = [e.number * found[e.target] for e in picture.links if e.source == box.id]  # type: ignore[operator]
        own = 1.0 if box.symbol in symbols else 0.0  # a result's derivative by itself
        assert math.fsum([own, *gains]) == pytest.approx(box.gradient, rel=1e-12)


def test_no_grad_around_a_drawing_and_the_anomaly_watch_change_nothing(cost: Value) -> None:
    expected = viz.draw_chain([cost, *cost.parents]).source
    with no_grad(), detect_anomaly():
        assert viz.draw_chain([cost, *cost.parents]).source == expected


def test_a_leaf_changed_since_has_the_gradient_of_the_recorded_pass() -> None:
    w, a = Value(2.0, label="w"), Value(5.0, label="a")
    z = (w * a).with_label("z")
    a.data = 100.0
    assert by_name(chain_picture(z))["w"].gradient == 5.0


# -- where there is none ----------------------------------------------------------------------


def below_a_root() -> Value:
    """√(u) + 3v at u = wx = 0: no derivative by u, w and x; 3 by v."""
    w, x, v = Value(0.0, label="w"), Value(2.0, label="x"), Value(1.0, label="v")
    u = (w * x).with_label("u")
    r = sqrt(u).with_label("r")
    return (r + 3 * v + x * 0).with_label("C")


@pytest.mark.parametrize("draw", [chain_picture, operations_picture])
def test_where_a_derivative_is_undefined_the_others_are_shown(draw: Callable[[Node], Picture]) -> None:
    found = {name: box.gradient for name, box in by_name(draw(below_a_root())).items()}
    assert {name: found[name] for name in "wxuvrC"} == {
        "w": "undefined", "x": "undefined", "u": "undefined", "v": 3.0, "r": 1.0, "C": 1.0,
    }  # fmt: skip


def test_an_undefined_gradient_says_so_in_every_drawing() -> None:
    drawing = viz.draw_chain(below_a_root())
    assert viz.tree(drawing).count("grad undefined") == 3
    assert viz.mermaid(drawing).count("grad undefined") == 3
    assert drawing.source.count("grad undefined") == 3


def test_a_derivative_beyond_the_largest_float_is_undefined() -> None:
    x = Value(1.0, label="x")
    y = (1e200 * x).with_label("y")
    found = by_name(chain_picture((y * 1e-200 * 1e200 * 1e200 * 1e-300).with_label("C") * 1e300))
    assert found["x"].gradient == "undefined"
    assert isinstance(found["C"].gradient, float)


def test_slides_need_every_number(tmp_path: Path) -> None:
    pytest.importorskip("ziamath")
    with pytest.raises(DomainError, match="derivative of sqrt"):
        viz.frames(below_a_root(), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("draw", [viz.draw, viz.draw_chain])
def test_a_forward_pass_without_gradients(draw: Callable[..., viz._output.dot.Drawing], cost: Value) -> None:
    cost.backward()
    assert "grad" not in draw(cost, grad=False).source
    with pytest.raises(TypeError, match="grad is True or False, not 'no'"):
        draw(cost, grad="no")


# -- arrays ---------------------------------------------------------------------------------------


def test_a_number_among_arrays_has_its_derivative_and_an_array_its_shape() -> None:
    W, b = Tensor([[1.0, 2.0], [3.0, 4.0]], label="W"), Tensor(0.5, label="b")
    z = (W @ np.array([1.0, 10.0]) + b).with_label("z")
    C = z.sum().with_label("C")
    z.sum().backward()
    found = {name: box.gradient for name, box in by_name(chain_picture(C)).items()}
    assert found == {"W": "2×2", "b": 2.0, "z": "2", "C": 1.0}
    # Of an array as the result it is the derivative of its sum.
    assert by_name(chain_picture(z))["b"].gradient == 2.0
    assert by_name(chain_picture([z, C]))["b"].gradient == 4.0


def test_an_array_that_the_result_does_not_depend_on_smoothly_keeps_its_shape() -> None:
    W = Tensor([1.0, 2.0], label="W")
    with np.errstate(divide="raise"):
        found = by_name(chain_picture(sqrt(W * 0).sum().with_label("C")))
    assert found["W"].gradient == "2"


def test_values_and_tensors_side_by_side() -> None:
    x, t = Value(3.0, label="x"), Tensor(2.0, label="t")
    found = by_name(chain_picture([(x * x).with_label("y"), (t * t).with_label("s")]))
    assert (found["x"].gradient, found["t"].gradient) == (6.0, 4.0)


def test_a_gradient_that_was_recorded_is_drawn_with_its_own_derivatives() -> None:
    x = Value(3.0, label="x")
    (x * x * x).backward(create_graph=True)
    slope = x.grad.with_label("s")  # type: ignore[union-attr]
    assert by_name(chain_picture(slope))["x"].gradient == 18.0
    assert chain_rule(slope, x).value == 18.0


def test_of_arrays_a_sigmoid_too() -> None:
    t = Tensor(0.0, label="t")
    assert by_name(operations_picture(sigmoid(t)))["t"].gradient == 0.25
