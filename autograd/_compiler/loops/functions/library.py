"""The functions of numbers of one source in another language, each after the functions that it calls."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from types import FunctionType
from typing import Any

from autograd._compiler.loops.functions.calls import apply, arity_of, resolve
from autograd._compiler.loops.functions.definitions import LAMBDA
from autograd._compiler.loops.functions.printing import Printer
from autograd._compiler.loops.functions.reading import read_function
from autograd._compiler.loops.functions.standins import STAND_INS
from autograd._compiler.loops.functions.tree import Definition, Return, Untranslatable, Variable
from autograd._table.rows import Row

__all__ = ["Library"]


class Library:
    """Functions of numbers in one language.

    Args:
        language: `C` or `JavaScript`.
        taken: names that its functions cannot have.

    Each method may add to the functions; `source` has them in order.

    >>> from autograd import sigmoid
    >>> from autograd._compiler.loops.functions.c import C
    >>> library = Library(C)
    >>> library.function(sigmoid)
    'sigmoid'
    >>> print(library.source())
    static double sigmoid(double x) {
      if (x >= 0.0) {
        return 1.0 / (1.0 + exp(-x));
      }
      double e = exp(x);
      return e / (1.0 + e);
    }
    """

    def __init__(self, language: type[Printer], taken: Iterable[str] = ()) -> None:
        self.printer = language(self)
        self._taken = {*taken, *language.HELPERS}
        self._names: dict[Any, str] = {}
        self._sources: dict[str, str] = {}  # by their names, in the order in which they are complete
        self._open: list[FunctionType] = []

    def source(self) -> str:
        """All functions so far."""
        return "\n\n".join(self._sources.values())

    def function(self, row: Row) -> str:
        """The name of the function that computes a row.

        Raises:
            Untranslatable: naming the row, the part of its function that is not understood, and its line.
        """
        try:
            function, name = resolve(row), row.name.strip("_")
            if arity_of(function) not in (row.arity, None):  # of one with defaults, as the base of math.log
                return self._of_its_arity(row, name)
            return self.printer.native(function) or self.name_of(function, name)
        except Untranslatable as error:
            language, computes = self.printer.LANGUAGE, self.printer.COMPUTES
            raise Untranslatable(
                f"row {row.name!r} has no {language}: {error}. {language} computes {computes}"
            ) from None

    def name_of(self, function: Callable[..., Any], name: str = "f") -> str:
        """The name of a Python function in this language; its source joins the others if it has one.

        Args:
            name: for a lambda.
        """
        function = STAND_INS.get(function, function)
        if not isinstance(function, FunctionType):
            raise Untranslatable(f"{self.printer.LANGUAGE} has no {getattr(function, '__name__', function)}")
        if function in self._open[:-1]:
            raise Untranslatable(f"{function.__name__} calls itself by way of another function")
        if function not in self._names:
            plain = name if function.__name__ == LAMBDA else function.__name__
            self._names[function] = free = self._free(self.printer.name(plain))
            self._open.append(function)
            try:
                definition = read_function(function, free)
                self._sources[free] = self.printer.function(definition)
            except Untranslatable:
                del self._names[function]
                raise
            finally:
                self._open.pop()
        return self._names[function]

    def _of_its_arity(self, row: Row, name: str) -> str:
        """The name of a function that calls a row's function with as many arguments as the row has."""
        key = row.source, row.arity
        if key not in self._names:
            call = apply(row, [*map(Variable, row.inputs)])
            self._names[key] = free = self._free(self.printer.name(name))
            self._sources[free] = self.printer.function(Definition(free, row.inputs, [Return(call)]))
        return self._names[key]

    def helper(self, name: str) -> str:
        """A function that the language brings along."""
        self._sources.setdefault(name, self.printer.HELPERS[name])
        return name

    def _free(self, name: str) -> str:
        names = itertools.chain([name], (f"{name}_{i}" for i in itertools.count(2)))
        free = next(n for n in names if n not in self._taken)
        self._taken.add(free)
        return free
