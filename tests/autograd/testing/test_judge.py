"""The judge against numbers by hand and PyTorch's: where it raises an alarm, and where not."""

import contextlib
import math

import numpy as np
import pytest
from mpmath import mp, mpf

from autograd import DomainError
from autograd.extend import Row, define
from autograd.testing import Program, autograd_engine, judge, random_program, torch_engine
from autograd.testing._engines.adapters import homework_engine
from autograd.testing._engines.homework_bugs import HOMEWORK_BUGS, homework_source
from autograd.testing._judge.functions import reference_functions


def judged(text, order=1, **options):
    return judge(Program.parse(text), order, **options)


# By hand: the value, the gradient, and how many of its ulps rounding may explain at most.
BY_HAND = {
    "x = 3.0\na = x * x": (9.0, [6.0]),
    "x = 0.0\ny = 2.0\na = exp(x)\nb = a * y\nc = b + a": (3.0, [3.0, 1.0]),
    "x = 2.0\na = reciprocal(x)": (0.5, [-0.25]),
    "x = 1.0\ny = 1.0\na = maximum(x, y)": (1.0, [0.5, 0.5]),
    "x = 0.0\na = relu(x)": (0.0, [0.0]),
    "x = 0.0\na = abs(x)": (0.0, [0.0]),
    "x = 0.0\na = x ** 0.0": (1.0, [0.0]),
    "x = 0.0\na = x ** 2.0": (0.0, [0.0]),
    "x = 25.0\ny = 0.0\na = y ** x": (0.0, [0.0, 0.0]),
    "x = -2.0\na = x ** 3.0": (-8.0, [12.0]),
    "x = 0.0\ny = 7.0\na = where(x, 3.0, y)": (7.0, [0.0, 1.0]),
    "x = 1e+300\ny = 7.0\na = x % y": (math.fmod(1e300, 7.0), [1.0, -float(int(1e300) // 7)]),
    "x = 1.0\ny = 2.0\na = mean(x, y)\nb = spread(a, x)": (10.5, [7.5, 1.5]),
}


@pytest.mark.parametrize("text", BY_HAND)
def test_values_and_gradients_by_hand(text):
    value, gradient = BY_HAND[text]
    right = judged(text)
    assert right.value == value
    assert right.gradient == pytest.approx(gradient, rel=1e-15, abs=0)
    assert right.accepts(value, gradient)
    assert not right.undecided
    assert not right.accepts(value * (1 + 1e-12) + 1e-12, gradient)
    for i in range(len(gradient)):
        off = [g * (1 + 1e-12) + 1e-12 * (k == i) for k, g in enumerate(gradient)]
        assert not right.accepts(value, off)


def test_second_derivatives_by_hand():
    right = judged("x = 2.0\ny = 3.0\na = x * x\nb = a * y\nc = exp(0.0)\nd = b + c", 2)
    assert right.hessian == ((6.0, 4.0), (4.0, 0.0))
    assert right.accepts_hessian([[6.0, 4.0], [4.0, 0.0]])
    assert not right.accepts_hessian([[6.0, 4.0], [4.0 + 1e-12, 0.0]])
    assert not right.accepts_hessian(None)
    with pytest.raises(ValueError, match=r"order=2"):
        judged("x = 2.0\na = exp(x)").accepts_hessian([[1.0]])


# The traps of digits: a function of tiny or huge numbers that loses all of them, or never ends.
TRAPS = {
    "x = 1e-160\na = log1p(x)": (1e-160, 1.0),
    "x = 1e-160\na = expm1(x)": (1e-160, 1.0),
    "x = 1e-300\na = tanh(x)": (1e-300, 1.0),
    "x = -800.0\na = softplus(x)": (float(mp.exp(-800)), float(mp.exp(-800))),
    "x = 300.0\na = log_sigmoid(x)": (-float(mp.exp(-300)), float(mp.exp(-300))),
    "x = 400.0\na = tanh(x)": (1.0, 0.0),
    "x = -1e+300\na = exp(x)": (0.0, 0.0),
    "x = 1e+160\na = atan(x)": (math.pi / 2, 1e-320),
    "x = 1.5707963267948966\na = cos(x)": (6.123233995736766e-17, -1.0),
    "x = 1e+300\na = sin(x)": (-0.8178819121159085, -0.5753861119575491),
}


@pytest.mark.parametrize("text", TRAPS)
def test_traps_of_digits(text):
    value, slope = TRAPS[text]
    right = judged(text)
    assert right.value == pytest.approx(value, rel=1e-15, abs=0)
    assert right.gradient == pytest.approx([slope], rel=1e-15, abs=1e-323)
    assert right.value_tolerance <= 1e-13 * abs(value) + 1e-300


def test_an_error_is_right_where_an_operation_is_undefined_and_nowhere_else():
    undefined = judged("x = -1.0\na = log(x)\nb = exp(a)")
    assert "log" in undefined.undefined
    assert undefined.accepts(None, None)
    assert undefined.accepts(math.nan, [math.nan])
    assert not undefined.accepts(0.0, [0.0])
    root = judged("x = 0.0\na = sqrt(x)")
    assert root.accepts(0.0, None)
    assert root.accepts(None, None)
    assert not root.accepts(0.0, [0.0])
    good = judged("x = 1.0\na = log(x)")
    assert not good.accepts(None, None)
    assert not good.accepts(0.0, None)
    assert not good.accepts(0.0, [math.inf])


def test_an_error_may_come_of_numbers_beyond_the_largest_float_and_of_branches_not_taken():
    assert judged("x = 1e+200\na = x * x\nb = reciprocal(a)").accepts(None, None)
    assert judged("x = 800.0\na = exp(x)").accepts(math.inf, None)
    branch = judged("x = -1.0\na = log(x)\nb = where(0.0, a, x)")
    assert branch.may_fail
    assert branch.accepts(None, None)
    assert branch.accepts(-1.0, [1.0])
    assert not branch.accepts(-1.0, [2.0])


def test_rounding_decides_next_to_a_kink_that_is_missed_by_it():
    assert judged("x = 0.1\na = x * 3.0\nb = a - 0.3\nc = relu(b)").undecided
    assert judged("x = 0.1\na = x * 3.0\nb = a - 0.3\nc = sqrt(b)").undecided
    assert judged("x = 1e+300\na = x - 1.5\nb = x - a\nc = log(b)").undecided
    assert not judged("x = 2.0\na = x - 2.0\nb = relu(a)").undecided  # without any rounding
    assert not judged("x = 0.1\na = maximum(x, x)").undecided


def test_tolerance_is_the_effect_of_roundings():
    """1 - cos(x) loses what the difference cancels, and the judge knows by how much."""
    naive = judged("x = 1e-05\na = cos(x)\nb = 1.0 - a")
    assert 1e-15 < naive.value_tolerance < 1e-13
    assert judged("x = 1e-05\na = expm1(x)").value_tolerance < 1e-18
    root = judged(
        "x = 1e-05\na = cos(x)\nb = 1.0 - a\nc = 2.0 * b\nd = sqrt(c)"
    )  # whose slope has few digits, too
    assert 1e-7 < root.gradient_tolerance[0] < 1e-2
    single = judged("x = 0.5\na = exp(x)", dtype="float32")
    rounded = float(np.exp(np.float32(0.5)))
    assert single.accepts(rounded, [rounded])
    assert judged("x = 0.5\na = exp(x)").complaint(rounded, [rounded]).startswith("the value has")


def test_no_false_alarm_for_the_engine_in_many_programs():
    engine, rng, undecided = autograd_engine(), np.random.default_rng(3), 0
    for _ in range(150):
        program = random_program(rng, max_lines=8)
        right = judge(program)
        undecided += bool(right.undecided)
        try:
            value, gradient = engine.run(program)
        except DomainError:
            value, gradient = None, None
        assert right.accepts(value, gradient), f"{program}\n{right.complaint(value, gradient)}"
    assert undecided < 8


BUGS = {bug.name: bug for bug in HOMEWORK_BUGS}


def test_an_alarm_for_each_planted_mistake():
    """Of all 19 but the recursive search, which is right in small programs."""
    right_one, rng = homework_engine(homework_source()), np.random.default_rng(0)
    names = [*right_one.operations]
    silent = {name: homework_engine(homework_source(bug)) for name, bug in BUGS.items()}
    silent = {name: engine for name, engine in silent.items() if "recursive" not in name}
    for _ in range(200):
        program = random_program(rng, operations=names, max_lines=6, constants=right_one.constants)
        right = judge(program)
        with contextlib.suppress(Exception), np.errstate(all="ignore"):
            if right.accepts(*right_one.run(program)):
                silent = {n: e for n, e in silent.items() if right.accepts(*_run(e, program))}
    assert not silent


def _run(engine, program):
    try:
        return engine.run(program)
    except Exception:
        return None, None


def test_as_pytorch_has_it():
    pytest.importorskip("torch")
    engine, rng = torch_engine(), np.random.default_rng(1)
    names = set(engine.operations) - {"expm1", "leaky_relu", "elu", "gelu", "tanh"}  # a few digits are lost
    for _ in range(60):
        program = random_program(rng, operations=names, max_lines=5)
        right = judge(program)
        if not right.on_kink:
            assert right.accepts(*engine.run(program), 1e-9), program


def test_rows_from_outside_need_a_function_of_mpmath():
    define(Row("bell", lambda x: math.exp(-x * x), partials="-2 * x * out"))
    program = Program.parse("x = 0.5\na = bell(x)")
    with pytest.raises(ValueError, match=r"judge\(program, functions=\{'bell': …\}\)"):
        judge(program)
    right = judge(program, functions={"bell": lambda x: mp.exp(-x * x)})
    assert right.accepts(*autograd_engine().run(program))
    assert not right.accepts(right.value, [-right.gradient[0]])


def test_only_programs_of_one_output():
    with pytest.raises(ValueError, match="one output, not of 2"):
        judge(Program.parse("x = 0.5\na = exp(x)\nb = sin(x)\na, b"))


@pytest.mark.parametrize("name", ["expm1", "log1p", "tanh", "softplus", "log_sigmoid"])
def test_functions_that_mpmath_has_are_their_definitions(name):
    """With so many digits that the definitions cancel none that are compared."""
    definitions = {
        "expm1": lambda x: mp.exp(x) - 1,
        "log1p": lambda x: mp.log(1 + x),
        "tanh": lambda x: 1 - 2 / (mp.exp(2 * x) + 1),
        "softplus": lambda x: mp.log(1 + mp.exp(x)),
        "log_sigmoid": lambda x: -mp.log(1 + mp.exp(-x)),
    }
    for x in (-700.0, -40.0, -0.9, -1e-9, 1e-300, 1e-160, 0.25, 3.0, 700.0):
        if name == "log1p" and x < -1:
            continue
        with mp.workdps(1500):
            exact = definitions[name](mpf(x))
        assert abs(reference_functions()[name](mpf(x)) - exact) <= abs(exact) * mpf(2) ** -50
