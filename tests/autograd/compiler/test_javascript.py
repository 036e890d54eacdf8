"""A program as JavaScript against the program itself: random graphs, nets, every row, labels, errors."""

import random

import numpy as np
import pytest
from scalar_programs import random_graph, sums_of_every_kind, tangle

import autograd
import nn
from autograd import DomainError, Value, cos, exp, log, relu, sigmoid, sin, softplus, sqrt, tanh, where
from autograd._compiler.loops.functions.tree import Untranslatable
from autograd._table.define import rows
from autograd.extend import Row, define
from tests.javascript import node, run

RUN = """
const tried = (f) => {
  try { return f(); } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    return `${error.name}: ${error.message}`;
  }
};
const plain = (key, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
const results = programs.map((program, i) => {
  const { theta, X, rate } = argument[i];
  const parameters = program.Real.from(theta);
  const outputs = tried(() => program.outputs(theta, X));
  const gradient = tried(() => program.gradient(theta, X));
  const value = tried(() => program.step(parameters, program.Real.from(X), rate));
  return { outputs, gradient, value, parameters };
});
console.log(JSON.stringify(results, plain));
"""


def in_javascript(programs, arguments, folder):
    """What each program gives for its theta and X."""
    sources = [program.to_javascript(f"p{i}") for i, program in enumerate(programs)]
    kinds = ["Float32Array" if program.dtype == np.float32 else "Float64Array" for program in programs]
    listed = ", ".join(f"{{ Real: {kind}, ...p{i} }}" for i, kind in enumerate(kinds))
    script = "\n".join([*sources, f"const programs = [{listed}];", RUN])
    asked = [
        {"theta": np.ravel(theta).tolist(), "X": np.ravel(X).tolist(), "rate": 0.125}
        for theta, X in arguments
    ]
    return run(script, asked, folder)


def close(theirs, mine, rtol):
    scale = max(1.0, float(np.abs(mine).max(initial=0.0)))
    np.testing.assert_allclose(
        np.reshape(np.asarray(theirs, float), np.shape(mine)), mine, rtol=rtol, atol=rtol * scale
    )


def agree(programs, folder, low=-1.0, high=1.0, n=3):
    """Outputs, gradients and steps are those of the programs."""
    rng = np.random.default_rng(0)
    arguments = [
        (rng.uniform(low, high, p.parameters), rng.uniform(low, high, (n, p.inputs))) for p in programs
    ]
    for program, (theta, X), theirs in zip(
        programs, arguments, in_javascript(programs, arguments, folder), strict=True
    ):
        rtol = 1e-9 if program.dtype == np.float64 else 2e-4
        value, gradient, outputs = program.value_grad_and_outputs(theta, X if program.inputs else X[:1])
        close(theirs["outputs"], outputs, rtol)
        close(theirs["gradient"]["outputs"], outputs, rtol)
        close(theirs["gradient"]["value"], value, rtol)
        close(theirs["gradient"]["gradient"], gradient, rtol)
        close(theirs["value"], value, rtol)
        close(theirs["parameters"], theta.astype(program.dtype) - 0.125 * gradient, rtol)


def net(sizes, activation=sigmoid, dtype="float64"):
    model = nn.MLP(sizes, activation=activation, node=Value, rng=0)
    x = [Value(0.1, label=f"x_{i}") for i in range(sizes[0])]
    y = [Value(0.2, label=f"y_{i}") for i in range(sizes[-1])]
    outputs = np.ravel(model(x)).tolist()
    cost = nn.quadratic_cost(outputs, y)
    leaves = [leaf for p in model.parameters() for leaf in np.ravel(p).tolist()]
    return autograd.compile([cost, *outputs], [*x, *y], leaves, dtype=dtype)


@node
def test_random_graphs_nets_and_sums(tmp_path):
    programs = []
    for seed in range(10):
        draw = random.Random(seed)
        operations = 400 if seed == 1 else draw.randint(1, 80)  # in several functions, or in one
        x, w, nodes = random_graph(seed, draw.randint(0, 4), draw.randint(1, 5), operations)
        outputs = [nodes[-1], *draw.sample(nodes, draw.randint(0, 2))]
        programs.append(autograd.compile(outputs, x, w, dtype="float64"))
    for sizes in ([1, 1], [2, 3, 1], [3, 1, 4], [7, 7, 7], [1, 1, 1, 1], [40, 13, 3]):
        programs.append(net(sizes, random.Random(len(programs)).choice([sigmoid, tanh, relu, softplus])))
    programs.append(net([40, 13, 3], dtype="float32"))
    programs.append(autograd.compile(*tangle(150), dtype="float32"))
    outputs, x, w = sums_of_every_kind()
    programs += [autograd.compile(autograd.sum(outputs), x, w), autograd.compile(outputs, x, w)]
    agree(programs, tmp_path)


@node
def test_several_rows_of_a_large_matrix_at_a_time(tmp_path):
    agree([*(net([130, rows, 1]) for rows in (3, 5, 8)), net([29, 31, 34])], tmp_path)


@node
def test_every_row(tmp_path):
    programs = []
    for row in rows():
        x, w = Value(0.6, label="x"), Value(0.7, label="w")
        others = (Value(0.8, label="v"), 0.9)[: row.arity - 1]
        arguments = [x * w + 1.0 if row.name == "acosh" else x * w, *others]
        result = row(*arguments)
        leaves = [w, *(v for v in others if isinstance(v, Value))]
        programs.append(autograd.compile([result, result * result], [x], leaves))
    agree(programs, tmp_path, 0.3, 0.95)


@node
def test_saturated_numbers_are_those_of_careful_forms(tmp_path):
    functions = [sigmoid, softplus, tanh, autograd.silu, autograd.gelu, autograd.log_sigmoid, autograd.erf]
    programs = []
    for function in functions:
        x, w = Value(1.0, label="x"), Value(1.0, label="w")
        programs.append(autograd.compile(function(w * x), [x], [w]))
    for scale in (-800.0, 800.0):
        arguments = [(np.array([scale]), np.array([[0.5], [1.0], [2.0]]))] * len(programs)
        for program, theirs in zip(programs, in_javascript(programs, arguments, tmp_path), strict=True):
            theta, X = arguments[0]
            close(theirs["gradient"]["gradient"], program.value_and_grad(theta, X)[1], 1e-12)
            close(theirs["outputs"], program(theta, X), 1e-12)


@node
def test_labels_that_mean_something_in_javascript_or_in_a_page(tmp_path):
    names = ["new", "c1", "t1", "total", "exp", "at", "X", "theta", "function", "n", "i", "ρ", "results"]
    names += ["</script><!--", "a\u2028b", "W_1", "w'", "class", "${x}", "`"]
    leaves = [Value(0.1 + 0.01 * i, label=name) for i, name in enumerate(names)]
    x = [Value(0.5, label=f"{name}_{{0}}") for name in names[:4]]
    hidden = [tanh(sum(w * v for w, v in zip(leaves[i : i + 4], x, strict=True))) for i in range(17)]
    labelled = [h.with_label(name) for h, name in zip(hidden, reversed(names), strict=False)]
    cost = exp(labelled[0]) * sin(labelled[1]) + sum(labelled) * leaves[-1] + sqrt(leaves[4] * leaves[4] + 1)
    program = autograd.compile([cost, *labelled], x, leaves)
    source = program.to_javascript()
    assert not any(part in source for part in ("</script", "<!--", "\u2028"))
    agree([program], tmp_path)


@node
def test_inputs_among_the_parameters_and_leaves_in_any_order(tmp_path):
    x, w = [Value(0.3, label=f"x_{i}") for i in range(3)], [Value(0.4, label=f"w_{i}") for i in range(3)]
    cost = sum(a * b for a, b in zip(x, w, strict=True)) * cos(x[0])
    agree(
        [
            autograd.compile(cost, x[::-1], [w[2], w[0], w[1]]),
            autograd.compile([cost, w[1]], [x[1], x[0], x[2]], [w[1]]),
            autograd.compile([w[1] * 2.0], [], w),
            autograd.compile(cost, x, []),
        ],
        tmp_path,
    )


@node
def test_errors_are_told(tmp_path):
    x, w = Value(1.0, label="x"), Value(1.0, label="w")
    log_of, quotient, root = log(w * x), 1.0 / (w * x), sqrt(w * x)
    beyond, chosen = (w * x) * 1e200 * 1e200, where(x, w / x, 0.0)
    programs = [autograd.compile(f, [x], [w]) for f in (log_of, quotient, root, beyond, chosen, exp(w * x))]
    numbers = [-1.0, 0.0, 0.0, 1.0, 2.0, 1000.0]
    arguments = [(np.array([number]), np.array([[1.0]])) for number in numbers]
    results = in_javascript(programs, arguments, tmp_path)
    assert results[0]["outputs"] == "RangeError: log(-1) is undefined"
    assert results[0]["parameters"] == [-1]  # as before the step
    assert results[1]["gradient"] == "RangeError: 1 / 0 is undefined"
    assert results[2]["outputs"] == [0]
    assert results[2]["gradient"] == "RangeError: 0.5 / 0 is undefined"
    assert results[3]["outputs"] == "RangeError: output 0 of example 0 is Infinity"
    assert results[3]["value"] == "RangeError: the mean of the first output is Infinity"
    assert results[4]["outputs"] == [2]
    assert results[5]["outputs"] == "RangeError: exp(1000) is undefined"
    for program, (theta, X), theirs in zip(programs, arguments, results, strict=True):
        if isinstance(theirs["gradient"], str):
            with pytest.raises((DomainError, FloatingPointError, ValueError)):
                program.value_and_grad(theta, X)


@node
def test_arrays_of_another_length_or_kind(tmp_path):
    program = net([2, 2])
    source = program.to_javascript("net")
    script = f"""{source}
    const told = (error) => `${{error.name}}: ${{error.message}}`;
    const tried = (f) => {{ try {{ return f(); }} catch (error) {{ return told(error); }} }};
    console.log(JSON.stringify([
      tried(() => net.outputs([1, 2], [1, 2, 3, 4])),
      tried(() => net.gradient(new Float64Array(6), [1, 2, 3, 4, 5])),
      tried(() => net.outputs(new Float64Array(6), [])),
      tried(() => net.step([1, 2, 3, 4, 5, 6], [1, 2, 3, 4], 0.1)),
    ]));
    """
    assert run(script, None, tmp_path) == [
        "RangeError: theta has 2 numbers, and there are 6 parameters",
        "RangeError: X has 5 numbers, and an example has 4",
        "RangeError: X has 0 numbers, and an example has 4",
        "TypeError: theta changes in place: pass a Float64Array",
    ]


def test_the_same_program_gives_the_same_text(tmp_path):
    program = net([40, 13, 3])
    target = tmp_path / "net.js"
    assert program.to_javascript("net", target) == program.to_javascript("net") == target.read_text("utf-8")
    assert program.to_javascript("net") == net([40, 13, 3]).to_javascript("net")


@pytest.mark.parametrize("name", ["", "a b", "1a", "new", "a-b", "NaN"])
def test_names_that_a_constant_cannot_have(name):
    with pytest.raises(ValueError, match="is no name that a constant can have in JavaScript"):
        net([1, 1]).to_javascript(name)


def test_a_row_without_javascript_is_named():
    def endless(x):
        while x > 1:
            x = x / 2
        return x

    define(Row("endless", endless, partials="out / x"))
    w = Value(3.0)
    with pytest.raises(
        Untranslatable, match=r"row 'endless' has no JavaScript: 'while x > 1:' in endless .*line"
    ):
        autograd.compile(w.endless(), [], [w]).to_javascript()
