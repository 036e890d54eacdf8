"""What a row of the table is, and the readings that follow from it.

A row gives a primitive's number functions and its partial derivatives, written as text in the
engine's own operations: ``cos(x)`` is the partial of sin. The same text is read in several ways, by
looking its names up in several places, the first three of them here:

===========  ===============================================  ============================
reading      ``cos`` means                                    used by
===========  ===============================================  ============================
FLOATS       ``math.cos``                                     `Value`, reverse and forward
ARRAYS       ``numpy.cos``                                    `Tensor`, reverse and forward
NODES        the primitive itself, which records on nodes     every higher order, formulas
TRACED       ``numpy.cos`` as a call to be written down       compiled programs (`compiler.kernels`)
a library's  ``jax.numpy.cos``, differentiated by its row     JAX, PyTorch (`compiler.elsewhere`)
===========  ===============================================  ============================
"""

from __future__ import annotations

import ast
import functools
import keyword
import math
import numbers
import operator
from collections.abc import Callable, Iterator, Sequence
from types import CodeType
from typing import Any, Protocol

import numpy as np

from autograd import numerics
from autograd.conditions import Condition
from autograd.context import SWITCHES
from autograd.entering import check_kind, floats
from autograd.graph import DomainError, Node, first_node, name, plain
from autograd.intervals import Interval
from autograd.numpy_functions import ufunc_names
from autograd.row_documents import document

__all__ = ["ArrayRow", "Primitive", "Row", "define", "define_arrays", "domain_error", "lookup"]

ARITHMETIC = (ValueError, ZeroDivisionError, OverflowError)
INPUTS = ("x", "y", "z")

# How tightly a formula is written: what has to go in parentheses beside a product, a power.
SUM, PRODUCT, POWER, CALL = 1, 2, 3, 4

# Rows of these names are Python's operators on nodes.
OPERATORS = {"add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "neg", "abs", "floor", "ceil", "trunc"}


# The adjoint of a result, the arguments, the result, and the row's parameters: what an argument gains.
Pull = Callable[[Any, Sequence[Any], Any, dict[str, Any]], Any]


class Pulls(Protocol):
    """What each argument of a row gains; None for nothing."""

    def __getitem__(self, i: int, /) -> Pull | None: ...


class Primitive:
    """An operation the engine can record: what `Node.op` holds."""

    name: str
    latex: str
    __call__: Callable[..., Any]

    array_pulls: Pulls
    node_pulls: Pulls
    joint = False  # linear in all arguments together: its pulls are asked for `at` an adjoint
    broadcasts: bool  # whether a gain may have to be summed to the shape of its argument

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __str__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[Any, ...]:
        return lookup, (self.name,)


# Arithmetic that Python writes with a symbol, which is faster than a call.
SYMBOLS = {
    "add": "x + y", "sub": "x - y", "mul": "x * y", "truediv": "x / y", "floordiv": "x // y", "mod": "x % y",
    "neg": "-x", "square": "x * x",
}  # fmt: skip

FLOATS: dict[str, Any] = SWITCHES  # generated code lives here, so it finds the switches here
ARRAYS: dict[str, Any] = {}
NODES: dict[str, Any] = {}

NUMPY: dict[Any, Callable[..., Any]] = {}  # NumPy's function, and ours that takes its place on nodes
PRIMITIVES: dict[str, Primitive] = {}


def lookup(name: str) -> Primitive:
    """The primitive of that name.

    >>> lookup("sin")
    <primitive sin>
    """
    try:
        return PRIMITIVES[name]
    except KeyError:
        raise KeyError(f"there is no primitive {name!r}; the table has {sorted(PRIMITIVES)}") from None


class Row(Primitive):
    """One row of the table: a primitive on numbers, applied to arrays element by element.

    Args:
        name: its public name; one of `OPERATORS` is that operator too. A leading underscore keeps
            it out of the public names.
        on_floats: the number from Python floats; raises as `math` does outside the domain.
        on_arrays: the same for NumPy arrays, with IEEE results.
        partials: the derivative with respect to each input, as text in ``x``, ``y``, ``z`` (the
            inputs), ``out`` (the result) and the names of the table.
        latex: how it is written, with ``{x}``, ``{y}``, ``{z}`` for the inputs.
        binds: how tightly it is written: `SUM`, `PRODUCT`, `POWER`, or `CALL` for what needs no
            parentheses.
        domain: where it is defined, an interval for each input, several joined by ``|``.
        kink: text that is zero where the derivative jumps, such as ``x`` for relu.
        domain_note: what to say instead of the intervals when an argument is outside.
        quick: a shorter `on_arrays` that is as exact wherever nothing in it overflows, for compiled
            programs, which notice an overflow and go back to the careful one.
        selects: whether the first argument chooses which other one is the result. One that it does
            not choose may be without a derivative: see `autograd.sweeps`.
        also: NumPy's functions that are this row as well as `on_arrays`, such as `numpy.fabs` of abs.

    Calling a row applies it: numbers give a number, nodes a node, arrays an array.

    Raises:
        ValueError: when the parts do not fit each other, naming the row and what is wrong.
    """

    float_partials: tuple[Callable[..., Any], ...]
    node_partials: tuple[Callable[..., Any], ...]
    pull: Callable[..., Any]
    on_value: Callable[[Any], Any]

    def __init__(
        self,
        name: str,
        on_floats: Callable[..., float],
        on_arrays: Callable[..., Any],
        partials: Sequence[str],
        latex: str,
        binds: int,
        domain: Sequence[str],
        kink: str | None = None,
        domain_note: str | None = None,
        quick: Callable[..., Any] | None = None,
        selects: bool = False,
        also: Sequence[Any] = (),
    ) -> None:
        wrong = f"row {name!r}: "
        if not name.isidentifier() or keyword.iskeyword(name):
            raise ValueError(f"{wrong}the name is not an identifier")
        if isinstance(partials, str) or not 1 <= len(partials) <= len(INPUTS):
            raise ValueError(f"{wrong}give a tuple of 1 to 3 partials, one for each input")
        if isinstance(domain, str) or len(domain) != len(partials):
            raise ValueError(f"{wrong}{len(partials)} partials but {len(domain)} domains")
        if binds not in (SUM, PRODUCT, POWER, CALL):
            raise ValueError(f"{wrong}binds is SUM, PRODUCT, POWER or CALL (1 to 4), not {binds!r}")
        self.name = self.__name__ = name
        self.on_floats = on_floats
        self.on_arrays = on_arrays
        self.quick = quick or on_arrays
        self.selects = selects
        self.also = tuple(also)
        self.numpy_names = ufunc_names(on_arrays, *also)
        self.partials = tuple(partials)
        self.latex = latex
        self.binds = binds
        self.arity = self.required = len(partials)
        self.broadcasts = self.arity > 1
        self.public = not name.startswith("_")
        self.inputs = INPUTS[: self.arity]
        self.kink = kink
        try:
            self.domain = tuple(tuple(map(Interval.parse, d.split("|"))) for d in domain)
            self.codes = tuple(map(self._parse, self.partials))
            self.kink_code = None if kink is None else self._parse(kink)
            latex.format(**dict.fromkeys(self.inputs, ""))
        except (ValueError, SyntaxError) as error:
            raise ValueError(f"{wrong}{error}") from error
        except (KeyError, IndexError) as error:
            raise ValueError(f"{wrong}the LaTeX names an input that is not there: {error}") from None
        # The names its texts use, and for each input the text of g * partial; None where that is 0.
        self.names = set().union(*map(names_in, (*self.partials, kink or "0")))
        short = {"0": None, "1": "g", "-1": "-g"}
        self.gains = tuple(short.get(text, f"g * ({text})") for text in self.partials)
        # The places of the inputs whose change is none of the result's: a condition.
        self.inert = frozenset(i for i, gain in enumerate(self.gains) if gain is None)
        self.domain_text = domain_note or " and ".join(
            f"{i} in {d}" for i, d in zip(self.inputs, domain, strict=True)
        )
        self.__doc__ = self._document()

    def _parse(self, text: str) -> CodeType:
        tree = ast.parse(f"lambda {', '.join(self.inputs)}, out: {text}", f"<{self.name}>", "eval")
        return compile(tree, f"<partial of {self.name}: {text}>", "eval")

    @property
    def text(self) -> str:
        """Its value as Python writes it: with a symbol, or as a call."""
        return SYMBOLS.get(self.name, f"{self.name}({', '.join(self.inputs)})")

    def names_used(self) -> set[str]:
        """The table's names that the partials of this row use."""
        return self.names - {*self.inputs, "out"}

    def read(self, names: dict[str, Any]) -> tuple[Callable[..., Any], ...]:
        """The partials as functions ``(*inputs, out)``, their names looked up in `names`."""
        return tuple(eval(code, names) for code in self.codes)

    def read_pulls(self, names: dict[str, Any]) -> tuple[Pull | None, ...]:
        """For each input what gives ``g * partial``; None if it is 0."""
        return tuple(None if gain is None else self._read_pull(gain, names) for gain in self.gains)

    def _read_pull(self, gain: str, names: dict[str, Any]) -> Pull:
        source = f"""
def pull(g, inputs, out, params):
    {", ".join(self.inputs)}, = inputs
    return {gain}
"""
        pull: Pull = generate(source, "pull", names)
        return pull

    def distance_to_kink(self, *inputs: Any) -> float:
        """How far inputs are from where the derivative jumps; infinite if it does not.

        >>> lookup("relu").distance_to_kink(-0.25)
        0.25
        """
        if self.kink_code is None:
            return math.inf
        return float(np.min(np.abs(eval(self.kink_code, FLOATS)(*inputs, None))))

    def _document(self) -> str:
        return document(self)

    def __call__(self, *args: Any) -> Any:
        if len(args) == 1 == self.arity and isinstance(args[0], Node):
            return args[0]._apply(self, args)
        if len(args) != self.arity:
            raise TypeError(f"{self.name} takes {self.arity} argument(s), {len(args)} given")
        node = first_node(args)
        if Condition in map(type, args):
            args = tuple(a.beside(node) if isinstance(a, Condition) else a for a in args)
            node = first_node(args)
        if node is not None:
            return node._apply(self, args)
        if all(map(is_number, args)):
            x = tuple(map(float, args))
            try:
                return self.on_floats(*x)
            except ARITHMETIC as error:
                raise domain_error(self, args, error) from None
        for a in args:
            check_kind(a, self.name)
        arrays = [np.asarray(a) for a in args]
        # Of an array of no dimension it is the object in it.
        pairs = zip(args, arrays, strict=True)
        if any(a.dtype == object and (a.ndim or isinstance(x, np.ndarray)) for x, a in pairs):
            return elementwise(self, arrays)
        for a, array in zip(args, arrays, strict=True):
            if array.dtype.kind not in "fiub":
                raise TypeError(
                    f"{self.name} takes numbers, arrays of numbers, Values and Tensors, "
                    f"not {type(a).__name__} ({a!r})"
                )
        return self.on_arrays(*map(floats, args, arrays))


def _pull_by(transpose: Callable[..., Any]) -> Pull:
    return lambda g, inputs, out, params: transpose(g, *inputs, **params)


class _Joint:
    """The pulls of a row with any number of arguments: as many as are asked for."""

    def __init__(self, transpose: Callable[..., Callable[[int], Any]]) -> None:
        self.transpose = transpose

    def __getitem__(self, i: int) -> Pull:
        return lambda g, inputs, out, params: self.transpose(g, *inputs, **params)(i)

    def at(self, g: Any, inputs: Sequence[Any], params: dict[str, Any]) -> Pulls:
        """The pulls for one adjoint: where the parts lie in it is computed once, not for each argument."""
        return _Parts(self.transpose(g, *inputs, **params))


class _Parts:
    def __init__(self, part: Callable[[int], Any]) -> None:
        self.part = part

    def __getitem__(self, i: int) -> Pull:
        return lambda g, inputs, out, params: self.part(i)


class ArrayRow(Primitive):
    """A primitive of arrays only, linear in its arguments, such as a sum or a matrix product.

    Args:
        name: its name.
        on_arrays: the function on NumPy arrays, ``(*arrays, **params)``.
        transposes: for each argument the transpose of that linear map, ``(g, *args, **params)``,
            written in functions that take arrays and Tensors alike, so that one text serves
            every order. It gives the reverse mode; the forward mode is the map itself.
        joint: linear in all arguments together, like concatenate, not in each while the others
            stay, like matmul. Then there is one transpose, ``(g, *args, **params)``, which gives
            a function from the number of an argument to its part.
        tangent: for a map that is linear only locally, like max, or in some arguments only, like
            affine: the map of the tangents, ``(moved, *args, **params)``.
        latex: how it is written.
    """

    def __init__(
        self,
        name: str,
        on_arrays: Callable[..., Any],
        *transposes: Callable[..., Any],
        joint: bool = False,
        tangent: Callable[..., Any] | None = None,
        latex: str | None = None,
    ) -> None:
        if not transposes or (joint and len(transposes) > 1):
            raise ValueError(f"row {name!r}: give one transpose for each argument, or a single joint one")
        self.name = self.__name__ = name
        self.on_arrays = on_arrays
        self.joint = joint
        self.broadcasts = False  # a transpose gives the shape of its argument
        pulls = _Joint(transposes[0]) if joint else tuple(map(_pull_by, transposes))
        self.array_pulls = self.node_pulls = pulls
        self.local_tangent = tangent
        self.latex = latex or rf"\operatorname{{{{{name}}}}}\left({{x}}\right)"

    def __call__(self, *args: Any, **params: Any) -> Any:
        for a in args:
            if isinstance(a, Node):
                return a._apply(self, args, params)
            if isinstance(a, (list, tuple)) and (node := first_node(a)) is not None:
                return node._apply(self, args, params)
        return self.on_arrays(*args, **params)

    def tangent(self, moved: Sequence[Any], args: Sequence[Any], params: dict[str, Any]) -> Any:
        """The tangent of the result; `moved` holds each argument's tangent, or None."""
        if self.local_tangent is not None:
            return self.local_tangent(moved, *args, **params)
        if self.joint:
            full = [np.zeros_like(plain(a)) if t is None else t for t, a in zip(moved, args, strict=True)]
            return self(*full, **params)
        terms = (self(*args[:i], t, *args[i + 1 :], **params) for i, t in enumerate(moved) if t is not None)
        return functools.reduce(operator.add, terms)


def generate(source: str, function: str, names: dict[str, Any] = FLOATS) -> Any:
    """The function of that name in a generated source; its globals are those of a reading."""
    written: dict[str, Any] = {}
    exec(compile(source, f"<generated {function}>", "exec"), names, written)
    return written[function]


def names_in(text: str) -> set[str]:
    """The names an expression uses.

    >>> sorted(names_in("2 * x * cos(y)"))
    ['cos', 'x', 'y']
    """
    return {n.id for n in ast.walk(ast.parse(text, mode="eval")) if isinstance(n, ast.Name)}


def is_number(x: Any) -> bool:
    """Whether x is one real number: int, float, bool, a fraction or a NumPy scalar of those kinds."""
    return isinstance(x, (float, int, np.bool_)) or (
        isinstance(x, numbers.Real) and isinstance(x, (np.generic, numbers.Rational))
    )


def elementwise(row: Row, args: Sequence[Any]) -> Any:
    """Apply a row to object arrays, one element at a time."""
    return np.frompyfunc(row, row.arity, 1)(*args)


def squaring(power: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """A node's ``**`` that records x**2 as the square it is: its derivative reads 2x, and is cheap."""

    @functools.wraps(power)
    def __pow__(self: Any, other: Any) -> Any:
        two = (is_number(other) or (type(other) is np.ndarray and not other.ndim)) and other == 2
        return self.square() if two else power(self, other)

    return __pow__


def domain_error(row: Row, args: Sequence[Any], cause: Exception) -> DomainError:
    """The error for `row` at `args`, said from what Python's own arithmetic raised."""
    call = f"{row.name}({', '.join(map(name, args))})"
    if isinstance(cause, OverflowError):
        return DomainError(f"{call} overflows: the result is beyond the largest float")
    return DomainError(f"{call} is undefined: {row.name} takes {row.domain_text}")


_readers: list[Callable[[Row], None]] = []


def on_define(reader: Callable[[Row], None]) -> None:
    """Call `reader` with every row there is and every row to come: how a node type gets its methods."""
    _readers.append(reader)
    for row in rows():
        reader(row)


def rows() -> Iterator[Row]:
    """The rows of the table, in order."""
    return (p for p in list(PRIMITIVES.values()) if isinstance(p, Row))


def define_arrays(*new: ArrayRow) -> None:
    """Add array-only rows to the table.

    Raises:
        ValueError: for a name that is taken.
    """
    for row in new:
        if row.name in PRIMITIVES:
            raise ValueError(f"row {row.name!r}: the name is taken")
        PRIMITIVES[row.name] = row
        NUMPY[row.on_arrays] = row


def define(*new: Row) -> None:
    """Add rows to the table. They may use each other's names and those already there.

    Raises:
        ValueError: for a name that is taken, or a partial that uses a name the table lacks.
    """
    known = {*NODES, *(row.name for row in new)}
    for row in new:
        if row.name in PRIMITIVES or row.name in FLOATS:  # FLOATS also holds what generated code uses
            raise ValueError(f"row {row.name!r}: the name is taken")
        if missing := row.names_used() - known:
            raise ValueError(f"row {row.name!r}: its partials use {sorted(missing)}, not in the table")
    for row in new:
        PRIMITIVES[row.name] = row
        FLOATS[row.name] = row.on_floats
        ARRAYS[row.name] = row.on_arrays
        NODES[row.name] = row
        NUMPY.update(dict.fromkeys((row.on_arrays, *row.also), row))
    for row in new:
        row.float_partials = row.read(FLOATS)
        row.node_partials = row.read(NODES)
        row.array_pulls = row.read_pulls(ARRAYS)
        row.node_pulls = row.read_pulls(NODES)
        for reader in _readers:
            reader(row)


def _slope(x: Any, y: Any) -> Any:
    """∂(x**y)/∂x in nodes: for a number y as a lecturer writes it, for one that varies as a row."""
    if isinstance(y, Node) or np.ndim(y):
        return NODES["_dpow"](x, y)
    if y >= 0.5:
        return y * x ** (y - 1)
    # Not x**(y - 1): the rounding of y - 1 is multiplied by ln x, up to 745.
    return y * x**y / x if y else 0.0


# What partials may use besides the table.
FLOATS.update(pi=math.pi, _slope=numerics.dpow)
ARRAYS.update(pi=math.pi, _slope=numerics.dpow_array)
NODES.update(pi=math.pi, _slope=_slope)
