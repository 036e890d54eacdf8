"""Points meet derivatives that are wrong at a few points only, in each run; ordinary numbers do not."""

import pytest

from benchmarks.points import MISTAKES, main, runs_that_meet


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_derivative_that_is_wrong_at_a_few_points_is_met_in_100_draws(mistake):
    assert runs_that_meet("points", mistake, runs=2) == 2


def test_the_table_is_printed(capsys):
    assert main(["--runs", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[3].startswith("| floats(-10, 10) | 0 | 0 | 0 |")
    assert lines[5] == "| points | 1 | 1 | 1 | 1 | 1 | 1 |"
