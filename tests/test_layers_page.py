"""docs/how-to/layers.md composes, trains, saves, loads and draws a net, from outside the packages."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "how-to" / "layers.md"


def test_the_page_runs_as_printed_in_a_process_of_its_own(tmp_path):
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    run = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "-m", "doctest", "-v", str(PAGE)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": paths, "PYTHONUTF8": "1", "MPLBACKEND": "Agg"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr
    assert int(re.search(r"(\d+) passed", run.stdout)[1]) > 35


def test_the_page_uses_public_names_only():
    code = "\n".join(re.findall(r"^(?:>>>|\.\.\.) (.*)", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"^\s*(?:import|from) (\S+)", code, re.MULTILINE)) <= {
        "autograd", "nn", "numpy", "tempfile", "viz",
    }  # fmt: skip
    assert not re.findall(r"\b(?:autograd|nn|viz)\._\w+", code)
    for name in ("Convolution", "BatchNorm", "Dropout"):
        assert f"class {name}(nn.Module)" in code
    for use in ("nn.fit(", "nn.save(", "nn.load(", ".summary()", "viz.draw_network(", "viz.weights("):
        assert use in code
