"""docs/explanation/compiled.md shows what the compiler writes; run as a script, this writes it anew."""

import itertools
import re
import shutil
import subprocess
import textwrap
from pathlib import Path

import pytest

from autograd import Value, compile, sigmoid

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "compiled.md"
PART = re.compile(r"(<!-- (\w+): ([^\n]+) -->\n```\w+\n)(.*?)(```\n)", re.DOTALL)


def sources():
    """The neuron of the page in each language."""
    x, y, w, b = (Value(0.5, label=name) for name in "xywb")
    z = (w * x + b).with_label("z")
    cost = ((sigmoid(z).with_label("a") - y) ** 2).with_label("C")
    program = compile(cost, inputs=[x, y], wrt=[w, b])
    return {
        "numpy": program.source,
        "c": program.to_c("neuron"),
        "javascript": program.to_javascript("neuron"),
    }


def part(source, line):
    """The code under a comment, up to the next, without a loop around that begins or ends elsewhere."""
    start = re.search(rf"^ *(?:#|//) {re.escape(line)} +\(.*\)\n", source, re.MULTILINE).end()
    is_code = re.compile(r" {4,}(?!#|//|return )\S").match
    lines = [*itertools.takewhile(is_code, source[start:].splitlines())]
    text = "".join(lines)
    if text.count("{") > text.count("}"):
        lines.remove(next(each for each in lines if each.endswith("{")))
    elif text.count("{") < text.count("}"):
        lines.pop()
    return textwrap.dedent("\n".join(lines)) + "\n"


def filled(page):
    texts = sources()
    return PART.sub(lambda match: f"{match[1]}{part(texts[match[2]], match[3])}{match[5]}", page)


def printed(page):
    """The line that the loop of the page prints in Python."""
    return re.search(r"^>>> print\(f\"\{cost.*\n(.*)", page, re.MULTILINE)[1]


def code(page, language):
    """The last block of a language."""
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)[-1]


def test_the_page_shows_what_the_compiler_writes():
    page = PAGE.read_text(encoding="utf-8")
    assert len(PART.findall(page)) == 18
    assert filled(page) == page


def test_three_languages_print_the_same_number():
    page = PAGE.read_text(encoding="utf-8")
    assert page.count(printed(page)) == 3


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_the_main_program_in_c_prints_the_same(tmp_path):
    page = PAGE.read_text(encoding="utf-8")
    (tmp_path / "neuron.c").write_text(sources()["c"], encoding="utf-8")
    (tmp_path / "main.c").write_text(code(page, "c"), encoding="utf-8")
    (command,) = re.findall(r"^cc .*main\.c.*", page, re.MULTILINE)
    subprocess.run(command.split(), cwd=tmp_path, check=True)
    done = subprocess.run(["./main"], cwd=tmp_path, check=True, capture_output=True, encoding="utf-8")
    assert done.stdout.strip() == printed(page)


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_the_loop_in_javascript_prints_the_same(tmp_path):
    page = PAGE.read_text(encoding="utf-8")
    script = tmp_path / "main.js"
    script.write_text(sources()["javascript"] + code(page, "javascript"), encoding="utf-8")
    done = subprocess.run(["node", str(script)], check=True, capture_output=True, encoding="utf-8")
    assert done.stdout.strip() == printed(page)


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
