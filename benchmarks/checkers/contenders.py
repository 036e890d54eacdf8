"""The checkers, each with its defaults: a contender makes a judge, which gives its verdict on a check.

A checker compares derivatives that its library computes, so the functions of a check become primitives of
that library, with the derivatives of the check. A method that estimates the error of its difference is
used as it usually is: a derivative may be off by ten times the error.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.checkers.cases import Check
from benchmarks.checkers.functions import Scalar
from benchmarks.workload import OURS, Contender

__all__ = ["AGREES", "CANNOT_TELL", "CONTENDERS", "DISAGREES", "Judge"]

AGREES, DISAGREES, CANNOT_TELL = "agrees", "disagrees", "cannot tell"

Judge = Callable[[Check], str]
Estimate = Callable[[Scalar, float], tuple[float, float]]  # (f, x) -> f′(x) and its error

TRUSTED = 10  # errors of its own that an estimate may be off


def _of_all(verdicts: Iterable[str]) -> str:
    """The verdict on derivatives of several orders: one wrong derivative is enough."""
    by_order = list(verdicts)
    return next((verdict for verdict in (DISAGREES, CANNOT_TELL) if verdict in by_order), AGREES)


def _verdict(agreement: Any) -> str:
    return AGREES if agreement else DISAGREES


def _by(estimate: Estimate, agree: Callable[[float, float, float], bool]) -> Judge:
    """A judge by differences: `agree` takes a derivative, its estimate and the estimate's error."""

    def one(f: Scalar, derivative: Scalar, x: float) -> str:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value, error = estimate(f, x)
        if math.isnan(value) or math.isnan(error):
            return CANNOT_TELL
        return _verdict(agree(derivative(x), value, error))

    return lambda check: _of_all(one(f, derivative, check.x) for f, derivative in check.pairs())


def _within_its_error(derivative: float, value: float, error: float) -> bool:
    return abs(derivative - value) <= TRUSTED * error


def ours() -> Judge:
    from autograd import DomainError, GradientError, gradcheck

    def one(f: Scalar, derivative: Scalar, x: float) -> str:
        try:
            return AGREES if gradcheck(f, x, gradient=derivative) else CANNOT_TELL
        except GradientError:
            return DISAGREES
        except DomainError:  # no derivative, or no differences, at x
            return CANNOT_TELL

    def judge(check: Check) -> str:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _of_all(one(f, derivative, check.x) for f, derivative in check.pairs())

    return judge


def torch() -> Judge:
    import torch
    from torch.autograd.gradcheck import GradcheckError, gradcheck, gradgradcheck

    torch.manual_seed(0)  # gradgradcheck draws the gradients that it starts from

    def primitive(derivatives: tuple[Scalar, ...]) -> Callable[[Any], Any]:
        f, *others = derivatives

        class Primitive(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, x: Any) -> Any:
                ctx.save_for_backward(x)
                return torch.tensor(f(x.item()), dtype=torch.float64)

            @staticmethod
            def backward(ctx: Any, gradient: Any) -> Any:
                (x,) = ctx.saved_tensors
                return gradient * primitive(tuple(others))(x)

        return Primitive.apply if others else lambda x: torch.tensor(f(x.item()), dtype=torch.float64)

    def judge(check: Check) -> str:
        x = torch.tensor(check.x, dtype=torch.float64, requires_grad=True)
        f = primitive(check.derivatives)
        try:
            return _verdict(gradcheck(f, (x,)) and (check.order == 1 or gradgradcheck(f, (x,))))
        except GradcheckError:
            return DISAGREES

    return judge


def jax() -> Judge:
    import jax
    from jax.test_util import check_grads

    jax.config.update("jax_enable_x64", True)

    def primitive(derivatives: tuple[Scalar, ...]) -> Callable[[Any], Any]:
        f, *others = derivatives

        def call(x: Any) -> Any:  # never traced: the rules below keep the numbers of primals
            return jax.numpy.float64(f(float(x)))

        if not others:
            return call
        function: Any = jax.custom_jvp(call)
        slope = primitive(tuple(others))
        function.defjvp(lambda xs, tangents: (function(*xs), slope(*xs) * tangents[0]))
        return function

    def judge(check: Check) -> str:
        try:
            check_grads(primitive(check.derivatives), (check.x,), order=check.order)
        except AssertionError:
            return DISAGREES
        return AGREES

    return judge


def hips() -> Judge:
    import numpy as np
    from autograd.test_util import check_grads

    from autograd.extend import defjvp, defvjp, primitive

    np.random.seed(0)  # it draws its directions from NumPy's global generator

    def recorded(derivatives: tuple[Scalar, ...]) -> Callable[[Any], Any]:
        f, *others = derivatives
        function: Callable[[Any], Any] = primitive(lambda x: f(float(x)))
        if others:
            slope = recorded(tuple(others))
            defvjp(function, lambda out, x: lambda gradient: gradient * slope(x))
            defjvp(function, lambda tangent, out, x: tangent * slope(x))
        return function

    def judge(check: Check) -> str:
        try:
            check_grads(recorded(check.derivatives), modes=["fwd", "rev"], order=check.order)(check.x)
        except AssertionError:
            return DISAGREES
        return AGREES

    return judge


def numdifftools() -> Judge:
    from numdifftools import Derivative

    def estimate(f: Scalar, x: float) -> tuple[float, float]:
        result = Derivative(lambda t: f(float(t)), full_output=True)(x)  # t is an array
        return float(result.estimate), float(result.error_estimate)

    return _by(estimate, _within_its_error)


def scipy() -> Judge:
    import numpy as np
    from scipy.differentiate import derivative

    def estimate(f: Scalar, x: float) -> tuple[float, float]:
        result = derivative(np.vectorize(f, otypes=[float]), x)
        return float(result.df), float(result.error)

    return _by(estimate, _within_its_error)


def chain_rules() -> Judge:
    """The differences and the tolerance of ChainRulesTestUtils, by the port of its differences to Python."""
    from fdm import central_fdm

    def estimate(f: Scalar, x: float) -> tuple[float, float]:
        return float(central_fdm(5, 1)(f, x)), 0.0

    return _by(estimate, lambda a, b, _: abs(a - b) <= max(1e-9, 1e-9 * max(abs(a), abs(b))))


def central() -> Judge:
    """A central difference of step 1e-6, compared with NumPy's `isclose`."""
    import numpy as np

    step = 1e-6

    def estimate(f: Scalar, x: float) -> tuple[float, float]:
        return (f(x + step) - f(x - step)) / (2 * step), 0.0

    return _by(estimate, lambda derivative, value, _: bool(np.isclose(derivative, value)))


CONTENDERS = {
    OURS: Contender(ours),
    "torch": Contender(torch, "torch"),
    "JAX": Contender(jax, "jax"),
    "HIPS autograd": Contender(hips, "autograd"),
    "fdm, as ChainRulesTestUtils": Contender(chain_rules, "fdm"),
    "numdifftools": Contender(numdifftools, "numdifftools"),
    "scipy.differentiate": Contender(scipy, "scipy"),
    "differences of 1e-6": Contender(central),
}
