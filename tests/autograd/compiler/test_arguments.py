"""The arrays of a call: in order, by label, as one vector; and the errors that name the leaf."""

import numpy as np
import pytest
from tensor_programs import layer

import autograd
from autograd import Tensor, Value, compile


def test_arguments_by_order_by_label_or_alone():
    W, b, x, a = layer()
    program = compile(a.sum(), [x], [W, b])
    arrays = [W.data, b.data]
    expected = program(arrays, [x.data])
    for theta in (tuple(arrays), {"b": b.data, "W": W.data}, [W.data.tolist(), [0, 0]]):
        for X in ([x.data], x.data, x.data.tolist(), {"x": x.data}, [x.data.astype(np.float32)]):
            np.testing.assert_array_equal(program(theta, X), expected)
    assert compile(a.sum(), [], [W]).value_and_grad(W.data)[1][0].shape == (2, 3)
    assert compile(b * 2, [], [b])([1.0, 2.0]).tolist() == [2.0, 4.0]


w, b, x = np.ones((2, 3)), np.ones(2), np.ones((4, 3))


@pytest.mark.parametrize(
    ("theta", "X", "error", "said"),
    [
        ([w], [x], ValueError, r"2 arrays \(W \(2, 3\), b \(2,\)\), and 1 were given"),
        (None, [x], TypeError, r"theta is a list of 2 arrays .*, or a dict by label, not None"),
        ("ab", [x], TypeError, "theta is a list of 2 arrays .*not str"),
        ({"W": 1.0}, [x], ValueError, r"theta has the labels \['W', 'b'\], and \['W'\] were given"),
        ([w, None], [x], TypeError, r"the parameter b is an array .*\(2,\), not None"),
        ([w, "ab"], [x], TypeError, "the parameter b takes an array of real numbers"),
        ([w, [1j, 2]], [x], TypeError, "the parameter b .* complex"),
        ([w, Tensor([1.0, 2.0])], [x], TypeError, r"parameter b .* pass its .data"),
        ([w, np.ones((2, 1))], [x], ValueError, r"b has the shape \(2, 1\), .* \(2,\)"),
        ([w, b], None, TypeError, "the input x is an array .*not None"),
        ([w, b], [np.ones((4, 2))], ValueError, r"x has the shape \(4, 2\), and was recorded"),
        ([w, b], [x, x], ValueError, "x has the shape"),
    ],
)
def test_arguments_that_do_not_fit_name_the_leaf(theta, X, error, said):
    W, b, x, a = layer()
    program = compile(a.sum(), [x], [W, b])
    for call in (program, program.value_and_grad):
        with pytest.raises(error, match=said):
            call(theta, X)
    assert program([W.data, b.data], [x.data]).shape == ()  # nothing is left half-done


@pytest.mark.parametrize(
    "label", ["W^{(1)}", "class", "array", "gradient", "theta", "views_of", "dot", "t1", "", "x y"]
)
def test_any_label_also_of_several_leaves(label):
    a, b = Tensor([1.0, 2.0], label=label), Tensor([3.0, 4.0], label=label)
    cost = (autograd.tanh(a * b + 0.5) @ b).sum()
    cost.backward()
    program = compile(cost, [], [a, b])
    gradient = program.value_and_grad(np.array([1.0, 2.0, 3.0, 4.0]))[1]
    np.testing.assert_allclose(gradient, [*a.grad, *b.grad], rtol=1e-13)
    assert len(str(program).splitlines()) == 1


def test_labels_that_are_not_distinct_are_refused_in_dicts():
    x, y = Tensor([1.0], label="x"), Tensor([2.0])
    with pytest.raises(ValueError, match=r"a label of its own for each leaf, and they are \['x', None\]"):
        compile(x * y, [], [x, y])({"x": [1.0]})


def test_a_gradient_is_of_one_number():
    _, b, x, a = layer()
    with pytest.raises(ValueError, match=r"a has the shape \(4, 2\): compile its sum\(\) or mean\(\)"):
        compile(a, [x], [b]).value_and_grad([b.data], [x.data])
    with pytest.raises(ValueError, match="there are 2: compile their sum, or take value_grad_and_outputs"):
        compile([a.sum(), a], [x], [b]).value_and_grad([b.data], [x.data])
    assert compile(a.sum(), [x], [b]).value_and_grad([b.data], [x.data])[0] > 0


def test_what_compile_refuses():
    W, b, x, a = layer()
    for arguments, error, said in (
        (([a, Value(1.0)], [x], [W]), TypeError, "Values or Tensors, not both in one list"),
        (([a, 1.0], [x], [W]), TypeError, "compile takes Tensors, not float"),
        ((a, [x], W), TypeError, r"wrt is a list of Tensors, and is one itself: write \[Tensor"),
        (
            (a, [Value(1.0)], [W]),
            TypeError,
            "inputs is a list of Tensors, as the output is one, and holds Value",
        ),
        ((a, [a], [W]), ValueError, "inputs holds leaves"),
        ((a, [x, x], [W]), ValueError, "inputs names a leaf twice"),
        ((a, [x, W], [W]), ValueError, "is among the inputs and in wrt"),
        ((a, [x], [W], "float16"), TypeError, "float32 or float64"),
        ((a,), TypeError, "compile needs inputs"),
    ):
        with pytest.raises(error, match=said):
            compile(*arguments)
    np.testing.assert_allclose(compile(a, [], [W, b, x])([W.data, b.data, x.data]), a.data, rtol=1e-15)
