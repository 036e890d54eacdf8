"""The tape: a recorded scalar graph as a table of integers, one line for each different operation.

The walk over the nodes takes most of the time of `compile`, so one pass does all that needs nodes:
topological order, common subexpressions (a line is looked up by its operation and arguments), and
constant folding (a node that depends on no input or parameter is the number it was recorded with).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd._graph.node import Node
from autograd._graph.primitive import lookup
from autograd._nodes.value import Value
from autograd._table.rows import Row

__all__ = ["CONSTANT", "INPUT", "LEAF", "PARAMETER", "Tape", "labels_of", "leaves", "reached", "read"]

LEAF, CONSTANT = 0, 1  # codes of lines without an operation
INPUT, PARAMETER = 1, 2  # bits: a line depends on an input, on a parameter
BITS = 28  # of an argument in a key: graphs of up to 268 million lines
SHIFT = 2 * BITS


@dataclass(frozen=True)
class Tape:
    """Lines in topological order, arguments before results.

    Attributes:
        rows: the rows of the table in use; a line of code c applies ``rows[c - 2]``.
        code: of each line; LEAF or CONSTANT without a row.
        args: the lines of the arguments, shape (3, lines); -1 beyond the last.
        depends: the bits INPUT and PARAMETER of each line; 0 for a constant.
        numbers: of the constants, by line; an array has 0 for other lines.
        inputs, wrt, outputs: the lines of the inputs, the parameters and the results.
        nodes: the line of each node, except of leaves that are constants.
        guards: for each line that guards a branch, the line that it stands for.
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

    @property
    def parameters(self) -> list[int]:
        """The lines of `wrt` that are no inputs, each once."""
        inputs = set(self.inputs)
        return [line for line in dict.fromkeys(self.wrt) if line not in inputs]


def leaves(name: str, nodes: Iterable[Any]) -> list[Value]:
    """The nodes as a list, after a check that each is a leaf of one number."""
    if isinstance(nodes, Node):
        raise TypeError(f"{name} is a list of Values, and is one itself: write [{nodes!r:.80}]")
    values = list(nodes)
    for node in values:
        if type(node) is Value and node._op is None:  # thousands, as a rule
            continue
        if not isinstance(node, Value):
            hint = "; the compiler takes scalars" if isinstance(node, Node) else ""
            raise TypeError(
                f"{name} is a list of Values, and holds {type(node).__name__} ({node!r:.80}){hint}"
            )
        if not node.is_leaf:
            raise ValueError(f"{name} holds leaves, not the result of an operation ({node!r:.80})")
    return values


def read(outputs: Sequence[Value], inputs: Sequence[Value], wrt: Sequence[Value]) -> Tape:
    """Record the graph of the outputs as a tape.

    >>> x, w = Value(2.0), Value(3.0)
    >>> tape = read([(w * x) + (x * w)], [x], [w])
    >>> [str(tape.rows[code - 2]) for code in tape.code[2:]]
    ['mul', 'mul', 'add']
    """
    walk = _Walk()
    walk.name(inputs, INPUT)
    walk.name(wrt, PARAMETER)
    return walk.tape(inputs, wrt, [walk.to(output) for output in outputs])


class _Walk:
    def __init__(self) -> None:
        self.lines: dict[Node, int] = {}
        self.depends: list[int] = []
        self.known: dict[int, int] = {}  # the line of each key: of an operation, its code and arguments
        self.constants: dict[tuple[float, float], int] = {}
        self.numbers: dict[int, float] = {}
        self.codes: dict[Any, int] = {}  # of rows, shifted to their place in a key
        self.triples: dict[tuple[int, int, int], int] = {}

    def name(self, leaves: Sequence[Value], bit: int) -> None:
        """Add the lines of leaves that are inputs or parameters."""
        lines, unique = self.lines, dict.fromkeys(leaves)
        for leaf in lines.keys() & unique:
            self.depends[lines[leaf]] |= bit
        new = [leaf for leaf in unique if leaf not in lines]
        places = range(len(self.depends), len(self.depends) + len(new))
        lines.update(zip(new, places, strict=True))
        self.known.update(zip(places, places, strict=True))
        self.depends += [bit] * len(new)

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
        """Add the lines of an output, arguments first, and return its own.

        A leaf that is neither input nor parameter gets no line: its number may have changed while the
        graph was recorded, so each operation takes the number that it was recorded with.
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
                        if node._y == 1 and (op is times or op is over):  # x * 1 is x
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
            same = lines[node] = setdefault((codes.get(op) or self.code(op)) + (x << BITS) + y, line)  # type: ignore[arg-type]
            if same == line:  # no operation before was the same
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


def labels_of(tape: Tape, mask: Any) -> list[str | None]:
    """The labels of some lines, and last None: reading that of every node would take as long as the walk.

    Args:
        tape: the lines.
        mask: which of the lines.

    >>> x = Value(2.0, label="x")
    >>> labels_of(read([x * 2], [x], []), [True, True, True])
    ['x', None, None, None]
    """
    line = np.fromiter(tape.nodes.values(), np.int64, len(tape.nodes))
    chosen = np.asarray(mask)[line]
    labels: list[str | None] = [None] * (len(tape.code) + 1)
    nodes = itertools.compress(tape.nodes, chosen.tolist())
    # Not by the property, which takes longer than all the rest.
    own = map(getattr, nodes, itertools.repeat("_label"), itertools.repeat(None))
    for i, label in zip(line[chosen].tolist(), own, strict=True):
        if label:
            labels[i] = label
    return labels


def reached(tape: Tape, line: int) -> set[int]:
    """The lines that one is computed from, and itself.

    >>> x, w = Value(2.0), Value(3.0)
    >>> sorted(reached(read([x * x, w], [x], [w]), 2))
    [0, 2]
    """
    lines, args = {line}, tape.args.T.tolist()
    for i in range(line, -1, -1):
        if i in lines:
            lines.update(args[i])
    return lines - {-1}
