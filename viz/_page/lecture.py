"""A page for a lecture."""

from __future__ import annotations

import os
from pathlib import Path

from autograd._graph.concretization import concretized, listed, where_concretized
from autograd._graph.node import name, topological_order
from autograd._nodes.value import Value
from autograd._support.atomic import written_whole
from autograd._support.callers import warn
from viz._output.render import checked_path
from viz._page.document import document
from viz._page.recording import record

__all__ = ["lecture_page"]


def lecture_page(
    C: Value, path: str | os.PathLike[str], *, title: str | None = None, limit: int = 60
) -> Path:
    r"""Write one HTML file that walks a class through a calculation, forward and backward.

    The page shows the picture of `viz.draw_chain`. It steps (→ and ←, a slider, play) through the
    forward pass quantity by quantity and the backward pass edge by edge, each with its line of
    arithmetic in symbols and numbers. A leaf can be dragged along its number line, or typed, and
    every value and derivative follows: the page computes the recorded graph and its recorded
    derivatives again. On the edges of a picture with more than 30 of them stand numbers only, and
    the formula of a local derivative in its step's arithmetic. ``chain.html#7`` opens step 7;
    printing gives a page a step. The file needs no network and nothing beside it.

    A Python ``if``, ``max`` or ``np.sort`` chose while the graph was recorded, and its choice stays when a
    leaf is dragged: a warning says which number was looked at, and where. `autograd.where`, ``maximum`` and
    ``relu`` choose anew.

    The graph is not changed, and ``backward()`` need not have run.

    Args:
        C: the result, a `Value`.
        path: a file name ending in .html or .htm; it is returned.
        title: the heading of the page; by default it names C.
        limit: the most labelled quantities and leaves to show; of operations, a hundred times as many.

    Raises:
        TypeError: for anything that is not a `Value`, and for a title that is no text.
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
    if title is not None and not isinstance(title, str):
        raise TypeError(f"a title is text, not {type(title).__name__} ({title!r:.80})")
    recording = record(C, limit)
    target = checked_path(path, ("html", "htm"), "lecture_page")
    _warn_of_choices(C)
    # A surrogate alone, as in "\ud800", is no character that a file could hold.
    page = document(recording, title).encode("utf-8", "replace")
    with written_whole(target) as temporary:
        temporary.write_bytes(page)
    return target


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
