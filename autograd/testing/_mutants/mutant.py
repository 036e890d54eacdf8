"""A named mistake in the source of a module, to be planted in the running module."""

from __future__ import annotations

import importlib
import itertools
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

from autograd._support.process.locks import Lock
from autograd.testing._mutants.running.codes import code_of
from autograd.testing._mutants.running.imports import Imports
from autograd.testing._mutants.running.planting import Planting, functions_and_caches

__all__ = ["Mutant", "Mutants"]

# The mutant that is planted, and the ways to take it back.
_planted: list[tuple[Mutant, list[Planting], Imports]] = []
_planting = Lock()


@dataclass(frozen=True, repr=False)
class Mutant:
    """A mistake that is planted in a running module for the time of a ``with`` block.

    Functions keep their identity and get the code of the changed source, so the mistake is seen wherever they
    were imported to; a row of the table is read again, and the methods and sweeps that are generated from it
    are written again. Modules that are imported from the same file meanwhile have the mistake too.

    After the block, whatever happened in it, all is as before, and the caches of the module's package are
    empty. Results of the block that are still held are their owner's: a graph keeps its record, a compiled
    program the code that was written for it. A program compiled before the block does not have the mistake.

    One mutant is planted at a time. It is there for the whole process: for all threads, of which one that
    calculates at the start or the end of the block gets a part of it, and for children that are forked in the
    block; a child that starts Python anew imports the right source.

    Attributes:
        name: of the mistake.
        module: the import name of the module, or the path of its file.
        text: the right code, which stands in the source once.
        replacement: the wrong code.
        mistake: in the words of who makes it.

    Raises:
        ValueError: on entry, where the text is not in the source exactly once, or the result is no Python.
        RuntimeError: on entry, while another mutant is planted.
        NotImplementedError: on entry, for a change that a running module cannot take.

    >>> from autograd import grad, sin
    >>> slip = Mutant("sign of sin", "autograd._table.rules", '("cos(x)",), ', '("-cos(x)",),')
    >>> with slip:
    ...     grad(sin)(0.0)
    -1.0
    >>> grad(sin)(0.0)
    1.0
    """

    name: str
    module: str
    text: str
    replacement: str
    mistake: str = ""

    def __repr__(self) -> str:
        return f"<mutant {self.name!r} of {self.where}: {self.mistake or self.change}>"

    @property
    def file(self) -> Path:
        """The file of the source."""
        if _is_path(self.module):
            return Path(self.module)
        file = importlib.import_module(self.module).__file__
        if file is None or not file.endswith(".py"):
            raise ValueError(f"mutant {self.name!r}: {self.module} has no source in Python")
        return Path(file)

    @property
    def where(self) -> str:
        """The file and the line, as ``rules.py:46``."""
        before, found, _ = self._source().partition(self.text)
        same = len(self._common_lines(self.text.split("\n"), self.replacement.split("\n")))
        return f"{self.file.name}:{before.count(chr(10)) + same + 1}" if found else self.file.name

    @property
    def change(self) -> str:
        """The lines that differ, as they are and as they are planted.

        >>> Mutant("no bias", "net.py", "h = relu(x)\\nout = W @ h + b", "h = relu(x)\\nout = W @ h").change
        'out = W @ h + b → out = W @ h'
        """
        old, new = self.text.split("\n"), self.replacement.split("\n")
        start = len(self._common_lines(old, new))
        end = len(self._common_lines(old[:start:-1], new[:start:-1]))
        sides = (lines[start : len(lines) - end] for lines in (old, new))
        return " → ".join("; ".join(line.strip() for line in side) for side in sides)

    @staticmethod
    def _common_lines(old: Sequence[str], new: Sequence[str]) -> list[str]:
        """The lines with which both begin."""
        pairs = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False))
        return [line for line, _ in pairs]

    def source(self) -> str:
        """The source with the mistake.

        Raises:
            ValueError: where the text is not in the source exactly once, or the changed source is no Python.
        """
        source = self._source()
        if (times := source.count(self.text)) != 1:
            raise ValueError(
                f"mutant {self.name!r}: {self.file.name} has {times} times the text {self.text!r:.200}; take "
                + ("more of the line, so that it is there once" if times else "the text as it stands there")
            )
        changed = source.replace(self.text, self.replacement)
        try:
            code_of(changed, str(self.file))
        except (SyntaxError, ValueError) as error:
            raise ValueError(
                f"mutant {self.name!r}: with its replacement {self.file.name} is no Python: {error}"
            ) from None
        return changed

    def _source(self) -> str:
        try:
            return self.file.read_text(encoding="utf-8")
        except OSError as error:
            raise ValueError(f"mutant {self.name!r}: {self.file} cannot be read: {error.strerror}") from None

    def __enter__(self) -> Mutant:
        self.plant(functions_and_caches())
        return self

    def plant(self, objects: Sequence[Any], for_good: bool = False) -> None:
        """Plant the mistake among objects of `functions_and_caches`.

        Args:
            objects: all functions and caches of the process.
            for_good: not to be taken back, in a child that ends with it; others can be planted beside it.
        """
        with _planting.current:
            if _planted:
                raise RuntimeError(
                    f"mutant {self.name!r}: {_planted[0][0].name!r} is planted already, and one mistake "
                    "could hide another; leave its block first"
                )
            old, new = self._source(), self.source()
            imports = Imports(self.file, new)
            plantings: list[Planting] = []
            _planted.append((self, plantings, imports))
            try:
                imports.start()
                for module in self._running():
                    planting = Planting(module, old, new, objects)
                    planting.plant()
                    plantings.append(planting)
            except NotImplementedError as error:
                _take_back()
                raise NotImplementedError(
                    f"mutant {self.name!r}: {error}; where {self.file.name} is not imported yet, a mutant of "
                    "its path is planted by the import"
                ) from None
            except BaseException:
                _take_back()
                raise
            if for_good:
                _planted.clear()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with _planting.current:
            _take_back()

    def _running(self) -> list[ModuleType]:
        if not _is_path(self.module):
            return [sys.modules[self.module]]
        file = os.path.realpath(self.file)
        return [
            module
            for module in list(sys.modules.values())
            if isinstance(module, ModuleType)
            and isinstance(path := getattr(module, "__file__", None), str)
            and os.path.realpath(path) == file
        ]


def _take_back() -> None:
    """Take the planted mutant back; an interrupt meanwhile is raised after that."""
    interrupt: KeyboardInterrupt | None = None
    while _planted:
        try:
            _, plantings, imports = _planted[-1]
            while plantings:
                plantings[-1].undo()
                plantings.pop()
            imports.stop()
            _planted.pop()
        except KeyboardInterrupt as again:
            interrupt = again
    if interrupt is not None:
        raise interrupt


def _is_path(module: str) -> bool:
    return module.endswith(".py") or os.sep in module


class Mutants(Mapping[str, Mutant]):
    """Mutants by their names, in order.

    >>> some = Mutants([Mutant("no bias", "net.py", "W @ x + b", "W @ x")])
    >>> some["no bias"].replacement
    'W @ x'
    >>> some["no bais"]
    Traceback (most recent call last):
        ...
    KeyError: "no mutant is called 'no bais'; did you mean 'no bias'? list(…) names all 1"
    """

    def __init__(self, mutants: Iterable[Mutant]) -> None:
        self._by_name: dict[str, Mutant] = {}
        for mutant in mutants:
            if mutant.name in self._by_name:
                raise ValueError(f"two mutants are called {mutant.name!r}")
            self._by_name[mutant.name] = mutant

    def __getitem__(self, name: str) -> Mutant:
        try:
            return self._by_name[name]
        except KeyError:
            near = get_close_matches(str(name), self._by_name, 3, 0.4)
            hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ";"
            raise KeyError(f"no mutant is called {name!r}{hint} list(…) names all {len(self)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def __repr__(self) -> str:
        width = max(map(len, self), default=0)
        return "\n".join(
            f"{m.name:{width}}  {m.where:24}  {m.mistake or m.change:.80}" for m in self.values()
        )
