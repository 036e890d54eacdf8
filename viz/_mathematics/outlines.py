"""Mathematics and words as outlines of letters, with their sizes: they look the same everywhere.

The typesetting is done by `ziamath` (TeX's rules from the OpenType MATH table, the font STIX Two
Math), words are in DejaVu Sans. A sign that neither font has stays text, for the viewer's fonts.
"""

from __future__ import annotations

import importlib
import re
import unicodedata
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from autograd._support.process.locks import Lock
from viz._mathematics.mathml import to_mathml
from viz._mathematics.typeset import Atom, Math, parts, to_latex, to_text

__all__ = ["Bar", "Glyph", "Ink", "Words", "available", "from_mathml", "mathematics", "words"]


@dataclass(frozen=True)
class Glyph:
    """An outline in thousandths of the type's size, y downwards, placed at (x, y)."""

    outline: str
    x: float
    y: float
    size: float


@dataclass(frozen=True)
class Bar:
    """A filled rectangle: the line of a fraction or of a root."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Words:
    """Signs that no font here has, as text of about that width."""

    text: str
    x: float
    y: float
    size: float
    width: float


Mark = Glyph | Bar | Words

# The libraries read a font through one place in its file, and their settings are of the whole process.
_ONE_AT_A_TIME = Lock()


@dataclass(frozen=True)
class Ink:
    """Something set: its marks from the left end of its base line, and the room they take.

    Attributes:
        text, latex: for screen readers, and for readers who copy it.
    """

    width: float
    ascent: float
    descent: float
    marks: tuple[Mark, ...]
    text: str
    latex: str = ""


@cache
def available() -> bool:
    """Whether the typesetting library is installed."""
    try:
        _typesetter()
    except ImportError:
        return False
    return True


@cache
def _typesetter() -> Any:
    """The library's class for formulas."""
    with _without_warnings():
        return importlib.import_module("ziamath.zmath").Math


@cache
def _plain() -> Any:
    """The font for words."""
    _typesetter()
    with _without_warnings():
        return importlib.import_module("ziafont.font").Font()


@contextmanager
def _without_warnings() -> Iterator[None]:
    """The libraries find their fonts in a way that Python 3.11 and 3.12 warn of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


@cache
def _mathematical() -> Any:
    return _typesetter()(ET.fromstring("<math><mn>1</mn></math>")).font


@lru_cache(maxsize=4096)
def mathematics(m: Math, size: float) -> Ink:
    r"""Typeset a formula.

    Args:
        m: the formula.
        size: of its letters, in points; raised and lowered ones are smaller.

    >>> from viz._mathematics.latex import label
    >>> ink = mathematics(label("z^{(1)}"), 20.0)
    >>> ink.text, ink.latex, len(ink.marks), 20 < ink.width < 50
    ('z⁽¹⁾', 'z^{(1)}', 4, True)
    """
    text = "".join(part.text for part in parts(m) if isinstance(part, Atom))
    signs = [c for c in unicodedata.normalize("NFD", text) if not c.isspace()]
    with _ONE_AT_A_TIME.current:
        has_all = all(_has(_mathematical(), c) for c in signs)
        return _typeset(m, size) if has_all else replace(words(to_text(m), size), latex=to_latex(m))


def _typeset(m: Math, size: float) -> Ink:
    source = ET.fromstring(f"<math>{to_mathml(m)}</math>")
    with _settings():
        svg = _typesetter()(source, size=size, margin=0).svgxml()
    return _ink(svg, to_text(m), to_latex(m))


def _ink(svg: ET.Element, text: str, latex: str) -> Ink:
    left, top, width, height = map(float, svg.attrib["viewBox"].split())
    shift = -min(left, 0.0)
    return Ink(left + width + shift, -top, height + top, tuple(_marks_of(svg, shift)), text, latex)


@lru_cache(maxsize=1024)
def from_mathml(mathml: str, size: float, text: str, latex: str = "") -> Ink:
    """Typeset a ``<math>`` element.

    Args:
        text, latex: the same formula, as for `Ink`.

    >>> ink = from_mathml("<math><msup><mi>w</mi><mn>2</mn></msup></math>", 20.0, "w²")
    >>> len(ink.marks), ink.text
    (2, 'w²')
    """
    with _ONE_AT_A_TIME.current, _without_warnings(), _settings():
        return _ink(_typesetter()(ET.fromstring(mathml), size=size, margin=0).svgxml(), text, latex)


@lru_cache(maxsize=4096)
def words(text: str, size: float) -> Ink:
    """Set words.

    >>> [type(mark).__name__ for mark in words("a 权", 20.0).marks]
    ['Glyph', 'Words']
    """
    with _ONE_AT_A_TIME.current:
        return _words(text, size)


def _words(text: str, size: float) -> Ink:
    font = _plain()
    marks: list[Mark] = []
    x = 0.0
    for sign in text:
        if _has(font, sign):
            glyph = font.glyph(sign)
            outline = _outline(glyph)
            if outline:
                marks.append(Glyph(outline, x, 0.0, size))
            x += glyph.advance() / font.info.layout.unitsperem * size
        elif not unicodedata.combining(sign) and unicodedata.category(sign) not in ("Cf", "Mn"):
            width = size * (1.0 if unicodedata.east_asian_width(sign) in "WF" else 0.65)
            marks.append(Words(sign, x, 0.0, size, width))
            x += width
        elif marks and isinstance(marks[-1], Words):  # a sign that changes the one before it
            last = marks.pop()
            assert isinstance(last, Words)
            marks.append(Words(last.text + sign, last.x, 0.0, size, last.width))
    return Ink(x, 0.76 * size, 0.24 * size, tuple(marks), text)


def _has(font: Any, sign: str) -> bool:
    return bool(font.glyphindex(sign)) or sign == " "


@contextmanager
def _settings() -> Iterator[None]:
    """The library's settings are of the whole process: set ours for one call, and restore them."""
    from ziamath.config import config

    before = config.svg2, config.precision
    config.svg2, config.precision = True, 3
    try:
        yield
    finally:
        config.svg2, config.precision = before


def _marks_of(svg: ET.Element, shift: float) -> Iterator[Mark]:
    """The marks of the library's drawing: outlines defined once in type of 12 points, and their uses."""
    symbols: dict[str, tuple[tuple[float, ...], str]] = {}
    for element in svg.iter():
        at = {key: float(element.get(key, 0)) for key in ("x", "y", "width", "height")}
        if element.tag == "symbol":
            path = element.find("path")
            outline = "" if path is None else _in_thousandths(path.attrib["d"], 12.0)
            view = tuple(map(float, element.attrib["viewBox"].split()))
            symbols[element.attrib["id"]] = view, outline
        elif element.tag == "use":
            (left, top, width, _), outline = symbols[element.attrib["href"][1:]]
            scale = at["width"] / width if width else 0.0
            if outline and scale:
                yield Glyph(outline, at["x"] - left * scale + shift, at["y"] - top * scale, 12.0 * scale)
        elif element.tag == "rect":
            yield Bar(at["x"] + shift, at["y"], at["width"], at["height"])


def _outline(glyph: Any) -> str:
    path = glyph.svgsymbol().find("path")
    return "" if path is None else _in_thousandths(path.attrib["d"], glyph.DFLT_SIZE_PT)


@lru_cache(maxsize=2048)
def _in_thousandths(path: str, size: float) -> str:
    """An outline in whole thousandths of the type's size: half as long, and exact for STIX's thousand units.

    >>> _in_thousandths("M 1.2 0 L 1.2 0 L 2.4 -12 Z ", 12.0)
    'M100 0L200 -1000Z'
    """
    path = re.sub(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", lambda m: str(round(float(m[0]) * 1000 / size)), path)
    path = re.sub(r"M (\S+) (\S+) L \1 \2(?= )", r"M \1 \2", path)  # the library says each start twice
    return re.sub(r" ?([A-Z]) ?", r"\1", path).strip()
