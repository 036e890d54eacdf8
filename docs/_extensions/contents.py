"""The pages of the reference: each public name of each package, in its order, under its room."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

PACKAGES = (
    "autograd", "autograd.linalg", "autograd.extend", "autograd.testing",
    "nn", "nn.initializers", "nn.data", "viz",
)  # fmt: skip

# Shorter than the docstrings of these rooms, which are written for who works in them.
HEADINGS = {
    "autograd._nodes": "The two types of node",
    "autograd._graph": "Recording, and the record",
    "autograd._derivatives": "Functions from functions, and their check",
    "autograd._compiler": "Programs for many examples",
    "autograd._table": "Primitives, on numbers, Values, Tensors and arrays",
    "autograd._functions": "NumPy's functions on nodes",
    "nn._nets": "Nets",
    "nn._measures": "Costs and metrics",
    "nn._training": "Training",
    "nn._lectures": "Rules of the lectures beside the true gradient",
    "viz._formulas": "Formulas",
    "viz._output": "Drawings, and what is written of them",
    "viz._pictures": "Parts of a drawing",
    "viz._layout": "Themes",
    "viz._mathematics": "Mathematics as text",
    "viz._pages": "Live pages",
    "viz._slides": "Slides that are no graphs",
    "viz._plots": "Plots",
    "viz._motion": "Motions",
    "viz._lecture": "Lectures",
    "autograd.testing._engines": "Engines of others",
}


def heading(package: str, value: Any) -> str:
    """What the room of a name is called, from the first sentence of its docstring unless it is said here."""
    if isinstance(value, type) and issubclass(value, BaseException):
        return "Errors and warnings"
    module = getattr(value, "__module__", None) or type(value).__module__
    if not module.startswith(f"{package}._"):
        return "Types of functions" if module == "collections.abc" else ""
    room = ".".join(module.split(".")[: package.count(".") + 2])
    return HEADINGS.get(room) or (importlib.import_module(room).__doc__ or room).splitlines()[0].rstrip(".")


def page(package: str) -> str:
    """The text of a page of the reference."""
    module = importlib.import_module(package)
    sections: dict[str, list[str]] = {}
    for name in public_names(module):
        value = getattr(module, name)
        if not isinstance(value, ModuleType):
            sections.setdefault(heading(package, value), []).append(entry(package, name, value))
    parts = [f"{package}\n{'=' * len(package)}\n", f".. automodule:: {package}\n"]
    for title, entries in sorted(sections.items(), key=lambda section: _place(section[0])):
        if title:
            parts.append(f"{title}\n{'-' * len(title)}\n")
        parts += entries
    return "\n".join(parts)


def _place(title: str) -> int:
    """Where a section stands: as in `HEADINGS`, then the others in their order, and errors last."""
    order = ["", *HEADINGS.values()]
    return order.index(title) if title in order else len(order) + (title == "Errors and warnings")


def public_names(module: ModuleType) -> list[str]:
    return list(module.__all__)


def entry(package: str, name: str, value: Any) -> str:
    """The directive that documents a name."""
    full = f"{package}.{name}"
    if isinstance(value, type):
        bases = "   :show-inheritance:\n" if issubclass(value, BaseException) else ""
        return f".. autoclass:: {full}\n   :members:\n   :inherited-members: {_documented(value)}\n{bases}"
    if inspect.isfunction(value):
        return f".. autofunction:: {full}\n"
    if callable(value) and hasattr(value, "key"):  # a row of the table
        signature, _, text = (value.__doc__ or "").partition(": ")
        body = re.sub(r"\$([^$]+)\$", r":math:`\1`", text).replace("``out``:", "``out``::")
        lines = "\n".join(f"   {line}".rstrip() for line in body.splitlines())
        return f".. py:function:: {package}.{signature}\n\n{lines}\n"
    return f".. autodata:: {full}\n   :no-value:\n"


def _documented(kind: type) -> str:
    """The nearest base class with an entry of its own, or from outside: what it inherits is not repeated."""
    root = kind.__module__.partition(".")[0]
    package = importlib.import_module(root)
    public = {id(getattr(package, name)) for name in public_names(package)}
    return next(b.__name__ for b in kind.__mro__[1:] if id(b) in public or not b.__module__.startswith(root))


def write(app: Sphinx, config: Config) -> None:
    folder = Path(app.srcdir) / "reference"
    for package in PACKAGES:
        path, text = folder / f"{package}.rst", page(package)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def escape(app: Sphinx, what: str, name: str, value: Any, options: Any, lines: list[str]) -> None:
    """Stars and bars of a docstring are meant as they stand, outside of code."""
    lines[:] = [line for line in lines if not line.startswith("PYTEST_DONT_REWRITE")]
    if what in {"attribute", "data", "property"}:
        lines.insert(0, "")  # or napoleon takes words before a colon for a type
    inside = False
    for k, line in enumerate(lines):
        inside = line.lstrip().startswith(">>>") or (inside and bool(line.strip()))
        if not inside:
            bullet, text = re.fullmatch(r"(\s*(?:\* )?)(.*)", line, re.DOTALL).groups()  # type: ignore[union-attr]
            pieces = re.split(r"(``.+?``|`[^`]+`)", text)
            pieces[::2] = [re.sub(r"([*|])", r"\\\1", piece) for piece in pieces[::2]]
            lines[k] = bullet + "".join(pieces)


def skip(app: Sphinx, what: str, name: str, value: Any, is_skipped: bool, options: Any) -> bool | None:
    """A method that is NumPy's own function has NumPy's own documentation."""
    return True if getattr(value, "__module__", None) == "numpy" else None


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("config-inited", write)
    app.connect("autodoc-process-docstring", escape, priority=400)  # before napoleon
    app.connect("autodoc-skip-member", skip)
    return {"parallel_read_safe": True}
