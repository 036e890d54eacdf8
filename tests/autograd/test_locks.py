"""Locks: a forked child and a signal handler get through, and the numbers are right for them too."""

import contextlib
import gc
import os
import signal
import sys
import threading

import numpy as np
import pytest
import threadpoolctl

import autograd
from autograd import Tensor, Value, grad, no_grad, tanh
from autograd._derivatives import value_sweep
from autograd._support.collector import spared
from autograd._support.process import locks
from autograd._support.process.threads import few_threads, numpys_libraries

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork"),
    # of Python's own, where a process with threads forks
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning"),
]


@contextlib.contextmanager
def another_thread_in(block):
    """A thread that stays in a block until this one is left."""
    inside, done = threading.Event(), threading.Event()

    def work():
        with block:
            inside.set()
            done.wait(10)

    thread = threading.Thread(target=work)
    thread.start()
    inside.wait(10)
    try:
        yield
    finally:
        done.set()
        thread.join()


def in_a_child(check):
    """Whether a forked child comes to the end of a function that returns True."""
    child = os.fork()
    if not child:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(5)
        with contextlib.suppress(BaseException):
            os._exit(0 if check() else 1)
        os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def small_program():
    w, x = [Value(1.0) for _ in range(6)], [Value(1.0) for _ in range(3)]
    cost = autograd.sum([tanh(autograd.dot(w[3 * i : 3 * i + 3], x)) for i in range(2)]) ** 2
    program = autograd.compile(cost, x, w)
    program._run_by((0, 0))
    return program


def gradient_of(value):
    value.grad = None
    (value * value).backward()
    return value.grad


USES = {
    "no_grad": lambda: came_out_of(no_grad()),
    "backward of a Value": lambda: gradient_of(Value(3.0)) == 6.0,
    "backward of a Tensor": lambda: gradient_of(Tensor([3.0])).item() == 6.0,
    "a gradient that is a node": lambda: gradient_recorded().data == 6.0,
    "a transform": lambda: grad(grad(lambda x: x**3))(2.0) == 12.0,
    "the collector": lambda: came_out_of(spared()),
    "threads of NumPy's library": lambda: came_out_of(few_threads(1)),
    "a program": lambda: small_program()(np.ones(6), np.ones((5, 3))).shape == (5,),
}


def came_out_of(block):
    with block:
        pass
    return True


def gradient_recorded():
    x = Value(3.0)
    (x * x).backward(create_graph=True)
    return x.grad


@pytest.fixture
def every_lock():
    """All locks at once, entered."""
    stack = contextlib.ExitStack()

    class All:
        def __enter__(self):
            for lock in locks._locks:
                stack.enter_context(lock.current)

        def __exit__(self, *_):
            stack.close()

    return All()


@pytest.mark.parametrize("use", USES)
def test_a_child_does_not_wait_for_a_thread_that_it_does_not_have(every_lock, use):
    with another_thread_in(every_lock):
        assert in_a_child(USES[use])


@pytest.mark.parametrize("use", USES)
def test_a_signal_handler_does_not_wait_for_its_own_thread(every_lock, use):
    with every_lock:
        assert USES[use]()


def test_a_lock_keeps_other_threads_out(every_lock):
    assert len(locks._locks) >= 4
    with another_thread_in(every_lock):
        assert not any(lock.current.acquire(blocking=False) for lock in locks._locks)


def test_a_block_around_a_fork_is_left_in_the_child_as_it_was_entered(every_lock):
    def leave():
        every_lock.__exit__()
        return all(use() for use in USES.values())

    with every_lock:
        assert in_a_child(leave)


# -- in the middle of the work ---------------------------------------------------------------------


def in_the_middle(function, name, line, act):
    """Call a function, and in the middle of another, at the n-th line that is run there, `act`."""
    left = [line]

    def watch(frame, event, _):
        if frame.f_code.co_name != name:
            return watch if event == "call" else None
        if event == "line":
            left[0] -= 1
            if not left[0]:
                sys.settrace(None)
                act()
        return watch

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        result = function()
    finally:
        sys.settrace(before)
    assert left[0] <= 0, f"{name} ran fewer lines than {line}"
    return result


def deep():
    """Shared leaves, and something that depends on them: its gradients, and what they are."""
    a, b = Value(0.5), Value(0.25)
    a.grad = 10.0
    node = a * b
    for _ in range(5):
        node = node * a + tanh(node)
    return a, b, node


def gradients(a, b, root):
    a.grad = b.grad = None
    root.backward()
    return a.grad, b.grad


@pytest.mark.parametrize("line", range(1, 200, 13))
def test_a_child_takes_a_sweep_back_that_another_thread_was_in(line):
    a, b, root = deep()
    expected = gradients(*deep())
    inside, done = threading.Event(), threading.Event()
    seen = []

    def pause():
        inside.set()
        done.wait(10)

    def sweep():
        in_the_middle(root.backward, "walk", line, pause)
        seen.append((a.grad, b.grad))

    thread = threading.Thread(target=sweep)
    thread.start()
    inside.wait(10)
    try:
        assert in_a_child(lambda: (a.grad, b.grad) == (10.0, None) and gradients(a, b, root) == expected)
    finally:
        done.set()
        thread.join()
    assert seen == [(pytest.approx(10.0 + expected[0]), expected[1])]
    assert not value_sweep._underway


@pytest.mark.parametrize("gradient", [False, True])
@pytest.mark.parametrize("line", [1, 3, 5])
def test_a_program_run_in_the_middle_of_itself_gives_both_their_numbers(gradient, line):
    program = small_program()
    thetas, X = np.linspace(0.1, 0.9, 12).reshape(2, 6), np.linspace(-1, 1, 15).reshape(5, 3)

    def run(i):
        if gradient:
            value, slopes = program.value_and_grad(thetas[i], X)
            return [value, *slopes]
        return program(thetas[i], X).tolist()

    expected = [run(0), run(1)]
    within = []
    assert in_the_middle(lambda: run(0), "run", line, lambda: within.append(run(1))) == expected[0]
    assert within == [expected[1]]
    assert [run(0), run(1)] == expected


def test_a_child_runs_a_program_that_another_thread_is_in_the_middle_of():
    program = small_program()
    theta, X = np.linspace(0.1, 0.9, 6), np.linspace(-1, 1, 15).reshape(5, 3)
    expected = program(theta, X).tolist()
    inside, done = threading.Event(), threading.Event()

    def pause():
        inside.set()
        done.wait(10)

    def work():
        in_the_middle(lambda: program(np.ones(6), np.ones((5, 3))), "run", 4, pause)

    thread = threading.Thread(target=work)
    thread.start()
    inside.wait(10)
    try:
        assert in_a_child(lambda: program(theta, X).tolist() == expected)
    finally:
        done.set()
        thread.join()


# -- settings of the process -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["__enter__", "__exit__", "put", "back"])
@pytest.mark.parametrize("line", range(1, 4))
def test_a_handler_that_comes_and_goes_leaves_a_setting_as_it_was(name, line):
    state = ["usual"]

    def put():
        if state == ["usual"]:
            state[:] = ["other"]
            state[:] = ["other"]

    def back():
        if state == ["other"]:
            state[:] = ["usual"]
            state[:] = ["usual"]

    setting = locks.ProcessSetting(put, back)
    try:

        def stay():
            with setting.changed():
                return list(state)

        assert in_the_middle(stay, name, line, stay) == ["other"]
        assert state == ["usual"]
        assert not setting.active
    finally:
        locks._settings.remove(setting)


def blas_threads():
    return {library.get_num_threads() for library in numpys_libraries()}


def test_a_limit_of_threads_that_another_thread_has_set_is_taken_off_in_a_child():
    before = blas_threads()
    with another_thread_in(few_threads(1)):
        assert blas_threads() == {1}
        assert in_a_child(lambda: blas_threads() == before)
    assert blas_threads() == before


@pytest.mark.parametrize("first", [True, False])
def test_whichever_thread_leaves_last_takes_the_limit_off(first):
    before = blas_threads()
    mine, others = few_threads(1), another_thread_in(few_threads(1))
    with others if first else mine:
        with mine if first else others:
            assert blas_threads() == {1}
        assert blas_threads() == {1}
    assert blas_threads() == before
    seen = []

    def users():
        with threadpoolctl.threadpool_limits(1, "blas"):
            seen.append(blas_threads())

    thread = threading.Thread(target=users)
    thread.start()
    thread.join()
    assert seen == [{1}]
    assert blas_threads() == before


def test_an_interrupt_on_the_way_out_is_made_good_by_the_next_context():
    usual = gc.get_threshold()

    def interrupted(frame, event, argument):
        if frame.f_code.co_name == "__exit__" and frame.f_code.co_filename == locks.__file__:
            sys.settrace(None)
            raise KeyboardInterrupt

    before = sys.gettrace()
    sys.settrace(interrupted)
    try:
        with pytest.raises(KeyboardInterrupt), spared():
            assert gc.get_threshold() != usual
    finally:
        sys.settrace(before)
    with spared():
        pass
    assert gc.get_threshold() == usual
