"""A tape as a straight line of code whose variables are used again.

A statement for each operation, in the order of the tape; and for the gradient one for each contribution, in
reverse. A result takes the variable of one that is not needed any more: Python keeps the memory of some
hundred floats at hand, and reads the first 256 variables of a function faster than others. Code of many
statements is cut into parts, each a function of the earlier results that it needs: all at once would take
Python's compiler gigabytes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from autograd._compiler.find.tape import Tape
from autograd._compiler.numpy_code.source import wrapped
from autograd._compiler.run.straight.dialects import NEGATIVE, OUT, SAME, Dialect
from autograd._compiler.run.straight.lines import Evaluate, Lines
from autograd._table.readings import compile_source, load

__all__ = ["Part", "StraightCode", "runner"]

PART = 50_000  # statements
WINDOW = 1000  # operations whose slopes are computed together
SHORT, NEAR = 40, 64  # statements that a result of short life is needed for; variables that such results have

# The statement, with %s for each field; and the results in the fields, the target among them.
Statement = tuple[str, tuple[int, ...], int]


@dataclass(frozen=True)
class Part:
    """A function of results of the parts before.

    Attributes:
        text: of the function ``evaluate``, which returns results for the parts after, or the last of all.
        reads: the places of its arguments among the leaves and the results of all parts.
    """

    text: str
    reads: list[int]


class StraightCode(Lines):
    """The statements of a tape, in parts.

    Results are numbered: those of the lines of the tape, then the adjoint of the first output, then all
    other adjoints, each sum of contributions so far a result of its own.

    Args:
        tape: the lines.
        gradient: whether the gradient of the first output follows.
        dialect: of the statements.
    """

    def __init__(self, tape: Tape, gradient: bool, dialect: Dialect) -> None:
        super().__init__(tape, dialect)
        self.texts = {line: dialect.number(x) for line, x in self.numbers.items()}
        self.count = len(self.codes)
        self.statements: list[Statement] = []
        self._forms: dict[Any, Any] = {}
        self._forward()
        self.slopes = self._backward() if gradient else []
        self.last = self._last_reads()
        self.parts = list(self._in_parts())

    @property
    def source(self) -> str:
        """The functions of all parts."""
        return "\n".join(part.text for part in self.parts)

    # -- statements ---------------------------------------------------------------------------

    def _forward(self) -> None:
        forms, dialect, rows = self._forms, self.dialect, self.tape.rows
        add = self.statements.append
        for line in self.operations:
            key = self.key(line)
            if key not in forms:
                row = rows[key[0] - 2]
                forms[key] = dialect.value(row, key[1]).statement("{target} = {0}", row.inputs)
            text, fields = forms[key]
            results = (*self.args[line], *(-1,) * (3 - len(self.args[line])), line)
            add((text, tuple([results[field] for field in fields]), line))

    def _backward(self) -> list[int]:
        """The gradient: of each parameter the number of its adjoint, -1 where it is 0."""
        tape, seed = self.tape, self._fresh()
        self.leaves.append(seed)
        self._adjoints = {tape.outputs[0]: seed}
        self._contributions: dict[Any, Any] = {}
        needed = self.needed()
        for end in range(len(needed), 0, -WINDOW):
            window = needed[max(end - WINDOW, 0) : end]
            slopes = self._slopes(window)
            for line in reversed(window):
                self._contribute(line, slopes)
        return [self._adjoints.get(line, -1) for line in tape.wrt]

    def _fresh(self) -> int:
        self.count += 1
        return self.count - 1

    def _slopes(self, lines: list[int]) -> dict[tuple[int, int], tuple[int, int]]:
        """For lines and their arguments the slopes that are computed together: a result, and a row of it."""
        groups: dict[Any, list[int]] = defaultdict(list)
        for line in lines:
            key = self.key(line)
            for i, argument in enumerate(self.args[line][: len(key[1])]):
                if self.active[argument]:
                    groups[*key, i].append(line)
        slopes = {}
        for (code, numbers, i), group in groups.items():
            together = self.dialect.slopes(self.tape.rows[code - 2], numbers, i) if len(group) > 1 else None
            if together is None:
                continue
            function, fields = together
            read = [line if field == OUT else self.args[line][field] for field in fields for line in group]
            target = self._fresh()
            stacks = ", ".join([f"({'%s, ' * len(group)})"] * len(fields))
            self.statements.append((f"    %s = {function}({stacks})\n", (target, *read), target))
            slopes.update({(line, i): (target, place) for place, line in enumerate(group)})
        return slopes

    def _contribute(self, line: int, slopes: dict[tuple[int, int], tuple[int, int]]) -> None:
        """Add the statements of the contributions of a line."""
        forms, adjoints, key, args = self._forms, self._adjoints, self.key(line), self.args[line]
        row = self.tape.rows[key[0] - 2]
        g = adjoints.get(line)
        if g is None:  # its users have no derivative
            return
        if key not in self._contributions:
            self._contributions[key] = self.dialect.contributions(row, key[1])
        for i, template in enumerate(self._contributions[key]):
            argument = args[i]
            if template is None or not self.active[argument]:
                continue
            held = adjoints.get(argument)
            if held is None and template == SAME:
                adjoints[argument] = g
                continue
            target = adjoints[argument] = self._fresh()
            if (line, i) in slopes:
                of, place = slopes[line, i]
                added, before = ("", ()) if held is None else ("%s + ", (held,))
                text = f"    %s = {added}%s * %s[{place}]\n"
                self.statements.append((text, (target, *before, g, of), target))
                continue
            form = (key, i, held is None)
            if form not in forms:
                if held is None:
                    forms[form] = template.statement("{target} = {0}", row.inputs)
                elif template == NEGATIVE:
                    forms[form] = SAME.statement("{target} = {held} - {0}", row.inputs)
                else:
                    forms[form] = template.statement("{target} = {held} + {0}", row.inputs)
            text, fields = forms[form]
            places = (*args, *(-1,) * (3 - len(args)), target, line, g, -1 if held is None else held)
            self.statements.append((text, tuple([places[field] for field in fields]), target))

    # -- variables ----------------------------------------------------------------------------

    def _last_reads(self) -> list[int]:
        """The last statement that reads each result; for one that nothing reads, its own."""
        last = [-1] * self.count
        for i, (_, results, _) in enumerate(self.statements):
            for result in results:
                last[result] = i
        end = len(self.statements)
        for result in (*self.tape.outputs, *self.slopes):
            if result >= 0:
                last[result] = end
        for line in self.numbers:
            last[line] = end + 1  # never released: no variable
        return last

    def _in_parts(self) -> Iterator[Part]:
        places = {leaf: place for place, leaf in enumerate(self.leaves)}
        starts = range(0, len(self.statements), PART) or range(1)
        for start in starts:
            part = self.statements[start : start + PART]
            is_last = start == starts[-1]
            ends = [result for result in (*self.tape.outputs, *self.slopes) if result >= 0] if is_last else []
            own = {target for _, _, target in part}
            if len(starts) == 1:
                arguments = self.leaves
            else:
                read = dict.fromkeys([result for _, results, _ in part for result in results])
                read |= dict.fromkeys(ends)
                arguments = [result for result in read if result not in own and result not in self.texts]
            reads = [places[result] for result in arguments]
            later = [] if is_last else [t for _, _, t in part if self.last[t] >= start + len(part)]
            for result in later:
                places[result] = len(places)
            yield Part(self._text(start, part, arguments, later, is_last), reads)

    def _text(
        self, start: int, part: list[Statement], arguments: list[int], later: list[int], is_last: bool
    ) -> str:
        last, texts, count = self.last, self.texts, len(arguments)
        names = {argument: f"r{i}" for i, argument in enumerate(arguments)}
        free = [name for argument, name in names.items() if last[argument] < start]
        lines = [wrapped("def evaluate", list(names.values()), ":\n", brackets=True)]
        near = [f"s{i}" for i in range(NEAR)]
        lines.append("    " + " = ".join(near) + " = 0.0\n")
        for i, (text, results, target) in enumerate(part, start):
            fields = [names.get(result) or texts.get(result) for result in results]
            spent = {result for result in results if last[result] == i}
            spent.discard(target)
            for result in spent:
                name = names[result]
                (near if name[0] == "s" else free).append(name)
            if near and last[target] - i < SHORT:
                name = names[target] = near.pop()
            else:
                if not free:
                    free.append(f"r{count}")
                    count += 1
                name = names[target] = free.pop()
            lines.append(text % tuple([name if field is None else field for field in fields]))
            if last[target] == i:
                (near if name[0] == "s" else free).append(name)
        if is_last:
            names |= texts
            outputs = [names[line] for line in self.tape.outputs]
            slopes = [names[result] if result >= 0 else self.dialect.number(0.0) for result in self.slopes]
            lines.append(f"    return [{', '.join(outputs)}], [{', '.join(slopes)}]\n")
        else:
            lines.append(wrapped("    return ", [names[result] for result in later], "\n", last=","))
        return "".join(lines)


def runner(code: StraightCode) -> Evaluate:
    """The function that a straight line of code is."""
    names, count = code.dialect.names, len(code.leaves)
    functions = [load(compile_source(part.text, "evaluate"), names) for part in code.parts]
    if len(functions) == 1:
        (whole,) = functions

        def evaluate(theta: Sequence[Any], inputs: Sequence[Any], one: Any = 1.0) -> Any:
            return whole(*[*theta, *inputs, one][:count])

        return evaluate
    *first, (read_last, last) = zip((_reader(part.reads) for part in code.parts), functions, strict=True)

    def evaluate_parts(theta: Sequence[Any], inputs: Sequence[Any], one: Any = 1.0) -> Any:
        results = [*theta, *inputs, one][:count]
        for read, function in first:
            results += function(*read(results))
        return last(*read_last(results))

    return evaluate_parts


def _reader(places: list[int]) -> Callable[[list[Any]], Sequence[Any]]:
    """The results at some places, as a function of all."""
    return itemgetter(*places) if len(places) > 1 else lambda results: [results[place] for place in places]
