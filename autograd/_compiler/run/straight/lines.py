"""A tape to be computed operation by operation, in some dialect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd._compiler.find.tape import CONSTANT, PARAMETER, Tape
from autograd._compiler.run.straight.dialects import Dialect, Numbers

__all__ = ["Evaluate", "Lines"]

# From theta, the inputs and the adjoint of the first output, by default 1.0, to the outputs and its gradient.
Evaluate = Callable[..., tuple[list[Any], list[Any]]]


class Lines:
    """The lines of a tape.

    Args:
        tape: the lines.
        dialect: in which they are computed.

    Attributes:
        leaves: the parameters that are no inputs, and the inputs.
        operations: in order.
        codes, args: of all lines.
        numbers: of the constants, by line.
        active: of all lines, whether they have a gradient.
    """

    def __init__(self, tape: Tape, dialect: Dialect) -> None:
        self.tape, self.dialect = tape, dialect
        self.leaves = [*tape.parameters, *dict.fromkeys(tape.inputs)]
        self.operations: list[int] = np.flatnonzero(tape.code > CONSTANT).tolist()
        self.codes: list[int] = tape.code.tolist()
        self.args: list[list[int]] = tape.args.T.tolist()
        constants = np.flatnonzero(tape.code == CONSTANT).tolist()
        self.numbers = {line: float(tape.numbers[line]) for line in constants}
        self.active: list[bool] = (tape.depends & PARAMETER > 0).tolist()
        self._specialized = [dialect.specializes(row) for row in tape.rows]

    def key(self, line: int) -> tuple[int, Numbers]:
        """What the templates of a line depend on: the code of its row, and numbers among its arguments."""
        code = self.codes[line]
        arity = self.tape.rows[code - 2].arity
        if not self._specialized[code - 2]:
            return code, (None,) * arity
        return code, tuple(map(self.numbers.get, self.args[line][:arity]))

    def needed(self) -> list[int]:
        """The operations that the first output depends on, and that have a gradient, in order."""
        reached, active = set(self.tape.outputs[:1]), self.active
        needed = []
        for line in reversed(self.operations):
            if line in reached and active[line]:
                needed.append(line)
                reached.update(self.args[line])
        return needed[::-1]
