"""A formula as a small tree: built from a recorded graph, simplified as a lecturer would, and typeset.

Every function here is pure. Sums and products are kept in a form in which 1·x, x + 0, x - (-y)
or x/x cannot be written down. They are written by the rows of the table: a row's own LaTeX and
binding strength say how everything looks and where parentheses go.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd.graph import Node, name
from autograd.primitives import CALL as ATOM
from autograd.primitives import POWER, PRODUCT, SUM, Primitive, lookup
from viz.latex import literal, parse
from viz.numerals import as_fraction, constant
from viz.typeset import Atom, Fence, Frac, Hole, Line, Math, Script, Symbol, leading, line, parts, trailing

__all__ = [
    "Call", "Expr", "FormulaTooBig", "Name", "Number", "Product", "Sum",
    "as_factor", "below", "build", "call", "simplify", "typeset",
]  # fmt: skip

LIMIT = 2000
DEPTH = 60


class FormulaTooBig(ValueError):
    """A formula nobody could read; label intermediate results to divide it."""


@dataclass(frozen=True)
class Number:
    """A constant."""

    value: float


@dataclass(frozen=True)
class Name:
    """A quantity called by its name. Two nodes of one label are two quantities: `key` tells them apart."""

    key: int
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


Expr = Number | Name | Call | Product | Sum
ZERO, ONE = Number(0.0), Number(1.0)


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


def build(root: Node, names: Callable[[Node], Symbol | None], keys: Mapping[Node, int] | None = None) -> Expr:
    """The simplified formula of a node in the named quantities below it; the root itself is expanded.

    Args:
        root: the node.
        names: the name of a node, or None for one to be written out. An unnamed leaf is its number.
        keys: what to tell named nodes apart by, where several stand for the same quantity.

    Raises:
        FormulaTooBig: beyond 2000 symbols, or 60 levels of nesting.
    """
    made: dict[Node, Expr] = {}
    sizes: dict[Node, tuple[int, int]] = {}
    order, symbols = below(root, names)
    for node in order:
        named = symbols.get(node)
        if node is root and not node.is_leaf:
            named = None
        if named is not None:
            made[node] = Name(id(node) if keys is None else keys[node], named)
        elif node.is_leaf:
            made[node] = _constant(node)
        else:
            args = tuple(made[a] if isinstance(a, Node) else _constant(a) for a in node.args)
            made[node] = simplify(Call(node.op, args))  # type: ignore[arg-type]
        sizes[node] = size, depth = _measure(made[node])
        if size > LIMIT or depth > DEPTH:
            raise FormulaTooBig(
                f"the formula of {name(root)} has over {LIMIT} symbols or {DEPTH} levels of nesting. "
                "Give intermediate results a name, .with_label('z'), and it is written in those"
            )
    return made[root]


def below(root: Node, names: Callable[[Node], Symbol | None]) -> tuple[list[Node], dict[Node, Symbol]]:
    """The nodes between `root` and the named ones below it, arguments first, and the names among them."""
    order: list[Node] = []
    symbols: dict[Node, Symbol] = {}

    def behind(node: Node) -> list[Node]:
        if (symbol := names(node)) is not None:
            symbols[node] = symbol
        return [] if symbol is not None and node is not root else list(node.parents)

    path = [(root, iter(behind(root)))]
    seen = {root}
    while path:
        node, rest = path[-1]
        for parent in rest:
            if parent not in seen:
                seen.add(parent)
                path.append((parent, iter(behind(parent))))
                break
        else:
            order.append(node)
            path.pop()
    return order, symbols


def _constant(x: Any) -> Expr:
    """A number; an array without a name shows its shape."""
    data = x.data if isinstance(x, Node) else x
    if np.ndim(data) == 0:
        return Number(float(data))
    shape = "×".join(map(str, np.shape(data)))
    return Name(id(x), literal(f"[{shape}]"))


def _measure(e: Expr) -> tuple[int, int]:
    """How many symbols a formula has and how deep it nests; given up above the limits."""
    size, depth, todo = 0, 0, [(e, 1)]
    while todo and size <= LIMIT and depth <= DEPTH:
        part, level = todo.pop()
        size, depth = size + 1, max(depth, level)
        todo.extend((inner, level + 1) for inner in _inner(part))
    return size, depth


# -- simplifying ------------------------------------------------------------------------------


def simplify(e: Expr) -> Expr:
    """One operation on simplified arguments, simplified."""
    if not isinstance(e, Call):
        return e
    match e.op.name, e.args:
        case "add", (x, y):
            return plus(x, y)
        case "sub", (x, y):
            return plus(x, times(Number(-1.0), y))
        case "neg", (x,):
            return times(Number(-1.0), x)
        case "mul", (x, y):
            return times(x, y)
        case "truediv", (x, y) if y != ZERO:
            return times(x, power(y, -1.0))
        case "square", (x,):
            return power(x, 2.0)
        case "pow", (x, Number(n)) if math.isfinite(n):
            return power(x, n)
        case "_identity", (x,):
            return x
    return e


def plus(x: Expr, y: Expr) -> Expr:
    """x + y."""
    terms = list(_terms(x))
    for term in _terms(y):
        over, under, rest = _split(term)
        for i, other in enumerate(terms):
            over2, under2, rest2 = _split(other)
            if rest == rest2:
                terms[i] = _product(*_added(over, under, over2, under2), rest)
                break
        else:
            terms.append(term)
    terms = [t for t in terms if t != ZERO]
    return ZERO if not terms else terms[0] if len(terms) == 1 else Sum(tuple(terms))


def _added(a: float, b: float, c: float, d: float) -> tuple[float, float]:
    return (a + c, b) if b == d else (a * d + c * b, b * d)


def _terms(e: Expr) -> tuple[Expr, ...]:
    return e.terms if isinstance(e, Sum) else () if e == ZERO else (e,)


def _split(e: Expr) -> tuple[float, float, tuple[tuple[Expr, float], ...]]:
    """A formula as a product: over, under, factors."""
    match e:
        case Number(value):
            return value, 1.0, ()
        case Product(over, under, factors):
            return over, under, factors
    return 1.0, 1.0, ((e, 1.0),)


def times(x: Expr, y: Expr) -> Expr:
    """x · y."""
    over, under, factors = _split(x)
    over2, under2, factors2 = _split(y)
    powers = dict(factors)
    for base, n in factors2:
        powers[base] = powers.get(base, 0.0) + n
    return _product(over * over2, under * under2, tuple(powers.items()))


def power(x: Expr, n: float) -> Expr:
    """xⁿ for a number n."""
    over, under, factors = _split(x)
    if n == -1:
        return times(_product(under, over, ()), _product(1.0, 1.0, tuple((b, -m) for b, m in factors)))
    if isinstance(x, Number):
        try:
            value = math.pow(x.value, n)
        except (ValueError, OverflowError):
            value = math.inf
        return Number(value) if math.isfinite(value) else Call(lookup("pow"), (x, Number(n)))
    whole = all(float(m).is_integer() for _, m in factors) and float(n).is_integer()
    # (x²)³ is x⁶, but (x²)^0.5 is |x|; and (2x)² is left as it was written.
    if whole and over == under == 1 and len(factors) == 1:
        return _product(1.0, 1.0, tuple((b, m * n) for b, m in factors))
    return _product(1.0, 1.0, ((x, n),))


def _product(over: float, under: float, factors: tuple[tuple[Expr, float], ...]) -> Expr:
    """The simplest formula equal to over/under · Π base^power."""
    factors = tuple((base, n) for base, n in factors if n != 0)
    if under < 0:
        over, under = -over, -under
    if over == 0:
        return ZERO
    if float(over).is_integer() and float(under).is_integer():
        shared = math.gcd(int(over), int(under))
        over, under = over / shared, under / shared
    elif (fraction := as_fraction(over)) is not None:
        return _product(float(fraction.numerator), under * fraction.denominator, factors)
    elif math.isfinite(over) and (1 / over).is_integer() and any(_is_beneath(n) for _, n in factors):
        # 0.5/√x is 1/(2√x)
        over, under = math.copysign(1.0, over), abs(under / over)
    if not factors and under == 1:
        return Number(over)
    if over == under == 1 and len(factors) == 1 and factors[0][1] == 1:
        return factors[0][0]
    return Product(over, under, factors)


def _is_beneath(n: float) -> bool:
    # x^-2 is written as a fraction; a power such as x^-0.5 stays one
    return n < 0 and float(n).is_integer()


def call(op: str, *args: Expr) -> Call:
    """A call of the primitive of that name."""
    return Call(lookup(op), args)


# -- typesetting ------------------------------------------------------------------------------

PLUS, MINUS, COMMA, DOT = parse("+"), parse("-"), parse(","), parse(r"\cdot")
MARKS = {"x": "\ue000", "y": "\ue001", "z": "\ue002"}  # private characters, which no row uses
Set = tuple[Math, int]  # something typeset, and how tightly it holds together


@functools.cache
def _template(op: Primitive) -> Math:
    """How the row writes its primitive, with holes for the arguments."""
    return parse(op.latex.format(**MARKS), {mark: hole for hole, mark in MARKS.items()})


def typeset(e: Expr) -> Math:
    """The formula as mathematics, with parentheses where the rows' binding asks for them."""
    return _set(e)[0]


def _set(e: Expr) -> Set:
    match e:
        case Number(value):
            return _set_number(value)
        case Name(_, symbol):
            return symbol, _looks(symbol.body)
        case Call(op, args):
            return _applied(op, *map(_set, args))
        case Sum(terms):
            result = _set(terms[0])
            for term in terms[1:]:
                if _split(term)[0] < 0:
                    result = _applied("sub", result, _set(times(Number(-1.0), term)))
                else:
                    result = _applied("add", result, _set(term))
            return result
        case Product(over, under, factors):
            if over < 0:
                return _applied("neg", _set(times(Number(-1.0), e)))
            above = [_raised(b, n) for b, n in factors if not _is_beneath(n)]
            beneath = [_raised(b, -n) for b, n in factors if _is_beneath(n)]
            if over != 1 or not above:
                above.insert(0, _set_number(over))
            if under != 1:
                beneath.insert(0, _set_number(under))
            multiply = functools.partial(_applied, "mul")
            top = functools.reduce(multiply, above)
            return _applied("truediv", top, functools.reduce(multiply, beneath)) if beneath else top


def _set_number(value: float) -> Set:
    if value < 0:
        return _applied("neg", _set_number(-value))
    if (fraction := as_fraction(value)) is not None:
        return _applied(
            "truediv", *map(_set_number, (float(fraction.numerator), float(fraction.denominator)))
        )
    if math.isnan(value):
        return Atom("nan", r"\text{nan}", "word"), ATOM
    digits, exponent = constant(abs(value))
    signs = Atom(digits, r"\infty" if digits == "∞" else digits, "number")
    if exponent is None:
        return signs, ATOM
    ten = Script(Atom("10", "10", "number"), _set_number(float(exponent))[0])
    return (ten, POWER) if digits == "1" else (line(signs, DOT, ten), PRODUCT)


def _raised(base: Expr, n: float) -> Set:
    if n == 1:
        return _set(base)
    return _applied("square", _set(base)) if n == 2 else _applied("pow", _set(base), _set_number(n))


def _applied(op: Primitive | str, *args: Set) -> Set:
    """A row's template, with arguments that are typeset already."""
    row = lookup(op) if isinstance(op, str) else op
    template = _template(row)
    binds = getattr(row, "binds", None)
    strength = int(binds) if binds is not None else _looks(template)
    if len(args) > 1 and Hole("y") not in _holes(template):
        # a row for any number of arguments, such as stack, says only where they go
        listed = [m for body, _ in args for m in (COMMA, body)][1:]
        return _filled(template, lambda hole, need, minus: line(*listed)), strength
    holes = dict(zip(MARKS, args, strict=False))
    return _filled(template, lambda hole, need, minus: _argument(holes[hole], need, minus)), strength


def as_factor(m: Math, first: bool) -> Math:
    """A formula as it stands in a product with dots: in parentheses if it is a sum, or has a minus inside.

    Args:
        m: the formula.
        first: whether it begins the product, where a minus may stand.
    """
    return _argument((m, _looks(m)), PRODUCT, first)


def _holes(m: Math) -> set[Math]:
    return {p for p in parts(m) if isinstance(p, Hole)}


def _argument(argument: Set, need: int, minus: bool) -> Math:
    """An argument, in parentheses if it binds less than `need` or its leading minus may not stand there."""
    body, strength = argument
    signed = leading(body) == MINUS
    return Fence("(", body, ")") if strength < need or (signed and not minus) else body


def _looks(m: Math) -> int:
    """The binding of what a label, a number or an array row reads as."""
    match m:
        case Line(items):
            kinds = [i.kind if isinstance(i, Atom) else "" for i in items]
            if any(i == DOT for i in items):
                return PRODUCT
            if any(k in ("operator", "relation", "punctuation") for k in kinds):
                return SUM
            called = isinstance(items[-1], Fence) and kinds[0] in ("letter", "function", "word")
            primed = all(k == "prime" for k in kinds[1 : -1 if called else None])
            return ATOM if primed and (called or kinds[-1] == "prime") else PRODUCT
        case Frac():
            return PRODUCT
        case Script(_, sup, _):
            return ATOM if sup is None else POWER
    return ATOM


Fill = Callable[[str, int, bool], Math]


def _filled(m: Math, fill: Fill) -> Math:
    """A template with its holes filled: what stands beside a hole says how tightly the argument must bind."""
    match m:
        case Hole(hole):
            return fill(hole, 0, True)
        case Line(items):
            return _filled_line(items, fill)
        case Script(Hole(hole), sup, sub):
            return Script(fill(hole, ATOM, False), sup and _filled(sup, fill), sub and _filled(sub, fill))
        case Script(base, sup, sub):
            return Script(_filled(base, fill), sup and _filled(sup, fill), sub and _filled(sub, fill))
        case Fence(left, body, right):
            return Fence(left, _filled(body, fill), right)
        case Frac(over, under):
            return Frac(_filled(over, fill), _filled(under, fill))
        case Symbol() | Atom():
            return m
    return type(m)(_filled(m.body, fill))


def _filled_line(items: tuple[Math, ...], fill: Fill) -> Math:
    filled: list[Math] = []
    for i, item in enumerate(items):
        before = items[i - 1] if i else None
        after = items[i + 1] if i + 1 < len(items) else None
        if isinstance(item, Hole):
            need = max(_beside(before, True), _beside(after, False))
            made = fill(item.name, need, i == 0 and not _factor(after))
        else:
            made = _filled(item, fill)
        if isinstance(before, Hole) and isinstance(item, Hole) and _needs_dot(filled[-1], made):
            filled.append(DOT)
        if before == PLUS and (negated := _negated(made)) is not None:
            filled[-1], made = MINUS, negated  # 1 + (-x)
        filled.append(made)
    return line(*filled)


def _negated(m: Math) -> Math | None:
    """x of (-x)."""
    match m:
        case Fence("(", Line((first, *rest)), _) if first == MINUS:
            signs = [r for r in rest if isinstance(r, Atom) and r.kind in ("operator", "relation")]
            return None if signs else line(*rest)
    return None


def _factor(m: Math | None) -> bool:
    return m is not None and not (isinstance(m, Atom) and m.kind in ("operator", "relation", "punctuation"))


def _beside(neighbour: Math | None, is_before: bool) -> int:
    """How tightly an argument must bind next to this."""
    if neighbour is None:
        return 0
    if _factor(neighbour):
        return PRODUCT
    assert isinstance(neighbour, Atom)
    if neighbour.kind == "operator":
        return PRODUCT if is_before and neighbour.text == "−" else SUM
    return 0


def _needs_dot(before: Math, after: Math) -> bool:
    """Whether two factors run together when written side by side: 2 · 3ˣ, rate · loss."""
    first, last = leading(after), trailing(before)
    if isinstance(after, Line) and isinstance(after.items[-1], Fence):
        first = None  # sech²(x): a word that is called stands well beside a factor
    if first is not None and first.kind in ("number", "word"):
        return True
    return last is not None and last.kind == "word"
