"""Parameters by their names: read, copied and set, whole or not at all."""

import copy
import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import Tensor, Value, no_grad, tanh
from autograd._graph.leaving import plain_array
from autograd._graph.node import plain

both_nodes = pytest.mark.parametrize("node", [Tensor, Value])

MODULES = [
    lambda **options: nn.MLP([3, 4, 2], **options),
    lambda **options: nn.MLP([3, 2], use_bias=False, **options),
    lambda **options: nn.Layer(3, 2, **options),
    lambda **options: nn.Neuron(3, **options),
]
every_module = pytest.mark.parametrize("make", MODULES, ids=["net", "net without biases", "layer", "neuron"])


def numbers(module):
    return [np.array(p.data) for p in module.parameters()]


def same(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


# -- names ----------------------------------------------------------------------------------------


@both_nodes
@every_module
def test_named_parameters_are_the_parameters_in_order(make, node):
    module = make(node=node, rng=0)
    named = module.named_parameters()
    assert len(named) == len(module.parameters())
    assert all(a is b for a, b in zip(named.values(), module.parameters(), strict=True))


def test_a_value_net_names_each_weight():
    net = nn.MLP([2, 3, 1], node=Value, rng=0)
    assert net.named_parameters()["layers.0.W[2,1]"] is net.layers[0].W[2, 1]
    neuron = nn.Neuron(2, node=Value, rng=0)
    assert list(neuron.named_parameters()) == ["W[0]", "W[1]", "b"]
    assert neuron.named_parameters()["b"] is neuron.b


@both_nodes
def test_as_many_numbers_are_counted_as_there_are_to_learn(node):
    assert nn.MLP([2, 3, 1], node=node, rng=0).num_parameters == 2 * 3 + 3 + 3 + 1
    assert nn.MLP([2, 3, 1], use_bias=False, node=node, rng=0).num_parameters == 2 * 3 + 3
    assert nn.Neuron(3, node=node, rng=0).num_parameters == 4


@both_nodes
def test_zero_grad_forgets_all_gradients(node):
    net = nn.MLP([2, 3, 1], node=node, rng=0)
    nn.quadratic_cost(net([1.0, 2.0]), [0.5]).backward()
    assert all(p.grad is not None for p in net.parameters())
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())


# -- the state of one, for another ----------------------------------------------------------------


@pytest.mark.parametrize("source", [Tensor, Value])
@pytest.mark.parametrize("target", [Tensor, Value])
@every_module
def test_a_state_makes_two_of_either_node_alike(make, source, target):
    a, b = make(node=source, rng=0), make(node=target, rng=1)
    x = [0.1, -0.2, 0.3]
    assert np.any(plain_array(a(x)).astype(float) != plain_array(b(x)).astype(float))
    b.load_state_dict(a.state_dict())
    assert same(a.state_dict().values(), b.state_dict().values())
    np.testing.assert_allclose(plain_array(b(x)).astype(float), plain_array(a(x)).astype(float), rtol=1e-14)


@given(st.data())
def test_every_number_goes_to_its_place(data):
    sizes = data.draw(st.lists(st.integers(1, 4), min_size=2, max_size=3))
    use_bias, seed = data.draw(st.booleans()), data.draw(st.integers(0, 100))
    nets = [nn.MLP(sizes, use_bias=use_bias, node=node, rng=0) for node in (Tensor, Value)]
    rng = np.random.default_rng(seed)
    state = {name: rng.normal(size=array.shape) for name, array in nets[0].state_dict().items()}
    for net in nets:
        net.load_state_dict(dict(reversed(state.items())))  # the order says nothing
        for i, layer in enumerate(net.layers):
            for name in ("W", "b") if use_bias else ("W",):
                held, expected = getattr(layer, name), state[f"layers.{i}.{name}"]
                for index in np.ndindex(expected.shape):
                    assert float(plain(held[index])) == expected[index]


@both_nodes
@every_module
def test_the_arrays_of_a_state_are_copies(make, node):
    module = make(node=node, rng=0)
    before = numbers(module)
    for array in module.state_dict().values():
        array[...] = 7.0
    assert same(numbers(module), before)


@both_nodes
@every_module
def test_arrays_that_were_loaded_are_copied(make, node):
    module = make(node=node, rng=0)
    given = module.state_dict()
    module.load_state_dict(given)
    before = numbers(module)
    for array in given.values():
        array[...] = 7.0
    assert same(numbers(module), before)


def test_a_state_lies_in_memory_row_by_row():
    layer = nn.Layer(3, 2, rng=0)
    layer.W.data = np.arange(6.0).reshape(3, 2).T
    W = layer.state_dict()["W"]
    assert W.tolist() == [[0, 2, 4], [1, 3, 5]]
    assert W.flags.c_contiguous


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_state_is_converted_to_the_nets_dtype(dtype):
    net = nn.MLP([2, 1], dtype=dtype, rng=0)
    assert {array.dtype for array in net.state_dict().values()} == {np.dtype(dtype)}
    net.load_state_dict({"layers.0.W": [[1, True]], "layers.0.b": np.array([0.1], ">f8")})
    assert {p.dtype for p in net.parameters()} == {np.dtype(dtype)}
    assert net.layers[0].W.data.tolist() == [[1, 1]]
    assert net.layers[0].b.data.tolist() == [dtype(0.1)]


@both_nodes
def test_numbers_that_are_not_finite_are_taken_as_they_are(node):
    net = nn.MLP([2, 1], node=node, rng=0)
    net.load_state_dict({"layers.0.W": [[np.nan, -np.inf]], "layers.0.b": [np.inf]})
    assert np.array_equal(net.state_dict()["layers.0.W"], [[np.nan, -np.inf]], equal_nan=True)


# -- what holds the parameters --------------------------------------------------------------------


@both_nodes
@pytest.mark.parametrize("make", [nn.SGD, nn.Adam])
def test_an_optimizer_made_before_moves_what_was_loaded(node, make):
    net, other = nn.MLP([2, 1], node=node, rng=0), nn.MLP([2, 1], rng=1)
    before = net.parameters()
    optimizer = make(before, 0.1)
    net.load_state_dict(other.state_dict())
    assert all(a is b for a, b in zip(net.parameters(), before, strict=True))
    alike = make(other.parameters(), 0.1)
    for n, o in ((net, optimizer), (other, alike)):
        nn.quadratic_cost(n([0.5, -0.5]), [1.0]).backward()
        o.step()
    for name, array in other.state_dict().items():
        np.testing.assert_allclose(net.state_dict()[name], array, rtol=1e-14)
    assert not same(other.state_dict().values(), nn.MLP([2, 1], rng=1).state_dict().values())


@both_nodes
def test_a_pass_recorded_before_keeps_its_gradient(node):
    net, still = (nn.MLP([2, 3, 1], node=node, rng=0) for _ in range(2))
    costs = [nn.quadratic_cost(n([0.5, -0.5]), [1.0]) for n in (net, still)]
    net.load_state_dict(nn.MLP([2, 3, 1], rng=1).state_dict())
    for cost in costs:
        cost.backward()
    assert same([p.grad for p in net.parameters()], [p.grad for p in still.parameters()])


# -- what is no state of it -----------------------------------------------------------------------


@both_nodes
def test_all_that_is_wrong_is_named_at_once_and_nothing_is_changed(node):
    net = nn.MLP([2, 3, 1], node=node, rng=0)
    before = numbers(net)
    state = {
        "layers.0.W": np.ones((2, 3)),
        "layers.0.b": ["a", "b", "c"],
        "layers.1.W": np.ones((1, 3)),
        "extra": 1,
    }
    with pytest.raises(ValueError, match="this state is not of MLP") as caught:
        net.load_state_dict(state)
    for part in (
        "MLP([2, 3, 1]",
        "missing layers.1.b",
        "unexpected extra",
        "layers.0.W has shape (2, 3), expected (3, 2)",
        "layers.0.b holds <U1, not real numbers",
        "Nothing was changed",
    ):
        assert part in str(caught.value)
    assert "layers.1.W" not in str(caught.value)
    assert same(numbers(net), before)


@both_nodes
@pytest.mark.parametrize(
    ("W", "message"),
    [
        (np.ones((1, 2), complex), "holds complex128, not real numbers"),
        ([["1", "2"]], "holds <U1, not real numbers"),
        ([[None, None]], "holds object"),
        (np.array([[1, 2]], "datetime64[s]"), r"holds datetime64\[s\], not real numbers"),
        ([[1.0, 2.0], [3.0]], "is no array"),
        ([1.0, 2.0], r"has shape \(2,\), expected \(1, 2\)"),
        (1.0, r"has shape \(\), expected \(1, 2\)"),
        ([], r"has shape \(0,\)"),
        (np.ones((1, 2, 1)), r"has shape \(1, 2, 1\)"),
        (np.ones((2, 1)), r"has shape \(2, 1\), expected \(1, 2\)"),  # no broadcasting, no reshaping
    ],
)
def test_an_entry_that_does_not_fit_is_refused(node, W, message):
    net = nn.MLP([2, 1], node=node, rng=0)
    before = numbers(net)
    with pytest.raises(ValueError, match=rf"layers\.0\.W {message}"):
        net.load_state_dict({"layers.0.W": W, "layers.0.b": [1.0]})
    assert same(numbers(net), before)


@pytest.mark.filterwarnings("error")
def test_numbers_too_large_for_float32_do_not_become_infinite():
    net = nn.MLP([2, 1], dtype=np.float32, rng=0)
    with pytest.raises(ValueError, match=r"layers\.0\.W holds numbers too large for float32"):
        net.load_state_dict({"layers.0.W": [[1e39, 1.0]], "layers.0.b": [1.0]})
    net.load_state_dict({"layers.0.W": [[np.inf, 3e38]], "layers.0.b": [1e-50]})
    assert net.layers[0].b.data.tolist() == [0.0]


@pytest.mark.parametrize("state", [None, [], nn.MLP([2, 1], rng=0), "layers.0.W"])
def test_what_is_no_mapping_is_refused(state):
    with pytest.raises(TypeError, match=f"a dict of arrays by their names, .* not {type(state).__name__}"):
        nn.MLP([2, 1], rng=0).load_state_dict(state)


# -- modules of one's own -------------------------------------------------------------------------


class Parts(nn.Module):
    """A module with these attributes."""

    def __init__(self, **parts):
        vars(self).update(parts)


def leaf(*shape):
    return Tensor(np.ones(shape))


def test_parameters_are_found_in_attributes_lists_tuples_and_dicts():
    W, v, w = leaf(2, 3), Value(1.0), Value(2.0)
    net = Parts(
        W=W,
        rate=0.5,
        act=tanh,
        pair=(leaf(1), [leaf(2)]),
        scalars=[v, 3.0, w],
        heads={"a": Parts(W=leaf(4)), 7: leaf(5)},
        array=np.array([[Value(1.0), Value(2.0)]]),
        empty=None,
        words=np.array(["a"], object),
    )
    assert list(net.named_parameters()) == [
        "W", "pair.0", "pair.1.0", "scalars.0", "scalars.2", "heads.a.W", "heads.7",
        "array[0,0]", "array[0,1]",
    ]  # fmt: skip
    assert net.parameters()[0] is W
    assert net.parameters()[3:5] == [v, w]
    assert net.num_parameters == 6 + 1 + 2 + 1 + 1 + 4 + 5 + 2


def test_what_stands_at_two_places_counts_once_under_its_first_name():
    shared, tied, mean = Parts(W=leaf(3)), leaf(2), np.zeros(4)
    net = Parts(encoder=shared, tied=tied, mean=mean, decoder=Parts(back=shared, W=tied, mean=mean))
    shared.parent = net  # and a circle ends
    assert list(net.named_parameters()) == ["encoder.W", "tied"]
    assert list(net.state_dict()) == ["encoder.W", "tied", "mean"]
    assert list(shared.named_parameters()) == ["W", "parent.tied"]
    net.load_state_dict({"encoder.W": [1, 2, 3], "tied": [4, 5], "mean": [6, 7, 8, 9]})
    assert net.decoder.W.data.tolist() == [4, 5]
    assert net.decoder.mean.tolist() == [6, 7, 8, 9]


def test_arrays_are_state_without_a_gradient_and_underscores_are_caches():
    net = Parts(W=leaf(2), steps=np.array(3), mask=np.array([True]), scale=np.float32(2.0), _maps=np.ones(9))
    net.nested, net._kernels, net.fixed = {"mean": np.zeros(1)}, [leaf(1)], (np.float64(1.0), np.ones(1))
    assert list(net.state_dict()) == [
        "W", "_kernels.0", "steps", "mask", "scale", "nested.mean", "fixed.1",
    ]  # fmt: skip
    assert list(net.named_parameters()) == ["W", "_kernels.0"]
    state = {"W": [1, 2], "steps": 4.0, "mask": [False], "scale": 0.5, "nested.mean": [7], "_kernels.0": [8]}
    steps = net.steps
    net.load_state_dict({**state, "fixed.1": [9]})
    assert steps is net.steps  # whoever shares the array shares the numbers
    assert (net.steps, net.mask, net.scale) == (4, False, 0.5)
    assert (net.nested["mean"], net.fixed[1]) == (7, 9)
    assert type(net.scale) is np.float32
    for name, wrong, message in (
        ("steps", 4.5, "steps holds numbers that int64 does not have"),
        ("mask", [2], "mask holds numbers that bool does not have"),
        ("scale", 1e39, "scale holds numbers too large for float32"),
    ):
        with pytest.raises(ValueError, match=f"{message}. Nothing was changed"):
            net.load_state_dict({**state, "W": [5, 5], "fixed.1": [9], name: wrong})
        assert net.W.data.tolist() == [1, 2]
    net.nested["mean"].setflags(write=False)
    with pytest.raises(ValueError, match=r"nested\.mean is a read-only array"):
        net.load_state_dict({**state, "W": [5, 5], "fixed.1": [9]})
    assert net.W.data.tolist() == [1, 2]


@pytest.mark.parametrize("leaves", [leaf(2), np.array([Value(1.0), Value(2.0)]), Value(1.0)])
def test_a_result_in_place_of_a_parameter_is_told_but_in_a_cache(leaves):
    with no_grad():
        unrecorded = leaves * 2
    for result in (leaves * 2, unrecorded):
        net = Parts(conv=Parts(W=result))
        for look in (net.parameters, net.state_dict, net.summary, lambda net=net: net.num_parameters):
            with pytest.raises(TypeError, match=r"conv\.W is the result of .* begins with an underscore"):
                look()
        assert Parts(_maps=result, W=leaf(1)).num_parameters == 1
        assert net.train().conv.training  # a mode asks for no parameters


def test_modules_need_no_init_and_may_be_dataclasses():
    @dataclasses.dataclass(frozen=True)
    class Scale(nn.Module):
        gain: Tensor
        power: int = 2

        def __call__(self, x):
            return self.gain * x**self.power

    scale = Scale(leaf(2))
    assert list(scale.named_parameters()) == ["gain"]
    assert scale.train().training
    assert scale(np.array([3.0, 1.0])).data.tolist() == [9, 1]
    assert copy.deepcopy(scale).state_dict()["gain"].tolist() == [1, 1]
    assert repr(Parts(W=leaf(1), head=scale, rate=1)) == "Parts(W, head)"


def test_parts_in_slots_are_parts():
    @dataclasses.dataclass(slots=True, eq=False)
    class Scale(nn.Module):
        gain: Tensor
        mean: np.ndarray
        count: np.int64

    scale = Scale(leaf(2), np.zeros(2), np.int64(3))
    net = nn.Sequential(nn.Layer(2, 2, rng=0), scale)
    assert list(net.named_parameters()) == ["layers.0.W", "layers.0.b", "layers.1.gain"]
    mean = scale.mean
    scale.load_state_dict({"gain": [1.0, 2.0], "mean": [3.0, 4.0], "count": 5})
    assert scale.mean is mean
    assert (scale.gain.data.tolist(), mean.tolist(), scale.count) == ([1, 2], [3, 4], 5)


def test_a_summary_has_a_line_for_each_module():
    net = Parts(W=Value(1.0), body=nn.Sequential(Parts(), nn.MLP([2, 1], rng=0)), mean=np.zeros(3))
    assert net.summary().splitlines() == [
        "module                  kind   shapes           parameters",
        "(itself)                Parts  W                         1",
        "body.layers.0           Parts                            0",
        "body.layers.1.layers.0  Layer  W (1, 2), b (1)           3",
        "total                                                    4",
        "Values of float64 and Tensors of float64, 32 bytes; 3 numbers in buffers",
    ]


# -- one after another ----------------------------------------------------------------------------


@both_nodes
def test_a_sequential_of_layers_is_the_mlp_of_them(node):
    net = nn.MLP([3, 4, 2], node=node, rng=0)
    chain, x = nn.Sequential(*net.layers), np.array([[0.1, -0.2, 0.3], [1.0, 2.0, 3.0]])
    assert list(chain.named_parameters()) == list(net.named_parameters())
    assert np.array_equal(plain_array(chain(x)), plain_array(net(x)))
    assert chain[1] is net.layers[1]
    assert list(chain) == net.layers
    assert np.array_equal(plain_array(chain[1:](chain[:1](x))), plain_array(net(x)))
    assert len(chain[:0]) == 0
    assert chain[:0](x) is x


# -- modes ----------------------------------------------------------------------------------------


def test_a_module_is_made_in_evaluation_mode_and_switches_all_within_it():
    inner, shared = Parts(W=leaf(1)), Parts()
    net = Parts(heads={"a": [inner, shared]}, again=shared)
    shared.parent = net
    assert not any(m.training for m in (net, inner, shared))
    assert net.train() is net
    assert all(m.training for m in (net, inner, shared))
    net.eval()
    assert not any(m.training for m in (net, inner, shared))
    assert inner.train(mode=True).training
    assert not net.training
