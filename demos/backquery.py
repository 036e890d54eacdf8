"""Deck E, part 3: a net without biases reads digits, and run backwards shows its image of each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import nn
import viz
from demos.learning import learn
from demos.options import Options, package

EPOCHS, HIDDEN = 3, 100
PICTURE = "backquery.png"


def draw(pictures: NDArray[np.float64], predictions: NDArray[np.int64], path: Path) -> None:
    """Write the ten pictures to one file, each with its digit and the net's reading of it, where they differ.

    Raises:
        ImportError: without matplotlib, with the command that installs it.
    """
    figure = package("matplotlib.figure", "plots", "it").Figure(figsize=(10, 4.8), layout="constrained")
    viz.images(pictures, labels=range(10), predictions=predictions, columns=5, ax=figure.add_subplot())
    figure.savefig(path, dpi=150)


def run(options: Options) -> None:
    """Train the net, run it backwards for every digit, and draw the results."""
    net = nn.MLP([784, HIDDEN, 10], use_bias=False, rng=0, dtype=np.float32)
    learn(
        net,
        options.digits,
        optimizer=nn.SGD(net.parameters(), lr=0.5),
        cost=nn.half_squared_error,
        epochs=options.epochs or EPOCHS,
        batch_size=10,
    )
    print("\n  0.99 at the output of a digit, 0.01 at the others, and the net run backwards gives an image:")
    print("  light where it asks for ink, dark where it asks for paper.")
    pictures = nn.backquery(net, nn.data.one_hot(range(10)))
    outputs = net(pictures).data
    predictions = outputs.argmax(axis=1)
    print("  Shown that image, the net reads:\n")
    print("    digit   ", "  ".join(f"{digit:4d}" for digit in range(10)))
    print("    read as ", "  ".join(f"{digit:4d}" for digit in predictions))
    print("    sure    ", "  ".join(f"{sure:4.2f}" for sure in outputs[range(10), predictions]))
    path = options.out / PICTURE
    try:
        draw(pictures, predictions, path)
    except ImportError as error:
        print(f"\n  There is no picture of them: {error}")
    else:
        print(f"\n  The picture of them:\n    {path}")
