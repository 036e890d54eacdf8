"""The state of an operation belongs to its context: threads, tasks, generators, forks."""

import asyncio
import concurrent.futures
import contextlib
import contextvars
import gc
import os
import sys
import threading

import numpy as np
import pytest

from autograd import DomainError, Tensor, Value, detect_anomaly, grad, log, no_grad
from autograd._graph.context import SWITCHES, State, recording, watching


def records():
    return not (Value(2.0) * 2).is_leaf


def in_a_thread(f):
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        return pool.submit(f).result()


def test_a_pause_does_not_outlive_its_thread():
    kept = []

    def worker():
        def block():
            with no_grad():
                yield

        steps = block()
        next(steps)
        kept.append(steps)

    thread = threading.Thread(target=worker)
    thread.start()
    thread.join()
    assert all(in_a_thread(records) for _ in range(20))
    assert records()


def test_tasks_pause_for_themselves():
    async def paused():
        with no_grad():
            before = records()
            await asyncio.sleep(0.01)
            return before, records()

    async def other():
        await asyncio.sleep(0.001)
        return records()

    async def both():
        return await asyncio.gather(paused(), other())

    assert asyncio.run(both()) == [(False, False), True]


def test_a_copy_of_a_context_keeps_what_it_was_copied_with():
    with no_grad():
        copy = contextvars.copy_context()
    assert records()
    assert copy.run(records) is False
    assert records()

    async def later():
        with no_grad():
            task = asyncio.create_task(asyncio.to_thread(records))
        return records(), await task

    assert asyncio.run(later()) == (True, False)


def test_a_generator_left_in_a_copy_of_the_context_ends_its_pause_everywhere():
    def block():
        with no_grad():
            yield

    steps = block()
    next(steps)
    assert not records()
    contextvars.copy_context().run(steps.close)
    assert records()


def test_a_context_manager_made_of_a_generator():
    @contextlib.contextmanager
    def evaluating():
        with no_grad():
            yield

    with evaluating():
        assert not records()
    assert records()


def test_the_switch_is_off_when_nobody_is_inside():
    gc.collect()  # what other tests left
    with no_grad():
        assert SWITCHES["paused"]
        copy = contextvars.copy_context()
    assert SWITCHES["paused"]  # the copy may yet be run
    del copy
    with no_grad():
        pass
    assert not SWITCHES["paused"]


def test_a_decorated_generator_pauses_while_it_runs():
    @no_grad()
    def steps(n):
        for _ in range(n):
            sent = yield records()
            if sent:
                yield sent
        return "end"

    running = steps(2)
    assert next(running) is False
    assert records()
    assert running.send("hello") == "hello"
    assert next(running) is False
    with pytest.raises(StopIteration, match="end"):
        next(running)
    assert list(steps(3)) == [False] * 3

    closed = []

    @no_grad()
    def closing():
        try:
            yield
        except KeyError:
            yield "caught"
        finally:
            closed.append(records())

    running = closing()
    next(running)
    assert running.throw(KeyError) == "caught"
    running.close()
    assert closed == [False]
    assert records()


def test_decorated_coroutines_and_asynchronous_generators():
    @no_grad()
    async def coroutine():
        before = records()
        await asyncio.sleep(0)
        return before, records()

    @no_grad()
    async def steps():
        for _ in range(2):
            await asyncio.sleep(0)
            yield records()

    async def all_of_it():
        return await coroutine(), [(each, records()) async for each in steps()], records()

    assert asyncio.run(all_of_it()) == ((False, False), [(False, True)] * 2, True)


def test_a_block_is_entered_once():
    block = no_grad()
    with block, pytest.raises(RuntimeError, match="a new call for each"):
        block.__enter__()
    with block:
        assert not records()
    assert records()
    with pytest.raises(TypeError, match="decorates a function"):
        no_grad()(3)


def test_anomalies_are_watched_in_their_own_thread():
    def give_infinity():
        with np.errstate(divide="ignore"):
            return log(Tensor([0.0])).data[0]

    with detect_anomaly():
        with pytest.raises(DomainError):
            give_infinity()
        assert in_a_thread(give_infinity) == -np.inf

    @detect_anomaly()
    def steps():
        yield give_infinity()

    with pytest.raises(DomainError):
        next(steps())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_keeps_the_pause_it_was_forked_in():
    with no_grad():
        child = os.fork()
        if not child:
            os._exit(0 if not records() else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    child = os.fork()
    if not child:
        os._exit(0 if records() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_transforms_in_threads_and_in_paused_generators():
    def outer(x):
        return x * in_a_thread(lambda: grad(lambda y: x * y)(2.0))

    assert grad(outer)(3.0) == 6.0

    def steps():
        inner = grad(lambda y: y * y * y)
        yield inner(2.0)
        yield grad(inner)(2.0)

    running = steps()
    assert grad(lambda x: x * next(running))(1.0) == 12.0
    assert next(running) == 12.0


def interrupted_in_exit(frame, event, argument):
    """A trace function that presses Ctrl-C where a block is about to be left."""
    if (
        frame.f_code.co_name == "__exit__"
        and frame.f_code.co_filename == sys.modules[State.__module__].__file__
    ):
        sys.settrace(None)
        raise KeyboardInterrupt


@pytest.mark.parametrize("state", [no_grad, detect_anomaly])
def test_an_interrupt_on_the_way_out_leaves_no_state_on(state):
    before = sys.gettrace()
    sys.settrace(interrupted_in_exit)
    try:
        with pytest.raises(KeyboardInterrupt), state():
            Value(2.0) * 2
    finally:
        sys.settrace(before)
    assert recording()
    assert not watching()
    with state():
        pass
    assert not any(SWITCHES[switch] for switch in ("paused", "watched"))
    y = Value(3.0) * 2
    assert not y.is_leaf
