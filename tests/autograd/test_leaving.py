"""A number leaves the graph only when its owner says so: right, or an error that tells how to write it."""

import functools
import math

import numpy as np
import pytest

import autograd
from autograd import Tensor, Value, grad, jacobian, no_grad, stack, value_and_grad
from autograd._graph.leaving import plain_array

MATRIX = np.array([[1.0, 2.0], [3.0, 4.0]])


def stored(x):
    held = np.zeros(1)
    held[0] = x * 2
    return held.sum()


def stored_in_a_row(x):
    held = np.zeros((2, 3))
    held[0, :] = x * 2
    return held.sum()


# What NumPy and Python can do to one number, beside its derivative. Each is added to x * x.
ONE_NUMBER = {
    "np.array": (lambda x: np.array([x, x * 3]).sum(), 4.0),
    "np.array of floats": (lambda x: np.array([x, x], float).sum(), 2.0),
    "np.mean": (lambda x: np.mean([x, x * 3]), 2.0),
    "an element": (stored, 2.0),
    "a row": (stored_in_a_row, 6.0),
    "np.full": (lambda x: np.full(3, x).sum(), 3.0),
    "np.c_": (lambda x: np.c_[x, x].sum(), 2.0),
    "np.vectorize": (lambda x: np.vectorize(lambda t: t * 2)(x)[()], 2.0),
    "math.sin": (math.sin, math.cos(1.3)),
    "math.fsum": (lambda x: math.fsum([x, x]), 2.0),
    "np.interp": (lambda x: np.interp(x, [0, 2], [0, 4]), 2.0),
    "np.gradient": (lambda x: np.gradient(np.array([x, x * 3]))[0], 2.0),
    "np.concatenate": (lambda x: np.concatenate([[x], [x]]).sum(), 2.0),
    "np.fromiter": (lambda x: np.fromiter([x], float).sum(), 1.0),
    "astype": (lambda x: np.array([x], object).astype(float).sum(), 1.0),
    "np.append": (lambda x: np.append(np.zeros(2), x).sum(), 1.0),
    "np.insert": (lambda x: np.insert(np.zeros(2), 0, x).sum(), 1.0),
    "fill": (lambda x: (lambda held: (held.fill(x), held.sum())[1])(np.zeros(2)), 2.0),
    "np.float64": (np.float64, 1.0),
    "complex": (lambda x: complex(x).real, 1.0),
    "array.array": (lambda x: sum(__import__("array").array("d", [x])), 1.0),
    "np.polyval": (lambda x: np.polyval([x, 1.0], 2.0), 2.0),
    "np.where": (lambda x: np.where([True, False], x, 0.0).sum(), 1.0),
    "np.linspace": (lambda x: np.linspace(0, x, 3).sum(), 1.5),
    "np.outer": (lambda x: np.outer([x], [2.0]).sum(), 2.0),
    "int": (lambda x: int(x) * 1.0, 0.0),
}
# What only asks a Value for float(x), as its owner does too: seen where something is differentiated by it.
SEEN_IN_A_TRANSFORM = (
    "math.sin",
    "math.fsum",
    "np.fromiter",
    "astype",
    "fill",
    "np.float64",
    "complex",
    "array.array",
    "int",
)


def outcome(f):
    try:
        return f()
    except (TypeError, ValueError) as error:
        chain = [error]
        while chain[-1].__cause__ is not None:
            chain.append(chain[-1].__cause__)
        text = " ".join(map(str, chain))
        assert (
            "lost without a word" in text or "has no counterpart" in text or "there is no primitive" in text
        )
        return None


@pytest.mark.parametrize("name", ONE_NUMBER)
def test_inside_a_transform_a_number_is_right_or_refused(name):
    f, slope = ONE_NUMBER[name]
    for x in (1.3, np.array(1.3)):
        derivative = outcome(lambda x=x: grad(lambda x: x * x + f(x))(x))
        assert derivative is None or derivative == pytest.approx(2.6 + slope, rel=1e-12)


@pytest.mark.parametrize("name", ONE_NUMBER)
def test_outside_of_transforms_a_tensor_is_right_or_refused(name):
    f, slope = ONE_NUMBER[name]
    x = Tensor(1.3)
    if outcome(lambda: (x * x + f(x)).backward() or True):
        assert x.grad == pytest.approx(2.6 + slope, rel=1e-12)


@pytest.mark.parametrize("name", [name for name in ONE_NUMBER if name not in SEEN_IN_A_TRANSFORM])
def test_outside_of_transforms_a_value_is_right_or_refused(name):
    f, slope = ONE_NUMBER[name]
    x = Value(1.3)
    if outcome(lambda: (x * x + f(x)).backward() or True):
        assert x.grad == pytest.approx(2.6 + slope, rel=1e-12)


def test_a_product_with_an_array_of_numpys():
    """The method of an array asks nobody; NumPy's functions ask the Tensor."""
    with pytest.raises(TypeError, match="lost without a word"):
        grad(lambda x: MATRIX.dot(x).sum() + x[0])(np.ones(2))
    np.testing.assert_array_equal(grad(lambda x: np.inner(MATRIX, x).sum())(np.ones(2)), MATRIX.sum(0))
    np.testing.assert_array_equal(grad(lambda x: np.vdot(MATRIX[0], x))(np.ones(2)), MATRIX[0])
    x = Tensor([1.0, 2.0])
    with pytest.raises(TypeError, match="lost without a word"):
        MATRIX.dot(x)


def test_what_the_errors_advise_works():
    x = Value(2.0)
    held = np.zeros(2, dtype=object)
    held[0] = x * x
    (held.sum() + x).backward()
    assert x.grad == 5.0
    assert grad(lambda p: stack([p[0], p[1] * p[0]]).sum())(np.array([2.0, 3.0])).tolist() == [4.0, 2.0]
    nodes = np.array([Tensor(1.0), Tensor(2.0)], dtype=object)
    assert nodes.dtype == object
    assert nodes[1].item() == 2.0
    assert grad(lambda x: x * x + math.sin(x.data))(2.0) == 4.0


def test_in_place_operators_of_arrays():
    x = Value(2.0)
    total = np.zeros(2, dtype=object)
    total += x
    total *= x
    total.sum().backward()
    assert x.grad == 8.0
    for node in (Value(2.0), Tensor(2.0)):
        numbers = np.ones(2)
        with pytest.raises(TypeError, match=r"write r = r \+ x in place of r \+= x"):
            numbers += node
        with no_grad():
            numbers *= node
        assert numbers.tolist() == [2.0, 2.0]


def test_the_ways_out_that_say_so():
    t, x = Tensor(2.5), Value(2.5)
    assert (t.item(), float(t.data), f"{t:.1f}", bool(t > 1)) == (2.5, 2.5, "2.5", True)
    assert (float(x), int(x), x.data, f"{x:.1f}", "%.1f" % x, x > 1) == (2.5, 2, 2.5, "2.5", "2.5", True)  # noqa: UP031
    assert ("%.1f" % t, x.item()) == ("2.5", 2.5)  # noqa: UP031
    with no_grad():
        assert (float(t), int(t), np.asarray(t).tolist()) == (2.5, 2, 2.5)
        held = np.zeros(2)
        held[0] = x
        held[1] = t
        assert held.tolist() == [2.5, 2.5]
    assert grad(lambda x: x * x + float(f"{x:.3f}") * 0)(2.0) == 4.0
    np.testing.assert_allclose(Tensor([1.0, 2.0]), [1.0, 2.0])


def test_a_number_of_something_else_may_be_taken_inside_a_transform():
    w = Value(3.0)
    assert grad(lambda x: x * float(w) * math.cos(w))(2.0) == 3.0 * math.cos(3.0)
    with no_grad():
        assert grad(lambda x: x * x)(2.0) == 4.0


def test_no_grad_inside_a_transform_is_a_way_out():
    def f(x):
        with no_grad():
            c = float(x) + math.sin(x)
        return x * c

    assert grad(f)(2.0) == 2.0 + math.sin(2.0)


def test_a_result_that_is_cut_as_a_whole_is_an_error():
    for cut in (math.sin, lambda x: x.data * 2, lambda x: [x.data, 2.0]):
        with pytest.raises(TypeError):
            jacobian(cut)(2.0)
    for cut in (lambda x: x.item() ** 2, lambda x: float(x.data) ** 2):
        with pytest.raises(TypeError, match=r"nothing of the function's result depends on its argument"):
            value_and_grad(cut)(np.array(2.0))
    w = Value(3.0)
    assert grad(lambda x: w.data * 2)(1.0) == 0.0  # nothing of x is in it

    def paused(x):
        with no_grad():
            return x * x

    for cut in (
        lambda x: Value(x.data) ** 2,
        lambda x: w * x.data,
        paused,
        no_grad()(lambda x: x * x),
        lambda x: w * paused(x) + 1,
    ):
        with pytest.raises(TypeError, match="nothing of the function's result depends on its argument"):
            grad(cut)(2.0)
    with pytest.raises(TypeError, match="inside no_grad"):
        grad(lambda x: paused(x).sum())(np.ones(2))
    assert grad(lambda x: x * paused(x))(2.0) == 4.0


def test_many_looks_at_what_is_not_differentiated_take_linear_time():
    def steps(n):
        walked = 0

        def count(node):
            nonlocal walked
            walked += 1
            return links(node)

        def f(x):
            w = Value(1.0)
            for _ in range(n):
                w = w * 1.0001
                float(w), w.data
            return x * w

        links = Value._links
        Value._links = count
        try:
            grad(f)(1.0)
        finally:
            Value._links = links
        return walked

    assert steps(400) < 3 * steps(200)


def test_nobody_is_advised_to_cut_the_graph():
    for f in (lambda: Tensor([1.0]) * Value(3.0), lambda: Value(3.0) * Tensor([1.0])):
        with pytest.raises(TypeError, match="no operation joins the two kinds") as error:
            f()
        assert "float(" not in str(error.value)
    assert grad(lambda x: (x * Tensor(2.0)).sum())(np.ones(2)).tolist() == [2.0, 2.0]


def test_numbers_of_anything():
    assert plain_array([Value(1.0), 2]).tolist() == [1.0, 2.0]
    assert plain_array([[Tensor(1.0)], [3]]).tolist() == [[1.0], [3.0]]
    x = Tensor([1.0])
    plain_array(x)[0] = 5.0
    assert x.data.tolist() == [1.0]


def test_a_number_taken_in_a_thread_that_a_transform_started():
    import concurrent.futures

    def f(x):
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            return x * pool.submit(math.sin, x).result()

    with pytest.raises(TypeError, match="lost without a word"):
        grad(f)(1.0)


def test_every_function_of_the_table_still_records():
    assert grad(functools.partial(autograd.sigmoid))(0.0) == 0.25
