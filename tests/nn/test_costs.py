"""The costs: their formulas on every kind of node, their slopes, and their errors."""

import mpmath as mp
import numpy as np
import pytest

import nn
from autograd import Tensor, Value, relu, sigmoid, softmax, tanh
from autograd._graph.node import plain

PER_EXAMPLE = [nn.quadratic_cost, nn.half_squared_error, nn.mean_squared_error]
UNTRAINED = [0.29, 0.20, 0.15, 0.91, 0.51, 0.01, 0.44, 0.59, 0.69, 0.43]
THREE = nn.data.one_hot(3, low=0, high=1)


def values(numbers):
    return np.vectorize(Value, otypes=[object])(np.asarray(numbers, dtype=float))


kinds = pytest.mark.parametrize("kind", [np.array, Tensor, values])


def of(kind, numbers):
    return kind(np.asarray(numbers, dtype=float))


def slopes(a):
    return a.grad if isinstance(a, Tensor) else np.array([x.grad for x in a.flat]).reshape(a.shape)


# -- squared errors -------------------------------------------------------------------------------


@kinds
@pytest.mark.parametrize(
    ("cost", "one", "batch"),
    [(nn.quadratic_cost, 25, 13), (nn.half_squared_error, 12.5, 6.5), (nn.mean_squared_error, 12.5, 6.5)],
)
def test_squared_errors_of_one_example_and_of_a_batch(kind, cost, one, batch):
    assert float(plain(cost(of(kind, [3, 0]), [0.0, 4.0]))) == one
    assert float(plain(cost(of(kind, [[3, 0], [1, 0]]), [[0.0, 4.0], [0.0, 0.0]]))) == batch


@pytest.mark.parametrize(
    ("cost", "factor"), [(nn.quadratic_cost, 2), (nn.half_squared_error, 1), (nn.mean_squared_error, 0.2)]
)
def test_their_slope_at_an_output_is_a_multiple_of_a_minus_y(cost, factor):
    a = Tensor(UNTRAINED)
    cost(a, THREE).backward()
    np.testing.assert_allclose(a.grad, factor * (np.array(UNTRAINED) - THREE), rtol=0, atol=1e-15)


def test_of_values_it_is_plain_scalar_arithmetic():
    a, y = Value(0.66, label="a"), Value(1.0, label="y")
    C = nn.quadratic_cost([a], [y])
    assert C.op.name == "square"  # no sum of one term, no division by one
    assert C.parents[0].parents == (a, y)
    C.backward()
    assert (a.grad, y.grad) == (pytest.approx(-0.68), pytest.approx(0.68))


def test_plain_numbers_give_a_float():
    for cost in PER_EXAMPLE:
        assert type(cost([0.1, 0.2], [0.0, 1.0])) is float
    assert type(nn.cross_entropy([0.1, 0.2], 1)) is type(nn.hinge_loss([0.1], [1])) is float


def test_float32_outputs_give_a_float32_cost():
    a, y = np.ones((2, 3), np.float32), np.ones((2, 3), np.float32)
    for cost in (*PER_EXAMPLE, nn.cross_entropy, nn.binary_cross_entropy, nn.hinge_loss):
        assert cost(Tensor(a), y).dtype == np.float32
    assert nn.cross_entropy(Tensor(a), np.array([0, 2])).dtype == np.float32


# -- cross-entropy --------------------------------------------------------------------------------


def exact_cross_entropy(logits, y):
    """The mean over examples of -Σ y ln s at 60 digits."""
    with mp.workdps(60):
        total = mp.mpf(0)
        for row, desired in zip(np.atleast_2d(logits), np.atleast_2d(y), strict=True):
            e = [mp.exp(mp.mpf(float(x))) for x in row]
            whole = mp.fsum(e)
            total -= mp.fsum(
                mp.mpf(float(d)) * mp.log(x / whole) for d, x in zip(desired, e, strict=True) if d
            )
        return float(total / len(np.atleast_2d(logits)))


@kinds
@pytest.mark.parametrize(
    ("logits", "y"),
    [
        ([2.0, 1.0, 0.1], [1, 0, 0]),
        ([1e4, -1e4, 0.0], [0, 1, 0]),
        ([1e4, -1e4, 0.0], [1, 0, 0]),
        ([100.0, 0.0], [1, 0]),  # 3.7e-44: naively ln(1 + 3.7e-44) = 0
        ([-1e4, -1e4], [0.5, 0.5]),
        ([[0.3, -0.2, 0.1], [5.0, 4.0, -3.0]], [[0.2, 0.3, 0.5], [0, 1, 0]]),
        ([0.5, 0.5, 0.2], [0.01, 0.99, 0.01]),  # deck E's outputs add up to more than 1
    ],
)
def test_cross_entropy_is_minus_the_logarithm_of_the_softmax(kind, logits, y):
    expected = exact_cross_entropy(logits, y)
    assert float(plain(nn.cross_entropy(of(kind, logits), y))) == pytest.approx(
        expected, rel=1e-14, abs=1e-300
    )


def test_labels_are_classes():
    logits = np.array([[2.0, 1.0, 0.1], [0.3, 0.2, 5.0]])
    one_hot = nn.data.one_hot([0, 2], low=0, high=1, classes=3)
    for a in (logits, Tensor(logits), values(logits)):
        assert float(plain(nn.cross_entropy(a, [0, 2]))) == float(plain(nn.cross_entropy(a, one_hot)))
    assert nn.cross_entropy(logits[0], 0) == nn.cross_entropy(logits[0], one_hot[0])


def test_slopes_far_out_are_finite_and_right():
    for a in (Tensor([[1e4, -1e4]]), values([[1e4, -1e4]])):
        nn.cross_entropy(a, [1]).backward()
        assert slopes(a).tolist() == [[1.0, -1.0]]


@pytest.mark.parametrize(
    ("logits", "y", "message"),
    [
        ([[1.0, 2.0]], [2], "there are 2 classes, and a label 2"),
        ([[1.0, 2.0]], [-1], "and a label -1"),
        ([[1.0, 2.0]], [[0.5, -0.5]], "from 0 up"),
        ([[1.0, 2.0]], [[0.0, 0.0]], "not all of them 0"),
        ([[1.0, 2.0]], [[1.0, 0.0, 0.0]], r"\(1, 2\) and desired outputs of shape \(1, 3\)"),
        ([[1.0, 2.0]], [0, 1], r"\(1, 2\) and desired outputs of shape \(2, 2\)"),
    ],
)
def test_cross_entropy_refuses_what_are_no_classes_or_probabilities(logits, y, message):
    with pytest.raises(ValueError, match=message):
        nn.cross_entropy(Tensor(logits), y)


@kinds
def test_a_weight_multiplies_what_is_desired_of_its_class(kind):
    logits, y = [[0.3, -0.2, 0.1], [5.0, 4.0, -3.0]], np.array([[0.2, 0.3, 0.5], [0.0, 1.0, 0.0]])
    weights = [0.5, 2.0, 7.0]
    expected = exact_cross_entropy(logits, y * weights)
    assert float(plain(nn.cross_entropy(of(kind, logits), y, weights=weights))) == pytest.approx(
        expected, rel=1e-14
    )
    assert float(plain(nn.cross_entropy(of(kind, logits), [2, 1], weights=weights))) == pytest.approx(
        exact_cross_entropy(logits, [[0, 0, 7.0], [0, 2.0, 0]]), rel=1e-14
    )


# -- of one logit ---------------------------------------------------------------------------------


def exact_binary_cross_entropy(logits, y, weights=(1, 1)):
    """The mean over examples of -Σ (w₁ y ln p + w₀ (1 - y) ln(1 - p)) at 60 digits."""
    total = mp.mpf(0)
    with mp.workdps(60):
        for a, d in zip(
            map(mp.mpf, np.ravel(logits).tolist()), map(mp.mpf, np.ravel(y).tolist()), strict=True
        ):
            total += weights[1] * d * mp.log1p(mp.exp(-a)) + weights[0] * (1 - d) * mp.log1p(mp.exp(a))
        return float(total / len(np.atleast_2d(logits)))


@kinds
@pytest.mark.parametrize(
    ("logits", "y"),
    [
        ([0.3], [1.0]),
        ([[2.0], [-0.5], [40.0], [-40.0]], [[1], [0], [1], [0]]),  # softplus(40) - 40 would keep no digit
        ([[1e4], [-1e4]], [[0], [1]]),
        ([[1e4], [-1e4]], [[1], [0]]),
        ([[0.3, -2.0, 5.0], [1.0, 0.0, -1.0]], [[0, 1, 1], [0.01, 0.99, 0.5]]),
    ],
)
def test_binary_cross_entropy_keeps_its_digits(kind, logits, y):
    for weights in (None, [0.25, 3.0]):
        expected = exact_binary_cross_entropy(logits, y, weights or (1, 1))
        found = nn.binary_cross_entropy(of(kind, logits), y, weights=weights)
        assert float(plain(found)) == pytest.approx(expected, rel=1e-14, abs=1e-300)


def test_its_slope_at_a_logit_is_the_probability_less_the_desired_one():
    logits, y = np.array([[0.3, -2.0], [800.0, -800.0]]), np.array([[0, 1], [1, 0.25]])
    for a in (Tensor(logits), values(logits)):
        nn.binary_cross_entropy(a, y).backward()
        np.testing.assert_allclose(
            slopes(a), (1 / (1 + np.exp(-np.clip(logits, -99, 99))) - y) / 2, rtol=1e-14, atol=1e-40
        )


def test_one_logit_takes_labels():
    for labels in ([1, 0], np.array([True, False]), [1.0, 0.0]):
        assert nn.binary_cross_entropy([[2.0], [1.0]], labels) == nn.binary_cross_entropy(
            [[2.0], [1.0]], [[1], [0]]
        )
    assert nn.binary_cross_entropy([2.0], 1) == nn.binary_cross_entropy([[2.0]], [1])


def test_two_logits_of_one_question_are_the_same_cost():
    a = np.array([[0.3], [-2.0]])
    pair = np.hstack([np.zeros_like(a), a])
    assert nn.binary_cross_entropy(a, [1, 0]) == pytest.approx(nn.cross_entropy(pair, [1, 0]), rel=1e-15)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([[1.5]], "from 0 to 1, not 1.5$"),
        ([[-1]], r"not -1; \(y \+ 1\) / 2 makes 0 and 1"),
        ([[float("nan")]], "not nan"),
        ([[1, 0]], r"\(1, 1\) and desired outputs of shape \(1, 2\)"),
    ],
)
def test_binary_cross_entropy_refuses_what_is_no_probability(y, message):
    with pytest.raises(ValueError, match=message):
        nn.binary_cross_entropy(Tensor([[0.5]]), y)


@pytest.mark.parametrize(
    "weights", [[1.0], [1.0, 2.0, 3.0], [0.0, 1.0], [1.0, -1.0], [1.0, float("nan")], 2.0]
)
@pytest.mark.parametrize("cost", [nn.cross_entropy, nn.binary_cross_entropy])
def test_weights_are_a_number_above_0_for_each_class(cost, weights):
    with pytest.raises(
        ValueError, match=r"are 2 finite numbers above 0, .* nn\.data\.class_weights\(labels, 2\)"
    ):
        cost(Tensor([[0.5, 0.5]]), [[0.5, 0.5]], weights=weights)


@pytest.mark.parametrize("y", [[0], [[1.0]]])
def test_cross_entropy_of_one_output_is_told_to_be_binary(y):
    with pytest.raises(ValueError, match=r"two logits or more .* nn\.binary_cross_entropy\(logits, y\)"):
        nn.cross_entropy(Tensor([[0.5]]), y)


# -- logits that are none any more ----------------------------------------------------------------

SQUASHED = {"sigmoid": sigmoid, "tanh": tanh, "softmax": softmax}


@pytest.mark.parametrize("through", SQUASHED)
@pytest.mark.parametrize("cost", [nn.cross_entropy, nn.binary_cross_entropy])
def test_outputs_that_went_through_what_the_cost_has_within_are_told(cost, through):
    outputs = SQUASHED[through](Tensor([[0.3, -0.2], [1.0, 2.0]]))
    with pytest.warns(nn.LogitsWarning, match=f"through {through}: .*output_activation=nn.identity") as told:
        cost(outputs, [[1.0, 0.0], [0.0, 1.0]])
    assert len(told) == 1
    assert told[0].filename == __file__


@pytest.mark.parametrize("node", [Tensor, Value])
@pytest.mark.parametrize("cost", [nn.cross_entropy, lambda a, y: nn.cross_entropy(a, y) + 1.0])
def test_fit_tells_them_once(node, cost, recwarn):
    X, labels = np.eye(4), np.array([0, 1, 0, 1])
    for activation, count in ((sigmoid, 1), (nn.identity, 0), (relu, 0)):
        net = nn.MLP([4, 2], node=node, output_activation=activation, rng=0)
        recwarn.clear()
        nn.fit(
            net, X, labels, cost=cost, optimizer=nn.SGD(net.parameters(), 0.1), epochs=3, batch_size=2, rng=0
        )
        assert [w.category for w in recwarn] == [nn.LogitsWarning] * count
        assert all(w.filename == __file__ for w in recwarn)


def test_a_matrix_of_quotients_is_not_taken_for_a_softmax(recwarn):
    nn.cross_entropy(Tensor([[1.0, 2.0], [0.5, -3.0]]) / 2.0, [0, 1])
    assert not recwarn


# -- margins and penalties ------------------------------------------------------------------------


@kinds
def test_hinge_loss_counts_what_is_missing_to_the_margin(kind):
    a = of(kind, [[0.5], [-2.0], [0.5], [3.0]])
    y = [[1], [-1], [-1], [1]]
    assert float(plain(nn.hinge_loss(a, y))) == (0.5 + 0 + 1.5 + 0) / 4
    if kind is not np.array:
        nn.hinge_loss(a, y).backward()
        assert slopes(a).ravel().tolist() == [-0.25, 0, 0.25, 0]


def test_hinge_loss_refuses_desired_outputs_0_and_1():
    with pytest.raises(ValueError, match=r"-1 and 1, not 0; 2 \* y - 1"):
        nn.hinge_loss(Tensor([[0.5], [0.1]]), [[1], [0]])


def test_l2_penalty_is_the_sum_of_the_squares():
    net = nn.MLP([2, 3, 1], rng=0)
    scalars = nn.MLP([2, 3, 1], node=Value, rng=0)
    expected = 0.1 * sum(float((layer.W.data**2).sum()) for layer in net.layers)
    for each in (net, scalars):
        penalty = nn.l2_penalty([layer.W for layer in each.layers], 0.1)
        assert float(plain(penalty)) == pytest.approx(expected, rel=1e-14)
        penalty.backward()
    np.testing.assert_allclose(net.layers[0].W.grad, 0.2 * net.layers[0].W.data, rtol=1e-15)
    assert scalars.layers[0].W[1, 1].grad == pytest.approx(0.2 * scalars.layers[0].W[1, 1].data)
    assert net.layers[0].b.grad is None


@pytest.mark.parametrize(
    ("weights", "strength", "error", "message"),
    [
        ([], 0.1, ValueError, "at least one"),
        (Tensor([1.0]), 0.1, TypeError, "a list of weights"),
        ([Tensor([1.0])], -0.1, ValueError, "from 0 up, not -0.1"),
        ([Tensor([1.0])], float("nan"), ValueError, "not nan"),
    ],
)
def test_l2_penalty_says_what_it_takes(weights, strength, error, message):
    with pytest.raises(error, match=message):
        nn.l2_penalty(weights, strength)


# -- all of them ----------------------------------------------------------------------------------


@pytest.mark.parametrize("cost", [*PER_EXAMPLE, nn.cross_entropy, nn.binary_cross_entropy, nn.hinge_loss])
def test_batches_of_values_agree_with_tensors(cost):
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(4, 3))
    y = np.eye(3)[[0, 2, 1, 1]] if cost is not nn.hinge_loss else rng.choice([-1.0, 1.0], (4, 3))
    scalars, arrays = values(numbers), Tensor(numbers)
    found = cost(scalars, y), cost(arrays, y)
    assert float(plain(found[0])) == pytest.approx(float(plain(found[1])), abs=1e-14)
    for c in found:
        c.backward()
    np.testing.assert_allclose(slopes(scalars), slopes(arrays), rtol=0, atol=1e-15)


@pytest.mark.parametrize("cost", [*PER_EXAMPLE, nn.cross_entropy, nn.binary_cross_entropy, nn.hinge_loss])
@pytest.mark.parametrize(
    ("a", "y", "message"),
    [
        (np.ones((2, 3)), np.ones(3), r"\(2, 3\) and desired outputs of shape \(3,\)"),
        (np.ones((2, 3)), [1.0, 2.0], "one_hot"),
        (np.ones((0, 3)), np.ones((0, 3)), r"given \(0, 3\)"),
        (np.ones((2, 2, 3)), np.ones((2, 2, 3)), r"given \(2, 2, 3\)"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(cost, a, y, message):
    with pytest.raises(ValueError, match=message):
        cost(Tensor(a), y)


@pytest.mark.parametrize("cost", [*PER_EXAMPLE, nn.hinge_loss])
def test_one_number_is_an_example_with_one_output(cost):
    for a in (0.25, Value(0.25), Tensor(0.25)):
        assert float(plain(cost(a, 1.0))) == float(plain(cost([0.25], [1.0])))


@pytest.mark.parametrize("kind", [np.uint8, np.int8, bool])
@pytest.mark.parametrize("cost", PER_EXAMPLE)
def test_whole_numbers_do_not_wrap(cost, kind):
    a, y = np.array([0, 1, 0], kind), np.array([100, 0, 1]).astype(kind)
    assert cost(a, y) == cost(a.astype(float), y.astype(float))


def test_probabilities_beside_whole_numbers_stay_probabilities():
    assert nn.cross_entropy([1, 2], [0.25, 0.75]) == nn.cross_entropy([1.0, 2.0], [0.25, 0.75])
    for y in (Tensor([0.0, 0.0]), Tensor([-1.0, 2.0]), values([0, 0])):
        with pytest.raises(ValueError, match="from 0 up"):
            nn.cross_entropy([1.0, 2.0], y)


def test_a_list_of_tensors_stays_in_the_graph():
    a, b = Tensor(1.0), Tensor(2.0)
    nn.quadratic_cost([a, b], [0.0, 0.0]).backward()
    assert (float(a.grad), float(b.grad)) == (2.0, 4.0)
    nn.MLP([2, 1], rng=0)([a, 2.0]).sum().backward()
    assert float(a.grad) != 2.0
