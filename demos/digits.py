"""Learning to read digits: the net of 13,002 parameters (decks A, B)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tqdm import tqdm

import nn

TRAINING, HELD_OUT = 20_000, 5_000  # digits drawn here, when there are no MNIST files
MNIST_HELD_OUT = 10_000


def load(data: Path | None) -> tuple[nn.data.Digits, nn.data.Digits, str]:
    """Digits to train with, digits held out, and what they are."""
    if data is None:
        drawn = nn.data.strokes(TRAINING + HELD_OUT, rng=0)
        return drawn[:TRAINING], drawn[TRAINING:], "drawn here from loops and strokes"
    digits = nn.data.mnist(data).train
    if len(digits) <= MNIST_HELD_OUT:
        raise ValueError(
            f"{data} has {len(digits)} training images; the last {MNIST_HELD_OUT} are held out, "
            "so it takes more than that"
        )
    return digits[:-MNIST_HELD_OUT], digits[-MNIST_HELD_OUT:], f"of MNIST, from {data}"


def run(data: Path | None, epochs: int) -> nn.History:
    """Train 784-16-16-10 and print cost and accuracy of each epoch."""
    print("Learning to read digits")
    training, held_out, what = load(data)
    net = nn.MLP([784, 16, 16, 10], rng=0, dtype=np.float32)
    print(
        f"\n  {net.num_parameters:,} parameters; {len(training):,} images {what}, {len(held_out):,} held out"
    )
    untrained = nn.accuracy(net, held_out.images, held_out.labels)
    print(f"  untrained, it gets {100 * untrained:.1f} % of the held-out images right\n")
    print(indented(str(nn.History())))
    history = nn.fit(
        net,
        training.images,
        nn.data.one_hot(training.labels),
        optimizer=nn.SGD(net.parameters(), lr=1.0),
        epochs=epochs,
        batch_size=10,
        validation=(held_out.images, nn.data.one_hot(held_out.labels)),
        callbacks=[lambda so_far: tqdm.write(indented(str(so_far[-1])))],
        rng=0,
    )
    trained = nn.accuracy(net, held_out.images, held_out.labels)
    print(f"\n  trained{' (interrupted)' if history.interrupted else ''}, it gets {100 * trained:.1f} %")
    return history


def indented(text: str) -> str:
    """Two spaces in, as the rest of the demo."""
    return "  " + text
