"""Reports of a check: plain data, a table with the most doubtful first, the error of a wrong derivative."""

import copy
import dataclasses
import pickle
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest

from autograd import GradientError, GradientReport, UndecidedWarning, exp, gradcheck, sigmoid
from autograd.testing import check_gradient


def wrong(x):
    """x² with one factor cut off."""
    return x * x.data


def raise_wrong(x):
    gradcheck(wrong, x)


def report_of(f=wrong, *args, **options):
    return check_gradient(f, *(args or (3.0,)), **options)


def test_a_report_of_agreement():
    report = check_gradient(lambda x, y: x * y**2, 3.0, np.array([1.0, 2.0]))
    assert report
    assert report.verdict == "agrees"
    assert str(report).startswith("agrees: 12 derivatives, to 1")
    assert all(entry.verdict == "agrees" and entry.digits > 12 for entry in report.entries)
    assert report.raise_if_wrong() is None
    with pytest.raises(ValueError, match="no derivative is wrong"):
        report.error()


def test_a_report_of_disagreement_raises_nothing_until_it_is_asked_to():
    report = report_of()
    assert not report
    assert report.verdict == "disagrees"
    assert report.diagnosis.startswith("it is half the right one")
    with pytest.raises(GradientError) as error:
        report.raise_if_wrong()
    assert error.value.report is report
    assert (error.value.analytic, error.value.numeric) == (3.0, pytest.approx(6.0))


def test_gradcheck_gives_a_false_report_with_a_warning_where_it_cannot_tell():
    with pytest.warns(UndecidedWarning, match="^cannot tell: the derivative") as caught:
        report = gradcheck(sigmoid, 40.0)
    assert isinstance(report, GradientReport)
    assert not report
    assert str(caught[0].message) == report.summary == str(report).splitlines()[0]
    assert caught[0].filename == __file__
    assert report.raise_if_wrong() is None


def test_an_entry_is_plain_data():
    entry = report_of(lambda p: p["w"] * wrong(p["b"][1]), {"w": 2.0, "b": [None, 3.0]}).doubtful[0]
    assert entry.label == 'args[0]["b"][1]'
    assert (entry.input, entry.index, entry.output, entry.order) == (1, (), (), 1)
    assert (entry.analytic, entry.numeric) == (6.0, pytest.approx(12.0))
    assert entry.error < 1e-9 < entry.step
    assert round(entry.digits, 1) == 0.3
    with pytest.raises(dataclasses.FrozenInstanceError):
        entry.analytic = 1.0


def test_the_table_is_aligned_and_begins_with_the_most_doubtful():
    report = report_of(lambda x: [x * 2, wrong(x), exp(x)], 3.0)
    summary, head, *lines = str(report).splitlines()
    assert summary.startswith("disagrees: the derivative of the output at [1]")
    assert len(lines) == len(report.entries) == 6
    assert [line.split("  ")[0] for line in lines] == ["argument 0"] * 6
    assert "disagrees" in lines[0]
    assert lines[0].index("disagrees") == head.index("verdict") == lines[-1].index("agrees")


def test_a_long_table_is_cut():
    report = report_of(lambda x: (x * x).sum(), np.arange(30.0) + 1)
    lines = str(report).splitlines()
    assert len(lines) == 23
    assert lines[-1] == "… and 40 more, which agree"
    assert len(report.table(rows=100).splitlines()) == 62
    assert (
        report_of(lambda x: wrong(x).sum(), np.arange(30.0) + 1)
        .table(5)
        .endswith("55 more, 55 of them doubtful")
    )


def test_reports_and_errors_are_pickled_and_copied():
    report = report_of(wrong, np.array([1.0, 2.0]))
    error = report.error()
    for copied in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(copied) is GradientError
        assert str(copied) == str(error)
        assert copied.index == error.index
        assert copied.report == report
    assert pickle.loads(pickle.dumps(report)) == report


def test_a_wrong_derivative_comes_back_from_another_process():
    with ProcessPoolExecutor(1) as pool, pytest.raises(GradientError, match="is 3 in reverse mode, 6"):
        pool.submit(raise_wrong, 3.0).result()


def test_the_traceback_ends_at_the_users_line():
    with pytest.raises(GradientError) as error:
        gradcheck(wrong, 3.0)
    shown = [entry for entry in error.traceback if not entry.ishidden(error)]
    assert shown[-1].path.name == "test_reports.py"
    assert len(error.traceback) == 2  # the user's frame, and that of gradcheck


def test_of_an_array_the_attributes_are_arrays():
    error = report_of(lambda x: wrong(x) + exp(x), np.array([1.0, 2.0])).error()
    assert error.index == (0,)
    assert error.analytic.shape == error.numeric.shape == error.error.shape == (2,)
    assert report_of(wrong, np.array([0.5])).error().analytic == 0.5


def test_a_notebook_shows_the_table_of_the_report():
    report = check_gradient(lambda x: (x * x).sum(), np.arange(12.0))
    html = report._repr_html_()
    lines = str(report).splitlines()
    assert f"<p>{lines[0]}</p>" in html
    assert f"<p>{lines[-1]}</p>" in html  # counts the rest
    assert html.count("<tr>") == len(lines) - 2
