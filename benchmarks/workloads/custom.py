"""Training a net and a cost that a user wrote: an epoch over shuffled images."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

from benchmarks.digit_net import images
from benchmarks.digit_training import Trainer, each_epoch, moved, orders, time
from benchmarks.native import no_compiler, road_of_fit
from benchmarks.workload import OURS, Column, Contender, Target, Workload

WIDTHS = (784, 32, 32, 10)
RATE, PENALTY, MISSED = 0.002, 1e-4, 3.0
BATCHES = (32, 100)
PROGRAMS, EAGER = "chainrule, NumPy programs", "chainrule, eager loop"


def start() -> list[Any]:
    """W and b of each layer, in turn."""
    import numpy as np

    rng = np.random.default_rng(1)
    layers = [(rng.normal(0, m**-0.5, (n, m)), np.zeros(n)) for m, n in pairwise(WIDTHS)]
    return [array.astype(np.float32) for layer in layers for array in layer]


def outputs(params: Any, x: Any, tanh: Callable[[Any], Any]) -> Any:
    """The second layer is added to the first."""
    W1, b1, W2, b2, W3, b3 = params
    h = tanh(x @ W1.T + b1)
    h = h + tanh(h @ W2.T + b2)
    return h @ W3.T + b3


def cost(params: Any, a: Any, y: Any) -> Any:
    """Squares of which the desired class weighs more, in the mean over the examples, and a penalty."""
    squares = ((a - y) * (a - y) * (1 + MISSED * y)).sum(1).mean()
    return squares + PENALTY * sum((W * W).sum() for W in params[::2])


def _net() -> tuple[Any, Callable[[Any, Any], Any]]:
    """A user's net at the start, and its cost."""
    from autograd import Tensor, tanh

    class Net:
        def __init__(self) -> None:
            self.params = [Tensor(p) for p in start()]

        def parameters(self) -> list[Any]:
            return self.params

        def __call__(self, x: Any) -> Any:
            return outputs(self.params, x, tanh)

    net = Net()
    return net, partial(cost, net.params)


def ours(native: bool | None = None) -> Trainer:
    """`nn.fit`; `native` as in the workload "training"."""
    import nn

    X, Y = images()
    net, own_cost = _net()
    optimizer, rng = nn.SGD(net.parameters(), lr=RATE), orders()
    check_road = road_of_fit(not no_compiler() if native is None else native)

    def train(batch: int, count: int, epochs: int) -> list[float]:
        history = nn.fit(
            net,
            X[:count],
            Y[:count],
            cost=own_cost,
            optimizer=optimizer,
            epochs=epochs,
            batch_size=batch,
            rng=rng,
        )
        check_road()
        return [epoch.seconds for epoch in history]

    return Trainer(train, lambda: [p.data for p in net.parameters()])


def eager() -> Trainer:
    """On nodes, in a loop by hand."""
    import nn

    X, Y = images()
    net, own_cost = _net()
    optimizer, rng = nn.SGD(net.parameters(), lr=RATE), orders()

    def epoch(batch: int, count: int) -> None:
        order = rng.permutation(count)
        for i in range(0, count, batch):
            chosen = order[i : i + batch]
            total = own_cost(net(X[chosen]), Y[chosen])
            optimizer.zero_grad()
            total.backward()
            optimizer.step()

    return Trainer(each_epoch(epoch), lambda: [p.data for p in net.parameters()])


def torch(compiled: bool = False) -> Trainer:
    """Eager with `torch.optim.SGD`; or the gradient and the step in one compiled function."""
    import torch

    X, Y = map(torch.from_numpy, images())
    params = list(map(torch.from_numpy, start()))
    rng = orders()

    def total(params: Any, x: Any, y: Any) -> Any:
        return cost(params, outputs(params, x, torch.tanh), y)

    if compiled:
        gradients = torch.func.grad(total)
        step = torch.compile(
            lambda params, x, y: [p - RATE * g for p, g in zip(params, gradients(params, x, y), strict=True)],
            dynamic=False,
        )

        def take(chosen: Any) -> None:
            params[:] = step(params, X[chosen], Y[chosen])

    else:
        params = [p.requires_grad_() for p in params]
        optimizer = torch.optim.SGD(params, lr=RATE)

        def take(chosen: Any) -> None:
            optimizer.zero_grad()
            total(params, X[chosen], Y[chosen]).backward()
            optimizer.step()

    def epoch(batch: int, count: int) -> None:
        with torch.set_grad_enabled(not compiled):
            for chosen in torch.from_numpy(rng.permutation(count)).split(batch):
                take(chosen)

    return Trainer(each_epoch(epoch), lambda: [p.detach() for p in params])


def jax() -> Trainer:
    """jax.jit of the whole step, one call a step; the batch is gathered inside it."""
    import jax
    import jax.numpy as jnp

    X, Y = map(jnp.asarray, images())
    params = list(map(jnp.asarray, start()))
    rng = orders()

    def total(params: Any, x: Any, y: Any) -> Any:
        return cost(params, outputs(params, x, jnp.tanh), y)

    @jax.jit
    def step(params: Any, X: Any, Y: Any, chosen: Any) -> Any:
        gradients = jax.grad(total)(params, X[chosen], Y[chosen])
        return [p - RATE * g for p, g in zip(params, gradients, strict=True)]

    def epoch(batch: int, count: int) -> None:
        order = rng.permutation(count)
        for i in range(0, count, batch):
            params[:] = step(params, X, Y, order[i : i + batch])
        jax.block_until_ready(params)

    return Trainer(each_epoch(epoch), lambda: params)


def check(library: Trainer, batch: int) -> list[float]:
    return moved(library, start(), RATE, batch)


WORKLOAD = Workload(
    name="custom",
    title="Training a net and a cost that a user wrote, with nn.fit",
    about=(
        f"A net 784-32-32-10 with tanh, whose second layer is added to the first, and weighted squares with "
        "a penalty on the weights; gradient descent, 10,000 random images in float32, shuffled; ms for one "
        f"epoch. **{OURS}** is `nn.fit` of a class with `parameters()` and `__call__` on Tensors and of a "
        "function for the cost."
    ),
    cases=BATCHES,
    case="batch {}",
    columns=(Column("epoch", "epoch (ms)", "{:.1f}"),),
    compared="epoch",
    contenders={
        OURS: Contender(ours, repeats=15),
        PROGRAMS: Contender(partial(ours, native=False)),
        EAGER: Contender(eager, repeats=3),
        "torch eager": Contender(torch, "torch", repeats=3),
        "torch.compile of the step": Contender(partial(torch, compiled=True), "torch"),
        "jax.jit per step": Contender(jax, "jax"),
    },
    check=check,
    time=time,
    repeats=dict.fromkeys(BATCHES, 5),
    rtol=1e-4,
    targets=tuple(
        Target(batch, "epoch", limit, against, of=of)
        for of, against, limit in (
            (OURS, "jax.jit per step", 0.4),
            (OURS, "torch eager", 1.0),
            (PROGRAMS, "jax.jit per step", 0.9),
            (PROGRAMS, EAGER, 1.0),
        )
        for batch in BATCHES
    ),
)
