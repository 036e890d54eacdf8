"""Rows, array rows and functions with their derivative as code, defined from outside of the table."""

import copy
import math
import pickle
import sys
import threading
import warnings

import mpmath as mp
import numpy as np
import pytest

import autograd
from autograd import (
    DomainError,
    GradientError,
    Tensor,
    Value,
    compile,
    detect_anomaly,
    grad,
    gradcheck,
    jvp,
)
from autograd._graph.primitive import PRIMITIVES
from autograd._table.readings import NUMPY
from autograd.extend import PRODUCT, ArrayRow, Row, define


def acoth(x):
    return 0.5 * math.log((x + 1) / (x - 1))


ACOTH = {"partials": "1 / (1 - square(x))", "domain": "(-inf, -1) | (1, inf)"}


def hard_tanh(x, slope=0.0):
    return x if abs(x) < 1 else math.copysign(1, x) * (1 + slope * (abs(x) - 1))


HARD = {"partials": ("where(abs(x) < 1, 1, y)", "where(abs(x) < 1, 0, x - sign(x))"), "kink": "1 - abs(x)"}


# -- a row ----------------------------------------------------------------------------------------


def test_a_row_is_a_function_of_numbers_arrays_values_and_tensors_in_every_order():
    f = define(Row("acoth", acoth, **ACOTH))
    exact = float(mp.acoth(2.5))
    assert f(2.5) == pytest.approx(exact, rel=4e-16)
    assert f(Value(2.5)) == autograd.acoth(2.5) == Value(2.5).acoth() == f(2.5)
    assert Tensor([2.5]).acoth().data == f(np.array([2.5])) == f(np.array([Value(2.5)])) == f(2.5)
    third = float(mp.diff(mp.acoth, 2.5, 3))
    assert grad(grad(grad(f)))(2.5) == pytest.approx(third, rel=1e-13)
    assert jvp(f, (2.5,), (1.0,))[1] == pytest.approx(1 / (1 - 2.5**2), rel=1e-15)
    assert gradcheck(f, 2.5, order=3)
    assert gradcheck(f, np.array([2.5, -3.0]), order=2)
    with pytest.raises(DomainError, match=r"acoth\(w = 0.5\) is undefined: acoth takes x in \(-inf, -1\)"):
        f(Value(0.5, label="w"))
    with pytest.warns(RuntimeWarning, match="invalid value encountered in acoth"):
        assert np.isnan(f(Tensor([0.5])).data)
    with detect_anomaly(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(DomainError, match="acoth"):
            f(Tensor([0.5]))
    assert f(np.array([2.0, 3.0], np.float32)).dtype == Tensor(np.float32([2.0])).acoth().dtype == np.float32


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("on_arrays", [None, lambda x: 0.5 * np.log((x + 1) / (x - 1))])
def test_a_compiled_program_has_it(dtype, on_arrays):
    f = define(Row("acoth", acoth, on_arrays, **ACOTH))
    w, x = Value(1.5, label="w"), Value(2.0, label="x")
    program = compile(f(w * x) ** 2, inputs=[x], wrt=[w], dtype=dtype)
    X = np.random.default_rng(0).uniform(1, 3, (100, 1))
    value, slope = program.value_and_grad(np.array([1.5]), X)
    expected = np.mean([float(mp.acoth(1.5 * x) ** 2) for x in X[:, 0]])
    gradient = np.mean([float(2 * mp.acoth(1.5 * x) * x / (1 - (1.5 * x) ** 2)) for x in X[:, 0]])
    tight = 1e-14 if dtype == "float64" else 1e-5
    assert value == pytest.approx(expected, rel=tight)
    assert slope == pytest.approx([gradient], rel=tight)
    with pytest.raises(DomainError, match="acoth"):
        program.value_and_grad(np.array([1.5]), np.array([[2.0], [0.5]]))


def test_code_that_asks_for_no_number_is_called_with_arrays():
    kinds = []

    def softsign(x):
        kinds.append(type(x))
        return x / (1 + abs(x))

    f = define(Row("softsign", softsign, partials="1 / square(1 + abs(x))", kink="x"))
    kinds.clear()
    assert f(np.array([1, -1])).tolist() == [0.5, -0.5]
    assert kinds == [np.ndarray]


def test_a_result_shares_no_memory_with_an_argument_and_has_the_shape_of_all():
    first = define(Row("first_of", lambda x, y: x, partials=("1", "0")))
    x = np.array([1.0, 2.0])
    assert not np.shares_memory(first(x, 1.0), x)
    assert first(x, np.zeros((3, 1))).shape == (3, 2)
    assert gradcheck(lambda a, b: first(a, b).sum(), x, np.zeros((3, 1)))


def test_a_default_of_the_function_is_one_of_the_row():
    f = define(Row("hard_tanh", hard_tanh, **HARD))
    assert (f(-3.0), f(-3.0, 0.5), f(-3.0, slope=0.5)) == (-1.0, -2.0, -2.0)
    assert grad(f, argnums=(0, 1))(3.0, 0.1) == (0.1, 2.0)
    assert Value(3.0).hard_tanh(slope=0.5) == 2.0
    assert gradcheck(f, 0.3, 0.2, order=2)


def test_three_inputs_and_helpers_that_use_each_other():
    fma = define(Row("fma3", lambda x, y, z: x * y + z, partials=("y", "x", "1"), latex="{x} {y} + {z}"))
    assert gradcheck(fma, 2.0, 3.0, 4.0, order=2)
    bump, _ = define(
        Row("bump", lambda x: math.exp(-x * x), partials="_bump_slope(x)"),
        Row("_bump_slope", lambda x: -2 * x * math.exp(-x * x), partials="(4 * square(x) - 2) * bump(x)"),
    )
    assert gradcheck(bump, 0.3, order=4)
    assert not hasattr(autograd, "_bump_slope")


@pytest.mark.parametrize("name", ["node", "self", "g", "v1", "theta", "new", "operand", "walk", "wait"])
def test_a_name_that_generated_code_uses_is_as_good_as_another(name):
    f = define(Row(name, math.sin, partials="cos(x)"))
    assert gradcheck(f, 0.3, order=2)
    x = Value(0.3)
    program = compile(f(x) * x, inputs=[], wrt=[x])
    assert program.value_and_grad(np.array([0.3]), np.zeros((1, 0)))[0] == 0.3 * math.sin(0.3)


def test_numpys_function_stays_the_tables_and_another_ufunc_is_the_row():
    other = np.frompyfunc(math.sin, 1, 1)
    define(Row("my_exp", math.exp, np.exp, partials="out"))
    assert np.exp(Value(1.0)).op is autograd.exp
    assert NUMPY[np.exp] is autograd.exp
    f = define(Row("my_sin", math.sin, partials="cos(x)", also=(other,)))
    assert other(Value(1.0)).op is f


# What is wrong, the words of the error, and what its advice makes of it.
WRONG = [
    ({"name": "sin"}, ValueError, "taken by a primitive of autograd", {"name": "my_sin"}),
    ({"name": "arcsin"}, ValueError, "taken by autograd.arcsin", {"name": "my_arcsin"}),
    ({"name": "compile"}, ValueError, "taken by autograd.compile", {"name": "my_compile"}),
    ({"name": "backward"}, ValueError, "taken by the attribute backward", {"name": "my_backward"}),
    ({"name": "_slope"}, ValueError, "taken by a primitive", {"name": "my_slope"}),
    ({"name": "class"}, ValueError, "a word of Python", {"name": "class_"}),
    ({"name": "x"}, ValueError, "means something else", {"name": "my_x"}),
    ({"name": "__bool__"}, ValueError, "means something else", {"name": "my_bool"}),
    ({"name": "σ"}, ValueError, "ASCII", {"name": "sigma"}),
    ({"partials": "x +"}, ValueError, "no expression", {}),
    ({"partials": "np.cos(x)"}, ValueError, "write cos, not np.cos", {"partials": "cos(x)"}),
    ({"partials": "cosine(x)"}, ValueError, "'cosine', which is no row", {}),
    ({"partials": "cos(x, x)"}, ValueError, "takes exactly one argument", {}),
    ({"partials": "cos"}, ValueError, "cannot be computed", {}),
    ({"partials": "cos(x) if x > 0 else cos(x)"}, ValueError, "where(x > 0, cos(x), cos(x))",
     {"partials": "where(x > 0, cos(x), cos(x))"}),
    ({"partials": "[x]"}, ValueError, "has no place in a partial", {}),
    ({"partials": ("y",)}, ValueError, "its partials use ['y']", {}),
    ({"partials": math.cos}, ValueError, "belongs to autograd.extend.function", {}),
    ({"partials": ()}, ValueError, "one text for each of 1 to 3 inputs", {}),
    ({"partials": "-cos(x)"}, GradientError, "is -0.554374336 at x = -5.3, and 0.554", {"check": False}),
    ({"partials": "0.5 / sqrt(x)"}, ValueError, "undefined at x = -5.3", {"check": False}),
    ({"partials": ("cos(x)", "0")}, TypeError, "takes 2 float(s)", {}),
    ({"latex": r"\operatorname{mine}({x})"}, ValueError, "has {mine}, which is no input",
     {"latex": r"\operatorname{{mine}}({x})"}),
    ({"latex": r"\sqrt{x}"}, ValueError, "are written twice", {"latex": r"\sqrt{{{x}}}"}),
    ({"latex": "mine"}, ValueError, "leaves out the input {x}", {"latex": r"\mathrm{{mine}} {x}"}),
    ({"latex": "{x"}, ValueError, "cannot be filled in", {}),
    ({"latex": r"\frac{{1}}{{ {x}"}, ValueError, "{ and } do not balance", {}),
    ({"partials": "cos(x)^1"}, ValueError, "a power is written **, not ^", {"partials": "cos(x)**1"}),
    ({"domain": (0, math.inf)}, TypeError, "one text for each input, as '(0, inf)'", {"domain": "(0, inf)"}),
    ({"domain": "(0, pi)"}, ValueError, "numbers, inf or -inf at its ends", {"domain": "(0, 3.14)"}),
    ({"domain": "0..1"}, ValueError, "an interval reads like '(0, inf)'", {"domain": "(0, inf)"}),
    ({"domain": ("(0, 1)", "(0, 1)")}, ValueError, "1 partials but 2 domains", {}),
    ({"binds": 9}, ValueError, "binds is SUM, PRODUCT, POWER or CALL", {"binds": PRODUCT}),
    ({"kink": "x -"}, ValueError, "no expression", {}),
    ({"defaults": {"a": 1.0}}, ValueError, "the first input has no default", {}),
    ({"on_floats": 3}, TypeError, "on_floats is a function", {}),
    ({"on_floats": lambda x: None}, TypeError, "at x = -5.3: <lambda> gives None, not a number", {}),
    ({"on_floats": lambda x: "a"}, TypeError, "<lambda> gives 'a', not a number", {}),
    ({"on_floats": lambda x: math.sqrt(x - 1), "partials": "0.5 / out"}, ValueError,
     "undefined at x = -5.3 (math domain error), inside of its domain", {"domain": "(1, inf)"}),
    ({"on_floats": lambda x: x**0.5, "partials": "0.5 / out"}, ValueError,
     "undefined at x = -5.3 (the result is", {"domain": "(0, inf)"}),
    ({"on_floats": np.log, "partials": "1 / x"}, ValueError, "the result is nan", {"domain": "(0, inf)"}),
    ({"on_arrays": np.cos}, ValueError, "on_arrays gives", {"on_arrays": np.sin}),
    ({"on_arrays": math.sin}, ValueError, "leave it out", {"on_arrays": None}),
    ({"on_arrays": lambda x: np.sin(x).sum()}, ValueError, "element by element", {}),
    ({"on_arrays": lambda x: np.sin(x).astype(float)}, ValueError, "dtype float32: it keeps both", {}),
    ({"on_arrays": lambda x: x}, ValueError, "x.copy()", {}),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "kind", "said", "mended"), WRONG, ids=lambda x: str(x)[:16])
def test_a_row_that_is_wrong_is_refused_with_what_to_do_and_nothing_is_added(wrong, kind, said, mended):
    before = {*PRIMITIVES}
    parts = {"name": "mine", "on_floats": math.sin, "partials": "cos(x)", **wrong}
    with pytest.raises(kind) as error:
        define(Row(**parts))
    assert said in str(error.value)
    assert before == {*PRIMITIVES}
    if mended:
        check = mended.get("check", True)
        parts |= {part: text for part, text in mended.items() if part != "check"}
        assert define(Row(**parts), check=check)(2.0) == parts["on_floats"](2.0)


def test_of_several_rows_all_are_added_or_none():
    before = {*PRIMITIVES}
    good, bad = Row("good", math.sin, partials="cos(x)"), Row("bad", math.sin, partials="sin(x)")
    with pytest.raises(GradientError, match="row 'bad'"):
        define(good, bad)
    with pytest.raises(ValueError, match="two rows are called 'good'"):
        define(good, good)
    for nothing in ((), (3,)):
        with pytest.raises(TypeError, match=r"define\(Row\("):
            define(*nothing)
    assert before == {*PRIMITIVES}
    assert not hasattr(Value, "good")


# -- defining again -------------------------------------------------------------------------------


def sine(factor):
    """A row and its helper, whose texts say nothing of the factor."""
    return define(
        Row("scaled", lambda x: factor * math.sin(x), partials="_scaled_slope(x)"),
        Row("_scaled_slope", lambda x: factor * math.cos(x), partials="-scaled(x)"),
    )[0]


def test_a_second_definition_takes_the_place_of_the_first_and_graphs_keep_theirs():
    first = sine(2)
    x, t = Value(0.7, label="x"), Tensor([0.7])
    y, u = first(x), first(t)
    program = compile(y * y, inputs=[], wrt=[x])
    second = sine(3)
    z = second(x)
    assert autograd.scaled is second
    assert Value(0.7).scaled() == Tensor([0.7]).scaled().item() == 3 * math.sin(0.7)
    for result, leaf, factor in ((y, x, 2), (z, x, 3), (u.sum(), t, 2)):
        leaf.grad = None
        result.backward()
        assert leaf.grad == factor * math.cos(0.7)
    assert grad(grad(grad(first)))(0.7) == pytest.approx(-2 * math.cos(0.7), rel=1e-15)
    assert first(Value(0.7)) == first(Tensor([0.7])).item() == first(0.7) == 2 * math.sin(0.7)
    theta, nothing = np.array([0.7]), np.zeros((1, 0))
    for p in (program, compile(y * y, inputs=[], wrt=[x])):
        assert p.value_and_grad(theta, nothing)[1] == pytest.approx([4 * math.sin(1.4)], rel=1e-15)
    both = compile(y * z, inputs=[], wrt=[x]).value_and_grad(theta, nothing)
    assert both == (pytest.approx(6 * math.sin(0.7) ** 2), pytest.approx([6 * math.sin(1.4)]))


def test_a_copy_keeps_its_row_and_a_pickle_finds_it_or_says_so():
    first = sine(2)
    y = first(Value(0.7))
    assert copy.deepcopy(y).op is first
    pickled = pickle.dumps(y)
    assert pickle.loads(pickled).op is first
    again = sine(2)
    assert pickle.loads(pickled).op is again  # which has the same values and derivatives
    sine(3)
    with pytest.raises(LookupError, match="another 'scaled' than the one that is defined here"):
        pickle.loads(pickled)
    sine(2)  # defined as it was
    assert pickle.loads(pickled).op is autograd.scaled


def test_a_row_of_another_module_is_not_replaced():
    theirs = {"__name__": "their_rows", "define": define, "Row": Row, "math": math}
    source = 'f = define(Row("theirs", math.sin, partials="cos(x)"))'
    exec(source, theirs)
    with pytest.raises(ValueError, match="a row of their_rows; use that row, or another name"):
        define(Row("theirs", math.sin, partials="cos(x)"))
    assert define(Row("my_theirs", math.sin, partials="cos(x)"))(1.0) == math.sin(1.0)
    exec(source, theirs)


# -- arrays ---------------------------------------------------------------------------------------


def cosines(n):
    return np.cos(np.pi / n * (np.arange(n) + 0.5) * np.arange(n)[:, np.newaxis])


def test_a_linear_map_has_all_orders():
    dct = define(ArrayRow("dct", lambda x: cosines(len(x)) @ x, lambda g, x: cosines(len(x)).T @ g,
                          samples=[(np.arange(4.0),)]))  # fmt: skip
    x = np.array([1.0, -2.0, 0.5])
    assert dct(Tensor(x)).data == pytest.approx(cosines(3) @ x)
    assert gradcheck(lambda x: (dct(x) ** 3).sum(), x[:2], order=3)
    assert pickle.loads(pickle.dumps(dct(Tensor(x)))).op is dct
    with pytest.raises(TypeError, match="for Tensors and arrays"):
        dct(Value(1.0))


def test_a_joint_map_and_one_that_is_linear_only_locally():
    joined = define(ArrayRow(
        "joined", lambda *xs: np.concatenate(xs), lambda g, *xs: lambda i: g[2 * i : 2 * i + 2], joint=True,
        samples=[(np.ones(2), np.zeros(2), np.ones(2))],
    ))  # fmt: skip
    assert gradcheck(lambda x, y: (joined(x, y) ** 2)[1:3].sum(), np.ones(2), np.array([1.0, 2.0]), order=2)
    squares = define(ArrayRow(
        "squares", lambda x: x * x, lambda g, x: 2 * g * x, tangent=lambda moved, x: 2 * x * moved[0],
        samples=[(np.arange(3.0),)],
    ))  # fmt: skip
    assert gradcheck(lambda x: squares(x).sum(), np.arange(3.0), order=2)


@pytest.mark.parametrize(
    ("row", "kind", "said"),
    [
        (("w", lambda x: cosines(len(x)) @ x, lambda g, x: cosines(len(x)) @ g), GradientError,
         "not that of the map"),
        (("w", lambda x: x * x, lambda g, x: 2 * g * x), GradientError, "not linear in it.*Give tangent="),
        (("w", lambda x: x[:2] * 1, lambda g, x: g), ValueError, "the shape .2,., and the argument has .3,."),
        (("w", np.cumsum, lambda g, x: np.array(np.cumsum(np.asarray(g)[::-1])[::-1])), ValueError,
         "takes arrays and no Tensors"),
        (("w", lambda *x: x[0] * x[1], lambda g, *x: g * x[1]), ValueError, "1 transpose.s., one for each"),
    ],
)  # fmt: skip
def test_an_array_row_is_checked_with_its_samples(row, kind, said):
    sample = (np.arange(3.0),) * (2 if "1 transpose" in said else 1)
    with pytest.raises(kind, match=said):
        define(ArrayRow(*row, samples=[sample]))
    assert "w" not in PRIMITIVES
    assert callable(define(ArrayRow(*row)))  # without samples it is taken as it is


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ((lambda x: 2 * x, lambda g: 2 * g), r"the transpose of argument 0 is called with \(g, array 0\)"),
        ((lambda x, y: x * y, lambda g, x, y: g * y), r"the map is called with \(array 0\).*'y'"),
    ],
)
def test_the_inputs_of_an_array_rows_code_are_counted(parts, said):
    with pytest.raises(TypeError, match=said):
        ArrayRow("w", *parts)


# -- at the edges ---------------------------------------------------------------------------------


def test_threads_define_rows_of_any_names():
    """Also of one name: each thread's row is its own, and the last is the public one."""
    errors = []

    def work(i):
        try:
            for j in range(6):
                for name in ("shared_name", f"own_{i}_{j}"):
                    row = define(Row(name, lambda x: (i + 1) * x, partials=str(i + 1)), check=False)
                    assert grad(row)(0.5) == i + 1
                    pickle.loads(pickle.dumps(row)) if name != "shared_name" else None
        except BaseException as error:
            errors.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert errors == []
    assert Value(1.0).shared_name().op is autograd.shared_name


@pytest.mark.parametrize(
    ("row", "kind", "said"),
    [
        ({"partials": "1e999"}, GradientError, "the partial by x, '1e999', is inf"),
        ({"on_floats": lambda x: x * HELD}, TypeError, "would be lost; make it an input"),
        ({"on_arrays": lambda x: x + 0 if x.ndim == 1 else x.sum()}, ValueError, r"gives shape \(\)"),
        ({"on_arrays": lambda x: [*x]}, ValueError, "dtype none"),
        ({"latex": "{x:>99999999999}"}, ValueError, "which is no input"),
        ({"latex": "{x.__class__}{x}"}, ValueError, "which is no input"),
        ({"latex": 5}, TypeError, "latex is a text"),
        ({"domain": 5}, TypeError, "domain is one text for each input"),
        ({"kink": 0}, ValueError, "0 is no text"),
        ({"partials": "-" * 5000 + "x"}, ValueError, "nested too deeply"),
    ],
)
def test_what_no_row_can_be_is_said(row, kind, said):
    with pytest.raises(kind, match=said):
        define(Row(**{"name": "odd", "on_floats": lambda x: x + 0.0, "partials": "1"} | row))
    assert not hasattr(autograd, "odd")


HELD, HALF = Value(2.0), np.float32(0.5)


@pytest.mark.parametrize("sample", [np.full(3, np.nan), np.full(3, np.inf), np.ones(3) * 1j, "abc"])
def test_a_sample_that_could_show_nothing_is_refused(sample):
    with pytest.raises(ValueError, match="a sample is an array of finite real numbers"):
        define(ArrayRow("w", lambda x: x * 2, lambda g, x: g * 3, samples=[sample]))
    with pytest.raises(ValueError, match="the map of a sample is an array of finite real numbers"):
        define(ArrayRow("w", lambda x: x * np.nan, lambda g, x: g * 3, samples=[np.ones(3)]))


def test_a_default_may_be_a_number_of_numpys():
    def leaning(x, slope=HALF):
        return x * slope

    row = define(Row("leaning", leaning, partials=("y", "x")))
    assert row(2.0) == 1.0
