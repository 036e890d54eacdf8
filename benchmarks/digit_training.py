"""Training the 784-16-16-10 net over shuffled images, as each peer does it.

Everyone goes through the same images in the same order, from the same start, batch by batch; the
clock covers the shuffling, the gathering of each batch, forward, backward and the step of gradient
descent.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from functools import cache, partial
from itertools import pairwise
from time import perf_counter
from typing import Any, NamedTuple

from benchmarks.digit_net import (
    IMAGES,
    RATE,
    SIZES,
    flat,
    images,
    jax_stepped,
    numpy_step,
    parameters,
    torch_cost,
    torch_step,
)
from benchmarks.native import expert_epoch

__all__ = [
    "Trainer",
    "each_epoch",
    "expert_c",
    "jax",
    "jax_scan",
    "moved",
    "numpy_in_place",
    "orders",
    "time",
    "torch",
    "torch_whole_step",
]

Train = Callable[[int, int, int], list[float]]
CHECKED = 1000  # images: enough steps to tell a wrong order or a wrong last batch


class Trainer(NamedTuple):
    """A library at work.

    Attributes:
        train: ``(batch, count, epochs)`` goes `epochs` times through the first `count` images, each time in
            a new order, and gives the seconds of each.
        parameters: what they are now.
    """

    train: Train
    parameters: Callable[[], Any]


def orders() -> Any:
    """The generator of every contender for the order of each epoch."""
    import numpy as np

    return np.random.default_rng(2)


def each_epoch(epoch: Callable[[int, int], Any]) -> Train:
    """Training by a function that goes once through the images."""

    def train(batch: int, count: int, epochs: int) -> list[float]:
        ends = [perf_counter()]
        for _ in range(epochs):
            epoch(batch, count)
            ends.append(perf_counter())
        return [end - start for start, end in pairwise(ends)]

    return train


def moved(library: Trainer, start: Any, rate: float, batch: int) -> list[float]:
    """How far each parameter goes in a short epoch, over the rate: the sum of its steps' gradients."""
    library.train(batch, CHECKED, 1)
    pairs = zip(flat(start), flat(library.parameters()), strict=True)
    return [(before - now) / rate for before, now in pairs]


def time(library: Trainer, batch: int, repeats: int) -> dict[str, float]:
    """ms an epoch, after one to warm up: in a single call, as a user trains."""
    _, *seconds = library.train(batch, IMAGES, repeats + 1)
    return {"epoch": statistics.median(seconds) * 1000}


def expert_c() -> Trainer:
    """C by an expert for this net alone; the images are put in order before each epoch."""
    import numpy as np

    XY = np.hstack(images())
    ordered = np.empty_like(XY)
    theta = np.concatenate([p.ravel() for p in parameters()])
    steps = expert_epoch()
    rng = orders()

    def epoch(batch: int, count: int) -> None:
        rows = XY.take(rng.permutation(count), 0, ordered[:count], "clip")
        steps(theta, rows, batch, RATE)

    return Trainer(each_epoch(epoch), lambda: [theta])


def numpy_in_place() -> Trainer:
    """By hand, with every result in an array made before."""
    import numpy as np

    X, Y = images()
    theta = np.concatenate([p.ravel() for p in parameters()])
    rng = orders()

    @cache
    def prepared(n: int) -> Callable[[Any], Any]:
        """The step of a batch of n."""
        step = numpy_step(theta, n)
        x, y = np.empty((n, SIZES[0]), np.float32), np.empty((n, SIZES[-1]), np.float32)

        def chosen_step(chosen: Any) -> None:
            step(X.take(chosen, 0, x, "clip"), Y.take(chosen, 0, y, "clip"))

        return chosen_step

    def epoch(batch: int, count: int) -> None:
        order = rng.permutation(count)
        for i in range(0, count, batch):
            chosen = order[i : i + batch]
            prepared(len(chosen))(chosen)

    return Trainer(each_epoch(epoch), lambda: [theta])


def torch() -> Trainer:
    """As a user writes it, with `torch.optim.SGD`, but without modules, which would make it slower."""
    import torch

    X, Y = map(torch.from_numpy, images())
    params = [torch.from_numpy(p).requires_grad_() for p in parameters()]
    cost: Any = torch_cost(params)
    optimizer = torch.optim.SGD(params, lr=RATE)
    rng = orders()

    def epoch(batch: int, count: int) -> None:
        for chosen in torch.from_numpy(rng.permutation(count)).split(batch):
            optimizer.zero_grad()
            cost(X[chosen], Y[chosen]).backward()
            optimizer.step()

    return Trainer(each_epoch(epoch), lambda: [p.detach() for p in params])


def torch_whole_step() -> Trainer:
    """The gradient and the step in one compiled function."""
    import torch

    X, Y = map(torch.from_numpy, images())
    params = list(map(torch.from_numpy, parameters()))
    rng = orders()
    step = torch_step()

    def epoch(batch: int, count: int) -> None:
        with torch.no_grad():
            for chosen in torch.from_numpy(rng.permutation(count)).split(batch):
                params[:] = step(params, X[chosen], Y[chosen])

    return Trainer(each_epoch(epoch), lambda: params)


def _jax_step(params: Any, X: Any, Y: Any, chosen: Any) -> Any:
    return jax_stepped(params, X[chosen], Y[chosen])


def jax() -> Trainer:
    """jax.jit of the whole step, one call a step; the batch is gathered inside it."""
    import jax
    import jax.numpy as jnp

    X, Y = map(jnp.asarray, images())
    params = list(map(jnp.asarray, parameters()))
    rng = orders()
    step = jax.jit(_jax_step)

    def epoch(batch: int, count: int) -> None:
        order = rng.permutation(count)
        for i in range(0, count, batch):
            params[:] = step(params, X, Y, order[i : i + batch])
        jax.block_until_ready(params)

    return Trainer(each_epoch(epoch), lambda: params)


def jax_scan() -> Trainer:
    """A whole epoch in one compiled function: `lax.scan` over the steps."""
    import jax
    import jax.numpy as jnp

    X, Y = map(jnp.asarray, images())
    params = list(map(jnp.asarray, parameters()))
    rng = orders()

    @partial(jax.jit, static_argnums=4)
    def steps(params: Any, X: Any, Y: Any, order: Any, batch: int) -> Any:
        full = len(order) // batch * batch

        def step(params: Any, chosen: Any) -> Any:
            return _jax_step(params, X, Y, chosen), None

        params, _ = jax.lax.scan(step, params, order[:full].reshape(-1, batch))
        return params if full == len(order) else _jax_step(params, X, Y, order[full:])

    def epoch(batch: int, count: int) -> None:
        params[:] = steps(params, X, Y, rng.permutation(count), batch)
        jax.block_until_ready(params)

    return Trainer(each_epoch(epoch), lambda: params)
