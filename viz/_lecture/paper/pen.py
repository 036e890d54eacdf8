"""Pages of a PDF, 1920 by 1080 pixels each: text in embedded fonts, formulas and pictures as vectors."""

from __future__ import annotations

import datetime
import io
from pathlib import Path
from typing import Any

from autograd._support.extras import extra
from viz._layout.scene import SLIDE, Inked, Polygon, Scene, Shape
from viz._layout.themes import Theme
from viz._lecture.paper.forms import Form, with_forms
from viz._mathematics.outlines import Ink
from viz._output.pdf import to_pdf

__all__ = ["HEIGHT", "WIDTH", "Pen"]

WIDTH, HEIGHT = map(float, SLIDE)  # of a page
POINT = 0.5  # points to a pixel: a page has 13.3 by 7.5 inches, as in other programs for slides
FONTS = {
    "": "DejaVuSans", "B": "DejaVuSans-Bold", "I": "DejaVuSans-Oblique", "BI": "DejaVuSans-BoldOblique",
    "mono": "DejaVuSansMono", "monoB": "DejaVuSansMono-Bold", "monoI": "DejaVuSansMono-Oblique",
}  # fmt: skip
MISSING = "\N{REPLACEMENT CHARACTER}"
UNDATED = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)  # the same bytes in every run


class Pen:
    """Writes pages, in pixels from the upper left corner of each, and measures text.

    Colours are names of those of the theme.

    The paper of a page, its plain shapes and its formulas are one vector picture that lies under the text.

    Attributes:
        missing: the signs that no font here has.
    """

    def __init__(self, title: str, theme: Theme) -> None:
        fpdf: Any = extra("fpdf", "lectures", "a lecture as a PDF")
        modes: Any = extra("fpdf.enums", "lectures", "a lecture as a PDF")
        matplotlib: Any = extra("matplotlib", "lectures", "a lecture as a PDF")
        self._fonts = Path(matplotlib.get_data_path(), "fonts", "ttf")
        self._hidden, self._shown = modes.TextMode.INVISIBLE, modes.TextMode.FILL
        self._pdf = fpdf.FPDF(unit=POINT, format=(WIDTH, HEIGHT))
        self._pdf.set_auto_page_break(False)
        self._pdf.set_title(_storable(title))
        self._pdf.set_lang("en")
        self._pdf.set_producer("chainrule")
        self._pdf.set_creation_date(UNDATED)
        self.theme = theme
        self.missing: dict[str, None] = {}
        self._title = title
        self._shapes: list[list[Shape]] = []
        self._forms: list[list[Form]] = []
        self._widths: dict[tuple[str, str], float] = {}
        self._styles: set[str] = set()

    def begin(self, heading: str = "") -> None:
        """Begin a page; its heading goes into the outline of the document."""
        self._pdf.add_page()
        if heading:
            self._pdf.start_section(_storable(heading))
        self._shapes.append([])
        self._forms.append([])

    @property
    def number(self) -> int:
        """How many pages there are so far."""
        return len(self._forms)

    def width(self, text: str, style: str, size: float) -> float:
        """The width of a text in type of that size."""
        if (text, style) not in self._widths:
            shown = self._in_font(text, style, 100.0)
            self._widths[text, style] = self._pdf.get_string_width(shown, normalized=True) * POINT / 100
        return self._widths[text, style] * size

    def write(
        self, text: str, x: float, y: float, style: str, size: float, colour: str, link: str = ""
    ) -> None:
        """Text from the left end of its base line."""
        shown = self._in_font(text, style, size * POINT)
        self._pdf.set_text_color(getattr(self.theme, colour))
        self._pdf.text(x, y, shown)
        if link:
            self._pdf.link(x, y - 0.8 * size, self.width(text, style, size), size, link)

    def _in_font(self, text: str, style: str, points: float) -> str:
        """Choose a font; the text with a question mark in a diamond for each sign that it has not."""
        if style not in self._styles:  # a font is read, and embedded, when it is used
            self._styles.add(style)
            self._pdf.add_font(style or "sans", "", self._fonts / f"{FONTS[style]}.ttf")
        self._pdf.set_font(style or "sans", "", points)
        characters = self._pdf.current_font.cmap
        missing = dict.fromkeys(sign for sign in text if ord(sign) not in characters)
        self.missing.update(missing)
        return text.translate({ord(sign): MISSING for sign in missing})

    def formula(self, ink: Ink, x: float, y: float, size: float, colour: str) -> None:
        """Typeset mathematics from the left end of its base line; its text is there to be found, unseen."""
        self._shapes[-1].append(Inked(ink, x, y, getattr(self.theme, colour), "formula"))
        text = " ".join(ink.text.split())
        width = self.width(text, "", size)
        self._pdf.text_mode = self._hidden
        self.write(text, x, y, "", size * ink.width / width if width else size, colour)
        self._pdf.text_mode = self._shown

    def rectangle(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        """A filled rectangle."""
        corners = (x, y), (x + width, y), (x + width, y + height), (x, y + height)
        self._shapes[-1].append(Polygon(corners, getattr(self.theme, fill)))

    def pixels(self, png: bytes, x: float, y: float, width: float, height: float, words: str) -> None:
        """A picture of pixels."""
        self._pdf.image(io.BytesIO(png), x, y, width, height, alt_text=_storable(words))

    def vectors(self, pdf: bytes, x: float, y: float, width: float, height: float) -> None:
        """A PDF of one page."""
        sizes = POINT * x, POINT * (HEIGHT - y - height), POINT * width, POINT * height
        self._forms[-1].append(Form(pdf, *sizes))

    def document(self) -> bytes:
        """All pages as one file."""
        forms = [
            [Form(self._ground(shapes), 0, 0, POINT * WIDTH, POINT * HEIGHT, below=True), *on_page]
            for shapes, on_page in zip(self._shapes, self._forms, strict=True)
        ]
        return with_forms(bytes(self._pdf.output()), forms)

    def _ground(self, shapes: list[Shape]) -> bytes:
        return to_pdf(Scene(WIDTH, HEIGHT, self._title, "", self.theme.paper, tuple(shapes)))


def _storable(text: str) -> str:
    r"""A text for the names in a file, which hold no surrogate alone.

    >>> _storable("w \ud800")
    'w ?'
    """
    return text.encode("utf-8", "replace").decode("utf-8")
