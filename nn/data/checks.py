"""What several rooms ask of what they are given."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["check_count"]


def check_count(n: Any, things: str) -> None:
    """Raise ValueError unless n is a whole number from 0 up, as a number of `things` is."""
    if not isinstance(n, (int, np.integer)) or isinstance(n, bool) or n < 0:
        raise ValueError(f"n is how many {things} to draw, a whole number from 0; given {n!r}")
