"""A native program: the numbers, methods and errors of the program that it is of."""

import copy
import pickle
import threading
from pathlib import Path

import numpy as np
import pytest

from autograd import DomainError, Tensor, Value, compile, exp, log, sigmoid, sqrt
from autograd._compiler.loops.native import calls, libraries

pytestmark = pytest.mark.usefixtures("own_libraries")


def native(program):
    try:
        return program.native()
    except ImportError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def leaves():
    return [Value(0.5, label=name) for name in ("w", "b", "x", "y")]


@pytest.fixture(scope="module")
def programs(leaves):
    w, b, x, y = leaves
    a = sigmoid(w * x + b)
    program = compile([(a - y) * (a - y) / x, a], [x, y], [w, b])
    return program, native(program)


THETA = np.array([0.7, -0.2])
RNG = np.random.default_rng(0)
X = RNG.uniform(0.5, 2.0, (21, 2))


def test_results_are_those_of_the_program_to_rounding(programs):
    program, fast = programs
    for x in (X[:1], X, X[::2], np.asfortranarray(X), X.tolist(), X.astype(np.float32)):
        np.testing.assert_allclose(fast(THETA, x), program(THETA, x), rtol=1e-14)
        for ours, theirs in zip(
            fast.value_grad_and_outputs(THETA, x), program.value_grad_and_outputs(THETA, x), strict=True
        ):
            np.testing.assert_allclose(ours, theirs, rtol=1e-13)


def test_it_has_what_the_program_has(programs):
    program, fast = programs
    assert (fast.dtype, fast.inputs, fast.outputs, fast.parameters) == (program.dtype, 2, 2, 2)
    assert str(fast) == str(program)
    assert repr(fast) == repr(program).replace("float64:", "float64, native:")
    assert fast.source == program.to_c() == fast.to_c()
    assert fast.moved.tolist() == [0, 1]
    assert repr(fast.native()) == repr(fast)
    assert "native" not in repr(program)
    with pytest.raises(ValueError, match="there are 2: compile their sum"):
        fast.value_and_grad(THETA, X)
    with pytest.raises(ValueError, match="theta"):
        fast(THETA[:1], X)


def test_a_compiler_that_is_not_there_is_told_where_native_is_called(programs, monkeypatch):
    program, _ = programs
    t = Tensor([1.0, 2.0])
    for each in (program, compile((t * t).sum(), [], [t])):
        monkeypatch.setenv("CC", "/nope")
        monkeypatch.setattr(libraries, "_warned", set())
        with pytest.warns(RuntimeWarning, match="CC .* names no program: /nope") as warned:
            each.native()
        assert [Path(each.filename).name for each in warned] == ["test_runner.py"]
        monkeypatch.delenv("CC")
        each.native()


def test_results_belong_to_the_caller(programs):
    _, fast = programs
    first = fast.value_grad_and_outputs(THETA, X)
    kept = copy.deepcopy(first)
    fast.value_grad_and_outputs(-THETA, X)
    np.testing.assert_array_equal(first[1], kept[1])
    np.testing.assert_array_equal(first[2], kept[2])


def test_where_a_number_is_not_finite_numpy_decides(leaves):
    w, _, x, _ = leaves
    program = compile(log(w * x) + sqrt(x), [x], [w])
    fast = native(program)
    x = np.array([[1.0], [2.0], [-3.0], [4.0]])
    for call in ("__call__", "value_and_grad"):
        with pytest.raises(DomainError) as expected:
            getattr(program, call)([1.0], x)
        with pytest.raises(DomainError, match="example 2") as error:
            getattr(fast, call)([1.0], x)
        assert str(error.value) == str(expected.value)
    with pytest.raises(DomainError, match="example 0"):  # √ has a value at 0, and no derivative
        fast.value_and_grad([1.0], np.array([[0.0]]))
    assert fast([1e-300], np.array([[1e300]]))[0] == program([1e-300], np.array([[1e300]]))[0]


def test_an_overflow_on_the_way_to_a_finite_number_is_no_error(leaves):
    w, _, x, _ = leaves
    program = compile(1 / (1 + exp(w * x)), [x], [w], dtype="float32")
    fast, x = native(program), np.array([[1.0], [200.0]], np.float32)
    theta = np.ones(1, np.float32)
    np.testing.assert_array_equal(fast(theta, x), program(theta, x))
    assert fast(theta, x).dtype == np.float32


def test_parameters_and_inputs_may_have_another_order_and_occur_twice(leaves):
    w, b, x, y = leaves
    unused = Value(3.0)
    program = compile(w * x - b * y * x, [y, x, unused, x], [b, x, w, b])
    fast = native(program)
    columns = RNG.standard_normal((5, 4))
    theta = RNG.standard_normal(4)
    np.testing.assert_allclose(fast(theta, columns), program(theta, columns), rtol=1e-14)
    value, gradient = program.value_and_grad(theta, columns)
    assert fast.value_and_grad(theta, columns)[0] == pytest.approx(value, rel=1e-13)
    np.testing.assert_allclose(fast.value_and_grad(theta, columns)[1], gradient, rtol=1e-13)
    columns[3] = np.inf
    with pytest.raises(DomainError) as expected:
        program.value_and_grad(theta, columns)
    with pytest.raises(DomainError) as error:
        fast.value_and_grad(theta, columns)
    assert str(error.value) == str(expected.value)


@pytest.mark.parametrize("wrt", [(0,), (1, 0, 0)], ids=["in order", "in another order and twice"])
def test_outputs_may_be_parameters_themselves(leaves, wrt):
    w, x = leaves[0], leaves[2]
    program = compile(w, [x], [leaves[i] for i in wrt])
    fast, theta = native(program), np.arange(1.0, 1 + len(wrt))
    np.testing.assert_array_equal(fast(theta, X[:, :1]), program(theta, X[:, :1]))
    value, gradient = program.value_and_grad(theta, X[:, :1])
    assert fast.value_and_grad(theta, X[:, :1])[0] == pytest.approx(value, rel=1e-15)
    np.testing.assert_allclose(fast.value_and_grad(theta, X[:, :1])[1], gradient, rtol=1e-15)


def test_exports_take_the_parameters_in_the_order_of_wrt(leaves):
    pytest.importorskip("onnx")
    w, b, x, y = leaves
    program = compile(w * x - b * y * x, [y, x], [b, w, b])
    fast, theta = native(program), [1.0, 2.0, 3.0]
    assert fast.to_onnx(theta).SerializeToString() == program.to_onnx(theta).SerializeToString()


def test_copies_and_pickles_are_native_too(programs):
    _, fast = programs
    expected = fast(THETA, X)
    for twin in (copy.copy(fast), copy.deepcopy(fast), pickle.loads(pickle.dumps(fast))):
        assert repr(twin) == repr(fast)
        np.testing.assert_array_equal(twin(THETA, X), expected)


def test_a_pickle_on_a_machine_without_a_compiler_runs_by_numpy(programs, monkeypatch):
    program, fast = programs
    content = pickle.dumps(fast)
    monkeypatch.setattr(libraries, "_libraries", {})
    monkeypatch.setattr(libraries, "commands", lambda: iter(()))
    twin = pickle.loads(content)
    assert repr(twin) == repr(program)
    np.testing.assert_array_equal(twin(THETA, X), program(THETA, X))
    with pytest.raises(ImportError, match=r'pip install "chainrule\[native\]"'):
        twin.native()


def test_several_threads_may_call_one_program(programs):
    _, fast = programs
    thetas = RNG.standard_normal((4, 2))
    expected = [fast.value_grad_and_outputs(theta, X) for theta in thetas]
    wrong = []

    def work(i):
        for _ in range(200):
            value, gradient, outputs = fast.value_grad_and_outputs(thetas[i], X)
            same = value == expected[i][0] and (gradient == expected[i][1]).all()
            if not (same and (outputs == expected[i][2]).all()):
                wrong.append(i)

    threads = [threading.Thread(target=work, args=[i]) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_program_that_takes_a_compiler_minutes_is_refused_and_runs_by_numpy(programs, monkeypatch):
    program, _ = programs
    monkeypatch.setattr(calls, "STEPS", 1)
    with pytest.raises(RuntimeError, match=r"has \d+ steps, .* builds at most 1\. Without native\(\)"):
        program.native()
    assert np.isfinite(program(THETA, X)).all()
    x = [Value(0.1 * i) for i in range(9)]
    a, b = x[:2]
    for i in range(150):
        a, b = sigmoid(a * x[i % 9] - b), sqrt(a * a + 1.0)
    monkeypatch.setattr(calls, "OPERATIONS", 100)
    with pytest.raises(
        RuntimeError, match=r"has \d+ operations, .* at most 100\..* to_c\(name, path\) writes"
    ):
        compile(a * b, x, []).native()
