"""net.predict and net.predict_proba: outputs, classes and probabilities as arrays, or a reason why not."""

import numpy as np
import pytest

import nn
from autograd import Tensor, Value, no_grad, sigmoid, softmax, tanh
from nn._nets import outputs as passes

RNG = np.random.default_rng(0)
X = RNG.normal(size=(23, 4))
NODES = pytest.mark.parametrize("node", [Tensor, Value])


def make(widths=(4, 3, 2), node=Tensor, last=sigmoid, **options):
    return nn.MLP(list(widths), node=node, rng=0, output_activation=last, **options)


# -- outputs --------------------------------------------------------------------------------------


@NODES
@pytest.mark.parametrize("n", [0, 1, 2, 23, 200])
def test_outputs_are_those_of_the_net_for_batches_of_any_size(node, n):
    x = RNG.normal(size=(n, 4))
    outputs = make(node=node).predict(x)
    assert type(outputs) is np.ndarray
    assert (outputs.shape, outputs.dtype) == ((n, 2), np.float64)
    if n:
        np.testing.assert_allclose(outputs, make()(x).data, rtol=1e-12)


@NODES
def test_a_changed_weight_is_seen(node):
    net, x = make(node=node), np.repeat(X, 5, axis=0)
    before = net.predict(x)
    net.layers[1].b = [0.5, -0.5]
    after = net.predict(x)
    changed = make()
    changed.layers[1].b = [0.5, -0.5]
    np.testing.assert_allclose(after, changed(x).data, rtol=1e-12)
    assert np.all(after[:, 0] > before[:, 0])


@NODES
def test_outputs_belong_to_the_caller_alone(node):
    net, x = make(node=node), np.repeat(X, 5, axis=0)
    outputs = net.predict(x)
    expected = outputs.copy()
    outputs[:] = 7
    assert np.array_equal(net.predict(x), expected)
    same = nn.Sequential(nn.identity)
    assert not np.shares_memory(same.predict(X), X)


def test_a_net_of_values_is_asked_about_few_of_many_examples():
    asked = []

    class Counting(nn.MLP):
        def __call__(self, x):
            asked.append(len(x))
            return super().__call__(x)

    x = np.random.default_rng(1).normal(size=(2000, 3))
    net = Counting([3, 5, 4], node=Value, rng=0, output_activation=softmax)
    expected = nn.MLP([3, 5, 4], rng=0, output_activation=softmax).predict(x)
    np.testing.assert_allclose(net.predict(x), expected, rtol=1e-12)
    np.testing.assert_allclose(net.predict_proba(x), expected, rtol=1e-12)
    assert np.array_equal(net.predict(x, classes=4), expected.argmax(axis=1))
    assert sum(asked) < 300


class Noisy(nn.Module):
    def __init__(self):
        self.W = Tensor(np.ones((4, 2)))

    def __call__(self, x):
        return x @ self.W * (7 if self.training else 1)


def test_any_module_predicts_in_evaluation_mode_and_keeps_its_own():
    net = Noisy().train()
    assert np.array_equal(net.predict(X), X @ np.ones((4, 2)))
    assert net.training


def test_predictions_are_of_chunks(monkeypatch):
    monkeypatch.setattr(passes, "CHUNK", 10)
    np.testing.assert_allclose(make().predict(X), make()(X).data, rtol=1e-14)


def test_images_and_outputs_of_any_shape():
    assert nn.Sequential(nn.identity).predict(np.ones((3, 2, 2))).shape == (3, 2, 2)
    assert make(dtype=np.float32).predict(X.astype(np.float32)).dtype == np.float32


# -- classes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("net", "classes"),
    [
        (make([4, 2]), ["cat", "dog"]),
        (make([4, 2]), np.array(["cat", "dog"])),
        (make([4, 2]), 2),
        (make([4, 3]), [(0, 1), "b", 2.5]),
        (make([4, 1]), 2),
        (make([4, 1]), ["no", "yes"]),
        (make([4, 1], last=tanh), [-1, 1]),
        (make([4, 1], last=tanh), np.array([-1.0, 1.0])),
    ],
)
def test_a_class_is_the_label_that_accuracy_calls_right(net, classes):
    predicted = net.predict(X, classes=classes)
    in_order = list(range(classes)) if isinstance(classes, int) else list(classes)
    assert predicted.shape == (23,)
    assert len(set(predicted.tolist())) > 1
    assert set(predicted.tolist()) <= set(in_order)
    assert nn.accuracy(net, X, predicted, classes=classes) == 1
    others = [in_order[in_order.index(label) - 1] for label in predicted.tolist()]
    assert nn.accuracy(net, X, others, classes=classes) == 0


def test_a_threshold_divides_one_output_of_predict_as_of_accuracy():
    net = make([4, 1], last=nn.identity)
    for threshold in (0, -0.2):
        expected = (net(X).data[:, 0] > threshold).astype(int)
        assert 0 < expected.mean() < 1
        assert np.array_equal(net.predict(X, classes=2, threshold=threshold), expected)
    with pytest.warns(RuntimeWarning, match="a logit, .* is divided by threshold=0"):
        net.predict(X, classes=2)


@pytest.mark.parametrize(
    ("net", "x", "options", "error", "message"),
    [
        (make(), X[0], {}, ValueError, r"X has shape \(4,\); .*reshape\(1, -1\) of one example"),
        (make(), X.astype(str), {}, TypeError, "X is an array of real numbers"),
        (make(), X[:, :3], {}, ValueError, "4"),
        (make(), X, {"threshold": 0.5}, TypeError, "a threshold is between two classes"),
        (make(), X, {"classes": 2, "threshold": 0.5}, ValueError, "a net with one output"),
        (make(), X, {"classes": 3}, ValueError, "3 classes do not fit a net with 2 outputs"),
        (make([4, 1]), X, {"classes": 3}, ValueError, "3 classes do not fit a net with 1 output$"),
        (make(), X, {"classes": {"a", "b"}}, TypeError, "a set has no order"),
        (make(), X, {"classes": "ab"}, TypeError, "how many there are, or a list"),
        (make(), X, {"classes": ["a", "a"]}, ValueError, "a class stands twice"),
        (make(), X * np.nan, {"classes": 2}, ValueError, "not all finite"),
        (nn.Sequential(lambda x: x.sum()), X, {}, ValueError, r"gave shape \(\) for 23 examples"),
        (nn.Sequential(lambda x: x[1:]), X, {}, ValueError, r"gave shape \(22, 4\) for 23 examples"),
    ],
)
def test_predictions_that_nobody_can_make_are_refused(net, x, options, error, message):
    with pytest.raises(error, match=message):
        net.predict(x, **options)


# -- probabilities --------------------------------------------------------------------------------


@NODES
@pytest.mark.parametrize("n", [0, 23, 200])
def test_softmax_outputs_and_one_sigmoid_are_probabilities(node, n):
    x = RNG.normal(size=(n, 4))
    several, one = make([4, 3], node, softmax), make([4, 1], node, sigmoid)
    assert np.array_equal(several.predict_proba(x), several.predict(x))
    p, second = one.predict_proba(x), one.predict(x)
    assert np.array_equal(p, np.hstack([1 - second, second]))
    with no_grad():
        assert np.array_equal(one.predict_proba(x), p)


@NODES
def test_logits_become_probabilities_by_the_function_of_their_cost(node):
    x = np.repeat(X, 5, axis=0)
    for width, f in [(3, softmax), (1, sigmoid)]:
        p = make([4, width], node, nn.identity).predict_proba(x, activation=f)
        np.testing.assert_allclose(p, make([4, width], node, f).predict_proba(x), rtol=1e-12)
        np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-14)
    questions = make([4, 3], node, nn.identity).predict_proba(x, activation=sigmoid)
    same = make([4, 3], node, sigmoid).predict_proba(x, activation=nn.identity)
    np.testing.assert_allclose(questions, same, rtol=1e-12)


@NODES
@pytest.mark.parametrize(
    ("widths", "last", "options", "message"),
    [
        ([4, 3], nn.identity, {}, r"row 0 lie from .* add up to .*activation=autograd\.softmax\) after nn"),
        ([4, 1], nn.identity, {}, r"may be no probability\. .*activation=autograd\.sigmoid"),
        ([4, 1], tanh, {}, "may be no probability"),
        ([4, 3], sigmoid, {}, r"went through a sigmoid by itself.*activation=nn\.identity.*classes=3"),
        ([4, 3], nn.identity, {"activation": nn.identity}, "identity gave .* lie from 0 to 1"),
        ([4, 1], nn.identity, {"activation": softmax}, "the softmax of one output is always 1"),
    ],
)
def test_outputs_that_are_no_probabilities_are_an_error_in_words(node, widths, last, options, message):
    with pytest.raises(ValueError, match=message):
        make(widths, node, last).predict_proba(X, **options)


def test_a_second_softmax_is_told():
    for last in (softmax, sigmoid, tanh):
        with pytest.warns(RuntimeWarning, match=f"went through {last.__name__} in the net"):
            make([4, 3], last=last).predict_proba(X, activation=softmax)
    assert make([4, 3], last=softmax).predict_proba(X, activation=nn.identity).shape == (23, 3)


def test_probabilities_of_another_shape_or_of_nan_are_refused():
    with pytest.raises(ValueError, match=r"gave shape \(23,\) for outputs of shape \(23, 3\)"):
        make([4, 3]).predict_proba(X, activation=lambda a: a.sum(axis=1))
    with pytest.raises(TypeError, match=r"is a function such as autograd\.softmax, not 'softmax'"):
        make([4, 3]).predict_proba(X, activation="softmax")
    with pytest.raises(ValueError, match="not all finite"):
        make([4, 3], last=softmax).predict_proba(X * np.nan)
