"""Tolerances of the laws: right numbers of any engine lie within them, and they are narrow."""

import mpmath
import numpy as np
import pytest
from mpmath import mp
from reference import FUNCTIONS

from autograd.testing import Program, autograd_engine, random_program
from autograd.testing._engines.adapters import homework_engine
from autograd.testing._engines.homework_bugs import homework_source
from autograd.testing._laws.search.rounding import reference
from autograd.testing._laws.search.shapes import is_moderate

OPERATIONS = [name for name in autograd_engine().operations if name not in ("fmod", "mod", "floordiv")]


def moderate_programs(seed, count, operations):
    rng = np.random.default_rng(seed)
    programs = (
        random_program(rng, operations=operations, max_lines=5, constants={"pow": (1,)}) for _ in range(count)
    )
    return [p for p in programs if p.lines and is_moderate(p)]


def exact_numbers(program):
    """The value and the gradient by mpmath's differences, at 60 digits."""
    function = program.function(FUNCTIONS)
    with mpmath.workdps(60):
        point = tuple(map(mp.mpf, program.point))
        units = [tuple(int(i == j) for j in range(len(point))) for i in range(len(point))]
        return [function(*point), *(mp.diff(function, point, unit) for unit in units)]


def test_the_reference_is_right_within_its_tolerances_which_are_narrow():
    compared = 0
    for program in moderate_programs(1, 150, OPERATIONS):
        right = reference(program)
        if right is None or not right.is_smooth:
            continue
        tolerances = right.tolerances(2.0**-52)
        numbers = exact_numbers(program)
        for x, exact, tolerance in zip((right.value, *right.gradient), numbers, tolerances, strict=True):
            assert abs(x - exact) <= tolerance, program
        scale = max(map(abs, (1.0, right.value, *right.gradient)))
        compared += sum(tolerance <= 1e-9 * scale for tolerance in tolerances)
    assert compared > 150


def test_textbook_formulas_lie_within_the_tolerances():
    engine = homework_engine(homework_source())
    names = [name for name in engine.operations if name in autograd_engine().operations]
    for program in moderate_programs(2, 300, names):
        right = reference(program)
        if right is None or not right.is_smooth:
            continue
        value, gradient = engine.run(program)
        tolerances = right.tolerances(2.0**-52)
        for x, exact, tolerance in zip(
            (value, *gradient), (right.value, *right.gradient), tolerances, strict=True
        ):
            assert abs(x - exact) <= tolerance, program


@pytest.mark.parametrize(
    ("text", "is_smooth"),
    [
        ("x = 0.0; a = relu(x)", False),
        ("x = 0.5; a = relu(x)", True),
        ("x = 2.0; a = x - 2.0; b = abs(a)", False),
    ],
)
def test_a_kink_within_a_program_is_noticed(text, is_smooth):
    assert reference(Program.parse(text)).is_smooth == is_smooth


def test_terms_that_cancel_widen_the_tolerance_and_undefined_programs_have_none():
    close = reference(Program.parse("x = 3.0; a = x * 1000.0; b = x * 1000.0; c = a - b"))
    assert close.gradient == (0.0,)
    assert 1e-12 < close.tolerances(2.0**-52)[1] < 1e-9
    assert reference(Program.parse("x = -1.0; a = log(x)")) is None


def test_terms_that_cancel_early_in_one_engine_and_late_in_another_are_in_the_tolerance():
    quotient = reference(Program.parse("z = 1.27; a = z / z; b = 3.0 / a; c = b * a"))
    assert quotient.gradient == (0.0,)
    assert 3e-16 < quotient.tolerances(2.0**-52)[1] < 1e-12
