"""The garbage collector looks seldom in loops of the library and while a graph grows, and else as before."""

import _thread
import functools
import gc
import os
import signal
import sys
import threading
import time
import weakref

import pytest

from autograd import Value, no_grad, tanh
from autograd import compile as compiled
from autograd._compiler.programs import compiling
from autograd._graph.context import SWITCHES
from autograd._support import collector
from autograd._support.collector import OBJECTS, spared

USUAL = (700, 10, 10)


@pytest.fixture(autouse=True)
def _usual():
    """What Python has by default, and it is put back after each test."""
    had, on = gc.get_threshold(), gc.isenabled()
    gc.set_threshold(*USUAL)
    gc.enable()
    yield
    gc.set_threshold(*had)
    (gc.enable if on else gc.disable)()


def test_it_looks_seldom_inside_and_as_before_afterwards():
    with spared():
        assert gc.get_threshold() == (OBJECTS, 10, 10)
        with spared():
            assert gc.get_threshold() == (OBJECTS, 10, 10)
        assert gc.get_threshold() == (OBJECTS, 10, 10)
        assert gc.isenabled()
    assert gc.get_threshold() == USUAL


def test_it_looks_as_before_after_an_exception():
    with pytest.raises(KeyError), spared(), spared():
        raise KeyError
    assert gc.get_threshold() == USUAL


@pytest.mark.parametrize("users", [(0, 10, 10), (OBJECTS + 1, 5, 5)])
def test_a_collector_that_looks_more_seldom_is_left_so(users):
    gc.set_threshold(*users)
    with spared():
        assert gc.get_threshold() == users
    assert gc.get_threshold() == users


def test_a_collector_that_is_switched_off_stays_off():
    gc.disable()
    with spared():
        assert not gc.isenabled()
    assert not gc.isenabled()
    assert gc.get_threshold() == USUAL


def test_what_is_set_inside_stays():
    with spared():
        gc.set_threshold(5000, 7, 7)
    assert gc.get_threshold() == (5000, 7, 7)


def test_cycles_made_inside_do_not_fill_the_memory():
    class Cycle:
        alive = 0

        def __init__(self):
            self.me = self
            Cycle.alive += 1

        def __del__(self):
            Cycle.alive -= 1

    with spared():
        most = 0
        for _ in range(3 * OBJECTS):
            Cycle()
            most = max(most, Cycle.alive)
    assert most <= OBJECTS + 10


def test_the_last_of_several_threads_puts_it_back():
    first_left, second_in = threading.Event(), threading.Event()
    seen = []

    def work():
        with spared():
            second_in.set()
            first_left.wait(10)
            seen.append(gc.get_threshold()[0])

    thread = threading.Thread(target=work)
    with spared():
        thread.start()
        second_in.wait(10)
    first_left.set()
    thread.join()
    assert seen == [OBJECTS]
    assert gc.get_threshold() == USUAL


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_child_process_does_not_wait_for_threads_that_it_does_not_have():
    inside, done = threading.Event(), threading.Event()

    def work():
        with spared():
            inside.set()
            done.wait(10)

    thread = threading.Thread(target=work)
    thread.start()
    inside.wait(10)
    child = os.fork()
    if not child:
        os._exit(0 if gc.get_threshold() == USUAL else 1)
    status = os.waitpid(child, 0)[1]
    done.set()
    thread.join()
    assert os.waitstatus_to_exitcode(status) == 0
    assert gc.get_threshold() == USUAL


@pytest.mark.parametrize("step", ["change", "put_back"])
def test_an_interrupt_on_the_way_in_or_out_leaves_nothing_behind(step, monkeypatch):
    real, interrupts = getattr(collector._SEEN_SELDOM, step), [KeyboardInterrupt]

    def interrupted():
        if interrupts:
            if step == "change":
                real()
            raise interrupts.pop()
        real()

    monkeypatch.setattr(collector._SEEN_SELDOM, step, interrupted)
    with pytest.raises(KeyboardInterrupt), spared():
        pass
    assert not interrupts
    assert gc.get_threshold() == USUAL
    with spared():
        assert gc.get_threshold()[0] == OBJECTS
    assert gc.get_threshold() == USUAL


def test_it_is_spared_while_a_program_is_compiled(monkeypatch):
    seen = []
    read = compiling.read
    monkeypatch.setattr(compiling, "read", lambda *nodes: seen.append(gc.get_threshold()[0]) or read(*nodes))
    x = Value(0.5)
    compiled(tanh(x), [x], [])
    assert seen == [OBJECTS]
    assert gc.get_threshold() == USUAL


# -- while a user's loop records ----------------------------------------------------------------


def _recorded(n, x=None):
    """A graph of n operations."""
    y = x = x or Value(0.5)
    for _ in range(n):
        y = y + x
    return y


@pytest.fixture
def collections():
    """The generations of the collections in a test."""
    generations = []

    def note(phase, info):
        if phase == "start":
            generations.append(info["generation"])

    gc.callbacks.append(note)
    yield generations
    gc.callbacks.remove(note)


def test_it_looks_seldom_while_a_graph_grows_and_as_before_without_the_graph(collections):
    y = _recorded(90_000)
    assert len(collections) <= 15  # as in any program over the first 8,000
    assert gc.get_threshold() > USUAL
    del y
    assert gc.get_threshold() == USUAL


def test_after_a_sweep_the_next_graph_is_recorded_without_a_look(collections):
    x = Value(0.5)
    for step in range(4):
        y = _recorded(1000, x)
        y.backward()
        del y
        assert gc.get_threshold() == USUAL
        if step == 0:
            collections.clear()
    assert collections == []


def test_a_collection_ends_it_where_other_objects_than_nodes_are_made():
    y = _recorded(20_000)
    assert gc.get_threshold()[0] > OBJECTS
    others = [[] for _ in range(OBJECTS)]
    assert gc.get_threshold() == USUAL
    assert len(others) == OBJECTS
    assert y.data == 10_000.5


def test_cycles_beside_a_graph_do_not_fill_the_memory():
    class Cycle:
        alive = most = 0

        def __init__(self):
            self.me = self
            Cycle.alive += 1
            Cycle.most = max(Cycle.most, Cycle.alive)

        def __del__(self):
            Cycle.alive -= 1

    y = _recorded(20_000)
    for _ in range(2 * OBJECTS):
        Cycle()
    assert y.data == 10_000.5
    assert Cycle.most <= OBJECTS


def test_a_threshold_set_while_a_graph_grows_stays():
    y = _recorded(20_000)
    gc.set_threshold(5000, 7, 7)
    del y
    assert gc.get_threshold() == (5000, 7, 7)


def test_thresholds_read_while_a_graph_grows_and_set_later_do_not_stay():
    y = _recorded(20_000)
    read = gc.get_threshold()
    del y
    gc.set_threshold(*read)
    gc.collect()
    assert gc.get_threshold() == USUAL


@pytest.mark.parametrize("users", [(0, 10, 10), (OBJECTS, 5, 5), (10 * OBJECTS, 5, 5)])
def test_a_collector_that_looks_more_seldom_is_left_so_while_a_graph_grows(users):
    gc.set_threshold(*users)
    for _ in range(2):
        y = _recorded(20_000)
        assert gc.get_threshold() == users
        y.backward()
        del y
    assert gc.get_threshold() == users


def test_a_collector_that_is_switched_off_stays_as_it_is_while_a_graph_grows():
    gc.disable()
    for _ in range(2):
        y = _recorded(1000)
        assert gc.get_threshold() == USUAL
        y.backward()
        del y
    assert not gc.isenabled()


def test_it_is_spared_inside_a_growing_graph_and_the_other_way_round():
    y = _recorded(20_000)
    ours = gc.get_threshold()
    with spared():
        assert gc.get_threshold() == ours
        del y
    assert gc.get_threshold() == USUAL
    with spared():
        y = _recorded(20_000)
        assert gc.get_threshold()[0] == OBJECTS
    assert gc.get_threshold() == USUAL
    del y
    assert gc.get_threshold() == USUAL


def test_nothing_is_recorded_inside_no_grad_after_a_swept_graph():
    _recorded(1000).backward()
    x = Value(3.0)
    with no_grad():
        assert (x * x).is_leaf
    assert not (x * x).is_leaf
    _recorded(1000).backward()
    y = x * x
    with no_grad():
        assert (y * x).is_leaf
    y.backward()
    assert x.grad == 6.0


def test_an_interrupt_that_comes_while_a_graph_is_freed_is_not_lost(heeds_ctrl_c):
    x = Value(0.5)
    _recorded(1000, x).backward()
    y = _recorded(1000, x)
    y.backward()
    interrupts = map(_thread.interrupt_main, [signal.SIGINT])
    reference = weakref.ref(y, functools.partial(next, interrupts))  # in C, as a signal is noted
    graph = [y]
    del y
    with pytest.raises(KeyboardInterrupt):
        graph.clear()
    assert reference() is None
    assert gc.get_threshold() == USUAL


def test_the_looks_at_a_growing_graph_become_rarer(collections):
    y = _recorded(600_000)
    assert gc.get_threshold()[0] > 4 * OBJECTS
    assert len(collections) <= 20
    assert y.data == 300_000.5


def test_operations_are_as_quick_as_before_after_the_first_of_a_new_graph():
    _recorded(1000).backward()
    _recorded(1)
    assert SWITCHES["paused"] is False


def test_unfinished_tuples_of_other_threads_are_left_alone():
    """Python raises SystemError where a tuple of unknown length ends while anything else refers to it."""
    end, errors, interval = time.monotonic() + 0.5, [], sys.getswitchinterval()

    def make_tuples():
        while time.monotonic() < end:
            try:
                for _ in range(200):
                    tuple(x for x in range(40))
            except SystemError as error:
                errors.append(error)

    def record():
        while time.monotonic() < end:
            _recorded(3000)

    threads = [threading.Thread(target=each) for each in (make_tuples, make_tuples, record)]
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert not errors
