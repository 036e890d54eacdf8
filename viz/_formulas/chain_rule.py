r"""The chain rule written out: the factors along every path to a result, their products, and the sum.

Its numbers come out right on a calculator: each is printed with as many digits, four or more, as that takes.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from autograd._derivatives.sweeps import adjoints
from autograd._graph.node import DomainError, Node, name, topological_order
from autograd._nodes.value import Value
from autograd._support.checks import a_bool, count
from viz._formulas.derivatives import Partial, depending, partials
from viz._formulas.names import symbols_of
from viz._formulas.siblings import sums_over_siblings, written_product
from viz._mathematics.latex import literal, parse
from viz._mathematics.numerals import DIGITS, agreeing_digits, rounded
from viz._mathematics.signs import COMMA, MINUS, PLUS, derivative, integer
from viz._mathematics.typeset import Atom, Line, Math, Script, Symbol, line, to_latex, to_text

__all__ = ["ChainRule", "Path", "chain_rule"]


NO_PATH, TO = literal("no path leads from"), literal("to")
ROUNDING = 2.0**-50
MOST_SUMMED = 256  # paths whose forms are compared
P = Atom("P", "P", "letter")  # P₁: the contribution of the first path


@dataclass(frozen=True)
class Path:
    """One path from a quantity to the result.

    Attributes:
        factors: the local derivative of each step, from the quantity to the result.
        product: the contribution of this path to the derivative.
    """

    factors: tuple[Partial, ...]
    product: float


@dataclass(frozen=True, repr=False)
class ChainRule:
    """∂result/∂quantity: the sum over paths of the product of the local derivatives along each.

    Printed, it is ``text``; in a notebook, ``latex``.

    Attributes:
        result, quantity: of ∂result/∂quantity.
        value: the derivative, by the engine's reverse sweep.
        count: how many paths there are.
        paths: the paths in reading order; of too many to list, the paths with the largest contributions,
            the largest first.
        sums: the sum over all paths with Σ, in derivatives and in formulas; empty where the paths have no
            such form.

    >>> x = Value(3.0, label="x")
    >>> rule = chain_rule((x**2 + 5 * x).with_label("y"), x)
    >>> rule.value, rule.count
    (11.0, 2)
    """

    result: Value
    quantity: Value
    value: float
    count: int
    paths: tuple[Path, ...]
    symbols: dict[Node, Symbol]
    sums: tuple[Math, ...] = ()

    @property
    def text(self) -> str:
        """The calculation as lines of Unicode."""
        lines: list[str] = []
        for left, rights in self._equations:
            name = to_text(left)
            lines += [f"{' ' * len(name) if i else name} = {to_text(m)}" for i, m in enumerate(rights)]
        return "\n".join(lines)

    @property
    def latex(self) -> str:
        r"""The calculation as LaTeX, an ``aligned`` environment for math mode."""
        lines: list[str] = []
        for left, rights in self._equations:
            lines += [f"{'' if i else to_latex(left)} &= {to_latex(m)}" for i, m in enumerate(rights)]
        return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        # Where no LaTeX is set, as in a terminal; inside a list, the short form.
        printer.text(self.text if len(printer.stack) == 1 else repr(self))

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        whole = to_text(self._derivative(self.result, self.quantity))
        return f"<{whole} = {self.value!r}, {self.count:,} path{'' if self.count == 1 else 's'}; print it>"

    @property
    def _equations(self) -> list[tuple[Math, list[Math]]]:
        """Equations, each as its left side and its right sides."""
        whole = self._derivative(self.result, self.quantity)
        if self.count == 1:
            return [(whole, list(self._equal(self.paths[0])))]
        if not self.count:
            ends = self.symbols[self.quantity], self.symbols[self.result]
            return [(whole, [line(_decimal(0.0), COMMA, NO_PATH, ends[0], TO, ends[1])])]
        terms: list[Math] = [Script(P, sub=integer(i + 1)) for i in range(len(self.paths))]
        products = [path.product for path in self.paths]
        if self.count > len(self.paths):
            more = self.count - len(self.paths)
            terms.append(literal(f"{more:,} more path{'' if more == 1 else 's'}"))
            products.append(self.value - math.fsum(products))
        # Contributions that cancel leave the rounding of their sum.
        rounding = ROUNDING * math.fsum(map(abs, products))
        value = self.value if not abs(self.value) <= rounding else 0.0
        digits, of_sum = agreeing_digits(products, value, _decimal_sum)
        sums = [(whole, list(self.sums))] if self.sums else []
        paths = zip(terms, self.paths, strict=False)
        equations = [(term, list(self._equal(path, digits))) for term, path in paths]
        numbers = [_decimal(product, digits) for product in products]
        return [*sums, *equations, (whole, [_sum(terms), _sum(numbers), _decimal(value, of_sum)])]

    def _equal(self, path: Path, digits: int | None = None) -> Iterator[Math]:
        """The same contribution in derivatives, in formulas and in numbers.

        Args:
            path: the path.
            digits: the significant digits of its product, where another equation decides on these.
        """
        if not path.factors:
            yield _decimal(1.0)
            return
        if self.count > 1 or len(path.factors) > 1:
            yield written_product([self._derivative(f.result, f.argument, f.use) for f in path.factors])
        if all(f.symbol is not None for f in path.factors):
            yield written_product([f.symbol for f in path.factors if f.symbol is not None])
        if len(path.factors) > 1:
            numbers = [f.number for f in path.factors if f.number is not None]
            of_factors, digits = agreeing_digits(numbers, path.product, _decimal_product, digits)
            yield written_product([_decimal(number, of_factors) for number in numbers])
        yield _decimal(path.product, digits or DIGITS)

    def _derivative(self, above: Node, beneath: Node, use: int = 0) -> Math:
        return derivative(self.symbols[above], self.symbols[beneath], use)


def chain_rule(C: Value, w: Value, *, most: int = 12, total: bool = False) -> ChainRule:
    r"""The chain rule of ∂C/∂w with its symbols and numbers, along every path over labelled quantities.

    Each path from w to C contributes the product of the local derivatives on it, and the
    contributions add up to ``w.grad``. A quantity used several times in a step gives a path for
    each use, or with `total` one with the total derivative. Softmax, logsumexp and cross-entropy are
    functions of all their numbers: through a step with one of them there is one path in any case, in the
    shares sᵢ that softmax makes. Paths through the neurons of a layer are also written as one sum,
    Σⱼ wⱼₖ · σ′(zⱼ) · ∂C/∂aⱼ, where their formulas differ in an index alone. Where a net has more than
    `most` paths, the largest contributions are written out, the others are counted, and the sum is still
    exact: it comes from the engine's sweep.
    Without any path the derivative is 0, and the text says why.

    Args:
        C: the result.
        w: the quantity to differentiate by: a leaf, or a node on the way to C.
        most: the most paths to write out, a whole number from 1.
        total: whether the uses of a quantity in a step count as one.

    Returns:
        A `ChainRule` with ``.text``, ``.latex`` and ``.value``, which prints as text and shows
        itself in a notebook. ``viz.draw_chain(C, highlight=w)`` draws its paths.

    Raises:
        TypeError: for anything but Values, since the derivative by an array is not one number; for a `total`
            that is not True or False.
        ValueError: for `most` below 1; for the two in the wrong order, when w is made from C.
        DomainError: where the derivative is undefined, as that of √ at 0.

    Source: lecture section 3.

    >>> from autograd import sigmoid
    >>> w, a, b = Value(1.2, label="w"), Value(0.5, label="a"), Value(-0.3, label="b")
    >>> z = (w * a + b).with_label("z")
    >>> s = sigmoid(z).with_label("s")
    >>> print(chain_rule(((s - 1) ** 2).with_label("C"), w))
    ∂C/∂w = ∂z/∂w · ∂s/∂z · ∂C/∂s
          = a · σ′(z) · 2(s − 1)
          = 0.5 · 0.2445 · (−0.8511)
          = −0.104
    >>> x = Value(3.0, label="x")
    >>> print(chain_rule((x * x).with_label("y"), x))
    P₁ = (∂y/∂x)₁
       = x
       = 3
    P₂ = (∂y/∂x)₂
       = x
       = 3
    ∂y/∂x = P₁ + P₂
          = 3 + 3
          = 6
    >>> y = (x * x).with_label("y")
    >>> print(chain_rule((y * y).with_label("f"), x, total=True))
    ∂f/∂x = ∂y/∂x · ∂f/∂y
          = 2x · 2y
          = 6 · 18
          = 108
    """
    for node, argument in ((C, "C"), (w, "w")):
        if not isinstance(node, Value):
            raise TypeError(
                f"chain_rule takes Values, and {argument} is {type(node).__name__} ({node!r:.80})"
            )
    most, total = count(most, "most"), a_bool(total, "total")
    order = topological_order(C)
    if w not in set(order) and C in set(topological_order(w)):
        raise ValueError(
            f"chain_rule takes the result first, then what to differentiate by, and {name(w)} is made from "
            f"{name(C)}: swap the two"
        )
    leaves = {node for node in order if node.is_leaf}
    symbols = symbols_of(list(dict.fromkeys([*order, w])), {C, w, *leaves})
    value = float(adjoints(C, 1.0, wrt=[w]).get(w, 0.0))
    ways, paths = _ways(C, w, _steps(w, order, symbols, total), max(most, MOST_SUMMED))
    sums = sums_over_siblings([path.factors for path in paths], symbols) if ways == len(paths) else []
    if ways > most:
        paths = heapq.nlargest(most, paths, key=lambda path: abs(path.product))
    return ChainRule(C, w, value, ways, tuple(paths), symbols, tuple(sums))


def _steps(w: Node, order: list[Node], symbols: dict[Node, Symbol], total: bool) -> dict[Node, list[Partial]]:
    """For each named quantity that depends on w, its derivatives by the quantities before it that do."""
    dependent = depending([w], order)
    return {
        node: [p for p in partials(node, symbols.get, total=total) if p.argument in dependent]
        for node in order
        if node in dependent and node is not w and node in symbols
    }


@dataclass(frozen=True)
class _Way:
    """The beginning of a path, by its last step; the steps before it are in `before`."""

    product: float
    before: _Way | None = None
    last: Partial | None = None

    def path(self) -> Path:
        factors: list[Partial] = []
        way: _Way | None = self
        while way is not None and way.last is not None:
            factors.append(way.last)
            way = way.before
        return Path(tuple(reversed(factors)), self.product)


def _ways(C: Node, w: Node, steps: dict[Node, list[Partial]], most: int) -> tuple[int, list[Path]]:
    """How many paths lead from w to C, and the `most` with the largest products.

    Each beginning of one of the largest paths is among the largest to its end, so at most `most` are stored
    for any quantity.
    """
    counts: dict[Node, int] = {w: 1}
    best: dict[Node, list[_Way]] = {w: [_Way(1.0)]}
    for node, step in steps.items():
        counts[node] = sum(counts[p.argument] for p in step)
        ways = [_Way(way.product * _number_of(p), way, p) for p in step for way in best[p.argument]]
        if counts[node] > most:
            ways = heapq.nlargest(most, ways, key=lambda way: abs(way.product))
        best[node] = ways
    return counts.get(C, 0), [way.path() for way in best.get(C, [])]


def _number_of(partial: Partial) -> float:
    if partial.number is None:
        where = ", ".join(name(node) for node in (partial.argument, partial.result))
        raise DomainError(f"{partial.name} is on the way, and is no number where {where}")
    return partial.number


def _sum(terms: Sequence[Math]) -> Math:
    """Terms with signs between them: 3 - 2 rather than 3 + (-2)."""
    items = [terms[0]]
    for term in terms[1:]:
        match term:
            case Line((first, *rest)) if first == MINUS:
                items += [MINUS, line(*rest)]
            case _:
                items += [PLUS, term]
    return line(*items)


def _decimal_sum(numbers: Sequence[Decimal]) -> Decimal:
    return sum(numbers, Decimal(0))


def _decimal_product(numbers: Sequence[Decimal]) -> Decimal:
    return math.prod(numbers, start=Decimal(1))


def _decimal(x: float, digits: int = DIGITS) -> Math:
    """A number with so many significant digits."""
    figures, _, exponent = rounded(x, digits).partition("e")
    return parse(figures if not exponent else rf"{figures} \cdot 10^{{{int(exponent)}}}")
