"""A small net, a path in each format, and no waiting for the disk."""

import os

import numpy as np
import pytest
from net_files import FORMATS

import nn
from autograd import relu


@pytest.fixture(autouse=True, scope="module")
def _without_waiting_for_the_disk():
    """A thousand times; that it is waited for, test_atomic holds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: None)
        yield


@pytest.fixture(params=FORMATS)
def path(request, tmp_path):
    return tmp_path / f"net{request.param}"


@pytest.fixture
def net():
    return nn.MLP([2, 1], activation=relu, dtype=np.float32, rng=0)
