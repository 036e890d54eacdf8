"""Truth tables with the answers of a net."""

import numpy as np
import pytest

import nn
from autograd import Value
from autograd._graph.leaving import plain_array
from viz._plots import truth_table
from viz._plots.parts.palette import palette_of

AND, XOR = nn.data.gates.AND, nn.data.gates.XOR


def rows(ax):
    """The entries by rows, the heads first."""
    texts = [t.get_text() for t in ax.texts]
    columns = len({t.get_position()[0] for t in ax.texts})
    return np.array(texts).reshape(columns, -1).T.tolist()


def test_a_perceptron_that_learnt_and(readable):
    """§4."""
    perceptron = nn.Perceptron(2)
    perceptron.learn(AND.X, AND.signs, epochs=20)
    ax = truth_table(perceptron, AND.X, AND.signs)
    assert rows(ax) == [
        ["$x_{1}$", "$x_{2}$", "desired", "output"],
        ["0", "0", "−1", "−1"], ["0", "1", "−1", "−1"], ["1", "0", "−1", "−1"], ["1", "1", "1", "1"],
    ]  # fmt: skip
    readable(ax)


@pytest.mark.parametrize("node", [None, Value])
def test_outputs_of_a_net_and_those_that_are_wrong(node):
    net = nn.MLP([2, 3, 1], rng=0, **({} if node is None else {"node": node}))
    ax = truth_table(net, XOR.X, XOR.Y, inputs=["left", "right"])
    outputs = plain_array(net(XOR.X))[:, 0]
    assert rows(ax)[0] == ["left", "right", "desired", "output"]
    assert [row[-1] for row in rows(ax)[1:]] == [f"{a:.2f}" for a in outputs]
    wrong = [t.get_color() == palette_of(ax).negative for t in ax.texts[-4:]]
    assert wrong == ((outputs > 0.5) != (XOR.Y[:, 0] > 0.5)).tolist()


@pytest.mark.parametrize(
    ("net", "X", "y", "error", "message"),
    [
        (3, AND.X, AND.Y, TypeError, "not int"),
        (nn.Perceptron(2), AND.X[0], AND.Y, ValueError, r"X has shape \(2,\)"),
        (nn.Perceptron(2), np.ones((20, 2)), np.ones(20), ValueError, "up to 16 rows"),
        (nn.Perceptron(2), AND.X, AND.Y[:3], ValueError, r"and y \(3, 1\)"),
        (lambda p: p, AND.X, AND.Y, ValueError, r"gave shape \(4, 2\) for 4 rows"),
    ],
)
def test_what_is_no_truth_table(net, X, y, error, message, nothing_drawn):
    with pytest.raises(error, match=message):
        truth_table(net, X, y)
    assert nothing_drawn()
