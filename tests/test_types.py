"""The declarations for type checkers and editors: every public name with useful types, and no other name."""

import ast
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
import types
import typing
import warnings
from pathlib import Path

import declarations
import pytest

import autograd
from autograd import Tensor, Value
from autograd._graph.foreign import FOREIGN
from autograd._table import rules
from autograd._table.define import rows
from autograd._table.rows import Row

ROOT = Path(autograd.__file__).parent.parent
PACKAGE, METHODS, LINALG = declarations.STUBS

# -- the stubs are those of the table and of the functions ----------------------------------------------


@pytest.mark.parametrize("stub", declarations.STUBS, ids=lambda stub: f"{stub.parent.name}/{stub.stem}")
def test_the_stubs_are_up_to_date(stub):
    text = stub.read_text(encoding="utf-8")
    missing = [line for line in declarations.written(text).splitlines() if line not in text]
    assert declarations.written(text) == text, f"run python tests/declarations.py, which adds {missing}"


def functions(stub, classes=()):
    """The declarations of each function of a stub, or of these classes; none for an alias or an import."""
    body = ast.parse(stub.read_text(encoding="utf-8")).body
    if classes:
        body = [node for c in body if isinstance(c, ast.ClassDef) and c.name in classes for node in c.body]
    declared = {}
    for node in body:
        if isinstance(node, ast.FunctionDef):
            declared.setdefault(node.name, []).append(node)
        elif isinstance(node, ast.Assign):
            declared.setdefault(node.targets[0].id, [])
        elif isinstance(node, ast.ImportFrom):
            declared.update({alias.asname: [] for alias in node.names if alias.asname})
    return declared


def test_the_names_of_the_package_are_declared_and_no_others():
    declared = {name for name in functions(PACKAGE) if not name.startswith("_")}
    of_numpy = {name for row in rows() if row.public for name in row.numpy_names}
    assert declared == {*autograd.__all__, *of_numpy, "extend", "linalg"}
    assert {name for name in functions(LINALG) if not name.startswith("_")} == {*autograd.linalg.__all__}


@pytest.mark.parametrize(("node", "own"), [(Value, "ValueMethods"), (Tensor, "ArrayMethods")])
def test_the_methods_of_nodes_are_declared_and_no_others(node, own):
    declared = set(functions(METHODS, {"_Methods", own}))
    assert not declared - set(dir(node))
    rooms = [kind for kind in node.__mro__ if kind.__module__.startswith("autograd.")]
    written_out = {name for kind in rooms for name in methods_in_source(kind)}
    numpy_asks = {"var", "std"} if node is Value else set()  # for the objects of an array
    public = {name for name in dir(node) if not name.startswith("_")} - set(FOREIGN) - numpy_asks
    assert public <= declared | written_out


def methods_in_source(kind):
    source = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    return {node.name for node in ast.walk(source) if isinstance(node, ast.FunctionDef)}


OF_PYTHON = {"max", "min", "sum"}  # they have Python's arguments too


@pytest.mark.parametrize(
    ("owner", "declared"),
    [
        (autograd, functions(PACKAGE)),
        (autograd.linalg, functions(LINALG)),
        (Value, functions(METHODS, {"ValueMethods"})),
        (Tensor, functions(METHODS, {"ArrayMethods"})),
    ],
    ids=["autograd", "linalg", "Value", "Tensor"],
)
def test_declared_parameters_and_documents_are_those_that_there_are(owner, declared):
    for name, overloads in declared.items():
        f = getattr(owner, name, None)
        if not overloads or name.startswith("_") or isinstance(getattr(f, "__wrapped__", f), Row):
            continue
        theirs = list(inspect.signature(f).parameters)[isinstance(owner, type) :]
        for overload in overloads if name not in OF_PYTHON else ():
            ours = [a.arg for a in (*overload.args.posonlyargs, *overload.args.args) if a.arg != "self"]
            if not {"arrays", "operands"} & set(theirs):  # of any number
                assert ours == theirs[: len(ours)], name
            assert {a.arg for a in overload.args.kwonlyargs} <= set(theirs), name
        document = ast.get_docstring(overloads[0])
        if document and not isinstance(owner, type):
            assert document == declarations.summary(f), name


def test_a_row_more_is_declared_by_the_command():
    example = re.search(
        r"```python\n(    Row\(.*?\n)```", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.S
    )
    row = eval(example[1].strip().rstrip(","), vars(rules))
    assert "def arc(x: Value, /) -> Value: ..." in declarations.primitive(row)
    assert any(line.startswith("def arc(self) -> N:") for line in declarations.method(row, row.name))


def test_a_drawing_is_declared_with_the_names_of_graphviz():
    graphviz = pytest.importorskip("graphviz")
    source = ast.parse((ROOT / "viz/_output/digraph.py").read_text(encoding="utf-8"))
    body = next(node for node in ast.walk(source) if isinstance(node, ast.ClassDef)).body
    declared = {node.name if isinstance(node, ast.FunctionDef) else node.target.id for node in body}
    theirs = graphviz.Digraph()
    assert declared - {"__init__"} == {name for name in dir(theirs) if not name.startswith("_")}


def test_stubs_and_marks_are_in_the_package(monkeypatch):
    pytest.importorskip("setuptools", minversion="77", reason="setuptools builds the package")
    dist = pytest.importorskip("setuptools.dist")
    monkeypatch.chdir(ROOT)
    distribution = dist.Distribution({"long_description": "what setup.py gives"})
    with warnings.catch_warnings(action="ignore"):  # its table in pyproject.toml is beta
        distribution.parse_config_files()
    build = distribution.get_command_obj("build_py")
    build.ensure_finalized()
    build.manifest_files = {}
    packages = (path.parent.relative_to(ROOT) for path in ROOT.glob("[anv]*/**/__init__.py"))
    packed = {
        Path(file).resolve() for p in packages for file in build.find_data_files(".".join(p.parts), str(p))
    }
    of_types = {p for p in ROOT.glob("[anv]*/**/*") if p.suffix == ".pyi" or p.name == "py.typed"}
    assert len(of_types) == 6
    assert {p.resolve() for p in of_types} <= packed
    # Of packages in one folder an import hook would be made, which type checkers do not run.
    assert distribution.package_dir == {"": "."}


# -- ordinary code passes, and is right -----------------------------------------------------------------

RIGHT = """
import math
from typing import Any, assert_type

import numpy as np
from numpy.typing import NDArray

import autograd
import nn
import viz
from autograd import (
    Tensor, Value, compile, detect_anomaly, dot, exp, grad, gradcheck, hessian, hvp, jacobian, jvp, linalg,
    maximum, mean, no_grad, relu, sigmoid, softmax, stack, tanh, value_and_grad, vjp, where,
)
from autograd.extend import Row, define, function

Array = NDArray[Any]

# Values
w, a, b = Value(1.2, label="w"), Value(0.5, label="a"), Value(-0.3, label="b")
print(w.grad is None)
z = (w * a + b).with_label("z")
assert_type(z, Value)
C = ((sigmoid(z) - 1) ** 2).with_label("C")
C.backward()
assert_type(C.data + 1, float)
print(w.grad * 2.0, float(w), f"{w:.3f}", math.floor(w), round(w, 2), w.label, w.parents, w.op)
for v in (2 * w, w / 3, 1 - w, 2**w, w**2, -w, abs(w), w % 1, np.float64(2) * w, w - np.float32(2), w + True):
    assert_type(v, Value)
assert_type(w * np.ones(2), Array)
assert_type(np.ones(2) * w, Array)
assert_type(exp(w), Value)
assert_type(exp(0.5), float)
assert_type(exp(2), float)
assert_type(exp(np.ones(2)), Array)
assert_type(exp([w, a]), Array)
assert_type(w.tanh().arcsin(), Value)
assert_type(autograd.arcsin(a), Value)
assert_type(maximum(w, 0), Value)
assert_type(autograd.leaky_relu(w, 0.2), Value)
assert_type(autograd.max([a, b]), Value)
assert_type(autograd.max(a, 0.0), Value)
assert_type(autograd.sum([a, b]), Value)
assert_type(autograd.sum(u * u for u in (a, b)), Value)
assert_type(mean([a, b]), Value)
assert_type(dot([a, b], [1.0, 2.0]), Value)
assert_type(where(w > 0, w, -w), Value)
assert_type(where((w > 0) & (w < 2), w, 0.0), Value)
assert_type(sorted([w, a]), list[Value])
assert_type(max(w, a), Value)
if w > 0 and a < b + 1 or w == a:
    np.exp(w).backward()
(w * w * w).backward(create_graph=True)
w.grad.backward()
w.grad = None
objects = np.array([[w, a], [b, w]])
print(objects @ [a, b] + b, (objects @ np.array([a, b]))[0].data)

# Tensors
W, X, y = Tensor(np.ones((2, 3)), label="W"), np.ones((4, 3)), Tensor([1.0, 2.0])
point: Array = X[0]
for t in (W @ point + 1.0, X @ W.T + y, np.ones(2) + y, 1.0 - y, np.float64(3) * y, W.T @ W, W[0], W[:, 1:]):
    assert_type(t, Tensor)
for row in W:
    assert_type(row, Tensor)
assert_type(y.sum(), Tensor)
assert_type(y.mean(axis=0).reshape(1).tanh(), Tensor)
assert_type(mean(y), Tensor)
assert_type(relu(softmax(y)), Tensor)
assert_type(stack([y, y]), Tensor)
assert_type(where(y > 0, y, 0.0), Tensor)
assert_type(y[0].item(), float)
assert_type(y.shape, tuple[int, ...])
assert_type(linalg.solve(W.T @ W + np.eye(3), point), Tensor)
assert_type(autograd.linalg.eigh(W.T @ W).eigenvalues, Tensor)
for step in range(10):
    cost = ((W @ point - 1.0) ** 2).sum()
    W.grad = None
    cost.backward()
    W.data -= 0.02 * W.grad
print(W.grad.shape, W.data + 1, len(W), np.exp(y).sum())


# Functions from functions
def f(x: Value) -> Value:
    return x * x * exp(x)


@grad
def slope(x: Value) -> Value:
    return x * tanh(x)


@no_grad()
def unrecorded(x: Value) -> Value:
    return x * x


def norm2(x: Tensor) -> Tensor:
    return (x * x).sum()


assert_type(slope(2.0), float)
assert_type(unrecorded(w), Value)
with no_grad(), detect_anomaly():
    unrecorded(w)
assert_type(grad(f)(2.0) + 1.0, float)
assert_type(grad(f)(w), Value)
assert_type(grad(norm2)(point), Array)
assert_type(grad(grad(f))(2.0), float)
assert_type(grad(lambda x: x**3)(2.0), float)
assert_type(value_and_grad(f)(2.0), tuple[float, float])
assert_type(jacobian(lambda x: x * x)(point), Array)
assert_type(hessian(norm2)(point), Array)
assert_type(hvp(f, 2.0, 1.0), float)
print(vjp(f, 2.0)[1](1.0), jvp(f, 2.0, 1.0)[1], gradcheck(f, 0.3, order=2))
print(grad(lambda p: p["w"][0] * p["b"])({"w": [3.0, 1.0], "b": 2.0})["w"][0])

# Nets, pictures and programs
net = nn.MLP([2, 3, 1], rng=0)
history = nn.fit(
    net, [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]], optimizer=nn.Adam(net.parameters(), lr=1e-3),
    cost=nn.quadratic_cost, epochs=2, batch_size=4, rng=0, progress=False,
)
assert_type(history[-1].accuracy, float | None)
assert_type(history[:1], list[nn.Epoch])
assert_type([epoch.cost for epoch in history], list[float])
print(net.summary(), net.layers[0].W, net([0, 1]), nn.accuracy(net, [[0, 1]], [1]), net.num_parameters)
net.zero_grad()
nn.quadratic_cost(net([0, 1]), [1]).backward()
for p in net.parameters():
    p.data -= 0.1 * p.grad
chain = nn.MLP([1, 1], node=Value, rng=0)
print([float(p) for p in chain.parameters()], viz.chain_rule(chain([0.5])[0], chain.parameters()[0]))
drawing = viz.draw(C)
assert_type(drawing.source, str)
print(viz.draw_chain(C, highlight=w).source, viz.chain_rule(C, w).text, viz.formula(C), viz.text(z))
a, b = Value(0.5), Value(-0.3)
program = compile((w * a + b) ** 2, inputs=[a], wrt=[w, b])
assert_type(program([1.0, 2.0], np.zeros((3, 1))), Array)
assert_type(program.value_and_grad([1.0, 2.0], np.zeros((3, 1))), tuple[float, Array])
assert_type(program.native(), autograd.Program)
assert_type(compile([w * a, b], [a], [w, b], "float32"), autograd.Program)
t1, t2 = Tensor([1.0, 2.0]), Tensor([3.0, 4.0])
of_arrays = compile([(t1 * t2).sum(), (t1, {"t2": t2})], inputs=[t2], wrt=[t1])
assert_type(of_arrays.value_grad_and_outputs([[1.0, 2.0]], [[1.0, 2.0]])[0], float)
@compile
def area(width: float, height: float) -> float:
    return width * height
assert_type(area(1.0, 2.0), float)
print(area.vmap(np.ones(3), 2.0), area.programs)
assert_type(compile(hessian(lambda x: x @ x))(np.ones(3)), Array)
class Box:
    side = 2.0
    @compile
    def volume(self, depth: float) -> float:
        return self.side * depth
assert_type(Box().volume(1.0), float)
def describe(optimizer: nn.Optimizer, cost: nn.Cost, activation: nn.Activation, of: autograd.Program) -> str:
    return f"{optimizer.lr} {cost} {activation} {of.source}"
describe(nn.SGD(net.parameters(), 0.1), nn.quadratic_cost, relu, program)
print([node.label for node in autograd.topological_order(C)])

# Rows and functions from outside
cube = define(Row("cube", lambda x: x**3, partials="3 * square(x)"))
pair = define(Row("pair", lambda x, y: x * y, lambda x, y: np.multiply(x, y), partials=("y", "x")))
double = define(autograd.extend.ArrayRow("double", lambda x: 2 * x, lambda g, x: 2 * g))
lgamma = function(math.lgamma, lambda x: math.log(x) - 0.5 / x)
clipped = function(lambda x: x, backward=lambda g, x: np.clip(g, -1, 1), name="clipped")
product = function(lambda x, y: x * y, (lambda x, y: y, lambda x, y: x), name="product")
@function(partials=lambda x: 1.0 if x > 0 else 0.0)
def positive(x: float) -> float:
    return max(x, 0.0)
print(cube(w), pair(w, a), double(t), lgamma(2.0), clipped(w), product(w, a), positive(a))
"""

# -- misspelt code does not, and is wrong ---------------------------------------------------------------

WRONG = """
from autograd import exq
x.backwrd()
t.backwrd()
(x * 2 + 1).backwrd()
(2 * x).backwrd()
(t @ t + 1.0).backwrd()
autograd.exp(x).backwrd()
autograd.epx(x)
autograd.no_gard()
autograd.linalg.invv(t)
linalg.slove(t, t)
linalg.eigh(Tensor([[1.0]])).eigenvaluess
x.tahn()
t.tahn()
x.garde
x.labell = "w"
x.with_label("y").tahn()
t.reshpae(1)
t[0].summ()
t.T.dta
autograd.mean(t).summ()
autograd.sum([x, x]).summ()
autograd.max(x, 1.0).maxx()
autograd.concatenate([t, t]).summ()
autograd.sigmoid(0.5).backward()
grad(lambda y: y * y)(2.0).backwrd
net.layerz
net.paramters()
net.layers[0].wieghts
nn.quadratic_csot
nn.data.stroks(10, rng=0)
nn.initializers.he_norml
nn.SDG(net.parameters(), lr=0.1)
nn.SGD(net.parameters(), learning_rate=0.1)
nn.SGD(net.parameters(), lr=0.1).setp()
program.value_and_grd([1.0])
program.sorce
program.nativ
autograd.compile(abs).vmapp
autograd.extend.defien
autograd.topological_odrer(x)
history.acuracy
history[-1].acuracy
viz.drw(x)
viz.draw(x).sorce
viz.draw_chain(x, hilight=x)
viz.chain_rule(x * 1, x).txt
viz.DARKK
autograd.grad(1.0)
x + "a"
x + t
x + [1.0]
Value("1.0")
autograd.sin(x, x)
autograd.sin()
autograd.maximum(x)
autograd.mean(t, axes=0)
""".strip().splitlines()

WITH = """
import autograd
import nn
import viz
from autograd import Tensor, Value, grad, linalg

x, t, net = Value(1.0), Tensor([1.0]), nn.MLP([2, 1], rng=0)
program = autograd.compile(x * x, inputs=[], wrt=[x])
history = nn.History([nn.Epoch(1, 0.5, None, None, None, 0.1)])
""".strip().splitlines()


def has_type(x, kind):
    """`typing.assert_type`, performed."""
    origin, parts = typing.get_origin(kind) or kind, typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        kinds = tuple(typing.get_origin(part) or part for part in parts)
    else:
        kinds = (origin,)
    assert isinstance(x, kinds), f"{x!r} is no {kind}"
    if origin is tuple and ... not in parts:
        for element, part in zip(x, parts, strict=True):
            has_type(element, part)


def test_the_right_code_gives_what_its_types_say(tmp_path, monkeypatch):
    monkeypatch.setattr(typing, "assert_type", has_type)
    source = tmp_path / "right.py"
    source.write_text(RIGHT, encoding="utf-8")
    exec(compile(RIGHT, str(source), "exec"), {"__name__": "right"})


@pytest.mark.parametrize("line", WRONG)
def test_the_wrong_code_raises(line):
    names = {}
    exec("\n".join(WITH), names)
    with pytest.raises((AttributeError, TypeError, ImportError)):
        exec(line, names)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A folder with the right and the wrong code, outside of the repository."""
    folder = tmp_path_factory.mktemp("types")
    (folder / "right.py").write_text(RIGHT, encoding="utf-8")
    (folder / "wrong.py").write_text("\n".join([*WITH, *WRONG]) + "\n", encoding="utf-8")
    (folder / "pyrightconfig.json").write_text(
        json.dumps({"extraPaths": [str(ROOT)], "typeCheckingMode": "strict"})
    )
    return folder


def command(folder, *words):
    env = {**os.environ, "MYPYPATH": str(ROOT)}
    return subprocess.run(words, check=False, cwd=folder, env=env, capture_output=True, text=True, timeout=60)


def starts(folder, program):
    """Whether a program runs: pyright fetches its own when it first does, which may fail or take for ever."""
    try:
        return command(folder, program, "--version").returncode == 0
    except subprocess.TimeoutExpired:
        return False


def check(errors):
    """That the wrong lines, and no others, have errors."""
    lines = {"right.py": set(), "wrong.py": set()}
    for file, line in errors:
        lines[file].add(line)
    right = RIGHT.splitlines()
    assert [right[line - 1] for line in sorted(lines["right.py"])] == []
    assert [line for n, line in enumerate(WRONG, start=len(WITH) + 1) if n not in lines["wrong.py"]] == []
    assert min(lines["wrong.py"]) > len(WITH)


def test_mypy_passes_the_right_code_and_no_misspelling(project):
    pytest.importorskip("mypy", reason="mypy is not installed (pip install '.[dev]')")
    # Silent: no bodies of functions. A cache would be written for this run alone.
    options = ["--strict", "--follow-imports=silent", "--cache-dir=/dev/null"]
    run = command(project, sys.executable, "-m", "mypy", *options, "right.py", "wrong.py")
    assert run.returncode == 1, run.stdout + run.stderr
    check((file, int(line)) for file, line in re.findall(r"^(\w+\.py):(\d+): error", run.stdout, re.M))


def test_pyright_passes_the_right_code_and_no_misspelling(project):
    pyright = shutil.which("pyright", path=str(Path(sys.executable).parent)) or shutil.which("pyright")
    reason = "pyright is not installed, or has no Node.js (pip install '.[dev]')"
    if pyright is None:
        pytest.skip(reason)
    try:
        told = command(project, pyright, "--outputjson", "--pythonpath", sys.executable).stdout
    except subprocess.TimeoutExpired:
        told = ""
    if not told and not starts(project, pyright):
        pytest.skip(reason)
    errors = json.loads(told)["generalDiagnostics"]
    check((Path(each["file"]).name, each["range"]["start"]["line"] + 1) for each in errors)


def test_an_editor_completes_names_and_methods():
    jedi = pytest.importorskip("jedi", reason="jedi is not installed (pip install '.[dev]')")
    project = jedi.Project(ROOT)

    def offered(code):
        return {each.name for each in jedi.Script("\n".join([*WITH, code]), project=project).complete()}

    public = {*autograd.__all__, "arcsin", "extend", "linalg"}
    assert public <= offered("autograd.") <= {*dir(autograd), *dir(type(autograd))}
    assert {*autograd.linalg.__all__} <= offered("linalg.")
    for expression in ("x.", "(x * 2 + 1).", "autograd.exp(x)."):
        assert {"backward", "grad", "label", "tanh", "arcsin", "maximum"} <= offered(expression)
    for expression in ("t.", "(t @ t).", "t.T.", "autograd.exp(t)."):
        assert {"backward", "grad", "label", "tanh", "cumsum", "reshape"} <= offered(expression)
