"""Gradients limited in norm or in size: by the formula, beside PyTorch, and alike on every road of `fit`."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import Tensor, Value
from autograd._compiler.loops.native import compilers
from nn._training.optimizers.clipping import clipped, length
from nn._training.steps import native

NORM, VALUE = {"clip_norm": 0.05}, {"clip_value": 0.01}
MAKERS = [
    lambda p, **limit: nn.SGD(p, 0.3, **limit),
    lambda p, **limit: nn.SGD(p, 0.3, momentum=0.9, **limit),
    lambda p, **limit: nn.RMSprop(p, 0.01, momentum=0.5, **limit),
    lambda p, **limit: nn.AdamW(p, 0.01, **limit),
]
NUMBERS = st.floats(-1e300, 1e300)


@given(st.lists(NUMBERS, min_size=1, max_size=6), st.floats(1e-3, 1e300))
def test_a_gradient_keeps_its_direction_and_is_at_most_as_long_as_the_limit(numbers, limit):
    g = np.array(numbers)
    parts = [float(g[0]), g[1:]]
    short = np.concatenate([np.ravel(part) for part in clipped(parts, limit, None)])
    if length(parts) <= limit:
        np.testing.assert_array_equal(short, g)
    else:
        assert length([short]) == pytest.approx(limit, rel=1e-14)
        np.testing.assert_allclose(short, g * (limit / length([g])), rtol=1e-14)


@given(st.lists(NUMBERS | st.sampled_from([np.inf, np.nan]), min_size=1, max_size=6), st.floats(1e-3, 1e300))
def test_each_number_is_at_most_as_large_as_the_limit(numbers, limit):
    g = np.array(numbers)
    one, rest = clipped([float(g[0]), g[1:]], None, limit)
    np.testing.assert_array_equal(np.append(one, rest), np.sign(g) * np.minimum(abs(g), limit))
    assert type(one) is float


@pytest.mark.parametrize("g", [np.nan, np.inf, -np.inf])
def test_a_norm_that_is_not_finite_limits_nothing(g):
    np.testing.assert_array_equal(clipped([g, np.array([1.0, g])], 1.0, None)[1], [1.0, g])


def test_a_loop_by_hand_takes_the_steps_of_pytorch():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    for limit, clip in (
        ({"clip_norm": 0.7}, lambda p: torch.nn.utils.clip_grad_norm_(p, 0.7)),
        ({"clip_value": 0.4}, lambda p: torch.nn.utils.clip_grad_value_(p, 0.4)),
    ):
        shapes = [(3, 2), (3,)]
        starts = [rng.normal(size=shape) for shape in shapes]
        ours, theirs = [Tensor(x) for x in starts], [torch.tensor(x, requires_grad=True) for x in starts]
        optimizer, reference = nn.SGD(ours, 0.1, 0.9, **limit), torch.optim.SGD(theirs, 0.1, 0.9)
        for step in range(10):
            for p, q in zip(ours, theirs, strict=True):
                p.grad = rng.normal(size=p.shape) * (0.1 if step % 2 else 10.0)
                q.grad = torch.tensor(p.grad)
            raw = [p.grad.copy() for p in ours]
            optimizer.step()
            clip(theirs)  # divides by ‖g‖ + 1e-6
            reference.step()
            for p, g in zip(ours, raw, strict=True):
                np.testing.assert_array_equal(p.grad, g)
        for p, q in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(p.data, q.detach().numpy(), rtol=1e-6, atol=1e-7)


X = np.random.default_rng(0).uniform(0.5, 2, (23, 3))
Y = np.eye(2)[np.random.default_rng(1).integers(2, size=23)]


class OnNodes(nn.MLP):
    """A net whose steps are taken on nodes: it counts its calls."""

    calls = 0

    def __call__(self, x):
        if self.training:
            self.calls += 1
        return super().__call__(x)


def trained(kind, make, limit, node=Tensor, **settings):
    net = kind([3, 4, 2], node=node, rng=0)
    optimizer = make(net.parameters(), **limit)
    history = nn.fit(
        net, X, Y, optimizer=optimizer, epochs=3, batch_size=5, rng=0, progress=False, **settings
    )
    return history, np.concatenate([np.ravel(p.data) for p in net.parameters()])


@pytest.mark.parametrize(
    ("make", "limit", "in_c"),
    [(MAKERS[0], NORM, False), (MAKERS[1], VALUE, False), (MAKERS[2], VALUE, True), (MAKERS[3], NORM, False)],
    ids=["SGD", "momentum", "RMSprop", "AdamW"],
)
def test_nodes_the_program_and_c_take_the_same_steps(make, limit, in_c, own_libraries, monkeypatch):
    expected = trained(OnNodes, make, limit)
    assert expected[0].eager
    without = trained(OnNodes, make, {})
    assert abs(expected[1] - without[1]).max() > 1e-4
    roads = [(Tensor, False), (Value, False), (Tensor, True)]
    for node, native_road in roads[: 3 if in_c and any(compilers.commands()) else 2]:
        monkeypatch.setattr(native, "repays", lambda *_, answer=native_road: answer)
        history, numbers = trained(nn.MLP, make, limit, node)
        assert (history.eager, history.native) == (None, native_road)
        np.testing.assert_allclose(numbers, expected[1], rtol=1e-9)


def test_limits_may_change_between_epochs_on_every_road(own_libraries, monkeypatch):
    if not any(compilers.commands()):
        pytest.skip("no C compiler")
    results = []
    for in_c in (False, True):
        monkeypatch.setattr(native, "repays", lambda *_, in_c=in_c: in_c)
        net = nn.MLP([3, 4, 2], rng=0)
        sgd = nn.SGD(net.parameters(), 0.3, clip_norm=0.05)

        def change(history, sgd=sgd):
            sgd.clip_norm, sgd.clip_value = [(0.02, None), (None, 0.01), (None, None), (0.05, None)][
                len(history) - 1
            ]

        nn.fit(net, X, Y, optimizer=sgd, epochs=4, batch_size=5, rng=0, callbacks=[change], progress=False)
        results.append(np.concatenate([np.ravel(p.data) for p in net.parameters()]))
    np.testing.assert_allclose(*results, rtol=1e-11)


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"clip_norm": 0}, "clip_norm is a number above 0, not 0"),
        ({"clip_value": -1.0}, "clip_value is a number above 0, not -1"),
        ({"clip_norm": 1.0, "clip_value": 1.0}, "not by both"),
    ],
)
def test_limits_that_are_none_are_refused(limits, message):
    for make in MAKERS:
        with pytest.raises(ValueError, match=message):
            make([Value(1.0)], **limits)
