"""A page from the files of its folder ``assets``: HTML, styles and scripts in one document."""

from __future__ import annotations

import html
from collections.abc import Iterable
from importlib import resources
from string import Template
from typing import Any

from viz._layout.themes import Theme
from viz._pages.parts.colours import colours
from viz._pages.parts.data import script_json

__all__ = ["SHARED", "asset", "html_page", "joined"]

SHARED = "viz._pages.parts"  # with the frame and the scripts of all pages


def html_page(title: str, theme: Theme | None, style: str, body: str, data: Any, script: str) -> str:
    """A document that fetches nothing.

    Args:
        title: of the window, as text.
        theme: of the custom properties for colours; None for the light and the dark one.
        style: CSS of this page, after that of all.
        body: HTML.
        data: for the script, which reads it as JSON from the element ``data``.
        script: JavaScript, in a function of its own.

    >>> html_page("w < 1", None, "", "<main></main>\\n", {}, "")[:15]
    '<!doctype html>'
    """
    return Template(asset(SHARED, "page.html")).substitute(
        title=html.escape(title),
        style=colours(theme) + asset(SHARED, "base.css") + style,
        body=body,
        data=script_json(data),
        script=script,
    )


def asset(package: str, name: str) -> str:
    """The text of a file in the folder ``assets`` of a package.

    >>> asset("viz._pages.chain", "body.html")[:8]
    '<header>'
    """
    return resources.files(package).joinpath("assets", name).read_text(encoding="utf-8")


def joined(package: str, names: Iterable[str], suffix: str) -> str:
    """Several files of one kind, one after the other."""
    return "\n".join(asset(package, f"{name}.{suffix}") for name in names)
