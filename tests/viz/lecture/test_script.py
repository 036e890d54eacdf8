"""A script in cells becomes parts, as its notebook would show them."""

import shlex
import signal
import sys
import traceback
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import viz
from viz._lecture.parts import Live, Picture, Plain
from viz._lecture.script import cells_of

SCRIPT = '''\
"""A deck of five moments."""
# %% [markdown]
# # Nets
#
# With $w$.
# %%
x = 2
print("x is", x)
x * 3
# %% tags=["remove_input"]
x + 1
# %% a title {"tags": ["remove_cell"]} tags=["remove_cell"]
x = 10
print("never seen")
# %% [raw]
anything ( at all
# %%
x;
# %% [md]
"""
## In quotes
"""
'''


def test_cells_become_text_and_code_with_outputs():
    text, code, value, quiet, quoted = viz.run_script(SCRIPT)
    assert text == "# Nets\n\nWith $w$."
    assert code == viz.Code('x = 2\nprint("x is", x)\nx * 3', Plain("x is 2"), Plain("6"))
    assert value == Plain("3")
    assert quiet == viz.Code("x;")
    assert quoted == "## In quotes"


def test_cells_are_those_of_jupytext():
    jupytext = pytest.importorskip("jupytext")
    text = SCRIPT.partition("# %% [raw]")[0].partition("\n")[2]
    cells = jupytext.reads(text, "py:percent").cells
    ours = list(cells_of(text))
    assert [cell.cell_type for cell in cells] == [cell.kind for cell in ours]
    assert [cell.source for cell in cells if cell.cell_type == "code"] == [
        cell.source for cell in ours if cell.kind == "code"
    ]
    assert [cell.source for cell in cells if cell.cell_type == "markdown"] == viz.run_script(text)[:1]
    written = jupytext.writes(jupytext.reads(text, "py:percent"), "py:percent")  # with Jupytext's header
    assert viz.run_script(written)[:2] == viz.run_script(text)[:2]


def test_an_error_has_its_line_in_the_file_and_names_its_cell(tmp_path, capsys):
    path = tmp_path / "deck.py"
    path.write_text("# %%\nx = 1\n\n# %%\nprint('so far')\ndef f():\n    return x / 0\n\nf()\n")
    with pytest.raises(ZeroDivisionError) as told:
        viz.run_script(path)
    last, inner = traceback.extract_tb(told.value.__traceback__)[-2:]
    assert (last.filename, last.lineno, last.line) == (str(path), 9, "f()")
    assert (inner.lineno, inner.line) == (7, "return x / 0")
    assert told.value.__notes__ == [f"This was cell 2 of {path}, from line 5 on."]
    assert capsys.readouterr().out == "so far\n"


def test_code_that_cannot_be_read_is_told_with_its_line(tmp_path):
    path = tmp_path / "deck.py"
    path.write_text("# %%\nx = 1\n# %%\nx = (\n")
    with pytest.raises(SyntaxError) as told:
        viz.run_script(path)
    assert (told.value.filename, told.value.lineno) == (str(path), 4)
    assert "cell 2" in told.value.__notes__[0]


def test_the_source_of_what_cells_define_is_found():
    script = """\
# %%
import inspect
def f():
    return 1

class A:
    b = 2
# %%
print(inspect.getsource(f) + inspect.getsource(A))
"""
    *_, code = viz.run_script(script)
    assert code.outputs[0].text == "def f():\n    return 1\nclass A:\n    b = 2"


def test_the_header_of_jupytext_is_no_cell():
    header = (
        "# ---\n# jupyter:\n#   jupytext:\n#     text_representation:\n#       format_name: percent\n# ---\n"
    )
    assert viz.run_script(f"{header}\n# %%\n1") == [viz.Code("1", Plain("1"))]
    assert viz.run_script("# ---\n1") == [viz.Code("# ---\n1", Plain("1"))]


def test_imports_from_the_future_hold_for_later_cells():
    parts = viz.run_script(
        "# %%\nfrom __future__ import annotations\n# %%\nfrom __future__ import division\n"
        "# %%\ndef f(x: no_such_name): ...\nf.__annotations__['x']"
    )
    assert parts[-1].outputs == (Plain("'no_such_name'"),)


def test_the_script_is_main_and_its_folder_is_searched_while_it_runs(tmp_path):
    (tmp_path / "beside_the_deck.py").write_text("number = 7\n")
    path = tmp_path / "deck.py"
    path.write_text(
        "import beside_the_deck, sys\n"
        "print(__name__, sys.modules['__main__'].__file__ == __file__)\n"
        "beside_the_deck.number"
    )
    before, folders = sys.modules["__main__"], sys.path.copy()
    (code,) = viz.run_script(path)
    assert code.outputs == (Plain("__main__ True"), Plain("7"))
    assert sys.modules["__main__"] is before
    assert sys.path == folders
    del sys.modules["beside_the_deck"]


def test_outputs_are_as_they_were_when_the_cell_ended():
    _, code, _ = viz.run_script("# %%\nx = [1]\n# %%\nx\n# %%\nx.append(2)")
    assert code.outputs == (Plain("[1]"),)


def test_plots_left_open_are_shown_once_and_closed():
    plt = pytest.importorskip("matplotlib.pyplot")
    plt.close("all")
    mine = plt.figure()
    script = """\
# %%
import matplotlib.pyplot as plt
fig, (one, two) = plt.subplots(1, 2)
one.plot([0, 1])
other = plt.figure()
closed = plt.figure()
plt.close(closed)
two
# %%
two.plot([1, 0])
fig
# %%
plt.plot([1, 2])
plt.show()
"""
    first, second, third = viz.run_script(script)
    assert [type(output) for output in first.outputs] == [Picture, Picture]
    assert [type(output) for output in second.outputs] == [Picture]
    assert first.outputs[0] != second.outputs[0]  # with a line more
    assert [type(output) for output in third.outputs] == [Picture]
    assert plt.get_fignums() == [mine.number]
    with pytest.raises(ZeroDivisionError):
        viz.run_script("# %%\nimport matplotlib.pyplot as plt\nplt.figure()\n1 / 0")
    assert plt.get_fignums() == [mine.number]
    plt.close("all")


def test_display_shows_its_objects_between_what_is_printed():
    script = """\
# %%
import viz
print("a")
display(viz.matrix([[1]]), "b", None)
print("c")
display()
print("d")
2
# %%
for x in (1, 2):
    display(x)
"""
    first, second = viz.run_script(script)
    assert first.outputs[0] == Plain("a")
    assert isinstance(first.outputs[1], viz.Slide)
    assert first.outputs[2:] == tuple(map(Plain, ("'b'", "None", "c", "d", "2")))
    assert second.outputs == (Plain("1"), Plain("2"))


@pytest.mark.parametrize("call", ["display(x)", "IPython.display.display(x)"])
def test_the_display_that_ipython_has_shows_too(call):
    module = pytest.importorskip("IPython.display")
    before = module.display
    script = f"""\
# %%
import IPython, viz
from IPython.display import display
x = viz.matrix([[1]])
# %%
{call}  # of IPython
"""
    (output,) = viz.run_script(script)[-1].outputs
    assert isinstance(output, viz.Slide)
    assert module.display is before
    with pytest.raises(ZeroDivisionError):
        viz.run_script("import IPython\n1 / 0")
    assert module.display is before


def test_a_plot_that_is_displayed_is_shown_again_only_when_it_was_changed():
    plt = pytest.importorskip("matplotlib.pyplot")
    script = "import matplotlib.pyplot as plt\nfigure, ax = plt.subplots()\ndisplay(ax)"
    (once,) = viz.run_script(script)
    assert [type(output) for output in once.outputs] == [Picture]
    (twice,) = viz.run_script(f"{script}\nax.plot([0, 1]);")
    assert [type(output) for output in twice.outputs] == [Picture, Picture]
    assert plt.get_fignums() == []


def test_what_was_printed_before_an_error_is_printed_also_when_something_was_displayed(capsys):
    with pytest.raises(ZeroDivisionError):
        viz.run_script("print('a')\ndisplay(1)\nprint('b')\n1 / 0")
    assert capsys.readouterr().out == "a\nb\n"


def test_the_still_of_a_page_is_no_plot_of_its_cell(tmp_path):
    pytest.importorskip("matplotlib")
    path = str(tmp_path / "xor.html")
    (code,) = viz.run_script(
        f"import nn, viz\nviz.net_page(nn.MLP([2, 2, 1], rng=0), nn.data.gates.XOR, {path!r})"
    )
    assert [type(output) for output in code.outputs] == [Live]


def test_ctrl_c_ends_the_run_and_leaves_everything_as_it_was(heeds_ctrl_c):
    before, out = sys.modules["__main__"], sys.stdout
    script = "# %%\nimport signal\nsignal.raise_signal(signal.SIGINT)\nfor _ in range(10**9): pass"
    with pytest.raises(KeyboardInterrupt) as told:
        viz.run_script(script)
    assert "cell 1" in told.value.__notes__[0]
    assert sys.modules["__main__"] is before
    assert sys.stdout is out
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_settings_and_the_folder_are_as_before_after_an_error_too(tmp_path):
    matplotlib = pytest.importorskip("matplotlib")

    def settings():
        return Path.cwd(), np.get_printoptions(), np.geterr(), dict(matplotlib.rcParams), warnings.filters[:]

    before = settings()
    script = f"""
import os, warnings, matplotlib, numpy as np
os.chdir({str(tmp_path)!r})
np.set_printoptions(precision=2)
np.seterr(all="raise")
matplotlib.rcParams["font.size"] = 44
warnings.simplefilter("ignore")
print(np.array(0.125), np.array([0.128]))
"""
    (code,) = viz.run_script(script)
    assert code.outputs == (Plain("0.125 [0.13]"),)
    assert settings() == before
    with pytest.raises(ZeroDivisionError):
        viz.run_script(f"{script}1 / 0")
    assert settings() == before


def test_a_cell_that_ends_python_is_told():
    with pytest.raises(RuntimeError, match=r"a cell ends Python by sys\.exit\(0\): This was cell 1 of"):
        viz.run_script("# %%\nraise SystemExit(0)")


def test_a_file_is_read_as_python_reads_it(tmp_path):
    path = tmp_path / "deck.py"
    path.write_bytes(b"\xef\xbb\xbf# %%\r\nprint('a')\r\n")
    assert viz.run_script(path) == [viz.Code("print('a')", Plain("a"))]
    path.write_bytes("# -*- coding: latin-1 -*-\n# %%\n'é'".encode("latin-1"))
    assert viz.run_script(path)[-1] == viz.Code("'é'", Plain("'é'"))
    assert viz.run_script("\ufeff# %%\nprint('a')") == [viz.Code("print('a')", Plain("a"))]
    page_break = viz.run_script("# %%\n'\u2028\x1c'\f\nprint(2)")
    assert page_break == [viz.Code("'\u2028\x1c'\f\nprint(2)", Plain("2"))]


def test_scripts_in_several_threads_have_their_own_lines():
    script = "# %%\nimport time\nfor _ in range(3):\n    print({0})\n    time.sleep(0.002)"
    with ThreadPoolExecutor() as pool:
        outputs = [parts[0].outputs for parts in pool.map(viz.run_script, map(script.format, range(4)))]
    assert outputs == [(Plain("\n".join([str(i)] * 3)),) for i in range(4)]


def test_a_script_that_is_not_there_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no script .*none\.py"):
        viz.run_script(tmp_path / "none.py")
    with pytest.raises(FileNotFoundError, match=r"there is no script 'none\.py'"):
        viz.run_script("none.py")
    with pytest.raises(TypeError, match="a script is a path or text, not int"):
        viz.run_script(3)


@pytest.mark.parametrize(
    "command", ["%matplotlib inline", "%%time", "!pip list", "if x:\n    y = 2\n    %time y"]
)
def test_a_command_of_jupyter_is_told_and_runs_as_a_comment(command):
    script = f"# %%\nx = 1\n# %%\n{command}\nx"
    with pytest.raises(SyntaxError) as told:
        viz.run_script(script)
    assert any("command of Jupyter" in note for note in told.value.__notes__)
    line = command.rpartition("\n")[2]
    commented = script.replace(line, f"# {line}")
    assert viz.run_script(commented)[-1].outputs == (Plain("1"),)


def test_other_code_that_is_no_python_is_no_command_of_jupyter():
    with pytest.raises(SyntaxError) as told:
        viz.run_script("# %%\nx = 5 % % 2")
    assert len(told.value.__notes__) == 1


def test_a_notebook_is_told_and_runs_when_converted_as_told(tmp_path):
    cli = pytest.importorskip("jupytext.cli")
    viz.lecture(["# Nets", viz.Code("1 + 1")], tmp_path / "a deck.ipynb")
    with pytest.raises(ValueError, match="is a notebook, not a script") as told:
        viz.run_script(str(tmp_path / "a deck.ipynb"))
    cli.jupytext(shlex.split(str(told.value).split("`")[1])[1:])
    text, code = viz.run_script(tmp_path / "a deck.py")[-2:]
    assert (text, code) == ("# Nets", viz.Code("1 + 1", Plain("2")))
    with pytest.raises(FileNotFoundError, match=r"there is no script 'none\.ipynb'"):
        viz.run_script("none.ipynb")
