"""The engine by every road through random programs, judged by mpmath; errors alike on all of them."""

import numpy as np
import pytest

from autograd import DomainError, Tensor, Value, compile
from autograd._table.define import rows
from autograd.testing import Program, judge, random_program
from benchmarks.roads.complaints import complaints, smallest_failure
from benchmarks.roads.roads import LIBRARY_ROADS, ROADS, SECOND_ORDER_ROADS, outcome

# Programs on which a road was wrong once, each made small.
WRONG_ONCE = [
    "x = 1.0\na = leaky_relu(-100.0, x)",
    "x = 1.0\na = elu(-1.0, x)",
    "x = -2.0\na = elu(0.5, x)\nb = tanh(a)",
    "x = 0.5\na = leaky_relu(0.5, x)\nb = hypot(x, a)",
]


@pytest.mark.parametrize("seed", range(4))
def test_every_road_through_random_programs(seed):
    rng = np.random.default_rng(seed)
    for _ in range(10):
        program = random_program(rng, max_lines=6)
        assert not complaints(program), program


def test_first_order_roads_through_more_programs():
    rng = np.random.default_rng(9)
    few = ["reverse", "forward", "Tensors", "compiled, parameters"]
    for _ in range(60):
        program = random_program(rng, max_lines=8)
        assert not complaints(program, few), program


@pytest.mark.parametrize("text", WRONG_ONCE)
def test_programs_on_which_a_road_was_wrong(text):
    assert not complaints(Program.parse(text))


@pytest.mark.parametrize("library", LIBRARY_ROADS)
def test_programs_on_other_libraries(library):
    pytest.importorskip({"JAX": "jax", "PyTorch": "torch"}[library])
    rng = np.random.default_rng(2)
    programs = [
        random_program(rng, operations=["add", "mul", "elu", "sin", "pow", "floor"]) for _ in range(8)
    ]
    for program in [*map(Program.parse, WRONG_ONCE), *programs]:
        assert not complaints(program, [library]), program


def test_a_road_that_is_wrong_is_named_with_a_small_program(monkeypatch):
    right = ROADS["reverse"]

    def doubles_sines(program):
        value, gradient = outcome(right, program)
        return value, tuple(2 * g for g in gradient) if "sin" in program.operations else gradient

    monkeypatch.setitem(ROADS, "reverse", doubles_sines)
    program = Program.parse("x = 0.5\ny = 2.0\na = x * y\nb = sin(a)\nc = b + y")
    assert list(complaints(program)) == ["reverse"]
    small, complaint = smallest_failure(program, "reverse")
    assert small.operations == {"sin"}
    assert complaint.startswith("the gradient has")


def test_second_derivatives_that_are_wrong_are_noticed(monkeypatch):
    road = "forward over reverse"
    monkeypatch.setitem(SECOND_ORDER_ROADS, road, lambda p: ((1.0,),))
    assert complaints(Program.parse("x = 0.5\na = sin(x)"), [road])[road].startswith("the Hessian has 1.0")


@pytest.mark.parametrize("row", [row for row in rows() if row.public and row.arity > 1], ids=str)
def test_numbers_beside_arrays_of_float32(row):
    """With a number in any places, also where the derivative is of the numbers alone."""
    for places in range(1, 2**row.arity):
        for number in (0.5, -0.5):
            if row.name == "pow" and number < 0:
                continue
            taken = [bool(places >> i & 1) for i in range(row.arity)]
            tensors = [Tensor(np.full(2, 0.75, "f4")) if t else number for t in taken]
            values = [Value(0.75) if t else number for t in taken]
            out = row(*tensors)
            assert out.dtype == np.float32
            out.sum().backward()
            row(*values).backward()
            for tensor, value in zip(tensors, values, strict=True):
                if isinstance(tensor, Tensor) and tensor.grad is not None:
                    assert tensor.grad.dtype == np.float32
                    assert tensor.grad == pytest.approx(value.grad, rel=1e-6)


HARD = (0.0, 1.0, -1.0, 1e-160, 1e200, -1e300, 800.0, -800.0, 0.5, 2.0)
COUNTS = (1, 2, 40, 1_000)  # examples: plain arithmetic, and arrays of several sizes


def eager(program, gradient):
    """The result, and the texts of the errors: of all operations that are undefined, in any order."""
    nodes = {name: Value(x, name) for name, x in zip(program.variables, program.point, strict=True)}
    texts = set()
    for line in program.lines:
        names = tuple(dict.fromkeys(line.names))
        if all(name in nodes for name in names):
            step = Program(names, (0.0,) * len(names), (line,)).function()
            try:
                nodes[line.name] = step(*[nodes[name] for name in names])
            except DomainError as error:
                texts.add(str(error))
    if texts or not gradient or not isinstance(nodes[program.outputs[0]], Value):
        return texts
    try:
        nodes[program.outputs[0]].backward()
    except DomainError as error:
        texts.add(str(error))
    return texts


def message(compiled, theta, X, gradient):
    """The text of the error of a compiled program; empty if there is none."""
    try:
        compiled.value_and_grad(theta, X) if gradient else compiled([], X)
    except DomainError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("gradient", [False, True])
def test_errors_name_the_same_example_and_operation_for_any_number_of_examples(gradient):
    rng, errors = np.random.default_rng(4), 0
    names = {row.name for row in rows() if row.public and not row.selects}
    for _ in range(40):
        # Without `where`, since a program does not compute an undefined branch that is not taken.
        program = random_program(rng, operations=names, max_lines=6).without_unused_lines()
        count = len(program.variables)
        X = np.array([program.point, *rng.choice(HARD, (2, count)).tolist()])[rng.permutation(3)]
        variables = [Value(x, name) for name, x in zip(program.variables, program.point, strict=True)]
        out = program.function()(*variables)
        if not isinstance(out, Value) or any(judge(program.at(*row)).undecided for row in X.tolist()):
            continue
        compiled = compile(out, variables, variables if gradient else [])
        results = [eager(program.at(*row), gradient) for row in X.tolist()]
        for examples in COUNTS:
            rows_of_x = np.resize(X, (examples, count))
            first = next((k for k, texts in enumerate(results[:examples]) if texts), None)
            raised = message(compiled, X[0], rows_of_x, gradient)
            if first is not None:
                errors += 1
                assert raised in {f"example {first}: {text}" for text in results[first]}, program
            else:
                assert not raised or (gradient and "beyond the largest" in raised), program
    assert errors > 8
