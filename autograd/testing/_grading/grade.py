"""`grade`: the laws of derivatives on a student's engine."""

from __future__ import annotations

import math
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from autograd.testing._engines.engine import Engine
from autograd.testing._grading.files.adapters import spelling_of
from autograd.testing._grading.files.recognition import recognize
from autograd.testing._grading.files.sources import SubmissionError
from autograd.testing._grading.reports.grades import Grade
from autograd.testing._grading.results import Example, LawResult
from autograd.testing._grading.running.examination import WEIGHTS, chosen_laws, examine
from autograd.testing._grading.running.processes import run_worker
from autograd.testing._programs.operations import operations

__all__ = ["grade"]

SECONDS = 120.0  # for a file
RESTARTS = 5
UNREACHED = "not reached, since earlier laws end Python"


def grade(
    engine: str | Path | type | Engine,
    *,
    laws: Collection[str] | None = None,
    seed: int = 0,
    adapter: str | Path | None = None,
    class_name: str | None = None,
    out_of: float = 20.0,
) -> Grade:
    """The laws of derivatives on an engine: true where all hold; printed, it is a report for its author.

    A file is run in a process of its own, with limits of time and memory, and nothing of it is left
    afterwards. It cannot be run where it replaces a part of this kit or of Python's mathematics, writes among
    the results, or takes its derivatives from a library. That stops tricks, not attacks: a file can do what
    you can do at this machine.

    Args:
        engine: the path of a module or notebook with a class of micrograd's shape; such a class; or an
            `Engine`. The last two run in this process.
        laws: the names of the laws; all by default.
        seed: for programs drawn at random.
        adapter: the path of a module with `engine`, an Engine or a function of the student's module that
            gives one. An Engine that a file brings along is not believed, nor one beside it.
        class_name: the name of the class, where a file has several.
        out_of: the best mark.

    Raises:
        TypeError: for another kind of engine, or an adapter for what is no file.
        ValueError: for a name that no law has, and other options without meaning.
        FileNotFoundError: where there is no such adapter.

    >>> from autograd import Value
    >>> report = grade(Value)
    >>> bool(report), report.mark
    (True, 20.0)
    """
    names = list(chosen_laws(laws))
    if not (isinstance(out_of, int | float) and 0 < out_of < math.inf):
        raise ValueError(f"out_of is the best mark, a number above 0, not {out_of!r}")
    if not isinstance(seed, int) or seed < 0:
        raise ValueError(f"seed is a whole number from 0, not {seed!r}")
    if not isinstance(engine, str | Path) and (adapter or class_name):
        raise TypeError("adapter and class_name are for files: give an Engine, or the class itself")
    if adapter and not Path(adapter).is_file():
        raise FileNotFoundError(f"there is no adapter {adapter}")
    if isinstance(engine, str | Path):
        task = {
            "adapter": str(Path(adapter).resolve()) if adapter else None,
            "class": class_name,
            "seed": seed,
        }
        return _grade_file(Path(engine), names, task, out_of)
    if isinstance(engine, Engine):
        results = tuple(examine(engine, spelling_of(engine), names, seed))
        unknown = [name for name in engine.operations if name not in operations()]
        notes = (f"no law is about {', '.join(unknown)}: the kit has other operations",) if unknown else ()
        return Grade(engine.name, engine.name, results, notes=notes, out_of=out_of)
    if isinstance(engine, type):
        try:
            recognized, spelling = recognize(sys.modules.get(engine.__module__), engine)
        except SubmissionError as error:
            return Grade(engine.__name__, problem=str(error), out_of=out_of)
        return Grade(
            engine.__name__, engine.__name__, tuple(examine(recognized, spelling, names, seed)), out_of=out_of
        )
    raise TypeError(f"grade takes a path, a class of nodes or an Engine, not {type(engine).__name__}")


def _grade_file(path: Path, names: list[str], task: dict[str, Any], out_of: float) -> Grade:
    """The grade of a file. A law that ends the process is broken, and another process goes on after it."""
    task |= {"path": str(path.resolve())}
    results: dict[str, LawResult] = {}
    facts: dict[str, Any] = {"engine": "", "notes": []}
    for _ in range(RESTARTS):
        ending = run_worker(task | {"laws": [name for name in names if name not in results]}, SECONDS)
        facts |= {key: value for message in ending.messages for key, value in message.items()}
        results |= {m["law"]["law"]: LawResult.of_dict(m["law"]) for m in ending.messages if "law" in m}
        problem = facts.get("problem") or ("" if facts["engine"] else f"{ending.reason} when it is imported")
        if problem:
            return Grade(str(path), facts["engine"], (), problem, tuple(facts["notes"]), out_of)
        if not facts.get("finished"):
            name = next(name for name in names if name not in results)
            results[name] = _ended(name, ending.reason, results)
        if results.keys() >= set(names):
            break
    for name in names:
        if name not in results:
            results[name] = _ended(name, UNREACHED, results, facts["needs"][name])
    laws = tuple(results[name] for name in names)
    return Grade(str(path), facts["engine"], laws, "", tuple(facts["notes"]), out_of)


def _ended(name: str, outcome: str, earlier: Mapping[str, LawResult], lacks: str = "") -> LawResult:
    """The result of a law that ended the process or was not reached: it follows from the first such one."""
    law = chosen_laws([name])[name]
    if lacks:
        return LawResult(name, law.statement, "skipped", WEIGHTS.get(name, 1.0), reason=lacks)
    first = next((r.law for r in earlier.values() if r.examples and not r.examples[0].code), "")
    example = Example("", outcome)
    return LawResult(name, law.statement, "broken", WEIGHTS.get(name, 1.0), 0.0, (example,), first)
