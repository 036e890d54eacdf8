"""NumPy's functions: their public names, the predicates, the arguments that mean nothing for a Tensor."""

from __future__ import annotations

import operator
import sys
from typing import Any

import numpy as np

__all__ = ["COMPARISONS", "COMPARISON_OPERATORS", "NOTHING", "TESTS", "public_name", "refuse", "ufunc_names"]

# NumPy's comparisons of two numbers, and Python's operators of the same meaning.
COMPARISON_OPERATORS: dict[Any, Any] = {
    np.equal: operator.eq, np.not_equal: operator.ne, np.less: operator.lt, np.less_equal: operator.le,
    np.greater: operator.gt, np.greater_equal: operator.ge,
}  # fmt: skip

# Predicates of numbers, element by element: of a node, they concern its numbers.
COMPARISONS: set[Any] = {
    *COMPARISON_OPERATORS,
    np.isfinite, np.isnan, np.isinf, np.signbit,
    np.logical_and, np.logical_or, np.logical_xor, np.logical_not,
}  # fmt: skip

# Predicates of whole arrays.
TESTS: set[Any] = {
    np.isclose, np.allclose, np.array_equal, np.array_equiv, np.isneginf, np.isposinf,
    np.iscomplexobj, np.isrealobj, np.iscomplex, np.isreal,
}  # fmt: skip

# Where to look for a function without a `__module__`, as a ufunc of SciPy.
_MODULES = ("numpy", "scipy.special")


def public_name(function: Any) -> str:
    """The public dotted name of a function.

    >>> public_name(np.linalg.norm), public_name(np.exp), public_name(np.fft.fft)
    ('numpy.linalg.norm', 'numpy.exp', 'numpy.fft.fft')
    """
    name: str = function.__name__
    for module in (getattr(function, "__module__", None), *_MODULES):
        if module and getattr(sys.modules.get(module), name, None) is function:
            return f"{module}.{name}"
    return name


def ufunc_names(*functions: Any) -> set[str]:
    """The NumPy names of the ufuncs among some functions.

    >>> ufunc_names(np.arcsin, max)
    {'arcsin'}
    """
    return {f.__name__ for f in functions if isinstance(f, np.ufunc)}


NOTHING: Any = np._NoValue  # NumPy's own default where None would mean something

# Advice for each argument that is refused.
INSTEAD = {
    "dtype": "a Tensor keeps the dtype of the array that it was made from",
    "out": "the result is a Tensor of its own",
    "initial": "add it to the result, multiply by it, or take the larger of both",
    "where": "choose the elements first, as x[mask]",
    "order": "'C' or 'F'",
    "copy": "a Tensor's array is always its own",
    "return_index": "numpy.unique of its .data gives the places",
    "return_inverse": "numpy.unique of its .data gives the places",
    "return_counts": "numpy.unique of its .data gives the counts",
    "mean": "it is computed from the numbers themselves, and has its part in the derivative",
    "sort order": "its numbers have no fields",
    "partition order": "its numbers have no fields",
    "casting": "dtypes follow NumPy's own promotion",
}
SWITCHED_ON = {"where", "copy", "subok"}  # NumPy's default is True


def refuse(function: str, **arguments: Any) -> None:
    """Raise for the first argument that has no meaning for a Tensor and is not at its default.

    >>> refuse("sum", dtype=None, where=True)
    >>> refuse("sum", dtype=None, out=np.zeros(2))
    Traceback (most recent call last):
        ...
    TypeError: sum of a Tensor takes no out=array([0., 0.]): the result is a Tensor of its own
    """
    for argument, value in arguments.items():
        is_default = value is None or value is NOTHING or (value is True and argument in SWITCHED_ON)
        if not is_default:
            instead = INSTEAD.get(
                f"{function} {argument}", INSTEAD.get(argument, "it has no meaning for a Tensor")
            )
            raise TypeError(f"{function} of a Tensor takes no {argument}={value!r:.60}: {instead}")
