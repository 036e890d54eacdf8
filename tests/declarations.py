"""Declarations for type checkers and editors, written from the table and from the signatures of functions.

``python tests/declarations.py`` writes them into the stubs, between the marks there; the rest of a stub is
written by hand. `test_types.py` compares the stubs with this module.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import autograd
from autograd._table.define import rows
from autograd._table.parametric import ParametricRow
from autograd._table.rows import OPERATORS, Row

ROOT = Path(autograd.__file__).parent

# Arguments besides Values and Tensors; `_nodes/declared.pyi` has the aliases.
NUMBERS = "Real | Arrays"


# -- primitives --------------------------------------------------------------------------------------


def combinations(arity: int) -> Iterator[tuple[list[str], str]]:
    """The types of a primitive's inputs and of its result: a Tensor among the inputs gives a Tensor."""
    for some, others, result in (
        ("Tensor", NUMBERS, "Tensor"),
        ("Value", "Real", "Value"),
        ("Arrays", "Value | Real", "Array"),
    ):
        for k in range(arity):
            rest = [f"{some} | {others}"] * (arity - k - 1)
            yield [*[others] * k, some, *rest], result
    yield ["Real"] * arity, "float"


def document(row: Row) -> str:
    """A docstring of one line: the formula, and the domain unless it is all numbers."""
    formula = (row.__doc__ or "").splitlines()[0]
    everywhere = row.domain_text == " and ".join(f"{x} in (-inf, inf)" for x in row.inputs)
    return f'r"""{formula}{"" if everywhere else f", defined for {row.domain_text}"}."""'


def primitive(row: Row) -> Iterator[str]:
    """The overloads of a row's function."""
    defaults = row.defaults if isinstance(row, ParametricRow) else {}
    names = [*row.inputs[: row.arity - len(defaults)], *defaults]
    for n, (types, result) in enumerate(combinations(row.arity)):
        parts = [f"{name}: {kind}" for name, kind in zip(names, types, strict=True)]
        for i, number in enumerate(defaults.values(), start=row.required):
            if "Real" in types[i].split(" | "):  # an input of another type has no default
                parts[i] += f" = {number!r}"
        parts.insert(row.required, "/")
        yield "@overload"
        body = document(row) if n == 0 else "..."
        yield f"def {row.name}({', '.join(parts)}) -> {result}: {body}"


def primitives() -> Iterator[str]:
    """The public rows and their names in NumPy; `abs` and `pow`, which are functions too, by hand."""
    for row in rows():
        if row.public and getattr(autograd, row.name) is row:
            yield from primitive(row)
    yield ""
    for row in rows():
        if row.public:
            for name in sorted(row.numpy_names - {row.name}):
                if getattr(autograd, name) is row:
                    yield f"{name} = {row.name}"


# -- functions of whole arrays -----------------------------------------------------------------------

TENSORS = "Tensor | Sequence[Tensor]"
VALUES = "Value | Sequence[Value] | Iterator[Value]"
ANY = f"Value | {NUMBERS}"

# For each overload, the types of the first argument and of the result.
ARRANGED = ((TENSORS, "Tensor"), (ANY, "Array"))
REDUCED = ((TENSORS, "Tensor"), (VALUES, "Value"), ("Sequence[float]", "float"), (NUMBERS, "Any"))
JOINED = ((TENSORS, "Tensor"), ("Array", "Array"), ("Sequence[Any]", "Any"))
SPLIT = ((TENSORS, "list[Tensor]"), ("Arrays", "list[Array]"))
NUMBERWISE = ((TENSORS, "Tensor"), ("Value", "Value"), ("Real", "float"), ("Arrays", "Array"))
SEVERAL = (("Tensor", "tuple[Tensor, ...]"), (ANY, "tuple[Array, ...]"))
# For functions of two arrays, the types of both arguments.
PAIRED = (
    ("Tensor", "Any", "Tensor"),
    (ANY, "Tensor", "Tensor"),
    (ANY, ANY, "Any"),
)

KINDS: dict[Any, str] = {
    REDUCED: "mean logsumexp prod var std ptp median trapezoid trace",
    JOINED: "concatenate stack hstack vstack dstack column_stack",
    SPLIT: "split array_split hsplit vsplit dsplit",
    NUMBERWISE: "clip nan_to_num",
    SEVERAL: "broadcast_arrays meshgrid",
    PAIRED: "append outer inner vdot tensordot kron cross",
    ARRANGED: (
        "softmax log_softmax cumsum cumprod diff piecewise reshape ravel squeeze expand_dims transpose "
        "swapaxes moveaxis rollaxis matrix_transpose broadcast_to take take_along_axis sort partition repeat "
        "tile roll flip fliplr flipud rot90 diagonal triu tril pad resize delete unique diag diagflat"
    ),
}


def kind_of(name: str) -> Any:
    """The overloads of a function, or None for its own annotations."""
    return next((kind for kind, names in KINDS.items() if name in names.split()), None)


def parameter(p: inspect.Parameter, annotation: str) -> str:
    """A parameter as a signature writes it; ``...`` for a default without a short form."""
    stars = {p.VAR_POSITIONAL: "*", p.VAR_KEYWORD: "**"}.get(p.kind, "")
    default = ""
    if p.default is not p.empty:
        shown = isinstance(p.default, (int, float, str, type(None)))
        default = f" = {p.default!r}" if shown else " = ..."
    return f"{stars}{p.name}: {annotation}{default}"


def signature(function: Callable[..., Any], types: Sequence[str]) -> str:
    """The parameters of a function, with these types of the first ones."""
    parts = []
    starred = False
    for n, p in enumerate(inspect.signature(function).parameters.values()):
        if p.kind is p.KEYWORD_ONLY and not starred:
            parts.append("*")
        starred |= p.kind in (p.KEYWORD_ONLY, p.VAR_POSITIONAL)
        parts.append(parameter(p, types[n] if n < len(types) else str(p.annotation)))
    return ", ".join(parts)


def summary(f: Callable[..., Any]) -> str:
    """The first sentence of a docstring."""
    paragraph = " ".join((inspect.getdoc(f) or "").split("\n\n")[0].split("\n"))
    return paragraph.split(". ")[0].rstrip(".") + "."


def function(name: str) -> Iterator[str]:
    """The overloads of a function of whole arrays."""
    f = getattr(autograd, name)
    kind = kind_of(name)
    doc = f'"""{summary(f)}"""'
    if kind is None:
        yield f"def {name}({signature(f, ())}) -> {inspect.signature(f).return_annotation}: {doc}"
        return
    for n, (*types, result) in enumerate(kind):
        yield "@overload"
        yield f"def {name}({signature(f, types)}) -> {result}: {doc if n == 0 else '...'}"


def functions(by_hand: set[str]) -> Iterator[str]:
    """The public functions of whole arrays without a declaration by hand."""
    for name in autograd.__all__:
        f = getattr(autograd, name)
        if name not in by_hand and not isinstance(f, Row):
            yield from function(name)


# -- methods of nodes --------------------------------------------------------------------------------


def methods() -> Iterator[str]:
    """The methods of both kinds of node."""
    for row in rows():
        if row.public and (row.arity == 1 or (row.arity == 2 and row.name not in OPERATORS)):
            yield from method(row, row.name)
    for row in rows():
        if row.public and row.arity == 2 and row.name not in OPERATORS:
            for name in sorted(row.numpy_names - {row.name}):
                yield from method(row, name)


def method(row: Row, name: str) -> Iterator[str]:
    """The method of a row under one of its names."""
    others = ", y: N | Real | Arrays, /" if row.arity == 2 else ""
    if isinstance(row, ParametricRow):
        ((other, number),) = row.defaults.items()
        others = f", {other}: N | Real | Arrays = {number!r}"
    yield f"def {name}(self{others}) -> N: {document(row)}"


def value_methods() -> Iterator[str]:
    """The methods under NumPy's names, which NumPy's functions of object arrays call."""
    for row in rows():
        if row.public and row.arity == 1:
            for name in sorted(row.numpy_names - {row.name}):
                yield from method(row, name)


def operators(others: str, arrays: str | None) -> Iterator[str]:
    """Python's operators on nodes; with an operand of the type `arrays` they give an array."""
    for row in rows():
        if not row.public or row.name not in OPERATORS:
            continue
        if row.arity == 1:
            yield f"def __{row.name}__(self) -> N: ..."
            continue
        for name in (f"__{row.name}__", f"__r{row.name}__"):
            if arrays:
                yield "@overload"
            yield f"def {name}(self, other: {others}, /) -> N: ..."
            if arrays:
                yield "@overload"
                yield f"def {name}(self, other: {arrays}, /) -> Array: ..."


# -- the files ---------------------------------------------------------------------------------------


def declared(text: str) -> set[str]:
    """The names that a stub declares by hand."""
    by_hand = re.sub(r"# <.*?\n# </", "", text, flags=re.S)
    imported = re.findall(r" as (\w+)", by_hand)
    return {*imported, *re.findall(r"^(?:def |class )?(\w+)(?= =|\()", by_hand, re.M)}


def public(module: Any) -> Iterator[str]:
    """The names for ``import *``."""
    yield "__all__ = ["
    names = " ".join(f'"{name}",' for name in module.__all__)
    yield from textwrap.wrap(names, 110, initial_indent=" " * 4, subsequent_indent=" " * 4)
    yield "]"


def sections(text: str) -> dict[str, Iterator[str]]:
    return {
        "public names": public(autograd),
        "public names of linear algebra": public(autograd.linalg),
        "primitives": primitives(),
        "functions": functions(declared(text)),
        "methods": methods(),
        "methods of Values": value_methods(),
        "operators of Values": operators("N | Real", "Array"),
        "operators of Tensors": operators("N | Real | Arrays", None),
    }


def written(text: str) -> str:
    """A stub with its sections written anew."""
    for name, lines in sections(text).items():
        place = re.compile(rf"^( *)# <{name}>\n.*?# </{name}>\n", re.M | re.S)

        def section(mark: re.Match[str], name: str = name, lines: Iterator[str] = lines) -> str:
            indent = mark[1]
            body = "".join(f"{indent}{line}\n" if line else "\n" for line in lines)
            return f"{indent}# <{name}>\n{body}{indent}# </{name}>\n"

        text = place.sub(section, text)
    return text


STUBS = [ROOT / "__init__.pyi", ROOT / "_nodes" / "declared.pyi", ROOT / "linalg" / "__init__.pyi"]

if __name__ == "__main__":
    for stub in STUBS:
        stub.write_text(written(stub.read_text(encoding="utf-8")), encoding="utf-8")
