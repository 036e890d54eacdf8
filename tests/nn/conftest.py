"""In these tests runs of a few steps are compiled as long ones are; nets beside their references."""

import pytest
from compiled_training import OnNodes, make

from autograd import Tensor, Value
from nn._training import loop


@pytest.fixture(autouse=True)
def _compiled_from_the_first_step(monkeypatch):
    monkeypatch.setattr(loop, "FEW", 0)


@pytest.fixture(params=[Value, Tensor], ids=["Values", "Tensors"])
def nets(request):
    """A net that is compiled, and the reference."""
    return make(request.param), OnNodes([4, 5, 2], rng=0)
