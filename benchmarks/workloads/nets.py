"""The 784-16-16-10 net trained for one epoch: eager arrays, one small step after another."""

from __future__ import annotations

from typing import Any

from benchmarks.digit_epochs import Net, check, jax, numpy, time, torch
from benchmarks.digit_net import BATCHES, IMAGES, RATE, flat, images, parameters
from benchmarks.workload import OURS, Column, Contender, Target, Workload


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
                p._set(p._primal - RATE * p.grad)  # as an optimizer does
                p.grad = None

    def gradient(batch: int) -> list[float]:
        cost(X[:batch], Y[:batch]).backward()
        return flat(p.grad for p in params)

    return Net(epoch, gradient)


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
