"""Signs that no font of this machine has, of which a picture could show no more than empty boxes."""

from __future__ import annotations

import html
from functools import lru_cache

from autograd._support.callers import warn
from viz._layout.scene import FONT, Inked, Scene, walk
from viz._mathematics.outlines import Words

__all__ = ["warn_of_missing_signs"]

NOWHERE = "\U0010fffd"  # for private use: no font has it


def warn_of_missing_signs(scene: Scene) -> None:
    """Name the signs of a scene that neither our fonts nor those of this machine have.

    Warns:
        UserWarning: where there are any.
    """
    inks = (shape.ink for shape in walk(scene.shapes) if isinstance(shape, Inked))
    signs = dict.fromkeys(mark.text for ink in inks for mark in ink.marks if isinstance(mark, Words))
    missing = [sign for sign in signs if not _is_shown(sign)]
    if missing:
        warn(
            f"no font of this machine has {', '.join(map(repr, missing))}: the picture shows "
            "an empty box in its place. Install a font that has it, or write the label in other signs"
        )


@lru_cache(maxsize=256)
def _is_shown(sign: str) -> bool:
    """Whether a picture of the sign is another than that of a sign that no font has."""
    try:
        import resvg_py  # noqa: F401 - without it nothing here draws text
    except ImportError:
        return True
    return _drawn(sign) != _drawn(NOWHERE)


def _drawn(sign: str) -> bytes:
    import resvg_py

    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="60">'
        f'<text x="5" y="45" font-size="40" font-family="{FONT}">{html.escape(sign)}</text></svg>'
    )
    return bytes(resvg_py.svg_to_bytes(svg_string=svg))
