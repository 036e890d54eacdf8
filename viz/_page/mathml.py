"""Mathematics as MathML, which browsers typeset themselves."""

from __future__ import annotations

from viz._mathematics import mathml
from viz._mathematics.typeset import Math
from viz._page.live import read

__all__ = ["to_mathml"]


def to_mathml(m: Math) -> str:
    r"""Write as MathML, without the ``<math>`` around it; live numbers become empty ``<mn>`` with their slot.

    >>> from viz._page.live import shown
    >>> to_mathml(shown(4, signed=True))
    '<mn data-slot="4" data-signed></mn>'
    """
    return mathml.to_mathml(m, _live)


def _live(text: str) -> str | None:
    if (live := read(text)) is None:
        return None
    marks = " data-guard" * live.guard + " data-signed" * live.signed
    return f'<mn data-slot="{live.slot}"{marks}></mn>'
