"""Arguments and results of compiled functions: their structures, types, names; and what is refused."""

import inspect
import math
from collections import namedtuple

import numpy as np
import pytest
from compiled_functions import A, B, agree, of_number, same

from autograd import (
    Value,
    compile,
    exp,
    sin,
)
from autograd import sum as sum_of

pytestmark = pytest.mark.filterwarnings("error")

Point = namedtuple("Point", ["x", "y"])


STRUCTURES = {
    "a number": (lambda x: x * 2 + 1, (3.0,), (4.0,)),
    "whole numbers": (lambda x, n: x * n if n > 2 else [x] * n, (3.0, 2), (3.0, 3), (4.0, 2)),
    "a text": (lambda x, how: {"up": x + 1, "down": x - 1}[how], (3.0, "up"), (3.0, "down")),
    "None": (lambda x, y: x if y is None else x * y, (3.0, None), (3.0, 2.0)),
    "a list": (lambda xs: [xs[1], xs[0] * 2], ([1.0, 2.0],), ([3.0, 4.0],), ([3.0, 4.0, 5.0],)),
    "a dict": (lambda p: {"s": p["a"] + p["b"][0], "p": p}, ({"a": 1.0, "b": (2.0, 3)},)),
    "a named tuple": (lambda p: Point(p.y, p.x * 2), (Point(1.0, 2.0),), (Point(3.0, 4.0),)),
    "an array": (lambda x: (x * 2, x.sum(), x), (A,), (B,), (A[0],), (A.astype(np.float32),)),
    "a number beside an array": (lambda x, A: A * x + x, (2.0, A), (3.0, B)),
    "beside float32": (lambda x, A: A * x, (2.0, A.astype(np.float32))),
    "whole numbers in an array": (lambda x, at: x[at], (A, np.array([0, 2])), (A, np.array([1, 1]))),
    "an array of numbers": (lambda x, y: np.array([x, y]) * x, (1.0, 2.0), (3.0, 4.0)),
    "a truth": (lambda x, y: (x > y, x), (1.0, 2.0), (3.0, 2.0)),
    "truths": (lambda x: x > 0, (A,), (B,)),
    "constants": (lambda x: (x, 3, None, "text", np.arange(3)), (1.0,)),
    "None alone": (lambda x: None, (1.0,)),
    "nothing": (lambda: 3.5, ()),
    "numbers that are not finite": (lambda x: x * 1e200 * x, (1e200,), (1.0,), (math.inf,)),
    "a function": (lambda f, x: f(x), (sin, 2.0), (exp, 2.0)),
}


@pytest.mark.parametrize("name", STRUCTURES)
def test_structures_and_types(name):
    agree(*STRUCTURES[name])


def test_by_name_and_by_default():
    def f(x, *rest, k=3.0, **named):
        return x * k + sum_of(list(rest)) + named.get("c", 0.0)

    fast = compile(f)
    for _ in range(2):
        assert fast(2.0) == f(2.0)
        assert fast(2.0, k=5.0) == f(2.0, k=5.0)
        assert fast(x=4.0, c=1.0) == fast(c=1.0, x=4.0) == f(4.0, c=1.0)
        assert fast(2.0, 3.0, 4.0, k=1.0) == f(2.0, 3.0, 4.0, k=1.0)
    assert len(fast.programs) == 4
    assert inspect.signature(fast) == inspect.signature(f)


def test_results_belong_to_the_caller_alone():
    fast, x = compile(lambda x: (x, x, x.reshape(-1), np.ones(2), x.T)), np.ones((2, 2))
    for _ in range(2):
        results = fast(x)
        arrays = [x, *results, *fast(x)]
        for i, array in enumerate(arrays):
            assert not any(np.shares_memory(array, other) for other in arrays[:i])
            array[...] = 7.0
        x[...] = 1.0
        assert same(fast(x), (x, x, x.reshape(-1), np.ones(2), x.T))


def test_what_has_no_hash_is_refused_by_name():
    fast = compile(lambda p, x: x)
    with pytest.raises(TypeError, match=r'p\["k"\] of a compiled function is a set'):
        fast({"k": {1, 2}}, 1.0)
    assert fast({"k": (1, 2)}, 1.0) == 1.0  # a tuple has one
    names = {1, 2}
    assert compile(lambda x: x * len(names))(2.0) == 4.0  # or referred to


def test_a_result_that_is_none_is_refused():
    with pytest.raises(TypeError, match=r"a number, an array, a node, .* not set at \[1\]"):
        compile(lambda x: [x, {1}])(1.0)


@pytest.mark.parametrize("kind", ["generator", "coroutine", "asynchronous generator", "class"])
def test_what_is_no_function_of_numbers_is_refused(kind):
    def steps(x):
        yield x

    async def waits(x):
        return x

    async def both(x):
        yield x

    made = {"generator": steps, "coroutine": waits, "asynchronous generator": both, "class": Value}
    with pytest.raises(TypeError, match=f"is an? {kind}"):
        compile(made[kind])
    with pytest.raises(TypeError, match="takes it alone"):
        compile(of_number, inputs=[], wrt=[])
