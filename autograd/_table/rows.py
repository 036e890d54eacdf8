"""A row of the table: a primitive on numbers, with its derivatives as text."""

from __future__ import annotations

import ast
import itertools
import keyword
import math
import re
from collections.abc import Callable, Sequence
from string import Formatter
from types import CodeType
from typing import Any, ClassVar
from unicodedata import normalize

import numpy as np

from autograd._graph.concretization import note_error
from autograd._graph.conditions import ArrayCondition, Condition
from autograd._graph.node import DomainError, Node, first_node, name
from autograd._graph.primitive import Primitive, Pull
from autograd._support.checks import holds_reals
from autograd._support.entering import check_kind, floats, is_number
from autograd._support.numpy_functions import ufunc_names
from autograd._table.intervals import Interval
from autograd._table.readings import compile_source, generate, load, names_in
from autograd._table.row_documents import document

__all__ = ["CALL", "POWER", "PRODUCT", "SUM", "Row", "domain_error", "elementwise"]

CONDITIONS = frozenset((Condition, ArrayCondition))
ARITHMETIC = (ValueError, ZeroDivisionError, OverflowError)
INPUTS = ("x", "y", "z")

# How tightly a formula binds: which parentheses it needs in a product, in a power.
SUM, PRODUCT, POWER, CALL = 1, 2, 3, 4

# Rows of these names are Python's operators on nodes.
OPERATORS = {"add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "neg", "abs", "floor", "ceil", "trunc"}


# Arithmetic with a symbol, which is faster than a call.
SYMBOLS = {
    "add": "x + y", "sub": "x - y", "mul": "x * y", "truediv": "x / y", "floordiv": "x // y", "mod": "x % y",
    "neg": "-x", "square": "x * x",
}  # fmt: skip


def row_name(name: str) -> str:
    """The name of a row itself in generated code, where its own is the function on floats."""
    return f"_{name}_row"


class Row(Primitive):
    """One row of the table: a primitive on numbers, applied to arrays element by element.

    Args:
        name: its public name; one of `OPERATORS` is that operator too. With a leading underscore it
            is private.
        on_floats: the function on Python floats; raises as `math` does outside the domain.
        on_arrays: the function on NumPy arrays, with IEEE results.
        partials: the derivative with respect to each input, as text in ``x``, ``y``, ``z`` (the
            inputs), ``out`` (the result) and the names of the table.
        latex: its notation, with ``{x}``, ``{y}``, ``{z}`` for the inputs.
        binds: how tightly the notation binds: `SUM`, `PRODUCT`, `POWER`, or `CALL`, which needs no
            parentheses.
        domain: an interval for each input, several joined by ``|``.
        kink: text that is zero where the derivative jumps, such as ``x`` for relu.
        domain_note: the domain in words, for errors, in place of the intervals.
        quick: a shorter `on_arrays` that is as exact wherever nothing in it overflows, for compiled
            programs, which notice an overflow and go back to the careful one.
        selects: whether the first argument chooses which other one is the result. The derivative of
            a branch not taken may be undefined: see `_derivatives.sweeps`.
        also: NumPy's functions that are this row as well as `on_arrays`, such as `numpy.fabs` of abs.

    Calling a row applies it: numbers give a number, nodes a node, arrays an array.

    Raises:
        ValueError: when the parts do not fit each other, naming the row and what is wrong.
    """

    _interface: ClassVar[tuple[str, ...]] = (
        "name", "inputs", "arity", "on_floats", "on_arrays", "partials", "latex", "domain", "kink",
        "distance_to_kink",
    )  # fmt: skip

    source: Callable[
        ..., Any
    ]  # the code of `on_floats`: the same, or the function whose result it makes a float
    reverse_only = False  # whether it has contributions and no partials: see `autograd.extend.function`
    float_partials: tuple[Callable[..., Any], ...]
    float_pulls: tuple[Pull | None, ...]  # of a row that is reverse_only
    node_partials: tuple[Callable[..., Any], ...]
    pull: Callable[..., Any]
    write_pull: ClassVar[Callable[[Row], Callable[..., Any]]]  # handed down by `_derivatives.value_sweep`
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
        if not name.isidentifier() or keyword.iskeyword(name) or normalize("NFKC", name) != name:
            raise ValueError(f"{wrong}the name is not an identifier as Python reads it")
        if isinstance(partials, str) or not 1 <= len(partials) <= len(INPUTS):
            raise ValueError(f"{wrong}give a tuple of 1 to 3 partials, one for each input")
        if isinstance(domain, str) or len(domain) != len(partials):
            raise ValueError(f"{wrong}{len(partials)} partials but {len(domain)} domains")
        if binds not in (SUM, PRODUCT, POWER, CALL):
            raise ValueError(f"{wrong}binds is SUM, PRODUCT, POWER or CALL (1 to 4), not {binds!r}")
        self.name = self.__name__ = self.key = name
        self.on_floats = self.source = on_floats
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
            contributions = tuple(map(_contribution, self.partials))
            self._partial_codes = tuple(map(self._compile_partial, self.inputs, self.partials))
            self.contribute(contributions)
            self._kink = None if kink is None else generate(self._kink_source(kink), "kink")
            check_latex(latex, self.inputs)
        except (ValueError, SyntaxError) as error:
            raise ValueError(f"{wrong}{error}") from error
        self.names = set().union(*map(names_in, (*self.partials, kink or "0")))
        self.has_note = domain_note is not None
        self.domain_text = domain_note or " and ".join(
            f"{i} in {d}" for i, d in zip(self.inputs, domain, strict=True)
        )
        self.__doc__ = self._document()

    def __getattr__(self, name: str) -> Any:
        """The step of the walk over Values, written when it is first asked for: most rows are never swept."""
        if name != "pull":
            raise AttributeError(
                f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self
            )
        pull = vars(self)["pull"] = Row.write_pull(self)
        return pull

    def contribute(self, contributions: tuple[str | None, ...]) -> None:
        """Take texts in g, the inputs and out for the contributions to the inputs' adjoints; None for 0."""
        self.contributions = contributions
        self._pull_codes = tuple(map(self._compile_pull, self.inputs, contributions))
        # The inputs with the derivative 0, such as a condition.
        self.inert = frozenset(i for i, text in enumerate(contributions) if text is None)

    def _compile_partial(self, x: str, text: str) -> CodeType:
        function = f"d{self.name}_d{x}"
        source = f"def {function}({', '.join(self.inputs)}, out):\n    return {text}\n"
        return compile_source(source, function)

    def _compile_pull(self, x: str, contribution: str | None) -> CodeType | None:
        if contribution is None:
            return None
        function = f"pull_{self.name}_{x}"
        unpacked = ", ".join(self.inputs) if self.arity > 1 else f"({x},)"
        return compile_source(
            f"def {function}(g, inputs, out, params):\n    {unpacked} = inputs\n    return {contribution}\n",
            function,
        )

    def _kink_source(self, text: str) -> str:
        return f"def kink({', '.join(self.inputs)}):\n    return {text}\n"

    @property
    def text(self) -> str:
        """The operation as Python code: with a symbol, or as a call."""
        return SYMBOLS.get(self.key, f"{self.key}({', '.join(self.inputs)})")

    def names_used(self) -> set[str]:
        """The table's names that the partials of this row use."""
        return self.names - {*self.inputs, "out"}

    def read(self, names: dict[str, Any]) -> tuple[Callable[..., Any], ...]:
        """The partials as functions ``(*inputs, out)``, their names looked up in `names`."""
        return tuple(load(code, names) for code in self._partial_codes)

    def read_pulls(self, names: dict[str, Any]) -> tuple[Pull | None, ...]:
        """For each input the function for ``g * partial``; None if the partial is 0."""
        return tuple(None if code is None else load(code, names) for code in self._pull_codes)

    def distance_to_kink(self, *inputs: Any) -> float:
        """How far inputs are from where the derivative jumps; infinite if it does not.

        >>> from autograd import relu
        >>> relu.distance_to_kink(-0.25)
        0.25
        """
        return math.inf if self._kink is None else float(np.min(np.abs(self._kink(*inputs))))

    def _document(self) -> str:
        return document(self)

    def __call__(self, *args: Any) -> Any:
        if len(args) == 1 == self.arity and isinstance(args[0], Node):
            return args[0]._apply(self, args)
        if len(args) != self.arity:
            raise TypeError(f"{self.name} takes {self.arity} argument(s), {len(args)} given")
        node = first_node(args)
        if not CONDITIONS.isdisjoint(map(type, args)):
            args = tuple(a.as_operand(node) if isinstance(a, Condition) else a for a in args)
            node = first_node(args)
        if node is not None:
            return node._apply(self, args)
        if all(map(_holds_objects, args)):
            return elementwise(self, args)
        if all(map(is_number, args)):
            x = tuple(map(float, args))
            try:
                return self.on_floats(*x)
            except ARITHMETIC as error:
                raise domain_error(self, args, error) from None
        for a in args:
            check_kind(a, self.name)
        arrays = [np.asarray(a) for a in args]
        # A Value makes an array of no dimension, which stands for the Value.
        pairs = list(zip(args, arrays, strict=True))
        if any(a.dtype == object and (a.ndim or isinstance(x, np.ndarray)) for x, a in pairs):
            # An array of Values stays of its class, in which comparisons are recorded.
            return elementwise(self, [x if isinstance(x, np.ndarray) else a for x, a in pairs])
        for a, array in pairs:
            if not holds_reals(array):
                raise TypeError(
                    f"{self.name} takes numbers, arrays of numbers, Values and Tensors, "
                    f"not {type(a).__name__} ({a!r})"
                )
        return self.on_arrays(*map(floats, args, arrays))


def check_latex(latex: str, inputs: Sequence[str]) -> None:
    r"""Refuse LaTeX that cannot be filled in, or that no typesetter reads.

    Raises:
        ValueError: says what is wrong.

    >>> check_latex(r"\sqrt{{{x}}}", ("x",))
    >>> check_latex(r"\sqrt{x}}", ("x",))
    Traceback (most recent call last):
        ...
    ValueError: the LaTeX '\\sqrt{x}}' cannot be filled in: LaTeX's own braces are written twice, as in \sqrt{{{x}}}
    """
    twice = r"LaTeX's own braces are written twice, as in \sqrt{{{x}}}"
    try:
        fields = list(Formatter().parse(latex))
    except ValueError:
        raise ValueError(f"the LaTeX {latex!r} cannot be filled in: {twice}") from None
    for _, field, form, conversion in fields:
        if field is not None and (field not in inputs or form or conversion):
            name = f"{{{field}{form and ':' + form}}}"
            raise ValueError(f"the LaTeX {latex!r} has {name}, which is no input: {twice}")
    if re.search(r"\\(sqrt|frac)\s*{(?!{)", latex):
        raise ValueError(f"the LaTeX {latex!r} has an argument without braces of its own: {twice}")
    signs = re.findall(r"\\[a-zA-Z]+|\\.|[{}]|\\$", "".join(text for text, *_ in fields), re.DOTALL)
    for opening, closing in (("{", "}"), (r"\left", r"\right")):
        depths = list(itertools.accumulate((s == opening) - (s == closing) for s in signs))
        if depths and (depths[-1] or min(depths) < 0):
            raise ValueError(f"the LaTeX {latex!r}: {opening} and {closing} do not balance")
    if signs and signs[-1] == "\\":
        raise ValueError(f"the LaTeX {latex!r} ends with a backslash")


def _contribution(partial: str) -> str | None:
    """The text of ``g * partial``, the contribution to an input's adjoint; None where it is 0.

    >>> _contribution("cos(x)"), _contribution("-1"), _contribution("2 * x"), _contribution("0")
    ('g * cos(x)', '-g', 'g * (2 * x)', None)
    """
    if partial in ("0", "1", "-1"):
        return {"0": None, "1": "g", "-1": "-g"}[partial]
    expression = ast.parse(f"({partial})", mode="eval").body  # as it stands in generated code
    if isinstance(expression, ast.Tuple):
        raise ValueError(f"the partial {partial!r} is one expression for each input")
    is_one_term = isinstance(expression, (ast.Name, ast.Call, ast.Constant))
    return f"g * {partial}" if is_one_term else f"g * ({partial})"


def _holds_objects(a: Any) -> bool:
    return type(a) is np.ndarray and a.dtype == object and a.ndim > 0


def elementwise(row: Row, args: Sequence[Any]) -> Any:
    """Apply a row to object arrays, one element at a time."""
    return np.frompyfunc(row, row.arity, 1)(*args)


def domain_error(row: Row, args: Sequence[Any], cause: Exception) -> DomainError:
    """The error for a row outside of its domain, from the error of Python's arithmetic."""
    call = f"{row.name}({', '.join(map(name, args))})"
    if isinstance(cause, OverflowError):
        return note_error(DomainError(f"{call} overflows: the result is beyond the largest float"))
    why = f"{row.name} takes {row.domain_text}" if row.domain_text else str(cause)
    return note_error(DomainError(f"{call} is undefined: {why}"))
