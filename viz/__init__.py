r"""Formulas and pictures of recorded calculations.

>>> from autograd import Value, sigmoid
>>> w, a, b = Value(1.2, label="w^{(1)}"), Value(0.5, label="a^{(0)}"), Value(-0.3, label="b^{(1)}")
>>> z = (w * a + b).with_label("z^{(1)}")
>>> print(formula(z), "or", text(z))
w^{(1)} a^{(0)} + b^{(1)} or w⁽¹⁾a⁽⁰⁾ + b⁽¹⁾
>>> drawing = draw_chain(sigmoid(z).with_label("a^{(1)}"))    # render(drawing, "chain.svg")
"""

from viz.animation import animate, frames
from viz.chain import draw_chain
from viz.chain_rule import ChainRule, chain_rule
from viz.derivatives import Partial, partials
from viz.expressions import FormulaTooBig
from viz.folding import by_layer, by_neuron
from viz.formulas import formula, text
from viz.mermaid import mermaid
from viz.operations import draw
from viz.page import lecture_page
from viz.plots import (
    boundary,
    descent,
    draw_network,
    history,
    images,
    nudge_table,
    nudges,
    surface,
    weights,
)
from viz.render import render
from viz.themes import DARK, LIGHT, Theme
from viz.tree import tree

__all__ = [  # noqa: RUF022 - in reading order
    "formula", "text", "partials", "Partial", "FormulaTooBig",
    "chain_rule", "ChainRule",
    "draw_chain", "draw", "by_layer", "by_neuron", "LIGHT", "DARK", "Theme",
    "render", "mermaid", "tree", "frames", "animate", "lecture_page",
    "draw_network", "weights", "images", "boundary", "surface", "descent", "history", "nudges", "nudge_table",
]  # fmt: skip
