"""The GPT in scalars: its formulas beside plain arithmetic, and its two roads beside each other."""

import itertools
import math
import re
import sys

import numpy as np
import pytest

from chainrule.demos import gpt
from chainrule.demos.options import Options
from chainrule.demos.surnames import SURNAMES


@pytest.fixture(scope="module")
def recorded():
    """A net and its program, whose parameters no test changes."""
    net = gpt.initial(3)
    return net, gpt.record(net)


def theta(net):
    return np.array([w.data for w in gpt.parameters(net)])


def by_hand(net, name):
    """The cost of a name in Python's own floats, one position after the other."""

    def product(matrix, x):
        return [sum(w * number for w, number in zip(row, x, strict=True)) for row in matrix.tolist()]

    def normed(x):
        size = math.sqrt(sum(number**2 for number in x) / 16 + 1e-5)
        return [number / size for number in x]

    def shares(scores):
        top = max(scores)
        powers = [math.exp(score - top) for score in scores]
        return [power / sum(powers) for power in powers]

    keys, values, costs = [], [], []
    path = [26, *(ord(letter) - ord("a") for letter in name), 26]
    for position, (token, following) in enumerate(itertools.pairwise(path)):
        x = normed(net["token"][token] + net["position"][position])
        before, x = x, normed(x)
        keys.append(product(net["key"], x))
        values.append(product(net["value"], x))
        query, seen = product(net["query"], x), []
        for start in (0, 4, 8, 12):
            part = range(start, start + 4)
            weights = shares([sum(query[c] * key[c] for c in part) / math.sqrt(4) for key in keys])
            seen += [sum(w * value[c] for w, value in zip(weights, values, strict=True)) for c in part]
        x = [a + b for a, b in zip(before, product(net["mix"], seen), strict=True)]
        hidden = [max(number, 0.0) for number in product(net["up"], normed(x))]
        x = [a + b for a, b in zip(x, product(net["down"], hidden), strict=True)]
        costs.append(-math.log(shares(product(net["logit"], x))[following]))
    return sum(costs) / len(costs)


@pytest.mark.parametrize("name", ["ito", "grothendieck"])
def test_the_cost_is_that_of_the_architecture(recorded, name):
    net, program = recorded
    numbers = {key: 6 * matrix for key, matrix in gpt.plain(net).items()}  # so that no head attends evenly
    expected = by_hand(numbers, name)
    assert abs(expected - math.log(27)) > 0.3
    assert gpt.cost(numbers, name) == pytest.approx(expected, rel=1e-13)
    assert program(6 * theta(net), gpt.one_hot([name]).reshape(1, -1))[0] == pytest.approx(
        expected, rel=1e-13
    )


def test_the_gradient_of_every_matrix_is_what_differences_say(recorded):
    net, program = recorded
    middle, rows = 6 * theta(net), gpt.one_hot(["noether", "weyl"]).reshape(2, -1)
    _, gradient = program.value_and_grad(middle, rows)
    start = 0
    for name, matrix in net.items():
        part = slice(start, start := start + matrix.size)
        place = part.start + int(np.abs(gradient[part]).argmax())
        step = np.zeros(len(middle))
        step[place] = 1e-5
        difference = (program(middle + step, rows) - program(middle - step, rows)).mean() / 2e-5
        assert gradient[place] == pytest.approx(difference, rel=1e-7), name


def test_both_roads_have_the_same_costs_and_lead_to_the_same_net():
    names = ["fermi", "zygmund", "bohr", "quine"]  # with letters that come in one name and not in the next
    eager, compiled = gpt.initial(1), gpt.initial(1)
    costs = gpt.learn_eagerly(eager, names)
    optimizer = gpt.adam(compiled, len(names))
    with optimizer.in_one() as together:
        same = gpt.learn(optimizer, together, gpt.record(compiled), gpt.one_hot(names)[:, np.newaxis])
    assert same == pytest.approx(costs, rel=1e-13)
    assert costs[0] == pytest.approx(math.log(27), rel=0.1)
    assert np.abs(theta(eager) - theta(gpt.initial(1))).max() > 0.02
    np.testing.assert_allclose(theta(eager), theta(compiled), rtol=0, atol=1e-13)


def test_no_position_sees_a_later_one():
    net = gpt.plain(gpt.initial(0))
    first, second = (gpt.logits(net, net["token"][gpt.tokens(name)]) for name in ("gauss", "gausx"))
    np.testing.assert_array_equal(first[:5], second[:5])
    assert np.all(first[5] != second[5])


def test_the_surnames_are_in_plain_letters_once_each_and_fit_in():
    assert all(re.fullmatch("[a-z]{2,15}", name) for name in SURNAMES)
    assert sorted(set(SURNAMES)) == SURNAMES


def test_what_the_lecture_prints(quick, tmp_path, capsys):
    pytest.importorskip("matplotlib")
    gpt.run(Options(out=tmp_path, epochs=6))
    text = capsys.readouterr().out
    assert "4,192 parameters" in text
    differences = [float(row) for row in re.findall(r"\d\.\d{15}  +(\S+)$", text, re.MULTILINE)]
    assert len(differences) == 2
    assert max(differences) < 1e-12
    epochs = re.findall(r"^ +\d  +(\d\.\d{3})  +(\d\.\d{3})$", text, re.MULTILINE)
    assert len(epochs) == 6
    assert float(epochs[-1][1]) < 2.7 < float(epochs[0][0])  # of letters held out; ln 27 is 3.3
    invented = re.findall("[a-z]+", text.partition("invents:")[2].partition("The picture")[0])
    assert len(invented) > 15
    assert not set(invented) & set(SURNAMES)
    assert (tmp_path / "gpt.png").read_bytes().startswith(b"\x89PNG")


def test_without_matplotlib_there_is_a_line_with_the_command(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    for slow in ("compare", "train"):
        monkeypatch.setattr(gpt, slow, lambda *_: None)
    monkeypatch.setattr(gpt, "INVENTED", 1)
    gpt.run(Options(out=tmp_path, epochs=1))
    assert (
        capsys.readouterr().out.splitlines()[-1].endswith('needs matplotlib: pip install "chainrule[plots]"')
    )
