"""Files in processes of their own: what a file does there ends with it."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
from student_files import SMALL, with_changes, write

from autograd.testing import grade
from autograd.testing.__main__ import _submissions, main
from autograd.testing._engines.homework_bugs import homework_source

# -- grade, in processes ------------------------------------------------------------------------------


def test_the_command(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wrong = SMALL.replace("self.grad += out.grad * other", "self.grad = out.grad * other")
    write(tmp_path, wrong=wrong, none="1 +\n")
    files = ["--csv", "marks.csv", "--junit", "junit.xml"]
    laws = ["--laws", "operations run,a leaf used several times"]
    assert main(["grade", "--json", *files, *laws, "*.py"]) == 2
    none, graded = json.loads(capsys.readouterr().out)
    assert (none["name"], none["status"], none["mark"]) == ("none.py", 2, 0)
    assert (graded["name"], graded["status"], graded["mark"]) == ("wrong.py", 1, 8)  # 2 of 2 + 3 points
    assert (tmp_path / "marks.csv").read_text().splitlines()[2] == "wrong.py,8.0,20.0,1,,held,broken"
    suites = ElementTree.parse(tmp_path / "junit.xml").getroot()
    assert [(suite.get("failures"), suite.get("errors")) for suite in suites] == [("0", "1"), ("1", "0")]
    assert "assigned, not added" in suites[1][1][0].text


def test_a_right_file_has_status_0(tmp_path, capsys):
    write(tmp_path, student=homework_source())
    results = tmp_path / "results.json"
    options = ["--out-of", "10", "--gradescope", str(results), "--laws", "operations run,values,chain rule"]
    assert main(["grade", *options, str(tmp_path / "student.py")]) == 0
    assert capsys.readouterr().out.endswith("10 of 10: all laws hold.\n")
    uploaded = json.loads(results.read_text())
    assert uploaded["score"] == 10
    assert sum(test["max_score"] for test in uploaded["tests"]) == pytest.approx(10, abs=0.1)
    assert {test["status"] for test in uploaded["tests"]} == {"passed"}


SWEEP = "    def backward(self):\n"
CRASH = """
        if self.parents and self.parents[0] is self.parents[-1]:
            os._exit(7)
"""
FORK = """
import os
import time

pid = os.fork()
if not pid:
    time.sleep(1000)
with open({pids!r}, "a") as file:
    file.write(str(pid) + " ")
"""


def test_a_file_that_ends_python_costs_its_law_and_leaves_nothing_behind(tmp_path):
    pids = tmp_path / "pids"
    fork = (
        "\nimport os, time\npid = os.fork()\nif not pid:\n    "
        f"time.sleep(1000)\nopen({str(pids)!r}, 'a').write(f'{{pid}} ')\n"
    )
    crash = (
        "        if self.data == 0.7 or self.parents and self.parents[0] is "
        "self.parents[-1]:\n            os._exit(7)\n"
    )
    write(
        tmp_path,
        student=with_changes(SMALL, ("    def backward(self):\n", "    def backward(self):\n" + crash))
        + fork,
    )
    result = grade(
        tmp_path / "student.py", laws=["derivatives of operations", "a leaf used several times", "chain rule"]
    )
    assert {law.law: law.verdict for law in result.laws} == {
        "derivatives of operations": "held",
        "chain rule": "held",
        "a leaf used several times": "broken",
    }
    assert result.broken[0].examples[0].outcome == "it ends Python itself"
    for pid in pids.read_text().split():
        assert has_ended(int(pid))


def has_ended(pid):
    """Whether a process ends soon, as one that was sent a signal."""
    deadline = time.monotonic() + 5
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_running(pid)


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_file_ends_with_the_process_that_grades_it(tmp_path):
    mark = tmp_path / "pid"
    write(
        tmp_path,
        student=f"import os, time\nopen({str(mark)!r}, 'w').write(str(os.getpid()))\ntime.sleep(1000)\n",
    )
    command = [sys.executable, "-m", "autograd.testing", "grade", str(tmp_path / "student.py")]
    own = os.environ | {"TMPDIR": str(tmp_path)}  # it cannot tidy up
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=own) as grading:
        while not mark.exists() or not mark.read_text():
            time.sleep(0.02)
        grading.kill()
    assert has_ended(int(mark.read_text()))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--laws", "gravity", "a.py"], "no law is called 'gravity'; there are operations run,"),
        (["--laws", "chain", "a.py"], "no law is called 'chain'; did you mean 'chain rule'? --help"),
        (["--jsn", "a.py"], "there is no option --jsn; --help lists them"),
        (["--csv", "none/m.csv", "a.py"], "m.csv cannot be written: there is no folder none"),
        (["--out-of", "0", "a.py"], "--out-of is the best mark, a number above 0, not 0"),
        (["--gradescope", "r.json", "a.py", "b.py"], "--gradescope takes one file"),
        (["--adapter", "nowhere.py", "a.py"], "there is no adapter nowhere.py"),
        (["--seed", "-1", "a.py"], "--seed is a whole number from 0, not -1"),
        (["--out-of", "inf", "a.py"], "--out-of is the best mark, a number above 0, not inf"),
    ],
)
def test_wrong_options_say_what_is_right(arguments, words, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["grade", *arguments])
    assert stop.value.code == 2
    assert words in capsys.readouterr().err


def test_an_adapter_is_no_submission(tmp_path):
    write(tmp_path, a="", adapter="", ours="", b="")
    files = _submissions([tmp_path / "*.py"], tmp_path / "ours.py")
    assert [file.name for file in files] == ["a.py", "b.py"]
