"""The page itself: HTML, styles, the program and the data of its script."""

from __future__ import annotations

import html
from string import Template
from typing import Any

import numpy as np

from viz._layout.themes import Theme
from viz._mathematics.degrees import DEGREES
from viz._pages.net.encoding import encoded
from viz._pages.net.examples import Classes, Examples
from viz._pages.net.program import NetProgram
from viz._pages.parts.assembly import SHARED, asset, joined
from viz._pages.parts.colours import colours, mode
from viz._pages.parts.data import script_json

__all__ = ["document"]

HERE = "viz._pages.net"
COMPUTING = ("data", "events", "evaluate", "state", "training")  # in this order, before all views
PARTS = (
    "drawing/canvas", "drawing/mathematics", "input/ink", "neuron/line", "columns/links", "columns/answer",
)  # of the views  # fmt: skip
VIEWS = (
    "columns/columns", "neuron/nudge", "neuron/neuron", "neuron/weights", "neuron/gradient", "input/pad",
    "input/examples", "controls", "printing",
)  # each defines prepare<Name>() and is started by start.js  # fmt: skip
PLOTS = (  # these share names with no other file
    "drawing/axes", "drawing/contours", "drawing/marks",
    "plane/field", "plane/decision", "plane/pointing", "plane/small_maps", "plane/plane",
    "course/directions", "course/landscape", "course/curve", "course/surface", "course/start",
)  # fmt: skip
STYLES = ("page", "input/input", "columns/columns", "neuron/neuron", "plots", "print")


def document(
    made: NetProgram,
    examples: Examples,
    classes: Classes | None,
    orders: np.ndarray,
    settings: dict[str, Any],
    labels: list[str],
    title: str,
    theme: Theme | None,
    projector: bool,
    squares: bool,
) -> str:
    """The HTML of a net and its examples.

    Args:
        orders: the order of the examples in each of the first epochs, (epochs, n).
        settings: the learning rate and the batch size.
        labels: the names of the outputs.
        squares: whether the cost is the sum of the squared errors, of which each output shows its own.
    """
    data = {
        "network": _network(made, examples, labels),
        "columns": {
            "inputs": made.inputs,
            "layers": [{"sums": layer.sums, "activations": layer.activations} for layer in made.layers],
        },
        "theta": encoded(made.theta),
        "X": encoded(examples.X),
        "Y": encoded(examples.Y),
        "classes": None
        if classes is None
        else {"ofEach": encoded(classes.of_each), "threshold": classes.threshold},
        "orders": encoded(orders),
        "settings": settings,
        "unlike": made.unlike,
        "degrees": DEGREES,
        "squares": squares,
        "modes": {"theme": mode(theme), "projector": projector},
    }
    script = [
        made.program.to_javascript("PROGRAM"),
        joined(SHARED, ("numbers", "modes"), "js"),
        joined(HERE, (*COMPUTING, *PARTS, *VIEWS), "js"),
    ]
    starts = "".join(f"prepare{name.rpartition('/')[2].capitalize()}();\n" for name in VIEWS)
    return Template(asset(HERE, "page.html")).substitute(
        title=html.escape(title),
        style=colours(theme) + joined(HERE, STYLES, "css"),
        data=script_json(data),
        script="\n".join([*script, starts, f"{{\n{joined(HERE, PLOTS, 'js')}}}", asset(HERE, "start.js")]),
    )


def _network(made: NetProgram, examples: Examples, labels: list[str]) -> dict[str, Any]:
    return {
        "sizes": made.sizes,
        "layers": [{"W": layer.W, "b": layer.b, "activation": layer.activation} for layer in made.layers],
        "image": examples.image,
        "labels": labels,
    }
