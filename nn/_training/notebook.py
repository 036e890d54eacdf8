"""Plots and progress in a notebook."""

from __future__ import annotations

import base64
import html
import importlib
import io
import sys
import warnings
from collections.abc import Callable
from typing import Any

from tqdm import tqdm

from autograd._support.extras import extra
from autograd._support.notebooks import shell

__all__ = ["image_of", "progress_bar"]

SIZE, EACH = (6.4, 3.2), (0.8, 0.3)  # inches, and those that a further scale takes
DOTS = 100  # per inch


def image_of(draw: Callable[[Any], Any], words: str, more_scales: int = 0) -> str:
    """A plot as HTML that needs no file; empty without matplotlib.

    Args:
        draw: draws in matplotlib's axes.
        words: the plot in words, for those who cannot see it.
        more_scales: how many scales stand right of the first two; each has its entries in the legend.
    """
    try:
        figures = extra("matplotlib.figure", "plots", "plotting a history")
    except ImportError:
        return ""
    size = SIZE[0] + more_scales * EACH[0], SIZE[1] + more_scales * EACH[1]
    figure = figures.Figure(figsize=size, dpi=DOTS, layout="constrained")  # pyplot does not know of it
    draw(figure.subplots())
    file = io.BytesIO()
    figure.savefig(file, format="png")
    data = base64.b64encode(file.getvalue()).decode("ascii")
    return f'\n<img alt="{html.escape(words)}" src="data:image/png;base64,{data}">'


def progress_bar(**settings: Any) -> Any:
    """A bar of tqdm on a terminal or in a notebook; hidden elsewhere, as where output goes to a file.

    In a notebook it is a widget, or without ipywidgets a line of text.
    """
    if not _in_notebook():
        return tqdm(**{"disable": None} | settings)
    with warnings.catch_warnings():  # that ipywidgets is not there, or that the choice is automatic
        warnings.simplefilter("ignore")
        kind = importlib.import_module("tqdm.autonotebook").tqdm
    # Each line of text stays in the notebook's file; and notebooks show stderr as an error.
    own = {"file": sys.stdout, "mininterval": 0.5} if kind is tqdm else {"mininterval": 0.1}
    return kind(**settings | own)


def _in_notebook() -> bool:
    """Whether a kernel of Jupyter runs this, whose streams are no terminals."""
    return type(shell()).__name__ == "ZMQInteractiveShell"
