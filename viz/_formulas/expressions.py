"""A formula as a small tree: built from a recorded graph, and simplified as a lecturer would.

Every function here is pure. Sums and products are kept in a form in which 1·x, x + 0, x - (-y)
or x/x cannot be written down. `_formulas.setting` sets the tree as mathematics.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd._graph.node import Node, name
from autograd._graph.primitive import Primitive, lookup
from viz._formulas.names import below
from viz._mathematics.latex import literal
from viz._mathematics.numerals import as_fraction
from viz._mathematics.typeset import Symbol

__all__ = [
    "CONSTANT", "Call", "Expr", "FormulaTooBig", "Name", "Numeral", "OutOfRange", "Product", "Sum",
    "build", "combined", "is_beneath", "plus", "power", "product", "split", "terms_of", "times",
    "transformed",
]  # fmt: skip

LIMIT = 2000
DEPTH = 60


class FormulaTooBig(ValueError):
    """A formula of more symbols or levels than anybody reads; label intermediate results to divide it.

    >>> import viz
    >>> from autograd import Value
    >>> x = Value(1.0, label="x")
    >>> def deep(n, label=None):
    ...     y = x
    ...     for i in range(n):
    ...         y = (y + 1) * y
    ...         if i % 3 == 2 and label:
    ...             y = y.with_label(f"{label}_{i}")
    ...     return y
    >>> viz.formula(deep(70))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    viz.FormulaTooBig: ...
    >>> len(viz.formula(deep(70, "y"))) < 100
    True
    """

    __module__ = "viz"  # where users find it


@dataclass(frozen=True)
class Numeral:
    """A constant."""

    value: float


@dataclass(frozen=True)
class Name:
    """A quantity called by its name. Two nodes of one label are two quantities: `key` tells them apart."""

    key: object
    symbol: Symbol = field(compare=False)


@dataclass(frozen=True)
class Call:
    """A primitive and its arguments."""

    op: Primitive
    args: tuple[Expr, ...]


@dataclass(frozen=True)
class Product:
    """over/under · base₁^power₁ · base₂^power₂ · …, the bases different from each other."""

    over: float
    under: float
    factors: tuple[tuple[Expr, float], ...]


@dataclass(frozen=True)
class Sum:
    """term₁ + term₂ + …, at least two, no two of them multiples of the same thing."""

    terms: tuple[Expr, ...]


Expr = Numeral | Name | Call | Product | Sum
ZERO = Numeral(0.0)
# The names of an array among constants, and of an array that is a leaf without a label.
CONSTANT, ARRAY = literal("const"), literal("array")


def _inner(e: Expr) -> tuple[Expr, ...]:
    match e:
        case Call(_, args):
            return args
        case Product(_, _, factors):
            return tuple(base for base, _ in factors)
        case Sum(terms):
            return terms
    return ()


# -- from the graph ---------------------------------------------------------------------------


def build(
    root: Node,
    names: Callable[[Node], Symbol | None],
    keys: Mapping[Node, Any] | None = None,
    rule: Callable[[Expr], Expr] = lambda e: e,
    known: dict[Node, Expr] | None = None,
) -> Expr:
    """The simplified formula of a node in the named quantities below it; the root itself is expanded.

    Args:
        root: the node.
        names: the name of a node; a node without a name is written out, a leaf as its number.
        keys: equal for named nodes of one quantity.
        rule: a further simplification, of formulas whose parts it has simplified already.
        known: formulas of nodes, for graphs that share some; it is added to.

    Raises:
        FormulaTooBig: beyond 2000 symbols, or 60 levels of nesting.
    """
    formulas: dict[Node, Expr] = {} if known is None else known
    order, symbols = below(root, names)
    for node in order:
        is_expanded = node is root and not node.is_leaf
        if node in formulas and not (is_expanded and node in symbols):
            continue
        named = None if is_expanded else symbols.get(node)
        if named is not None:
            formulas[node] = Name(id(node) if keys is None else keys[node], named)
        elif node.is_leaf:
            formulas[node] = _constant(node, id(node))
        else:
            args = tuple(
                formulas[a] if isinstance(a, Node) else _constant(a, (id(node), i))
                for i, a in enumerate(node.args)
            )
            formulas[node] = rule(simplify(Call(node.op, args)))  # type: ignore[arg-type]
        size, depth = _measure(formulas[node])
        if size > LIMIT or depth > DEPTH:
            raise FormulaTooBig(
                f"the formula of {name(root)} has over {LIMIT} symbols or {DEPTH} levels of nesting. "
                "Give intermediate results a name, .with_label('z'), and it is written in those"
            )
    return formulas.pop(root) if root in symbols and not root.is_leaf else formulas[root]


def _constant(x: Any, key: object) -> Expr:
    """A number, or the name of an array; each use of an array is a quantity of its own."""
    data = x.data if isinstance(x, Node) else x
    if np.ndim(data) == 0:
        return Numeral(float(data))
    return Name(key, ARRAY if isinstance(x, Node) else CONSTANT)


def _measure(e: Expr) -> tuple[int, int]:
    """The number of symbols of a formula and its depth, counted up to the limits."""
    size, depth, todo = 0, 0, [(e, 1)]
    while todo and size <= LIMIT and depth <= DEPTH:
        part, level = todo.pop()
        size, depth = size + 1, max(depth, level)
        todo.extend((inner, level + 1) for inner in _inner(part))
    return size, depth


# -- simplifying ------------------------------------------------------------------------------


class OutOfRange(ArithmeticError):
    """Two constants whose sum or product is no float: x · 1e200 · 1e200 is not ∞x."""


def _added(a: float, b: float) -> float:
    if math.isinf(a + b) and math.isfinite(a) and math.isfinite(b):
        raise OutOfRange
    return a + b


def _multiplied(a: float, b: float) -> float:
    product = a * b
    if (math.isinf(product) and math.isfinite(a) and math.isfinite(b)) or (
        product == 0 and a != 0 and b != 0
    ):
        raise OutOfRange
    return product


def simplify(e: Call) -> Expr:
    """One operation on simplified arguments, simplified unless a constant would overflow."""
    try:
        return _simplified(e)
    except OutOfRange:
        return e


def _simplified(e: Call) -> Expr:
    match e.op.name, e.args:
        case "add" | "_on_top", (x, y):
            return plus(x, y)
        case "sub" | "_below", (x, y):
            return plus(x, times(Numeral(-1.0), y))
        case "neg", (x,):
            return times(Numeral(-1.0), x)
        case "mul", (x, y):
            return times(x, y)
        case "truediv", (x, y) if y != ZERO:
            return times(x, power(y, -1.0))
        case "square", (x,):
            return power(x, 2.0)
        case "pow", (x, Numeral(n)) if math.isfinite(n):
            return power(x, n)
        case "_identity", (x,):
            return x
        case "_smaller", (x,):
            return plus(Call(lookup("exp"), (x,)), times(Numeral(-1.0), Call(lookup("_equal"), (x, ZERO))))
        case "log1p", (Sum(terms) as x,) if len(terms_of(whole := plus(Numeral(1.0), x))) <= len(terms):
            return Call(lookup("log"), (whole,))
    return e


def transformed(e: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The formula with each part changed, the parts of a part before it, and simplified again.

    >>> x = Name("x", literal("x"))
    >>> transformed(Sum((x, Numeral(2.0))), lambda part: Numeral(3.0) if part == x else part)
    Numeral(value=5.0)
    """
    match e:
        case Call(op, args):
            e = simplify(Call(op, tuple(transformed(a, change) for a in args)))
        case Sum(terms):
            e = functools.reduce(plus, [transformed(term, change) for term in terms])
        case Product(over, under, factors):
            powers = [power(transformed(base, change), n) for base, n in factors]
            e = functools.reduce(times, powers, product(over, under, ()))
    return change(e)


def plus(x: Expr, y: Expr) -> Expr:
    """x + y."""
    terms = list(terms_of(x))
    for term in terms_of(y):
        over, under, rest = split(term)
        for i, other in enumerate(terms):
            over2, under2, rest2 = split(other)
            if rest == rest2:
                terms[i] = product(*_fractions_added(over, under, over2, under2), rest)
                break
        else:
            terms.append(term)
    terms = [t for t in terms if t != ZERO]
    return ZERO if not terms else terms[0] if len(terms) == 1 else Sum(tuple(terms))


def _fractions_added(a: float, b: float, c: float, d: float) -> tuple[float, float]:
    if b == d:
        return _added(a, c), b
    return _added(_multiplied(a, d), _multiplied(c, b)), _multiplied(b, d)


def terms_of(e: Expr) -> tuple[Expr, ...]:
    """The terms of a formula as a sum; 0 has none."""
    return e.terms if isinstance(e, Sum) else () if e == ZERO else (e,)


def split(e: Expr) -> tuple[float, float, tuple[tuple[Expr, float], ...]]:
    """A formula as a product: over, under, factors."""
    match e:
        case Numeral(value):
            return value, 1.0, ()
        case Product(over, under, factors):
            return over, under, factors
    return 1.0, 1.0, ((e, 1.0),)


def times(x: Expr, y: Expr) -> Expr:
    """x · y."""
    over, under, factors = split(x)
    over2, under2, factors2 = split(y)
    powers = dict(factors)
    for base, n in factors2:
        powers[base] = _added(powers.get(base, 0.0), n)
    return product(_multiplied(over, over2), _multiplied(under, under2), tuple(powers.items()))


def combined(e: Expr) -> Expr:
    """A sum of fractions over their common denominator, where that is shorter.

    >>> x = Name("x", literal("x"))
    >>> below = plus(x, Numeral(1.0))
    >>> quotient_rule = plus(power(below, -1.0), times(times(Numeral(-1.0), x), power(below, -2.0)))
    >>> combined(quotient_rule) == power(below, -2.0)
    True
    """
    if not isinstance(e, Sum):
        return e
    parts = [dict(split(term)[2]) for term in e.terms]
    for base in dict.fromkeys(b for powers in parts for b, n in powers.items() if is_beneath(n)):
        lowest = min(powers.get(base, 0.0) for powers in parts)
        above = [_multiplied_out(times(term, power(base, -lowest)), base) for term in e.terms]
        whole = times(functools.reduce(plus, above), power(base, lowest))
        if _measure(whole)[0] < _measure(e)[0]:
            return whole
    return e


def _multiplied_out(e: Expr, factor: Expr) -> Expr:
    """A product with one of its factors, a sum, multiplied out."""
    over, under, factors = split(e)
    if not isinstance(factor, Sum) or (factor, 1.0) not in factors:
        return e
    rest = product(over, under, tuple(f for f in factors if f != (factor, 1.0)))
    return functools.reduce(plus, (times(rest, term) for term in factor.terms))


def power(x: Expr, n: float) -> Expr:
    """xⁿ for a number n."""
    over, under, factors = split(x)
    if n == -1:
        return times(product(under, over, ()), product(1.0, 1.0, tuple((b, -m) for b, m in factors)))
    if isinstance(x, Numeral):
        try:
            value = math.pow(x.value, n)
        except (ValueError, OverflowError):
            value = math.inf
        lost = not math.isfinite(value) or (value == 0 and x != ZERO)
        return Call(lookup("pow"), (x, Numeral(n))) if lost else Numeral(value)
    whole = all(float(m).is_integer() for _, m in factors) and float(n).is_integer()
    # (x²)³ is x⁶, but (x²)^0.5 is |x|; and (2x)² is left as it was written.
    if whole and over == under == 1 and len(factors) == 1:
        return product(1.0, 1.0, tuple((b, _multiplied(m, n)) for b, m in factors))
    return product(1.0, 1.0, ((x, n),))


def product(over: float, under: float, factors: tuple[tuple[Expr, float], ...]) -> Expr:
    """The simplest formula equal to over/under · Π base^power."""
    factors = tuple((base, n) for base, n in factors if n != 0)
    if under < 0:
        over, under = -over, -under
    if over == 0:
        return ZERO
    if abs(over) == under:
        over, under = math.copysign(1.0, over), 1.0
    if float(over).is_integer() and float(under).is_integer():
        shared = math.gcd(int(over), int(under))
        over, under = over / shared, under / shared
    elif (fraction := as_fraction(over)) is not None:
        return product(float(fraction.numerator), _multiplied(under, fraction.denominator), factors)
    elif math.isfinite(over) and (1 / over).is_integer() and any(is_beneath(n) for _, n in factors):
        # 0.5/√x is 1/(2√x)
        over, under = math.copysign(1.0, over), _multiplied(under, abs(1 / over))
    if not factors and under == 1:
        return Numeral(over)
    if over == under == 1 and len(factors) == 1 and factors[0][1] == 1:
        return factors[0][0]
    return Product(over, under, factors)


def is_beneath(n: float) -> bool:
    """Whether a power goes under a fraction's line, as x^-2 does; x^-0.5 stays a power."""
    return n < 0 and float(n).is_integer()
