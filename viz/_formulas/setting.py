"""A formula set as mathematics, by the rows of the table.

A row's own LaTeX and binding strength say how everything looks and where parentheses go.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

from autograd._graph.primitive import Primitive, lookup
from autograd._table.define import check_on_define
from autograd._table.rows import CALL as ATOM
from autograd._table.rows import POWER, PRODUCT, SUM
from viz._formulas.expressions import Call, Expr, Name, Numeral, Product, Sum, is_beneath, split, times
from viz._mathematics.latex import parse
from viz._mathematics.numerals import as_fraction, constant
from viz._mathematics.signs import COMMA, MINUS, ONE, PLUS, TIMES, integer
from viz._mathematics.typeset import (
    Atom,
    Fence,
    Frac,
    Hole,
    Line,
    Math,
    Script,
    Symbol,
    has_big,
    is_call,
    is_several,
    is_sign,
    leading,
    line,
    parts,
    rebuilt,
    trailing,
)  # fmt: skip

__all__ = ["as_factor", "typeset"]

ZERO = integer(0)
MARKS = {"x": "\ue000", "y": "\ue001", "z": "\ue002"}  # private characters, which no row uses
Set = tuple[Math, int]  # something typeset, and how tightly it holds together


@functools.cache
def _template(op: Primitive) -> Math:
    """How the row writes its primitive, with holes for the arguments.

    Raises:
        ValueError: for LaTeX that is none, or that drawings do not read.
    """
    try:
        return parse(op.latex.format(**MARKS), {mark: hole for hole, mark in MARKS.items()})
    except ValueError as error:
        why = str(error)
        for hole, mark in MARKS.items():
            why = why.replace(repr(mark)[1:-1], f"{{{hole}}}")
        raise ValueError(
            f"row {op.name!r}: its LaTeX {op.latex!r} cannot be drawn: {why}. Formulas are made of letters, "
            r"numbers, signs, scripts, fences, \frac, \sqrt, \operatorname and \mathrm"
        ) from None


check_on_define(_template)


def typeset(e: Expr) -> Math:
    """The formula as mathematics, with parentheses where the rows' binding asks for them.

    >>> from viz._mathematics.latex import label
    >>> from viz._mathematics.typeset import to_text
    >>> x, y = Name(0, label("x")), Name(1, label("y"))
    >>> to_text(typeset(times(Numeral(2.0), Sum((x, y)))))
    '2(x + y)'
    """
    return _set(e)[0]


def _set(e: Expr) -> Set:
    match e:
        case Numeral(value):
            return _set_number(value)
        case Name(_, symbol):
            return symbol, _looks(symbol)
        case Call(op, args):
            return _applied(op, *map(_set, args))
        case Sum(terms):
            result = _set(terms[0])
            for term in terms[1:]:
                if split(term)[0] < 0:
                    result = _applied("sub", result, _set(times(Numeral(-1.0), term)))
                else:
                    result = _applied("add", result, _set(term))
            return result
        case Product(over, under, factors):
            if over < 0:
                return _applied("neg", _set(times(Numeral(-1.0), e)))
            above = [_raised(b, n) for b, n in factors if not is_beneath(n)]
            beneath = [_raised(b, -n) for b, n in factors if is_beneath(n)]
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
    ten = Script(integer(10), _set_number(float(exponent))[0])
    return (ten, POWER) if digits == "1" else (line(signs, TIMES, ten), PRODUCT)


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
    if len(args) > 1 and Hole("y") not in parts(template):
        # A row for any number of arguments, as stack, has one hole for all of them.
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


def _argument(argument: Set, need: int, minus: bool) -> Math:
    """An argument, in parentheses if it binds less than `need` or its leading minus may not stand there."""
    body, strength = argument
    signed = leading(body) == MINUS
    return Fence("(", body, ")") if strength < need or (signed and not minus) else body


def _looks(m: Math) -> int:
    """The binding of a label, of a number or of the template of an array row."""
    match m:
        case Line(items):
            if has_big(m):
                return SUM
            if TIMES in items:
                return PRODUCT
            return SUM if any(map(is_sign, items)) else ATOM if is_call(m) else PRODUCT
        case Frac():
            return PRODUCT
        case Script(_, sup, _):
            return ATOM if sup is None else POWER
        case Symbol(_, body):
            return _looks(body)
        case Atom(_, _, "word"):
            return SUM if is_several(m) else ATOM
    return ATOM


Fill = Callable[[str, int, bool], Math]


def _filled(m: Math, fill: Fill) -> Math:
    """A template with its holes filled: the signs beside a hole say how tightly its argument must bind."""
    match m:
        case Hole(hole):
            return fill(hole, 0, True)
        case Line(items):
            return _filled_line(items, fill)
        case Fence(left, Line((first, sign, Hole(hole))), right) if (
            sign == MINUS and fill(hole, 0, True) == ZERO
        ):
            return Fence(left, _filled(first, fill), right)  # H(x), not H(x - 0)
        case Script(Hole(hole), Atom(kind="number"), None) if fill(hole, ATOM, False) == ONE:
            return ONE
        case Script(Hole(hole), sup, sub):
            return Script(fill(hole, ATOM, False), sup and _filled(sup, fill), sub and _filled(sub, fill))
    return rebuilt(m, lambda part: _filled(part, fill))


def _filled_line(items: tuple[Math, ...], fill: Fill) -> Math:
    filled: list[Math] = []
    for i, item in enumerate(items):
        before = items[i - 1] if i else None
        after = items[i + 1] if i + 1 < len(items) else None
        if isinstance(item, Hole):
            need = max(_need_beside(before, True), _need_beside(after, False))
            first = i == 0 or before == COMMA
            body = fill(item.name, need, first and (after is None or is_sign(after)))
        else:
            body = _filled(item, fill)
        if isinstance(before, Hole) and isinstance(item, Hole) and _needs_dot(filled[-1], body):
            filled.append(TIMES)
        if before == PLUS and (negated := _negated(body)) is not None:
            filled[-1], body = MINUS, negated  # 1 + (-x)
        filled.append(body)
    return line(*filled)


def _negated(m: Math) -> Math | None:
    """x of (-x)."""
    match m:
        case Fence("(", Line((first, *rest)), _) if first == MINUS:
            signs = [r for r in rest if isinstance(r, Atom) and r.kind in ("operator", "relation")]
            return None if signs else line(*rest)
    return None


def _need_beside(neighbour: Math | None, is_before: bool) -> int:
    """How tightly an argument must bind next to this."""
    if neighbour is None:
        return 0
    match neighbour:
        case Atom(kind="operator"):
            return PRODUCT if is_before and neighbour == MINUS else SUM
        case Atom(kind="relation" | "punctuation"):
            return 0
    return PRODUCT


def _needs_dot(before: Math, after: Math) -> bool:
    """Whether two factors run together when written side by side: 2 · 3ˣ, rate · loss."""
    first, last = leading(after), trailing(before)
    is_called = isinstance(after, Line) and isinstance(after.items[-1], Fence)
    if first is not None and first.kind == "word" and is_called:
        first = None  # sech²(x): a word that is called stands well beside a factor
    if first is not None and first.kind in ("number", "word"):
        return True
    return last is not None and last.kind == "word"
