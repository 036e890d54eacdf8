"""The forward and the backward pass over a picture, step by step, each with its arithmetic.

The lecture page shows the steps with numbers that follow a dragged leaf, an animation with the recorded ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from viz._mathematics.shortening import readable
from viz._mathematics.signs import ELLIPSIS, EQUALS, MINUS, ONE, PLUS, TIMES, derivative
from viz._mathematics.typeset import Atom, Line, Math, Script, Symbol, line, parts, rebuilt, to_text
from viz._pictures.picture import Box, Picture

__all__ = ["Equation", "PassStep", "PictureNumbers", "figure", "has_names", "steps_of"]

LONGEST_SUMMARY = 12
MOST_TERMS = 3  # of a sum; of more, the sum so far and the new one
OVERVIEW = "Overview. Press → to begin; drag a number line to change a number"

Equation = list[Math]  # pieces that a line may be broken between: z, = w a, = 0.60


@dataclass(frozen=True)
class PictureNumbers:
    """The numbers of a picture, each a `figure`; of boxes by their ids, of links by their places.

    Attributes:
        value, gradient: of each box.
        slope: the local derivative of each link.
        product: the gradient of each link's target times its local derivative.
        total: the sum of the products of links with one source, as far as this one.
        formula, slope_formula: formulas in numbers, where they are shown.
        write: a figure as it is shown, by its text, whether a negative number needs parentheses there, and
            whether it shows a plus sign.
    """

    value: Mapping[str, Math]
    gradient: Mapping[str, Math]
    slope: Mapping[int, Math]
    product: Mapping[int, Math]
    total: Mapping[int, Math]
    write: Callable[[str, bool, bool], Math]
    formula: Mapping[str, Math] = field(default_factory=dict)
    slope_formula: Mapping[int, Math] = field(default_factory=dict)


def figure(text: str) -> Symbol:
    """A number in the place of a name, before it is known whether it needs parentheses."""
    return Symbol("", Atom(text, text, "number"))


def _signed(number: Math) -> Math:
    return Symbol("+", number.body) if isinstance(number, Symbol) else number


@dataclass(frozen=True)
class PassStep:
    """One step of a pass.

    Attributes:
        kind: overview, forward, backward or everything.
        heading: its subject, in words and names.
        equations: the arithmetic, the result last.
        boxes, links: its subjects, by ids and by indices.
    """

    kind: str
    heading: tuple[str | Math, ...]
    equations: tuple[Equation, ...] = ()
    boxes: tuple[str, ...] = ()
    links: tuple[int, ...] = ()

    @property
    def title(self) -> str:
        """Its heading in one line of Unicode."""
        return "".join(part if isinstance(part, str) else to_text(part) for part in self.heading)

    @property
    def text(self) -> str:
        """The step in one line of Unicode."""
        lines = ["".join(f"{to_text(piece)} " for piece in equation).strip() for equation in self.equations]
        return ". ".join([self.title, *lines])


def steps_of(picture: Picture, numbers: PictureNumbers) -> Iterator[PassStep]:
    """All steps: an overview, forward box by box, backward link by link, and everything at once."""
    names = {box.id: readable(box.symbol) for box in picture.boxes}
    root = picture.boxes[-1]
    yield PassStep("overview", (OVERVIEW,), (_equal([names[root.id], *_readable(root.formula)], numbers),))
    for box in picture.boxes:
        into = tuple(i for i, link in enumerate(picture.links) if link.target == box.id)
        if box.formula is not None:
            sides = [
                names[box.id],
                *_readable(box.formula),
                numbers.formula.get(box.id),
                numbers.value[box.id],
            ]
            computed = "Compute ", names[box.id]
            yield PassStep("forward", computed, (_equal(sides, numbers),), (box.id,), into)
        elif box.kind == "group" and (into or box.id in numbers.value):
            yield _of_group(box, names[box.id], into, numbers)
    seed = derivative(names[root.id], names[root.id])
    yield PassStep("backward", ("Begin with ", seed), (_equal([seed, ONE], numbers),), (root.id,))
    uses = Counter(link.source for link in picture.links)
    terms: dict[str, list[int]] = {box.id: [] for box in picture.boxes}
    for i in picture.backward_order():
        source, target = picture.links[i].source, picture.links[i].target
        terms[source].append(i)
        equations = _backward(picture, terms[source], uses[source], names, numbers)
        heading = ("From ", names[target], " back to ", names[source])
        lines = tuple(_equal(sides, numbers) for sides in equations)
        yield PassStep("backward", heading, lines, (source, target), (i,))
    yield PassStep("everything", ("All values and derivatives",), tuple(_summary(picture, names, numbers)))


def _of_group(box: Box, name: Math, into: tuple[int, ...], numbers: PictureNumbers) -> PassStep:
    """The calculation inside a folded box: the result of it that others use, if that is one."""
    value = numbers.value.get(box.id)
    equations = () if value is None else (_equal([name, value], numbers),)
    return PassStep("forward", ("Compute ", readable(box.heading)), equations, (box.id,), into)


def _backward(
    picture: Picture, terms: list[int], uses: int, names: dict[str, Math], numbers: PictureNumbers
) -> Iterator[list[Math | None]]:
    """The local derivative; the product with it; and of several uses the sum so far.

    A product or a sum is called ∂C/∂w only where it is complete.
    """
    i, root = terms[-1], picture.boxes[-1].id
    link = picture.links[i]
    if link.derivative is None:  # between folded boxes of which others use several quantities
        if len(terms) == uses and link.source in numbers.gradient:
            yield [derivative(names[root], names[link.source]), _signed(numbers.gradient[link.source])]
        return
    whole = derivative(names[root], names[link.source])
    worked = numbers.slope_formula.get(i)
    if isinstance(worked, Symbol):  # a name alone has no arithmetic in it
        worked = None
    yield [
        link.derivative,
        *_readable(link.symbol),
        worked,
        None if link.symbol is not None and _is_number(link.symbol) else numbers.slope[i],
    ]
    if link.target != root:  # of the result itself the gradient is 1
        product = line(derivative(names[root], names[link.target]), TIMES, link.derivative)
        figures = line(numbers.gradient[link.target], TIMES, numbers.slope[i])
        result = numbers.product[i]
        yield [whole if uses == 1 else None, product, figures, _signed(result) if uses == 1 else result]
    if len(terms) > 1 and any(picture.links[term].derivative is None for term in terms):
        if len(terms) == uses:
            yield [whole, _signed(numbers.gradient[link.source])]
    elif len(terms) > 1:
        last = len(terms) == uses
        added = [sign for term in terms for sign in (PLUS, numbers.product[term])]
        if len(terms) > MOST_TERMS:
            added = [PLUS, numbers.total[terms[-2]], PLUS, numbers.product[i]]
        total = numbers.total[i]
        yield [whole if last else None, line(*added[1:]), _signed(total) if last else total]


def _summary(picture: Picture, names: dict[str, Math], numbers: PictureNumbers) -> Iterator[Equation]:
    """The derivatives by the leaves, parameters first."""
    root = picture.boxes[-1]
    leaves = [box for box in picture.boxes if box.is_leaf and box is not root]
    leaves.sort(key=lambda box: box.kind != "parameter")

    def by(leaf: Box) -> Math:
        slope = derivative(names[root.id], names[leaf.id])
        return line(slope, EQUALS, _signed(numbers.gradient[leaf.id]))

    more = [ELLIPSIS] * (len(leaves) > LONGEST_SUMMARY)
    if leaves:
        yield [_guarded(m, numbers.write) for m in [*map(by, leaves[:LONGEST_SUMMARY]), *more]]


def _readable(formula: Math | None) -> list[Math]:
    return [] if formula is None else [readable(formula)]


def has_names(m: Math) -> bool:
    """Whether a formula has a quantity in it, so that it says more than its number."""
    return any(isinstance(part, Symbol) for part in parts(m))


def _is_number(m: Math) -> bool:
    """Whether a formula is a number in digits, which needs none beside it, as 1/3 and σ′(0) do."""
    items = m.items if isinstance(m, Line) else (m,)
    return isinstance(items[-1], Atom) and items[-1].kind == "number" and items[:-1] in ((), (MINUS,))


def _equal(sides: Sequence[Math | None], numbers: PictureNumbers) -> Equation:
    """Sides with equals signs between them; None is left out."""
    first, *others = (side for side in sides if side is not None)
    pieces = [first, *(line(EQUALS, side) for side in others)]
    return [_guarded(piece, numbers.write) for piece in pieces]


def _guarded(m: Math, write: Callable[[str, bool, bool], Math], guard: bool = False) -> Math:
    """The same mathematics with its figures written; `guard` where a negative one needs parentheses."""
    match m:
        case Symbol("" | "+" as sign, Atom(text, _, _)):
            return write(text, guard, sign == "+")
        case Line(items):
            first = [True, *(_opens(item) for item in items[:-1])]
            pairs = zip(items, first, strict=True)
            return Line(tuple(_guarded(item, write, not begins) for item, begins in pairs))
        case Script(base, sup, sub):
            scripts = (m and _guarded(m, write) for m in (sup, sub))
            return Script(_guarded(base, write, True), *scripts)
    return rebuilt(m, lambda part: _guarded(part, write))


def _opens(m: Math) -> bool:
    """Whether a number after this begins a formula, as after an equals sign."""
    return isinstance(m, Atom) and m.kind in ("relation", "punctuation")
