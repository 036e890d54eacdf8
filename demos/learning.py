"""Training on digits, printed, for every lecture that trains a net."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

import nn
from chainrule.demos.options import HeldOut

__all__ = ["learn"]


def learn(
    net: nn.MLP,
    digits: HeldOut,
    *,
    optimizer: nn.Optimizer,
    epochs: int,
    batch_size: int,
    cost: nn.Cost = nn.quadratic_cost,
    desired: Callable[[NDArray[np.int64]], NDArray[np.generic]] = nn.data.one_hot,
    seed: int = 0,
) -> None:
    """Train a net, and print each epoch and the share of the held-out digits that it gets right.

    Args:
        net, optimizer, epochs, batch_size, cost: as for `nn.fit`.
        digits: to train with, and held out.
        desired: makes the desired outputs of labels.
        seed: of the order of the examples.

    Raises:
        KeyboardInterrupt: after Ctrl-C, when the epochs so far are printed.
    """
    training, held_out, source = digits
    counts = (
        f"{net.num_parameters:,} parameters; {len(training):,} images {source}, {len(held_out):,} held out"
    )
    print(f"\n  {counts}")
    print(f"  untrained, it gets {_right(net, held_out)} of the held-out images right\n")
    history = nn.fit(
        net,
        training.images,
        desired(training.labels),
        cost=cost,
        optimizer=optimizer,
        epochs=epochs,
        batch_size=batch_size,
        validation=(held_out.images, desired(held_out.labels)),
        callbacks=[_print_epoch],
        rng=seed,
    )
    print(f"\n  trained{' so far' if history.interrupted else ''}, it gets {_right(net, held_out)}")
    if history.interrupted:
        raise KeyboardInterrupt


def _print_epoch(history: nn.History) -> None:
    """The row of an epoch in the history's table; over the first one stands the heading."""
    tqdm.write(textwrap.indent(str(history if len(history) == 1 else history[-1]), "  "))


def _right(net: nn.MLP, digits: nn.data.Digits) -> str:
    return f"{100 * nn.accuracy(net, digits.images, digits.labels):.2f} %"
