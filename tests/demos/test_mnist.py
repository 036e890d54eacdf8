"""The named settings on files of MNIST's kind."""

import re

import numpy as np
import pytest

import nn
from chainrule.__main__ import main
from chainrule.demos import learning, mnist
from chainrule.demos.options import HeldOut, Options


@pytest.mark.parametrize("name", mnist.SETTINGS)
def test_each_setting_is_one_command(name, mnist_folder, capsys):
    assert main(["demos", "mnist", "--settings", name, "--data", str(mnist_folder), "--epochs", "2"]) == 0
    text = capsys.readouterr().out
    setting = mnist.SETTINGS[name]
    assert text.startswith("MNIST")
    assert f"  {name}: {setting.about}\n  seed 0, batches of {setting.batch_size}, 2 epochs\n" in text
    assert f"{setting.net().num_parameters:,} parameters; 60 images" in text
    rows = text.partition("seconds\n")[2].splitlines()[:2]
    assert [row.split()[0] for row in rows] == ["1", "2"]
    assert re.search(r"  trained, it gets \d+\.\d\d %\n  in \d+ seconds\n$", text)


def test_the_settings_are_those_of_the_lectures():
    assert [list(setting.sizes) for setting in mnist.SETTINGS.values()] == [
        [784, 16, 16, 10],
        [784, 16, 16, 10],
        [784, 200, 10],
    ]
    assert mnist.SETTINGS["lectures"].net().num_parameters == 13_002
    assert mnist.SETTINGS["deck-e"].net().num_parameters == 784 * 200 + 200 * 10  # no biases


def test_a_schedule_is_given_the_number_of_steps(mnist_folder, monkeypatch):
    given = []

    def optimizer(parameters, steps):
        given.append(steps)
        return nn.SGD(parameters, lr=0.1)

    setting = mnist.Setting(about="", sizes=(784, 10), optimizer=optimizer, batch_size=25, epochs=3)
    monkeypatch.setitem(mnist.SETTINGS, "lectures", setting)
    optimizers = []
    monkeypatch.setattr(mnist, "learn", lambda *_, optimizer, **__: optimizers.append(optimizer))
    mnist.run(Options(data=mnist_folder))
    assert given == [3 * 3]  # 60 images make two batches of 25 and one of 10
    assert len(optimizers) == 1


@pytest.fixture
def few():
    digits = nn.data.strokes(60, rng=0)
    return HeldOut(digits[:40], digits[40:], "drawn here")


def test_the_penalty_is_added_to_the_cost_where_a_setting_has_one():
    a, y = np.ones((3, 10)), np.array([0, 3, 9])
    best, plain = mnist.SETTINGS["best"], mnist.SETTINGS["lectures"]
    net = best.net()
    squares = sum(float((layer.W.data.astype(float) ** 2).sum()) for layer in net.layers)
    assert best.penalised(net)(a, y).item() == pytest.approx(
        nn.cross_entropy(a, y) + best.l2 * squares, rel=1e-5
    )
    assert plain.penalised(net)(a, a) == nn.quadratic_cost(a, a)


def test_a_lecture_learns_as_fit_does(few):
    nets = [nn.MLP([784, 10], rng=0) for _ in range(2)]
    optimizers = [nn.SGD(net.parameters(), lr=0.1) for net in nets]
    learning.learn(nets[0], few, optimizer=optimizers[0], epochs=2, batch_size=7, seed=5)
    images, desired = few.training.images, nn.data.one_hot(few.training.labels)
    nn.fit(nets[1], images, desired, optimizer=optimizers[1], epochs=2, batch_size=7, rng=5)
    assert np.array_equal(nets[0].layers[0].W.data, nets[1].layers[0].W.data)
