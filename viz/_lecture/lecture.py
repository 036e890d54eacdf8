"""A lecture as one file: a page of slides, a notebook or a PDF."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from autograd._support.atomic import written_whole
from autograd._support.checks import a_bool, a_text
from viz._layout.themes import Theme, a_theme
from viz._lecture.notebook import to_notebook
from viz._lecture.page.document import document
from viz._lecture.paper.pdf import to_pdf
from viz._lecture.parts import Slide
from viz._lecture.showing import drawn_parts
from viz._lecture.slides.fitting import fitted
from viz._lecture.slides.grouping import pictures_of, slides_of
from viz._output.render import checked_path
from viz._pages.parts.files import write_page

__all__ = ["lecture"]

FORMS = ("html", "pdf", "ipynb")


def lecture(
    parts: Iterable[Any],
    path: str | os.PathLike[str],
    *,
    title: str | None = None,
    theme: Theme | None = None,
    projector: bool = False,
) -> Path:
    r"""Write a lecture as one file: the suffix says whether as a page of slides, a PDF or a notebook.

    What shows itself in a notebook shows itself in a lecture. A heading ``#`` or ``##`` in a text, or a line
    ``---``, begins a slide, and all that follows is on it: the text, pictures side by side, under them the
    code that made them. ``#`` begins a section of the contents too. In a lecture without headings each
    picture has a slide, with the text that leads to it.

    The page, ``.html``, is one file that needs no network. Arrow keys, a presenter's remote, a swipe or the
    space bar go from slide to slide, O opens the contents, C hides the code, Z fills the screen with the
    picture, P, D and F are for a projector, a dark hall and the full screen; a question mark lists the keys.
    ``lecture.html#12&dark&projector`` opens slide 12. Printed, it is a slide a page.

    Args:
        parts: in order, each of them
            a text in Markdown, with mathematics between ``$`` or ``$$``; HTML in it is shown as text;
            a drawing, a `viz.Slide`, a `viz.ChainRule`, a `viz.Motion`;
            matplotlib's axes or figure, or a list or array of axes;
            a page, as `viz.lecture_page` and `viz.net_page` return it, which is live on its slide;
            the `pathlib.Path` of a .gif, .svg, .png or .html file;
            `viz.Code`: lines with their outputs, as `viz.run_script` gives them;
            any other object that a notebook shows as HTML, a picture or LaTeX; of the rest its repr.
        path: a file name ending in .html, .pdf or .ipynb; it is returned.
        title: of the file; by default the first heading.
        theme: `viz.LIGHT`, `viz.DARK` or another `viz.Theme`: the page begins in it, and drawings, slides
            and motions are redrawn in it. By default the page is light or dark as the reader's system asks
            for, and every picture has the colours and the paper that it was drawn with.
        projector: whether the page begins with larger type.

    Returns:
        The path; of a page, one that shows the page in a notebook.

    Raises:
        TypeError: for parts that are no list of parts; for None among them; for a title that is no text, a
            theme that is none, and a `projector` that is not True or False.
        ValueError: for another suffix; for no parts; for mathematics that cannot be set: with the formula.
        FileNotFoundError, IsADirectoryError, PermissionError: when the folder cannot be written to, or
            the file is write-protected.
        ImportError: when a package for it is not installed, with the command that installs it.
        RuntimeError: when no Graphviz is installed, which places the boxes of drawings.

    An error that a part raises while it shows itself has a note with the part's place.

    >>> import pathlib, tempfile, viz
    >>> from autograd import Value
    >>> w = Value(1.2, label="w")
    >>> parts = ["# One weight\nIts cost is $C = w^2$.", viz.draw_chain((w * w).with_label("C"))]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = viz.lecture(parts, pathlib.Path(folder, "lecture.html"))
    ...     path.name, path.stat().st_size < 50_000
    ('lecture.html', True)
    """
    if title is not None:
        a_text(title, "a title")
    start = None if theme is None else a_theme(theme)
    is_projected = a_bool(projector, "projector")
    target = checked_path(path, FORMS, "lecture")
    shown = drawn_parts(_listed(parts), start)
    slides = slides_of(shown)
    if not slides:
        raise ValueError("a lecture has at least one part: text, a drawing, a plot; all given are empty")
    name = title if title is not None else next((s.title for s in slides if s.title), "Lecture")
    match target.suffix.lower():
        case ".pdf":
            data = to_pdf(tuple(map(fitted, slides)), name, start)
        case ".ipynb":
            data = to_notebook(shown, name).encode("utf-8", "replace")
        case _:
            page = document(tuple(map(fitted, slides)), name, start, is_projected)
            return write_page(target, page, lambda: _first(slides))
    with written_whole(target) as temporary:
        temporary.write_bytes(data)
    return target


def _listed(parts: Any) -> list[Any]:
    """The parts as a list.

    >>> _listed("text")
    Traceback (most recent call last):
        ...
    TypeError: parts are a list, such as ["# Heading", drawing], not str
    """
    if not isinstance(parts, (list, tuple, Iterator)):  # text and graphs can be gone through too
        raise TypeError(f'parts are a list, such as ["# Heading", drawing], not {type(parts).__name__}')
    return list(parts)


def _first(slides: tuple[Slide, ...]) -> Any:
    """The first picture of the first slide that has one."""
    return next((picture for s in slides for part in s.parts for picture in pictures_of(part)), None)
