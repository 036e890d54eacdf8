"""The steps of a lecture page: forward node by node, then backward edge by edge, each with its arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, field

from viz._mathematics.shortening import readable
from viz._mathematics.signs import ELLIPSIS, EQUALS, ONE, PLUS, TIMES, derivative
from viz._mathematics.typeset import Atom, Math, Symbol, line, to_text
from viz._page.live import guarded, shown
from viz._page.recording import Gain, Recording
from viz._pictures.picture import Box

__all__ = ["Step", "steps_of"]

GAINS = Atom("+=", "+=", "relation")
LONGEST_SUMMARY = 12
OVERVIEW = "Overview. Press → to begin; drag a number line to change a number"

Equation = list[Math]  # pieces that a line may be broken between: z, = w a, = 0.60


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        kind: overview, forward, backward or everything.
        title: what is done in it.
        equations: the arithmetic, the last equation the one that matters most.
        boxes, links: ids and numbers of what the step is about.
    """

    kind: str
    title: str
    equations: list[Equation] = field(default_factory=list)
    boxes: tuple[str, ...] = ()
    links: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """The step in one line of Unicode, its live numbers as private characters."""
        said = ["".join(f"{to_text(piece)} " for piece in equation).strip() for equation in self.equations]
        return ". ".join([self.title, *said])


def steps_of(recording: Recording) -> list[Step]:
    """All steps, from the overview to everything.

    >>> from autograd import Value
    >>> from viz._page.recording import record
    >>> x = Value(3.0, label="x")
    >>> for step in steps_of(record((2 * x).with_label("y"), 60)):
    ...     print(step.kind, step.title)
    overview Overview. Press → to begin; drag a number line to change a number
    forward Compute y
    backward Begin with ∂y/∂y
    backward From y back to x
    everything All values and derivatives
    """
    picture = recording.picture
    into: dict[str, list[int]] = {box.id: [] for box in picture.boxes}
    for i, link in enumerate(picture.links):
        into[link.target].append(i)
    root = picture.boxes[-1]
    names = {box.id: readable(box.symbol) for box in picture.boxes}
    found = [Step("overview", OVERVIEW, [[names[root.id], *_formula(root)]])]
    for box in picture.boxes:
        if box.formula is not None:
            title = f"Compute {to_text(names[box.id])}"
            found.append(
                Step("forward", title, [_forward(recording, box, names)], (box.id,), tuple(into[box.id]))
            )
    seed = [derivative(names[root.id], names[root.id]), line(EQUALS, ONE)]
    found.append(Step("backward", f"Begin with {to_text(seed[0])}", [seed], (root.id,)))
    for i, gain, before in _backward(recording):
        link = picture.links[i]
        title = f"From {to_text(names[link.target])} back to {to_text(names[link.source])}"
        equations = _gaining(recording, gain, before, names)
        found.append(Step("backward", title, equations, (link.source, link.target), (i,)))
    leaves = [box for box in picture.boxes if box.formula is None and box is not root]
    leaves.sort(key=lambda box: box.kind != "parameter")
    summary: Equation = [
        line(
            derivative(names[root.id], names[box.id]), EQUALS, shown(recording.gradient[box.id], signed=True)
        )
        for box in leaves[:LONGEST_SUMMARY]
    ]
    summary += [ELLIPSIS] * (len(leaves) > LONGEST_SUMMARY)
    found.append(Step("everything", "All values and derivatives", [_live(summary)] if summary else []))
    return found


def _backward(recording: Recording) -> list[tuple[int, Gain, int | None]]:
    """Each link's gain in the order of the backward pass, and the slot of the sum before it."""
    picture = recording.picture
    place = {box.id: i for i, box in enumerate(picture.boxes)}
    gains = [
        (gain.link, gain, gains[i - 1].total if i else None)
        for gains in recording.gains.values()
        for i, gain in enumerate(gains)
    ]
    return sorted(gains, key=lambda entry: (-place[picture.links[entry[0]].target], entry[0]))


def _formula(box: Box) -> Equation:
    return [] if box.formula is None else [line(EQUALS, readable(box.formula))]


def _forward(recording: Recording, box: Box, names: dict[str, Math]) -> Equation:
    """z = w a + b = 1.20 · 0.50 + (−0.30) = 0.30."""
    numbers = recording.formulas[box.id] or ELLIPSIS
    pieces = [
        names[box.id],
        *_formula(box),
        line(EQUALS, numbers),
        line(EQUALS, shown(recording.value[box.id])),
    ]
    return _live(pieces)


def _gaining(recording: Recording, gain: Gain, before: int | None, names: dict[str, Math]) -> list[Equation]:
    """The local derivative; along it the gradient; and the sum, if the quantity has one already."""
    picture = recording.picture
    link = picture.links[gain.link]
    source, target, root = names[link.source], names[link.target], names[picture.boxes[-1].id]
    slope, slot = derivative(target, source, link.use), recording.slope[gain.link]
    formula = [] if link.symbol is None else [line(EQUALS, readable(link.symbol))]
    numbers = recording.slopes[gain.link]
    # Neither a constant such as 1 nor a name alone has arithmetic in it.
    worked = [] if numbers is None or isinstance(numbers, Symbol) else [line(EQUALS, numbers)]
    constant = numbers is None and link.symbol is not None
    local = [slope, *formula, *worked, *([] if constant else [line(EQUALS, shown(slot))])]
    whole = derivative(root, source)
    if slope == whole and before is None:
        return [_live(local)]  # the edge into the result is itself the gradient
    product = [
        whole,
        line(EQUALS if before is None else GAINS, derivative(root, target), TIMES, slope),
        line(EQUALS, shown(recording.gradient[link.target]), TIMES, shown(slot)),
        line(EQUALS, shown(gain.product, signed=before is None)),
    ]
    equations = [_live(local), _live(product)]
    if before is not None:
        equations.append(
            _live(
                [
                    whole,
                    line(EQUALS, shown(before), PLUS, shown(gain.product)),
                    line(EQUALS, shown(gain.total, signed=True)),
                ]
            )
        )
    return equations


def _live(pieces: Equation) -> Equation:
    return [guarded(piece) for piece in pieces]
