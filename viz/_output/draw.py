"""Drawings of recorded graphs and compiled programs: a neutral picture, and the DOT that it becomes."""

from __future__ import annotations

from typing import Any

from autograd._compiler.programs.program import Program
from autograd._graph.node import Node
from autograd._support.checks import a_bool
from viz._formulas.chain_rule import Path
from viz._layout.slide.fitting import a_size
from viz._layout.themes import LIGHT, Theme
from viz._output.dot import Drawing, to_dot
from viz._pictures.chain import chain_picture
from viz._pictures.folding import Fold
from viz._pictures.operations import operations_picture
from viz._pictures.programs import program_picture

__all__ = ["draw", "draw_chain"]


def draw_chain(
    C: Any,
    *,
    highlight: Node | Path | None = None,
    fold: Fold | None = None,
    grad: bool = True,
    derivatives: bool = True,
    total: bool = False,
    theme: Theme = LIGHT,
    size: tuple[int, int] | None = None,
    limit: int = 150,
) -> Drawing:
    r"""Draw a computation as the lecture does: labelled quantities, local derivatives on the edges.

    Each box shows symbol = formula, the value of the recorded pass, and the gradient: the derivative of
    C by it, whatever an earlier ``backward()`` left on the graph, which is not changed. Of several results,
    and of an array, it is the derivative of their sum; where it does not exist, as that of √ at 0, the box
    says ``undefined``. Arithmetic between two labels is one step. Each edge shows
    ∂z/∂w = its formula, read from the derivative's own recorded graph, and its number; a quantity
    used several times has an edge for each use, numbered, and the contributions add up. Blue is
    positive, orange is negative, and a thicker line is a larger derivative. Labels that end in
    ``^{(k)}`` put their quantity into layer k; leaves called w, b, W, θ, … are parameters (yellow),
    other leaves data (grey). The result and leaves without a label are called v₁, v₂, …

    Args:
        C: the result, a `Value` or a `Tensor`, or several in a list or array (arrays show their
            shapes, and no formula of the derivative, which is not one number).
        highlight: a quantity, to show the paths from it to the result and fade all else; or one
            path, of `viz.chain_rule`.
        fold: which quantities are drawn as one box: `viz.by_layer`, `viz.by_neuron`, or another
            function from a symbol to the box's title, or to None. A folded box says its contents; where
            others use one quantity of it, it shows that one, its value and its gradient, and the edges
            show the derivatives through it. Highlighted quantities are not folded.
        grad: whether boxes show gradients.
        derivatives: whether there are derivatives at all: without them, the forward pass alone, for a lesson
            before the first derivative.
        total: whether a quantity that a step uses several times has one edge into it, with its total
            derivative, in place of one for each use.
        theme: the colours, `viz.LIGHT`, `viz.DARK` or another `viz.Theme`.
        size: the width and the height of a slide in pixels, such as (1920, 1080), that the drawing is
            composed for; `viz.render` writes a png of exactly that many pixels, svg and pdf of that shape.
            Of several forms it is the first that the back row can read, with type of a 54th of the slide's
            height; else the one with the largest type. A long chain stands in rows; ∂z/∂w = a becomes a;
            leaves that one quantity alone uses become rows of a table in its box, weighted sums rows in the
            box of their activation, weights stand on their edges; then edges have numbers alone, and none
            where more than 18 run between the same two letters. The foot says how the drawing is read; of a
            highlighted quantity it shows the chain rule, and each factor of a single path has the colour and
            the number of its edge.
        limit: the most boxes to draw, a whole number from 1.

    Returns:
        A `graphviz.Digraph` that shows itself in a notebook; see `viz.render` for files.

    Raises:
        TypeError: for anything that is not a node; for a fold that is no function, or that gives anything
            but text and None; for a highlight that is no node and no path; for a `grad`,
            `derivatives` or `total` that is not True or False; for a theme that is none.
        ValueError: for an empty list; for a highlight that is not in this graph; when there are more boxes
            than `limit`; for a size that is not two whole numbers from 100 to 10,000; for a limit that is
            no whole number from 1.

    Source: lecture section 3, the chain of one neuron per layer.

    >>> import viz
    >>> from autograd import Value
    >>> w, a = Value(1.2, label="w"), Value(0.5, label="a")
    >>> z = (w * a).with_label("z")
    >>> drawing = draw_chain(z)
    >>> print(viz.tree(drawing))
    z = wa     0.60  grad +1.00
    ├─ w       1.20  grad +0.50  ∂z/∂w = a = +0.50
    └─ a       0.50  grad +1.20  ∂z/∂a = w = +1.20
    >>> path = viz.render(drawing, "chain.svg")    # doctest: +SKIP

    One weight of a net of three neurons and one, for a dark room, and all of it in a box a layer:

    >>> import nn
    >>> net = nn.MLP([2, 3, 1], node=Value, rng=0)
    >>> C = nn.quadratic_cost(net([0.5, -0.2]), [1.0]).with_label("C")
    >>> one = draw_chain(C, highlight=net.layers[0].W[1, 0], fold=viz.by_neuron, theme=viz.DARK)
    >>> [box.note for box in draw_chain(C, fold=viz.by_layer).picture.boxes]
    ['2 inputs', '6 quantities, 9 parameters', '2 quantities, 4 parameters', '']
    """
    slide = None if size is None else a_size(size)
    picture = chain_picture(
        C, highlight=highlight, fold=fold, grad=a_bool(grad, "grad"),
        derivatives=a_bool(derivatives, "derivatives"), total=a_bool(total, "total"), limit=limit,
    )  # fmt: skip
    return to_dot(picture, theme, slide)


def draw(
    C: Any,
    *,
    grad: bool = True,
    theme: Theme = LIGHT,
    size: tuple[int, int] | None = None,
    limit: int = 200,
) -> Drawing:
    """Draw every operation behind a result, with values and gradients.

    A box shows the node's name (its label, or v₁, v₂, …), how it was made, the name of the operation,
    its value and its gradient: the derivative of C by it, whatever an earlier ``backward()`` left on the
    graph, which is not changed. Of several results, and of an array, it is the derivative of their sum;
    where it does not exist, as that of √ at 0, the box says ``undefined``. A node used twice has two
    edges, constants have boxes of their own; one that is an array says so, ``const``, with its shape. The
    same graph gives the same DOT text in every run.

    Of a program of `autograd.compile` it draws the graph of arrays: a box for each line of its listing, with
    its formula and its shape. Over it stands the graph of scalars in which it was found, folded line by
    line: one quantity of each, how many such there are, and how many operations they are.

    Args:
        C: the result, a `Value` or a `Tensor`, or several in a list or array; arrays show their shapes.
            Or a program of `autograd.compile`.
        grad: whether boxes show gradients; without them it is the forward pass.
        theme: the colours, `viz.LIGHT`, `viz.DARK` or another `viz.Theme`.
        size: the width and the height of a slide in pixels, as for `viz.draw_chain`.
        limit: the most boxes to draw, a whole number from 1.

    Returns:
        A `graphviz.Digraph` that shows itself in a notebook; see `viz.render` for files.

    Raises:
        TypeError: for anything that is not a node or a program, for a `grad` that is not True or False,
            and for a theme that is none.
        ValueError: for an empty list; when there are more nodes and constants than `limit`, or lines and
            leaves of a program; for a limit that is no whole number from 1.

    Source, of a program's drawing: lecture section 1, where one line for each neuron becomes one for a layer.

    >>> from autograd import Value
    >>> import viz
    >>> x = Value(3.0, label="x")
    >>> print(viz.tree(draw(2 * x)))
    v₁ = 2x (mul)  6.00  grad +1.00
    ├─ 2
    └─ x           3.00  grad +2.00
    >>> [line.strip().split(" [")[0] for line in draw(x * x).source.splitlines() if "->" in line]
    ['n0 -> n1', 'n0 -> n1']
    """
    slide = None if size is None else a_size(size)
    if isinstance(C, Program):
        return to_dot(program_picture(C, limit=limit), theme, slide)
    return to_dot(operations_picture(C, grad=a_bool(grad, "grad"), limit=limit), theme, slide)
