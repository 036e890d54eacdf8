"""Mathematics as MathML, which browsers typeset themselves."""

from __future__ import annotations

from viz import mathml
from viz.page.live import read
from viz.typeset import Atom, Frac, Math, Script, Symbol, line

__all__ = ["derivative", "to_mathml"]


def to_mathml(m: Math) -> str:
    r"""Write as MathML, without the ``<math>`` around it; live numbers become empty ``<mn>`` with their slot.

    >>> from viz.page.live import shown
    >>> to_mathml(shown(4, signed=True))
    '<mn data-slot="4" data-signed></mn>'
    """
    return mathml.to_mathml(m, _live)


def _live(text: str) -> str | None:
    if (live := read(text)) is None:
        return None
    marks = " data-guard" * live.guard + " data-signed" * live.signed
    return f'<mn data-slot="{live.slot}"{marks}></mn>'


def derivative(above: Math, below: Math, use: int = 0) -> Math:
    """∂z/∂x as a fraction; with the number of the use, where there are several.

    >>> from viz.latex import label
    >>> from viz.typeset import to_text
    >>> to_text(derivative(label("z"), label("x"), 2))
    '(∂z/∂x)₂'
    """
    partial = Atom("∂", r"\partial", "letter")
    fraction = Frac(*(Symbol("", line(partial, m)) for m in (above, below)))
    return Script(fraction, None, Atom(str(use), str(use), "number")) if use else fraction
