"""The page itself: HTML, styles, the program and the data of its script."""

from __future__ import annotations

import html
from dataclasses import dataclass
from string import Template
from typing import Any

from viz._layout.themes import Theme
from viz._mathematics.degrees import DEGREES
from viz._pages.net.encoding import encoded
from viz._pages.net.examples import Classes
from viz._pages.net.program import NetProgram
from viz._pages.parts.assembly import SHARED, asset, html_page, joined
from viz._pages.parts.colours import mode

__all__ = ["Settings", "document"]

HERE = "viz._pages.net"
COMPUTING = ("data", "events", "evaluate", "state", "training")  # in this order, before all views
PARTS = (
    "drawing/canvas", "drawing/mathematics", "drawing/changes", "input/ink", "neuron/line", "columns/links",
    "columns/answer",
)  # of the views  # fmt: skip
VIEWS = (
    "columns/columns", "neuron/nudge", "neuron/neuron", "neuron/weights", "neuron/gallery", "neuron/gradient",
    "input/pad", "input/examples", "controls", "printing",
)  # each defines prepare<Name>() and is started by start.js  # fmt: skip
PLOTS = (  # these share names with no other file
    "drawing/axes", "drawing/contours", "drawing/marks",
    "plane/field", "plane/decision", "plane/pointing", "plane/small_maps", "plane/plane",
    "course/directions", "course/landscape", "course/curve", "course/surface", "course/start",
)  # fmt: skip
STYLES = ("page", "input/input", "columns/columns", "neuron/neuron", "plots", "print")


@dataclass(frozen=True)
class Settings:
    """The settings that a page begins with.

    Attributes:
        rate, batch_size: of the training.
        theme: None for light or dark, as the reader's system has it.
        projector: whether the type is larger.
        squares: whether the cost is the sum of the squared errors, of which each output shows its own.
    """

    rate: float
    batch_size: int
    theme: Theme | None
    projector: bool
    squares: bool


def document(
    program: NetProgram,
    arrays: dict[str, dict[str, Any]],
    sizes: tuple[int, ...],
    image: tuple[int, int] | None,
    classes: Classes | None,
    labels: list[str],
    title: str,
    settings: Settings,
) -> str:
    """The HTML of a net and its examples.

    Args:
        arrays: encoded: theta, X, Y, and the orders of the examples in the first epochs.
        sizes: the number of inputs, and of the neurons of each layer.
        image: height and width of the inputs as a picture, or None.
        labels: the names of the outputs.
    """
    layers = program.layers
    data = {
        **arrays,
        "network": {
            "sizes": sizes,
            "layers": [{"W": layer.W, "b": layer.b, "activation": layer.activation} for layer in layers],
            "image": image,
            "labels": labels,
        },
        "columns": {
            "inputs": program.inputs,
            "layers": [{"sums": layer.sums, "activations": layer.activations} for layer in layers],
        },
        "classes": None
        if classes is None
        else {"ofEach": encoded(classes.of_each), "threshold": classes.threshold},
        "settings": {"rate": settings.rate, "batchSize": settings.batch_size},
        "unlike": program.unlike,
        "squares": settings.squares,
        "degrees": DEGREES,
        "modes": {"theme": mode(settings.theme), "projector": settings.projector},
    }
    script = [
        program.program.to_javascript("PROGRAM"),
        joined(SHARED, ("numbers", "modes", "frame"), "js"),
        joined(HERE, (*COMPUTING, *PARTS, *VIEWS), "js"),
        "".join(f"prepare{name.rpartition('/')[2].capitalize()}();\n" for name in VIEWS),
        f"{{\n{joined(HERE, PLOTS, 'js')}}}",
        asset(HERE, "start.js"),
    ]
    body = Template(asset(HERE, "body.html")).substitute(title=html.escape(title))
    return html_page(title, settings.theme, joined(HERE, STYLES, "css"), body, data, "\n".join(script))
