"""The pages of docs/ are true: their code runs as printed, and their links lead somewhere."""

import ast
import importlib
import os
import random
import re
import warnings
from pathlib import Path

import contents
import pages
import pytest

import viz
from autograd._graph.primitive import Primitive

pytest.importorskip("markdown_it")
plt = pytest.importorskip("matplotlib.pyplot")

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
TEXTS = {path.relative_to(DOCS).as_posix(): path.read_text(encoding="utf-8") for path in PAGES}
ELSEWHERE = {"how-to/testing.md"}  # in a process of its own, by test_testing_page
RUN = [name for name, text in TEXTS.items() if ">>> " in text and name not in ELSEWHERE]

WITH_LINES = ("coming-from/", "comparison.md")  # pages with tables of lines, and what these give

# Files that are left by the pages which write some.
FILES = {
    "explanation/compiled.md": {"neuron.c", "neuron.js", "xor.c", "xor.js"},
    "how-to/live-nets.md": {
        "moons.html",
        "xor.html",
        "circles.html",
        "blobs.html",
        "spirals.html",
        "pets.html",
        "digits.html",
    },
    "how-to/lectures.md": {"chain.html", "lecture.html", "deck.html"},
}


def is_picture(value):
    if isinstance(value, (list, tuple)):
        return all(map(is_picture, value))
    kinds = (viz.Slide, viz.Motion, viz.ChainRule, os.PathLike, str)
    return (
        isinstance(value, kinds)
        or any(hasattr(value, name) for name in ("figure", "savefig", "pipe"))
        or getattr(value, "_repr_html_", lambda: None)() is not None
    )


@pytest.fixture
def quiet():
    state = random.getstate()
    yield
    random.setstate(state)
    plt.close("all")


def run(name, names=None):
    """Run the code of a page in the working directory; the number of statements."""

    def show(value, block):
        assert is_picture(value), f"{name}:{block.line} shows {type(value).__name__}"
        assert block.kind.removeprefix("{picture}").strip(), f"{name}:{block.line} has no words"
        plt.close("all")

    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        return pages.run(DOCS / name, show, names)


@pytest.mark.parametrize("name", RUN)
def test_a_page_runs_as_printed(name, tmp_path, monkeypatch, quiet):
    monkeypatch.chdir(tmp_path)
    names = {}
    code = "\n".join(block.text for block in pages.blocks(TEXTS[name]) if not block.is_left_out)
    assert run(name, names) == len(re.findall(r"^ *>>> (?!.*\+SKIP)", code, re.MULTILINE)) > 0
    for line, gives in table_rows(TEXTS[name]) if name.startswith(WITH_LINES) else ():
        assert result(line, names) == without_spaces(gives), f"{name}: {line}"
    if name == "how-to/lectures.md":
        assert Path("lecture.html").read_text(encoding="utf-8").count('<section class="slide') == 5
    if name in FILES:
        assert {path.name for path in tmp_path.iterdir()} == FILES[name]
        assert max(path.stat().st_size for path in tmp_path.iterdir()) < 2_000_000


def table_rows(text):
    """Of a table "theirs | here | gives": the code of the last two columns."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 3 and cells[1].startswith("`") and cells[2].startswith("`"):
            yield tuple(cell.strip("`").replace(r"\|", "|") for cell in cells[1:])


def without_spaces(text):
    return "".join(text.split())


def result(line, names):
    *before, last = line.split("; ")
    exec("\n".join(before), names)
    try:
        is_expression = isinstance(ast.parse(last).body[0], ast.Expr)
        value = eval(last, names) if is_expression else exec(last, names)
    except Exception as error:
        return type(error).__name__
    return without_spaces(repr(value))


def test_a_block_that_fails_is_an_error_with_its_line(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("text\n\n```python\n>>> 1 + 1\n3\n\n```\n", encoding="utf-8")
    with pytest.raises(pages.PageError, match=r'page.md", line 4'):
        pages.run(page, lambda value, block: None)
    page.write_text("text\n\n```{picture} words\n>>> x = 1\n```\n", encoding="utf-8")
    with pytest.raises(pages.PageError, match=r"page.md:4: the last line of a picture is no expression"):
        pages.run(page, lambda value, block: None)


@pytest.mark.parametrize("name", TEXTS)
def test_all_python_of_a_page_is_run_and_by_public_names(name):
    text = TEXTS[name]
    for block in pages.blocks(text):
        if block.kind == "python":
            assert block.is_doctest or block.mark, f"{name}:{block.line} is run by nobody"
    code = "\n".join(block.text for block in pages.blocks(text))
    assert not re.findall(r"\b(?:autograd|nn|viz)\._\w+", code)


@pytest.mark.parametrize("name", TEXTS)
def test_the_links_of_a_page_lead_somewhere(name):
    prose = re.sub(r"^(`{3,}).*?^\1|`[^`\n]*`", "", TEXTS[name], flags=re.DOTALL | re.MULTILINE)
    for link in re.findall(r"\]\((?!https?:)([^)#\s]+)", prose):
        target = (DOCS / name).parent / link
        assert target.is_file() or target.match("reference/*.md"), f"{name}: {link}"


def test_each_picture_of_viz_is_in_the_gallery():
    text = "\n".join(text for name, text in TEXTS.items() if name.startswith("gallery/"))
    without_a_picture = {
        "formula", "text", "partials", "to_latex", "to_text", "by_layer", "as_parts", "run_script", "frames",
    }  # fmt: skip
    makers = {name for name in viz.__all__ if name[0].islower()} - without_a_picture
    missing = {name for name in makers if f"viz.{name}" not in text}
    assert not missing


def test_each_public_name_is_in_the_contents_of_the_reference():
    for package in map(importlib.import_module, contents.PACKAGES):
        text = contents.page(package.__name__)
        for name in package.__all__:
            value = getattr(package, name)
            full = f"{package.__name__}.{name}"
            if isinstance(value, Primitive):
                full = f".. py:function:: {full}"
            assert re.search(rf"(^| ){re.escape(full)}(?!\w)", text, re.MULTILINE) or name in {
                "data",
                "initializers",
            }, full


def test_the_lecture_has_ten_lines_and_each_key_is_listed():
    text = TEXTS["how-to/lectures.md"]
    first = next(block for block in pages.blocks(text) if block.kind == "python")
    assert len(first.text.strip().splitlines()) == 10
    keys = (DOCS.parent / "viz/_lecture/page/assets/controls.js").read_text(encoding="utf-8")
    letters = re.findall(
        r"^  (?:\"(.)\"|(\w)): ", keys.split("const KEYS = {")[1].split("};")[0], re.MULTILINE
    )
    table = text.split("| key | |")[1].split("\n\n")[0]
    for letter in filter(str.strip, map("".join, letters)):
        assert re.search(rf"(?<!\w){re.escape(letter.upper())}(?!\w)", table), letter
