"""An array program as sections of loops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd._compiler.array_program import ArrayProgram, MatrixProduct, RaggedSums, Step
from autograd._compiler.describe.line_names import LineNames
from autograd._compiler.describe.order import order_of_leaves
from autograd._compiler.describe.text import listing
from autograd._compiler.loops.statements import (
    LANES,
    Array,
    At,
    Comment,
    E,
    Heading,
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

__all__ = ["heading_of", "write_loops"]


def heading_of(program: ArrayProgram, dtype: np.dtype[Any], pieces: Sequence[int] | None = None) -> Heading:
    """The head of a source.

    Args:
        program: the program.
        dtype: of all numbers.
        pieces: the columns of each array that an example's inputs lie in; by default one array.
    """
    columns, names = len(program.columns), LineNames(program)
    pieces = (columns,) if pieces is None else tuple(pieces)
    if sum(pieces) != columns:
        raise ValueError(f"pieces {pieces} have {sum(pieces)} columns, and there are {columns} inputs")
    with np.errstate(all="ignore"):
        numbers = program.all_numbers()
        overflows = bool((np.isfinite(numbers) & ~np.isfinite(numbers.astype(dtype))).any())
    return Heading(
        listing=listing(program),
        order=(
            order_of_leaves(program, names, program.wrt),
            order_of_leaves(program, names, program.columns),
        ),
        inputs=columns,
        outputs=len(program.outputs),
        parameters=len(program.wrt),
        pieces=pieces,
        overflows=overflows,
    )


def write_loops(
    program: ArrayProgram, dtype: np.dtype[Any], heading: Heading, taken: Sequence[str] = ()
) -> Unit:
    """The sections of a program, forward and backward.

    Args:
        program: the program to write.
        dtype: of all numbers.
        heading: the head of the source.
        taken: names that no array can have.
    """
    places = Places(program, dtype, heading.pieces, taken)
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
    return Unit(
        **vars(heading),
        arrays=(*places.arrays, share),
        tables=tuple(places.tables),
        prepare=Section("prepare", "Scalars that all examples share", places.prepare),
        forward=Section("forward", "A tile of examples", [*places.load, *joined(places.forward)]),
        begin=Section("begin", "Sums over the examples begin with 0", adjoints.begin),
        backward=Section(
            "backward",
            "Adjoints of a tile of examples, from share, that of the first output",
            joined(adjoints.backward),
        ),
        end=Section("end", "The gradient from the sums over the examples", adjoints.end),
        result=(i, result.at(i)),
        first=first.at(0),
        share=share,
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
