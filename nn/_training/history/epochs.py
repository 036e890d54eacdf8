"""One epoch of a training run: its numbers, a line of a table, an entry in a file."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["Epoch", "cells_of", "entry_of", "epoch_of", "heading_of", "line_of", "percent"]

NOT_FINITE = ("nan", "inf", "-inf")  # texts for floats that JSON does not have


@dataclass(frozen=True)
class Epoch:
    """One pass over the training examples.

    Attributes:
        number: counted from 1.
        cost: the mean over the examples, each at its turn, while the net was learning.
        accuracy: the share of right outputs in the pass, as `nn.accuracy` counts them; None where there is
            no right and wrong.
        validation_cost: the cost of the validation examples, after the pass; None without any.
        validation_accuracy: their share of right outputs.
        seconds: the time of the pass, validation included.
        metrics: the numbers of the metrics of `fit` for the outputs in the pass, by their names.
        validation_metrics: the same of the validation examples.

    >>> print(Epoch(3, 0.1234, 0.913, 0.2071, 0.905, 1.5))
        3      0.1234   91.30 %      0.2071   90.50 %      1.5
    """

    number: int
    cost: float
    accuracy: float | None
    validation_cost: float | None
    validation_accuracy: float | None
    seconds: float
    metrics: Mapping[str, float] = field(default_factory=dict, hash=False)
    validation_metrics: Mapping[str, float] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return line_of(self, True, list(self.metrics))


def line_of(epoch: Epoch, with_accuracy: bool, metrics: Sequence[str]) -> str:
    """An epoch's line of a table, which has these columns."""
    group = [10, *[8] * with_accuracy, *map(_width, metrics)]
    cells = zip(cells_of(epoch, with_accuracy, metrics), [5, *group, *group, 7], strict=True)
    return "  ".join(f"{cell:>{width}}" for cell, width in cells)


def cells_of(epoch: Epoch, with_accuracy: bool, metrics: Sequence[str]) -> list[str]:
    """The number of an epoch, its measures of training and of validation, and its seconds."""
    groups = (
        (epoch.cost, epoch.accuracy, epoch.metrics),
        (epoch.validation_cost, epoch.validation_accuracy, epoch.validation_metrics),
    )
    cells = [str(epoch.number)]
    for cost, accuracy, measured in groups:
        cells += [_short(cost), *[percent(accuracy)] * with_accuracy]
        cells += [_short(measured.get(name)) for name in metrics]
    return [*cells, f"{epoch.seconds:.1f}"]


def heading_of(with_accuracy: bool, metrics: Sequence[str]) -> str:
    """The two lines over a table."""
    group = "  ".join(
        [f"{'cost':>10}", *["accuracy"] * with_accuracy, *(f"{name:>{_width(name)}}" for name in metrics)]
    )
    over = "  ".join([" " * 5, f"{'training':^{len(group)}}", f"{'validation':^{len(group)}}"])
    return f"{over.rstrip()}\n{'epoch':>5}  {group}  {group}  {'seconds':>7}"


def _short(number: float | None) -> str:
    return "–" if number is None else f"{number:#.4g}"


def _width(name: str) -> int:
    return max(10, len(name))


def percent(share: float | None) -> str:
    """A share in percent, a dash for None.

    >>> percent(0.9125), percent(None)
    ('91.25 %', '–')
    """
    return "–" if share is None else f"{100 * share:.2f} %"


def entry_of(epoch: Epoch) -> dict[str, Any]:
    """An epoch as it is written: without nan and infinity, which JSON has not, and without empty metrics."""

    def encoded(x: Any) -> Any:
        return x if x is None or math.isfinite(x) else str(x)

    return {
        name: {key: encoded(number) for key, number in x.items()} if isinstance(x, Mapping) else encoded(x)
        for name, x in asdict(epoch).items()
        if x != {}
    }


def epoch_of(entry: Mapping[str, Any]) -> Epoch:
    """The epoch that was written, with its infinities and nan.

    Raises:
        ValueError, TypeError, AttributeError: when it is none.
    """

    def decoded(name: str, x: Any, optional: bool = False) -> Any:
        x = float(x) if isinstance(x, str) and x in NOT_FINITE else x
        if not (type(x) is int or (type(x) is float and name != "number") or (x is None and optional)):
            raise ValueError(f"the {name} of an epoch is {x!r}")
        return x

    fields: dict[str, Any] = {}
    for name, x in entry.items():
        if name in ("metrics", "validation_metrics"):
            fields[name] = {str(key): decoded(f"metric {key}", number) for key, number in x.items()}
        else:
            fields[name] = decoded(name, x, name in ("accuracy", "validation_cost", "validation_accuracy"))
    return Epoch(**fields)
