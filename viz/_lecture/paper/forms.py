"""Pages of one PDF inside pages of another, as vectors."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from autograd._support.extras import extra

__all__ = ["Form", "with_forms"]


@dataclass(frozen=True)
class Form:
    """A PDF of one page, to be shown in a rectangle of another page.

    Attributes:
        x, y: the lower left corner, in points from that of the page.
        width, height: in points.
        below: whether it lies under the page's text, else over it.
    """

    pdf: bytes
    x: float
    y: float
    width: float
    height: float
    below: bool = False


def with_forms(document: bytes, forms: Iterable[Sequence[Form]]) -> bytes:
    """A document with other documents' pages shown inside its own.

    A page becomes a form of PDF (ISO 32000-1, section 8.10) as it is, so its instructions need not be read.

    Args:
        forms: those of each page.
    """
    pypdf: Any = extra("pypdf", "lectures", "a lecture as a PDF")
    generic: Any = extra("pypdf.generic", "lectures", "a lecture as a PDF")
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(document))
    for page, on_page in zip(writer.pages, forms, strict=True):
        names = (
            page["/Resources"]
            .get_object()
            .setdefault(generic.NameObject("/XObject"), generic.DictionaryObject())
        )
        before, after = list[str](), list[str]()
        for i, form in enumerate(on_page):
            name = f"/Form{i}"
            stream, (width, height) = _form(form.pdf, pypdf, generic)
            names.get_object()[generic.NameObject(name)] = writer._add_object(stream.clone(writer))
            across, up = form.width / width, form.height / height
            show = f"q {across:.5f} 0 0 {up:.5f} {form.x:.2f} {form.y:.2f} cm {name} Do Q"
            (before if form.below else after).append(show)
        contents = [_stream("\n".join(lines), generic) for lines in (before, after)]
        first, last = map(writer._add_object, contents)
        page[generic.NameObject("/Contents")] = generic.ArrayObject([first, page.raw_get("/Contents"), last])
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def _form(pdf: bytes, pypdf: Any, generic: Any) -> tuple[Any, tuple[float, float]]:
    """The page of a PDF as a form, and its width and height."""
    page = pypdf.PdfReader(io.BytesIO(pdf)).pages[0]
    left, bottom, right, top = map(float, page.mediabox)
    form = _stream(page.get_contents().get_data(), generic)
    for key, value in (
        ("/Type", generic.NameObject("/XObject")),
        ("/Subtype", generic.NameObject("/Form")),
        ("/BBox", page.mediabox),
        ("/Resources", page["/Resources"]),
    ):
        form[generic.NameObject(key)] = value
    if "/Group" in page:  # in which transparent colours are mixed
        form[generic.NameObject("/Group")] = page["/Group"]
    return form, (right - left, top - bottom)


def _stream(data: str | bytes, generic: Any) -> Any:
    stream = generic.StreamObject()
    stream.set_data(data.encode("ascii") if isinstance(data, str) else data)
    return stream.flate_encode(9)
