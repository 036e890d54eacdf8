"""The plugin of pytest: a fixture that guards the engine's state, and failing programs as scripts.

Everybody who has the distribution installed has the plugin in all runs of pytest. So it imports the engine
only in tests that ask for it, and looks at failures only where the kit is imported already.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from importlib import import_module
from typing import Any

import pytest

__all__ = ["engine_state", "pytest_runtest_makereport"]


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
        plugin: Any = import_module("autograd.testing._plugin")
        report.sections += plugin.sections(call.excinfo.value)
    return report
