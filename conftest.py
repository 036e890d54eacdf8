"""Rows that a test, or an example in a docstring, defines from outside are gone after it."""

import os
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

collect_ignore = [
    "demos/lectures",
    "chainrule/demos/lectures",
]  # scripts in cells, which run when they are imported

LONGEST = 24  # signs of a parameter in the name of a test

# Tests start more than a hundred processes, each of which would compile all modules anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


def pytest_configure(config: pytest.Config) -> None:
    """Assertions are rewritten in tests alone: pytest does it in all of a distribution that has a plugin."""
    hook = config.pluginmanager.rewrite_hook
    packages = {init.parent.name for init in Path(__file__).parent.glob("*/__init__.py")}
    getattr(hook, "_must_rewrite", set()).difference_update(packages)
    getattr(hook, "_marked_for_rewrite_cache", {}).clear()


def pytest_make_parametrize_id(val: object) -> str | None:
    """The start of a long text, of which the name of a test would be too long to read or to type."""
    if not isinstance(val, (str, int)) or len(ascii(val)) <= LONGEST:
        return None
    return re.sub(r"[^ -~]+", "?", str(val))[: LONGEST - 3] + "..."


@pytest.fixture(autouse=True)
def own_rows() -> Iterator[None]:
    before = import_module("autograd.testing._plugin").OwnRows()
    yield
    before.restore()
