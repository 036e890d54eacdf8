"""Rows that a test, or an example in a docstring, defines from outside are gone after it."""

from collections.abc import Iterator

import pytest

from autograd.testing._plugin import OwnRows


@pytest.fixture(autouse=True)
def own_rows() -> Iterator[None]:
    before = OwnRows()
    yield
    before.restore()
