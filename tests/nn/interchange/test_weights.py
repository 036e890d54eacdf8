"""Weights from and to torch and Keras: their order, their names, and errors that change nothing."""

import numpy as np
import pytest

import nn
from autograd import Tensor, Value, tanh


def net(**options):
    return nn.MLP([4, 5, 3], activation=tanh, rng=0, **options)


def torch_state(rng):
    shapes = {"fc1.weight": (5, 4), "fc1.bias": (5,), "fc2.weight": (3, 5), "fc2.bias": (3,)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def outputs(state, x):
    """What torch's linear layers compute: x Aᵀ + b."""
    first = np.tanh(x @ state["fc1.weight"].T + state["fc1.bias"])
    return np.tanh(first @ state["fc2.weight"].T + state["fc2.bias"])


@pytest.mark.parametrize("node", [Tensor, Value])
def test_arrays_of_torch_and_keras_give_the_same_net(node):
    rng = np.random.default_rng(0)
    state, x = torch_state(rng), rng.normal(size=(2, 4))
    weights = [array.T if array.ndim == 2 else array for array in state.values()]
    for of in (nn.from_torch(state, into=net(node=node)), nn.from_keras(weights, into=net(node=node))):
        a = of(x)
        np.testing.assert_allclose(
            a.data if node is Tensor else a.astype(float), outputs(state, x), rtol=1e-14
        )
        back = nn.to_torch(of, state)
        assert [*back] == [*state]
        assert all(np.array_equal(back[name], state[name]) for name in state)
        assert all(map(np.array_equal, nn.to_keras(of), weights))


def test_names_in_the_order_of_the_alphabet_are_put_in_order():
    rng = np.random.default_rng(0)
    deep = nn.MLP([2] * 8, rng=0)
    state = {name: rng.normal(size=array.shape) for name, array in nn.to_torch(deep).items()}
    assert [*state][:4] == ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert sorted(state) != [*state]
    nn.from_torch({name: state[name] for name in sorted(state)}, into=deep)
    assert all(np.array_equal(array, state[name]) for name, array in nn.to_torch(deep).items())


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (
            lambda s: {**s, "fc1.weight": s["fc1.weight"].T},
            ValueError,
            r"fc1\.weight has shape \(4, 5\).*from_keras",
        ),
        (lambda s: {**s, "fc3.weight": np.ones(3)}, ValueError, r"torch has 3 modules .*and the net 2"),
        (lambda s: {k: v for k, v in s.items() if "bias" not in k}, ValueError, "use_bias=False makes a net"),
        (lambda s: {**s, "fc2.bias": [1.0, [2.0]]}, ValueError, r"fc2\.bias is no array"),
        (lambda s: {**s, "fc2.bias": ["a"] * 3}, ValueError, r"layers\.1\.b holds .*not real numbers"),
        (lambda s: [*s.values()], TypeError, "takes the dict of model.state_dict"),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(change, error, message):
    into = net()
    before = into.state_dict()
    with pytest.raises(error, match=message):
        nn.from_torch(change(torch_state(np.random.default_rng(0))), into=into)
    assert all(np.array_equal(array, before[name]) for name, array in into.state_dict().items())


def test_keras_arrays_in_torchs_order_are_refused_with_the_function_to_take():
    into = net()
    with pytest.raises(
        ValueError, match=r"layers\.0\.W; Keras has .*\(inputs, outputs\), and nn\.from_torch takes"
    ):
        nn.from_keras([*torch_state(np.random.default_rng(0)).values()], into=into)
    with pytest.raises(ValueError, match="Keras gave 3 arrays, and the net has 4"):
        nn.from_keras(nn.to_keras(into)[:3], into=into)


def test_a_state_of_torch_itself_comes_and_goes():
    torch = pytest.importorskip("torch")
    linear = torch.nn.Linear
    model = torch.nn.Sequential(linear(4, 5), torch.nn.Tanh(), linear(5, 3), torch.nn.Tanh()).double()
    x = np.random.default_rng(0).normal(size=(2, 4))
    into = nn.from_torch(model.state_dict(), into=net())
    np.testing.assert_allclose(into(x).data, model(torch.from_numpy(x)).detach().numpy(), rtol=1e-13)
    other = nn.MLP([4, 5, 3], activation=tanh, rng=7)
    model.load_state_dict({name: torch.from_numpy(a) for name, a in nn.to_torch(other).items()})
    np.testing.assert_allclose(other(x).data, model(torch.from_numpy(x)).detach().numpy(), rtol=1e-13)
