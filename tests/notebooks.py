"""Scripts in cells as notebooks, run by a real kernel."""

from pathlib import Path

import pytest


def executed(script):
    """The notebook that Jupytext makes of a script in cells, after a run of all its cells.

    A test without the packages for that, or without a kernel for Python, is skipped.
    """
    jupytext = pytest.importorskip("jupytext")
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    script = Path(script)
    notebook = jupytext.read(script, fmt="py:percent")
    client = nbclient.NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(script.parent)}}
    )
    return client.execute()
