"""A recorded scalar graph as a table of numbers: one line for each different operation.

The walk takes most of the time of `compile`, so it does in one pass all that needs the nodes
themselves: the order, shared subexpressions (a line is looked up by its operation and arguments),
and constants (what depends on no leaf that was named is the number it was recorded with).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd._graph.node import Node
from autograd._graph.primitive import lookup
from autograd._nodes.value import Value
from autograd._table.rows import Row

__all__ = ["CONSTANT", "INPUT", "LEAF", "PARAMETER", "Tape", "labels_of", "leaves", "read"]

LEAF, CONSTANT = 0, 1  # codes of lines that are no operation
INPUT, PARAMETER = 1, 2  # what a line depends on, as bits
BITS = 28  # of an argument in a key: graphs up to 268 million lines
SHIFT = 2 * BITS


@dataclass(frozen=True)
class Tape:
    """Lines in an order in which arguments come before results.

    Attributes:
        rows: the row of each code from 2 on; ``rows[code - 2]``.
        code: of each line, or LEAF or CONSTANT.
        args: the lines of the arguments, shape (3, lines); -1 where there are fewer.
        depends: whether on INPUT, PARAMETER, both, or for a constant neither.
        numbers: of the constants, by line; an array has 0 elsewhere.
        inputs, wrt, outputs: the lines of what was asked for, in that order.
        nodes: the line of each node; not of leaves that were not named.
        guards: lines that were put in for a branch that is not taken, and the line each stands for.
    """

    rows: list[Row]
    code: Any
    args: Any
    depends: Any
    numbers: Any
    inputs: list[int]
    wrt: list[int]
    outputs: list[int]
    nodes: dict[Node, int]
    guards: dict[int, int] = field(default_factory=dict)


def leaves(what: str, nodes: Iterable[Any]) -> list[Value]:
    """The nodes, if they are leaves that hold one number."""
    if isinstance(nodes, Node):
        raise TypeError(f"{what} is a list of Values, and is one itself: write [{nodes!r:.80}]")
    found = list(nodes)
    for node in found:
        if not isinstance(node, Value):
            hint = "; the compiler takes scalars" if isinstance(node, Node) else ""
            raise TypeError(
                f"{what} is a list of Values, and holds {type(node).__name__} ({node!r:.80}){hint}"
            )
        if not node.is_leaf:
            raise ValueError(f"{what} holds leaves, not the result of an operation ({node!r:.80})")
    return found


def read(outputs: Sequence[Value], inputs: Sequence[Value], wrt: Sequence[Value]) -> Tape:
    """The lines of all that the outputs were made from.

    >>> x, w = Value(2.0), Value(3.0)
    >>> tape = read([(w * x) + (x * w)], [x], [w])
    >>> [str(tape.rows[code - 2]) for code in tape.code[2:]]
    ['mul', 'mul', 'add']
    """
    lines: dict[Node, int] = {}
    depends: list[int] = []
    known: dict[int, int] = {}  # a key for each line, in their order; for an operation, what it is
    for kind, nodes in ((INPUT, inputs), (PARAMETER, wrt)):
        for node in nodes:
            if node in lines:
                depends[lines[node]] |= kind
            else:
                lines[node] = known[len(depends)] = len(depends)
                depends.append(kind)
    walk = _Walk(lines, depends, known)
    return walk.tape(inputs, wrt, [walk.to(output) for output in outputs])


class _Walk:
    def __init__(self, lines: dict[Node, int], depends: list[int], known: dict[int, int]) -> None:
        self.lines, self.depends, self.known = lines, depends, known
        self.constants: dict[tuple[float, float], int] = {}
        self.numbers: dict[int, float] = {}
        self.codes: dict[Any, int] = {}  # of rows, already shifted to their place in a key
        self.triples: dict[tuple[int, int, int], int] = {}

    def constant(self, x: float) -> int:
        line = self.constants.get((x, math.copysign(1.0, x)))
        if line is None:
            line = len(self.depends)
            self.constants[x, math.copysign(1.0, x)] = line
            self.known[(CONSTANT << SHIFT) + line] = line
            self.numbers[line] = x
            self.depends.append(0)
        return line

    def code(self, row: Row) -> int:
        self.codes[row] = (len(self.codes) + 2) << SHIFT
        return self.codes[row]

    def to(self, output: Value) -> int:
        """The line of an output, after those of all that it was made from.

        A leaf that was not named gets no line of its own: its number may have changed while the graph was
        recorded, and each operation has the one that it was recorded with.
        """
        if output._op is None and output not in self.lines:
            return self.constant(output._primal)
        lines, depends, codes, constant = self.lines, self.depends, self.codes, self.constant
        setdefault, get = self.known.setdefault, lines.get
        times, over = lookup("mul"), lookup("truediv")
        todo = [] if output in lines else [output]
        pop, push = todo.pop, todo.append
        while todo:
            node = pop()
            a, b, op = node._a, node._b, node._op
            if a is not None:
                x = get(a)
                if b is not None:
                    y = get(b)
                    if x is None or y is None:
                        if x is None and a._op is None:
                            x = constant(node.inputs[0])
                        if y is None and b._op is None:
                            y = constant(node.inputs[1])
                        if x is None or y is None:
                            push(node)
                            if x is None:
                                push(a)
                            if y is None:
                                push(b)
                            continue
                    kind = depends[x] | depends[y]
                elif x is None and a._op is not None:
                    push(node)
                    push(a)
                    continue
                else:
                    if x is None:
                        x = constant(node.inputs[0])
                    kind, y = depends[x], 0
                    if op.arity == 2:  # type: ignore[union-attr]
                        if node._y == 1 and (op is times or op is over):  # which changes nothing
                            lines[node] = x
                            continue
                        y = constant(node._y)
            elif op.arity == 3:  # type: ignore[union-attr]
                links = node._links()
                if missing := [p for p in links if p is not None and p._op is not None and p not in lines]:
                    push(node)
                    todo += missing
                    continue
                args = tuple(
                    constant(number) if p is None or p not in lines else lines[p]
                    for p, number in zip(links, node.inputs, strict=True)
                )
                kind = depends[args[0]] | depends[args[1]] | depends[args[2]]
                x, y = self.triples.setdefault(args, len(self.triples)), 0  # type: ignore[arg-type]
            else:
                assert b is not None
                y = get(b)
                if y is None and b._op is not None:
                    push(node)
                    push(b)
                    continue
                if y is None:
                    y = constant(node.inputs[1])
                if node._x == 1 and op is times:
                    lines[node] = y
                    continue
                x, kind = constant(node._x), depends[y]
            if not kind:
                lines[node] = constant(node._primal)
                continue
            line = len(depends)
            found = lines[node] = setdefault((codes.get(op) or self.code(op)) + (x << BITS) + y, line)  # type: ignore[arg-type]
            if found == line:
                depends.append(kind)
        return lines[output]

    def tape(self, inputs: Sequence[Value], wrt: Sequence[Value], outputs: list[int]) -> Tape:
        lines, count = self.lines, len(self.depends)
        keys = np.fromiter(self.known, np.int64, count)
        code = keys >> SHIFT
        rows: list[Row] = list(self.codes)
        for i, row in enumerate(rows):
            if row.reverse_only and np.any((code == i + 2) & (np.array(self.depends) & PARAMETER > 0)):
                raise NotImplementedError(
                    f"{row.name} changes a gradient by its size, and a program has the gradient of a mean, "
                    "of which each example has a share: call backward() on the cost of each example. With "
                    "wrt=[] a program gives the values"
                )
        arity = np.array([0, 0, *(row.arity for row in rows)])[code]
        args = np.full((3, count), -1)
        args[0] = np.where(arity > 0, keys >> BITS & (1 << BITS) - 1, -1)
        args[1] = np.where(arity > 1, keys & (1 << BITS) - 1, -1)
        if self.triples:
            three = np.flatnonzero(arity == 3)
            args[:, three] = np.array(list(self.triples))[args[0, three]].T
        numbers = np.zeros(count)
        numbers[list(self.numbers)] = list(self.numbers.values())
        return Tape(
            rows, code, args, np.array(self.depends), numbers,
            [lines[node] for node in inputs], [lines[node] for node in wrt], outputs, lines,
        )  # fmt: skip


def labels_of(tape: Tape, wanted: Any) -> dict[int, str]:
    """The labels of some lines, by line: to ask every node for one takes as long as the rest of reading it.

    Args:
        wanted: for each line, whether its label is.

    >>> x = Value(2.0, label="x")
    >>> labels_of(read([x * 2], [x], []), [True, True, True])
    {0: 'x'}
    """
    line = np.fromiter(tape.nodes.values(), np.int64, len(tape.nodes))
    nodes = list(tape.nodes)
    chosen = np.flatnonzero(np.asarray(wanted)[line])
    found = ((i, nodes[at].label) for i, at in zip(line[chosen].tolist(), chosen.tolist(), strict=True))
    return {i: label for i, label in found if label}
