"""A tape as text: a line for each labelled operation, with the shape of its result."""

from __future__ import annotations

from collections import Counter

import numpy as np

from autograd._compiler.find.tensors.tape import Line, Tape
from autograd._table.rows import CALL, POWER, PRODUCT, SUM

__all__ = ["listing"]

LINES, SHOWN = 100, 20  # a longer text than a person reads is cut
WIDTH = 60  # characters of a formula that is part of another
INFIX = {
    "add": ("+", SUM), "sub": ("-", SUM), "mul": ("*", PRODUCT), "truediv": ("/", PRODUCT),
    "mod": ("%", PRODUCT), "floordiv": ("//", PRODUCT), "matmul": ("@", PRODUCT), "pow": ("**", POWER),
}  # fmt: skip
NUMBERS = 4  # of a constant that is written out

Text = tuple[str, int]  # a formula, and its precedence


def listing(tape: Tape) -> str:
    """The operations of a tape, as they are written, with the shapes of their results.

    >>> from autograd import Tensor, compile, sigmoid
    >>> W, b = Tensor([[1.0, 2.0]], label="W"), Tensor([0.0], label="b")
    >>> x = Tensor([[3.0, 4.0]], label="x")
    >>> a = sigmoid(x @ W.T + b).with_label("a")
    >>> print(compile((a**2).sum(), [x], [W, b]))
    a = sigmoid(x @ W.T + b)   (1 x 1)
    return sum(a**2)           ()
    """
    return "\n".join(_Listing(tape).rows())


class _Listing:
    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.uses = Counter(a for line in tape.lines for a in line.args)
        self.names = _names(tape)
        self.texts: dict[int, Text] = {}

    def rows(self) -> list[str]:
        rows: list[tuple[str, str]] = []
        count = 0
        for place, line in enumerate(self.tape.lines):
            if line.row is None:
                self.texts[place] = self.names.get(place) or _constant(line), CALL
                continue
            text = self._formula(line)
            is_named = place in self.names
            again = self.uses[place] > 1 and line.row.name not in ("transpose", "reshape")
            if is_named or again or len(text[0]) > WIDTH:
                if not is_named:
                    count += 1
                    self.names[place] = f"v{count}"
                rows.append((f"{self.names[place]} = {text[0]}", _size(line)))
                text = self.names[place], CALL
            self.texts[place] = text
        results = ", ".join(self.texts[place][0] for place in self.tape.outputs)
        sizes = ", ".join(_size(self.tape.lines[place]) for place in self.tape.outputs)
        shown = rows
        if len(rows) > LINES:
            shown = [*rows[:SHOWN], (f"... {len(rows) - SHOWN} more lines", "")]
        shown = [*shown, (f"return {results}", sizes)]
        width = max(len(text) for text, _ in shown)
        return [f"{text:{width}}   {size}".rstrip() for text, size in shown]

    def _formula(self, line: Line) -> Text:
        name, args = str(line.row), [self.texts[a] for a in line.args]
        if name in INFIX and len(args) == 2:
            sign, binds = INFIX[name]
            tight = sign in ("-", "/", "//", "%", "@", "**")
            left, right = _in(args[0], binds + (sign == "**")), _in(args[1], binds + tight)
            return (f"{left}**{right}" if sign == "**" else f"{left} {sign} {right}"), binds
        match name:
            case "affine":
                W, a, b = args
                transposed = (
                    f"{_in(W, CALL)}.T" if len(self.tape.lines[line.args[0]].shape) > 1 else _in(W, CALL)
                )
                return f"{_in(a, PRODUCT)} @ {transposed} + {_in(b, PRODUCT)}", SUM
            case "_identity":
                return args[0]
            case "neg":
                return f"-{_in(args[0], PRODUCT)}", SUM
            case "square":
                return f"{_in(args[0], CALL)}**2", POWER
            case "transpose" if line.params["axes"] == tuple(range(len(line.shape)))[::-1]:
                return f"{_in(args[0], CALL)}.T", CALL
            case "getitem":
                return f"{_in(args[0], CALL)}[{_index(line.params['index'])}]", CALL
            case "reshape":
                return f"{_in(args[0], CALL)}.reshape{line.params['shape']}", CALL
        params = [
            f"{key}={_parameter(x)}" for key, x in line.params.items() if x is not None and x is not False
        ]
        return f"{name}({', '.join([*(text for text, _ in args), *params])})", CALL


def _names(tape: Tape) -> dict[int, str]:
    """The labels of lines; a label that several lines have counts them."""
    names: dict[int, str] = {}
    taken: Counter[str] = Counter()
    for place, line in enumerate(tape.lines):
        label = line.label or (f"x{place}" if line.is_leaf else None)
        if label is not None:
            taken[label] += 1
            names[place] = label if taken[label] == 1 else f"{label} ({taken[label]})"
    return names


def _in(text: Text, binds: int) -> str:
    return text[0] if text[1] >= binds else f"({text[0]})"


def _constant(line: Line) -> str:
    if np.size(line.constant) <= NUMBERS:
        x = line.constant
        return f"{x:g}" if not np.ndim(x) else str(np.asarray(x).tolist())
    return f"constants ({' x '.join(map(str, line.shape))})"


def _size(line: Line) -> str:
    return f"({' x '.join(map(str, line.shape))})"


def _index(index: object) -> str:
    parts = index if isinstance(index, tuple) else (index,)
    return ", ".join(map(_part, parts))


def _part(part: object) -> str:
    if isinstance(part, slice):
        ends = ["" if x is None else str(x) for x in (part.start, part.stop)]
        return ":".join(ends) + (f":{part.step}" if part.step is not None else "")
    return "..." if part is Ellipsis else "places" if isinstance(part, np.ndarray) else str(part)


def _parameter(x: object) -> str:
    return repr(x) if not isinstance(x, np.ndarray) else "array"
