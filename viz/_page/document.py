"""The page itself: the picture as HTML and SVG, the steps as MathML, the program as data."""

from __future__ import annotations

import html
import json
import math
import sys
from dataclasses import fields
from importlib import resources
from string import Template
from typing import Any

from autograd._table.rows import Row
from viz._layout.places import Layout
from viz._layout.routes import Area, Route
from viz._layout.themes import DARK, LIGHT, THINNEST, WIDER, Theme
from viz._mathematics.shortening import readable, short_text
from viz._mathematics.typeset import Math, to_text
from viz._page.javascript import operations
from viz._page.layout import PROPERTIES, box_formula, edge_svg, laid_out, link_formula
from viz._page.live import to_mathml
from viz._page.recording import Recording
from viz._pictures.picture import Box, Link
from viz._pictures.steps import PassStep, steps_of

__all__ = ["document"]

SCRIPTS = ("numbers", "evaluate", "state", "show", "camera", "nudge", "controls", "printing", "start")
STYLES = ("page", "picture", "print")


def document(recording: Recording, title: str | None) -> str:
    """The HTML of a recording.

    >>> from autograd import Value
    >>> from viz._page.recording import record
    >>> page = document(record((Value(3.0, label="x") * 2).with_label("y"), 60), None)
    >>> page[:15], "<title>y, step by step</title>" in page
    ('<!doctype html>', True)
    """
    layout, steps = laid_out(recording.picture), list(steps_of(recording.picture, recording.numbers()))
    root = to_text(readable(recording.picture.boxes[-1].symbol))
    scripts = [operations(recording.rows()) + "\n"]
    scripts += [_asset(f"{name}.js") for name in SCRIPTS]
    return Template(_asset("page.html")).substitute(
        title=html.escape(f"{root}, step by step" if title is None else title),
        style=_colours() + _sizes() + "".join(_asset(f"{name}.css") for name in STYLES),
        width=f"{layout.width:.0f}",
        height=f"{layout.height:.0f}",
        stage=_stage(recording, layout),
        steps="\n".join(_step(step, i) for i, step in enumerate(steps)),
        last=len(steps) - 1,
        data=_json(_data(recording, steps)),
        script="\n".join(scripts),
    )


def _asset(name: str) -> str:
    return resources.files("viz._page").joinpath("assets", name).read_text(encoding="utf-8")


def _colours() -> str:
    """The themes' colours as custom properties; paper is always light."""
    dark = f'@media screen {{ :root[data-theme="dark"] {{ color-scheme: dark; {_properties(DARK)} }} }}'
    return f":root {{ color-scheme: light; {_properties(LIGHT)} }}\n\n{dark}\n\n"


def _properties(theme: Theme) -> str:
    return " ".join(
        f"--{field.name.replace('_', '-')}: {getattr(theme, field.name)};" for field in fields(theme)
    )


def _sizes() -> str:
    return f".stage {{ {' '.join(f'{name}: {size};' for name, size in PROPERTIES.items())} }}\n\n"


def _json(data: Any) -> str:
    # Inside a script element only "</script" and "<!--" would be read as HTML.
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


# -- the picture ------------------------------------------------------------------------------


def _stage(recording: Recording, layout: Layout) -> str:
    picture = recording.picture
    parts = [
        f'<div class="layer" style="{_style(layout.layers[layer.id])}">'
        f"<span>{html.escape(short_text(layer.title, 40))}</span></div>"
        for layer in picture.layers
    ]
    lines = "".join(_edge(route, i) for i, route in enumerate(layout.routes))
    parts.append(
        f'<svg width="{layout.width:.0f}" height="{layout.height:.0f}" aria-hidden="true">{lines}</svg>'
    )
    for i, route in enumerate(layout.routes):
        assert route.label is not None  # each link has one
        formula = link_formula(picture, i)
        over = (
            "" if formula is None else f'<div class="fit"><span>{_math(formula, display=True)}</span></div>'
        )
        parts.append(
            f'<div class="slope" id="slope{i}" role="group" style="{_style(route.label)}">'
            f'{over}<div class="number"></div></div>'
        )
    symbols = {box.id: readable(box.symbol) for box in picture.boxes}
    # From left to right and down, as the keyboard goes through them.
    boxes = sorted(picture.boxes, key=lambda box: (round(layout.boxes[box.id].x), layout.boxes[box.id].y))
    parts += [_box(box, symbols[box.id], layout.boxes[box.id], recording) for box in boxes]
    return "\n".join(parts)


def _edge(route: Route, i: int) -> str:
    slim = f' style="--slim:{route.slim:.2f}"' if route.slim < 1 else ""
    return f'<g class="edge" id="edge{i}"{slim}>{edge_svg(route)}</g>'


def _style(spot: Area) -> str:
    return f"left:{spot.left:.1f}px;top:{spot.top:.1f}px;width:{spot.width:.1f}px;height:{spot.height:.1f}px"


def _math(m: Math, display: bool = False) -> str:
    style = ' displaystyle="true"' if display else ""
    return f"<math{style}>{to_mathml(m)}</math>"


def _box(box: Box, symbol: Math, spot: Area, recording: Recording) -> str:
    pieces = [f'<mrow class="formula">{to_mathml(part)}</mrow>' for part in box_formula(box)]
    lines = [to_mathml(symbol) + "".join(pieces[:1]), *pieces[1:]]
    formulas = "<br>".join(f'<math displaystyle="true">{line}</math>' for line in lines)
    name = html.escape(to_text(symbol))
    full = html.escape(" ".join(to_text(box.symbol).split()))
    value, number_line = '<span class="number value"></span>', ""
    if box.formula is None:
        low, high, grain = _range(recording.program.cells[recording.value[box.id]])
        value = (
            f'<input class="number value" type="text" inputmode="decimal" autocomplete="off" '
            f'aria-label="value of {name}">'
        )
        number_line = (
            f'<input class="line" type="range" min="{low!r}" max="{high!r}" step="any" '
            f'data-grain="{grain!r}" aria-label="move {name}">'
        )
    return (
        f'<div class="box {box.kind}" id="{box.id}" role="group" style="{_style(spot)}">'
        f'<div class="name fit" title="{full}"><span>{formulas}</span></div>'
        f'<div class="row"><span class="word">value</span>{value}</div>'
        '<div class="row"><span class="word">grad</span><span class="number gradient"></span></div>'
        f"{number_line}</div>"
    )


def _range(number: float) -> tuple[float, float, float]:
    """A number line about a number: its ends, and the grain that a dragged number is rounded to.

    >>> _range(0.5), _range(-1234.5)
    ((-1.5, 2.5, 0.01), (-3234.5, 765.5, 10.0))
    """
    size = max(1.0, abs(number))
    unit = 10.0 ** math.floor(math.log10(size))
    half = next(n * unit for n in (2, 5, 10, 20) if n * unit >= 1.2 * size)
    largest = sys.float_info.max
    grain = 10.0 ** (math.floor(math.log10(min(half, largest))) - 2)
    return max(number - half, -largest), min(number + half, largest), grain


# -- the steps and the data -------------------------------------------------------------------


def _step(step: PassStep, i: int) -> str:
    equations = "".join(
        '<div class="equation">' + "".join(_math(piece, display=True) for piece in equation) + "</div>"
        for equation in step.equations
    )
    kind = "" if step.kind in ("overview", "everything") else f"<span>{step.kind}</span> "
    return (
        f'<article class="step {step.kind}" id="step{i}"><h2>{kind}{html.escape(step.title)}</h2>'
        f"{equations}</article>"
    )


def _data(recording: Recording, steps: list[PassStep]) -> dict[str, Any]:
    """The data of the script, as `state.js` describes them."""
    picture, last = recording.picture, len(steps) - 1
    at = {step.boxes[0]: i for i, step in enumerate(steps) if step.kind == "forward"}
    walked = {step.links[0]: i for i, step in enumerate(steps) if step.kind == "backward" and step.links}
    seed = next(i for i, step in enumerate(steps) if step.kind == "backward")
    symbols = {box.id: readable(box.symbol) for box in picture.boxes}
    contributions: dict[str, list[list[int]]] = {box.id: [] for box in picture.boxes}
    contributions[picture.boxes[-1].id].append([seed, recording.gradient[picture.boxes[-1].id]])
    for i in picture.backward_order():
        contributions[picture.links[i].source].append([walked[i], recording.total[i]])
    return {
        "cells": [_cell(cell) for cell in recording.program.cells],
        "boxes": [
            {
                "id": box.id,
                "name": to_text(symbols[box.id]),
                "value": recording.value[box.id],
                "at": at.get(box.id, 0),
                "contributions": contributions[box.id],
                "sources": [link.source for link in picture.links if link.target == box.id],
            }
            for box in picture.boxes
        ],
        "links": [
            {"name": _name(link), "slope": recording.slope[i], "at": walked.get(i, last)}
            for i, link in enumerate(picture.links)
        ],
        "steps": [{"text": step.text, "boxes": step.boxes, "links": step.links} for step in steps],
        "stroke": [THINNEST, WIDER],
        "domains": {row.key: row.domain_text for row in recording.rows() if not _everywhere(row)},
    }


def _name(link: Link) -> str:
    assert link.derivative is not None
    return to_text(link.derivative)


def _cell(cell: Any) -> Any:
    """A cell in JSON, which has no number beyond the largest: 1e200 · 1e200, as a derivative may be.

    >>> _cell(0.5), _cell(-math.inf), _cell(["mul", 0, 1])
    (0.5, '-Infinity', ['mul', 0, 1])
    """
    if isinstance(cell, list) or math.isfinite(cell):
        return cell
    return "NaN" if math.isnan(cell) else "Infinity" if cell > 0 else "-Infinity"


def _everywhere(row: Row) -> bool:
    """Whether a row takes every number: a result that is not finite is then too large."""
    ends = [(interval.low, interval.high) for intervals in row.domain for interval in intervals]
    return all(end == (-math.inf, math.inf) for end in ends)
