"""Loops as C99: one file without dependencies but the standard library."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd._compiler.array_program import ArrayProgram
from autograd._compiler.loops.c_text import WIDTH, StatementsInC, wrapped
from autograd._compiler.loops.functions.c import WORDS
from autograd._compiler.loops.rewriting import one_example
from autograd._compiler.loops.statements import Unit, filled
from autograd._compiler.loops.write import write_loops
from autograd._compiler.numpy_code.names import with_listing

__all__ = ["file_names", "generate_c", "with_prefix"]

VECTOR = 64  # bytes of the numbers of a tile's examples: a vector of the largest kind

# Declarations of names.
DECLARED = re.compile(
    r"^(?:static [\w *]*?\b(\w+)(?=\(|\[)|struct (\w+) \{|typedef \w+ (\w+)\b)", re.MULTILINE
)
CONSTANTS = re.compile(r"^enum \{(.*?)\}", re.MULTILINE | re.DOTALL)
MACROS = re.compile(r"^#define (\w+)", re.MULTILINE)


def generate_c(program: ArrayProgram, dtype: Any, name: str, pieces: Sequence[int] | None = None) -> str:
    """The C99 source of a program.

    Args:
        program: the program.
        dtype: of all numbers, float32 or float64.
        name: of the functions: NAME, NAME_gradient, NAME_step.
        pieces: the columns of each array that an example's inputs lie in; by default one array.

    Raises:
        ValueError: for a name that is no identifier of C.
        Untranslatable, NotImplementedError: for a function that C lacks, which it names.
    """
    if not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) or name in WORDS:
        raise ValueError(
            f"{name!r} is not an identifier of C: letters, digits and _, and no word of the language"
        )
    unit = write_loops(program, dtype, pieces, (name, f"{name}_gradient", f"{name}_step"))
    text = _Printer(unit, np.dtype(dtype), name).text()
    if {name, f"{name}_gradient", f"{name}_step"} & {*file_names(text)}:
        raise ValueError(f"{name!r} is the name of a part of the file: choose another name")
    return with_listing(text, program)


def file_names(source: str) -> list[str]:
    """The names of all types, constants, tables and static functions of a file.

    >>> file_names("enum { ROWS = 4 };\\ntypedef float real;\\nstatic inline real half(real x) {")
    ['ROWS', 'half', 'real']
    """
    declared = {name for names in DECLARED.findall(source) for name in names if name}
    constants = {name for text in CONSTANTS.findall(source) for name in re.findall(r"(\w+) =", text)}
    return sorted(declared | constants)


def with_prefix(source: str, prefix: str) -> str:
    """A file whose names begin with a prefix when they are compiled, and whose macros end with it."""
    names = file_names(source)
    head, last, rest = source.partition("#include <string.h>\n")  # of the headers, which have own names
    begin = [f"#define {name} {prefix}_{name}" for name in names]
    end = [f"#undef {name}" for name in sorted({*names, *MACROS.findall(source)})]
    return "\n".join(
        [
            head + last,
            "// Names of this file alone, so that another such file can be part of the same program.",
            *begin,
            rest,
            *end,
            "",
        ]
    )


class _Printer:
    """Prints a unit.

    Args:
        unit: the sections.
        dtype: of real numbers.
        name: of the functions.
    """

    def __init__(self, unit: Unit, dtype: np.dtype[Any], name: str) -> None:
        self.unit, self.name = one_example(unit) if unit.is_scalar else unit, name
        self.real = "float" if dtype.itemsize == 4 else "double"
        self.lanes = 1 if unit.is_scalar else VECTOR // dtype.itemsize
        self.statements = StatementsInC(dtype, self.lanes)

    def text(self) -> str:
        unit = self.unit
        functions, calls = [], {}
        for section in unit.sections:
            parts = list(self.statements.functions(section))
            functions += [text for _, text in parts]
            calls[section.name] = [call for call, _ in parts]
        core = self._core(calls, "".join(functions))
        members = [f"{a.name}{self.statements.dimensions(a)}" for a in unit.arrays]
        tables = [self.statements.table(table) for table in unit.tables]
        lines = [
            self._title(),
            "",
            *(f"#include <{header}.h>" for header in ("fenv", "math", "stdint", "stdlib", "string")),
            "",
            f"typedef {self.real} real;",
            "",
            "enum {",
            f"    LANES = {self.lanes}, // examples side by side, in a tile",
            f"    PARAMETERS = {unit.parameters},",
            f"    OUTPUTS = {unit.outputs}",
            "};",
            "",
            *tables,
            *([""] if tables else []),
            "// A row for each scalar, a column for each example of a tile.",
            "struct scratch {",
            wrapped("    real", members, ";"),
            "};",
            "",
            *(text + "\n" for text in self.statements.helpers.values()),
            *([self.statements.library.source() + "\n"] if self.statements.library.source() else []),
            *functions,
            core,
        ]
        return "\n".join(lines).rstrip() + "\n"

    def _title(self) -> str:
        name, unit, real = self.name, self.unit, self.real
        of_each, first = (
            (" of each example", "the mean of the first output") if unit.inputs else ("", "the first output")
        )
        lines = [
            f"A calculation of {unit.counts}:",
            "",
            *(f"    {line}" for line in unit.listing.splitlines()),
            "",
            *unit.arguments(
                "X holds an example after the other, n of them.",
                "There are no inputs: X is NULL, and n is 1.",
            ),
            "",
            "Each function returns 0, or another number where a number overflowed, was undefined or is not "
            f"finite, or where there is no {'example or ' if unit.inputs else ''}memory.",
            "",
            f"{name}: the outputs{of_each}.",
            f"{name}_gradient: {first}, and its gradient; outputs may be NULL.",
            f"{name}_step: theta -= rate * gradient, where all is well.",
            "",
            "A program includes this file; or it has the three declarations below, in C++ within "
            'extern "C" { }, and is linked with this file, compiled as C:',
            "",
            "    cc -O3 -march=native main.c -lm",
        ]
        comment = "\n".join(f" * {line}".rstrip() for line in filled(lines, WIDTH - 3))
        return f"""\
/*{comment.replace("*/", "* /")[2:]}
 */

int {name}(const {real} *theta, const {real} *X, long n, {real} *outputs);
int {name}_gradient(const {real} *theta, const {real} *X, long n,
    {real} *value, {real} *gradient, {real} *outputs);
int {name}_step({real} *theta, const {real} *X, long n, {real} rate, {real} *value);"""

    # -- the frame ----------------------------------------------------------------------------

    def _core(self, calls: dict[str, list[str]], functions: str) -> str:
        unit, name = self.unit, self.name
        several = len(unit.pieces) > 1
        names = [f"X{p + 1}" if several else "X" for p in range(len(unit.pieces))]
        used = {x for x in names if re.search(rf"\b{x}\b", " ".join(itertools.chain(*calls.values())))}
        rows = [
            f"            {x}[e] = pieces[{p}] + at * {unit.pieces[p]};"
            for p, x in enumerate(names)
            if x in used
        ]
        # Kernels that bring the rows of the next tile into the cache find them behind those of the tile.
        tiles = " * 2" if any(f"{x} + LANES" in functions for x in used) else ""
        pointers = [f"        const real *{x}[LANES{tiles}];" for x in names if x in used]
        i, result = unit.result

        def block(section: str, depth: int) -> str:
            return "".join(f"{'    ' * depth}{call}\n" for call in calls[section])

        find = ""
        if rows:
            find = (
                f"        for (int e = 0; e < LANES{tiles}; e++) {{ // padding repeats the last example\n"
                + (
                    "            long at = first + (e < count ? e : count - 1);\n"
                    + "            if (e >= LANES)\n                at = first + count + e - LANES;\n"
                    + "            if (at >= n + following)\n                at = first;\n"
                    if tiles
                    else "            long at = first + (e < count ? e : count - 1);\n"
                )
                + "            if (order)\n                at = order[at];\n"
                + "\n".join(rows)
                + "\n        }\n"
            )
        ignored = "" if rows else "    (void)pieces, (void)order;\n"
        ignored += "" if tiles else "    (void)following;\n"
        ignored += "" if any("theta" in c for cs in calls.values() for c in cs) else "    (void)theta;\n"
        return f"""\
/* The outputs of n examples, unless outputs is NULL; and unless gradient is NULL, the mean of the first
 * output and its gradient. Example e lies in row order[e] of each piece of its columns; in row e if order
 * is NULL. Others may follow, in a later call. */
static void core(struct scratch *s, const real *theta, const real *const *pieces, const long *order, long n,
                 long following, real *value, real *gradient, real *outputs) {{
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

/* Whether a floating-point operation since feholdexcept failed, or a number is not finite. */
static int failed(const real *numbers, long n) {{
    int finite = {int(not unit.overflows)};
    for (long i = 0; i < n; i++)
        finite &= numbers[i] - numbers[i] == 0;
    return !finite || fetestexcept(FE_OVERFLOW | FE_DIVBYZERO | FE_INVALID);
}}

static struct scratch *aligned(void *memory) {{
    return (struct scratch *)(((uintptr_t)memory + 63) & ~(uintptr_t)63);
}}

int {name}(const real *theta, const real *X, long n, real *outputs) {{
    const real *const pieces[1] = {{X}};
    void *memory = malloc(sizeof(struct scratch) + 64);
    fenv_t environment;
    if (!memory)
        return 1;
    feholdexcept(&environment);
    core(aligned(memory), theta, pieces, NULL, n, 0, NULL, NULL, outputs);
    const int wrong = failed(outputs, n * OUTPUTS);
    fesetenv(&environment);
    free(memory);
    return wrong;
}}

int {name}_gradient(const real *theta, const real *X, long n, real *value, real *gradient, real *outputs) {{
    const real *const pieces[1] = {{X}};
    void *memory = n < 1 ? NULL : malloc(sizeof(struct scratch) + 64);
    fenv_t environment;
    if (!memory)
        return 1;
    feholdexcept(&environment);
    core(aligned(memory), theta, pieces, NULL, n, 0, value, gradient, outputs);
    const int wrong = failed(gradient, PARAMETERS) || failed(value, 1) ||
                      (outputs && failed(outputs, n * OUTPUTS));
    fesetenv(&environment);
    free(memory);
    return wrong;
}}

int {name}_step(real *theta, const real *X, long n, real rate, real *value) {{
    real *gradient = malloc((PARAMETERS + 1) * sizeof(real));
    if (!gradient)
        return 1;
    const int wrong = {name}_gradient(theta, X, n, value, gradient, NULL);
    if (!wrong)
        for (long i = 0; i < PARAMETERS; i++)
            theta[i] -= rate * gradient[i];
    free(gradient);
    return wrong;
}}
"""
