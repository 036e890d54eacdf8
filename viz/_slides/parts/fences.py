"""Outlines of tall delimiters, of any height: brackets, parentheses and braces."""

from __future__ import annotations

from viz._mathematics.outlines import Glyph, Ink

__all__ = ["fence"]

Points = list[tuple[float, float]]
Piece = tuple[str, Points]
STEM, SERIF, TIP = 70.0, 55.0, 40.0  # thicknesses, in thousandths of the type's size
CLOSING = {")": "(", "]": "[", "}": "{"}


def fence(sign: str, above: float, below: float, size: float) -> Ink:
    """A delimiter from so far above its base line to so far below.

    >>> fence("[", 100.0, 50.0, 100.0).marks[0].outline
    'M0 -1000L220 -1000L220 -945L70 -945L70 445L220 445L220 500L0 500Z'
    """
    top, bottom = -1000 * above / size, 1000 * below / size
    width, pieces = OUTLINES[CLOSING.get(sign, sign)](top, bottom)
    if sign in CLOSING:
        pieces = [(command, [(width - x, y) for x, y in points]) for command, points in pieces]
    path = "".join(command + " ".join(f"{round(x)} {round(y)}" for x, y in at) for command, at in pieces)
    return Ink(width * size / 1000, above, below, (Glyph(f"{path}Z", 0.0, 0.0, size),), sign)


def _bracket(top: float, bottom: float) -> tuple[float, list[Piece]]:
    wide = 220.0
    corners = [
        (0.0, top), (wide, top), (wide, top + SERIF), (STEM, top + SERIF),
        (STEM, bottom - SERIF), (wide, bottom - SERIF), (wide, bottom), (0.0, bottom),
    ]  # fmt: skip
    return wide, [("L" if i else "M", [corner]) for i, corner in enumerate(corners)]


def _parenthesis(top: float, bottom: float) -> tuple[float, list[Piece]]:
    """Two arcs that meet at the ends, furthest apart in the middle."""
    height, middle = bottom - top, (top + bottom) / 2
    wide = min(500.0, 230.0 + 0.055 * height)
    bend, tip = 0.24 * height, 0.12 * height

    def arc(x: float, edge: float, start: float, end: float) -> list[Piece]:
        """From the start over a point (x, middle) to the end, both at the edge."""
        down = 1.0 if end > start else -1.0
        near = edge - 0.55 * (edge - x)
        return [
            ("C", [(near, start + down * tip), (x, middle - down * bend), (x, middle)]),
            ("C", [(x, middle + down * bend), (near, end - down * tip), (edge, end)]),
        ]

    inner = ("L", [(wide, bottom)])
    return wide, [
        ("M", [(wide - TIP, top)]),
        *arc(0.0, wide - TIP, top, bottom),
        inner,
        *arc(STEM + 15.0, wide, bottom, top),
    ]


def _brace(top: float, bottom: float) -> tuple[float, list[Piece]]:
    """A stem with bent ends, and a tip to the left in its middle."""
    wide, left = 380.0, 150.0
    right, middle = left + STEM, (top + bottom) / 2
    r = min(320.0, (bottom - top) / 4)

    def side(x: float, tip: float, ends: tuple[float, float], down: float) -> list[Piece]:
        start, end = ends
        return [
            ("C", [(x + 40, start), (x, start + down * 0.35 * r), (x, start + down * r)]),
            ("L", [(x, middle - down * r)]),
            ("C", [(x, middle - down * 0.35 * r), (tip + 60, middle - down * 10), (tip, middle)]),
            ("C", [(tip + 60, middle + down * 10), (x, middle + down * 0.35 * r), (x, middle + down * r)]),
            ("L", [(x, end - down * r)]),
            ("C", [(x, end - down * 0.35 * r), (x + 40, end), (wide, end)]),
        ]

    inner = (bottom - SERIF / 2, top + SERIF / 2)
    return wide, [
        ("M", [(wide, top)]),
        *side(left, 0.0, (top, bottom), 1.0),
        ("L", [(wide, inner[0])]),
        *side(right, SERIF, inner, -1.0),
    ]


OUTLINES = {"[": _bracket, "(": _parenthesis, "{": _brace}
