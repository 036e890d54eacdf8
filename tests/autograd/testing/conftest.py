"""A student's source as a module of this process."""

import sys

import pytest

from autograd.testing._grading.files.sources import read_cells, run_cells


@pytest.fixture
def load(tmp_path, monkeypatch):
    """A source, as a file, as a module of this process."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))

    def run(source, name="student.py"):
        path = tmp_path / name
        path.write_text(source, encoding="utf-8")
        return run_cells(read_cells(path), path)

    return run
