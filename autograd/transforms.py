"""Functions from functions: derivatives of any Python function of numbers and arrays.

A number becomes a `Value`, an array a `Tensor`; the function is run on them, and what it recorded
is swept. A plain number or array in gives a plain number or array out. When an argument is itself a
node, or a result depends on a node that the function closed over, that result is a node: so every
transform can be nested, and a penalty on a gradient acts on the parameters behind it. Inside
`no_grad` all results are plain.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from autograd.collector import spared
from autograd.conditions import Condition
from autograd.context import recording, resumed
from autograd.graph import Node, first_node, plain, reach
from autograd.joining import stack
from autograd.primitives import is_number, lookup
from autograd.sweeps import adjoints, tangents
from autograd.tensor import Tensor
from autograd.tracing import Tracing
from autograd.value import Value

__all__ = ["grad", "hessian", "hvp", "jacobian", "jvp", "value_and_grad", "vjp"]


def _variable(x: Any, beside_arrays: bool, what: str) -> Node:
    """A fresh node to differentiate by: a number is a Value, beside arrays a Tensor of no dimension.

    A node gets an identity after it: what the function does to its argument must not be confused
    with what it does to the same node reached another way.
    """
    if isinstance(x, Node):
        node: Node = lookup("_identity")(x)
        return node
    if is_number(x):
        return Tensor(x) if beside_arrays else Value(x)
    if isinstance(x, (np.ndarray, list, tuple)):
        return Tensor(x)
    raise TypeError(f"{what} takes numbers, arrays, Values and Tensors, not {type(x).__name__} ({x!r})")


def _plain(x: Any) -> Any:
    """The number in a node, or its array as the caller's own."""
    x = plain(x)
    return x.copy() if isinstance(x, np.ndarray) else x


class _Trace:
    """One run of a function on fresh variables, and the ways to read what it recorded."""

    def __init__(self, f: Callable[..., Any], argnums: Sequence[int], args: Sequence[Any], what: str) -> None:
        for i in argnums:
            if not 0 <= i < len(args):
                raise ValueError(f"{what}: argument {i} of {len(args)} does not exist")
        self._plainly = not recording()
        with resumed():
            beside_arrays = any(isinstance(a, (np.ndarray, list, tuple, Tensor)) for a in args)
            self.variables = [_variable(args[i], beside_arrays, what) for i in argnums]
            by_place = dict(zip(argnums, self.variables, strict=True))
            with Tracing().differentiating(self.variables) as run, spared():
                out = f(*(by_place.get(i, a) for i, a in enumerate(args)))
        self.out = float(out) if isinstance(out, Condition) else out
        self.parts = _parts(self.out, what)
        nodes = [part for part in self.parts if isinstance(part, Node)]
        # Leaves made by f keep the run: if it kept a node that depends on them, that would be a cycle.
        cut, run.taken_out = run.taken_out, None
        self._graph = set(reach(nodes))
        if cut is not None and self._graph.isdisjoint(self.variables):
            raise TypeError(
                f"{what}: nothing of the function's result depends on its argument any more; the number of "
                f"{cut!r:.60} was taken out, by .data or inside no_grad. Compute with the node itself, in "
                "functions of autograd or NumPy; to decide by its number, compare the node"
            )
        for node in nodes:
            node._check_finite()
        self.numbers = {v for i, v in by_place.items() if is_number(args[i])}
        self._nodes_were_passed = any(isinstance(args[i], Node) for i in argnums)
        # Leaves of somebody else: what depends on them stays in their graph.
        own = set(self.variables)
        self._outside = {n for n in self._graph if n._op is None and n not in own and not run.contains(n)}

    def as_nodes(self, seeds: Iterable[Any] = ()) -> bool:
        """Whether a sweep is recorded, because some of its results may be nodes."""
        if any(isinstance(seed, Node) for seed in seeds):
            return True
        return not self._plainly and (self._nodes_were_passed or bool(self._outside))

    def read(self, results: Sequence[Any], as_nodes: bool, seeds: Iterable[Any] = ()) -> list[Any]:
        """Results as the caller wants them, none of which shares anything with another or with the record."""
        if not as_nodes:
            return [_plain(x) for x in results]
        if not (self._nodes_were_passed or any(isinstance(seed, Node) for seed in seeds)):
            results = [x if self._stays(x) else _plain(x) for x in results]
            return self._apart(results)
        like = self.variables[0]
        return self._apart([like._as_node(_plain(x)) if not isinstance(x, Node) else x for x in results])

    def _stays(self, x: Any) -> bool:
        """Whether a node depends on leaves that the function closed over."""
        return isinstance(x, Node) and any(node in self._outside for node in reach([x]))

    def _apart(self, results: list[Any]) -> list[Any]:
        """Each node as one of its own: not the caller's, nor one of the function's, nor another result."""
        taken: set[Node] = set()
        for i, x in enumerate(results):
            if isinstance(x, Node):
                if x in self._graph or x in taken:
                    results[i] = lookup("_identity")(x)
                taken.add(x)
        return results

    def result(self, seeds: Iterable[Any] = ()) -> Any:
        """The function's own result."""
        return _like(self.out, self.read(self.parts, self.as_nodes(seeds), seeds))

    def pull(self, *seeded: tuple[Any, Any]) -> tuple[Any, ...]:
        """Σ seed · ∂out/∂variable for each variable, over pairs of out and seed."""
        seeds = [seed for _, seed in seeded]
        nodes = self.as_nodes(seeds)
        totals: dict[Node, Any] = {}
        with resumed(), spared():
            for out, seed in seeded:
                if isinstance(out, Node):
                    gains = adjoints(out, seed, wrt=self.variables, create_graph=nodes)
                    for v in self.variables:
                        if v in gains:
                            totals[v] = totals[v] + gains[v] if v in totals else gains[v]
            read = self.read([totals[v] if v in totals else _zero(v) for v in self.variables], nodes, seeds)
        return tuple(self._in_its_form(x, v) for x, v in zip(read, self.variables, strict=True))

    def _in_its_form(self, derivative: Any, variable: Node) -> Any:
        """A derivative in the form of its argument: a number for a number."""
        if isinstance(derivative, Node) or variable not in self.numbers:
            return derivative
        return float(derivative)

    def push(self, seeds: Sequence[Any]) -> Any:
        """The change of the result, from each variable's tangent."""
        nodes = self.as_nodes(seeds)
        # A number that does not move is left out: its slope may be infinite, and 0 · ∞ is nan.
        moved = {v: t for v, t in zip(self.variables, seeds, strict=True) if type(t) is not float or t}
        with resumed(), spared():
            change = tangents([p for p in self.parts if isinstance(p, Node)], moved, create_graph=nodes)
            changes = [change[p] if isinstance(p, Node) and p in change else _zero(p) for p in self.parts]
            return _like(self.out, self.read(changes, nodes, seeds))


def _zero(x: Any) -> Any:
    if isinstance(x, Tensor):
        return np.zeros(x.shape, x.dtype)
    return 0.0 if isinstance(x, Value) else np.zeros_like(x, dtype=float)[()]


def _parts(out: Any, what: str) -> list[Any]:
    """The nodes and numbers in a function's result: itself, or the elements of a list or array."""
    parts = _flat(out)
    for part in parts:
        if not (isinstance(part, Node) or is_number(part)):
            raise TypeError(
                f"{what} needs a function whose result is a number, a Tensor, or a list or array of those, "
                f"not {type(part).__name__}"
            )
    return parts


def _flat(x: Any) -> list[Any]:
    if isinstance(x, (list, tuple)):
        return [part for element in x for part in _flat(element)]
    if isinstance(x, Condition):
        return [float(x)]
    return list(x.flat) if isinstance(x, np.ndarray) else [x]


def _aligned(out: Any, g: Any) -> list[Any]:
    """The part of an adjoint that belongs to each part of a result."""
    if not isinstance(out, (list, tuple, np.ndarray)):
        return [g]
    g = list(g) if isinstance(out, (list, tuple)) else list(np.asarray(g, object).flat)
    parts = list(out.flat) if isinstance(out, np.ndarray) else out
    if len(g) != len(parts):
        raise ValueError(f"vjp: the result has {len(parts)} parts, the adjoint {len(g)}")
    return [h for part, each in zip(parts, g, strict=True) for h in _aligned(part, each)]


def _like(out: Any, parts: list[Any]) -> Any:
    """Parts in the form of a function's result: lists for lists, an array for an array."""
    return _shaped(out, iter(parts))


def _shaped(out: Any, parts: Iterator[Any]) -> Any:
    if isinstance(out, (list, tuple)):
        return [_shaped(element, parts) for element in out]
    if not isinstance(out, np.ndarray):
        return next(parts)
    return _in_array([next(parts) for _ in range(out.size)], out.shape)


def _in_array(elements: list[Any], shape: tuple[int, ...]) -> Any:
    """Elements as an array, of objects if there are nodes among them."""
    array = np.empty(len(elements), object if any(isinstance(e, Node) for e in elements) else float)
    for i, element in enumerate(elements):  # one by one, so that NumPy does not look into a Tensor
        array[i] = element
    return array.reshape(shape)


def _one_number(out: Any, what: str) -> Any:
    if isinstance(out, Tensor) and out.size != 1:
        raise ValueError(
            f"{what} needs a function with one number as its result, not shape {out.shape}; see jacobian"
        )
    if not isinstance(out, Node) and not is_number(out):
        raise TypeError(f"{what} needs a function with one number as its result, not {type(out).__name__}")
    return 1.0 if isinstance(out, Value) else np.ones(np.shape(out), getattr(out, "dtype", float))


def _places(argnums: int | Sequence[int]) -> tuple[Sequence[int], Callable[[tuple[Any, ...]], Any]]:
    if isinstance(argnums, int):
        return (argnums,), lambda results: results[0]
    if not isinstance(argnums, Sequence) or not all(isinstance(i, int) for i in argnums):
        raise TypeError(f"argnums is the number of an argument, or a tuple of such, not {argnums!r}")
    if len(set(argnums)) < len(argnums):
        raise ValueError(f"argnums names an argument twice: {argnums!r}")
    return tuple(argnums), lambda results: results


def value_and_grad(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., tuple[Any, Any]]:
    """The function ``(f(x), ∂f/∂x)``; see `grad`.

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """
    places, shaped = _places(argnums)

    @functools.wraps(f)
    def with_gradient(*args: Any) -> tuple[Any, Any]:
        trace = _Trace(f, places, args, "grad")
        seed = _one_number(trace.out, "grad")
        return trace.result(), shaped(trace.pull((trace.out, seed)))

    return with_gradient


def grad(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """The function ∂f/∂x of a function with one number as its result.

    Args:
        f: takes numbers and arrays, returns one number.
        argnums: which argument to differentiate by; a tuple gives a tuple of derivatives.

    Returns:
        A function of the same arguments; the derivative has the shape of the argument.

    Raises:
        ValueError: when the result of f is not one number.
        DomainError: when the derivative does not exist or is not finite.

    >>> grad(lambda x: x**3)(2.0)
    12.0
    >>> grad(grad(lambda x: x**3))(2.0)
    12.0
    >>> grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 5.0)
    (5.0, 2.0)
    """
    pair = value_and_grad(f, argnums)

    @functools.wraps(f)
    def gradient(*args: Any) -> Any:
        return pair(*args)[1]

    return gradient


def vjp(f: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """f(*primals), and the function that takes an adjoint of it to the adjoints of the primals.

    Vector-Jacobian product: g ↦ gᵀ · ∂f/∂primal, one for each primal.

    >>> out, pull = vjp(lambda x, y: x * y, 2.0, 5.0)
    >>> out, pull(1.0)
    (10.0, (5.0, 2.0))
    """
    trace = _Trace(f, range(len(primals)), primals, "vjp")

    def pull(g: Any) -> tuple[Any, ...]:
        seeds = _aligned(trace.out, g)
        return trace.pull(*((part, seed(part, h)) for part, h in zip(trace.parts, seeds, strict=True)))

    def seed(part: Any, g: Any) -> Any:
        return part._seed(g, "the adjoint given to vjp") if isinstance(part, Node) else g

    return trace.result(), pull


def jvp(f: Callable[..., Any], primals: Any, tangents: Any) -> tuple[Any, Any]:
    """f(*primals), and its change when the primals change by the tangents.

    Jacobian-vector product, by forward accumulation: Σ ∂f/∂primal · tangent.

    Args:
        f: a function of numbers and arrays; if its result is a list, so are both results here.
        primals, tangents: tuples of the same length and shapes, or one number or array each.

    >>> jvp(lambda x, y: x * y, (2.0, 5.0), (1.0, 0.0))
    (10.0, 5.0)
    """
    primals, tangents = _pair(primals, tangents, "jvp")
    trace = _Trace(f, range(len(primals)), primals, "jvp")
    seeds = [v._seed(t, "a tangent") for v, t in zip(trace.variables, tangents, strict=True)]
    return trace.result(seeds), trace.push(seeds)


def _pair(primals: Any, tangents: Any, what: str) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    if not isinstance(primals, (tuple, list)):
        primals, tangents = (primals,), (tangents,)
    if not isinstance(tangents, (tuple, list)) or len(primals) != len(tangents):
        raise ValueError(f"{what}: give one tangent for each of the {len(primals)} primals")
    return tuple(primals), tuple(tangents)


def _components(out: Any, what: str) -> tuple[list[Any], tuple[int, ...]]:
    """A result as a list of numbers, with the shape that holds them."""
    if isinstance(out, Tensor):
        flat = out.reshape(-1)
        return [flat[i] for i in range(flat.size)], out.shape
    if isinstance(out, (list, tuple)) and isinstance(first_node(out), Tensor):
        # Not stacked: the sweep of each number would go through the whole list.
        several = [_components(element, what) for element in out]
        shapes = {shape for _, shape in several}
        if len(shapes) > 1:
            raise ValueError(f"{what} needs results of one shape, not {sorted(shapes)}")
        return [number for numbers, _ in several for number in numbers], (len(out), *shapes.pop())
    return _parts(out, what), () if isinstance(out, Node) else np.shape(np.asarray(out, object))


def jacobian(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """The function ∂fᵢ/∂xⱼ, of shape ``result shape + argument shape``.

    >>> jacobian(lambda x: x * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    places, shaped = _places(argnums)

    @functools.wraps(f)
    def derivative(*args: Any) -> Any:
        trace = _Trace(f, places, args, "jacobian")
        with resumed():  # the components belong to the record
            parts, shape = _components(trace.out, "jacobian")
        rows = [trace.pull((p, _one_number(p, "jacobian"))) for p in parts]
        return shaped(
            tuple(_joined([row[k] for row in rows], shape, v) for k, v in enumerate(trace.variables))
        )

    return derivative


def _joined(rows: list[Any], shape: tuple[int, ...], variable: Node) -> Any:
    """The derivatives of the components as one array, one Tensor or, for one number, as they are."""
    if not shape:
        return rows[0]
    if any(isinstance(r, Tensor) for r in rows):
        return stack(rows).reshape((*shape, *np.shape(variable)))
    if any(isinstance(r, Value) for r in rows):
        return _in_array(rows, shape)
    inner = variable.shape if isinstance(variable, Tensor) else ()
    return np.array(rows, dtype=getattr(variable, "dtype", float)).reshape((*shape, *inner))


def hessian(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """The function ∂²f/∂xᵢ∂xⱼ, of shape ``argument shape + argument shape``.

    With a tuple of argnums, a tuple of tuples: ∂²f/∂(row)∂(column).

    >>> hessian(lambda x: (x * x * x).sum())(np.array([1.0, 2.0]))
    array([[ 6.,  0.],
           [ 0., 12.]])
    """
    places, shaped = _places(argnums)

    def derivative(*args: Any) -> Any:
        return shaped(tuple(shaped(jacobian(grad(f, i), places)(*args)) for i in places))

    return functools.wraps(f)(derivative)


def hvp(f: Callable[..., Any], primals: Any, tangents: Any) -> Any:
    """The Hessian of f times a vector, without the Hessian: the jvp of the gradient.

    Args:
        f: a function of numbers and arrays with one number as its result.
        primals, tangents: as for `jvp`.

    Returns:
        Σⱼ ∂²f/∂xᵢ∂xⱼ · tⱼ: one number or array, or a tuple of them when the primals are a tuple.

    >>> hvp(lambda x: (x * x * x).sum(), np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    array([ 6., 12.])
    """
    single = not isinstance(primals, (tuple, list))
    primals, tangents = _pair(primals, tangents, "hvp")
    places = tuple(range(len(primals)))
    trace = _Trace(grad(f, places), places, primals, "hvp")
    seeds = [v._seed(t, "a tangent") for v, t in zip(trace.variables, tangents, strict=True)]
    products = tuple(trace.push(seeds))
    return products[0] if single else products
