"""The examples that estimators get: checked, and held to the columns of the fit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd._support.callers import warn
from autograd._support.checks import holds_reals
from nn._estimators.settings import category
from nn._support.arrays import numeric, objects

__all__ = ["DataConversionWarning", "column_names", "desired_numbers", "inputs", "labels", "same_columns"]

Array = NDArray[Any]


class DataConversionWarning(UserWarning):
    """Data were taken in another form than they were given."""


def inputs(X: Any) -> NDArray[np.float64]:
    """A table of finite numbers, an example a row.

    Raises:
        TypeError, ValueError: for anything else, with the place.
    """
    _check_complex(X, "X")
    try:
        x = numeric(X, "X")
    except TypeError as error:
        if hasattr(X, "toarray"):
            raise
        raise TypeError(f"{error}; an argument must be no string and no other object, but a number") from None
    if x.ndim != 2:
        raise ValueError(
            f"X has shape {x.shape}; expected (examples, features). Reshape your data: X.reshape(-1, 1) of "
            "examples with one feature, X.reshape(1, -1) of one example, images.reshape(len(images), -1)"
        )
    if not len(x):
        raise ValueError(f"X has 0 sample(s) (shape={x.shape}) while a minimum of 1 is required: no example")
    if not x.shape[1]:
        raise ValueError(f"X has 0 feature(s) (shape={x.shape}) while a minimum of 1 is required.")
    return _finite(x.astype(np.float64, order="C"), "X")  # the order decides about roundings


def labels(y: Any, examples: int) -> tuple[Array, NDArray[np.int64]]:
    """The classes in order, and the place of each example's.

    Raises:
        TypeError, ValueError: for anything but a label of two classes or more for each example.
    """
    array = _column(y, examples)
    if array.dtype.kind == "O":
        kinds = {type(label) for label in array.tolist()}
        if kinds & {type(None)} or any(label != label for label in array.tolist()):
            raise ValueError("y has a missing value: leave such examples out")
        if str in kinds and kinds != {str}:
            names = ", ".join(sorted(kind.__name__ for kind in kinds))
            raise TypeError(f"y holds labels of several types, {names}: make them text, [str(c) for c in y]")
    elif array.dtype.kind == "f":
        _finite(array, "y")
        if np.any(array != np.rint(array)):
            raise ValueError(
                f"Unknown label type: y holds {array[array != np.rint(array)][0]:.4g}, which is no class but "
                "one of continuous numbers; these are learned by nn.Regressor, or divided into classes first"
            )
    try:
        classes, places = np.unique(array, return_inverse=True)
    except TypeError:
        raise TypeError(f"Unknown label type: labels have an order, and y holds {array[0]!r:.80}") from None
    if len(classes) < 2:
        raise ValueError(f"y has one class, {classes.tolist()[0]!r:.80}: a classifier takes two or more")
    return classes, places.astype(np.int64)


def desired_numbers(y: ArrayLike, examples: int) -> NDArray[np.float64]:
    """A finite number, or a row of them, for each example.

    Raises:
        TypeError, ValueError: for anything else.
    """
    if y is None:
        _column(y, examples)
    _check_complex(y, "y")
    array = numeric(y, "y", of_text="nn.Classifier learns labels")
    if array.ndim not in (1, 2) or len(array) != examples or not array.size:
        raise ValueError(
            f"y has shape {array.shape}; expected a number for each of the {examples} examples, or a row"
        )
    return _finite(array.astype(np.float64), "y")


def column_names(X: Any) -> NDArray[Any] | None:
    """The names of a table's columns, where all are text."""
    names = getattr(X, "columns", None)
    if names is None or callable(names):
        return None
    each = list(names)
    return np.array(each, object) if each and all(isinstance(name, str) for name in each) else None


def same_columns(X: Any, names: NDArray[Any] | None, features: int, estimator: str) -> NDArray[np.float64]:
    """Inputs with the columns of the fit.

    Raises:
        ValueError: for other columns, or the same in another order.

    Warns:
        UserWarning: where one of both, fit and X, has names of columns.
    """
    own = column_names(X)
    if own is None and names is not None:
        warn(
            f"X does not have valid feature names, but {estimator} was fitted with feature names", UserWarning
        )
    elif own is not None and names is None:
        warn(f"X has feature names, but {estimator} was fitted without feature names", UserWarning)
    elif own is not None and names is not None and list(own) != list(names):
        lines = ["The feature names should match those that were passed during fit."]
        unseen, missing = sorted(set(own) - set(names)), sorted(set(names) - set(own))
        if unseen:
            lines += ["Feature names unseen at fit time:", *(f"- {name}" for name in unseen)]
        if missing:
            lines += ["Feature names seen at fit time, yet now missing:", *(f"- {name}" for name in missing)]
        if not unseen and not missing:
            lines.append("Feature names must be in the same order as they were in fit.")
        raise ValueError("\n".join([*lines, ""]))
    x = inputs(X)
    if x.shape[1] != features:
        raise ValueError(
            f"X has {x.shape[1]} features, but {estimator} is expecting {features} features as input, those "
            "of its fit"
        )
    return x


def _column(y: Any, examples: int) -> Array:
    """One label for each example."""
    if y is None:
        raise ValueError("fit(X, y) requires y to be passed, but the target y is None")
    _check_complex(y, "y")
    array = np.asarray(y) if hasattr(y, "dtype") or hasattr(y, "__array__") else _of_list(y)
    if array.ndim == 2 and array.shape[1] == 1:
        warn(
            "A column-vector y was passed when a 1d array was expected: y.reshape(-1) makes one",
            category("sklearn.exceptions", DataConversionWarning),
        )
        array = array.reshape(-1)
    if array.ndim != 1 or len(array) != examples:
        cure = "; one-hot rows become labels by Y.argmax(axis=1)" if array.ndim == 2 else ""
        raise ValueError(
            f"y has shape {array.shape}; expected a label for each of the {examples} examples{cure}"
        )
    return array


def _of_list(y: Any) -> Array:
    """Labels of a list, as objects where NumPy would make text of numbers."""
    array = np.asarray(y)
    return objects(y) if array.dtype.kind == "U" and any(not isinstance(x, str) for x in y) else array


def _check_complex(x: Any, name: str) -> None:
    if getattr(getattr(x, "dtype", None), "kind", "") == "c":
        raise ValueError(f"Complex data not supported: {name} is an array of {x.dtype}")


def _finite(array: NDArray[Any], name: str) -> NDArray[Any]:
    wrong = ~np.isfinite(array)
    if holds_reals(array) and wrong.any():
        row = int(np.argwhere(wrong)[0, 0])
        what = "NaN" if np.isnan(array).any() else "infinity (inf)"
        raise ValueError(f"Input {name} contains {what}, in row {row}: leave such examples out, or fill them")
    return array
