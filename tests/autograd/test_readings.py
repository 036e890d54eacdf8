"""Generated functions, whose lines are shown like those of a file."""

import gc
import inspect
import linecache
import sys
import traceback

import numpy as np
import pytest

from autograd import Tensor, Value, exp, jvp, leaky_relu, sigmoid, where
from autograd._graph.primitive import lookup
from autograd._table.define import rows
from autograd._table.readings import ARRAYS, generate

QUOTIENT = "def quotient(x, y):\n    # one line above\n    return x / y\n"


def test_the_source_of_a_generated_function_is_found_and_is_what_runs():
    first = generate(QUOTIENT, "quotient")
    second = generate(QUOTIENT.replace("/", "*"), "quotient")
    assert inspect.getsource(first) == QUOTIENT
    assert inspect.getsource(second) == QUOTIENT.replace("/", "*")
    linecache.checkcache()  # as a debugger does before it shows a line
    assert inspect.getsource(first) == QUOTIENT


def test_a_traceback_shows_the_generated_line():
    with pytest.raises(ZeroDivisionError) as raised:
        generate(QUOTIENT, "quotient")(1.0, 0.0)
    assert "return x / y" in "".join(traceback.format_exception(raised.value))


def test_a_function_takes_its_source_with_it():
    function = generate(QUOTIENT, "quotient")
    file = function.__code__.co_filename
    assert file in linecache.cache
    del function
    gc.collect()  # not needed by CPython's count of references
    assert file not in linecache.cache


def of_values():
    (Value(2.0) * Value(3.0)).tanh().backward()


def of_values_recorded():
    x = Value(2.0)
    where(x > 1, (x * 3) ** x, x).backward(create_graph=True)
    x.grad.backward()


def of_tensors():
    x = Tensor([1.0, 2.0])
    (sigmoid(x[0] * x) @ np.ones(2) / x[1]).sum().backward(create_graph=True)


@pytest.mark.parametrize(
    "calculation",
    [of_values, of_values_recorded, of_tensors, lambda: jvp(lambda x: exp(x) - x, (2.0,), (1.0,))],
)
def test_who_steps_through_a_calculation_sees_every_line(calculation):
    lines = set()

    def trace(frame, event, argument):
        if event == "line":  # a call of generated code as a module stands at line 0
            lines.add((frame.f_code.co_filename, frame.f_lineno))
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        calculation()
    finally:
        sys.settrace(before)
    ours = {line for line in lines if not line[0].startswith("<frozen")}  # Python's own
    assert {line for line in ours if not linecache.getline(*line).strip()} == set()
    assert any(file.startswith("<generated") for file, _ in lines)
    assert any("autograd" in file for file, _ in lines)


def test_methods_and_derivatives_have_their_source():
    assert inspect.getsource(Value.__mul__).startswith("def __mul__(self, other):\n    x = self._primal\n")
    mul = lookup("mul")
    assert "# out = x * y\n" in inspect.getsource(mul.pull)
    assert inspect.getsource(mul.float_partials[0]) == "def dmul_dx(x, y, out):\n    return y\n"
    assert inspect.getsource(mul.array_pulls[1]).endswith("    x, y = inputs\n    return g * x\n")


UNARY = [row for row in rows() if row.arity == 1 and row.name != "_identity"]  # which no partial has


@pytest.mark.parametrize("row", UNARY, ids=lambda row: row.name)
def test_a_function_on_arrays_takes_a_number_which_a_partial_may_have_beside_tensors(row):
    inside = next(x for x in (1.25, 0.25) if any(x in interval for interval in row.domain[0]))
    assert ARRAYS[row.name](inside) == pytest.approx(row.on_floats(inside), rel=1e-15)


def test_a_slope_is_a_tensor_beside_a_number():
    slope = Tensor(np.array([1.5, 3.0], "float32"))
    leaky_relu(-2.0, slope).backward(np.ones(2))
    assert slope.grad.tolist() == [-2.0, -2.0]
    assert slope.grad.dtype == "float32"
