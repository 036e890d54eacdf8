"""Mistakes planted in running modules: each does what it says, and nothing of it stays."""

import inspect
import math
import os
import sys
import threading

import mpmath as mp
import numpy as np
import pytest

import autograd as ag
from autograd import Tensor, Value, grad, gradcheck, jacobian, jvp
from autograd._derivatives import value_sweep
from autograd._graph.node import Node
from autograd._graph.primitive import PRIMITIVES
from autograd._table.readings import ARRAYS, FLOATS, NODES, NUMPY
from autograd.testing import Mutant, mutants, mutation_score
from autograd.testing._engines import homework
from autograd.testing._mutants import mutant as mutant_module
from autograd.testing._mutants.running import planting as planting_module
from autograd.testing._mutants.running.codes import objects_of
from autograd.testing._mutants.running.planting import functions_and_caches

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="Python cannot fork here")


def backward(f, *points):
    nodes = [(Value if isinstance(x, float) else Tensor)(x) for x in points]
    f(*nodes).backward()
    return [node.grad for node in nodes]


def slope(f, x):
    return [float(mp.diff(f, x))]


def numbers(x):
    """All numbers of a result, one after the other."""
    if isinstance(x, (list, tuple)):
        return [number for part in x for number in numbers(part)]
    return np.ravel(x).astype(float).tolist()


def program_of(f, count):
    leaves = [Value(0.5) for _ in range(count)]
    return ag.compile(f(*leaves), [], leaves)


def batch_of(f, X):
    leaves = [Value(0.5) for _ in X[0]]
    return ag.compile(f(*leaves), leaves, [])([], X)


def weighted(weights, inputs):
    return ag.sum([w * x * w * ag.sin(w) for w, x in zip(weights, inputs, strict=True)])


def weighted_gradient():
    weights, inputs = ([Value(0.5) for _ in range(20)] for _ in range(2))
    return ag.compile(weighted(weights, inputs), inputs, weights).value_and_grad(W, np.ones((50, 20)))[1]


def accumulated(x):
    leaf = Value(x)
    (leaf * 3).backward()
    (leaf * 4).backward()
    return leaf.grad


def accepts(factor):
    """Whether gradcheck takes the derivative of x² times a factor for right."""
    try:
        return float(gradcheck(lambda x: x * x + (factor - 1) * 2 * x.data * (x - x.data), 0.7))
    except AssertionError:
        return 0.0


W = np.linspace(0.0, 2.0, 20)
A, B = np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[1.0, -2.0], [0.5, 7.0]])
S = np.exp([0.1, 0.2]) / np.sum(np.exp([0.1, 0.2]))

# A calculation that each mutant makes wrong, and the right result.
EFFECTS = {
    "sin: minus cos": (lambda: backward(ag.sin, 0.3), slope(mp.sin, 0.3)),
    "cos: the minus is lost": (lambda: backward(ag.cos, 0.3), slope(mp.cos, 0.3)),
    "square: the factor is lost": (lambda: backward(ag.square, 0.3), [0.6]),
    "sqrt: the factor is lost": (lambda: backward(ag.sqrt, 0.3), slope(mp.sqrt, 0.3)),
    "pow: the exponent stays": (lambda: backward(lambda x: x**3, 0.3), [0.27]),
    "truediv: without the square": (lambda: backward(lambda x, y: x / y, 0.3, 0.2), [5.0, -7.5]),
    "sigmoid: its value for its derivative": (
        lambda: backward(ag.sigmoid, 0.3),
        slope(lambda x: 1 / (1 + mp.exp(-x)), 0.3),
    ),
    "tanh: without the square": (lambda: backward(ag.tanh, 0.3), slope(mp.tanh, 0.3)),
    "exp: wrong beyond 20": (lambda: backward(ag.exp, 21.0), [math.exp(21)]),
    "where: the other branch counts": (
        lambda: backward(lambda x, y: ag.where(x > y, x * 2, y * 3), 0.3, 0.5),
        [0.0, 3.0],
    ),
    "tanh: a factor in the second derivative": (
        lambda: grad(grad(ag.tanh))(0.3),
        [float(mp.diff(mp.tanh, 0.3, 2))],
    ),
    "maximum: a tie counts twice": (lambda: backward(ag.maximum, 1.0, 1.0), [0.5, 0.5]),
    "max: ties count whole": (lambda: backward(Tensor.max, [1.0, 1.0]), [0.5, 0.5]),
    "value sweep: = for +=": (lambda: backward(lambda x: x * x, 0.3), [0.6]),
    "value sweep: a second backward forgets": (lambda: accumulated(0.3), [7.0]),
    "general sweep: = for +=": (lambda: grad(lambda x: x * x)(0.3), [0.6]),
    "general sweep: a node before its last use": (
        lambda: grad(lambda x: (lambda y: y * (y + ag.sin(y)))(x * 3))(0.3),
        slope(lambda x: 3 * x * (3 * x + mp.sin(3 * x)), 0.3),
    ),
    "tensor sweep: = for +=": (lambda: backward(lambda t: (t * t).sum(), [1.0, 2.0]), [2.0, 4.0]),
    "tensor sweep: a third use is lost": (
        lambda: backward(lambda t: (lambda u: (u * u + ag.sin(ag.sin(u))).sum())(t * 2), [1.0]),
        slope(lambda x: 4 * x * x + mp.sin(mp.sin(2 * x)), 1.0),
    ),
    "an unused leaf has a gradient": (lambda: grad(lambda x, y: x * x, (0, 1))(0.3, 0.2), [0.6, 0.0]),
    "broadcasting: not summed": (
        lambda: backward(lambda t, u: (t * u).sum(), [1.0, 2.0], A),
        [4.0, 7.0, 1.0, 2.0, 1.0, 2.0],
    ),
    "broadcasting: the largest for the sum": (
        lambda: backward(lambda t, u: (t * u).sum(), [[1.0], [2.0]], A),
        [3.0, 8.0, 1.0, 1.0, 2.0, 2.0],
    ),
    "broadcasting: the wrong axis": (
        lambda: backward(lambda t, u: (t * u).sum(), [1.0, 2.0], A),
        [4.0, 7.0, 1.0, 2.0, 1.0, 2.0],
    ),
    "matmul: not transposed": (
        lambda: backward(lambda t, u: (t @ u).sum(), A, B),
        [*np.ravel(np.ones((2, 2)) @ B.T), *np.ravel(A.T @ np.ones((2, 2)))],
    ),
    "sum: divided by the count": (lambda: backward(Tensor.sum, A), [1.0] * 4),
    "softmax: the diagonal alone": (
        lambda: jacobian(ag.softmax)(np.array([0.1, 0.2])),
        np.ravel(np.diag(S) - np.outer(S, S)),
    ),
    "getitem: a repeated index counts once": (
        lambda: backward(lambda t: t[np.array([0, 0, 1])].sum(), [1.0, 2.0]),
        [2.0, 1.0],
    ),
    "forward mode: = for +=": (lambda: jvp(lambda x, y: x * y, (2.0, 5.0), (1.0, 1.0)), [10.0, 7.0]),
    "nested grad: levels are confused": (
        lambda: grad(lambda x: x * grad(lambda y: x * y)(x))(2.0),
        [4.0],
    ),
    "second order: a partial counts as a constant": (lambda: grad(grad(lambda x: x * x * x))(2.0), [12.0]),
    "argnums: counted from the wrong end": (
        lambda: grad(lambda x, y, z: x * y * z, -1)(2.0, 3.0, 5.0),
        [6.0],
    ),
    "compiled sum: the signs are lost": (
        lambda: batch_of(lambda x, y, z, w: x - (y - (z - w)), [[1.0, 2.0, 3.0, 5.0]] * 50)[:1],
        [-3.0],
    ),
    "compiled gradient: = for +=": (
        lambda: program_of(lambda x: x * x, 1).value_and_grad([0.3], [[]])[1],
        [0.6],
    ),
    "compiled gradient on arrays: = for +=": (
        weighted_gradient,
        2 * W * np.sin(W) + W * W * np.cos(W),
    ),
    "gradcheck: everything passes": (lambda: accepts(1.001), [0.0]),
    "gradcheck: a tolerance too wide": (lambda: accepts(1.001), [0.0]),
}


def result(calculation):
    """Its numbers, as they are printed to the last bit, or its error."""
    try:
        return repr(numbers(calculation()))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def state():
    """All names of the engine's modules, classes, readings and rows, and the parts of its functions."""
    modules = [m for name, m in list(sys.modules.items()) if name.partition(".")[0] == "autograd"]
    spaces = {x: vars(x) for x in (*modules, Node, Value, Tensor, *PRIMITIVES.values())}
    spaces |= {"floats": FLOATS, "arrays": ARRAYS, "nodes": NODES, "numpy": NUMPY, "table": PRIMITIVES}
    names = {
        (space, name): value
        for space, values in spaces.items()
        for name, value in dict(values).items()
        if not isinstance(value, int)  # a counter
    }
    functions = [f for f in objects_of() if (f.__module__ or "").startswith("autograd.")]
    return names, [(f, f.__code__, f.__defaults__, f.__kwdefaults__) for f in functions]


def same(before, after):
    (names, functions), (names_after, _) = before, after
    assert names.keys() == names_after.keys()
    assert [key for key, value in names.items() if names_after[key] is not value] == []
    for function, code, defaults, keywords in functions:
        assert function.__code__ is code, function
        assert (function.__defaults__, function.__kwdefaults__) == (defaults, keywords)


@pytest.fixture(scope="module")
def state_before():
    for calculation, _ in EFFECTS.values():  # what a first use alone sets
        calculation()
    return state()


def test_each_mutant_has_an_effect():
    assert [*EFFECTS] == [*mutants]
    assert len(mutants) >= 20
    assert all(m.mistake and ":" in m.where for m in mutants.values())


@pytest.fixture(scope="module")
def objects(state_before):
    return functions_and_caches()


@pytest.fixture
def one_walk(objects, monkeypatch):
    """The walk over all objects of the process takes longer than all else, for the same list each time."""
    for module in (mutant_module, planting_module):
        monkeypatch.setattr(module, "functions_and_caches", lambda: objects)


@pytest.mark.parametrize("name", mutants)
def test_a_mutant_makes_a_right_number_wrong_and_leaves_nothing(name, one_walk):
    calculation, right = EFFECTS[name]
    before = result(calculation)
    assert numbers(calculation()) == pytest.approx(numbers(right), rel=1e-12)
    with mutants[name]:
        planted = result(calculation)
    assert result(calculation) == before  # to the last bit
    assert planted.startswith("["), planted  # a wrong number, not an error
    assert eval(planted) != pytest.approx(numbers(right), rel=1e-6)


def test_nothing_of_these_mutants_or_a_former_is_left(state_before):
    for name in ("sin: minus cos", "value sweep: = for +=", "matmul: not transposed"):
        with mutants[name]:
            result(EFFECTS[name][0])
    same(state_before, state())
    with pytest.raises(KeyboardInterrupt), mutants["gradcheck: a tolerance too wide"]:
        raise KeyboardInterrupt
    same(state_before, state())


def test_the_source_of_generated_functions_is_that_of_the_row(one_walk):
    right = inspect.getsource(Value.sin), inspect.getsource(value_sweep._walk)
    with mutants["sin: minus cos"]:
        assert "g * (-cos(x))" in inspect.getsource(value_sweep._walk)
    assert (inspect.getsource(Value.sin), inspect.getsource(value_sweep._walk)) == right


def test_one_mutant_at_a_time(one_walk):
    first, second = mutants["sin: minus cos"], mutants["cos: the minus is lost"]
    with first:
        for another in (first, second):
            with (
                pytest.raises(RuntimeError, match=r"'sin: minus cos' is planted already.*leave its block"),
                another,
            ):
                pass
        assert grad(ag.sin)(0.0) == -1.0
    with second:
        assert (grad(ag.sin)(0.0), grad(ag.cos)(1.0) > 0) == (1.0, True)


def test_a_name_that_no_mutant_has():
    with pytest.raises(KeyError, match="did you mean 'sin: minus cos'") as error:
        mutants["sin: minus cosine"]
    near = str(error.value).split("did you mean '")[1].split("'")[0]
    assert mutants[near].name == near
    assert "sin: minus cos " in repr(mutants)


def test_a_text_that_cannot_be_replaced(state_before):
    for text, replacement, message in (
        ("no such text", "pass", "0 times the text 'no such text'"),
        ("self.data", "self.number", "times the text 'self.data'; take more of the line"),
        ("return order[::-1]", "return order[", "with its replacement homework.py is no Python"),
    ):
        mutant = Mutant("damaged", homework.__name__, text, replacement)
        for use in (mutant.__enter__, lambda mutant=mutant: mutation_score(lambda: None, mutant)):
            with pytest.raises(ValueError, match=message):
                use()
    same(state_before, state())


def test_threads_and_forks_in_the_block_have_the_mistake(one_walk):
    slopes = []
    with mutants["sin: minus cos"]:
        thread = threading.Thread(target=lambda: slopes.append(grad(ag.sin)(0.0)))
        thread.start()
        thread.join()
        if hasattr(os, "fork") and not (child := os.fork()):
            os._exit(int(grad(ag.sin)(0.0) == -1.0))
    assert slopes == [-1.0]
    if hasattr(os, "fork"):
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1


def test_a_program_belongs_to_who_compiled_it():
    def compiled():
        return ag.compile(ag.sin(x), [], [x])

    def slope_of(program):
        return program.value_and_grad([0.0], [[]])[1][0]

    x = Value(0.5)
    before = compiled()
    slope_of(before)
    with mutants["sin: minus cos"]:
        inside = compiled()
        assert (slope_of(before), slope_of(inside)) == (1.0, -1.0)
    assert (slope_of(inside), slope_of(compiled())) == (-1.0, 1.0)


def test_a_graph_of_the_block_is_swept_rightly_after_it():
    x = Value(0.0)
    with mutants["sin: minus cos"]:
        y = ag.sin(x)
    y.backward()
    assert x.grad == 1.0
