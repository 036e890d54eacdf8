"""Random programs without any matrix: where nothing is to be recognised, compiling must not cost."""

from __future__ import annotations

import contextlib
import random
import tempfile
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

from benchmarks.measure import ms_a_call
from benchmarks.native import no_compiler
from benchmarks.workload import OURS, Column, Contender, Target, Workload

OPERATIONS, PROGRAMS = 1_000, 5
INPUTS, PARAMETERS = 5, 10
EAGER, NATIVE, IN_C = "chainrule, eager", "chainrule, native", "casadi, generated C"
CASADI_FLAGS = ["-O3", "-march=native"]

LARGEST = 8.0  # no quantity may exceed it, whatever the inputs in [-1, 1]
BOUNDS: dict[str, Callable[..., float]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a + b,
    "mul": lambda a, b: a * b,
    "square": lambda a: a * a,
    "sin": lambda a: 1.0,
    "cos": lambda a: 1.0,
    "tanh": lambda a: 1.0,
    "sigmoid": lambda a: 1.0,
    "atan": lambda a: 1.6,
}
SIGNS = {"add": "+", "sub": "-", "mul": "*"}
OFTEN = {"mul": 30, "add": 20, "sub": 15}  # to 5 of each other

Line = tuple[str, tuple[int, ...]]  # the name of an operation, and the places of its arguments


def program(seed: int, operations: int = OPERATIONS) -> list[Line]:
    """Operations on inputs, parameters and earlier results; every result is used but the last.

    >>> lines = program(0)
    >>> len(lines), {place for _, places in lines for place in places} == set(range(15 + 999))
    (1000, True)
    """
    rng = random.Random(seed)
    names = list(BOUNDS)
    weights = [OFTEN.get(name, 5) for name in names]
    bounds = [1.0] * (INPUTS + PARAMETERS)
    unused = list(range(len(bounds)))
    lines: list[Line] = []

    def do(name: str, *places: int) -> None:
        lines.append((name, places))
        unused[:] = [place for place in unused if place not in places]
        unused.append(len(bounds))
        bounds.append(BOUNDS[name](*(bounds[place] for place in places)))

    while len(lines) + len(unused) - 1 < operations:
        (name,) = rng.choices(names, weights)
        first, second = rng.choice(unused), rng.randrange(len(bounds))
        places = (first, second) if name in SIGNS else (first,)
        if BOUNDS[name](*(bounds[place] for place in places)) > LARGEST:
            name, places = "tanh", (first,)
        do(name, *places)
    while len(unused) > 1:
        do("add", unused[0], unused[1])
    return lines


def function(lines: Sequence[Line], functions: dict[str, Any]) -> Callable[..., Any]:
    """A program as a user writes it, line by line, of its inputs and then its parameters.

    >>> function([("add", (0, 14)), ("square", (15,))], {"square": lambda a: a * a})(*range(15))
    196
    """
    parameters = ", ".join(f"v{place}" for place in range(INPUTS + PARAMETERS))
    source = [f"def calculated({parameters}):"]
    for place, (name, places) in enumerate(lines, start=INPUTS + PARAMETERS):
        args = [f"v{place}" for place in places]
        expression = f" {SIGNS[name]} ".join(args) if name in SIGNS else f"{name}({args[0]})"
        source.append(f"    v{place} = {expression}")
    source.append(f"    return v{INPUTS + PARAMETERS + len(lines) - 1}")
    names = dict(functions)
    exec("\n".join(source), names)
    return names["calculated"]  # type: ignore[no-any-return]


def numbers(batch: int) -> tuple[Any, Any]:
    """Of the parameters, and of the inputs of each example."""
    import numpy as np

    rng = np.random.default_rng(3)
    return rng.uniform(-1, 1, PARAMETERS), rng.uniform(-1, 1, (batch, INPUTS))


class Library(NamedTuple):
    """For each program, ``(theta, X)`` gives the mean of its results and the gradient."""

    programs: list[Callable[[Any, Any], tuple[float, Any]]]


def _ours(seed: int) -> Callable[..., Any]:
    from autograd import Value

    return function(program(seed), {name: getattr(Value, name) for name in BOUNDS if name not in SIGNS})


def ours(native: bool = False) -> Library:
    """Compiled; `native`: in C."""
    from autograd import Value, compile

    def compiled(seed: int) -> Any:
        x, w = ([Value(0.5) for _ in range(count)] for count in (INPUTS, PARAMETERS))
        program = compile(_ours(seed)(*x, *w), inputs=x, wrt=w)
        return (program.native() if native else program).value_and_grad

    return Library([compiled(seed) for seed in range(PROGRAMS)])


def eager() -> Library:
    """Recorded and swept for each example."""
    import numpy as np

    from autograd import Value

    def value_and_grad(calculated: Callable[..., Any], theta: Any, X: Any) -> tuple[float, Any]:
        w = [Value(number) for number in theta.tolist()]
        total = 0.0
        for x in X.tolist():
            result = calculated(*map(Value, x), *w)
            result.backward()
            total += result.data
        return total / len(X), np.array([leaf.grad for leaf in w]) / len(X)

    return Library([partial(value_and_grad, _ours(seed)) for seed in range(PROGRAMS)])


def casadi(in_c: bool = False) -> Library:
    """casadi SX, the sums over the examples taken by its own map.

    Args:
        in_c: by the C code that casadi generates, built by the compiler of the machine; or in its virtual
            machine.
    """
    import casadi
    import numpy as np

    functions = {
        "square": lambda a: a * a,
        "sin": casadi.sin,
        "cos": casadi.cos,
        "tanh": casadi.tanh,
        "atan": casadi.atan,
        "sigmoid": lambda a: 1 / (1 + casadi.exp(-a)),
    }
    options = {"jit": True, "compiler": "shell", "jit_options": {"flags": CASADI_FLAGS}} if in_c else {}

    def compiled(seed: int) -> Any:
        x, w = casadi.SX.sym("x", INPUTS), casadi.SX.sym("w", PARAMETERS)
        result = function(program(seed), functions)(*casadi.vertsplit(x), *casadi.vertsplit(w))
        gradient = casadi.densify(casadi.gradient(result, w))
        evaluated = casadi.Function("f", [w, x], [result, gradient], options)
        value, slopes = np.empty(1), np.empty(PARAMETERS)

        @cache
        def mapped(n: int) -> tuple[Any, Any]:
            """The buffers of the sums over n examples, of which each has the same w; and their call."""
            buffer, evaluate = evaluated.map("sums", "serial", n, [0], [0, 1]).buffer()
            buffer.set_res(0, value.data)
            buffer.set_res(1, slopes.data)
            return buffer, evaluate

        def value_and_grad(theta: Any, X: Any) -> tuple[float, Any]:
            buffer, evaluate = mapped(len(X))
            buffer.set_arg(0, theta.data)
            buffer.set_arg(1, X.data)  # rows here are its columns
            evaluate()
            return value[0] / len(X), slopes / len(X)

        return value_and_grad

    with contextlib.chdir(tempfile.gettempdir()):  # where casadi builds, and removes its files
        return Library([compiled(seed) for seed in range(PROGRAMS)])


def check(library: Library, batch: int) -> list[float]:
    """The value and the gradient of each program."""
    theta, X = numbers(batch)
    both = (program(theta, X) for program in library.programs)
    return [float(number) for value, gradient in both for number in (value, *gradient)]


def time(library: Library, batch: int, repeats: int) -> dict[str, float]:
    """ms a program: the mean over the programs."""
    theta, X = numbers(batch)

    def all_programs() -> None:
        for value_and_grad in library.programs:
            value_and_grad(theta, X)

    ms = ms_a_call(all_programs, repeats) / PROGRAMS
    return {"ms": ms, "each": ms * 1e6 / (OPERATIONS * batch)}


CASES = (1, 100)

WORKLOAD = Workload(
    name="random",
    title="Random programs of 1,000 operations, without a matrix",
    about=(
        f"{PROGRAMS} random programs of + − × square sin cos tanh sigmoid atan, in {INPUTS} inputs and "
        f"{PARAMETERS} parameters: the mean value of a batch and its gradient, once compiled; native in C; "
        "ms a program, and ns for each operation of each example."
    ),
    cases=CASES,
    case="batch {}",
    columns=(Column("ms", "ms", "{:.3f}"), Column("each", "ns an operation", "{:,.1f}")),
    compared="ms",
    contenders={
        OURS: Contender(ours),
        NATIVE: Contender(partial(ours, native=True), obstacle=no_compiler),
        EAGER: Contender(eager, repeats=3),
        "casadi SX": Contender(casadi, "casadi"),
        IN_C: Contender(partial(casadi, in_c=True), "casadi", obstacle=no_compiler),
    },
    check=check,
    time=time,
    repeats=dict.fromkeys(CASES, 9),
    rtol=1e-9,
    targets=tuple(
        Target(batch, "ms", 1.0, against, of=of)
        for of, against in ((OURS, EAGER), (OURS, "casadi SX"), (NATIVE, IN_C))
        for batch in CASES
    ),
)
