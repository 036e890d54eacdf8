"""The first number of an array that is not finite: for `autograd.detect_anomaly`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._graph.node import DomainError
from autograd._graph.primitive import Primitive
from autograd._table.rows import Row

__all__ = ["check_finite"]


def check_finite(array: NDArray[Any], what: str, op: Primitive) -> None:
    """Refuse an array that an operation gave.

    Args:
        what: begins the error, as "log(p) gave".

    Raises:
        DomainError: where a number is nan or infinite; names the first.
    """
    if not np.all(np.isfinite(array)):
        array = np.asarray(array)
        index = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        note = f": {op} takes {op.domain_text}" if isinstance(op, Row) else ""
        raise DomainError(f"{what} {array[index]} at index {index}{note}")
