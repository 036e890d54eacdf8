"""A student's source as a module of this process; a module in which mistakes are planted."""

import gc
import importlib
import sys

import pytest

from autograd.testing._grading.files.sources import read_cells, run_cells
from autograd.testing._mutants.running import codes


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


STUDENT = """
import functools
from dataclasses import dataclass

SCALE = 2.0
TABLE = [SCALE, 2 * SCALE]
double = lambda x: SCALE * x

@functools.cache
def cached(x):
    return double(x) + 1

def raised(x, power=2):
    return x ** power

def scaled(x, *, by=SCALE):
    return x * by

def counter():
    count = 5
    def step():
        return count + 1
    return step

class Base:
    def area(self):
        return 6.0

class Net(Base):
    width = 3

    def area(self):
        return super().area() + self.width

    def __radd__(self, other):
        return other + 1

    height = SCALE * 2

    def scaled(self, x, by=SCALE, more=5.0):
        return x * by + super().area() + more + 1

@dataclass
class Point:
    x: float = 1.0
"""


@pytest.fixture
def student(tmp_path, monkeypatch):
    """A module of a student, imported, and another that has imported from it."""
    (tmp_path / "student_net.py").write_text(STUDENT)
    (tmp_path / "student_use.py").write_text("from student_net import SCALE, TABLE, cached as kept\n")
    monkeypatch.syspath_prepend(tmp_path)
    gc.freeze()  # what is older need not be walked over, and is not: only where an early function is missing
    module = importlib.import_module("student_net")
    monkeypatch.setattr(codes, "EARLY", module.double)
    yield module, importlib.import_module("student_use")
    for name in ("student_net", "student_use"):
        sys.modules.pop(name, None)
