r"""The formula of a node, as LaTeX and as plain text, in the labelled quantities it was made from."""

from __future__ import annotations

from autograd._graph.node import Node
from autograd._support.notebooks import PrintedText
from viz._formulas.derivatives import expression
from viz._formulas.names import a_node
from viz._formulas.setting import typeset
from viz._mathematics.typeset import to_latex, to_text

__all__ = ["formula", "text"]


class Latex(PrintedText):
    r"""LaTeX for math mode, which a notebook sets.

    >>> Latex(r"\sigma(z)")._repr_mimebundle_()["text/latex"]
    '$\\displaystyle \\sigma(z)$'
    """

    def _forms(self) -> dict[str, str]:
        return {"text/latex": f"$\\displaystyle {self}$"}


def formula(node: Node) -> str:
    r"""The LaTeX of a node, stopped at labelled nodes, simplified as a lecturer would write it.

    The node itself is written out one level, unless it is a leaf; a leaf is its label, or its
    number if it has none. How each operation is written comes from its row in `_table.rules`.

    Args:
        node: a `Value` or `Tensor`, or a derivative that is one.

    Returns:
        LaTeX for math mode, without dollar signs: a str, which a notebook shows as mathematics.

    Raises:
        TypeError: for anything that is not a node.
        FormulaTooBig: a `ValueError`, for a formula of over 2000 symbols or 60 levels of
            nesting: label intermediate results.

    >>> from autograd import Value, sigmoid
    >>> w, a, b, y = (Value(0.5, label=name) for name in ("w^{(1)}", "a^{(0)}", "b^{(1)}", "y"))
    >>> z = (w * a + b).with_label("z^{(1)}")
    >>> print(formula(z))
    w^{(1)} a^{(0)} + b^{(1)}
    >>> s = sigmoid(z).with_label("a^{(1)}")
    >>> print(formula(s), "and", formula((s - y) ** 2))
    \sigma(z^{(1)}) and (a^{(1)} - y)^2
    """
    return Latex(to_latex(typeset(expression(a_node(node, "formula")))))


def text(node: Node) -> str:
    """The same formula as one line of Unicode, for a terminal.

    Args, Errors: as for `formula`.

    >>> from autograd import Value
    >>> w, a, b = (Value(0.5, label=name) for name in ("w^{(1)}", "a^{(0)}", "b^{(1)}"))
    >>> print(text(w * a + b))
    w⁽¹⁾a⁽⁰⁾ + b⁽¹⁾
    """
    return to_text(typeset(expression(a_node(node, "text"))))
