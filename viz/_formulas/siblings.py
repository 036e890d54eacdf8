"""Sums over siblings: paths through the neurons of a layer as one formula, Σⱼ wⱼₖ · σ′(zⱼ) · ∂C/∂aⱼ.

Whether the paths have one form is read off their formulas: these must be the same but for one index.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile

from autograd._graph.node import Node
from viz._formulas.derivatives import Partial
from viz._formulas.setting import as_factor
from viz._mathematics.indices import free_letters, indexed
from viz._mathematics.latex import layer
from viz._mathematics.signs import COMMA, TIMES, derivative
from viz._mathematics.typeset import SIGMA, Atom, Line, Math, Script, Symbol, leading, line

__all__ = ["sums_over_siblings", "written_product"]

Write = Callable[[Partial], Math | None]


def sums_over_siblings(paths: Sequence[Sequence[Partial]], symbols: Mapping[Node, Symbol]) -> list[Math]:
    """The sum of all paths: in derivatives, in formulas before the last derivative, and in formulas.

    Without any where the paths are no sum over siblings; a form that the paths do not share is left out.

    Args:
        paths: the local derivatives along each path, from one quantity to one result.
        symbols: the names of the quantities.
    """
    if len(paths) < 2:
        return []

    def of_names(p: Partial) -> Math:
        return derivative(symbols[p.result], symbols[p.argument], p.use)

    def up_to_last(p: Partial) -> Math | None:
        return of_names(p) if p is paths_end[id(p)] else p.symbol

    ends = {id(path[-1]): path[-1] for path in paths}
    paths_end = {id(p): ends.get(id(p)) for path in paths for p in path}
    names = [symbol for path in paths for p in path for symbol in (symbols[p.result], symbols[p.argument])]
    letters = free_letters(names)
    layers = _layers(paths, symbols)
    if layers is None:
        return []
    lines: list[Math] = []
    writes: tuple[Write, ...] = (of_names, up_to_last, lambda p: p.symbol)
    for write in writes:
        factors = _factors(paths, write, letters)
        form = None if factors is None else written_product(factors)
        if form is not None and form not in lines:
            lines.append(form)
    if lines and layers:
        lines[0] = line(lines[0], COMMA, _words(layers))
    return lines


def written_product(factors: Sequence[Math]) -> Math:
    """Factors with dots between them, in parentheses where a sum would be misread."""
    if len(factors) == 1:
        return factors[0]
    last = factors[-1]
    is_open = isinstance(last, Line) and leading(last) == SIGMA  # Σ takes all that follows
    items = [m for i, factor in enumerate(factors[:-1]) for m in (as_factor(factor, i == 0), TIMES)]
    return line(*items, last if is_open else as_factor(last, False))


def _factors(paths: Sequence[Sequence[Partial]], write: Write, letters: Sequence[str]) -> list[Math] | None:
    """The factors of the sum of paths: those that all share, and between them a sum over siblings."""
    if len(paths) == 1:
        written = [write(p) for p in paths[0]]
        return None if None in written else [m for m in written if m is not None]
    before, after, branches = _divided(paths)
    if not letters or branches is None:
        return None
    written = [write(p) for p in (*before, *after)]
    terms = [_factors(branch, write, letters[1:]) for branch in branches]
    if None in written or None in terms:
        return None
    body = indexed([written_product(factors) for factors in terms if factors], letters[0])
    if body is None:
        return None
    index = Atom(letters[0], letters[0], "letter")
    outside = [m for m in written if m is not None]
    return [*outside[: len(before)], line(Script(SIGMA, sub=index), body), *outside[len(before) :]]


def _divided(
    paths: Sequence[Sequence[Partial]],
) -> tuple[Sequence[Partial], Sequence[Partial], list[list[Sequence[Partial]]] | None]:
    """The beginning and the end that paths share, and the paths between, by the quantity that comes first.

    None for the paths between, where two of them go to the same quantity by different uses.
    """
    start = _shared(paths)
    end = min(_shared([path[::-1] for path in paths]), min(map(len, paths)) - start)
    between = [path[start : len(path) - end] for path in paths]
    before, after = paths[0][:start], paths[0][len(paths[0]) - end :]
    branches: dict[int, list[Sequence[Partial]]] = {}
    for path in between:
        if not path:
            return before, after, None
        branches.setdefault(id(path[0]), []).append(path)
    siblings = {branch[0][0].result for branch in branches.values()}
    is_sum = 1 < len(branches) == len(siblings)
    return before, after, list(branches.values()) if is_sum else None


def _shared(paths: Sequence[Sequence[Partial]]) -> int:
    return sum(1 for _ in takewhile(lambda ps: all(p is ps[0] for p in ps), zip(*paths, strict=False)))


def _layers(paths: Sequence[Sequence[Partial]], symbols: Mapping[Node, Symbol]) -> list[str] | None:
    """The layers that are summed over, in order; empty where the labels name none, None for no such sum."""
    layers: dict[str, None] = {}
    todo = [paths]
    while todo:
        several = todo.pop()
        if len(several) == 1:
            continue
        branches = _divided(several)[2]
        if branches is None:
            return None
        of_siblings = {layer(symbols[branch[0][0].result]) for branch in branches}
        if len(of_siblings) > 1:
            return None
        layers.update((name, None) for name in of_siblings if name is not None)
        todo += branches
    return list(layers)


def _words(layers: Sequence[str]) -> Symbol:
    *first, last = layers
    words = f"sum over layers {', '.join(first)} and {last}" if first else f"sum over layer {last}"
    return Symbol(rf"\quad \text{{{words}}}", Atom(words, words, "word"))
