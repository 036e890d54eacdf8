"""A lecture's notebook: valid, legible without trust, and the same as its script's."""

import base64
import json
import re
from functools import cache

import pytest

import viz
from autograd import Value
from viz._lecture.notebook import to_notebook
from viz._lecture.parts import Code, Html, Live, Moving, Plain, Text
from viz._lecture.showing import drawn_parts

nbformat = pytest.importorskip("nbformat")

x = Value(3.0, label="x")
y = (x * x).with_label("y")
SCRIPT = """# %% [markdown]
# # Squares
# The slope of $x^2$ is $2x$.

# %%
from autograd import Value

x = Value(3.0, label="x")
y = (x * x).with_label("y")
print("y is", y.data)

# %%
import viz

viz.chain_rule(y, x)

# %%
viz.draw_chain(y)

# %%
viz.text(y)
"""


@cache
def parts():
    drawing, matrix, rule = drawn_parts([viz.draw_chain(y), viz.matrix([[1, 2]]), viz.chain_rule(y, x)])
    pixels = drawn_parts([Moving(b"GIF89a", matrix, "a motion")])
    page = Live("<html>\n<p>&amp; live</p></html>", matrix, 'a "page"')
    return [
        Text("# Nets\n$z = wa$"), drawing, matrix, rule, *pixels, page, Html("<b>a</b>", "a"),
        Plain("a ```` b"),
        Code("draw()\n1", Plain("two\nlines"), drawing, rule, *pixels, page, Html("<b>a</b>", "a")),
        Code(""), Live("<p>none</p>", None, "no still"), Text("öκ\ud800"),
    ]  # fmt: skip


def test_it_is_valid_and_the_same_each_time():
    text = to_notebook(parts(), "Nets").encode("utf-8", "replace").decode()
    assert text == to_notebook(parts(), "Nets").encode("utf-8", "replace").decode()
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor, notebook.metadata.title) == (4, 5, "Nets")
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert [c.execution_count for c in notebook.cells if c.cell_type == "code"] == [1, 2, 3, 4]
    assert (
        f"{nbformat.writes(notebook)}\n" == text
    )  # as Jupyter itself writes it, so saving it changes no line


def test_pictures_that_no_code_made_are_in_cells_of_text():
    cells = json.loads(to_notebook(parts(), ""))["cells"]
    kinds = [next(iter(cell["attachments"].values())) for cell in cells if "attachments" in cell]
    assert [list(kind) for kind in kinds] == [
        ["image/png"], ["image/png"], ["image/gif"], ["image/png"],
    ]  # fmt: skip
    for cell in cells:
        for name, data in cell.get("attachments", {}).items():
            assert f"](attachment:{name})" in "".join(cell["source"])
            assert base64.b64decode(next(iter(data.values())))[:4] in (b"\x89PNG", b"GIF8")


def test_outputs_can_be_read_without_trust():
    code = next(c for c in json.loads(to_notebook(parts(), ""))["cells"] if c["source"] == ["draw()\n", "1"])
    stream, *shown = code["outputs"]
    assert stream["text"] == ["two\n", "lines\n"]
    drawing, rule, motion, page, table = (output["data"] for output in shown)
    assert list(drawing) == ["application/pdf", "image/png", "image/svg+xml", "text/plain"]
    assert "".join(rule["text/latex"]).startswith("$\\displaystyle ")
    assert base64.b64decode(motion["image/gif"]) == b"GIF89a"
    assert {"image/png", "text/html", "text/plain"} == set(page)
    assert 'srcdoc="&lt;html&gt;\n&lt;p&gt;&amp;amp; live' in "".join(page["text/html"])
    assert table["text/html"] == ["<b>a</b>"]


def test_a_live_page_is_a_picture_where_a_notebook_is_not_trusted():
    *_, page = parts()[8].outputs[:-1]
    content = "".join(
        json.loads(to_notebook([Code("p", page)], ""))["cells"][0]["outputs"][0]["data"]["text/html"]
    )
    frame, style, picture = re.findall("<iframe|<style>.*?</style>|<img", content)
    assert (frame, picture) == (
        "<iframe",
        "<img",
    )  # that stays, where Jupyter takes the frame and the style away
    assert style == "<style>iframe + style + img { display: none }</style>"
    assert re.search(r"</iframe>\s*<style>[^<]*</style>\s*<img [^>]*src=\"data:image/png;base64,", content)


def test_plain_text_with_backquotes_stays_plain():
    sources = ["".join(cell["source"]) for cell in json.loads(to_notebook(parts(), ""))["cells"]]
    assert "`````\na ```` b\n`````" in sources


def test_a_script_gives_the_same_cells_as_jupytext_and_shows_what_ipython_shows(tmp_path, monkeypatch):
    jupytext = pytest.importorskip("jupytext")
    formatter = pytest.importorskip("IPython.core.formatters").DisplayFormatter()
    monkeypatch.setattr("IPython.get_ipython", lambda: formatter)  # as in a kernel, which takes no html
    path = viz.lecture(viz.run_script(SCRIPT), tmp_path / "a.ipynb")
    ours = nbformat.reads(path.read_text(), as_version=4)
    cells = jupytext.reads(SCRIPT, "py:percent").cells
    assert [(c.cell_type, c.source) for c in ours.cells] == [(c.cell_type, c.source) for c in cells]
    printed, *shown = (cell.outputs[0] for cell in ours.cells if cell.cell_type == "code")
    assert printed.text == "y is 9.0\n"
    for value, output in zip([viz.chain_rule(y, x), viz.draw_chain(y)], shown, strict=False):
        assert set(output["data"]) == set(formatter.format(value)[0])
    assert shown[-1].text == f"{formatter.format(viz.text(y))[0]['text/plain']}\n"
