"""Pictures in a real JupyterLab: trusted, not trusted, and never wider than the cell."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request

import browser as chromium
import pytest

import viz
from autograd import Value

nbformat = pytest.importorskip("nbformat", reason='needs nbformat: pip install "chainrule[test]"')
LAB, TRUST = shutil.which("jupyter-lab"), shutil.which("jupyter-trust")
pytestmark = [
    chromium.needs_browser,
    pytest.mark.skipif(LAB is None or TRUST is None, reason="needs JupyterLab: pip install jupyterlab"),
]

SHOWN = """
return [...document.querySelectorAll(".jp-CodeCell .jp-OutputArea-output")].map((output) => ({
  kind: output.dataset.mimeType ?? output.className,
  wide: output.scrollWidth > output.clientWidth + 1,
  pictures: [...output.querySelectorAll("img, svg")].map((p) => p.getBoundingClientRect().width),
}))
"""


def outputs(lecture_chain):
    y = (2 * Value(3.0, label="x")).with_label("y")
    return [viz.draw_chain(lecture_chain(3)), viz.draw(y), viz.mermaid(viz.draw_chain(y))]


@pytest.fixture
def shown(lecture_chain, tmp_path):
    """What JupyterLab shows of a notebook, by its name."""
    cells = []
    for thing in outputs(lecture_chain):
        cell = nbformat.v4.new_code_cell("…")
        cell.outputs = [nbformat.v4.new_output("display_data", thing._repr_mimebundle_())]
        cells.append(cell)
    notebook = nbformat.v4.new_notebook(cells=cells)
    for name in ("trusted", "handed_out"):
        notebook.metadata["title"] = name
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    environment = os.environ | {"HOME": str(tmp_path), "JUPYTER_DATA_DIR": str(tmp_path / "data")}
    subprocess.run([TRUST, tmp_path / "trusted.ipynb"], env=environment, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [f"--port={port}", f"--notebook-dir={tmp_path}", "--no-browser", "--allow-root"]
    server = subprocess.Popen(
        [LAB, *options, "--IdentityProvider.token="],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        until(lambda: json.load(urllib.request.urlopen(f"{address}/api")))
        driver = chromium.start(tmp_path / "profile")

        def show(name):
            driver.get(f"{address}/lab/tree/{name}.ipynb?reset")
            until(lambda: len(driver.execute_script(SHOWN)) == len(cells))
            until(lambda: all(output["pictures"] for output in driver.execute_script(SHOWN)))
            return driver.execute_script(SHOWN)

        yield show
        driver.quit()
    finally:
        server.terminate()
        server.wait()


def until(true, seconds=60):
    end = time.monotonic() + seconds
    while True:
        try:
            if true():
                return
        except OSError:  # the server is not there yet
            pass
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.3)


def test_jupyterlab_shows_pictures_trusted_or_not(shown):
    for name, kind in (("trusted", "image/svg+xml"), ("handed_out", "image/png")):
        long, small, diagram = shown(name)
        assert (long["kind"], small["kind"]) == (kind, kind)
        assert "Mermaid" in diagram["kind"]
        assert not any(output["wide"] for output in (long, small, diagram))
        assert long["pictures"][0] > small["pictures"][0] > 200
