"""README.md is true, and so is docs/explanation/leaving.md."""

import doctest
import math
import re
import textwrap
from pathlib import Path

import numpy as np
import pytest

from autograd import Tensor, Value, grad, no_grad
from autograd._graph.node import first_node
from chainrule.demos import engine
from chainrule.demos.options import Options

ROOT = Path(__file__).parents[1]


def test_the_tour_of_the_readme_runs_as_printed():
    found = doctest.testfile(str(ROOT / "README.md"), module_relative=False, encoding="utf-8")
    assert found.attempted > 15
    assert found.failed == 0


def test_the_links_of_the_readme_lead_somewhere():
    links = re.findall(r"\]\((?!https?:)([^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(links) >= 3
    for link in links:
        assert (ROOT / link).is_file(), link


def test_the_loop_in_the_readme_is_printed_by_the_demo(capsys):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (loop,) = re.findall(r"<!-- from chainrule demos engine -->\n```\n(.*?)```", readme, re.DOTALL)
    engine.run(Options())
    assert textwrap.indent(textwrap.dedent(loop), " " * 8) in capsys.readouterr().out


def what_leaves_the_graph():
    """The table of docs/explanation/leaving.md: what is written, and what each column says comes of it."""
    text = (ROOT / "docs" / "explanation" / "leaving.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    return [
        (code, *outcomes)
        for written, *outcomes in rows
        for code in re.findall("`([^`]+)`", written)
        if code != "r"
    ]


def outcome(code, x):
    names = {"x": x, "np": np, "math": math, "f": lambda t: t * 2, "r": np.zeros(2)}
    try:
        if code.startswith("r["):
            exec(code, names)
            return "number"
        result = eval(code, names)
    except (TypeError, ValueError):
        return "error"
    parts = list(result.flat) if isinstance(result, np.ndarray) else result
    return "recorded" if first_node((parts,)) is not None else "number"


@pytest.mark.parametrize(("code", "value", "differentiated", "tensor"), what_leaves_the_graph())
def test_the_table_of_what_leaves_the_graph(code, value, differentiated, tensor):
    seen = []

    def f(x):
        seen.append(outcome(code, x))
        return x * 2

    grad(f)(1.5)
    assert (outcome(code, Value(1.5)), *seen, outcome(code, Tensor(1.5))) == (value, differentiated, tensor)
    with no_grad():
        if value == "number" or "error" in (value, differentiated, tensor):
            assert outcome(code, Tensor(1.5)) == "number"


def test_the_table_has_its_rows():
    assert len(what_leaves_the_graph()) > 15
