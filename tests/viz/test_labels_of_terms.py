"""A label of several terms keeps its parentheses wherever a single letter needs none."""

import re

import pytest

import viz
from autograd import Value, sin

# A label, and how it reads as a factor, as a term and beneath ∂: in plain text.
LABELS = {
    "a + b": ("(a + b)", "a + b", "(a + b)"),
    "a-b": ("(a − b)", "(a − b)", "(a − b)"),
    r"a \pm b": ("(a ± b)", "(a ± b)", "(a ± b)"),
    "-a": ("(−a)", "(−a)", "(−a)"),
    r"\frac{a}{b}": ("(a/b)", "a/b", "(a/b)"),
    r"\text{gain + loss}": ("(gain + loss)", "(gain + loss)", "(gain + loss)"),
    "a*b": ("(a*b)", "(a*b)", "(a*b)"),
    "a → b": ("(a → b)", "(a → b)", "(a → b)"),
    "a b": ("(a b)", "(a b)", "(a b)"),
    "w_{a+b}": ("w_{a + b}", "w_{a + b}", "w_{a + b}"),
    "f(a+b)": ("f(a + b)", "f(a + b)", "f(a + b)"),
    "(a + b)": ("(a + b)", "(a + b)", "(a + b)"),
    r"\text{pre-activation}": ("pre-activation", "pre-activation", " pre-activation"),
    r"\sum_k w_k": ("(∑ₖ wₖ)", "(∑ₖ wₖ)", "(∑ₖ wₖ)"),
    "|x|": ("|x|", "|x|", "|x|"),
    "s": ("s", "s", "s"),
}


def quantities(label):
    a, b, c = Value(2.0, label="a"), Value(3.0, label="b"), Value(5.0, label="c")
    return a, b, c, (a + b).with_label(label)


@pytest.mark.parametrize("label", LABELS)
def test_in_formulas_as_plain_text(label):
    factor, term, _ = LABELS[label]
    _, _, c, s = quantities(label)
    beside = "" if label != r"\text{pre-activation}" else " · "
    assert viz.text(c / s) == f"c/{factor}"
    assert viz.text(s / c) == f"{factor}/c"
    assert viz.text(c * s) in (f"c{factor}", f"{factor}c", f"c{beside}{factor}", f"{factor}{beside}c")
    assert viz.text(s**2) == f"{factor}²"
    if label not in ("a + b", "-a", r"\text{gain + loss}"):
        assert viz.text(c - s) == f"c − {term}"
    assert viz.text(c - quantities("a + b")[3]) == "c − (a + b)"


@pytest.mark.parametrize("label", LABELS)
def test_beneath_a_derivative(label):
    beneath = LABELS[label][2]
    a, _, c, s = quantities(label)
    y = (s * c).with_label("y")
    assert viz.partials(y)[0].name == f"∂y/∂{beneath}"
    first = str(viz.chain_rule(y, a)).splitlines()[0]
    assert first == f"∂y/∂a = ∂{beneath}/∂a · ∂y/∂{beneath}"
    if label == "a + b":
        assert r"\frac{\partial y}{\partial(a + b)}" in viz.chain_rule(y, a).latex
        assert r"\partial(a + b)" in str(viz.draw_chain(y).source) or "∂(" in viz.draw_chain(y).source


def test_a_partial_that_is_such_a_name_is_a_factor():
    a, _, c, s = quantities("a + b")
    q = (s * c).with_label("q")
    rule = str(viz.chain_rule(sin(q).with_label("y"), c))
    assert "= (a + b) · cos(q)" in rule
    assert re.search(r"∂q/∂c · ∂y/∂q", rule)
    assert a.label == "a"
