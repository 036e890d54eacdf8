"""Hypothesis infers Values, Tensors and Programs from annotations, whichever is imported first."""

from __future__ import annotations

import sys

__all__ = ["register"]


def register() -> None:
    """Called by Hypothesis when it is imported: an engine that is imported already registers its types.

    One that is imported later does it by itself.
    """
    for module in ("autograd", "autograd.testing"):
        if register_types := getattr(sys.modules.get(module), "_register_with_hypothesis", None):
            register_types()
