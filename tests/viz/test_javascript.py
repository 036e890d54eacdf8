"""A page's operations in JavaScript, against Python; and its numbers as text."""

import math
import random
from importlib import resources

import pytest

from autograd._compiler.loops.functions.tree import Untranslatable
from autograd._graph.primitive import PRIMITIVES
from autograd._table.rows import CALL, Row
from tests.javascript import node, run
from viz._mathematics.numerals import number
from viz._pages.chain.javascript import operations


def asset(name: str) -> str:
    return resources.files("viz._pages.parts").joinpath("assets", name).read_text(encoding="utf-8")


@node
def test_the_operations_of_a_page(tmp_path):
    rows = [row for row in PRIMITIVES.values() if isinstance(row, Row)]
    asked = {row.key: [*(0.75, -1.5, 2.25)[: row.arity]] for row in rows}
    theirs = run(
        f"""{operations(rows)}
        const tried = (f, args) => {{ try {{ return f(...args); }} catch (e) {{ return e.name; }} }};
        const results = Object.entries(argument).map(([key, args]) => [key, tried(OPERATIONS[key], args)]);
        console.log(JSON.stringify(Object.fromEntries(results)));
        """,
        asked,
        tmp_path,
    )
    for row in rows:
        try:
            mine = row.on_floats(*asked[row.key])
        except ValueError:
            mine = "RangeError"
        assert theirs[row.key] == (mine if mine == "RangeError" else pytest.approx(mine, rel=1e-14)), row


def nested(x):
    return 1 / (1 / x)


def sheltered(x):
    return 1 / math.exp(x)


@node
def test_what_raises_in_python_raises_in_javascript(tmp_path):
    rows = [Row(f.__name__, f, None, ("1",), "{x}", CALL, ("(-inf, inf)",)) for f in (nested, sheltered)]
    script = f"""{operations(rows)}
    const tried = (f, x) => {{ try {{ return f(x); }} catch {{ return null; }} }};
    const {{ nested, sheltered }} = OPERATIONS;
    const asked = [[nested, 4], [nested, 0], [sheltered, 0], [sheltered, 1e4]];
    console.log(JSON.stringify(asked.map(([f, x]) => tried(f, x))));
    """
    assert run(script, None, tmp_path) == [4, None, 1, None]


def test_a_row_that_a_page_cannot_compute_is_named():
    row = Row("gamma", math.gamma, None, ("1",), r"\Gamma({x})", CALL, ("(0, inf)",))
    with pytest.raises(Untranslatable, match=r"row 'gamma' has no JavaScript: JavaScript has no gamma"):
        operations([row])


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


@node
def test_a_printed_ratio_is_that_of_the_printed_numbers(tmp_path):
    draw = random.Random(2)
    asked = [
        [-0.01453, 0.7],
        *([draw.gauss(0, 1) * 10.0 ** draw.randint(-9, 9) for _ in "ab"] for _ in range(500)),
    ]
    written = """argument.map(([over, under]) => {
        const more = decimalsOfParts(over, under, over / under);
        return [number(over, false, more), number(under, false, more), number(over / under)];
    })"""
    results = run(f"{asset('numbers.js')} console.log(JSON.stringify({written}));", asked, tmp_path)
    assert results[0] == ["−0.01453", "0.70", "−0.0208"]
    for printed in results:
        over, under, ratio = (float(text.replace("−", "-")) for text in printed)
        assert number(over / under) == number(ratio), printed
