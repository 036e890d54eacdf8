"""A mixed expression of + − × tanh exp sin, one scalar at a time: built, swept and freed.

Every contender runs the same ten operations again and again, written as its users would: functions
are locals and methods are methods, so that no library pays for how it is looked up.
"""

from __future__ import annotations

import gc
import math
from collections.abc import Callable
from time import perf_counter_ns
from typing import Any, NamedTuple

from benchmarks.measure import held_bytes, median_of
from benchmarks.workload import OURS, Column, Contender, Target, Workload

SMALL, LARGE = 1_000, 100_000
START = (0.3, -0.7, 0.5)  # x, w, v


class Scalars(NamedTuple):
    """A library at work.

    Attributes:
        build: records `n` operations and gives what holds the graph.
        backward: sweeps it.
        gradients: of the three inputs, after a sweep.
        release: drops what the library itself still holds, after the caller has dropped its own.
        cyclic: the graph has reference cycles, so the collector must run to free it.
    """

    build: Callable[[int], Any]
    backward: Callable[[Any], Any]
    gradients: Callable[[], tuple[Any, Any, Any]]
    release: Callable[[], Any] | None = None
    cyclic: bool = False


def with_methods(n: int, x: Any, w: Any, v: Any) -> Any:
    """`n` operations, the functions as methods."""
    s = x
    for _ in range(n // 10):
        t = w * x + v
        u = t.tanh()
        s = s + u * x
        r = (u * 0.5).exp()
        x = r.sin() - u * 0.1
    return s


def with_functions(n: int, x: Any, w: Any, v: Any, tanh: Any, exp: Any, sin: Any) -> Any:
    """`n` operations, the functions as functions."""
    s = x
    for _ in range(n // 10):
        t = w * x + v
        u = tanh(t)
        s = s + u * x
        r = exp(u * 0.5)
        x = sin(r) - u * 0.1
    return s


def ours() -> Scalars:
    from autograd import Value

    leaves = [Value(number) for number in START]

    def gradients() -> Any:
        return tuple(leaf.grad for leaf in leaves)

    return Scalars(lambda n: with_methods(n, *leaves), Value.backward, gradients)


def by_hand() -> Scalars:
    """The floor: plain floats, and the numbers for the sweep in lists."""
    gradients = [0.0, 0.0, 0.0]

    def build(n: int) -> Any:
        x, w, v = START
        tape, s = [], x
        tanh, exp, sin = math.tanh, math.exp, math.sin
        for _ in range(n // 10):
            u = tanh(w * x + v)
            s = s + u * x
            r = exp(u * 0.5)
            tape.append((x, u, r))
            x = sin(r) - u * 0.1
        return tape, s

    def backward(built: Any) -> None:
        tape, _ = built
        w, cos = START[1], math.cos
        gx = gw = gv = 0.0
        for x, u, r in reversed(tape):
            gu = gx * cos(r) * r * 0.5 - gx * 0.1 + x
            gt = gu * (1 - u * u)
            gw += gt * x
            gv += gt
            gx = gt * w + u
        gradients[:] = gx + 1.0, gw, gv

    return Scalars(build, backward, lambda: (gradients[0], gradients[1], gradients[2]))


def micrograd() -> Scalars:
    from micrograd.engine import Value

    # Functions that it lacks, defined as it defines its own.
    def tanh(x: Any) -> Any:
        out = Value(math.tanh(x.data), (x,), "tanh")

        def _backward() -> None:
            x.grad += (1 - out.data**2) * out.grad

        out._backward = _backward
        return out

    def exp(x: Any) -> Any:
        out = Value(math.exp(x.data), (x,), "exp")

        def _backward() -> None:
            x.grad += out.data * out.grad

        out._backward = _backward
        return out

    def sin(x: Any) -> Any:
        out = Value(math.sin(x.data), (x,), "sin")

        def _backward() -> None:
            x.grad += math.cos(x.data) * out.grad

        out._backward = _backward
        return out

    leaves: list[Any] = []

    def build(n: int) -> Any:
        leaves[:] = [Value(number) for number in START]
        return with_functions(n, *leaves, tanh, exp, sin)

    def gradients() -> Any:
        return tuple(leaf.grad for leaf in leaves)

    return Scalars(build, Value.backward, gradients, leaves.clear, cyclic=True)


def xad() -> Scalars:
    from xad.adj_1st import Real, Tape
    from xad.math import exp, sin, tanh

    if former := Tape.getActive():  # of another size in this process; a thread has one
        former.deactivate()
    tape = Tape()
    tape.activate()
    leaves: list[Any] = []

    def build(n: int) -> Any:
        leaves[:] = [Real(number) for number in START]
        for leaf in leaves:
            tape.registerInput(leaf)
        tape.newRecording()
        return with_functions(n, *leaves, tanh, exp, sin)

    def backward(root: Any) -> None:
        tape.registerOutput(root)
        root.setDerivative(1.0)
        tape.computeAdjoints()

    def gradients() -> Any:
        return tuple(leaf.getDerivative() for leaf in leaves)

    def release() -> None:
        leaves.clear()
        tape.clearAll()

    return Scalars(build, backward, gradients, release)


def torch() -> Scalars:
    import torch

    leaves = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in START]

    def gradients() -> Any:
        return tuple(leaf.grad.item() for leaf in leaves)

    return Scalars(lambda n: with_methods(n, *leaves), torch.Tensor.backward, gradients)


def hips() -> Scalars:
    from autograd import make_vjp
    from autograd import numpy as anp

    gradients: list[float] = []

    def build(n: int) -> Any:
        sweep, _ = make_vjp(
            lambda x, w, v: with_functions(n, x, w, v, anp.tanh, anp.exp, anp.sin), argnum=(0, 1, 2)
        )(*START)
        return sweep

    def backward(sweep: Any) -> None:
        gradients[:] = map(float, sweep(1.0))

    return Scalars(build, backward, lambda: (gradients[0], gradients[1], gradients[2]))


def check(library: Scalars, n: int) -> list[float]:
    """The derivatives with respect to x, w and v."""
    root = library.build(n)
    library.backward(root)
    return [float(g) for g in library.gradients()]


def time(library: Scalars, n: int, repeats: int) -> dict[str, float]:
    """ns an operation for each phase; bytes an operation at the larger size, where they show."""
    memory: dict[str, float] = {}
    if n >= LARGE:
        gc.collect()
        before = held_bytes()
        root = library.build(n)
        library.backward(root)
        memory["bytes"] = (held_bytes() - before) / n
        del root
    _free(library)
    once(library, n)  # warm
    return median_of(once(library, n) for _ in range(repeats)) | memory


def once(library: Scalars, n: int) -> dict[str, float]:
    """The phases of one graph, in ns an operation."""
    build, backward = library.build, library.backward
    start = perf_counter_ns()
    root = build(n)
    built = perf_counter_ns()
    backward(root)
    swept = perf_counter_ns()
    del root
    _free(library)
    freed = perf_counter_ns()
    # Collecting a cyclic graph walks all else that lives here as well; a second collection, with
    # the graph gone, tells how much that is, and it is taken off.
    if library.cyclic:
        gc.collect()
        freed = max(swept, 2 * freed - perf_counter_ns())
    phases = {
        "build": built - start,
        "backward": swept - built,
        "free": freed - swept,
        "total": freed - start,
    }
    return {phase: ns / n for phase, ns in phases.items()}


def _free(library: Scalars) -> None:
    if library.release is not None:
        library.release()
    if library.cyclic:
        # micrograd's closures refer to the nodes that hold them: dropping the root frees nothing
        # until the collector runs, so for it alone freeing is the drop and a collection.
        gc.collect()


WORKLOAD = Workload(
    name="scalars",
    title="Eager scalars",
    about=(
        "A mixed expression of + − × tanh exp sin, recorded, swept backward and dropped, with the garbage "
        "collector as any user has it; ns an operation. Bytes are the resident memory of the swept graph."
    ),
    cases=(SMALL, LARGE),
    case="{:,} operations",
    columns=(
        Column("build", "build (ns)"),
        Column("backward", "backward (ns)"),
        Column("free", "free (ns)"),
        Column("total", "total (ns)"),
        Column("bytes", "bytes"),
    ),
    compared="total",
    contenders={
        OURS: Contender(ours),
        "by hand": Contender(by_hand),
        "XAD": Contender(xad, "xad"),
        "micrograd": Contender(micrograd, "micrograd", recursive=True),
        "torch": Contender(torch, "torch"),
        "HIPS autograd": Contender(hips, "autograd"),
    },
    check=check,
    time=time,
    repeats={SMALL: 100, LARGE: 3},
    rtol=1e-9,
    targets=(
        Target(SMALL, "total", 0.9, "XAD"),
        Target(LARGE, "total", 1.5, "XAD"),
        Target(SMALL, "total", 1 / 5, "micrograd"),
        Target(LARGE, "total", 1 / 30, "micrograd"),
    ),
)
