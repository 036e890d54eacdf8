"""Steps with a function of several numbers at once, as softmax, logsumexp and cross-entropy are.

In its formulas each number is used once, however often the record uses it, and the shares that softmax makes
go by the lectures' names: ∂C/∂a₀ = s₀ - y₀. The rules are those of `_formulas.exponentials`.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from autograd._derivatives.sweeps import adjoints
from autograd._graph.node import Node, topological_order
from viz._formulas.exponentials import (
    MINUS_ONE,
    ONE,
    UNNAMED,
    Exponentials,
    Mean,
    Share,
    reduced,
    transformed,
)
from viz._formulas.expressions import (
    Expr,
    Name,
    Numeral,
    build,
    terms_of,
    times,
)  # fmt: skip
from viz._formulas.names import DESIRED, free_names, index_of, subtracted_from_several, weights_of
from viz._formulas.trace import Tracer, depending, evaluate, trace
from viz._mathematics.signs import integer
from viz._mathematics.typeset import Atom, Script, Symbol, to_latex, to_text

__all__ = ["Desired", "JointFormulas", "Naming", "has_exponentials", "is_joint", "lecture_names"]

SHARES = "spqr"  # the lectures' letter, and others where it is taken


@dataclass(frozen=True)
class Desired:
    """The key of the name of a desired share, which is a plain number: the group, the place, and the example.

    The same exponents may be compared with several desired outputs.
    """

    group: int
    place: int
    example: int = 0


# From the rules, the numbers of desired shares, and the share that the result is: the names of all.
Naming = Callable[[Exponentials, Mapping[Desired, float], Share | None], Mapping[Any, Symbol]]


def has_exponentials(operations: Iterable[Node]) -> bool:
    """Whether several of the operations are exponentials, so that there may be shares."""
    return sum(getattr(node.op, "name", "") in ("exp", "_smaller") for node in operations) > 1


def is_joint(operations: Iterable[Node]) -> bool:
    """Whether one of the operations finds the largest number, to take it out of a sum of exponentials."""
    return any(getattr(node.op, "name", "") == "_top" for node in operations)


class JointFormulas(NamedTuple):
    """The formulas of a step.

    Attributes:
        value: of its result.
        slopes: of the derivatives by its leaves, in their order.
        ones: the sums of desired shares that were taken for 1, as their numbers are.
    """

    value: Expr
    slopes: list[Expr]
    ones: list[Expr]

    @classmethod
    def of(
        cls,
        result: Tracer,
        leaves: Sequence[Tracer],
        symbols: Mapping[Tracer, Symbol | None],
        keys: Mapping[Tracer, Any],
        naming: Naming,
        at_recorded: bool = True,
    ) -> JointFormulas | None:
        """The formulas in shares; None where there is no share.

        Args:
            result: the trace of the step, with one leaf for each quantity.
            leaves: the leaves to differentiate by.
            symbols: the symbols of its leaves; a leaf without a symbol is written as its number.
            keys: equal for leaves of one quantity.
            naming: gives shares their names.
            at_recorded: whether desired shares that are quantities add up to 1 where their numbers do; in
                derivatives, as in s₀ - y₀.
        """
        writer = _Writer(result, symbols, keys)
        writer.name_desired()
        if not writer.rules.exponents:
            return None
        gradients = adjoints(writer.result, 1.0, wrt=leaves, create_graph=True)
        roots = [writer.result, *(gradients.get(leaf, 0.0) for leaf in leaves)]
        formulas = [writer.formula(root) for root in roots]
        (value,), slopes = writer.finished(formulas[:1], False), writer.finished(formulas[1:], at_recorded)
        own = value.key if isinstance(value, Name) and isinstance(value.key, Share) else None
        if own is not None:
            value = writer.rules.definition(own)
        names = naming(writer.rules, writer.desired, own)

        def named(e: Expr) -> Expr:
            return Name(e.key, names[e.key]) if isinstance(e, Name) and e.key in names else e

        return cls(transformed(value, named), [transformed(slope, named) for slope in slopes], writer.ones)


class _Writer:
    """Formulas of a step in which whatever is subtracted from several numbers stays one thing.

    So it cancels as one thing. In the end its formula takes its place.
    """

    def __init__(
        self, result: Tracer, symbols: Mapping[Tracer, Symbol | None], keys: Mapping[Tracer, Any]
    ) -> None:
        self.result = result
        self.rules = Exponentials(of_names=not is_joint(topological_order(result)))
        self.symbols, self.keys = dict(symbols), dict(keys)
        self.desired: dict[Desired, float] = {}
        self.means: dict[int, list[Mean]] = {}
        self.known: dict[Any, Expr] = {}
        self.shifts: dict[Tracer, list[Tracer | float]] = subtracted_from_several(topological_order(result))
        self.totals: list[Tracer] = []
        self.ones: list[Expr] = []
        for shift in self.shifts:
            self.hide(shift)

    def hide(self, node: Tracer) -> None:
        self.symbols[node], self.keys[node] = UNNAMED, ("hidden", len(self.keys))

    def name(self, node: Tracer) -> Name:
        return Name(self.keys[node], UNNAMED)

    def formula(self, root: Tracer | float) -> Expr:
        if not isinstance(root, Tracer):
            return Numeral(float(root))
        if not root.is_leaf and self.symbols.get(root) is not None:
            return self.name(root)
        return self.whole(root)

    def whole(self, root: Tracer) -> Expr:
        """The formula of a trace, also where it is hidden."""
        return build(root, self.symbols.get, self.keys, self.rules.simplified, self.known)  # type: ignore[arg-type]

    def name_desired(self) -> None:
        """Find the means that cross-entropy subtracts, and name their weights if these are plain shares."""
        self.formula(self.result)
        late = depending(self.shifts, topological_order(self.result))
        replaced: dict[Tracer, list[tuple[Tracer, Tracer | float]]] = {}
        for shift, logits in self.shifts.items():
            group, mean = self.group_of(shift), weights_of(shift, logits)
            places = None if group is None else self.places(group, logits)
            if group is None or mean is None or places is None or not late.isdisjoint(logits):
                continue
            of_logit, total = mean
            weights = [of_logit.get(logits[i], 0.0) for i in places]
            numbers = [self.plain(w) for w in weights]
            before = self.means.setdefault(group, [])
            whole = evaluate([total])[0]
            if None not in numbers and whole is not None and _is_one(whole):
                leaves = [trace(data=float(y)) for y in numbers if y is not None]
                for place, leaf in enumerate(leaves):
                    key = Desired(group, place, len(before))
                    self.symbols[leaf], self.keys[leaf] = UNNAMED, key
                    self.desired[key] = leaf.data
                replaced[shift] = [(y, logits[i]) for y, i in zip(leaves, places, strict=True)]
                before.append(Mean(self.name(shift), tuple(map(self.formula, leaves)), ONE))
            else:
                if isinstance(total, Tracer) and self.symbols.get(total) is None:
                    self.hide(total)
                    self.totals.append(total)
                weighted = tuple(map(self.formula, weights))
                before.append(Mean(self.name(shift), weighted, self.formula(total)))
        self.known = {}  # some of these have other names now
        if replaced:
            self.retrace(replaced, late)

    def group_of(self, shift: Tracer) -> int | None:
        taken_out = times(MINUS_ONE, self.name(shift))
        return next((k for k, common in enumerate(self.rules.common) if taken_out in common), None)

    def places(self, group: int, logits: Sequence[Tracer | float]) -> list[int] | None:
        """The place among the logits of each exponent of a group."""
        formulas, _ = reduced(tuple(map(self.formula, logits)))
        exponents = self.rules.exponents[group]
        if len(formulas) != len(exponents) or set(formulas) != set(exponents):
            return None
        return [formulas.index(u) for u in exponents]

    def plain(self, weight: Tracer | float) -> float | None:
        """The number of a weight that is no quantity with a name."""
        if not isinstance(weight, Tracer):
            return weight
        return weight.data if weight.is_leaf and self.symbols.get(weight) is None else None

    def retrace(self, replaced: Mapping[Tracer, list[tuple[Tracer, Tracer | float]]], late: set[Any]) -> None:
        """Trace the step again, with other means: Σ y x of the pairs y, x.

        A mean needs all its numbers, also those of weight 0: so what depends on means comes last.
        """
        order = topological_order(self.result)
        fresh: dict[Any, Any] = {}
        for node in [n for n in order if n not in late] + [n for n in order if n in late]:
            assert isinstance(node, Tracer)
            if node in replaced:
                terms = [y * fresh.get(x, x) for y, x in replaced[node]]
                fresh[node] = functools.reduce(operator.add, terms)
            elif node.is_leaf:
                fresh[node] = node
            else:
                args = (fresh[a] if isinstance(a, Tracer) else a for a in node.args)
                fresh[node] = trace(node.op, tuple(ONE.value if _is_one(a) else a for a in args))
            if node in self.keys:
                self.symbols[fresh[node]], self.keys[fresh[node]] = self.symbols[node], self.keys[node]
        self.result = fresh[self.result]
        self.shifts = {fresh[shift]: logits for shift, logits in self.shifts.items()}
        self.totals = [fresh[total] for total in self.totals]

    def finished(self, formulas: Sequence[Expr], at_recorded: bool) -> list[Expr]:
        """Formulas without hidden names: of these that do not cancel, with the formulas in their place."""
        self.rules.means = self.means
        if at_recorded:
            self.rules.adds_up_to_one = self.adds_up_to_one
        # The last first: its formula may have others in it.
        in_order = [node for node in topological_order(self.result) if node in self.shifts]
        shown = [{self.keys[shift]: self.whole(shift)} for shift in reversed(in_order)]
        whole: dict[Any, Expr] = {}
        for total, number in zip(self.totals, evaluate(self.totals), strict=True):
            is_one = at_recorded and number is not None and _is_one(number)
            whole[self.keys[total]] = formula = self.whole(total)
            if is_one:
                whole[self.keys[total]] = ONE
                self.ones.append(formula)
        changes = [self.rules.simplified, *map(self.put, (*shown, whole)), self.rules.factored]
        changed = [(change, dict[Expr, Expr]()) for change in changes]
        return [functools.reduce(lambda e, one: transformed(e, *one), changed, e) for e in formulas]

    def adds_up_to_one(self, e: Expr) -> bool:
        """Whether it is a sum of quantities, whose numbers add up to 1."""
        numbers = {self.keys[leaf]: leaf.data for leaf in self.keys if leaf.is_leaf}
        terms = [numbers.get(t.key) if isinstance(t, Name) else None for t in terms_of(e)]
        known = [number for number in terms if number is not None]
        is_one = len(known) == len(terms) > 1 and _is_one(math.fsum(known))
        if is_one:
            self.ones.append(e)
        return is_one

    def put(self, formulas: Mapping[Any, Expr]) -> Callable[[Expr], Expr]:
        """The change that puts formulas in the place of names, and simplifies."""

        def change(part: Expr) -> Expr:
            return self.rules.simplified(formulas.get(part.key, part) if isinstance(part, Name) else part)

        return change


def _is_one(x: Any) -> bool:
    """Whether it is 1 within the rounding of a sum."""
    return isinstance(x, float) and math.isclose(x, 1.0, rel_tol=1e-12)


# -- names --------------------------------------------------------------------------------------


def lecture_names(result: Symbol | None, taken: set[str], unlabelled: set[str]) -> Naming:
    """The lectures' names: sᵢ for shares and yᵢ for desired shares, with the index of the exponent aᵢ.

    Args:
        result: the symbol of the result; where this is a share itself, the others are named as it is.
        taken: the names of other quantities, as text.
        unlabelled: those of them that are no labels, and so have no index to take.
    """

    def naming(
        rules: Exponentials, desired: Mapping[Desired, float], own: Share | None
    ) -> Mapping[Any, Symbol]:
        names: dict[Any, Symbol] = {}
        used: dict[str, list[str]] = {text: [] for text in taken}
        for group, exponents in enumerate(rules.exponents):
            described = [to_text(u.symbol) if isinstance(u, Name) else "" for u in exponents]
            indices = _indices(exponents)
            if indices is None or not unlabelled.isdisjoint(described):
                several = f"{group}," if len(rules.exponents) > 1 else ""
                indices = [f"{several}{i}" for i in range(len(exponents))]
                described = [f"{group}"]
            shares = free_names(SHARES, indices, used, described)
            if own is not None and own.group == group and result is not None:
                shares = _named_alike(result, own.place, shares)
            names |= {Share(group, i): symbol for i, symbol in enumerate(shares)}
            for example in sorted({key.example for key in desired if key.group == group}):
                wanted = free_names(DESIRED, indices, used, [*described, str(example)])
                names |= {Desired(group, i, example): symbol for i, symbol in enumerate(wanted)}
        return names

    return naming


def _indices(exponents: Sequence[Expr]) -> list[str] | None:
    """The indices that exponents have as names, if these are different: 0, 1, 2 of a₀, a₁, a₂."""
    indices = [index_of(u.symbol) for u in exponents if isinstance(u, Name)]
    known = [index for index in indices if index is not None]
    return known if len(set(known)) == len(exponents) else None


def _named_alike(result: Symbol, place: int, others: list[Symbol]) -> list[Symbol]:
    """The names of shares of which one has a label: p₀, p₁, p₂ of p₁."""
    match result.body:
        case Script(base, sup, Atom(text, _, "number")) if text.isdecimal() and int(text) >= place:
            first = int(text) - place
            bodies = [Script(base, sup, integer(first + i)) for i in range(len(others))]
            return [result if i == place else Symbol(to_latex(m), m) for i, m in enumerate(bodies)]
    return [result if i == place else other for i, other in enumerate(others)]
