"""docs/coming-from/micrograd.md is true of each line."""

import math
import re
from pathlib import Path

import pytest

import nn
from autograd import DomainError, Value, relu, tanh

PAGE = Path(__file__).parents[1] / "docs" / "coming-from" / "micrograd.md"


def rows(heading):
    """The cells of the table under a heading, those with code without its backticks."""
    section = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line.removeprefix("| ").removesuffix(" |") for line in section.splitlines() if line[:3] == "| `"]
    return [[re.sub("^`(.*)`$", r"\1", cell) for cell in line.split(" | ")] for line in lines]


def result(code):
    """What the last statement of a line gives, with the names that the page has in its lines."""
    a, b, c = (Value(x, label=name) for x, name in ((2.0, "a"), (-3.0, "b"), (10.0, "c")))
    names = {"a": a, "b": b, "c": c, "o": (a * b + c).tanh(), "p": Value(1.0)}
    names["net"] = nn.MLP([2, 16, 1], activation=relu, output_activation=nn.identity, node=Value, rng=0)
    names |= {"Value": Value, "nn": nn, "tanh": tanh, "math": math, "MLP": nn.MLP}
    *before, last = code.split("; ")
    exec("\n".join(before), names)
    try:
        expression = compile(last, str(PAGE), "eval")
    except SyntaxError:  # a statement
        exec(last, names)
        return None
    return eval(expression, names)


@pytest.mark.parametrize(("line", "gives"), rows("As it stands"))
def test_a_line_that_stays(line, gives):
    assert repr(result(line)) == gives


@pytest.mark.parametrize(
    ("theirs", "pasted", "ours", "gives", "why"), rows("What has to change"), ids=lambda x: x[:14]
)
def test_a_line_that_changes(theirs, pasted, ours, gives, why):
    if gives == "DomainError":
        with pytest.raises(DomainError):
            result(ours)
    else:
        assert repr(result(ours)) == gives
    if pasted == "error":
        with pytest.raises((TypeError, AttributeError, ValueError)):
            result(theirs)
    else:
        assert pasted == "other"


def test_what_other_results_are():
    assert result("type(net([2.0, 3.0]).data).__name__") != "float"
    assert isinstance(result("math.tanh(a)"), float)
    assert isinstance(result("Value(2).data"), float)
    assert result("Value(2.0) == Value(2.0)")
    assert len(result("{Value(2.0), Value(2.0)}")) == 2


def test_the_page_has_its_lines():
    assert len(rows("As it stands")) > 10
    assert len(rows("What has to change")) > 12
