"""The part of a file in C that computes: loops over tiles of examples, or a straight line of calls."""

from __future__ import annotations

import itertools
import re
from abc import ABC
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.array_program import in_order
from autograd._compiler.loops.c.text import WIDTH, StatementsInC, wrapped
from autograd._compiler.loops.statements import Array, Memory, Unit
from autograd._compiler.loops.straight import StraightLine, in_parts, side_by_side

__all__ = ["MACROS", "Body", "LoopsBody", "StraightBody"]

VECTOR = 64  # bytes of the numbers of a tile's examples: a vector of the largest kind

# Macros of the headers and constants of the file, whose names no operation can have.
MACROS = (
    "DOMAIN", "EXCEPTIONS", "I", "INFINITY", "NAN", "NULL", "OUTPUTS", "OVERFLOW", "PARAMETERS", "SHARED",
    "SIZE", "UNDERFLOW",
)  # fmt: skip


class Body(ABC):
    """The parts of a file that differ between loops and a straight line.

    Attributes:
        statements: prints these.
        constants: names, values, and comments.
        tables, memory: declarations.
        functions: that the core calls.
        core: the body of the function that computes.
    """

    statements: StatementsInC
    constants: list[tuple[str, int, str]]
    tables: list[str]
    memory: list[str]
    functions: list[str]
    core: str


class LoopsBody(Body):
    """Loops over the examples of a tile."""

    def __init__(self, unit: Unit, dtype: np.dtype[Any]) -> None:
        self.unit, self.statements = unit, StatementsInC(dtype)
        self.constants = [("LANES", VECTOR // dtype.itemsize, "examples side by side, in a tile")]
        self.functions, calls = [], {}
        for section in unit.sections:
            parts = list(self.statements.functions(section))
            self.functions += [text for _, text in parts]
            calls[section.name] = [call for call, _ in parts]
        self.core = self._core(calls)
        members = [f"{a.name}{self.statements.dimensions(a)}" for a in unit.arrays]
        self.memory = [
            "// A row for each scalar, a column for each example of a tile.",
            "struct scratch {",
            wrapped("    real", members, ";"),
            "};",
        ]
        self.tables = [self.statements.table(table) for table in unit.tables]

    def _core(self, calls: dict[str, list[str]]) -> str:
        unit = self.unit
        several = len(unit.pieces) > 1
        names = [f"X{p + 1}" if several else "X" for p in range(len(unit.pieces))]
        used = {x for x in names if re.search(rf"\b{x}\b", " ".join(itertools.chain(*calls.values())))}
        rows = [
            f"            {x}[e] = pieces[{p}] + at * {unit.pieces[p]};"
            for p, x in enumerate(names)
            if x in used
        ]
        # Kernels that bring the rows of the next tile into the cache find them behind those of the tile.
        functions = "".join(self.functions)
        tiles = " * 2" if any(f"{x} + LANES" in functions for x in used) else ""
        pointers = [f"        const real *{x}[LANES{tiles}];" for x in names if x in used]
        i, result = unit.result

        def block(section: str, depth: int) -> str:
            return "".join(f"{'    ' * depth}{call}\n" for call in calls[section])

        find = ""
        if rows:
            find = (
                f"        for (int e = 0; e < LANES{tiles}; e++) {{ // padding repeats the last example\n"
                "            long at = first + (e < count ? e : count - 1);\n"
                + (
                    "            if (e >= LANES)\n                at = first + count + e - LANES;\n"
                    "            if (at >= n + following)\n                at = first;\n"
                    if tiles
                    else ""
                )
                + "            if (order)\n                at = order[at];\n"
                + "\n".join(rows)
                + "\n        }\n"
            )
        ignored = "" if rows else "    (void)pieces, (void)order;\n"
        ignored += "" if tiles else "    (void)following;\n"
        ignored += "" if any("theta" in c for cs in calls.values() for c in cs) else "    (void)theta;\n"
        return f"""\
    real total[LANES] = {{0}};
{ignored}{block("prepare", 1)}    if (gradient) {{
{block("begin", 2)}    }}
    for (long first = 0; first < n; first += LANES) {{
        const int count = n - first < LANES ? (int)(n - first) : LANES;
{"".join(p + chr(10) for p in pointers)}{find}{block("forward", 2)}        if (outputs)
            for (int e = 0; e < count; e++)
                for (int {i.text} = 0; {i.text} < OUTPUTS; {i.text}++)
                    outputs[(first + e) * OUTPUTS + {i.text}] = {self.statements.text(result)};
        if (gradient) {{
            for (int e = 0; e < LANES; e++) {{
                s->share[e] = e < count ? 1 / (real)n : 0;
                total[e] += s->share[e] * {self.statements.text(unit.first)};
            }}
{block("backward", 3)}        }}
    }}
    if (gradient) {{
{block("end", 2)}        *value = 0;
        for (int e = 0; e < LANES; e++)
            *value += total[e];
    }}
}}
"""


class StraightBody(Body):
    """A line for each operation, one example after another."""

    def __init__(self, line: StraightLine, dtype: np.dtype[Any]) -> None:
        self.line = line
        self.statements = StatementsInC(dtype, (operation.name for operation in line.operations))
        self.constants = [
            ("SIZE", line.size, "numbers of an example"),
            ("SHARED", line.shared, "of these, the first that all examples share"),
        ]
        self.memory = [
            "// The numbers of an example, and the adjoint of each: constants, inputs, parameters, results.",
            "struct scratch {",
            "    real v[SIZE], d[SIZE];",
            "};",
        ]
        self.tables = [
            self.statements.table(Array("numbers", line.numbers.shape, Memory.NUMBERS, values=line.numbers))
        ]
        operations = [self.statements.operation(operation) for operation in line.operations]
        self.functions = [
            "// Operations on the numbers at some places; and D_, what they add to the adjoints of these.",
            *operations,
            "",
        ]
        forward, backward = "real *restrict v", "const real *restrict v, real *restrict d"
        prepare = self._functions("prepare", "Results that all examples share", line.prepare, forward)
        each = self._functions("forward", "Results of an example", line.forward, forward)
        back = self._functions("backward", "Adjoints of the results of an example", line.backward, backward)
        end = self._functions("end", "Adjoints of the results that all examples share", line.end, backward)
        first = int(line.results[0])
        to_v, from_d = self._copies("theta", line.theta)
        body = [
            "    (void)following;",
            "    real *const v = s->v, *const d = s->d;",
            "    memcpy(v, numbers, sizeof numbers);",
            *to_v,
            *(f"    {call}" for call in prepare),
            "    if (gradient) {",
            "        *value = 0;",
            "        memset(d, 0, SHARED * sizeof(real));",
            "    }",
            "    for (long e = 0; e < n; e++) {",
            *self._inputs(),
            *(f"        {call}" for call in each),
            "        if (outputs)",
            "            for (int i = 0; i < OUTPUTS; i++)",
            f"                outputs[e * OUTPUTS + i] = v[{self._place('results', line.results)}];",
            "        if (gradient) {",
            "            memset(d + SHARED, 0, (SIZE - SHARED) * sizeof(real));",
            f"            d[{first}] += 1 / (real)n;",
            f"            *value += 1 / (real)n * v[{first}];",
            *(f"            {call}" for call in back),
            "        }",
            "    }",
            "    if (gradient) {",
            *(f"        {call}" for call in end),
            *(f"    {text}" for text in from_d),
            "    }",
            "}",
            "",
        ]
        self.core = "\n".join(body)

    def _functions(self, name: str, title: str, calls: Sequence[str], arguments: str) -> list[str]:
        """Calls of functions that make some calls each, and join those of the file."""
        passed = ", ".join(re.findall(r"\w+(?=,|$)", arguments))
        names: list[str] = []
        for part, some in in_parts(name, calls):
            comment = [] if names else [f"// {title}."]
            body = (f"    {line}" for line in side_by_side(some, WIDTH - 4))
            head = f"static void {part}({arguments}) {{", self.statements.exceptions()
            self.functions += [*comment, *head, *body, "}", ""]
            names.append(part)
        return [f"{each}({passed});" for each in names]

    def _place(self, name: str, places: NDArray[Any]) -> str:
        """The place of the i-th of several numbers: a sum, or of a table."""
        if len(places) == 1 or in_order(places):
            return f"i + {places[0]}" if len(places) > 1 else str(places[0])
        table = Array(f"{name}_at", places.shape, Memory.PLACES, values=places)
        if not any(f" {table.name}[" in text for text in self.tables):
            self.tables.append(self.statements.table(table))
        return f"{table.name}[i]"

    def _copies(self, name: str, places: NDArray[Any]) -> tuple[list[str], list[str]]:
        if not len(places):
            return [f"    (void){name};"], []
        head, place = "    for (int i = 0; i < PARAMETERS; i++)", self._place(name, places)
        return [head, f"        v[{place}] = {name}[i];"], [head, f"        gradient[i] = d[{place}];"]

    def _inputs(self) -> list[str]:
        """The numbers of an example, from its row in each piece."""
        lines, cuts = [], np.cumsum([0, *self.line.pieces]).tolist()
        for piece, (low, high) in enumerate(itertools.pairwise(cuts)):
            if low < high:
                place = self._place(f"columns_{piece + 1}", self.line.columns[low:high])
                lines += [
                    f"        for (int i = 0; i < {high - low}; i++)",
                    f"            v[{place}] = pieces[{piece}][at * {high - low} + i];",
                ]
        if not lines:
            return ["        (void)pieces, (void)order;"]
        return ["        const long at = order ? order[e] : e;", *lines]
