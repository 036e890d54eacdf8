"""A straight line of calls in JavaScript: an example after the other, with numbers of 64 bits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from autograd._compiler.array_program import in_order
from autograd._compiler.loops.javascript.text import WIDTH, Text, number_list
from autograd._compiler.loops.straight import Operation, StraightLine, in_parts, side_by_side

__all__ = ["CONSTANTS", "straight_body"]

CONSTANTS = "INPUTS", "OUTPUTS", "PARAMETERS", "SHARED", "SIZE"  # names that no operation can have

BODY = """\
// The outputs of the example at a place of X.
function outputs(X, at) {{
{inputs}
{forward}
}}

// What all examples share.
function start(theta) {{
  v.set(numbers);
{theta}
{prepare}
}}

// The outputs of each example.
function evaluate(theta, X, results) {{
  const n = examples(theta, X);
  start(theta);
  for (let example = 0; example < n; example++) {{
    outputs(X, example * INPUTS);
    {store}
  }}
}}

// The mean of the first output, and its gradient; the outputs too, unless results is null.
function differentiate(theta, X, results, gradient) {{
  const n = examples(theta, X);
  start(theta);
  d.fill(0);
  let value = 0;
  for (let example = 0; example < n; example++) {{
    outputs(X, example * INPUTS);
    if (results !== null) {store}
    d.fill(0, SHARED);
    d[{first}] += 1 / n;
    value += v[{first}] / n;
{backward}
  }}
{end}
{gradient}
  check(value, gradient);
  return value;
}}
"""


def straight_body(line: StraightLine, words: Text) -> list[str]:
    """The functions ``evaluate`` and ``differentiate`` of a straight line, and what they need."""
    functions: list[str] = []

    def called(name: str, title: str, calls: Sequence[str], depth: int) -> str:
        parts = list(in_parts(name, calls))
        for number, (part, some) in enumerate(parts):
            comment = [] if number else [f"// {title}."]
            body = (f"  {each}" for each in side_by_side(some, WIDTH - 4))
            functions.extend([*comment, f"function {part}() {{", *body, "}", ""])
        return "\n".join(f"{' ' * depth}{part}();" for part, _ in parts)

    tables: list[str] = []

    def place(name: str, places: NDArray[Any]) -> str:
        """The place of the i-th of several numbers: a sum, or of a table."""
        if len(places) == 1 or in_order(places):
            return f"i + {places[0]}" if len(places) > 1 else f"{places[0]}"
        tables.extend(number_list(f"{name}At", "Int32Array", places))
        return f"{name}At[i]"

    loop = "  for (let i = 0; i < {}; i++) {};"
    columns, results = (place(*each) for each in (("column", line.columns), ("result", line.results)))
    theta = place("theta", line.theta)
    texts = BODY.format(
        inputs=loop.format("INPUTS", f"v[{columns}] = X[at + i]") if line.inputs else "",
        forward=called("forward", "The scalars of an example", line.forward, 2),
        theta=loop.format("PARAMETERS", f"v[{theta}] = theta[i]") if line.parameters else "",
        prepare=called("prepare", "Scalars that all examples share", line.prepare, 2),
        store=f"for (let i = 0; i < OUTPUTS; i++) results[example * OUTPUTS + i] = v[{results}];",
        first=int(line.results[0]),
        backward=called("backward", "Adjoints of the scalars of an example", line.backward, 4),
        end=called("end", "Adjoints of the scalars that all examples share", line.end, 2),
        gradient=loop.format("PARAMETERS", f"gradient[i] = d[{theta}]") if line.parameters else "",
    )
    return [
        *number_list("numbers", "Float64Array", line.numbers),
        *tables,
        "",
        "// The numbers of an example, and the adjoint of each: constants, inputs, parameters, results.",
        f"const SHARED = {line.shared}; // places that all examples share",
        f"const v = new Float64Array({line.size});",
        f"const d = new Float64Array({line.size});",
        "",
        "// Operations on the numbers at some places; and D_, what they add to the adjoints of these.",
        *(text for operation in line.operations for text in _function(operation, words)),
        "",
        *functions,
        *(text for text in texts.splitlines() if text.strip() or not text),
    ]


def _function(operation: Operation, words: Text) -> list[str]:
    head, lines = (
        f"function {operation.name}({', '.join(operation.places)}) {{",
        words.lines(operation.statements),
    )
    short = f"{head} {' '.join(lines)} }}"
    return [short] if len(short) < WIDTH else [head, *(f"  {line}" for line in lines), "}"]
