"""Data-parallel: deck B's net, written in scalars, on several JAX devices at once.

A mini-batch is dealt out to the devices; each finds the gradient of its examples, and the step
goes down the mean of these gradients, as deck B averages over training examples. On a machine with one
processor the devices are simulated; on several GPUs the program is the same.
"""

from __future__ import annotations

import os
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import autograd
import nn
from autograd import Program, Value
from chainrule.demos.options import HeldOut, Options, package

__all__ = ["devices", "gradient", "run", "scalar_net"]

DEVICES = 4
BATCH = 100
EPOCHS = 5
STEP = 1.0
SIMULATED = "--xla_force_host_platform_device_count"

Array = Any  # of JAX, or of NumPy


class ScalarNet(NamedTuple):
    """Deck B's net, compiled: its cost of one example, its outputs, and its parameters."""

    cost: Program
    outputs: Program
    theta: NDArray[np.float32]


def devices() -> Any:
    """JAX with several devices, simulated where there is only a processor.

    Raises:
        ImportError: when JAX is not installed, with the command that installs it.
    """
    flags = os.environ.get("XLA_FLAGS", "")
    if SIMULATED not in flags:  # JAX reads this once, when it is imported
        os.environ["XLA_FLAGS"] = f"{flags} {SIMULATED}={DEVICES}".strip()
    return package("jax", "jax", "chainrule demos parallel")


def scalar_net() -> ScalarNet:
    """784-16-16-10 in 13,002 scalars, recorded on one image and turned into programs for arrays."""
    net = nn.MLP([784, 16, 16, 10], node=Value, rng=0)
    pixels = [Value(0.5, label=f"x_{{{k}}}") for k in range(784)]
    desired = [Value(0.5, label=f"y_{{{j}}}") for j in range(10)]
    outputs = net(np.array(pixels, dtype=object))
    cost = nn.quadratic_cost(outputs, np.array(desired, dtype=object)).with_label("C")
    parameters = net.parameters()
    theta = np.array([p.data for p in parameters], np.float32)
    return ScalarNet(
        autograd.compile(cost, [*pixels, *desired], parameters, "float32"),
        autograd.compile(outputs, pixels, parameters, "float32"),
        theta,
    )


def gradient(jax: Any, cost: Program, count: int) -> Any:
    """A function (theta, X) of the mean cost of X and its gradient, X dealt out to `count` devices."""
    f = cost.to_jax()
    sharding = jax.sharding
    mesh = sharding.Mesh(np.array(jax.devices()[:count]), ("examples",))
    everywhere, dealt_out = sharding.PartitionSpec(), sharding.PartitionSpec("examples")

    def of_shard(theta: Array, X: Array) -> tuple[Array, Array]:
        # A copy of theta for each device: else JAX adds up its gradients on all of them by itself.
        mine = jax.lax.pcast(theta, "examples", to="varying")
        result = jax.value_and_grad(lambda theta: f(theta, X).mean())(mine)
        averaged: tuple[Array, Array] = jax.lax.pmean(result, "examples")
        return averaged

    specs = {"in_specs": (everywhere, dealt_out), "out_specs": (everywhere, everywhere)}
    return jax.jit(jax.shard_map(of_shard, mesh=mesh, **specs))


def run(options: Options) -> None:
    """Print that the devices together find the gradient that one finds, and train with it."""
    jax = devices()
    count = jax.device_count()
    net = scalar_net()
    training, held_out, source = options.digits
    X = np.hstack([training.images, nn.data.one_hot(training.labels)]).astype(np.float32)
    batch = min(BATCH, len(X)) // count * count
    print(f"\n  {len(net.theta):,} parameters, each a scalar; the graph of one image becomes\n")
    print("\n".join(f"    {line}" for line in str(net.cost).splitlines()))
    print(f"\n  {count} devices: {', '.join(map(str, jax.devices()))}")

    together, alone = gradient(jax, net.cost, count), gradient(jax, net.cost, 1)
    (_, slope), (_, expected) = together(net.theta, X[:batch]), alone(net.theta, X[:batch])
    difference = float(abs(np.asarray(slope) - np.asarray(expected)).max())
    largest = float(abs(np.asarray(expected)).max())
    print(f"  The gradient of {batch} images, {batch // count} to a device, against that of one device:")
    print(f"  numbers up to {largest:.2g}, differences up to {difference:.1g}\n")
    _train(jax, together, net, X, batch, HeldOut(training, held_out, source), options.epochs or EPOCHS)


def _train(
    jax: Any, slope_of: Any, net: ScalarNet, X: NDArray[np.float32], batch: int, digits: HeldOut, epochs: int
) -> None:
    rng = np.random.default_rng(0)
    theta = jax.numpy.asarray(net.theta)
    print(f"  {len(X):,} images {digits.source}, batches of {batch}, a step of -{STEP} ∇C at a time:\n")
    print("    epoch    cost   right, of the held-out images")
    for epoch in range(1, epochs + 1):
        order = rng.permutation(len(X))
        costs = []
        for start in range(0, len(X) - batch + 1, batch):
            cost, slope = slope_of(theta, X[order[start : start + batch]])
            theta = theta - STEP * slope
            costs.append(cost)
        guesses = net.outputs(np.asarray(theta), digits.held_out.images).argmax(axis=1)
        right = np.mean(guesses == digits.held_out.labels)
        print(f"    {epoch:5d}  {np.mean(costs):6.4f}   {100 * right:.2f} %")
