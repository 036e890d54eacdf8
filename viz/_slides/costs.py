r"""The cost of one example, term by term."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd import Value
from autograd._support.checks import count
from autograd._support.entering import is_number
from viz._formulas.expressions import build
from viz._formulas.names import name_of
from viz._formulas.setting import as_factor, typeset
from viz._layout.scene import SLIDE
from viz._layout.themes import LIGHT, Theme
from viz._mathematics.latex import parse
from viz._mathematics.signs import EQUALS
from viz._mathematics.typeset import Atom, Math, line, to_latex
from viz._pictures.arrays import LARGEST, Array, numbers
from viz._plots.parts.scales import levels
from viz._plots.parts.words import plain_number
from viz._slides.matrices import stacked
from viz._slides.parts.blocks import EMPTY, Block, Fenced, Formula, Row, Table, Words
from viz._slides.parts.entries import MOST_DECIMALS, as_printed, checks, decimals_of, fewest_decimals, numeral
from viz._slides.parts.pictures import an_image, neuron, pixels
from viz._slides.slide import Size, Slide

__all__ = ["Term", "cost_table", "squared_difference"]

Term = Callable[[Any, Any], Any]
FROM = Formula(Atom("←", r"\leftarrow", "relation"))
TWO, FOUR = 2, 4  # the fewest decimals of outputs and of the sum, and of terms
MOST_TERMS = 12
PICTURE = 7.0  # the longer side of the image, in sizes of the type
NOT_EXACT = "terms of the outputs", "before rounding"


def squared_difference(a: Any, y: Any) -> Any:
    """The term of the lectures' cost, (a − y)²."""
    return (a - y) ** 2


def cost_table(
    a: Any,
    y: Any,
    *,
    term: Term = squared_difference,
    labels: Iterable[Any] | None = None,
    image: Any = None,
    decimals: int | None = None,
    theme: Theme = LIGHT,
    size: Size = SLIDE,
) -> Slide:
    r"""Write the cost of one example as the sum that it is: a term for each output, and the sum.

    Each line reads ``0.0841 ← (0.29 − 0.00)²``: a term, and its calculation from the output and the desired
    output. Beside it stand the output as brightness, with a blue ring for the desired class, and its label.
    The outputs have as many decimals, two at least, as make each printed term right on a calculator.

    Args:
        a: the outputs, such as ``net(x)``: numbers, an array, a `Tensor` or Values; at most 12.
        y: the desired outputs, as many.
        term: a function of an output and its desired output; the cost is the sum of these. The names of its
            parameters are those in the formula. For cross-entropy: ``lambda s, y: -y * autograd.log(s)``.
        labels: of the outputs; 0, 1, 2, … if None.
        image: the input as a picture, shape (height, width).
        decimals: of the outputs. Where the printed terms then do not follow from the printed outputs, the
            slide says so, as those of the lecture's tables, which have 2.
        theme, size: the colours, and the slide in pixels.

    Raises:
        TypeError: for anything but numbers, and for a term that gives no number.
        ValueError: for another number of desired outputs or labels, for more than 12 outputs, and for a term
            beyond 1e300.
        DomainError: for a term that is undefined.

    Source: lecture section 2, tables 1 and 2.

    >>> print(cost_table([0.29, 0.91], [0, 1]))
    C₀ = ∑ⱼ (aⱼ − yⱼ)² ⎰ 0.0841 ← (0.29 − 0.00)² 0
       = 0.09          ⎱ 0.0081 ← (0.91 − 1.00)² 1
    >>> print(cost_table([0.2941, 0.9123], [0, 1], decimals=2))
    C₀ = ∑ⱼ (aⱼ − yⱼ)²
       = 0.09            ⎰ 0.0865 ← (0.29 − 0.00)² 0
    terms of the outputs ⎱ 0.0077 ← (0.91 − 1.00)² 1
    before rounding
    """
    if not callable(term):
        raise TypeError(f"term is a function, such as lambda a, y: (a - y) ** 2, not {term!r:.80}")
    outputs, desired = _one_example(a, "a"), _one_example(y, "y")
    if len(outputs) != len(desired):
        raise ValueError(f"y has a desired output for each of the {len(outputs)} in a; it has {len(desired)}")
    if len(outputs) > MOST_TERMS:
        raise ValueError(f"a cost table has at most {MOST_TERMS} outputs; given {len(outputs)}")
    heads = _heads(labels, len(outputs))
    terms = _terms(term, outputs, desired)
    largest = int(abs(terms).argmax())
    if not abs(terms[largest]) <= LARGEST:
        raise ValueError(
            f"a cost table takes terms up to {LARGEST:g}: that of the output {outputs[largest]:g} and the "
            f"desired {desired[largest]:g} is {terms[largest]:g}"
        )
    after, of_sum, adds_up = _decimals(terms)
    of_desired, printed = max(TWO, decimals_of(desired)), as_printed(terms, after)

    def agree(decimals: int) -> bool:
        return checks(
            _terms(term, as_printed(outputs, decimals), as_printed(desired, of_desired)), printed, after
        )

    if decimals is None:
        before, exact = fewest_decimals(TWO, agree)
    else:
        before = count(decimals, "decimals", 0, MOST_DECIMALS)
        exact = agree(before)
    shades = levels(outputs)
    is_class = (desired == desired.max()) & (desired > desired.min())
    rows: list[tuple[Block, ...]] = []
    for j, head in enumerate(heads):
        calculation = _formula(term, numeral(outputs[j], before), numeral(desired[j], of_desired))
        disc = neuron(float(shades[j]), bool(is_class[j]))
        rows.append(
            (Formula(numeral(terms[j], after)), FROM, Formula(calculation), disc, Words(head, "ink", 0.8))
        )
    left: list[Block] = [_as_sum(term, numeral(float(terms.sum()), of_sum))]
    if image is not None:
        left.insert(0, pixels(an_image(image), PICTURE))
    if not (exact and adds_up):
        left.append(Table(tuple((Words(text),) for text in NOT_EXACT), "l", leading=0.0))
    table = Table(tuple(rows), "rclcl", gap=0.35)
    return Slide(
        Row((stacked(left), Fenced("{", table, ""))),
        title="The cost of one example, term by term",
        size=size,
        theme=theme,
    )


def _as_sum(term: Term, total: Math) -> Table:
    """C₀ = the sum of its terms, and under it = the number."""
    whole = _formula(term, *(parse(f"{name}_j") for name in _parameters(term)))
    formula = line(EQUALS, parse(r"\sum_j"), as_factor(whole, first=False))
    rows = (Formula(parse("C_0")), Formula(formula)), (EMPTY, Formula(line(EQUALS, total)))
    return Table(rows, "rl", gap=0.12, leading=0.5)


def _one_example(values: Any, name: str) -> Array:
    array = numbers(values, name)
    if array.size not in array.shape:
        cure = "; of a label, y is nn.data.one_hot(label, classes, low=0, high=1)" if array.ndim == 0 else ""
        raise ValueError(
            f"{name} has shape {array.shape}; a cost table is of one example, shape (outputs,){cure}"
        )
    return array.ravel()


def _heads(labels: Iterable[Any] | None, expected: int) -> list[str]:
    heads = list(range(expected)) if labels is None else list(labels)
    if len(heads) != expected:
        raise ValueError(f"labels has {len(heads)} entries for {expected} outputs")
    return [plain_number(head) if is_number(head) else str(head) for head in heads]


# -- terms ------------------------------------------------------------------------------------


def _terms(term: Term, outputs: Array, desired: Array) -> Array:
    return np.array([_recorded(term, Value(a), Value(y)).data for a, y in zip(outputs, desired, strict=True)])


def _recorded(term: Term, a: Value, y: Value) -> Value:
    result = term(a, y)
    if not isinstance(result, Value):
        raise TypeError(
            "term is a function of an output and its desired output that gives a Value, such as "
            f"lambda a, y: (a - y) ** 2; it gives {type(result).__name__} ({result!r:.80})"
        )
    return result


def _formula(term: Term, a: Math, y: Math) -> Math:
    """The formula of a term of two quantities with these names."""
    values = (Value(0.5, label=to_latex(symbol)) for symbol in (a, y))
    return typeset(build(_recorded(term, *values), name_of))


def _parameters(term: Term) -> tuple[str, str]:
    """The names of its two parameters, where they are letters."""
    names = list(inspect.signature(term).parameters)
    return (names[0], names[1]) if len(names) == 2 and all(len(name) == 1 for name in names) else ("a", "y")


def _decimals(terms: Array) -> tuple[int, int, bool]:
    """The decimals of all terms and of their sum, and whether the printed terms add up to the printed sum.

    Terms have four, fewer where they are large, more where they are small; and more where their sum, with two
    decimals, would not be that of the printed terms.
    """
    total = float(terms.sum())
    power = _power(float(abs(terms).max()))
    fewest = max(0, FOUR - max(0, power), 1 - power)
    least = max(TWO, -_power(total))
    for after in range(fewest, max(fewest, MOST_DECIMALS) + 1):
        for of_sum in range(min(least, after), after + 1):
            if checks(as_printed(terms, after).sum(), as_printed(np.array(total), of_sum), of_sum):
                return after, of_sum, True
    return fewest, min(least, fewest), False


def _power(x: float) -> int:
    """The power of ten of the first digit."""
    return math.floor(math.log10(abs(x))) if x else 0
