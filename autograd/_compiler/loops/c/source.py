"""Loops as C99: one file without dependencies but the standard library."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd._compiler.array_program import ArrayProgram
from autograd._compiler.loops.c.bodies import MACROS, Body, LoopsBody, StraightBody
from autograd._compiler.loops.c.text import WIDTH
from autograd._compiler.loops.functions.c import C
from autograd._compiler.loops.statements import Heading, filled
from autograd._compiler.loops.straight import is_scattered, straight_line
from autograd._compiler.loops.write import heading_of, write_loops
from autograd._compiler.numpy_code.names import with_listing

__all__ = ["check_identifier", "file_names", "generate_c", "with_prefix"]

# Declarations of names.
DECLARED = re.compile(
    r"^(?:static [\w *]*?\b(\w+)(?=\(|\[)|struct (\w+) \{|typedef \w+ (\w+)\b)", re.MULTILINE
)
CONSTANTS = re.compile(r"^enum \{(.*?)\}", re.MULTILINE | re.DOTALL)
DEFINED = re.compile(r"^#define (\w+)", re.MULTILINE)


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
    check_identifier(name)
    dtype = np.dtype(dtype)
    taken = name, f"{name}_gradient", f"{name}_step"
    heading = heading_of(program, dtype, pieces)
    body: Body
    if is_scattered(program):
        body = StraightBody(straight_line(program, dtype, heading, [*taken, *MACROS]), dtype)
    else:
        body = LoopsBody(write_loops(program, dtype, heading, [*taken, *MACROS]), dtype)
    text = _file(body, heading, name, "float" if dtype.itemsize == 4 else "double")
    if {*taken} & {*file_names(text)}:
        raise ValueError(f"{name!r} is the name of a part of the file: choose another name")
    return with_listing(text, program)


def check_identifier(name: str) -> None:
    """Raise a ValueError for a name that no function of C can have."""
    if not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) or name in C.TAKEN:
        raise ValueError(
            f"{name!r} is not an identifier of C: letters, digits and _, and no word of C or math.h"
        )


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
    end = [f"#undef {name}" for name in sorted({*names, *DEFINED.findall(source)})]
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


def _file(body: Body, heading: Heading, name: str, real: str) -> str:
    """The whole file: the functions for users around a body."""
    library = body.statements.library.source()
    lines = [
        _title(heading, name, real),
        "",
        *(f"#include <{header}.h>" for header in ("fenv", "math", "stdint", "stdlib", "string")),
        "",
        f"typedef {real} real;",
        "",
        "enum {",
        *(f"    {constant} = {value}, // {text}" for constant, value, text in body.constants),
        f"    PARAMETERS = {heading.parameters},",
        f"    OUTPUTS = {heading.outputs}",
        "};",
        "",
        *body.tables,
        *([""] if body.tables else []),
        *body.memory,
        "",
        *(text + "\n" for text in body.statements.helpers.values()),
        *([library + "\n"] if library else []),
        *body.functions,
        CORE,
        body.core,
        FRAME.replace("NAME", name).replace("FINITE", str(int(not heading.overflows))),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _title(heading: Heading, name: str, real: str) -> str:
    of_each, first = (
        (" of each example", "the mean of the first output") if heading.inputs else ("", "the first output")
    )
    lines = [
        f"A calculation of {heading.counts}:",
        "",
        *(f"    {line}" for line in heading.listing.splitlines()),
        "",
        *heading.arguments(
            "X holds an example after the other, n of them.",
            "There are no inputs: X is NULL, and n is 1.",
        ),
        "",
        "Each function returns 0, or another number where a number overflowed, was undefined or is not "
        f"finite, or where there is no {'example or ' if heading.inputs else ''}memory.",
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


CORE = """\
/* The outputs of n examples, unless outputs is NULL; and unless gradient is NULL, the mean of the first
 * output and its gradient. Example e lies in row order[e] of each piece of its columns; in row e if order
 * is NULL. Others may follow, in a later call. */
static void core(struct scratch *s, const real *theta, const real *const *pieces, const long *order, long n,
                 long following, real *value, real *gradient, real *outputs) {"""

FRAME = """\
/* Whether a floating-point operation since feholdexcept failed, or a number is not finite. */
static int failed(const real *numbers, long n) {
    int finite = FINITE;
    for (long i = 0; i < n; i++)
        finite &= numbers[i] - numbers[i] == 0;
    return !finite || fetestexcept(FE_OVERFLOW | FE_DIVBYZERO | FE_INVALID);
}

static struct scratch *aligned(void *memory) {
    return (struct scratch *)(((uintptr_t)memory + 63) & ~(uintptr_t)63);
}

int NAME(const real *theta, const real *X, long n, real *outputs) {
    return NAME_gradient(theta, X, n, NULL, NULL, outputs);
}

int NAME_gradient(const real *theta, const real *X, long n, real *value, real *gradient, real *outputs) {
    const real *const pieces[1] = {X};
    void *memory = gradient && n < 1 ? NULL : malloc(sizeof(struct scratch) + 64);
    fenv_t environment;
    if (!memory)
        return 1;
    feholdexcept(&environment);
    core(aligned(memory), theta, pieces, NULL, n, 0, value, gradient, outputs);
    const int wrong = (gradient && (failed(gradient, PARAMETERS) || failed(value, 1))) ||
                      (outputs && failed(outputs, n * OUTPUTS));
    fesetenv(&environment);
    free(memory);
    return wrong;
}

int NAME_step(real *theta, const real *X, long n, real rate, real *value) {
    real *gradient = malloc((PARAMETERS + 1) * sizeof(real));
    if (!gradient)
        return 1;
    const int wrong = NAME_gradient(theta, X, n, value, gradient, NULL);
    if (!wrong)
        for (long i = 0; i < PARAMETERS; i++)
            theta[i] -= rate * gradient[i];
    free(gradient);
    return wrong;
}
"""
