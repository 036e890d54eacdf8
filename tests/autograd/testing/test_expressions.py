"""Drawn programs: defined, what their text says, at hard places, and small once they have shrunk."""

import inspect
import json
import math
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from autograd import DomainError
from autograd.testing import Program, autograd_engine, expressions, random_program, smallest
from autograd.testing._engines.adapters import homework_engine
from autograd.testing._engines.homework_bugs import HOMEWORK_BUGS, homework_source
from autograd.testing._programs.drawing.language import default_operations
from autograd.testing._programs.operations import operation, operations
from autograd.testing._programs.program import table_operations
from autograd.testing._programs.text import chains

ANY = expressions(outputs=2) | expressions() | expressions(max_lines=30)


def run_text(text):
    """The numbers of all names after Python has run a text."""
    table = table_operations()
    names = {name: table[name] for name in table}
    for name, o in operations().items():
        if o.row is None:
            names[name] = lambda *xs, o=o: o.definition(table, *xs)
    exec(text, names)
    return names


@settings(max_examples=80)
@given(ANY)
def test_a_drawn_program_is_defined_and_is_its_text(program):
    assert program.is_defined()
    assert program == program.without_unused_lines()
    assert eval(repr(program)) == program
    assert Program.parse(str(program)) == program
    assert Program.from_dict(json.loads(json.dumps(program.as_dict()))) == program

    text = str(program)
    numbers = run_text(text)
    last = text.splitlines()[-1]
    names = [last.split(" = ")[0].split()[-1]] if " = " in last else last.split(", ")
    outputs = names if program.lines else program.outputs
    results = program.values()
    assert [numbers[name] for name in outputs] == [results[name] for name in program.outputs]


def test_hypothesis_shows_a_failing_program_as_text():
    @settings(max_examples=20, database=None, derandomize=True, phases=[Phase.generate, Phase.shrink])
    @given(expressions(operations=["mul"], variables=1, max_lines=2))
    def test(program):
        assert program.size < 1

    with pytest.raises(AssertionError) as error:
        test()
    assert "program=Program.parse('x = 1.0; a = x * x')" in "".join(error.value.__notes__)


@settings(max_examples=40)
@given(
    st.data(),
    st.sets(st.sampled_from(default_operations()), min_size=1),
    st.sampled_from([2, range(2, 5), ["p", "q"]]),
    st.integers(0, 6),
    st.integers(1, 3),
)
def test_a_drawn_program_keeps_to_the_options(data, chosen, variables, max_lines, outputs):
    fixed = {"pow": (1,), "maximum": (0,)}
    program = data.draw(
        expressions(
            operations=chosen, variables=variables, max_lines=max_lines, outputs=outputs, constants=fixed
        )
    )
    assert program.operations <= chosen
    assert program.size <= max_lines
    assert len(program.outputs) == outputs
    assert 2 <= len(program.variables) <= 4
    if isinstance(variables, list):
        assert program.variables == ("p", "q")
    for line in program.lines:
        for position in fixed.get(line.operation, ()):
            assert isinstance(line.arguments[position], float)


def hard_places(program):
    """The kinds of hard places in a program."""
    values = program.values()
    uses = Counter(name for line in program.lines for name in line.names)
    numbers = [abs(x) for x in values.values() if x]
    if any(count >= 3 for count in uses.values()):
        yield "used three times"
    if not set(uses) & set(program.variables) >= set(program.variables) - set(program.outputs):
        yield "an unused variable"
    if min(numbers, default=1) < 1e-6:
        yield "tiny"
    if max(numbers, default=1) > 1e6:
        yield "huge"
    if any(len(chain) >= 1000 for chain in chains(program.lines, program.outputs)):
        yield "a deep chain"
    for line in program.lines[:20]:
        row = operation(line.operation).row
        xs = [values[a] if isinstance(a, str) else a for a in line.arguments]
        if len(line.names) > len(set(line.names)):
            yield "both sides"
        if len(xs) == 2 and len(line.names) == 1:
            yield "a constant on the left" if isinstance(line.arguments[0], float) else "on the right"
        if len(xs) == 2 and xs[0] == xs[1] and line.arguments[0] != line.arguments[1]:
            yield "a tie"
        if row is not None and row.kink and row.distance_to_kink(*xs) == 0:
            yield "a kink"
        if row is not None and any(
            abs(x - end) <= 1e-15
            for x, domain in zip(xs, row.domain, strict=True)
            for interval in domain
            for end in (interval.low, interval.high)
            if math.isfinite(end)
        ):
            yield "an end of a domain"


def test_hard_places_occur():
    rng = np.random.default_rng(0)
    count = 400
    shares = Counter(kind for _ in range(count) for kind in set(hard_places(random_program(rng))))
    least = {
        "both sides": 0.15, "a constant on the left": 0.06, "on the right": 0.25, "used three times": 0.1,
        "an unused variable": 0.1, "tiny": 0.05, "huge": 0.05, "a tie": 0.08, "a kink": 0.04,
        "an end of a domain": 0.015, "a deep chain": 0.005,
    }  # fmt: skip
    assert {kind: shares[kind] / count for kind in least if shares[kind] / count < least[kind]} == {}


def test_all_operations_occur_and_the_same_seed_gives_the_same_program():
    rng = np.random.default_rng(1)
    seen = set().union(*(random_program(rng, max_lines=12).operations for _ in range(600)))
    assert seen == set(default_operations())
    assert random_program(5) == random_program(np.random.default_rng(5))


@pytest.mark.parametrize(
    ("options", "message", "advice"),
    [
        ({"operations": "exp"}, "a collection of names, such as ['exp']", {"operations": ["exp"]}),
        ({"operations": []}, "such as ['add', 'mul', 'exp']", {"operations": ["add", "mul", "exp"]}),
        ({"operations": ["expp"]}, "no operation is called 'expp'; there are add, ", {"operations": ["exp"]}),
        ({"variables": 0}, "variables is a number from 1", {"variables": 1}),
        ({"variables": 1.5}, "a number, a range of numbers or a list of names", {"variables": ["x"]}),
        ({"variables": "xy"}, "a list of names, not 'xy'", {"variables": ["x", "y"]}),
        ({"variables": ["x", "x"]}, "different names", {"variables": ["x", "y"]}),
        ({"variables": ["x 1"]}, "'x 1' is no name of Python", {"variables": ["x1"]}),
        ({"max_lines": -1}, "max_lines is a whole number from 0, not -1", {"max_lines": 0}),
        ({"max_lines": 2.0}, "max_lines is a whole number from 0, not 2.0", {"max_lines": 2}),
        ({"outputs": 0}, "outputs is a whole number from 1", {"outputs": 1}),
        ({"constants": {"pow": 1}}, "a tuple of positions, such as (1,)", {"constants": {"pow": (1,)}}),
        ({"constants": {"pow": (2,)}}, "pow has the positions 0 and 1", {"constants": {"pow": (1,)}}),
        ({"constants": {"exp": (0,)}}, "leaves no argument that can vary", {"constants": {}}),
    ],
)  # fmt: skip
def test_bad_options_get_an_error_whose_advice_works(options, message, advice):
    for draw in (expressions, lambda **o: random_program(0, **o)):
        with pytest.raises((TypeError, ValueError)) as error:
            draw(**options)
        assert message in str(error.value)
        draw(**advice)


def test_without_hypothesis_the_strategy_names_the_command_and_all_else_works(monkeypatch):
    monkeypatch.setitem(sys.modules, "hypothesis.strategies", None)
    with pytest.raises(ImportError, match=r'pip install "chainrule\[testing\]"'):
        expressions()
    assert random_program(0).is_defined()
    code = "import sys, autograd.testing; assert not {'hypothesis', 'mpmath'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def wrong(engine):
    """Whether an engine's gradient is not ours, where numbers are of ordinary size."""
    own = autograd_engine()

    def fails(program):
        constants = [a for line in program.lines for a in line.arguments if not isinstance(a, str)]
        sizes = [abs(x) for x in (*program.values().values(), *constants) if x]
        if program.size > 100 or not all(1e-6 < size < 1e6 for size in sizes):
            return False
        try:
            right = own.run(program)
        except DomainError:
            return False
        result = engine.run(program)
        return not np.allclose([right[0], *right[1]], [result[0], *result[1]], rtol=1e-6, atol=1e-6)

    return fails


@pytest.mark.parametrize(
    ("bug", "most"),
    [
        ("a sigmoid without its derivative", 1),
        ("a gradient that is assigned, not added", 1),
        ("nodes in the order of a depth-first search from the output", 4),
        ("the diagonal alone of softmax's Jacobian", 1),
    ],
)
def test_a_failing_program_shrinks(bug, most):
    (bug,) = [b for b in HOMEWORK_BUGS if b.name == bug]
    engine = homework_engine(homework_source(bug))
    fails = wrong(engine)
    last = []

    @settings(max_examples=300, database=None, derandomize=True, report_multiple_bugs=False,
              phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(expressions(operations=engine.operations, constants=engine.constants))
    def test(program):
        if fails(program):
            last[:] = [program]
            raise AssertionError

    with pytest.raises(AssertionError):
        test()
    assert last[0].size <= most
    assert smallest(last[0], fails, operations=engine.operations, constants=engine.constants).size <= 3
    assert all(x in (1.0, 2.0) for x in last[0].point)


def test_the_options_of_both_ways_are_the_same():
    drawn, grown = (dict(inspect.signature(f).parameters) for f in (expressions, random_program))
    grown.pop("rng")
    assert drawn == grown
