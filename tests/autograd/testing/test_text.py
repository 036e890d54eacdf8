"""Programs as text, scripts and formulas."""

import io
import re
from contextlib import redirect_stdout

import numpy as np
import pytest

from autograd import DomainError
from autograd.testing import Line, Program, autograd_engine, random_program
from autograd.testing._engines.homework_bugs import homework_source
from autograd.testing._programs.operations import operations
from autograd.testing._programs.script import script


def test_text_is_read_back_exactly():
    program = Program(
        ("x", "rate"),
        (-0.0, float("inf")),
        (
            Line("total", "add", ("x", -2.5)),
            Line("b", "neg", ("total",)),
            Line("c", "mean", ("b", 1e-300, "rate")),
            Line("d", "exp", (-1.0,)),
        ),
        ("c", "total"),
    )
    assert repr(Program.parse(str(program))) == repr(program) == repr(eval(repr(program)))
    assert eval(repr(program)) == program


def test_a_long_chain_is_a_loop():
    lines = [Line("a", "add", ("x", 2.0))]
    for i in range(29):
        lines.append(Line(f"c{i}", "add", (lines[-1].name, 2.0)))
    lines.append(Line("end", "mul", (lines[-1].name, "x")))
    chain = Program(("x",), (1.0,), tuple(lines)).with_lines_renamed()
    text = "x = 1.0\na = x + 2.0\nfor _ in range(29): a = a + 2.0\nb = a * x"
    assert str(chain) == text
    assert Program.parse(text) == chain
    numbers = {}
    exec(text, numbers)
    assert numbers["b"] == chain.function()(1.0) == 61.0

    changing = Program.parse(
        "x = 1.0; a = x + x" + "".join(f"; a{i} = a{i - 1 or ''} + {i}.0" for i in range(1, 20))
    )
    assert "for" not in str(changing)
    used = Program(("x",), (1.0,), chain.lines, (chain.lines[15].name, chain.lines[-1].name))
    assert Program.parse(str(used)) == used


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1.0; a = x", "cannot read 'a = x'"),
        ("x = 1.0; a = exp(exp(x))", "one operation a line"),
        ("x = 1.0; a = expp(x)", "no operation is called 'expp'"),
        ("x = 1.0; a = exp(x); y = 2.0", "variables come before lines"),
        ("x = 1.0; x = 2.0", "stands for two things"),
        ("x = 1.0; a = exp(x); a = exp(a)", "stands for two things"),
        ("x = 1.0; a, x; b = -x", "the outputs are the last statement"),
        ("x = 1.0; import os", "statements are like"),
        ("x = 1.0; a = x * y", "'y', which is not defined before it"),
        ("a = exp(1.0)", "at least one variable"),
        ("x = 1.0; a = x *", "cannot read 'a = x *'"),
    ],
)
def test_text_that_is_no_program(text, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Program.parse(text)


def test_data_that_is_no_program():
    with pytest.raises(ValueError, match="as Program"):
        Program.from_dict({"variables": ["x"]})


def printed(source):
    """The numbers that a script prints, by the text before them."""
    output = io.StringIO()
    with redirect_stdout(output):
        exec(source, {"__name__": "script"})
    return {k: float(v) for k, v in (line.split(" = ") for line in output.getvalue().splitlines())}


def test_a_script_runs_alone_and_prints_what_the_program_gives():
    rng = np.random.default_rng(3)
    engine = autograd_engine()
    for _ in range(60):
        program = random_program(rng, max_lines=6)
        try:
            value, gradient = engine.run(program)
        except DomainError:
            continue  # a derivative that is undefined or overflows
        numbers = list(printed(script(program).replace(".grad)", ".grad or 0.0)")).values())
        assert numbers == [value, *gradient]
        assert next(iter(printed(script(program, node=None)).values())) == value


def test_a_script_for_the_class_of_a_student(monkeypatch, tmp_path):
    (tmp_path / "student.py").write_text(homework_source(), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    program = Program.parse("x = 2.0; y = 0.5; a = tanh(x); b = softmax(a, y, 1.0); c = b * a; d = -c; b, d")
    lines = script(program, module="student", methods=True)
    assert "a = x.tanh()" in lines
    assert printed(lines) == pytest.approx(printed(script(program)), rel=1e-14)


def test_a_script_whose_names_collide():
    with pytest.raises(ValueError, match="'exp' is needed by the script"):
        script(Program.parse("exp = 1.0; a = exp(exp)"))


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("x = 1.0; y = 1.0; a = x + y; b = a * x; c = exp(b)", "e^{\\left(x + y\\right) x}"),
        ("x = 1.0; a = x - 2.0; b = 3.0 - a; c = b ** 2.0", r"\left(3 - \left(x - 2\right)\right)^{2}"),
        ("x = 1.0; a = x * 2.0; b = a * (-1.0)", r"x \cdot 2 \left(-1\right)"),
        ("x = 1.0; a = -x; b = -a; c = sqrt(b)", r"\sqrt{-\left(-x\right)}"),
        ("x1 = 1.0; a = x1 / 1e-8", r"\frac{x_{1}}{10^{-8}}"),
        ("x = 1.0; a = exp(x); b = a + a; c = mean(b, a)", r"\mathrm{mean}(a + a, a), \quad a = e^{x}"),
        ("x = 1.0; a = sin(x); b = cos(a); a, b", r"(a, \cos(a)), \quad a = \sin(x)"),
        ("x = 1.0; a = expm1(x); b = 2.0 * a", r"2 \left(e^{x} - 1\right)"),
        ("x = 1.0", "x"),
    ],
)
def test_formulas(text, formula):
    assert Program.parse(text).latex == formula


def test_formulas_of_all_operations_have_balanced_braces_and_no_holes():
    for name, o in operations().items():
        line = Line("a", name, ("x", "y", 2.0)[: o.least])
        latex = Program(("x", "y"), (1.0, 1.0), (line,)).latex
        assert latex.count("{") == latex.count("}")
        assert "x" in latex
    deep = Program.parse("x = 1.0; a = -x\nfor _ in range(2000): a = tanh(a)")
    assert len(deep.latex) < 200
