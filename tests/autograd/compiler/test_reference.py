"""A program's errors are the engine's, and so are its numbers where arrays would have none: by every road."""

from __future__ import annotations

import copy
import math
import random
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import DomainError, Value, atan, expm1, log, no_grad, sqrt, square, where

# An operation that a sum is put into, and what undoes it.
OUTER = {
    "sqrt": (sqrt, lambda r: r * r),
    "log": (log, math.exp),
    "over": (lambda s: 3.0 / s, lambda r: 3.0 / r if r else math.inf),
    "half": (lambda s: s**0.5, lambda r: r * r),
    "minus half": (lambda s: s**-0.5, lambda r: r**-2 if r else math.inf),
}


@dataclass
class Cancelling:
    """An operation of a sum of products that is 0 but for rounding."""

    f: Any  # of w and v
    undone: Any
    theta: list[float]
    X: np.ndarray[Any, Any]
    scale: float  # of the terms

    def __init__(self, seed: int, examples: int) -> None:
        draw = random.Random(seed)
        outer, self.undone = OUTER[draw.choice(list(OUTER))]
        n = draw.randint(2, 4)
        nesting = [draw.random() for _ in range(n)]

        def f(w: Any, v: Any) -> Any:
            terms = [a * b for a, b in zip(w, v, strict=True)]
            for place in nesting[: n - 1]:
                i = int(place * (len(terms) - 1))
                terms[i : i + 2] = [terms[i] + terms[i + 1]]
            return outer(terms[0])

        self.f = f
        self.theta = [round(draw.uniform(-3, 3), 1) or 0.1 for _ in range(n)]
        rows = [[round(draw.uniform(-3, 3), 1) for _ in range(n - 1)] for _ in range(examples)]
        for row in rows:
            rest = sum(a * b for a, b in zip(self.theta, row, strict=False))
            off = draw.choice([0.0, 0.0, 0.1])  # some are well inside the domain, or outside
            row.append((off - rest) / self.theta[-1])
        self.X = np.array(rows)
        self.scale = float((np.abs(self.X) * np.abs(self.theta)).sum(axis=1).max())

    def program(self, dtype: str = "float64") -> autograd._compiler.Program:
        w, v = ([Value(1.0, label=f"{letter}_{i}") for i in range(len(self.theta))] for letter in "wv")
        with_number = copy.copy(w)
        return autograd.compile(self.f(with_number, v), v, w, dtype=dtype)

    def eager(self, row: Any, theta: Any = None) -> tuple[float | str, list[float] | str]:
        """The value, and the gradient by theta; in place of what is undefined, the error's text."""
        w = [Value(float(x), label=f"w_{i}") for i, x in enumerate(self.theta if theta is None else theta)]
        try:
            y = self.f(w, [float(x) for x in row])
        except DomainError as error:
            return str(error), str(error)
        try:
            y.backward()
        except DomainError as error:
            return y.data, str(error)
        return y.data, [x.grad for x in w]

    def is_rounding(self, number: float, of: float, eps: float) -> bool:
        """Whether a result is that of the engine's sum, but for rounding of the sum."""
        return abs(self.undone(number) - of) <= 16 * eps * max(self.scale, 1.0)


def outcome(act: Any) -> Any:
    try:
        return act()
    except DomainError as error:
        return str(error)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6))
def test_one_example_is_the_engine(seed):
    case = Cancelling(seed, 1)
    value, gradient = case.eager(case.X[0])
    program = case.program()
    found = outcome(lambda: program(case.theta, case.X).tolist())
    assert found == (f"example 0: {value}" if isinstance(value, str) else [value])
    found = outcome(lambda: program.value_and_grad(case.theta, case.X))
    if isinstance(gradient, str):
        assert found == f"example 0: {gradient}"
    else:
        assert found[0] == value
        np.testing.assert_allclose(found[1], gradient, rtol=1e-13)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["float64", "float32"]))
def test_forty_examples_are_the_engine_but_for_the_rounding_of_a_sum(seed, dtype):
    """In float32 the engine is asked about the numbers as float32 has them, and the rounding is float32's."""
    case = Cancelling(seed, 1)
    eps = float(np.finfo(dtype).eps)
    theta, X = np.array(case.theta, dtype), np.array([case.X[0]] * 40, dtype)
    program = case.program(dtype)
    program._run_by((0, 0))
    value, gradient = case.eager(X[0], theta)
    found = outcome(lambda: program(theta, X))
    if isinstance(found, str):
        assert found == f"example 0: {value}"
    else:
        near = 0.0 if isinstance(value, str) else case.undone(value)
        assert all(case.is_rounding(number, near, eps) for number in found.tolist())
    found = outcome(lambda: program.value_and_grad(theta, X))
    if isinstance(found, str):
        beyond = dtype == "float32" and found.startswith("example 0: a number is beyond")
        assert beyond or found == f"example 0: {gradient}"
    else:
        assert math.isfinite(found[0])
        assert np.isfinite(found[1]).all()


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 200))
def test_an_example_that_arrays_cannot_decide_is_decided_on_its_own(seed, examples):
    case = Cancelling(seed, examples)
    own = [case.eager(row)[0] for row in case.X]
    program = case.program()
    program._run_by((0, 0))
    found = outcome(lambda: program(case.theta, case.X))
    if isinstance(found, str):
        told = int(found.split(":")[0].removeprefix("example "))
        assert found == f"example {told}: {own[told]}"
        return
    assert np.isfinite(found).all()
    for number, value in zip(found.tolist(), own, strict=True):
        near = 0.0 if isinstance(value, str) else case.undone(value)
        assert case.is_rounding(number, near, 2.0**-52)


def both_roads(outputs, x, w, **options):
    """A program that takes plain arithmetic, and one that takes arrays."""
    plain = autograd.compile(outputs, x, w, **options)
    arrays = copy.deepcopy(plain)
    plain._run_by((1000, 1000))
    arrays._run_by((0, 0))
    return plain, arrays


def test_an_infinity_of_one_example_does_not_hide_what_is_undefined_in_another():
    x, y = Value(1.0, label="x"), Value(2.0, label="y")
    for program in both_roads([x * x * 1e-200, log(y)], [x, y], []):
        X = np.ones((40, 2))
        X[2, 0] = 1e200
        assert program([], X)[2, 0] == math.inf  # as the engine has it
        X[5, 1] = -1.0
        with pytest.raises(DomainError, match=r"^example 5: log\(y = -1.0\) is undefined"):
            program([], X)
    for program in both_roads(square(x) * 0 + atan(expm1(y)), [x, y], []):
        X = np.ones((40, 2))
        X[7], X[2] = [1.0, 800.0], [1e200, 1.0]
        with pytest.raises(DomainError, match=r"^example 7: expm1\(y = 800.0\) overflows"):
            program([], X)
        assert math.isnan(program([], X[:7])[2])  # as the engine has it


def test_an_unsound_example_among_sound_ones_has_its_part_in_the_mean():
    w, x = Value(1.0, label="w"), Value(1.0, label="x")
    outputs = [sqrt(where(x, x, 2.0 + 0 * x)) * w, (x * 1e300 - (x * 1e300 - 1)) * w]
    X = np.linspace(0.5, 4.0, 50)[:, np.newaxis]
    X[17] = 1e200  # x * 1e300 is infinite, and ∞ - ∞ is nan in the second output
    expected = np.sqrt(X[:, 0])
    for program in both_roads(outputs, [x], [w]):
        value, gradient, found = program.value_grad_and_outputs([2.0], X)
        np.testing.assert_allclose(value, 2 * expected.mean(), rtol=1e-14)
        np.testing.assert_allclose(gradient, [expected.mean()], rtol=1e-14)
        np.testing.assert_allclose(found[:, 0], 2 * expected, rtol=1e-14)
        assert np.isnan(found[:, 1]).tolist() == [i == 17 for i in range(50)]


def test_no_error_is_about_a_derivative_that_nobody_asked_for():
    y, z = Value(0.5, label="y"), Value(0.5, label="z")
    for program in both_roads(z / y, [y], [z]):
        value, gradient = program.value_and_grad([-0.5], [[1e-160]] * 40)
        assert value == pytest.approx(-5e159)
        assert gradient == pytest.approx(1e160)
    for program in both_roads(sqrt(y) * z, [y], [z]):
        assert program.value_and_grad([3.0], [[0.0]] * 40)[1].tolist() == [0.0]
    for program in both_roads(where(z, sqrt(y), z), [y], [z]):  # the guard of the root is made of z
        assert program.value_and_grad([3.0], [[0.0]] * 40)[1].tolist() == [0.0]
    x = Value(0.5, label="x")
    output = sqrt(y) * z + atan(x * x)  # x * x is beyond arrays: the engine is asked
    for program in both_roads(output, [x, y], [z]):
        assert program.value_and_grad([3.0], [[1e200, 0.0]] * 40)[1].tolist() == [0.0]
    for program in both_roads(sqrt(y) * z, [z], [y]):
        with pytest.raises(DomainError, match=r"^example 0: the derivative of sqrt\(y = 0.0\) is undefined"):
            program.value_and_grad([0.0], [[3.0]] * 40)


def test_a_gradient_of_an_example_that_no_float_holds_is_told_by_every_road():
    w, x = Value(1.0, label="w"), Value(1.0, label="x")
    for program in both_roads((w * 1e200) * (x * 1e200) * 1e-200, [x], [w]):
        with pytest.raises(DomainError, match=r"^example 3: .*not a finite number"):
            program.value_and_grad([1e-250], [[1.0]] * 3 + [[1e200]] + [[1.0]] * 36)


def test_numbers_of_the_graph_that_arrays_have_not():
    x = Value(0.5, label="x")
    for program in both_roads(1e200**x, [x], [], dtype="float32"):
        np.testing.assert_allclose(program([], [[0.01]] * 40), 100.0, rtol=1e-6)
    for program in both_roads((x + 1e308) + 1e308, [x], []):  # the sum of both is infinite
        assert program([], [[-1e308]] * 40).tolist() == [1e308] * 40


def test_the_engine_decides_inside_no_grad_too():
    w = Value(1.0, label="w")
    for program in both_roads(sqrt(w) * w, [], [w]):
        with no_grad(), pytest.raises(DomainError, match=r"derivative of sqrt\(w = 0.0\)"):
            program.value_and_grad([0.0], np.empty((40, 0)))


def test_sums_whose_terms_overflow_in_another_order():
    u = Value(2.0, label="u")
    for program in both_roads(log(u - (u - 1.5)), [], [u]):
        with pytest.raises(DomainError, match=r"^example 0: log\(0.0\) is undefined"):
            program([1e300], np.empty((40, 0)))
    x = [Value(1.0) for _ in range(4)]
    for program in both_roads((x[0] + x[1]) + (x[2] + x[3]), x, []):
        X = np.array([[1e308, -1e308, 1e308, -1e308], [-1e308, 1e308, 1e308, 7.0]] * 20)
        assert program([], X).tolist() == [0.0, 1e308] * 20
