"""What the lecture page cannot show is refused, and a file without it is not written."""

import math
import re
import warnings

import numpy as np
import pytest
from page_graphs import net

import nn
import viz
from autograd import Tensor, Value, exp, log, sigmoid, softmax, where
from viz._pages.chain import lecture_page
from viz._pages.chain.document import document
from viz._pages.chain.recording import record


@pytest.mark.parametrize(
    ("wrong", "message"),
    [(3.0, "takes a Value, not float"), (None, "NoneType"), (Tensor(np.ones(2)), "Tensor .*scalars only")],
)
def test_only_values(wrong, message, tmp_path):
    with pytest.raises(TypeError, match=message):
        lecture_page(wrong, tmp_path / "a.html")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a.svg", "a", "a.html.txt", ".html"])
def test_only_html(name, tmp_path):
    with pytest.raises(ValueError, match=r"lecture_page writes \.html and \.htm files"):
        lecture_page(Value(1.0), tmp_path / name)


def test_places_that_cannot_be_written(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        lecture_page(Value(1.0), tmp_path / "nowhere" / "a.html")
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(IsADirectoryError, match=r"folder\.html"):
        lecture_page(Value(1.0), tmp_path / "folder.html")


def test_too_much_to_show(tmp_path):
    total = Value(1.0)
    for _ in range(60):
        total = total + Value(1.0)
    with pytest.raises(ValueError, match=r"62 .*the limit is 60.*limit=62"):
        lecture_page(total, tmp_path / "a.html")
    assert lecture_page(total, tmp_path / "a.html", limit=62).exists()


def test_too_many_operations(tmp_path):
    total = Value(1.0)
    for _ in range(201):
        total = total + 1.0
    with pytest.raises(ValueError, match=r"201 operations .*the limit is 200"):
        lecture_page(total, tmp_path / "a.html", limit=2)
    for limit in (0, -1, 1.5, True, "a", None):
        with pytest.raises(ValueError, match=r"limit is a whole number from 1, not "):
            lecture_page(total, tmp_path / "a.html", limit=limit)


def test_too_many_derivatives(tmp_path, monkeypatch):
    # As many as a page has would take two seconds.
    monkeypatch.setattr("viz._pages.chain.recording.LAST_SLOT", 100)
    total = Value(0.5, label="x")
    for _ in range(100):
        total = sigmoid(total)
    with pytest.raises(ValueError, match=r"with its derivatives this is \d+ operations"):
        lecture_page(total, tmp_path / "a.html", limit=200)


def test_a_title_is_text(tmp_path):
    with pytest.raises(TypeError, match="a title is text, not int"):
        lecture_page(Value(1.0), tmp_path / "a.html", title=3)


def test_a_fold_a_theme_and_a_projector_are_checked(tmp_path):
    C = (Value(1.0, label="a^{(1)}") * 2).with_label("C")
    for options, message in (
        ({"fold": "by_layer"}, "fold is a function such as viz.by_layer"),
        ({"theme": "dark"}, "theme is viz.LIGHT, viz.DARK or another viz.Theme, not 'dark'"),
        ({"projector": 1}, "projector"),
    ):
        with pytest.raises(TypeError, match=message):
            lecture_page(C, tmp_path / "a.html", **options)
        assert not list(tmp_path.iterdir())
    C = net(2, 3, 1)
    with pytest.raises(ValueError, match=r"the limit is 6.*fold"):
        lecture_page(C, tmp_path / "a.html", limit=6)
    assert lecture_page(C, tmp_path / "a.html", limit=6, fold=viz.by_layer).exists()  # the advice


def test_a_leaf_with_two_numbers_is_refused(tmp_path):
    x = Value(3.0, label="x")
    y = x * 2
    x.data = 5.0
    with pytest.raises(ValueError, match=r"x = 5\.0 was 3\.0 and then 5\.0"):
        lecture_page(y + x, tmp_path / "a.html")


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_leaf_that_is_not_finite_is_refused(number, tmp_path):
    with pytest.raises(ValueError, match="finite"):
        lecture_page(Value(number, label="x") * 2, tmp_path / "a.html")


def test_outside_the_domain_later_is_no_reason_to_refuse(tmp_path):
    assert lecture_page(log(Value(1.0, label="x")).with_label("y"), tmp_path / "a.html").exists()


CHOICES = [
    lambda x: x * x if x > 0 else -x,
    lambda x: max([x, 2 * x]) * 1.0,
    lambda x: np.sort([x, 2 * x])[0] * 1,
]


@pytest.mark.parametrize("choose", CHOICES)
def test_a_choice_that_the_page_cannot_make_anew_is_told(choose, tmp_path):
    x = Value(3.0, label="x")
    with pytest.warns(
        RuntimeWarning, match=r"number of .*x = .*test_page_refused\.py.*whatever leaf is dragged"
    ):
        viz.lecture_page(choose(x).with_label("y"), tmp_path / "y.html")
    x = Value(3.0, label="x")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y = where(x > 0, x * x, -x).with_label("y")  # the advice
        assert f"{y.data:.1f} {x.data}" == "9.0 3.0"
        viz.lecture_page(y, tmp_path / "y.html")


def test_names_in_headings_are_mathematics():
    y = exp(Value(0.95, label="a_0")).with_label("e^{a_0}")
    page = document(record(y, 60), None)
    shown = re.sub(r"<script.*?</script>|<title>.*?</title>|<h1>.*?</h1>|<[^>]*>", "", page, flags=re.DOTALL)
    assert "Compute e" in shown
    assert "^(" not in shown


@pytest.mark.parametrize(
    "of",
    [
        lambda x, y: softmax([x, 1.0])[0],
        lambda x, y: softmax(list(softmax([x, y])))[0],
        lambda x, y: nn.cross_entropy([2 * x, x * y], list(softmax([y, x]))),
    ],
    ids=["a number among the exponents", "shares of shares", "cross-entropy with shares"],
)
def test_shares_of_all_kinds_are_numbers_of_the_page(of):
    C = of(Value(0.3, label="x"), Value(0.7, label="y")).with_label("C")
    recording = record(C, 60)
    assert None not in recording.slopes
    assert "<!doctype html>" in document(recording, None)
