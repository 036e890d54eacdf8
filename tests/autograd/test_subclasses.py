"""Nodes with attributes of their own, and the names that nodes have in other libraries."""

import copy
import inspect
import pickle

import numpy as np
import pytest

import nn
import viz
from autograd import Tensor, Value, exp, grad, no_grad, sigmoid, where
from autograd._graph.foreign import FOREIGN


class Weight(Value):
    def __init__(self, data, name):
        super().__init__(data, label=name)
        self.name = name
        self.partner = None


class WithoutSuper(Value):
    def __init__(self, data, name):
        self.name = name


class Slotted(Value):
    __slots__ = ("name",)

    def __init__(self, data, name):
        super().__init__(data)
        self.name = name


class Inheriting(Weight):
    def doubled(self):
        return self * 2


class Array(Tensor):
    def __init__(self, data, name):
        super().__init__(data)
        self.name = name


class ArrayWithoutSuper(Tensor):
    def __init__(self, data, name):
        self.name = name


KINDS = pytest.mark.parametrize("kind", [Weight, WithoutSuper, Slotted, Inheriting, Array, ArrayWithoutSuper])
COPIES = pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda node: pickle.loads(pickle.dumps(node))]
)


@KINDS
def test_a_subclass_has_its_own_attributes_and_computes_plain_nodes(kind):
    w = kind(2.0, name="w")
    assert (w.name, w.item(), isinstance(w, (Value, Tensor))) == ("w", 2.0, True)
    plain = Tensor if isinstance(w, Tensor) else Value
    for node in (w * w, w + 1.0, 2 * w, exp(w), -w, 1 / w, w**w):
        assert type(node) is plain
    (w * w * exp(w)).backward()
    assert float(w.grad) == pytest.approx(8 * np.exp(2.0), rel=1e-15)  # (2w + w²) exp w
    w.data -= 0.5
    assert w.item() == 1.5


@KINDS
@COPIES
def test_copies_keep_class_attributes_and_gradient(kind, copied):
    w = kind(2.0, "w")
    w.grad = 3.0
    other = copied(w)
    assert (type(other), other.name, other.item(), float(other.grad)) == (kind, "w", 2.0, 3.0)
    other.name, other.data = "other", 5.0
    assert (w.name, w.item()) == ("w", 2.0)


@KINDS
def test_a_copied_graph_has_its_leaves_with_their_attributes(kind):
    w = kind(2.0, "w")
    y = exp(w * w)
    for copied in (copy.deepcopy, lambda node: pickle.loads(pickle.dumps(node))):
        leaf = copied(y).parents[0].parents[0]
        assert leaf is not w
        assert (type(leaf), leaf.name) == (kind, "w")


def test_attributes_that_are_nodes_stay_in_one_graph():
    a, b = Weight(1.0, "a"), Weight(2.0, "b")
    a.partner, b.partner = b, a
    for copied in (copy.deepcopy, lambda node: pickle.loads(pickle.dumps(node))):
        other = copied(a)
        assert other.partner.partner is other
        assert other.partner is not b
    assert copy.copy(a).partner is b


def test_a_subclass_that_has_no_number_says_how_to_give_one():
    class Nothing(Value):
        def __init__(self, name):
            self.name = name

    class Explicit(Value):
        def __init__(self, number):
            Value.__init__(self, number)

    class NoArray(Tensor):
        def __init__(self, name):
            self.name = name

    for kind in (Nothing, NoArray):
        with pytest.raises(TypeError, match=r"super\(\).__init__\(data\) does"):
            kind("w")
    with pytest.raises(TypeError, match=r"write super\(\).__init__\(data\)"):
        Explicit(2.0)
    with pytest.raises(TypeError, match="Weight takes one real number, not str"):
        Weight("two", "w")
    with pytest.raises(TypeError, match=r"Weight.__init__\(\) missing 1 required"):
        Weight(2.0)


def test_a_subclass_without_an_init_is_called_as_value_is():
    class Plain(Value):
        kind = "plain"

    assert str(inspect.signature(Weight)) == "(data, name)"
    assert list(inspect.signature(Plain).parameters) == ["data", "label"]
    assert (Plain(2.0, label="p").label, Plain(2.0).kind, Plain(3.0).data) == ("p", "plain", 3.0)
    assert type(nn.SGD([Plain(1.0)], lr=0.1).params[0]) is Plain


def test_subclasses_everywhere():
    w, b = Weight(1.2, "w"), Weight(-0.3, "b")
    cost = ((sigmoid(w * 0.5 + b) - 1) ** 2).with_label("C")
    sgd = nn.SGD([w, b], lr=0.1)
    cost.backward()
    sgd.step()
    assert w.data != 1.2
    assert viz.formula(cost) == viz.formula((sigmoid(Value(1, "w") * 0.5 + Value(1, "b")) - 1) ** 2)
    slope = grad(lambda v: v * v * w)(2.0)
    assert (type(slope), slope) == (Value, 4 * w.data)
    assert type(grad(lambda v: v * v)(w)) is Value


# -- what other libraries call it -------------------------------------------------------------------------


@pytest.mark.parametrize("name", FOREIGN)
def test_names_of_other_libraries_tell_ours(name):
    for node in (Value(2.0) * 3, Tensor([2.0])):
        assert not hasattr(node, name)
        with pytest.raises(AttributeError, match=f"has no '{name}': "):
            getattr(node, name)
        with pytest.raises(AttributeError, match=f"has no '{name}': "):
            setattr(node, name, True)
    assert Weight(2.0, "w").backward  # the members that there are
    assert name not in dict(inspect.getmembers(Weight(2.0, "w")))
    w = Weight(2.0, "w")
    setattr(w, name, 3)  # a subclass may have one of this name
    assert getattr(w, name) == 3


def test_the_advice_of_foreign_names():
    """What each of the messages names is there, and is what the name means elsewhere."""
    x = Value(2.0, label="x")
    y = (x * x * 3).with_label("y")
    assert (x * x).parents == (x, x)  # _prev
    assert y.args[1] == 3.0
    y.backward()  # _backward
    assert (x.grad, y.parents[0].grad) == (12.0, 3.0)  # retain_grad
    assert viz.draw(y).source.startswith("digraph")
    assert (str(y.op), x.op) == ("mul", None)  # grad_fn
    leaf = Value(y.data)  # detach
    assert (leaf.is_leaf, leaf.data) == (True, 12.0)
    assert type(Tensor([1.0]).data) is np.ndarray  # numpy, cpu
    x.grad = None  # zero_grad
    nn.SGD([x], lr=0.1).zero_grad()
    assert (x * x.data).args == (x, 2.0)  # requires_grad


# -- nothing recorded ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "compute",
    [
        lambda: Value(2.0) * 3,
        lambda: exp(Value(2.0)),
        lambda: where(Value(2.0) > 0, Value(1.0), 0.0),
        lambda: np.maximum(Value(2.0), 0.0),
        lambda: sigmoid(Tensor([1.0])),
        lambda: Tensor([1.0])[0],
    ],
)
def test_backward_of_what_was_computed_inside_no_grad_says_so(compute):
    with no_grad():
        y = compute()
    with pytest.raises(RuntimeError, match=r"computed inside no_grad\(\).*compute it outside of the block"):
        y.backward()
    assert y.grad is None
    y = compute()
    y.backward()
    assert y.grad == 1.0


def test_a_leaf_has_the_gradient_1():
    with no_grad():
        made_inside = Value(2.0)
        computed = Value(3.0) * 2
    for leaf in (Value(2.0), Tensor(2.0), made_inside, Weight(2.0, "w")):
        leaf.backward()
        assert leaf.grad == 1.0
    (computed * computed).backward()  # as a parameter it is as good as any
    assert computed.grad == 12.0
