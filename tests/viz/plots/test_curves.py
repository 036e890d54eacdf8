"""Activations over the weighted sum."""

import math

import numpy as np
import pytest

from autograd import log, relu, sigmoid, tanh
from viz._plots import activation


def legend(ax):
    return [t.get_text() for t in ax.get_legend().get_texts()]


def test_a_bias_of_minus_10_is_active_beyond_10(readable):
    """§1."""
    ax = activation(sigmoid, bias=-10, at=12)
    [curve] = [line for line in ax.lines if len(line.get_xdata()) > 100]
    z, a = curve.get_xydata().T
    np.testing.assert_allclose(a, 1 / (1 + np.exp(10 - z)), rtol=1e-12)
    threshold, present = [line.get_xydata()[0] for line in ax.lines if line.get_marker() in "os"]
    assert threshold.tolist() == [10, 0.5]
    assert present == pytest.approx([12, 1 / (1 + math.exp(-2))])
    assert ax.get_ylabel() == r"$\sigma(z - 10)$"
    assert legend(ax) == ["threshold: weighted sum 10", "weighted sum 12: activation 0.881"]
    assert [text.get_text() for text in ax.texts] == ["inactive", "active"]
    assert [text.get_text() for text in activation(sigmoid, bias=-10, x=(0, 10)).texts] == ["inactive"]
    readable(ax)


@pytest.mark.parametrize(
    ("f", "bias", "label"),
    [
        (tanh, 0, r"$\tanh(z)$"),
        (relu, 2.5, r"relu"),
        (lambda z: sigmoid(2 * z), -1, r"$\sigma(2 \, (z - 1))$"),
        (math.atan, -3, "atan($z$ − 3)"),
    ],
)
def test_any_function_of_a_number(f, bias, label):
    ax = activation(f, bias=bias)
    assert label.replace(r" \, ", "") in ax.get_ylabel().replace(r" \, ", "").replace(r" \cdot ", "")
    [threshold] = [line for line in ax.lines if line.get_marker() == "o"]
    assert threshold.get_xydata()[0] == pytest.approx([-bias, float(f(0.0))])


def test_ranges():
    assert activation(sigmoid, x=(-3, 2)).get_xlim() == (-3, 2)
    assert activation(sigmoid, bias=5, at=40).get_xlim() == (-13, 41)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"f": 3}, TypeError, "activation takes a function of 1 number"),
        ({"f": sigmoid, "bias": math.inf}, ValueError, "the bias"),
        ({"f": sigmoid, "at": "here"}, ValueError, "at"),
        ({"f": sigmoid, "x": (2, 1)}, ValueError, "x is a range"),
        ({"f": log}, ValueError, "log"),
    ],
)
def test_what_is_no_activation(arguments, error, message, nothing_drawn):
    with pytest.raises(error, match=message):
        activation(**arguments)
    assert nothing_drawn()
