"""A lecture as a Jupyter notebook, with its outputs."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Iterable, Iterator
from typing import Any

from viz._lecture.parts import Code, Formula, Html, Live, Moving, Part, Picture, Plain, Text
from viz._output.moving.motion import scaled
from viz._output.notebooks import IN_NOTEBOOK, PDF, PLAIN, PNG, SVG, picture_forms
from viz._output.render import scene_bytes, svg_png
from viz._pages.parts.files import framed

__all__ = ["to_notebook"]

ATTACHED = 1280  # pixels of width of a picture in a cell of text
# A notebook that is not trusted has neither the frame nor this style of the picture after it.
UNFRAMED = "<style>iframe + style + img { display: none }</style>"


def to_notebook(parts: Iterable[Part], title: str) -> str:
    """The text of an .ipynb file (nbformat 4.5), the same for the same parts.

    Text becomes a cell of text, code a cell with its outputs, as if it had run. Pictures, motions, tables and
    formulas that no code made are in cells of text too, so they are there after all cells were run again.
    All can be read where the notebook is not trusted, as one handed to a class; a live page, which is a
    picture there, moves where it is.

    >>> notebook = json.loads(to_notebook([Text("# Nets"), Code("1 + 1", Plain("2"))], "Nets"))
    >>> [(cell["cell_type"], cell["source"]) for cell in notebook["cells"]]
    [('markdown', ['# Nets']), ('code', ['1 + 1'])]
    >>> notebook["cells"][1]["outputs"]
    [{'name': 'stdout', 'output_type': 'stream', 'text': ['2\\n']}]
    """
    cells: list[dict[str, Any]] = []
    for part in parts:
        cells += _cells(part)
    for i, cell in enumerate(cells):
        # Cells have ids, so that merging tools follow them: an id stays while its cell stays in its place.
        cell["id"] = hashlib.sha256(f"{i} {cell['source']}".encode("utf-8", "replace")).hexdigest()[:8]
    runs = (cell for cell in cells if cell["cell_type"] == "code")
    for number, cell in enumerate(runs, start=1):
        cell["execution_count"] = number
    notebook = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "title": title,
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _cells(part: Part) -> Iterator[dict[str, Any]]:
    match part:
        case Text(markdown):
            yield _text(markdown)
        case Code(source, outputs):
            yield _code(source, map(_output, outputs))
        case Formula(latex=latex):
            yield _text(f"$$\n{latex}\n$$")
        case Picture():
            yield _picture(part)
        case Moving(gif, _, words):
            yield _attached("motion.gif", "image/gif", gif, words)
        case Live(_, still, words):
            yield _text(f"**{words}**") if still is None else _picture(still)
            yield _code(f"# {words}", [_output(part)])
        case Html(html=content):
            yield _text(content)
        case Plain(text):
            longest = max((len(run) for run in _runs_of_backquotes(text)), default=0)
            fence = "`" * max(3, longest + 1)
            yield _text(f"{fence}\n{text}\n{fence}")


def _text(markdown: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": _lines(markdown)}


def _code(source: str, outputs: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "source": _lines(source), "outputs": list(outputs)}


def _picture(picture: Picture) -> dict[str, Any]:
    return _attached("picture.png", "image/png", _png(picture, ATTACHED), picture.words)


def _attached(name: str, kind: str, data: bytes, words: str) -> dict[str, Any]:
    """A cell of text with a file in it."""
    said = " ".join(words.split()).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    cell = _text(f"![{said}](attachment:{name})")
    return cell | {"attachments": {name: {kind: _base64(data)}}}


def _output(part: Part) -> dict[str, Any]:
    """What a cell of code shows under it."""
    match part:
        case Plain(text):
            return {"output_type": "stream", "name": "stdout", "text": _lines(f"{text}\n")}
        case Picture():
            return _display(_forms(part), {"image/png": {"width": IN_NOTEBOOK}} if part.form == "png" else {})
        case Moving(gif, _, words):
            return _display({"image/gif": _base64(gif), "text/plain": _lines(words)})
        case Formula(latex, _, words):
            return _display({"text/latex": _lines(f"$\\displaystyle {latex}$"), "text/plain": _lines(words)})
        case Html(content, words):
            return _display({"text/html": _lines(content), "text/plain": _lines(words)})
        case Live(document, still, words):
            name = html.escape(words)
            content = f"{framed(document, words)}\n"
            png = {}
            if still is not None:
                png = {"image/png": _base64(_png(still, IN_NOTEBOOK))}
                content += f'{UNFRAMED}<img alt="{name}" src="data:image/png;base64,{png["image/png"]}">\n'
            content += f"<p>{name}, live where the notebook is trusted</p>"
            return _display({"text/html": _lines(content), "text/plain": _lines(words)} | png)
        case Text(markdown):
            return _display({"text/markdown": _lines(markdown), "text/plain": _lines(markdown)})
        case Code():
            raise AssertionError(f"no output of code: {part!r:.80}")


def _display(data: dict[str, Any], metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": metadata or {}}


def _forms(picture: Picture) -> dict[str, Any]:
    """The forms in which a notebook shows a picture, as its own drawing shows itself there."""
    if picture.form == "png":
        png = _base64(picture.data)
        return {"image/png": png, "text/plain": _lines(picture.words)}

    scene = picture.scene

    def data(form: str, width: int = IN_NOTEBOOK) -> bytes:
        if form == "pdf" and scene is not None:
            return scene_bytes(scene, "pdf")
        return picture.data if form == "svg" else _png(picture, width)

    wanted = (SVG, PNG, PLAIN) if scene is None else (SVG, PNG, PDF, PLAIN)
    forms = picture_forms(data, picture.words, wanted)
    return {kind: _lines(text) if kind in (SVG, PLAIN) else text for kind, text in forms.items()}


def _png(picture: Picture, width: int) -> bytes:
    if picture.form == "png":
        return picture.data
    if picture.scene is not None:
        return scene_bytes(picture.scene, "png", width=width)
    return svg_png(picture.data.decode("utf-8"), *scaled(picture.size, width))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _lines(text: str) -> list[str]:
    """A text as notebooks hold it, line by line, so that tools compare lines."""
    return text.splitlines(keepends=True)


def _runs_of_backquotes(text: str) -> list[str]:
    return [run for run in "".join(c if c == "`" else " " for c in text).split() if run]
