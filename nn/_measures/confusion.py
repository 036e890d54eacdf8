"""The confusion matrix: which labels are taken for which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from autograd._support.notebooks import Table
from nn._support.arrays import objects
from nn._support.class_labels import Classes, class_numbers, listed

__all__ = ["ConfusionMatrix", "confusion_matrix"]


@dataclass(frozen=True, eq=False)
class ConfusionMatrix:
    """How many examples of each class were taken for each class; an array, and a table in a notebook.

    Attributes:
        counts: shape (classes, classes), read-only; of class i ``counts[i, j]`` were taken for class j.
        classes: the labels in this order.
    """

    counts: NDArray[np.int64]
    classes: list[Any]

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(self.counts, dtype=dtype, copy=copy)

    @property
    def accuracy(self) -> float:
        """The share of examples on the diagonal."""
        return int(np.trace(self.counts)) / int(self.counts.sum())

    def __str__(self) -> str:
        lines = [["label", *map(str, self.classes)], *self._rows()]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        text = [
            "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip()
            for line in lines
        ]
        return "\n".join([*text, "A row is a label, a column what was predicted"])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        note = "A row is a label, a column what was predicted"
        return Table(["label", *map(str, self.classes)], self._rows(), words=[0], notes=[note]).html()

    def _rows(self) -> list[list[str]]:
        rows = zip(self.classes, self.counts.tolist(), strict=True)
        return [[str(label), *(f"{count:,}" for count in counts)] for label, counts in rows]


def confusion_matrix(
    labels: ArrayLike, predicted: ArrayLike, classes: Classes | None = None
) -> ConfusionMatrix:
    """Count how often each label was taken for each: rows are labels, columns predictions.

    The order of arguments, rows and columns is that of scikit-learn.

    Args:
        labels: what is right, shape (n,).
        predicted: what was predicted, such as ``net.predict(X, classes=10)`` or ``model.predict(X)``.
        classes: their number or a list, as for `nn.data.class_numbers`. None for all labels that occur on
            either side, sorted.

    Raises:
        ValueError: for different shapes, no example, or a label that is none of the classes; for fractions,
            as outputs are, where no classes are given.
        TypeError: for labels without an order, where no classes are given.

    >>> confusion_matrix(["cat", "dog", "dog", "dog"], ["cat", "dog", "cat", "dog"])
    label  cat  dog
    cat      1    0
    dog      1    2
    A row is a label, a column what was predicted
    >>> np.asarray(confusion_matrix([0, 1], [0, 0], classes=3))
    array([[1, 0, 0],
           [1, 0, 0],
           [0, 0, 0]])
    """
    own, other = (each if isinstance(each, np.ndarray) else objects(each) for each in (labels, predicted))
    if own.ndim != 1 or own.shape != other.shape or not own.size:
        raise ValueError(
            f"labels have shape {own.shape} and predictions {other.shape}; expected a label for each of n "
            "examples in both; outputs become labels by net.predict(X, classes=10)"
        )
    if classes is None:
        together = [*own.tolist(), *other.tolist()]
        fractions = [label for label in together if isinstance(label, float) and label % 1 > 0]
        if fractions:
            raise ValueError(
                f"{fractions[0]:.4g} seems to be no class: outputs become labels by net.predict(X, "
                "classes=10), and where classes are fractions, they are listed, as "
                f"classes={sorted(set(fractions))!r:.80}"
            )
        try:
            classes = sorted(set(together))
        except TypeError:
            kinds = ", ".join(sorted({type(label).__name__ for label in together}))
            in_order = list(dict.fromkeys(together))
            raise TypeError(
                f"labels and predictions hold {kinds}, which have no order: give one, as "
                f"classes={in_order!r:.200}"
            ) from None
        if any(label != label for label in classes):
            raise ValueError("labels have a missing value (nan): leave such examples out")
    in_order = listed(classes)
    places = class_numbers(own, in_order) * len(in_order) + class_numbers(other, in_order)
    counts = np.bincount(places, minlength=len(in_order) ** 2).reshape(len(in_order), -1).astype(np.int64)
    counts.flags.writeable = False
    return ConfusionMatrix(counts, in_order)
