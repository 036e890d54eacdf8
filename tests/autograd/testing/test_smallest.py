"""The smallest program that fails: still the same failure, in the language given, of any program."""

import numpy as np
import pytest

from autograd.testing import Program, error_type, random_program, smallest
from autograd.testing._engines.adapters import homework_engine
from autograd.testing._engines.homework_bugs import HOMEWORK_BUGS, homework_source
from autograd.testing._programs.rewriting import pruned, substituted

RNG_PROGRAMS = [random_program(seed, max_lines=20, outputs=2) for seed in range(12)]


def uses(name):
    return lambda program: name in program.operations


@pytest.mark.parametrize("program", RNG_PROGRAMS)
def test_of_any_program_and_any_predicate(program):
    for name in sorted(program.operations):
        least = smallest(program, uses(name))
        assert least.size == 1 == len(least.outputs)
        assert least.operations == {name}
        assert least.is_defined()
        assert least == smallest(program, uses(name))
    deepest = smallest(program, lambda p: p.size >= min(program.size, 3), operations=["neg"])
    assert deepest.size == min(program.size, 3)
    assert deepest.operations <= {"neg", "add"}


@pytest.mark.parametrize("program", RNG_PROGRAMS[:6])
def test_every_step_is_smaller_and_none_is_left_at_the_end(program):
    seen = []

    def fails(p):
        seen.append(p)
        return p.values()[p.outputs[0]] == program.values()[program.outputs[0]]

    least = smallest(program, fails)
    assert fails(least)
    assert len(seen) < 3000
    for line in least.lines:
        for target in (*line.names, *least.variables):
            shorter = substituted(least, {line.name: target}, {})
            assert not (shorter and shorter.is_defined() and fails(shorter))


def test_the_same_kind_of_failure():
    def kind(program):
        values = program.values()
        if "mul" in program.operations:
            return "a product"
        return "large" if max(values.values()) > 100 else None

    program = Program.parse("x = 30.0; y = 2.0; a = x * x; b = exp(y); c = b * y; d = a + c; e = d + d")
    assert smallest(program, kind) == Program.parse("x = 1.0; a = x * x")
    large = Program.parse("x = 300.0; a = x + 7.25; b = -a; c = -b")
    assert kind(smallest(large, kind, operations=["mul"])) == "large"


def test_a_predicate_that_raises_says_no():
    def fails(program):
        if program.size < 2:
            raise ZeroDivisionError
        return True

    assert smallest(Program.parse("x = 2.0; a = exp(x); b = -a; c = -b"), fails).size == 2


def test_constants_stay_where_the_engine_needs_them():
    program = Program.parse("x = 3.0; y = 2.5; a = exp(y); b = x ** 2.5; c = b + a")
    least = smallest(program, uses("pow"), constants={"pow": (1,)})
    assert least == Program.parse("x = 1.0; a = x ** 1.0")
    assert smallest(program, uses("pow")) == Program.parse("x = 1.0; a = x ** x")


def test_a_program_that_does_not_fail_is_refused():
    with pytest.raises(ValueError, match="the program does not fail: fails"):
        smallest(RNG_PROGRAMS[0], lambda p: None)


def test_the_kind_of_an_exception():
    def check(program):
        if "exp" in program.operations:
            raise KeyError
        assert "mul" not in program.operations

    program = Program.parse("x = 2.0; a = exp(x); b = a * x; c = b + x")
    assert smallest(program, error_type(check)) == Program.parse("x = 1.0; a = exp(x)")
    assert error_type(check)(Program.parse("x = 1.0; a = -x")) is None


def test_deep_chains_in_few_steps():
    chain = Program.parse("x = 1.0; y = 2.0; a = x + y\nfor _ in range(1200): a = tanh(a)\nb = a * y")
    calls = []

    def is_deep(program):
        calls.append(program)
        return program.size >= 700

    least = smallest(chain, is_deep, operations=["neg"])
    assert least.size == 700
    assert least.operations == {"neg"}
    assert len(least.variables) == 1
    assert len(calls) < 200
    assert smallest(chain, uses("mul")).size == 1


@pytest.mark.parametrize("bug", HOMEWORK_BUGS[2:5], ids=lambda bug: bug.name)
def test_a_faulty_engine(bug):
    right, engine = homework_engine(homework_source()), homework_engine(homework_source(bug))

    def fails(program):
        (a, g), (b, h) = right.run(program), engine.run(program)
        return not np.allclose([a, *g], [b, *h], rtol=1e-6)

    options = {"operations": engine.operations, "constants": engine.constants}
    rng = np.random.default_rng(0)
    programs = (random_program(rng, max_lines=12, **options) for _ in range(300))
    least = smallest(next(filter(fails, programs)), fails, **options)
    assert least.size == 1
    assert least.variables == ("x",)
    assert set(least.point) <= {1.0, 2.0}


def test_unused_variables_go_and_one_stays():
    program = Program.parse("x = 1.0; y = 2.0; a = -y; b = -x; a")
    assert pruned(program) == Program.parse("y = 2.0; a = -y")
