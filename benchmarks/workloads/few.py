"""A gradient of few examples, where a program goes over from plain arithmetic to arrays.

A program computes few examples in plain arithmetic and more in arrays, from a number of examples on that it
estimates. A wrong estimate shows here: as calls that take longer than both of what it chooses from need.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.measure import ms_a_call
from benchmarks.workload import OURS, Column, Contender, Target, Workload

EXAMPLES = 1, 4, 8, 12, 24
PLAIN, ARRAYS = "in plain arithmetic", "in arrays"
NETS = {"neuron": (1, 1), "deep": (1,) * 11, "wide": (2, 4, 1)}

Programs = dict[str, Callable[[int], tuple[float, Any]]]  # the mean and its gradient, of so many examples


def nets(few: int | None) -> Programs:
    """Nets of Values with the quadratic cost, compiled: by name."""
    import numpy as np

    import nn
    from autograd import Value, compile

    def compiled(sizes: tuple[int, ...]) -> Callable[[int], tuple[float, Any]]:
        net = nn.MLP(sizes, node=Value, rng=0)
        x, y = ([Value(0.5) for _ in range(width)] for width in (sizes[0], sizes[-1]))
        program = compile(nn.quadratic_cost(net(np.array(x)), y), [*x, *y], net.parameters())
        if few is not None:
            program._run_by((few, few))
        rng = np.random.default_rng(0)
        theta, X = rng.normal(size=program.parameters), rng.uniform(size=(EXAMPLES[-1], program.inputs))
        return lambda examples: program.value_and_grad(theta, X[:examples])

    return {name: compiled(sizes) for name, sizes in NETS.items()}


def check(programs: Programs, examples: int) -> list[float]:
    """The value and the gradient of each net."""
    both = (program(examples) for program in programs.values())
    return [float(number) for value, gradient in both for number in (value, *gradient)]


def time(programs: Programs, examples: int, repeats: int) -> dict[str, float]:
    """µs a call."""
    return {
        name: 1000 * ms_a_call(lambda program=program: program(examples), repeats)  # type: ignore[misc]
        for name, program in programs.items()
    }


WORKLOAD = Workload(
    name="few",
    title="A gradient of few examples",
    about=(
        "Nets of Values with sigmoid and quadratic cost, compiled: one neuron, ten layers of one neuron, and "
        f"2-4-1; µs for one call of `value_and_grad`. **{OURS}** chooses between the other two."
    ),
    cases=EXAMPLES,
    case="{} examples",
    columns=tuple(Column(name, f"{name} (µs)", "{:.1f}") for name in NETS),
    compared="deep",
    contenders={
        OURS: Contender(lambda: nets(None)),
        PLAIN: Contender(lambda: nets(EXAMPLES[-1])),
        ARRAYS: Contender(lambda: nets(0)),
    },
    check=check,
    time=time,
    repeats=dict.fromkeys(EXAMPLES, 9),
    rtol=1e-9,
    targets=tuple(
        Target(examples, name, 1.3, against)
        for examples in EXAMPLES
        for name in NETS
        for against in (PLAIN, ARRAYS)
    ),
)
