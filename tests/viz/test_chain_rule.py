"""The chain rule written out: the slide's three factors, several paths, and nets with too many of them."""

import itertools
import math
import re
from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import DomainError, Tensor, Value, exp, sigmoid, sin, sqrt, tanh
from autograd._graph.node import topological_order
from viz import chain_rule


def chain():
    """The slide's last layer: w⁽ᴸ⁾, a⁽ᴸ⁻¹⁾, b⁽ᴸ⁾ → z⁽ᴸ⁾ → a⁽ᴸ⁾ → C₀ ← y."""
    w, a, b = Value(1.5, label="w^{(L)}"), Value(0.5, label="a^{(L-1)}"), Value(-0.1, label="b^{(L)}")
    y = Value(1.0, label="y")
    z = (w * a + b).with_label("z^{(L)}")
    activation = sigmoid(z).with_label("a^{(L)}")
    C = ((activation - y) ** 2).with_label("C_0")
    return C, {"w": w, "a": a, "b": b, "y": y, "z": z}


def net_cost(sizes=(2, 3, 2), seed=0):
    net = nn.MLP(list(sizes), node=Value, rng=seed)
    C = nn.quadratic_cost(net(np.linspace(0.2, 0.9, sizes[0])), np.linspace(0, 1, sizes[-1])).with_label(
        "C_0"
    )
    return net, C


# -- the formulas of LECTURES, section 3 ----------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "derivatives", "formulas"),
    [
        ("w", "∂z⁽ᴸ⁾/∂w⁽ᴸ⁾ · ∂a⁽ᴸ⁾/∂z⁽ᴸ⁾ · ∂C₀/∂a⁽ᴸ⁾", "a⁽ᴸ⁻¹⁾ · σ′(z⁽ᴸ⁾) · 2(a⁽ᴸ⁾ − y)"),
        ("b", "∂z⁽ᴸ⁾/∂b⁽ᴸ⁾ · ∂a⁽ᴸ⁾/∂z⁽ᴸ⁾ · ∂C₀/∂a⁽ᴸ⁾", "1 · σ′(z⁽ᴸ⁾) · 2(a⁽ᴸ⁾ − y)"),
        ("a", "∂z⁽ᴸ⁾/∂a⁽ᴸ⁻¹⁾ · ∂a⁽ᴸ⁾/∂z⁽ᴸ⁾ · ∂C₀/∂a⁽ᴸ⁾", "w⁽ᴸ⁾ · σ′(z⁽ᴸ⁾) · 2(a⁽ᴸ⁾ − y)"),
    ],
)
def test_the_slides_derivatives_symbol_by_symbol(by, derivatives, formulas):
    C, named = chain()
    C.backward()
    rule = chain_rule(C, named[by])
    first, second, third, last = rule.text.splitlines()
    assert first.partition(" = ")[2] == derivatives
    assert second.strip() == f"= {formulas}"
    numbers = [float(n.strip("()").replace("−", "-")) for n in third.strip(" =").split(" · ")]
    assert math.prod(numbers) == pytest.approx(named[by].grad, rel=1e-3)
    assert float(last.strip(" =").replace("−", "-")) == pytest.approx(named[by].grad, rel=1e-3)
    assert rule.value == named[by].grad
    assert (rule.count, len(rule.paths)) == (1, 1)


def test_the_same_as_latex():
    C, named = chain()
    latex = chain_rule(C, named["b"]).latex
    assert latex.splitlines()[:3] == [
        r"\begin{aligned}",
        r"\frac{\partial C_0}{\partial b^{(L)}} &= \frac{\partial z^{(L)}}{\partial b^{(L)}} \cdot "
        r"\frac{\partial a^{(L)}}{\partial z^{(L)}} \cdot \frac{\partial C_0}{\partial a^{(L)}} \\",
        r" &= 1 \cdot \sigma'(z^{(L)}) \cdot 2(a^{(L)} - y) \\",
    ]
    assert chain_rule(C, named["b"])._repr_latex_() == f"$\\displaystyle {latex}$"


# -- several paths --------------------------------------------------------------------------------


def test_every_path_is_listed_and_they_add_up_to_the_gradient():
    net, C = net_cost()
    C.backward()
    for parameter in net.parameters():
        rule = chain_rule(C, parameter)
        in_first_layer = str(parameter.label).endswith("^{(1)}")
        assert rule.count == len(rule.paths) == (2 if in_first_layer else 1)
        for path in rule.paths:
            assert path.product == pytest.approx(math.prod(f.number for f in path.factors), rel=1e-14)
            assert path.factors[0].argument is parameter
            assert path.factors[-1].result is C
            for before, after in zip(path.factors, path.factors[1:], strict=False):
                assert before.result is after.argument
        assert math.fsum(path.product for path in rule.paths) == pytest.approx(parameter.grad, rel=1e-12)
        assert rule.value == parameter.grad


def test_each_use_in_a_step_is_a_path_of_its_own():
    x = Value(3.0, label="x")
    rule = chain_rule((x * x * x).with_label("y"), x)
    assert rule.count == 3
    assert [path.product for path in rule.paths] == [9.0] * 3
    assert rule.text.splitlines()[-1].strip() == "= 27"
    assert "(∂y/∂x)₂" in rule.text
    assert r"\left(\frac{\partial y}{\partial x}\right)_2" in rule.latex


def test_a_net_with_too_many_paths_shows_the_largest_and_the_exact_sum():
    net, C = net_cost((3, 6, 5, 4))
    C.backward()
    w = net.layers[0].W[2, 1]
    every = chain_rule(C, w, most=20)
    some = chain_rule(C, w, most=3)
    assert every.count == some.count == 5 * 4
    largest = sorted((path.product for path in every.paths), key=abs, reverse=True)[:3]
    assert [path.product for path in some.paths] == largest
    assert some.value == every.value == w.grad
    assert "17 more paths" in some.text
    rest = w.grad - math.fsum(largest)
    shown = some.text.splitlines()[-2].replace(" − ", " + -").split(" + ")[-1]
    assert float(shown) == pytest.approx(rest, rel=1e-3)


@given(st.integers(0, 2**32 - 1))
def test_random_graphs_add_up(seed):
    rng = np.random.default_rng(seed)
    nodes = [Value(float(rng.uniform(0.5, 1.5)), label=f"x_{i}") for i in range(3)]
    for i in range(8):
        a, b = (nodes[j] for j in rng.integers(len(nodes), size=2))
        made = [a * b, a + b, sin(a) - b, tanh(a) / (2 + b * b), exp(-a)][rng.integers(5)]
        nodes.append(made.with_label(f"v_{i}") if rng.random() < 0.7 else made)
    C = sum(nodes[3:]).with_label("C")
    C.backward()
    for x in nodes[:3]:
        rule = chain_rule(C, x, most=1000)
        assert rule.value == pytest.approx(x.grad or 0.0, rel=1e-13)  # added up in another order
        total = math.fsum(path.product for path in rule.paths)
        assert total == pytest.approx(rule.value, rel=1e-10, abs=1e-12)


def test_2_to_the_40_paths_are_counted_not_walked():
    x = Value(1.0, label="x")
    node = x
    for i in range(40):
        node = (node + node).with_label(f"x_{{{i}}}")
    rule = chain_rule(node, x, most=2)
    assert (rule.count, rule.value) == (2**40, 2.0**40)


def test_a_chain_of_5000_is_one_path():
    x = node = Value(0.5, label="x")
    for i in range(5000):
        node = sin(node).with_label(f"s_{{{i}}}")
    assert len(chain_rule(node, x).paths[0].factors) == 5000


# -- sums over siblings ---------------------------------------------------------------------------


def quantity(C, label):
    (node,) = [node for node in topological_order(C) if node.label == label]
    return node


def labelled(numbers, name="y_{}"):
    return [Value(float(y), label=name.format(i)) for i, y in enumerate(numbers)]


SIBLINGS = {
    "the deck's": (
        (2, 3, 2), labelled([0.2, 0.7]), "a_{1}^{(1)}",
        ["Σⱼ ∂zⱼ⁽²⁾/∂a₁⁽¹⁾ · ∂aⱼ⁽²⁾/∂zⱼ⁽²⁾ · ∂C₀/∂aⱼ⁽²⁾, sum over layer 2",
         "Σⱼ wⱼ₁⁽²⁾ · σ′(zⱼ⁽²⁾) · ∂C₀/∂aⱼ⁽²⁾",
         "Σⱼ wⱼ₁⁽²⁾ · σ′(zⱼ⁽²⁾) · 2(aⱼ⁽²⁾ − yⱼ)"],
    ),
    "from further before": (
        (2, 3, 2), [1.0, 0.0], "w_{01}^{(1)}",
        ["∂z₀⁽¹⁾/∂w₀₁⁽¹⁾ · ∂a₀⁽¹⁾/∂z₀⁽¹⁾ · Σⱼ ∂zⱼ⁽²⁾/∂a₀⁽¹⁾ · ∂aⱼ⁽²⁾/∂zⱼ⁽²⁾ · ∂C₀/∂aⱼ⁽²⁾, sum over layer 2",
         "a₁⁽⁰⁾ · σ′(z₀⁽¹⁾) · Σⱼ wⱼ₀⁽²⁾ · σ′(zⱼ⁽²⁾) · ∂C₀/∂aⱼ⁽²⁾"],
    ),
    "through one neuron after": (
        (2, 3, 1), labelled([0.7], "y"), "a_{0}^{(0)}",
        ["(Σⱼ ∂zⱼ⁽¹⁾/∂a₀⁽⁰⁾ · ∂aⱼ⁽¹⁾/∂zⱼ⁽¹⁾ · ∂z⁽²⁾/∂aⱼ⁽¹⁾) · ∂a⁽²⁾/∂z⁽²⁾ · ∂C₀/∂a⁽²⁾, sum over layer 1",
         "(Σⱼ wⱼ₀⁽¹⁾ · σ′(zⱼ⁽¹⁾) · w₀ⱼ⁽²⁾) · σ′(z⁽²⁾) · ∂C₀/∂a⁽²⁾",
         "(Σⱼ wⱼ₀⁽¹⁾ · σ′(zⱼ⁽¹⁾) · w₀ⱼ⁽²⁾) · σ′(z⁽²⁾) · 2(a⁽²⁾ − y)"],
    ),
    "through two layers": (
        (2, 3, 2), labelled([0.2, 0.7]), "a_{0}^{(0)}",
        ["Σⱼ ∂zⱼ⁽¹⁾/∂a₀⁽⁰⁾ · ∂aⱼ⁽¹⁾/∂zⱼ⁽¹⁾ · Σₖ ∂zₖ⁽²⁾/∂aⱼ⁽¹⁾ · ∂aₖ⁽²⁾/∂zₖ⁽²⁾ · ∂C₀/∂aₖ⁽²⁾, "
         "sum over layers 1 and 2",
         "Σⱼ wⱼ₀⁽¹⁾ · σ′(zⱼ⁽¹⁾) · Σₖ wₖⱼ⁽²⁾ · σ′(zₖ⁽²⁾) · ∂C₀/∂aₖ⁽²⁾",
         "Σⱼ wⱼ₀⁽¹⁾ · σ′(zⱼ⁽¹⁾) · Σₖ wₖⱼ⁽²⁾ · σ′(zₖ⁽²⁾) · 2(aₖ⁽²⁾ − yₖ)"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SIBLINGS)
def test_paths_through_a_layer_are_a_sum_over_it(case):
    sizes, y, label, expected = SIBLINGS[case]
    net = nn.MLP(list(sizes), node=Value, rng=0)
    C = nn.quadratic_cost(net(np.linspace(0.2, 0.9, sizes[0])), y).with_label("C_0")
    rule = chain_rule(C, quantity(C, label))
    first, *more = rule.text.splitlines()[: len(expected)]
    assert [first.partition(" = ")[2], *(line.strip(" =") for line in more)] == expected
    assert rule.text.splitlines()[len(expected)].startswith("P₁ = ")
    assert r"\sum_j" in rule.latex
    assert (r"\text{sum over layer" in rule.latex) == ("sum over" in rule.text)
    assert chain_rule(C, quantity(C, label), most=1).text.splitlines()[: len(expected)] == [
        first, *(" " * first.index(" =") + f" = {line}" for line in expected[1:])
    ]  # fmt: skip


def paths_that_are_no_sum():
    x, w = Value(0.5, label="x"), labelled([1.0, 2.0], "w_{}")
    yield x, x * x * w[0]  # two uses of one quantity
    u, v = sin(w[0] * x).with_label("a_0"), tanh(w[1] * x).with_label("a_1")
    yield x, u * u + v  # another calculation in each, and another place for each
    a, b = (w[0] * x).with_label("a_0^{(1)}"), (w[1] * x).with_label("a_1^{(2)}")
    yield x, sin(a + b)  # of two layers
    c, d = (w[0] * x).with_label("a_0"), (w[0] * x).with_label("a_0")
    yield x, sin(c + d)  # no index to tell them apart


@pytest.mark.parametrize("case", range(4))
def test_paths_of_different_forms_are_not_called_a_sum(case):
    x, C = list(paths_that_are_no_sum())[case]
    rule = chain_rule(C.with_label("C"), x)
    assert rule.sums == ()
    assert "Σ" not in rule.text
    assert rule.count == 2 or case == 1


# -- numbers that check on a calculator -----------------------------------------------------------


def figures(line):
    """The numbers of a line, and how they are joined; None for a line with anything else."""
    text = line.partition(" = ")[2].replace("−", "-")
    text = re.sub(r"(\d) · 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: f"{m[1]}e{m[2].translate(RAISED)}", text)
    joined = " · " if " · " in text else " + "
    parts = text.replace(" - ", " + -").split(joined)
    try:
        return [Decimal(part.strip("()")) for part in parts], joined
    except ArithmeticError:
        return None


RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def checked(text):
    """How many products and sums of a text come out as they are printed, by their printed digits."""
    lines = [figures(line) for line in text.splitlines()]
    count = 0
    for calculation, result in itertools.pairwise(lines):
        if calculation is None or result is None or len(calculation[0]) < 2 or len(result[0]) > 1:
            continue
        numbers, joined = calculation
        (printed,), _ = result
        value = math.prod(numbers) if joined == " · " else sum(numbers)
        assert abs(value - printed) <= Decimal(10) ** printed.as_tuple().exponent / 2, text
        count += 1
    return count


def test_printed_numbers_come_out_on_a_calculator():
    count = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        nodes = [Value(float(rng.normal()), label=f"x_{i}") for i in range(3)]
        for i in range(6):
            a, b = (nodes[j] for j in rng.integers(len(nodes), size=2))
            made = [
                a * b,
                a + b,
                sin(a) - b,
                tanh(a) / (2 + b * b),
                exp(-a * a),
                a * 10.0 ** rng.integers(-4, 5),
            ]
            nodes.append(made[rng.integers(6)].with_label(f"v_{i}"))
        C = (nodes[-1] * nodes[-2] + nodes[-3]).with_label("C")
        for _ in range(seed % 3):
            C.backward()  # gradients of earlier calls are no part of it
        x = nodes[seed % 3]
        rule, total = chain_rule(C, x, most=3), chain_rule(C, x, total=True)
        text = rule.text
        count += checked(text) + checked(total.text)
        assert total.value == rule.value
        if (last := figures(text.splitlines()[-1])) is not None:
            assert float(last[0][0]) == pytest.approx(rule.value, rel=5e-3, abs=1e-12)
    assert count > 150


def test_a_last_digit_that_four_digits_would_get_wrong():
    x, w = Value(1.2346, label="x"), Value(1.2346, label="w")
    C = (3 * (x * w).with_label("z") * w).with_label("C")
    assert chain_rule(C, x).text.splitlines()[-2:] == ["      = 1.2346 · 3.7038", "      = 4.573"]


def test_zero_has_no_sign():
    s = Value(0.5, label="s")
    z = (-1.0 * s).with_label("z")
    text = chain_rule((z * 0.0).with_label("C"), s).text
    assert "(−1) · 0" in text
    assert "−0" not in text


# -- total derivatives ----------------------------------------------------------------------------


def test_a_quantity_used_twice_in_a_step_has_its_total_derivative_on_demand():
    x = Value(2.0, label="x")
    y = (x**3 + x).with_label("y")
    f = (y**2).with_label("f")
    assert chain_rule(f, x, total=True).text.splitlines() == [
        "∂f/∂x = ∂y/∂x · ∂f/∂y",
        "      = (3x² + 1) · 2y",
        "      = 13 · 20",
        "      = 260",
    ]
    assert chain_rule(f, x).count == 2
    with pytest.raises(TypeError, match="total"):
        chain_rule(f, x, total="yes")


# -- the ends -------------------------------------------------------------------------------------


def test_a_result_that_does_not_depend_on_it_has_no_path():
    C, _ = chain()
    rule = chain_rule(C, Value(1.0, label="u"))
    assert (rule.count, rule.value, rule.text) == (0, 0.0, "∂C₀/∂u = 0, no path leads from u to C₀")


def test_the_two_the_wrong_way_round_are_refused():
    C, named = chain()
    with pytest.raises(ValueError, match=r"takes the result first.*C_0.* is made from .*w\^.*: swap the two"):
        chain_rule(named["w"], C)


def test_of_itself_it_is_one():
    C, _ = chain()
    assert chain_rule(C, C).text == "∂C₀/∂C₀ = 1"


def test_a_node_on_the_way_and_nodes_without_labels():
    C, named = chain()
    assert chain_rule(C, named["z"]).text.startswith("∂C₀/∂z⁽ᴸ⁾ = ∂a⁽ᴸ⁾/∂z⁽ᴸ⁾ · ∂C₀/∂a⁽ᴸ⁾")
    x = Value(2.0)
    assert chain_rule(exp(x) * 3, x).text.splitlines()[0] == "∂v₂/∂v₁ = 3e^(v₁)"


def test_nothing_is_left_on_the_graph():
    C, named = chain()
    chain_rule(C, named["w"])
    assert named["w"].grad is None
    assert C.grad is None


def test_an_undefined_derivative_is_an_error():
    x = Value(0.0, label="x")
    with pytest.raises(DomainError):
        chain_rule(sqrt(x).with_label("r"), x)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((Tensor([1.0]), Value(1.0)), TypeError, "takes Values, and C is Tensor"),
        ((Value(1.0), 2.0), TypeError, "and w is float"),
    ],
)
def test_what_is_no_value_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        chain_rule(*arguments)


@pytest.mark.parametrize("most", [0, True, 2.5])
def test_most_is_a_whole_number_from_1(most):
    with pytest.raises(ValueError, match="most is a whole number from 1"):
        chain_rule(Value(1.0), Value(1.0), most=most)


def test_infinity_on_the_way():
    w, a = Value(math.inf, label="w"), Value(0.5, label="a")
    C = sigmoid((w * a).with_label("z")).with_label("C")
    assert chain_rule(C, w).text.splitlines()[1:] == ["      = a · σ′(z)", "      = 0.5 · 0", "      = 0"]


def test_a_factor_too_large_is_named():
    w, b = Value(0.0, label="w"), Value(1e200, label="b")
    z = (w * b * b).with_label("z")
    with pytest.raises(DomainError, match=r"∂z/∂w is on the way, and is no number where w = 0\.0, z = 0\.0"):
        chain_rule((z * 0).with_label("C"), w)


def test_without_latex_it_is_its_lines_and_within_a_list_its_repr() -> None:
    x = Value(3.0, label="x")
    rule = chain_rule((x**2).with_label("y"), x)
    for depth, text in ((1, rule.text), (2, repr(rule))):
        written: list[str] = []
        rule._repr_pretty_(SimpleNamespace(stack=[0] * depth, text=written.append), False)
        assert written == [text]
