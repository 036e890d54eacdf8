"""A net and its cost as one program: of an example, the cost and each layer's sums and activations."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import Tensor, Value, compile, no_grad
from autograd._compiler.programs.compiling import CannotLower, program_of_examples
from autograd._compiler.programs.program import Program
from autograd._functions.value_arrays import ValueArray
from autograd._graph.concretization import Looks, noting_looks
from autograd._graph.leaving import plain_array
from autograd._graph.node import Node, reach
from viz._plots.parts.arrays import Array

__all__ = ["LayerPlaces", "NetProgram", "net_program"]

Cost = Callable[[Any, Any], Any]

CHECKED = 6  # examples on which the program and the net have to agree
ROUNDING = {np.dtype(np.float64): 1e-9, np.dtype(np.float32): 1e-4}


@dataclass(frozen=True)
class LayerPlaces:
    """Where the numbers of a layer are.

    Attributes:
        W, b: the first weight and the first bias in theta; the weights lie row by row, (outputs, inputs).
            b is None for a layer without biases.
        sums, activations: the first of them among the outputs of the program; sums is None where the
            layer's weighted sums are not to be had.
        activation: the name of the function.
    """

    W: int
    b: int | None
    sums: int | None
    activations: int
    activation: str


@dataclass(frozen=True)
class NetProgram:
    """A net and its cost as a program of one example.

    Attributes:
        program: its inputs are those of the net, and after them the desired outputs; its first output is the
            cost.
        theta: the parameters.
        sizes: the inputs, and the neurons of each layer.
        inputs: the first output of the program that is an input of the first layer with weights, where
            layers without weights stand before it; else None.
        layers: the layers with weights.
        unlike: the reason for which the net learns in another way than it computes here, or None.
    """

    program: Program
    theta: Array
    sizes: tuple[int, ...]
    inputs: int | None
    layers: tuple[LayerPlaces, ...]
    unlike: str | None


def net_program(net: Any, cost: Cost, X: Array, Y: Array) -> NetProgram:
    """Record the net and its cost on one example, and compare the program with them on several.

    Args:
        net: has ``layers``, as `read_net` reads them.
        cost: of outputs and desired outputs, a mean over the examples.
        X, Y: inputs and desired outputs of the examples.

    Raises:
        TypeError: where a layer has no parameters that could be turned.
        ValueError: where one program cannot stand for the net, with the layer and the reason.
    """
    layers = list(net.layers)
    theta = _Theta()
    places = [k for k, layer in enumerate(layers) if hasattr(layer, "W")]
    offsets = {
        k: (theta.add(layers[k].W, f"layers[{k}].W"), theta.add(layers[k].b, f"layers[{k}].b"))
        for k in places
    }
    recording = _Recording(net, cost, layers, theta, X[:1], Y[:1])
    program = recording.compiled()
    result = NetProgram(
        program,
        theta.numbers(),
        recording.sizes(),
        recording.column("inputs"),
        tuple(
            LayerPlaces(
                W, b, recording.column(f"sums {k}"), recording.column(f"activations {k}"),
                getattr(layers[k].activation, "__name__", ""),
            )
            for k, (W, b) in offsets.items()
        ),
        recording.unlike,
    )  # fmt: skip
    _check(result, net, cost, theta.dtype, X, Y)
    return result


class _Theta:
    """The parameters in the order of theta: each layer's weights row by row, then its biases; the rest."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self._starts: dict[int, int] = {}
        self._size = 0

    def add(self, part: Any, name: str) -> int | None:
        """The place of a W or b, whose numbers lie together; None for a layer without biases."""
        if part is None:
            return None
        nodes = [part] if isinstance(part, Node) else list(np.ravel(np.asarray(part, dtype=object)))
        if not nodes or not all(isinstance(node, Node) for node in nodes):
            raise TypeError(
                f"{name} holds plain numbers, and the page turns parameters: make it of Tensors or Values, "
                "as nn.Layer does"
            )
        if not all(node.is_leaf for node in nodes):
            raise ValueError(f"{name} is computed from other nodes; a weight that the page turns is a leaf")
        starts = [self._starts.get(id(node)) for node in nodes]
        if all(start is None for start in starts):
            for node in nodes:
                self._append(node)
            return self._starts[id(nodes[0])]
        first = starts[0]
        if first is None or starts != list(range(first, first + len(nodes))):
            raise ValueError(
                f"{name} shares some of its weights with another layer; it may share all or none"
            )
        return first

    def add_rest(self, nodes: Iterable[Any]) -> None:
        """Parameters of neither kind, as those of batch norm."""
        for node in nodes:
            if id(node) not in self._starts:
                self._append(node)

    def _append(self, node: Any) -> None:
        self._starts[id(node)] = self._size
        self.nodes.append(node)
        self._size += int(np.size(node.data))

    @property
    def dtype(self) -> Any:
        """Of the arrays of a net of Tensors; float64 for Values."""
        return np.result_type(*(getattr(node, "dtype", np.float64) for node in self.nodes))

    def numbers(self) -> Array:
        return np.concatenate([np.ravel(np.asarray(node.data, np.float64)) for node in self.nodes])


class _Recording:
    """One example of a net and its cost, recorded layer by layer.

    Attributes:
        unlike: the reason for which the net learns in another way than it computes here, or None.
    """

    def __init__(self, net: Any, cost: Cost, layers: list[Any], theta: _Theta, x: Array, y: Array) -> None:
        self._theta, self._layers = theta, layers
        self.unlike: str | None = None
        self._outputs: list[tuple[str, Any]] = []  # each with its name, in the order of the program
        self._widths = [x.shape[1]]
        kind = type(theta.nodes[0])
        if not all(isinstance(node, kind) for node in theta.nodes):
            raise TypeError("the parameters of this net are Values and Tensors; the page takes one kind")
        self._leaves = _leaves(x, "a", kind, theta.dtype), _leaves(y, "y", kind, theta.dtype)
        inputs, targets = self._leaves
        with noting_looks(refuses=False) as looks:
            a: Any = inputs
            for k, layer in enumerate(layers):
                a = self._through(layer, a, k, looks)
            c = cost(a, targets)
        own = net.parameters() if hasattr(net, "parameters") else []
        if not isinstance(c, kind) or c.size != 1 if isinstance(c, Tensor) else not isinstance(c, kind):
            raise TypeError(f"the cost of one example is a {kind.__name__} of one number, not {c!r:.80}")
        graph = set(reach([c]))
        theta.add_rest(p for p in own if p in graph)
        self.cost = c

    def _through(self, layer: Any, a: Any, k: int, looks: Looks) -> Any:
        """The outputs of a layer, noted together with its weighted sums."""
        seen, settings = len(looks.looks), set(looks.settings)
        sums = _sums(layer, a)
        out = layer(a)
        for look in looks.looks[seen:]:
            if look.text is None:
                where = f" ({look.place})" if look.place else ""
                raise ValueError(
                    f"layers[{k}] looks at a number{where}, and another number may mean other operations: "
                    "write it with autograd.where, maximum or relu"
                )
        modes = [looks.settings[owner][1] for owner in looks.settings.keys() - settings]
        if any(modes):
            raise ValueError(
                f"layers[{k}] is in training mode; the page computes as it evaluates: net.eval()"
            )
        if modes and self.unlike is None:
            self.unlike = (
                f"layers[{k}], {type(layer).__name__}, learns in another way than it computes here, so the "
                "net learns by nn.fit alone"
            )
        if hasattr(layer, "W"):
            if sums is not None:
                self._outputs.append((f"sums {k}", sums))
            self._outputs.append((f"activations {k}", out))
            self._widths.append(int(np.size(plain_array(out))))
            return out
        # As batch norm, which changes the activations of the layer before.
        before = self._outputs.pop()[0] if self._outputs else "inputs"
        self._outputs.append((before, out))
        return out

    def compiled(self) -> Program:
        inputs, targets = self._leaves
        outputs = [out for _, out in self._outputs]
        try:
            if isinstance(self.cost, Value):
                columns = [*np.ravel(inputs), *np.ravel(targets)]
                scalars = [node for out in outputs for node in np.ravel(np.asarray(out, dtype=object))]
                return compile([self.cost, *scalars], columns, self._theta.nodes)
            return program_of_examples([self.cost, *outputs], [inputs, targets], self._theta.nodes, "float64")
        except CannotLower as reason:
            raise ValueError(
                f"the page computes one scalar at a time, and of this net it cannot: {reason}"
            ) from None

    def column(self, name: str) -> int | None:
        """The first output of the program that has a name."""
        at = 1
        for other, out in self._outputs:
            if other == name:
                return at
            at += int(np.size(plain_array(out)))
        return None

    def sizes(self) -> tuple[int, ...]:
        return tuple(self._widths)


def _leaves(rows: Array, label: str, kind: Any, dtype: Any) -> Any:
    """Leaves for a row of numbers: a Tensor, or an array of Values."""
    if kind is Tensor:
        return Tensor(rows.astype(dtype), label=label)
    nodes = np.empty(rows.shape, object)
    for index in np.ndindex(rows.shape):
        nodes[index] = Value(float(rows[index]), label=f"{label}_{{{index[1]}}}")
    return nodes.view(ValueArray)


def _sums(layer: Any, a: Any) -> Any:
    """The weighted sums of a layer: its outputs with an activation that changes nothing, or None.

    The layer itself stays as it is; the program computes what both have in common once.
    """
    if not hasattr(layer, "W"):
        return None
    try:
        twin = copy.copy(layer)
        twin.activation = _unchanged
        sums = twin(a)
        expected = plain_array(layer.activation(sums))
    except (TypeError, ValueError, AttributeError):
        return None
    out = plain_array(layer(a))
    return sums if expected.shape == out.shape and np.array_equal(expected, out) else None


def _unchanged(z: Any) -> Any:
    return z


def _check(made: NetProgram, net: Any, cost: Cost, dtype: Any, X: Array, Y: Array) -> None:
    """Compare a program with the net and its cost on some examples together."""
    rows = np.unique(np.linspace(0, len(X) - 1, CHECKED).astype(int))
    x, y = X[rows].astype(dtype), Y[rows].astype(dtype)
    with no_grad():
        a = net(x)
        c = float(plain_array(cost(a, y)))
    results = made.program(made.theta, np.hstack([x, y]))
    last = made.layers[-1].activations
    outputs = results[:, last : last + made.sizes[-1]]
    leeway = ROUNDING[np.dtype(dtype)]
    expected = plain_array(a).reshape(len(rows), -1).astype(np.float64)
    if expected.shape != outputs.shape or not np.allclose(outputs, expected, leeway, leeway):
        raise ValueError(
            "this net gives other outputs than its layers one after the other, as with a path around a layer, "
            "or others at each call; the page shows nets whose layers follow on each other"
        )
    mean = float(results[:, 0].mean())
    if not np.isclose(c, mean, leeway, leeway):
        raise ValueError(
            f"the cost of {len(rows)} examples together is {c:.6g}, and the mean of the cost of each "
            f"{mean:.6g}: the page trains with a cost that is a mean over the examples"
        )
