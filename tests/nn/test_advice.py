"""The advice of errors and warnings of nn, followed to the letter, helps.

A case is code that fails, a piece of code that the message has to contain, and code in which ADVICE stands
for that piece. The messages of nn that hold advice are found in its source, so that none is left out.
"""

import ast
import re
import warnings
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor, Value
from nn._support.arrays import numeric

ROOT = Path(__file__).parents[2]


class Case:
    """Code that fails, the advice in its message, and the same code with the advice taken."""

    def __init__(self, fails, advice, cured, setup=""):
        self.fails, self.advice, self.cured, self.setup = fails, advice, cured, setup


X = np.random.default_rng(0).normal(size=(12, 4))
LABELS = (X[:, 0] > 0).astype(int)
TEXT = np.array(["cat", "dog"])[LABELS]


def fit(net, X, Y, **options):
    settings = {"epochs": 40, "batch_size": 4, "rng": 0, "cost": nn.quadratic_cost} | options
    optimizer = settings.pop("optimizer", None) or nn.SGD(net.parameters(), lr=settings.pop("lr", 1.0))
    return nn.fit(net, X, Y, optimizer=optimizer, **settings)


def mlp(*sizes, **options):
    return nn.MLP(list(sizes), rng=0, **options)


class Parts(nn.Module):
    def __init__(self, **parts):
        vars(self).update(parts)


class Forward(nn.Module):
    def forward(self, x):
        return x


class Foreign:
    """A model of another library."""

    def state_dict(self):
        return nn.to_torch(mlp(4, 2))

    def get_weights(self):
        return nn.to_keras(mlp(4, 2))


def model():
    return nn.Classifier([3], rng=0, epochs=1)


LINEAR = {"output_activation": nn.identity}
NAMES = {
    "autograd": autograd, "nn": nn, "np": np, "pytest": pytest, "Tensor": Tensor, "Value": Value,
    "numeric": numeric, "Parts": Parts, "Forward": Forward,
    "fit": fit, "mlp": mlp, "model": model, "Foreign": Foreign,
    "X": X, "LABELS": LABELS, "TEXT": TEXT, "LINEAR": LINEAR,
}  # fmt: skip
LEARNT = "assert history.accuracy[-1] > 0.9"

CASES = [
    # predictions
    Case("mlp(4, 2).predict(X[0])", "X.reshape(1, -1)",
         "net, given = mlp(4, 2), X; X = X[0]; assert (net.predict(ADVICE) == net.predict(given[:1])).all()"),
    Case("mlp(4, 2).predict(X, threshold=0)", "net.predict(X, classes=2, threshold=0)",
         "net = mlp(4, 1, **LINEAR); assert set(ADVICE.tolist()) == {0, 1}"),
    Case("mlp(4, 3, **LINEAR).predict_proba(X)", "net.predict_proba(X, activation=autograd.softmax)",
         "net = mlp(4, 3, **LINEAR); assert ADVICE.shape == (12, 3)"),
    Case("mlp(4, 3).predict_proba(X)", "net.predict(X, classes=3)",
         "net = mlp(4, 3); assert (ADVICE == net.predict(X).argmax(axis=1)).all()"),
    Case("mlp(4, 3).predict_proba(X)", "net.predict_proba(X, activation=nn.identity)",
         "net = mlp(4, 3); assert (ADVICE == net.predict(X)).all()"),
    Case("mlp(4, 1, **LINEAR).predict_proba(X)", "net.predict_proba(X, activation=autograd.sigmoid)",
         "net = mlp(4, 1, **LINEAR); assert (ADVICE[:, 1:] == autograd.sigmoid(net.predict(X))).all()"),
    Case("mlp(4, 1, **LINEAR).predict_proba(X, activation=autograd.softmax)", "activation=autograd.sigmoid",
         "assert mlp(4, 1, **LINEAR).predict_proba(X, ADVICE).shape == (12, 2)"),
    Case("nn.confusion_matrix(LABELS, mlp(4, 2).predict(X))", "net.predict(X, classes=10)",
         "net = mlp(4, 10); nn.confusion_matrix(LABELS, ADVICE)"),
    Case("nn.confusion_matrix([0, 'a'], ['a', 0])", "classes=[0, 'a']",
         "assert nn.confusion_matrix([0, 'a'], ['a', 0], ADVICE).accuracy == 0"),
    # estimators
    Case("model().fit(X[0], LABELS)", "X.reshape(-1, 1)", "X = X[:, 0]; model().fit(ADVICE, LABELS)"),
    Case("model().fit(X, np.eye(2)[LABELS])", "Y.argmax(axis=1)",
         "Y = np.eye(2)[LABELS]; assert model().fit(X, ADVICE).classes_.tolist() == [0, 1]"),
    Case("model().fit(X, LABELS[:, None])", "y.reshape(-1)", "y = LABELS[:, None]; model().fit(X, ADVICE)"),
    Case("model().fit(X, [0, 'a'] * 6)", "[str(c) for c in y]",
         "y = [0, 'a'] * 6; assert model().fit(X, ADVICE).classes_.tolist() == ['0', 'a']"),
    Case("model().fit(X, X[:, 0])", "nn.Regressor",
         "assert ADVICE(rng=0, epochs=1).fit(X, X[:, 0]).predict(X).shape == (12,)"),
    Case("model().fit(X, TEXT).score(X, LABELS)", "such as 'cat'", "model().fit(X, TEXT).score(X, TEXT)"),
    # desired outputs and labels
    Case("fit(mlp(4, 2), X, LABELS)", "nn.data.one_hot(labels, 2)",
         f"labels = LABELS; history = fit(mlp(4, 2), X, ADVICE); {LEARNT}"),
    Case("nn.data.one_hot(TEXT, {'cat', 'dog'})", "sorted(classes)",
         "classes = {'cat', 'dog'}; assert (nn.data.one_hot(TEXT, ADVICE).argmax(1) == LABELS).all()"),
    Case("nn.quadratic_cost(mlp(4, 10)(X), LABELS)", "nn.data.one_hot(labels, 10)",
         "labels = LABELS; assert nn.quadratic_cost(mlp(4, 10)(X), ADVICE).item() < 3"),
    Case("fit(mlp(4, 1), X, LABELS)", "y.reshape(-1, 1)",
         f"y = LABELS; history = fit(mlp(4, 1), X, ADVICE); {LEARNT}"),
    Case("fit(mlp(4, 1), X, X[:, 0])", "np.reshape(Y, (-1, 1))",
         "Y = X[:, 0]; assert len(fit(mlp(4, 1), X, ADVICE)) == 40"),
    Case("fit(mlp(4, 2, **LINEAR), X, LABELS > 0, cost=nn.cross_entropy)", "Y.astype(int)",
         f"Y = LABELS > 0; history = fit(mlp(4, 2, **LINEAR), X, ADVICE, cost=nn.cross_entropy); {LEARNT}"),
    Case("nn.accuracy(mlp(4, 2), X, TEXT)", "nn.accuracy(net, X, labels, classes=np.unique(labels))",
         "net, labels = mlp(4, 2), TEXT; assert ADVICE == nn.accuracy(net, X, LABELS)"),
    Case("fit(mlp(4, 2), X, TEXT)", "nn.data.one_hot(Y, np.unique(Y))",
         f"Y = TEXT; history = fit(mlp(4, 2), X, ADVICE); {LEARNT}"),
    Case("fit(mlp(4, 2), X, TEXT)", "nn.data.class_numbers(Y, np.unique(Y))",
         f"Y = TEXT; history = fit(mlp(4, 2, **LINEAR), X, ADVICE, cost=nn.cross_entropy); {LEARNT}"),
    Case("nn.quadratic_cost(mlp(4, 2)(X), TEXT)", "nn.data.one_hot(labels, np.unique(labels))",
         "labels = TEXT; assert nn.quadratic_cost(mlp(4, 2)(X), ADVICE).item() > 0"),
    Case("nn.data.one_hot(TEXT)", "nn.data.one_hot(labels, np.unique(labels))",
         "labels = TEXT; assert ADVICE.argmax(axis=1).tolist() == LABELS.tolist()"),
    Case("nn.data.one_hot(LABELS > 0)", "nn.data.one_hot(labels, np.unique(labels))",
         "labels = LABELS > 0; assert ADVICE.argmax(axis=1).tolist() == LABELS.tolist()"),
    Case("nn.data.one_hot([3.0, 1.0])", "np.asarray(labels, int)",
         "labels = [3.0, 1.0]; assert nn.data.one_hot(ADVICE).argmax(axis=1).tolist() == [3, 1]"),
    Case("nn.data.one_hot([30, 10])", "nn.data.one_hot(labels, np.unique(labels))",
         "labels = [30, 10]; assert ADVICE.argmax(axis=1).tolist() == [1, 0]"),
    Case("nn.data.one_hot(LABELS[:, None])", "labels.reshape(-1)",
         "labels = LABELS[:, None]; assert nn.data.one_hot(ADVICE, 2).shape == (12, 2)"),
    Case("nn.accuracy(mlp(4, 2), X, np.eye(2)[LABELS])", "Y.argmax(axis=1)",
         "Y = np.eye(2)[LABELS]; assert 0 <= nn.accuracy(mlp(4, 2), X, ADVICE) <= 1"),
    Case("nn.accuracy(mlp(4, 2), X, LABELS.astype(float))",
         "nn.accuracy(net, X, labels, classes=np.unique(labels))",
         "net, labels = mlp(4, 2), LABELS.astype(float); assert ADVICE == nn.accuracy(net, X, LABELS)"),
    Case("nn.accuracy(mlp(4, 1, **LINEAR), X, LABELS)", "threshold=0",
         "nn.accuracy(mlp(4, 1, **LINEAR), X, LABELS, ADVICE)"),
    Case("nn.accuracy(mlp(4, 1, **LINEAR), X, LABELS)", "threshold=0.5",
         "nn.accuracy(mlp(4, 1, **LINEAR), X, LABELS, ADVICE)"),
    Case("nn.cross_entropy(Tensor([[0.5]]), [[1.0]])", "nn.binary_cross_entropy(logits, y)",
         "logits, y = Tensor([[0.5]]), [[1.0]]; assert 0.4 < ADVICE.item() < 0.5"),
    Case("nn.binary_cross_entropy([[0.5]], [[-1]])", "(y + 1) / 2",
         "y = np.array([[-1]]); assert nn.binary_cross_entropy([[0.5]], ADVICE) > 0"),
    Case("nn.hinge_loss([[0.5]], [[0]])", "2 * y - 1",
         "y = np.array([[0]]); assert nn.hinge_loss([[0.5]], ADVICE) == 1.5"),
    Case("nn.Perceptron(4).learn(X, LABELS, epochs=9)", "2 * y - 1",
         "y = LABELS; assert nn.Perceptron(4).learn(X, ADVICE, epochs=99)[-1] == 0"),
    Case("nn.cross_entropy([[0.5, 0.1]], [0], weights=[1])", "nn.data.class_weights(labels, 2)",
         "labels = LABELS; assert nn.cross_entropy([[0.5, 0.1]], [0], weights=ADVICE) > 0"),
    Case("fit(mlp(4, 2), X, LABELS, cost=nn.cross_entropy)", "output_activation=nn.identity",
         f"history = fit(mlp(4, 2, ADVICE), X, LABELS, cost=nn.cross_entropy); {LEARNT}"),
    Case("fit(mlp(4, 2, node=Value), X, LABELS, cost=nn.cross_entropy, epochs=1)", "autograd.softmax(net(x))",
         "net, x = mlp(4, 2, **LINEAR), X; np.testing.assert_allclose(ADVICE.data.sum(axis=1), 1)"),
    Case("nn.binary_cross_entropy(mlp(4, 1)(X), LABELS)", "autograd.sigmoid(net(x))",
         "net, x = mlp(4, 1, **LINEAR), X; assert np.all((ADVICE.data > 0) & (ADVICE.data < 1))"),
    Case("fit(mlp(4, 2), X, X[:, :2], dtype='float32')", 'dtype="float32"',
         "fit(mlp(4, 2, ADVICE), X, X[:, :2], ADVICE)"),
    # modules of one's own
    Case("Parts(W=Tensor([1.0]) * 2).parameters()", "Tensor(x.data)",
         "x = Tensor([1.0]) * 2; assert len(Parts(W=ADVICE).parameters()) == 1"),
    Case("Parts(maps=Tensor([1.0]) * 2).parameters()", "an attribute that begins with an underscore",
         "assert Parts(_maps=Tensor([1.0]) * 2).parameters() == []"),
    Case("Parts(layers={mlp(2, 1)}).parameters()", "a list",
         "assert len(Parts(layers=list({mlp(2, 1)})).parameters()) == 2"),
    Case("Parts(**{'a': Parts(W=Tensor([1.0])), 'a.W': Tensor([1.0])}).parameters()", "rename one of them",
         "assert len(Parts(**{'a': Parts(W=Tensor([1.0])), 'b.W': Tensor([1.0])}).parameters()) == 2"),
    Case("Forward()(X)", "rename its forward to __call__",
         "Renamed = type('Renamed', (nn.Module,), {'__call__': Forward.forward}); assert Renamed()(X) is X"),
    Case("Parts()(X)", "write __call__(self, x)",
         "class Whole(nn.Module):\n def __call__(self, x): return x\nassert Whole()(X) is X"),
    Case("nn.Sequential(Forward)", "Forward(…)", "nn.Sequential(Forward())"),
    Case("nn.Sequential([abs])", "nn.Sequential(*layers)", "layers = [abs]; assert ADVICE(-1) == 1"),
    Case("nn.Sequential(1)", "not a module or a function", "nn.Sequential(abs)"),
    Case("nn.save(nn.MLP, 'net.npz')", "an nn.Module", "import tempfile\n"
         "nn.save(mlp(2, 1), tempfile.mkdtemp() + '/net.npz')"),
    # metrics
    Case("fit(mlp(4, 1), X, X[:, :1], metrics=nn.r_squared)", '{"R²": nn.r_squared}',
         'assert list(fit(mlp(4, 1), X, X[:, :1], metrics=ADVICE).metrics) == ["R²"]'),
    Case('fit(mlp(4, 1), X, X[:, :1], metrics=["R²"])', '{"R²": nn.r_squared}',
         "fit(mlp(4, 1), X, X[:, :1], metrics=ADVICE)"),
    Case("fit(mlp(4, 1), X, X[:, :1], metrics=[nn.r_squared] * 2)", '{"R²": nn.r_squared}',
         "fit(mlp(4, 1), X, X[:, :1], metrics=ADVICE)"),
    Case("nn.r_squared([[1.0], [2.0]], [1.0, 2.0])", "y.reshape(-1, 1)",
         "y = np.array([1.0, 2.0]); assert nn.r_squared([[1.0], [2.0]], ADVICE) == 1"),
    # what fit is given
    Case('fit(mlp(4, 2), X, np.eye(2)[LABELS], cost="mse")', "nn.quadratic_cost",
         f"history = fit(mlp(4, 2), X, np.eye(2)[LABELS], cost=ADVICE); {LEARNT}"),
    Case("nn.fit(mlp(4, 2), X, X[:, :2], optimizer=nn.SGD, epochs=1, batch_size=4, rng=0)",
         "nn.SGD(net.parameters(), lr=1.0)",
         "net = mlp(4, 2); nn.fit(net, X, X[:, :2], optimizer=ADVICE, epochs=1, batch_size=4, rng=0)"),
    Case("fit(mlp(4, 2), X, X[:, :2], optimizer=nn.SGD(mlp(4, 2).parameters(), 1.0))", "parameters()",
         "net = mlp(4, 2); fit(net, X, X[:, :2], optimizer=nn.SGD(net.ADVICE, 1.0))"),
    Case("net = mlp(4, 2); sgd = nn.SGD(net.parameters(), 1.0); net.layers[0].b = mlp(4, 2).layers[0].b; "
         "fit(net, X, X[:, :2], optimizer=sgd)", "net.parameters()",
         "net = mlp(4, 2); net.layers[0].b = mlp(4, 2).layers[0].b; "
         "fit(net, X, X[:, :2], optimizer=nn.SGD(ADVICE, 1.0))"),
    Case("fit(mlp(4, 2), X, X[:, :2], rng=None)", "rng=0", "fit(mlp(4, 2), X, X[:, :2], ADVICE)"),
    Case("fit(mlp(64, 2), np.tile(np.uint8([[0, 255]]), (12, 32)), X[:, :2])", "nn.data.scaled(X)",
         "X, Y = np.tile(np.uint8([[0, 255]]), (12, 32)), X[:, :2]; fit(mlp(64, 2), ADVICE, Y)"),
    Case("fit(mlp(4, 2, **LINEAR), X, X[:, :2], lr=30.0, epochs=2)", "try a smaller learning rate",
         "fit(mlp(4, 2, **LINEAR), X, X[:, :2], lr=0.03, epochs=2)"),
    Case("fit(mlp(4, 2, **LINEAR), X, X[:, :2], lr=1e200)", "try a smaller learning rate",
         "fit(mlp(4, 2, **LINEAR), X, X[:, :2], lr=0.03, epochs=2)"),
    Case("fit(mlp(4, 1), X, X[:, :1], cost=lambda a, y: (a - y) ** 2)", "take its sum or mean",
         "for take in ('sum', 'mean'): "
         "fit(mlp(4, 1), X, X[:, :1], cost=lambda a, y: getattr((a - y) ** 2, take)(), lr=0.1)"),
    Case("fit(mlp(4, 1), X, X[:, :1], cost=lambda a, y: float(np.mean((a.data - y) ** 2)))",
         "operators and functions of autograd or NumPy, on nodes",
         "fit(mlp(4, 1), X, X[:, :1], cost=lambda a, y: np.mean((a - y) ** 2))"),
    Case("fit(mlp(4, 1), X, X[:, :1], cost=lambda a, y: nn.quadratic_cost(Tensor(a.data), y))",
         "operators and functions of autograd or NumPy, on nodes",
         "fit(mlp(4, 1), X, X[:, :1], cost=lambda a, y: nn.quadratic_cost(autograd.exp(a), y))"),
    Case("fit(mlp(4, 2), np.where(X > 1, np.nan, X), X[:, :2])", "take out or replace such examples",
         "good = np.isfinite(np.where(X > 1, np.nan, X)).all(axis=1); fit(mlp(4, 2), X[good], X[good, :2])"),
    Case("nn.checkpoint(mlp(4, 2), 'net.npz', monitor='cost')", "lambda epoch: epoch.cost",
         "nn.early_stopping(3, monitor=ADVICE)(nn.History([nn.Epoch(1, 0.5, None, None, None, 1.0)]))"),
    Case("x = Value(0.0); adam = nn.Adam([x]); x.grad = 1e200; adam.step(); x.grad = 1.0; adam.step()",
         "look for the example that it came from",
         "x = Value(0.0); adam = nn.Adam([x]); x.grad = 1.0; adam.step(); assert x.data < 0"),
    # numbers
    Case("numeric([['2.5', 1.0]], 'X')", "np.asarray(X, float)",
         "X = [['2.5', 1.0]]; assert numeric(ADVICE, 'X').tolist() == [[2.5, 1.0]]"),
    Case("nn.save(model().fit(X, LABELS), 'net.npz')", "nn.save(model.net_, path)",
         "import pathlib, tempfile; folder = tempfile.TemporaryDirectory(); "
         "model, path = model().fit(X, LABELS), pathlib.Path(folder.name) / 'net.npz'; "
         "ADVICE; folder.cleanup()"),
    Case("numeric([['red', 1.0]], 'X')", "pandas.get_dummies(X)",
         "pandas = pytest.importorskip('pandas'); X = pandas.DataFrame({'c': ['red', 'blue'], 'n': [1, 2]}); "
         "assert numeric(ADVICE, 'X').shape == (2, 3)"),
    *(Case("numeric([[1.0, None]], 'X')", advice,
           "pandas = pytest.importorskip('pandas'); X = pandas.DataFrame({'n': [1, None]}, dtype='Int64'); "
           "numeric(ADVICE, 'X')") for advice in ("X.dropna()", "X.fillna(0)")),
    # nets
    Case("mlp(4, 2)([Value(1.0)] * 4)", "node=Value", "mlp(4, 2, ADVICE)([Value(1.0)] * 4)"),
    Case("mlp(4, 2, node=Value)(Tensor(X))", "node=Tensor", "mlp(4, 2, ADVICE)(Tensor(X))"),
    Case("mlp(4)", "[2, 1]", "nn.MLP(ADVICE, rng=0)"),
    Case("mlp(4, 2, activation='relu')", "autograd.sigmoid", "mlp(4, 2, activation=ADVICE)"),
    Case("mlp(4, 2, initializer='he')", "nn.initializers.he_normal", "mlp(4, 2, initializer=ADVICE)"),
    Case("mlp(4, 2, node=float)", "autograd.Value", "mlp(4, 2, node=ADVICE)"),
    Case("mlp(4, 2, node=Value, dtype=np.float32)", "node=Tensor", "mlp(4, 2, ADVICE, dtype=np.float32)"),
    Case("mlp(4, 2, activation=lambda z: z.data)(X)", "write it with functions of autograd",
         "mlp(4, 2, activation=lambda z: autograd.exp(-z * z))(X)"),
    Case("mlp(4, 2).layers[0].w = 1", "W", "mlp(4, 2).layers[0].ADVICE = np.ones((2, 4))"),
    Case("mlp(4, 2).layers[0].bias = 1", "b", "mlp(4, 2).layers[0].ADVICE = np.ones(2)"),
    Case("net = mlp(4, 2, node=Value); net.layers[0].W[0, 0] = 0.5; net.parameters()",
         "layer.W[0, 0].data = 0.5",
         "net = mlp(4, 2, node=Value); (layer,) = net.layers; ADVICE; assert net.parameters()[0] == 0.5"),
    Case("mlp(4, 2).load_state_dict([1])", "state_dict()",
         "net = mlp(4, 2); net.load_state_dict(nn.MLP([4, 2], rng=1).ADVICE)"),
    Case("nn.SGD(mlp(4, 2), 1.0)", "net.parameters()", "net = mlp(4, 2); nn.SGD(ADVICE, 1.0)"),
    Case("nn.SGD([], 1.0)", "net.parameters()", "net = mlp(4, 2); nn.SGD(ADVICE, 1.0)"),
    Case("nn.SGD(Value(1.0), 1.0)", "a list", "nn.SGD([Value(1.0)], 1.0)"),
    Case("nn.l2_penalty(mlp(4, 2).layers[0].W, 0.1)", "[layer.W for layer in net.layers]",
         "net = mlp(4, 2); assert nn.l2_penalty(ADVICE, 0.1).item() > 0"),
    Case("nn.backquery(mlp(4, 2), [1.0, 0.0])", "0.01 and 0.99", "nn.backquery(mlp(4, 2), [0.99, 0.01])"),
    Case("mlp(4, 3, **LINEAR).predict_proba(X, 'softmax')", "autograd.softmax",
         "assert mlp(4, 3, **LINEAR).predict_proba(X, ADVICE).shape == (12, 3)"),
    Case("nn.confusion_matrix(LABELS, mlp(4, 1).predict(X)[:, 0])", "net.predict(X, classes=10)",
         "net = mlp(4, 10); nn.confusion_matrix(LABELS, ADVICE)"),
    Case("model().fit(X * [1, 1e-310, 1, 1], LABELS)", "in other units",
         "model().fit(X * [1, 1e-310, 1, 1] * [1, 1e300, 1, 1], LABELS)"),
    # nets elsewhere
    Case("nn.to_c(autograd.relu, X=X)", "nn.Sequential(f)", "f = autograd.relu; nn.to_c(ADVICE, X=X)"),
    Case("nn.to_c(nn.Sequential(autograd.relu))", "X=examples",
         "examples = X; nn.to_c(nn.Sequential(autograd.relu), ADVICE)"),
    Case("nn.from_torch(Foreign(), into=mlp(4, 2))", "model.state_dict()",
         "model = Foreign(); nn.from_torch(ADVICE, into=mlp(4, 2))"),
    Case("nn.to_torch(mlp(4, 2), '0.weight')", "a list of names",
         "assert [*nn.to_torch(mlp(4, 2), ['weight', 'bias'])] == ['weight', 'bias']"),
    Case("nn.from_keras(Foreign(), into=mlp(4, 2))", "model.get_weights()",
         "model = Foreign(); nn.from_keras(ADVICE, into=mlp(4, 2))"),
    Case("nn.to_keras(np.ones(2))", "nn.MLP", "nn.to_keras(ADVICE([4, 2], rng=0))"),
    # pictures and digits
    Case("nn.data.read_image(np.zeros(784))", "reshape(28, 28)",
         "row = np.zeros(784); row[200:600:28] = row[201:600:28] = 255; nn.data.read_image(row.ADVICE)"),
    Case("nn.data.strokes(3, rng=0)[1]", "digits.images[1]",
         "digits = nn.data.strokes(3, rng=0); assert ADVICE.shape == (784,)"),
]  # fmt: skip

# Advice whose case needs more than a line, by a part of its message: the test that takes it.
ELSEWHERE = {
    "counts these too": ("nn/test_resuming.py", "optimizer=optimizer, epochs=5, batch_size=5, rng=0"),
    "is undefined for an example": (
        "nn/interchange/test_exports.py",
        "nn.to_c(Logarithm(), X=np.ones((2, 3)))  # as",
    ),
    "nn.load(path, into=net) fills it": (
        "nn/files/test_files.py",
        "assert nn.load(path, into=other) is other",
    ),
    "download=True": ("nn/data/test_sources.py", "download=True"),
    "put these files into": ("nn/data/test_sources.py", "assert str(folder) in lines[3]"),
    "give the folder that it is in": ("nn/data/test_originals.py", "give the folder that it is in"),
    "which nn.data.read_idx reads": ("nn/data/test_originals.py", "read_idx"),
    "save it smaller": ("nn/data/test_pictures.py", "test_the_size_makes_little_difference"),
    "save it as PNG or JPEG": ("nn/data/test_pictures.py", "test_formats_and_modes_make_no_difference"),
    "is given by name": ("nn/files/test_files.py", "assert nn.load(path, into=other) is other"),
    "makes the net as it was": ("nn/files/test_files.py", "== nn.load(path)([0.5, 0.1]).item()"),
    "define it again, or give it": ("nn/files/test_files.py", "nn.load(path, activations=[other])"),
    "give that function": ("nn/files/test_files.py", "activations=["),
    "activations is a list of functions, as in": ("nn/files/test_files.py", "activations=["),
    "define it with def": ("nn/files/test_files.py", "def "),
    "safetensors.numpy.load_file": ("nn/files/test_files.py", "load_file"),
    "whose state the file keeps": ("nn/test_resuming.py", "rng=np.random.default_rng(0))  # as"),
    "has state_dict() and load_state_dict(state)": ("nn/test_resuming.py", "optimizer=sgd)  # as"),
    "are made first, and then filled": ("nn/test_resuming.py", "nn.load(path, into=net, optimizer=sgd)"),
    "(net, path, {name}={name}) writes it": ("nn/test_resuming.py", "optimizer=sgd)  # as"),
    "a state is what state_dict() gives": ("nn/test_resuming.py", "load_state_dict(sgd.state_dict())"),
    "make the optimizer with that schedule": ("nn/test_resuming.py", "scheduled = nn.SGD("),
    "give another path, or delete the file": ("nn/test_resuming.py", "path.unlink()  # as"),
}

# Advice names something to call, or says what to do. What stands between braces is filled in; of that, some
# is advice.
FILLED = re.compile(r"\{(?!(?:cure|of_text|listed)\})[^}]*\}")
ADVISING = re.compile(
    r"\b(nn|autograd|pandas|np|net|layer|labels|digits)\.[\w.]+\(|such as|, as in|(parameters|state_dict)\(\)"
    r"|reshape\(|\b(use|try|take|make|give|put|write|pass|define|save|look|set|list) (?!o[fn]|an |w|does)"
    r"|\w=\w|\d \* y|\{"
)


def template(node):
    """The text of a message, with what is filled in between braces."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(map(template, node.values))
    if isinstance(node, ast.FormattedValue):
        return f"{{{ast.unparse(node.value)}}}"
    return f"{{{ast.unparse(node)}}}"


def messages():
    """The texts of all errors and warnings of nn."""
    for path in sorted((ROOT / "nn").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            raised = isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args
            warned = isinstance(node, ast.Call) and ast.unparse(node.func) == "warn"
            if raised or warned:
                yield template(node.exc.args[0] if raised else node.args[0])


def told(case):
    """The message that code gives, of an error or a warning."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        try:
            exec(case.fails, dict(NAMES))
        except Exception as error:
            return str(error)
    return " ".join(str(w.message) for w in seen)


@pytest.mark.parametrize("case", CASES, ids=[f"{c.advice[:35]}, {c.fails[:40]}" for c in CASES])
def test_advice_that_is_taken_helps(case):
    with np.errstate(all="ignore"):
        message = told(case)
    assert case.advice in message
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        exec(case.cured.replace("ADVICE", case.advice), dict(NAMES))


def says(message, text):
    """Whether a message has all that stands between the braces of a text, in that order."""
    place = 0
    for part in re.split(r"\{.*?\}", text):
        place = message.find(part, place)
        if place < 0:
            return False
        place += len(part)
    return True


def test_no_message_of_nn_gives_advice_that_nobody_takes():
    with np.errstate(all="ignore"):
        seen = {told(case) for case in CASES}
    advising = [text for text in messages() if ADVISING.search(FILLED.sub("", text))]
    assert len(advising) > 40
    left = [text for text in advising if not any(says(message, text) for message in seen)]
    assert [text for text in left if not any(part in text for part in ELSEWHERE)] == []


@pytest.mark.parametrize(("file", "text"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_the_tests_that_take_the_rest_are_there(file, text):
    assert text in (ROOT / "tests" / file).read_text(encoding="utf-8")
