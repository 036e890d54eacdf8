"""Programs as LaTeX, in the notation of the rows."""

from __future__ import annotations

import math
import re
from functools import cache

from autograd._table.rows import CALL, POWER, PRODUCT, SUM, Row
from autograd.testing._programs.lines import Argument, Line
from autograd.testing._programs.operations import operation
from autograd.testing._programs.text import LOOP, Parts, chains

__all__ = ["formula"]

MOST_INLINE = 8  # operations of a formula, from which on a part has a name
MARKS = {"x": "\ue000", "y": "\ue001", "z": "\ue002"}

Set = tuple[str, int]
"""LaTeX, and how tightly it binds."""


def formula(parts: Parts) -> str:
    r"""The results of a program as LaTeX; results that are used again are named and defined after it.

    >>> from autograd.testing._programs.text import read
    >>> print(formula(read("x = 1.0; y = 2.0; a = x + y; b = exp(a); c = b * a")))
    e^{a} a, \quad a = x + y
    """
    _, _, lines, outputs = parts
    uses: dict[str, int] = {}
    for line in lines:
        for name in line.names:
            uses[name] = uses.get(name, 0) + 1
    settings: dict[Argument, Set] = {}
    sizes: dict[Argument, int] = {}
    definitions: dict[str, str] = {}
    for chain in chains(lines, outputs):
        if len(chain) < LOOP:
            for line in chain:
                text, binds = _applied(line, settings)
                size = sizes[line.name] = 1 + sum(sizes.get(a, 0) for a in line.arguments)
                if (
                    uses.get(line.name, 0) > 1
                    or (line.name in outputs and line.name in uses)
                    or size > MOST_INLINE
                ):
                    definitions[line.name] = text
                    text, binds, sizes[line.name] = symbol(line.name), CALL, 0
                settings[line.name] = text, binds
        else:
            first, second, last = chain[0], chain[1], chain[-1]
            text, _ = _applied(first, settings)
            name = symbol(last.name)
            again, _ = _applied(second, settings | {first.name: (name, CALL)})
            definitions[last.name] = rf"{text} \text{{, then }} {len(chain) - 1} \text{{ times }} {again}"
            settings[last.name] = name, CALL
    results = [_set(name, settings)[0] for name in outputs]
    several = f"({', '.join(results)})"
    result = definitions.pop(outputs[0], results[0]) if len(outputs) == 1 else several
    named = [rf"{symbol(name)} = {text}" for name, text in reversed(definitions.items())]
    return r", \quad ".join([result, *named])


def symbol(name: str) -> str:
    r"""A name as LaTeX: letters, and digits as an index.

    >>> symbol("x"), symbol("x12"), symbol("rate_2")
    ('x', 'x_{12}', '\\mathrm{rate}_{2}')
    """
    letters, digits = re.fullmatch(r"(.*?)_?(\d*)", name).groups()  # type: ignore[union-attr]
    letters = letters.replace("_", r"\_")
    base = letters if len(letters) == 1 else rf"\mathrm{{{letters}}}"
    return f"{base}_{{{digits}}}" if digits else base


def _number(x: float) -> Set:
    if math.isnan(x):
        return r"\text{nan}", CALL
    sign = "-" if math.copysign(1.0, x) < 0 else ""
    if math.isinf(x):
        return rf"{sign}\infty", SUM if sign else CALL
    digits, _, exponent = repr(abs(x)).partition("e")
    digits = digits.removesuffix(".0")
    if not exponent:
        return sign + digits, SUM if sign else CALL
    power = f"10^{{{int(exponent)}}}"
    text, binds = (power, POWER) if digits == "1" else (rf"{digits} \cdot {power}", PRODUCT)
    return sign + text, SUM if sign else binds


def _set(a: Argument, settings: dict[Argument, Set]) -> Set:
    if not isinstance(a, str):
        return _number(a)
    return settings.get(a) or (symbol(a), CALL)


def _applied(line: Line, settings: dict[Argument, Set]) -> Set:
    """A line's operation on arguments that are set already."""
    row = operation(line.operation).row
    arguments = [_set(a, settings) for a in line.arguments]
    if row is None:
        name = line.operation.replace("_", r"\_")
        return rf"\mathrm{{{name}}}({', '.join(text for text, _ in arguments)})", CALL
    texts = {}
    for (text, binds), (slot, needed, may_be_negative) in zip(arguments, _slots(row), strict=True):
        if binds < needed or (text.startswith("-") and not may_be_negative):
            texts[slot] = rf"\left({text}\right)"
        else:
            texts[slot] = text
    if row.name == "mul" and texts["y"][0].isdigit():
        return rf"{texts['x']} \cdot {texts['y']}", PRODUCT
    return row.latex.format(**texts), row.binds


@cache
def _slots(row: Row) -> tuple[tuple[str, int, bool], ...]:
    """For each input its name, how tightly an argument has to bind, and whether it may begin with a minus."""
    template = row.latex.format(**MARKS)
    slots = []
    for name in row.inputs:
        before, after = (part.strip() for part in template.split(MARKS[name], 1))
        fenced = not before or before[-1] in "{(|,["
        if after.startswith("^"):
            slots.append((name, CALL, False))
        elif fenced and (after.startswith(("}", ")", "|", ",", "]", r"\right"))):
            slots.append((name, 0, True))
        elif before.endswith("-"):
            slots.append((name, PRODUCT, False))
        else:
            slots.append((name, row.binds if row.binds < CALL else SUM, fenced))
    return tuple(slots)
