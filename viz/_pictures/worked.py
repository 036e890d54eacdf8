"""The chain rule of a highlighted quantity, which stands under its picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autograd._graph.node import DomainError, Node
from autograd._nodes.value import Value
from viz._formulas.chain_rule import ChainRule, Path, chain_rule
from viz._formulas.setting import as_factor
from viz._mathematics.signs import EQUALS, derivative
from viz._mathematics.typeset import Math, line
from viz._pictures.picture import Factor, Link, Worked

__all__ = ["worked"]

MOST_PATHS = 3  # that are written out where they have no common form


def worked(
    C: Node, highlight: Node | Path, ids: Mapping[Node, str], links: Sequence[Link], total: bool
) -> Worked | None:
    """The calculation of ∂C/∂w along the highlighted paths; None where it is undefined, or not one number.

    Args:
        C: the result.
        highlight: the quantity, or one path from it.
        ids: the box of each quantity.
        links: of the picture.
        total: whether the uses of a quantity in a step count as one.
    """
    path = highlight if isinstance(highlight, Path) else None
    if path is not None and not path.factors:
        return None
    w = highlight if isinstance(highlight, Node) else highlight.factors[0].argument
    if not isinstance(C, Value) or not isinstance(w, Value) or w is C:
        return None
    try:
        rule = chain_rule(C, w, total=total)
    except DomainError:
        return None
    if path is None and rule.count == 1:
        path = rule.paths[0]
    if path is None:
        return _sum(rule) if rule.count else None
    whole = derivative(rule.symbols[C], rule.symbols[w])
    *rows, result = rule.factor_rows(path)
    if len(path.factors) == 1:  # ∂C/∂w = ∂C/∂w says nothing
        rows = rows[1:]
    else:
        rows = [[as_factor(m, i == 0) for i, m in enumerate(row)] for row in rows]
    places = {(link.source, link.target, link.use): i for i, link in enumerate(links)}
    factors = tuple(
        Factor(places.get((ids[f.argument], ids[f.result], f.use)), column, f.number or 0.0)
        for f, column in zip(path.factors, zip(*rows, strict=True), strict=True)
    )
    return Worked(whole if rule.count == 1 else None, factors, result[0])


def _sum(rule: ChainRule) -> Worked:
    """The sum over several paths, with Σ where they have a common form."""
    equations = rule.equations
    whole, (terms, numbers, value) = equations[-1]
    lines: list[tuple[Math, ...]] = []
    if rule.sums:
        lines.append((whole, line(EQUALS, rule.sums[0])))
        lines += [(line(EQUALS, rule.sums[-1]),)] if len(rule.sums) > 1 else []
        lines.append((line(EQUALS, numbers), line(EQUALS, value)))
    else:
        if len(equations) - 1 <= MOST_PATHS:
            for left, rights in equations[:-1]:
                shown = [*rights[:-2][-1:], rights[-1]] if len(rights) > 2 else rights
                lines.append((left, *(line(EQUALS, right) for right in shown)))
        lines.append((whole, *(line(EQUALS, right) for right in (terms, numbers, value))))
    return Worked(whole, (), value, tuple(lines))
