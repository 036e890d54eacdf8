"""Graphs in pickles: nodes of one pickle stay together, whoever pickles at the same time."""

import gc
import io
import itertools
import pickle
import threading

import numpy as np
import pytest

import nn
from autograd import Tensor, Value, tanh, where
from autograd._graph.node import topological_order
from autograd._nodes import pickling


def python_dumps(x):
    file = io.BytesIO()
    pickle._Pickler(file).dump(x)
    return file.getvalue()


DUMPS = pytest.mark.parametrize("dumps", [pickle.dumps, python_dumps], ids=["C", "Python"])


def sums(x, n):
    """Partial sums: each is made from the one before."""
    nodes = [x * 1.5]
    for _ in range(n - 1):
        nodes.append(nodes[-1] + x)
    return nodes


def assert_partial_sums(nodes, x):
    assert nodes[0].parents == (x,)
    for before, after in itertools.pairwise(nodes):
        assert after.parents[0] is before
        assert after.parents[1] is x


@DUMPS
def test_nodes_pickled_together_are_one_graph(dumps):
    x = Value(2.0, label="x")
    y = (x * x).with_label("y")
    z = (y * 3).with_label("z")
    for together in ((y, z), (z, y), [z, x, y], {"z": z, "both": [y, x]}):
        copies = pickle.loads(dumps(together))
        nodes = {node.label: node for node in topological_order(*_nodes(copies))}
        assert nodes.keys() == {"x", "y", "z"}
        assert len(topological_order(*_nodes(copies))) == 3
    z.backward()
    y2, z2 = pickle.loads(dumps((y, z)))
    z2.backward()
    assert (y2.grad, y2.parents[0].grad) == (3.0, 24.0)  # 12 were there, and 12 are added


def _nodes(x):
    if isinstance(x, Value):
        return [x]
    return [node for each in (x.values() if isinstance(x, dict) else x) for node in _nodes(each)]


@DUMPS
@pytest.mark.parametrize("first", ["first", "last"])
def test_the_size_of_what_is_pickled_together_is_linear(dumps, first):
    sizes = []
    for n in (100, 200, 800):
        x = Value(0.5, label="x")
        nodes = sums(x, n)
        pickled = dumps([x, nodes] if first == "first" else [x, nodes[::-1]])
        x2, nodes2 = pickle.loads(pickled)
        assert_partial_sums(nodes2 if first == "first" else nodes2[::-1], x2)
        sizes.append(len(pickled))
    assert sizes[2] < 8.3 * sizes[0]
    assert sizes[1] < 2.1 * sizes[0]


@DUMPS
def test_many_branches_of_what_is_pickled_are_not_written_again(dumps):
    x = Value(0.5, label="x")
    first = [x * float(i) for i in range(500)]
    branches = [tanh(node) + first[0] for node in first]
    first2, branches2 = pickle.loads(dumps((first, branches)))
    assert all(b.parents[0].parents[0] is a for a, b in zip(first2, branches2, strict=True))
    assert len(dumps((first, branches))) < 3.2 * len(dumps(first))


def test_arrays_of_a_graph_are_pickled_once():
    x = Tensor(np.ones((100, 100)), label="x")
    nodes = [x * 2.0]
    for _ in range(20):
        nodes.append(nodes[-1] + x)
    copies = pickle.loads(pickle.dumps(nodes))
    assert len(topological_order(*copies)) == 22
    copies[-1].sum().backward()
    np.testing.assert_array_equal(topological_order(*copies)[0].grad, np.full((100, 100), 22.0))


def test_three_arguments_and_constants_are_pickled():
    x, y = Value(2.0), Value(3.0)
    node = where(x, y * 2, 1.0) + where(0.0, x, y)
    again = pickle.loads(pickle.dumps(node))
    assert [n.op for n in topological_order(again)] == [n.op for n in topological_order(node)]
    assert again.data == node.data
    again.backward()


def test_leaves_keep_their_identity_beside_optimizers_and_nets():
    net = nn.MLP([2, 2, 1], rng=0, node=Value)
    optimizer = nn.SGD(net.parameters(), lr=0.1)
    cost = net([1.0, 2.0])[0]
    for together in ((net, optimizer, cost), (cost, optimizer, net)):
        copies = pickle.loads(pickle.dumps(together))
        net2, optimizer2, cost2 = copies if together[0] is net else copies[::-1]
        assert [a is b for a, b in zip(net2.parameters(), optimizer2.params, strict=True)] == [True] * 9
        assert {p for p in topological_order(cost2) if p.is_leaf} >= set(net2.parameters())


@DUMPS
def test_picklers_that_take_turns_do_not_confuse_each_other(dumps):
    x = Value(0.5, label="x")
    nodes = sums(x, 3000)
    files = [io.BytesIO(), io.BytesIO()]
    picklers = [(pickle.Pickler if dumps is pickle.dumps else pickle._Pickler)(file) for file in files]
    for node in (*nodes[:20], nodes[-1]):
        for pickler in picklers:
            pickler.dump(node)
        nodes[2].label = "renamed"
        alone = pickle.loads(dumps(nodes[5]))
        assert len(topological_order(alone)) == 7
        assert topological_order(alone)[3].label == "renamed"
    fresh = len(dumps(nodes[5]))
    for file in files:
        file.seek(0)
        unpickler = pickle.Unpickler(file)  # one for all, as the pickler was: they share its memory
        copies = [unpickler.load() for _ in range(21)]
        assert_partial_sums(copies[:20], copies[0].parents[0])
        assert topological_order(copies[20])[1] is copies[0]
    del picklers, pickler
    assert len(dumps(nodes[5])) == fresh


def test_a_pickler_that_failed_and_is_kept_does_not_disturb_the_next():
    class Full(io.BytesIO):
        def write(self, data):
            raise OSError("no space left on device")

    nodes = sums(Value(0.5), 20_000)
    pickler = pickle._Pickler(Full())
    with pytest.raises(OSError, match="no space"):
        pickler.dump(nodes[-1])
    for i in (-1, 15_000, -1):
        assert len(topological_order(pickle.loads(pickle.dumps(nodes[i])))) == len(
            topological_order(nodes[i])
        )


def test_threads_pickle_at_the_same_time():
    nodes = sums(Value(0.5), 500)
    wrong = []

    def work():
        for _ in range(20):
            copies = pickle.loads(pickle.dumps(nodes))
            try:
                assert_partial_sums(copies, copies[0].parents[0])
            except AssertionError as error:
                wrong.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_nothing_is_kept_after_pickling():
    gc.collect()
    node = sums(Value(0.5), 10)[-1]
    pickle.dumps(node)
    assert pickling._now.written() is None
    assert gc.collect() == 0


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_every_protocol(protocol):
    nodes = sums(Value(0.5), 5000)
    assert_partial_sums(
        copies := pickle.loads(pickle.dumps(nodes[::-1], protocol))[::-1], copies[0].parents[0]
    )
