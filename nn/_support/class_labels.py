"""Labels of classes: as numbers, as desired outputs, and weights of classes."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd._support.checks import count, holds_whole_numbers, is_whole, number_of
from nn._support.arrays import is_text, numeric, objects

__all__ = [
    "Classes", "are_signs", "class_numbers", "class_weights", "labels_of", "listed", "one_hot", "unit_rows",
]  # fmt: skip

Classes = int | Sequence[Hashable] | NDArray[Any]  # their number, or all of them in their order

DIGITS = 10


def class_numbers(labels: ArrayLike, classes: Classes) -> NDArray[np.int64]:
    """Labels of any kind as whole numbers from 0, such as `nn.cross_entropy` and `nn.accuracy` take.

    Args:
        labels: shape (n,), or a single label.
        classes: the classes in the order of a net's outputs, such as ``["cat", "dog"]`` or
            ``np.unique(labels)``; or their number, where labels are whole numbers from 0 already.
            Training and held-out examples need the same classes.

    Raises:
        TypeError: for labels that are not whole numbers, where the classes are not listed.
        ValueError: for a label that is none of the classes, or labels of another shape.

    >>> class_numbers(["dog", "cat", "dog"], ["cat", "dog"])
    array([1, 0, 1])
    """
    if is_whole(classes):
        return _whole(labels, count(classes, "the number of classes"))
    places = {label: place for place, label in enumerate(listed(classes))}
    each = _one_each(objects(labels))
    try:
        indices = [places[label] for label in each.ravel().tolist()]
    except (KeyError, TypeError):
        wrong = next(x for x in each.ravel().tolist() if not isinstance(x, Hashable) or x not in places)
        raise ValueError(f"a label is {wrong!r}, and the classes are {list(places)!r:.200}") from None
    return np.array(indices, np.int64).reshape(each.shape)


def listed(classes: Classes) -> list[Any]:
    """All classes in their order: whole numbers from 0, where their number is given.

    Raises:
        TypeError: for anything but a number or a list.
        ValueError: for a class that stands twice.

    >>> listed(3), listed(np.array(["cat", "dog"]))
    ([0, 1, 2], ['cat', 'dog'])
    """
    if is_whole(classes):
        return list(range(count(classes, "the number of classes")))
    if isinstance(classes, (set, frozenset)):
        raise TypeError(
            "a set has no order, and the classes stand in that of the outputs: give sorted(classes)"
        )
    if isinstance(classes, (str, bytes, bool)) or not hasattr(classes, "__len__"):
        raise TypeError(f"classes is how many there are, or a list of them, not {classes!r}")
    in_order: list[Any] = classes.tolist() if hasattr(classes, "tolist") else list(classes)
    if len(set(in_order)) < len(in_order):
        raise ValueError(f"a class stands twice in classes: {in_order!r:.200}")
    return in_order


def labels_of(classes: Classes, places: NDArray[np.integer]) -> NDArray[Any]:
    """The labels at these places of the classes: `class_numbers` the other way.

    >>> labels_of(["cat", "dog"], np.array([1, 0, 1]))
    array(['dog', 'cat', 'dog'], dtype='<U3')
    """
    in_order = listed(classes)
    array = classes if isinstance(classes, np.ndarray) else np.array(in_order, object)
    if array.ndim != 1:  # of tuples
        array = np.fromiter(in_order, object, len(in_order))
    if array.dtype == object and len(kinds := set(map(type, in_order))) == 1 and kinds <= {str, int, float}:
        array = np.array(in_order)
    labels: NDArray[Any] = array[places]
    return labels


def are_signs(classes: Sequence[Any]) -> bool:
    """Whether two classes are -1 and 1, which the threshold of one output lies between.

    >>> are_signs([-1, 1]), are_signs([0, 1]), are_signs(["no", "yes"])
    (True, False, False)
    """
    return list(classes) == [-1, 1]


def one_hot(
    labels: ArrayLike, classes: Classes | None = None, low: float = 0.01, high: float = 0.99
) -> NDArray[np.float64]:
    """Labels as desired outputs: `high` at the label, `low` elsewhere.

    The defaults are those of deck E: a sigmoid never reaches 0 or 1.

    Args:
        labels: whole numbers from 0, shape (n,), or a single one; or labels of any kind, with a list of
            classes.
        classes: their number, or a list in the order of the outputs, such as ``np.unique(labels)``. None:
            the ten digits.
        low, high: finite numbers, `low` below `high`.

    Returns:
        Shape (n, classes), or (classes,) for one label.

    Raises:
        TypeError: for labels that are not whole numbers, where the classes are not listed.
        ValueError: for a label that is none of the classes, labels of another shape, or a low that is not
            below high.

    >>> one_hot([2, 0], 3, low=0, high=1)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    >>> one_hot(["dog", "cat"], ["cat", "dog"])
    array([[0.01, 0.99],
           [0.99, 0.01]])
    """
    classes = DIGITS if classes is None else classes
    numbers = class_numbers(labels, classes)
    ends = number_of(low), number_of(high)
    if ends[0] is None or ends[1] is None or not -math.inf < ends[0] < ends[1] < math.inf:
        raise ValueError(f"one_hot takes finite numbers, low below high; given low={low!r}, high={high!r}")
    return np.where(np.arange(_count(classes)) == numbers[..., None], ends[1], ends[0])


def class_weights(labels: ArrayLike, classes: Classes) -> NDArray[np.float64]:
    """A weight for each class that makes all classes count alike: n / (classes · examples of the class).

    For ``weights`` of `nn.cross_entropy` and `nn.binary_cross_entropy`. The mean over the examples is 1.

    Args:
        labels, classes: as for `class_numbers`.

    Raises:
        TypeError, ValueError: as `class_numbers`, and for a class without an example.

    >>> class_weights([0, 0, 0, 1], 2)
    array([0.66666667, 2.        ])
    """
    numbers, count = class_numbers(labels, classes), _count(classes)
    examples = np.bincount(numbers.reshape(-1), minlength=count)
    if not examples.all():
        raise ValueError(f"there is no example of class {int(np.argmin(examples))}, so no weight for it")
    weights: NDArray[np.float64] = numbers.size / (count * examples)
    return weights


def unit_rows(labels: NDArray[Any], classes: int) -> NDArray[np.float64]:
    """1 in the column of each label, 0 elsewhere: `one_hot` without its checks of types, for every step.

    Raises:
        ValueError: for a label that is none of the classes.

    >>> unit_rows(np.array([2, 0]), 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    wrong = labels[(labels < 0) | (labels >= classes)]
    if wrong.size:
        raise ValueError(f"there are {classes} classes, and a label {wrong.flat[0]}")
    is_label: NDArray[Any] = np.arange(classes) == labels[..., None]
    return is_label.astype(np.float64)


def _count(classes: Classes) -> int:
    return int(classes) if is_whole(classes) else len(classes)


def _whole(labels: Any, count: int) -> NDArray[np.int64]:
    """Labels that already are whole numbers from 0 to count - 1."""
    array = _one_each(np.asarray(labels))
    if not array.size:  # an empty list has no kind of its own
        return array.astype(np.int64)
    listed = "list their classes in order, as in nn.data.one_hot(labels, np.unique(labels))"
    if is_text(array):
        raise TypeError(f"labels are whole numbers, and {array.flat[0]!s:.80} is text: {listed}")
    numbers = numeric(labels, "labels")
    if numbers.dtype.kind == "f" and np.isnan(numbers).any():
        row = int(np.argwhere(np.isnan(numbers))[0, 0])
        raise ValueError(f"labels have a missing value (nan) in row {row}: leave such examples out")
    if not holds_whole_numbers(numbers):
        cure = (
            listed if numbers.dtype.kind == "b" else "np.asarray(labels, int) makes whole numbers of floats"
        )
        raise TypeError(f"labels are whole numbers, not an array of {numbers.dtype}: {cure}")
    wrong = numbers[(numbers < 0) | (numbers >= count)]
    if wrong.size:
        raise ValueError(
            f"labels of {count} classes lie from 0 to {count - 1}; given {wrong.flat[0]}. Give the number of "
            "classes, or a list of them, as in nn.data.one_hot(labels, np.unique(labels))"
        )
    return numbers.astype(np.int64)


def _one_each(labels: NDArray[Any]) -> NDArray[Any]:
    if labels.ndim > 1:
        raise ValueError(
            f"labels have the shape (n,), not {labels.shape}; a column becomes labels by labels.reshape(-1)"
        )
    return labels
