"""Nets, examples and options that `net_page` refuses, and what it then advises."""

import re

import numpy as np
import pytest

import nn
from autograd import DomainError, Value, log, maximum, relu, where
from viz import net_page

RNG = np.random.default_rng(0)
X, LABELS = RNG.normal(size=(23, 3)), RNG.integers(0, 2, 23)
Y = nn.data.one_hot(LABELS, 2)
EXAMPLES = X, Y


def chosen(z):
    return z if z.data.sum() > 0 else 0 * z


class Noise(nn.Module):
    def __init__(self):
        self.rng = np.random.default_rng(0)

    def __call__(self, x):
        return x + self.rng.normal(size=np.shape(x))


class Dropout(nn.Module):
    def __call__(self, x):
        return x * 0.5 if self.training else x


class Whole(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Layer(3, 2, rng=0))

    def __call__(self, x):
        return super().__call__(0.5 * x if self.training else x)


class Around(nn.Module):
    def __init__(self):
        self.layers = [nn.Layer(3, 3, rng=0), nn.Layer(3, 2, rng=1)]

    def __call__(self, x):
        return self.layers[1](self.layers[0](x) + x)


class Plain:
    def __init__(self):
        layer = type("Plain", (), {"W": np.ones((2, 3)), "b": None, "activation": staticmethod(relu)})
        layer.__call__ = lambda self, a: relu(np.asarray(a) @ self.W.T)
        self.layers = [layer()]


NET = nn.MLP([3, 2], rng=0)
HIDDEN, LAST = nn.Layer(3, 3, rng=0), nn.Layer(3, 2, rng=1)


def with_activation(f):
    return nn.MLP([3, 2], rng=0, activation=f)


def tied():
    net = nn.Sequential(nn.Layer(3, 3, rng=0, node=Value), nn.Layer(3, 2, rng=1, node=Value))
    net.layers[1].W = net.layers[0].W[[0, 2]]
    return net


@pytest.mark.parametrize(
    ("net", "examples", "options", "error", "message"),
    [
        (3, EXAMPLES, {}, TypeError, r"net_page takes a net, such as nn.MLP.*given int \(3\)"),
        (Plain(), EXAMPLES, {}, TypeError, r"layers\[0\].W holds plain numbers"),
        (tied(), EXAMPLES, {}, ValueError, r"layers\[1\].W shares some of its numbers"),
        (NET, X, {}, TypeError, r"examples are a pair \(X, Y\)"),
        (NET, (X[:, :2], Y), {}, ValueError, r"X have shape \(23, 2\), and the net takes 3 inputs"),
        (NET, (X[0], Y[:1]), {}, ValueError, r"one example is X\[None\]"),
        (NET, (X, Y[:9]), {}, ValueError, r"X have shape \(23, 3\) and Y \(9, 2\)"),
        (NET, (X, Y[:, :1]), {}, ValueError, r"Y have shape \(23, 1\), and the net gives 2 outputs"),
        (NET, (X, LABELS + 1), {}, ValueError, "Y hold 2 at index .*labels are whole numbers from 0 to 1"),
        (NET, (X, LABELS / 2), {}, ValueError, "Y hold 0.5 at index"),
        (NET, (X, np.where(LABELS, "cat", "dog")), {}, TypeError, r"Y is .* <U3: nn.data.class_numbers"),
        (NET, (X * np.nan, Y), {}, ValueError, r"X holds nan at index \(0, 0\)"),
        (NET, (X[:0], Y[:0]), {}, ValueError, "X is empty"),
        (NET, EXAMPLES, {"threshold": 0.5}, ValueError, "a threshold divides one output, and the net has 2"),
        (
            nn.MLP([3, 1], rng=0),
            (X, X[:, 0]),
            {"threshold": 0},
            ValueError,
            "a threshold divides two classes",
        ),
        (nn.MLP([4, 2], rng=0), (np.ones((23, 2, 2)), Y), {"shape": (1, 3)}, ValueError, "has 3 pixels, and"),
        (NET, EXAMPLES, {"shape": (2, 2)}, ValueError, "has 4 pixels, and the net takes 3 inputs"),
        (NET, EXAMPLES, {"cost": "squares"}, TypeError, "cost is a function of outputs and desired outputs"),
        (NET, EXAMPLES, {"cost": lambda a, y: 3.0}, TypeError, r"the cost gave 3.0.*one Tensor"),
        (
            NET,
            EXAMPLES,
            {"cost": lambda a, y: ((a - y) ** 2).sum()},
            ValueError,
            "a step in the page is one by",
        ),
        (NET, EXAMPLES, {"cost": lambda a, y: (a * np.inf).mean()}, ValueError, "cost of 6 examples is inf"),
        (
            nn.MLP([3, 2], rng=0, node=Value),
            EXAMPLES,
            {"cost": lambda a, y: log(a - 2).mean()},
            DomainError,
            "log",
        ),
        (NET, EXAMPLES, {"lr": 0}, ValueError, "lr is a number above 0"),
        (NET, EXAMPLES, {"batch_size": 0}, ValueError, "batch_size is a whole number from 1"),
        (NET, EXAMPLES, {"rng": None}, TypeError, "rng is a whole number from 0 or a numpy.random.Generator"),
        (NET, EXAMPLES, {"labels": ["a"]}, ValueError, "labels has 1 entries for 2 outputs"),
        (NET, EXAMPLES, {"title": 3}, TypeError, "a title is text"),
        (NET, EXAMPLES, {"theme": "dark"}, TypeError, "viz.DARK"),
        (
            with_activation(chosen),
            EXAMPLES,
            {},
            ValueError,
            r"layers\[0\] looks at a number \(test_net_refusals.py, ",
        ),
        (
            nn.Sequential(HIDDEN, Noise(), LAST),
            EXAMPLES,
            {},
            ValueError,
            r"layers\[1\], Noise, gives other out",
        ),
        (
            nn.Sequential(HIDDEN, Dropout().train(), LAST),
            EXAMPLES,
            {},
            ValueError,
            r"layers\[1\] is in training",
        ),
        (
            nn.Sequential(HIDDEN, nn.Layer(2, 2, rng=0)),
            EXAMPLES,
            {},
            ValueError,
            r"layers\[1\] takes 2 inputs",
        ),
        (
            nn.Sequential(HIDDEN, lambda a: a[..., :2], LAST),
            EXAMPLES,
            {},
            ValueError,
            r"layers\[1\] is to keep",
        ),
        (Whole().train(), EXAMPLES, {}, ValueError, r"this net is in training mode.*net.eval\(\)"),
        (Around(), EXAMPLES, {}, ValueError, "as with a path around a layer"),
        (nn.MLP([3, 60_000, 2], rng=0), EXAMPLES, {}, ValueError, "the parameters of this net take"),
    ],
)
def test_what_is_refused(net, examples, options, error, message, tmp_path):
    with pytest.raises(error, match=message):
        net_page(net, examples, tmp_path / "net.html", **options)
    assert not list(tmp_path.iterdir())


def test_the_advice_of_the_errors_works(tmp_path):
    path = tmp_path / "net.html"
    names, text = ["cat", "dog"], np.where(LABELS, "cat", "dog")
    net_page(NET, (X, nn.data.class_numbers(text, names)), path, labels=names)
    net_page(with_activation(lambda z: where(z > 0, z, maximum(0.1 * z, -1))), EXAMPLES, path)
    net_page(nn.Sequential(HIDDEN, Dropout().train(), LAST).eval(), EXAMPLES, path)
    net_page(NET, (X[0][None], Y[:1]), path)
    net, images, labels = nn.MLP([100, 2], rng=0), RNG.random((600, 100)), RNG.integers(0, 2, 600)
    with pytest.raises(ValueError, match=r"pass fewer.*np.round\(255 \* X\) / 255.*or pass limit=") as error:
        net_page(net, (images, labels), path, limit=500_000)
    fewer, limit = map(int, re.search(r"such as (\d+),.* limit=([\d_]+)", str(error.value)).groups())
    assert fewer > 50
    for x, y, most in (
        (images[:fewer], labels[:fewer], 500_000),
        (np.round(255 * images) / 255, labels, 500_000),
        (images, labels, limit),
    ):
        assert net_page(net, (x, y), path, limit=most).stat().st_size <= most


def test_a_net_that_asks_for_its_mode_does_not_learn_on_the_page(tmp_path):
    text = net_page(Whole(), EXAMPLES, tmp_path / "net.html").read_text(encoding="utf-8")
    assert '"unlike":"This net learns in another way than it computes here: train it by nn.fit"' in text
