"""A row is checked when it is defined, and everything follows from it; CONTRIBUTING's example runs."""

import dis
import re
from pathlib import Path

import numpy as np
import pytest

import autograd
from autograd import Tensor, Value, grad, gradcheck, hessian
from autograd._derivatives import value_sweep
from autograd._graph.primitive import PRIMITIVES, lookup
from autograd._table import define as table
from autograd._table import rules
from autograd._table.array_rows import ArrayRow
from autograd._table.define import PATTERN, RESERVED, define, define_arrays, rows, withdraw
from autograd._table.intervals import Interval
from autograd._table.readings import ARRAYS, FLOATS, NODES, NUMPY
from autograd._table.rows import Row

ROOT = Path(__file__).parents[2]


def row(**changes):
    parts = {
        "name": "cube",
        "on_floats": lambda x: x**3,
        "on_arrays": lambda x: x**3,
        "partials": ("3 * square(x)",),
        "latex": "{x}^3",
        "binds": 3,
        "domain": ("(-inf, inf)",),
    }
    return Row(**{**parts, **changes})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "not a name"}, "identifier"),
        ({"name": "ﬁn"}, "identifier as Python reads it"),
        ({"partials": ("x", "y")}, "2 partials but 1 domains"),
        ({"partials": "3 * x"}, "tuple of 1 to 3 partials"),
        ({"partials": ()}, "tuple of 1 to 3 partials"),
        ({"partials": ("3 *",)}, "invalid syntax"),
        ({"partials": ("x, x",)}, "one expression for each input"),
        ({"partials": ("x) + (x",)}, "unmatched"),
        ({"partials": ("x  # by the table",)}, "was never closed"),
        ({"latex": "{y}^3"}, "has {y}, which is no input"),
        ({"latex": "{x:3}^3"}, "has {x:3}, which is no input: LaTeX's own braces are written twice"),
        ({"latex": r"\sqrt{x}}"}, "cannot be filled in"),
        ({"latex": r"\sqrt{{{x}"}, "{ and } do not balance"),
        ({"latex": "}}{x}{{"}, "{ and } do not balance"),
        ({"latex": r"\left({x}"}, r"\\left and \\right do not balance"),
        ({"latex": "{x}\\"}, "ends with a backslash"),
        ({"binds": 7}, "binds is SUM, PRODUCT"),
        ({"domain": ("[1, 0]",)}, "low end"),
        ({"domain": ("0..1",)}, "reads like"),
        ({"kink": "x -"}, "invalid syntax"),
    ],
)
def test_a_row_that_does_not_fit_together_says_what_is_wrong(changes, said):
    with pytest.raises(ValueError, match=said) as error:
        row(**changes)
    assert "row" in str(error.value)


def test_a_partial_may_only_use_the_table():
    with pytest.raises(ValueError, match=r"\['cosine'\], not in the table"):
        define(row(partials=("cosine(x)",)))
    with pytest.raises(ValueError, match="taken"):
        define(row(name="sin"))
    assert "cube" not in PRIMITIVES


@pytest.mark.parametrize("name", ["new", "paused", "Value", "operand", "pi"])
def test_a_row_cannot_take_a_name_the_engine_uses(name):
    with pytest.raises(ValueError, match="taken"):
        define(row(name=name))
    assert Value(1.0) + Value(2.0) == 3.0


@pytest.mark.parametrize("name", [*sorted(RESERVED), "v12", "g0", "_own_row"])
def test_a_row_cannot_take_a_name_that_generated_code_has_for_itself(name):
    with pytest.raises(ValueError, match=f"'{name}': generated code .* 'my_{name}'"):
        define(row(name=name))
    define(row(name=f"my_{name}"))
    try:
        x = Value(2.0)
        lookup(f"my_{name}")(x).backward()
        assert x.grad == 12.0
    finally:
        take_out(f"my_{name}")


@pytest.mark.parametrize("name", ["args", "data", "shape", "backward", "with_label", "mean"])
def test_a_row_cannot_hide_an_attribute_of_nodes(name):
    with pytest.raises(ValueError, match=f"'{name}': nodes have this attribute.* 'my_{name}'"):
        define(row(name=name))
    assert (Value(2.0) * 3).args == (2.0, 3.0)


def test_no_other_name_of_generated_code_could_be_a_rows():
    """Of every method, pull and partial of the table: the variables, and the names they look up."""
    functions = [*vars(Value).values(), value_sweep._walk]
    for r in rows():
        pulls = (*r.array_pulls, *r.node_pulls)
        functions += [r.pull, *r.float_partials, *r.node_partials, *(p for p in pulls if p is not None)]
        functions.append(getattr(r, "on_value", None))
    names = set()
    for function in functions:
        code = getattr(function, "__code__", None)
        if code is not None and code.co_filename.startswith("<generated"):
            loads = (i for i in dis.get_instructions(code) if i.opname == "LOAD_GLOBAL")
            names |= {*code.co_varnames, *(i.argval for i in loads)}
    names = {name for name in names if not PATTERN.fullmatch(name)}
    assert {"x", "node", "Value", "sin"} < names
    assert names <= RESERVED | FLOATS.keys() | NODES.keys()


def test_either_all_rows_are_added_or_none():
    tables = (PRIMITIVES, FLOATS, ARRAYS, NODES, NUMPY)
    before = [dict(table) for table in tables]
    unhashable = type("Unhashable", (), {"__hash__": None, "__call__": lambda self, x: x})()
    for bad in (
        row(name="sin"), row(name="g"), row(name="cube"), row(name="other_cube", partials=("cosine(x)",)),
        row(name="other_cube", on_arrays=unhashable),
    ):  # fmt: skip
        with pytest.raises((ValueError, TypeError)):
            define(row(), bad)
        assert [dict(table) for table in tables] == before
    for array_row in (ArrayRow("matmul", np.matmul, np.matmul), ArrayRow("own", np.matmul, np.matmul)):
        with pytest.raises(ValueError, match="taken"):
            define_arrays(ArrayRow("own", np.cumsum, np.cumsum), array_row)
        assert [dict(table) for table in tables] == before


def test_rows_are_taken_back_when_one_cannot_be_read(monkeypatch):
    def refuse(new):
        raise KeyboardInterrupt

    monkeypatch.setattr(table, "_readers", [refuse])
    before = {**PRIMITIVES}
    with pytest.raises(KeyboardInterrupt):
        define(row())
    assert before == PRIMITIVES
    assert not {"cube"} & {*FLOATS, *ARRAYS, *NODES}
    assert all(r.name != "cube" for r in NUMPY.values() if hasattr(r, "name"))


def test_a_function_of_numpys_stays_the_row_that_it_was():
    define(row(name="_arcsine", on_floats=lambda x: x, on_arrays=np.arcsin))
    try:
        assert np.arcsin(Value(0.5)).op is lookup("asin")
    finally:
        withdraw(lookup("_arcsine"))
    assert np.arcsin(Value(0.5)).op is lookup("asin")


def test_completion_shows_what_a_row_is_to_its_users():
    for primitive, more in (
        (autograd.exp, "arity distance_to_kink domain inputs kink on_floats partials"),
        (autograd.leaky_relu, "arity defaults distance_to_kink domain inputs kink on_floats partials"),
        (lookup("matmul"), ""),
    ):
        shown = [name for name in dir(primitive) if not name.startswith("_")]
        assert shown == sorted(["latex", "name", "on_arrays", *more.split()])
        assert all(hasattr(primitive, name) for name in dir(primitive))
        assert {"__call__", "__doc__", "__name__"} <= {*dir(primitive)}


def test_a_row_of_three_inputs():
    """x y + z, with every input free."""
    define(row(name="fma", on_floats=lambda x, y, z: x * y + z, on_arrays=lambda x, y, z: x * y + z,
               partials=("y", "x", "1"), latex="{x} {y} + {z}", domain=("(-inf, inf)",) * 3))  # fmt: skip
    try:
        x, y, z = Value(2.0), Value(3.0), Value(4.0)
        lookup("fma")(x, y, lookup("fma")(z, z, x)).backward()
        assert (x.grad, y.grad, z.grad) == (4.0, 2.0, 8.0)
        gradcheck(lookup("fma"), 2.0, 3.0, 4.0, order=2)
        gradcheck(lambda a: lookup("fma")(a, a, a), np.array([2.0]), order=2)
    finally:
        take_out("fma")


def test_intervals():
    assert 0.0 not in Interval.parse("(0, inf)")
    assert 5e-324 in Interval.parse("(0, inf)")
    assert -1.0 in Interval.parse("[-1, 1)")


@pytest.fixture
def contributed():
    """The row of CONTRIBUTING.md, defined as it stands there, and taken out again."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    example = re.search(r"```python\n(    Row\(.*?\n)```", text, re.S)
    assert example, "CONTRIBUTING.md shows a row"
    before = {**PRIMITIVES}
    define(eval(example[1].strip().rstrip(","), vars(rules)))
    (new,) = PRIMITIVES.keys() - before.keys()
    yield new
    take_out(new)


def take_out(new):
    withdraw(lookup(new))
    assert not hasattr(Value, new)
    assert not hasattr(Tensor, new)


def test_adding_a_primitive_is_adding_a_row(contributed):
    """A name of the package, a method, both node types, both modes, every order, errors: from one row."""
    f = getattr(autograd, contributed)
    assert f is lookup(contributed)
    assert contributed in dir(autograd)
    x = 0.3
    assert f(x) == f(Value(x)) == getattr(Value(x), contributed)()
    assert f(Tensor([x])).data == f(np.array([x])) == pytest.approx(f(x), rel=1e-15)
    assert getattr(Tensor([x]), contributed)().op is f
    assert autograd.arcsin is autograd.asin is np.arcsin(Value(x)).op  # NumPy's own function, and its name
    gradcheck(f, x, order=3)
    gradcheck(f, np.array([x, -x]), order=2)
    assert hessian(f)(x) == pytest.approx(grad(grad(f))(x))
    assert contributed in f.__doc__
    with pytest.raises(autograd.DomainError, match=contributed):
        f(2.0)


def test_primitives_take_numbers_nodes_arrays_and_object_arrays():
    sin = lookup("sin")
    assert type(sin(1)) is float
    assert type(sin([0.0, 1.0])) is np.ndarray
    assert sin(np.array([Value(0.0)]))[0] == 0.0
    with pytest.raises(TypeError, match="1 argument"):
        sin(1.0, 2.0)
    for bad in ("1", None, 1j):
        with pytest.raises(TypeError, match=type(bad).__name__):
            sin(bad)


def test_an_unknown_name_is_said():
    with pytest.raises(KeyError, match="no primitive 'sinus'"):
        lookup("sinus")
    with pytest.raises(AttributeError, match="sinus"):
        autograd.sinus  # noqa: B018


def test_every_row_tells_its_derivative_in_its_docstring():
    for r in rows():
        for partial in r.partials:
            assert partial in r.__doc__
