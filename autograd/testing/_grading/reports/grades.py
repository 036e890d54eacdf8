"""The grade of one engine, which prints as a report."""

from __future__ import annotations

import html
from dataclasses import asdict
from typing import Any

from autograd.testing._grading.reports.text import report
from autograd.testing._grading.results import HELD, Marks

__all__ = ["Grade"]


class Grade(Marks):
    """The result of `grade`: true where all laws hold; printed, it is a report for the engine's author.

    >>> from autograd.testing._grading.results import LawResult
    >>> Grade("student.py", "Value", (LawResult("chain rule", "", "broken", share=0.0),))
    <grade of student.py: 0 of 20; broken: chain rule>
    """

    def __bool__(self) -> bool:
        return self.status == HELD

    def __str__(self) -> str:
        return report(self)

    def __repr__(self) -> str:
        if self.problem:
            return f"<grade of {self.name}: cannot be run: {self.problem.splitlines()[0]}>"
        if not self.broken:
            return f"<grade of {self.name}: {self.mark:g} of {self.out_of:g}; all laws hold>"
        reasons = [law for law in self.broken if not law.follows]
        names = ", ".join(law.law for law in reasons)
        causes = (example.cause for law in reasons for example in law.examples if example.cause)
        cause = next((f": {cause}" for cause in causes), "")
        return f"<grade of {self.name}: {self.mark:g} of {self.out_of:g}; broken: {names}{cause}>"

    def _repr_html_(self) -> str:
        # As it stands, for the lines of code in it.
        return f'<pre style="white-space: pre-wrap">{html.escape(report(self))}</pre>'

    def to_dict(self) -> dict[str, Any]:
        """The grade for JSON, with its status and its mark."""
        return asdict(self) | {"status": self.status, "mark": self.mark}
