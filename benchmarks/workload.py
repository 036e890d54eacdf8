"""A workload: its cases, contenders, measures and targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["OURS", "Column", "Contender", "Target", "Workload"]

OURS = "chainrule"  # the contender that the others are compared with


@dataclass(frozen=True)
class Contender:
    """One way to do the work.

    Attributes:
        make: builds the subject of the workload's `check` and `time`. It imports its library itself, so
            that a process loads one library only.
        peer: the key in `benchmarks.peers.PEERS` of the library it needs; None runs in the
            interpreter of this project.
        cases: the cases it takes part in, if not all.
        recursive: needs a deep stack, since its backward pass calls itself for every operation.
        repeats: of how many timings in one process the median is taken, if not as of the workload.
        default_threads: BLAS takes as many threads as it does by default.
    """

    make: Callable[[], Any]
    peer: str | None = None
    cases: tuple[int, ...] | None = None
    recursive: bool = False
    repeats: int | None = None
    default_threads: bool = False


@dataclass(frozen=True)
class Column:
    """One measure: the key in the result of `time`, the heading, and the format of the number."""

    key: str
    heading: str
    form: str = "{:,.0f}"


@dataclass(frozen=True)
class Target:
    """``ours <= limit * theirs`` in one measure of one case; without `against`, ``ours <= limit``.

    `of` is the contender with the target.
    """

    case: int
    column: str
    limit: float
    against: str | None = None
    unit: str = ""
    of: str = OURS

    def aim(self) -> str:
        """The target in words.

        >>> Target(1000, "total", 1 / 30, "micrograd").aim()
        '≥ 30 × faster than micrograd'
        >>> Target(1000, "total", 2.0, "XAD").aim()
        '≤ 2 × XAD'
        >>> Target(1000, "total", 1.3, OURS, of="two threads").aim()
        'two threads ≤ 1.3 × chainrule'
        """
        who = "" if self.of == OURS else f"{self.of} "
        if self.against is None:
            return f"{who}≤ {self.limit:g} {self.unit}"
        if self.limit < 1:
            return f"{who}≥ {1 / self.limit:.3g} × faster than {self.against}"
        return f"{who}≤ {self.limit:g} × {self.against}"


@dataclass(frozen=True)
class Workload:
    """One table of the report.

    Attributes:
        name: the name of its file.
        title: the heading of its table.
        about: the computation and its measures, in a few sentences.
        cases: the sizes.
        case: the format of a size, such as ``"{:,} operations"``.
        columns: the measures; the one in `compared` gives the ratios.
        contenders: by name, in the order of the table.
        check: ``(subject, case)`` gives the gradients, in one order for every contender.
        time: ``(subject, case, repeats)`` gives the measures by key.
        repeats: of how many timings in one process the median is taken, for each case.
        rtol: by how much the gradients may differ, relative to the largest.
        targets: to reach.
    """

    name: str
    title: str
    about: str
    cases: tuple[int, ...]
    case: str
    columns: tuple[Column, ...]
    compared: str
    contenders: Mapping[str, Contender]
    check: Callable[[Any, int], list[float]]
    time: Callable[[Any, int, int], dict[str, float]]
    repeats: Mapping[int, int]
    rtol: float
    targets: tuple[Target, ...]

    def entries(self, case: int) -> list[str]:
        """The contenders of a case."""
        return [name for name, c in self.contenders.items() if c.cases is None or case in c.cases]
