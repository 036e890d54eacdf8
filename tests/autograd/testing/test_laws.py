"""The laws: right engines keep all of them, and each mistake of a student breaks the one that it should."""

import functools
import pickle
import sys
import unittest
from dataclasses import replace

import numpy as np
import pytest
from engines import (
    CLOSURES,
    compiled_engine,
    jax_engine,
    mistaken_engines,
    module_of,
    renamed_engine,
    tensor_engine,
    torch_engine,
)

import autograd
from autograd.testing import LawBroken, LawSkipped, autograd_engine, laws
from autograd.testing._engines.adapters import homework_engine
from autograd.testing._engines.homework_bugs import HOMEWORK_BUGS, homework_source
from autograd.testing._laws import depth

BROKEN = {
    "a gradient that is assigned, not added": "a leaf used several times",
    "nodes in the order of a depth-first search from the output": "a result used several times",
    "a sigmoid without its derivative": "derivatives of operations",
    "a difference with the sign of a sum": "derivatives of operations",
    "a power whose exponent stays": "derivatives of operations",
    "no __radd__": "operations run",
    "a quotient that is detached from its denominator": "derivatives of operations",
    "a relu that changes its input": "inputs are left alone",
    "a quotient without the square": "derivatives of operations",
    "parents in a dict, which keeps one of two": "a leaf used several times",
    "the tanh of the output in its derivative": "derivatives of operations",
    "a recursive search, which deep graphs break": "deep chains",
    "nodes compared by their numbers": "nodes of equal numbers",
    "a third use that is lost": "a leaf used several times",
    "no set of the visited nodes": "a result used several times",
    "an exponential that is wrong beyond 20": "derivatives of operations",
    "a mean that is divided by one less": "functions of several numbers",
    "the diagonal alone of softmax's Jacobian": "functions of several numbers",
    "a repeated number that gets the mean of its gradients": "functions of several numbers",
}
"""For each mistake the law that names it."""

MISTAKEN = mistaken_engines()


def bug(name):
    return homework_engine(homework_source(next(b for b in HOMEWORK_BUGS if b.name == name)))


@functools.cache
def outcomes_of(name):
    """The outcomes of the engine with a mistake, by the names of the laws."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(depth, "DEPTH", 2000)  # beyond the limit of recursion too, and in half of the time
        return {outcome.law.name: outcome for outcome in laws.outcomes(bug(name), examples=5)}


def unexplained(outcomes):
    """The names of the laws that an engine breaks and that no earlier law explains."""
    assert [outcome.law for outcome in outcomes] == list(laws.values())
    return [outcome.law.name for outcome in outcomes if outcome.violations and not outcome.follows_from]


def broken_laws(engine, **options):
    return unexplained(list(laws.outcomes(engine, **options)))


# -- right engines ----------------------------------------------------------------------------------


RIGHT = (
    autograd_engine(),
    homework_engine(homework_source()),
    homework_engine(CLOSURES, "closures"),
    renamed_engine(),
    tensor_engine(),
)


@pytest.mark.parametrize("engine", RIGHT, ids=lambda engine: engine.name)
def test_a_right_engine_keeps_all_laws(engine):
    assert broken_laws(engine) == []


@pytest.mark.parametrize("name", ["chain rule", "a result used several times", "batch = mean of examples"])
def test_compiled_programs_keep_the_laws_of_sweeps_and_batches(name):
    laws[name](compiled_engine(), examples=2)


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_pytorch_keeps_all_laws_in_either_precision(precision):
    assert broken_laws(torch_engine(precision), examples=20) == []


def test_jax_keeps_the_laws_of_sweeps_and_of_several_derivatives():
    engine = jax_engine()
    for name in (
        "a leaf used several times",
        "forward = reverse",
        "Hessian symmetry",
        "batch = mean of examples",
    ):
        laws[name](engine, examples=1)


# -- wrong engines ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [mistake.name for mistake in HOMEWORK_BUGS])
def test_a_mistake_breaks_the_law_that_names_it_and_no_other(name):
    assert unexplained(list(outcomes_of(name).values())) == [BROKEN[name]]


def test_each_law_has_an_engine_that_breaks_it():
    assert set(MISTAKEN) == set(laws)


@pytest.mark.parametrize("name", laws)
def test_a_law_is_broken_by_its_engine_with_a_script_that_runs(name):
    engine = MISTAKEN[name]
    with pytest.raises(LawBroken, match=f"^{name}: ") as raised:
        laws[name](engine)
    violation = raised.value.violation
    assert violation.law == name
    assert violation.got != violation.expected
    of_the_adapter = {n: lambda *xs: xs[0] for n in ("mean", "softmax", "spread")}
    homework = vars(module_of(homework_source(), "homework")) | of_the_adapter
    exec(violation.script, homework if engine.methods else vars(autograd).copy())


SMALL = ("a leaf used several times", "a result used several times", "sum over paths", "a second backward")


@pytest.mark.parametrize("name", SMALL)
def test_the_program_that_breaks_a_law_has_at_most_three_operations(name):
    violation = laws[name].violation(MISTAKEN[name])
    assert 1 <= violation.program.size <= 3


def test_a_second_backward_that_compounds_is_told_beside_twice_the_gradient():
    violation = laws["a second backward"].violation(MISTAKEN["a second backward"])
    once = autograd_engine().run(violation.program)[1][0]
    assert violation.expected == str(2 * once)
    assert violation.got > 2 * once


def test_integers_are_constants_as_floats_are():
    right = homework_engine(homework_source())

    def add(x, y):
        if type(x) is int:
            raise TypeError("no integers")
        return right.operations["add"](x, y)

    engine = replace(right, operations=dict(right.operations) | {"add": add})
    (violation,) = laws["operations run"].violations(engine)
    assert violation.script == "x = Value(1); out = 2 + x; out.backward()"
    assert violation.message == "it raises TypeError: no integers"


def test_a_wrong_operation_is_told_once_and_left_out_of_later_laws():
    outcomes = outcomes_of("a difference with the sign of a sum").values()
    (outcome,) = [outcome for outcome in outcomes if outcome.violations]
    assert [v.operations for v in outcome.violations] == [("sub",), ("sub",)]
    assert [str(v.program) for v in outcome.violations] == [
        "x = 1.0\ny = 2.0\na = x - y",
        "x = 1.0\na = 2.0 - x",
    ]


def test_a_law_that_follows_from_a_broken_one_says_so():
    diamonds = outcomes_of("a gradient that is assigned, not added")["a result used several times"]
    assert diamonds.violations
    assert diamonds.follows_from == ("a leaf used several times",)


def test_a_program_of_a_violation_breaks_its_law_when_it_is_run_as_its_script_says():
    violation = laws["a leaf used several times"].violation(bug("a gradient that is assigned, not added"))
    assert violation.script == "x = Value(1.0); out = x * x; out.backward()"
    names = {}
    exec(homework_source(HOMEWORK_BUGS[0]), names)
    exec(violation.script, names)
    assert names["x"].grad == violation.got == 1.0
    assert violation.expected == 2.0


# -- what a law says and takes ------------------------------------------------------------------------


def test_a_broken_law_says_what_came_out_and_what_is_right_and_survives_a_process_pool():
    with pytest.raises(AssertionError) as raised:
        laws["derivatives of operations"](bug("a sigmoid without its derivative"))
    error = pickle.loads(pickle.dumps(raised.value))
    assert isinstance(error, LawBroken)
    assert error.violation == raised.value.violation
    assert str(error) == (
        "derivatives of operations: ∂f/∂xᵢ is the derivative that mathematics gives it, for each operation "
        "and each of its inputs\n"
        "    x = Value(1.0); out = x.sigmoid(); out.backward()\n"
        "    x.grad is 1.0, right is 0.196611933241"
    )


def test_a_law_about_a_capability_that_an_engine_lacks_is_skipped_with_the_reason():
    engine = homework_engine(homework_source())
    reasons = {law.name: reason for law in laws.values() if (reason := law.reason_to_skip(engine))}
    assert reasons == {
        "forward = reverse": "needs a forward mode",
        "Hessian symmetry": "needs second derivatives",
        "batch = mean of examples": "needs batches",
    }
    outcome = outcomes_of("no __radd__")["forward = reverse"]
    assert (outcome.skipped, outcome.holds) == ("needs a forward mode", False)
    with pytest.raises(LawSkipped, match="forward = reverse: homework needs a forward mode"):
        laws["forward = reverse"](engine)
    assert issubclass(LawSkipped, unittest.SkipTest)  # which pytest counts as skipped


def test_a_law_put_by_a_wrong_operation_is_skipped_with_the_reason():
    outcomes = {o.law.name: o for o in laws.outcomes(autograd_engine(), without=[("mul", (False, False))])}
    assert outcomes["product rule"].skipped == "needs a correct mul"
    assert not outcomes["product rule"].holds
    assert outcomes["sum over paths"].holds


def test_calls_are_not_counted_under_a_profiler():
    sys.setprofile(lambda *args: None)
    try:
        with pytest.raises(LawSkipped, match="run it without a profiler"):
            laws["each node once"](autograd_engine())
    finally:
        sys.setprofile(None)
    laws["each node once"](autograd_engine())


def test_the_same_seed_gives_the_same_violations_and_a_generator_goes_on():
    engine = MISTAKEN["sum over paths"]
    law = laws["sum over paths"]
    assert law.violations(engine, rng=3) == law.violations(engine, rng=3)
    rng = np.random.default_rng(3)
    assert law.violations(autograd_engine(), rng=rng) == ()
    assert rng.random() != np.random.default_rng(3).random()


def test_an_operation_left_out_is_not_told():
    engine = bug("a sigmoid without its derivative")
    law = laws["derivatives of operations"]
    assert law.violation(engine).operations == ("sigmoid",)
    assert law.violation(engine, without=[("sigmoid", (False,))]) is None


def test_an_unknown_law_is_named_with_those_that_there_are():
    with pytest.raises(KeyError, match=r"no law is called 'chainrule'; there are .*, chain rule, "):
        laws["chainrule"]
    assert "chainrule" not in laws


def test_laws_and_outcomes_go_to_other_processes():
    for law in laws.values():
        assert pickle.loads(pickle.dumps(law)) == law
    outcome = next(o for o in laws.outcomes(mistaken_engines()["values"]) if o.violations)
    assert pickle.loads(pickle.dumps(outcome)) == outcome
    copied = pickle.loads(pickle.dumps(laws["chain rule"]))
    assert copied.violations(mistaken_engines()["chain rule"])
