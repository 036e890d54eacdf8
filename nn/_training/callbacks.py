"""Callbacks of `fit`: functions of the history so far, called after each epoch."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from autograd._support.checks import a_bool, between, count, number_of
from nn._nets.files.nets import check_path, save
from nn._nets.modules import Module
from nn._nets.parameters import assign, numbers
from nn._training.history.epochs import Epoch
from nn._training.history.history import History

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


def early_stopping(
    patience: int,
    monitor: Callable[[Epoch], float] = held_out_cost,
    *,
    min_delta: float = 0.0,
    restore_best: bool = True,
) -> Callback:
    """A callback that ends the run when `patience` epochs have passed since the best one.

    Then the net gets back its parameters and buffers of the epoch with the lowest number, and so it does
    where the run ends by its last epoch; ``history.restored`` tells which. After Ctrl-C and after an error it
    stays as the last step left it. The optimizer keeps its memory of the last step.

    Args:
        patience: how many epochs to wait, 1 or more.
        monitor: of each epoch, a number that is better the lower it is.
        min_delta: an epoch ends the waiting only where its number is lower by more than that.
        restore_best: whether the net gets its best parameters back.

    Raises:
        ValueError: for a patience that is not a whole number from 1, or a min_delta below 0.
        TypeError: for a monitor that is no function, and after an epoch of which it gives no number.

    >>> stop = early_stopping(patience=2)
    >>> stop(History([Epoch(n, cost, None, None, None, 1.0) for n, cost in [(1, 0.5), (2, 0.6), (3, 0.7)]]))
    Traceback (most recent call last):
        ...
    nn._training.callbacks.StopTraining: no epoch since 1 was better
    """
    _check_monitor(monitor)
    patience = count(patience, "patience", unit=" of epochs")
    return EarlyStopping(
        patience, monitor, between(min_delta, "min_delta", 0), a_bool(restore_best, "restore_best")
    )


class EarlyStopping:
    """The callback that `early_stopping` makes, with the numbers of the best net so far."""

    def __init__(
        self, patience: int, monitor: Callable[[Epoch], float], min_delta: float, restore_best: bool
    ) -> None:
        self._patience, self._monitor, self._min_delta = patience, monitor, min_delta
        self._restore_best = restore_best
        self._kept: dict[str, Any] | None = None  # the number of an epoch, its height, the net's numbers

    def __call__(self, history: History) -> None:
        last = history[-1]
        height = _height(last, self._monitor)
        is_best = self._kept is None or len(history) == 1 or height < self._kept["height"]
        if self._restore_best and history.net is not None and is_best:
            self._kept = {"epoch": last.number, "height": height, "net": _numbers_of(history.net)}
        best = _best(history, self._monitor, self._min_delta)
        if last.number - best.number >= self._patience:
            by = f" by more than {self._min_delta:g}" if self._min_delta else ""
            raise StopTraining(f"no epoch since {best.number} was better{by}")

    def finish(self, history: History) -> None:
        """Give the net its best numbers back, where others came later."""
        if self._kept is not None and self._kept["epoch"] != history[-1].number:
            _put_back(history.net, self._kept["net"])
            history.restored = self._kept["epoch"]

    def state_dict(self) -> dict[str, Any]:
        """The best net so far, for the file of a run."""
        return {"kept": self._kept}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on with the best net of a run in a file."""
        self._kept = state["kept"]


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


def _height(epoch: Epoch, monitor: Callable[[Epoch], float]) -> float:
    """The number of an epoch; nan is worse than all."""
    monitored = monitor(epoch)
    number = number_of(monitored)
    if number is None:
        raise TypeError(
            f"monitor gave {monitored!r:.80} for epoch {epoch.number}, which is no number; an epoch has the "
            "numbers of validation where fit is given validation=(X, Y)"
        )
    return math.inf if math.isnan(number) else number


def _best(history: History, monitor: Callable[[Epoch], float], min_delta: float = 0.0) -> Epoch:
    """The first of the epochs with the lowest number, or the last that was lower by more than `min_delta`."""
    best, lowest = history[0], _height(history[0], monitor)
    for epoch in history[1:]:
        height = _height(epoch, monitor)
        if height < lowest - min_delta:
            best, lowest = epoch, height
    return best


def _numbers_of(net: Any) -> Any:
    """The numbers of a net: of a module those of its buffers too."""
    return net.state_dict() if isinstance(net, Module) else numbers(net.parameters())


def _put_back(net: Any, saved: Any) -> None:
    if isinstance(net, Module):
        net.load_state_dict(saved)
    else:
        assign(net.parameters(), saved)
