"""Listings as HTML, for notebooks: names in italics, with their numbers and indices as subscripts."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.entities import name2codepoint
from typing import Any

from autograd._support.notebooks import escaped

__all__ = ["Listed", "listing_html"]

# name = formula   (size), or return formula   (size)
ROW = re.compile(r"(?:(?P<name>.+?) = |return )(?P<formula>.*?)(?: {3,}(?P<size>\(.*\)))?")
SIGNS = re.compile(
    r"""(?P<function>[^\W\d]\w*)(?=\()
      | (?P<name>\\?[^\W\d_]+)(?P<number>\d*)(?P<scripts>(?:[_^](?:\{[^{}]*\}|\w+))*)
      | (?P<transposed>\.T\b)
      | \*\*\ ?(?P<exponent>\d+(?:\.\d+)?|[^\W\d_]\b)
      | (?P<operator>\ @\ |\ \*\ |-)
      | (?P<numeral>\d+(?:\.\d*)?(?:e[-+]?\d+)?)""",
    re.VERBOSE,
)
OPERATORS = {" @ ": " ", " * ": " · ", "-": "−"}
CELL = '<td style="text-align: left">'


class Listed:
    """An object that is printed as a listing, and that a notebook shows as the same in mathematics."""

    @property
    def _is_quickly_listed(self) -> bool:
        return True

    def _repr_html_(self) -> str | None:
        programs: list[Any] = getattr(self, "programs", [self])  # those of a compiled function
        return listing_html(str(self)) if all(p._is_quickly_listed for p in programs) else None


def listing_html(text: str) -> str:
    """A listing as a table; lines that are no row of it stand between tables.

    >>> print(listing_html("z1 = W1 @ x + b1   (3 x 4)"))
    <table>
    <tr><td style="text-align: left"><i>z</i><sub>1</sub></td><td style="text-align: left">= \
<i>W</i><sub>1</sub> <i>x</i> + <i>b</i><sub>1</sub></td><td style="text-align: left">(3 × 4)</td></tr>
    </table>
    """
    return "\n".join(_lines(text))


def _lines(text: str) -> Iterator[str]:
    is_inside = False
    for line in filter(None, text.splitlines()):
        row = ROW.fullmatch(line)
        if is_inside != (row is not None):
            is_inside = not is_inside
            yield "<table>" if is_inside else "</table>"
        if row is None:
            yield f"<p>{escaped(line)}</p>"
            continue
        name, size = row["name"], escaped(row["size"] or "").replace(" x ", " × ")
        left, sign = ("return", "") if name is None else (_mathematics(name), "= ")
        cells = left, sign + _mathematics(row["formula"]), size
        yield f"<tr>{''.join(f'{CELL}{cell}</td>' for cell in cells)}</tr>"
    if is_inside:
        yield "</table>"


def _mathematics(text: str) -> str:
    r"""A formula of a listing as HTML.

    >>> _mathematics("tanh(beta * x)**2"), _mathematics("<b>")
    ('tanh(β · <i>x</i>)<sup>2</sup>', '&lt;<i>b</i>&gt;')
    """
    written, end = [], 0
    for sign in SIGNS.finditer(text):
        written += [escaped(text[end : sign.start()]), _sign(sign)]
        end = sign.end()
    return "".join([*written, escaped(text[end:])])


def _sign(sign: re.Match[str]) -> str:
    if sign["transposed"]:
        return "<sup>T</sup>"
    if sign["exponent"]:
        return f"<sup>{sign['exponent']}</sup>"
    if sign["operator"]:
        return OPERATORS[sign["operator"]]
    if sign["name"] is None:
        return escaped(sign[0])
    name = sign["name"].removeprefix("\\")
    code = name2codepoint.get(name, 0)
    if 0x391 <= code <= 0x3C9:  # a Greek letter
        name = chr(code)
    elif len(name) == 1:
        name = f"<i>{html.escape(name)}</i>"
    below = [sign["number"], *re.findall(r"_\{?([^{}_^]*)", sign["scripts"])]
    above = re.findall(r"\^\{?([^{}_^]*)", sign["scripts"])
    indices = ((tag, ", ".join(filter(None, texts))) for tag, texts in (("sub", below), ("sup", above)))
    return name + "".join(f"<{tag}>{escaped(index)}</{tag}>" for tag, index in indices if index)
