"""``python -m demos [--data DIR] [--out FOLDER] [--epochs N]``: every lecture, one after another."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path

from demos import chain, digits


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the lectures with the arguments of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m demos", description="Run the lectures, in lecture order."
    )
    parser.add_argument(
        "--data", metavar="DIR", type=Path, help="folder with the MNIST files; without it, digits drawn here"
    )
    parser.add_argument(
        "--out",
        metavar="FOLDER",
        type=Path,
        default=Path("lectures"),
        help="for the pictures (default: lectures)",
    )
    parser.add_argument("--epochs", metavar="N", type=_positive, default=10, help="of training (default: 10)")
    given = parser.parse_args(arguments)

    if given.data is not None and not given.data.is_dir():
        parser.error(f"there is no folder {given.data}; --data takes one that holds the MNIST files")
    chain.run(given.out)
    print()
    digits.run(given.data, given.epochs)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, not {number}")
    return number


if __name__ == "__main__":
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without ∂ and σ shows ? in their place
    main()
