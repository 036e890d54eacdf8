"""Formulas: golden texts, and the promise that a formula means the calculation of the graph."""

import math
import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference import ordinary

import autograd
import nn
import viz
from autograd import (
    Tensor,
    Value,
    exp,
    expm1,
    hypot,
    log,
    log1p,
    maximum,
    sigmoid,
    sin,
    softmax,
    sqrt,
    tanh,
)
from autograd._derivatives.sweeps import adjoints
from autograd._graph.node import Node
from autograd._graph.primitive import PRIMITIVES
from autograd._table.rows import Row
from viz._formulas.derivatives import expression
from viz._formulas.expressions import build
from viz._formulas.names import name_of
from viz._formulas.setting import typeset
from viz._mathematics.latex import label
from viz._mathematics.typeset import Atom, Fence, Frac, Line, Math, Root, Script, Symbol, rebuilt, to_text

x, y, w = Value(0.7, label="x"), Value(0.3, label="y"), Value(0.4, label="w")
z = Value(1.2, label="z^{(1)}")
n = Value(3.0, label="n")
tiny, huge = Value(1e-300, label="x"), Value(1e250, label="x")

GOLDEN = {
    # the lectures
    "neuron": (w * x + y, "w x + y", "wx + y"),
    "activation": (sigmoid(z), r"\sigma(z^{(1)})", "σ(z⁽¹⁾)"),
    "cost": ((z - y) ** 2, "(z^{(1)} - y)^2", "(z⁽¹⁾ − y)²"),
    # what nobody writes
    "one times": (1 * x, "x", "x"),
    "plus zero": (x + 0, "x", "x"),
    "over one": (x / 1, "x", "x"),
    "minus minus": (x - (-y), "x + y", "x + y"),
    "plus minus": (x + (-y), "x - y", "x − y"),
    "minus twice": (-(x * -1), "x", "x"),
    "times zero": (0 * x + y, "y", "y"),
    "times minus": (x * -y, "-x y", "−xy"),
    "constants": (2 * x * 3, "6 x", "6x"),
    "constant behind": (x * 3, "3 x", "3x"),
    "constants' power": (Value(3.0) ** 2 * x, "9 x", "9x"),
    "halves and thirds": (x / 2 + x / 3, r"\frac{5 x}{6}", "5x/6"),
    "over minus two": (x / -2, r"-\frac{x}{2}", "−x/2"),
    "twice": (x + x, "2 x", "2x"),
    "nothing left": (x - x, "0", "0"),
    "times itself": (x * x * x, "x^3", "x³"),
    # parentheses, and none too many
    "sum times": ((x + y) * w, "(x + y) w", "(x + y)w"),
    "times sum": (w * (x + y), "w(x + y)", "w(x + y)"),
    "minus sum": (x - (y + w), "x - (y + w)", "x − (y + w)"),
    "minus difference": (x - (y - w), "x - (y - w)", "x − (y − w)"),
    "plus difference": (x + (y - w), "x + y - w", "x + y − w"),
    "minus of sum": (-(x + y), "-(x + y)", "−(x + y)"),
    "minus squared": ((-(x + y)) ** 2, "(-(x + y))^2", "(−(x + y))²"),
    "product squared": ((x * y) ** 2, "(x y)^2", "(xy)²"),
    "superscript squared": (z**2, "(z^{(1)})^2", "(z⁽¹⁾)²"),
    "fraction": ((x + y) / (x - y), r"\frac{x + y}{x - y}", "(x + y)/(x − y)"),
    "fraction squared": ((x / y) ** 2, r"\left(\frac{x}{y}\right)^2", "(x/y)²"),
    "fraction of products": (x / (2 * w), r"\frac{x}{2 w}", "x/(2w)"),
    "over number times sum": (x / (2 * (x + y)), r"\frac{x}{2(x + y)}", "x/(2(x + y))"),
    "over square times sum": (w / (x**2 * (x + y)), r"\frac{w}{x^2(x + y)}", "w/(x²(x + y))"),
    "over number times size": (x / (2 * abs(y)), r"\frac{x}{2\left|y\right|}", "x/(2|y|)"),
    "number times power of number": (2 * (0.5**x * log(y)), r"2 \cdot 0.5^x \ln(y)", "2 · 0.5ˣ ln(y)"),
    "root of square": (hypot(x, 0.0), r"\sqrt{x^2 + 0^2}", "√(x² + 0²)"),
    "one squared": (hypot(1.0, x), r"\sqrt{1 + x^2}", "√(1 + x²)"),
    "minus as an argument": (maximum(x, -y), r"\max(x, -y)", "max(x, −y)"),
    "double fraction": ((x / y) / w, r"\frac{x}{y w}", "x/(yw)"),
    "function of sum": (sin(x + y), r"\sin(x + y)", "sin(x + y)"),
    "function in exponent": (exp(sin(x)), r"e^{\sin(x)}", "e^(sin(x))"),
    "minus in exponent": (exp(-x), "e^{-x}", "e⁻ˣ"),
    "expm1 times": (expm1(x) * y, "(e^x - 1) y", "(eˣ − 1)y"),
    "log1p of minus": (log1p(-x), r"\ln(1 - x)", "ln(1 − x)"),
    "root": (sqrt(x + 1), r"\sqrt{x + 1}", "√(x + 1)"),
    "root cubed": (sqrt(x) ** 3, r"\sqrt{x}^3", "(√x)³"),
    "absolute": (abs(x - y), r"\left|x - y\right|", "|x − y|"),
    "numbers side by side": (3 * 2**x, r"3 \cdot 2^x", "3 · 2ˣ"),
    "node as exponent": (x ** (n - 1), "x^{n - 1}", "xⁿ⁻¹"),
    # constants are short
    "third": (x / 3, r"\frac{x}{3}", "x/3"),
    "a third": (x * (1 / 3), r"\frac{x}{3}", "x/3"),
    "cut": (x + math.pi, "x + 3.142", "x + 3.142"),
    "rounded away": (x + (0.1 + 0.2), "x + 0.3", "x + 0.3"),
    "tiny": (x * 2.5e-7, r"2.5 \cdot 10^{-7} x", "2.5 · 10⁻⁷x"),
    "large": (x + 1e6, "x + 10^6", "x + 10⁶"),
    "large whole": (x + 12345, "x + 12345", "x + 12345"),
    "negative": (x + (-3), "x - 3", "x − 3"),
    "negative exponent": (x**-2, r"\frac{1}{x^2}", "1/x²"),
    # constants whose product or sum is no float
    "too large": (tiny * 1e200 * 1e200, r"10^{200} x \cdot 10^{200}", "10²⁰⁰x · 10²⁰⁰"),
    "too large in front": (
        3 * (tiny * 1e200 * 1e200),
        r"3 \cdot 10^{200} x \cdot 10^{200}",
        "3 · 10²⁰⁰x · 10²⁰⁰",
    ),
    "too small": (huge * 1e-200 * 1e-200, r"10^{-200} x \cdot 10^{-200}", "10⁻²⁰⁰x · 10⁻²⁰⁰"),
    "too large under": (huge / 1e200 / 1e200, r"\frac{\frac{x}{10^{200}}}{10^{200}}", "(x/10²⁰⁰)/10²⁰⁰"),
    "too large a sum": (tiny * 1e308 + tiny * 1e308, r"10^{308} x + 10^{308} x", "10³⁰⁸x + 10³⁰⁸x"),
    "too small a power": (huge * Value(1e-200) ** 2, r"x (10^{-200})^2", "x(10⁻²⁰⁰)²"),
    "infinite": (x * math.inf, r"\infty x", "∞x"),
}


@pytest.mark.parametrize("case", GOLDEN)
def test_a_formula_reads_as_a_lecturer_writes_it(case: str) -> None:
    node, latex, plain = GOLDEN[case]
    assert viz.formula(node) == latex
    assert viz.text(node) == plain


def test_a_formula_stops_at_labelled_nodes_and_expands_the_root() -> None:
    u = (x + y).with_label("u")
    v = (u * u + w).with_label("v")
    assert viz.formula(v) == "u^2 + w"
    assert viz.formula(sigmoid(v)) == r"\sigma(v)"
    u.label = None
    assert viz.formula(v) == "(x + y)^2 + w"


def test_a_leaf_is_its_label_or_its_number() -> None:
    assert viz.formula(z) == "z^{(1)}"
    assert viz.formula(Value(0.5)) == "0.5"
    assert viz.formula(Value(0.5, label=" ") * x) == "0.5 x"


def test_two_nodes_of_one_label_are_two_quantities() -> None:
    other = Value(9.0, label="x")
    assert viz.formula(x - other) == "x - x"
    assert viz.formula(x * other) == "x x"


def test_nodes_of_equal_number_are_not_confused() -> None:
    """Values compare by number: a table keyed by equality would print x twice."""
    a, b = Value(2.0, label="a"), Value(2.0, label="b")
    assert viz.formula(a * b + a) == "a b + a"


def test_the_formula_of_a_recorded_gradient() -> None:
    u = Value(2.0, label="u")
    (u**3).backward(create_graph=True)
    assert viz.formula(u.grad) == "3 u^2"
    u.grad.backward(create_graph=True)


def test_tensors_are_written_by_the_same_rows() -> None:
    W, a, b = Tensor(np.eye(2), label="W"), Tensor([1.0, 2.0], label="a"), Tensor([0.0, 0.0], label="b")
    assert viz.formula(sigmoid(W @ a + b)) == r"\sigma(W a + b)"
    assert viz.formula(autograd.stack([a, b])) == r"\operatorname{stack}(a, b)"
    assert viz.formula(W @ (a + b)) == "W(a + b)"


def test_an_array_without_a_name_is_not_shown_as_a_number() -> None:
    """Its shape, [2], would read as the number 2."""
    a, ones = Tensor([1.0, 2.0], label="a"), np.ones(2)
    assert viz.formula(a * ones) == r"a \cdot \text{const}"
    assert viz.text(a * ones) == "a · const"
    for _ in range(100):  # two arrays are two quantities, wherever in memory they are
        assert viz.text(a * ones - a * np.ones(2)) == "a · const − a · const"
    assert viz.text(a + Tensor([1.0, 2.0])) == "a + array"


NEW_ROW = """
import viz
from autograd import Value
from autograd._table.rows import Row
from autograd._table.define import define
from autograd._graph.primitive import lookup
define(Row("cube", lambda x: x**3, lambda x: x**3, ("3 * x**2",), "{x}^3", 3, ("(-inf, inf)",)))
x, y, w = (Value(2.0, label=label) for label in "xyw")
print(viz.formula(lookup("cube")(x + y) * w), viz.formula(1 - lookup("cube")(w)))
"""


def test_a_new_row_is_written_by_its_own_template() -> None:
    """Adding a primitive is adding a row, and nothing else anywhere. In a process of its own, since
    the other tests of this one walk the table."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", NEW_ROW], env=environment, capture_output=True, check=True, text=True
    )
    assert done.stdout == "(x + y)^3 w 1 - w^3\n"


@pytest.mark.parametrize("row", [p for p in PRIMITIVES.values() if isinstance(p, Row)], ids=str)
def test_every_row_can_be_written(row: Row) -> None:
    numbers = ordinary(row, 0.5, 0.5, 0.5)
    names = [Value(x, label=label) for x, label in zip(numbers, "abc", strict=False)]
    node = row(*names)
    # The count of those that tie carries no derivative of the largest, and a reader does not ask for it; nor
    # for the list of those whose largest is taken out of a sum of exponentials, which changes nothing.
    written = {"_larger": names[:2], "_top": []}.get(row.name, names)
    assert all(name.label in viz.formula(node) for name in written)
    assert "\ue000" not in viz.formula(node) + viz.text(node)


# -- a formula means what the graph computes -----------------------------------------------------


def meaning(m: Math) -> str:
    """The Python that a formula reads as. Parentheses are only those that are printed: what is
    written side by side is joined as text, so a pair that is missing changes the number."""
    match m:
        case Symbol(_, body):
            return meaning(body)
        case Atom(text, _, _):
            return {"−": "-", "·": "*", "′": "_prime", "σ": "sigmoid", "e": "E", "ln": "log"}.get(text, text)
        case Frac(over, under):
            return f"(({meaning(over)})/({meaning(under)}))"
        case Root(body):
            return f"sqrt({meaning(body)})"
        case Script(base, sup, _):
            return f"{meaning(base)}**({meaning(sup)})" if sup else meaning(base)
        case Fence("|", body, _):
            return f"abs({meaning(body)})"
        case Fence(_, body, _):
            return f"({meaning(body)})"
    assert isinstance(m, Line)
    written = ""
    for before, item in zip((None, *m.items), m.items, strict=False):
        signs = ("operator", "relation", "punctuation", "prime")
        beside = before is not None and not any(
            isinstance(i, Atom) and i.kind in signs for i in (before, item)
        )
        names = isinstance(before, Atom) and (
            before.kind in ("function", "word", "prime") or before.text == "σ"
        )
        called = isinstance(item, Fence) and names
        written += ("*" if beside and not called else "") + meaning(item)
    return written


def sigmoid_prime(t: float) -> float:
    return autograd.sigmoid(t) * autograd.sigmoid(-t)


NAMES = {k: getattr(math, k) for k in ("log", "sqrt", "sin", "cos", "tanh")}
NAMES |= {"sigmoid": autograd.sigmoid, "sigmoid_prime": sigmoid_prime, "sgn": lambda t: (t > 0) - (t < 0)}
LEAVES = {"x": 0.7, "y": -0.3, "u": 1.9}


def random_node(choose: random.Random, depth: int) -> Node | float:
    if depth == 0 or choose.random() < 0.15:
        return choose.choice(
            [*(Value(v, label=k) for k, v in LEAVES.items()), -2.0, 3.0, 0.5, 1.0, 0.0, -1.0]
        )
    one = {
        "neg": lambda a: -a,
        "square": lambda a: a**2,
        "cube": lambda a: a**3,
        "sin": sin,
        "tanh": tanh,
        "sigmoid": sigmoid,
        "exp": lambda a: exp(tanh(a)),
        "log": lambda a: log(a * a + 1),
        "sqrt": lambda a: sqrt(a**2 + 1),
        "over": lambda a: 1 / (a**2 + 2),
        "abs": abs,
    }
    two = {
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "mul": lambda a, b: a * b,
        "div": lambda a, b: a / (b * b + 1),
    }
    a = random_node(choose, depth - 1)
    if choose.random() < 0.4:
        return one[choose.choice(list(one))](a)
    return two[choose.choice(list(two))](a, random_node(choose, depth - 1))


@given(st.integers(0, 10**9), st.integers(1, 5))
def test_reading_a_formula_gives_the_number_of_the_node_and_of_its_derivatives(seed: int, depth: int) -> None:
    node = random_node(random.Random(seed), depth)
    if not isinstance(node, Value):
        return
    # Constants are printed with four digits, so the numbers agree to about three.
    python = meaning(typeset(build(node, name_of)))
    assert eval(python, {**NAMES, **LEAVES, "E": math.e}) == pytest.approx(node.data, rel=5e-3, abs=5e-3), (
        python
    )
    for partial in viz.partials(node):
        python = meaning(partial.symbol)  # type: ignore[arg-type]
        if "sech" not in python:  # written sech²(x), which Python cannot read
            read = eval(python, {**NAMES, **LEAVES, "E": math.e})
            assert read == pytest.approx(partial.number, rel=2e-2, abs=2e-2), python


def joint_costs(numbers: tuple[float, ...]):  # type: ignore[no-untyped-def]
    """Results with a softmax in them, each with the exponents of the softmax and the desired shares."""
    rng = np.random.default_rng(0)
    a, n = [Value(t, label=f"a_{i}") for i, t in enumerate(numbers)], len(numbers)
    y, weights = rng.dirichlet(np.ones(n)), rng.uniform(0.5, 2, n)
    named = [Value(t, label=f"y_{i}") for i, t in enumerate(rng.uniform(0.1, 1, n))]
    first = np.eye(n)[0]
    yield autograd.logsumexp(a) * a[0], numbers, first
    yield nn.cross_entropy(a, y), numbers, y
    yield nn.cross_entropy(a, 3 * y, weights=weights), numbers, y
    yield nn.cross_entropy(a, named) * a[0] + 2, numbers, [float(t) for t in named]
    yield nn.cross_entropy([2 * a[0] + 1, *a[1:]], 0), (2 * numbers[0] + 1, *numbers[1:]), first
    yield softmax([a[0] * a[1], *a[1:]])[0] ** 2, (numbers[0] * numbers[1], *numbers[1:]), first
    yield autograd.logsumexp(a) * sum(autograd.log_softmax(a)) / (1 + softmax(a)[-1]), numbers, first
    yield nn.cross_entropy(np.array([a, a]), [0, 0]), numbers, first
    yield -sum(t * log(s) for t, s in zip(named, softmax(a), strict=True)), numbers, [float(t) for t in named]


def with_numbers(m: Math, numbers: dict[str, float]) -> Math:
    """A formula with numbers in the place of names."""
    if isinstance(m, Symbol):
        digits = repr(numbers[to_text(m)])
        return Fence("(", Atom(digits, digits, "number"), ")")
    return rebuilt(m, lambda part: with_numbers(part, numbers))


@pytest.mark.parametrize("numbers", [(0.95, 0.66, 0.12), (0.3, -0.2, 0.3, 1.1)], ids=str)
def test_a_formula_in_shares_gives_the_number_of_the_node_and_of_its_derivatives(
    numbers: tuple[float, ...],
) -> None:
    for node, exponents, desired in joint_costs(numbers):
        each = np.exp(exponents)
        known = {to_text(label(f"a_{i}")): t for i, t in enumerate(numbers)}
        known |= {to_text(label(f"{letter}_{i}")): float(t) for letter in "yt" for i, t in enumerate(desired)}
        known |= {to_text(label(f"s_{i}")): float(t) for i, t in enumerate(each / each.sum())}
        C = node.with_label("C")
        slopes = adjoints(C, 1.0)
        pairs = [(typeset(expression(C)), C.data)]
        pairs += [(p.symbol, slopes[p.argument]) for p in viz.partials(C)]
        pairs += [(p.symbol, p.number) for p in viz.partials(C, total=True)]
        for formula, number in pairs:
            python = meaning(with_numbers(formula, known))
            assert eval(python, {**NAMES, "E": math.e}) == pytest.approx(number, rel=2e-3, abs=1e-3), python


# -- what is too much --------------------------------------------------------------------------


def test_a_long_sum_is_written_in_full() -> None:
    total = sum((Value(1.0, label=f"x_{{{i}}}") for i in range(784)), start=Value(0.0, label="b"))
    assert viz.formula(total).count("+") == 784


@pytest.mark.parametrize("grow", [tanh, lambda v: sin(v) * sigmoid(v)], ids=["deep", "doubling"])
def test_a_formula_nobody_could_read_is_refused_at_once(grow) -> None:  # type: ignore[no-untyped-def]
    node = Value(0.5, label="x")
    for _ in range(3000):
        node = grow(node)
    with pytest.raises(viz.FormulaTooBig, match="with_label"):
        viz.formula(node)


def test_only_nodes_have_formulas() -> None:
    with pytest.raises(TypeError, match="float"):
        viz.formula(3.0)  # type: ignore[arg-type]
