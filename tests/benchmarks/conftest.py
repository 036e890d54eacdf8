"""The benchmarks, which are run from the root."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))  # for tests of single rooms: benchmarks are not installed with the packages


@pytest.fixture
def run() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Python with arguments."""

    def start(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-X", "utf8", *arguments]
        return subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
        )

    return start
