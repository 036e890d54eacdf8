"""Points meet derivatives that are wrong at a few points only, in each run; ordinary numbers do not."""

import pytest

from benchmarks import points
from benchmarks.points import MISTAKES, main, runs_that_meet


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_derivative_that_is_wrong_at_a_few_points_is_met_in_100_draws(mistake):
    assert runs_that_meet("points", mistake, runs=2) == 2


def test_the_table_is_printed(capsys, monkeypatch):
    some = ["exp' wrong beyond 20", "abs' wrong below 0"]
    monkeypatch.setattr(points, "MISTAKES", {mistake: MISTAKES[mistake] for mistake in some})
    assert main(["--runs", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"| points | {some[0]} | {some[1]} |"
    assert [lines[3], lines[5]] == ["| floats(-10, 10) | 0 | 1 |", "| points | 1 | 1 |"]
