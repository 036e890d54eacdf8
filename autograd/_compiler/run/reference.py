"""One example by the engine itself: on Values, line by line in the recorded order.

Arrays add in another order, so they may round to a number below 0 where the engine has 0, or overflow where
it does not. Where arrays fail, the engine's result is the program's, and so is its error.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograd._compiler.find.tape import CONSTANT, Tape
from autograd._derivatives.sweeps import adjoints
from autograd._graph.context import resumed
from autograd._graph.node import DomainError
from autograd._nodes.value import Value

__all__ = ["Reference"]


class Reference:
    """The lines of a tape, performed on Values.

    Args:
        tape: the lines.
        labels: of lines, for errors.

    Attributes:
        tape, labels: the lines without their nodes, in little memory, and the labels.

    >>> from autograd import log
    >>> from autograd._compiler.find.tape import labels_of, read
    >>> x = Value(1.0, label="x")
    >>> tape = read([log(x) * x], [], [x])
    >>> reference = Reference(tape, labels_of(tape, [True] * 3))
    >>> reference([1.0], [], 0, gradient=True)
    ([0.0], [1.0])
    >>> reference([0.0], [], 5, gradient=True)
    Traceback (most recent call last):
        ...
    autograd.DomainError: example 5: log(x = 0.0) is undefined: log takes x in (0, inf)
    """

    def __init__(self, tape: Tape, labels: Sequence[str | None]) -> None:
        # Small, since programs are pickled with it; without nodes, which would keep the graph alive.
        arity = max((row.arity for row in tape.rows), default=1)
        constants = np.flatnonzero(tape.code == CONSTANT)
        self.tape = replace(
            tape,
            code=tape.code.astype(np.int16),
            args=tape.args[:arity].astype(np.int32),
            depends=tape.depends.astype(np.int8),
            numbers=dict(zip(constants.tolist(), tape.numbers[constants].tolist(), strict=True)),
            nodes={},
            **{name: array("i", getattr(tape, name)) for name in ("inputs", "wrt", "outputs")},  # type: ignore[arg-type]
        )
        self.labels = self._labels = labels
        if tape.guards:
            self._labels = list(labels)
            for guard, line in tape.guards.items():
                self._labels[guard] = labels[line] or labels[guard]

    def whole_tape(self) -> Tape:
        """The tape as `find` reads it, still without nodes."""
        tape, count = self.tape, len(self.tape.code)
        args = np.full((3, count), -1)
        args[: len(tape.args)] = tape.args
        numbers = np.zeros(count)
        numbers[list(tape.numbers)] = list(tape.numbers.values())
        return replace(
            tape,
            code=tape.code.astype(np.int64),
            args=args,
            depends=tape.depends.astype(np.int64),
            numbers=numbers,
            inputs=list(tape.inputs),
            wrt=list(tape.wrt),
            outputs=list(tape.outputs),
        )

    def __call__(
        self, theta: Sequence[float], x: Sequence[float], example: int | None, gradient: bool
    ) -> tuple[list[float], list[float]]:
        """The outputs of one example, and with `gradient` that of the first by the parameters.

        Args:
            theta: the numbers of the parameters that are no inputs, in the order of the tape.
            x: the numbers of the inputs.
            example: its index, for errors; None where there is no other.
            gradient: whether to compute derivatives, which may raise where the outputs do not.

        Raises:
            DomainError: the engine's, with the index of the example.
        """
        tape = self.tape
        inputs = dict.fromkeys(tape.inputs)
        leaves = [*zip(tape.parameters, theta, strict=True), *zip(inputs, x, strict=True)]
        try:
            with resumed():
                nodes = self._performed(leaves)
                outputs = [nodes[line] for line in tape.outputs]
                slopes = self._slopes(outputs[0], [nodes[line] for line in tape.wrt]) if gradient else []
        except DomainError as error:
            raise DomainError(str(error) if example is None else f"example {example}: {error}") from None
        return [_number(output) for output in outputs], slopes

    def _performed(self, leaves: list[tuple[int, float]]) -> list[Any]:
        """The nodes, or numbers, of all lines."""
        tape = self.tape
        nodes: list[Any] = [0.0] * len(tape.code)
        for line, number in tape.numbers.items():
            nodes[line] = number
        for line, number in leaves:
            nodes[line] = Value(float(number), self._labels[line])
        operations = np.flatnonzero(tape.code > CONSTANT)
        codes, args = tape.code[operations].tolist(), tape.args[:, operations].T.tolist()
        for line, code, places in zip(operations.tolist(), codes, args, strict=True):
            row = tape.rows[code - 2]
            nodes[line] = node = row(*[nodes[place] for place in places[: row.arity]])
            if self._labels[line]:
                node.label = self._labels[line]
        return nodes

    def _slopes(self, output: Any, leaves: list[Value]) -> list[float]:
        if not isinstance(output, Value):
            return [0.0] * len(leaves)
        output._check_finite()
        slopes = adjoints(output, 1.0, wrt=leaves)
        return [slopes.get(leaf, 0.0) for leaf in leaves]


def _number(x: Any) -> float:
    number: float = x._primal if isinstance(x, Value) else x
    return number
