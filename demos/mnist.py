"""MNIST: named settings that train on 50,000 images and are judged on the last 10,000."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import nn
from autograd import Tensor, sigmoid, softplus
from chainrule.demos.learning import learn
from chainrule.demos.options import Options

__all__ = ["SETTINGS", "Setting", "run"]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A net and how it learns.

    Attributes:
        about: what it is, in a line.
        optimizer: makes one of the parameters and the number of steps there will be.
        desired: makes the desired outputs of labels.
        l2: the strength of `nn.l2_penalty` on the weights, added to the cost.

    The others are as for `nn.MLP` and `nn.fit`.
    """

    about: str
    sizes: tuple[int, ...]
    activation: nn.Activation = sigmoid
    output_activation: nn.Activation = sigmoid
    use_bias: bool = True
    cost: nn.Cost = nn.quadratic_cost
    l2: float = 0.0
    desired: Callable[[NDArray[np.int64]], NDArray[np.generic]] = nn.data.one_hot
    optimizer: Callable[[list[Tensor], int], nn.Optimizer]
    batch_size: int
    epochs: int
    seed: int = 0

    def net(self) -> nn.MLP:
        """The net, untrained."""
        return nn.MLP(
            self.sizes,
            activation=self.activation,
            output_activation=self.output_activation,
            use_bias=self.use_bias,
            dtype=np.float32,
            rng=self.seed,
        )

    def penalised(self, net: nn.MLP) -> nn.Cost:
        """The cost with the penalty on a net's weights."""
        weights = [layer.W for layer in net.layers]
        return lambda a, y: self.cost(a, y) + nn.l2_penalty(weights, self.l2) if self.l2 else self.cost(a, y)


def labels_themselves(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Labels, which `nn.cross_entropy` takes as the desired outputs."""
    return labels


SETTINGS = {
    "lectures": Setting(
        about="decks A and B: 784-16-16-10, sigmoid, quadratic cost, plain gradient descent",
        sizes=(784, 16, 16, 10),
        optimizer=lambda parameters, steps: nn.SGD(parameters, lr=1.0),
        batch_size=50,
        epochs=40,
    ),
    "best": Setting(
        about="784-16-16-10 at its best: softplus, cross-entropy, small weights, Adam with a falling rate",
        sizes=(784, 16, 16, 10),
        activation=softplus,
        output_activation=nn.identity,
        cost=nn.cross_entropy,
        l2=2e-4,
        desired=labels_themselves,
        optimizer=lambda parameters, steps: nn.Adam(parameters, nn.cosine_decay(0.01, steps)),
        batch_size=100,
        epochs=80,
    ),
    "deck-e": Setting(
        about="deck E: 784-200-10 without biases, sigmoid, quadratic cost, plain gradient descent",
        sizes=(784, 200, 10),
        use_bias=False,
        optimizer=lambda parameters, steps: nn.SGD(parameters, lr=0.5),
        batch_size=10,
        epochs=15,
    ),
}


def run(options: Options) -> None:
    """Train one of the settings and print its epochs, its accuracy and its time."""
    setting = SETTINGS[options.setting]
    epochs = options.epochs or setting.epochs
    digits = options.digits
    print(f"\n  {options.setting}: {setting.about}")
    print(f"  seed {setting.seed}, batches of {setting.batch_size}, {epochs} epochs")
    start = time.perf_counter()
    net = setting.net()
    steps = epochs * math.ceil(len(digits.training) / setting.batch_size)
    learn(
        net,
        digits,
        optimizer=setting.optimizer(net.parameters(), steps),
        epochs=epochs,
        batch_size=setting.batch_size,
        cost=setting.penalised(net),
        desired=setting.desired,
        seed=setting.seed,
    )
    print(f"  in {time.perf_counter() - start:.0f} seconds")
