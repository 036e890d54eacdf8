"""How well a colour reads on another, for the tests of drawings and of the lecture page."""

import re


def luminance(colour: str) -> float:
    """Of a colour as #RRGGBB, or as a browser says it: rgb(17, 17, 17)."""
    parts = bytes.fromhex(colour[1:]) if colour.startswith("#") else map(int, re.findall(r"\d+", colour)[:3])
    shares = (c / 255 for c in parts)
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """From 1 to 21 (WCAG 2.2, 1.4.3: type needs 4.5)."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)
