"""A layered net as a page."""

from __future__ import annotations

import copy
import importlib.util
import os
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._support.checks import a_bool, a_text, above, count, finite_number, is_whole
from viz._layout.themes import Theme, a_theme
from viz._output.render import checked_path
from viz._pages.net.document import Settings, document
from viz._pages.net.encoding import encoded
from viz._pages.net.examples import classes_of, examples_of
from viz._pages.net.program import Cost, net_program
from viz._pages.net.theta import theta_of
from viz._pages.parts.files import Page, write_page
from viz._pictures.arrays import Array
from viz._pictures.nets import dense_layers, layers_of, read_net
from viz._plots.networks.network import draw_network
from viz._plots.parts.words import names

__all__ = ["net_page"]

LIMIT = 2_000_000  # bytes
SHUFFLED = 30_000  # numbers in the orders of the first epochs
MOST_EPOCHS = 1000  # whose orders are known


def net_page(
    net: Any,
    examples: Any,
    path: str | os.PathLike[str],
    *,
    cost: Cost | None = None,
    lr: float = 0.5,
    batch_size: int = 10,
    rng: int | np.random.Generator = 0,
    threshold: float | None = None,
    labels: Iterable[Any] | None = None,
    shape: tuple[int, int] | None = None,
    title: str | None = None,
    theme: Theme | None = None,
    projector: bool = False,
    limit: int = LIMIT,
) -> Page:
    r"""Write one HTML file in which a layered net is live: its inputs, its weights, its training.

    Every activation, the cost and its gradient follow while inputs are chosen or drawn, and while a weight or
    a bias is turned; the net learns on the page, by a step, an epoch, or by itself, and a reset brings back
    the parameters that it came with. The page runs the compiled program of the net and its cost, translated
    to JavaScript, on the same numbers: but for rounding, outputs are those of ``net(x)``, and after some
    steps the parameters are those of ::

        optimizer = nn.SGD(net.parameters(), lr)
        nn.fit(net, X, Y, cost=cost, optimizer=optimizer, batch_size=batch_size, rng=rng, epochs=…)

    The orders of the examples are known for the first epochs, 30 for a thousand examples; then they come
    again.

    The file needs no network and nothing beside it. The net is not changed, nor is the rng.

    Args:
        net: an `nn.MLP` or `nn.Sequential` of Tensors or Values, or any net with ``layers``, each with ``W``,
            ``b`` (or None) and ``activation``. Between these may be functions and layers without ``W`` that
            give as many numbers as they take. Dropout and batch norm compute as they do in evaluation mode; a
            net that has them does not learn on the page.
        examples: a pair (X, Y), or digits such as `nn.data.strokes` and `nn.data.mnist` give: any object with
            ``images`` and ``labels``; or a gate of `nn.data.gates`, which has ``X`` and ``Y``. X has shape
            (n, inputs), or (n, height, width) for pictures. Y has shape (n, outputs); or (n,): labels from 0,
            of which each is a 1 among zeros, or the numbers desired of a single output.
        path: a file name ending in .html or .htm; it is returned.
        cost: a function of outputs and desired outputs, such as `nn.cross_entropy`, that gives one number, a
            mean over the examples; it may have a penalty on parameters. By default the lectures' Σ (a − y)².
        lr, batch_size: of the training, until they are changed on the page.
        rng: a seed or generator for the order of the examples in each epoch.
        threshold: of a single output, above which it stands for the higher desired number; by default
            halfway between the two: 0 for a logit, as of a net that `nn.binary_cross_entropy` trains.
        labels: a name for each output; by default 0, 1, 2, ….
        shape: height and width of the inputs as a picture; known for X of pictures and for 784 inputs.
        title: the heading of the page; by default it has the widths of the layers.
        theme: the colours, `viz.LIGHT`, `viz.DARK` or another `viz.Theme`; by default light or dark ones,
            as the reader's system asks for.
        projector: whether the page begins with larger type, for a projector.
        limit: the most bytes of the file. The numbers of the examples are exact: pictures of up to 256
            levels take a byte a pixel, and less where most of it is paper, others four or eight.

    Returns:
        The path. In a notebook it shows the page.

    Raises:
        TypeError: for anything but a net or examples, for layers with plain numbers for weights, and for a
            cost that is no function or gives no node.
        ValueError: for shapes that do not fit, labels that are no classes, and numbers that are not finite;
            for a net, or a cost, that a program of one example cannot stand for, such as one with a path
            around a layer or an ``if`` on a number; for more bytes than `limit`; for another suffix.
        DomainError: for a cost that is undefined for one of the examples.
        FileNotFoundError, IsADirectoryError, PermissionError: when the folder cannot be written to, or
            the file is write-protected.

    Source: lecture section 1, where the parameters of a net are turned one by one; sections 2 and 3.

    >>> import pathlib, tempfile
    >>> import nn
    >>> net = nn.MLP([2, 4, 1], rng=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = net_page(net, nn.data.gates.XOR, pathlib.Path(folder, "xor.html"))
    ...     path.name, path.stat().st_size < 250_000
    ('xor.html', True)
    """
    if title is not None:
        a_text(title, "a title")
    if cost is not None and not callable(cost):
        raise TypeError(f"cost is a function of outputs and desired outputs, not {cost!r:.80}")
    start = None if theme is None else a_theme(theme)
    settings = Settings(
        above(lr, "lr"), count(batch_size, "batch_size"), start, a_bool(projector, "projector"), cost is None
    )
    middle, most = None if threshold is None else finite_number(threshold, "threshold"), count(limit, "limit")
    layers = layers_of(net, "net_page")
    dense = dense_layers(layers)
    sizes = (dense[0].W.shape[1], *(len(layer.W) for layer in dense))
    pairs = examples_of(examples, sizes[0], sizes[-1], shape)
    output_names = names(labels, sizes[-1], "labels", "outputs")
    classes, orders = classes_of(pairs.Y, middle), _orders(rng, len(pairs.X))
    theta = theta_of(layers)
    target = checked_path(path, ("html", "htm"), "net_page")
    read_net(net, pairs.X[0])  # whose errors name the layer
    if (size := len(str(encoded(theta.numbers())))) > most:
        raise ValueError(
            f"the parameters of this net take {size:,} bytes, and limit is {most:,}; "
            f"limit={_rounded_up(1.5 * size):_} has room for them"
        )
    program = net_program(net, layers, dense, _squares if cost is None else cost, theta, pairs.X, pairs.Y)
    X, Y = encoded(pairs.X), encoded(pairs.Y)
    written = document(
        program,
        {"theta": encoded(program.theta), "X": X, "Y": Y, "orders": encoded(orders)},
        sizes,
        pairs.image,
        classes,
        output_names or (["output"] if sizes[-1] == 1 else [str(i) for i in range(sizes[-1])]),
        f"The net {'-'.join(map(str, sizes))}" if title is None else title,
        settings,
    )
    _check_size(len(written.encode("utf-8", "replace")), len(str(X)) + len(str(Y)), pairs.X, X.keys(), most)
    first = pairs.X[0] if pairs.image is None else pairs.X[0].reshape(pairs.image)
    has_plots = importlib.util.find_spec("matplotlib") is not None
    return write_page(target, written, (lambda: draw_network(net, first)) if has_plots else None)


def _squares(a: Any, y: Any) -> Any:
    """The cost of the lectures: the sum of the squared errors, the mean of it over the examples."""
    return ((a - y) ** 2).sum(axis=-1).mean()


def _orders(rng: Any, n: int) -> NDArray[np.int64]:
    """The orders of the examples in the first epochs of `nn.fit` with this rng, (epochs, n)."""
    if not isinstance(rng, np.random.Generator) and not (is_whole(rng) and rng >= 0):
        raise TypeError(f"rng is a whole number from 0 or a numpy.random.Generator, not {rng!r:.80}")
    generator = copy.deepcopy(rng) if isinstance(rng, np.random.Generator) else np.random.default_rng(rng)
    epochs = min(MOST_EPOCHS, max(1, SHUFFLED // n))
    return np.stack([generator.permutation(n) for _ in range(epochs)])


def _check_size(size: int, of_examples: int, X: Array, encoding: Iterable[str], limit: int) -> None:
    """Refuse examples that make too large a file.

    Args:
        size, of_examples: the bytes of the file, and those of the examples in it.
        encoding: of the inputs.
    """
    if size <= limit:
        return
    cures = []
    if (room := limit - (size - of_examples)) > 0:
        cures.append(f"pass fewer, such as {max(1, int(0.95 * len(X) * room / of_examples))}")
    if {"float32", "float64"} & set(encoding) and X.min() >= 0 and X.max() <= 1:
        cures.append("round the inputs to 256 levels, as np.round(255 * X) / 255 does, for a byte each")
    cures.append(f"pass limit={_rounded_up(size):_}")
    raise ValueError(
        f"a page of these {len(X)} examples has {size:,} bytes, and limit is {limit:,}: {', or '.join(cures)}"
    )


def _rounded_up(size: float) -> int:
    """A size with two digits and zeros.

    >>> _rounded_up(4_520_085)
    4600000
    """
    step = int(10 ** (len(str(int(size))) - 2))
    return -(-int(size) // step) * step
