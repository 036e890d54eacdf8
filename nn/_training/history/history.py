"""The history of a training run: a table, a plot, a file."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, overload

from autograd._compiler.programs.program import Program
from autograd._compiler.programs.tensor_program import TensorProgram
from autograd._support.atomic import written_whole
from autograd._support.extras import extra
from autograd._support.notebooks import Table
from autograd._support.paths import as_path
from nn._training.history.epochs import Epoch, cells_of, entry_of, epoch_of, heading_of, line_of
from nn._training.notebook import image_of

__all__ = ["History"]

FORMAT = "chainrule history 1"
MOST_BYTES = 200_000_000  # of a file: some 800,000 epochs
# Of cost, accuracy and metrics. Type reads on white and on black: a contrast of 4.5 to both.
COLORS = ("#1877D4", "#C8500F", "#A250CE", "#008571", "#8E6F64")
APART = 60  # points between right-hand scales
FEW = 30  # the most epochs that are marked with dots


@dataclass(repr=False)
class History(Sequence[Epoch]):
    """The record of `fit`: a sequence of `Epoch`, printed as a table.

    Attributes:
        epochs: the epochs that were completed.
        interrupted: whether Ctrl-C ended the run.
        stopped: the reason of a callback that ended the run, or None.
        diverged: the costs of a run that diverged and yet stayed finite, as text, or None.
        restored: the number of the epoch whose parameters `nn.early_stopping` put back, or None.
        net: the net, for callbacks; not in the file.
        program: the program that took the steps in place of the net, or None; not in the file.
        native: whether C computed the program's steps; not in the file.
        eager: the reason for steps on nodes, without a program, or None; not in the file.
        build: a note on the build in C: the reason where there is none, though the run repays it, or that
            CC of the environment names no program; else None; not in the file.

    >>> print(History([Epoch(1, 0.8, 0.4, None, None, 1.0), Epoch(2, 0.3, 0.85, None, None, 1.0)]))
                 training             validation
    epoch        cost  accuracy        cost  accuracy  seconds
        1      0.8000   40.00 %           –         –      1.0
        2      0.3000   85.00 %           –         –      1.0
    """

    epochs: list[Epoch] = field(default_factory=list)
    interrupted: bool = False
    stopped: str | None = None
    program: Program | TensorProgram | None = field(default=None, compare=False)
    diverged: str | None = None
    eager: str | None = field(default=None, compare=False)
    native: bool = field(default=False, compare=False)
    build: str | None = field(default=None, compare=False)
    restored: int | None = None
    net: Any = field(default=None, compare=False)

    def __getstate__(self) -> dict[str, Any]:
        """The attributes of a copy: all but the net, and how its steps were computed."""
        own = "program", "eager", "native", "build", "net"
        return {name: value for name, value in vars(self).items() if name not in own}

    @property
    def cost(self) -> list[float]:
        """The cost of each epoch."""
        return [epoch.cost for epoch in self.epochs]

    @property
    def accuracy(self) -> list[float | None]:
        """The accuracy of each epoch on the training examples."""
        return [epoch.accuracy for epoch in self.epochs]

    @property
    def validation_cost(self) -> list[float | None]:
        """The cost of each epoch on the validation examples."""
        return [epoch.validation_cost for epoch in self.epochs]

    @property
    def validation_accuracy(self) -> list[float | None]:
        """The accuracy of each epoch on the validation examples."""
        return [epoch.validation_accuracy for epoch in self.epochs]

    @property
    def metrics(self) -> dict[str, list[float]]:
        """Each metric's number of each epoch on the training examples, by its name.

        >>> History([Epoch(1, 0.8, None, None, None, 1.0, {"R²": 0.25})]).metrics
        {'R²': [0.25]}
        """
        return self._measured("metrics")

    @property
    def validation_metrics(self) -> dict[str, list[float]]:
        """Each metric's number of each epoch on the validation examples, by its name."""
        return self._measured("validation_metrics")

    def _measured(self, kind: str) -> dict[str, list[float]]:
        each: list[Mapping[str, float]] = [getattr(epoch, kind) for epoch in self.epochs]
        names = dict.fromkeys(name for measured in each for name in measured)
        return {name: [measured.get(name, math.nan) for measured in each] for name in names}

    def __len__(self) -> int:
        return len(self.epochs)

    @overload
    def __getitem__(self, index: int) -> Epoch: ...
    @overload
    def __getitem__(self, index: slice) -> list[Epoch]: ...
    def __getitem__(self, index: int | slice) -> Epoch | list[Epoch]:
        return self.epochs[index]

    def __iter__(self) -> Iterator[Epoch]:
        return iter(self.epochs)

    def __str__(self) -> str:
        columns = self._columns()
        lines = [heading_of(*columns), *(line_of(epoch, *columns) for epoch in self.epochs)]
        return "\n".join([*lines, *self._ends()])

    def _columns(self) -> tuple[bool, list[str]]:
        """Whether accuracy has columns, which it has where an epoch has one, and the names of the metrics."""
        judged = not self.epochs or any(x is not None for x in self.accuracy + self.validation_accuracy)
        return judged, list(self.metrics)

    def _ends(self) -> list[str]:
        """The reasons for which the run ended before its last epoch, and the epoch whose net it left."""
        reasons = {"stopped": self.stopped, "diverged": self.diverged}
        told = [f"{how}: {reason}" for how, reason in reasons.items() if reason is not None]
        if self.restored is not None:
            told.append(f"the net is that of epoch {self.restored}, the best")
        return ["interrupted"] * self.interrupted + told

    def _repr_html_(self) -> str:
        judged, metrics = self._columns()
        group = ["cost", *["accuracy"] * judged, *metrics]
        heading = ["epoch", *group, *(f"validation {name}" for name in group), "seconds"]
        rows = [cells_of(epoch, judged, metrics) for epoch in self.epochs]
        if not any(cost is not None for cost in self.validation_cost):
            held_out = slice(1 + len(group), -1)
            del heading[held_out]
            for row in rows:
                del row[held_out]
        table = Table(heading, rows, title=repr(self).strip("<>").partition(";")[0], notes=self._ends())
        if len(self) < 2:  # one point is no curve
            return table.html()
        return table.html() + image_of(self.plot, "cost and accuracy over the epochs", len(metrics))

    def __repr__(self) -> str:
        last = f": cost {self.cost[-1]:.4g}" if self.epochs else ""
        return f"<History of {len(self)} epoch{'' if len(self) == 1 else 's'}{last}; print it for the table>"

    def plot(self, ax: Any = None, colors: Sequence[str] = COLORS) -> Any:
        """Cost and, on a right-hand scale, accuracy over the epochs, drawn with matplotlib.

        Cost is blue and accuracy orange, as their scales are; the validation's are dashed. Every metric
        has a scale and a colour of its own, further to the right.

        Args:
            ax: the axes to draw in; new ones if None.
            colors: of the cost, and of the scales to the right one after another.

        Returns:
            The axes of the cost.

        Raises:
            ImportError: without matplotlib, with the command that installs it.
            ValueError: when no epoch was completed.
            TypeError: when `ax` is no axes.
        """
        if not self.epochs:
            raise ValueError("there is nothing to plot: no epoch was completed")
        pyplot, axes, ticker = (
            extra(f"matplotlib.{module}", "plots", "plotting a history")
            for module in ("pyplot", "axes", "ticker")
        )
        if ax is None:
            _, ax = pyplot.subplots(layout="constrained")
        elif not isinstance(ax, axes.Axes):
            raise TypeError(f"ax is matplotlib's Axes, or None for new ones, not {type(ax).__name__}")
        lines = self._draw(
            ax, colors[0], [(self.cost, "cost, training"), (self.validation_cost, "cost, validation")]
        )
        ax.set(xlabel="epoch", ylabel="cost", xlim=(self[0].number - 0.5, self[-1].number + 0.5))
        ax.xaxis.set_major_locator(ticker.MaxNLocator(integer=True, steps=[1, 2, 5, 10], min_n_ticks=1))
        low, high = ax.dataLim.intervaly
        if low >= 0 and 0 < high < math.inf:
            ax.set_ylim(0, 1.05 * high)
        held_out = self.validation_metrics
        measured: list[tuple[str, Sequence[float | None], Sequence[float | None]]] = [
            (name, heights, held_out.get(name, [])) for name, heights in self.metrics.items()
        ]
        if any(share is not None for share in self.accuracy + self.validation_accuracy):
            measured.insert(0, ("accuracy", self.accuracy, self.validation_accuracy))
        for place, (name, training, validation) in enumerate(measured):
            right = ax.twinx()
            right.spines["right"].set_position(("outward", APART * place))
            curves = [(training, f"{name}, training"), (validation, f"{name}, validation")]
            lines += self._draw(right, colors[1:][place % len(colors[1:])], curves)
            right.set_ylabel(name)
            if name == "accuracy":
                right.set_ylim(0, 1.05)
                right.yaxis.set_major_formatter(ticker.PercentFormatter(1.0))
        if len(lines) > 1:  # under the word "epoch": no curve is there, and no title
            under = {"loc": "upper center", "bbox_to_anchor": (0.5, 0.0), "borderaxespad": 3.5}
            ax.legend(handles=lines, ncols=2, frameon=False, **under)
        return ax

    def _draw(self, ax: Any, color: str, curves: Sequence[tuple[Sequence[float | None], str]]) -> list[Any]:
        """The lines of the curves that have numbers, and the scale in their colour."""
        numbers = [epoch.number for epoch in self.epochs]
        marker = "o" if len(self) <= FEW else None
        lines = []
        for (heights, label), style, inside in zip(curves, ("-", "--"), (color, "none"), strict=True):
            if any(height is not None for height in heights):
                numbers_or_nan = [math.nan if height is None else height for height in heights]
                dots = {"marker": marker, "markersize": 4, "markerfacecolor": inside}
                lines += ax.plot(numbers, numbers_or_nan, style, color=color, label=label, **dots)
        ax.yaxis.label.set_color(color)
        ax.tick_params(axis="y", colors=color)
        return lines

    def save(self, path: str | Path) -> Path:
        """Write the history to a JSON file, whole or not at all; `History.load` reads it.

        JSON has no nan and no infinity: they are written as "nan", "inf" and "-inf".

        Raises:
            FileNotFoundError, IsADirectoryError, PermissionError: when there is no such folder,
                `path` is one, or it is write-protected.

        >>> import tempfile
        >>> history = History([Epoch(1, 0.8, 0.4, None, None, 1.0)])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     History.load(history.save(Path(folder) / "history.json")) == history
        True
        """
        path = as_path(path)
        if path.suffix != ".json":
            raise ValueError(f"a history is saved as .json, not as {path.name!r}")
        content = self.content()
        with written_whole(path) as temporary:
            temporary.write_text(json.dumps(content, indent=1, allow_nan=False), encoding="utf-8")
        return path

    @classmethod
    def load(cls, path: str | Path) -> History:
        """The history that `save` wrote.

        Raises:
            FileNotFoundError: when there is no such file.
            ValueError: for a file that is damaged or something else.
        """
        path = as_path(path)
        try:
            with path.open("rb") as file:
                text = file.read(MOST_BYTES + 1)
            if len(text) > MOST_BYTES:
                raise ValueError(f"it is longer than {MOST_BYTES:,} bytes")
            content = json.loads(text.decode("utf-8"))
            history = cls.of_content(content)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise ValueError(f"{path} is not a history that History.save wrote: {error}") from None
        return history

    def content(self) -> dict[str, Any]:
        """The history as numbers and texts that JSON has, for a file."""
        content: dict[str, Any] = {"format": FORMAT, **self.__getstate__()}
        content["epochs"] = [entry_of(epoch) for epoch in self.epochs]
        for name in ("diverged", "restored"):  # older versions do not know these entries
            if content[name] is None:
                del content[name]
        return content

    @classmethod
    def of_content(cls, content: Mapping[str, Any]) -> History:
        """The history whose `content` it is.

        Raises:
            ValueError, TypeError, KeyError, AttributeError: where it is none.
        """
        if content["format"] != FORMAT:
            raise ValueError("it has another format")
        others = {name: part for name, part in content.items() if name not in ("format", "epochs")}
        history = cls([epoch_of(entry) for entry in content["epochs"]], **others)
        reasons = history.stopped, history.diverged
        if type(history.interrupted) is not bool or not all(isinstance(r, str | None) for r in reasons):
            raise ValueError("its interrupted is no truth, or its stopped or diverged no text")
        if type(history.restored) not in (int, type(None)):
            raise ValueError("its restored is no number of an epoch")
        return history
