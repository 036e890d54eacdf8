r"""Formulas and pictures of recorded calculations.

>>> from autograd import Value, sigmoid
>>> w, a, b = Value(1.2, label="w^{(1)}"), Value(0.5, label="a^{(0)}"), Value(-0.3, label="b^{(1)}")
>>> z = (w * a + b).with_label("z^{(1)}")
>>> print(formula(z), "or", text(z))
w^{(1)} a^{(0)} + b^{(1)} or w⁽¹⁾a⁽⁰⁾ + b⁽¹⁾
>>> drawing = draw_chain(sigmoid(z).with_label("a^{(1)}"))    # render(drawing, "chain.svg")

PYTEST_DONT_REWRITE: no assertions for pytest to explain.
"""

from viz._formulas.chain_rule import ChainRule, chain_rule
from viz._formulas.derivatives import Partial, partials
from viz._formulas.expressions import FormulaTooBig
from viz._formulas.formula import formula, text
from viz._layout.themes import DARK, LIGHT, Theme
from viz._mathematics.typeset import to_latex, to_text
from viz._motion import TrainingMotion, descent_motion, images_motion, perceptron_motion, training_motion
from viz._output.draw import draw, draw_chain
from viz._output.mermaid import mermaid
from viz._output.moving.animation import animate, frames
from viz._output.moving.motion import Motion
from viz._output.render import render
from viz._output.tree import tree
from viz._pages import lecture_page, net_page
from viz._pictures.folding import by_layer, by_neuron
from viz._pictures.picture import Box, Cluster, Link, Picture
from viz._plots import (
    activation,
    boundary,
    confidences,
    descent,
    draw_network,
    errors,
    history,
    images,
    nudge_table,
    nudges,
    sum_of_parts,
    surface,
    truth_table,
    weights,
)
from viz._slides import (
    Slide,
    cost_table,
    equation,
    gradient,
    matrix,
    parameter_count,
    pixel,
    product,
    signals,
)  # fmt: skip

__all__ = [  # noqa: RUF022 - in reading order
    "formula", "text", "partials", "Partial", "FormulaTooBig",
    "chain_rule", "ChainRule",
    "draw_chain", "draw", "by_layer", "by_neuron", "LIGHT", "DARK", "Theme",
    "Picture", "Box", "Link", "Cluster", "to_latex", "to_text",
    "render", "mermaid", "tree", "frames", "animate", "lecture_page", "net_page",
    "Slide", "pixel", "matrix", "equation", "product", "signals", "parameter_count", "cost_table", "gradient",
    "draw_network", "errors", "weights", "images", "confidences", "sum_of_parts", "activation",
    "boundary", "truth_table", "surface", "descent", "history", "nudges", "nudge_table",
    "Motion", "descent_motion", "perceptron_motion", "training_motion", "TrainingMotion", "images_motion",
]  # fmt: skip
