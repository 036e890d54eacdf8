"""Grades as files for other programs: JSON, JUnit's XML, Gradescope's results.json, CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from autograd.testing._grading.reports.grades import Grade
from autograd.testing._grading.reports.text import report
from autograd.testing._grading.results import LawResult

__all__ = ["csv_text", "gradescope_text", "json_text", "junit_text"]


def json_text(grades: Sequence[Grade]) -> str:
    """All grades as a list."""
    return json.dumps([grade.to_dict() for grade in grades], indent=2, ensure_ascii=False) + "\n"


def junit_text(grades: Sequence[Grade]) -> str:
    """All grades as JUnit's XML: a suite for each file, a case for each law."""
    root = ElementTree.Element("testsuites", name="autograd.testing grade")
    for grade in grades:
        name = _printable(grade.name)
        counts = {
            "tests": len(grade.laws) or 1,
            "failures": len(grade.broken),
            "errors": int(bool(grade.problem)),
            "skipped": sum(law.verdict == "skipped" for law in grade.laws),
        }
        numbers = {key: str(count) for key, count in counts.items()}
        suite = ElementTree.SubElement(root, "testsuite", {"name": name} | numbers)
        if grade.problem:
            case = ElementTree.SubElement(suite, "testcase", classname=name, name="the file runs")
            error = ElementTree.SubElement(case, "error", message=_printable(grade.problem.splitlines()[0]))
            error.text = _printable(grade.problem)
        for law in grade.laws:
            case = ElementTree.SubElement(suite, "testcase", classname=name, name=law.law)
            if law.verdict == "broken":
                text = details(law)
                failure = ElementTree.SubElement(case, "failure", message=_printable(text.splitlines()[0]))
                failure.text = _printable(text)
            elif law.verdict == "skipped":
                ElementTree.SubElement(case, "skipped", message=law.reason)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _printable(text: str) -> str:
    """A text without the characters that XML has no form for."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text)


def gradescope_text(grade: Grade) -> str:
    """A grade as Gradescope's results.json: a test for each law that applies."""
    tests: list[dict[str, Any]] = []
    for law in grade.laws:
        if law.verdict == "skipped":
            continue
        points, most = grade.points(law)
        test = {
            "name": law.law,
            "score": round(points, 2),
            "max_score": round(most, 2),
            "output_format": "text",
        }
        status = "passed" if law.verdict == "held" else "failed"
        tests.append(
            test
            | {"status": status, "output": details(law) if law.examples or law.follows else law.statement}
        )
    results = {"score": grade.mark, "output": report(grade), "output_format": "text", "tests": tests}
    return json.dumps(results, indent=2, ensure_ascii=False) + "\n"


def csv_text(grades: Sequence[Grade]) -> str:
    """A line for each file, for a spreadsheet: its mark, and the verdict on each law."""
    names = list(dict.fromkeys(law.law for grade in grades for law in grade.laws))
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["file", "mark", "out of", "status", "problem", *names])
    for grade in grades:
        verdicts = {law.law: law.verdict for law in grade.laws}
        problem = grade.problem.splitlines()[0] if grade.problem else ""
        row = [
            grade.name,
            grade.mark,
            grade.out_of,
            grade.status,
            problem,
            *(verdicts.get(n, "") for n in names),
        ]
        writer.writerow([_cell(x) for x in row])
    return file.getvalue()


def _cell(x: object) -> object:
    """A text that no spreadsheet takes for a formula."""
    return f"'{x}" if isinstance(x, str) and x[:1] in "=+-@" and x else x


def details(law: LawResult) -> str:
    """A broken law in a few lines."""
    lines = [f'follows from "{law.follows}"'] if law.follows else []
    for example in law.distinct:
        lines += [*example.code.splitlines(), example.outcome, *([example.cause] if example.cause else [])]
    return "\n".join(lines or [law.statement])
