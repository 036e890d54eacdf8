"""The derivatives that checkers are asked about are right, or wrong, as the tables say."""

import doctest
import math
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from mpmath import mp

from benchmarks.__main__ import main
from benchmarks.checkers import cli, functions
from benchmarks.checkers.cases import FUNCTIONS, KINDS, NOISY, Check, checks
from benchmarks.checkers.contenders import AGREES, CANNOT_TELL, CONTENDERS, DISAGREES
from benchmarks.workload import OURS

Run = Callable[..., CompletedProcess[str]]

ALL = checks()
EXACT = {(check.case, check.order): check for check in ALL if check.change == "exact"}


def exactly(check: Check) -> Callable[[mp.mpf], mp.mpf]:
    """The function of a check over mpmath."""
    (f,) = {f for f in FUNCTIONS.values() if f is check.derivatives[0]}
    return lambda x: f.formula(functions.EXACT, x)


@pytest.mark.parametrize("check", EXACT.values(), ids=str)
def test_a_right_derivative_is_that_of_mpmath(check: Check) -> None:
    with mp.workdps(1000 if check.x > 1e100 else 200):  # the steps of mp.diff are absolute
        derivative = float(mp.diff(exactly(check), mp.mpf(check.x), check.order))
    assert check.derivatives[-1](check.x) == pytest.approx(derivative, rel=1e-15, abs=1e-320)


@pytest.mark.parametrize("check", [c for c in EXACT.values() if c.order == 1], ids=str)
def test_a_function_in_floats_is_that_of_mpmath(check: Check) -> None:
    noise = (
        2e-6 if check.case.split(" at ")[0] in NOISY else 1e-11
    )  # sin(1e5 x) multiplies an error of x by 3e4
    with mp.workdps(50):
        exact = float(exactly(check)(mp.mpf(check.x)))
    assert check.derivatives[0](check.x) == pytest.approx(exact, rel=noise)


def test_a_wrong_derivative_differs_and_those_below_it_are_right() -> None:
    planted = [check for check in ALL if (check.case, check.order) in EXACT and check.change != "exact"]
    assert len(planted) > 500
    for check in planted:
        *below, derivative = (d(check.x) for d in check.derivatives)
        *below_exact, exact = (d(check.x) for d in EXACT[check.case, check.order].derivatives)
        assert not check.right
        assert below == below_exact
        assert not abs(derivative - exact) < 0.9e-7 * (abs(exact) or 1.0), check


@pytest.mark.parametrize("check", [c for c in ALL if (c.case, 1) not in EXACT], ids=str)
def test_a_subgradient_lies_between_the_slopes_of_the_two_sides(check: Check) -> None:
    f, x, step = exactly(check), mp.mpf(check.x), mp.mpf(2) ** -100
    with mp.workdps(100):
        left, right = (f(x) - f(x - step)) / step, (f(x + step) - f(x)) / step
        slope = check.derivatives[1](check.x)
        jump = max(abs(left), abs(right)) > 1e20
    assert check.right == (not jump and min(left, right) <= slope <= max(left, right))


def test_all_kinds_are_there_in_the_proportions_of_the_study() -> None:
    kinds = [check.kind for check in ALL]
    assert set(kinds) == set(KINDS)
    assert len(ALL) == len({(check.case, check.order, check.change) for check in ALL})
    assert 100 <= sum(check.right for check in ALL) <= 120
    assert 550 <= sum(not check.right for check in ALL) <= 600
    smallest = min(
        abs(check.derivatives[1](check.x)) for check in ALL if check.kind == "tiny" and check.right
    )
    assert smallest < 1e-260


@pytest.mark.parametrize("x", [1e-17, -1e-60, 5e-324])
def test_derivatives_are_exact_right_beside_0_too(x: float) -> None:
    cos, line = FUNCTIONS["cos(x)"], FUNCTIONS["3x − 2"]
    assert (cos.derivative(1)(x), cos.derivative(2)(x)) == (-x, -1.0)
    assert (line.derivative(1)(x), line.derivative(2)(x)) == (3.0, 0.0)


def test_functions_are_nan_outside_of_their_domain_and_no_argument_takes_long() -> None:
    log, bump = FUNCTIONS["log(x)"], FUNCTIONS["exp(−x²)"]
    assert all(map(math.isnan, (log(-1.0), log.derivative(1)(-1.0), log.derivative(2)(math.inf))))
    assert (bump(1e150), bump.derivative(1)(1e150)) == (0.0, 0.0)


@pytest.mark.parametrize("name", [OURS, "differences of 1e-6"])
def test_checkers_that_need_no_peer_tell_gross_errors(name: str) -> None:
    judge = CONTENDERS[name].make()
    of_sin = [check for check in ALL if check.case == "sin(x) at 1.1"]
    verdicts = {check.change: judge(check) for check in of_sin if check.order == 1}
    assert verdicts["exact"] == AGREES
    gross = ("off by 1 of itself", "off by 0.001 of itself", "zero", "of the wrong sign")
    assert {verdicts[change] for change in gross} == {DISAGREES}
    assert verdicts["nan"] != AGREES
    second = {check.change: judge(check) for check in of_sin if check.order == 2}
    assert (second["exact"], second["zero"]) == (AGREES, DISAGREES)


def test_this_project_refuses_no_right_derivative_and_passes_few_wrong_ones() -> None:
    judge = CONTENDERS[OURS].make()
    gross = ("off by 1 of itself", "off by 0.1 of itself", "off by 0.001 of itself", "of the wrong sign")
    hard = [check for check in ALL if check.order == 1 and check.change not in gross]
    verdicts = Counter((check.right, judge(check)) for check in hard)
    assert verdicts[True, DISAGREES] == 0
    assert verdicts[False, AGREES] <= 5
    assert verdicts[True, CANNOT_TELL] + verdicts[False, CANNOT_TELL] <= 0.03 * len(ALL)


def test_this_project_takes_each_subgradient_and_no_other_number() -> None:
    judge = CONTENDERS[OURS].make()
    at_kinks = checks(["kink", "jump"])
    assert [judge(check) == AGREES for check in at_kinks] == [check.right for check in at_kinks]


def test_this_project_cannot_tell_where_a_slope_is_below_the_spacing_of_floats() -> None:
    judge = CONTENDERS[OURS].make()
    flat = [check for check in ALL if check.case == "sigmoid(x) at 40.0" and check.order == 1]
    assert {judge(check) for check in flat if check.change != "nan"} == {CANNOT_TELL}


def test_a_difference_outside_of_the_domain_decides_nothing() -> None:
    judge = CONTENDERS["differences of 1e-6"].make()
    at_the_end = [check for check in ALL if check.case == "log(x) at 1e-12"]
    assert {judge(check) for check in at_the_end} == {CANNOT_TELL}


def test_the_command_prints_the_tables_and_leaves_out_peers_that_are_not_there(
    run: Run, tmp_path: Path
) -> None:
    done = run("-m", "benchmarks", "checkers", "kink", "--peers", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "the peers are not installed" in done.stderr
    assert "Left out: torch, torch is not among the peers." in done.stdout
    (ours,) = re.findall(rf"\| \*\*{OURS}\*\* \| (\d+) \| (\d+) \| .* \| (\d+) \| [\d.]+ \|\n", done.stdout)
    assert ours == ("0", "0", "0")
    assert re.search(r"\| at a kink, any subgradient: 9 right, 5 wrong \| .+ \| .+ \|\n", done.stdout)
    assert "## What each checker promises" in done.stdout


def test_kinds_that_do_not_exist_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        cli.main(["tinny"])
    assert "no kinds are called ['tinny']" in capsys.readouterr().err


def test_a_missing_mpmath_is_told_with_its_install_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "mpmath", None)
    assert main(["checkers"]) == 2
    assert capsys.readouterr().err == (
        'python -m benchmarks checkers needs mpmath: pip install "chainrule[testing]"\n'
    )


def test_examples_of_functions() -> None:
    results = doctest.testmod(functions)
    assert results.attempted > 0
    assert results.failed == 0
