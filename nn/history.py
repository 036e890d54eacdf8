"""What a training run leaves behind: a table, a plot, a file."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from autograd.extras import extra
from nn.atomic import written_whole

__all__ = ["Epoch", "History", "percent"]

FORMAT = "chainrule history 1"


@dataclass(frozen=True)
class Epoch:
    """One pass over the training examples.

    Attributes:
        number: counted from 1.
        cost: the mean over the examples, each at its turn, while the net was learning.
        accuracy: the share of those outputs that were right, as `nn.accuracy` counts them; None
            where there is no right and wrong.
        validation_cost: the cost of the validation examples, after the pass; None without any.
        validation_accuracy: the share of them that was right.
        seconds: how long the pass took, validation included.

    >>> print(Epoch(3, 0.1234, 0.913, 0.2071, 0.905, 1.5))
        3    0.1234   91.30 %    0.2071   90.50 %      1.5
    """

    number: int
    cost: float
    accuracy: float | None
    validation_cost: float | None
    validation_accuracy: float | None
    seconds: float

    def __str__(self) -> str:
        held_out = "–" if self.validation_cost is None else f"{self.validation_cost:#.4g}"
        return (
            f"{self.number:5d}  {self.cost:#8.4g}  {percent(self.accuracy):>8}  "
            f"{held_out:>8}  {percent(self.validation_accuracy):>8}  {self.seconds:7.1f}"
        )


HEADING = f"""\
{"":5}  {"training":^18}  {"validation":^18}
{"epoch":>5}  {"cost":>8}  {"accuracy":>8}  {"cost":>8}  {"accuracy":>8}  {"seconds":>7}"""


@dataclass(repr=False)
class History(Sequence[Epoch]):
    """What `fit` recorded: a sequence of `Epoch`, printed as a table.

    Attributes:
        epochs: the epochs that were completed.
        interrupted: whether Ctrl-C ended the run.
        stopped: why a callback ended the run, or None.

    >>> print(History([Epoch(1, 0.8, 0.4, None, None, 1.0), Epoch(2, 0.3, 0.85, None, None, 1.0)]))
               training           validation
    epoch      cost  accuracy      cost  accuracy  seconds
        1    0.8000   40.00 %         –         –      1.0
        2    0.3000   85.00 %         –         –      1.0
    """

    epochs: list[Epoch] = field(default_factory=list)
    interrupted: bool = False
    stopped: str | None = None

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

    def __len__(self) -> int:
        return len(self.epochs)

    def __getitem__(self, index: Any) -> Any:
        return self.epochs[index]

    def __iter__(self) -> Iterator[Epoch]:
        return iter(self.epochs)

    def __str__(self) -> str:
        end = (
            ["interrupted"]
            if self.interrupted
            else []
            if self.stopped is None
            else [f"stopped: {self.stopped}"]
        )
        return "\n".join([HEADING, *map(str, self.epochs), *end])

    def __repr__(self) -> str:
        last = f": cost {self.cost[-1]:.4g}" if self.epochs else ""
        return f"<History of {len(self)} epoch{'' if len(self) == 1 else 's'}{last}; print it for the table>"

    def plot(self, ax: Any = None) -> Any:
        """Cost and, on the right-hand scale, accuracy over the epochs, drawn with matplotlib.

        Args:
            ax: the axes to draw in; new ones if None.

        Returns:
            The axes.

        Raises:
            ImportError: without matplotlib, with the command that installs it.
            ValueError: when no epoch was completed.
        """
        if not self.epochs:
            raise ValueError("there is nothing to plot: no epoch was completed")
        pyplot = extra("matplotlib.pyplot", "plots", "plotting a history")
        ticks = extra("matplotlib.ticker", "plots", "plotting a history")
        if ax is None:
            _, ax = pyplot.subplots(layout="constrained")
        numbers = [epoch.number for epoch in self.epochs]
        curves = [(self.cost, "cost, training", "-"), (self.validation_cost, "cost, validation", "--")]
        lines = _drawn(ax, numbers, curves, "tab:blue")
        ax.set(xlabel="epoch", ylabel="cost")
        ax.set_ylim(bottom=0 if min(self.cost) >= 0 else None)
        ax.xaxis.set_major_locator(ticks.MaxNLocator(integer=True))
        if any(share is not None for share in self.accuracy + self.validation_accuracy):
            right = ax.twinx()
            curves = [
                (self.accuracy, "accuracy, training", "-"),
                (self.validation_accuracy, "accuracy, validation", "--"),
            ]
            lines += _drawn(right, numbers, curves, "tab:orange")
            right.set_ylabel("accuracy")
            right.yaxis.set_major_formatter(ticks.PercentFormatter(1.0))
        ax.legend(handles=lines, loc="center right")
        return ax

    def save(self, path: str | Path) -> Path:
        """Write the epochs to a JSON file, whole or not at all; `History.load` reads it.

        >>> import tempfile
        >>> history = History([Epoch(1, 0.8, 0.4, None, None, 1.0)])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     History.load(history.save(Path(folder) / "history.json")) == history
        True
        """
        content = {"format": FORMAT, **asdict(self)}
        with written_whole(Path(path)) as beside:
            beside.write_text(json.dumps(content, indent=1), encoding="utf-8")
        return Path(path)

    @classmethod
    def load(cls, path: str | Path) -> History:
        """The history that `save` wrote.

        Raises:
            FileNotFoundError: when there is no such file.
            ValueError: for a file that is damaged or something else.
        """
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
            if content.pop("format") != FORMAT:
                raise ValueError("it has another format")
            epochs = [Epoch(**epoch) for epoch in content.pop("epochs")]
            if not all(_fits(epoch) for epoch in epochs):
                raise ValueError("an epoch holds something that is not a number")
            return cls(epochs, **content)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"{path} is not a history that History.save wrote: {error}") from None


def percent(share: float | None) -> str:
    """A share in percent, a dash for None.

    >>> percent(0.9125), percent(None)
    ('91.25 %', '–')
    """
    return "–" if share is None else f"{100 * share:.2f} %"


def _drawn(ax: Any, numbers: list[int], curves: Any, color: str) -> list[Any]:
    """The lines of the curves that have numbers; a single epoch is a dot."""
    lines = []
    for heights, label, style in curves:
        if any(height is not None for height in heights):
            shown = [math.nan if height is None else height for height in heights]
            marker = "o" if len(numbers) == 1 else None
            lines += ax.plot(numbers, shown, style, color=color, label=label, marker=marker)
    return lines


def _fits(epoch: Epoch) -> bool:
    return all(isinstance(x := getattr(epoch, f.name), (int, float)) or x is None for f in fields(epoch))
