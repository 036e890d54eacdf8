"""The outcome as Markdown: medians, ratios, and the targets beside the results."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from benchmarks import peers
from benchmarks.runner import Outcome
from benchmarks.workload import OURS

__all__ = ["report", "surroundings", "table"]


def report(outcomes: Sequence[Outcome], facts: Mapping[str, str], pictures: Mapping[str, str]) -> str:
    """All tables, after the machine and the versions with which they were measured.

    Args:
        outcomes: what was measured.
        facts: by what they are called.
        pictures: files beside the report, by the names of their workloads.
    """
    lines = [
        "# This project beside its peers",
        "",
        "`python -m benchmarks` measures this. Each contender runs in processes of its own, in rounds over "
        "all contenders; figures are medians over the rounds. A ratio is ours over theirs, the median of the "
        "ratios within each round: below 1 this project is ahead. Absolute figures drift from "
        "machine to machine.",
        "",
        *(f"- {fact}: {value}" for fact, value in facts.items()),
        "",
    ]
    for outcome in outcomes:
        lines += [f"## {outcome.workload.title}", "", outcome.workload.about, ""]
        lines += [f"**MISMATCH: {line}**\n" for line in outcome.mismatches]
        if picture := pictures.get(outcome.workload.name):
            lines += [f"![{outcome.workload.title}: a line for each contender]({picture})", ""]
        lines += [*_measured(outcome), ""]
        if outcome.workload.targets:
            lines += [*_targets(outcome), ""]
        lines += [f"Left out: {name}, {reason}.\n" for name, reason in outcome.left_out.items()]
    return "\n".join(lines).rstrip() + "\n"


def surroundings(installed: Mapping[str, str]) -> dict[str, str]:
    """The machine and the versions on which the figures depend."""
    ours = peers.versions(sys.executable)
    return {
        "date": date.today().isoformat(),
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        "this project runs on": f"Python {ours['Python']}, NumPy {ours.get('numpy')}",
        "peers": ", ".join(f"{name} {version}" for name, version in installed.items()) or "none",
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"


def table(heading: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """The lines of a table in Markdown."""
    first = list(heading)
    yield f"| {' | '.join(first)} |"
    yield "|" + "---|" * len(first)
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _measured(outcome: Outcome) -> Iterator[str]:
    workload = outcome.workload
    rows = []
    comparison = ["ours / theirs"] if OURS in workload.contenders else []
    for case in workload.cases:
        for name in workload.entries(case):
            if (case, name) not in outcome.runs:
                continue
            medians = [(column, outcome.median(case, name, column.key)) for column in workload.columns]
            cells = ["–" if m is None else column.form.format(m) for column, m in medians]
            ratio = outcome.ratio(case, name, workload.compared)
            last = "" if name == OURS or ratio is None else f"{ratio:.3g}"
            who = f"**{name}**" if name == OURS else name
            rows.append([workload.case.format(case), who, *cells, *([last] if comparison else [])])
    headings = [column.heading for column in workload.columns]
    return table(["", "", *headings, *comparison], rows)


def _targets(outcome: Outcome) -> Iterator[str]:
    workload = outcome.workload
    heading = {column.key: column.heading for column in workload.columns}
    rows = []
    for target in workload.targets:
        if target.against is None:
            reached = outcome.median(target.case, target.of, target.column)
        else:
            reached = outcome.ratio(target.case, target.against, target.column, target.of)
        if reached is None:
            result = "not measured"
        else:
            times = f"1 / {1 / reached:.3g}" if target.against and target.limit <= 0.5 else f"{reached:.3g}"
            result = f"{times}: {'reached' if reached <= target.limit else '**missed**'}"
        rows.append([workload.case.format(target.case), heading[target.column], target.aim(), result])
    return table(["target for", "measure", "aim", "result"], rows)
