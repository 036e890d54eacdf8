r"""How many parameters a net has, as a sum over its layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from viz._layout.scene import SLIDE
from viz._layout.themes import LIGHT, Theme
from viz._mathematics.signs import PLUS
from viz._mathematics.typeset import Atom, Math, line
from viz._slides.matrices import EQUALS_SIGN, stacked
from viz._slides.parts.blocks import Formula, Row, Words
from viz._slides.slide import Size, Slide

__all__ = ["parameter_count"]


def parameter_count(net: Any, *, theme: Theme = LIGHT, size: Size = SLIDE) -> Slide:
    r"""Count the parameters of a net as the lecture does: the weights and biases of each layer, and all.

    Args:
        net: a net, such as `nn.MLP`: something with ``layers``, some of them with ``W`` and ``b``; or one
            layer.
        theme, size: the colours, and the slide in pixels.

    Raises:
        TypeError: for anything without weights.

    Source: lecture section 1, 784-16-16-10.

    >>> import nn
    >>> print(parameter_count(nn.MLP([784, 16, 16, 10], rng=0)))
    784×16 + 16×16 + 16×10 weights, 16 + 16 + 10 biases = 13,002
    """
    layers = getattr(net, "layers", None)
    counted = (
        [layer for layer in layers if hasattr(layer, "W")] if isinstance(layers, (list, tuple)) else [net]
    )
    shapes: list[tuple[int, ...]] = [np.shape(getattr(layer, "W", 0.0)) for layer in counted]
    if not shapes or isinstance(net, type) or not all(shapes):
        raise TypeError(
            f"parameter_count takes a net whose layers have weights W, such as nn.MLP, not {net!r:.80}"
        )
    biases = [np.size(layer.b) for layer in counted if getattr(layer, "b", None) is not None]
    known = sum(int(np.prod(shape)) for shape in shapes) + sum(biases)
    total = int(getattr(net, "num_parameters", known))
    weights = known - sum(biases)
    groups = [(_sum_of([_product_of(shape) for shape in shapes]), "weight" if weights == 1 else "weights")]
    if biases:
        groups.append((_sum_of([_whole(n) for n in biases]), "bias" if sum(biases) == 1 else "biases"))
    if total > known:
        groups.append((_whole(total - known), "other" if total == known + 1 else "others"))
    ends = ["," if k < len(groups) - 1 else "" for k in range(len(groups))]
    parts = [Row((Formula(m), Words(word + end))) for (m, word), end in zip(groups, ends, strict=True)]
    result = Row((EQUALS_SIGN, Formula(_whole(total))))
    # In lines each kind stands on its own, and a comma would end nothing.
    lines = [Row((Formula(m), Words(word))) for m, word in groups]
    return Slide(
        Row((*parts, result)),
        stacked([*lines, result]),
        title="How many parameters a net has",
        size=size,
        theme=theme,
    )


def _whole(n: int) -> Math:
    text = f"{n:,}"
    return Atom(text, text.replace(",", "{,}"), "number")


def _product_of(shape: tuple[int, ...]) -> Math:
    """The sides of a matrix, its inputs first."""
    sides = [str(side) for side in reversed(shape)]
    return Atom("×".join(sides), r" \times ".join(sides), "number")


def _sum_of(terms: Sequence[Math]) -> Math:
    return line(*[m for term in terms for m in (PLUS, term)][1:])
