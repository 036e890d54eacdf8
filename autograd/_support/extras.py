"""Packages that only some users need: imported when they are, with a clear message when missing."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["extra"]


def extra(module: str, group: str, purpose: str) -> Any:
    """The module, or an error that says how to install it.

    Args:
        module: its import name, such as ``matplotlib.pyplot``.
        group: the group of this project's optional dependencies that brings it.
        purpose: what it is needed for, as the start of the message.

    Raises:
        ImportError: when it is not installed, with the command that installs it.

    >>> extra("no_such_module", "plots", "plotting a history")
    Traceback (most recent call last):
        ...
    ImportError: plotting a history needs no_such_module: pip install "chainrule[plots]"
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0]
        if error.name is None or error.name.partition(".")[0] != package:
            raise  # it is there, and something it needs is not
        raise ImportError(
            f'{purpose} needs {package}: pip install "chainrule[{group}]"', name=package
        ) from None
