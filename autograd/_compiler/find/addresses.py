"""Where each quantity is: blocks of consecutive addresses, given out as they are found."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd._compiler.array_program import Block, Lifted
from autograd._compiler.find.tape import CONSTANT, INPUT, LEAF, PARAMETER, Tape

__all__ = ["Addresses"]


class Addresses:
    """The lines of a tape, and the blocks they are put into.

    Attributes:
        tape, count: the lines, and how many.
        constant, batched, moves: for each line, whether it is a number, differs from example to
            example, depends on a parameter.
        bias: the sum of the numbers among the terms of each sum.
        lifted: what has been found so far; first the blocks of leaves.
        address: of each line, -1 where it has none yet.
    """

    def __init__(self, tape: Tape) -> None:
        self.tape, self.count = tape, len(tape.code)
        self.constant = tape.code == CONSTANT
        self.batched = tape.depends & INPUT > 0
        self.moves = tape.depends & PARAMETER > 0
        self.bias: Any = np.zeros(0)
        self.address = np.full(self.count, -1)
        self._next = 0
        leaf = tape.code == LEAF
        given = leaf & (np.arange(self.count) < len(set(tape.inputs)))
        inputs, parameters, constants = (
            self._made(np.flatnonzero(chosen)) for chosen in (given, leaf & ~given, self.constant)
        )
        numbers = tape.numbers[constants.lines]
        blocks = [inputs, parameters, constants]
        self.lifted = Lifted(inputs, parameters, constants, numbers, self.address, blocks)

    def block(self, lines: Any) -> Block:
        """The next block, of these lines."""
        self.lifted.blocks.append(self._made(lines))
        return self.lifted.blocks[-1]

    def nameless(self, like: Any) -> Block:
        """The next block, of quantities on the way to these lines that are no lines themselves."""
        made = self._made(like)
        block = Block(made.start, made.size, made.batched, made.moves, np.full(made.size, -1))
        self.address[like] = -1
        self.lifted.blocks.append(block)
        return block

    def _made(self, lines: Any) -> Block:
        batched, moves = bool(self.batched[lines].any()), bool(self.moves[lines].any())
        made = Block(self._next, len(lines), batched, moves, lines)
        self.address[lines] = self._next + np.arange(len(lines))
        self._next += len(lines)
        return made
