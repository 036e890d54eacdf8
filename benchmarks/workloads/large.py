"""Large graphs without structure: from the first operation to the first gradient."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any, NamedTuple

from benchmarks.workload import OURS, Column, Contender, Target, Workload
from benchmarks.workloads.random import INPUTS, PARAMETERS, Line, numbers, program

CHAIN, RANDOM = 100_000, 1_000_000  # operations: nested sin, and random ones
EAGER = "chainrule, eager"


class Library(NamedTuple):
    """A library at work.

    Attributes:
        leaves: makes the inputs and the parameters; outside the clock.
        functions: by the names of operations.
        compile: from the leaves and the result to a function for the value and the gradient.
    """

    leaves: Callable[[], tuple[Sequence[Any], Sequence[Any]]]
    functions: dict[str, Callable[..., Any]]
    compile: Callable[[Any, Any], Callable[[Any, Any], tuple[float, Any]]]


def lines(case: int, operations: int) -> list[Line]:
    """Operations of the kind of a case."""
    first = INPUTS + PARAMETERS
    if case == CHAIN:
        return [("sin", (first - 1 + i,)) for i in range(operations)]
    return program(0, operations)


def _functions() -> dict[str, Callable[..., Any]]:
    import operator

    from autograd import atan, cos, sigmoid, sin, square, tanh

    signs = {"add": operator.add, "sub": operator.sub, "mul": operator.mul}
    by_name = {f.__name__: f for f in (square, sin, cos, tanh, sigmoid, atan)}
    return {**signs, **by_name}


def _leaves() -> Any:
    from autograd import Value

    theta, X = numbers(1)
    return list(map(Value, X[0].tolist())), list(map(Value, theta.tolist()))


def ours() -> Library:
    from autograd import compile

    def compiled(leaves: Any, result: Any) -> Any:
        x, w = leaves
        return compile(result, inputs=x, wrt=w).value_and_grad

    return Library(_leaves, _functions(), compiled)


def eager() -> Library:
    """Recorded and swept, without a program."""
    import numpy as np

    def swept(leaves: Any, result: Any) -> Any:
        def value_and_grad(theta: Any, X: Any) -> Any:
            result.backward()
            return result.data, np.array([leaf.grad or 0.0 for leaf in leaves[1]])

        return value_and_grad

    return Library(_leaves, _functions(), swept)


def casadi() -> Library:
    """casadi SX and its virtual machine."""
    import operator

    import casadi

    def leaves() -> Any:
        return tuple(casadi.vertsplit(casadi.SX.sym(s, n)) for s, n in (("x", INPUTS), ("w", PARAMETERS)))

    def compiled(leaves: Any, result: Any) -> Any:
        x, w = (casadi.vertcat(*scalars) for scalars in leaves)
        function = casadi.Function("f", [w, x], [result, casadi.gradient(result, w)])

        def value_and_grad(theta: Any, X: Any) -> Any:
            value, gradient = function(theta, X[0])
            return float(value), gradient.full().ravel()

        return value_and_grad

    functions = {
        "add": operator.add,
        "sub": operator.sub,
        "mul": operator.mul,
        "square": lambda a: a * a,
        "sin": casadi.sin,
        "cos": casadi.cos,
        "tanh": casadi.tanh,
        "atan": casadi.atan,
        "sigmoid": lambda a: 1 / (1 + casadi.exp(-a)),
    }
    return Library(leaves, functions, compiled)


def _record(library: Library, leaves: Any, operations: Sequence[Line]) -> Any:
    x, w = leaves
    functions, quantities = library.functions, [*x, *w]
    for name, places in operations:
        quantities.append(functions[name](*[quantities[place] for place in places]))
    return quantities[-1]


def check(library: Library, case: int) -> list[float]:
    """The value and the gradient of a tenth of the operations."""
    leaves = library.leaves()
    result = _record(library, leaves, lines(case, case // 10))
    value, gradient = library.compile(leaves, result)(*numbers(1))
    return [value, *map(float, gradient)]


def time(library: Library, case: int, repeats: int) -> dict[str, float]:
    """Seconds of each phase, once."""
    operations, example = lines(case, case), numbers(1)
    leaves = library.leaves()
    gc.collect()
    begun = perf_counter()
    result = _record(library, leaves, operations)
    recorded = perf_counter()
    value_and_grad = library.compile(leaves, result)
    compiled = perf_counter()
    value_and_grad(*example)
    first = perf_counter()
    value_and_grad(*example)
    second = perf_counter()
    return {
        "record": recorded - begun,
        "compile": compiled - recorded,
        "first": first - compiled,
        "total": first - begun,
        "next": second - first,
    }


WORKLOAD = Workload(
    name="large",
    title="Large graphs without structure",
    about=(
        f"{CHAIN:,} operations are a chain of nested sin, {RANDOM:,} are random ones of + − × square sin cos "
        f"tanh sigmoid atan in {INPUTS} inputs and {PARAMETERS} parameters: recorded, compiled, called for "
        "the first gradient and for a second, of one example; seconds."
    ),
    cases=(CHAIN, RANDOM),
    case="{:,} operations",
    columns=(
        Column("record", "record (s)", "{:.2f}"),
        Column("compile", "compile (s)", "{:.2f}"),
        Column("first", "first gradient (s)", "{:.2f}"),
        Column("total", "total (s)", "{:.2f}"),
        Column("next", "next gradient (s)", "{:.3f}"),
    ),
    compared="total",
    contenders={
        OURS: Contender(ours),
        EAGER: Contender(eager),
        "casadi SX": Contender(casadi, "casadi"),
    },
    check=check,
    time=time,
    repeats={CHAIN: 1, RANDOM: 1},
    rtol=1e-9,
    targets=(Target(CHAIN, "total", 5.0, unit="s"), Target(RANDOM, "total", 30.0, unit="s")),
    is_long=True,
)
