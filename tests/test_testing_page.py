"""docs/how-to/testing.md is true: its Python and its commands, in a folder of their own, and its tables."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import page

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "how-to" / "testing.md"

# Errors and steps of differences and digits of agreement vary with the machine's libraries; times vary.
VARYING = re.compile(r"± \S+|step \S+|\d\.\de[+-]\d+|\b\d+\.\d+ s\b|\b\d\d\.\d(?=  )|\b\d+\.\d+s\b")

# The examples of a page. Warnings go to another stream, which the page does not show.
DOCTEST = """
import doctest, re, sys
import autograd, hypothesis.strategies
from chainrule._hypothesis_types import register

register()  # as the entry point does where the distribution is installed
varying = re.compile(sys.argv[1])

class Checker(doctest.OutputChecker):
    def check_output(self, want, got, flags):
        return super().check_output(*(varying.sub("_", text) for text in (want, got)), flags)

test = doctest.DocTestParser().get_doctest(sys.stdin.read(), {}, "testing.md", "testing.md", 0)
runner = doctest.DocTestRunner(Checker(), optionflags=doctest.NORMALIZE_WHITESPACE)
print(runner.run(test))
sys.exit(runner.failures)
"""


def text():
    return PAGE.read_text(encoding="utf-8")


def environment():
    # Hypothesis draws the same numbers each time, and is patient, where CI is set.
    settings = {"PYTHONPATH": str(ROOT), "COLUMNS": "88", "CI": "1", "PYTHONIOENCODING": "utf-8"}
    # There Hypothesis has kept the constants that it collects from all modules.
    return {**os.environ, **settings, "HYPOTHESIS_STORAGE_DIRECTORY": str(ROOT / ".hypothesis")}


def run_examples(examples, folder):
    command = [sys.executable, "-c", DOCTEST, VARYING.pattern]
    result = subprocess.run(
        command, input=examples, cwd=folder, env=environment(), check=False, capture_output=True, text=True,
        encoding="utf-8",
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    return int(re.search(r"attempted=(\d+)", result.stdout)[1])


@pytest.fixture
def folder(tmp_path):
    """A folder with the files that the page shows."""
    files = re.findall(r"<!-- file: (\S+) -->\n```python\n(.*?)```", text(), re.DOTALL)
    assert len(files) >= 3
    for name, content in files:
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def test_the_examples_of_the_page_run_as_printed(folder):
    without_others = re.sub(r"<!-- needs \w+ -->\n```python\n.*?```", "", text(), flags=re.DOTALL)
    assert run_examples(without_others, folder) > 70


@pytest.mark.parametrize("library", sorted(set(re.findall(r"<!-- needs (\w+) -->", text()))))
def test_the_examples_with_other_libraries(library, folder):
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    for example in re.findall(rf"<!-- needs {library} -->\n```python\n(.*?)```", text(), re.DOTALL):
        assert run_examples(example, folder) > 3


@pytest.mark.skipif(os.name != "posix", reason="the commands are for a POSIX shell")
def test_the_commands_of_the_page_print_as_shown(folder):
    search = {**environment(), "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    blocks = re.findall(r"```console\n(.*?)```", text(), re.DOTALL)
    assert len(blocks) >= 2
    for block in blocks:
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            result = subprocess.run(
                command, shell=True, cwd=folder, env=search, check=False, capture_output=True, text=True,
                encoding="utf-8",
            )  # fmt: skip
            output = "".join(f"{line.rstrip()}\n" for line in result.stdout.splitlines())
            assert VARYING.sub("_", output) == VARYING.sub("_", shown), f"{command}\n{result.stderr}"


def test_the_examples_use_public_names_alone():
    code = "\n".join(re.findall(r"```(?:python|console)\n(.*?)```", text(), re.DOTALL))
    imports = re.findall(r"(?:from|import) ((?:autograd|nn|viz)[\w.]*)", code)
    assert "autograd.testing" in imports
    assert not [name for name in imports if "._" in name]


def test_the_tables_are_those_of_the_commands():
    for command in ("checkers", "checkers --promises"):
        assert page.section(text(), command) == page.table(command), (
            "python -m benchmarks page writes it anew"
        )


def test_the_links_of_the_page_lead_somewhere():
    prose = re.sub(r"^```.*?^```", "", text(), flags=re.DOTALL | re.MULTILINE)
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)", prose)
    assert len(links) > 3
    for link in links:
        assert (PAGE.parent / link).is_file(), link


def test_the_kit_shows_its_public_names_and_imports_other_libraries_when_they_are_used():
    program = (
        "import sys, autograd.testing as kit; assert sorted(dir(kit)) == sorted(kit.__all__);"
        "print(*sorted({'hypothesis', 'mpmath', 'pytest', 'torch', 'jax'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program]
    result = subprocess.run(
        command, cwd=ROOT, env=environment(), check=True, capture_output=True, text=True, encoding="utf-8"
    )
    assert result.stdout == "\n"
