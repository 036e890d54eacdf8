"""A checker may crash, hang, print or never start: its other verdicts stay."""

import sys
from collections.abc import Callable

import pytest

from benchmarks.checkers.answering import CRASHED, answer
from benchmarks.checkers.cases import checks
from benchmarks.checkers.judging import TOO_SLOW, Answer, CheckerError, answers

CHECKER = """
import json, os, sys, time
print(json.dumps("ready"), flush=True)
for check in range(int(sys.argv[1]), 5):
    if check == 1:
        time.sleep(60)
    if check == 2:
        print("Fatal: out of luck", file=sys.stderr, flush=True)
        os._exit(3)
    print(json.dumps({"verdict": f"verdict {check}", "seconds": 0.0}), flush=True)
"""


def command(script: str) -> Callable[[int], list[str]]:
    return lambda first: [sys.executable, "-I", "-S", "-c", script, str(first)]


def test_a_hang_and_a_crash_are_each_one_verdict() -> None:
    assert answers(command(CHECKER), 5, limit=0.5) == [
        Answer("verdict 0", 0.0),
        Answer(TOO_SLOW, 0.5, "no answer within 0.5 s"),
        Answer(CRASHED, 0.0, "Fatal: out of luck"),
        Answer("verdict 3", 0.0),
        Answer("verdict 4", 0.0),
    ]


def test_a_checker_that_does_not_start_is_an_error_with_its_last_words() -> None:
    with pytest.raises(CheckerError, match="No module named 'no_such_library'"):
        answers(command("import no_such_library"), 5, limit=5)


def test_a_checker_that_crashes_on_everything_is_given_up() -> None:
    with pytest.raises(CheckerError, match="at 11 checks"):
        answers(command("print('\"ready\"')"), 100, limit=5)


def test_an_exception_of_a_checker_is_a_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    problems = iter([ValueError("no kink here"), None])

    def judge(check: object) -> str:
        if problem := next(problems, None):
            raise problem
        return "agrees"

    answer(judge, ["jump"], 0, sys.stdout)
    ready, first, second = capsys.readouterr().out.splitlines()
    assert ready == '"ready"'
    assert f'"verdict": "{CRASHED}"' in first
    assert '"remark": "ValueError: no kink here"' in first
    assert '"verdict": "agrees"' in second


def test_a_checker_goes_on_behind_its_first_checks(capsys: pytest.CaptureFixture[str]) -> None:
    seen = []
    answer(lambda check: seen.append(check.case) or "agrees", ["jump", "zero"], 40, sys.stdout)
    expected = [check.case for check in checks(["jump", "zero"])[40:]]
    assert seen == [case for case in expected for _ in ("to compute its derivatives", "timed")]
    assert len(capsys.readouterr().out.splitlines()) == 1 + len(expected)
