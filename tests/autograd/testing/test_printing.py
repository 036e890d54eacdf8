"""Examples, strategies and results of the kit print as their users know them."""

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Tensor, Value, exp
from autograd.extend import Row
from autograd.testing import (
    Program,
    arrays,
    autograd_engine,
    broadcastable_arrays,
    check_gradient,
    check_rule,
    expressions,
    laws,
    numbers,
    points,
)
from autograd.testing._laws.collection import Outcome


def smooth(x):
    return math.hypot(1.0, x)


@pytest.mark.parametrize(
    ("strategy", "text"),
    [
        (numbers(), "numbers()"),
        (
            numbers("(0, 1]", places=[0.5], dtype=np.float32),
            "numbers('(0, 1]', dtype='float32', places=(0.5,))",
        ),
        (points("exp"), "points('exp')"),
        (points(exp, finite=True), "points('exp', finite=True)"),
        (points(smooth, kink_distance=0.1), "points(smooth, kink_distance=0.1)"),
        (points(Row("bump", smooth, partials="x / out")), "points('bump')"),
        (arrays(), "arrays()"),
        (arrays((3,), elements=numbers("[0, 1]")), "arrays((3,), elements=numbers('[0, 1]'))"),
        (broadcastable_arrays(3, plain=True), "broadcastable_arrays(3, plain=True)"),
        (expressions(), "expressions()"),
        (expressions(operations=["add"], variables=2), "expressions(operations=['add'], variables=2)"),
        (st.from_type(Value), "builds(Value, numbers())"),
        (st.from_type(Tensor), "builds(Tensor, arrays())"),
    ],
)
def test_a_strategy_is_the_call_that_makes_it(strategy, text):
    assert repr(strategy) == text


@pytest.mark.parametrize(
    ("strategy", "condition", "printed"),
    [
        (numbers(places=[1.25]), lambda x: x == 1.25, r"x=1\.25,"),
        (points("maximum"), lambda p: p[0] == p[1], r"x=\(1\.0, 1\.0\),"),
        (points("pow"), lambda p: p[0] < 0 and p[1] == 2, r"x=\(-[12]\.0, 2\.0\),"),
        (arrays((2,), dtype=float), lambda a: a[0] == a[1], r"x=array\(\[1\., 1\.\]\),"),
        (st.from_type(Value), lambda v: v.data > 1, r"x=Value\(2\.0\),"),
    ],
)
def test_a_failing_example_is_printed_as_plain_numbers(strategy, condition, printed):
    # With the explanation, for which Hypothesis writes the parts of an example apart.
    @settings(database=None, derandomize=True, max_examples=500, deadline=None)
    @given(strategy)
    def check(x):
        assert not condition(x)

    with pytest.raises(AssertionError) as caught:
        check()
    (note,) = [note for note in caught.value.__notes__ if "check(" in note]
    lines = [line.partition("  #")[0].strip() for line in note.splitlines()]
    assert any(re.fullmatch(printed, line) for line in lines), note


def test_programs_are_inferred_from_annotations():
    @settings(max_examples=5, database=None, deadline=None)
    @given(...)
    def check(program: Program):
        assert program.is_defined()

    check()


def test_results_show_in_a_line():
    sine = check_rule("sin", points=5)
    assert repr(sine) == "<rule sin: agrees (5 points)>"
    wrong = check_gradient(math.sin, 0.0, gradient=-1.0)
    assert repr(wrong).startswith(
        "<gradient report: disagrees: the derivative with respect to argument 0 is -1"
    )
    assert "\n" not in repr(wrong)
    assert repr(laws["linearity"]) == "<law linearity: ∇(2 f + 3 g) = 2 ∇f + 3 ∇g>"
    assert repr(laws).splitlines()[0] == str(next(iter(laws.values())))
    engine = autograd_engine()
    assert repr(engine) == f"<engine autograd, {len(engine.operations)} operations>"
    assert repr(Outcome(laws["linearity"])) == "<linearity: holds>"
    assert repr(Outcome(laws["linearity"], skipped="needs a correct mul")) == (
        "<linearity: skipped, needs a correct mul>"
    )
