"""Callbacks of `fit`: functions of the history so far, called after each epoch."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograd._support.checks import count
from nn._nets.files.nets import check_path, save
from nn._nets.modules import Module
from nn._training.history import Epoch, History

__all__ = ["Callback", "StopTraining", "checkpoint", "early_stopping", "held_out_cost"]

Callback = Callable[[History], object]


class StopTraining(Exception):
    """Raised by a callback to end the run; the message is kept in ``history.stopped``.

    >>> def good_enough(history):
    ...     if history[-1].accuracy > 0.9:
    ...         raise StopTraining("good enough")
    """


def held_out_cost(epoch: Epoch) -> float:
    """The validation cost; the training cost, where there is no validation.

    >>> held_out_cost(Epoch(1, 0.8, None, 0.9, None, 1.0))
    0.9
    >>> held_out_cost(Epoch(1, 0.8, None, None, None, 1.0))
    0.8
    """
    return epoch.cost if epoch.validation_cost is None else epoch.validation_cost


def early_stopping(patience: int, monitor: Callable[[Epoch], float] = held_out_cost) -> Callback:
    """A callback that ends the run when `patience` epochs have passed since the best one.

    The net stays as it is then; with `checkpoint` before it, the best one is in a file.

    Args:
        patience: how many epochs to wait, 1 or more.
        monitor: of each epoch, a number that is better the lower it is.

    Raises:
        ValueError: for a patience that is not a whole number from 1.

    >>> stop = early_stopping(patience=2)
    >>> stop(History([Epoch(n, cost, None, None, None, 1.0) for n, cost in [(1, 0.5), (2, 0.6), (3, 0.7)]]))
    Traceback (most recent call last):
        ...
    nn._training.callbacks.StopTraining: no epoch since 1 was better
    """
    _check_monitor(monitor)
    patience = count(patience, "patience", unit=" of epochs")

    def stop(history: History) -> None:
        best = _best(history, monitor)
        if history[-1].number - best.number >= patience:
            raise StopTraining(f"no epoch since {best.number} was better")

    return stop


def checkpoint(net: Module, path: str | Path, monitor: Callable[[Epoch], float] = held_out_cost) -> Callback:
    """A callback that saves the net whenever an epoch is the best of its run: the file holds the best net.

    A later run with the same net begins anew, so its first epoch replaces the file.

    ``nn.load(path)`` reads the best `nn.MLP`, and ``nn.load(path, into=net)`` any other module.

    Args:
        net: the net that is trained.
        path: as for `nn.save`; checked now rather than after an hour.
        monitor: of each epoch, a number that is better the lower it is.

    Raises:
        ValueError, TypeError, OSError, ImportError: as `nn.save`.
    """
    _check_monitor(monitor)
    path = check_path(net, path).absolute()  # the working directory may change

    def keep(history: History) -> None:
        if _best(history, monitor) is history[-1]:
            save(net, path)

    return keep


def _check_monitor(monitor: Any) -> None:
    if not callable(monitor):
        raise TypeError(
            f"monitor is a function of an Epoch, such as lambda epoch: epoch.cost, not {monitor!r}"
        )


def _best(history: History, monitor: Callable[[Epoch], float]) -> Epoch:
    """The first of the epochs with the lowest number; nan is worse than all."""

    def lowest(epoch: Epoch) -> float:
        number = monitor(epoch)
        return math.inf if math.isnan(number) else number

    return min(history, key=lowest)
