"""Mistakes planted in running modules: each does what it says, and nothing of it stays."""

import gc
import importlib
import importlib.util
import inspect
import math
import os
import sys
import threading
from types import FunctionType

import mpmath as mp
import numpy as np
import pytest

import autograd as ag
from autograd import Tensor, Value, grad, gradcheck, jacobian, jvp
from autograd._derivatives import value_sweep
from autograd._graph.node import Node
from autograd._graph.primitive import PRIMITIVES
from autograd._table.readings import ARRAYS, FLOATS, NODES, NUMPY
from autograd.testing import Mutant, mutants, mutants_of, mutation_score
from autograd.testing._engines import homework
from autograd.testing._engines.homework_bugs import HOMEWORK_BUGS
from autograd.testing._mutants import mutant as mutant_module
from autograd.testing._mutants import score as score_module
from autograd.testing._mutants.mutant import Mutants
from autograd.testing._mutants.running import codes
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


# -- any module -----------------------------------------------------------------------------------

COUNTER = """
    count = 5
    def step():
        return count + 1
"""

STUDENT = """
import functools
from dataclasses import dataclass

SCALE = 2.0
TABLE = [SCALE, 2 * SCALE]
double = lambda x: SCALE * x

@functools.cache
def cached(x):
    return double(x) + 1

def raised(x, power=2):
    return x ** power

def scaled(x, *, by=SCALE):
    return x * by

def counter():
    count = 5
    def step():
        return count + 1
    return step

class Base:
    def area(self):
        return 6.0

class Net(Base):
    width = 3

    def area(self):
        return super().area() + self.width

    def __radd__(self, other):
        return other + 1

    height = SCALE * 2

    def scaled(self, x, by=SCALE, more=5.0):
        return x * by + super().area() + more + 1

@dataclass
class Point:
    x: float = 1.0
"""


@pytest.fixture
def student(tmp_path, monkeypatch):
    """A module of a student, imported, and another that has imported from it."""
    (tmp_path / "student_net.py").write_text(STUDENT)
    (tmp_path / "student_use.py").write_text("from student_net import SCALE, TABLE, cached as kept\n")
    monkeypatch.syspath_prepend(tmp_path)
    gc.freeze()  # what is older need not be walked over, and is not: only where an early function is missing
    module = importlib.import_module("student_net")
    monkeypatch.setattr(codes, "EARLY", module.double)
    yield module, importlib.import_module("student_use")
    for name in ("student_net", "student_use"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize(
    ("text", "replacement", "calculate", "right", "wrong"),
    [
        ("SCALE = 2.0", "SCALE = 3.0", lambda m, u: [m.SCALE, u.SCALE, m.double(1.0)], [2.0] * 3, [3.0] * 3),
        ("SCALE = 2.0", "SCALE = 3.0", lambda m, u: (m.TABLE, u.TABLE), ([2.0, 4.0],) * 2, ([3.0, 6.0],) * 2),
        ("SCALE * x", "SCALE + x", lambda m, u: m.double(5.0), 10.0, 7.0),
        ("double(x) + 1", "double(x) - 1", lambda m, u: (m.cached(1.0), u.kept(1.0)), (3.0, 3.0), (1.0, 1.0)),
        ("SCALE = 2.0", "SCALE = 3.0", lambda m, u: (m.scaled(1.0), NET[0].scaled(1.0)), (2, 14), (3, 15)),
        ("SCALE = 2.0", "SCALE = 3.0", lambda m, u: NET[0].height, 4.0, 6.0),
        ("more=5.0", "more=6.0", lambda m, u: NET[0].scaled(1.0), 14.0, 15.0),
        ("power=2", "power=3", lambda m, u: m.raised(2.0), 4.0, 8.0),
        ("count + 1", "count - 1", lambda m, u: STEP[0](), 6, 4),
        ("super().area() + self", "super().area() - self", lambda m, u: m.Net().area(), 9.0, 3.0),
        ("super().area() + self", "self", lambda m, u: NET[0].area(), 9.0, 3),
        ("width = 3", "width = 4", lambda m, u: NET[0].area(), 9.0, 10.0),
        ("    def __radd__", "    def _radd", lambda m, u: hasattr(m.Net, "__radd__"), True, False),
        ("        return 6.0", "        return 6.0 * self.extra()\n    def extra(self):\n        return 2.0",
         lambda m, u: m.Net().area(), 9.0, 15.0),
    ],
)  # fmt: skip
def test_any_text_of_a_module_is_planted_where_it_runs(student, text, replacement, calculate, right, wrong):
    module, user = student
    STEP[:], NET[:] = [module.counter()], [module.Net()]
    assert calculate(module, user) == right
    with Mutant("a slip", "student_net", text, replacement):
        assert calculate(module, user) == wrong
    assert calculate(module, user) == right


def test_a_closure_that_the_block_has_made_is_right_after_it(student):
    module, _ = student
    with Mutant("a slip", "student_net", "count + 1", "count - 1"):
        step = module.counter()
        assert step() == 4
    assert step() == 6


STEP, NET = [], []  # a closure and an object that were there before the mistake


@pytest.mark.parametrize(
    ("text", "replacement", "message"),
    [
        (
            COUNTER,
            COUNTER.replace("+ 1", "+ other").replace("count =", "count = other ="),
            "step is a closure",
        ),
        ("x: float = 1.0", "x: float = 2.0", "class Point: its decorator has read"),
        ("class Net(Base)", "class Net(Point)", "class Net: another head"),
        ("width = 3", "__slots__ = ()", "other slots of a running class"),
    ],
)
def test_a_change_that_a_running_module_cannot_take_is_told(student, text, replacement, message):
    module, _ = student
    STEP[:] = [module.counter()]
    mutant = Mutant("too much", "student_net", text, replacement)
    before = {**vars(module)}, {**vars(module.Net)}
    with pytest.raises(NotImplementedError, match=message), mutant:
        pass
    assert ({**vars(module)}, {**vars(module.Net)}) == before


def test_the_advice_for_such_a_change_is_right(student):
    module, _ = student
    mutant = Mutant("too much", module.__file__, "x: float = 1.0", "x: float = 2.0")
    with pytest.raises(NotImplementedError, match="a mutant of its path is planted by the import"), mutant:
        pass
    del sys.modules["student_net"]
    with mutant:
        assert importlib.import_module("student_net").Point().x == 2.0
    assert importlib.import_module("student_net").Point().x == 1.0


def test_a_path_is_planted_in_every_module_of_the_file_and_in_later_imports(student):
    module, _ = student
    spec = importlib.util.spec_from_file_location("another_name", module.__file__)
    with Mutant("a slip", module.__file__, "SCALE * x", "SCALE + x"):
        another = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(another)
        assert (module.double(5.0), another.double(5.0)) == (7.0, 7.0)
    assert module.double(5.0) == 10.0
    assert importlib.import_module("student_net") is module


def test_a_file_and_a_module_that_cannot_be_read(tmp_path):
    for name, message in ((str(tmp_path / "none.py"), "cannot be read"), ("math", "has no source in Python")):
        with pytest.raises(ValueError, match=message):
            Mutant("nothing", name, "a", "b").source()
    (tmp_path / "broken.py").write_text("def (")
    for module, kind, message in (
        (tmp_path / "broken.py", ValueError, "broken.py cannot be read"),
        ("no_such_module", ValueError, "no module is called 'no_such_module'; a file is named by its path"),
        (3, TypeError, r"not int \(3\)"),
    ):
        with pytest.raises(kind, match=message):
            mutants_of(module)


# -- small changes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "changes"),
    [
        ("return a + b", {"return b", "return a", "return a - b", "return -(a + b)"}),
        ("c = a - b * (a - 1)", {"c = a + b * (a - 1)", "c = a", "c = a - b", "c = a - (a - 1)",
                                 "c = a - b / (a - 1)", "c = a - b * (a + 1)", "c = a - b * (a)",
                                 "c = a - b * (a - 2)"}),
        ("a += b", {"a = b", "a -= b"}),
        ("c = -a", {"c = a"}),
        ("c = a ** b", {"c = a", "c = a * b"}),
        ("c = a < b", {"c = a <= b"}),
        ("c = a and not b", {"c = a or not b", "c = a and b"}),
        ("for x in reversed(a): pass", {"for x in a: pass"}),
        ("c = a[::-1]", {"c = a", "c = a[::-2]"}),
        ("if a: b = 1.5", {"if (not (a)): b = 1.5", "if a: b = 2.5"}),
        ("c = f(a, key=True)", {"c = f(a, key=False)"}),
        ("c: list[0] = []", set()),
        ("raise ValueError(a + b)", set()),
        ('"one + two"', set()),
        ("c = 'π', a + b", {"c = 'π', b", "c = 'π', a", "c = 'π', a - b"}),
    ],
)  # fmt: skip
def test_the_small_changes_of_a_line(tmp_path, line, changes):
    path = tmp_path / "line.py"
    path.write_text(f"def f(a, b):\n    {line}\n", encoding="utf-8")
    made = mutants_of(path)
    assert {m.replacement.strip() for m in made.values()} == changes
    assert all(name.startswith("f: ") and "(line 2" in name for name in made)
    for mutant in made.values():
        mutant.source()


def test_lines_that_are_there_twice_are_told_apart(tmp_path):
    (tmp_path / "twice.py").write_text("def f(a):\n    a += 1\n    a += 1\n    return a\n")
    results = []
    for mutant in mutants_of(tmp_path / "twice.py").values():
        names = {}
        exec(mutant.source(), names)
        results.append(names["f"](10))
    assert sorted(results) == [-12, 1, 2, 10, 10, 13, 13]


# -- scores ------------------------------------------------------------------------------------------


def good_tests():
    """The tests that a lecturer would write for a student's engine."""
    functions = {
        "exp": (21.0, math.exp(21)), "log": (2.0, 0.5), "relu": (-2.0, 0.0),
        "tanh": (1.0, 1 - math.tanh(1) ** 2), "sigmoid": (0.5, 0.2350037122015945),
    }  # fmt: skip
    for name, (x, right) in functions.items():
        leaf = homework.Value(x)
        getattr(leaf, name)().backward()
        assert (leaf.grad, leaf.data) == (pytest.approx(right, rel=1e-9), x), name
    x, y = homework.Value(3.0), homework.Value(2.0)
    (x / y + (x - y) + x * x * x + y**3 + (1.0 + x)).backward()
    assert (x.grad, y.grad) == (0.5 + 1 + 27 + 1, -0.75 - 1 + 12)
    leaf = homework.Value(1.0)
    u = leaf * 1.0
    (u + u.exp().log() + (u * 3.0).exp().log()).backward()
    assert leaf.grad == pytest.approx(5.0)
    several = [homework.Value(x) for x in (1.0, 2.0, 3.0)]
    homework.stack(several).mean().backward()
    assert [node.grad for node in several] == pytest.approx([1 / 3] * 3)
    several = [homework.Value(x) for x in (0.1, 0.2)]
    homework.stack(several).softmax()[0].backward()
    assert [node.grad for node in several] == pytest.approx([S[0] * S[1], -S[0] * S[1]])
    one = homework.Value(2.0)
    (one + homework.stack(several)).sum().backward()
    assert one.grad == 2.0
    total = leaf = homework.Value(1.0)
    for _ in range(2000):
        total = total + 0.5
    total.backward()
    assert leaf.grad == 1.0


def weak_tests():
    leaf = homework.Value(2.0)
    (leaf * 3.0).backward()
    assert leaf.grad == 3.0


@needs_fork
def test_good_tests_kill_all_of_a_students_mistakes_and_weak_ones_few():
    students = Mutants(Mutant(b.name, homework.__name__, b.text, b.replacement) for b in HOMEWORK_BUGS)
    assert len(students) == 19
    before = {name: f.__code__ for name, f in vars(homework.Value).items() if isinstance(f, FunctionType)}
    good = mutation_score(good_tests, students, timeout=20.0)
    weak = mutation_score(weak_tests, [*students.values()][:3], timeout=20.0)
    assert good.survived == []
    assert good.score == 1.0
    assert (weak.score, len(weak.survived)) == (0.0, 3)
    assert {
        name: f.__code__ for name, f in vars(homework.Value).items() if isinstance(f, FunctionType)
    } == before
    table = str(weak).splitlines()
    assert len(table) == 5
    assert table[0].split() == ["mutant", "verdict", "seconds", "noticed", "by"]
    assert table[-1].startswith(f"killed {len(weak.killed)} of 3 (")


ENDINGS = {
    "it hangs": ("import time; time.sleep(60)", "timeout", "not at an end after 1 s"),
    "it dies": ("import os; os.kill(os.getpid(), 9)", "killed", "the process ended with signal SIGKILL"),
    "it ends Python": ("import os; os._exit(3)", "killed", "the process ended with exit status 3"),
    "it exits": ("raise SystemExit('no')", "killed", "exit status 1"),
    "it exits well": ("raise SystemExit", "survived", ""),
    "it answers False": ("return False", "killed", "False"),
    "it answers a status": ("return pytest.ExitCode.TESTS_FAILED", "killed", "exit status 1"),
    "it answers no status": ("return pytest.ExitCode.OK", "survived", ""),
    "it answers nothing": ("print('all well'); return None", "survived", ""),
    "it raises": ("pytest.fail('too bad')", "killed", "Failed: too bad"),
}


@needs_fork
def test_how_a_run_may_end(tmp_path, monkeypatch):
    (tmp_path / "student_end.py").write_text("import pytest\ndef end():\n    return True\n")
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module("student_end")
    try:
        slips = [Mutant(name, "student_end", "return True", end) for name, (end, _, _) in ENDINGS.items()]
        score = mutation_score(module.end, slips, timeout=1.0)
    finally:
        del sys.modules["student_end"]
    assert {t.mutant.name: (t.verdict, t.reason) for t in score.trials} == {
        name: (verdict, reason) for name, (_, verdict, reason) in ENDINGS.items()
    }
    assert score.score == 0.7
    (trial,) = (t for t in score.trials if t.mutant.name == "it answers nothing")
    assert trial.output == "all well\n"


@needs_fork
def test_a_mutant_that_cannot_be_planted_does_not_count(student):
    module, _ = student
    slips = [
        Mutant("too much", "student_net", "x: float = 1.0", "x: float = 2.0"),
        Mutant("a slip", "student_net", "SCALE * x", "SCALE + x"),
    ]
    score = mutation_score(lambda: module.double(5.0) == 10.0, slips)
    assert [t.verdict for t in score.trials] == ["not planted", "killed"]
    assert score.score == 1.0
    assert "its decorator has read" in str(score)


@needs_fork
def test_a_run_may_plant_mutants_itself(student):
    module, _ = student
    inner = Mutant("inner", "student_net", "double(x) + 1", "double(x) - 1")

    def run():
        before = module.double(1.0)
        with inner:
            assert module.cached(1.0) == before - 1.0
        assert module.cached(1.0) == module.double(1.0) + 1 == before + 1
        return before == 2.0

    score = mutation_score(run, Mutant("outer", "student_net", "SCALE * x", "SCALE + x"))
    assert [(t.verdict, t.reason) for t in score.trials] == [("killed", "False")]


@needs_fork
def test_a_file_that_the_run_imports_itself(tmp_path, monkeypatch):
    (tmp_path / "student_file.py").write_text("def double(x):\n    return 2 * x\n")
    monkeypatch.syspath_prepend(tmp_path)

    def run():
        assert importlib.import_module("student_file").double(3) == 6

    score = mutation_score(run, mutants_of(tmp_path / "student_file.py"))
    assert score.survived == []
    assert len(score.killed) == 5
    assert "student_file" not in sys.modules


def test_a_score_is_refused_where_it_would_say_nothing():
    slip = mutants["sin: minus cos"]
    for run in (lambda: False, lambda: 1 / 0, lambda: 2):
        with pytest.raises(ValueError, match="the run fails without a mutant"):
            mutation_score(run, slip)
    with pytest.raises(TypeError, match="takes a function that runs tests, not bool"):
        mutation_score(True, slip)
    with pytest.raises(TypeError, match=r"such as mutants_of\(module\).*not 'sin'"):
        mutation_score(lambda: None, ["sin"])
    with pytest.raises(ValueError, match="needs one mutant or more"):
        mutation_score(lambda: None, [])
    with pytest.raises(ValueError, match="greater than 0, not -1"):
        mutation_score(lambda: None, slip, timeout=-1)


def test_the_place_and_the_change_of_a_mutant_are_of_the_lines_that_differ(tmp_path):
    file = tmp_path / "model.py"
    file.write_text("def f(x):\n    y = x * 2\n    return y\n\n\ndef g(x):\n    y = x * 2\n    return -y\n")
    all_of_them = mutants_of(file)
    (first, second) = (m for name, m in all_of_them.items() if "2 to 3" in name)
    assert (first.where, second.where) == ("model.py:2", "model.py:7")  # as many lines as are there once
    assert first.change == second.change == "y = x * 2 → y = x * 3"
    assert repr(second) == "<mutant 'g: 2 to 3 (line 7)' of model.py:7: y = x * 2 → y = x * 3>"
    several = Mutant("both", str(file), "    y = x * 2\n    return y\n", "    y = 2\n    return x\n")
    assert (several.where, several.change) == ("model.py:2", "y = x * 2; return y → y = 2; return x")
    score = score_module.MutationScore((score_module.Trial(second, "survived", 0.1, ""),), 0.1)
    assert str(score).splitlines()[1].endswith("nothing: y = x * 2 → y = x * 3")
    assert repr(score) == "<mutation score: killed 0 of 1; survived: g: 2 to 3 (line 7)>"


def test_without_forks_the_runs_are_in_this_process(monkeypatch):
    monkeypatch.setattr(score_module, "CAN_FORK", False)
    runs = []

    def run():
        runs.append(grad(ag.sin)(0.0))
        return runs[-1] == 1.0

    score = mutation_score(run, [mutants["sin: minus cos"], mutants["cos: the minus is lost"]])
    assert (score.killed, score.survived) == (["sin: minus cos"], ["cos: the minus is lost"])
    assert runs == [1.0, -1.0, 1.0]
    assert grad(ag.sin)(0.0) == 1.0
