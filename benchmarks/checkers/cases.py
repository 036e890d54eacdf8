"""The cases: functions at points where differences are easy or hard, and derivatives planted there."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from benchmarks.checkers.functions import Formula, Function, Scalar

__all__ = ["KINDS", "Check", "Kind", "checks"]

Named = Mapping[str, Formula]

SMOOTH: Named = {
    "sin(x)": lambda m, x: m.sin(x),
    "cos(x)": lambda m, x: m.cos(x),
    "exp(x)": lambda m, x: m.exp(x),
    "log(x)": lambda m, x: m.log(x),
    "sqrt(x)": lambda m, x: m.sqrt(x),
    "asin(x)": lambda m, x: m.asin(x),
    "tanh(x)": lambda m, x: m.tanh(x),
    "sigmoid(x)": lambda m, x: m.sigmoid(x),
    "1/x": lambda m, x: 1 / x,
    "x²": lambda m, x: x * x,
    "x³": lambda m, x: x * x * x,
    "x⁸": lambda m, x: x**8,
    "2x⁴ − 3x + 1": lambda m, x: 2 * x**4 - 3 * x + 1,
    "3x − 2": lambda m, x: 3 * x - 2,
    "7": lambda m, x: 7 + 0 * x,
    "1e-30 x": lambda m, x: 1e-30 * x,
    "1e30 x": lambda m, x: 1e30 * x,
    "x exp(−x)": lambda m, x: x * m.exp(-x),
    "exp(−x²)": lambda m, x: m.exp(-x * x),
    "sin(10³ x)": lambda m, x: m.sin(1000 * x),
    "sin(10⁵ x)": lambda m, x: m.sin(100_000 * x),
    "sin(1/x)": lambda m, x: m.sin(1 / x),
    "exp(−10⁶ x²)": lambda m, x: m.exp(-1_000_000 * x * x),
    "1/(1 + 10⁸ x²)": lambda m, x: 1 / (1 + 100_000_000 * x * x),
}
BROKEN: Named = {
    "relu(x)": lambda m, x: m.maximum(x, 0),
    "|x|": lambda m, x: m.abs(x),
    "|x − 1|": lambda m, x: m.abs(x - 1),
    "max(x, −2x)": lambda m, x: m.maximum(x, -2 * x),
    "floor(x)": lambda m, x: m.floor(x),
}
NOISY: Named = {
    "sin(x) with noise of 1e-12": lambda m, x: m.noisy(m.sin(x), x, 1e-12),
    "sin(x) with noise of 1e-6": lambda m, x: m.noisy(m.sin(x), x, 1e-6),
    "sin(x) in float32": lambda m, x: m.single(m.sin(m.single(x))),
    "exp(x) in float32": lambda m, x: m.single(m.exp(m.single(x))),
}
FUNCTIONS = {name: Function(name, formula) for name, formula in {**SMOOTH, **BROKEN, **NOISY}.items()}


@dataclass(frozen=True)
class Kind:
    """Points that are easy, or hard, for the same reason.

    Attributes:
        title: the reason.
        points: of each function.
        orders: up to which derivative errors are planted.
        subgradients: of each function at a kink, instead of a derivative: right ones, and wrong ones.
    """

    title: str
    points: Mapping[str, tuple[float, ...]]
    orders: int = 2
    subgradients: Mapping[str, tuple[tuple[float, ...], tuple[float, ...]]] | None = None


KINDS = {
    "ordinary": Kind(
        "ordinary points",
        {
            "sin(x)": (1.1,), "exp(x)": (0.9,), "x³": (-1.5,), "tanh(x)": (0.4,), "sigmoid(x)": (1.5, -2.5),
            "log(x)": (0.6,), "1/x": (-3.0,), "2x⁴ − 3x + 1": (0.8,), "3x − 2": (0.0,), "x exp(−x)": (2.5,),
        },
    ),
    "zero": Kind(
        "a derivative of 0", {"x³": (0.0,), "x²": (0.0,), "cos(x)": (0.0,), "exp(−x²)": (0.0,), "7": (1.0,)}
    ),
    "end": Kind(
        "near the end of the domain",
        {
            "log(x)": (1e-3, 1e-12), "sqrt(x)": (1e-9,), "asin(x)": (1 - 1e-6,), "1/x": (1e-6,),
        },
    ),
    "tiny": Kind(
        "tiny derivatives, to 1e-261",
        {
            "sigmoid(x)": (40.0, -100.0, -600.0), "exp(x)": (-70.0,), "1e-30 x": (1.0,), "tanh(x)": (15.0,),
            "exp(−x²)": (12.0,), "x⁸": (1e-5,),
        },
    ),
    "huge": Kind(
        "huge points and derivatives",
        {
            "exp(x)": (70.0, 600.0), "1e30 x": (1.0,), "x²": (1e15,), "x³": (-1e10,), "sin(x)": (1e6,),
            "sqrt(x)": (1e200,),
        },
    ),
    "oscillating": Kind(
        "oscillations and narrow bumps",
        {
            "sin(10³ x)": (0.3,), "sin(10⁵ x)": (0.3,), "sin(1/x)": (0.01,),
            "exp(−10⁶ x²)": (5e-4,), "1/(1 + 10⁸ x²)": (5e-5,),
        },
    ),
    "near-kink": Kind(
        "near a kink",
        {"relu(x)": (1e-2, 1e-5, 1e-8, -1e-5), "|x − 1|": (1.0001,), "max(x, −2x)": (-1e-6,)},
    ),
    "near-jump": Kind("near a jump", {"floor(x)": (0.5, 2.999)}, orders=1),
    "noisy": Kind("noise and float32", dict.fromkeys(NOISY, (0.7,)), orders=1),
    "kink": Kind(
        "at a kink, any subgradient",
        {"relu(x)": (0.0,), "|x − 1|": (1.0,), "max(x, −2x)": (0.0,)},
        orders=1,
        subgradients={
            "relu(x)": ((0.0, 0.5, 1.0), (2.0, -1.0)),
            "|x − 1|": ((0.0, -1.0, 1.0), (2.0,)),
            "max(x, −2x)": ((1.0, -0.5, -2.0), (1.5, -3.0)),
        },
    ),
    "jump": Kind(
        "at a jump, no answer", {"floor(x)": (2.0,)}, orders=1, subgradients={"floor(x)": ((), (0.0, 1.0))}
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Check:
    """A question to a checker: whether derivatives are right at a point.

    Attributes:
        kind: the key in `KINDS`.
        case: the function and the point.
        change: the error of the last derivative, or ``exact``; of a subgradient its number.
        right: the answer.
        x: the point.
        derivatives: f and f′, or f, f′ and f″; all but the last are right.
    """

    kind: str
    case: str
    change: str
    right: bool
    x: float
    derivatives: tuple[Scalar, ...]

    @property
    def order(self) -> int:
        """1 or 2."""
        return len(self.derivatives) - 1

    def pairs(self) -> Iterator[tuple[Scalar, Scalar]]:
        """f with f′, and f′ with f″."""
        return zip(self.derivatives, self.derivatives[1:], strict=False)

    def __str__(self) -> str:
        return f"{self.case}, {'second ' if self.order == 2 else ''}derivative {self.change}"


def _changed(derivative: Scalar, change: Callable[[float], float]) -> Scalar:
    return lambda x: change(derivative(x))


def _constant(slope: float) -> Scalar:
    return lambda x: slope


def _factor(size: float) -> Callable[[float], float]:
    return lambda d: d * (1 + size)


def _summand(size: float) -> Callable[[float], float]:
    return lambda d: d + size


# Errors by order: relative to the derivative, and absolute ones of a derivative that is 0.
FACTORS = {1: (1.0, 1e-1, 1e-3, 1e-5, 1e-7), 2: (1.0, 1e-3, 1e-5)}
SUMMANDS = {1: (1.0, 1e-3, 1e-5, 1e-7), 2: (1e-3,)}


def _changes(order: int, derivative: float) -> Iterator[tuple[str, Callable[[float], float]]]:
    if derivative:
        yield from ((f"off by {size:g} of itself", _factor(size)) for size in FACTORS[order])
        yield "zero", lambda d: 0.0
        if order == 1:
            yield "of the wrong sign", lambda d: -d
    else:
        yield from ((f"off by {size:g}", _summand(size)) for size in SUMMANDS[order])
    if order == 1:
        yield "nan", lambda d: math.nan


def checks(kinds: Iterable[str] = KINDS) -> list[Check]:
    """The checks of some kinds, in one order in every process."""
    return [check for key in kinds for check in _checks(key, KINDS[key])]


def _checks(key: str, kind: Kind) -> Iterator[Check]:
    for name, points in kind.points.items():
        f = FUNCTIONS[name]
        exact = [f.derivative(order) for order in range(1, kind.orders + 1)]
        for x in points:
            case = f"{name} at {x!r}"
            if kind.subgradients is not None:
                for right, slopes in zip((True, False), kind.subgradients[name], strict=True):
                    for slope in slopes:
                        yield Check(key, case, f"{slope:g}", right, x, (f, _constant(slope)))
                continue
            for order, derivative in enumerate(exact, start=1):
                lower: tuple[Scalar, ...] = (f, *exact[: order - 1])
                yield Check(key, case, "exact", True, x, (*lower, derivative))
                for change, apply in _changes(order, derivative(x)):
                    yield Check(key, case, change, False, x, (*lower, _changed(derivative, apply)))
