"""What README.md shows is what happens."""

import doctest
import re
from pathlib import Path

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
