"""Each page lists its keys."""

import re
from pathlib import Path

import pytest

import viz

SIGNS = {
    "ArrowRight": "→", "ArrowLeft": "←", "ArrowDown": "↓", "ArrowUp": "↑", "PageDown": "Page ↓",
    "PageUp": "Page ↑", " ": "Space", "Escape": "Esc",
}  # fmt: skip
UNLISTED = {
    "?",
    "Esc",
}  # of the list's own button; out of a page, which is in the list of the lecture around it
OF_ELEMENTS = {"Tab", "Enter", "↑", "↓"}  # where the focus is


@pytest.mark.parametrize("room", ["_pages/chain", "_pages/net", "_lecture/page"])
def test_each_key_of_a_page_is_in_its_list_and_no_other(room):
    assets = Path(viz.__file__).parent / room / "assets"
    script = (assets / "controls.js").read_text(encoding="utf-8")
    table = script.split("const KEYS = {\n")[1].split("\n};")[0]
    names = re.findall(r'(?m)^  "?(\w+|.)"?:', table)
    keys = {SIGNS.get(name, name if len(name) > 1 else name.upper()) for name in names}
    html = "".join(path.read_text(encoding="utf-8") for path in assets.glob("*.html"))
    listed = set(re.findall(r"<kbd>(.*?)</kbd>", html))
    assert len(keys) > 10
    assert keys - UNLISTED <= listed
    assert listed - keys <= OF_ELEMENTS
