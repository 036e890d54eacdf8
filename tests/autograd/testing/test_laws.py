"""The laws: right engines keep all of them, and each mistake of a student breaks the one that it should."""

import pickle

import pytest

from autograd.testing import HOMEWORK_BUGS, LawBroken, homework_engine, homework_source, laws, own_engine

BROKEN = {
    "a gradient that is assigned, not added": "a leaf used several times",
    "nodes in the order of a depth-first search from the output": "a result used several times",
    "parents in a dict, which keeps one of two": "a leaf used several times",
    "a third use that is lost": "a leaf used several times",
    "no set of the visited nodes": "a result used several times",
}


def broken_laws(engine):
    """The names of the laws that an engine breaks and that no earlier law explains."""
    return [o.law.name for o in laws.outcomes(engine) if o.violations and not o.follows_from]


@pytest.mark.parametrize("bug", [b for b in HOMEWORK_BUGS if b.name in BROKEN], ids=lambda bug: bug.name)
def test_a_mistake_breaks_the_law_that_names_it_and_no_other(bug):
    assert broken_laws(homework_engine(homework_source(bug))) == [BROKEN[bug.name]]


@pytest.mark.parametrize("engine", [own_engine(), homework_engine(homework_source())], ids=lambda e: e.name)
def test_a_right_engine_keeps_all_laws(engine):
    assert broken_laws(engine) == []


def test_a_broken_law_shows_its_smallest_program_and_survives_a_process_pool():
    with pytest.raises(LawBroken) as raised:
        laws["a leaf used several times"](homework_engine(homework_source(HOMEWORK_BUGS[0])))
    error = pickle.loads(pickle.dumps(raised.value))
    assert error.violation == raised.value.violation
    assert error.violation.script == "x = Value(1.0); out = x * x; out.backward()"
    assert "x.grad is 1.0, the sum over its uses is 2.0" in str(error)
