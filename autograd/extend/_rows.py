"""A row as a user writes it, and its primitive in the table."""

from __future__ import annotations

import inspect
import keyword
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Concatenate

from autograd._support.entering import is_number
from autograd._support.numpy_functions import public_name
from autograd._table import rows as table
from autograd._table.parametric import ParametricRow
from autograd._table.readings import NUMPY
from autograd._table.row_documents import document
from autograd.extend._points import fingerprint
from autograd.extend._registry import FromOutside
from autograd.extend._texts import RESERVED, check_text, translate
from autograd.extend._vectorize import to_float, vectorize

__all__ = ["Function", "OwnRow", "Row", "check_inputs"]

REALS = "(-inf, inf)"
# Any function of numbers or arrays. The inputs are counted so that pyright takes those of a lambda for Any.
Function = (
    Callable[[Any], Any]
    | Callable[[Any, Any], Any]
    | Callable[[Any, Any, Any], Any]
    | Callable[Concatenate[Any, Any, Any, Any, ...], Any]
)


@dataclass(frozen=True, eq=False)
class Row:
    r"""A primitive on numbers, for `define`: its value, its derivatives, and how it is written.

    Args:
        name: of the function, as in Python. A leading underscore marks a helper of other rows, which gets no
            public name.
        on_floats: the number from Python floats; it raises ValueError, as `math` does, outside the domain.
        on_arrays: the same for NumPy's arrays. By default `on_floats` itself, called with the arrays if it is
            made of arithmetic and NumPy's functions, else once for each element.
        partials: the derivative by each input, one text or a tuple: in the inputs ``x``, ``y``, ``z``, the
            result ``out`` and autograd's functions, as ``"2 * x * cos(y)"``. A comparison counts as 1 or 0.
        latex: its notation, with ``{x}``, ``{y}``, ``{z}`` for the inputs, LaTeX's own braces doubled:
            ``r"\sqrt{{1 - {x}^2}}"``. By default ``\operatorname{name}(x, y)``.
        binds: how tightly it binds, `SUM`, `PRODUCT`, `POWER` or `CALL`; by default read from `latex`.
        domain: where it is defined, an interval for each input, as ``"(0, inf)"`` or ``"[-1, 0) | (0, 1]"``;
            by default all real numbers.
        kink: text that is zero where the derivative jumps, as ``x`` for relu.
        domain_note: the words of an error outside of a domain that is no product of intervals: ``"x > y"``.
        quick: a shorter `on_arrays` for compiled programs, right wherever nothing in it overflows.
        also: ufuncs that are this row when they are called with a node, as `on_arrays` is when it is one.
        defaults: the names and numbers of the last inputs that may be left out, as ``{"slope": 0.01}``; by
            default the defaults in the signature of `on_floats`.

    Raises:
        ValueError: when the parts do not fit each other; names the part, and the form that it has.
        TypeError: when `on_floats`, `on_arrays` or `quick` is no function.

    >>> Row("softsign", lambda x: x / (1 + abs(x)), partials="1 / square(1 + abs(x))", kink="x").domain
    ('(-inf, inf)',)
    """

    name: str
    on_floats: Function
    on_arrays: Function | None = None
    partials: Any = ()
    latex: str | None = None
    binds: int | None = None
    domain: Any = None
    kink: str | None = None
    domain_note: str | None = field(default=None, kw_only=True)
    quick: Function | None = field(default=None, kw_only=True)
    also: Sequence[Any] = field(default=(), kw_only=True)
    defaults: Mapping[str, float] | None = field(default=None, kw_only=True)
    names: set[str] = field(init=False, repr=False)  # of the rows that its texts use

    def __post_init__(self) -> None:
        check_name(self.name)
        wrong = f"row {self.name!r}: "
        for part in ("on_floats", "on_arrays", "quick"):
            function = getattr(self, part)
            if not callable(function) and not (function is None and part != "on_floats"):
                raise TypeError(f"{wrong}{part} is a function, not {function!r:.80}")
        is_listed = isinstance(self.partials, (list, tuple))
        texts = tuple(self.partials) if is_listed else (self.partials,)
        if not 1 <= len(texts) <= len(table.INPUTS) or not all(isinstance(text, str) for text in texts):
            raise ValueError(
                f"{wrong}partials is one text for each of 1 to 3 inputs, as ('y', 'x') for x * y, not "
                f"{self.partials!r:.80}; a derivative that is code belongs to autograd.extend.function"
            )
        for text in (*texts, *([] if self.kink is None else [self.kink])):
            try:
                check_text(text)
            except ValueError as error:
                raise ValueError(f"{wrong}{error}") from None
        inputs = table.INPUTS[: len(texts)]
        domain = self.domain or (REALS,) * len(texts)
        domain = tuple(domain) if isinstance(domain, (list, tuple)) else (domain,)
        if not all(isinstance(text, str) for text in domain):
            raise TypeError(
                f"{wrong}domain is one text for each input, as '(0, inf)', not {self.domain!r:.80}"
            )
        latex = self.latex or as_call(self.name, inputs)
        if not isinstance(latex, str):
            raise TypeError(f"{wrong}latex is a text, not {latex!r:.80}")
        binds = table.CALL if self.latex is None and self.binds is None else self.binds
        # The checks of every row of the table.
        row = table.Row(self.name, _nothing, _nothing, texts, latex, binds or table.CALL, domain, self.kink)
        if unknown := row.names_used() & {*table.INPUTS}:
            raise ValueError(
                f"{wrong}its partials use {sorted(unknown)}, and {len(texts)} partial(s) are for the inputs "
                f"{[*inputs]}"
            )
        if missing := [i for i in inputs if f"{{{i}}}" not in latex]:
            raise ValueError(f"{wrong}its LaTeX {latex!r} leaves out the input {{{missing[0]}}}")
        defaults = defaults_of(self.on_floats, len(texts)) if self.defaults is None else dict(self.defaults)
        if len(defaults) >= len(texts):
            raise ValueError(f"{wrong}the first input has no default; given {defaults}")
        names = row.names_used()
        vars(self).update(  # it is frozen for users
            partials=texts, domain=domain, defaults=defaults, latex=latex, binds=binds, names=names
        )


def _nothing(*inputs: float) -> float:
    return 0.0


def check_name(name: Any) -> None:
    """Refuse a name that generated code cannot call, or that means something else in a partial.

    >>> check_name("lambda")
    Traceback (most recent call last):
        ...
    ValueError: row 'lambda': the name is a word of Python; one such as 'lambda_' is free
    """
    if not isinstance(name, str) or not (name.isidentifier() and name.isascii()):
        raise ValueError(
            f"row {name!r}: the name is one that a function can have, of ASCII letters and digits"
        )
    if keyword.iskeyword(name):
        raise ValueError(f"row {name!r}: the name is a word of Python; one such as '{name}_' is free")
    if name in RESERVED or name.startswith("__"):
        raise ValueError(
            f"row {name!r}: the name means something else where partials are read; one such as "
            f"'my_{name.strip('_')}' is free"
        )


def check_inputs(what: str, code: Function, inputs: Sequence[str]) -> None:
    """Refuse code that cannot be called with these inputs.

    >>> check_inputs("clipped: backward", lambda g: g, ("g", "x"))
    Traceback (most recent call last):
        ...
    TypeError: clipped: backward is called with (g, x), which it does not take: too many positional arguments
    """
    try:
        signature = inspect.signature(code)
    except (TypeError, ValueError):  # a function written in C may not say
        return
    try:
        signature.bind(*inputs)
    except TypeError as error:
        raise TypeError(
            f"{what} is called with ({', '.join(inputs)}), which it does not take: {error}"
        ) from None


def as_call(name: str, inputs: Sequence[str]) -> str:
    r"""LaTeX of a call: ``\operatorname{name}(x, y)`` as a row's template.

    >>> as_call("soft_sign", ("x",))
    '\\operatorname{{softsign}}({x})'
    """
    arguments = ", ".join(f"{{{i}}}" for i in inputs)
    return rf"\operatorname{{{{{name.replace('_', '')}}}}}({arguments})"


def defaults_of(function: Function, arity: int) -> dict[str, float]:
    """The last inputs of a function that its signature has a number for.

    >>> defaults_of(lambda x, slope=0.1: x * slope, 2)
    {'slope': 0.1}
    """
    try:
        parameters = list(inspect.signature(function).parameters.values())[1:arity]
    except (TypeError, ValueError):  # a function written in C may not say
        return {}
    return {
        p.name: float(p.default)
        for p in parameters
        if is_number(p.default) and p.kind is p.POSITIONAL_OR_KEYWORD
    }


class OwnRow(FromOutside, ParametricRow):
    """A row of the table that comes from outside.

    Args:
        row: as the user writes it.
        module: that defines it.
        key: its name in generated code.
        keys: for other rows from outside, by their names, the keys that its texts mean.
        partials: its texts, where they are not the user's.
    """

    def __init__(
        self, row: Row, module: str, key: str, keys: Mapping[str, str], partials: Sequence[str] | None = None
    ) -> None:
        self.module, self.entry = module, row.name
        on_arrays = row.on_arrays or vectorize(row.on_floats, row.name, len(row.partials))
        if on_arrays in NUMPY and not isinstance(NUMPY[on_arrays], FromOutside):
            on_arrays = _renamed(on_arrays)  # np.exp of a node stays the table's exp
        super().__init__(
            row.name,
            to_float(row.on_floats, len(row.partials)),
            on_arrays,
            partials or tuple(translate(text, keys) for text in row.partials),
            row.latex,
            row.binds or table.CALL,
            row.domain,
            None if row.kink is None else translate(row.kink, keys),
            row.domain_note,
            row.quick,
            also=row.also,
            defaults=row.defaults or {},
        )
        self.key = key
        self.binds = row.binds  # type: ignore[assignment]  # None: drawings read it from the LaTeX
        self.source = row.on_floats  # without the conversion to a float, for translations
        self.partials = row.partials

    def _document(self) -> str:
        return ""  # written after the checks, since its example runs the user's code

    def fingerprint(self) -> tuple[float | None, ...]:
        return fingerprint(self)

    def describe(self) -> None:
        """Write the docstring."""
        self.__doc__ = super()._document() if self.defaults else document(self)

    def __call__(self, *args: Any, **named: Any) -> Any:
        if len(args) == self.arity and not named:
            return table.Row.__call__(self, *args)
        return super().__call__(*args, **named)


def _renamed(function: Function) -> Function:
    """The same function, as an object of its own."""

    def on_arrays(*arrays: Any) -> Any:
        return function(*arrays)

    on_arrays.__name__ = public_name(function).rpartition(".")[2]
    return on_arrays
