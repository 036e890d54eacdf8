"""Training as a user does it: an epoch of the 784-16-16-10 net over shuffled images.

Everyone goes through the same images in the same order, from the same start, batch by batch; the
clock covers the shuffling, the gathering of each batch, forward, backward and the step of gradient
descent.
"""

from __future__ import annotations

import io
import statistics
from collections.abc import Callable
from contextlib import redirect_stderr
from functools import cache, partial
from itertools import pairwise
from time import perf_counter
from typing import Any, NamedTuple

from benchmarks.digit_net import (
    BATCHES,
    IMAGES,
    RATE,
    SIZES,
    flat,
    images,
    jax_stepped,
    numpy_gradients,
    numpy_step,
    parameters,
    torch_cost,
    torch_step,
)
from benchmarks.workload import OURS, Column, Contender, Target, Workload

CHECKED = 1000  # images: enough steps to tell a wrong order or a wrong last batch

Tick = Callable[[], Any]


class Trainer(NamedTuple):
    """A library at work.

    Attributes:
        train: ``(batch, count, epochs, tick)`` goes `epochs` times through the first `count` images,
            each time in a new order, and calls `tick` after each.
        parameters: what they are now.
    """

    train: Callable[[int, int, int, Tick], Any]
    parameters: Callable[[], Any]


def orders() -> Any:
    """The generator of every contender for the order of each epoch."""
    import numpy as np

    return np.random.default_rng(2)


def each_epoch(epoch: Callable[[int, int], Any]) -> Callable[[int, int, int, Tick], Any]:
    """Training by a function that goes once through the images."""

    def train(batch: int, count: int, epochs: int, tick: Tick) -> None:
        for _ in range(epochs):
            epoch(batch, count)
            tick()

    return train


# -- this project ---------------------------------------------------------------------------------


def _net() -> tuple[Any, Any]:
    """The net at the start, and its optimizer."""
    import numpy as np

    import nn

    net = nn.MLP(SIZES, rng=0, dtype=np.float32)
    for p, start in zip(net.parameters(), parameters(), strict=True):
        p.data = start
    return net, nn.SGD(net.parameters(), lr=RATE)


def ours() -> Trainer:
    """As a user calls it."""
    import nn

    X, Y = images()
    net, optimizer = _net()
    rng = orders()

    def train(batch: int, count: int, epochs: int, tick: Tick) -> None:
        nn.fit(
            net,
            X[:count],
            Y[:count],
            optimizer=optimizer,
            epochs=epochs,
            batch_size=batch,
            rng=rng,
            callbacks=[lambda history: tick()],
        )

    return Trainer(train, lambda: [p.data for p in net.parameters()])


def with_a_bar() -> Trainer:
    """`nn.fit` that draws its bar, to a terminal that takes all at once."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    plain = ours()

    def train(batch: int, count: int, epochs: int, tick: Tick) -> None:
        with redirect_stderr(Terminal()):
            plain.train(batch, count, epochs, tick)

    return plain._replace(train=train)


def bare(shuffled: bool = False) -> Trainer:
    """The same steps in a loop by hand: no history, no bar, no look at what came out."""
    import nn

    X, Y = images()
    net, optimizer = _net()
    rng = orders()
    if not shuffled:  # the images stand in the order that the others draw for those compared
        order = rng.permutation(CHECKED)
        X[:CHECKED], Y[:CHECKED] = X[order], Y[order]

    def epoch(batch: int, count: int) -> None:
        order = rng.permutation(count) if shuffled else None
        for i in range(0, count, batch):
            end = min(i + batch, count)
            chosen = slice(i, end) if order is None else order[i:end]
            cost = nn.quadratic_cost(net(X[chosen]), Y[chosen])
            optimizer.zero_grad()
            cost.backward()
            optimizer.step()

    return Trainer(each_epoch(epoch), lambda: [p.data for p in net.parameters()])


# -- NumPy ----------------------------------------------------------------------------------------


def numpy() -> Trainer:
    """By hand, plain: a new array for every result."""
    import numpy as np

    X, Y = images()
    params = parameters()
    rng = orders()

    def epoch(batch: int, count: int) -> None:
        order = rng.permutation(count)
        for i in range(0, count, batch):
            chosen = order[i : i + batch]
            for p, g in zip(params, numpy_gradients(params, X[chosen], Y[chosen]), strict=True):
                np.subtract(p, RATE * g, out=p)

    return Trainer(each_epoch(epoch), lambda: params)


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


# -- torch ----------------------------------------------------------------------------------------


def torch(compiled: bool = False) -> Trainer:
    """As a user writes it, with `torch.optim.SGD`, but without modules, which would make it slower."""
    import torch

    X, Y = map(torch.from_numpy, images())
    params = [torch.from_numpy(p).requires_grad_() for p in parameters()]
    cost: Any = torch_cost(params)
    if compiled:
        cost = torch.compile(cost, dynamic=False)
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


# -- jax ------------------------------------------------------------------------------------------


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


# -- the workload ---------------------------------------------------------------------------------


def check(library: Trainer, batch: int) -> list[float]:
    """How far each parameter goes in a short epoch, over the rate: the sum of its steps' gradients."""
    library.train(batch, CHECKED, 1, lambda: None)
    pairs = zip(flat(parameters()), flat(library.parameters()), strict=True)
    return [(start - now) / RATE for start, now in pairs]


def time(library: Trainer, batch: int, repeats: int) -> dict[str, float]:
    """ms an epoch, after one to warm up: in a single call, as a user trains."""
    ticks: list[float] = []
    library.train(batch, IMAGES, repeats + 1, lambda: ticks.append(perf_counter()))
    return {"epoch": statistics.median(after - before for before, after in pairwise(ticks)) * 1000}


BARE, DEFAULT = "chainrule, bare loop", "chainrule, default threads"

WORKLOAD = Workload(
    name="training",
    title="Training the 784-16-16-10 net with nn.fit",
    about=(
        "Sigmoid, quadratic cost, gradient descent, 10,000 random images in float32, shuffled; ms for one "
        f"epoch at each batch size. **{OURS}** is `nn.fit`, which also keeps cost and accuracy and guards "
        "against divergence. The bare loop takes the same steps by hand, and goes through the images as they "
        "lie; with default threads BLAS is not told how many to use; torch, jax and NumPy only train."
    ),
    cases=BATCHES,
    case="batch {}",
    columns=(Column("epoch", "epoch (ms)", "{:.1f}"),),
    compared="epoch",
    contenders={
        OURS: Contender(ours),
        BARE: Contender(bare),
        "chainrule, bare loop, shuffled": Contender(partial(bare, shuffled=True)),
        "chainrule, bar drawn": Contender(with_a_bar),
        DEFAULT: Contender(ours, default_threads=True),
        "NumPy by hand": Contender(numpy),
        "NumPy by hand, preallocated": Contender(numpy_in_place),
        "torch eager": Contender(torch, "torch"),
        "torch.compile of the cost": Contender(partial(torch, compiled=True), "torch"),
        "torch.compile of the step": Contender(torch_whole_step, "torch"),
        "jax.jit per step": Contender(jax, "jax"),
        "jax, an epoch in one scan": Contender(jax_scan, "jax"),
    },
    check=check,
    time=time,
    repeats=dict.fromkeys(BATCHES, 5),
    rtol=1e-5,
    targets=(
        *(Target(batch, "epoch", 1.0, "torch eager") for batch in BATCHES),
        *(Target(batch, "epoch", 1.1, BARE) for batch in BATCHES),
        *(Target(batch, "epoch", 1.3, OURS, of=DEFAULT) for batch in BATCHES),
    ),
)
