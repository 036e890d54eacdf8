"""docs/how-to/extending.md is true, outside of the packages too."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "how-to" / "extending.md"

# A module of a user's, and two programs that use it: only public names, from a folder of their own.
ROWS = """
import math
import numpy as np
from autograd.extend import ArrayRow, Row, define, function

def _acoth(x):
    return 0.5 * math.log((x + 1) / (x - 1))

acoth = define(Row("acoth", _acoth, partials="1 / (1 - square(x))", domain="(-inf, -1) | (1, inf)",
                   latex=r"\\mathrm{{arcoth}}({x})"))

def smooth(x, beta=1.0):
    return x / (1 + math.exp(-beta * x)) if beta * x > -700 else 0.0

smooth = define(Row("smooth", smooth, lambda x, y: x / (1 + np.exp(-y * x)), partials=(
    "sigmoid(y * x) + x * y * sigmoid(y * x) * sigmoid(-y * x)", "x * x * sigmoid(y * x) * sigmoid(-y * x)")))

def stair(x):
    return math.floor(2 * x) / 2

stair = define(Row("stair", stair, partials="0", kink="2 * x - rint(2 * x)", latex=r"\\lambda({x})"))

def root(x):
    return math.copysign(math.pow(abs(x), 0.2), x)

root = define(Row("fifth_root", root, partials="0.2 * out / x", domain="(-inf, 0) | (0, inf)",
                  latex="{x}^{{1/5}}"))

def digamma(x):
    shift = 0.0
    while x < 10:
        shift, x = shift - 1 / x, x + 1
    return shift + math.log(x) - 1 / (2 * x) - 1 / (12 * x**2) + 1 / (120 * x**4) - 1 / (252 * x**6)

lgamma = function(math.lgamma, digamma)
clipped = function(lambda x: x, backward=lambda g, x: np.clip(g, -1, 1), name="clipped")

def shifts(k, n):
    return np.eye(n)[(np.arange(n) + k) % n]

def circulant(c):
    return c[(np.arange(len(c))[:, None] - np.arange(len(c))) % len(c)]

wrapped = define(ArrayRow("wrapped", lambda c, x: circulant(c) @ x, lambda g, c, x: circulant(x).T @ g,
                          lambda g, c, x: circulant(c).T @ g, samples=[(np.arange(3.0), np.ones(3))]))
"""

USES = """
import pickle
import sys
import warnings
import numpy as np
import autograd, nn, viz
from autograd import GradientError, Tensor, Value, compile, grad, gradcheck
from my_rows import acoth, clipped, lgamma, root, smooth, stair, wrapped

assert "tests" not in sys.modules

for f, x in ((acoth, 2.5), (smooth, 0.3), (stair, 0.3), (root, -0.4)):
    args = (x, 1.5) if f is smooth else (x,)
    assert gradcheck(f, *args, order=2) and gradcheck(f, *map(np.atleast_1d, args), order=2)
    assert getattr(autograd, f.name) is f
    assert getattr(Value(x), f.name)() == getattr(Tensor(x), f.name)().item()
    w, a = Value(x, label="w"), Value(1.0, label="a")
    z = f(w * a).with_label("z")
    z.backward()
    for dtype, tight in (("float64", 1e-13), ("float32", 1e-5)):
        program = compile(z, inputs=[a], wrt=[w], dtype=dtype)
        value, slope = program.value_and_grad(np.array([x]), np.ones((50, 1)))
        assert abs(value - z.data) <= tight * abs(value) and abs(slope[0] - w.grad) <= tight * abs(w.grad)
    edge = viz.draw_chain(z).picture.links[0]
    assert edge.number == w.grad and viz.to_text(edge.symbol)
    assert viz.lecture_page(z, f"{f.name}.html").stat().st_size > 10_000

w = Value(2.0, label="w")
assert viz.text(acoth(w)) == "arcoth(w)" and viz.partials(acoth(w).with_label("y"))[0].text == "1/(1 − w²)"
assert viz.partials(lgamma(w).with_label("y"))[0].text == "lgamma′(w)"
z = (3 * clipped(w)).with_label("z")
z.backward()
assert w.grad == 1.0 and "clipped(w)" in viz.tree(viz.draw_chain(z))

X = np.random.default_rng(0).normal(size=(40, 2))
for node in (Tensor, Value):
    net = nn.MLP([2, 3, 1], activation=[smooth, nn.identity], node=node, rng=0)
    history = nn.fit(net, X, X[:, :1] ** 2, cost=nn.quadratic_cost, batch_size=10, rng=0, progress=False,
                     optimizer=nn.SGD(net.parameters(), lr=0.1), epochs=14)
    assert history.program is not None
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    once = nn.MLP([2, 1], activation=lambda z: clipped(autograd.tanh(z)), node=Value, rng=0)
    history = nn.fit(once, X[:10], X[:10, :1], cost=nn.quadratic_cost, rng=0, progress=False, batch_size=5,
                     optimizer=nn.SGD(once.parameters(), lr=0.1), epochs=1)
assert history.program is None and "clipped changes a gradient by its size" in str(told[0].message)
nn.save(net, "net.npz")
assert nn.load("net.npz").layers[0].activation is smooth
np.save("out.npy", [float(a) for a in net(X[0])])

assert gradcheck(lambda c, x: wrapped(c, x).sum() ** 2, np.array([1.0, 2.0]), np.array([0.5, 3.0]), order=2)
with open("graph.pickle", "wb") as file:
    array = wrapped(Tensor([1.0, 2.0]), Tensor([3.0, 4.0]))
    pickle.dump([acoth(Value(2.0)) * 2, array, lgamma(Value(2.0))], file)
"""

LOADS = """
import pickle
import numpy as np
import nn

with open("graph.pickle", "rb") as file:
    scalar, array, code = pickle.load(file)     # imports my_rows
scalar.backward()
code.backward()
(x,), (y,) = scalar.parents[0].parents, code.parents
assert x.grad == 2 / (1 - 4) and abs(y.grad - 0.42278433509846713) < 1e-9
assert array.data.tolist() == [11.0, 10.0]
X = np.random.default_rng(0).normal(size=(40, 2))
assert [float(a) for a in nn.load("net.npz")(X[0])] == np.load("out.npy").tolist()
"""

LOADS_NOT = """
import pickle
from pathlib import Path
import nn

for load in (lambda: pickle.loads(Path("graph.pickle").read_bytes()), lambda: nn.load("net.npz")):
    try:
        load()
    except (LookupError, ValueError) as error:
        print(error)
"""


def run(folder, program):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "error", "-c", program]
    return subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)


def test_a_users_module_of_rows_is_used_saved_and_loaded_by_other_programs(tmp_path):
    (tmp_path / "my_rows.py").write_text(ROWS, encoding="utf-8")
    for program in (USES, LOADS):
        result = run(tmp_path, program)
        assert result.returncode == 0, result.stderr
    (tmp_path / "my_rows.py").unlink()
    result = run(tmp_path, LOADS_NOT)
    assert "which my_rows defines by autograd.extend: run its definition first" in result.stdout
    assert "needs the activation 'smooth'" in result.stdout
    assert "define it first, if it is a row of autograd.extend" in result.stdout


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_the_tikz_picture_of_the_page_is_latex(tmp_path):
    text = PAGE.read_text(encoding="utf-8")
    picture = text[text.index("\n\\begin{tikzpicture}") :].split("```")[0]
    head = r"\documentclass{standalone}\usepackage{tikz}\usetikzlibrary{arrows.meta}\begin{document}"
    (tmp_path / "chain.tex").write_text(f"{head}{picture}\\end{{document}}", encoding="utf-8")
    command = ["pdflatex", "-interaction=batchmode", "chain.tex"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "chain.pdf").stat().st_size > 1000
