"""The pictures of a page, made at each build from the lines above them: the directive ``{picture} words``."""

from __future__ import annotations

import contextlib
import html
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pages
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

FOLDER = "_pictures"


def write(value: Any, stem: Path, words: str) -> str:
    """The HTML of a picture, whose file is `stem` with a suffix; ``{root}`` is the way to the site's root."""
    import viz

    first = value[0] if isinstance(value, (list, tuple)) and value else value
    if hasattr(first, "figure"):  # axes of matplotlib
        first = first.figure
    if hasattr(first, "savefig"):
        path = stem.with_suffix(".svg")
        first.savefig(path, bbox_inches="tight", metadata={"Date": None})
    elif isinstance(value, viz.Motion):
        path = Path(viz.animate(value, stem.with_suffix(".gif"), width=960))
    elif isinstance(value, os.PathLike):
        path = stem.with_suffix(Path(value).suffix)
        shutil.copyfile(value, path)
    elif isinstance(value, viz.ChainRule):
        path = viz.render(viz.equation(*_lines(value.latex)), stem.with_suffix(".svg"))
    elif not hasattr(value, "_picture_forms") and (markup := getattr(value, "_repr_html_", lambda: None)()):
        return f'<div class="shown table">{markup}</div>'
    elif isinstance(value, str):
        return f'<pre class="shown">{html.escape(value)}</pre>'
    else:
        path = viz.render(value, stem.with_suffix(".svg"))
    address = f"{FOLDER}/{path.name}"
    words = html.escape(words)
    if path.suffix == ".html":
        return (
            f'<iframe class="shown" src="{{root}}{address}" title="{words}" loading="lazy"></iframe>'
            f'<p class="alone"><a href="{{root}}{address}">This page alone, in the whole window</a></p>'
        )
    return f'<img class="shown" src="{{root}}{address}" alt="{words}" loading="lazy">'


def _lines(latex: str) -> list[str]:
    """The lines of an aligned formula, with line breaks between them."""
    inner = latex.replace(r"\begin{aligned}", "").replace(r"\end{aligned}", "").replace("&", "")
    parts = [line.strip() for line in inner.split(r"\\")]
    return [piece for line in parts for piece in (line, "\n")][:-1]


def make(path: Path, folder: Path, name: str) -> list[str]:
    """The HTML of all pictures of a page, in their order."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    shown: list[str] = []

    def show(value: Any, block: pages.Block) -> None:
        words = block.kind.removeprefix("{picture}").strip()
        shown.append(write(value, folder / f"{name}-{len(shown) + 1}", words))
        pyplot.close("all")

    with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch):
        pages.run(path, show)
    return shown


class Picture(SphinxDirective):
    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        name = self.env.docname
        if not self.env.temp_data.get("pictures"):  # the first of this page
            folder = Path(self.env.app.outdir) / FOLDER
            folder.mkdir(parents=True, exist_ok=True)
            markups = make(Path(self.env.doc2path(name)), folder, name.replace("/", "-"))
            self.env.temp_data["pictures"] = iter(markups)
        markup = next(self.env.temp_data["pictures"])
        code = "\n".join(self.content)
        root = "../" * name.count("/")
        return [
            nodes.literal_block(code, code, language="pycon"),
            nodes.raw("", markup.replace("{root}", root), format="html"),
        ]


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("picture", Picture)
    return {"parallel_read_safe": True}
