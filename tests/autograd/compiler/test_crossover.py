"""Up to how many examples a program computes in plain arithmetic."""

import numpy as np
import pytest

import nn
from autograd import Value, compile, sigmoid, sin
from autograd._compiler.numpy_code.calls import count_calls
from autograd._compiler.numpy_code.write import generate_source
from autograd._graph.primitive import PRIMITIVES


def net(*sizes):
    x = [Value(0.0) for _ in range(sizes[0])]
    model = nn.MLP(sizes, node=Value, rng=0)
    return compile(model(np.array(x)), x, model.parameters())


def chain(function, length):
    w, y = Value(0.5), Value(0.0)
    node = y
    for _ in range(length):
        node = function(w * node)
    return compile(node, [y], [w])


def test_matrices_are_always_arrays_and_scalars_of_one_example_are_not():
    assert net(2, 16, 16, 1)._few == (0, 0)
    assert min(net(1, 1, 1)._few) >= 1
    assert min(chain(sigmoid, 30)._few) >= 5


@pytest.mark.parametrize("length", [50, 200])  # in blocks, and an operation at a time
def test_the_threshold_does_not_grow_with_the_length_of_a_program(length):
    short, long = chain(sin, length)._few, chain(sin, 2 * length)._few
    np.testing.assert_allclose(short, long, atol=1)


def test_one_call_for_many_scalars_is_always_one_of_arrays():
    wide = [Value(0.1 * i) for i in range(100)]
    assert compile([sin(x) for x in wide], wide, [])._few == (0, 0)


@pytest.mark.parametrize("name", ["sin", "exp", "sigmoid", "tanh", "softplus", "square", "atan"])
def test_the_calls_of_a_row_are_those_of_its_program(name):
    row, x = PRIMITIVES[name], Value(0.25)
    program = compile(row(x), [x], [])
    source = generate_source(program._array_program, gradient=False, dtype=program.dtype).source
    lines = source[source.index("def run") :].splitlines()
    assert count_calls(row)[0] == sum(line.endswith(")") and "return" not in line for line in lines)
