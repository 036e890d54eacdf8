"""Data for the script of a page."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["script_json"]


def script_json(data: Any) -> str:
    """JSON that stands inside a script element.

    >>> script_json({"title": "</script>"})
    '{"title":"\\\\u003c/script>"}'
    """
    # Inside a script element only "</script" and "<!--" would be read as HTML.
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
