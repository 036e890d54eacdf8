"""RMSprop and AdamW by their printed formulas and beside PyTorch; in C; with huge gradients."""

import math

import mpmath as mp
import numpy as np
import pytest

import nn
from autograd import Tensor, Value
from autograd._graph.leaving import plain_array

GRADIENTS = [1.0, -0.5, 0.25, 3.0, 0.0, -2.0]
KINDS = {
    "RMSprop": (lambda p: nn.RMSprop(p, 0.02, beta=0.9), "RMSprop", {"lr": 0.02, "alpha": 0.9}),
    "RMSprop with momentum": (
        lambda p: nn.RMSprop(p, 0.02, momentum=0.8),
        "RMSprop",
        {"lr": 0.02, "momentum": 0.8},
    ),
    "AdamW": (lambda p: nn.AdamW(p, 0.02, weight_decay=0.3), "AdamW", {"lr": 0.02, "weight_decay": 0.3}),
}


def steps_of(optimizer, leaf, gradients):
    """Where a leaf is after each of the gradients."""
    places = []
    for g in gradients:
        leaf.grad = g if isinstance(leaf, Value) else np.full(leaf.shape, g, leaf.dtype)
        optimizer.step()
        places.append(plain_array(leaf).copy())
    return np.array(places)


def by_the_formula(kind, gradients, start=5.0):
    """Places in 50 digits."""
    x, v, u, m, b1, b2 = mp.mpf(start), mp.mpf(0), mp.mpf(0), mp.mpf(0), mp.mpf(0.9), mp.mpf(0.999)
    momentum, beta = (0.8, 0.99) if "momentum" in kind else (0.0, 0.9)
    lr, eps, places = mp.mpf(0.02), mp.mpf(1e-8), []
    for t, g in enumerate(map(mp.mpf, gradients), start=1):
        if kind == "AdamW":
            m, v = b1 * m + mp.mpf(1 - 0.9) * g, b2 * v + mp.mpf(1 - 0.999) * g**2
            step = (m / (1 - b1**t)) / (mp.sqrt(v / (1 - b2**t)) + eps) + mp.mpf(0.3) * x
        else:
            v = mp.mpf(beta) * v + mp.mpf(1 - beta) * g**2
            step = u = mp.mpf(momentum) * u + g / (mp.sqrt(v) + eps)
        x -= lr * step
        places.append(float(x))
    return places


@pytest.mark.parametrize("largest", [1.0, 1e160])
@pytest.mark.parametrize("kind", KINDS)
def test_steps_follow_the_printed_formula(kind, largest):
    """Also where squares overflow, and where numbers of usual size and huge ones share an array."""
    make = KINDS[kind][0]
    gradients = [largest * g for g in (1.0, -0.5, 0.25, 1.0, -1e-3, 0.125)]
    with mp.workdps(50):
        expected = by_the_formula(kind, gradients)
    for leaf in (Value(5.0), Tensor([5.0, 5.0]), Tensor(5.0)):
        moved = steps_of(make([leaf]), leaf, gradients)
        np.testing.assert_allclose(
            moved, np.broadcast_to(np.reshape(expected, (6, *[1] * leaf_ndim(leaf))), moved.shape), rtol=1e-13
        )


def leaf_ndim(leaf):
    return leaf.ndim if isinstance(leaf, Tensor) else 0


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kind", KINDS)
def test_steps_are_those_of_pytorch(kind, dtype):
    torch = pytest.importorskip("torch")
    make, name, settings = KINDS[kind]
    rng = np.random.default_rng(0)
    start, gradients = rng.normal(size=(3, 2)).astype(dtype), rng.normal(size=(20, 3, 2)).astype(dtype)
    ours, theirs = Tensor(start), torch.tensor(start, requires_grad=True)
    optimizer, reference = make([ours]), getattr(torch.optim, name)([theirs], **settings)
    for g in gradients:
        ours.grad, theirs.grad = g, torch.tensor(g)
        optimizer.step()
        reference.step()
    assert ours.dtype == dtype
    np.testing.assert_allclose(ours.data, theirs.detach().numpy(), rtol=200 * np.finfo(dtype).eps)


@pytest.mark.parametrize("kind", KINDS)
def test_after_one_huge_gradient_the_memory_begins_anew_and_says_so(kind):
    make = KINDS[kind][0]
    leaf, fresh = Tensor([5.0, 5.0]), Tensor([5.0, 5.0])
    optimizer, other = make([leaf]), make([fresh])
    steps_of(optimizer, leaf, [1.0, 1e200])
    fresh.data = leaf.data
    with pytest.warns(RuntimeWarning, match=f"{kind.split()[0]} forgets a gradient of about 1e"):
        moved = steps_of(optimizer, leaf, GRADIENTS)
    np.testing.assert_allclose(moved, steps_of(other, fresh, GRADIENTS), rtol=1e-9)


def test_decay_is_in_proportion_to_the_parameter_and_not_divided_by_the_gradients_size():
    for g in (1e-3, 1e3):
        for theta in (1.0, 100.0):
            x, y = Value(theta), Value(theta)
            with_decay, without = nn.AdamW([x], 0.1, weight_decay=0.01), nn.Adam([y], 0.1)
            x.grad = y.grad = g
            with_decay.step()
            without.step()
            assert y.data - x.data == pytest.approx(0.1 * 0.01 * theta, rel=1e-9)


def test_values_and_float32_move_alike():
    for make, _, _ in KINDS.values():
        scalar, single = Value(1.0), Tensor(np.ones(2, np.float32))
        places = [steps_of(make([leaf]), leaf, GRADIENTS) for leaf in (scalar, single)]
        np.testing.assert_allclose(places[1], np.stack([places[0]] * 2, axis=1), rtol=1e-5)
        assert single.data.dtype == np.float32
        assert type(scalar.data) is float


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: nn.AdamW(p, weight_decay=-1.0), "weight_decay is a number from 0 up, not -1"),
        (lambda p: nn.AdamW(p, weight_decay=math.nan), "weight_decay is a number from 0 up, not nan"),
        (lambda p: nn.RMSprop(p, beta=1.0), "beta is a number from 0 to below 1, not 1"),
        (lambda p: nn.RMSprop(p, epsilon=0.0), "epsilon is a number above 0, not 0"),
        (lambda p: nn.RMSprop(p, momentum=1), "momentum is a number from 0 to below 1, not 1"),
    ],
)
def test_settings_out_of_their_range_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make([Value(1.0)])
