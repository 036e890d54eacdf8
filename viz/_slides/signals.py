r"""The signals through a net, layer by layer, in matrices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograd import Tensor, Value, no_grad
from autograd._graph.node import DomainError
from autograd._support.checks import a_bool, count
from viz._formulas.expressions import build
from viz._formulas.names import name_of
from viz._formulas.setting import typeset
from viz._layout.scene import SLIDE
from viz._layout.themes import LIGHT, Theme
from viz._mathematics.latex import label
from viz._mathematics.signs import EQUALS, PLUS
from viz._mathematics.typeset import Atom, Fence, Line, Math, Symbol, line, to_text
from viz._pictures.arrays import Array, numbers
from viz._pictures.nets import Dense, dense_layer, dense_layers, layers_of
from viz._slides.matrices import EQUALS_SIGN, NOT_EXACT, stacked
from viz._slides.parts.blocks import Block, Fenced, Formula, Row, Table, Words
from viz._slides.parts.entries import (
    MOST,
    MOST_DECIMALS,
    Entries,
    as_printed,
    checks,
    decimals_of,
    element,
    fewest_decimals,
    grid,
    numerals,
    two_dimensional,
)  # fmt: skip
from viz._slides.slide import Size, Slide

__all__ = ["signals"]

PLUS_SIGN = Formula(PLUS)
THREE = 3  # decimals of signals
LONGEST_ACTIVATION = 24  # signs of its formula


def signals(
    net: Any,
    x: Any = None,
    *,
    names: tuple[str, str, str] = ("a", "z", "a"),
    decimals: int = THREE,
    by_hand: bool = False,
    most: int = MOST,
    theme: Theme = LIGHT,
    size: Size = SLIDE,
) -> Slide:
    r"""Work out the signals through a net, layer by layer, with matrices: z = W a + b, then a = σ(z).

    The outputs have three decimals. The numbers before them have as many more, up to six, as make each line
    right on a calculator; where six are not enough, the slide says so.

    Args:
        net: a net, such as `nn.MLP`: something with ``layers``, each with ``W``, ``b`` and ``activation``; or
            one layer.
        x: the inputs of one example, shape (inputs,). Without them the layers are written in symbols, each as
            a⁽¹⁾ = σ(W⁽¹⁾ a⁽⁰⁾ + b⁽¹⁾).
        names: of the inputs, the weighted sums and the outputs; in deck E ``("I", "X", "O")``.
        decimals: of the outputs, unless fewer show them exactly.
        by_hand: whether each line goes on with the rounded numbers of the one before it, as on paper and in
            deck E: all numbers have three decimals, and the last ones may differ from the net's in the last
            digit.
        most: the most rows and columns of a matrix; of more the first three and the last are written, and
            dots.
        theme, size: the colours, and the slide in pixels.

    Raises:
        TypeError: for anything but a net or a layer of matrices.
        ValueError: for an x of another shape, for layers that do not follow on each other, and for numbers
            that are not finite.

    Source: lecture section 1, a⁽¹⁾ = σ(W a⁽⁰⁾ + b); section 5, worked signals.

    >>> import nn
    >>> layer = nn.Layer(2, 2, use_bias=False, rng=0)
    >>> layer.W = [[0.9, 0.3], [0.2, 0.8]]
    >>> print(signals(layer, [1.0, 0.5], names=("I", "X", "O")))
    X⁽¹⁾ = W⁽¹⁾I = ⎡0.9  0.3⎤⎡1.0⎤ = ⎡1.05⎤  O⁽¹⁾ = σ(X⁽¹⁾) = ⎡0.741⎤
                   ⎣0.2  0.8⎦⎣0.5⎦   ⎣0.60⎦                   ⎣0.646⎦
    """
    layers = _layers(net)
    decimals, most = count(decimals, "decimals", 0, MOST_DECIMALS), count(most, "most", 2)
    inputs, sums, outputs = _three_names(names)
    # Where the outputs of a layer are called as the inputs of the net, these are layer 0.
    before = label(f"{inputs}^{{(0)}}" if inputs == outputs else inputs)
    if x is None:
        lines = []
        for k, layer in enumerate(layers, 1):
            after = label(f"{outputs}^{{({k})}}")
            lines.append(_in_symbols(layer, k, before, after, most))
            before = after
        return Slide(stacked(lines), title="The layers of a net in symbols", size=size, theme=theme)
    example = _example(x, layers[0].W.shape[1])
    if a_bool(by_hand, "by_hand"):
        steps, exact = _by_hand(layers, example, decimals), True
    else:
        steps, exact = _steps(layers, example, decimals, most)
    rows: list[tuple[Block, Block]] = []
    for k, (layer, step) in enumerate(zip(layers, steps, strict=True), 1):
        z, after = label(f"{sums}^{{({k})}}"), label(f"{outputs}^{{({k})}}")
        affine = Formula(_affine(layer, k, before, z))
        activation = Formula(line(after, EQUALS, _activated(layer.activation, z)))
        numbers_of_z = _calculation(step, most)
        rows.append(
            (
                Row((affine, EQUALS_SIGN, *numbers_of_z)),
                Row((activation, EQUALS_SIGN, _brackets(step.after, most))),
            )
        )
        before = after
    below: list[Block] = [] if exact else [Words(NOT_EXACT)]
    return Slide(
        stacked([Table(tuple(rows), "ll", leading=0.6), *below]),
        stacked([*(block for row in rows for block in row), *below]),
        title="The signals through a net, layer by layer",
        size=size,
        theme=theme,
    )


def _three_names(names: Any) -> tuple[str, str, str]:
    if not isinstance(names, (tuple, list)) or len(names) != 3 or not all(isinstance(n, str) for n in names):
        raise TypeError(f'names are three texts, such as ("I", "X", "O"), not {names!r:.80}')
    return names[0], names[1], names[2]


def _affine(layer: Dense, k: int, before: Math, z: Math) -> Math:
    bias = () if layer.b is None else (PLUS, label(f"b^{{({k})}}"))
    return line(z, EQUALS, label(f"W^{{({k})}}"), before, *bias)


def _in_symbols(layer: Dense, k: int, before: Symbol, after: Symbol, most: int) -> Row:
    """A layer with the symbols of its entries in brackets."""

    def brackets(name: str, shape: tuple[int, ...]) -> Fenced:
        matrix = (shape[0], shape[-1]) if len(shape) == 2 else (shape[0], 1)
        entries = Entries(matrix, lambda i, j: element(name, (i, j)[: len(shape)], shape))
        return Fenced("[", grid(entries, most, "c"), "]")

    outputs, inputs = layer.W.shape
    inner: list[Block] = [brackets(f"W^{{({k})}}", (outputs, inputs)), brackets(before.latex, (inputs,))]
    if layer.b is not None:
        inner += [PLUS_SIGN, brackets(f"b^{{({k})}}", (outputs,))]
    name = _function(layer.activation, after)
    whole = Fenced("(", Row(tuple(inner)), ")")
    return Row((Formula(after), EQUALS_SIGN, *((Formula(name), whole) if name else inner)))


# -- the activation ---------------------------------------------------------------------------


def _activated(activation: Any, z: Symbol) -> Math:
    """The formula of an activation of z: of a row of the table its own, else its name."""
    try:
        formula = typeset(build(activation(Value(0.5, label=z.latex)), name_of))
        if len(to_text(formula)) <= LONGEST_ACTIVATION:
            return formula
    except (TypeError, ValueError, AttributeError, IndexError, DomainError):
        pass  # a function of arrays, as softmax
    return line(_operator(activation), Fence("(", z, ")"))


def _function(activation: Any, z: Symbol) -> Math | None:
    """The name before the parentheses, as σ; None for an activation that changes nothing."""
    match _activated(activation, z):
        case Line((*name, Fence("(", argument, ")"))) if argument == z and name:
            return line(*name)
        case formula if formula == z:
            return None
    return _operator(activation)


def _operator(activation: Any) -> Atom:
    """The name of a Python function as that of an operator; a lambda is called f."""
    name = str(getattr(activation, "__name__", "f"))
    if not name.isidentifier():
        return Atom("f", "f", "letter")
    latex = name.replace("_", r"\_")
    return Atom(name, rf"\operatorname{{{latex}}}", "function")


# -- numbers ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Printed:
    """Numbers that are rounded to so many decimals."""

    array: Array
    decimals: int

    @classmethod
    def of(cls, array: Array, decimals: int) -> _Printed:
        """With these decimals, or fewer where these show the numbers exactly."""
        fewest = decimals_of(array, decimals)
        return cls(as_printed(array, fewest), fewest)

    def follows_from(self, result: Array) -> bool:
        return checks(result, self.array, self.decimals)


@dataclass(frozen=True)
class _Step:
    """A layer as it is printed: W · before + b = z, and the outputs."""

    W: _Printed
    before: _Printed
    b: _Printed | None
    z: _Printed
    after: _Printed

    @property
    def sums(self) -> Array:
        """W · before + b, of the printed numbers."""
        z: Array = self.W.array @ self.before.array
        return z if self.b is None else z + self.b.array


def _by_hand(layers: Sequence[Dense], x: Array, decimals: int) -> list[_Step]:
    """The steps as on paper: each goes on with the rounded numbers of the one before it."""
    steps = []
    a = _Printed.of(x, decimals)
    for layer in layers:
        step = _step(layer, a, decimals)
        z = _Printed.of(step.sums, decimals)
        a = _Printed.of(_applied(layer.activation, z.array), decimals)
        steps.append(replace(step, z=z, after=a))
    return steps


def _steps(layers: Sequence[Dense], x: Array, decimals: int, most: int) -> tuple[list[_Step], bool]:
    """The steps through the net, and whether each printed number follows from those printed before it.

    The outputs have so many decimals. From them back to the inputs, all numbers have as many as it takes for
    the next ones to follow.
    """
    sums, activations = [], [x]
    for layer in layers:
        sums.append(layer.W @ activations[-1] + (0.0 if layer.b is None else layer.b))
        activations.append(_applied(layer.activation, sums[-1]))
    steps: list[_Step] = []
    after, exact = _Printed.of(activations.pop(), decimals), True
    for layer in reversed(layers):
        exact_z, a = sums.pop(), activations.pop()

        def gives_outputs(
            digits: int, z: Array = exact_z, f: Any = layer.activation, to: _Printed = after
        ) -> bool:
            return to.follows_from(_applied(f, as_printed(z, digits)))

        digits, follows = fewest_decimals(decimals, gives_outputs)
        z, exact = _Printed.of(exact_z, digits), exact and follows

        def gives_sums(digits: int, layer: Dense = layer, a: Array = a, to: _Printed = z) -> bool:
            return to.follows_from(_step(layer, _Printed.of(a, digits), digits).sums)

        # Nobody adds up a sum of which terms are left out.
        if max(layer.W.shape) <= most:
            digits, follows = fewest_decimals(decimals, gives_sums)
            exact = exact and follows
        else:
            digits = decimals
        before = _Printed.of(a, digits)
        steps.insert(0, replace(_step(layer, before, digits), z=z, after=after))
        after = before
    return steps, exact


def _step(layer: Dense, before: _Printed, decimals: int) -> _Step:
    """The step whose sums and outputs are still those before it."""
    b = None if layer.b is None else _Printed.of(layer.b, decimals)
    return _Step(_Printed.of(layer.W, decimals), before, b, before, before)


def _applied(activation: Any, z: Array) -> Array:
    with no_grad():
        after = numbers(activation(Tensor(z)), "an activation")
    if after.shape != z.shape:
        raise ValueError(f"an activation of {len(z)} sums gave shape {after.shape}")
    return after


def _calculation(step: _Step, most: int) -> list[Block]:
    """W a + b = z with its numbers in brackets."""
    W, a, z = (_brackets(printed, most) for printed in (step.W, step.before, step.z))
    bias: list[Block] = [] if step.b is None else [PLUS_SIGN, _brackets(step.b, most)]
    return [W, a, *bias, EQUALS_SIGN, z]


def _brackets(printed: _Printed, most: int) -> Fenced:
    matrix = two_dimensional(printed.array, "a layer")
    return Fenced("[", grid(numerals(matrix, printed.decimals), most), "]")


def _layers(net: Any) -> list[Dense]:
    """The layers of a net, or a layer or a neuron of its own."""
    if not isinstance(net, type) and not hasattr(net, "layers") and hasattr(net, "W"):
        if missing := [name for name in ("b", "activation") if not hasattr(net, name)]:
            raise TypeError(f"signals takes a layer with W, b and activation; this one has no {missing[0]}")
        return [dense_layer(net, 0, np.atleast_2d(numbers(net.W, "W")))]
    layers = layers_of(net, "signals")
    dense = dense_layers(layers)
    for place, layer in enumerate(layers):
        if not hasattr(layer, "W"):
            raise TypeError(
                f"signals works out layers with W, b and activation, and layers[{place}] is "
                f"{type(layer).__name__} ({layer!r:.80}); viz.draw_network draws such a net"
            )
    return dense


def _example(x: Any, inputs: int) -> Array:
    example = numbers(x, "x")
    if example.size != inputs or example.ndim > 2:
        raise ValueError(f"x has shape {example.shape}, and the net takes one example of shape ({inputs},)")
    return example.ravel()
