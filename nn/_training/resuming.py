"""The file of a run of `fit`, from which the same call goes on."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np

from nn._nets.files.filling import HasState, check_optimizer, fill
from nn._nets.files.nets import check_path, read, write
from nn._nets.modules import Module
from nn._training.arguments import Task
from nn._training.callbacks import Callback
from nn._training.history.history import History

__all__ = ["RunFile"]

SHARE = 0.05  # of the time of a run, at most, goes to writing the file
ENTRY = "run"  # of the training in a file
ROWS = 1000  # of examples that are digested at a time


class RunFile:
    """The file of a run: the net, the optimizer, the generators, the history and the state of callbacks.

    Args:
        task: the arguments of `fit`.
        path: of the file, which need not be there.

    Raises:
        TypeError, ValueError, OSError, ImportError: as `nn.save`.
    """

    def __init__(self, task: Task, path: str | Path) -> None:
        self._task = task
        self._path = check_path(task.net, path).absolute()  # the working directory may change
        check_optimizer(task.optimizer, task.net)
        # These two checks have made sure of both.
        self._net, self._optimizer = cast("Module", task.net), cast("HasState", task.optimizer)
        self._settings = dict(self._optimizer.state_dict().get("settings", {}))
        self._due = 0.0  # the time from which on writing is no more than its share

    def load(self) -> History:
        """The history of the run so far, whose state net, optimizer, generators and callbacks get.

        Raises:
            ValueError: for a file that is damaged, holds no run, or a run of other examples; then nothing
                is changed.
        """
        if not self._path.exists():
            return History()
        task = self._task
        architecture, arrays, training = read(self._path)
        run = training.get(ENTRY)
        if run is None:
            raise ValueError(
                f"{self._path} holds a net and no run of fit: resume is a path where nothing is, or the file "
                "of an earlier call"
            )
        try:
            examples, content, earlier = dict(run["examples"]), run["history"], dict(run["settings"])
            history = History.of_content(content)
            state = dict(training["optimizer"])
            if self._settings:
                changed = {name: x for name, x in self._settings.items() if earlier.get(name) != x}
                state["settings"] = state["settings"] | changed
            callbacks = [(str(kind), saved) for kind, saved in run["callbacks"]]
            seed = run.get("seed")
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"{self._path} is damaged, or no run that nn.fit wrote: {error}") from None
        self._compare(examples)
        if None not in (seed, task.seed) and seed != task.seed:
            raise self._other_run(f"a run with rng={seed}, and not {task.seed}")
        if len(history) > task.epochs:
            raise ValueError(
                f"{self._path} is of a run with {len(history)} epochs, and epochs={task.epochs} counts these "
                "too: give as many or more, or another path for a new run"
            )
        filled = training | {"optimizer": state}
        states = [
            (callback, saved)
            for callback, (kind, saved) in zip(_with_state(task.callbacks), callbacks, strict=False)
            if callback is not None and saved is not None and kind == type(callback).__name__
        ]
        fill(self._path, self._net, architecture, arrays, filled, self._optimizer, task.rng, states)
        return history

    def is_due(self, is_last: bool) -> bool:
        """Whether to write after this epoch: the last one, or where writing takes no more than its share."""
        return is_last or time.perf_counter() >= self._due

    def keep(self, history: History) -> None:
        """Write the run as it is after an epoch."""
        start, task = time.perf_counter(), self._task
        states = [None if f is None else f.state_dict() for f in _with_state(task.callbacks)]
        callbacks = [[type(f).__name__, state] for f, state in zip(task.callbacks, states, strict=True)]
        run = {
            "examples": self._examples(),
            "seed": task.seed,
            "settings": self._settings,
            "history": history.content(),
            "callbacks": callbacks,
        }
        training = {
            "optimizer": self._optimizer.state_dict(),
            "rng": task.rng.bit_generator.state,
            ENTRY: run,
        }
        write(self._net, self._path, training)
        end = time.perf_counter()
        self._due = end + (end - start) / SHARE

    def _compare(self, examples: Mapping[str, Any]) -> None:
        """Raise where the run was of other examples."""
        own = self._examples()
        if examples == own:
            return
        difference = "other examples"
        sizes = [[each.get(name) for name in ("count", "batch_size")] for each in (examples, own)]
        if sizes[0] != sizes[1]:
            sentence = "{} examples in batches of {}, and not {} in batches of {}"
            difference = sentence.format(*sizes[0], *sizes[1])
        raise self._other_run(f"a run of {difference}")

    def _other_run(self, described: str) -> ValueError:
        return ValueError(
            f"{self._path} is of {described}: give another path, or delete the file, to begin anew"
        )

    def _examples(self) -> dict[str, Any]:
        """The number of examples, and a digest of their numbers."""
        task, digest = self._task, hashlib.sha256()
        for array in (task.X, task.Y):
            for first in range(0, len(array), ROWS):
                digest.update(np.ascontiguousarray(array[first : first + ROWS], np.float64).data)
        return {"count": len(task.X), "batch_size": task.batch_size, "digest": digest.hexdigest()}


def _with_state(callbacks: list[Callback]) -> list[Any]:
    """Those callbacks that have a state to keep; None for the others."""
    methods = "state_dict", "load_state_dict"
    return [f if all(callable(getattr(f, name, None)) for name in methods) else None for f in callbacks]
