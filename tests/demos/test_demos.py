"""The lectures print the engine's results and known figures from elsewhere."""

import inspect
import math
import re
import sys

import numpy as np
import pytest

import nn
import viz
from autograd import sigmoid
from autograd._derivatives import sweeps
from autograd._graph.primitive import lookup
from demos import backquery, chain, digits, engine, errors, gates, layers, softmax
from demos.options import Options


@pytest.fixture
def printed(capsys, tmp_path):
    """What a lecture prints."""

    def run(lecture, **options):
        lecture.run(Options(out=tmp_path, **options))
        return capsys.readouterr().out

    return run


def numbers(text):
    return [float(number) for number in re.findall(r"[-+]?\d+\.\d+", text)]


# -- deck A ---------------------------------------------------------------------------------------


def test_a_neuron_a_layer_and_a_network(printed):
    text = printed(layers)
    assert "σ(1.05) = 0.7408" in text
    assert "a₁⁽¹⁾ = σ(w₁₀⁽¹⁾a₀⁽⁰⁾ + w₁₁⁽¹⁾a₁⁽⁰⁾ + w₁₂⁽¹⁾a₂⁽⁰⁾ + b₁⁽¹⁾)" in text
    assert "13,002" in text
    assert len(numbers(text.splitlines()[-1])) == 10


def test_an_image_as_text_is_upright_and_as_wide_as_it_is():
    image = np.zeros((28, 28))
    image[2:6, 20:24] = 1.0
    assert layers.as_text(image) == ["", " " * 20 + "@" * 4, " " * 20 + "@" * 4] + [""] * 11


# -- deck B ---------------------------------------------------------------------------------------


def test_the_descent_is_that_of_the_surface():
    for step, (x, y, C) in enumerate(digits.descent(5)):
        assert (x, y) == (pytest.approx(0.1**step), pytest.approx(0.7**step))
        assert pytest.approx(1.5 * x**2 + 0.5 * y**2) == C


def test_the_cost_of_a_three_before_and_after(printed, quick):
    text = printed(digits, epochs=2)
    assert "13,002 parameters; 300 images drawn here" in text
    rows = [line.split()[0] for line in text.partition("seconds\n")[2].splitlines()[:2]]
    assert rows == ["1", "2"]
    table = text.partition("untrained         trained")[2].splitlines()[2:13]
    columns = np.array([numbers(line) for line in table[:10]])
    assert columns.shape == (10, 4)
    assert np.sum(columns[:, [1, 3]], axis=0) == pytest.approx(numbers(table[10]), abs=6e-3)
    desired = nn.data.one_hot(3, low=0, high=1)
    for a, term in (columns[:, :2].T, columns[:, 2:].T):
        assert term == pytest.approx((a - desired) ** 2, abs=0.0101)


def test_held_out_digits_are_not_trained_with(quick):
    training, held_out, _ = Options().digits
    assert (len(training), len(held_out)) == (300, 50)
    assert len(np.unique(np.concatenate([training.images, held_out.images]), axis=0)) == 350


# -- deck C ---------------------------------------------------------------------------------------


def test_the_picture_of_the_chain(tmp_path, printed):
    printed(chain)
    assert (tmp_path / "chain.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "chain.svg").read_text()


def test_the_factors_of_the_chain_rule(printed, monkeypatch):
    monkeypatch.setattr(viz, "render", lambda drawing, path: path)
    net, C = chain.build()
    C.backward()
    by_name = {node.label: node.data for node in chain.topological_order(C) if node.label}
    a, z, before = by_name["a^{(3)}"], by_name["z^{(3)}"], by_name["a^{(2)}"]
    assert f"{a:.2f}" == "0.66"  # the slide's
    slope = math.exp(-z) / (1 + math.exp(-z)) ** 2
    text = printed(chain).replace("−", "-")
    for first, grad in ((before, net.layers[2].W[0, 0].grad), (1, net.layers[2].b[0].grad)):
        factors = [first, slope, 2 * (a - by_name["y"])]
        assert math.prod(factors) == pytest.approx(grad, abs=1e-14)
        assert f"= {factors[0]:.4g} · {factors[1]:.4g} · ({factors[2]:.4g})" in text
    assert "= w⁽³⁾ · σ′(z⁽³⁾) · 2(a⁽³⁾ - y)" in text


def test_differences_agree_for_every_parameter_and_leave_it_as_it_was():
    net, C = chain.build()
    C.backward()
    for parameter in net.parameters():
        before = parameter.data
        assert chain.numeric(net, parameter) == pytest.approx(parameter.grad, abs=1e-9)
        assert parameter.data == before


def test_the_chain_is_labelled_from_end_to_end():
    _, C = chain.build()
    labels = {node.label for node in chain.topological_order(C)}
    each = {f"{kind}^{{({layer})}}" for kind in "wbza" for layer in (1, 2, 3)}
    assert labels - {None} == each | {"a^{(0)}", "y", "C_0"}


# -- the engine -----------------------------------------------------------------------------------


def test_the_loop_is_shown_as_it_stands_with_the_numbers_of_a_graph(printed):
    text = printed(engine)
    squeezed = "\n".join(line[4:] for line in text.splitlines())
    for function in (sweeps.reverse, lookup("tanh").pull):
        assert inspect.getsource(function) in squeezed
    slope = 1 - math.tanh(0.75) ** 2
    last = numbers(text)[-4:]
    assert last == pytest.approx([slope * 1.5, slope * 1.5, slope * 0.5, slope * 0.5], abs=5e-5)
    gradients = dict(re.findall(r"∂y/∂(\w) = (\d\.\d+)", text))
    added = dict.fromkeys(gradients, 0.0) | {"y": 1.0}
    for name, contribution in re.findall(r"∂y/∂(\w) \+= (\d\.\d+)", text):
        added[name] += float(contribution)
    assert added == pytest.approx({name: float(g) for name, g in gradients.items()}, abs=2e-4)


# -- deck D ---------------------------------------------------------------------------------------


def test_s_minus_y_is_the_slope_and_the_difference(printed):
    text = printed(softmax)
    a = np.array(softmax.WEIGHTS) @ softmax.INPUT
    s = np.exp(a) / np.exp(a).sum()
    assert f"= {-math.log(s[0]):.4f}." in text
    rows = text.splitlines()[4:7]
    for row, logit, share, y in zip(rows, a, s, softmax.DESIRED, strict=True):
        expected = [logit, share, y, *[share - y] * 3]
        assert numbers(row) == pytest.approx(expected, abs=6e-4)
        assert len(set(numbers(row)[3:])) == 1
    weights = [numbers(line) for line in text.splitlines() if re.match(r"    \d \d  ", line)]
    assert len(weights) == 12
    assert all(rule == backward != 0 for rule, backward in weights)


def test_the_slope_of_a_weight_with_a_sigmoid_before():
    net, a, C = softmax.build(sigmoid)
    C.backward()
    a = a.astype(float)
    s = np.exp(a) / np.exp(a).sum()
    by_rule = np.outer((s - softmax.DESIRED) * a * (1 - a), softmax.INPUT)
    found = [[w.grad for w in row] for row in net.layers[0].W]
    np.testing.assert_allclose(found, by_rule, rtol=0, atol=1e-15)


# -- deck E ---------------------------------------------------------------------------------------


def test_what_a_perceptron_learns_and_what_a_network_does(printed):
    text = printed(gates)
    assert re.search(r"AND .* 0 .*= 0\n", text)
    assert re.search(r"OR .* 0 .*= 0\n", text)
    assert re.search(r"XOR   3 3 4 4 .*none, after 1,000 epochs", text)
    assert "1 XOR 1:  -1" in text
    outputs = numbers(text.splitlines()[-1])
    assert outputs == pytest.approx([0, 1, 1, 0], abs=0.1)


def test_the_two_updates_agree_in_the_output_layer_only(printed):
    (hidden, hidden_downhill), (output, downhill) = errors.updates()
    np.testing.assert_allclose(output, downhill, rtol=0, atol=1e-16)
    assert np.all(abs(hidden) > 4 * abs(hidden_downhill))
    rows = [line.split() for line in printed(errors).partition("-rate")[2].splitlines()[1:7]]
    assert [row[2] == row[3] for row in rows] == [False] * 3 + [True] * 3


def test_backqueries_are_drawn_on_one_sheet(printed, quick, tmp_path):
    pytest.importorskip("matplotlib")
    text = printed(backquery, epochs=1)
    assert "79,400 parameters" in text  # 784 · 100 + 100 · 10, and no biases
    assert str(tmp_path / "backquery.png") in text
    assert (tmp_path / "backquery.png").read_bytes().startswith(b"\x89PNG")


def test_without_matplotlib_there_is_a_line_with_the_command(printed, quick, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    text = printed(backquery, epochs=1)
    assert text.splitlines()[-1].endswith('needs matplotlib: pip install "chainrule[plots]"')
    assert list(tmp_path.iterdir()) == []
