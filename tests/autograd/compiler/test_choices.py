"""A compiled function that looks at numbers: a choice is told once, and made anew where another is seen."""

import builtins
import math

import numpy as np
import pytest
from compiled_functions import A, B, of_number

from autograd import (
    Tensor,
    Value,
    compile,
    log,
    median,
    no_grad,
    sin,
    sort,
)

pytestmark = pytest.mark.filterwarnings("error")


LOOKS = {
    "if": (lambda x: x * x if x > 0 else -x, [1.0, -1.0, 2.0, -2.0]),
    "two": (lambda x: log(x) if x > 0 and log(x) < 1 else x, [2.0, 9.0, -1.0, 2.5, 0.0]),
    "max": (lambda x: builtins.max(x, 1 - x) * 2, [1.0, -1.0, 3.0, -4.0]),
    "a loop": (lambda x: sum([x for _ in range(int(x))], 0.0), [1.5, 2.5, 3.0, 1.75]),
    "the sign of a Tensor's number": (lambda x: x * 2 if x.sum() > 0 else x, [A, -A, B, -B]),
    "all": (lambda x: x * 2 if (x > -1).all() else x, [A / 9, -A * 9, B / 9]),
    "bool": (lambda x: x + 1 if x else x - 1, [0.0, 1.0, 2.0]),
    "median": (median, [A[0], -A[0], A[0] * 2]),
    "sort": (lambda x: sort(x, axis=0) * x, [A, -A, A * 2]),
    "argmax": (lambda x: x[np.argmax(x)] * 2, [A[0], -A[0], A[0] * 2]),
    "a mask": (lambda x: x[x > 0].sum(), [A, -A, A * 2]),
    "a number": (lambda x: x * (x.data if isinstance(x, Value) else x), [1.0, 2.0, 1.0]),
}


@pytest.mark.parametrize("name", LOOKS)
def test_a_choice_is_told_once_and_made_anew(name):
    f, numbers = LOOKS[name]
    fast = compile(f)
    with pytest.warns(RuntimeWarning, match=r"looked at the number of .*test_choices\.py, line \d+") as told:
        fast(numbers[0])
    assert len(told) == 1
    assert told[0].filename == __file__
    for x in numbers * 2:
        expected = f(Tensor(x)).data if isinstance(x, np.ndarray) else f(x)
        assert np.allclose(fast(x), expected, 1e-14)
    assert len(fast.programs) <= 3  # one for each branch


def test_a_function_that_sees_something_else_each_time_runs_as_it_is():
    calls = []

    def f(x):
        calls.append(x)
        return x * math.sin(x)

    fast = compile(f)
    told = pytest.warns(RuntimeWarning, match=r"f runs as it is, without a program: it sees .*test_choices")
    with pytest.warns(RuntimeWarning, match="looked at the number of x"), told:
        results = [fast(float(i)) for i in range(20)]
    assert results == [i * math.sin(i) for i in range(20)]
    assert len(calls) == 20
    assert calls[-1] == 19.0
    assert compile(lambda x: x * sin(x))(2.0) == 2 * math.sin(2)  # a function of autograd, as advised


def test_a_text_among_the_results_follows_thenumbers_in():
    fast = compile(lambda x: (f"{x:.2f}", x * 2))
    with pytest.warns(RuntimeWarning, match="looked at the number of x"):
        assert fast(1.0) == ("1.00", 2.0)
    assert fast(2.0) == ("2.00", 4.0)
    shown = []
    quiet = compile(lambda x: (shown.append(f"{x}"), x * 2)[1])  # a text that is no result decides nothing
    assert [quiet(1.0), quiet(2.0), len(quiet.programs), len(shown)] == [2.0, 4.0, 1, 1]


def test_what_happens_inside_no_grad_is_not_frozen():
    def f(x):
        with no_grad():
            scale = x * 2
        return scale * x

    fast = compile(f)
    with pytest.warns(RuntimeWarning, match=r"inside no_grad\(\) \(test_choices\.py, line \d+\)"):
        assert fast(3.0) == 18.0
    assert fast(4.0) == 32.0
    with no_grad():
        assert compile(of_number)(2.0) == of_number(2.0)


def test_many_recordings_are_told_and_the_oldest_dropped():
    calls = []

    def f(x, n):
        calls.append(n)
        return x * n

    fast = compile(f)
    with pytest.warns(
        RuntimeWarning, match=r"recorded for 16 kinds of arguments, the latest x: float, n: 15"
    ):
        results = [(fast(2.0, n), fast(2.0, 0)) for n in range(100)]  # 0 stays in use, and so is kept
    assert results == [(2.0 * n, 0.0) for n in range(100)]
    assert len(calls) == 100
    assert len(fast.programs) == 64
    fast(2.0, 1)
    assert len(calls) == 101
    assert [fast(2.0, float(n)) for n in range(9)] == [2.0 * n for n in range(9)]  # floats, as advised
    assert len(calls) == 102
