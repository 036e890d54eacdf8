"""docs/how-to/lectures.md makes its lectures, from public names."""

import doctest
import re
from pathlib import Path

import pytest

pytest.importorskip("markdown_it")
plt = pytest.importorskip("matplotlib.pyplot")

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "lectures.md"


def test_the_page_runs_as_printed_and_ten_lines_make_five_slides(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcome = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    plt.close("all")
    assert outcome.failed == 0
    assert outcome.attempted >= 10
    lecture = Path("lecture.html").read_text(encoding="utf-8")
    assert lecture.count('<section class="slide') == 5
    assert Path("deck.html").read_text(encoding="utf-8").count('<section class="slide') == 2

    first = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1]
    assert len(first.strip().splitlines()) == 10


def test_the_page_uses_public_names_and_lists_every_key_of_the_page():
    text = PAGE.read_text(encoding="utf-8")
    assert not re.findall(r"\b(?:autograd|nn|viz)\._\w+", text)
    keys = (PAGE.parents[2] / "viz/_lecture/page/assets/controls.js").read_text(encoding="utf-8")
    letters = re.findall(
        r"^  (?:\"(.)\"|(\w)): ", keys.split("const KEYS = {")[1].split("};")[0], re.MULTILINE
    )
    table = text.split("| key | |")[1].split("\n\n")[0]
    for letter in filter(str.strip, map("".join, letters)):
        assert re.search(rf"(?<!\w){re.escape(letter.upper())}(?!\w)", table), letter
