"""Rows that a test, or an example in a docstring, defines from outside are gone after it."""

import os
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

collect_ignore = [
    "demos/lectures",
    "chainrule/demos/lectures",
]  # scripts in cells, which run when they are imported

# Tests start more than a hundred processes, each of which would compile all modules anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


def pytest_configure(config: pytest.Config) -> None:
    """Assertions are rewritten in tests alone: pytest does it in all of a distribution that has a plugin."""
    hook = config.pluginmanager.rewrite_hook
    packages = {init.parent.name for init in Path(__file__).parent.glob("*/__init__.py")}
    getattr(hook, "_must_rewrite", set()).difference_update(packages)
    getattr(hook, "_marked_for_rewrite_cache", {}).clear()


@pytest.fixture(autouse=True)
def own_rows() -> Iterator[None]:
    before = import_module("autograd.testing._plugin").OwnRows()
    yield
    before.restore()
