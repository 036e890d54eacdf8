"""Generated functions, whose lines are shown like those of a file."""

import gc
import inspect
import linecache
import traceback

import pytest

from autograd._table.readings import generate

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
