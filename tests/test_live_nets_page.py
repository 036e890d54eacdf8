"""docs/how-to/live-nets.md writes pages of nets, by public names."""

import doctest
import re
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "live-nets.md"


def test_the_page_runs_as_printed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    results = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert (results.failed, results.attempted > 15) == (0, True)
    names = re.findall(r'"(\w+\.html)"', PAGE.read_text(encoding="utf-8"))
    sizes = {path.name: path.stat().st_size for path in tmp_path.glob("*.html")}
    assert sizes.keys() == set(names)
    assert max(sizes.values()) < 2_000_000


def test_the_page_uses_public_names_and_its_pictures_are_there():
    text = PAGE.read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"^(?:>>>|\.\.\.) (.*)", text, re.MULTILINE))
    assert not re.findall(r"\b(?:autograd|nn|viz)\._\w+", code)
    pictures = re.findall(r"\]\((\S+\.png)\)", text)
    assert len(pictures) == 5
    for picture in pictures:
        assert (PAGE.parent / picture).is_file()
