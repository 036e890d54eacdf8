"""Every shape a graph can have, apart from the rules: only + and * are used, so the sweep is on trial."""

import copy
import gc
import pickle
import random
import tracemalloc
import weakref

import pytest

from autograd import DomainError, Value
from autograd._derivatives.sweeps import adjoints
from autograd._graph.node import topological_order
from autograd._table.define import rows


def grads(result, *leaves):
    result.backward()
    return [leaf.grad for leaf in leaves]


def test_a_node_used_twice_by_one_operation():
    x = Value(3.0)
    assert len((x * x).parents) == 2
    assert grads(x * x, x) == [6.0]


def test_x_plus_x():
    x = Value(3.0)
    assert grads(x + x, x) == [2.0]


def test_a_diamond_waits_for_both_sides():
    x = Value(2.0)
    middle = x * 3
    assert grads(middle * middle + middle, x) == [2 * 6 * 3 + 3]


def test_a_node_is_swept_only_after_its_last_use():
    # The long side of the diamond must have spoken before the shared node passes its adjoint on.
    x = Value(1.0)
    shared = x * 2
    long_side = shared
    for _ in range(5):
        long_side = long_side + 1
    assert grads(shared * 10 + long_side * 100, x) == [220.0]
    x.grad = None
    assert grads(long_side * 100 + shared * 10, x) == [220.0]


def test_a_result_used_by_two_outputs():
    x = Value(2.0)
    shared = x * x
    first, second = shared * 3, shared * 5
    assert grads(first, x) == [12.0]
    assert grads(second, x) == [32.0]  # leaves accumulate
    assert shared.grad == 5.0  # interior nodes hold the last sweep's adjoint


def test_the_same_graph_swept_twice_does_not_compound():
    x = Value(3.0)
    inner = x * x
    y = inner * 2
    assert grads(y, x) == [12.0]
    assert grads(y, x) == [24.0]
    assert inner.grad == 2.0


def test_a_leaf_with_no_effect():
    x, unused = Value(3.0), Value(4.0)
    assert grads(x * 2 + unused * 0, x, unused) == [2.0, 0.0]
    untouched = Value(1.0)
    (x * 2).backward()
    assert untouched.grad is None


def test_a_leaf_swept_by_itself():
    x = Value(3.0)
    x.backward()
    assert x.grad == 1.0


def test_constants_on_either_side():
    x = Value(4.0)
    assert grads(1 - x, x) == [-1.0]
    assert (2 / x).args == (2.0, x)


def test_sixty_doublings_have_two_to_the_sixty_paths():
    x = y = Value(1.0)
    for _ in range(60):
        y = y + y
    assert grads(y, x) == [2.0**60]


def test_two_hundred_thousand_terms_in_one_sum():
    x = Value(1.0)
    total = sum((x for _ in range(200_000)), Value(0.0))
    assert grads(total, x) == [200_000.0]


def on_an_edge(intervals, x):
    """Where a row's derivative may be infinite; or it has none, as a power of a negative base."""
    return not any(i.low < float(x) < i.high for i in intervals)


@pytest.mark.parametrize("seed", range(50))
def test_the_fast_walk_is_the_general_walk(seed):
    """Random graphs of all rows, with much sharing: floats in slots give what the general sweep gives."""
    rng = random.Random(seed)
    leaves = [Value(rng.uniform(-1, 1)) for _ in range(4)]
    nodes = list(leaves)
    public = [row for row in rows() if row.public]
    while len(nodes) < 80:
        row = rng.choice(public)
        args = [rng.choice([*nodes, 0.5]) for _ in range(row.arity)]
        try:
            node = row(*args)
        except DomainError:
            continue
        if (
            isinstance(node, Value)
            and 1e-3 < abs(float(node)) < 10
            and not any(map(on_an_edge, row.domain, args))
        ):
            nodes.append(node)
    root = sum(nodes, Value(0.0))
    general = adjoints(root, 1.0)
    root.backward()
    for node in topological_order(root):
        assert node.grad == pytest.approx(general.get(node, 0.0), rel=1e-12, abs=1e-12)
        assert node._uses is None


def deep(n):
    x = Value(0.5)
    y = x
    for _ in range(n):
        y = y.sin()
    return x, y


def test_a_chain_of_a_million_is_built_swept_and_freed():
    x, y = deep(1_000_000)
    y.backward()
    assert 0 < x.grad < 1
    watch = weakref.ref(y.parents[0])
    del y
    assert watch() is None


def test_memory_returns_when_the_root_is_dropped_without_the_garbage_collector():
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        x, y = deep(10_000)
        y.backward()
        assert tracemalloc.get_traced_memory()[0] - before > 1_000_000
        del x, y
        assert tracemalloc.get_traced_memory()[0] - before < 10_000
    finally:
        tracemalloc.stop()
        gc.enable()


def test_nothing_is_left_for_the_garbage_collector():
    gc.collect()
    _, y = deep(100)
    y.backward()
    del y, _
    assert gc.collect() == 0


def test_copies_pickles_and_reprs_of_deep_graphs_do_not_recurse():
    x, y = deep(100_000)
    x.label = "x"
    for again in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        assert again.data == y.data
        leaf = topological_order(again)[0]
        assert leaf is not x
        assert leaf.label == "x"
        again.backward()
        y.backward()
        assert leaf.grad == x.grad
        x.grad = None
    assert copy.copy(y).parents == y.parents
    assert len(repr(y)) < 100


def test_what_is_copied_together_stays_together():
    w = Value(2.0, label="w")
    inner = w * w
    for w2, inner2 in (copy.deepcopy([w, inner]), pickle.loads(pickle.dumps([w, inner]))):
        assert inner2.parents[0] is w2


def test_topological_order_reads_first_argument_first():
    a, b, c = Value(1.0, label="a"), Value(2.0, label="b"), Value(3.0, label="c")
    order = topological_order((a * b).with_label("ab") + (c * a).with_label("ca"))
    assert [n.label for n in order] == ["a", "b", "ab", "c", "ca", None]
    with pytest.raises(TypeError, match=r"topological_order\(\*roots\), not list"):
        topological_order([a, b])  # type: ignore[arg-type]
    assert topological_order(*[a, b]) == [a, b]
