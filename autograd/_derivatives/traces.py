"""One run of a function on fresh variables, and the derivatives of the recorded graph: for the transforms."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from autograd._derivatives.argnums import name_of, resolve
from autograd._derivatives.structures import align, is_container, is_written_array, leaves, rebuild
from autograd._derivatives.sweeps import adjoints, tangents
from autograd._graph.concretization import note_differentiated
from autograd._graph.conditions import Condition
from autograd._graph.context import SWITCHES, recording, resumed
from autograd._graph.leaving import explain_choice
from autograd._graph.node import Node, plain, reach
from autograd._graph.primitive import lookup
from autograd._graph.tracing import Tracing
from autograd._nodes.tensor import Tensor
from autograd._nodes.value import Value
from autograd._support.checks import holds_reals
from autograd._support.entering import is_number, unboxed

__all__ = ["Argument", "Trace", "one_number"]


class Argument:
    """An argument to differentiate by: its leaves as fresh nodes, and derivatives in its structure.

    A number is a Value, beside arrays a Tensor of no dimension. A list or tuple of numbers alone is one
    Tensor; all other containers are themselves, with nodes for their leaves.

    Args:
        value: as the caller passed it.
        name: tells how errors name it.
        beside_arrays: whether any argument is or holds an array.
        transform: its name, for errors.
    """

    def __init__(self, value: Any, name: Callable[[], str], beside_arrays: bool, transform: str) -> None:
        self.value, self._name = value, name
        self.is_written = is_written_array(value)
        # Of a compiled transform, a list that is traced as one Tensor has it beside its numbers.
        pairs = [("", getattr(value, "tensor", value))] if self.is_written else leaves(value)
        self.leaves = [leaf for _, leaf in pairs]
        self.variables = []
        for path, leaf in pairs:
            variable = _variable(leaf, beside_arrays)
            if variable is None:
                raise TypeError(
                    f"{transform} takes numbers, arrays, Values and Tensors, and lists, tuples and dicts of "
                    f"them; {name()}{path} is {type(leaf).__name__} ({leaf!r:.80})"
                )
            self.variables.append(variable)

    def in_structure(self, parts: Iterable[Any]) -> Any:
        """Something for each leaf in the structure of the argument."""
        return next(iter(parts)) if self.is_written else rebuild(self.value, iter(parts))

    def in_form(self, derivatives: Sequence[Any]) -> Any:
        """The derivatives of the leaves in the form of the argument: a number for a number."""
        if self.is_written:
            return rebuild(self.value, _elements(derivatives[0]))
        return rebuild(self.value, map(_in_its_form, derivatives, self.leaves))

    def seeds(self, tangent: Any) -> list[Any]:
        """A tangent of this argument, of the same structure: a number or an array for each leaf."""
        if self.is_written or not is_container(self.value):
            return [self.variables[0]._seed(unboxed(getattr(tangent, "tensor", tangent)), "a tangent")]
        pairs = zip(self.variables, align(self.value, tangent, self._name(), "a tangent"), strict=True)
        return [v._seed(unboxed(t), f"a tangent at {path}") for v, (path, t) in pairs]


def _variable(x: Any, beside_arrays: bool) -> Node | None:
    """A fresh node to differentiate by; None for anything that has no derivative.

    A node gets an identity after it, so that the function's use of its argument is not confused with its use
    of the same node reached another way.
    """
    if isinstance(x, Node):
        node: Node = lookup("_identity")(x)
        return node
    if is_number(x):
        return Tensor(x) if beside_arrays else Value(x)
    if isinstance(x, (np.ndarray, list, tuple)):
        return Tensor(x)
    return None


def _in_its_form(derivative: Any, leaf: Any) -> Any:
    if isinstance(derivative, Node):
        return derivative
    is_one = is_number(leaf) or (isinstance(leaf, Node) and not isinstance(leaf, Tensor))
    return float(derivative) if is_one else np.asarray(derivative)


def _elements(array: Any) -> Iterator[Any]:
    """The numbers of an array, or the nodes of a Tensor's elements."""
    if isinstance(array, Tensor):
        with resumed():
            flat = array.reshape(-1)
            return iter([flat[i] for i in range(flat.size)])
    return iter(np.ravel(array).tolist())


def _copy_numbers(x: Any, like: Any) -> Any:
    """The number in a node, or a copy of its array; always an array where `like` is a Tensor."""
    x = plain(x)
    if isinstance(like, Tensor) and not isinstance(x, np.ndarray):
        return np.asarray(x)
    return x.copy() if isinstance(x, np.ndarray) else x


def _as_node(x: Any) -> Node:
    kind: Any = Tensor if isinstance(x, np.ndarray) else Value
    node: Node = kind._as_node(x)
    return node


class Trace:
    """One run of a function on fresh variables, and the derivatives of the recorded graph.

    Args:
        f: the function.
        argnums: which of its arguments to differentiate by.
        args, named: its arguments.
        transform: its name, for errors.
        has_aux: whether f returns a pair, its result and something beside it.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        argnums: Iterable[int],
        args: Sequence[Any],
        named: dict[str, Any],
        transform: str,
        has_aux: bool = False,
    ) -> None:
        places = resolve(f, argnums, args, named, transform)
        call: dict[int | str, Any] = {**dict(enumerate(args)), **named}  # type: ignore[dict-item]
        self._results_are_plain = not recording()
        with resumed():
            # Of numbers written as a list a result is a number, though it is computed as an array.
            self._from_arrays = any(map(_holds_array, call.values()))
            beside_arrays = self._from_arrays or any(map(is_written_array, call.values()))
            self.arguments = [
                Argument(call[p], functools.partial(name_of, f, p), beside_arrays, transform) for p in places
            ]
            call.update((p, a.in_structure(a.variables)) for p, a in zip(places, self.arguments, strict=True))
            self.variables = [v for a in self.arguments for v in a.variables]
            with Tracing().differentiating(self.variables) as run:
                try:
                    out = f(*(call[i] for i in range(len(args))), **{name: call[name] for name in named})
                except ValueError as error:
                    explain_choice(error)
                    raise
        self._aux: Any = None
        if has_aux:
            out, self._aux = _pair(out, transform)
        self.out = _check_result(out, transform)
        self.parts = [part for _, part in leaves(self.out)]
        nodes = [part for part in self.parts if isinstance(part, Node)]
        # Leaves made by f keep the run; a run that kept a node which depends on them would close a cycle.
        taken_out, run.taken_out = run.taken_out, None
        self._graph = set(reach(nodes))
        if taken_out is not None and self._graph.isdisjoint(self.variables):
            raise TypeError(
                f"{transform}: nothing of the function's result depends on its argument any more; the number "
                f"of {taken_out!r:.60} was taken out, by .data or inside no_grad. Compute with the node "
                "itself, in functions of autograd or NumPy; to decide by its number, compare the node"
            )
        for node in nodes:
            node._check_finite()
            if SWITCHES["noted"]:
                note_differentiated(node)
        if self._aux is not None:
            self._graph.update(reach([x for _, x in leaves(self._aux) if isinstance(x, Node)]))
        self._nodes_were_passed = any(isinstance(leaf, Node) for a in self.arguments for leaf in a.leaves)
        # Leaves that f closed over: a result that depends on them stays in their graph.
        others = {node for node in self._graph if node._op is None}.difference(self.variables)
        self._outside = {leaf for leaf in others if not run.contains(leaf)}

    def _records(self, seeds: Iterable[Any]) -> bool:
        """Whether a sweep from these seeds is recorded, because some of its results may be nodes."""
        if any(isinstance(seed, Node) for seed in seeds):
            return True
        return not self._results_are_plain and (self._nodes_were_passed or bool(self._outside))

    def _release(self, results: Sequence[Any], of: Sequence[Any], seeds: Sequence[Any]) -> list[Any]:
        """Results for the caller: none shares anything with another or with the record.

        Args:
            of: for each result, the node it belongs to.
            seeds: of the sweep.
        """
        pairs = zip(results, of, strict=True)
        if not self._records(seeds):
            return [_copy_numbers(x, node) for x, node in pairs]
        if self._nodes_were_passed or any(isinstance(seed, Node) for seed in seeds):
            return self._distinct(
                [x if isinstance(x, Node) else _as_node(_copy_numbers(x, node)) for x, node in pairs]
            )
        return self._distinct(
            [x if self._depends_on_outside(x) else _copy_numbers(x, node) for x, node in pairs]
        )

    def _depends_on_outside(self, x: Any) -> bool:
        """Whether a node depends on leaves that the function closed over."""
        return isinstance(x, Node) and not self._outside.isdisjoint(reach([x]))

    def _distinct(self, results: list[Any]) -> list[Any]:
        """The results, all nodes distinct: from each other, and from the caller's and the function's."""
        released: set[Node] = set()
        for i, x in enumerate(results):
            if isinstance(x, Node):
                if x in self._graph or x in released:
                    results[i] = lookup("_identity")(x)
                released.add(x)
        return results

    def result(self, seeds: Sequence[Any] = ()) -> Any:
        """The function's own result."""
        return self._in_structure(self._release(self.parts, self.parts, seeds))

    def aux(self, seeds: Sequence[Any] = ()) -> Any:
        """The second part of the function's pair; its nodes are released as the nodes of the result."""
        parts = [part for _, part in leaves(self._aux)]
        nodes = [part for part in parts if isinstance(part, Node)]
        released = iter(self._release(nodes, nodes, seeds))
        return rebuild(self._aux, iter([next(released) if isinstance(x, Node) else x for x in parts]))

    def pull(self, *seeded: tuple[Any, Any]) -> tuple[Any, ...]:
        """Σ seed · ∂out/∂argument for each argument, over pairs of out and seed."""
        derivatives = iter(self.pull_variables(*seeded))
        return tuple(a.in_form(list(itertools.islice(derivatives, len(a.variables)))) for a in self.arguments)

    def pull_variables(self, *seeded: tuple[Any, Any]) -> list[Any]:
        """Σ seed · ∂out/∂variable for each variable."""
        seeds = [seed for _, seed in seeded]
        create_graph = self._records(seeds)
        totals: dict[Node, Any] = {}
        with resumed():
            for out, seed in seeded:
                if isinstance(out, Node):
                    gradients = adjoints(out, seed, wrt=self.variables, create_graph=create_graph)
                    for v in self.variables:
                        if v in gradients:
                            totals[v] = totals[v] + gradients[v] if v in totals else gradients[v]
            derivatives = [totals[v] if v in totals else _zero(v) for v in self.variables]
            return self._release(derivatives, self.variables, seeds)

    def push(self, seeds: Sequence[Any]) -> Any:
        """The change of the result, from each variable's tangent."""
        nodes = [part for part in self.parts if isinstance(part, Node)]
        # A number with the tangent 0 is left out: its slope may be infinite, and 0 · ∞ is nan.
        tangent_of = {v: t for v, t in zip(self.variables, seeds, strict=True) if type(t) is not float or t}
        with resumed():
            change = tangents(nodes, tangent_of, create_graph=self._records(seeds))
            changes = [change[p] if isinstance(p, Node) and p in change else _zero(p) for p in self.parts]
            return self._in_structure(self._release(changes, self.parts, seeds))

    def _in_structure(self, parts: list[Any]) -> Any:
        """Parts in the structure of the result."""
        if not self._from_arrays:
            parts = [float(x) if isinstance(x, np.ndarray) and not x.ndim else x for x in parts]
        return rebuild(self.out, iter(parts))


def _holds_array(x: Any) -> bool:
    if not is_container(x):
        return isinstance(x, (np.ndarray, Tensor))
    return any(isinstance(leaf, (np.ndarray, Tensor)) for _, leaf in leaves(x))


def _pair(out: Any, transform: str) -> tuple[Any, Any]:
    if not isinstance(out, tuple) or len(out) != 2:
        raise TypeError(
            f"{transform} with has_aux=True needs a function that returns a pair, its result and something "
            f"beside it, not {type(out).__name__} ({out!r:.80})"
        )
    return out


def _check_result(out: Any, transform: str) -> Any:
    """A function's result with numbers, arrays of floats and nodes for leaves."""
    if isinstance(out, Node):
        return out
    if isinstance(out, np.ndarray) and out.dtype == object and not out.ndim:
        out = out.item()
    return rebuild(out, iter([_check_part(part, path, transform) for path, part in leaves(out)]))


def _check_part(part: Any, path: str, transform: str) -> Any:
    if isinstance(part, Condition):
        return float(part)
    if isinstance(part, Node) or is_number(part):
        return part
    if isinstance(part, np.ndarray) and holds_reals(part):
        return part if part.dtype.kind == "f" else part.astype(float)
    raise TypeError(
        f"{transform} needs a function whose result is a number, a Tensor, or a list, tuple, dict or array "
        f"of those, not {type(part).__name__}" + (f" at {path}" if path else "")
    )


def _zero(x: Any) -> Any:
    if isinstance(x, Tensor):
        return np.zeros(x.shape, x.dtype)
    return 0.0 if isinstance(x, Value) else np.zeros_like(x, dtype=float)[()]


def one_number(out: Any, transform: str) -> Any:
    """The seed of a result that is one number, 1.

    Raises:
        ValueError, TypeError: for any other result.
    """
    if isinstance(out, (Tensor, np.ndarray)) and out.size != 1:
        raise ValueError(
            f"{transform} needs a function with one number as its result, not shape {out.shape}; see jacobian"
        )
    if not isinstance(out, (Node, np.ndarray)) and not is_number(out):
        raise TypeError(
            f"{transform} needs a function with one number as its result, not {type(out).__name__}"
        )
    return 1.0 if isinstance(out, Value) else np.ones(np.shape(out), getattr(out, "dtype", float))
