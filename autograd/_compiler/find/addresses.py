"""Addresses: the lines of a tape are put into blocks, each the next consecutive addresses."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd._compiler.array_program import ONE, ArrayProgram, Block, Step
from autograd._compiler.find.tape import CONSTANT, INPUT, LEAF, PARAMETER, Tape, labels_of

__all__ = ["Addresses", "last_places"]


class Addresses:
    """The lines of a tape, and the blocks they are put into.

    Attributes:
        tape, count: the lines, and how many.
        constant, batched, active: for each line, whether it is a number, differs from example to
            example, depends on a parameter.
        address: of each line, -1 where it has none yet; last, for the factor -1 of a plain term, ONE.
        blocks, steps: so far; first the blocks of leaves.
    """

    def __init__(self, tape: Tape) -> None:
        self.tape, self.count = tape, len(tape.code)
        self.constant = tape.code == CONSTANT
        self.batched = tape.depends & INPUT > 0
        self.active = tape.depends & PARAMETER > 0
        self.address = np.append(np.full(self.count, -1), ONE)
        self.steps: list[Step] = []
        constants = np.flatnonzero(self.constant)
        self.blocks = [Block(ONE, 1 + len(constants), False, False, np.append(-1, constants))]
        self.address[constants] = self.blocks[0].addresses[1:]
        leaf = tape.code == LEAF
        is_input = leaf & (np.arange(self.count) < len(set(tape.inputs)))
        self.block(np.flatnonzero(is_input))
        self.block(np.flatnonzero(leaf & ~is_input))

    def program(self) -> ArrayProgram:
        """The program of the steps so far."""
        tape, (constants, inputs, parameters, *_) = self.tape, self.blocks
        numbers = np.append(1.0, tape.numbers[constants.lines[1:]])
        return ArrayProgram(
            constants, inputs, parameters, numbers, self.blocks, self.steps, self.address[tape.outputs],
            self.address[tape.inputs], self.address[tape.wrt], labels_of(tape, self.address[:-1] >= 0),
        )  # fmt: skip

    def block(self, lines: Any) -> Block:
        """The next block, of these lines."""
        block = self._next(lines, lines)
        self.address[lines] = block.addresses
        return block

    def partial(self, lines: Any) -> Block:
        """The next block, of intermediate results of these lines."""
        return self._next(lines, np.full(len(lines), -1))

    def _next(self, like: Any, lines: Any) -> Block:
        start = self.blocks[-1].start + self.blocks[-1].size
        batched, active = bool(self.batched[like].any()), bool(self.active[like].any())
        self.blocks.append(Block(start, len(lines), batched, active, lines))
        return self.blocks[-1]


def last_places(addresses: Any, start: int, size: int) -> Any:
    """The places of consecutive scalars among some addresses, of a scalar with several the last.

    None where they are the addresses, in order.
    """
    if np.array_equal(addresses, np.arange(start, start + size)):
        return None
    own = np.flatnonzero((addresses >= start) & (addresses < start + size))
    places = np.empty(size, int)
    places[addresses[own] - start] = own  # of several, NumPy keeps the last
    return places
