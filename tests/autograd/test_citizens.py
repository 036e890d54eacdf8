"""Nodes among Python's and NumPy's own: boxed numbers, fractions, comparisons in tests, and clear errors."""

# ruff: noqa: SIM201, SIM300, UP031 - the forms are what is tested

import math
import pickle
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import autograd
import nn
from autograd import DomainError, Tensor, Value, compile, grad, jvp, maximum, no_grad, vjp, where

# -- an array of no dimension is a number ---------------------------------------------------------------

BOX = np.array(2.0)


@pytest.mark.parametrize("box", [np.array(2.0), np.array(2), np.array(2.0, np.float32), np.array(True)])
def test_an_array_of_no_dimension_is_a_number_to_a_value(box):
    number = float(box)
    x = Value(box, label="x")
    assert (x.data, type(x.data)) == (number, float)
    v = Value(3.0)
    for operate in (
        lambda a, b: a + b, lambda a, b: b + a, lambda a, b: a - b, lambda a, b: b - a, lambda a, b: a * b,
        lambda a, b: b * a, lambda a, b: a / b, lambda a, b: b / a, lambda a, b: a**b, lambda a, b: b**a,
        maximum, np.maximum, lambda a, b: where(a > b, a, b), lambda a, b: where(b < a, b, a),
    ):  # fmt: skip
        ours, theirs = operate(v, box), operate(v, number)
        assert isinstance(ours, Value)
        assert (ours, ours.op, ours.inputs) == (theirs, theirs.op, theirs.inputs)
    assert bool(v > box) == bool(box < v) == (number < 3.0)
    assert not v == box
    v.data, v.grad = box, box
    assert (v.data, v.grad) == (number, number)
    v.grad = None
    (v * v).backward(box)
    assert v.grad == 2 * number * number


def test_numbers_in_boxes_everywhere_else():
    v = Value(3.0)
    assert (autograd.sum([v, BOX]), autograd.mean([v, BOX]), autograd.max([BOX, v])) == (5.0, 2.5, 3.0)
    assert (autograd.max(v, BOX), autograd.dot([v, v], [BOX, BOX]), sum([v, BOX])) == (3.0, 12.0, 5.0)
    w = Value(1.0)
    assert compile(w * w, [], [w])([BOX]).tolist() == [4.0]
    assert jvp(lambda x: x * x, 3.0, BOX) == (9.0, 12.0)
    assert vjp(lambda x: x * x, 3.0)[1](BOX) == (12.0,)
    assert nn.cosine_decay(np.array(0.5), np.array(10))(0) == 0.5
    assert (Tensor([1.0, 3.0]) ** BOX).op == (Tensor([1.0, 3.0]) ** 2).op
    assert autograd.gradcheck(lambda x: x**3, BOX, order=np.int64(2))


def test_the_number_and_the_gradient_of_a_tensor_of_no_dimension_are_arrays():
    neuron = nn.Neuron(2, rng=0)
    sgd = nn.SGD(neuron.parameters(), lr=0.1)
    (neuron(np.ones((3, 2))) ** 2).mean().backward()
    assert type(neuron.b.grad) is np.ndarray
    sgd.step()
    neuron.b.data[...] = 0.5
    assert neuron.b.item() == 0.5
    t = Tensor(2.0)
    (t * t).backward()
    t.grad[...] = 7.0
    assert t.grad == 7.0


# -- other numbers --------------------------------------------------------------------------------------


def test_fractions_are_numbers_as_to_python_s_floats():
    half, v = Fraction(1, 2), Value(3.0)
    assert [(v * half), (half * v), (v + half), (half - v), (v**half)] == [1.5, 1.5, 3.5, -2.5, math.sqrt(3)]
    assert Value(half) == 0.5
    assert (v > half, v == Fraction(3), v < half) == (True, True, False)
    assert grad(lambda x: x * x)(half) == 1.0
    assert (Tensor([2.0, 4.0]) * half).data.tolist() == [1.0, 2.0]
    assert Tensor(half).item() == maximum(half, 0.25) == 0.5


def test_decimals_are_refused_as_by_python_s_floats_but_compared():
    v = Value(3.0)
    for wrong in (lambda: v * Decimal(2), lambda: Decimal(2) * v, lambda: Value(Decimal(2))):
        with pytest.raises(TypeError, match=r"Decimal.*float\(x\)"):
            wrong()
    assert v * float(Decimal(2)) == 6.0  # the advice
    assert (v == Decimal(3), v > Decimal("2.5"), v < Decimal(1)) == (True, True, False)


def test_subclasses_of_numbers_are_numbers():
    class Degrees(float):
        pass

    class Count(int):
        pass

    v = Value(Degrees(2.0))
    assert (v.data, v * Count(3), Count(3) * v, v / Degrees(4.0)) == (2.0, 6.0, 6.0, 0.5)
    assert grad(lambda x: x * x)(Degrees(2.0)) == 4.0


@pytest.mark.parametrize(
    "wrong",
    [lambda: Value(10**400), lambda: Value(1.0) * 10**400, lambda: Tensor([1.0]) + 10**400]
    + [lambda: Value(np.longdouble("1e4000"))] * int(np.finfo(np.longdouble).maxexp > 2000),
)
def test_a_number_beyond_the_largest_float_is_said(wrong):
    with pytest.raises(DomainError, match="takes a number a float can hold"):
        wrong()


def test_infinities_stay():
    assert Value(math.inf).data == Value(np.float32(np.inf)).data == math.inf


# -- in tests -------------------------------------------------------------------------------------------


def test_pytest_s_approx_in_either_order():
    v, t = Value(0.1 + 0.2, label="v"), Tensor([0.1 + 0.2, 2.0])
    assert v == pytest.approx(0.3)
    assert pytest.approx(0.3) == v
    assert v != pytest.approx(0.31)
    assert pytest.approx(0.31) != v
    assert not v == pytest.approx(0.31)
    assert 0.3 == pytest.approx(v)
    assert v == pytest.approx(v)
    assert t == pytest.approx(np.array([0.3, 2.0]))
    assert pytest.approx(np.array([0.3, 2.0])) == t
    assert not t == pytest.approx(np.array([0.3, 2.1]))
    assert t[0] == pytest.approx(0.3)
    assert [v, v] == pytest.approx([0.3, 0.3])
    assert {"v": v} == pytest.approx({"v": 0.3})


# -- choosing -------------------------------------------------------------------------------------------


def leaky(z):
    return z if z > 0 else 0.1 * z


CHOICES = r"autograd\.where\(x > 0, a, b\), maximum"


def test_an_if_on_an_array_names_what_chooses_by_element():
    x = np.array([1.0, -2.0])
    with pytest.raises(ValueError, match=CHOICES):
        grad(lambda z: leaky(z).sum())(x)
    for node in (Value, Tensor):
        net = nn.MLP([2, 3, 1], activation=leaky, node=node, rng=0)
        with pytest.raises(ValueError, match=CHOICES):
            net(x)
    with pytest.raises(ValueError, match=r"no one truth: autograd\.where\(t > 0, a, b\)"):
        bool(Tensor(x))
    # the advice
    assert grad(lambda z: where(z > 0, z, 0.1 * z).sum())(x).tolist() == [1.0, 0.1]
    both = [
        nn.MLP([2, 3, 1], activation=lambda z: where(z > 0, z, 0.1 * z), node=node, rng=0)
        for node in (Value, Tensor)
    ]
    assert float(both[0](x)[0]) == pytest.approx(both[1](x).item())
    assert grad(lambda z: maximum(z, 0).sum())(x).tolist() == [1.0, 0.0]


# -- messages, and their advice -------------------------------------------------------------------------


def test_a_gradient_of_another_shape():
    t = Tensor([2.0, 3.0], label="t")
    for wrong in ([[1.0, 2.0], [3.0, 4.0]], [1.0, 2.0, 3.0]):
        with pytest.raises(ValueError, match=r"the grad of t has shape \(2,\), not \("):
            t.grad = wrong
    assert t.grad is None
    t.grad = 1.0  # a number is one for each
    assert t.grad.tolist() == [1.0, 1.0]


def test_two_kinds_of_nodes():
    with pytest.raises(TypeError, match=r"Tensor\(2\.0\) holds one number.*np\.array\(2\.0\) is one"):
        grad(lambda a: a * Tensor(2.0))(3.0)
    assert grad(lambda a: a * Tensor(2.0))(np.array(3.0)).item() == 2.0  # both of the advices
    assert (Tensor(3.0) * Tensor([1.0, 2.0])).data.tolist() == [3.0, 6.0]


def test_rows_of_several_lengths():
    for node in (Tensor, Value):
        net = nn.MLP([2, 1], node=node, rng=0)
        with pytest.raises(ValueError, match="rows of 1 and 2 numbers, and an array has rows of one length"):
            net([[1, 2], [1]])
        assert np.shape(net([[1, 2], [1, 3]])) == (2, 1)
    with pytest.raises(ValueError, match="X has rows of 1 and 2 numbers"):
        nn.accuracy(net, [[1, 2], [1]], [0, 1])


def test_nothing_to_choose_from():
    with pytest.raises(ValueError, match=r"max of an array of shape \(0, 3\): .*no identity"):
        autograd.max(Tensor(np.zeros((0, 3))))
    assert autograd.max(Tensor(np.zeros((0, 3))), axis=1).shape == (0,)


def test_an_empty_list_is_an_index():
    assert Tensor([1.0, 2.0])[[]].shape == (0,)


def test_no_grad_can_be_entered_again():
    block = no_grad()
    for _ in range(2):
        with block:
            assert (Value(1.0) * 2).is_leaf
    assert not (Value(1.0) * 2).is_leaf


def test_compile_says_what_it_needs():
    x, w = Value(2.0, label="x"), Value(3.0, label="w")
    for wrong in (lambda: compile(x * w), lambda: compile(x * w, [x]), lambda: compile(x * w, wrt=[w])):
        with pytest.raises(TypeError, match=r"compile\(y, inputs=\[x\], wrt=\[\]\)"):
            wrong()
    assert compile(lambda x: x * x)(3.0) == 9.0  # a function has its arguments for inputs
    assert compile((lambda x: x * x)(x), inputs=[x], wrt=[])([], [[3.0]]).tolist() == [9.0]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: Value("2"), r"Value takes one real number, not str \('2'\); float\(x\) reads a number"),
        (
            lambda: Value(1.0, requires_grad=True),
            r"Value\(\) got an unexpected keyword argument 'requires_grad'",
        ),
        (Value, r"Value\(\) missing 1 required"),
        (lambda: Value(1.0) + None, "add of a Value takes real numbers and Values, not NoneType"),
        (lambda: Value([1.0]), "not list .*; a Tensor holds an array"),
        (lambda: f"{Tensor([1.0, 2.0]):.2f}", "only a Tensor of one element is a number"),
    ],
)
def test_clear_errors(wrong, said):
    with pytest.raises(TypeError, match=said):
        wrong()


def test_everyday_use():
    v, u = Value(2.5), Value(1.0)
    assert f"{v:.2f} {v:e} {v:>6}" == "2.50 2.500000e+00    2.5"
    assert f"{Tensor([2.5]):.1f}" == "2.5"
    assert sorted([v, u]) == [u, v]
    assert {v: 1}[v] == 1
    assert pickle.loads(pickle.dumps(v)) == v
    assert "%.1f" % v == "2.5"
