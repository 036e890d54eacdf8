"""Programs as C99: each row, random programs, nets of every shape, and errors, against the NumPy programs."""

import ctypes
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import DomainError, Tensor, Value, compile, exp, log, sigmoid, softplus, tanh
from autograd._compiler.loops.c.source import file_names, generate_c
from autograd._compiler.loops.straight import is_scattered
from autograd._graph.primitive import PRIMITIVES
from autograd._table.rows import Row
from tests.autograd.compiler.test_library import points
from tests.scalar_programs import random_graph, sums_of_every_kind, tangle

COMPILERS = [path for name in ("gcc", "clang") if (path := shutil.which(name))] or [
    path for name in ("cc",) if (path := shutil.which(name))
]
pytestmark = pytest.mark.skipif(not COMPILERS, reason="needs a C compiler")
STRICT = ("-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror")
ROWS = [row for row in PRIMITIVES.values() if isinstance(row, Row)]


class Library:
    """Compiled programs of one file each."""

    def __init__(self, folder, sources, compiler=None, options=("-O1",)):
        paths = []
        for i, source in enumerate(sources):
            paths.append(folder / f"program{i}.c")
            paths[-1].write_text(source, encoding="utf-8")
        command = [
            compiler or COMPILERS[0],
            *STRICT,
            *options,
            "-shared",
            "-fPIC",
            "-o",
            str(folder / "l.so"),
        ]
        done = subprocess.run(
            [*command, *map(str, paths), "-lm"], check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[:3000]
        self.loaded = ctypes.CDLL(str(folder / "l.so"))

    def outputs(self, name, program, theta, X):
        theta, X = (np.ascontiguousarray(a, program.dtype) for a in (theta, X))
        result = np.full((len(X), program.outputs), np.nan, program.dtype)
        return self.loaded[name](*map(_pointer, (theta, X)), ctypes.c_long(len(X)), _pointer(result)), result

    def gradient(self, name, program, theta, X):
        theta, X = (np.ascontiguousarray(a, program.dtype) for a in (theta, X))
        outputs = np.full((len(X), program.outputs), np.nan, program.dtype)
        value, gradient = (
            np.full(1, np.nan, program.dtype),
            np.full(program.parameters, np.nan, program.dtype),
        )
        wrong = self.loaded[f"{name}_gradient"](
            *map(_pointer, (theta, X)), ctypes.c_long(len(X)), *map(_pointer, (value, gradient, outputs))
        )
        return wrong, value[0], gradient, outputs

    def step(self, name, program, theta, X, rate):
        real = ctypes.c_float if program.dtype == np.float32 else ctypes.c_double
        X, value = np.ascontiguousarray(X, program.dtype), np.zeros(1, program.dtype)
        wrong = self.loaded[f"{name}_step"](
            *map(_pointer, (theta, X)), ctypes.c_long(len(X)), real(rate), _pointer(value)
        )
        return wrong, value[0]


def _pointer(array):
    return array.ctypes.data_as(ctypes.c_void_p)


def agree(mine, theirs, dtype, ulps):
    """Equal to units in the last place of the largest number."""
    theirs = np.asarray(theirs, float)
    unit = np.finfo(dtype).eps * max(np.abs(theirs).max(initial=0.0), np.finfo(dtype).tiny)
    assert np.abs(np.asarray(mine, float) - theirs).max(initial=0.0) <= ulps * unit, (mine, theirs)


def check(library, name, program, theta, X, ulps=64):
    """The outputs, the value and the gradient of a program, in C and in NumPy."""
    value, gradient, outputs = program.value_grad_and_outputs(theta, X)
    outputs = outputs.reshape(len(X), program.outputs)
    wrong, forward = library.outputs(name, program, theta, X)
    assert not wrong
    agree(forward, outputs, program.dtype, ulps)
    wrong, mean, slope, again = library.gradient(name, program, theta, X)
    assert not wrong
    agree(again, outputs, program.dtype, ulps)
    agree(mean, value, program.dtype, ulps)
    agree(slope, gradient, program.dtype, ulps)


def inputs_of(row, dtype, count):
    """Points of a row's domain at which it and its derivatives are numbers, neither tiny nor huge."""
    low, high = (1e-6, 1e4) if dtype == "float32" else (1e-30, 1e30)

    def fine(a):
        return a == 0 or low < abs(a) < high

    chosen = []
    for point in points(row, 8 * count):
        x = [Value(float(np.dtype(dtype).type(a))) for a in point]
        try:
            out = row(*x)
            out.backward()
        except (DomainError, ValueError):
            continue
        if all(map(fine, [out.data, *(a.data for a in x), *(a.grad or 0.0 for a in x)])):
            chosen.append([a.data for a in x])
    assert len(chosen) >= count, row
    return np.array(chosen[:count], dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_row_agrees_over_its_domain(dtype, tmp_path):
    """All rows side by side, each of its own inputs times parameters: the sum's gradient is row by row."""
    rows = [row for row in ROWS if row.name != "_powmix"]  # its stand-in has fewer digits: see test_library
    X = np.hstack([inputs_of(row, dtype, 24) for row in rows])
    w, x = [Value(1.0) for _ in X[0]], [Value(float(a)) for a in X[0]]
    outputs, place = [], 0
    for row in rows:
        part = slice(place, place := place + row.arity)
        outputs.append(row(*(a * b for a, b in zip(w[part], x[part], strict=True))))
    program = compile([sum(outputs, 0.0), *outputs], x, w, dtype=dtype)
    library, theta = Library(tmp_path, [program.to_c("rows")], options=("-O0",)), np.ones(len(w), dtype)
    wrong, _, _, together = library.gradient("rows", program, theta, X)
    assert not wrong
    for example, own in zip(X, together, strict=True):
        _, expected, numbers = program.value_grad_and_outputs(theta, example[np.newaxis])
        wrong, _, gradient, _ = library.gradient("rows", program, theta, example[np.newaxis])
        assert not wrong
        place = 0
        for row, mine, theirs in zip(rows, own[1:], numbers[0, 1:], strict=True):
            part = slice(place, place := place + row.arity)
            try:
                agree(mine, theirs, dtype, 8)
                agree(gradient[part], expected[part], dtype, 32)
            except AssertionError as error:
                raise AssertionError(f"{row.name} at {example[part]}: {error}") from None


def nets():
    """Nets of several shapes, with activations, and a cost against desired outputs."""
    for sizes, activation in (((2, 16, 16, 1), tanh), ((40, 9, 3), sigmoid), ((70, 33, 35, 2), softplus)):
        x = [Value(0.1, label=f"x_{i}") for i in range(sizes[0])]
        y = [Value(0.1, label=f"y_{i}") for i in range(sizes[-1])]
        theta, a = [], x
        for n in sizes[1:]:
            W = [[Value(0.1) for _ in a] for _ in range(n)]
            b = [Value(0.1) for _ in range(n)]
            a = [
                activation(sum((w * v for w, v in zip(row, a, strict=True)), b_i))
                for row, b_i in zip(W, b, strict=True)
            ]
            theta += [*(w for row in W for w in row), *b]
        yield [sum((p - q) ** 2 for p, q in zip(a, y, strict=True)), *a], [*x, *y], theta


def pairs():
    """A long program of two scalars at a time, whose functions and derivatives name numbers."""
    x, w = ([Value(0.1 * i + 0.1) for i in range(2)] for _ in range(2))
    a, b = x
    for _ in range(40):
        a, b = tanh(a * w[0] - b), tanh(b * w[1] + a)
        a, b = sigmoid(a + b), sigmoid(a - b)
    return [a * b, a], x, w


def test_nets_and_sums_and_random_programs_agree(tmp_path):
    graphs = [(*graph, "float32") for graph in nets()]
    graphs.append((*pairs(), "float64"))
    assert is_scattered(compile(*graphs[-1])._array_program)
    graphs.append((*sums_of_every_kind(), "float64"))
    for seed, operations, dtype in ((1, 60, "float32"), (2, 60, "float64"), (4, 260, "float64")):
        x, w, nodes = random_graph(seed, 5, 6, operations)
        graphs.append((nodes[-3:], x, [*w, w[0], x[1]] if seed == 2 else w, dtype))
    programs = [compile(*graph) for graph in graphs]
    draw = np.random.default_rng(0)
    for compiler in COMPILERS:
        some = programs if compiler == COMPILERS[0] else programs[:2]
        folder = tmp_path / compiler.replace("/", "_")
        folder.mkdir()
        library = Library(folder, [p.to_c(f"p{i}") for i, p in enumerate(some)], compiler, ("-O0",))
        for i, program in enumerate(some):
            theta = draw.uniform(-0.5, 0.5, program.parameters).astype(program.dtype)
            for n in (1, 2, 7, 100):
                X = draw.uniform(-1, 1, (n, program.inputs)).astype(program.dtype)
                check(library, f"p{i}", program, theta, X, 300)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_program_of_single_scalars_is_a_straight_line(dtype, tmp_path):
    program = compile(*tangle(150), dtype=dtype)
    assert is_scattered(program._array_program)
    outputs, x, w = tangle(150)
    alone = compile(outputs, [], [*x, *w])
    assert is_scattered(alone._array_program)
    in_pieces = generate_c(program._array_program, dtype, "g", pieces=[2, 0, 3])
    assert "pieces[2][at * 3 + i]" in in_pieces
    of_numbers = re.findall(r"^static void (?!core).*\{\n(.*)\n", in_pieces, re.MULTILINE)
    assert {*of_numbers} == {"    EXCEPTIONS"}  # of unused lanes, see the test below
    library = Library(tmp_path, [program.to_c("f"), in_pieces, alone.to_c("alone")], options=("-O0",))
    draw = np.random.default_rng(0)
    theta = draw.uniform(0.1, 0.9, program.parameters).astype(dtype)
    for n in (1, 9):
        check(library, "f", program, theta, draw.uniform(-1, 1, (n, 5)).astype(dtype), 300)
    check(library, "alone", alone, draw.uniform(0.1, 0.9, alone.parameters), np.empty((1, 0)), 300)


def quotients(pairs):
    """Pairs of quotients of parameters, which compilers make vectors of; their sums times inputs."""
    w, x = [Value(0.2 * i + 0.3) for i in range(2 * pairs + 2)], [Value(0.1 * i) for i in range(40)]
    q = [w[i] / (w[i + 2] * w[i + 2] + 2.0) for i in range(2 * pairs)]
    sums = [sum((v * q[j % len(q)] for v in x[10 * j : 10 * j + 10]), 0.0) for j in range(4)]
    return [sum((tanh(s) for s in sums), 0.0), *sums], x, w


@pytest.mark.parametrize("compiler", COMPILERS)
def test_lanes_that_a_compiler_does_not_use_raise_no_exception(compiler, tmp_path):
    """clang divides two numbers as a vector of four."""
    program = compile(*quotients(2), dtype="float32")
    library, draw = Library(tmp_path, [program.to_c("f")], compiler, ("-O3",)), np.random.default_rng(0)
    theta = draw.uniform(0.1, 0.9, program.parameters)
    check(library, "f", program, theta, draw.uniform(-1, 1, (3, program.inputs)), 300)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    x, w = [Value(0.5, label="x"), Value(0.5, label="z")], [Value(0.5, label="w"), Value(1.0, label="v")]
    macro = log(w[0] * x[0]).with_label("NAN")  # an array cannot have this name
    program = compile(macro + exp(w[1] * x[1]), x, w)
    return program, Library(tmp_path_factory.mktemp("small"), [program.to_c("f")])


@pytest.mark.parametrize("bad", [[0.0, 1.0], [-1.0, 1.0], [1.0, 800.0], [np.nan, 1.0], [1.0, np.inf]])
def test_an_example_that_is_undefined_or_overflows_or_is_not_finite_is_told(small, bad):
    program, library = small
    theta, X = np.array([0.5, 1.0]), np.full((11, 2), 0.7)
    assert not library.outputs("f", program, theta, X)[0]
    X[9] = bad
    before = theta.copy()
    assert library.outputs("f", program, theta, X)[0]
    assert library.gradient("f", program, theta, X)[0]
    assert library.step("f", program, theta, X, 0.1)[0]
    np.testing.assert_array_equal(theta, before)  # nothing half-done


def test_a_step_descends(small):
    program, library = small
    theta, X = np.array([0.5, 1.0]), np.linspace(0.1, 1, 26).reshape(13, 2)
    value, gradient = program.value_and_grad(theta, X)
    expected = theta - 0.25 * gradient
    wrong, mean = library.step("f", program, theta, X, 0.25)
    assert not wrong
    agree(mean, value, "float64", 8)
    agree(theta, expected, "float64", 8)


def test_flags_of_the_caller_are_as_before(small):
    program, library = small
    with np.errstate(all="raise"):
        library.outputs("f", program, [0.5, 1.0], [[0.0, 1.0]])
        np.ones(3) / 2


def test_a_constant_beyond_the_dtype_is_told(tmp_path):
    x = Value(1.0)
    program = compile(x * 1e300 * 1e-300, [x], [x], dtype="float32")
    library = Library(tmp_path, [program.to_c("big")])
    assert library.outputs("big", program, [1.0], [[1.0]])[0]
    assert program([1.0], [[1.0]])[0] == 1.0  # the NumPy program goes further


def test_inputs_in_pieces(tmp_path):
    outputs, x, w = next(nets())
    program = compile(outputs, x, w)
    source = generate_c(program._array_program, "float64", "f", pieces=[2, 1])
    assert "X1" in source
    assert "X2" in source
    with pytest.raises(ValueError, match=r"2 columns, and there are 3 inputs"):
        generate_c(program._array_program, "float64", "f", pieces=[1, 1])


def test_a_file_is_written_and_its_name_checked(tmp_path):
    program = compile(exp(x := Value(1.0, label="x")), [x], [])
    text = program.to_c("f", tmp_path / "f.c")
    assert (tmp_path / "f.c").read_text(encoding="utf-8") == text
    for name in ("2f", "a b", "int", "", "é"):
        with pytest.raises(ValueError, match="identifier of C"):
            program.to_c(name)
    with pytest.raises(ValueError, match="choose another name"):
        program.to_c("forward")
    with pytest.raises(FileNotFoundError):
        program.to_c("f", tmp_path / "none" / "f.c")


def test_files_are_included_in_one(tmp_path):
    x, w, b = (Value(0.5, label=name) for name in "xwb")
    wide = [Value(0.1 * i, label=f"x_{i}") for i in range(40)]
    W = [[Value(0.01 * (i - j), label=f"w_{{{j},{i}}}") for i in range(40)] for j in range(5)]
    layer = [tanh(sum(w * x for w, x in zip(row, wide, strict=True))) for row in W]
    of_each = {
        "neuron": compile(softplus(w * x + b) ** 2, [x], [w, b]),
        "layer": compile(layer, wide, [w for row in W for w in row]),
        "single": compile(layer, wide, [w for row in W for w in row], dtype="float32"),
        "ragged": compile(*sums_of_every_kind()),
    }
    programs = {f"{name}{i}": program for name, program in of_each.items() for i in range(2)}
    net, leaf = nn.MLP([3, 4, 2], rng=0), Tensor(np.zeros((1, 3)))
    scalars = nn.MLP([3, 4, 2], rng=0, node=Value)
    inputs = [Value(0.0) for _ in range(3)]
    of_tensors = compile(net(leaf), [leaf], net.parameters())
    source = "\n".join(program.to_c(name) for name, program in programs.items()) + of_tensors.to_c("net")
    programs["net"] = compile(scalars(inputs), inputs, scalars.parameters())
    assert {"BYTES", "LANES", "real", "scratch", "core", "outer"} <= {*file_names(source)}
    rng = np.random.default_rng(0)
    for compiler in COMPILERS:
        folder = tmp_path / Path(compiler).name
        folder.mkdir()
        library = Library(folder, [source], compiler, ("-O1", "-Wmissing-prototypes"))
        for name, program in programs.items():
            theta, X = rng.uniform(0.1, 0.9, program.parameters), rng.uniform(0.1, 0.9, (9, program.inputs))
            failed, outputs = library.outputs(name, program, theta, X)
            assert not failed
            expected = program(theta, X).reshape(outputs.shape)
            np.testing.assert_allclose(outputs, expected, rtol=1e-5 if "single" in name else 1e-12)


@pytest.mark.skipif(shutil.which("c++") is None, reason="needs a C++ compiler")
def test_a_program_in_cpp_links_by_the_declarations_of_the_file(tmp_path):
    x, w = Value(2.0, label="x"), Value(3.0, label="w")
    source = compile(w * x * x, [x], [w]).to_c("f", tmp_path / "f.c")
    declarations = source[source.index("*/") + 2 : source.index("#include")]
    main = """
        int main() {
            double theta = 3, X = 2, value, gradient;
            return f_gradient(&theta, &X, 1, &value, &gradient, 0) || value != 12 || gradient != 4;
        }"""
    (tmp_path / "main.cpp").write_text(f'extern "C" {{{declarations}}}{main}', encoding="utf-8")
    for command in (
        f"{COMPILERS[0]} -c f.c -o f.o",
        "c++ -Wall -Wextra -Werror main.cpp f.o -o main -lm",
        "./main",
    ):
        subprocess.run(command.split(), cwd=tmp_path, check=True)


@pytest.mark.parametrize("write", ["to_c", "to_javascript"])
def test_the_first_lines_say_the_order_of_the_arguments(write):
    x = [Value(0.0, label=f"x_{i}") for i in range(4)]
    W = [[Value(0.0, label=f"w_{{{j}{i}}}^{{(1)}}") for i in range(4)] for j in range(3)]
    b = [Value(0.0, label=f"b_{j}^{{(1)}}") for j in range(3)]
    z = [sum(w * a for w, a in zip(row, x, strict=True)) + c for row, c in zip(W, b, strict=True)]
    weights = [w for row in W for w in row]

    def order(outputs, inputs, wrt):
        lines = getattr(compile(outputs, inputs, wrt), write)("f").splitlines()
        return [line.strip(" */.") for line in lines[:20] if re.match(r"(//| \*) (theta|X|There)\b", line)]

    theta, X = order(z, x, [*weights, *b])
    assert theta == "theta: W1 (3 x 4), b1 (3)"
    assert X.startswith("X: x (4). X holds an example after the other")
    assert order(z, x, [*b, *weights])[0] == "theta: b1 (3), W1 (3 x 4)"
    _, X = order(z, [x[2], x[0], x[1], x[3]], [*b, *weights])
    assert X.startswith("X: x_2, x_0, x_1, x_3. ")
    alone = [Value(1.0, label="*/ </script>"), Value(2.0), *(Value(1.0, label=f"p{i}q") for i in range(40))]
    theta, X = order(sum(alone[1:], alone[0]), [], alone)
    assert theta.replace("< ", "<").replace("* /", "*/") == "theta: */ </script>, 1 without a label, p (40)"
    assert "</" not in theta or write == "to_c"
    theta, _ = order(sum(alone[1:], alone[0]), [], alone[::-1])
    assert theta.startswith("theta: p39q, p38q, ")
    assert "p30q, ... (31 more), " in theta
    assert X.startswith("There are no inputs")


def test_the_digit_net_is_short_enough_to_read():
    sizes = (784, 16, 16, 10)
    x = [Value(0.0, label=f"x_{i}") for i in range(sizes[0])]
    theta, a = [], np.array(x, object)
    for layer, n in enumerate(sizes[1:], 1):
        W = np.array(
            [[Value(0.1, label=f"w_{{{j},{k}}}^{{({layer})}}") for k in range(len(a))] for j in range(n)]
        )
        b = np.array([Value(0.0, label=f"b_{j}^{{({layer})}}") for j in range(n)])
        theta += [*W.ravel(), *b]
        a = sigmoid(W @ a + b)
    text = compile(sum(a**2), x, theta).to_c("digits")
    assert text.count("\n") < 660
    assert "dots(s->W1_x, W1, X, 0, 16, 784, count);" in text


def test_the_file_of_many_operations_is_short_and_its_functions_are(tmp_path):
    sizes = {}
    for operations in (500, 1_500):
        x, w, nodes = random_graph(5, 5, 6, operations)
        program = compile(nodes[-1] + sum(nodes[:-1]), x, w)
        text = program.to_c("f")
        functions = re.findall(r"^static void \w+_\d+\(.*?^}", text, re.MULTILINE | re.DOTALL)
        assert len(functions) > 10
        assert max(function.count(";") for function in functions) <= 100
        sizes[int((program._reference.tape.code > 1).sum())] = len(text)
    (few, short), (many, long) = sizes.items()
    assert (long - short) / (many - few) < 60  # bytes an operation


def test_parameters_given_to_c_are_constants_of_one_function_of_an_example():
    w, x = Value(2.0, label="w"), Value(1.0, label="x")
    source = compile(w * x + 1, [x], [w]).to_c("f", theta=[0.5])
    assert "static const double w[1] = {0.5};" in source
    assert source.count("void f(const double inputs[1], double outputs[1])") == 2
    assert "theta" not in source
