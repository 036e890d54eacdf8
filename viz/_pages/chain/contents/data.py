"""The data of the page's script, as `state.js` describes them."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from autograd._table.rows import Row
from viz._layout.themes import THINNEST, WIDER
from viz._mathematics.shortening import readable
from viz._mathematics.typeset import to_text
from viz._pages.chain.bounds import ranges
from viz._pages.chain.contents.boxes import inner_id, movable
from viz._pages.chain.recording import Recording
from viz._pictures.picture import Box
from viz._pictures.steps import PassStep

__all__ = ["data_of"]

HUGE = 1e300  # a number line of that length ends where numbers end


def data_of(recording: Recording, steps: list[PassStep], general: list[PassStep]) -> dict[str, Any]:
    """The program, boxes, links and steps of a recording, for JSON.

    Args:
        recording: the recording.
        steps: its steps.
        general: the steps with the formulas that hold whatever leaf is moved.

    >>> from autograd import Value
    >>> from viz._pages.chain.recording import record
    >>> from viz._pictures.steps import steps_of
    >>> recording = record((Value(3.0, label="x") * 2).with_label("y"), 60)
    >>> steps = list(steps_of(recording.picture, recording.numbers()))
    >>> data = data_of(recording, steps, steps)
    >>> data["boxes"][0]["line"], data["boxes"][1]["range"]
    ([-2.0, 8.0], [None, None])
    """
    picture, last = recording.picture, len(steps) - 1
    walked = {step.links[0]: i for i, step in enumerate(steps) if step.kind == "backward" and step.links}
    seed = next(i for i, step in enumerate(steps) if step.kind == "backward")
    computed = {step.boxes[0]: i for i, step in enumerate(steps) if step.kind == "forward"}
    links = enumerate(picture.links)
    inner = [entry for box in picture.boxes for entry in _inner(recording, box, walked, seed)]
    return {
        "cells": [_cell(cell) for cell in recording.program.cells],
        "boxes": inner + list(_boxes(recording, computed, walked, seed)),
        "links": [
            {
                "name": "" if link.derivative is None else to_text(link.derivative),
                "slope": recording.slope[i],
                "at": walked.get(i, last),
            }
            for i, link in links
        ],
        "steps": [
            {"text": step.text, "boxes": step.boxes, "links": step.links}
            | ({"general": other.text} if other.text != step.text else {})
            for step, other in zip(steps, general, strict=True)
        ],
        "ones": sorted(recording.ones),
        "stroke": [THINNEST, WIDER],
        "domains": {row.key: row.domain_text for row in recording.rows() if not _everywhere(row)},
    }


def _boxes(
    recording: Recording, computed: Mapping[str, int], walked: Mapping[int, int], seed: int
) -> Iterator[dict[str, Any]]:
    picture = recording.picture
    rows = {row.key: row for row in recording.rows()}
    slots = {recording.value[i] for i in computed if i in recording.value}
    bounds = ranges(recording.program.cells, rows, recording.leaves(), slots)
    for box in picture.boxes:
        slot, gradient = recording.value.get(box.id), recording.gradient.get(box.id)
        entry: dict[str, Any] = {
            "id": box.id,
            "name": to_text(readable(box.symbol)),
            "value": slot,
            "gradient": gradient,
            "at": computed.get(box.id, 0),
            "contributions": _contributions(recording, box, walked, seed),
            "sources": [link.source for link in picture.links if link.target == box.id],
        }
        if box.is_leaf:
            entry |= _leaf(recording, box, recording.value[box.id])
        elif slot is not None:
            entry["range"] = [end if math.isfinite(end) else None for end in bounds[slot]]
        yield entry


def _inner(recording: Recording, box: Box, walked: Mapping[int, int], seed: int) -> Iterator[dict[str, Any]]:
    """The leaves inside a folded box: their gradients are known when that of the box is."""
    used = [walked[i] for i, link in enumerate(recording.picture.links) if link.source == box.id]
    for i, leaf in enumerate(movable(recording, box)):
        yield {
            "id": inner_id(box, i),
            "name": to_text(readable(leaf.box.symbol)),
            "value": leaf.value,
            "gradient": leaf.gradient,
            "at": 0,
            "contributions": [[max(used, default=seed), leaf.gradient]],
            "sources": [],
            **_leaf(recording, leaf.box, leaf.value),
        }


def _contributions(recording: Recording, box: Box, walked: Mapping[int, int], seed: int) -> list[list[int]]:
    """The steps of the backward pass that add to a box's gradient, each with the slot of the sum so far."""
    picture, gradient = recording.picture, recording.gradient.get(box.id)
    if gradient is None:
        return []
    links = [i for i in picture.backward_order() if picture.links[i].source == box.id]
    if any(i not in recording.total for i in links):
        # Through a folded box of which others use several quantities, only the whole gradient is known.
        return [[walked[links[-1]], gradient]]
    sums = [[walked[i], recording.total[i]] for i in links]
    return [[seed, gradient], *sums] if box is picture.boxes[-1] else sums


def _leaf(recording: Recording, box: Box, slot: int) -> dict[str, Any]:
    ends, grain = _line(recording.program.cells[slot])
    return {"leaf": True, "parameter": box.kind == "parameter", "line": ends, "grain": grain}


def _line(number: float) -> tuple[list[float], float]:
    """The number line about a leaf's number: its ends, and the grain that a dragged number is rounded to.

    >>> _line(0.5), _line(-1234.5)
    (([-1.5, 2.5], 0.01), ([-3240.0, 770.0], 10.0))
    """
    size = max(1.0, abs(number))
    unit = 10.0 ** math.floor(math.log10(size))
    half = next(n * unit for n in (2, 5, 10, 20) if n * unit >= 1.2 * size)
    largest = sys.float_info.max
    grain = 10.0 ** (math.floor(math.log10(min(half, largest))) - 2)
    low, high = max(number - half, -largest), min(number + half, largest)
    if half < HUGE:  # the ends outwards to the grain, without the rounding of the product
        low, high = math.floor(low / grain + 1e-9) * grain, math.ceil(high / grain - 1e-9) * grain
        low, high = float(f"{low:.12g}"), float(f"{high:.12g}")
    return [low, high], grain


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
