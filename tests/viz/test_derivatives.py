"""Local derivatives: the lectures' symbols, and the engine's numbers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import viz
from autograd import Value, erf, exp, grad, log, maximum, no_grad, relu, sigmoid, sin, sqrt, tanh, where
from autograd._graph.node import topological_order
from viz._mathematics.typeset import to_latex, to_text


def symbols(node: Value) -> dict[str, str]:
    return {p.argument.label: to_latex(p.symbol) for p in viz.partials(node)}  # type: ignore[misc, arg-type]


def test_the_lectures_chain(lecture_chain) -> None:  # type: ignore[no-untyped-def]
    """Section 3: ∂z/∂w = a, ∂z/∂b = 1, ∂z/∂a = w, ∂a/∂z = σ′(z), ∂C/∂a = 2(a − y)."""
    nodes = {node.label: node for node in topological_order(lecture_chain(2))}
    assert symbols(nodes["z^{(2)}"]) == {"w^{(2)}": "a^{(1)}", "a^{(1)}": "w^{(2)}", "b^{(2)}": "1"}
    assert symbols(nodes["a^{(2)}"]) == {"z^{(2)}": r"\sigma'(z^{(2)})"}
    assert symbols(nodes["C_0"]) == {"a^{(2)}": "2(a^{(2)} - y)", "y": "-2(a^{(2)} - y)"}


x, y = Value(0.7, label="x"), Value(0.3, label="y")
n = Value(3.0, label="n")
GOLDEN = [
    (x**3, {"x": "3 x^2"}),
    (1 / x, {"x": r"-\frac{1}{x^2}"}),
    (x / y, {"x": r"\frac{1}{y}", "y": r"-\frac{x}{y^2}"}),
    (sqrt(x), {"x": r"\frac{1}{2 \sqrt{x}}"}),
    (x**0.5, {"x": "0.5 x^{-0.5}"}),
    (exp(-x), {"x": "-e^{-x}"}),
    (log(x * y), {"x": r"\frac{1}{x}", "y": r"\frac{1}{y}"}),
    (sin(x * y), {"x": r"\cos(x y) y", "y": r"\cos(x y) x"}),
    (x**n, {"x": "n x^{n - 1}", "n": r"x^n \ln(x)"}),
    (sigmoid(x + y), {"x": r"\sigma'(x + y)", "y": r"\sigma'(x + y)"}),
    (0.5 * (x - y) ** 2, {"x": "x - y", "y": "-(x - y)"}),
    ((x + y) / 3, {"x": r"\frac{1}{3}", "y": r"\frac{1}{3}"}),
    (relu(x), {"x": r"\mathrm{relu}'(x)"}),
    (0.5**x**2, {"x": r"2 \cdot 0.5^{x^2} \ln(0.5) x"}),  # not 20.5
    (maximum(x, y), {"x": r"\mathrm{H}(x - y)", "y": r"\mathrm{H}(y - x)"}),
]


@pytest.mark.parametrize(("node", "expected"), GOLDEN)
def test_a_derivative_reads_as_a_lecturer_writes_it(node: Value, expected: dict[str, str]) -> None:
    assert symbols(node) == expected


def test_a_step_at_zero_is_of_its_argument_alone() -> None:
    assert [p.text for p in viz.partials(maximum(x, 0))] == ["H(x)"]


def test_each_use_of_a_quantity_has_its_own_derivative() -> None:
    uses = [(p.argument.label, p.use, to_text(p.symbol), p.number) for p in viz.partials(x * x * y)]  # type: ignore[arg-type]
    assert uses == [
        ("x", 1, "yx", pytest.approx(0.21)),
        ("x", 2, "yx", pytest.approx(0.21)),
        ("y", 0, "x²", pytest.approx(0.49)),
    ]


def test_the_sweep_stops_at_labelled_quantities() -> None:
    """u is made from x, and x is used beside it: ∂f/∂x is x's own use only."""
    u = (x * y).with_label("u")
    assert symbols(u + 3 * x) == {"u": "1", "x": "3"}


TOTAL = [
    (6 * x**5 + 8 * x + 3, "30x⁴ + 8"),
    (x * x, "2x"),
    (x * x * x, "3x²"),
    (x * y + x * n, "y + n"),
    (x * sin(x), "x cos(x) + sin(x)"),
    (x / (1 + x), "1/(1 + x)²"),
    ((1 + x) / (1 - x), "2/(1 − x)²"),
    (x - x, "0"),
    (3 * x - 5 * x, "−2"),
    (exp(x) * x, "xeˣ + eˣ"),
    ((x + y) ** 2 * x, "2x(x + y) + (x + y)²"),
]


@pytest.mark.parametrize(("node", "expected"), TOTAL)
def test_the_uses_of_a_quantity_added_up_on_demand(node: Value, expected: str) -> None:
    total = {p.argument.label: p for p in viz.partials(node, total=True)}
    assert total["x"].text == expected
    assert total["x"].use == 0
    uses = [p.number for p in viz.partials(node) if p.argument.label == "x"]
    assert total["x"].number == pytest.approx(math.fsum(uses), rel=1e-15)  # type: ignore[arg-type]


def test_one_undefined_use_makes_the_total_undefined() -> None:
    zero = Value(0.0, label="x")
    assert [(p.text, p.number) for p in viz.partials(sqrt(zero) + zero, total=True)] == [
        ("1/(2√x) + 1", None)
    ]


OPERATIONS = [
    lambda a, b: a * b + a,
    lambda a, b: sigmoid(a) * b - a * a,
    lambda a, b: (a - b) ** 2 / (1 + b * b),
    lambda a, b: exp(a * b) + tanh(b),
    lambda a, b: erf(a) * log(1 + b * b),
]


@given(st.sampled_from(OPERATIONS), st.floats(-2, 2), st.floats(-2, 2))
def test_the_uses_add_up_to_the_engines_derivative(f, a: float, b: float) -> None:  # type: ignore[no-untyped-def]
    node = f(Value(a, label="a"), Value(b, label="b"))
    for i, name in enumerate("ab"):
        total = math.fsum(p.number for p in viz.partials(node) if p.argument.label == name)  # type: ignore[misc]
        assert total == pytest.approx(grad(f, i)(a, b), rel=1e-12, abs=1e-12)


def test_numbers_are_those_of_the_recorded_pass() -> None:
    w, a = Value(2.0, label="w"), Value(5.0, label="a")
    product = w * a
    w.data = 100.0
    assert [p.number for p in viz.partials(product)] == [5.0, 2.0]


def test_only_nodes_have_partials() -> None:
    with pytest.raises(TypeError, match=r"partials takes a Value or a Tensor, not int \(3\)"):
        viz.partials(3)  # type: ignore[arg-type]
    assert viz.partials(Value(3.0, label="x")) == []


def test_an_undefined_derivative_has_its_formula_and_no_number() -> None:
    [partial] = viz.partials(sqrt(Value(0.0, label="x")))
    assert (partial.text, partial.number) == ("1/(2√x)", None)


def test_the_branch_that_where_did_not_take_may_be_without_a_derivative() -> None:
    x = Value(0.0, label="x")
    slopes = [(p.text, p.number) for p in viz.partials(where(x > 0, sqrt(x), 3 * x))]
    assert slopes == [("where([0 < x], 1, 0)/(2√x)", 0.0), ("3 where([0 < x], 0, 1)", 3.0)]


def test_nothing_is_written_to_the_graph() -> None:
    product = x * y
    viz.partials(product)
    assert (product.grad, x.grad, product.label) == (None, None, None)


def test_formulas_are_recorded_inside_no_grad_too() -> None:
    product = x * y
    with no_grad():
        assert [p.text for p in viz.partials(product)] == ["y", "x"]
        assert (x * y).is_leaf


def test_one_that_is_undefined_leaves_the_others() -> None:
    """∂(wa)/∂w = a whatever w is; by a it is w, which is no number here."""
    w, a = Value(math.inf, label="w"), Value(0.5, label="a")
    assert [(p.name, p.text, p.number) for p in viz.partials((w * a).with_label("z"))] == [
        ("∂z/∂w", "a", 0.5),
        ("∂z/∂a", "w", None),
    ]
