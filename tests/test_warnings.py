"""A warning names the user's line: the nearest running one outside of autograd, nn, viz and NumPy."""

import _thread
import ast
import builtins
import linecache
import math
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

import nn
import viz
from autograd import (
    DomainError,
    Tensor,
    Value,
    compile,
    exp,
    grad,
    gradcheck,
    log,
    sigmoid,
    softmax,
    sqrt,
    sum,
)
from autograd._compiler.loops.native import libraries
from autograd._compiler.programs.compiling import compile_examples
from autograd._support import callers
from autograd._support.callers import warn
from autograd.extend import Row, define, function
from nn._estimators import learning
from viz._output import missing

ROOT = Path(__file__).parents[1]
X = np.random.default_rng(0).normal(size=(12, 4))
Y = np.stack([X[:, 0], X[:, 1]], axis=1)
LABELS = (X[:, 0] > 0).astype(int)
LINEAR = {"output_activation": nn.identity}


def fit(net, X=X, Y=Y, **options):
    settings = {"epochs": 2, "batch_size": 4, "rng": 0, "cost": nn.quadratic_cost} | options
    optimizer = settings.pop("optimizer", None) or nn.SGD(net.parameters(), lr=settings.pop("lr", 0.1))
    return nn.fit(net, X, Y, optimizer=optimizer, **settings)


def mlp(*sizes, **options):
    return nn.MLP(list(sizes), rng=0, **options)


class Named:
    """A table whose columns have names."""

    columns = tuple("abcd")

    def __init__(self, numbers):
        self.numbers = numbers

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.numbers, dtype)


def model(X, y, **options):
    return nn.Classifier([3], rng=0, epochs=1, **options).fit(X, y)


def interrupt_a_fit():
    def stop(history):
        raise KeyboardInterrupt

    def stopped(*arguments, **options):
        return nn.fit(*arguments, **options | {"callbacks": [stop]})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(learning, "fit", stopped)
        model(X, LABELS)


def update_a_node():
    w = Value(3.0)
    for _ in range(12):
        (w * w).backward()
        w = w - 0.1 * w.grad


def compile_a_choice():
    x = Value(1.0)
    compile(x * 2 if x > 0 else x, [x], [])


def run_a_choice():
    compile(lambda x: x * 2 if x > 0 else x)(1.0)


def run_what_cannot_be_recorded():
    def guarded(x):
        try:
            return log(x)
        except DomainError:
            return x

    compile(guarded)(-1.0)


def run_many_kinds():
    scaled = compile(lambda x, k: k * x)
    for k in range(20):
        scaled(1.0, k)


def build_without_the_compiler_asked_for():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(libraries, "_warned", set())
        patch.setenv("CC", "/nope")
        x = Value(2.0)
        compile(x * x, [], [x]).native()


def draw_a_sign_without_a_font():
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(missing, "_is_shown", lambda sign: False)
        viz.render(viz.draw(Value(1.0, label="权")), Path(folder) / "x.pdf")


def write_a_lecture_with_a_sign_without_a_font():
    with tempfile.TemporaryDirectory() as folder:
        viz.lecture(["权"], Path(folder) / "lecture.pdf")


class Steep(nn.Module):
    """A net whose exponential overflows, and whose output is finite."""

    def __init__(self):
        self.net = mlp(4, 2)

    def __call__(self, x):
        return self.net(1 / (1 + exp(-1e4 * x)))


def root_of_a_negative_number():
    root = define(Row("my_root", lambda x: math.sqrt(x + 0), partials="0.5 / out", domain="(0, inf)"))
    root(np.array([4.0, -1.0]))


def show_a_choice():
    x = Value(1.0, label="x")
    with tempfile.TemporaryDirectory() as folder:
        viz.lecture_page((x * 2 if x > 0 else x).with_label("y"), Path(folder) / "y.html")


def draw_a_logit():
    viz.boundary(lambda points: 9 * points[:, :1], X[:, :2], LABELS, resolution=5)


def forget_a_huge_gradient():
    w = Value(1.0)
    adam = nn.Adam([w], lr=0.1)
    for gradient in (1e200, 1.0):
        w.grad = gradient
        adam.step()


class Exploding:
    """A cost with one gradient that is huge."""

    def __init__(self):
        self.steps = 0

    def __call__(self, a, y):
        self.steps += 1
        return sum(a) * (1e200 if self.steps == 2 else 1.0)


def fit_with_adam(**options):
    net = mlp(4, 2, **LINEAR)
    fit(net, cost=Exploding(), optimizer=nn.Adam(net.parameters(), lr=0.001), **options)


def forget_a_parameter():
    net = mlp(4, 2)
    sgd = nn.SGD(net.parameters(), lr=0.1)
    net.layers[0].b = mlp(4, 2).layers[0].b
    fit(net, optimizer=sgd)


class Choosing:
    """A net of Values that looks at a number, where it is told to."""

    def __init__(self, looks):
        self.w, self.looks = Value(0.5), looks

    def parameters(self):
        return [self.w]

    def __call__(self, x):
        return np.array([[self.w * xi[0] if not self.looks or xi[0] > -9 else self.w] for xi in x])


def choose_later():
    net = Choosing(looks=False)
    sgd = nn.SGD(net.parameters(), lr=0.1)

    def look(history):
        net.looks = True
        sgd.params = [*sgd.params, Value(1.0)]

    fit(net, X[:, :1], Y[:, :1], optimizer=sgd, epochs=3, callbacks=[look])


def slope_of_a_negative_number():
    root = function(abs, lambda x: 0.5 / math.sqrt(x), name="own_root")
    root(Tensor([-1.0])).sum().backward()


def squashed(x):
    return nn.cross_entropy(sigmoid(x), [[1.0, 0.0]])


def logarithms(x):
    return log(x).sum()


ZERO = np.array([[0.0, 1.0], [2.0, 3.0]])


def run_a_record(many=False, operations=1, **options):
    x = Tensor(ZERO[0] + 1, label="x")
    total = builtins.sum((1 / (x * k) for k in range(1, operations)), start=log(x)).sum()
    if many:
        compile_examples([total], [x], [])([], ZERO)
    else:
        compile(total, [], [x], **options).value_and_grad([ZERO[0]])


def validate_with_an_overflow():
    fit(Steep(), np.abs(X) + 1, validation=(X, Y), epochs=1)


# Under the file and the first words of each warning, the code that brings it about.
CASES = {
    ("autograd/_graph/growing", "a node that was updated"): {
        "at once": update_a_node,
        "in a callback": lambda: fit(mlp(4, 2), epochs=1, callbacks=[lambda history: update_a_node()]),
        "in a transform": lambda: grad(lambda x: (update_a_node(), x * x)[1])(1.0),
    },
    ("autograd/_compiler/programs/choices", "the recording looked at"): {
        "at once": compile_a_choice,
        "in a callback": lambda: fit(mlp(4, 2), epochs=1, callbacks=[lambda history: compile_a_choice()]),
        "in a transform": lambda: grad(lambda x: (compile_a_choice(), x * x)[1])(1.0),
    },
    ("autograd/_compiler/programs/functions", "looked at the number of"): {"at once": run_a_choice},
    ("autograd/_compiler/programs/functions", "runs as it is, without a program"): {
        "at once": run_what_cannot_be_recorded,
    },
    ("autograd/_compiler/programs/functions", "kinds of arguments"): {"at once": run_many_kinds},
    ("autograd/_compiler/loops/native/libraries", "names no program: /nope"): {
        "where C is asked for": build_without_the_compiler_asked_for,
    },
    ("autograd/_support/callers", " encountered in "): {
        "in a program of Tensors": run_a_record,
        "in float32": lambda: run_a_record(dtype="float32"),
        "in a long one": lambda: run_a_record(operations=300),
        "in a program of many examples": lambda: run_a_record(many=True),
        "in an operation without a fast form": lambda: compile(lambda x: (1 / x).sum())(ZERO),
        "in a function": lambda: compile(logarithms)(ZERO),
        "in a derivative": lambda: compile(grad(lambda x: sqrt(x).sum()))(ZERO),
        "in a function of many examples": lambda: compile(logarithms).vmap(ZERO),
        "in steps on nodes": lambda: fit(Steep(), epochs=1, batch_size=len(X)),
        "in validation": validate_with_an_overflow,
    },
    ("viz/_output/missing", "no font of this machine has"): {"at once": draw_a_sign_without_a_font},
    ("viz/_lecture/paper/pdf", "no font of a lecture's PDF has"): {
        "at once": write_a_lecture_with_a_sign_without_a_font,
    },
    ("nn/_training/steps/divergence", " in steps of training"): {"in fit": lambda: fit(Steep(), epochs=2)},
    ("nn/_training/arguments", "X holds whole numbers"): {
        "at once": lambda: fit(mlp(64, 2), np.full((12, 64), 200.0), epochs=1, lr=1e-9),
    },
    ("autograd/_derivatives/gradcheck/checking", "cannot tell: "): {
        "at once": lambda: gradcheck(sigmoid, 40.0),
    },
    ("autograd/extend/_vectorize", "invalid value encountered in"): {
        "at once": root_of_a_negative_number,
        "in the derivative": slope_of_a_negative_number,
    },
    ("viz/_pages/chain/page", "was compared; what was chosen"): {"at once": show_a_choice},
    ("viz/_plots/fields", "as a logit does"): {"at once": draw_a_logit},
    ("nn/_training/arguments", "the optimizer holds another"): {"at once": forget_a_parameter},
    ("nn/_measures/costs", " takes logits"): {
        "at once": lambda: nn.cross_entropy(sigmoid(Tensor([[0.3, -0.2]])), [[1.0, 0.0]]),
        "in fit": lambda: fit(mlp(4, 2), Y=LABELS, cost=nn.cross_entropy),
        "in a program": lambda: fit(mlp(4, 2, node=Value), Y=LABELS, cost=nn.cross_entropy),
        "in a user's cost": lambda: fit(mlp(4, 2), Y=LABELS, cost=lambda a, y: nn.cross_entropy(a, y) * 2.0),
        "in a metric": lambda: fit(
            mlp(4, 2), metrics={"m": lambda a, y: squashed(Tensor([[0.3, 0.2]])).item()}
        ),
        "in a transform": lambda: grad(squashed)(np.array([[0.3, -0.2]])),
    },
    ("nn/_nets/predictions", "this net's one output"): {
        "at once": lambda: nn.accuracy(mlp(4, 1, **LINEAR), X, LABELS),
        "in a callback": lambda: fit(
            net := mlp(4, 1, **LINEAR), Y=Y[:, :1], callbacks=[lambda history: nn.accuracy(net, X, LABELS)]
        ),
    },
    ("nn/_nets/predictions", " in the net, and go through "): {
        "at once": lambda: mlp(4, 2).predict_proba(X, activation=softmax),
    },
    ("nn/_estimators/examples", "A column-vector y"): {
        "in fit": lambda: model(X, LABELS[:, None]),
    },
    ("nn/_estimators/examples", "X has feature names"): {
        "in predict": lambda: model(X, LABELS).predict(Named(X)),
    },
    ("nn/_estimators/examples", "X does not have valid feature names"): {
        "in predict": lambda: model(Named(X), LABELS).predict(X),
    },
    ("nn/_estimators/learning", "the training was interrupted"): {
        "in fit": interrupt_a_fit,
    },
    ("nn/_training/optimizers/adaptive", " forgets a gradient of about "): {
        "at once": forget_a_huge_gradient,
        "in fit": fit_with_adam,
        "in a callback": lambda: fit(
            mlp(4, 2), epochs=1, callbacks=[lambda history: forget_a_huge_gradient()]
        ),
    },
    ("nn/_training/loop", "fit runs this net scalar by scalar"): {
        "before the first epoch": lambda: fit(Choosing(looks=True), X[:, :1], Y[:, :1]),
        "later": choose_later,
    },
    ("nn/_training/loop", "training diverged"): {
        "with Tensors": lambda: fit(mlp(4, 2, **LINEAR), lr=1e3, epochs=4),
        "with Values": lambda: fit(mlp(4, 2, node=Value, **LINEAR), lr=1e3, epochs=4),
    },
}
FROM_ELSEWHERE = {"report.summary", "note"}  # texts that other rooms write
WARNING = {"warn", "_warn", "warn_explicit"}
ALL = [(words, case) for (_, words), cases in CASES.items() for case in cases.items()]


@pytest.mark.parametrize(("words", "case"), ALL, ids=[f"{words}, {case[0]}" for words, case in ALL])
def test_a_warning_names_the_users_line(words, case):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        case[1]()
    seen = [w for w in told if words in str(w.message)]
    assert seen
    assert {w.filename for w in seen} == {__file__}


@pytest.fixture(scope="module")
def calls():
    """Each call in the packages by which something warns: the file, the function, the first argument."""
    return [
        (path.relative_to(ROOT).with_suffix("").as_posix(), ast.unparse(node.func), ast.unparse(node.args[0]))
        for package in ("autograd", "nn", "viz")
        for path in sorted((ROOT / package).rglob("*.py"))
        if "warn" in (text := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in WARNING and node.args
    ]


def test_no_warning_is_left_out(calls):
    texts = [(f, text) for f, name, text in calls if name == "warn"]
    assert len(texts) == len(CASES)
    for file, words in CASES:
        told = [text for where, text in texts if where == file]
        assert any(words in text or text in FROM_ELSEWHERE for text in told), f"{file} warns of no {words!r}"


def test_there_is_one_way_to_warn(calls):
    others = [(file, function) for file, function, _ in calls if function not in ("warn", "_warn")]
    assert set(others) == {("autograd/_support/callers", "warnings.warn_explicit")}


def test_two_libraries_of_one_name_are_told_where_a_user_imports_one(tmp_path):
    (tmp_path / "autograd-1.9.dist-info").mkdir()
    (tmp_path / "autograd-1.9.dist-info" / "METADATA").write_text("Name: autograd\nVersion: 1.9\n")
    script = tmp_path / "script.py"
    script.write_text(f"import sys\nsys.path.append({str(ROOT)!r})\n\nimport nn\n")
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert ran.stderr.startswith(f"{script}:4: UserWarning: both chainrule and autograd 1.9")


def test_it_is_the_nearest_of_the_users_lines():
    def cost(a, y):
        return nn.cross_entropy(a, y)  # here

    with pytest.warns(nn.LogitsWarning) as told:
        fit(mlp(4, 2), Y=LABELS, cost=cost)
    assert "# here" in linecache.getline(told[0].filename, told[0].lineno)


def test_where_every_frame_is_of_these_packages_it_is_the_outermost():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        _thread.start_new_thread(warn, ("alone",))
        for _ in range(1000):
            if told:
                break
            time.sleep(0.001)
    assert [w.filename for w in told] == [callers.__file__]


# -- as Python's own warnings ------------------------------------------------------------------------


def test_the_default_tells_once_a_line():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("default")
        for _ in range(3):
            warn("of one line")
        warn("of one line")
    assert len(told) == 2


def test_filters_know_the_users_module():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        warnings.filterwarnings("ignore", module=__name__)
        warn("ignored")
    assert not told


@pytest.mark.parametrize("node", [Tensor, Value])
def test_a_warning_that_is_to_be_an_error_is_one(node):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(nn.LogitsWarning, match="takes logits"):
            fit(mlp(4, 2, node=node), Y=LABELS, cost=nn.cross_entropy)
