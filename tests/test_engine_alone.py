"""The engine needs NumPy alone, and no threads and no processes: as in a browser's Python."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENGINE = ROOT / ".ci" / "engine_alone.py"  # which .ci/pyodide.mjs runs in Pyodide

# What Pyodide refuses, and packages that are not there.
LIMITS = """
import os, subprocess, sys, threading

class NoProcess:
    def __init__(self, *arguments, **named):
        raise OSError(138, "emscripten does not support processes.")

def no_thread(self):
    raise RuntimeError("can't start new thread")

subprocess.Popen, threading.Thread.start = NoProcess, no_thread
del os.fork, os.register_at_fork
for name in ("nn", "viz", "graphviz", "ziamath", "ziafont", "tqdm", "threadpoolctl"):
    sys.modules[name] = None
"""


def test_the_engine_runs_where_only_numpy_is_and_says_what_does_not(tmp_path):
    script = LIMITS + ENGINE.read_text(encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(tmp_path), "CC": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "native() says: no C compiler gave a library" in ended.stdout
    assert 'pip install "chainrule[native]"' in ended.stdout
