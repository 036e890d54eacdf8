"""Listings in a notebook: the same lines as printed, typeset, and every label a text."""

import html
import re

import numpy as np

import autograd
import nn
from autograd import Tensor, Value, compile, sigmoid


def read(markup: str) -> list[str]:
    """The texts of the rows, without their tags."""
    rows = re.findall("<tr>(.*?)</tr>", markup)
    return [html.unescape(re.sub("<.*?>", "", row)) for row in rows]


def test_a_program_is_shown_with_the_lines_of_its_listing():
    net = nn.MLP([4, 3, 2], node=Value, rng=0)
    x = [Value(0.0, label=f"x_{k}") for k in range(4)]
    markup = compile(net(np.array(x)), inputs=x, wrt=net.parameters())._repr_html_()
    assert read(markup) == [
        "z1= W1 x + b1(3 × 4)", "a1= sigmoid(z1)(3)", "z2= W2 a1 + b2(2 × 3)", "a2= sigmoid(z2)(2)",
        "returna2(2)",
    ]  # fmt: skip
    assert "<i>W</i><sub>1</sub> <i>x</i>" in markup


def test_labels_are_texts_indices_and_greek_letters():
    W, b = Tensor([[1.0, 2.0]], label="<script>"), Tensor([0.0], label=r"\beta_{<b>}")
    x = Tensor([[3.0, 4.0]], label="learning rate $x$")
    a = sigmoid(x @ W.T + b).with_label("a^{(1)}")
    markup = compile((a**2).sum(), [x], [W, b])._repr_html_()
    assert set(re.findall(r"<(\w+)", markup)) <= {"table", "tr", "td", "i", "sub", "sup", "span"}
    assert "<i>a</i><sup>(1)</sup>" in markup
    assert "β<sub>&lt;b&gt;</sub>" in markup
    assert "<sup>2</sup>" in markup
    assert "$" not in markup.replace("<span>$</span>", "")
    assert "learning rate $x$ <script>T" in read(markup)[0]


def test_a_function_shows_each_kind_of_arguments():
    f = compile(lambda x, k: autograd.tanh(k * x) / x)
    assert read(f._repr_html_()) == []
    f(0.5, 2.0)
    assert read(f._repr_html_()) == ["returntanh(k · x) / x(1)"]
    assert "theta: x, k" in f._repr_html_()


def test_a_large_graph_without_structure_is_not_listed_unasked():
    w = Value(1.0, label="w")
    small, large = w, w
    for _ in range(3):
        small = autograd.sin(small) * w
    for _ in range(600):
        large = autograd.sin(large) * w
    assert compile(small, [], [w])._repr_html_() is not None
    assert compile(large, [], [w])._repr_html_() is None
