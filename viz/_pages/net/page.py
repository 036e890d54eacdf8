"""A layered net as a page."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd._support.checks import a_bool, above, count, finite_number, is_whole
from viz._layout.themes import Theme, a_theme
from viz._output.render import checked_path
from viz._pages.net.document import document
from viz._pages.net.examples import classes_of, examples_of
from viz._pages.net.program import Cost, net_program
from viz._pages.parts.files import Page, write_page
from viz._plots.networks.network import draw_network
from viz._plots.networks.reading import read_net
from viz._plots.parts.arrays import names

__all__ = ["net_page"]

SHUFFLED = 30_000  # numbers in the orders of the first epochs


def net_page(
    net: Any,
    examples: Any,
    path: str | os.PathLike[str],
    *,
    cost: Cost | None = None,
    lr: float = 0.1,
    batch_size: int = 10,
    rng: int | np.random.Generator = 0,
    threshold: float | None = None,
    labels: Iterable[Any] | None = None,
    shape: tuple[int, int] | None = None,
    title: str | None = None,
    theme: Theme | None = None,
    projector: bool = False,
) -> Page:
    """Write one HTML file in which a layered net is live."""
    if title is not None and not isinstance(title, str):
        raise TypeError(f"a title is text, not {type(title).__name__} ({title!r:.80})")
    start = None if theme is None else a_theme(theme)
    is_projected = a_bool(projector, "projector")
    rate, size = above(lr, "lr"), count(batch_size, "batch_size")
    reading = read_net(net, None)
    widths = reading.widths
    given = examples_of(examples, widths[0], widths[-1], shape)
    middle = None if threshold is None else finite_number(threshold, "threshold")
    made = net_program(net, _squares if cost is None else cost, given.X, given.Y)
    target = checked_path(path, ("html", "htm"), "net_page")
    written = document(
        made,
        given,
        classes_of(given.Y, middle),
        _orders(rng, len(given.X)),
        {"rate": rate, "batchSize": size},
        names(labels, widths[-1], "labels", "outputs") or [str(i) for i in range(widths[-1])],
        "-".join(map(str, widths)) + " net" if title is None else title,
        start,
        is_projected,
        cost is None,
    )
    first = given.X[0] if given.image is None else given.X[0].reshape(given.image)
    return write_page(target, written, lambda: draw_network(net, first))


def _squares(a: Any, y: Any) -> Any:
    """The cost of the lectures: the sum of the squared errors, the mean of it over the examples."""
    return ((a - y) ** 2).sum(axis=-1).mean()


def _orders(rng: Any, n: int) -> np.ndarray:
    """The orders of the examples in the first epochs of `nn.fit` with this rng, (epochs, n)."""
    if not isinstance(rng, np.random.Generator) and not (is_whole(rng) and rng >= 0):
        raise TypeError(f"rng is a whole number from 0 or a numpy.random.Generator, not {rng!r:.80}")
    generator = copy.deepcopy(rng) if isinstance(rng, np.random.Generator) else np.random.default_rng(rng)
    epochs = min(1000, max(1, SHUFFLED // n))
    return np.stack([generator.permutation(n) for _ in range(epochs)])
