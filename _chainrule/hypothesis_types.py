"""Hypothesis infers Values and Tensors from annotations, whether it or the engine is imported first.

Hypothesis calls `register` when it is imported, and `autograd` does when it is imported later: only the
second of the two has the types and Hypothesis at hand.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

__all__ = ["register"]


def register() -> None:
    """Tell Hypothesis how to draw Values and Tensors, if both are imported."""
    engine, strategies = sys.modules.get("autograd"), sys.modules.get("hypothesis.strategies")
    if not (hasattr(engine, "Value") and hasattr(strategies, "register_type_strategy")):
        return
    for name in ("Value", "Tensor"):
        strategies.register_type_strategy(getattr(engine, name), _draw)  # type: ignore[union-attr]


def _draw(kind: type) -> Any:
    """The strategy for a type, from the kit, which is imported when the first one is drawn."""
    return import_module("autograd.testing._strategies.nodes").STRATEGIES[kind]()
