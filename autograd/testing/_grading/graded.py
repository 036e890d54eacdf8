"""A test of pytest for each law: in a test file, `graded`; from the command line, ``pytest --grade FILE``."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from autograd._support.extras import extra
from autograd.testing._engines.engine import Engine
from autograd.testing._grading.grade import grade
from autograd.testing._grading.reports.formats import details
from autograd.testing._grading.reports.grades import Grade
from autograd.testing._grading.running.examination import chosen_laws

__all__ = ["graded", "report_law"]


def graded(
    engine: str | Path | type | Engine, *, laws: Collection[str] | None = None, **options: Any
) -> Callable[[str], None]:
    """A test function for pytest with a case for each law, which grades an engine once.

    In a test file, where ``student.py`` is found from the working directory::

        from autograd.testing import graded

        test_student = graded("student.py")

    Args:
        engine: as `grade` takes it; so are the laws and the options.

    Raises:
        ImportError: where pytest is not installed, with the command that installs it.
    """
    pytest = extra("pytest", "test", "a test for each law")
    result = functools.cache(lambda: grade(engine, laws=laws, **options))

    def test(law: str) -> None:
        report_law(result(), law)

    return pytest.mark.parametrize("law", list(chosen_laws(laws)))(test)  # type: ignore[no-any-return]


def report_law(result: Grade, law: str) -> None:
    """Fail the running test where a law is broken or the file cannot be run; skip it where the law was."""
    pytest = extra("pytest", "test", "a test for each law")
    if result.problem:
        pytest.fail(f"{result.name} cannot be run: {result.problem}", pytrace=False)
    for each in result.laws:
        if each.law == law and each.verdict == "broken":
            pytest.fail(f"{law}: {each.statement}\n{details(each)}", pytrace=False)
        if each.law == law and each.reason:
            pytest.skip(each.reason)
