"""The multilayer perceptron: its parts, its outputs, its summary."""

import functools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import Tensor, Value, relu, sigmoid, softplus, tanh
from autograd._graph.leaving import plain_array

both_nodes = pytest.mark.parametrize("node", [Tensor, Value])


def floats(nodes):
    return plain_array(nodes).astype(float)


# -- what it computes -----------------------------------------------------------------------------

NUMPYS = {
    sigmoid: lambda z: 1 / (1 + np.exp(-z)),
    tanh: np.tanh,
    relu: lambda z: np.maximum(z, 0),
    softplus: lambda z: np.log(1 + np.exp(z)),
    nn.identity: lambda z: z,
}


@given(st.data())
def test_a_net_is_its_formula_layer_by_layer(data):
    sizes = data.draw(st.lists(st.integers(1, 4), min_size=2, max_size=4))
    each = [data.draw(st.sampled_from(list(NUMPYS))) for _ in sizes[1:]]
    use_bias = data.draw(st.booleans())
    nets = [nn.MLP(sizes, activation=each, use_bias=use_bias, node=node, rng=0) for node in (Tensor, Value)]
    rng = np.random.default_rng(1)
    state = {name: rng.normal(size=array.shape) for name, array in nets[0].state_dict().items()}
    X = rng.normal(size=(3, sizes[0]))
    expected = X
    for i, activation in enumerate(each):
        z = expected @ state[f"layers.{i}.W"].T
        expected = NUMPYS[activation](z + state[f"layers.{i}.b"] if use_bias else z)
    for net in nets:
        net.load_state_dict(state)
        np.testing.assert_allclose(floats(net(X)), expected, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(floats(net(X[0])), expected[0], rtol=1e-12, atol=1e-14)


@both_nodes
def test_the_last_layer_may_have_another_activation(node):
    net = nn.MLP([2, 3, 1], node=node, activation=relu, output_activation=nn.identity, rng=0)
    assert [layer.activation for layer in net.layers] == [relu, nn.identity]
    of_each = nn.MLP([2, 3, 1], activation=[tanh, relu], output_activation=sigmoid, node=node, rng=0)
    assert [layer.activation for layer in of_each.layers] == [tanh, sigmoid]


def test_a_list_of_activations_is_copied():
    each = [tanh, relu]
    nn.MLP([2, 3, 1], activation=each, output_activation=sigmoid, rng=0)
    assert each == [tanh, relu]


@both_nodes
def test_without_biases_there_are_weights_alone(node):
    net = nn.MLP([2, 3, 1], use_bias=False, node=node, rng=0)
    assert not net.use_bias
    assert all(layer.b is None for layer in net.layers)
    assert list(net.state_dict()) == ["layers.0.W", "layers.1.W"]
    assert net.num_parameters == 9
    net.load_state_dict({"layers.0.W": np.ones((3, 2)), "layers.1.W": np.ones((1, 3))})
    assert floats(net([0.0, 0.0])) == pytest.approx(1 / (1 + np.exp(-1.5)))


def test_it_says_what_it_is_made_of():
    net = nn.MLP(np.array([2, 3, 1]), dtype=np.float32, rng=0)
    assert net.sizes == [2, 3, 1]
    assert all(type(width) is int for width in net.sizes)
    assert (net.node, net.dtype, net.use_bias) == (Tensor, np.float32, True)
    assert (nn.MLP([1, 1], node=Value, rng=0).node, nn.MLP([1, 1], node=Value, rng=0).dtype) == (
        Value,
        np.float64,
    )


# -- what it says of itself -----------------------------------------------------------------------


def test_the_summary_of_a_net_of_tensors():
    net = nn.MLP([784, 100, 10], activation=relu, output_activation=nn.identity, dtype=np.float32, rng=0)
    assert net.summary().splitlines() == [
        "layer  inputs  outputs  activation  weights  biases  parameters",
        "1         784      100        relu   78,400     100      78,500",
        "2         100       10    identity    1,000      10       1,010",
        "total                                79,400     110      79,510",
        "Tensors of float32, 318,040 bytes",
    ]


def test_the_summary_of_a_net_of_values_without_biases():
    def a_function_with_a_long_name(z):
        return z

    net = nn.MLP([1, 1, 1], activation=a_function_with_a_long_name, use_bias=False, node=Value, rng=0)
    assert net.summary().splitlines() == [
        "layer  inputs  outputs                   activation  weights  biases  parameters",
        "1           1        1  a_function_with_a_long_name        1       0           1",
        "2           1        1  a_function_with_a_long_name        1       0           1",
        "total                                                      2       0           2",
        "Values of float64, 16 bytes",
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "activation=sigmoid, node=Tensor, dtype=float64"),
        ({"dtype": np.float32}, "activation=sigmoid, node=Tensor, dtype=float32"),
        ({"node": Value, "use_bias": False}, "activation=sigmoid, use_bias=False, node=Value"),
        (
            {"activation": relu, "output_activation": sigmoid},
            "activation=relu, output_activation=sigmoid, node=Tensor, dtype=float64",
        ),
        ({"activation": [relu, tanh, relu]}, "activation=[relu, tanh, relu], node=Tensor, dtype=float64"),
    ],
)
def test_a_net_says_what_it_is(options, expected):
    assert repr(nn.MLP([2, 3, 3, 1], rng=0, **options)) == f"MLP([2, 3, 3, 1], {expected})"


@given(st.data())
def test_what_it_says_is_how_to_make_another(data):
    sizes = data.draw(st.lists(st.integers(1, 4), min_size=2, max_size=5))
    node, dtype = data.draw(
        st.sampled_from([(Tensor, np.float32), (Tensor, np.float64), (Value, np.float64)])
    )
    net = nn.MLP(
        sizes,
        activation=[data.draw(st.sampled_from([tanh, relu])) for _ in sizes[1:]],
        use_bias=data.draw(st.booleans()),
        node=node,
        dtype=dtype,
        rng=0,
    )
    known = {f.__name__: f for f in (tanh, relu, Tensor, Value, np.float32, np.float64)}
    again = eval(repr(net), known | {"MLP": functools.partial(nn.MLP, rng=0)})
    assert repr(again) == repr(net)
    assert [layer.activation for layer in again.layers] == [layer.activation for layer in net.layers]
    assert (again.sizes, again.node, again.dtype, again.use_bias) == (
        net.sizes,
        net.node,
        net.dtype,
        net.use_bias,
    )


# -- what it cannot be ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"sizes": [3]}, ValueError, "input and an output width"),
        ({"sizes": []}, ValueError, "input and an output width"),
        ({"sizes": [3, 0]}, ValueError, r"sizes\[1\] is a whole number from 1, not 0"),
        ({"sizes": [3, -2]}, ValueError, r"sizes\[1\] is .*, not -2"),
        ({"sizes": [3, 2.5]}, ValueError, r"sizes\[1\] is .*, not 2\.5"),
        ({"sizes": [3, True]}, ValueError, r"sizes\[1\] is .*, not True"),
        ({"sizes": [3, 2], "rng": None}, TypeError, "rng is a whole number .* not NoneType"),
        ({"sizes": [3, 2], "rng": -1}, ValueError, "from 0 up, not -1"),
        ({"sizes": [3, 2], "node": float}, TypeError, r"autograd\.Value or autograd\.Tensor"),
        ({"sizes": [3, 2], "dtype": np.float16}, TypeError, "float32 or float64, not float16"),
        ({"sizes": [3, 2], "node": Value, "dtype": np.float32}, TypeError, "a Value holds a float64"),
        ({"sizes": [3, 2], "output_activation": "relu"}, TypeError, "a function .* not 'relu'"),
    ],
)
def test_a_net_that_cannot_be_made_says_why(arguments, error, message):
    with pytest.raises(error, match=message):
        nn.MLP(**{"rng": 0, **arguments})


@pytest.mark.parametrize("sizes", [3, None])
def test_widths_are_a_list(sizes):
    with pytest.raises(TypeError):
        nn.MLP(sizes, rng=0)
