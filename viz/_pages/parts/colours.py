"""The colours of a light and a dark theme for a page, as custom properties of CSS."""

from __future__ import annotations

from dataclasses import fields

from viz._layout.themes import DARK, LIGHT, Theme

__all__ = ["colours", "is_dark_paper", "mode"]


def mode(theme: Theme | None) -> str | None:
    """Whether a theme is a light or a dark one, by its paper.

    >>> mode(LIGHT), mode(DARK), mode(None)
    ('light', 'dark', None)
    """
    if theme is None:
        return None
    return "dark" if is_dark_paper(theme.paper) else "light"


def is_dark_paper(paper: str) -> bool:
    """Whether a colour is nearer to black than to white."""
    return sum(int(paper[i : i + 2], 16) for i in (1, 3, 5)) < 3 * 128


def colours(theme: Theme | None) -> str:
    """The colours of a light and a dark theme as custom properties; on paper those of the light one.

    >>> "--paper: #" in colours(None)
    True
    """
    is_dark = mode(theme) == "dark"
    light = theme if theme is not None and not is_dark else LIGHT
    dark = theme if theme is not None and is_dark else DARK
    screen = f'@media screen {{ :root[data-theme="dark"] {{ color-scheme: dark; {_properties(dark)} }} }}'
    return f":root {{ color-scheme: light; {_properties(light)} }}\n\n{screen}\n\n"


def _properties(theme: Theme) -> str:
    return " ".join(
        f"--{field.name.replace('_', '-')}: {getattr(theme, field.name)};" for field in fields(theme)
    )
