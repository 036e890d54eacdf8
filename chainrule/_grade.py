"""``chainrule grade FILE…``: the command of `autograd.testing`, by a shorter name."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.testing import __main__ as kit

__all__ = ["main"]


def main(arguments: Sequence[str], prog: str) -> int:
    """Grade the engines in files: exit code 1 for a broken law, 2 for a file that cannot be run."""
    return kit.main(["grade", *arguments], prog=prog.removesuffix(" grade"))
