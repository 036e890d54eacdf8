"""The options of the command line, for the lectures."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import nn

__all__ = ["HeldOut", "Options", "package"]

TRAINING, HELD_OUT = 20_000, 5_000  # digits drawn here, when there are no MNIST files
MNIST_HELD_OUT = 10_000


class HeldOut(NamedTuple):
    """Digits to train with, digits held out, and their source in words."""

    training: nn.data.Digits
    held_out: nn.data.Digits
    source: str


@dataclass
class Options:
    """The arguments of ``chainrule demos``.

    Attributes:
        data: the folder with the MNIST files; None for digits drawn here.
        out: the folder for pictures, which exists.
        epochs: of training; None for the lecture's own.
        setting: the name of one of `chainrule.demos.mnist.SETTINGS`.
    """

    data: Path | None = None
    out: Path = Path("lectures")
    epochs: int | None = None
    setting: str = "lectures"

    @cached_property
    def digits(self) -> HeldOut:
        """The digits, read or drawn once for all the lectures.

        Raises:
            ValueError, OSError: for files that are missing or damaged, or hold too few images.
        """
        if self.data is None:
            drawn = nn.data.strokes(TRAINING + HELD_OUT, rng=0)
            return HeldOut(drawn[:TRAINING], drawn[TRAINING:], "drawn here from loops and strokes")
        digits = nn.data.mnist(self.data).train
        if len(digits) <= MNIST_HELD_OUT:
            raise ValueError(
                f"{self.data} has {len(digits):,} training images; the last {MNIST_HELD_OUT:,} are held out, "
                "so it takes more than that"
            )
        return HeldOut(digits[:-MNIST_HELD_OUT], digits[-MNIST_HELD_OUT:], f"of MNIST, from {self.data}")


def package(module: str, group: str, purpose: str) -> Any:
    """An optional package, imported when a lecture needs it.

    Raises:
        ImportError: when it is not installed, with the command that installs it.

    >>> package("no_such_module.figure", "plots", "the picture")
    Traceback (most recent call last):
        ...
    ImportError: the picture needs no_such_module: pip install "chainrule[plots]"
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError:
        name = module.partition(".")[0]
        raise ImportError(f'{purpose} needs {name}: pip install "chainrule[{group}]"') from None
