"""What a row of the table is: a primitive on numbers, with its derivatives as text."""

from __future__ import annotations

import ast
import keyword
import math
from collections.abc import Callable, Sequence
from types import CodeType
from typing import Any

import numpy as np

from autograd._graph.conditions import Condition
from autograd._graph.node import DomainError, Node, first_node, name
from autograd._graph.primitive import Primitive, Pull
from autograd._support.checks import holds_reals
from autograd._support.entering import check_kind, floats, is_number
from autograd._support.numpy_functions import ufunc_names
from autograd._table.intervals import Interval
from autograd._table.readings import FLOATS, generate, names_in
from autograd._table.row_documents import document

__all__ = ["CALL", "POWER", "PRODUCT", "SUM", "Row", "domain_error", "elementwise"]

ARITHMETIC = (ValueError, ZeroDivisionError, OverflowError)
INPUTS = ("x", "y", "z")

# How tightly a formula is written: what has to go in parentheses beside a product, a power.
SUM, PRODUCT, POWER, CALL = 1, 2, 3, 4

# Rows of these names are Python's operators on nodes.
OPERATORS = {"add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "neg", "abs", "floor", "ceil", "trunc"}


# Arithmetic that Python writes with a symbol, which is faster than a call.
SYMBOLS = {
    "add": "x + y", "sub": "x - y", "mul": "x * y", "truediv": "x / y", "floordiv": "x // y", "mod": "x % y",
    "neg": "-x", "square": "x * x",
}  # fmt: skip


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
            not choose may be without a derivative: see `_derivatives.sweeps`.
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

        >>> from autograd import relu
        >>> relu.distance_to_kink(-0.25)
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
            if not holds_reals(array):
                raise TypeError(
                    f"{self.name} takes numbers, arrays of numbers, Values and Tensors, "
                    f"not {type(a).__name__} ({a!r})"
                )
        return self.on_arrays(*map(floats, args, arrays))


def elementwise(row: Row, args: Sequence[Any]) -> Any:
    """Apply a row to object arrays, one element at a time."""
    return np.frompyfunc(row, row.arity, 1)(*args)


def domain_error(row: Row, args: Sequence[Any], cause: Exception) -> DomainError:
    """The error for `row` at `args`, said from what Python's own arithmetic raised."""
    call = f"{row.name}({', '.join(map(name, args))})"
    if isinstance(cause, OverflowError):
        return DomainError(f"{call} overflows: the result is beyond the largest float")
    return DomainError(f"{call} is undefined: {row.name} takes {row.domain_text}")
