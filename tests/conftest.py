"""One profile for every property test: no deadline, since a busy machine is not a failure."""

import signal

import pytest
from hypothesis import settings

settings.register_profile("chainrule", deadline=None, max_examples=100, print_blob=True)
settings.load_profile("chainrule")


@pytest.fixture
def heeds_ctrl_c():
    """This process heeds Ctrl-C, also where a shell has started the tests in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
