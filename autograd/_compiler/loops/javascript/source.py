"""Loops as JavaScript: one script without dependencies."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd._compiler.array_program import ArrayProgram
from autograd._compiler.loops.javascript.straight import CONSTANTS, straight_body
from autograd._compiler.loops.javascript.text import WIDTH, Text, is_number, number_list, size
from autograd._compiler.loops.lanes.one_lane import names_in, one_lane, open_blocks
from autograd._compiler.loops.statements import (
    Declare,
    Expression,
    Heading,
    Loop,
    Memory,
    Name,
    Section,
    Statement,
    Unit,
    arrays_in,
    filled,
)
from autograd._compiler.loops.straight import D, V, is_scattered, straight_line
from autograd._compiler.loops.write import heading_of, write_loops
from autograd._compiler.numpy_code.names import with_listing

__all__ = ["generate_javascript"]

TITLES = {  # where a tile is one example
    "forward": "The scalars of an example",
    "backward": "Adjoints of the scalars of an example, from share, that of the first output",
}
PART = 200  # statements of a function: V8 does not optimize functions of more than 60 kB


def generate_javascript(program: ArrayProgram, dtype: Any, name: str) -> str:
    """The JavaScript of a program.

    Args:
        program: the program.
        dtype: of arrays, float32 or float64. Numbers in between are of 64 bits.
        name: of the constant that has the functions.
    """
    dtype = np.dtype(dtype)
    heading = heading_of(program, dtype)
    if is_scattered(program):
        line = straight_line(program, dtype, heading, CONSTANTS)
        words = Text([V, D], (operation.name for operation in line.operations))
        body = straight_body(line, words)
    else:
        script = _Loops(write_loops(program, dtype, heading))
        words, body = script.words, script.body()
    source = _file(body, words, heading, name, "Float32Array" if dtype.itemsize == 4 else "Float64Array")
    # In a page, "</script" would end the script, and "<!--" begin a comment; so would the separators a line.
    listed = with_listing(source, program).replace("</", "< /").replace("<!--", "< !--")
    return listed.replace("\u2028", " ").replace("\u2029", " ")


def _file(body: list[str], words: Text, heading: Heading, name: str, real: str) -> str:
    """The whole script: the functions for users around a body."""
    inside = [
        *words.library.source().splitlines(),
        *([""] if words.library.source() else []),
        f"const INPUTS = {heading.inputs};",
        f"const OUTPUTS = {heading.outputs};",
        f"const PARAMETERS = {heading.parameters};",
        f"const Real = {real};",
        *body,
        *FRAME.splitlines(),
    ]
    lines = [
        *_title(heading, name, real),
        f"const {name} = (() => {{",
        *(f"  {line}".rstrip() for line in inside),
        "})();",
    ]
    return "\n".join(lines) + "\n"


def _title(heading: Heading, name: str, real: str) -> list[str]:
    before = [
        f"A calculation of {heading.counts}:",
        "",
        *(f"    {line}" for line in heading.listing.splitlines()),
        "",
        *heading.arguments(
            f"X holds an example after the other, in a {real}.", "There are no inputs: X is []."
        ),
        "",
    ]
    each, mean = (" of each example, one after the other", "the mean of ") if heading.inputs else ("", "")
    rows = [
        (f"{name}.outputs(theta, X)", f"the outputs{each}"),
        (f"{name}.gradient(theta, X)", f"{{ value, gradient, outputs }} of {mean}the first"),
        (f"{name}.step(theta, X, rate)", "theta -= rate * gradient; it gives the value before the step"),
    ]
    lines = [
        *filled(before, WIDTH - 3),
        *(f"{call:<{len(name) + 24}}{text}" for call, text in rows),
        "",
        "Each throws a RangeError where a number is undefined or not finite; theta is then as it was.",
    ]
    return [f"// {line}".rstrip() for line in lines]


class _Loops:
    """Prints a unit.

    Args:
        unit: the sections.
    """

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.sections = {section.name: one_lane(section.statements) for section in unit.sections}
        groups = (group for section in self.sections.values() for group in section)
        used = (array for group in groups for array in arrays_in(group))
        arrays = dict.fromkeys([*unit.arrays, *unit.tables, *used])
        self.arrays = [a for a in arrays if a.memory not in (Memory.LOCAL, Memory.X)]
        self.words = Text(self.arrays)
        self.calls: dict[str, list[str]] = {}

    def body(self) -> list[str]:
        """The functions ``evaluate`` and ``differentiate``, and what they need."""
        functions = [line for section in self.unit.sections for line in self._section(section)]
        return [*self._constants(), *self._memory(), "", *functions, *self._frame()]

    # -- arrays -------------------------------------------------------------------------------

    def _constants(self) -> list[str]:
        lines = []
        for table in self.unit.tables:
            kind = "Int32Array" if table.memory is Memory.PLACES else "Real"
            lines += number_list(self.words.names[table.name], kind, table.values)
        return lines

    def _memory(self) -> list[str]:
        lines = ["", "// A number for each scalar of the program."]
        for array in self.arrays:
            if array.memory is not Memory.SCRATCH:
                continue
            name, count = self.words.names[array.name], size(array)
            of = f"new Real({count})"
            if array.base is not None:
                of = f"{self.words.names[array.base.name]}.subarray({array.offset}, {array.offset + count})"
            lines.append(f"const {name} = {of};")
        return lines

    def _views(self, memory: Memory, whole: str) -> list[str]:
        """Constants for the parts of theta, or of the gradient, that have names."""
        lines = []
        for array in self.arrays:
            if array.memory is memory and array.name != whole:
                start, end = array.offset, array.offset + size(array)
                part = f"{whole}[{start}]" if is_number(array) else f"{whole}.subarray({start}, {end})"
                lines.append(f"const {self.words.names[array.name]} = {part};")
        return lines

    # -- sections -----------------------------------------------------------------------------

    def _section(self, section: Section) -> list[str]:
        """The functions of a section; `calls` has their calls."""
        parts = _parts(self.sections[section.name])
        lines = [f"// {TITLES.get(section.name, section.title)}."] if parts else []
        self.calls[section.name] = []
        for number, part in enumerate(parts):
            name = section.name + (f"_{number + 1}" if len(parts) > 1 else "")
            arrays = dict.fromkeys(arrays_in(part))
            reads = any(array.memory is Memory.X for array in arrays)
            views = [self.words.names[a.name] for a in arrays if a.memory in (Memory.THETA, Memory.GRADIENT)]
            parameters = ", ".join([*(["X", "at"] if reads else []), *views])
            body = self.words.lines(open_blocks(part))
            inner = body[1:] if body[0] == "" else body
            lines += [f"function {name}({parameters}) {{", *(f"  {line}" for line in inner), "}", ""]
            self.calls[section.name].append(f"{name}({parameters});")
        return lines

    def _frame(self) -> list[str]:
        """The functions that run the sections over the examples, and those for users."""
        calls, of_theta = self.calls, self._views(Memory.THETA, "theta")
        of_gradient = self._views(Memory.GRADIENT, "gradient")
        i, share = self.unit.result[0].text, self.words.names[self.unit.share.name]
        store = (
            f"for (let {i} = 0; {i} < OUTPUTS; {i}++) "
            f"results[example * OUTPUTS + {i}] = {self._scalar(self.unit.result[1])};"
        )
        head = ["for (let example = 0; example < n; example++) {", "  const at = example * INPUTS;"]
        evaluate = [
            *("const n = examples(theta, X);", *of_theta, *calls["prepare"], *head),
            *(f"  {line}" for line in (*calls["forward"], store)),
            "}",
        ]
        differentiate = [
            *(
                "const n = examples(theta, X);",
                *of_theta,
                *of_gradient,
                "let value = 0;",
                f"{share}[0] = 1 / n;",
            ),
            *(*calls["prepare"], *calls["begin"], *head),
            *(f"  {line}" for line in calls["forward"]),
            f"  if (results !== null) {store}",
            f"  value += {share}[0] * {self._scalar(self.unit.first)};",
            *(f"  {line}" for line in calls["backward"]),
            "}",
            *calls["end"],
            "check(value, gradient);",
            "return value;",
        ]
        return [
            "// The outputs of each example.",
            "function evaluate(theta, X, results) {",
            *(f"  {line}" for line in evaluate),
            "}",
            "",
            "// The mean of the first output, and its gradient; the outputs too, unless results is null.",
            "function differentiate(theta, X, results, gradient) {",
            *(f"  {line}" for line in differentiate),
            "}",
            "",
        ]

    def _scalar(self, e: Expression) -> str:
        """An expression of one lane."""
        ((statement,),) = one_lane([Declare(Name("t"), e)])
        assert isinstance(statement, Declare)
        return self.words.text(statement.value)


FRAME = """\
function check(value, gradient) {
  if (!Number.isFinite(value)) throw new RangeError(`the mean of the first output is ${value}`);
  for (let i = 0; i < PARAMETERS; i++) {
    if (!Number.isFinite(gradient[i])) throw new RangeError(`the slope by theta[${i}] is ${gradient[i]}`);
  }
}

function examples(theta, X) {
  if (theta.length !== PARAMETERS) {
    throw new RangeError(`theta has ${theta.length} numbers, and there are ${PARAMETERS} parameters`);
  }
  const n = INPUTS === 0 ? 1 : X.length / INPUTS;
  if (!Number.isInteger(n) || n === 0) {
    throw new RangeError(`X has ${X.length} numbers, and an example has ${INPUTS}`);
  }
  return n;
}

function real(numbers) {
  return numbers instanceof Real ? numbers : Real.from(numbers);
}

const slopes = new Real(PARAMETERS);

return {
  outputs(theta, X) {
    const numbers = real(X);
    const results = new Real(examples(theta, numbers) * OUTPUTS);
    evaluate(real(theta), numbers, results);
    for (let i = 0; i < results.length; i++) {
      if (!Number.isFinite(results[i])) {
        const example = Math.floor(i / OUTPUTS);
        throw new RangeError(`output ${i % OUTPUTS} of example ${example} is ${results[i]}`);
      }
    }
    return results;
  },

  gradient(theta, X) {
    const numbers = real(X);
    const results = new Real(examples(theta, numbers) * OUTPUTS);
    const gradient = new Real(PARAMETERS);
    const value = differentiate(real(theta), numbers, results, gradient);
    return { value, gradient, outputs: results };
  },

  step(theta, X, rate) {
    if (!(theta instanceof Real)) throw new TypeError(`theta changes in place: pass a ${Real.name}`);
    const value = differentiate(theta, real(X), null, slopes);
    for (let i = 0; i < PARAMETERS; i++) theta[i] -= rate * slopes[i];
    return value;
  },
};
"""


def _parts(groups: Sequence[Sequence[Statement]]) -> list[list[Statement]]:
    """Groups of statements in functions of a size that is compiled fast, each with the names that it uses."""
    declared: dict[str, int] = {}
    first = [*range(len(groups))]  # for each group the earliest with a name that it, or a later one, uses
    for place, group in enumerate(groups):
        used = names_in(group) - {s.name.text for s in group if isinstance(s, Declare)}
        first[place] = min([place, *(declared[name] for name in used & declared.keys())])
        declared |= {s.name.text: place for s in group if isinstance(s, Declare)}
    parts: list[list[Statement]] = []
    earliest = [*itertools.accumulate(reversed(first), min)][::-1]
    for group, place in zip(groups, itertools.count()):
        if not parts or (sum(map(_size, parts[-1])) > PART and earliest[place] == place):
            parts.append([])
        parts[-1] += group
    return parts


def _size(statement: Statement) -> int:
    return sum(map(_size, statement.body)) if isinstance(statement, Loop) else 1
