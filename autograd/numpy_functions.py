"""NumPy's functions: the names they are known by, and those that answer with truth."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

__all__ = ["COMPARISONS", "TESTS", "public_name", "ufunc_names"]

# Functions of numbers, element by element, that give truth: of a node, those of its numbers.
COMPARISONS: set[Any] = {
    np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal,
    np.isfinite, np.isnan, np.isinf, np.signbit,
    np.logical_and, np.logical_or, np.logical_xor, np.logical_not,
}  # fmt: skip

# Functions of whole arrays that give truth.
TESTS: set[Any] = {
    np.isclose, np.allclose, np.array_equal, np.array_equiv, np.isneginf, np.isposinf,
    np.iscomplexobj, np.isrealobj, np.iscomplex, np.isreal,
}  # fmt: skip

# Where a function is looked for that does not say where it is from: a ufunc of SciPy.
_MODULES = ("numpy", "scipy.special")


def public_name(function: Any) -> str:
    """The dotted name that a user knows a function by.

    >>> public_name(np.linalg.norm), public_name(np.exp), public_name(np.fft.fft)
    ('numpy.linalg.norm', 'numpy.exp', 'numpy.fft.fft')
    """
    name: str = function.__name__
    for module in (getattr(function, "__module__", None), *_MODULES):
        if module and getattr(sys.modules.get(module), name, None) is function:
            return f"{module}.{name}"
    return name


def ufunc_names(*functions: Any) -> set[str]:
    """The names in NumPy of those functions that are its ufuncs.

    >>> ufunc_names(np.arcsin, max)
    {'arcsin'}
    """
    return {f.__name__ for f in functions if isinstance(f, np.ufunc)}
