"""README.md is true, and so is docs/explanation/leaving.md."""

import doctest
import math
import re
import runpy
from pathlib import Path

import numpy as np
import pages
import pytest
import setuptools

import chainrule
import viz
from autograd import Tensor, Value, grad, no_grad
from autograd._graph.node import first_node

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FILES = {"moons.npz", "moons.c", "neuron.svg", "live.html", "lecture.html"}


def test_the_readme_runs_as_printed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    assert pages.run(ROOT / "README.md", lambda *shown: None, names) > 20
    assert {path.name for path in tmp_path.iterdir()} == FILES
    assert names["history"].eager is None


def test_the_links_of_the_readme_lead_somewhere():
    links = re.findall(r"\]\((?!https?:)([^)]+)\)", README)
    assert len(links) > 10
    for link in links:
        assert (ROOT / link).is_file(), link
    assert {Path(link).parts[0] for link in links} <= {
        "docs",
        "benchmarks",
        "demos",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
    }


def test_the_readme_fits_two_screens():
    lines = README.splitlines()
    assert len(lines) <= 125
    assert len(re.findall(r"!\[", README)) == 1
    assert max(len(line) for block in pages.blocks(README) for line in block.text.splitlines()) <= 96


def test_the_picture_of_the_readme_is_that_of_its_lines(tmp_path):
    image = pytest.importorskip("PIL.Image")
    names = {}
    first = next(block for block in pages.blocks(README) if block.is_doctest)
    (line,) = re.findall(r"`viz\.(draw_chain\(.*?\))`\. Nobody", README)
    for example in doctest.DocTestParser().get_examples(first.text):
        exec(example.source, names)
    drawing = eval(f"viz.{line}", {**names, "viz": viz})
    (link,) = re.findall(r"!\[[^]]+\]\(([^)]+)\)", README)
    drawn, stored = (
        np.asarray(image.open(path).convert("L"), float) / 255
        for path in (viz.render(drawing, tmp_path / "neuron.png"), ROOT / link)
    )
    assert drawn.shape == stored.shape == (720, 1280)
    assert abs(drawn - stored).mean() < 0.002


def test_the_page_of_a_package_index_has_no_link_into_the_repository(monkeypatch):
    arguments = {}
    monkeypatch.setattr(setuptools, "setup", lambda **given: arguments.update(given))
    runpy.run_path(str(ROOT / "setup.py"))
    page = arguments["long_description"]
    assert not re.findall(r"\]\((?!https?:|#)", page)
    assert "*Picture: The same calculation" in page
    assert re.sub(r"\W", "", page.split("## Set up")[1])[:200] in re.sub(r"\W", "", README)


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def table(text, head):
    """The rows of the table whose first line begins with ``head``, by their first cell."""
    (start,) = re.findall(rf"^\| {re.escape(head)}.*?(?=\n\n)", text, re.MULTILINE | re.DOTALL)
    _, _, *rows = map(cells, start.splitlines())
    return {first: rest for first, *rest in rows}


def results(section):
    """Of a section of benchmarks/RESULTS.md: the milliseconds, by what was measured and who."""
    text = (ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")
    lines = text.split(f"\n## {section}")[1].split("\n## ")[0].split("| target for |")[0].splitlines()
    rows = [cells(line) for line in lines if re.match(r"\| [\w,]+ ", line)]
    return {(row[0], row[1].strip("*")): row[2] for row in rows}


# The row of README's table, and the contender of each section.
CONTENDERS = {
    "chainrule, as written": ("chainrule, eager", "chainrule, eager", None),
    "chainrule, compiled to NumPy": ("chainrule", "chainrule", "chainrule, NumPy programs"),
    "chainrule, compiled to C": (None, "chainrule, native", "chainrule"),
    "micrograd": ("micrograd", "micrograd", None),
    "PyTorch, of arrays": ("torch tensors", "torch tensors", "torch eager"),
    "JAX, of arrays, `jit`": ("jax.jit", "jax.jit", "jax.jit per step"),
    "NumPy by hand": ("NumPy by hand", None, "NumPy by hand, preallocated"),
}
SECTIONS = [
    ("micrograd's demo: one step on all the moons", "100 moons"),
    ("A GPT written in scalars: one step on a name", "36,815 operations"),
    ("Training the 784-16-16-10 net with nn.fit", "batch 100"),
]


def test_the_speeds_of_the_readme_are_those_that_were_measured():
    rows = table(README, "milliseconds, **smaller is better**")
    assert rows.keys() == CONTENDERS.keys()
    for column, (section, measure) in enumerate(SECTIONS):
        measured = results(section)
        for name, contenders in CONTENDERS.items():
            cell, contender = rows[name][column].strip("*"), contenders[column]
            if contender is None:
                assert (cell, (measure, name)) == ("–", (measure, name))
            else:
                digits = len(cell.partition(".")[2])
                assert f"{float(measured[measure, contender]):.{digits}f}" == cell, (name, section)
    text = (ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")
    date, machine = (re.search(rf"^- {key}: (.*)", text, re.MULTILINE)[1] for key in ("date", "machine"))
    assert f"Measured on {date}, on two cores of an AMD EPYC" in README
    assert machine.startswith("AMD EPYC, 2 cores")


def test_the_newest_version_of_the_changelog_is_this_one_with_the_date_of_the_citation():
    changelog, citation = (
        (ROOT / name).read_text(encoding="utf-8") for name in ("CHANGELOG.md", "CITATION.cff")
    )
    version, date = re.search(r"^## \[(.*?)\] - (\S+)$", changelog, re.MULTILINE).groups()
    assert version == chainrule.__version__
    assert re.findall(r"^date-released: (.*)", citation, re.MULTILINE) == [date] * (date != "Unreleased")


def test_the_first_sentences_are_the_same_everywhere():
    first = README.split("\n\n")[1]
    assert f"\n{first}\n" in (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    assert first in " ".join((ROOT / "CITATION.cff").read_text(encoding="utf-8").split())


def test_each_cell_of_the_comparison_is_tried_by_a_line():
    page = (ROOT / "docs" / "comparison.md").read_text(encoding="utf-8")
    claims, lines = table(page, "| chainrule"), table(page, "cell | line | gives")
    assert len(claims) > 15
    tried = {*lines, *re.findall(r">>> .*# (export to ONNX)", page)}
    assert claims.keys() == tried
    assert {len(row) for row in claims.values()} == {6}
    assert table(README, "| chainrule").keys() <= claims.keys()
    for row in table(page, "library | cell | tried").values():
        assert set(row[0].split(", ")) <= claims.keys()


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
