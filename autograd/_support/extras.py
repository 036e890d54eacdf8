"""Optional packages, imported on demand, with the install command in the error."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["extra"]


def extra(module: str, group: str, purpose: str) -> Any:
    """Import a module, or say how to install it.

    Args:
        module: its import name, such as ``matplotlib.pyplot``.
        group: the group of this project's optional dependencies with it.
        purpose: the feature that needs it, as the start of the message.

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
            raise  # the package is installed, a dependency of it is not
        raise ImportError(
            f'{purpose} needs {package}: pip install "chainrule[{group}]"', name=package
        ) from None
