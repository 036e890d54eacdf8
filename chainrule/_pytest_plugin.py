"""The plugin of pytest: students' engines, a guard of the engine's state, failing programs as scripts.

Everybody who has the distribution installed has the plugin in all runs of pytest. So it imports the engine
only in tests that ask for it, and looks at failures only where the kit is imported already.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from importlib import import_module

import pytest

__all__ = ["engine_state", "pytest_addoption", "pytest_configure", "pytest_runtest_makereport"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--grade FILE``: a test for each law of derivatives, on the engine in a file."""
    parser.getgroup("chainrule").addoption(
        "--grade",
        action="append",
        default=[],
        metavar="FILE",
        help="a student's engine: a test for each law of derivatives (may be given several times)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Collect the engines to grade, if there are any."""
    if config.getoption("--grade"):
        config.pluginmanager.register(import_module("autograd.testing._grading.pytest_hooks"))


@pytest.fixture
def engine_state() -> Iterator[None]:
    """The test leaves the engine as it was: rows that it defines are gone afterwards, and a `no_grad()` or
    `detect_anomaly()` that it leaves on is switched off, and an error."""
    state = import_module("autograd.testing._plugin").EngineState()
    yield
    if left := state.restore():
        pytest.fail(f"the test leaves {' and '.join(left)} on, for the tests after it", pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failing test that was about a `Program` shows it as a script."""
    report = yield
    if report.failed and call.excinfo is not None and "autograd.testing" in sys.modules:
        report.sections += import_module("autograd.testing._plugin").sections(call.excinfo.value)
    return report
