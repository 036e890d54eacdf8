"""After ``from autograd import *``: Python's forms of max, sum, abs and pow answer as Python's own do."""

import builtins
import datetime
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import autograd
from autograd import Tensor, Value, compile

ALIKE = {
    "max": [
        (1.0, 2.0), (3, 2, 1), ([1, 2],), ((2, 1),), (range(3),), ({3, 1},), ({1: 5, 3: 4},), ("abc",),
        ("a", "b"), (["b", "a"],), ((1, 2), (1, 3)), ([1, 2], [1, 3]), (Fraction(1, 2), 0.25),
        ([Decimal(1), Decimal(2)],), (True, 2), (np.float64(1.5), 2), (np.int64(4), 2.5),
    ],
    "min": [
        (1.0, 2.0), (3, 2, 1), ([1, 2],), ((2, 1),), (range(3),), ({3, 1},), ({1: 5, 3: 4},), ("abc",),
        ("a", "b"), (["b", "a"],), ((1, 2), (1, 3)), ([1, 2], [1, 3]), (Fraction(1, 2), 0.25), (True, 2),
    ],
    "sum": [
        ([1, 2],), ((1.5, 2),), (range(3), 10), (range(4),), ([1, 2], 5), ([], 0.5), ([],), ({1, 2},),
        ({1: 2.5}.values(),), ([True, False, True],), ([[1], [2]], []), ([(1,), (2,)], ()),
        ([Fraction(1, 2)] * 3,), ([Decimal(1)],), ([datetime.timedelta(1)], datetime.timedelta(2)),
    ],
    "pow": [(2, 3), (2, 3, 5), (2, -1), (2.0, 3), (0, 0), (True, 2)],
    "abs": [(-3,), (-3.5,), (3 + 4j,), (True,), (Fraction(-1, 2),), (Decimal(-1),), (np.int8(-3),)],
}  # fmt: skip


@pytest.mark.parametrize(("name", "args"), [(name, args) for name in ALIKE for args in ALIKE[name]])
def test_plain_arguments_get_python_s_answer(name, args):
    ours, pythons = getattr(autograd, name)(*args), getattr(builtins, name)(*args)
    assert type(ours) is type(pythons)
    assert ours == pythons


def test_no_name_of_python_s_is_left_out():
    shared = set(autograd.__all__) & set(vars(builtins))
    assert shared == {*ALIKE, "compile"}  # of a recorded result; of a program's text it is Python's alone


def test_python_s_options():
    for name in ("max", "min"):
        ours, pythons = getattr(autograd, name), getattr(builtins, name)
        assert ours(["aa", "b"], key=len) == pythons(["aa", "b"], key=len)
        assert ours([], default=7) == pythons([], default=7)
        assert ours(-3, 2, key=abs) == pythons(-3, 2, key=abs)
    assert autograd.sum([1, 2], start=5) == 8
    assert autograd.sum(n * n for n in range(4)) == 14
    assert list(range(autograd.abs(-3)))[autograd.max(1, 2)] == 2  # a whole number is an index
    for wrong in (lambda: autograd.max([]), lambda: autograd.max(1, "a"), lambda: autograd.sum("abc")):
        with pytest.raises((TypeError, ValueError)):
            wrong()
    assert math.isnan(autograd.max(1.0, math.nan))
    assert math.isnan(autograd.max([math.nan, 1.0]))


def test_nodes_are_recorded_in_either_form():
    x, y = Value(2.0, label="x"), Value(2.0, label="y")
    for largest in (autograd.max(x, y), autograd.max([x, y]), autograd.max(n for n in (x, y))):
        x.grad = y.grad = None
        largest.backward()
        assert (x.grad, y.grad) == (0.5, 0.5)
    program = compile(autograd.max(x, 0.0) + autograd.max(0, x, y), [x, y], [])
    assert program([], [[-1.0, -2.0], [3.0, 4.0]]).tolist() == [0.0, 7.0]
    assert autograd.sum([x, y], start=1.0) == autograd.sum([x, y], Value(1.0)) == 5.0
    assert autograd.sum(n for n in (x, 1, y)) == 5.0
    (autograd.abs(-x)).backward()
    t = Tensor([1.0, -2.0])
    assert autograd.max(t, 0).item() == 1.0
    assert autograd.max(t, 0.5).data.tolist() == [1.0, 0.5]
    assert autograd.max(t[1], 0).item() == 0.0
    assert autograd.sum(part for part in (t, t)).data.tolist() == [2.0, -4.0]


def test_numpy_s_form_is_unchanged():
    rows = [[1.0, 5.0], [3.0, 4.0]]
    for x in (rows, np.array(rows), Tensor(rows)):
        for name in ("max", "sum"):
            ours, numpy_function = getattr(autograd, name), getattr(np, name)
            for axis in (None, 0, 1, -1, (0, 1)):
                for result in (ours(x, axis), ours(x, axis=axis)):
                    np.testing.assert_array_equal(getattr(result, "data", result), numpy_function(rows, axis))
            assert np.shape(ours(x, axis=0, keepdims=True)) == (1, 2)
    assert autograd.max([1.0, 2.0], 0) == 2.0
    assert autograd.sum([1.0, 2.0], 0) == autograd.sum([1.0, 2.0], axis=-1) == 3.0
    np.testing.assert_array_equal(autograd.abs([[-1.0, 2.0]]), [[1.0, 2.0]])


def test_a_layer_may_have_python_s_name_for_an_activation():
    assert autograd.abs.__name__ == "abs"
    assert "Derivative" in autograd.abs.__doc__
