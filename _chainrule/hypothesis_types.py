"""Hypothesis infers Values and Tensors from annotations, whether it or the engine is imported first."""

from __future__ import annotations

import sys

__all__ = ["register"]


def register() -> None:
    """Called by Hypothesis when it is imported: an engine that is imported already registers its types.

    One that is imported later does it by itself.
    """
    if register_types := getattr(sys.modules.get("autograd"), "_register_with_hypothesis", None):
        register_types()
