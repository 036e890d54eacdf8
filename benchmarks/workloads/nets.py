"""The 784-16-16-10 net trained for one epoch: eager arrays, one small step after another.

Batches are slices of the whole, in the same order for everyone; the clock covers forward, backward
and the step of gradient descent.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any, NamedTuple

from benchmarks.digit_net import (
    BATCHES,
    IMAGES,
    RATE,
    flat,
    images,
    jax_cost,
    numpy_gradients,
    parameters,
    torch_cost,
)
from benchmarks.measure import median_of
from benchmarks.workload import OURS, Column, Contender, Target, Workload


class Net(NamedTuple):
    """A library at work: one epoch at a batch size, and the gradient of the first batch, flat."""

    epoch: Callable[[int], Any]
    gradient: Callable[[int], list[float]]


def ours() -> Net:
    from autograd import Tensor, sigmoid, square

    X, Y = images()
    params = [Tensor(p) for p in parameters()]
    W1, b1, W2, b2, W3, b3 = params

    def cost(x: Any, y: Any) -> Any:
        a = sigmoid(x @ W1.T + b1)
        a = sigmoid(a @ W2.T + b2)
        a = sigmoid(a @ W3.T + b3)
        return square(a - y).sum() / len(x)

    def epoch(batch: int) -> None:
        for i in range(0, IMAGES, batch):
            cost(X[i : i + batch], Y[i : i + batch]).backward()
            for p in params:
                p._set(p._data - RATE * p.grad)  # as an optimizer does
                p.grad = None

    def gradient(batch: int) -> list[float]:
        cost(X[:batch], Y[:batch]).backward()
        return flat(p.grad for p in params)

    return Net(epoch, gradient)


def numpy() -> Net:
    import numpy as np

    X, Y = images()
    params = parameters()

    def epoch(batch: int) -> None:
        for i in range(0, IMAGES, batch):
            gradients = numpy_gradients(params, X[i : i + batch], Y[i : i + batch])
            for p, g in zip(params, gradients, strict=True):
                np.subtract(p, RATE * g, out=p)

    return Net(epoch, lambda batch: flat(numpy_gradients(params, X[:batch], Y[:batch])))


def torch() -> Net:
    """Eager torch without an optimizer object, which would make it half as slow again."""
    import torch

    X, Y = map(torch.from_numpy, images())
    params = [torch.from_numpy(p).requires_grad_() for p in parameters()]
    cost = torch_cost(params)

    def epoch(batch: int) -> None:
        for i in range(0, IMAGES, batch):
            gradients = torch.autograd.grad(cost(X[i : i + batch], Y[i : i + batch]), params)
            with torch.no_grad():
                torch._foreach_add_(params, gradients, alpha=-RATE)  # as torch.optim.SGD does

    def gradient(batch: int) -> list[float]:
        cost(X[:batch], Y[:batch]).backward()
        return flat(p.grad for p in params)

    return Net(epoch, gradient)


def jax() -> Net:
    """jax.jit of the whole step, one call a step; the batch is sliced inside it, where that is free."""
    from functools import partial

    import jax
    import jax.numpy as jnp

    X, Y = map(jnp.asarray, images())
    start = list(map(jnp.asarray, parameters()))

    @partial(jax.jit, static_argnums=4)
    def step(params: Any, X: Any, Y: Any, i: Any, batch: int) -> Any:
        x, y = (jax.lax.dynamic_slice_in_dim(A, i, batch) for A in (X, Y))
        gradients = jax.grad(jax_cost)(params, x, y)
        return [p - RATE * g for p, g in zip(params, gradients, strict=True)]

    def epoch(batch: int) -> None:
        params = start
        # dynamic_slice moves a ragged last batch back to a full one, so nothing is compiled anew.
        for i in range(0, IMAGES, batch):
            params = step(params, X, Y, i, batch)
        jax.block_until_ready(params)

    return Net(epoch, lambda batch: flat(jax.grad(jax_cost)(start, X[:batch], Y[:batch])))


def check(library: Net, batch: int) -> list[float]:
    """The gradient of the first batch's cost with respect to every weight and bias."""
    return library.gradient(batch)


def time(library: Net, batch: int, repeats: int) -> dict[str, float]:
    """ms an epoch, after one to warm up."""

    def once() -> dict[str, float]:
        start = perf_counter()
        library.epoch(batch)
        return {"epoch": (perf_counter() - start) * 1000}

    once()
    return median_of(once() for _ in range(repeats))


WORKLOAD = Workload(
    name="nets",
    title="The 784-16-16-10 net, eager arrays",
    about=(
        "Sigmoid, quadratic cost, gradient descent, 10,000 random images in float32; ms for one epoch at "
        "each batch size."
    ),
    cases=BATCHES,
    case="batch {}",
    columns=(Column("epoch", "epoch (ms)", "{:.1f}"),),
    compared="epoch",
    contenders={
        OURS: Contender(ours),
        "NumPy by hand": Contender(numpy),
        "torch eager": Contender(torch, "torch"),
        "jax.jit per step": Contender(jax, "jax"),
    },
    check=check,
    time=time,
    repeats=dict.fromkeys(BATCHES, 5),
    rtol=1e-4,
    targets=tuple(
        Target(batch, "epoch", 1.0, against)
        for against in ("torch eager", "jax.jit per step")
        for batch in BATCHES
    ),
)
