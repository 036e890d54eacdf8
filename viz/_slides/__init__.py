"""Slides that are not graphs: matrices, a cost term by term, a net's numbers; typeset for a screen."""

from viz._slides.costs import cost_table
from viz._slides.counts import parameter_count
from viz._slides.gradient_column import gradient
from viz._slides.matrices import equation, matrix, product
from viz._slides.pixel import pixel
from viz._slides.signals import signals
from viz._slides.slide import Slide

__all__ = [
    "Slide", "cost_table", "equation", "gradient", "matrix", "parameter_count", "pixel", "product", "signals",
]  # fmt: skip
