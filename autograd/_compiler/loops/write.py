"""An array program as sections of loops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd._compiler.array_program import ArrayProgram, MatrixProduct, RaggedSums, Step
from autograd._compiler.describe.text import leaves_text, listing
from autograd._compiler.loops.statements import (
    LANES,
    Array,
    At,
    Comment,
    E,
    Loop,
    Memory,
    Name,
    Section,
    Statement,
    Unit,
)
from autograd._compiler.loops.steps.adjoints import Adjoints
from autograd._compiler.loops.steps.elementwise import Elementwise
from autograd._compiler.loops.steps.places import Places, joined
from autograd._compiler.loops.steps.products import Product, Ragged

__all__ = ["write_loops"]

LONG = 100  # steps
SMALL = 8  # operations a step


def write_loops(
    program: ArrayProgram, dtype: Any, pieces: Sequence[int] | None = None, taken: Sequence[str] = ()
) -> Unit:
    """The sections of a program, forward and backward.

    Args:
        program: the program to write.
        dtype: of all numbers.
        pieces: the columns of each array that an example's inputs lie in; by default one array.
        taken: names that no array can have.
    """
    dtype, columns = np.dtype(dtype), len(program.columns)
    pieces = (columns,) if pieces is None else tuple(pieces)
    if sum(pieces) != columns:
        raise ValueError(f"pieces {pieces} have {sum(pieces)} columns, and there are {columns} inputs")
    places = Places(program, dtype, pieces, taken)
    written = []
    for step in program.steps:
        _comment(places.statements(step.block.batched), places, step)
        written.append((step, _written(step, places)))
    result = places.outside_sections(program.outputs)
    first = places.outside_sections(program.outputs[:1])
    share = Array("share", (LANES,), Memory.SCRATCH)
    adjoints = Adjoints(program, places)
    i = Name("i")
    if places.is_active(program.outputs[:1]):
        (seed,) = adjoints.add([(program.outputs[:1], lambda _: At(share, (E,)))], True)
        adjoints.backward.append(Loop(E, 0, LANES, [seed(0)]))
    for batched in (True, False):
        for step, part in reversed(written):
            adjoint = adjoints.of(step.block)
            if step.block.batched is batched and adjoint is not None and part.is_active:
                _comment(adjoints.statements(batched), places, step, "backward: ")
                part.backward(adjoints, adjoint)
        if batched:
            adjoints.end += adjoints.sums
            adjoints.sums = []
    adjoints.finish()
    with np.errstate(all="ignore"):
        numbers = program.all_numbers()
        overflows = bool((np.isfinite(numbers) & ~np.isfinite(numbers.astype(dtype))).any())
    return Unit(
        listing(program),
        leaves_text(program, program.columns),
        leaves_text(program, program.wrt),
        columns,
        len(program.outputs),
        len(program.wrt),
        pieces,
        (*places.arrays, share),
        tuple(places.tables),
        Section("prepare", "Scalars that all examples share", places.prepare),
        Section("forward", "A tile of examples", [*places.load, *joined(places.forward)]),
        Section("begin", "Sums over the examples begin with 0", adjoints.begin),
        Section(
            "backward",
            "Adjoints of a tile of examples, from share, that of the first output",
            joined(adjoints.backward),
        ),
        Section("end", "The gradient from the sums over the examples", adjoints.end),
        (i, result.at(i)),
        first.at(0),
        share,
        _is_scalar(program),
        overflows,
    )


def _written(step: Step, places: Places) -> Elementwise | Product | Ragged:
    match step:
        case MatrixProduct():
            return Product(step, places)
        case RaggedSums():
            return Ragged(step, places)
        case _:
            return Elementwise(step, places)


def _comment(statements: list[Statement], places: Places, step: Step, before: str = "") -> None:
    """The line of the listing that a step is part of, unless the comment before says the same."""
    comment = Comment(before + places.names.comment(step.block))
    if next((s for s in reversed(statements) if isinstance(s, Comment)), None) != comment:
        statements.append(comment)


def _is_scalar(program: ArrayProgram) -> bool:
    """Whether a program is long, and most of its steps compute a single scalar or two.

    Compilers take minutes to make vectors of thousands of small loops, and caches do not hold their results.
    """
    steps = [step for step in program.steps if step.block.batched]
    return len(steps) > LONG and sum(step.operations for step in steps) < SMALL * len(steps)
