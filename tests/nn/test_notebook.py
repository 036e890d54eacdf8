"""What a notebook shows of nets, runs and rules: tables without colours of their own, and a bar."""

import base64
import io
import re
import sys
import warnings
from types import SimpleNamespace

import numpy as np
import pytest

import nn
from autograd import Value
from nn import Epoch, History

ALLOWED = {"table", "thead", "tbody", "tr", "th", "td", "p", "img", "span"}


def tags(html: str) -> set[str]:
    return set(re.findall(r"<(\w+)", html))


def test_a_net_and_its_summary_are_a_table():
    net = nn.MLP([784, 16, 10], rng=0)
    summary = net.summary()
    assert summary.startswith("layer  inputs")  # text, as ever
    for html in (summary._repr_html_(), net._repr_html_()):
        assert "12,560</td>" in html
        assert tags(html) <= ALLOWED
        assert "color" not in html
    assert "MLP([784, 16, 10]" in net._repr_html_()
    assert "layers.1</td>" in nn.Sequential(*net.layers)._repr_html_()


def test_a_module_without_a_table_is_shown_by_its_repr():
    class Computed(nn.Module):
        def __init__(self):
            self.w = Value(1.0) * 2

    class Own(nn.Module):
        def summary(self):
            return "mine"

    assert Computed()._repr_html_() is None
    assert Own()._repr_html_() is None


def test_a_history_is_a_table_and_a_picture(monkeypatch):
    epochs = [Epoch(i, 1 / i, 0.5, None, None, 0.1, {"<b>": 1.0}) for i in range(1, 4)]
    history = History(epochs, stopped="<script>")
    html = history._repr_html_()
    assert tags(html) <= ALLOWED
    assert "img" in tags(html)
    assert len(html) < 100_000
    assert "&lt;b&gt;</th>" in html
    assert "stopped: &lt;script&gt;" in html
    assert "validation" not in html  # there is none
    held_out = History([Epoch(1, 0.5, None, 0.25, None, 0.1)])._repr_html_()
    assert "validation cost" in held_out
    assert "img" not in tags(held_out)  # one point is no curve
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    assert "img" not in tags(history._repr_html_())


def test_costs_that_are_not_finite_are_shown():
    epochs = [Epoch(1, np.nan, None, None, None, 0.0), Epoch(2, np.inf, 0.5, None, None, 0.0)]
    assert "nan</td>" in History(epochs)._repr_html_()


def test_a_perceptron_shows_its_decision_and_its_line():
    gate = nn.Perceptron(2)
    gate.learn(nn.data.gates.AND.X, nn.data.gates.AND.signs, epochs=20)
    latex = gate._repr_latex_()
    slope, height = map(float, re.search(r"x_1 &= (-?[\d.]+)\\,x_0 \+ ([\d.]+)", latex).groups())
    for x0 in (0.0, 2.0):  # on the line the weighted sum is 0
        assert gate.w @ [x0, slope * x0 + height] + gate.b == pytest.approx(0, abs=1e-9)
    gate.w, gate.b = np.array([2.0, 0.0]), -1.0
    assert r"\text{line:}\quad x_0 &= 0.5" in gate._repr_latex_()
    assert "line" not in nn.Perceptron(2)._repr_latex_()  # no weights yet
    assert nn.Perceptron(20)._repr_latex_().count("x_") == 6


def test_errors_are_a_table_with_the_printed_numbers():
    errors = nn.compare_errors(nn.MLP([2, 2, 1], use_bias=False, rng=0), [1.0, 0.5], [0.9])
    cells = re.findall("<td.*?>(.*?)</td>", errors._repr_html_())
    assert cells == [cell for line in repr(errors).splitlines()[1:] for cell in line.split()]


def test_the_bar_is_a_line_of_text_in_a_notebook_without_widgets(monkeypatch, capsys):
    kernel = type("ZMQInteractiveShell", (), {})()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: kernel))
    net = nn.MLP([2, 1], rng=0)
    data, optimizer = ([[0.0, 1.0]], [[1.0]]), nn.SGD(net.parameters(), lr=0.1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nn.fit(net, *data, optimizer=optimizer, epochs=2, batch_size=1, rng=0)
    shown = capsys.readouterr()
    assert "0/2" in shown.out
    assert not shown.err  # which a notebook shows as an error
    nn.fit(net, *data, optimizer=optimizer, epochs=2, batch_size=1, rng=0, progress=False)
    assert not capsys.readouterr().out


def test_digits_are_their_first_images_over_their_labels():
    images = pytest.importorskip("PIL.Image")
    digits = nn.data.strokes(25, rng=0)
    html = digits._repr_html_()
    assert tags(html) <= ALLOWED | {"br"}
    assert [int(label) for label in re.findall(r"<br>(\d)</td>", html)] == digits.labels[:20].tolist()
    pngs = re.findall('src="data:image/png;base64,([^"]*)"', html)
    for image, png in zip(digits.images, pngs, strict=False):
        shown = np.asarray(images.open(io.BytesIO(base64.b64decode(png))))
        assert shown.ravel() == pytest.approx(image * 255, abs=1)
    assert "5 more" in html
    assert len(html) < 30_000
    none = digits[:0]
    assert (repr(none), tags(none._repr_html_()) <= ALLOWED) == ("<0 digits>", True)


def test_a_fitted_estimator_shows_the_layers_of_its_net():
    X, labels = nn.data.moons(20, rng=0)
    classifier = nn.Classifier([3], rng=0, epochs=1)
    assert classifier._repr_html_() is None  # its repr has all there is
    html = classifier.fit(X, labels)._repr_html_()
    assert tags(html) <= ALLOWED
    assert html.startswith("<p>Classifier([3]")
    assert html.count("<tr>") == classifier.net_.summary()._repr_html_().count("<tr>")


def test_an_optimizer_is_its_settings_and_its_steps():
    x, y = Value(1.0), Value(1.0)
    sgd = nn.SGD([x, y], lr=0.1, momentum=0.9, clip_norm=2.0)
    assert repr(sgd) == "<SGD of 2 parameters: lr 0.1, momentum 0.9, clip_norm 2; 0 steps taken>"
    (x * y).backward()
    sgd.step()
    assert repr(sgd).endswith("; 1 steps taken>")
    adam = nn.Adam([x], lr=lambda steps: 1 / 0)  # a schedule that a repr does not ask
    assert repr(adam).startswith("<Adam of 1 parameter: lr by a schedule, beta1 0.9")
