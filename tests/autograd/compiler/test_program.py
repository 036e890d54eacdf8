"""`autograd.compile`: its arguments, its errors, and undefined arithmetic."""

from __future__ import annotations

import copy
import pickle
import threading

import numpy as np
import pytest

import autograd
import nn
from autograd import DomainError, Tensor, Value, dot, exp, log, minimum, sigmoid, sin, sqrt, square, sum, tanh


@pytest.fixture(params=["plain arithmetic", "arrays"])
def compiled(request):
    """`compile`, to a program that runs in one of its two ways."""

    def compiled(*args, **kwargs):
        program = autograd.compile(*args, **kwargs)
        program._run_by((0, 0) if request.param == "arrays" else (10**9, 10**9))
        return program

    return compiled


def layer(inputs, outputs):
    x = [Value(0.1, label=f"x_{k}") for k in range(inputs)]
    w = [[Value(0.1, label=f"w_{{{j}{k}}}^{{(1)}}") for k in range(inputs)] for j in range(outputs)]
    b = [Value(0.0, label=f"b_{j}^{{(1)}}") for j in range(outputs)]
    z = [(dot(w[j], x) + b[j]).with_label(f"z_{j}^{{(1)}}") for j in range(outputs)]
    a = [sigmoid(zj).with_label(f"a_{j}^{{(1)}}") for j, zj in enumerate(z)]
    return x, [*np.ravel(w), *b], a


# -- shapes ----------------------------------------------------------------------------------


def test_one_output_gives_a_vector_and_a_list_gives_columns(compiled):
    x, w = Value(1.0), Value(2.0)
    theta, X = [3.0], [[1.0], [2.0], [4.0]]
    assert compiled(w * x, [x], [w])(theta, X).tolist() == [3.0, 6.0, 12.0]
    assert compiled([w * x], [x], [w])(theta, X).tolist() == [[3.0], [6.0], [12.0]]
    assert compiled([w * x, w + x], [x], [w])(theta, X).tolist() == [[3, 4], [6, 5], [12, 7]]
    assert compiled(np.array([w * x, w + x]), [x], [w])(theta, X).shape == (3, 2)


def test_value_and_grad_is_the_mean_over_the_examples(compiled):
    x, w = Value(1.0), Value(2.0)
    value, gradient = compiled(w * square(x), [x], [w]).value_and_grad([3.0], [[1.0], [2.0], [4.0]])
    assert (value, gradient.tolist()) == (21.0, [7.0])


def test_without_inputs_x_may_be_left_out(compiled):
    w = Value(2.0)
    program = compiled(w * w, [], [w])
    assert program([3.0]).tolist() == [9.0]
    assert program.value_and_grad([3.0]) == (9.0, [6.0])
    assert program([3.0], np.empty((4, 0))).tolist() == [9.0] * 4


@pytest.mark.parametrize("dtype", ["float32", "float64", np.float32, np.dtype("float64"), float])
def test_dtypes(compiled, dtype):
    x, w = Value(1.0), Value(2.0)
    program = compiled(exp(w * x), [x], [w], dtype=dtype)
    assert program.dtype == np.dtype(dtype)
    assert program([1], [[1], [2]]).dtype == program.dtype
    value, gradient = program.value_and_grad(np.array([1]), np.ones((2, 1), np.float16))
    assert isinstance(value, float)
    assert gradient.dtype == program.dtype
    assert gradient[0] == pytest.approx(np.e, rel=1e-6)


def test_results_are_the_caller_s_own(compiled):
    x, w = Value(1.0), Value(2.0)
    program = compiled(w * x, [x], [w])
    outputs, (_, gradient) = program([1.0], [[1.0]] * 3), program.value_and_grad([1.0], [[1.0]] * 3)
    program([5.0], [[5.0]] * 3)
    program.value_and_grad([5.0], [[5.0]] * 3)
    assert outputs.tolist() == [1.0] * 3
    assert gradient.tolist() == [1.0]


def test_theta_may_be_changed_in_place_between_calls(compiled):
    x, w, a = layer(3, 2)
    program = compiled(sum(a), x, w)
    theta, X = np.zeros(8), np.ones((4, 3))
    before = program(theta, X)
    theta += 1.0
    assert (program(theta, X) > before).all()
    assert program(theta, X).tolist() == program(np.ones(8), X).tolist()


def test_a_graph_that_changes_afterwards_changes_nothing(compiled):
    x, w, c = Value(1.0), Value(2.0), Value(5.0)
    y = w * x + c
    program = compiled(y, [x], [w])
    c.data, w.data, y.label = 100.0, 100.0, "y"
    assert program([1.0], [[1.0]]).tolist() == [6.0]
    assert autograd.compile(y, [x], [w])([1.0], [[1.0]]).tolist() == [6.0]


def test_a_constant_that_changed_while_recording_has_each_number_it_was_recorded_with(compiled):
    x, w, c = Value(1.0), Value(2.0), Value(5.0)
    first = w * c * x
    c.data = 7.0
    second = autograd.where(x, w * c, c)
    c.data = 9.0
    third = c * w + abs(c)
    c.data = 11.0
    outputs = [first, second, third, c, 2.0 - c, c + x]
    program = compiled(outputs, [x], [w])
    assert program([1.0], [[1.0]]).tolist() == [[5.0, 7.0, 18.0, 11.0, -9.0, 12.0]]
    assert compiled([c, c * w], [x], [w])([1.0], [[1.0]]).tolist() == [[11.0, 11.0]]


def test_any_part_of_an_array_will_do(compiled):
    x, w, a = layer(6, 4)
    program = compiled(sum(a), x, w)
    rng = np.random.default_rng(0)
    theta, X = rng.normal(size=(len(w), 2)), rng.normal(size=(20, 12))
    expected = program(theta[:, 0].copy(), X[::2, ::2].copy())
    np.testing.assert_allclose(program(theta[:, 0], X[::2, ::2]), expected, rtol=1e-14)
    np.testing.assert_allclose(
        program(theta[:, 0].copy(), np.asfortranarray(X[::2, ::2])), expected, rtol=1e-14
    )
    theta.flags.writeable = X.flags.writeable = False
    np.testing.assert_allclose(program(theta[:, 0], X[::2, ::2]), expected, rtol=1e-14)


def test_threads_take_turns():
    x, w, a = layer(30, 20)
    program = autograd.compile(sum(a), x, w)
    X = np.random.default_rng(0).normal(size=(50, 30))
    thetas = [np.full(len(w), 0.01 * i) for i in range(8)]
    expected = [program.value_and_grad(theta, X)[1] for theta in thetas]
    wrong = []

    def work(i):
        for _ in range(50):
            if not np.array_equal(program.value_and_grad(thetas[i], X)[1], expected[i]):
                wrong.append(i)

    workers = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not wrong


def test_a_copy_is_a_program_of_its_own(compiled):
    x, w, a = layer(3, 2)
    program = compiled(a, x, w)
    theta, X = np.full(8, 0.2), np.ones((4, 3))
    expected = program(theta, X)
    for copied in (copy.copy(program), copy.deepcopy(program), pickle.loads(pickle.dumps(program))):
        assert copied(theta, X).tolist() == expected.tolist()
        assert str(copied) == str(program)
        assert copied._runner is not program._runner
        with pytest.raises(ValueError, match="theta has shape"):
            copied(theta[1:], X)


# -- what is refused ---------------------------------------------------------------------------


def test_what_is_no_leaf_or_no_value_is_refused():
    x, w = Value(1.0, label="x"), Value(2.0)
    with pytest.raises(ValueError, match="inputs holds leaves, not the result of an operation"):
        autograd.compile(w * x, [x * 1], [w])
    with pytest.raises(
        TypeError, match=r"wrt is a list of Values, and is one itself: write \[Value\(2.0\)\]"
    ):
        autograd.compile(w * w, [], w)
    with pytest.raises(TypeError, match="wrt is a list of Values, and holds float"):
        autograd.compile(w * x, [x], [2.0])
    with pytest.raises(TypeError, match="the compiler takes scalars"):
        autograd.compile(w * x, [Tensor([1.0])], [w])
    with pytest.raises(TypeError, match="takes Values or Tensors, not both in one list"):
        autograd.compile([Tensor([1.0]), w], [], [w])
    with pytest.raises(TypeError, match="takes a Value or a list of them, not float"):
        autograd.compile(3.0, [x], [w])
    with pytest.raises(ValueError, match="needs an output"):
        autograd.compile([], [x], [w])
    for dtype in ("float16", int, "x", complex):
        with pytest.raises(TypeError, match="dtype is float32 or float64"):
            autograd.compile(w * x, [x], [w], dtype=dtype)


@pytest.mark.parametrize(
    ("theta", "X", "error", "said"),
    [
        ([1.0, 2.0], [[1.0]], ValueError, r"theta has shape \(2,\), expected \(1,\)"),
        (1.0, [[1.0]], ValueError, r"theta has shape \(\), expected \(1,\)"),
        ([1.0], [[1.0, 2.0]], ValueError, r"X has shape \(1, 2\), expected \(examples, 1\)"),
        ([1.0], [1.0], ValueError, r"one example is X\[np.newaxis\]"),
        ([1.0], np.empty((0, 1)), ValueError, "X has no examples"),
        ([1.0], None, ValueError, "X is missing"),
        (["a"], [[1.0]], TypeError, "theta is an array of real numbers"),
        ([1.0], [[1j]], TypeError, "X is an array of real numbers"),
        ([1.0], [[None]], TypeError, "X is an array of real numbers"),
    ],
)
def test_wrong_numbers_are_refused(theta, X, error, said):
    x, w = Value(1.0), Value(2.0)
    program = autograd.compile(w * x, [x], [w])
    for call in (program, program.value_and_grad):
        with pytest.raises(error, match=said):
            call(theta, X)


def test_nodes_in_place_of_numbers_are_refused_with_advice():
    inputs, parameters = [Value(3.0)], [Value(2.0), Value(1.0)]
    program = autograd.compile(parameters[0] * inputs[0] + parameters[1], inputs, parameters)
    for theta in (parameters, np.array(parameters)):
        with pytest.raises(TypeError, match="not of Values: pass ") as error:
            program.value_and_grad(theta, [[3.0]])
    theta = eval(str(error.value).partition("pass ")[2])
    with pytest.raises(TypeError, match="X is an array of real numbers, not of Values: pass") as error:
        program(theta, [inputs])
    assert program(theta, eval(str(error.value).partition("pass ")[2])).tolist() == [7.0]


def test_theta_may_be_the_arrays_of_the_parameters():
    inputs, parameters = [Value(1.0), Value(2.0)], [Value(0.0) for _ in range(3)]
    w, v, b = parameters
    program = autograd.compile(w * inputs[0] + v * inputs[1] + b, inputs, parameters)
    arrays, X = [np.array([[2.0, 3.0]], np.float32), np.array(4.0)], [[1.0, 10.0]]
    assert program(arrays, X).tolist() == [36.0]
    assert program.value_and_grad(arrays, X)[1].tolist() == [1.0, 10.0, 1.0]
    with pytest.raises(ValueError, match=r"theta has shape \(2,\), expected \(3,\)"):
        program(arrays[:1], X)
    with pytest.raises(TypeError, match=r"theta\[1\] is an array of real numbers"):
        program([arrays[0], "a"], X)


def test_a_gradient_of_several_outputs_is_refused():
    x, w = Value(1.0), Value(2.0)
    with pytest.raises(ValueError, match="there are 2: compile their sum"):
        autograd.compile([w * x, w], [x], [w]).value_and_grad([1.0], [[1.0]])


# -- undefined arithmetic ------------------------------------------------------------------------


@pytest.mark.parametrize("examples", [3, 70])
def test_an_undefined_operation_names_example_and_node(compiled, examples):
    x, w = Value(2.0, label="x"), Value(1.0, label="w")
    program = compiled(log((w * x).with_label("z")), [x], [w])
    X = np.ones((examples, 1))
    X[-2] = -3.0
    X[-1] = -4.0
    for call in (program, program.value_and_grad):
        with pytest.raises(DomainError, match=rf"^example {examples - 2}: log\(z = -3.0\) is undefined"):
            call([1.0], X)
    assert program([1.0], X[:-2]).tolist() == [0.0] * (examples - 2)


def test_an_undefined_derivative(compiled):
    x, w = Value(2.0, label="x"), Value(1.0, label="w")
    program = compiled(sqrt((w * x).with_label("z")), [x], [w])
    assert program([1.0], [[0.0], [4.0]]).tolist() == [0.0, 2.0]
    with pytest.raises(DomainError, match=r"example 1: the derivative of sqrt\(z = 0.0\) is undefined"):
        program.value_and_grad([1.0], [[4.0], [0.0]])


def test_overflow_is_said(compiled):
    x, w = Value(2.0, label="x"), Value(1.0, label="w")
    with pytest.raises(DomainError, match=r"example 0: exp\(1000.0\) overflows"):
        compiled(exp(w * x), [x], [w])([1.0], [[1000.0], [1.0]])
    program = autograd.compile(square(w * x), [x], [w], dtype="float32")
    program._run_by((0, 0))
    with pytest.raises(
        DomainError, match='example 1: a number is beyond the largest float32, dtype="float64"'
    ):
        program.value_and_grad([1.0], [[1.0], [1e30]])


@pytest.mark.filterwarnings("error")
def test_float32_rounds_what_float64_gives_where_it_does_not_reach(compiled):
    x, w = Value(1.0), Value(1.0)
    inside = compiled(log(exp(w * x)), [x], [w], dtype="float32")
    assert inside([1.0], [[100.0], [1.0]]).tolist() == [100.0, 1.0]
    assert inside.value_and_grad([1.0], [[100.0], [1.0]])[1].tolist() == [50.5]
    outside = compiled([square(w * x), w], [x], [w], dtype="float32")
    with np.errstate(all="raise"):
        assert outside([1.0], [[1.0], [1e30]]).tolist() == [[1.0, 1.0], [np.inf, 1.0]]
        for X, example in (([[1.0], [1e30]], 1), ([[1e30], [1.0], [1e30]], 0)):
            with pytest.raises(DomainError, match=f"example {example}: a number is beyond .* float32"):
                outside.value_grad_and_outputs([1.0], X)
    with pytest.raises(DomainError, match=r"example 1: exp\(1000.0\) overflows"):
        compiled(exp(w * x), [x], [w], dtype="float32")([1.0], [[1.0], [1000.0]])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", ["raise", "warn"])
def test_numbers_of_the_graph_that_a_dtype_has_not(compiled, kind):
    x, w = Value(1.0), Value(1.0)
    with np.errstate(all=kind):
        program = compiled(minimum(w * x, 1e308) + w * 1e-300 + 1e-300, [x], [w], dtype="float32")
        assert program([2.0], [[2.0]]).tolist() == [4.0]
        assert program.value_and_grad([2.0], [[2.0]])[1].tolist() == [2.0]
        assert compiled(w * x + 1e308 + 1e308, [x], [w])([1.0], [[1.0]]).tolist() == [np.inf]


def test_a_mean_of_large_numbers(compiled):
    x, w = Value(1.0), Value(1.0)
    value, gradient = compiled(w * x, [x], [w]).value_and_grad([1.0], [[1e308], [1.5e308]])
    assert value == pytest.approx(1.25e308)
    assert gradient == pytest.approx(1.25e308)


def test_an_infinite_input_is_nothing_to_the_sums_without_it():
    x, w = ([Value(0.1) for _ in range(n)] for n in (8, 18))
    chosen = [0, 1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6], [0, 2, 3, 4, 5, 7]
    sums = [dot(w[6 * j : 6 * j + 6], [x[k] for k in ks]) for j, ks in enumerate(chosen)]
    program = autograd.compile([tanh(z) for z in sums], x, w)
    program._run_by((0, 0))
    assert "(3 x 8)" in str(program)  # one matrix, with zeros
    X = np.full((3, 8), 0.1)
    X[0, 6], X[1, 7] = np.inf, np.nan
    theta, one = np.ones(18), np.tanh(0.6)
    expected = [[one, 1.0, one], [one, one, np.nan], [one] * 3]
    np.testing.assert_allclose(program(theta, X), expected)
    for i in range(3):  # each alone: what the first meets must not hide what the second does
        np.testing.assert_allclose(program(theta, X[[i, i]]), [expected[i]] * 2)
    undefined = autograd.compile([*sums, log(1.0 - 2.0 * sums[0])], x, w)
    with pytest.raises(DomainError, match=r"^example 0: log\(-0\.(2|19)"):
        undefined(theta, X)


def test_what_has_an_infinite_derivative_beside_the_first_output_is_nothing_to_its_gradient(compiled):
    x, a, b = Value(1.0), Value(1.0), Value(1.0)
    w = [Value(0.1 * i) for i in range(6)]
    for beside in (
        [sin(sqrt(a) * x)],  # in one block with the root of the first
        [w[2] * x + w[3] * sqrt(a)],  # beside the first in sums of two terms
        [sum([v * sqrt(a) for v in w])],
        [w[i] * log(a + 1) + w[i + 1] * sqrt(a) for i in range(3)],
    ):
        for root in (sqrt(b), exp(b)):
            first = sin(root * x) + w[0] * x + w[1] * b
            program = compiled([first, *beside], [x], [a, b, *w])
            theta, X = [0.0, 1.0, *(v.data for v in w)], np.linspace(0.1, 0.9, 5)[:, np.newaxis]
            alone = autograd.compile(first, [x], [a, b, *w]).value_and_grad(theta, X)[1]
            np.testing.assert_allclose(program.value_grad_and_outputs(theta, X)[1], alone, rtol=1e-13)


def test_nan_in_the_numbers_is_no_gradient(compiled):
    x, w = Value(2.0, label="x"), Value(1.0, label="w")
    program = compiled(square(w * x), [x], [w])
    for theta, X in (([np.nan], [[1.0]]), ([1.0], [[1.0], [np.nan]]), ([1.0], [[np.inf]])):
        with pytest.raises(DomainError, match="example"):
            program.value_and_grad(theta, X)


def test_how_numpy_treats_underflow_is_nothing_to_a_program(compiled):
    x, w = Value(2.0), Value(1.0)
    program = compiled(exp(-w * x), [x], [w])
    with np.errstate(all="raise"):
        value, gradient = program.value_and_grad([1.0], [[740.0], [1.0], [742.0]])
    np.testing.assert_allclose([value, *gradient], [np.exp(-1.0) / 3, -np.exp(-1.0) / 3], rtol=1e-15)


def test_after_an_error_all_is_well(compiled):
    x, w, a = layer(4, 3)
    program = compiled(log(sum(a) - 1.4), x, w)
    theta, X = np.zeros(15), np.ones((30, 4))
    value, gradient = program.value_and_grad(theta, X)
    with pytest.raises(DomainError, match="log"):
        program.value_and_grad(theta - 10, X)
    again, found = program.value_and_grad(theta, X)
    assert (value, gradient.tolist()) == (again, found.tolist())


def test_floats_are_the_numbers_of_each_parameter():
    w, x = Value(3.0), Value(2.0)
    assert autograd.compile([w * x], [], [w, x, w]).numbers([9.0, 2.0, 3.0]) == [6.0]
    program = autograd.compile(w * x, [], [w, x])
    with pytest.raises(ValueError, match=r"theta has shape \(1,\), expected \(2,\)"):
        program.numbers([1.0])
    with pytest.raises(ValueError, match="X is missing"):
        autograd.compile(w * x, [x], [w]).numbers([1.0])


def test_numpy_s_own_errors_are_left_as_they_were():
    x, w = Value(2.0), Value(1.0)
    program = autograd.compile(sigmoid(w * x), [x], [w])
    program._run_by((0, 0))
    with np.errstate(all="raise"):
        assert program([1.0], [[-1000.0], [1000.0]]).tolist() == [0.0, 1.0]
    before = np.geterr()
    program.value_and_grad([1.0], [[-800.0], [1.0]])
    assert np.geterr() == before


# -- the listing ---------------------------------------------------------------------------------


def test_a_layer_reads_as_in_the_lecture():
    x, w, a = layer(3, 2)
    assert str(autograd.compile(a, x, w)).splitlines() == [
        "z1 = W1 @ x + b1   (2 x 3)",
        "a1 = sigmoid(z1)   (2)",
        "return a1          (2)",
    ]


def test_a_net_with_its_cost():
    net = nn.MLP([4, 3, 5], node=Value, rng=0)
    x, y = ([Value(0.0, label=f"{letter}_{i}") for i in range(n)] for letter, n in (("x", 4), ("y", 5)))
    cost = nn.quadratic_cost(net(np.array(x)), np.array(y)).with_label("C")
    program = autograd.compile(cost, [*x, *y], net.parameters())
    assert str(program).splitlines() == [
        "z1 = W1 @ x + b1          (3 x 4)",
        "a1 = sigmoid(z1)          (3)",
        "z2 = W2 @ a1 + b2         (5 x 3)",
        "a2 = sigmoid(z2)          (5)",
        "C = sum(square(a2 - y))   (1)",
        "return C                  (1)",
    ]
    assert repr(program) == "<Program of 9 steps in float64: 9 inputs, 35 parameters, 1 output>"
