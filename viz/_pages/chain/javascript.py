"""The table's forward operations in JavaScript, for the page."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from autograd._compiler.loops.functions.javascript import JavaScript
from autograd._compiler.loops.functions.library import Library
from autograd._table.rows import Row

__all__ = ["operations"]


def operations(rows: Iterable[Row]) -> str:
    """A JavaScript constant OPERATIONS: for each row's name the function on numbers.

    Raises:
        Untranslatable: naming the row, and the part of its function that is not understood.

    >>> from autograd._graph.primitive import lookup
    >>> print(operations([lookup("sin"), lookup("square")]))
    const OPERATIONS = (() => {
      function square(x) {
        return x * x;
      }
    <BLANKLINE>
      return {
        sin: Math.sin,
        square: square,
      };
    })();
    """
    library = Library(JavaScript)
    entries = "".join(f"    {row.key}: {library.function(row)},\n" for row in rows)
    functions = library.source() and textwrap.indent(library.source(), "  ") + "\n\n"
    return f"const OPERATIONS = (() => {{\n{functions}  return {{\n{entries}  }};\n}})();"
