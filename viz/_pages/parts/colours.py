"""The colours of a light and a dark theme for a page, as custom properties of CSS."""

from __future__ import annotations

from dataclasses import fields

from viz._layout.themes import CLASSES_ON_DARK, CLASSES_ON_LIGHT, DARK, LIGHT, Theme

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
    on_dark, on_light = _properties(dark, CLASSES_ON_DARK), _properties(light, CLASSES_ON_LIGHT)
    screen = f'@media screen {{ :root[data-theme="dark"] {{ color-scheme: dark; {on_dark} }} }}'
    return f":root {{ color-scheme: light; {on_light} }}\n\n{screen}\n\n"


def _properties(theme: Theme, classes: tuple[str, ...]) -> str:
    """The colours of a theme, and of classes beside its two signs."""
    named = {field.name.replace("_", "-"): getattr(theme, field.name) for field in fields(theme)}
    named |= {f"class-{i}": colour for i, colour in enumerate(classes, 2)}
    return " ".join(f"--{name}: {colour};" for name, colour in named.items())
