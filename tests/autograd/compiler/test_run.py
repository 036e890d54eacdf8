"""A program runs: its buffers and its source, after Ctrl-C, and how many examples go at a time."""

from __future__ import annotations

import copy
import gc
import random
import sys
import tracemalloc
import weakref

import numpy as np
import pytest
import threadpoolctl

import autograd
import nn
from autograd import DomainError, Value, log, sum, tanh
from autograd._compiler.numpy_code.write import generate_source


def layer(inputs, outputs):
    """Inputs, parameters and outputs of one layer."""
    net = nn.MLP([inputs, outputs], node=Value, rng=0)
    x = [Value(0.1) for _ in range(inputs)]
    return x, net.parameters(), list(net(np.array(x)))


def test_ctrl_c_at_any_line_leaves_a_program_that_works():
    x, w, a = layer(3, 2)
    program = autograd.compile(sum(a), x, w)
    program._run_by((0, 0))
    thetas, batches = (np.full(8, 0.1), np.full(8, -0.3)), (np.ones((2, 3)), np.ones((5, 3)))
    pairs = [(theta, X) for theta in thetas for X in batches]
    expected = [program.value_and_grad(*pair) for pair in pairs]
    lines, stop = 0, 0

    def trace(frame, event, arg):
        nonlocal lines
        file = frame.f_code.co_filename
        if not file.endswith(("fallbacks.py", "batches.py", "threads.py")) and "<generated run" not in file:
            return None  # not where the lock is: a trace comes before it is released, a signal after
        lines += event == "line"
        if lines == stop:
            raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    interrupted = True
    while interrupted:
        lines, stop, interrupted = 0, stop + 1, False
        try:
            sys.settrace(trace)
            for pair in pairs:
                program.value_and_grad(*pair)
        except KeyboardInterrupt:
            interrupted = True
        finally:
            sys.settrace(before)
        for pair, (value, gradient) in zip(reversed(pairs), reversed(expected), strict=True):
            again, found = program.value_and_grad(*pair)
            assert (again, found.tolist()) == (value, gradient.tolist())
    assert stop > 50


def test_many_examples_need_no_more_buffers_than_some():
    x, w, a = layer(20, 20)
    program = autograd.compile(a, x, w)
    theta, X = np.linspace(-1, 1, len(w)), np.random.default_rng(0).normal(size=(50_001, 20))
    program(theta, X[:10])
    tracemalloc.start()
    found = program(theta, X)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < found.nbytes + 5_000_000
    few = [program(theta, X[i : i + 1])[0] for i in (0, 30_000, 50_000)]
    np.testing.assert_allclose(found[[0, 30_000, 50_000]], few, rtol=1e-13)


def test_what_is_dropped_is_free_at_once():
    x, w, a = layer(3, 2)
    program = autograd.compile(sum(a), x, w)
    program._run_by((0, 0))
    graph = weakref.ref(a[0])
    program.value_and_grad(np.ones(8), np.ones((100, 3)))
    gc.disable()
    try:
        del a
        assert graph() is None
        buffer = weakref.ref(program._runner._idle[0]._written(True, True)[100]._places[0].gradient)
        del program
        assert buffer() is None
    finally:
        gc.enable()


def test_gradients_are_the_callers_own_and_their_arrays_are_used_again():
    x, w, a = layer(3, 2)
    program = autograd.compile(sum(a), x, w)
    program._run_by((0, 0))
    theta, X = np.full(8, 0.1), np.ones((5, 3))
    kept = [program.value_and_grad(theta, X * i)[1] for i in range(6)]
    expected = [program.value_and_grad(theta.copy(), X * i)[1].tolist() for i in range(6)]
    assert [gradient.tolist() for gradient in kept] == expected
    kept[0][:] = 7  # also what was written to one is nothing to the next
    kept[0].shape = (2, 4)
    del kept
    arrays = set()
    for _ in range(20):
        _, gradient = program.value_and_grad(theta, X)
        assert gradient.tolist() == expected[1]
        arrays.add(gradient.ctypes.data)
        gradient -= 1
    assert len(arrays) == 2
    part = gradient[2:3]
    del gradient
    program.value_and_grad(theta, X * 2)
    assert part[0] == expected[1][2] - 1


@pytest.mark.parametrize("turns", ["aaa", "abab", "aabba", "abbbaa", "abcabc"])
def test_each_call_reads_the_numbers_that_theta_has_then(turns):
    x, w, a = layer(3, 2)
    program = autograd.compile(sum(a), x, w)
    program._run_by((0, 0))
    rng, X = np.random.default_rng(0), np.ones((5, 3))
    thetas = {name: rng.normal(size=8) for name in "abc"}
    for name in turns:
        found = program.value_and_grad(thetas[name], X)
        expected = copy.deepcopy(program).value_and_grad(thetas[name], X)
        assert (found[0], found[1].tolist()) == (expected[0], expected[1].tolist())
        thetas[name] += rng.normal(size=8)  # in place
        found[1][:] = np.nan


def test_a_debugger_that_looks_at_every_frame_does_not_make_a_gradient_change_later():
    x, w, a = layer(3, 2)
    program = autograd.compile(sum(a), x, w)
    program._run_by((0, 0))
    theta, seen = np.full(8, 0.1), []

    def trace(frame, event, arg):
        if frame.f_code.co_filename.endswith("batches.py"):
            seen.append(frame.f_locals)  # which holds on to what the frame does
        return trace

    before = sys.gettrace()
    try:
        sys.settrace(trace)
        _, first = program.value_and_grad(theta, np.ones((5, 3)))
        _, second = program.value_and_grad(theta, np.ones((5, 3)))
    finally:
        sys.settrace(before)
    seen.clear()
    expected = first.tolist(), second.tolist()
    for i in range(3):
        program.value_and_grad(theta, np.full((5, 3), float(i)))
    assert (first.tolist(), second.tolist()) == expected


@pytest.mark.parametrize(("examples", "expected"), [(4, 2), (500, 1)])
def test_a_small_product_has_one_thread_where_it_would_get_more(examples, expected):
    x, w, a = layer(100, 10)
    program = autograd.compile(sum(a), x, w)
    run = program._runner._idle[0]._written(True, True)[examples]
    seen, performed = set(), run._run

    def watched(*given):
        pools = threadpoolctl.threadpool_info()
        seen.update(pool["num_threads"] for pool in pools if pool["user_api"] == "blas")
        return performed(*given)

    run._run = watched
    with threadpoolctl.threadpool_limits(2, "blas"):
        program.value_and_grad(np.full(len(w), 0.1), np.ones((examples, 100)))
    assert seen == {expected}


def test_threads_that_change_within_a_loop_are_noticed():
    x, w, a = layer(100, 10)
    program = autograd.compile(sum(a), x, w)
    theta, X = np.full(len(w), 0.1), np.ones((500, 100))
    run = program._runner._idle[0]._written(True, True)[500]
    for threads, limited in ((1, False), (2, True), (1, False)):
        with threadpoolctl.threadpool_limits(threads, "blas"):
            for _ in range(200):
                program.value_and_grad(theta, X)
        assert run._places[-1].act._limits is limited


def test_the_same_graph_is_the_same_program():
    """To the letter: another order of the same calls rounds in another way."""
    x, w = [Value(0.3), Value(0.4)], [Value(0.5), Value(0.6)]
    y = sum([(xi * xi + 1.0) ** wi / (tanh(wi) + xi) for xi in x for wi in w])
    found, kept = set(), []
    for i in range(20):
        kept += [object() for _ in range(random.Random(i).randrange(500))]  # other addresses, other hashes
        program = autograd.compile(y, x, w)
        found.add(generate_source(program._array_program, True, program.dtype).source)
        kept.append(program)
    assert len(found) == 1


def test_a_run_of_thousands_of_buffers_is_compiled_in_time():
    """Python's compiler takes minutes for a function in a function that shares as many names with it."""
    x, w = Value(0.3), Value(0.7)
    program = autograd.compile(tanh(w * x), [x], [w])
    program._run_by((0, 0))
    program([1.0], [[1.0]])
    assert program._runner._idle[0]._written(True, False)[1]._run.__code__.co_freevars == ()


def test_an_error_among_many_examples_has_its_number():
    x, w = Value(2.0), Value(1.0)
    program = autograd.compile(log(w * x), [x], [w])
    program._run_by((0, 0))
    program._runner._idle[0]._chunk = 100
    X = np.ones((1000, 1))
    X[777] = -1.0
    with pytest.raises(DomainError, match=r"^example 777: log\(-1.0\)"):
        program([1.0], X)


def program_of_values(dtype):
    x, w, a = layer(3, 2)
    program = autograd.compile([sum(a), *a], x, w, dtype=dtype)
    program._run_by((0, 0))
    return program.value_grad_and_outputs, (np.linspace(-1, 1, 8).astype(dtype), np.ones((5, 3), dtype))


def program_of_tensors(dtype):
    net = nn.MLP([3, 40, 2], dtype=dtype, rng=0)
    x = autograd.Tensor(np.ones((50, 3), dtype))
    program = autograd.compile(net(x).sum(), [x], net.parameters())
    return program.value_and_grad, ([p.data for p in net.parameters()], [x.data])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("make", [program_of_values, program_of_tensors])
def test_a_false_alarm_of_a_product_changes_no_bit(make, dtype, monkeypatch):
    """As of OpenBLAS, which drops the numbers that it is about."""

    def call(x=None):
        f, (theta, X) = make(dtype)
        value, *arrays = f(theta, X if x is None else x)
        return value, np.concatenate([np.ravel(part) for each in arrays for part in each]).tolist()

    expected, alarms = call(), []

    def alarming(product):
        def with_an_alarm(*args):
            result = product(*args)
            alarms.append(product)
            product(np.array([np.inf]), np.array([0.0]))
            return result

        with_an_alarm.__name__ = product.__name__
        return with_an_alarm

    for product in (np.dot, np.matmul):
        monkeypatch.setattr(np, product.__name__, alarming(product))
    assert call() == expected
    assert alarms
    if make is program_of_values:
        with pytest.raises(DomainError, match="example 0: "):
            call(np.full((5, 3), np.inf, dtype))
