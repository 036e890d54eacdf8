"""docs/how-to/training.md chooses, goes on, limits and stops, as printed and by public names."""

import doctest
import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "training.md"


def test_the_page_runs_as_printed():
    failed, attempted = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert failed == 0
    assert attempted > 40


def test_the_page_uses_public_names_only():
    code = "\n".join(re.findall(r"^(?:>>>|\.\.\.) (.*)", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert not re.findall(r"\b(?:autograd|nn)\._\w+", code)
    for use in (
        "resume=",
        "clip_norm=",
        "early_stopping(",
        "nn.AdamW(",
        "nn.save(",
        "optimizer=optimizer, rng=rng",
    ):
        assert use in code
