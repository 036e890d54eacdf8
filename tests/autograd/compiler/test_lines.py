"""The lines of a program: their formulas compute the recorded results, their counts are those of the tape."""

import functools
import operator
import re

import numpy as np
import pytest
from scalar_programs import random_graph

import autograd
import nn
from autograd import Value, sin, tanh
from autograd._compiler.describe.formulas import Applied, Matrix, Number, Part, Ragged, Total, parts
from autograd._compiler.describe.line_names import _runs, short
from autograd._compiler.find.tape import read


def values(letter, *shape):
    made = np.empty(shape, dtype=object)
    for n, index in enumerate(np.ndindex(shape)):
        made[index] = Value(0.1 * n - 0.7, label=f"{letter}_{{{','.join(map(str, index))}}}")
    return made


def evaluated(formula, known):
    """The number of a formula in single quantities."""
    match formula:
        case Part(of, rows):
            (row,) = rows
            return known[of][row]
        case Number(value):
            return value
        case Applied(row, args):
            return row(*(evaluated(a, known) for a in args))
        case Total(terms):
            assert all(term.sign for term in terms)  # a zero of a matrix is no term
            factors = (1.0 if t.factor is None else evaluated(t.factor, known) for t in terms)
            return sum(t.sign * f * evaluated(t.quantity, known) for t, f in zip(terms, factors, strict=True))
    raise AssertionError(f"{formula} is not in single quantities")


def numbers(found, leaves):
    """The quantities of each name, computed line by line from the numbers that leaves were recorded with."""
    recorded = {leaf.label: leaf.data for leaf in leaves}
    known = {}
    lines = [*found.lines, *([found.result] if found.result else [])]
    named = dict.fromkeys(part.of for line in lines for part in parts(line.formula))
    for leaf in (one for one in named if one.formula is None):
        known[leaf] = [recorded[label] for label in leaf.labels]
    for line in lines:
        known[line] = [evaluated(found.single(line, row), known) for row in range(len(line))]
    return known


@pytest.mark.parametrize("seed", range(30))
def test_the_formulas_of_single_quantities_compute_what_was_recorded(seed):
    x, w, nodes = random_graph(seed, 4, 5, 60)
    output = sum(node * 0.5 for node in nodes[-8:])
    found = autograd.compile(output, x, w).lines
    known = numbers(found, [*x, *w])
    last = found.result or found.lines[-1]
    assert known[last] == pytest.approx([float(output)], rel=1e-12)


def windows(x, w):
    b = values("b", 4)
    return [w[f, :3] @ x[i : i + 3] + b[f] for f in range(4) for i in range(10)], [*w.ravel(), *b]


def ragged(x, w):
    starts = (0, 5, 11, 18, 26, 35)  # sums of 5, 6, … terms that share none
    sums = [
        w[0, : end - start] @ x[start:end] for start, end in zip(starts, (*starts[1:], len(x)), strict=True)
    ]
    return sums, w.ravel()


def with_zeros(x, w):
    return [w[0, :6] @ x[:6], w[1, :7] @ x[2:9], w[2, :5] @ x[4:9]], w.ravel()


@pytest.mark.parametrize(("sums", "kind"), [(windows, Matrix), (ragged, Ragged), (with_zeros, Matrix)])
def test_each_sum_of_a_matrix_in_single_quantities(sums, kind):
    x, w = values("x", 45), values("w", 4, 12)
    outputs, wrt = sums(x, w)
    found = autograd.compile(outputs, x, wrt).lines
    known = numbers(found, [*x, *wrt])
    lines = [*found.lines, *([found.result] if found.result else [])]
    assert any(isinstance(one, kind) for line in lines for one in inside(line.formula))
    if found.result is not None:
        made = known[found.result]
    else:
        made = [known[part.of][row] for part in parts(found.outputs) for row in part.rows]
    assert sorted(made) == pytest.approx(sorted(map(float, outputs)), rel=1e-12)


def inside(formula):
    yield formula
    for term in formula.terms if isinstance(formula, Total) else ():
        yield from inside(term.quantity)


def added(terms):
    """Their sum, which does not begin with 0 +, as Python's own does."""
    return functools.reduce(operator.add, terms)


def programs():
    x, y = values("x", 9), values("y", 2)
    net = nn.MLP([9, 6, 2], node=Value, rng=0)
    yield nn.quadratic_cost(net(x), y), [*x, *y], net.parameters()
    w, b = values("w", 4, 3), values("b", 4)
    z = [w[f] @ x[i : i + 3] + b[f] for f in range(4) for i in range(7)]
    yield added(v.relu() for v in z), x, [*w.ravel(), *b]
    yield added(100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(8)), [], x
    yield added(sin(x[i] * w[0, 0]) / (1 + x[i] ** 2) for i in range(9)), x, [w[0, 0]]


@pytest.mark.parametrize("case", range(4))
def test_the_operations_of_the_lines_are_those_of_the_tape(case):
    output, inputs, wrt = list(programs())[case]
    found = autograd.compile(output, inputs, wrt).lines
    counted = sum(line.operations for line in (*found.lines, found.result))
    assert counted == int((read([output], inputs, wrt).code > 1).sum())


def test_a_matrix_is_one_by_rows_whatever_the_order_of_its_columns():
    W, x = values("w", 5, 8), values("x", 8)
    straight = autograd.compile(W @ x, x, W.ravel()).lines
    turned = autograd.compile(W @ x[::-1], x, W.ravel()).lines
    for found in (straight, turned):
        (matrix,) = {found.outputs.matrix, found.outputs.weights.of}
        assert matrix.shape == (5, 8)
    transposed = autograd.compile(W.T @ x[:5], x, W.ravel()).lines
    assert transposed.outputs.matrix is None
    assert transposed.outputs.weights.of.shape == (40,)


def test_what_nests_deep_gets_lines_of_its_own():
    x = y = Value(0.5, label="x")
    for _ in range(3000):
        y = sin(y)
    listed = str(autograd.compile(y, [x], [])).splitlines()
    assert max(line.count("(") for line in listed) < 50
    assert sum(line.count("sin(") for line in listed) == 3000


def test_a_matrix_is_told_on_its_own_line():
    x, w = values("x", 6), values("w", 6)
    inner = w @ x
    u = (x[0] * 2).with_label("u")
    listed = str(autograd.compile([sin(inner + u), u], x, w)).splitlines()
    assert [bool(re.search(r"\(1 x 6\)$", line)) for line in listed] == [" @ " in line for line in listed]
    assert any(" @ " in line for line in listed)


# -- names -----------------------------------------------------------------------------------------


def listed(outputs, inputs, wrt):
    return re.sub(r" {2,}.*", "", str(autograd.compile(outputs, inputs, wrt)), flags=re.MULTILINE)


def named(*labels):
    return [Value(0.5, label=label) for label in labels]


def test_leaves_with_letters_of_their_own_keep_them():
    (x, y), (a, b) = named("x", "y"), named(r"\alpha", "b")
    assert listed([a * x, a * y, b * y], [x, y], [a, b]) == "return [alpha, alpha, b] * [x, y, y]"
    W = [named(f"w_{i}0", f"w_{i}1") for i in range(2)]
    sums = [row[0] * x + row[1] * y for row in W]
    assert listed(sums, [x, y], [w for row in W for w in row]) == "return W @ [x, y]"


def test_leaves_without_labels_are_places_in_x_and_theta():
    x, w = named(None, None, None), named(None, None, None)
    assert listed(w[0] * x[0] + w[1] * x[1], x, w) == "return theta[0:2] @ x[0:2]"


def test_a_line_without_a_label_has_a_letter_that_no_label_has():
    x, v = named("x"), named("v_0", "v_1")
    h = [autograd.tanh(w * x[0]) for w in v]
    assert listed([h[0] * h[1], h[0] - h[1]], x, v).splitlines()[0] == "u1 = tanh(v * x)"


def test_weights_of_matrices_of_two_shapes_have_neither():
    w, x, u = values("w", 8), values("x", 4), values("u", 2)
    tall = [sum(w[4 * i + k] * x[k] for k in range(4)) for i in range(2)]
    wide = [sum(w[2 * i + k] * u[k] for k in range(2)) for i in range(4)]
    again = [sum(w[4 * i + k] * tanh(x[k]) for k in range(4)) for i in range(2)]
    found = autograd.compile([*tall, *wide, *again], [*x, *u], list(w)).lines
    (weights,) = {
        part.of
        for line in (*found.lines, found.result)
        if line
        for part in parts(line.formula)
        if part.of.name == "w"
    }
    assert weights.shape == (8,)


@pytest.mark.parametrize("terms", [2, 3, 4])
def test_one_sum_of_few_terms_in_order_is_a_product(terms):
    w, x = values("w", terms), values("x", terms)
    assert listed(sum(a * b for a, b in zip(w, x, strict=True)), list(x), list(w)) == "return w @ x"


FORMS = [
    "w_{%d}^{(1)}",
    "w_{%d}^{(2)}",
    "b_%d",
    "w_%d",
    "x%d",
    "z^{(1)}_%d",
    "w_{^%d}^{(1)}",
    "w_%d\nw_1",
    None,
]


@pytest.mark.parametrize("seed", range(40))
def test_letters_of_neighbours_are_those_of_each(seed):
    rng = np.random.default_rng(seed)
    labels = []
    while len(labels) < 300:  # runs of all lengths, and forms in turn
        forms, count = rng.choice(len(FORMS), rng.integers(1, 3)), 2 ** rng.integers(8)
        labels += [form and form % i for i in range(count) for form in (FORMS[k] for k in forms)]
    letters = [letter for letter, count in _runs(labels, ()) for _ in range(count)]
    assert letters == list(map(short, labels))
