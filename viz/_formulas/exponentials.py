"""Rules for sums of exponentials: e^a₀/(e^a₀ + e^a₁) is a share s₀, and the shares add up to 1.

The engine takes the largest exponent out of a sum of exponentials, and cross-entropy a mean of the exponents.
In a formula both cancel. Derivatives need no rule of their own: they are quotients of exponentials too.

>>> from viz._formulas.setting import typeset
>>> from viz._mathematics.latex import label
>>> from viz._mathematics.typeset import to_text
>>> a, b = Name("a", label("a")), Name("b", label("b"))
>>> rules = Exponentials()
>>> e_a, e_b = (Call(EXP, (u,)) for u in (a, b))
>>> share = rules.simplified(times(e_a, power(plus(e_a, e_b), -1.0)))
>>> share.key, rules.exponents == [(a, b)]
(Share(group=0, place=0), True)
>>> to_text(typeset(rules.definition(share.key)))
'eᵃ/(eᵃ + eᵇ)'
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from autograd._graph.primitive import lookup
from viz._formulas.expressions import (
    Call,
    Expr,
    Name,
    Numeral,
    Product,
    Sum,
    plus,
    power,
    product,
    simplify,
    split,
    terms_of,
    times,
    total_of,
)  # fmt: skip
from viz._mathematics.latex import label

__all__ = ["EXP", "MINUS_ONE", "ONE", "UNNAMED", "Exponentials", "Mean", "Share", "reduced", "transformed"]

EXP, LOG = lookup("exp"), lookup("log")
ZERO, ONE, MINUS_ONE = Numeral(0.0), Numeral(1.0), Numeral(-1.0)
UNNAMED = label("·")  # until all groups are known


@dataclass(frozen=True, order=True)
class Share:
    """The key of a share's name: its group, and its place among the exponents."""

    group: int
    place: int


class Mean(NamedTuple):
    """A weighted mean of the exponents of a group, (w₀ u₀ + w₁ u₁ + …)/total, by its name."""

    name: Name
    weights: tuple[Expr, ...]
    total: Expr


def reduced(exponents: tuple[Expr, ...]) -> tuple[tuple[Expr, ...], Expr]:
    """Exponents without the terms that all of them have, and these terms.

    >>> x, y = Name("x", UNNAMED), Name("y", UNNAMED)
    >>> reduced((plus(x, y), y)) == ((x, ZERO), y)
    True
    """
    terms = [terms_of(u) for u in exponents]
    common = [t for t in terms[0] if all(t in others for others in terms[1:])]
    rest = tuple(total_of(t for t in of_one if t not in common) for of_one in terms)
    return rest, total_of(common)


def transformed(e: Expr, change: Callable[[Expr], Expr], known: dict[Expr, Expr] | None = None) -> Expr:
    """The formula with each part changed, the parts of a part before it, and simplified again.

    Args:
        e: the formula.
        change: the change of one part.
        known: parts that were changed already, for formulas that share some; it is added to.

    >>> x = Name("x", UNNAMED)
    >>> transformed(Sum((x, Numeral(2.0))), lambda part: Numeral(3.0) if part == x else part)
    Numeral(value=5.0)
    """
    changed: dict[Expr, Expr] = {} if known is None else known
    if e in changed:
        return changed[e]
    whole = e
    match e:
        case Call(op, args):
            e = simplify(Call(op, tuple(transformed(a, change, changed) for a in args)))
        case Sum(terms):
            e = total_of(transformed(term, change, changed) for term in terms)
        case Product(over, under, factors):
            powers = [power(transformed(base, change, changed), n) for base, n in factors]
            e = functools.reduce(times, powers, product(over, under, ()))
    changed[whole] = result = change(e)
    return result


class Exponentials:
    """The groups of exponentials that a calculation adds up, and the rules for them.

    Attributes:
        exponents: of each group, in the order in which the groups were met.
        common: the terms that were taken out of the exponents of a group, each time that they were.
        means: of a group, the means that were taken out of its exponents.
        adds_up_to_one: whether a sum of desired shares is 1.

    Args:
        of_names: whether only exponents that are names make shares: e^x/(e^x + e^-x) then stays.
    """

    adds_up_to_one: Callable[[Expr], bool] = staticmethod(lambda e: False)

    def __init__(self, of_names: bool = False) -> None:
        self.of_names = of_names
        self.exponents: list[tuple[Expr, ...]] = []
        self.common: list[set[Expr]] = []
        self.means: dict[int, list[Mean]] = {}
        self._sums: dict[int, Expr] = {}

    def definition(self, share: Share) -> Expr:
        """e^u/(e^u₀ + e^u₁ + …) of a share."""
        exponents = self.exponents[share.group]
        return times(Call(EXP, (exponents[share.place],)), power(self._sum(share.group), -1.0))

    def simplified(self, e: Expr) -> Expr:
        """A formula with these rules applied to it, but not to its parts."""
        match e:
            case Product():
                return self._with_shares(self._multiplied_out(e))
            case Call(op, (Sum() as inner,)) if (
                op is LOG and (exponents := self._exponents(inner)) is not None
            ):
                group, common = self._group(exponents)
                return self._collected(plus(Call(LOG, (self._sum(group),)), common))
            case Sum():
                return self._collected(e)
        return e

    def factored(self, e: Expr) -> Expr:
        """A sum with a share, or a number, taken out of its terms: s₀ - s₀² is s₀(1 - s₀)."""
        if not isinstance(e, Sum) or not any(map(_share_in, e.terms)):
            return e
        parts = [split(term) for term in e.terms]
        sizes = {(abs(over), under) for over, under, _ in parts}
        over, under = sizes.pop() if len(sizes) == 1 else (1.0, 1.0)
        sign = -1.0 if all(over < 0 for over, _, _ in parts) else 1.0
        if (sign * over, under) != (1, 1):
            rest = [product(sign * o / over, u / under, factors) for o, u, factors in parts]
            return times(product(sign * over, under, ()), self.factored(total_of(rest)))
        for share in dict.fromkeys(share for term in e.terms if (share := _share_in(term)) is not None):
            having = [term for term in e.terms if share in dict(split(term)[2])]
            if len(having) > 1:
                inside = self.factored(total_of(times(term, power(share, -1.0)) for term in having))
                others = [term for term in e.terms if term not in having]
                subtracted = [times(MINUS_ONE, term) for term in others]
                if all(t in terms_of(inside) for t in subtracted) and self.adds_up_to_one(inside):
                    inside = ONE
                return self.factored(total_of([times(share, inside), *others]))
        return e

    def _exponents(self, e: Expr) -> tuple[Expr, ...] | None:
        """u₁, u₂, … of e^u₁ + e^u₂ + …"""
        if not isinstance(e, Sum):
            return None
        exponents = tuple(term.args[0] for term in e.terms if isinstance(term, Call) and term.op is EXP)
        if len(exponents) < len(e.terms):
            return None
        named = not self.of_names or all(isinstance(u, Name) for u in reduced(exponents)[0])
        return exponents if named else None

    def _group(self, exponents: tuple[Expr, ...]) -> tuple[int, Expr]:
        rest, common = reduced(exponents)
        if rest not in self.exponents:
            self.exponents.append(rest)
            self.common.append(set())
        group = self.exponents.index(rest)
        self.common[group].update(terms_of(common))
        return group, common

    def _sum(self, group: int) -> Expr:
        if group not in self._sums:
            self._sums[group] = Sum(tuple(Call(EXP, (u,)) for u in self.exponents[group]))
        return self._sums[group]

    def _multiplied_out(self, e: Product) -> Expr:
        """e^u · (1/Σ e^u + …) as the sum of its products, in which e^u/Σ e^u are shares.

        So is x · (ln Σ e^u - m), where m was taken out of the exponents: with x m beside it, m cancels.
        """
        above = {base for base, n in e.factors if n > 0}
        for base, n in e.factors:
            if n == 1 and isinstance(base, Sum):
                if self._is_shifted_logarithm(base):
                    return total_of(times(_without(e, base), term) for term in base.terms)
                beneath = [
                    b for term in base.terms for b, m in split(term)[2] if m < 0 and isinstance(b, Sum)
                ]
                if any(not above.isdisjoint(divisor.terms) for divisor in beneath):
                    rest = _without(e, base)
                    return total_of(self.simplified(times(rest, term)) for term in base.terms)
        return e

    def _is_shifted_logarithm(self, e: Expr) -> bool:
        """Whether it is ln Σ e^u with some of the terms that were taken out of the exponents."""
        if not isinstance(e, Sum):
            return False
        for group, common in enumerate(self.common):
            logarithm = Call(LOG, (self._sum(group),))
            if logarithm in e.terms and common.issuperset(term for term in e.terms if term != logarithm):
                return True
        return False

    def _with_shares(self, e: Expr) -> Expr:
        """Each exponential over a sum that it is a term of, as a share."""
        if not isinstance(e, Product):
            return e
        powers = dict(e.factors)
        shares: dict[Share, float] = {}
        for base, n in e.factors:
            exponents = self._exponents(base) if n < 0 and n.is_integer() else None
            for place, u in enumerate(exponents or ()):
                above = Call(EXP, (u,))
                taken = min(powers.get(above, 0.0), -powers[base])
                if exponents is not None and taken > 0:
                    group, _ = self._group(exponents)
                    shares[Share(group, place)] = taken
                    powers[above] -= taken
                    powers[base] += taken
        if not shares:
            return e
        for base, _ in e.factors:
            if isinstance(base, Name) and isinstance(base.key, Share):
                shares[base.key] = shares.get(base.key, 0.0) + powers.pop(base)
        in_order = [(Name(share, UNNAMED), n) for share, n in sorted(shares.items())]
        return product(e.over, e.under, (*in_order, *powers.items()))

    def _collected(self, e: Expr) -> Expr:
        """A sum with the shares of a group that are all there as 1, and with logarithms of shares."""
        while isinstance(e, Sum) and (shorter := self._shorter(e)) is not None:
            e = shorter
        return e

    def _shorter(self, e: Sum) -> Expr | None:
        complete: dict[object, dict[int, Expr]] = {}
        for term in e.terms:
            if (share := _share_of(term)) is not None:
                rest = _without(term, share)
                group, place = share.key.group, share.key.place  # type: ignore[attr-defined]
                terms = complete.setdefault((group, _in_any_order(rest)), {})
                terms[place] = term
                if len(terms) == len(self.exponents[group]):
                    return _exchanged(e, terms.values(), rest)
        for term in e.terms:
            for group in range(len(self.exponents)):
                logarithm = Call(LOG, (self._sum(group),))
                if (logarithm, 1.0) in split(term)[2]:
                    shorter = self._with_logarithm(e, term, _without(term, logarithm), group)
                    if shorter is not None:
                        return shorter
        return None

    def _with_logarithm(self, e: Sum, term: Expr, factor: Expr, group: int) -> Expr | None:
        """-f ln s in place of f ln Σ e^u - f u."""
        logarithms = [Call(LOG, (Name(Share(group, i), UNNAMED),)) for i in range(len(self.exponents[group]))]
        replaced: list[tuple[Expr, Expr]] = []
        for mean in self.means.get(group, ()):
            weighted = total_of(times(w, s) for w, s in zip(mean.weights, logarithms, strict=True))
            replaced.append((mean.name, times(weighted, power(mean.total, -1.0))))
        replaced += zip(self.exponents[group], logarithms, strict=True)
        minus = times(MINUS_ONE, factor)
        for subtracted, logarithm in replaced:
            sought = _in_any_order(times(minus, subtracted))
            for other in e.terms:
                if _in_any_order(other) == sought:
                    return _exchanged(e, (term, other), times(minus, logarithm))
        return None


def _share_in(term: Expr) -> Name | None:
    """The first share among the factors of a term."""
    shares = [b for b, n in split(term)[2] if isinstance(b, Name) and isinstance(b.key, Share) and n >= 1]
    return shares[0] if shares else None


def _share_of(term: Expr) -> Name | None:
    """The share in a term that has one, to the first power."""
    shares = [(b, n) for b, n in split(term)[2] if isinstance(b, Name) and isinstance(b.key, Share)]
    return shares[0][0] if len(shares) == 1 and shares[0][1] == 1 else None


def _without(term: Expr, factor: Expr) -> Expr:
    over, under, factors = split(term)
    return product(over, under, tuple((base, n) for base, n in factors if base != factor))


def _in_any_order(term: Expr) -> object:
    """Equal for products of the same factors."""
    over, under, factors = split(term)
    return over, under, frozenset(factors)


def _exchanged(e: Sum, terms: Iterable[Expr], other: Expr) -> Expr:
    """A sum with another formula in place of some of its terms."""
    gone = list(terms)
    rest = [term for term in e.terms if term not in gone]
    return total_of([*rest, other])
