"""From a net of scalars to a program: recorded, compiled and called for the first time."""

from __future__ import annotations

import gc
from collections.abc import Callable
from time import perf_counter
from typing import Any, NamedTuple

from benchmarks.measure import median_of
from benchmarks.scalar_nets import WIDTHS as SMALLER
from benchmarks.scalar_nets import casadi_net, operations, start
from benchmarks.workload import OURS, Column, Contender, Target, Workload

WIDTHS = SMALLER | {1_000_000: (784, 420, 400, 10)}
EAGER = "chainrule, eager"


class Library(NamedTuple):
    """A library at work.

    Attributes:
        leaves: makes the parameters, inputs and desired outputs of a net; outside the clock.
        record: from the leaves to the cost of one example.
        compile: from the record to a function for the gradient.
        gradient: by the numbers of parameters, inputs and desired outputs; the first call
            writes the code.
    """

    leaves: Callable[[tuple[int, ...]], Any]
    record: Callable[[Any], Any]
    compile: Callable[[Any, Any], Any]
    gradient: Callable[[Any, Any, Any, Any], list[float]]


def example(sizes: tuple[int, ...]) -> tuple[Any, Any, Any]:
    """Numbers of parameters, inputs and desired outputs."""
    import numpy as np

    rng = np.random.default_rng(0)
    return start(sizes), rng.random(sizes[0]), np.eye(sizes[-1])[0]


def _net(sizes: tuple[int, ...]) -> Any:
    """A net of labelled Values, with the numbers of the example."""
    import nn
    from autograd import Value

    theta, x, y = example(sizes)
    net = nn.MLP(sizes, node=Value, rng=0)
    parameters = net.parameters()
    for parameter, number in zip(parameters, theta.tolist(), strict=True):
        parameter.data = number
    return net, parameters, list(map(Value, x.tolist())), list(map(Value, y.tolist()))


def _cost(leaves: Any) -> Any:
    import nn

    net, _, x, y = leaves
    return nn.quadratic_cost(net(x), y)


def ours() -> Library:
    import numpy as np

    from autograd import compile

    def compiled(leaves: Any, cost: Any) -> Any:
        _, parameters, x, y = leaves
        return compile(cost, inputs=[*x, *y], wrt=parameters)

    def gradient(program: Any, theta: Any, x: Any, y: Any) -> list[float]:
        gradients: list[float] = program.value_and_grad(theta, np.concatenate([x, y])[np.newaxis])[1].tolist()
        return gradients

    return Library(_net, _cost, compiled, gradient)


def eager() -> Library:
    """Recorded and swept, without a program."""

    def gradient(swept: Any, *example: Any) -> list[float]:
        cost, parameters = swept
        cost.backward()
        return [p.grad for p in parameters]

    return Library(_net, _cost, lambda leaves, cost: (cost, leaves[1]), gradient)


def casadi() -> Library:
    """casadi SX: a graph of scalars as well, written in its own matrices, and its virtual machine."""
    import casadi

    def leaves(sizes: tuple[int, ...]) -> Any:
        theta = casadi.SX.sym("theta", len(start(sizes)))
        return sizes, theta, casadi.SX.sym("x", sizes[0]), casadi.SX.sym("y", sizes[-1])

    def record(leaves: Any) -> Any:
        sizes, theta, x, y = leaves
        sigmoids = [lambda z: 1 / (1 + casadi.exp(-z))] * (len(sizes) - 1)
        return casadi.sumsqr(casadi_net(sizes, theta, x, sigmoids) - y)

    def compiled(leaves: Any, cost: Any) -> Any:
        _, theta, x, y = leaves
        return casadi.Function("f", [theta, x, y], [cost, casadi.gradient(cost, theta)])

    def gradient(function: Any, theta: Any, x: Any, y: Any) -> list[float]:
        gradients: list[float] = function(theta, x, y)[1].full().ravel().tolist()
        return gradients

    return Library(leaves, record, compiled, gradient)


def check(library: Library, case: int) -> list[float]:
    """The gradient of one example."""
    leaves = library.leaves(WIDTHS[case])
    return library.gradient(library.compile(leaves, library.record(leaves)), *example(WIDTHS[case]))


def time(library: Library, case: int, repeats: int) -> dict[str, float]:
    """ms for each phase, with the garbage collector as any user has it."""

    def once(sizes: tuple[int, ...]) -> dict[str, float]:
        numbers = example(sizes)
        leaves = library.leaves(sizes)
        gc.collect()  # garbage of the last turn
        begun = perf_counter()
        cost = library.record(leaves)
        recorded = perf_counter()
        compiled = library.compile(leaves, cost)
        finished = perf_counter()
        library.gradient(compiled, *numbers)
        called = perf_counter()
        ms = {"record": recorded - begun, "compile": finished - recorded, "call": called - finished}
        total = called - begun
        measured = {phase: 1000 * s for phase, s in ms.items()}
        return measured | {"total": 1000 * total, "each": 1e6 * total / operations(sizes)}

    once(min(WIDTHS.values()))  # warm: the first program of a process loads more of NumPy
    return median_of(once(WIDTHS[case]) for _ in range(repeats))


CASES = tuple(WIDTHS)

WORKLOAD = Workload(
    name="recording",
    title="Recording and compiling",
    about=(
        "Nets of scalars with sigmoid and quadratic cost: the calculation of one example recorded, compiled, "
        "and called once, which writes the program's code; ms, and µs for each operation of the graph, which "
        "stays level where growth is linear. The leaves are there before. casadi (SX) records whole matrices "
        f"of scalars in C++; {EAGER} has no program to make: its first gradient is the sweep."
    ),
    cases=CASES,
    case="{:,} operations",
    columns=(
        Column("record", "record (ms)", "{:.1f}"),
        Column("compile", "compile (ms)", "{:.1f}"),
        Column("call", "first gradient (ms)", "{:.1f}"),
        Column("total", "total (ms)", "{:.1f}"),
        Column("each", "µs an operation", "{:.2f}"),
    ),
    compared="total",
    contenders={
        OURS: Contender(ours),
        EAGER: Contender(eager),
        "casadi SX": Contender(casadi, "casadi"),
    },
    check=check,
    time=time,
    repeats=dict.fromkeys(CASES, 5) | {CASES[-1]: 1},
    rtol=1e-9,
    targets=(Target(26_000, "total", 50.0, unit="ms"),),
)
