"""The files of a page's folder ``assets``, and their order in the page."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources

__all__ = ["SHARED", "asset", "joined"]

SHARED = "viz._pages.parts"  # with scripts of all pages


def asset(package: str, name: str) -> str:
    """The text of a file in the folder ``assets`` of a package.

    >>> asset("viz._pages.chain", "page.html")[:15]
    '<!doctype html>'
    """
    return resources.files(package).joinpath("assets", name).read_text(encoding="utf-8")


def joined(package: str, names: Iterable[str], suffix: str) -> str:
    """Several files of one kind, one after the other."""
    return "\n".join(asset(package, f"{name}.{suffix}") for name in names)
