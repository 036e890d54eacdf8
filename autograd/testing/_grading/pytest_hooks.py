"""``pytest --grade FILE``: a test for each law on each file. `chainrule._pytest_plugin` adds the option."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograd.testing._grading.grade import grade
from autograd.testing._grading.graded import report_law
from autograd.testing._grading.reports.grades import Grade
from autograd.testing._grading.running.examination import chosen_laws

OPTION = "--grade"


def pytest_configure(config: pytest.Config) -> None:
    files = [str(Path(file).resolve()) for file in config.getoption(OPTION)]
    if files and config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args[:] = []  # the files alone, where no other tests are asked for
    config.args += files


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix != ".py" and _is_graded(file_path, parent.config):
        return GradedFile.from_parent(parent, path=file_path)
    return None


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> Any:
    """A student's module is not imported here."""
    return (
        GradedFile.from_parent(parent, path=module_path) if _is_graded(module_path, parent.config) else None
    )


def _is_graded(path: Path, config: pytest.Config) -> bool:
    return any(Path(file).resolve() == path.resolve() for file in config.getoption(OPTION))


class GradedFile(pytest.File):
    """A student's file, graded once, when its first law runs."""

    @functools.cached_property
    def grade(self) -> Grade:
        return grade(self.path)

    def collect(self) -> Iterator[pytest.Item]:
        for law in chosen_laws(None):
            yield GradedLaw.from_parent(self, name=law)


class GradedLaw(pytest.Item):
    """A law on a student's file."""

    def runtest(self) -> None:
        assert isinstance(self.parent, GradedFile)
        report_law(self.parent.grade, self.name)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"{self.path.name}: {self.name}"
