r"""A compiled program as a picture: its array graph under the scalar graph in which it was found.

The formulas are those of the program's own lines (`describe.lines`), set by the rows of the table.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np

from autograd._compiler import Program
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
    parts,
)
from autograd._compiler.describe.formulas import Number as Constant
from autograd._compiler.describe.lines import Lines, short
from autograd._graph.primitive import Primitive, lookup
from autograd._table.rows import CALL, PRODUCT, SUM
from viz._formulas.expressions import CONSTANT, Call, Expr, Name, Number, Product, Sum, simplify, times
from viz._formulas.setting import typeset
from viz._mathematics.latex import label, layer, literal
from viz._mathematics.signs import COMMA, ELLIPSIS, integer
from viz._mathematics.typeset import Atom, Fence, Line, Math, Script, Symbol, line, to_latex, to_text
from viz._pictures.chain import main_line
from viz._pictures.picture import Box, Layer, Link, Picture, check_size

__all__ = ["program_picture"]

LONGEST = 5  # terms of a sum; of more, the first of each kind is written, and dots
COMPARED = 8  # single quantities of a line, to see whether they are all of one kind
ONES, SIGNS, DOTS = literal("ones"), literal("signs"), Symbol(r"\dots", ELLIPSIS)


class _Sign(Primitive):
    """How something is written that only arrays have, and that no row of the table says."""

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
    found = program.lines
    order = _in_order(found)
    check_size(len(order), limit, "lines and leaves", "compile a smaller part of the calculation")
    written = _Written(found)
    rows = [
        _row("s", order, written.single_box),  # the scalar graph, folded line by line
        _row("n", order, written.array_box),
    ]
    if list(map(_said, rows[0].boxes)) == list(map(_said, rows[1].boxes)):
        del rows[0]  # nothing was put together: one graph is enough
    boxes, links, spine = (
        tuple(itertools.chain(*(getattr(row, what) for row in rows))) for what in ("boxes", "links", "spine")
    )
    layers = _layers(boxes) or (_grounds(rows, order) if len(rows) > 1 else ())
    return Picture("program", boxes, links, layers, spine)


def _in_order(found: Lines) -> list[Named]:
    """The lines, each after the leaves that it is the first to name."""
    lines = [*found.lines, found.result] if found.result is not None else found.lines
    order: dict[Named, None] = {}
    for one in lines:
        order.update(dict.fromkeys([*_sources(one), one]))
    return list(order) or [part.of for part in parts(found.outputs)]


def _sources(one: Named) -> list[Named]:
    return [] if one.formula is None else list(dict.fromkeys(part.of for part in parts(one.formula)))


def _row(mark: str, order: list[Named], box: Callable[[str, Named], Box]) -> Picture:
    ids = {one: f"{mark}{i}" for i, one in enumerate(order)}
    boxes = tuple(box(ids[one], one) for one in order)
    links = tuple(Link(ids[source], ids[one]) for one in order for source in _sources(one))
    spine = main_line(boxes[-1].id, boxes, links)
    return Picture(mark, boxes, links, spine=spine)


def _said(box: Box) -> tuple[str, str | None]:
    return to_text(box.symbol), None if box.formula is None else to_text(box.formula)


def _layers(boxes: tuple[Box, ...]) -> tuple[Layer, ...]:
    """Boxes whose labels name the same layer, where something is computed in it."""
    names = dict.fromkeys(box.layer for box in boxes if box.layer is not None and box.kind == "result")
    return tuple(
        Layer(f"layer{i}", f"layer {name}", tuple(box.id for box in boxes if box.layer == name))
        for i, name in enumerate(names)
    )


def _grounds(rows: list[Picture], order: list[Named]) -> tuple[Layer, ...]:
    """Where no label names a layer, each of the two graphs stands on a ground of its own."""
    titles = f"{sum(one.operations for one in order):,} operations", "the same as arrays"
    # The last first: Graphviz stacks graphs from the bottom up.
    return tuple(
        Layer(f"graph_{row.name}", title, tuple(box.id for box in row.boxes))
        for title, row in reversed(list(zip(titles, rows, strict=True)))
    )


class _Written:
    """The lines of a program as boxes."""

    def __init__(self, found: Lines) -> None:
        self.found = found
        self.keys: dict[object, int] = {}

    def array_box(self, id: str, one: Named) -> Box:
        """All quantities of one name."""
        symbol, formula = _symbol(one), one.formula
        kind = "result" if formula is not None else "parameter" if one.parameter else "data"
        size = "×".join(map(str, one.shape)) if len(one) > 1 else None
        shown = None if formula is None else typeset(self.formula(formula))
        return Box(id, kind, symbol, shown, size, None, layer(symbol), to_latex(symbol))

    def single_box(self, id: str, one: Named) -> Box:
        """What the quantities of one name were recorded as: one of them, and how many there are."""
        count, first = len(one), _quantity(one, 0)
        if one.formula is None:
            kind, note = "parameter" if one.parameter else "data", f"{count:,} numbers" if count > 1 else ""
            middle = (COMMA, ELLIPSIS) if count > 2 else ()
            last = (*middle, COMMA, _quantity(one, count - 1)) if count > 1 else ()
            return Box(id, kind, line(first, *last), None, None, None, layer(first), to_latex(first), note)
        few = {_kind(self.found.single(one, row)) for row in range(min(count, COMPARED))}
        such = f"{count:,} such lines, " if len(few) == 1 else f"the first of {count:,} lines, "
        such = such if count > 1 else ""
        note = f"{such}{one.operations:,} operation{'s' * (one.operations != 1)}"
        formula = typeset(self.formula(self.found.single(one)))
        return Box(id, "group", first, formula, None, None, layer(first), to_latex(first), note)

    # -- formulas -----------------------------------------------------------------------------

    def named(self, key: object, symbol: Symbol) -> Expr:
        return Name(self.keys.setdefault(key, len(self.keys)), symbol)

    def formula(self, f: Formula) -> Expr:
        match f:
            case Part(of, rows):
                return self.named((of, rows.tobytes()), _part(of, rows))
            case Constant(value):
                return Number(value)
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
        made = tuple(map(self.formula, args))
        if sum(map(_is_array, args)) < 2:
            return simplify(Call(op, made))
        return _between(EACH, *made) if op is lookup("mul") else Call(op, made)

    def total(self, terms: tuple[Addend, ...]) -> Expr:
        runs = [list(run) for _, run in itertools.groupby(_flat(terms), key=_kind)]
        made: list[Expr] = []
        for run in runs:
            if len(run) <= 2 or sum(map(len, runs)) <= LONGEST:
                made += map(self.term, run)
                continue
            # As the lectures write it, w x + … + b; where nothing follows, with its end: x + … + x.
            made += [self.term(run[0]), times(Number(run[0].sign), self.named(run[0], DOTS))]
            made += [self.term(run[-1])] if run is runs[-1] else []
        return made[0] if len(made) == 1 else Sum(tuple(made))

    def term(self, term: Addend) -> Expr:
        made = self.formula(term.quantity)
        if term.factor is not None:
            made = self.applied(lookup("mul"), (term.factor, term.quantity))
        return times(Number(-1.0), made) if term.sign < 0 else made

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
        made = self.formula(f.weights) if matrix is None else self.named(matrix, _symbol(matrix))
        if not _is_array(f.weights):
            made = times(made, self.named(f, ONES))
        return _between(EACH, self.named(f, SIGNS), made) if f.signed else made


def _between(sign: Primitive, x: Expr, y: Expr) -> Expr:
    """Two factors with a sign between them; what is loose goes in parentheses."""

    def tight(e: Expr) -> Expr:
        loose = isinstance(e, Sum) or (isinstance(e, Product) and e.over < 0)
        loose = loose or (isinstance(e, Number) and e.value < 0)
        loose = loose or (isinstance(e, Call) and getattr(e.op, "binds", CALL) == SUM)
        return Call(WITHIN, (e,)) if loose else e

    return Call(sign, (tight(x), tight(y)))


def _is_array(f: Formula) -> bool:
    """Whether it is several quantities; one alone goes with each."""
    match f:
        case Part(_, rows):
            return len(rows) > 1
        case Applied(_, args):
            return any(map(_is_array, args))
        case Total(terms):
            inner = (one for term in terms for one in (term.factor, term.quantity) if one is not None)
            return any(map(_is_array, inner))
        case Matrix(shape=(sums, _, windows)):
            return sums * windows > 1
        case Ragged(shape=(sums, _)):
            return sums > 1
    return not isinstance(f, Constant)


def _flat(terms: tuple[Addend, ...]) -> Iterator[Addend]:
    """Terms, those that are sums themselves written out, what is added before what is subtracted."""
    flat: list[Addend] = []
    for term in terms:
        inner = term.quantity.terms if isinstance(term.quantity, Total) and term.factor is None else (term,)
        flat += inner if term.sign > 0 else (term,)
    return iter(sorted(flat, key=lambda term: -term.sign))


def _kind(f: Formula | Addend | None) -> object:
    """What terms that follow one another are alike in: w₀x₀ and w₁x₁."""
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


def _symbol(one: Named) -> Symbol:
    r"""The name of all quantities of a line or family: their labels' without the indices, a matrix a capital.

    >>> w = Named("w1", ["w_{00}^{(1)}", "w_{01}^{(1)}", "w_{10}^{(1)}", "w_{11}^{(1)}"], (2, 2))
    >>> _symbol(w).latex
    'W^{(1)}'
    """
    base, sup, sub = _scripts(one)
    if len(one.shape) > 1 and one.formula is None and isinstance(base, Atom):
        base = Atom(base.text.upper(), base.latex.upper(), base.kind) if len(base.latex) == 1 else base
    return _joined(base, sup, sub if len(one) == 1 or not _labelled(one) else None)


def _quantity(one: Named, row: int) -> Symbol:
    """One of the quantities: its label, or the name of all with its place."""
    said = one.labels[row]
    if said and _labelled(one):
        return label(said)
    base, sup, sub = _scripts(one)
    if len(one) == 1:
        return _joined(base, sup, sub)
    return _joined(base, sup, integer(row) if sub is None else line(sub, COMMA, integer(row)))


def _part(of: Named, rows: np.ndarray) -> Symbol:
    """Some of the quantities: x₀, x with the first and the last index, or x for all."""
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


def _labelled(one: Named) -> bool:
    return one.lettered and all(short(said) == one.name for said in one.labels)


def _index(one: Named, row: int) -> Math:
    """What is lowered in a quantity's label; its place, where nothing is."""
    body = _quantity(one, row).body
    sub = body.sub if isinstance(body, Script) and _labelled(one) else None
    if sub is None:
        return integer(row)
    return Fence("(", sub, ")") if isinstance(sub, Line) and COMMA in sub.items else sub


def _scripts(one: Named) -> tuple[Math, Math | None, Math | None]:
    """What a name is made of: its letter, what is raised, what is lowered."""
    if _labelled(one):
        symbol = label(one.labels[0] or "")
    elif one.lettered:
        symbol = label(f"{one.name[0]}_{{{one.name[1:]}}}")  # v1 of a listing
    else:
        symbol = label(r"\theta" if one.parameter else "X")
    body = symbol.body
    return (body.base, body.sup, body.sub) if isinstance(body, Script) else (body, None, None)


def _joined(base: Math, sup: Math | None, sub: Math | None) -> Symbol:
    body = base if sup is None and sub is None else Script(base, sup, sub)
    return Symbol(to_latex(body), body)
