"""A branch that an example does not take does no harm to it: not to its value, not to its gradient."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from reference import ordinary

import autograd
from autograd import DomainError, Value, cosh, exp, expm1, log, log1p, relu, sigmoid, sqrt, where
from autograd._compiler.find.guards import _harmless, _risky_arguments, guarded
from autograd._compiler.find.tape import read
from autograd._table.define import rows
from autograd._table.readings import FLOATS
from autograd._table.rows import CALL, Row

NUMBERS = [-3.0, -1.0, 0.0, 0.5, 2.0, 1000.0]


def holds(x):
    return relu(x)  # not 0 above 0


# f of Values x and w, and by hand the number and ∂/∂w of it at numbers x and w
BRANCHES = {
    "sqrt": (
        lambda x, w: where(holds(x), w * sqrt(x), w * x),
        lambda x, w: (w * x**0.5, x**0.5) if x > 0 else (w * x, x),
    ),
    "of a product": (
        lambda x, w: where(holds(x), sqrt(w * x), w),
        lambda x, w: ((w * x) ** 0.5, 0.5 * (x / w) ** 0.5) if x > 0 else (w, 1.0),
    ),
    "log": (
        lambda x, w: where(holds(x), w * log(x), 0),
        lambda x, w: (w * math.log(x), math.log(x)) if x > 0 else (0, 0),
    ),
    "over": (lambda x, w: where(x, w / x, w), lambda x, w: (w / x, 1 / x) if x else (w, 1)),
    "exp": (
        lambda x, w: where(holds(x), w * x, w * exp(-3.0 * x * w)),
        lambda x, w: (w * x, x) if x > 0
        else (w * math.exp(-3 * x * w), (1 - 3 * x * w) * math.exp(-3 * x * w)),
    ),
    "the other branch overflows": (
        lambda x, w: where(holds(x - 100), w, w * (expm1(x * w) + cosh(x * w))),
        lambda x, w: (w, 1) if x > 100 else (
            w * (math.expm1(x * w) + math.cosh(x * w)),
            math.expm1(x * w) + math.cosh(x * w) + w * x * (math.exp(x * w) + math.sinh(x * w)),
        ),
    ),
    "one in the other": (
        lambda x, w: where(holds(x - 1), log(x - 1) * w, where(holds(x), log(x) * w + sqrt(x), log1p(w) + x)),
        lambda x, w: (math.log(x - 1) * w, math.log(x - 1)) if x > 1
        else (math.log(x) * w + x**0.5, math.log(x)) if x > 0
        else (math.log1p(w) + x, 1 / (1 + w)),
    ),
    "shared by two": (
        lambda x, w: where(holds(x - 1), log(x) * w, where(holds(x), 3 * log(x), w)),
        lambda x, w: (math.log(x) * w, math.log(x)) if x > 1 else (3 * math.log(x), 0) if x > 0 else (w, 1),
    ),
    "one of another": (
        lambda x, w: where(holds(x), log(sqrt(x) / w) ** 2, x * w),
        lambda x, w: (math.log(x**0.5 / w) ** 2, -2 * math.log(x**0.5 / w) / w) if x > 0 else (x * w, x),
    ),
    "powers": (
        lambda x, w: where(holds(x), x**w + x**-0.5, w),
        lambda x, w: (x**w + x**-0.5, x**w * math.log(x)) if x > 0 else (w, 1),
    ),
}  # fmt: skip


@pytest.mark.parametrize("road", ["plain", "arrays", "float32", "one by one"])
@pytest.mark.parametrize("case", BRANCHES)
def test_the_branch_not_taken_does_no_harm(case, road):
    f, by_hand = BRANCHES[case]
    x, w = Value(2.0, label="x"), Value(1.5, label="w")
    program = autograd.compile(f(x, w), [x], [w], dtype="float32" if road == "float32" else "float64")
    program._run_by((0, 0) if road in ("arrays", "float32") else (1000, 1000))
    numbers = [n for n in NUMBERS if n < 1000 or case not in ("powers", "sqrt")]
    expected = np.array([by_hand(n, 1.5) for n in numbers])
    rtol = 1e-5 if road == "float32" else 1e-13
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = program([1.5], [[n] for n in numbers])
        np.testing.assert_allclose(found, expected[:, 0], rtol=rtol)
        _, gradient = program.value_and_grad([1.5], [[n] for n in numbers])
        np.testing.assert_allclose(gradient, [expected[:, 1].mean()], rtol=rtol)
        for n, (_, slope) in zip(numbers, expected.tolist(), strict=True):
            np.testing.assert_allclose(
                program.value_and_grad([1.5], [[n]])[1], [slope], rtol=rtol, atol=1e-12
            )


@pytest.mark.parametrize("case", BRANCHES)
def test_in_other_libraries_too(case):
    jax = pytest.importorskip("jax")
    f, by_hand = BRANCHES[case]
    x, w = Value(2.0, label="x"), Value(1.5, label="w")
    program = autograd.compile(f(x, w), [x], [w], dtype="float32").to_jax()
    numbers = [n for n in NUMBERS if n < 1000]
    expected = np.array([by_hand(n, 1.5) for n in numbers])
    X = np.array([[n] for n in numbers], "f4")
    theta = jax.numpy.array([1.5], "float32")
    np.testing.assert_allclose(program(theta, X), expected[:, 0], rtol=1e-4)
    slope = jax.grad(lambda theta: program(theta, X).mean())(theta)
    np.testing.assert_allclose(slope, [expected[:, 1].mean()], rtol=1e-4)


def test_the_branch_that_is_taken_is_as_strict_as_ever():
    x = Value(2.0, label="x")
    c = holds(x + 2)  # -2 < x
    branch = where(c, 2 * log(x), x)
    for y in (branch, branch + 3 * log(x), 3 * log(x) + branch, log(x) * c, where(log(x), x, 0.0)):
        program = autograd.compile(y, [x], [])
        for few in (1000, 0):
            program._run_by((few, few))
            for bad in (-1.0, -4.0) if y is not branch else (-1.0,):
                with pytest.raises(DomainError, match=rf"^example 3: log\(x = {bad}\)"):
                    program([], [[1.0]] * 3 + [[bad]] * 37)


def test_an_operation_that_another_branch_needs_is_told_there_only():
    x, y = Value(2.0, label="x"), Value(0.5, label="y")
    root = sqrt(x)
    program = autograd.compile(where(y, root, x) + where(relu(x - 5), root, y), [x, y], [])
    for few in (1000, 0):
        program._run_by((few, few))
        assert program([], [[-1.0, 0.0]] * 40)[0] == -1.0
        with pytest.raises(DomainError, match=r"^example 1: sqrt\(x = -1.0\)"):
            program([], [[-1.0, 0.0], [-1.0, 2.0]] * 20)


def test_a_condition_that_is_made_of_what_it_guards():
    x = Value(2.0, label="x")
    s = sqrt(x)
    program = autograd.compile(where(s - 1, where(s - 2, s, log(s)), 7.0), [x], [])
    np.testing.assert_allclose(
        program([], [[1.0], [4.0], [9.0]] * 10)[:3], [7.0, math.log(2.0), 3.0], rtol=1e-15
    )


def test_branches_that_choose_by_each_other():
    """Which is guarded by which would go round in a circle; what goes without its guard is told."""
    x, y, p = (Value(n, label=letter) for n, letter in ((4.0, "x"), (9.0, "y"), (1.0, "p")))
    a, b = sqrt(x), sqrt(y)
    program = autograd.compile(where(p, where(b - 3, a, b), where(a - 2, b, a)), [x, y, p], [])
    for few in (1000, 0):
        program._run_by((few, few))
        assert program([], [[4, 9, 1], [4, 16, 1], [4, 9, 0], [16, 9, 0]] * 10)[:4].tolist() == [3, 2, 2, 3]
        with pytest.raises(DomainError, match=r"example 0: sqrt\(y = -1.0\)"):
            program([], [[4, -1, 1]] * 40)


def test_branches_without_harm_are_left_alone():
    x, w = Value(2.0, label="x"), Value(3.0, label="w")
    for y in (
        where(x, x, 0.01 * x),
        where(x, sigmoid(w * x), x + 1),
        where(log(x), x, w),
        log(where(x, x, w)),
    ):
        tape = read([y], [x], [w])
        assert guarded(tape) is tape


def test_the_listing_stays_readable():
    x = Value(2.0, label="x")
    assert (
        str(autograd.compile(where(x, sqrt(x), 0.0), [x], [])).split("  ")[0]
        == "return where(x, sqrt(where(x, x, 1)), 0)"
    )


def test_many_conditions():
    """A line that very many branches use counts as always needed: the text stays short."""
    x = [Value(0.5, label=f"x_{i}") for i in range(40)]
    root = sqrt(x[0])
    few = sum(where(xi, root, 0.0) for xi in x[1:4])
    many = sum(where(xi, root, 0.0) for xi in x[1:])
    rest = [[-1.0] + [0.0] * 39] * 30
    assert autograd.compile(few, x, [])([], rest)[0] == 0.0
    with pytest.raises(DomainError, match="sqrt"):
        autograd.compile(many, x, [])([], rest)


@pytest.mark.parametrize("row", [row for row in rows() if row.name != "where"], ids=str)
def test_every_row_in_a_branch(row):
    """At numbers from outside the domain and inside; 0 times the row's derivative is 0."""
    leaves = [Value(x) for x in ordinary(row, 0.5, 0.5, 0.5)]
    c, w = Value(1.0), Value(1.0)
    arguments = leaves if row.arity > 1 else [leaves[0] * w]
    y = where(c, row(*arguments), w)
    program = autograd.compile(y, [c, *leaves], [w])
    bad = [[0.0] + [number] * row.arity for number in (-1e200, -3.0, -1.0, 0.0, 1.0, 3.0, 1e200)] * 6
    for few in (1000, 0):
        program._run_by((few, few))
        value, gradient = program.value_and_grad([2.0], bad)
        assert (value, *gradient) == pytest.approx((2.0, 1.0), rel=1e-14)


def test_a_row_of_ones_own_with_a_domain_that_is_far_off():
    slope = "1 / (sqrt(x - 1) * sqrt(x + 1))"
    own = Row("acosh", math.acosh, np.arccosh, (slope,), r"\mathrm{{acosh}}({x})", CALL, ("[1, inf)",))
    own.float_partials = own.read(FLOATS)
    assert _risky_arguments(own) == (True,)
    assert _harmless(own, (None,)) == 2.0
