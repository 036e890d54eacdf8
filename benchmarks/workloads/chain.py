"""A chain of a million nested sin: whether depth is free of recursion, time and memory."""

from __future__ import annotations

import gc
from collections.abc import Callable
from time import perf_counter_ns
from typing import Any, NamedTuple

from benchmarks.measure import held_bytes, peak_bytes
from benchmarks.workload import OURS, Column, Contender, Target, Workload

DEPTH = 1_000_000
START = 0.5


class Chain(NamedTuple):
    """A library at work: `release` drops what the library still holds once the caller has let go."""

    build: Callable[[int], Any]
    backward: Callable[[Any], Any]
    gradient: Callable[[], float]
    release: Callable[[], Any] | None = None


def with_methods(n: int, y: Any) -> Any:
    for _ in range(n):
        y = y.sin()
    return y


def with_functions(n: int, y: Any, sin: Any) -> Any:
    for _ in range(n):
        y = sin(y)
    return y


def ours() -> Chain:
    from autograd import Value

    x = Value(START)
    return Chain(lambda n: with_methods(n, x), Value.backward, lambda: x.grad)


def xad() -> Chain:
    from xad.adj_1st import Real, Tape
    from xad.math import sin

    tape = Tape()
    tape.activate()
    x = Real(START)
    tape.registerInput(x)
    tape.newRecording()

    def backward(root: Any) -> None:
        tape.registerOutput(root)
        root.setDerivative(1.0)
        tape.computeAdjoints()

    return Chain(lambda n: with_functions(n, x, sin), backward, x.getDerivative, tape.clearAll)


def torch() -> Chain:
    import torch

    x = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    return Chain(lambda n: with_methods(n, x), torch.Tensor.backward, lambda: float(x.grad))


def hips() -> Chain:
    from autograd import make_vjp
    from autograd import numpy as anp

    slope = [0.0]

    def backward(sweep: Any) -> None:
        slope[0] = float(sweep(1.0))

    return Chain(
        lambda n: make_vjp(lambda x: with_functions(n, x, anp.sin))(START)[0], backward, lambda: slope[0]
    )


def check(library: Chain, n: int) -> list[float]:
    """The derivative with respect to the innermost argument."""
    root = library.build(n)
    library.backward(root)
    return [float(library.gradient())]


def time(library: Chain, n: int, repeats: int) -> dict[str, float]:
    """One chain in a fresh process: µs and bytes a node; the peak counts the sweep's own books."""
    gc.collect()
    before = held_bytes()
    start = perf_counter_ns()
    root = library.build(n)
    built = perf_counter_ns()
    library.backward(root)
    swept = perf_counter_ns()
    held, peak = held_bytes(), peak_bytes()  # outside the clock
    dropped = perf_counter_ns()
    del root
    if library.release is not None:
        library.release()
    freed = perf_counter_ns()
    phases = {"build": built - start, "backward": swept - built, "free": freed - dropped}
    measured = {phase: ns / n / 1000 for phase, ns in phases.items()}
    return measured | {
        "total": sum(measured.values()),
        "held": (held - before) / n,
        "peak": (peak - before) / n,
    }


WORKLOAD = Workload(
    name="chain",
    title="A chain of 1,000,000 nested sin",
    about=(
        "Built, swept and freed once in a fresh process; µs a node. Bytes are resident memory: of the swept "
        "graph, and at the peak, which includes what the sweep needs. micrograd is not here: it raises "
        "RecursionError at a depth of 1,000."
    ),
    cases=(DEPTH,),
    case="{:,} deep",
    columns=(
        Column("build", "build (µs)", "{:.2f}"),
        Column("backward", "backward (µs)", "{:.2f}"),
        Column("free", "free (µs)", "{:.2f}"),
        Column("total", "total (µs)", "{:.2f}"),
        Column("held", "bytes"),
        Column("peak", "bytes at the peak"),
    ),
    compared="total",
    contenders={
        OURS: Contender(ours),
        "XAD": Contender(xad, "xad"),
        "torch": Contender(torch, "torch"),
        "HIPS autograd": Contender(hips, "autograd"),
    },
    check=check,
    time=time,
    repeats={DEPTH: 1},
    rtol=1e-9,
    targets=(
        Target(DEPTH, "total", 2.0, unit="µs a node"),
        Target(DEPTH, "peak", 200.0, unit="bytes a node"),
    ),
)
