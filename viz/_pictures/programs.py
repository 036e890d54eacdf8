r"""A compiled program as a picture: its array graph under the scalar graph in which it was found.

The formulas come from the program's own lines (`describe.lines`), written by the rows of the table.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np

from autograd._compiler.describe.formulas import (
    Addend,
    Applied,
    Formula,
    Joined,
    Matrix,
    Named,
    Numbers,
    Part,
    Ragged,
    Total,
    operands,
    parts,
)
from autograd._compiler.describe.formulas import Number as Constant
from autograd._compiler.describe.line_names import array_name, is_one_label, short
from autograd._compiler.describe.lines import Lines
from autograd._compiler.programs.program import Program
from autograd._graph.primitive import Primitive, lookup
from autograd._table.rows import CALL, PRODUCT, SUM
from viz._formulas.expressions import CONSTANT, Call, Expr, Name, Numeral, Product, Sum, simplify, times
from viz._formulas.setting import typeset
from viz._mathematics.latex import label, layer, literal
from viz._mathematics.signs import COMMA, ELLIPSIS, integer
from viz._mathematics.typeset import Atom, Fence, Line, Math, Script, Symbol, line, to_latex, to_text
from viz._pictures.chain import main_line
from viz._pictures.picture import Box, Cluster, Link, Picture, check_size, layers_of

__all__ = ["program_picture"]

LONGEST = 5  # terms of a sum; of more, the first of each kind is written, and dots
COMPARED = 8  # quantities of a line: whether the first are all of one kind stands for all
ONES, SIGNS, DOTS = literal("ones"), literal("signs"), Symbol(r"\dots", ELLIPSIS)


class _Sign(Primitive):
    """A form of arrays, without a row in the table."""

    def __init__(self, name: str, latex: str, binds: int) -> None:
        self.name, self.latex, self.binds = name, latex, binds


EACH, DOT = _Sign("each", r"{x} \odot {y}", PRODUCT), _Sign("dot", r"{x} \cdot {y}", PRODUCT)
WITHIN, JOINED = _Sign("within", "({x})", CALL), _Sign("joined", "[{x}]", CALL)
WINDOWS = _Sign("windows", r"\mathrm{{windows}}({x})", CALL)
SUMS = _Sign("sums", r"\mathrm{{sums}}({x})", CALL)


def program_picture(program: Program, *, limit: int = 200) -> Picture:
    """The neutral picture that `viz.draw` draws of a program.

    >>> from autograd import Value, compile
    >>> w, x = ([Value(0.1, label=f"{letter}_{i}") for i in range(6)] for letter in "wx")
    >>> z = sum((a * b for a, b in zip(w, x)), Value(0.0)).with_label("z")
    >>> for box in program_picture(compile(z, x, w)).boxes:
    ...     print(box.kind, to_text(box.symbol), "=", box.formula and to_text(box.formula))
    parameter w₀, …, w₅ = None
    data x₀, …, x₅ = None
    group z = w₀x₀ + … + w₅x₅
    parameter w = None
    data x = None
    result z = w · x
    """
    order = _in_order(program.lines)
    check_size(len(order), limit, "lines and leaves", "compile a smaller part of the calculation")
    boxes_of = _Boxes(program.lines)
    graphs = [
        _graph("s", order, boxes_of.single_box),  # the scalar graph, folded line by line
        _graph("n", order, boxes_of.array_box),
    ]
    single, arrays = ([to_text(box.equation(None)) for box in graph.boxes] for graph in graphs)
    if single == arrays:
        del graphs[0]  # without an array the two are one graph
    boxes, links, spine = (
        tuple(itertools.chain(*(getattr(graph, part) for graph in graphs)))
        for part in ("boxes", "links", "spine")
    )
    layers = layers_of(boxes, with_groups=True) or (_grounds(graphs, order) if len(graphs) > 1 else ())
    return Picture("program", boxes, links, layers, spine)


def _in_order(lines: Lines) -> list[Named]:
    """The arrays that the lines name, each after its sources."""
    computed = [*lines.lines, lines.result] if lines.result is not None else lines.lines
    order = dict.fromkeys(itertools.chain(*([*_sources(array), array] for array in computed)))
    return list(order) or [part.of for part in parts(lines.outputs)]


def _sources(array: Named) -> list[Named]:
    return [] if array.formula is None else list(dict.fromkeys(part.of for part in parts(array.formula)))


def _graph(mark: str, order: list[Named], box: Callable[[str, Named], Box]) -> Picture:
    ids = {array: f"{mark}{i}" for i, array in enumerate(order)}
    boxes = tuple(box(ids[array], array) for array in order)
    links = tuple(Link(ids[source], ids[array]) for array in order for source in _sources(array))
    spine = main_line(boxes[-1].id, boxes, links)
    return Picture(mark, boxes, links, spine=spine)


def _grounds(graphs: list[Picture], order: list[Named]) -> tuple[Cluster, ...]:
    """Where no label names a layer, each of the two graphs stands on a ground of its own."""
    titles = f"{sum(array.operations for array in order):,} operations", "the same as arrays"
    # The last first: Graphviz stacks graphs from the bottom up.
    return tuple(
        Cluster(f"graph_{graph.name}", title, tuple(box.id for box in graph.boxes))
        for title, graph in reversed(list(zip(titles, graphs, strict=True)))
    )


class _Boxes:
    """The arrays of a program as boxes."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.keys: dict[object, int] = {}

    def array_box(self, id: str, array: Named) -> Box:
        """All quantities of an array."""
        symbol, formula = _symbol(array), array.formula
        kind = "result" if formula is not None else "parameter" if array.parameter else "data"
        size = "×".join(map(str, array.shape)) if len(array) > 1 else None
        mathematics = None if formula is None else typeset(self.formula(formula))
        return Box(id, kind, symbol, mathematics, size, None, layer(symbol), to_latex(symbol))

    def single_box(self, id: str, array: Named) -> Box:
        """One quantity of an array as it was recorded, and how many there are."""
        count, first = len(array), _quantity(array, 0)
        if array.formula is None:
            kind, note = "parameter" if array.parameter else "data", f"{count:,} numbers" if count > 1 else ""
            middle = (COMMA, ELLIPSIS) if count > 2 else ()
            last = (*middle, COMMA, _quantity(array, count - 1)) if count > 1 else ()
            return Box(id, kind, line(first, *last), None, None, None, layer(first), to_latex(first), note)
        kinds = {_kind(self.lines.single(array, row)) for row in range(min(count, COMPARED))}
        alike = f"{count:,} such lines, " if len(kinds) == 1 else f"the first of {count:,} lines, "
        note = f"{alike * (count > 1)}{array.operations:,} operation{'s' * (array.operations != 1)}"
        formula = typeset(self.formula(self.lines.single(array)))
        return Box(id, "group", first, formula, None, None, layer(first), to_latex(first), note)

    # -- formulas -----------------------------------------------------------------------------

    def named(self, key: object, symbol: Symbol) -> Expr:
        return Name(self.keys.setdefault(key, len(self.keys)), symbol)

    def formula(self, f: Formula) -> Expr:
        match f:
            case Part(of, rows):
                return self.named((of, rows.tobytes()), _part(of, rows))
            case Constant(value):
                return Numeral(value)
            case Numbers():
                return self.named(f, CONSTANT)
            case Joined(several):
                return Call(JOINED, tuple(map(self.formula, several)))
            case Applied(row, args):
                return self.applied(row, args)
            case Total(terms):
                return self.total(terms)
            case Matrix():
                return self.product(f)
            case Ragged():
                return Call(SUMS, (_between(EACH, self.weights(f), self.formula(f.quantity)),))

    def applied(self, op: Primitive, args: tuple[Formula, ...]) -> Expr:
        inner = tuple(map(self.formula, args))
        if sum(map(_is_array, args)) < 2:
            return simplify(Call(op, inner))
        return _between(EACH, *inner) if op is lookup("mul") else Call(op, inner)

    def total(self, terms: tuple[Addend, ...]) -> Expr:
        runs = [list(run) for _, run in itertools.groupby(_flat(terms), key=_kind)]
        written: list[Expr] = []
        for run in runs:
            if len(run) <= 2 or sum(map(len, runs)) <= LONGEST:
                written += map(self.term, run)
                continue
            # As the lectures write it, w x + … + b; where nothing follows, with its end: x + … + x.
            written += [self.term(run[0]), times(Numeral(run[0].sign), self.named(run[0], DOTS))]
            written += [self.term(run[-1])] if run is runs[-1] else []
        return written[0] if len(written) == 1 else Sum(tuple(written))

    def term(self, term: Addend) -> Expr:
        product = self.formula(term.quantity)
        if term.factor is not None:
            product = self.applied(lookup("mul"), (term.factor, term.quantity))
        return times(Numeral(-1.0), product) if term.sign < 0 else product

    def product(self, f: Matrix) -> Expr:
        sums, _, windows = f.shape
        quantity = self.formula(f.quantity)
        if sums == windows == 1:
            if f.weights is None and not f.signed:
                return Call(lookup("sum"), (quantity,))
            if f.weights is not None and not _is_array(f.weights) and not f.signed:
                return Call(lookup("sum"), (times(self.formula(f.weights), quantity),))
            return _between(DOT, self.weights(f), quantity)
        if windows > 1 and not (isinstance(f.quantity, Part) and f.quantity.whole):
            if isinstance(f.quantity, Part):  # each of them in as many windows as it is in
                quantity = self.formula(Part(f.quantity.of, np.unique(f.quantity.rows)))
            quantity = Call(WINDOWS, (quantity,))
        return Call(lookup("matmul"), (self.weights(f), quantity))

    def weights(self, f: Matrix | Ragged) -> Expr:
        if f.weights is None:
            return self.named(f, SIGNS if f.signed else ONES)
        matrix = f.matrix if isinstance(f, Matrix) and f.shape[0] > 1 else None
        weights = self.formula(f.weights) if matrix is None else self.named(matrix, _symbol(matrix))
        if not _is_array(f.weights):
            weights = times(weights, self.named(f, ONES))
        return _between(EACH, self.named(f, SIGNS), weights) if f.signed else weights


def _between(sign: Primitive, x: Expr, y: Expr) -> Expr:
    """Two factors with a sign between them, sums and negative factors in parentheses."""

    def tight(e: Expr) -> Expr:
        loose = isinstance(e, Sum) or (isinstance(e, Product) and e.over < 0)
        loose = loose or (isinstance(e, Numeral) and e.value < 0)
        loose = loose or (isinstance(e, Call) and getattr(e.op, "binds", CALL) == SUM)
        return Call(WITHIN, (e,)) if loose else e

    return Call(sign, (tight(x), tight(y)))


def _is_array(f: Formula) -> bool:
    """Whether a formula gives several quantities; a single one is multiplied by each."""
    match f:
        case Part(_, rows):
            return len(rows) > 1
        case Applied() | Total():
            return any(map(_is_array, operands(f)))
        case Matrix(shape=(sums, _, windows)):
            return sums * windows > 1
        case Ragged(shape=(sums, _)):
            return sums > 1
    return not isinstance(f, Constant)


def _flat(terms: tuple[Addend, ...]) -> list[Addend]:
    """Terms without sums inside, added terms before subtracted ones."""
    flat: list[Addend] = []
    for term in terms:
        inner = term.quantity.terms if isinstance(term.quantity, Total) and term.factor is None else (term,)
        flat += inner if term.sign > 0 else (term,)
    return sorted(flat, key=lambda term: -term.sign)


def _kind(f: Formula | Addend | None) -> object:
    """The common part of terms that follow one another, as of w₀x₀ and w₁x₁."""
    match f:
        case Addend(sign, factor, quantity):
            return sign, _kind(factor), _kind(quantity)
        case Part(of, _):
            return of
        case Applied(row, args):
            return (row, *map(_kind, args))
        case Total(terms):
            return tuple(map(_kind, terms))
    return f


# -- symbols ----------------------------------------------------------------------------------


def _symbol(array: Named) -> Symbol:
    r"""The name of an array: its labels without their indices, of a matrix a capital.

    >>> w = Named("w1", ["w_{00}^{(1)}", "w_{01}^{(1)}", "w_{10}^{(1)}", "w_{11}^{(1)}"], (2, 2))
    >>> _symbol(w).latex
    'W^{(1)}'
    """
    base, sup, sub = _scripts(array)
    if len(array.shape) > 1 and array.formula is None and isinstance(base, Atom):
        base = Atom(base.text.upper(), base.latex.upper(), base.kind) if len(base.latex) == 1 else base
    has_indices = _labelled(array) and not is_one_label(array.labels)
    return _joined(base, sup, sub if len(array) == 1 or not has_indices else None)


def _quantity(array: Named, row: int) -> Symbol:
    r"""One quantity of an array: its label, or the array's name with its place.

    >>> _quantity(Named("W1", ["W^{(1)}"] * 6, (2, 3), array=(2, 3)), 5).latex
    'w_{12}^{(1)}'
    """
    if (text := array.labels[row]) and _labelled(array) and not is_one_label(array.labels):
        return label(text)
    base, sup, sub = _scripts(array)
    if len(array) == 1:
        return _joined(base, sup, sub)
    shape = array.array or (len(array),)
    is_letter = isinstance(base, Atom) and len(base.latex) == 1
    if is_letter and array.formula is None and is_one_label(array.labels):  # w_{jk} of W
        base = Atom(base.text.lower(), base.latex.lower(), base.kind)  # type: ignore[union-attr]
    place = _place(row, shape)
    return _joined(base, sup, place if sub is None else line(sub, COMMA, place))


def _place(row: int, shape: tuple[int, ...]) -> Math:
    """The indices of an entry, as the lectures write them: without commas where each is one digit."""
    indices = np.unravel_index(row, shape)
    if max(shape) <= 10:
        digits = "".join(map(str, indices))
        return Atom(digits, digits, "number")
    return line(*[part for i in indices for part in (COMMA, integer(int(i)))][1:])


def _part(of: Named, rows: np.ndarray) -> Symbol:
    """Some quantities of an array: x₀, x with the first and the last index, or x for all."""
    chosen = list(dict.fromkeys(rows.tolist()))
    if chosen == list(range(len(of))):
        return _symbol(of)
    if len(chosen) == 1:
        return _quantity(of, chosen[0])
    between: tuple[Math, ...] = (COMMA,)
    if chosen == list(range(chosen[0], chosen[-1] + 1)):
        between = (ELLIPSIS,)
    elif len(chosen) > 3:
        between = (COMMA, ELLIPSIS, COMMA)
    ends = chosen if between == (COMMA,) else (chosen[0], chosen[-1])
    listed = [m for row in ends for m in (*between, _index(of, row))][len(between) :]
    base, sup, sub = _scripts(of)
    if not _labelled(of) and sub is not None:  # some of v₁
        base = Fence("(", Script(base, None, sub), ")")
    return _joined(base, sup, line(*listed))


def _labelled(array: Named) -> bool:
    """Whether the name of an array comes from its labels."""
    first = array.labels[0]
    if len(set(array.labels)) == 1:
        return array.has_own_name and array.name in (short(first), array_name(first or ""))
    return array.has_own_name and all(short(text) == array.name for text in array.labels)


def _index(array: Named, row: int) -> Math:
    """The index in a quantity's label; its place, where the label has none."""
    body = _quantity(array, row).body
    sub = body.sub if isinstance(body, Script) and _labelled(array) else None
    if sub is None:
        return integer(row)
    return Fence("(", sub, ")") if isinstance(sub, Line) and COMMA in sub.items else sub


def _scripts(array: Named) -> tuple[Math, Math | None, Math | None]:
    """The letter of an array's name, its superscript and its subscript."""
    if _labelled(array):
        symbol = label(array.labels[0] or "")
    elif array.has_own_name:
        symbol = label(f"{array.name[0]}_{{{array.name[1:]}}}")  # v1 of a listing
    else:
        symbol = label(r"\theta" if array.parameter else "X")
    body = symbol.body
    return (body.base, body.sup, body.sub) if isinstance(body, Script) else (body, None, None)


def _joined(base: Math, sup: Math | None, sub: Math | None) -> Symbol:
    body = base if sup is None and sub is None else Script(base, sup, sub)
    return Symbol(to_latex(body), body)
