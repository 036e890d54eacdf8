"""docs/how-to/interchange.md exchanges nets, by public names."""

import doctest
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "interchange.md"


def test_every_line_of_the_page_is_true(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    results = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert results.attempted > 15
    assert results.failed == 0
