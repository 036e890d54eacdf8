"""In these tests runs of a few steps are compiled as long ones are."""

import pytest

from nn._training import loop


@pytest.fixture(autouse=True)
def _compiled_from_the_first_step(monkeypatch):
    monkeypatch.setattr(loop, "FEW", 0)
