"""Hypothesis infers Values and Tensors from annotations, whichever of the two is imported first."""

import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from drawing import draws, shrunk
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Tensor, Value
from chainrule._hypothesis_types import register

register()  # by the entry point, where the distribution is installed

ROOT = Path(__file__).parents[3]

PROBE = """
drawn = st.from_type(Value), st.builds(lambda x: x, st.from_type(Tensor)), st.from_type(Program)
@settings(max_examples=5, database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(*drawn)
def check(x, t, p):
    assert (type(x), type(t), type(p)) == (Value, Tensor, Program)
check()
"""
HYPOTHESIS = "from hypothesis import HealthCheck, given, settings, strategies as st"
ENGINE = "from autograd import Tensor, Value; from autograd.testing import Program"


@settings(max_examples=40)
@given(...)
def test_arguments_are_inferred_from_annotations(x: Value, t: Tensor, either: Value | None):
    assert math.isfinite(x.data)
    assert x.is_leaf
    assert np.isfinite(t.data).all()
    assert t.dtype in (np.float32, np.float64)
    assert either is None or isinstance(either, Value)


def double(x: Value) -> float:
    return 2 * x.data


def test_nodes_shrink_to_nice_ones():
    assert shrunk(st.from_type(Value)).data == 1.0
    assert shrunk(st.builds(double)) == 2.0
    assert shrunk(st.from_type(Tensor), lambda t: t.size > 0).size == 1
    assert len({x.data for x in draws(st.from_type(Value), count=30)}) > 10


def python(code, *options):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *options, "-c", code], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("lines", [(ENGINE, HYPOTHESIS), (HYPOTHESIS, ENGINE)], ids=["engine", "hypothesis"])
def test_either_may_be_imported_first_and_imports_nothing_of_the_other(lines):
    # What the entry point of an installed distribution does: Hypothesis calls it when it is imported.
    entry = "from chainrule._hypothesis_types import register\nregister()"
    first, second = lines
    after = {HYPOTHESIS: entry, ENGINE: ""}
    modules = "import sys\nprint(*({'autograd', 'hypothesis', 'numpy', 'chainrule'} & {*sys.modules}))"
    run = python("\n".join([first, after[first], modules, second, after[second], PROBE]))
    assert run.returncode == 0, run.stderr
    alone = {ENGINE: {"autograd", "numpy"}, HYPOTHESIS: {"hypothesis", "chainrule"}}
    assert {*run.stdout.split()} == alone[first]
