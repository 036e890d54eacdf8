"""Gradients that are nodes: right, and without reference cycles."""

import gc

import numpy as np
import pytest

from autograd import DomainError, Tensor, Value, sqrt, tanh
from autograd._graph.recorded_gradients import PATIENCE


def garbage_of(f):
    """The objects that only the garbage collector can free after f()."""
    f()
    gc.collect()
    gc.freeze()  # the objects of earlier tests need not be walked over
    gc.disable()
    try:
        f()
        return gc.collect()
    finally:
        gc.enable()


def swept(*leaves, times=1):
    """An interior node of a graph that was swept with recorded gradients."""
    for _ in range(times):
        z = tanh(leaves[0] * leaves[-1])
        result = z * z * leaves[0]
        result.backward(result.data * 0 + 1, create_graph=True)
    return z


def penalty(*leaves):
    """What a gradient penalty does at a step."""
    swept(*leaves)
    total = sum((x.grad * x.grad for x in leaves), start=0.0)
    total = total.sum() if isinstance(total, Tensor) else total
    total.backward()  # which adds to gradients that are nodes


def failing():
    x = Value(0.0)
    (x * x).backward(create_graph=True)
    with pytest.raises(DomainError):
        sqrt(x).backward()
    assert x.grad.parents


@pytest.mark.parametrize("make", [lambda: Value(0.5), lambda: Tensor([0.5, -1.0])], ids=["Value", "Tensor"])
def test_a_recorded_gradient_leaves_nothing_to_the_garbage_collector(make):
    assert garbage_of(lambda: swept(make())) == 0
    assert garbage_of(lambda: swept(make(), make(), make())) == 0
    assert garbage_of(lambda: swept(make(), make(), times=3)) == 0
    assert garbage_of(lambda: penalty(make(), make())) == 0
    kept = make()
    assert garbage_of(lambda: (penalty(kept, make()), setattr(kept, "grad", None))) == 0
    assert garbage_of(lambda: swept(make(), make()).grad) == 0  # an interior node's


def test_a_gradient_that_could_not_be_added_to_is_put_back_without_a_cycle():
    assert garbage_of(failing) == 0


def test_a_recorded_gradient_is_there_when_all_else_is_dropped():
    x = Value(3.0, label="x")
    (x**3).backward(create_graph=True)
    g = x.grad
    assert g == 27.0
    assert x.grad is g
    x.grad = None
    g.backward()
    assert x.grad == 18.0

    W = Tensor([1.0, 2.0])
    (W * W * W).sum().backward(create_graph=True)
    W.grad.sum().backward()
    np.testing.assert_array_equal(W.grad.data, [3.0 + 6.0, 12.0 + 12.0])


def test_the_nodes_of_a_recorded_gradient_are_those_that_somebody_holds():
    x, w = Value(0.5, label="x"), Value(2.0, label="w")
    z = (w * x).with_label("z")
    (z * z).backward(create_graph=True)

    def below(node):
        return {node, *(p for parent in node.parents for p in below(parent))}

    assert {x, z} <= below(w.grad)
    assert z.grad == 2.0
    assert w in below(z.grad)
    del x, z
    labels = {node.label: node for node in below(w.grad)}
    assert labels["x"] == 0.5
    assert labels["z"].parents == (w, labels["x"])


def test_a_label_given_to_a_recorded_gradient_stays():
    for x in (Value(3.0, label="x"), Tensor([3.0], label="x")):
        y = x * x
        (y * y * x).backward(x.data * 0 + 1, create_graph=True)
        x.grad.label = "g"  # and nobody holds it
        y.grad.label = "h"
        assert (x.grad.label, y.grad.label) == ("g", "h")
        x.grad.label = "g again"
        assert x.grad.label == "g again"


def test_gradients_read_one_by_one_are_not_recorded_again_for_ever(monkeypatch):
    leaves = [Value(1.0 + i) for i in range(100)]
    product = leaves[0]
    for leaf in leaves[1:]:
        product = tanh(product * leaf)
    product.backward(create_graph=True)
    del product
    made = []
    restore = Value._restore
    monkeypatch.setattr(Value, "_restore", lambda state, parents: made.append(1) or restore(state, parents))
    leaves[0].grad  # noqa: B018 - the first factor's gradient depends on all
    length = len(made)
    for _ in range(10):
        for leaf in leaves:
            leaf.grad  # noqa: B018
    assert 0 < len(made) < 3 * PATIENCE * length  # for ever: 800 times
