"""Functions from functions: derivatives of any Python function of numbers and arrays.

A number becomes a `Value`, an array a `Tensor`; the function is run on them, and what it recorded
is swept. A plain number or array in gives a plain number or array out. Inside another transform,
or when an argument is itself a node, the result is a node, so every transform can be nested.
"""

from __future__ import annotations

import functools
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
from autograd.tensor import Tensor
from autograd.value import Value

__all__ = ["grad", "hessian", "hvp", "jacobian", "jvp", "value_and_grad", "vjp"]

_nesting = threading.local()


@contextmanager
def _inside() -> Iterator[bool]:
    """Whether this transform runs inside another: then its results must be nodes."""
    depth = getattr(_nesting, "depth", 0)
    _nesting.depth = depth + 1
    try:
        yield depth > 0
    finally:
        _nesting.depth = depth


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
        with resumed(), _inside() as inside:
            beside_arrays = any(isinstance(a, (np.ndarray, list, tuple, Tensor)) for a in args)
            self.variables = [_variable(args[i], beside_arrays, what) for i in argnums]
            by_place = dict(zip(argnums, self.variables, strict=True))
            self.out = f(*(by_place.get(i, a) for i, a in enumerate(args)))
        if is_number(self.out):
            warnings.warn(
                f"{what}: the function returned a plain number, so its derivative is 0. Was the graph cut? "
                "float() and the functions of math give plain numbers; those of autograd and NumPy record",
                stacklevel=4,
            )
        self.numbers = {v for i, v in by_place.items() if is_number(args[i])}
        self.as_nodes = inside or any(isinstance(args[i], Node) for i in argnums)

    def read(self, x: Any) -> Any:
        """A result as the caller wants it: a node inside another transform, else plain."""
        if not self.as_nodes:
            return _plain(x)
        return self.variables[0]._as_node(x) if is_number(x) or isinstance(x, np.ndarray) else x

    def pull(self, out: Any, seed: Any) -> tuple[Any, ...]:
        """seed · ∂out/∂variable for each variable."""
        if not isinstance(out, Node):
            return tuple(self._derivative(self._zero(v), v) for v in self.variables)
        with resumed():
            found = adjoints(out, seed, wrt=self.variables, create_graph=self.as_nodes)
        return tuple(self._derivative(found[v] if v in found else self._zero(v), v) for v in self.variables)

    def _derivative(self, adjoint: Any, variable: Node) -> Any:
        """An adjoint in the form of its argument: a number for a number."""
        found = self.read(adjoint)
        return found if isinstance(found, Node) or variable not in self.numbers else float(found)

    def push(self, outs: Sequence[Any], seeds: Sequence[Any]) -> list[Any]:
        """d(out) for each out, from each variable's tangent."""
        # A number that does not move is left out: its slope may be infinite, and 0 · ∞ is nan.
        moved = {v: t for v, t in zip(self.variables, seeds, strict=True) if type(t) is not float or t}
        with resumed():
            found = tangents([o for o in outs if isinstance(o, Node)], moved, create_graph=self.as_nodes)
        return [self.read(found[o]) if isinstance(o, Node) and o in found else self._zero(o) for o in outs]

    @staticmethod
    def _zero(x: Any) -> Any:
        return np.zeros(x.shape, x.dtype) if isinstance(x, Tensor) else np.zeros_like(x, dtype=float)[()]


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
        return trace.read(trace.out), shaped(trace.pull(trace.out, seed))

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
    if isinstance(trace.out, (list, tuple)):
        raise TypeError("vjp needs one number or Tensor as the function's result, not a list; see stack")

    def pull(g: Any) -> tuple[Any, ...]:
        return trace.pull(
            trace.out, trace.out._seed(g, "the adjoint given to vjp") if isinstance(trace.out, Node) else g
        )

    return trace.read(trace.out), pull


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
    if any(isinstance(t, Node) for t in tangents):
        trace.as_nodes = True
    if isinstance(trace.out, (list, tuple)):
        return [trace.read(o) for o in trace.out], trace.push(trace.out, seeds)
    return trace.read(trace.out), trace.push([trace.out], seeds)[0]


def _pair(primals: Any, tangents: Any, what: str) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    if not isinstance(primals, (tuple, list)):
        primals, tangents = (primals,), (tangents,)
    if not isinstance(tangents, (tuple, list)) or len(primals) != len(tangents):
        raise ValueError(f"{what}: give one tangent for each of the {len(primals)} primals")
    return tuple(primals), tuple(tangents)


def _components(out: Any) -> tuple[list[Any], tuple[int, ...]]:
    """A result as a list of numbers, with the shape that holds them."""
    if isinstance(out, Tensor):
        flat = out.reshape(-1)
        return [flat[i] for i in range(out.size)], out.shape
    if isinstance(out, (list, tuple, np.ndarray)):
        array = np.empty(len(out), dtype=object) if any(isinstance(o, Tensor) for o in out) else None
        if array is None:
            array = np.array(out, dtype=object)
            return list(array.flat), array.shape
        raise TypeError(
            "jacobian needs a Tensor, or a list or array of numbers, as the function's result; see stack"
        )
    return [out], ()


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
        parts, shape = _components(trace.out)
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
    return np.array(rows, dtype=getattr(rows[0], "dtype", float)).reshape((*shape, *inner))


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
    with _inside():
        trace = _Trace(grad(f, places), places, primals, "hvp")
    trace.as_nodes = getattr(_nesting, "depth", 0) > 0 or any(isinstance(p, Node) for p in primals)
    seeds = [v._seed(t, "a tangent") for v, t in zip(trace.variables, tangents, strict=True)]
    products = tuple(trace.push(trace.out, seeds))
    return products[0] if single else products
