"""Rows that a test, or an example in a docstring, defines from outside are gone after it."""

from collections.abc import Iterator

import pytest

from autograd._graph.primitive import PRIMITIVES
from autograd._table.readings import ARRAYS, FLOATS, NODES
from autograd.extend import _define, _registry


@pytest.fixture(autouse=True)
def own_rows() -> Iterator[None]:
    before, keys = {*_registry._latest}, {*PRIMITIVES}
    yield
    for place in _registry._latest.keys() - before:
        _define._retire(_registry._latest.pop(place))
    for key in [key for key in PRIMITIVES if key not in keys and "__" in key]:
        for names in (PRIMITIVES, FLOATS, ARRAYS, NODES):
            names.pop(key, None)
