"""Conversions of nodes to plain numbers: an error where the code does not ask for one explicitly.

NumPy, `math` and other libraries convert their arguments to plain numbers, and a derivative is lost silently.
Explicit are ``.data``, ``item()``, formatting, comparison, and a block of `no_grad`. ``float(x)`` of a
`Value` is explicit too, unless x depends on a variable of a transform: then nothing tells it from
``math.sin(x)``, which calls ``float(x)``.
"""

from __future__ import annotations

import dis
import numbers
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._graph.context import SWITCHES
from autograd._graph.node import Node, plain
from autograd._graph.tracing import Tracing, refusing
from autograd._support.entering import check_kind
from autograd._support.numpy_functions import TESTS, public_name

__all__ = [
    "check_conversion", "check_float", "explain_choice", "is_operator", "only_compares", "plain_array",
    "reduced_for_numpy_testing", "written_into",
]  # fmt: skip

# The instruction of the calling code: ``r[0] = x``, ``"%.3f" % x`` (to Python a binary operator like any
# other), ``x >= y``. A call, as ``math.sin(x)``, has another.
STORING, FORMATTING, COMPARING = dis.opmap["STORE_SUBSCR"], dis.opmap["BINARY_OP"], dis.opmap["COMPARE_OP"]

TESTING = ("numpy.testing", "_pytest.")
# NumPy's functions that only compare numbers, by name: their code asks for an array of each argument.
ANSWERING = {function.__name__ for function in TESTS}
# Libraries whose functions convert a Value where their caller asked for no number.
CONVERTING = {"numpy", "pandas", "statistics"}
LOST = "would be lost without a word"
CHOOSING = (
    "(Python's if, and, or, max and min choose once, for all of an array: autograd.where(x > 0, a, b), "
    "maximum, minimum, relu and abs choose for each element, and & and | join conditions)"
)
NUMBERS = "its .data gives the numbers, where they alone are meant"


def check_conversion(node: Node, what: str, instead: str, depth: int) -> None:
    """Refuse a conversion of nodes to an array of numbers, or of a Tensor to a number.

    Args:
        what, instead: the result of the conversion, and its form in the graph; for the error.
        depth: how many frames above the converting code is.

    Raises:
        TypeError: wherever operations are recorded.
    """
    if refusing() and _instruction(depth + 1) != FORMATTING and not only_compares(depth + 1):
        raise TypeError(
            f"{what} would take {node!r:.80} out of the graph; its derivative {LOST}: {instead}; {NUMBERS}"
        )


def written_into(target: NDArray[Any], ufunc: Any, inputs: tuple[Any, ...]) -> NDArray[Any]:
    """Write the results of a NumPy function of nodes into an array, as for ``r += x`` and ``out=r``.

    Raises:
        TypeError: for an array of numbers, wherever operations are recorded.
    """
    if target.dtype == object:
        target[...] = ufunc(*inputs)
        return target
    if refusing():
        raise TypeError(
            f"{public_name(ufunc)} would write nodes into an array of {target.dtype}, and their derivative "
            f"{LOST}: write r = r + x in place of r += x, or make the array with dtype=object; {NUMBERS}"
        )
    result: NDArray[Any] = ufunc(*map(plain, inputs), out=target)
    return result


def only_compares(depth: int) -> bool:
    """Whether the converting code only compares numbers: a library of tests, or ``np.isclose``."""
    module = _module(depth + 1)
    return module.startswith(TESTING) or (module.startswith("numpy.") and answers(depth + 1))


def answers(depth: int) -> bool:
    """Whether the converting code is a predicate of NumPy's, or a generator in one."""
    frame = sys._getframe(depth + 1)
    caller = frame.f_back
    names = {frame.f_code.co_name, caller.f_code.co_name if caller is not None else ""}
    return not names.isdisjoint(ANSWERING)


def reduced_for_numpy_testing(ufunc: Any, truth: Any, depth: int) -> Any:
    """A comparison of Tensors, element by element; for numpy.testing, which expects one bool, reduced to one.

    ``assert_equal`` asks whether all are equal, ``assert_almost_equal`` whether any are too far apart.
    """
    if not np.ndim(truth) or not _module(depth + 1).startswith(TESTING[0]):
        return truth
    return truth.all() if ufunc is np.equal else truth.any()


def _module(depth: int) -> str:
    name: str = sys._getframe(depth + 1).f_globals.get("__name__", "")
    return name


def check_float(node: Node, depth: int) -> None:
    """Refuse ``float`` of a `Value` where the code does not ask for it explicitly.

    Args:
        depth: how many frames above the converting code is.

    Raises:
        TypeError: for a store into an array of numbers, a call from a library that computes with the number,
            and a node that depends on a variable of a transform.
    """
    doing = _instruction(depth + 1)
    asking = sys._getframe(depth + 1).f_globals.get("__name__", "").partition(".")[0]
    if asking in CONVERTING and doing != FORMATTING and refusing() and not only_compares(depth + 1):
        raise TypeError(
            f"a function of {asking} asked for float({node!r:.80}), and its derivative {LOST}: no array of "
            f"numbers can hold it; {NUMBERS}"
        )
    if doing == STORING and refusing():
        raise TypeError(
            f"{node!r:.80} would be stored as a plain number, and its derivative {LOST}: make the array with "
            f"dtype=object, or collect Values in a list; {NUMBERS}"
        )
    if SWITCHES["tracing"] and doing != FORMATTING and refusing() and Tracing.differentiates(node):
        raise TypeError(
            f"something asked for float({node!r:.80}), which depends on what is differentiated here, and its "
            f"derivative {LOST}: functions of math give plain numbers, those of autograd and NumPy record; "
            f"{NUMBERS}"
        )


def explain_choice(error: ValueError) -> None:
    """Add to NumPy's error about the truth of an array the functions that choose element by element."""
    if "truth value of an array" in str(error) and CHOOSING not in str(error):
        error.args = (f"{error} {CHOOSING}",)


def is_operator(depth: int) -> bool:
    """Whether the calling code is a comparison, as ``x >= y``, and no call of a function that compares."""
    return bool(_instruction(depth + 1) == COMPARING)


def _instruction(depth: int) -> Any:
    frame = sys._getframe(depth + 1)
    return frame.f_code.co_code[frame.f_lasti] if frame.f_lasti >= 0 else None


_elements = np.frompyfunc(plain, 1, 1)


def plain_array(x: Any, dtype: Any = None) -> NDArray[Any]:
    """The numbers of nodes, plain numbers, or both, as an array of the caller's own.

    Args:
        x: a node, a number, or a list or array of either.
        dtype: as in `numpy.array`; by default float64 for Values.

    >>> from autograd import Value
    >>> plain_array([Value(1.0), 2.0])
    array([1., 2.])
    """
    if isinstance(x, (list, tuple)):
        x = [plain_array(e) if isinstance(e, (Node, list, tuple)) else e for e in x]
    check_kind(x, "this function")
    array = np.asarray(plain(x))
    if array.dtype == object and all(isinstance(e, (Node, numbers.Real)) for e in array.flat):
        array = np.asarray(_elements(array)).astype(np.float64)
    return np.array(array, dtype)
