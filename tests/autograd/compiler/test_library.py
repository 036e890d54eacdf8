"""The table's functions of numbers in C and in JavaScript, against Python; what is refused, and how."""

import ctypes
import math
import operator
import random
import shutil
import subprocess

import numpy as np
import pytest

from autograd import Value, sigmoid, softplus
from autograd._compiler.loops.functions.c import C
from autograd._compiler.loops.functions.javascript import JavaScript
from autograd._compiler.loops.functions.library import Library
from autograd._compiler.loops.functions.standins import STAND_INS
from autograd._compiler.loops.functions.tree import Untranslatable
from autograd._graph.primitive import PRIMITIVES
from autograd._table.numerics import powers
from autograd._table.rows import CALL, Row
from autograd.extend import Row as OwnRow
from autograd.extend import define
from tests.javascript import node, run

ROWS = [row for row in PRIMITIVES.values() if isinstance(row, Row)]
POINTS = 40
COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
compiler = pytest.mark.skipif(COMPILER is None, reason="needs a C compiler")


def points(row, count=POINTS):
    """Points of a row's domain, near and far, with round numbers and the ends among them."""
    draw = random.Random(row.name)

    def inside(intervals):
        while True:
            interval = draw.choice(intervals)
            ends = [e for e in (interval.low, interval.high) if math.isfinite(e)]
            scale = 10.0 ** draw.uniform(-4, 2.5)
            x = draw.choice([draw.gauss(0, 1) * scale, float(draw.randint(-3, 3)), *ends])
            if len(ends) == 2:
                x = draw.choice([draw.uniform(*ends), *ends])
            if x in interval:
                return x

    return [[inside(intervals) for intervals in row.domain] for _ in range(count)]


def number(function, *args):
    """The number that a function of floats gives; None where it raises, or gives none."""
    try:
        result = function(*args)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return result if math.isfinite(result) else None


def call(library, row):
    """A call of a row's function with its inputs, as `body_in_c` names them."""
    return f"{library.function(row)}({', '.join(f'{i}_' for i in row.inputs)})"


def agree(row, theirs, ulps):
    """Both have a number at the same points, and it is the same to so many units in the last place."""
    for args, other in zip(points(row), theirs, strict=True):
        mine = number(row.on_floats, *args)
        where = row.name, args, mine, other
        if mine is None or other is None:
            assert mine is other, where
            continue
        unit = math.ulp(mine)
        if row.name == "_powmix":
            # Its stand-in has the digits of its terms, not of their sum.
            x, y = args[:2]
            unit *= 1 + abs(y * math.log(x)) / abs(1 + y * math.log(x)) if x > 0 else 1
        assert abs(mine - other) <= ulps * unit, where


def options():
    """For exact results, and exceptions where the program has them: clang moves divisions out of branches."""
    about = subprocess.run([COMPILER, "--version"], check=True, capture_output=True, encoding="utf-8").stdout
    strict = ["-ffp-exception-behavior=strict"] if "clang" in about else []
    return ["-std=c99", "-O1", "-ffp-contract=off", *strict]


def library_in_c(source, bodies, folder):
    """A compiled library of functions of one pointer to numbers, in their order."""
    head = "#include <fenv.h>\n#include <math.h>\n\n"
    functions = [
        f"double test{i}(const double *a, int *flags) {{\n  feclearexcept(FE_ALL_EXCEPT);\n{body}\n"
        "  *flags = fetestexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);\n  return result;\n}\n"
        for i, body in enumerate(bodies)
    ]
    (folder / "rows.c").write_text(head + source + "\n\n" + "\n".join(functions), encoding="utf-8")
    command = [COMPILER, *options(), "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter"]
    made = ["-shared", "-fPIC", "-o", "rows.so", "rows.c", "-lm"]
    done = subprocess.run(
        [*command, *made], cwd=folder, check=False, capture_output=True, encoding="utf-8", timeout=120
    )
    assert done.returncode == 0, done.stderr
    loaded = ctypes.CDLL(str(folder / "rows.so"))

    def function(i):
        f = loaded[f"test{i}"]
        f.restype = ctypes.c_double

        def call(*args):
            flags = ctypes.c_int()
            result = f((ctypes.c_double * len(args))(*args), ctypes.byref(flags))
            return None if flags.value or not math.isfinite(result) else result

        return call

    return [function(i) for i in range(len(bodies))]


def body_in_c(code, names):
    numbers = "".join(f"  const double {name}_ = a[{i}];\n" for i, name in enumerate(names))
    unused = "".join(f"  (void){name}_;\n" for name in names)
    return f"{numbers}{unused}  const double result = {code};"


@compiler
def test_every_row_in_c(tmp_path):
    library = Library(C)
    bodies = [body_in_c(call(library, row), row.inputs) for row in ROWS]
    functions = library_in_c(library.source(), bodies, tmp_path)
    for row, function in zip(ROWS, functions, strict=True):
        agree(row, [function(*args) for args in points(row)], 2)


@node
def test_every_row_in_javascript(tmp_path):
    library = Library(JavaScript)
    arrows = [f"({', '.join(f'{i}_' for i in row.inputs)}) => {call(library, row)}" for row in ROWS]
    script = f"""
    {library.source()}
    const functions = [{", ".join(arrows)}];
    console.log(JSON.stringify(functions.map((f, i) => argument[i].map((args) => {{
      try {{
        const y = f(...args);
        return Number.isFinite(y) ? y : null;
      }} catch (error) {{
        if (error instanceof RangeError) return null;
        throw error;
      }}
    }}))));
    """
    for row, theirs in zip(ROWS, run(script, [*map(points, ROWS)], tmp_path), strict=True):
        agree(row, theirs, 8)  # V8 has functions of its own


# -- functions from outside ----------------------------------------------------------------------

OFFSET = 2


def signed_power(x, y=0.5):
    """A default, a conditional expression, a function of math."""
    return math.copysign(math.pow(abs(x), y), x)


def counted(x):
    """The arctangent by its continued fraction, for small numbers."""
    rest = 1.0
    for n in range(12, 0, -1):
        rest = 2 * n - 1 + n * n * x * x / rest
    return x / rest


def several(x, y):
    a, b = x + OFFSET, y
    if not (a > b or b != b) if y > 5 else a > b:
        a -= b
    elif 0 < b <= 3 or b in (-1, -2.5):
        c = b // 2
        a = a * c % 3
    else:
        a, b = b**3, max(a, b, 0)
    return round(a) + (x > y) - (y >= 1) * min(a, b) + int(b) + float((x and y) or 1)


def of_numpy(x):
    near = np.where(x > 1, np.clip(x, -2, 3), np.round(x / 2)) * np.isfinite(x)
    return np.log1p(np.exp(-np.abs(x))) + np.maximum(x, near)


def of_rows(x):
    return softplus(x) * sigmoid(x) + np.pi


def of_a_closure(k):
    return lambda x: k * x**2 if x > k else -(x**-k)


def refuses(x):
    if x > 1:
        raise ValueError('at most 1, "or" less')
    if x < -1:
        raise OverflowError
    return 1 / x


def words(double, new, exp):
    let = double - new
    return let * math.exp(exp)


ONE = [
    counted,
    signed_power,
    of_numpy,
    of_rows,
    of_a_closure(3),
    refuses,
    lambda x: x**0.3,
    lambda x: (-2.5) ** 2 * x % 1,
]
TWO = [signed_power, several, operator.mod, operator.floordiv, operator.pow, math.log, lambda x, y: x**y]
ASKED = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 4.0, 7.25, -6.0, 1e-3, 800.0]


def own_rows():
    """Rows of these functions, and points; a lambda is called by the name of its row."""
    text, reals = ("1", "1", "1"), ("(-inf, inf)",) * 3
    for i, (arity, function) in enumerate([*((1, f) for f in ONE), *((2, f) for f in TWO), (3, words)]):
        row = Row(f"_f{i}", function, None, text[:arity], "{x}", CALL, reals[:arity])
        pairs = [[x, y] for x in ASKED for y in ASKED]
        asked = [[x] for x in ASKED] if arity == 1 else [[*p, 0.25][:arity] for p in pairs]
        yield row, asked


def real(function, *args):
    """A function's number, as `extend` takes it: a power of a negative number is none."""
    result = number(lambda: function(*args) if not isinstance(function(*args), complex) else math.nan)
    return None if result is None else float(result)


def own_agree(row, asked, theirs):
    for args, other in zip(asked, theirs, strict=True):
        mine = real(row.source, *args)
        assert (mine is None) == (other is None), (row.source, args, mine, other)
        assert mine is None or abs(mine - other) <= 4 * math.ulp(mine), (row.source, args, mine, other)


@compiler
def test_functions_from_outside_in_c(tmp_path):
    library, bodies = Library(C, taken=["several"]), []
    for row, _ in own_rows():
        bodies.append(body_in_c(call(library, row), row.inputs))
    assert "double several_2(" in library.source()
    for (row, asked), function in zip(
        own_rows(), library_in_c(library.source(), bodies, tmp_path), strict=True
    ):
        own_agree(row, asked, [function(*args) for args in asked])


@node
def test_functions_from_outside_in_javascript(tmp_path):
    library, arrows = Library(JavaScript), []
    for row, _ in own_rows():
        arrows.append(f"({', '.join(f'{i}_' for i in row.inputs)}) => {call(library, row)}")
    script = f"""
    {library.source()}
    const functions = [{", ".join(arrows)}];
    const tried = (f, args) => {{ try {{ return f(...args); }} catch {{ return NaN; }} }};
    console.log(JSON.stringify(functions.map((f, i) => argument[i].map((args) => tried(f, args)))));
    """
    theirs = run(script, [asked for _, asked in own_rows()], tmp_path)
    for (row, asked), results in zip(own_rows(), theirs, strict=True):
        own_agree(row, asked, results)


def test_lambdas_are_told_apart_by_their_place_in_the_file():
    kink = lambda x: x * x if x > 0 else -x  # noqa: E731
    functions = [lambda x: x + 1, lambda x: x * 2 / (1 + x * 2), (lambda: lambda x: (
        3 * math.tanh(x)  # ρ
    ))(), kink]  # fmt: skip
    library = Library(JavaScript)
    for i, f in enumerate(functions):
        library.name_of(f, f"f{i}")
    bodies = ["x + 1", "divide(x * 2, 1 + x * 2)", "3 * Math.tanh(x)", "x > 0 ? x * x : -x"]
    for i, body in enumerate(bodies):
        assert f"function f{i}(x) {{\n  return {body};\n}}" in library.source()


def test_a_row_defined_from_outside_is_translated():
    define(OwnRow("softsign", lambda x: x / (1 + abs(x)), partials="1 / square(1 + abs(x))"))
    row = Value(2.0).softsign().op
    library = Library(C)
    assert library.function(row) == "softsign"
    assert "return x / (1.0 + fabs(x));" in library.source()


# -- what is refused ---------------------------------------------------------------------------


def and_of_unknown(x):
    return unknown(x)  # noqa: F821


def of_a_list(x):
    return math.fsum([x])


def while_loop(x):
    while x > 1:
        x = x / 2
    return x


def leaves_one_out(x):
    return math.hypot(x)


def may_end(x):
    if x > 0:
        return x


def counter_outside(x):
    for n in range(3):
        x = x + n
    return x * n


def raises_another(x):
    raise KeyError(x)


def around(x):
    return 1 + back(x)


def back(x):
    return around(x) if x > 0 else x


def keywords(*, x):
    return x


@pytest.mark.parametrize(
    "function",
    [
        and_of_unknown, of_a_list, while_loop, leaves_one_out, may_end, counter_outside, raises_another,
        around, keywords, eval("lambda x: x"), len, np.linalg.norm, lambda x: f"{x}", lambda x: x << 2,
        lambda x: ASKED[0] + x, lambda x: len(ASKED) + x, lambda x: x is None,
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", [C, JavaScript], ids=lambda language: language.LANGUAGE)
def test_what_is_not_known_to_mean_the_same_is_refused(function, language):
    row = Row("_f", function, None, ("1",), "{x}", CALL, ("(-inf, inf)",))
    library = Library(language)
    with pytest.raises(
        Untranslatable, match=f"row '_f' has no {language.LANGUAGE}: .*{language.LANGUAGE} computes"
    ):
        library.function(row)
    assert library.function(PRIMITIVES["square"]) == "square"  # what failed left nothing behind


def test_the_error_has_the_line():
    row = Row("halving", while_loop, None, ("1",), "{x}", CALL, ("(-inf, inf)",))
    line = while_loop.__code__.co_firstlineno + 1
    with pytest.raises(
        Untranslatable,
        match=rf"row 'halving' has no C: 'while x > 1:' in while_loop \(.*test_library\.py, line {line}\)",
    ):
        Library(C).function(row)


def test_javascript_lacks_some_functions_of_math():
    row = Row("gamma", math.gamma, None, ("1",), r"\Gamma({x})", CALL, ("(0, inf)",))
    with pytest.raises(Untranslatable, match=r"row 'gamma' has no JavaScript: JavaScript has no gamma"):
        Library(JavaScript).function(row)
    assert Library(C).function(row) == "tgamma"


ONE_INPUT = (operator.neg, math.erf, math.exp2, math.degrees, math.radians)


@pytest.mark.parametrize("function", [f for f in STAND_INS if f is not powers.powmix])
def test_stand_ins_are_what_they_stand_for(function):
    draw = random.Random(0)
    for _ in range(500):
        x, y = (draw.gauss(0, 1) * 10.0 ** draw.uniform(-3, 1) for _ in range(2))
        args = (x,) if function in ONE_INPUT else (abs(x), y) if function is operator.pow else (x, y)
        mine, theirs = STAND_INS[function](*args), function(*args)
        assert abs(mine - theirs) <= {math.erf: 6, math.exp2: 2}.get(function, 0) * math.ulp(theirs), args
        assert math.copysign(1, mine) == math.copysign(1, theirs), args
