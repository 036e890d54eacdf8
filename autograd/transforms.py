"""Functions from functions: derivatives of any Python function of numbers and arrays.

A number becomes a `Value`, an array a `Tensor`; the function is run on them, and what it recorded
is swept. A plain number or array in gives a plain number or array out. Inside another transform,
or when an argument is itself a node, the result is a node, so every transform can be nested.
"""

from __future__ import annotations

import functools
import operator
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd.functions import stack
from autograd.graph import Node, resumed
from autograd.primitives import is_number, lookup
from autograd.sweeps import adjoints, tangents
from autograd.tensor import Tensor, stacked
from autograd.value import Value

__all__ = ["grad", "hessian", "hvp", "jacobian", "jvp", "value_and_grad", "vjp"]

_nesting = threading.local()


def _depth() -> int:
    """How many transforms this thread is inside of."""
    depth: int = getattr(_nesting, "depth", 0)
    return depth


@contextmanager
def _inside() -> Iterator[None]:
    """The run of a transform's function; transforms inside it give nodes."""
    _nesting.depth = _depth() + 1
    try:
        yield
    finally:
        _nesting.depth -= 1


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
    """The number or array in a node."""
    if isinstance(x, Value):
        return x.data
    return np.asarray(x) if isinstance(x, Tensor) else x


class _Trace:
    """One run of a function on fresh variables, and the ways to read what it recorded."""

    def __init__(self, f: Callable[..., Any], argnums: Sequence[int], args: Sequence[Any], what: str) -> None:
        for i in argnums:
            if not 0 <= i < len(args):
                raise ValueError(f"{what}: argument {i} of {len(args)} does not exist")
        with resumed(), _inside():
            beside_arrays = any(isinstance(a, (np.ndarray, list, tuple, Tensor)) for a in args)
            self.variables = [_variable(args[i], beside_arrays, what) for i in argnums]
            by_place = dict(zip(argnums, self.variables, strict=True))
            self.out = f(*(by_place.get(i, a) for i, a in enumerate(args)))
        self.parts = _parts(self.out, what)
        if not any(isinstance(p, Node) for p in self.parts):
            warnings.warn(
                f"{what}: the function returned plain numbers, so its derivative is 0. Was the graph cut? "
                "float() and the functions of math give plain numbers; those of autograd and NumPy record",
                stacklevel=4,
            )
        for part in self.parts:
            if isinstance(part, Node):
                part._check_finite()
        self.numbers = {v for i, v in by_place.items() if is_number(args[i])}
        self.nodes_given = any(isinstance(args[i], Node) for i in argnums)

    def as_nodes(self, seeds: Sequence[Any] = ()) -> bool:
        """Whether results are nodes: inside another transform, or when nodes were given."""
        return self.nodes_given or _depth() > 0 or any(isinstance(s, Node) for s in seeds)

    def read(self, x: Any, as_nodes: bool) -> Any:
        """A result as the caller wants it."""
        if not as_nodes:
            return _plain(x)
        return self.variables[0]._as_node(x) if is_number(x) or isinstance(x, np.ndarray) else x

    def result(self, as_nodes: bool | None = None) -> Any:
        """The function's own result."""
        nodes = self.as_nodes() if as_nodes is None else as_nodes
        return _like(self.out, [self.read(p, nodes) for p in self.parts])

    def pull(self, out: Any, seed: Any) -> tuple[Any, ...]:
        """seed · ∂out/∂variable for each variable."""
        nodes = self.as_nodes([seed])
        found: dict[Node, Any] = {}
        if isinstance(out, Node):
            with resumed():
                found = adjoints(out, seed, wrt=self.variables, create_graph=nodes)
        return tuple(self._derivative(found[v] if v in found else _zero(v), v, nodes) for v in self.variables)

    def _derivative(self, adjoint: Any, variable: Node, as_nodes: bool) -> Any:
        """An adjoint in the form of its argument: a number for a number."""
        found = self.read(adjoint, as_nodes)
        return found if isinstance(found, Node) or variable not in self.numbers else float(found)

    def push(self, seeds: Sequence[Any]) -> Any:
        """The change of the result, from each variable's tangent."""
        nodes = self.as_nodes(seeds)
        # A number that does not move is left out: its slope may be infinite, and 0 · ∞ is nan.
        moved = {v: t for v, t in zip(self.variables, seeds, strict=True) if type(t) is not float or t}
        with resumed():
            found = tangents([p for p in self.parts if isinstance(p, Node)], moved, create_graph=nodes)
        changes = [found[p] if isinstance(p, Node) and p in found else _zero(p) for p in self.parts]
        return _like(self.out, [self.read(change, nodes) for change in changes])


def _zero(x: Any) -> Any:
    return np.zeros(x.shape, x.dtype) if isinstance(x, Tensor) else np.zeros_like(x, dtype=float)[()]


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
    rest = iter(parts)

    def shaped(x: Any) -> Any:
        if isinstance(x, (list, tuple)):
            return [shaped(element) for element in x]
        if not isinstance(x, np.ndarray):
            return next(rest)
        elements = [next(rest) for _ in range(x.size)]
        array = np.empty(x.size, object if any(isinstance(e, Node) for e in elements) else float)
        array[:] = elements
        return array.reshape(x.shape)

    return shaped(out)


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
        return trace.result(), shaped(trace.pull(trace.out, seed))

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
        given = _aligned(trace.out, g)
        each = [trace.pull(part, seed(part, h)) for part, h in zip(trace.parts, given, strict=True)]
        return tuple(functools.reduce(operator.add, gains) for gains in zip(*each, strict=True))

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
    return trace.result(trace.as_nodes(seeds)), trace.push(seeds)


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
        parts, shape = _components(stacked(trace.out), "jacobian")
        rows = [trace.pull(p, _one_number(p, "jacobian")) for p in parts]
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
        array = np.empty(len(rows), dtype=object)
        array[:] = rows
        return array.reshape(shape)
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
    with _inside():  # so that the gradient is recorded
        trace = _Trace(grad(f, places), places, primals, "hvp")
    seeds = [v._seed(t, "a tangent") for v, t in zip(trace.variables, tangents, strict=True)]
    products = tuple(trace.push(seeds))
    return products[0] if single else products
