"""A function of a user's own, differentiated and compiled: logistic regression with a penalty."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.measure import ms_a_call
from benchmarks.workload import OURS, Column, Contender, Target, Workload

FEATURES, PENALTY = 20, 1e-2
EAGER, SHAPED = "chainrule, eager", (10, 100, 1_000)

Both = Callable[[Any, Any, Any, Any], tuple[Any, Any]]  # of w, b, X, y: the cost, and its gradient by w and b


def example(n: int) -> tuple[Any, Any, Any, Any]:
    """w, b, and n examples with answers 0 and 1."""
    import numpy as np

    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, FEATURES))
    return rng.normal(size=FEATURES), np.array(0.1), X, (X[:, 0] > 0).astype(float)


def _cost(softplus: Callable[[Any], Any]) -> Callable[[Any, Any, Any, Any], Any]:
    """The cost as a user writes it, with a library's softplus: ln(1 + exp(z))."""

    def cost(w: Any, b: Any, X: Any, y: Any) -> Any:
        z = X @ w + b
        return (softplus(z) - y * z).mean() + PENALTY * (w * w).sum()

    return cost


def ours() -> Both:
    from autograd import compile, softplus, value_and_grad

    return compile(value_and_grad(_cost(softplus), argnums=(0, 1)))


def eager() -> Both:
    from autograd import softplus, value_and_grad

    return value_and_grad(_cost(softplus), argnums=(0, 1))


def numpy() -> Both:
    """By hand, plain."""
    import numpy as np

    def both(w: Any, b: Any, X: Any, y: Any) -> tuple[Any, Any]:
        z = X @ w + b
        d = (1 / (1 + np.exp(-z)) - y) / len(y)
        return (np.logaddexp(0, z) - y * z).mean() + PENALTY * w @ w, (d @ X + 2 * PENALTY * w, d.sum())

    return both


def torch() -> Both:
    import torch

    cost = _cost(torch.nn.functional.softplus)

    def both(w: Any, b: Any, X: Any, y: Any) -> tuple[Any, Any]:
        w, b, X, y = map(torch.from_numpy, (w, b.reshape(1), X, y))
        value = cost(w.requires_grad_(), b.requires_grad_(), X, y)
        return value, torch.autograd.grad(value, (w, b))

    return both


def jax() -> Both:
    """jax.jit of the value and the gradient."""
    import jax

    jax.config.update("jax_enable_x64", True)
    compiled = jax.jit(jax.value_and_grad(_cost(jax.nn.softplus), argnums=(0, 1)))
    return lambda *numbers: jax.block_until_ready(compiled(*numbers))


def hips() -> Both:
    """HIPS autograd."""
    from autograd import numpy as anp
    from autograd import value_and_grad

    cost = _cost(lambda z: anp.logaddexp(0.0, z))
    return value_and_grad(cost, argnum=(0, 1))


def check(both: Both, n: int) -> list[float]:
    """The value and the gradient."""
    value, (by_w, by_b) = both(*example(n))
    return [float(value), *map(float, by_w), float(by_b)]


def time(both: Both, n: int, repeats: int) -> dict[str, float]:
    """µs a call."""
    numbers = example(n)
    return {"call": 1000 * ms_a_call(lambda: both(*numbers), repeats)}


WORKLOAD = Workload(
    name="functions",
    title="A user's function: value and gradient of a logistic regression",
    about=(
        f"{FEATURES} weights and a bias, float64, arguments and results as arrays of NumPy; µs a call. "
        f"**{OURS}** is `compile(value_and_grad(cost))`, called as the function itself, beside "
        "`jax.jit(jax.value_and_grad(cost))`."
    ),
    cases=SHAPED,
    case="{:,} examples",
    columns=(Column("call", "call (µs)", "{:.1f}"),),
    compared="call",
    contenders={
        OURS: Contender(ours),
        EAGER: Contender(eager),
        "NumPy by hand": Contender(numpy),
        "torch eager": Contender(torch, "torch"),
        "jax.jit": Contender(jax, "jax"),
        "HIPS autograd": Contender(hips, "autograd"),
    },
    check=check,
    time=time,
    repeats=dict.fromkeys(SHAPED, 9),
    rtol=1e-9,
    targets=tuple(
        Target(n, "call", limit, against)
        for against, limit in (("jax.jit", 1.0), ("torch eager", 1.0), (EAGER, 0.5))
        for n in SHAPED
    ),
)
