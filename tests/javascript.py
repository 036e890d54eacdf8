"""Scripts run by node, for tests; without it they skip."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

__all__ = ["node", "run"]

node = pytest.mark.skipif(shutil.which("node") is None, reason="needs node to run JavaScript")


def run(script: str, argument: object, folder: Path) -> Any:
    """What a script prints, as JSON, given its argument."""
    (folder / "argument.json").write_text(json.dumps(argument), encoding="utf-8")
    source = f'const argument = JSON.parse(require("fs").readFileSync("argument.json", "utf-8"));\n{script}'
    (folder / "script.js").write_text(source, encoding="utf-8")
    done = subprocess.run(
        ["node", "script.js"], cwd=folder, capture_output=True, check=False, encoding="utf-8", timeout=60
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
