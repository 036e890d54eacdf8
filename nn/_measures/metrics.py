"""Metrics: functions of outputs and desired outputs that are reported, and not descended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._graph.leaving import plain_array
from nn._measures.costs import alike
from nn._nets.activations import name_of

__all__ = ["Metric", "Metrics", "mean_absolute_error", "named_metrics", "r_squared"]

Array = NDArray[Any]
Metric = Callable[[Any, Any], Any]
Metrics = Mapping[str, Metric] | Iterable[Metric]


def r_squared(a: Any, y: Any) -> float:
    """R² = 1 - Σ (yᵢ - aᵢ)² / Σ (yᵢ - ȳ)², over the examples; with several outputs, the mean of theirs.

    1 for right outputs, 0 for outputs no better than the mean of the desired outputs.

    Args:
        a: outputs, shape (n,) or (n, outputs): numbers or nodes.
        y: the desired outputs, of the same shape.

    Returns:
        A number up to 1; nan where desired outputs do not vary, as of a single example.

    Raises:
        ValueError: when the shapes differ, or there is no example.

    >>> r_squared([2.5, 0.0, 2.0, 8.0], [3.0, -0.5, 2.0, 7.0]).__round__(3)
    0.949
    """
    a, y = (x.astype(np.float64) for x in alike("r_squared", plain_array(a), plain_array(y)))
    residual, total = (np.square(y - x).sum(axis=0) for x in (a, y.mean(axis=0)))
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.mean(np.where(total > 0, 1 - residual / total, np.nan)))


def mean_absolute_error(a: Any, y: Any) -> float:
    """The mean over examples and outputs of |aⱼ - yⱼ|, in the units of y.

    Arguments and errors as for `r_squared`.

    >>> mean_absolute_error([[2.5], [0.0]], [[3.0], [-0.5]])
    0.5
    """
    a, y = (x.astype(np.float64) for x in alike("mean_absolute_error", plain_array(a), plain_array(y)))
    return float(abs(a - y).mean())


def named_metrics(metrics: Metrics | None) -> dict[str, Metric]:
    """Metrics by the names in a dict, or by the names of the functions.

    Raises:
        TypeError: for anything but functions with names.
        ValueError: for two of one name.

    >>> list(named_metrics([r_squared])), list(named_metrics({"R²": r_squared}))
    (['r_squared'], ['R²'])
    """
    if metrics is None:
        return {}
    expected = 'as in {"R²": nn.r_squared}'
    if callable(metrics) or isinstance(metrics, str) or not isinstance(metrics, Iterable):
        raise TypeError(f"metrics is a dict of functions of outputs and desired outputs, {expected}")
    if isinstance(metrics, Mapping):
        pairs = list(metrics.items())
    else:
        pairs = [(name_of(metric) if callable(metric) else "", metric) for metric in metrics]
    for name, metric in pairs:
        if not callable(metric) or not isinstance(name, str) or not name:
            raise TypeError(
                f"a metric is a function of outputs and desired outputs, {expected}, not {metric!r}"
            )
    named = dict(pairs)
    if len(named) < len(pairs):
        raise ValueError(f"two metrics have the same name: give each its own in a dict, {expected}")
    return named
