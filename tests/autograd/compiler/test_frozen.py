"""A choice made by a number while recording is frozen, and compile says so; recorded choices are not."""

import builtins
import math
import operator
import warnings

import numpy as np
import pytest

from autograd import Tensor, Value, compile, exp, grad, log, max, maximum, minimum, sqrt, tanh, where
from autograd import sum as sum_of_nodes

X = np.array([[-3.0], [4.0]])


def chosen_by_if(x):
    return x * x if x > 0 else -x


FROZEN = {
    "if": chosen_by_if,
    "and": lambda x: x if x > 0 and x < 5 else x * 2,
    "a chain of two": lambda x: x * 3 if 0 < x < 5 else x * 2,
    "max": lambda x: builtins.max([x, x * 2]) * 1,
    "sorted": lambda x: sorted([x * 2, x])[0] * 1,
    "in": lambda x: x * (2 if x in [5.0, 6.0] else 3),
    "bool": lambda x: x * 2 if x else x * 3,
    "int": lambda x: x * int(x + 1),
    "round of int": lambda x: x * round(int(x)) + x,
    "a loop": lambda x: sum([x for _ in range(int(x * 2))], Value(0.0)),
    "np.less": lambda x: x * (2 if np.less(x, 5) else 3),
    "np.equal": lambda x: x * (2 if np.equal(x, 5) else 3),
    "np.isnan": lambda x: x * (2 if np.isnan(x) else 3),
    "np.float64 >": lambda x: x * (2 if np.float64(5) > x else 3),
    "array >": lambda x: x * float((np.array([1.0, 5.0]) > x).sum()),
    "np.max": lambda x: np.max(np.array([x, x * 2])) * 1,
    "np.sort": lambda x: np.sort(np.array([x * 2, x]))[0] * 1,
    "np.median": lambda x: np.median(np.array([x * 2, x, x * 3])) * 1,
    "np.argmax": lambda x: [x, x * 2][np.argmax(np.array([x, x * 2]))] * 1,
    "np.where": lambda x: np.where(x > 0, x, x * 2)[()] * 1,
    "math.sin": lambda x: x * math.sin(x),
    "of a result": lambda x: (lambda y: y * 2 if y > 0 else y)(x * x),
}


@pytest.mark.parametrize("name", FROZEN)
def test_a_choice_that_is_frozen_is_told(name):
    x = Value(1.0, label="x")
    with pytest.warns(RuntimeWarning, match=r"looked at the number of .*test_frozen\.py, line \d+") as told:
        compile(FROZEN[name](x), [x], [])
    assert len(told) == 1
    assert told[0].filename == __file__


def test_by_a_parameter_too():
    w = Value(1.0, label="w")
    with pytest.warns(RuntimeWarning, match=r"looked at the number of w = 1\.0"):
        compile(chosen_by_if(w), [], [w])


HARMLESS = {
    "nothing": lambda x, w, c: None,
    "its printed number": lambda x, w, c: (repr(c), f"{x:.2f}", str(w), x.label),
    "the number of the result": lambda x, w, c: (float(c), c.data, c > 0 and c < 1e9, np.isfinite(c)),
    "theta": lambda x, w, c: np.array([float(w), w.data]),
    "the data of an input": lambda x, w, c: [x.data],
    "a derivative": lambda x, w, c: c.backward(),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", HARMLESS)
def test_a_look_that_decides_nothing_is_not_told(name):
    x, w = Value(1.5, label="x"), Value(2.0, label="w")
    c = exp(w * x) * 2
    HARMLESS[name](x, w, c)
    compile(c, [x], [w])


@pytest.mark.filterwarnings("error")
def test_training_by_hand_before_is_no_look_of_the_recording():
    w, x = Value(0.5, label="w"), Value(1.5, label="x")
    best = 1e9
    for _ in range(3):
        cost = ((w * x - 2) ** 2).with_label("C")
        if cost < best:
            best = float(cost)
        w.grad = None
        cost.backward()
        w.data -= 0.1 * w.grad
    del cost
    compile((w * x - 2) ** 2, [x], [w])


@pytest.mark.filterwarnings("error")
def test_a_choice_by_what_is_the_same_for_all():
    x, constant = Value(1.5), Value(3.0)
    scale = 2.0 if constant > 1 and constant * 2 > 1 else 5.0
    assert compile(x * scale + constant, [x], [])([], X).tolist() == [-3.0, 11.0]


RECORDED = {
    "where >": (lambda x: where(x > 0, x * x, -x), lambda x: x * x if x > 0 else -x),
    "where >=": (lambda x: where(x >= 4, x, 0.0), lambda x: x if x >= 4 else 0.0),
    "where <": (lambda x: where(x < 0, x, 0.0), lambda x: x if x < 0 else 0.0),
    "where <=": (lambda x: where(x <= -3, x, 0.0), lambda x: x if x <= -3 else 0.0),
    "where ==": (lambda x: where(x == 4, x, 7.0), lambda x: x if x == 4 else 7.0),
    "where !=": (lambda x: where(x != 4, x, 7.0), lambda x: x if x != 4 else 7.0),
    "reflected": (lambda x: where(0 < x, x, 1.0), lambda x: x if x > 0 else 1.0),  # noqa: SIM300
    "NumPy's number": (lambda x: where(np.float64(0) < x, x, 1.0), lambda x: x if x > 0 else 1.0),
    "np.less": (lambda x: where(np.less(x, 0), x, 1.0), lambda x: x if x < 0 else 1.0),
    "of two": (lambda x: where(x > x * x - 13, x, 1.0), lambda x: x if x > x * x - 13 else 1.0),
    "and": (lambda x: where((x > -4) & (x < 0), x, 1.0), lambda x: x if -4 < x < 0 else 1.0),
    "or": (lambda x: where((x > 3) | (x < -9), x, 1.0), lambda x: x if x > 3 or x < -9 else 1.0),
    "xor": (lambda x: where((x > 3) ^ (x > -9), x, 1.0), lambda x: x if not x > 3 else 1.0),
    "not": (lambda x: where(~(x > 0), x, 1.0), lambda x: x if not x > 0 else 1.0),
    "a product": (lambda x: (x > 0) * x, lambda x: x if x > 0 else 0.0),
    "product from the right": (lambda x: x * (x > 0) * 2, lambda x: 2 * x if x > 0 else 0.0),
    "clip": (lambda x: minimum(maximum(x, -1.0), 1.0), lambda x: -1.0 if x < -1 else 1.0 if x > 1 else x),
    "an undefined branch": (lambda x: where(x > 0, sqrt(abs(x) * x), -x), lambda x: x if x > 0 else -x),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", RECORDED)
def test_a_choice_that_is_recorded_is_made_by_each_example(name):
    f, expected = RECORDED[name]
    for start in (1.0, 4.0):
        x = Value(start)
        y = f(x)
        assert y == pytest.approx(expected(start))
        assert compile(y, [x], [])([], X).tolist() == pytest.approx([expected(-3.0), expected(4.0)])
        w = Value(start)
        program = compile(f(w), [], [w])
        for at in (-3.0, 4.0):
            h = 1e-6
            slope = (expected(at + h) - expected(at - h)) / (2 * h)
            if abs(slope) < 10 and "=" not in name:  # no jump
                assert program.value_and_grad([at])[1].tolist() == pytest.approx([slope], abs=1e-5)


def test_an_undefined_branch_does_no_harm():
    x = Value(1.0)
    program = compile(where(x > 0, log(x) + 1 / x, x * x), [], [x])
    assert program.value_and_grad([-2.0])[1].tolist() == [-4.0]
    assert program.value_and_grad([0.0])[1].tolist() == [0.0]
    assert program.value_and_grad([2.0])[1].tolist() == pytest.approx([0.25])


def test_a_condition_is_as_good_as_a_bool():
    x = Value(3.0)
    for number in (2, 2.0, np.float64(2), np.float32(2), np.int64(2), np.bool_(True)):
        assert bool(x > number) is True
        assert bool(x == number) is False
        assert not x < number
        assert abs(x - 3) < number
        assert all([x > number])
    holds = x > 2
    assert holds
    assert repr(holds) == "True"
    assert holds == True  # noqa: E712
    assert (int(holds), holds + 1, sum([x > 1, x > 2, x > 5]), hash(holds)) == (1, 2, 2, hash(True))
    assert np.array([x > 2, x > 5]).dtype == bool
    no = x > 5
    assert (-holds, +holds, holds**2, 1 / holds, 3 // holds, 3 % holds, divmod(3, holds), round(holds)) == (
        -1, 1, 1, 1.0, 3, 0, (3, 0), 1
    )  # fmt: skip
    assert (holds < 5, no < holds, sorted([holds, no]), holds << 1, holds & 1, no | 0) == (
        True, True, [False, True], 2, 1, 0
    )  # fmt: skip
    assert (f"{holds:>6}", f"{holds:d}", str(no)) == ("     1", "1", "False")
    assert (x < holds, x > no) == (False, True)
    assert grad(lambda x: x > 0)(1.0) == 0.0
    np.testing.assert_array_equal((Tensor([1.0, 2.0]) * holds).data, [1.0, 2.0])
    np.testing.assert_array_equal(where(no, Tensor([1.0, 2.0]), 0.0).data, [0.0, 0.0])
    assert sum_of_nodes([holds, x]) == 4.0
    assert [10, 20][x > 2] == 20
    assert not ~holds
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert (np.array([x, x * 2]) > 3.5).tolist() == [False, True]


def test_a_condition_is_recorded_with_the_numbers_that_were_compared():
    x = Value(2.0)
    larger = x > 1
    x.data = 0.0
    y = (x + 3) * larger
    y.backward()
    assert (y, x.grad) == (3.0, 1.0)
    assert where(larger, 10.0, 20.0) == 10.0


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("flag", [True, False, np.True_])
def test_a_condition_joined_with_a_plain_truth(flag):
    for join in (operator.and_, operator.or_, operator.xor):
        x = Value(1.0)
        for condition in (join(x > 0, flag), join(flag, x > 0)):
            program = compile(where(condition, x * 2, x * 3), [x], [])
            expected = [y * 2 if join(bool(y > 0), flag) else y * 3 for y in X[:, 0]]
            assert program([], X).tolist() == expected


@pytest.mark.parametrize("top", [math.inf, math.nan])
def test_the_largest_of_what_is_no_number(top):
    values = [Value(top), Value(1.0), Value(2.0)]
    assert max(values).data == pytest.approx(top, nan_ok=True)
    assert max(values[::-1]).data == pytest.approx(top, nan_ok=True)
    assert max([Value(-math.inf), Value(1.0), Value(2.0)]) == 2.0
    a, x = Value(2.0), [Value(0.0), Value(0.0)]
    program = compile(max([a, *x]), x, [a])
    assert program([2.0], [[math.inf, 1.0], [1.0, 0.0]]).tolist() == [math.inf, 2.0]


@pytest.mark.parametrize("count", [2, 3, 5])
def test_all_that_tie_share_equally_also_in_programs(count):
    values = [Value(2.0) for _ in range(count)]
    top = max([*values, Value(1.0)])
    top.backward()
    assert top == 2.0
    assert [v.grad for v in values] == pytest.approx([1 / count] * count)
    program = compile(top, [], values)
    assert program.value_and_grad([3.0] * count)[1] == pytest.approx([1 / count] * count)
    assert program.value_and_grad([4.0] + [3.0] * (count - 1))[1] == pytest.approx(
        [1.0] + [0.0] * (count - 1)
    )


@pytest.mark.parametrize(
    "f",
    [
        lambda z: np.maximum(z, 0.0),
        lambda z: np.minimum(0.0, z),
        lambda z: np.max(np.append(z, Value(0.0))),
        lambda z: np.clip(z, 0.0, 1.0),
        lambda z: np.fmax(z, 0.0),
        lambda z: np.maximum.accumulate(np.append(z, Value(0.0))),
    ],
)
def test_numpy_does_not_choose_one_of_two_that_tie(f):
    with pytest.raises(TypeError, match=r"autograd\.maximum, minimum or max"):
        f(np.array([Value(0.0)]))
    x = Value(0.0)
    maximum(x, 0.0).backward()
    assert x.grad == 0.5
    assert (np.array([x]) >= 0).tolist() == [True]


class Weight(Value):
    pass


@pytest.mark.parametrize(
    "cost",
    [
        lambda x, w: where(where(x > w, x - w, w - x) < 1, 2 * x, 3 * x),  # of a result of where
        lambda x, w: where(Weight(0.5) < x, 2 * x, 3 * x),  # of a subclass
        lambda x, w: where(Weight(0.5) * 1 < x, 2 * x, 3 * x),
        lambda x, w: where(where(x > 0, x, w) == x, 2 * x, 3 * x) * where(x < 3, 1.0, x),
    ],
)
def test_a_comparison_of_any_value_is_recorded(cost):
    x, w = Value(1.0, label="x"), Value(0.5, label="w")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nothing is frozen
        program = compile(cost(x, w), [x], [w])
    numbers = [0.2, 0.6, 1.4, 5.0, -2.0]
    expected = [cost(Value(n), Value(0.5)).data for n in numbers]
    np.testing.assert_allclose(program([0.5], np.array(numbers)[:, None]), expected, rtol=1e-15)


@pytest.mark.filterwarnings("error")
def test_the_advice_on_an_array_of_values_is_recorded():
    def program_of(is_positive):
        w, x = [Value(1.0), Value(2.0)], [Value(0.1), Value(-0.2)]
        z = tanh(np.array(w) * np.array(x))
        return compile(list(where(is_positive(z), z, 0.1 * z)), x, w)

    with pytest.warns(RuntimeWarning, match=r"where\(numpy\.greater\(x, 0, dtype=object\), a, b\) chooses"):
        program_of(lambda z: z > 0)
    program = program_of(lambda z: np.greater(z, 0, dtype=object))
    numbers = np.array([[0.1, -0.2], [-1.0, 1.0]])
    expected = np.tanh([3.0, 0.5] * numbers)
    expected[expected <= 0] *= 0.1
    np.testing.assert_allclose(program([3.0, 0.5], numbers), expected, rtol=1e-12)


def test_the_advice_on_a_graph_of_tensors_is_recorded():
    W, Z = Tensor([1.0, 2.0], label="W"), Tensor([[0.1, -0.2]], label="X")

    def f(w, x):
        return where(w * x > 0, w * x, 0.1 * x)

    with pytest.warns(RuntimeWarning, match=r"where\(x > 0, a, b\) in a function f .*, compile\(f\)"):
        compile(f(W, Z), [Z], [W])
    fast, theta = compile(f), np.array([1.0, 2.0])
    for x in ([[0.1, -0.2]], [[-0.1, 0.2]], [[3.0, 0.0]]):
        assert np.array_equal(fast(theta, np.array(x)), f(theta, np.array(x)))
    assert len(fast.programs) == 1
