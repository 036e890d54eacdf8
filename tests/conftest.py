"""One profile for every property test: no deadline, since a busy machine is not a failure."""

import gc
import signal

import pytest
from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "chainrule",
    deadline=None,
    max_examples=100,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
# Where a test is asked only whether it fails, its counterexample need not be a small one, nor be remembered.
settings.register_profile(
    "unshrunk",
    settings.get_profile("chainrule"),
    phases=[p for p in Phase if p not in (Phase.shrink, Phase.explain)],
    database=None,
)
settings.load_profile("chainrule")


def pytest_collection_finish(session):
    """All modules and tests are there to stay: the garbage collector need not look through them again."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def heeds_ctrl_c():
    """This process heeds Ctrl-C, also where a shell has started the tests in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def own_libraries(tmp_path_factory):
    """Libraries in C of this module alone, which no user keeps, built in little time."""
    from autograd._compiler.loops.native import compilers, libraries  # not for tests of the kit alone

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setattr(compilers, "SHORT", ("-O1",))
        patch.setattr(libraries, "_libraries", {})
        patch.setattr(libraries, "_compilers", {})
        yield
