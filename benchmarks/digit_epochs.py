"""One epoch of the 784-16-16-10 net, as each peer runs it: one small step after another.

Batches are slices of the whole, in the same order for everyone; the clock covers forward, backward
and the step of gradient descent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from time import perf_counter
from typing import Any, NamedTuple

from benchmarks.digit_net import (
    IMAGES,
    RATE,
    flat,
    images,
    jax_stepped,
    numpy_gradients,
    numpy_step,
    parameters,
    torch_cost,
    torch_step,
)
from benchmarks.measure import median_of
from benchmarks.native import expert_epoch

__all__ = [
    "Net",
    "check",
    "expert_c",
    "hips",
    "in_batches",
    "jax",
    "jax_scan",
    "numpy",
    "numpy_in_place",
    "time",
    "torch",
    "torch_compiled",
]


class Net(NamedTuple):
    """A library at work.

    Attributes:
        epoch: goes through all images at a batch size.
        gradient: of the first batch at the start, flat.
        memory: of a program at a batch size, where there is one.
    """

    epoch: Callable[[int], Any]
    gradient: Callable[[int], list[float]]
    memory: Callable[[int], dict[str, float]] | None = None


def in_batches(batch: int) -> Iterator[slice]:
    """The slices of an epoch; the last may be shorter."""
    return (slice(i, i + batch) for i in range(0, IMAGES, batch))


def went(stepped: Iterable[Any]) -> list[float]:
    """The gradient at the start, from the parameters after one step: timed and compared is the same code."""
    return [(start - now) / RATE for start, now in zip(flat(parameters()), flat(stepped), strict=True)]


def numpy() -> Net:
    """By hand, plain."""
    import numpy as np

    X, Y = images()
    params = parameters()

    def epoch(batch: int) -> None:
        for chosen in in_batches(batch):
            for p, g in zip(params, numpy_gradients(params, X[chosen], Y[chosen]), strict=True):
                np.subtract(p, RATE * g, out=p)

    return Net(epoch, lambda batch: flat(numpy_gradients(params, X[:batch], Y[:batch])))


def numpy_in_place() -> Net:
    """By hand, with every result in an array made before."""
    import numpy as np

    X, Y = images()
    theta = np.concatenate([p.ravel() for p in parameters()])

    @cache
    def prepared(n: int) -> Callable[[Any, Any], Any]:
        return numpy_step(theta, n)

    def epoch(batch: int) -> None:
        for chosen in in_batches(batch):
            x = X[chosen]
            prepared(len(x))(x, Y[chosen])

    return Net(epoch, lambda batch: flat([prepared(batch)(X[:batch], Y[:batch]) / RATE]))


def expert_c() -> Net:
    """C by an expert for this net alone: digit_net.c."""
    import numpy as np

    XY = np.hstack(images())
    theta = np.concatenate([p.ravel() for p in parameters()])
    steps = expert_epoch()

    def epoch(batch: int) -> None:
        steps(theta, XY, batch, RATE)

    def gradient(batch: int) -> list[float]:
        moved = theta.copy()
        steps(moved, XY[:batch], batch, RATE)
        return went([moved])

    return Net(epoch, gradient)


def torch() -> Net:
    """Eager torch without an optimizer object, which would make it half as slow again."""
    import torch

    X, Y = map(torch.from_numpy, images())
    params = [torch.from_numpy(p).requires_grad_() for p in parameters()]
    cost = torch_cost(params)

    def epoch(batch: int) -> None:
        for chosen in in_batches(batch):
            gradients = torch.autograd.grad(cost(X[chosen], Y[chosen]), params)
            with torch.no_grad():
                torch._foreach_add_(params, gradients, alpha=-RATE)  # as torch.optim.SGD does

    def gradient(batch: int) -> list[float]:
        cost(X[:batch], Y[:batch]).backward()
        return flat(p.grad for p in params)

    return Net(epoch, gradient)


def torch_compiled() -> Net:
    """The gradient and the step in one compiled function."""
    import torch

    X, Y = map(torch.from_numpy, images())
    start = list(map(torch.from_numpy, parameters()))
    step = torch_step()

    def epoch(batch: int) -> None:
        params = start
        with torch.no_grad():
            for chosen in in_batches(batch):
                params = step(params, X[chosen], Y[chosen])

    return Net(epoch, lambda batch: went(step(start, X[:batch], Y[:batch])))


def jax() -> Net:
    """jax.jit of the whole step, one call a step; the batch is sliced inside it, where that is free."""
    import jax
    import jax.numpy as jnp

    X, Y = map(jnp.asarray, images())
    start = list(map(jnp.asarray, parameters()))

    @partial(jax.jit, static_argnums=4)
    def step(params: Any, X: Any, Y: Any, i: Any, batch: int) -> Any:
        return jax_stepped(params, *(jax.lax.dynamic_slice_in_dim(A, i, batch) for A in (X, Y)))

    def epoch(batch: int) -> None:
        params = start
        # dynamic_slice moves a ragged last batch back to a full one, so nothing is compiled anew.
        for i in range(0, IMAGES, batch):
            params = step(params, X, Y, i, batch)
        jax.block_until_ready(params)

    return Net(epoch, lambda batch: went(step(start, X, Y, 0, batch)))


def jax_scan() -> Net:
    """A whole epoch in one compiled function: `lax.scan` over the steps."""
    import jax
    import jax.numpy as jnp

    X, Y = map(jnp.asarray, images())
    start = list(map(jnp.asarray, parameters()))

    @partial(jax.jit, static_argnums=3)
    def steps(params: Any, X: Any, Y: Any, batch: int) -> Any:
        full = len(X) // batch * batch

        def step(params: Any, chosen: Any) -> Any:
            return jax_stepped(params, *chosen), None

        batches = tuple(A[:full].reshape(-1, batch, A.shape[1]) for A in (X, Y))
        params, _ = jax.lax.scan(step, params, batches)
        return params if full == len(X) else jax_stepped(params, X[full:], Y[full:])

    return Net(
        lambda batch: jax.block_until_ready(steps(start, X, Y, batch)),
        lambda batch: went(steps(start, X[:batch], Y[:batch], batch)),
    )


def hips() -> Net:
    """HIPS autograd."""
    from autograd import grad
    from autograd import numpy as anp

    X, Y = images()
    params = parameters()

    def cost(params: Any, x: Any, y: Any) -> Any:
        a = x
        for W, b in zip(params[::2], params[1::2], strict=True):
            a = 1 / (1 + anp.exp(-(anp.dot(a, W.T) + b)))
        return anp.sum((a - y) ** 2) / len(x)

    gradients = grad(cost)

    def epoch(batch: int) -> None:
        for chosen in in_batches(batch):
            for p, g in zip(params, gradients(params, X[chosen], Y[chosen]), strict=True):
                p -= RATE * g  # noqa: PLW2901 - in place

    return Net(epoch, lambda batch: flat(gradients(params, X[:batch], Y[:batch])))


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
