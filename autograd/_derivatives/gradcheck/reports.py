"""The outcome of a check as plain data: entries, their table, and the error of a wrong derivative."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd._derivatives.differences.judging import AGREES, DISAGREES, UNDECIDED
from autograd._support.notebooks import Table

__all__ = ["Entry", "GradientError", "GradientReport", "UndecidedWarning"]

ROWS = 20  # of a table, unless it is asked for more
NUMBERS = {"analytic", "numeric", "error", "step", "digits", "order"}  # columns to the right

DOUBTFUL = {DISAGREES: 0, UNDECIDED: 1, AGREES: 2}


class UndecidedWarning(UserWarning):
    """Differences cannot tell whether a derivative is right.

    >>> import warnings
    >>> from autograd import exp, gradcheck
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     report = gradcheck(lambda x: exp(x) + 1e17, 0.0)
    >>> bool(report), caught[0].category.__name__
    (False, 'UndecidedWarning')
    """

    __module__ = "autograd"  # where users find it


class GradientError(AssertionError):
    """A derivative that disagrees with the differences.

    Attributes:
        input: the number of the argument.
        index: the place in it, () for a number.
        mode: ``reverse``, ``forward``, or ``given`` for the derivative of someone else.
        order: 1 for the gradient, 2 for the derivative of the gradient, ….
        analytic, numeric: the two derivatives; arrays when the function's result is one.
        error: the estimated error of the numeric one.
        step: the step of the differences.
        kink: the nearest place where a derivative jumps, in words, or None.
        report: the `GradientReport` with all entries, or None for a row from outside.

    >>> try:
    ...     gradcheck(lambda x: x * x.data, 3.0)  # .data is a plain number, so one factor has no derivative
    ... except GradientError as error:
    ...     print(error.mode, error.analytic, round(error.numeric, 6))
    reverse 3.0 6.0
    """

    __module__ = "autograd"  # where users find it

    input: int
    index: tuple[int, ...]
    mode: str
    order: int
    analytic: Any
    numeric: Any
    error: Any
    step: float
    kink: str | None
    report: GradientReport | None = None

    def __init__(self, message: str, **attributes: Any) -> None:
        super().__init__(message)
        self.__dict__.update(attributes)

    def __reduce__(self) -> Any:
        return functools.partial(type(self), **self.__dict__), self.args


@dataclass(frozen=True, slots=True)
class Entry:
    """One derivative beside its differences.

    Attributes:
        input: the number of the argument, counted over the leaves of containers.
        label: the argument's label, or its path as ``args[0]["W"]``; None for a number without one.
        index: the place in the argument, () for a number.
        output: the place in the result: indices, and keys of dicts; () for one number.
        mode: ``reverse``, ``forward`` or ``given``.
        order: 1 for the first derivative; of a higher order, the result is the derivative of the order below.
        analytic, numeric: the derivative, and that of the differences; nan where there are none.
        error, step: of the differences.
        slopes: at a kink, the derivatives on the left and on the right.
        verdict: ``agrees``, ``disagrees`` or ``cannot tell``.
        reason: for the verdict; empty where a smooth function agrees.
    """

    input: int
    label: str | None
    index: tuple[int, ...]
    output: tuple[Any, ...]
    mode: str
    order: int
    analytic: float
    numeric: float
    error: float
    step: float
    slopes: tuple[float, float] | None
    verdict: str
    reason: str

    @property
    def digits(self) -> float:
        """To how many decimal digits the two derivatives agree: 0 to 16.

        >>> entry = Entry(0, None, (), (), "reverse", 1, 2.001, 2.0, 1e-14, 0.1, None, "disagrees", "")
        >>> round(entry.digits, 1)
        3.3
        """
        size = max(abs(self.analytic), abs(self.numeric))
        distance = abs(self.analytic - self.numeric)
        if distance == 0:
            return 16.0
        if not math.isfinite(distance) or not math.isfinite(size):
            return 0.0
        return min(16.0, max(0.0, -math.log10(distance / size)))

    @property
    def place(self) -> str:
        """The number that the derivative is by, in words."""
        text = f"argument {self.input}" + (f" ({self.label})" if self.label else "")
        return text + (f" at {list(self.index)}" if self.index else "")


@dataclass(frozen=True, repr=False)
class GradientReport:
    """What a check of derivatives came to; true where all agree.

    Attributes:
        verdict: ``agrees``; ``disagrees`` if any derivative does; else ``cannot tell`` if differences cannot
            tell of any.
        entries: every derivative that was checked.
        reason: for a verdict on the function as a whole; empty without one.
        diagnosis: the likely mistake, or None.
        kink: the nearest place where a derivative jumps, in words, or None; looked for at a disagreement.

    ``print(report)`` shows a table, the most doubtful derivatives first.

    >>> from autograd import sin
    >>> from autograd.testing import check_gradient
    >>> print(check_gradient(sin, 0.0))  # doctest: +ELLIPSIS
    agrees: 2 derivatives, to 14 digits or more
    argument    mode     analytic  numeric    error     step  digits  verdict
    argument 0  reverse         1        1  ...                 14.8  agrees
    argument 0  forward         1        1  ...                 14.8  agrees
    """

    __module__ = "autograd"  # where users find it

    verdict: str
    entries: tuple[Entry, ...] = ()
    reason: str = ""
    diagnosis: str | None = None
    kink: str | None = None

    def __bool__(self) -> bool:
        return self.verdict == AGREES

    def __repr__(self) -> str:
        return f"<gradient report: {self.summary}>"

    def __str__(self) -> str:
        return self.table()

    @property
    def doubtful(self) -> tuple[Entry, ...]:
        """The entries, the most doubtful first: disagreeing, undecided, then those of the fewest digits."""
        return tuple(sorted(self.entries, key=lambda e: (DOUBTFUL[e.verdict], e.digits)))

    @property
    def summary(self) -> str:
        """The verdict and its reason, in one sentence."""
        return f"{self.verdict}: {self._sentence()}"

    def _sentence(self) -> str:
        if self.reason:
            return self.reason
        worst = self.doubtful[0] if self.entries else None
        if worst is None or self.verdict == AGREES:
            digits = f", to {math.floor(worst.digits)} digits or more" if worst is not None else ""
            number = len(self.entries)
            return f"{number} derivative{'s' if number != 1 else ''}{digits}"
        doubtful = (entry for entry in self.entries if entry.verdict == self.verdict)
        alike = len({(entry.input, entry.index, entry.output, entry.order) for entry in doubtful})
        others = f"; and so {alike - 1} more" if alike > 1 else ""
        return f"{describe(worst)}{self._causes()}{others}"

    def _causes(self) -> str:
        kink = f"; the nearest kink is {self.kink}" if self.kink else ""
        return kink + (f"; {self.diagnosis}" if self.diagnosis else "")

    def table(self, rows: int = ROWS) -> str:
        """The report as text: the verdict, and a line for each of the most doubtful entries.

        Args:
            rows: how many lines at most; the rest is counted.
        """
        head, lines = self._lines(rows)
        widths = [max(len(line[k]) for line in [head, *lines]) for k in range(len(head))]
        text = [self.summary]
        for line in [head, *lines] if lines else ():
            cells = [
                cell.rjust(width) if name in NUMBERS else cell.ljust(width)
                for cell, width, name in zip(line, widths, head, strict=True)
            ]
            text.append("  ".join(cells).rstrip())
        return "\n".join([*text, *self._rest(rows)])

    def _repr_html_(self) -> str:
        head, lines = self._lines(ROWS)
        words = [place for place, name in enumerate(head) if name not in NUMBERS]
        return Table(head, lines, words, self.summary, self._rest(ROWS)).html()

    def _lines(self, rows: int) -> tuple[list[str], list[list[str]]]:
        """The headings, and the cells of the most doubtful entries."""
        several = len({entry.output for entry in self.entries}) > 1
        orders = any(entry.order > 1 for entry in self.entries)
        head = [
            "argument", *(["output"] if several else []), *(["order"] if orders else []),
            "mode", "analytic", "numeric", "error", "step", "digits", "verdict",
        ]  # fmt: skip
        return head, [_cells(entry, several, orders) for entry in self.doubtful[:rows]]

    def _rest(self, rows: int) -> list[str]:
        """A sentence that counts the entries beyond so many, if there are any."""
        rest = self.doubtful[rows:]
        if not rest:
            return []
        doubt = sum(entry.verdict != AGREES for entry in rest)
        counted = f", {doubt} of them doubtful" if doubt else ", which agree"
        return [f"… and {len(rest)} more{counted}"]

    def raise_if_wrong(self) -> None:
        """Raise the error of the most doubtful entry, if any derivative is wrong.

        Raises:
            GradientError: with this report.
        """
        __tracebackhide__ = True
        if self.verdict == DISAGREES:
            raise self.error()

    def error(self) -> GradientError:
        """The error that `gradcheck` raises for this report, of its first wrong entry.

        Raises:
            ValueError: for a report without a wrong derivative.
        """
        wrong = [entry for entry in self.entries if entry.verdict == DISAGREES]
        if not wrong:
            raise ValueError(f"no derivative is wrong: {self.summary}")
        first = wrong[0]
        column = [
            e
            for e in self.entries
            if (e.input, e.index, e.mode, e.order) == (first.input, first.index, first.mode, first.order)
        ]
        return GradientError(
            self.reason or describe(first) + self._causes(),
            input=first.input, index=first.index, mode=first.mode, order=first.order,
            analytic=_in_shape(column, "analytic"), numeric=_in_shape(column, "numeric"),
            error=_in_shape(column, "error"), step=first.step, kink=self.kink, report=self,
        )  # fmt: skip


def describe(entry: Entry) -> str:
    """A doubtful derivative in one sentence."""
    derivative = "derivative" if entry.order == 1 else f"derivative of order {entry.order}"
    of = f" of the output at {list(entry.output)}" if entry.output else ""
    source = "as given" if entry.mode == "given" else f"in {entry.mode} mode"
    numeric = (
        f"{entry.numeric:.12g} ± {entry.error:.1g} by differences of step {entry.step:.3g}"
        if math.isfinite(entry.numeric)
        else "unknown by differences"
    )
    return (
        f"the {derivative}{of} with respect to {entry.place} is {entry.analytic:.12g} {source}, {numeric}"
        + (f"; {entry.reason}" if entry.reason else "")
    )


def _cells(entry: Entry, several: bool, orders: bool) -> list[str]:
    return [
        entry.place,
        *([str(list(entry.output))] if several else []),
        *([str(entry.order)] if orders else []),
        entry.mode,
        f"{entry.analytic:.9g}",
        f"{entry.numeric:.9g}",
        f"{entry.error:.1e}",
        f"{entry.step:.1e}",
        f"{entry.digits:.1f}",
        entry.verdict + (f": {entry.reason}" if entry.reason else ""),
    ]


def _in_shape(column: Sequence[Entry], field: str) -> Any:
    """A field of the entries of one column, in the shape of the result."""
    numbers = [getattr(entry, field) for entry in column]
    if column[0].output == ():
        return numbers[0]
    if not all(isinstance(k, int) for entry in column for k in entry.output):
        return np.array(numbers)
    shape = tuple(max(entry.output[k] for entry in column) + 1 for k in range(len(column[0].output)))
    return np.array(numbers).reshape(shape) if math.prod(shape) == len(numbers) else np.array(numbers)
