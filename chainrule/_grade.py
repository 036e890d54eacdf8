"""``chainrule grade FILE…``: the command of `autograd.testing`, by a shorter name."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.testing import __main__ as kit

__all__ = ["main"]


def main(arguments: Sequence[str], prog: str) -> int:
    """Grade the engines in files, and give the exit code: 1 where a law is broken, 2 where a file cannot be run."""
    return kit.main(["grade", *arguments], prog=prog.removesuffix(" grade"))
