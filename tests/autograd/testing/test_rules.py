"""check_rule: right rules pass in every aspect, and each kind of mistake is reported by its own aspect."""

import math

import numpy as np
import pytest
from mpmath import mp
from reference import FUNCTIONS

import autograd
from autograd._graph.primitive import PRIMITIVES
from autograd.extend import ArrayRow, Row, define, function
from autograd.testing import check_rule
from autograd.testing._checks.results import Aspect, RuleReport

GAUSS = "-2 * x * out"


def gauss(x):
    return math.exp(-x * x)


def wrong_aspects(rule, **options):
    report = check_rule(rule, **{"points": 12, **options})
    assert bool(report) == (report.verdict == "agrees")
    return [aspect.name for aspect in report.aspects if aspect.problems]


@pytest.mark.parametrize("name", ["tanh", "relu", "pow", "atan2", "asin", "floor", "leaky_relu"])
def test_rows_of_the_table_pass(name):
    report = check_rule(name, points=12)
    assert report, str(report)


@pytest.mark.parametrize("name", ["sigmoid", "hypot"])
def test_rows_agree_with_mpmath(name):
    report = check_rule(name, reference=FUNCTIONS[name], points=12)
    assert report, str(report)
    assert report.aspects[-3].name == "derivatives beside the reference"


def test_right_rules_from_outside_pass():
    softsign = Row("softsign", lambda x: x / (1 + abs(x)), partials="1 / square(1 + abs(x))", kink="x")
    rules = [
        Row("bump", gauss, partials=GAUSS),
        softsign,
        Row("arc", lambda x: math.sqrt((1 - x) * (1 + x)), partials="-x / out", domain="[-1, 1]"),
        function(math.lgamma, lambda x: float(mp.digamma(x)), name="loggamma"),
        function(lambda x: x * x, backward=lambda g, x: g * 2 * x, name="by_gradient"),
    ]
    before = dict(PRIMITIVES)
    for rule in rules:
        report = check_rule(rule, points=12, **({"domain": "(0, inf)"} if rule is rules[3] else {}))
        assert report, str(report)
    assert before == PRIMITIVES  # a row that was described only is not in the table afterwards


# The right rule is exp(-x²), with one mistake each.
WRONG = {
    "sign": (Row("bump", gauss, partials="2 * x * out"), "first derivative"),
    "factor": (Row("bump", gauss, partials="-x * out"), "first derivative"),
    "beyond": (Row("far", math.atan, partials="1 / (1 + square(x)) * (1 + (x > 20))"), "first derivative"),
    "kink": (
        Row("bent", abs, np.abs, partials="sign(x) + 5 * (x == 0)", kink="x", latex="|{x}|"),
        "first derivative",
    ),
    "arrays": (Row("bump", gauss, lambda x: np.exp(-x * x) * (1 + (x > 3)), partials=GAUSS), "arrays"),
    "float32": (
        Row("bump", gauss, lambda x: np.exp(-x * x) * (1 + 1e-4 * (x.dtype == np.float32)), partials=GAUSS),
        "arrays",
    ),
    "dtype": (Row("bump", gauss, lambda x: np.exp(-(np.asarray(x, float) ** 2)), partials=GAUSS), "arrays"),
    "quick": (
        Row("bump", gauss, lambda x: np.exp(-x * x), partials=GAUSS, quick=lambda x: np.exp(-x * x) + 1e-9),
        "arrays",
    ),
    "inputs": (Row("halved", lambda x: x / 2, lambda x: np.divide(x, 2, out=x), partials="0.5"), "arrays"),
    "domain": (Row("root", math.sqrt, partials="0.5 / out"), "value"),
    "outside": (
        Row("root", lambda x: math.sqrt(abs(x)), partials="0.5 / out", domain="(0, inf)"),
        "outside of the domain",
    ),
    "undefined": (
        Row("twice", lambda x: 2 * x, partials="2 * x / x"),
        "derivative inside of the domain",
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_mistakes_are_reported(mistake):
    rule, aspect = WRONG[mistake]
    assert aspect in wrong_aspects(rule)


def test_a_wrong_second_derivative_is_reported():
    """A helper row with the right value and a wrong derivative: only the second order shows it."""
    slope, whole = define(
        Row("_slope_of_bump", lambda x: -2 * x * gauss(x) if abs(x) < 30 else 0.0, partials="-2 * out"),
        Row("bump", gauss, partials="_slope_of_bump(x)"),
        check=False,
    )
    assert wrong_aspects(whole) == ["second derivative"]
    assert wrong_aspects(whole, order=1) == []
    assert "first derivative" in wrong_aspects(slope)


def test_a_reference_finds_what_differences_cannot():
    sloppy = Row("sloppy", lambda x: math.log(1 + x), partials="1 / (1 + x)", domain="(-1, inf)")
    assert wrong_aspects(sloppy, reference=lambda x: mp.log(1 + x)) == ["value"]
    careless = Row("careless", gauss, partials="-2 * x * out + 1e-12")
    options = {"reference": lambda x: mp.exp(-x * x), "domain": "[-5, 5]"}
    assert "derivatives beside the reference" in wrong_aspects(careless, **options)


def test_a_function_with_its_derivative():
    assert check_rule(math.sin, derivative=math.cos, points=12)
    assert wrong_aspects(math.sin, derivative=lambda x: -math.cos(x)) == ["first derivative"]
    product = check_rule(
        lambda x, y: x * y, derivative=lambda x, y: (y, x), domain=("[-9, 9]", "[-9, 9]"), points=12
    )
    assert product, str(product)
    assert "value" in wrong_aspects(math.log, derivative=lambda x: 1 / x, domain="[0, inf)")


def test_a_derivative_whose_formula_overflows_is_counted():
    report = check_rule(lambda x: x / (1 + abs(x)), derivative=lambda x: 1 / (1 + abs(x)) ** 2)
    aspect = next(a for a in report.aspects if a.name == "derivative inside of the domain")
    assert report.verdict == "agrees"
    assert 0 < aspect.undecided < aspect.checked


def test_the_same_seed_gives_the_same_report():
    reports = [check_rule(WRONG["sign"][0], rng=seed, points=8) for seed in (1, 1, 2)]
    texts = [str(report).partition("s)")[2] for report in reports]
    assert texts[0] == texts[1] != texts[2]


def test_the_report_tells_and_raises():
    report = check_rule(WRONG["factor"][0], points=[(0.5,), (1.0,)])
    assert str(report).startswith("bump: disagrees (2 points, ")
    assert "first derivative" in str(report)
    assert "bump" in str(report)
    with pytest.raises(AssertionError, match="bump: disagrees"):
        report.raise_if_wrong()
    check_rule("exp", points=[(0.5,)]).raise_if_wrong()


def test_what_is_no_rule_is_refused():
    with pytest.raises(TypeError, match="there is check_gradient"):
        check_rule(lambda x: x * x)
    with pytest.raises(TypeError, match="has its derivative already"):
        check_rule("sin", derivative=math.cos)
    with pytest.raises(ValueError, match="no primitive called 'sine'"):
        check_rule("sine")
    with pytest.raises(ValueError, match=r"1 input\(s\), but 2 domain\(s\)"):
        check_rule("sin", domain=["(0, 1)", "(0, 1)"])
    with pytest.raises(TypeError, match="check it at arrays of yours with check_gradient"):
        check_rule(ArrayRow("flip", lambda x: x[::-1].copy(), lambda g, x: g[::-1]))
    assert check_rule(autograd.exp, points=5).points == 5


def test_a_notebook_shows_a_table_with_the_problems():
    html = RuleReport("<f>", (Aspect("value", 20, 1, ("at 0.5 it is <b>",)),), 20, 0.5)._repr_html_()
    assert "&lt;f&gt;: disagrees" in html
    assert "disagrees</td>" in html
    assert "value: at 0.5 it is &lt;b&gt;" in html
