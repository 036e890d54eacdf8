"""Deck D: softmax, logsumexp and cross-entropy of Values are written in shares, ∂C₀/∂aᵢ = sᵢ - yᵢ."""

import itertools
import math
import warnings

import numpy as np
import pytest

import nn
import viz
from autograd import Value, exp, log, log_softmax, logsumexp, sigmoid, softmax
from viz._mathematics.typeset import to_text
from viz._pages.chain.recording import record

DECK = (0.95, 0.66, 0.12)
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def lowered(i):
    return str(i).translate(LOWERED)


def logits(numbers=DECK, name="a_{}"):
    return [Value(x, label=name.format(i)) for i, x in enumerate(numbers)]


def shares(numbers):
    """softmax of plain numbers, by its definition."""
    each = [math.exp(x - max(numbers)) for x in numbers]
    return np.array(each) / math.fsum(each)


def slopes(node):
    return {p.argument.label: p.text for p in viz.partials(node)}


ORDERS = [
    DECK,
    (0.12, 0.95, 0.66),
    (0.66, 0.12, 0.95),
    (1.0, 1.0, 1.0),
    (2.0, -1.0, 2.0),
    (900.0, 3.0, -900.0),
]
HUNDRED = tuple(0.01 * (i * 7 % 100) for i in range(100))
TEN = tuple(0.3 * (i * 7 % 10) for i in range(10))


KINDS = ["numbers", "label", "several", "Values"]
CASES = [*itertools.product(ORDERS, KINDS), *((TEN, kind) for kind in KINDS[:-1])]


@pytest.mark.parametrize(("numbers", "kind"), CASES, ids=lambda x: str(x)[:50])
def test_cross_entropy_has_the_decks_slope_whichever_output_is_largest(numbers, kind):
    n = len(numbers)
    y = [1.0, *[0.0] * (n - 1)]
    if kind == "several":
        y = [0.5, 0.3, *[0.0] * (n - 3), 0.2]
    desired = {"numbers": y, "label": 0, "Values": logits(y, "y_{}"), "several": y}[kind]
    a = logits(numbers)
    C = nn.cross_entropy(a, desired).with_label("C_0")
    for i, share in [*enumerate(shares(numbers))][:: n - 1 if n > 3 else 1]:
        rule = viz.chain_rule(C, a[i])
        assert rule.text.splitlines()[0] == f"∂C₀/∂a{lowered(i)} = s{lowered(i)} − y{lowered(i)}"
        assert rule.count == 1
        assert rule.value == pytest.approx(share - y[i], rel=1e-13, abs=1e-15)
        assert rule.latex.splitlines()[1].endswith(f"s_{i} - y_{i} \\\\")
        assert "e^" not in rule.text + rule.latex
        assert "…" not in rule.text
    terms = " + ".join(f"y{lowered(i)} ln(s{lowered(i)})" for i in range(n))
    assert viz.text(C) == f"−({terms})"
    if kind == "Values":
        assert slopes(C)["y_1"] == "−ln(s₁)"


@pytest.mark.parametrize(
    ("activation", "formula", "number"),
    [(nn.identity, "a₀⁽⁰⁾ · (s₀ − y₀)", "−0.3795"), (sigmoid, "a₀⁽⁰⁾ · σ′(z₀⁽¹⁾) · (s₀ − y₀)", "−0.08988")],
    ids=["linear", "sigmoid"],
)
def test_weights_before_it(activation, formula, number):
    net = nn.MLP([2, 3], use_bias=False, output_activation=activation, node=Value, rng=0)
    net.load_state_dict({"layers.0.W": [[1.5, -0.5], [0.6, 1.2], [-0.4, 2.0]]})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", nn.LogitsWarning)
        C = nn.cross_entropy(net([0.7, 0.2]), [1, 0, 0]).with_label("C_0")
    _, formulas, _, last = viz.chain_rule(C, net.layers[0].W[0, 0]).text.splitlines()
    assert (formulas.strip(), last.strip()) == (f"= {formula}", f"= {number}")


def test_each_quantity_has_one_edge_in_the_order_of_the_indices():
    C = nn.cross_entropy(logits(TEN), 3).with_label("C_0")
    picture = viz.draw_chain(C).picture
    assert [to_text(link.symbol) for link in picture.links] == [
        f"s{lowered(i)} − y{lowered(i)}" for i in range(10)
    ]
    assert to_text(picture.boxes[-1].equation()) == "C₀ = −Σⱼ yⱼ ln(sⱼ)"


def test_softmax_itself():
    a = logits()
    for i, share in enumerate(softmax(a)):
        s = share.with_label(f"s_{i}")
        assert viz.formula(s) == rf"\frac{{e^{{a_{i}}}}}{{e^{{a_0}} + e^{{a_1}} + e^{{a_2}}}}"
        expected = {
            f"a_{j}": f"s{lowered(i)}(1 − s{lowered(i)})"
            if i == j
            else "−s{}s{}".format(*map(lowered, sorted((i, j))))
            for j in range(3)
        }
        assert slopes(s) == expected


def test_its_logarithm_and_the_logarithm_of_a_sum():
    assert (viz.text(logsumexp(logits())), slopes(logsumexp(logits()))) == (
        "ln(e^(a₀) + e^(a₁) + e^(a₂))",
        {"a_0": "s₀", "a_1": "s₁", "a_2": "s₂"},
    )
    ln_s = log_softmax(logits())[1]
    assert (viz.text(ln_s), slopes(ln_s)) == ("ln(s₁)", {"a_0": "−s₀", "a_1": "1 − s₁", "a_2": "−s₂"})


def test_a_cross_entropy_of_ones_own_over_labelled_shares():
    a, y = logits(), logits([1.0, 0.0, 0.0], "y_{}")
    s = [x.with_label(f"s_{i}") for i, x in enumerate(softmax(a))]
    C = (-sum(y[i] * log(s[i]) for i in range(3))).with_label("C")
    rule = viz.chain_rule(C, a[0])
    assert [[f.text for f in path.factors] for path in rule.paths] == [
        ["s₀(1 − s₀)", "−y₀/s₀"],
        ["−s₀s₁", "−y₁/s₁"],
        ["−s₀s₂", "−y₂/s₂"],
    ]
    assert rule.text.splitlines()[0] == "∂C/∂a₀ = Σⱼ ∂sⱼ/∂a₀ · ∂C/∂sⱼ"
    whole = (-sum(y[i] * log(x) for i, x in enumerate(softmax(a)))).with_label("C")
    assert slopes(whole)["a_0"] == "s₀ − y₀"


def test_what_is_true_where_desired_shares_do_not_add_up_to_1():
    a = logits()
    assert slopes(nn.cross_entropy(a, [0.5, 0.3, 0.1]))["a_0"] == "0.9s₀ − 0.5"
    y = logits([0.5, 0.3, 0.1], "y_{}")
    assert slopes(nn.cross_entropy(a, y))["a_0"] == "s₀(y₀ + y₁ + y₂) − y₀"
    assert slopes(nn.cross_entropy(a, 0, weights=[2, 3, 1])) == {
        "a_0": "2(s₀ − 1)", "a_1": "2s₁", "a_2": "2s₂",
    }  # fmt: skip


def test_several_examples():
    a = np.array([logits(DECK, "a_{{0{}}}"), logits(DECK, "a_{{1{}}}")])
    C = nn.cross_entropy(a, [0, 2])
    assert slopes(C)["a_{12}"] == "(s₁₂ − y₁₂)/2"
    assert viz.text(C).count("ln(s₁₂)") == 1


def test_names_that_are_taken():
    a = logits()
    s = (3 * a[0]).with_label("s_0")
    assert slopes(nn.cross_entropy([s, *a[1:]], 0)) == {"s_0": "p₀ − y₀", "a_1": "p₁ − y₁", "a_2": "p₂ − y₂"}
    p = softmax(logits())[1].with_label("p_2^{(3)}")
    assert slopes(p) == {"a_0": "−p₁⁽³⁾p₂⁽³⁾", "a_1": "p₂⁽³⁾(1 − p₂⁽³⁾)", "a_2": "−p₂⁽³⁾p₃⁽³⁾"}
    assert slopes(logsumexp(logits(DECK, "x_{{{}k}}")))["x_{1k}"] == "s₁ₖ"


def test_a_use_beside_the_softmax_counts_too():
    a = logits()
    assert slopes(a[0] * softmax(a)[0])["a_0"] == "s₀(1 + a₀ − s₀a₀)"


def test_the_page_calculates_with_the_shares():
    a, y = logits(), logits([0.5, 0.5, 0.0], "y_{}")
    recording = record(nn.cross_entropy(a, y).with_label("C_0"), 60)
    assert len(recording.slopes) == len(recording.picture.links) == 6
    assert all(m is not None for m in recording.slopes)


def test_softmax_written_by_hand():
    a, y = logits(), logits([1.0, 0.0, 0.0], "y_{}")
    e = [exp(x - 3.0) for x in a]
    s = (e[0] / sum(e)).with_label("s_0")
    assert slopes(s) == {"a_0": "s₀(1 − s₀)", "a_1": "−s₀s₁", "a_2": "−s₀s₂"}
    C = -sum(t * log(x / sum(e)) for t, x in zip(y, e, strict=True))
    assert [p.text for p in viz.partials(C, total=True) if p.argument is a[1]] == ["s₁ − y₁"]
    x = a[0]
    tanh_of_x = (exp(x) - exp(-x)) / (exp(x) + exp(-x))  # no share of several numbers
    assert viz.text(tanh_of_x) == "(e^(a₀) − e^(−a₀))/(e^(a₀) + e^(−a₀))"


def test_a_hundred_classes():
    a = logits(HUNDRED)
    rule = viz.chain_rule(nn.cross_entropy(a, 3).with_label("C_0"), a[99])
    assert rule.text.startswith("∂C₀/∂a₉₉ = s₉₉ − y₉₉")
    assert rule.value == pytest.approx(shares(HUNDRED)[99], rel=1e-12)


@pytest.mark.parametrize(("taken", "letter"), [(None, "y"), ("y_1", "t")])
def test_desired_outputs_without_a_label_have_the_decks_names(taken, letter):
    a, y = logits(), [Value(0.2), Value(0.5), Value(0.3)]
    C = nn.cross_entropy(a, y) + (0.0 if taken is None else Value(0.1, label=taken))
    C = C.with_label("C_0")
    assert viz.chain_rule(C, a[1]).text.startswith(f"∂C₀/∂a₁ = s₁ − {letter}₁")
    assert viz.chain_rule(C, y[2]).text.startswith(f"∂C₀/∂{letter}₂ = −ln(s₂)")
    names = {to_text(box.symbol) for box in record(C, 60).picture.boxes}
    assert {f"{letter}{lowered(i)}" for i in range(3)} <= names


def test_a_page_has_formulas_for_desired_outputs_of_any_sum():
    C = nn.cross_entropy(logits(), logits((0.2, 0.5, 0.3), "y_{}")).with_label("C_0")
    recording = record(C, 60)
    of_shares, general = (
        [to_text(link.symbol) for link in one.picture.links[:3]] for one in (recording, recording.generally())
    )
    assert of_shares == ["s₀ − y₀", "s₁ − y₁", "s₂ − y₂"]
    assert general == [f"s{i}(y₀ + y₁ + y₂) − y{i}" for i in "₀₁₂"]
    (total,) = (recording.program.cells[slot] for slot in recording.ones)
    assert total[0] == "add"
    fixed = record(nn.cross_entropy(logits(), [0.2, 0.5, 0.3]).with_label("C_0"), 60)
    assert (fixed.ones, fixed.general) == (set(), {})
