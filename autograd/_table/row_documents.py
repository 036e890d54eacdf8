"""The docstring of a row of the table, with an example computed from the row itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import product
from typing import Protocol

from autograd._table.intervals import Interval

__all__ = ["document"]

# Points to try for each input: the first combination inside the domain is the example.
POINTS = ((0.5, 2.0, -2.0), (2.0, 0.5, -0.5), (-1.0, 0.5, 2.0))
DIGITS = 6


class Described(Protocol):
    """The parts of a row that its docstring shows."""

    name: str
    public: bool
    inputs: tuple[str, ...]
    partials: tuple[str, ...]
    latex: str
    kink: str | None
    domain: tuple[tuple[Interval, ...], ...]
    domain_text: str
    on_floats: Callable[..., float]


def document(row: Described) -> str:
    """The formula, the derivatives, the domain, the errors and, of a public row, an example that runs."""
    partials = "\n".join(f"    d{row.name}/d{i} = {p}" for i, p in zip(row.inputs, row.partials, strict=True))
    return (
        f"{row.name}({', '.join(row.inputs)}): ${row.latex.format(**{i: i for i in row.inputs})}$\n\n"
        f"Derivative, in the inputs and the result ``out``:\n\n{partials}\n\n"
        f"Defined for {row.domain_text}"
        + (f"; the derivative jumps where {row.kink} = 0" if row.kink else "")
        + ".\n\nNumbers give a number, a `Value` a `Value`, a `Tensor` a `Tensor`, arrays an array, "
        "element by element.\nOutside the domain, numbers and Values raise `DomainError`; "
        "arrays and Tensors give what NumPy gives." + "".join(f"\n\n{example}" for example in _examples(row))
    )


def _examples(row: Described) -> Iterator[str]:
    """One call of a public row in its domain, with its result to six decimals; none if no point fits."""
    if not row.public:
        return
    for point in product(*POINTS[: len(row.inputs)]):
        if not all(any(x in part for part in parts) for x, parts in zip(point, row.domain, strict=True)):
            continue
        try:
            out = row.on_floats(*point)
        except (ValueError, ArithmeticError):
            continue
        if not math.isfinite(out):
            continue
        call = f"{row.name}({', '.join(map(str, point))})"
        rounded = round(out, DIGITS)
        expression = call if rounded == out else f"round({call}, {DIGITS})"
        yield f">>> from autograd import {row.name}\n>>> {expression}\n{float(rounded)!r}"
        return
