"""A page for a lecture."""

from __future__ import annotations

import os

from autograd._graph.concretization import concretized, listed, where_concretized
from autograd._graph.node import name, topological_order
from autograd._nodes.value import Value
from autograd._support.callers import warn
from autograd._support.checks import a_bool, a_text
from viz._layout.scene import SLIDE
from viz._layout.themes import LIGHT, Theme, a_theme
from viz._output.draw import draw_chain
from viz._output.render import checked_path
from viz._pages.chain.document import document
from viz._pages.chain.folded import folded
from viz._pages.chain.recording import record
from viz._pages.parts.files import Page, write_page
from viz._pictures.chain import chain_picture
from viz._pictures.folding import Fold

__all__ = ["lecture_page"]


def lecture_page(
    C: Value,
    path: str | os.PathLike[str],
    *,
    title: str | None = None,
    fold: Fold | None = None,
    theme: Theme | None = None,
    projector: bool = False,
    limit: int = 60,
) -> Page:
    r"""Write one HTML file that walks a class through a calculation, forward and backward.

    The page shows the picture of `viz.draw_chain`. It steps (→ and ←, a slider, play) through the
    forward pass quantity by quantity and the backward pass edge by edge, each with its line of
    arithmetic in symbols and numbers. On the edges of a picture with more than 30 of them stand numbers
    only, and the formula of a local derivative in its step's arithmetic.

    Each quantity has its number line. A leaf can be dragged along it, or typed, and every value and
    derivative follows: the page computes the recorded graph and its recorded derivatives again. Where
    each quantity was before stays a ghost, and the measured ΔC/Δw stands beside ∂C/∂w, which it comes
    to as the nudge becomes smaller. A result that is out of sight is shown in a corner meanwhile.

    On a screen 1920 pixels wide no type is smaller than 20 pixels. A chain is folded into rows for that; of
    a larger picture the part that the step is about is in sight, and the key W shows it whole. A question
    mark lists the keys. ``chain.html#7`` opens step 7, and ``chain.html#7&projector&dark`` does so in larger
    type for a projector, in the colours for a dark room. Printing gives a handout, several steps a sheet.
    The file needs no network and nothing beside it.

    A Python ``if``, ``max`` or ``np.sort`` chose while the graph was recorded, and its choice stays when a
    leaf is dragged: a warning says which number was looked at, and where. `autograd.where`, ``maximum`` and
    ``relu`` choose anew.

    The graph is not changed, and ``backward()`` need not have run.

    Args:
        C: the result, a `Value`.
        path: a file name ending in .html or .htm; it is returned.
        title: the heading of the page; by default it names C.
        fold: which quantities are one box, as for `viz.draw_chain`: `viz.by_layer`, `viz.by_neuron`, or a
            function from a symbol to a title or None. A button of a folded box opens a list of the leaves
            inside, up to 48, each with its number line: a weight of a net and the cost are in sight together.
        theme: the colours, `viz.LIGHT`, `viz.DARK` or another `viz.Theme`; by default light or dark ones,
            as the reader's system asks for. Paper is always light.
        projector: whether the page begins with larger type, for a projector.
        limit: the most boxes to show; of operations, a hundred times as many.

    Returns:
        The path. In a notebook it shows the page.

    Raises:
        TypeError: for anything that is not a `Value`; for a title that is no text, a fold that is no
            function, a theme that is none, and a `projector` that is not True or False.
        ValueError: when there are more quantities than `limit`; for another suffix; for a leaf that is
            not finite, or that was changed while the graph was recorded.
        FileNotFoundError, IsADirectoryError, PermissionError: when the folder cannot be written to, or
            the file is write-protected.
        RuntimeError: when no Graphviz is installed, which places the boxes.

    Warns:
        RuntimeWarning: where a number of the graph was compared while the graph was recorded.

    Source: lecture section 3, where each quantity is a small number line that moves as its input is nudged.

    >>> import pathlib, tempfile
    >>> from autograd import sigmoid
    >>> w, a = Value(1.2, label="w"), Value(0.5, label=r"a^{(0)}")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = lecture_page(sigmoid(w * a).with_label("C"), pathlib.Path(folder, "neuron.html"))
    ...     path.name, path.stat().st_size < 100_000
    ('neuron.html', True)
    """
    if title is not None:
        a_text(title, "a title")
    start = None if theme is None else a_theme(theme)
    is_projected = a_bool(projector, "projector")
    recording = record(C, limit, whole=fold is None)
    if fold is not None:
        recording = folded(recording, chain_picture(C, fold=fold, limit=limit))
    target = checked_path(path, ("html", "htm"), "lecture_page")
    _warn_of_choices(C)
    page = document(recording, title, start, is_projected)
    return write_page(
        target, page, lambda: draw_chain(C, fold=fold, theme=theme or LIGHT, size=SLIDE, limit=limit)
    )


def _warn_of_choices(C: Value) -> None:
    """Say which numbers were compared, as by an ``if``: the page cannot make such a choice anew."""
    graph = set(topological_order(C)) - {C}
    compared = ((node, where_concretized(node)) for node in concretized() if node in graph)
    places = [f"{name(node)} ({where[0]})" for node, where in compared if where is not None and where[1]]
    if places:
        warn(
            f"the number of {listed(places)} was compared; what was chosen by it stays as it "
            "is, whatever leaf is dragged on the page: where(x > 0, a, b), maximum and relu choose anew. If "
            "nothing was, all is well",
            RuntimeWarning,
        )
