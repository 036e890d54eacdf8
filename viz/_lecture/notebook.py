"""A lecture as a notebook, with its outputs."""

from __future__ import annotations

from viz._lecture.parts import Part

__all__ = ["to_notebook"]


def to_notebook(parts: tuple[Part, ...], title: str) -> str:
    raise NotImplementedError
