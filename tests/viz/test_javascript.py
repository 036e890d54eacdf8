"""The table's number functions as JavaScript, against Python, row by row; and the numbers as text."""

import json
import math
import operator
import random
import shutil
import subprocess
from importlib import resources
from pathlib import Path

import pytest

from autograd._graph.primitive import PRIMITIVES
from autograd._table.numerics import powers
from autograd._table.rows import CALL, Row
from viz._mathematics.numerals import number
from viz._page.script.javascript import Untranslatable, operations, translate
from viz._page.script.standins import STAND_INS

ROWS = [row for row in PRIMITIVES.values() if isinstance(row, Row)]
ULPS = 8  # the two libraries round differently, and a row may call a few functions

ONE = (operator.neg, math.erf, math.exp2, math.degrees, math.radians)  # stand-ins of one number
node = pytest.mark.skipif(shutil.which("node") is None, reason="needs node to run JavaScript")


def asset(name: str) -> str:
    return resources.files("viz._page").joinpath("assets", name).read_text(encoding="utf-8")


def run(script: str, argument: object, folder: Path):
    """What a script prints, given its argument as JSON."""
    (folder / "argument.json").write_text(json.dumps(argument), encoding="utf-8")
    source = f'const argument = JSON.parse(require("fs").readFileSync("argument.json", "utf-8"));\n{script}'
    (folder / "script.js").write_text(source, encoding="utf-8")
    done = subprocess.run(
        ["node", "script.js"], cwd=folder, capture_output=True, check=True, encoding="utf-8", timeout=60
    )
    return json.loads(done.stdout)


def points(row: Row, count: int = 300) -> list[list[float]]:
    """Points of a row's domain, near and far, with round numbers and the ends among them."""
    draw = random.Random(row.name)

    def inside(intervals) -> float:
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


def in_python(row: Row, args: list[float]) -> float | None:
    try:
        result = row.on_floats(*args)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return result if math.isfinite(result) else None


@pytest.fixture(scope="module")
def in_javascript(tmp_path_factory):
    """Every row's results at its points, from one run of node."""
    asked = {row.name: points(row) for row in ROWS}
    script = f"""
    {asset("arithmetic.js")}
    {operations(ROWS)}
    const found = {{}};
    for (const [name, points] of Object.entries(argument)) {{
      found[name] = points.map((args) => {{
        try {{
          const y = OPERATIONS[name](...args);
          return Number.isFinite(y) ? y : null;
        }} catch (error) {{
          if (error instanceof RangeError) return null;
          throw error;
        }}
      }});
    }}
    console.log(JSON.stringify(found));
    """
    return run(script, asked, tmp_path_factory.mktemp("node"))


@node
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_in_javascript(row, in_javascript):
    for args, theirs in zip(points(row), in_javascript[row.name], strict=True):
        ours = in_python(row, args)
        assert (ours is None) == (theirs is None), (args, ours, theirs)
        if ours is not None:
            unit = math.ulp(ours)
            if row.name == "_powmix":  # its stand-in has the digits of its terms, not of their sum
                x, y = args
                unit *= 1 + abs(y * math.log(x)) / abs(1 + y * math.log(x)) if x > 0 else 1
            assert abs(ours - theirs) <= ULPS * unit, (args, ours, theirs)


@pytest.mark.parametrize("function", [f for f in STAND_INS if f is not powers.powmix])
def test_stand_ins_are_what_they_stand_for(function):
    draw = random.Random(0)
    for _ in range(2000):
        x, y = (draw.gauss(0, 1) * 10.0 ** draw.uniform(-3, 1) for _ in range(2))
        args = (x,) if function in ONE else (x, y)
        ours, theirs = STAND_INS[function](*args), function(*args)
        assert abs(ours - theirs) <= {math.erf: 6, math.exp2: 2}.get(function, 0) * math.ulp(theirs), args


def nested(x):
    return 1 / (1 / x)


def sheltered(x):
    return 1 / math.exp(x)


def extremes(x, y):
    return max(min(x, y), 0.0 if not (x > y or y != y) else 1)


@node
def test_what_raises_in_python_raises_in_javascript(tmp_path):
    rows = [Row(f.__name__, f, None, ("1",), "{x}", CALL, ("(-inf, inf)",)) for f in (nested, sheltered)]
    script = f"""{asset("arithmetic.js")} {operations(rows)}
    const tried = (f, x) => {{ try {{ return f(x); }} catch {{ return null; }} }};
    const {{ nested, sheltered }} = OPERATIONS;
    const asked = [[nested, 4], [nested, 0], [sheltered, 0], [sheltered, 1e4]];
    console.log(JSON.stringify(asked.map(([f, x]) => tried(f, x))));
    """
    assert run(script, None, tmp_path) == [4, None, 1, None]


@node
def test_choices_and_extremes(tmp_path):
    asked = [(1.0, 2.0), (2.0, 1.0), (-3.0, 0.0), (0.0, 0.0), (0.5, 0.25)]
    row = Row("extremes", extremes, None, ("1", "1"), "{x}{y}", CALL, ("(-inf, inf)",) * 2)
    script = f"{asset('arithmetic.js')} {operations([row])} "
    script += "console.log(JSON.stringify(argument.map((args) => OPERATIONS.extremes(...args))));"
    assert run(script, asked, tmp_path) == [extremes(*args) for args in asked]


# -- what is refused ---------------------------------------------------------------------------


def power(x):
    return x**0.3


def modulo(x):
    return x % 2


def keeps_truth(x):
    return x > 0


def and_of_numbers(x, y):
    return x and y


def unknown_call(x):
    return math.fsum([x])


def too_many(x):
    return math.log(x, 2)


def while_loop(x):
    while x > 1:
        x = x / 2
    return x


def signed_power(x, y=0.5):
    return math.copysign(math.pow(abs(x), y), x)


def leaves_one_out(x):
    return signed_power(x)


def reserved(new):
    return new


@pytest.mark.parametrize(
    "function",
    [
        power, modulo, keeps_truth, and_of_numbers, unknown_call, too_many, while_loop, leaves_one_out,
        reserved, math.gamma, lambda x: x % 2, eval("lambda x: x"), operator.mod, len,
    ],
)  # fmt: skip
def test_what_is_not_known_to_mean_the_same_is_refused(function):
    with pytest.raises(Untranslatable):
        translate(function)


@node
def test_a_row_from_outside_passes_the_numbers_that_its_function_has_by_default(tmp_path):
    row = Row("signed_power", signed_power, None, ("1", "1"), "{x}^{y}", CALL, ("(-inf, inf)",) * 2)
    asked = [[-4.0, 0.5], [9.0, 0.5], [-0.0, 1.0], [0.0, 2.0], [-2.0, 3.0]]
    script = f"""
    {asset("arithmetic.js")}
    {operations([row])}
    console.log(JSON.stringify(argument.map((numbers) => 1 / OPERATIONS.signed_power(...numbers) > 0)));
    """
    assert run(script, asked, tmp_path) == [math.copysign(1, signed_power(*numbers)) > 0 for numbers in asked]


def test_a_power_with_a_whole_exponent_is_one_of_numbers():
    assert "maths.pow(x, 2)" in translate(lambda x: x**2)
    assert "maths.pow(x, -1)" in translate(lambda x: x**-1)


@node
def test_lambdas_are_told_apart_by_their_place_in_the_file(tmp_path):
    kink = lambda x: x * x if x > 0 else -x  # noqa: E731
    functions = [lambda x: x + 1, lambda x: x**2 / (1 + x**2), (lambda: lambda x: (
        3 * math.tanh(x)  # ρ
    ))(), lambda x: 1.0, kink, kink]  # fmt: skip
    rows = [Row(f"f{i}", f, None, ("1",), "{x}", CALL, ("(-inf, inf)",)) for i, f in enumerate(functions)]
    script = f"{asset('arithmetic.js')} {operations(rows)} "
    script += "console.log(JSON.stringify(Object.values(OPERATIONS).map((f) => argument.map(f))));"
    asked = [-2.0, 0.5, 3.0]
    assert run(script, asked, tmp_path) == [pytest.approx([*map(f, asked)], rel=1e-15) for f in functions]


def test_a_row_that_cannot_be_translated_is_named():
    row = Row("gamma", math.gamma, None, ("1",), r"\Gamma({x})", CALL, ("(0, inf)",))
    with pytest.raises(Untranslatable, match=r"row 'gamma' has no JavaScript: JavaScript has no gamma"):
        operations([row])


def test_a_new_row_of_math_is_translated():
    row = Row("atanh", math.atanh, None, ("1",), r"\mathrm{{artanh}}({x})", CALL, ("(-1, 1)",))
    assert "atanh: maths.atanh" in operations([row])


# -- numbers as text ---------------------------------------------------------------------------


@node
def test_numbers_are_written_as_in_the_pictures(tmp_path):
    draw = random.Random(1)
    asked = [draw.choice([-1, 1]) * 10.0 ** draw.uniform(-12, 12) for _ in range(3000)]
    asked += (
        [n / 8 for n in range(-80, 80)] + [n / 1000 for n in range(200)] + [n / 1024 for n in range(1024)]
    )  # exactly half way, and near
    asked += [0.0, 0.005, 99999.994, 99999.996, 1e5, 125500.0, 126500.0, 1e-5, 1e300, 5e-324]
    written = "argument.map((x) => [number(x), number(x, true)])"
    script = f"{asset('numbers.js')} console.log(JSON.stringify({written}));"
    for x, (plain, signed) in zip(asked, run(script, asked, tmp_path), strict=True):
        assert plain == number(x), x
        assert signed == number(x, signed=True), x


@node
def test_typed_numbers(tmp_path):
    asked = {
        "0.5": 0.5,
        "0,5": 0.5,
        "−0.3": -0.3,
        " 2e3 ": 2000,
        "": None,
        "x": None,
        "1e999": None,
        "-": None,
    }
    script = f"{asset('numbers.js')} console.log(JSON.stringify(argument.map(read)));"
    assert run(script, list(asked), tmp_path) == list(asked.values())
