r"""Formulas and pictures of recorded calculations.

>>> from autograd import Value, sigmoid
>>> w, a, b = Value(1.2, label="w^{(1)}"), Value(0.5, label="a^{(0)}"), Value(-0.3, label="b^{(1)}")
>>> z = (w * a + b).with_label("z^{(1)}")
>>> print(formula(z), "or", text(z))
w^{(1)} a^{(0)} + b^{(1)} or w⁽¹⁾a⁽⁰⁾ + b⁽¹⁾
>>> drawing = draw_chain(sigmoid(z).with_label("a^{(1)}"))    # render(drawing, "chain.svg")
"""

from viz.chain import draw_chain
from viz.chain_rule import ChainRule, chain_rule
from viz.derivatives import Partial, partials
from viz.expressions import FormulaTooBig
from viz.formulas import formula, text
from viz.operations import draw
from viz.render import render

__all__ = [
    "ChainRule",
    "FormulaTooBig",
    "Partial",
    "chain_rule",
    "draw",
    "draw_chain",
    "formula",
    "partials",
    "render",
    "text",
]
