"""`Value` as a citizen of Python and NumPy."""

import math
import operator
import threading

import numpy as np
import pytest
from reference import ordinary

from autograd import DomainError, Tensor, Value, grad, no_grad, sin, where
from autograd._table.define import rows

SCALARS = [3, 3.0, True, np.float64(3), np.float32(3), np.int64(3), np.uint8(3), np.bool_(True)]
OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]


@pytest.mark.parametrize("scalar", SCALARS, ids=lambda s: type(s).__name__)
@pytest.mark.parametrize("apply", OPERATORS, ids=lambda f: f.__name__)
def test_operators_take_every_real_number_on_either_side(apply, scalar):
    x = Value(2.0)
    for result, expected in (
        (apply(x, scalar), apply(2.0, float(scalar))),
        (apply(scalar, x), apply(float(scalar), 2.0)),
    ):
        assert type(result) is Value
        assert result == expected
        assert x in result.parents
        if len(result.args) == 2:  # x**2 is a square
            assert float(scalar) in [a for a in result.args if isinstance(a, float)]


@pytest.mark.parametrize("bad", [1j, "3", None, np.complex128(1), b"3"], ids=repr)
@pytest.mark.parametrize("apply", OPERATORS, ids=lambda f: f.__name__)
def test_operators_name_what_they_do_not_take(apply, bad):
    for left, right in ((Value(2.0), bad), (bad, Value(2.0))):
        with pytest.raises(TypeError) as error:
            apply(left, right)
        assert type(bad).__name__ in str(error.value) or repr(bad) in str(error.value)


@pytest.mark.parametrize("bad", [1j, "3", None, [1.0], np.ones(2), np.ones(1), Value(1.0)], ids=repr)
def test_a_value_is_made_of_one_real_number(bad):
    with pytest.raises(TypeError, match=type(bad).__name__):
        Value(bad)


def test_a_whole_number_beyond_a_float():
    with pytest.raises(DomainError, match="a float can hold"):
        Value(10**400)


def test_comparison_is_by_number_and_hashing_by_identity():
    a, b = Value(2.0), Value(2.0)
    assert a == b == 2
    assert a < 3 <= Value(3.0)
    assert bool(a != 2.0) is False
    assert bool(1 < a) is True  # noqa: SIM300
    assert a != "2"
    assert repr(a > 1) == "True"
    assert len({a, b}) == 2
    with pytest.raises(TypeError):
        a < "2"  # noqa: B015


def test_numbers_out_of_a_value():
    x = Value(2.75, label="x")
    assert float(x) == 2.75
    assert int(x) == 2
    assert f"{x:.1f}" == "2.8"
    assert f"{x}" == str(x) == repr(x) == "Value(2.75, label='x')"
    assert bool(x)
    assert not Value(0.0)
    assert abs(Value(-2.0)) == 2
    assert +x is x
    assert math.sqrt(Value(4.0)) == 2.0


def test_the_builtin_sum():
    values = [Value(1.0), Value(2.0)]
    total = sum(values)
    total.backward()
    assert total == 3
    assert [v.grad for v in values] == [1.0, 1.0]


def test_every_one_input_primitive_is_a_method_under_its_name_and_numpys():
    for row in rows():
        if row.arity == 1 and row.public:
            (number,) = ordinary(row, 0.6)
            x = Value(number)
            assert getattr(x, row.name)() == row(Value(number))
            if isinstance(row.on_arrays, np.ufunc):
                assert row.on_arrays(x).op is row
                assert row.on_arrays(np.array([x], dtype=object))[0] == row(number)


def test_object_arrays_of_values_follow_the_same_formula():
    W = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]])
    a = np.array([5.0, 6.0])
    z = W @ a + np.array([Value(0.5), Value(-0.5)])
    assert [float(v) for v in z] == [17.5, 38.5]
    out = sin(z)
    assert out.dtype == object
    out[0].backward()
    assert W[0, 1].grad == pytest.approx(6 * math.cos(17.5))


def test_an_array_times_a_value_is_an_array_of_values():
    x = Value(2.0)
    for product in (np.array([1.0, 3.0]) * x, x * np.array([1.0, 3.0])):
        assert isinstance(product, np.ndarray)
        assert [type(p) for p in product] == [Value, Value]
        assert list(product) == [2.0, 6.0]
    assert type(np.float64(2) * x) is Value
    assert list(x > np.array([1, 3])) == [True, False]


def test_a_value_and_a_tensor_do_not_mix_silently():
    with pytest.raises(TypeError, match="no operation joins the two kinds"):
        Value(1.0) * Tensor([1.0])
    with pytest.raises(TypeError, match="no operation joins the two kinds"):
        Tensor([1.0]) + Value(1.0)


def test_numpy_functions_outside_the_table_say_so():
    with pytest.raises(TypeError, match=r"numpy\.ldexp"):
        np.ldexp(Value(2.0), 2)


# -- outside the domain -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("calculation", "operation", "number"),
    [
        (lambda w: w.log(), "log", "0.0"),
        (lambda w: (w - 1).log(), "log", "-1.0"),
        (lambda w: 1 / w, "truediv", "0.0"),
        (lambda w: w**-1, "pow", "0.0"),
        (lambda w: (w - 1).sqrt(), "sqrt", "-1.0"),
        (lambda w: (w - 8) ** (1 / 3), "pow", "-8.0"),
        (lambda w: (w + 1000).exp(), "exp", "1000.0"),
        (lambda w: (w + 2).asin(), "asin", "2.0"),
        (lambda w: (w + 1e300) ** 3, "pow", "1e+300"),
    ],
)
def test_outside_the_domain_the_operation_and_its_numbers_are_named(calculation, operation, number):
    with pytest.raises(DomainError) as error:
        calculation(Value(0.0, label="w"))
    assert operation in str(error.value)
    assert number in str(error.value)
    assert isinstance(error.value, ValueError)


def test_labels_are_named_where_the_domain_is_left():
    with pytest.raises(DomainError, match="w_1 = -1"):
        Value(-1.0, label="w_1").log()


def test_a_root_at_zero_has_a_value_and_no_derivative():
    for root in (lambda v: v.sqrt(), lambda v: v**0.5):
        y = root(Value(0.0, label="w"))
        assert y == 0
        with pytest.raises(DomainError, match="derivative"):
            y.backward()


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_backward_on_what_is_not_a_number_names_where_it_began(bad):
    x = Value(bad, label="w")
    with pytest.raises(DomainError, match="leaf w"):
        (x + 1).backward()
    assert x.grad is None


def test_an_overflow_on_the_way_is_named():
    x = Value(1e308)
    with pytest.raises(DomainError, match=r"mul\(1e\+308, 10"):
        (x * 10 * 0.5).backward()


def test_an_overflowing_gradient_is_named_and_nothing_is_left_behind():
    x = Value(1e-200, label="x")
    x.grad = 7.0
    y = (x / 1e-200).with_label("y")
    z = y / 1e-200
    with pytest.raises(DomainError, match="not finite"):
        z.backward()
    assert x.grad == 7.0
    assert y.grad is None
    (y * 2).backward()  # the counts of the failed sweep are gone
    assert y.grad == 2.0


def test_ctrl_c_in_a_sweep_leaves_the_gradients_as_they_were(monkeypatch):
    x = Value(2.0)
    y = x.cosh()
    x.grad = 5.0

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(y.op, "pull", interrupted)
    with pytest.raises(KeyboardInterrupt):
        y.backward()
    monkeypatch.undo()
    assert x.grad == 5.0
    y.backward()
    assert x.grad == pytest.approx(5 + math.sinh(2))


def test_nan_is_kept_by_choices():
    nan = Value(math.nan)
    assert math.isnan(float(nan.relu()))
    for choice in (np.maximum, np.minimum):
        assert math.isnan(float(choice(nan, 1.0)))
        assert math.isnan(float(choice(1.0, nan)))


# -- leaves and records ---------------------------------------------------------------------------


def test_a_leafs_number_may_change_without_changing_a_recorded_gradient():
    x = Value(2.0)
    y = x * x
    x.data = 10
    y.backward()
    assert x.grad == 4.0


@pytest.mark.parametrize("row", [r for r in rows() if r.public], ids=str)
def test_a_record_keeps_the_numbers_it_saw(row):
    """Of every row, whichever numbers its derivative needs."""
    seen = ordinary(row, 0.5, 0.25, 0.75)
    leaves = [Value(x) for x in seen]
    nodes = [row(*leaves)] + (
        [leaves[0] + leaves[1], leaves[0] / 2.0, 3.0 - leaves[0]] if row.arity > 1 else []
    )
    inputs = [node.inputs for node in nodes]
    for leaf in leaves:
        leaf.data = 0.125
    assert [node.inputs for node in nodes] == inputs
    assert inputs[0] == seen


def test_a_recorded_sweep_refuses_a_leaf_that_changed():
    x = Value(2.0, label="x")
    y = x * x
    x.data = 10
    with pytest.raises(RuntimeError, match="record the calculation again"):
        y.backward(create_graph=True)


def test_only_a_leafs_number_can_be_set():
    y = Value(2.0) * 3
    with pytest.raises(AttributeError, match="only a leaf"):
        y.data = 1.0
    with pytest.raises(TypeError, match="str"):
        Value(2.0).data = "1"


def test_gradients_accumulate_until_cleared():
    x = Value(3.0)
    (x * x).backward()
    (x * x).backward(gradient=10)
    assert x.grad == 66.0
    x.grad = 0
    (x * x).backward()
    assert x.grad == 6.0


def test_where_chooses_and_only_the_choice_has_a_derivative():
    x, y = Value(2.0), Value(5.0)
    for condition, choice, other in ((True, x, y), (Value(0.0), y, x)):
        x.grad = y.grad = None
        result = where(condition, x * 3, y * 3)
        result.backward()
        assert result == float(choice) * 3
        assert choice.grad == 3.0
        assert other.grad == 0.0
        assert len(result.args) == 3


def test_a_condition_that_is_a_node_has_no_influence_by_degrees():
    condition, x = Value(2.0), Value(3.0)
    where(condition, x, 1.0).backward()
    assert (condition.grad, x.grad) == (0.0, 1.0)


def test_numpy_whole_numbers_square_too():
    for two in (2, 2.0, np.int64(2), np.float32(2)):
        assert str((Value(3.0) ** two).op) == str((Tensor([3.0]) ** two).op) == "square"


# -- recording off ------------------------------------------------------------------------------


def test_a_value_is_compared_by_pytest_on_either_side():
    x = Value(0.1) + Value(0.2)
    assert x == pytest.approx(0.3)
    assert pytest.approx(0.3) == x
    assert [x, x * 2] == pytest.approx([0.3, 0.6])
    assert x != pytest.approx(0.4)
    np.testing.assert_allclose([x, x * 2], [0.3, 0.6])


def test_no_grad_records_nothing_and_ends_with_its_block():
    x = Value(2.0)
    with no_grad():
        assert (x * x).is_leaf
        assert x.exp().is_leaf
        assert np.maximum(x, 1.0).is_leaf
        with no_grad():
            pass
        assert (x * x).is_leaf
    assert not (x * x).is_leaf


def test_no_grad_ends_when_its_block_raises():
    with pytest.raises(KeyError), no_grad():
        raise KeyError
    assert not (Value(2.0) * 2).is_leaf


def test_no_grad_goes_on_after_a_transform_that_used_it():
    def f(x):
        with no_grad():
            x * 2
        return x * x

    with no_grad():
        assert grad(f)(3.0) == 6.0
        assert (Value(1.0) * 2).is_leaf
    assert not (Value(1.0) * 2).is_leaf


def test_no_grad_left_in_another_order_than_entered():
    def block():
        with no_grad():
            yield

    first, second = block(), block()
    next(first), next(second)
    first.close()
    assert (Value(1.0) * 2).is_leaf
    second.close()
    assert not (Value(1.0) * 2).is_leaf


def test_no_grad_left_in_another_thread():
    def block():
        with no_grad():
            yield

    inside = block()
    next(inside)
    thread = threading.Thread(target=inside.close)
    thread.start()
    thread.join()
    assert not (Value(1.0) * 2).is_leaf


def test_a_sweep_inside_a_sweep_does_not_wait_for_itself(monkeypatch):
    x, other = Value(2.0), Value(5.0)
    y = x.cosh()
    pull = y.op.pull

    def interrupted(node, wait):
        (other * 3).backward()  # as a signal handler might
        return pull(node, wait)

    monkeypatch.setattr(y.op, "pull", interrupted)
    y.backward()
    assert other.grad == 3.0
    assert x.grad == pytest.approx(math.sinh(2))


def test_no_grad_is_a_decorator():
    @no_grad()
    def twice(x):
        return x * 2

    assert twice(Value(1.0)).is_leaf
    assert twice(Value(1.0)).is_leaf


def test_no_grad_holds_for_its_own_thread_only():
    entered, leave, seen = threading.Event(), threading.Event(), []

    def other():
        with no_grad():
            seen.append((Value(2.0) * 2).is_leaf)
            entered.set()
            leave.wait(5)

    thread = threading.Thread(target=other)
    thread.start()
    entered.wait(5)
    here = (Value(2.0) * 2).is_leaf
    leave.set()
    thread.join()
    assert seen == [True]
    assert here is False


def test_two_threads_sweep_graphs_that_share_their_leaves():
    w = Value(2.0)
    errors = []

    def work():
        for _ in range(200):
            y = w
            for _ in range(20):
                y = y * 1.0 + w * 0.5
            y.backward()
            if y.parents[0].grad is None:
                errors.append("no gradient")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not errors
    assert w.grad == pytest.approx(4 * 200 * 11)
