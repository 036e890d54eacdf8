"""The command ``chainrule``: what it imports, what it hands on, and how it ends."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import student_files

import chainrule
from chainrule import __main__ as command

ROOT = Path(__file__).parents[2]


def run(*words, folder, environment=None):
    env = {**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT), **(environment or {})}
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=env, capture_output=True, text=True, check=False
    )


def test_help_and_version_import_neither_numpy_nor_the_library(tmp_path):
    ended = run("-X", "importtime", "-m", "chainrule", "--version", folder=tmp_path)
    assert ended.stdout == f"chainrule {chainrule.__version__}\n"
    modules = {line.rpartition("|")[2].strip() for line in ended.stderr.splitlines()}
    assert "argparse" in modules
    assert not modules & {"numpy", "autograd", "nn", "viz", "chainrule.demos", "importlib.metadata"}


def test_help_lists_each_command_and_no_word_is_help_too(capsys):
    for words, code in ([["--help"], 0], [[], 2]):
        with pytest.raises(SystemExit) as ended:
            command.main(words)
        out, err = capsys.readouterr()
        assert ended.value.code == code
        assert re.findall(r"^  (\w+)  ", out + err, re.M)[-4:] == ["demos", "lecture", "grade", "info"]


@pytest.mark.parametrize("words", [["demo"], ["--nonsense"], ["info", "more"], ["lecture"]])
def test_a_wrong_word_is_refused(words, capsys):
    with pytest.raises(SystemExit) as ended:
        command.main(words)
    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (2, "")
    assert err.startswith("usage: chainrule")


def test_own_modules_in_the_working_folder_are_in_nobodys_way(tmp_path):
    for name in ("autograd", "nn", "viz", "demos", "decks"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported from the working folder')\n")
    (tmp_path / "tqdm").mkdir()
    (tmp_path / "tqdm" / "__init__.py").write_text("raise SystemExit('imported from the working folder')\n")
    ended = run("-m", "chainrule", "demos", "engine", folder=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("Engine: ")


def test_own_modules_on_the_path_are_named(tmp_path):
    (tmp_path / "viz.py").write_text("")
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    ended = run("-m", "chainrule", "info", folder=ROOT.parent, environment={"PYTHONPATH": path})
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        f"chainrule info: error: viz is a package of chainrule in {ROOT}, but Python finds "
        f"{tmp_path / 'viz.py'}: rename it, or take its folder out of PYTHONPATH\n"
    )


def test_grade_is_the_command_of_the_kit(tmp_path, capsys):
    student = tmp_path / "student.py"
    student.write_text(student_files.SMALL, encoding="utf-8")
    assert command.main(["grade", str(student), "--laws", "chain rule"]) in (0, 1)
    assert "student.py" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        command.main(["grade", "--nonsense", "x.py"])
    assert capsys.readouterr().err.startswith("usage: chainrule grade ")


def test_demos_that_are_not_installed_are_missed_in_words(tmp_path):
    """As in a checkout in which git has written the link as a file with the name of its target."""
    shutil.copytree(ROOT / "chainrule", tmp_path / "chainrule", ignore=shutil.ignore_patterns("demos"))
    (tmp_path / "chainrule" / "demos").write_text("../demos")
    for package in ("autograd", "nn", "viz"):
        (tmp_path / package).symlink_to(ROOT / package)
    ended = run("-m", "chainrule", "demos", folder=tmp_path, environment={"PYTHONPATH": ""})
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("chainrule demos: error: the demos are not installed here.")
    assert "git config core.symlinks true" in ended.stderr


def test_the_version_is_written_once_but_for_the_citation_and_the_changelog():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" in project["project"]["dynamic"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.findall(r"^version: (.*)", citation, re.M) == [chainrule.__version__]
    assert chainrule.__version__ in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    copied = re.findall(r"^license: (.*)", citation, re.M)
    assert copied == [project["project"]["license"]] == ["MIT"]
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License\n")
