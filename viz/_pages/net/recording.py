"""One example of a net and its cost, recorded layer by layer."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import Tensor, Value, compile, no_grad
from autograd._compiler.programs.compiling import CannotLower, program_of_examples
from autograd._compiler.programs.program import Program
from autograd._functions.value_arrays import ValueArray
from autograd._graph.concretization import Look, Looks, noting_looks
from autograd._graph.leaving import plain_array
from autograd._graph.node import reach
from viz._pages.net.theta import Theta
from viz._pictures.arrays import Array

__all__ = ["Recording", "asks_for_mode", "record"]


class Recording:
    """The graph of one example.

    Attributes:
        places: of each part, "inputs", "sums 0", "activations 0", the place of its first number among the
            outputs of the program; the cost is at 0.
        outputs: the place of the net's outputs.
        unlike: why the page cannot train the net, which learns in another way than it computes here; or None.
    """

    def __init__(
        self, cost: Any, parts: dict[str, Any], leaves: tuple[Any, Any], theta: Theta, unlike: str | None
    ) -> None:
        self.unlike = unlike
        self._cost, self._parts, self._leaves, self._theta = cost, list(parts.values()), leaves, theta
        sizes = [int(np.size(plain_array(part))) for part in self._parts]
        starts = (1 + np.cumsum([0, *sizes])).tolist()
        self.places = dict(zip(parts, starts, strict=False))
        self.outputs = starts[-2]

    def compiled(self) -> Program:
        """The program of one example.

        Raises:
            ValueError: where there is none, with the reason.
        """
        if isinstance(self._cost, Value):
            columns, scalars = _scalars(self._leaves), _scalars(self._parts)
            return compile([self._cost, *scalars], columns, self._theta.nodes)
        try:
            return program_of_examples(
                [self._cost, *self._parts], list(self._leaves), self._theta.nodes, "float64"
            )
        except CannotLower as reason:
            raise ValueError(
                f"{self._culprit()} has no form in scalars, in which the page computes: {reason}. Write it "
                "with functions of autograd of single numbers, sums and products"
            ) from None

    def _culprit(self) -> str:
        """The first layer of which there is no program, or else the cost."""
        for name, part in zip(self.places, self._parts, strict=True):
            try:
                program_of_examples([part], list(self._leaves), self._theta.nodes, "float64")
            except CannotLower:
                return f"layers[{name.split()[-1]}]"
        return "the cost"


def record(net: Any, layers: Sequence[Any], cost: Any, theta: Theta, x: Array, y: Array) -> Recording:
    """Record a net, one layer after the other, and its cost.

    Args:
        net: asked for parameters beside weights and biases.
        layers: all of its layers.
        theta: the weights and biases; of the other parameters those that the cost depends on are added.
        x, y: inputs and desired outputs of one example, (1, inputs) and (1, outputs).

    Raises:
        TypeError, ValueError: for a layer or a cost that one recording cannot stand for.
    """
    kind = type(theta.nodes[0])
    leaves = _leaves(x, "a", kind, theta.dtype), _leaves(y, "y", kind, theta.dtype)
    parts: dict[str, Any] = {}
    unlike = None
    a: Any = leaves[0]
    with noting_looks(refuses=False) as looks:
        for k, layer in enumerate(layers):
            seen, settings = len(looks.looks), set(looks.settings)
            a, sums = _through(layer, a)
            _refuse_looks(looks.looks[seen:], f"layers[{k}]")
            if asks_for_mode(looks, settings, f"layers[{k}]") and unlike is None:
                unlike = (
                    f"layers[{k}], {type(layer).__name__}, learns in another way than it computes here: "
                    "train this net by nn.fit"
                )
            if not hasattr(layer, "W"):  # as batch norm, which changes the activations of the layer before
                parts[next(reversed(parts), "inputs")] = a
                continue
            if sums is not None:
                parts[f"sums {k}"] = sums
            parts[f"activations {k}"] = a
        seen = len(looks.looks)
        c = cost(a, leaves[1])
        _refuse_looks(looks.looks[seen:], "the cost")
    if not isinstance(c, kind) or np.size(c.data) != 1:
        raise TypeError(
            f"the cost gave {c!r:.80}, and it is to give one {kind.__name__}, computed from the outputs"
        )
    graph = set(reach([c]))
    theta.add_all(p for p in (net.parameters() if hasattr(net, "parameters") else []) if p in graph)
    return Recording(c, parts, leaves, theta, unlike)


def _leaves(rows: Array, label: str, kind: Any, dtype: Any) -> Any:
    """Leaves for a row of numbers: a Tensor, or an array of Values."""
    if issubclass(kind, Tensor):
        return Tensor(rows.astype(dtype), label=label)
    nodes = np.empty(rows.shape, object)
    for index in np.ndindex(rows.shape):
        nodes[index] = Value(float(rows[index]), label=f"{label}_{{{index[1]}}}")
    return nodes.view(ValueArray)


def _through(layer: Any, a: Any) -> tuple[Any, Any]:
    """The outputs of a layer, and its weighted sums, or None.

    The sums are the outputs of a copy of the layer with the identity for its activation. Where the activation
    of these is not the layer's output, they are not its sums, and there are none.
    """
    if not hasattr(layer, "W"):
        return layer(a), None
    try:
        linear = copy.copy(layer)
        linear.activation = _identity
        sums = linear(a)
        out = layer.activation(sums)
    except (TypeError, ValueError, AttributeError, IndexError):
        return layer(a), None
    with no_grad():
        expected = plain_array(layer(plain_array(a)))
    return (out, sums) if np.array_equal(plain_array(out), expected) else (layer(a), None)


def _scalars(parts: Sequence[Any]) -> list[Any]:
    return [node for part in parts for node in np.ravel(np.asarray(part, dtype=object))]


def _identity(z: Any) -> Any:
    return z


def _refuse_looks(looks: Sequence[Look], name: str) -> None:
    """Raise ValueError if numbers were looked at, as by an ``if``."""
    for look in looks:
        if look.text is None:
            where = f" ({look.place})" if look.place else ""
            raise ValueError(
                f"{name} looks at a number{where}, as an `if` or `item()` does, and another number may mean "
                "other operations: write it with autograd.where, maximum or relu"
            )


def asks_for_mode(looks: Looks, before: set[int], name: str) -> bool:
    """Whether a layer or a net computes by its mode.

    Args:
        before: the owners of settings that were noted before it computed.

    Raises:
        ValueError: where that is the mode of training.
    """
    modes = [mode for owner, (_, mode) in looks.settings.items() if owner not in before]
    if any(modes):
        raise ValueError(f"{name} is in training mode, and the page computes as it evaluates: net.eval()")
    return bool(modes)
