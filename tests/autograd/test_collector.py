"""The garbage collector looks seldom where the library holds the loop, and afterwards as before."""

import gc
import os
import threading

import pytest

from autograd import Value, tanh
from autograd import compile as compiled
from autograd._compiler.programs import program
from autograd._support import collector
from autograd._support.collector import OBJECTS, spared


@pytest.fixture(autouse=True)
def _usual():
    """What Python has by default, and it is put back after each test."""
    had, on = gc.get_threshold(), gc.isenabled()
    gc.set_threshold(700, 10, 10)
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
    assert gc.get_threshold() == (700, 10, 10)


def test_it_looks_as_before_after_an_exception():
    with pytest.raises(KeyError), spared(), spared():
        raise KeyError
    assert gc.get_threshold() == (700, 10, 10)


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
    assert gc.get_threshold() == (700, 10, 10)


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
    assert gc.get_threshold() == (700, 10, 10)


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
        os._exit(0 if gc.get_threshold() == (700, 10, 10) else 1)
    status = os.waitpid(child, 0)[1]
    done.set()
    thread.join()
    assert os.waitstatus_to_exitcode(status) == 0
    assert gc.get_threshold() == (700, 10, 10)


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
    assert gc.get_threshold() == (700, 10, 10)
    with spared():
        assert gc.get_threshold()[0] == OBJECTS
    assert gc.get_threshold() == (700, 10, 10)


def test_it_is_spared_while_a_program_is_compiled(monkeypatch):
    seen = []
    vectorize = program.vectorize
    monkeypatch.setattr(
        program, "vectorize", lambda tape: seen.append(gc.get_threshold()[0]) or vectorize(tape)
    )
    x = Value(0.5)
    compiled(tanh(x), [x], [])
    assert seen == [OBJECTS]
    assert gc.get_threshold() == (700, 10, 10)
