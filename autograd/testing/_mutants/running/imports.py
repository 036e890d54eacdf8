"""Imports of one file with another source."""

from __future__ import annotations

import os
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

__all__ = ["Imports"]


class Imports:
    """Between `start` and `stop`, imports of a file find another source in it, and no bytecode.

    Modules that were imported meanwhile are taken out of `sys.modules` at the end, to be imported anew.
    """

    def __init__(self, file: Path, source: str) -> None:
        self.file, self.source = os.path.realpath(file), source
        self.modules: list[str] = []
        self.former: list[Any] = []  # the method of the loader before, while it is replaced

    def start(self) -> None:
        usual: Any = SourceFileLoader.get_code

        def get_code(loader: SourceFileLoader, fullname: str) -> CodeType | None:
            if os.path.realpath(loader.path) != self.file:
                code: CodeType | None = usual(loader, fullname)
                return code
            if fullname not in sys.modules or getattr(sys.modules[fullname].__spec__, "_initializing", False):
                self.modules.append(fullname)
            return compile(self.source, loader.path, "exec", dont_inherit=True)

        self.former.append(vars(SourceFileLoader).get("get_code"))
        SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]

    def stop(self) -> None:
        while self.former:
            if self.former[-1] is None:
                del SourceFileLoader.get_code  # the method of its base class is back
            else:
                SourceFileLoader.get_code = self.former[-1]  # type: ignore[method-assign]
            self.former.pop()
        while self.modules:
            name = self.modules.pop()
            module = sys.modules.pop(name, None)
            parent, _, child = name.rpartition(".")
            if module is not None and getattr(sys.modules.get(parent), child, None) is module:
                delattr(sys.modules[parent], child)
