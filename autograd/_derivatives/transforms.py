"""Functions from functions: derivatives of any Python function of numbers and arrays.

A number becomes a `Value`, an array a `Tensor`; the function is run on them, and the recorded graph is
swept. A plain number or array in gives a plain number or array out. When an argument is itself a
node, or a result depends on a node that the function closed over, that result is a node: so every
transform can be nested, and a penalty on a gradient acts on the parameters behind it. Inside
`no_grad` all results are plain.

One argument may be a list, a tuple, a named tuple or a dict of numbers and arrays, nested in any way. The
function gets the same structure with nodes in it, and the derivative has it too: numbers for numbers, arrays
for arrays.
An argument that is a list or tuple of numbers alone, ``[1.0, 2.0]``, is an array as it is written by hand:
the function gets one Tensor of it. `grad` gives a list for a list all the same, and `jacobian` and `hessian`
the matrix as one array. An array of no dimension is an array, and so is its derivative.

Arguments passed by name go on to the function, and are constants unless ``argnums`` counts to their place.
"""

from __future__ import annotations

import functools
import sys
import types
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd._derivatives.argnums import check_argnums
from autograd._derivatives.structures import align, in_array, is_named, leaves, rebuild
from autograd._derivatives.traces import Argument, Trace, one_number
from autograd._graph.context import resumed
from autograd._graph.node import Node, first_node, plain
from autograd._nodes.tensor import Tensor
from autograd._nodes.value import Value
from autograd._support.collector import spared
from autograd._support.entering import unboxed
from autograd._table.array_rules.linear import stack

__all__ = ["grad", "hessian", "hvp", "jacobian", "jvp", "value_and_grad", "vjp"]


class _Derivative:
    """A derivative of a function, as a function of the same arguments: it can be pickled where that can."""

    def __init__(
        self, f: Callable[..., Any], argnums: Any = 0, has_aux: bool = False, by_leaf: bool = False
    ) -> None:
        if not callable(f):
            raise TypeError(
                f"{self.transform} takes a function, not {type(f).__name__} ({f!r:.80})"
                + ("; the derivatives of a recorded result are .backward()'s" if isinstance(f, Node) else "")
            )
        functools.update_wrapper(self, f)
        self._f, self._argnums, self._has_aux, self._by_leaf = f, argnums, has_aux, by_leaf
        self._places, self._single = check_argnums(argnums)

    transform = "grad"

    def __call__(self, /, *args: Any, **named: Any) -> Any:
        with spared():
            return self._derive(args, named)

    @abstractmethod
    def _derive(self, args: Sequence[Any], named: dict[str, Any]) -> Any: ...

    def __reduce__(self) -> Any:
        name, module = getattr(self, "__qualname__", ""), sys.modules.get(getattr(self, "__module__", ""))
        if getattr(module, name, None) is self:  # it decorates the function of this name
            return name
        return type(self), (self._f, self._argnums, self._has_aux, self._by_leaf)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    def __repr__(self) -> str:
        return f"<{self.transform} of {getattr(self._f, '__qualname__', repr(self._f))}>"

    def _trace(self, args: Sequence[Any], named: dict[str, Any]) -> Trace:
        return Trace(self._f, self._places, args, named, self.transform, self._has_aux)

    def differentiates(self) -> tuple[int, ...]:
        return self._places

    def _unpack_single(self, results: Sequence[Any]) -> Any:
        """Of several arguments a tuple, of one alone its own."""
        return results[0] if self._single else tuple(results)


def differentiated_places(f: Any) -> tuple[int, ...]:
    """The places of the arguments that f differentiates by, from the end if negative; none if it does not.

    >>> differentiated_places(grad(max, argnums=(0, -1))), differentiated_places(max)
    ((0, -1), ())
    """
    return f.differentiates() if isinstance(f, _Derivative) else ()


class _ValueAndGrad(_Derivative):
    def _derive(self, args: Sequence[Any], named: dict[str, Any]) -> Any:
        trace = self._trace(args, named)
        holds_one = isinstance(trace.out, np.ndarray) and trace.out.size == 1
        out = trace.parts[0] if holds_one else trace.out
        gradient = trace.pull((out, one_number(out, self.transform)))
        value = trace.result()
        return (value, trace.aux()) if self._has_aux else value, self._unpack_single(gradient)


class _Grad(_ValueAndGrad):
    def _derive(self, args: Sequence[Any], named: dict[str, Any]) -> Any:
        value, gradient = super()._derive(args, named)
        return (gradient, value[1]) if self._has_aux else gradient


def value_and_grad(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The function ``(f(x), ∂f/∂x)``; with ``has_aux`` it is ``((f(x), aux), ∂f/∂x)``. See `grad`.

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """
    return _ValueAndGrad(f, argnums, has_aux)


def grad(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The function ∂f/∂x of a function with one number as its result.

    Args:
        f: takes numbers, arrays, and lists, tuples and dicts of them; returns one number.
        argnums: which argument to differentiate by, from the end if negative; a tuple gives a tuple of
            derivatives.
        has_aux: f returns a pair: the number, and something beside it to be handed on.

    Returns:
        A function of the same arguments; the derivative has the structure and the shapes of the argument.
        With has_aux it gives ``(derivative, aux)``.

    Raises:
        ValueError: when the result of f is not one number.
        TypeError: for an argument that is, or holds, something else: names its place, as ``params["W"][0]``.
        DomainError: when the derivative does not exist or is not finite.

    >>> grad(lambda x: x**3)(2.0)
    12.0
    >>> grad(grad(lambda x: x**3))(2.0)
    12.0
    >>> grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 5.0)
    (5.0, 2.0)
    >>> grad(lambda p, x: (p["W"] @ x).sum() * p["b"])({"W": np.eye(2), "b": 3.0}, x=np.array([1.0, 2.0]))
    {'W': array([[3., 6.],
           [3., 6.]]), 'b': 3.0}
    """
    return _Grad(f, argnums, has_aux)


def vjp(f: Callable[..., Any], /, *primals: Any, has_aux: bool = False, **named: Any) -> Any:
    """f(*primals), and the function that takes an adjoint of it to the adjoints of the primals.

    Vector-Jacobian product: g ↦ gᵀ · ∂f/∂primal, one for each primal, in its structure. Arguments passed
    by name are constants. With has_aux, where f returns a pair, the second of it comes third.

    >>> out, pull = vjp(lambda x, y: x * y, 2.0, 5.0)
    >>> out, pull(1.0)
    (10.0, (5.0, 2.0))
    """
    with spared():
        trace = Trace(f, range(len(primals)), primals, named, "vjp", has_aux)

    def pull(g: Any) -> tuple[Any, ...]:
        pairs = zip(trace.parts, align(trace.out, g, "", "vjp, adjoint of the result"), strict=True)
        with spared():
            return trace.pull(*((part, seed(part, h, path)) for part, (path, h) in pairs))

    def seed(part: Any, g: Any, path: str) -> Any:
        name = "the adjoint given to vjp" + (f" at {path}" if path else "")
        return part._seed(unboxed(g), name) if isinstance(part, Node) else g

    return (trace.result(), pull, trace.aux()) if has_aux else (trace.result(), pull)


def jvp(
    f: Callable[..., Any], /, primals: Any, tangents: Any, *, has_aux: bool = False, **named: Any
) -> tuple[Any, ...]:
    """f(*primals), and its change when the primals change by the tangents.

    Jacobian-vector product, by forward accumulation: Σ ∂f/∂primal · tangent.

    Args:
        f: a function of numbers and arrays; if its result is a list or dict, so are both results here.
        primals, tangents: tuples or lists of the same length and structure, one for each argument; or that of
            the only argument: a number, an array, a dict or a named tuple. Where the only argument is itself
            a list or tuple, it stands in a tuple: ``((w, b),)``.
        has_aux: f returns a pair, the second of which comes third here.
        named: goes on to f, by name.

    >>> jvp(lambda x, y: x * y, (2.0, 5.0), (1.0, 0.0))
    (10.0, 5.0)
    """
    primals, tangents, _ = _several(primals, tangents, "jvp")
    with spared():
        trace = Trace(f, range(len(primals)), primals, named, "jvp", has_aux)
        seeds = _seeds(trace, tangents)
        pair = trace.result(seeds), trace.push(seeds)
    return (*pair, trace.aux(seeds)) if has_aux else pair


def _several(primals: Any, tangents: Any, transform: str) -> tuple[tuple[Any, ...], tuple[Any, ...], bool]:
    """Primals and tangents one for each argument, and whether it was one alone."""
    if not isinstance(primals, (tuple, list)) or is_named(primals):
        return (primals,), (tangents,), True
    if not isinstance(tangents, (tuple, list)) or len(primals) != len(tangents):
        raise ValueError(f"{transform}: give one tangent for each of the {len(primals)} primals")
    return tuple(primals), tuple(tangents), False


def _seeds(trace: Trace, tangents: Sequence[Any]) -> list[Any]:
    pairs = zip(trace.arguments, tangents, strict=True)
    return [seed for argument, tangent in pairs for seed in argument.seeds(tangent)]


class _Jacobian(_Derivative):
    transform = "jacobian"

    def _derive(self, args: Sequence[Any], named: dict[str, Any]) -> Any:
        trace = self._trace(args, named)
        if self._by_leaf or isinstance(trace.out, dict) or is_named(trace.out):
            by_leaf = [self._of(trace, part) for part in trace.parts]
            arguments = [
                rebuild(trace.out, iter([results[k] for results in by_leaf]))
                for k in range(len(trace.arguments))
            ]
        else:
            arguments = self._of(trace, trace.out)
        derivative = self._unpack_single(arguments)
        return (derivative, trace.aux()) if self._has_aux else derivative

    def _of(self, trace: Trace, out: Any) -> list[Any]:
        """∂out/∂argument for each argument, in its structure."""
        with resumed():  # the components belong to the record
            parts, shape = _components(out, self.transform)
        rows = [trace.pull_variables((p, one_number(p, self.transform))) for p in parts]
        by_variable = [_join([row[k] for row in rows], shape, v) for k, v in enumerate(trace.variables)]
        columns = iter(by_variable)
        return [_in_structure(a, [next(columns) for _ in a.variables], not shape) for a in trace.arguments]


def _in_structure(argument: Argument, derivatives: list[Any], is_gradient: bool) -> Any:
    if argument.is_written:  # the matrix as one array
        return derivatives[0]
    return argument.in_form(derivatives) if is_gradient else argument.in_structure(derivatives)


def _components(out: Any, transform: str) -> tuple[list[Any], tuple[int, ...]]:
    """A result as a list of numbers, with the shape that holds them."""
    if isinstance(out, Tensor):
        flat = out.reshape(-1)
        return [flat[i] for i in range(flat.size)], out.shape
    if isinstance(out, (list, tuple)) and isinstance(first_node(out), Tensor):
        # Not stacked: the sweep of each number would go through the whole list.
        several = [_components(element, transform) for element in out]
        shapes = {shape for _, shape in several}
        if len(shapes) > 1:
            raise ValueError(f"{transform} needs results of one shape, not {sorted(shapes)}")
        return [number for numbers, _ in several for number in numbers], (len(out), *shapes.pop())
    if isinstance(out, Node):
        return [out], ()
    array = np.asarray(out, object)
    return [part for _, part in leaves(array)], array.shape


def jacobian(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The function ∂fᵢ/∂xⱼ, of shape ``result shape + argument shape``.

    Of an argument that is a dict or the like, one for each leaf, in its structure; of a result that is a
    dict, a dict of derivatives. ``argnums`` and ``has_aux`` as for `grad`.

    >>> jacobian(lambda x: x * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    return _Jacobian(f, argnums, has_aux)


def _join(rows: list[Any], shape: tuple[int, ...], variable: Node) -> Any:
    """The derivatives of the components as one array, one Tensor or, for one number, as they are."""
    if not shape:
        return rows[0]
    if any(isinstance(r, Tensor) for r in rows):
        return stack(*rows, axis=0).reshape((*shape, *np.shape(plain(variable))))
    if any(isinstance(r, Value) for r in rows):
        return in_array(rows, shape)
    inner = variable.shape if isinstance(variable, Tensor) else ()
    return np.array(rows, dtype=getattr(variable, "dtype", float)).reshape((*shape, *inner))


class _Hessian(_Derivative):
    transform = "hessian"

    def _derive(self, args: Sequence[Any], named: dict[str, Any]) -> Any:
        return self._unpack_single([self._unpack_single(self._row(i, args, named)) for i in self._places])

    def _row(self, i: int, args: Sequence[Any], named: dict[str, Any]) -> Sequence[Any]:
        """The derivatives of ∂f/∂xᵢ by each argument."""
        row: Sequence[Any] = _Jacobian(_Grad(self._f, i), self._places, by_leaf=True)(*args, **named)
        return row


def hessian(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """The function ∂²f/∂xᵢ∂xⱼ, of shape ``argument shape + argument shape``.

    With a tuple of argnums, a tuple of tuples: ∂²f/∂(row)∂(column). Of an argument that is a dict or the
    like, a dict of dicts.

    >>> hessian(lambda x: (x * x * x).sum())(np.array([1.0, 2.0]))
    array([[ 6.,  0.],
           [ 0., 12.]])
    """
    return _Hessian(f, argnums)


class _HessianProduct(_Derivative):
    transform = "hvp"

    def differentiates(self) -> tuple[int, ...]:
        return (0, 1)

    def __call__(self, x: Any, p: Any, /, *args: Any, **named: Any) -> Any:
        return super().__call__(x, p, *args, **named)

    def _derive(self, args: Sequence[Any], named: dict[str, Any]) -> Any:
        x, tangent, *others = args
        trace = Trace(_Grad(self._f), (0,), (x, *others), named, self.transform)
        product = trace.push(trace.arguments[0].seeds(tangent))
        return _in_form_of(trace.arguments[0], product)


def _in_form_of(argument: Argument, derivative: Any) -> Any:
    return argument.in_form([leaf for _, leaf in leaves(derivative)])


def hvp(f: Callable[..., Any], /, primals: Any = None, tangents: Any = None, **named: Any) -> Any:
    """The Hessian of f times a vector, without the Hessian: the jvp of the gradient.

    Args:
        f: a function of numbers and arrays with one number as its result.
        primals, tangents: as for `jvp`. Without them, ``hvp(f)`` is the function ``(x, p, *args) ↦ H(x) p``
            of f's first argument, in the form of ``hessp`` in `scipy.optimize.minimize`.
        named: goes on to f, by name.

    Returns:
        Σⱼ ∂²f/∂xᵢ∂xⱼ · tⱼ: one number, array or dict, or a tuple of them when the primals are a tuple.

    >>> f = lambda x: (x * x * x).sum()
    >>> hvp(f, np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    array([ 6., 12.])
    >>> hvp(f)(np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    array([ 6., 12.])
    """
    if primals is None and tangents is None and not named:
        return _HessianProduct(f)
    if primals is None:
        raise TypeError(
            f"hvp takes primals and tangents beside {', '.join(named)}; hvp(f) alone is a function, and "
            "takes them when it is called"
        )
    primals, tangents, single = _several(primals, tangents, "hvp")
    places = tuple(range(len(primals)))
    with spared():
        trace = Trace(_Grad(f, places), places, primals, named, "hvp")
        products = tuple(map(_in_form_of, trace.arguments, trace.push(_seeds(trace, tangents))))
    return products[0] if single else products
