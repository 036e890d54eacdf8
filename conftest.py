"""Rows that a test, or an example in a docstring, defines from outside are gone after it."""

import os
from collections.abc import Iterator

import pytest

from autograd.testing._plugin import OwnRows

collect_ignore = ["demos/lectures"]  # scripts in cells, which run when they are imported

# Tests start more than a hundred processes, each of which would compile all modules anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(autouse=True)
def own_rows() -> Iterator[None]:
    before = OwnRows()
    yield
    before.restore()
