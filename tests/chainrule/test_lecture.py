"""``chainrule lecture``: a script in cells becomes a file; its errors are shown as its own."""

import pytest

from chainrule.__main__ import main

SCRIPT = """# %% [markdown]
# # One weight

# %%
import autograd
from autograd import Value
from beside import learning_rate
import nn, viz

w = Value(1.2, label="w")
print("eta is", learning_rate, nn.MLP.__name__, viz.text(w * w))
"""


@pytest.fixture
def script(tmp_path, monkeypatch):
    pytest.importorskip("markdown_it")
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "teaching"
    folder.mkdir()
    (folder / "beside.py").write_text("learning_rate = 0.25\n")
    path = folder / "lesson.py"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


@pytest.mark.parametrize("form", ["html", "ipynb"])
def test_the_lecture_is_written_here_under_the_name_of_the_script(script, form, tmp_path, capsys):
    assert main(["lecture", "teaching/lesson.py", "--as", form]) == 0
    assert capsys.readouterr() == (f"lesson.{form}\n", "")
    text = (tmp_path / f"lesson.{form}").read_text(encoding="utf-8")
    assert "One weight" in text
    assert "eta is 0.25 MLP w²" in text


def test_of_modules_beside_the_script_that_are_called_like_ours_it_gets_ours(script, tmp_path, capsys):
    for name in ("nn", "viz"):
        (script.parent / f"{name}.py").write_text("raise ZeroDivisionError\n")
    assert main(["lecture", str(script), "--out", str(script.parent)]) == 0
    said = capsys.readouterr().err.splitlines()
    assert said == [
        f"chainrule lecture: {script.parent / f'{name}.py'} is not imported: {name} is this library's"
        for name in ("nn", "viz")
    ]
    assert (script.parent / "lesson.html").is_file()


@pytest.mark.parametrize(
    ("last", "error"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("a cell", "SyntaxError: invalid syntax"),
        ("raise SystemExit(3)", "RuntimeError: a cell ends Python by sys.exit(3)"),
        ("raise OSError('mine')", "OSError: mine"),
    ],
    ids=["error", "syntax", "exit", "OSError"],
)
def test_an_error_of_the_script_is_shown_with_its_own_lines_alone(script, last, error, tmp_path, capsys):
    script.write_text(f"{SCRIPT}\n# %%\n{last}\n", encoding="utf-8")
    assert main(["lecture", str(script)]) == 1
    err = capsys.readouterr().err
    assert error in err
    assert f'File "{script}", line 14' in err or last.startswith("raise SystemExit")
    assert "_lecture.py" not in err.partition("During handling")[0]
    assert err.endswith("chainrule lecture: the script raised an error, and no lecture was written\n")
    assert not list(tmp_path.glob("lesson.*"))


def test_ctrl_c_in_the_script_ends_it_with_130(script, tmp_path, capsys):
    script.write_text("raise KeyboardInterrupt\n")
    assert main(["lecture", str(script)]) == 130
    assert capsys.readouterr().err == "\ninterrupted\n"


def test_a_script_without_anything_to_show_makes_no_lecture(script, capsys):
    script.write_text("")
    with pytest.raises(SystemExit) as ended:
        main(["lecture", str(script)])
    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith("chainrule lecture: error: ")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["missing.py"], "there is no script missing.py"),
        (["teaching"], "there is no script teaching"),
        (["teaching/lesson.py", "--as", "pptx"], "argument --as: invalid choice: 'pptx'"),
        (["teaching/lesson.py", "--out", "nowhere"], "--out: there is no folder nowhere"),
    ],
)
def test_what_cannot_be_is_refused_before_the_script_runs(script, words, message, capsys):
    script.write_text("raise ZeroDivisionError\n")
    with pytest.raises(SystemExit) as ended:
        main(["lecture", *words])
    assert ended.value.code == 2
    assert message in capsys.readouterr().err
