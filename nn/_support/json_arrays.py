"""Arrays in JSON, exact to the bit: for other languages, and to read."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

__all__ = ["read_json", "write_json"]

DTYPES = {np.dtype(kind).name for kind in "?bBhHiIlLqQefd"}


def write_json(path: Path, arrays: Mapping[str, NDArray[Any]], **others: Any) -> None:
    """Write arrays, each on a line of its own, below other entries.

    An array has a dtype, a shape and its numbers row by row; a number the fewest digits that tell it from all
    others of its dtype.

    Raises:
        ValueError: for numbers that JSON does not have.
    """
    lines = [f'"{name}": {json.dumps(entry)}' for name, entry in others.items()]
    entries = []
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise ValueError(f"JSON has no nan and no infinity, and {name} holds one: a .npz file keeps them")
        entry = f'{{"dtype": "{array.dtype}", "shape": {[*array.shape]}, "numbers": {_numbers(array)}}}'
        entries.append(f"{json.dumps(name)}: {entry}")
    inner = ",\n".join(entries)
    path.write_text(",\n".join(["{" + lines[0], *lines[1:], f'"arrays": {{\n{inner}\n}}}}']), "utf-8")


def read_json(path: Path) -> dict[str, Any]:
    """The entries of a file that `write_json` wrote, with arrays as such.

    Raises:
        ValueError, KeyError, TypeError: for another file.
    """
    entries = json.loads(path.read_text("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
    entries["arrays"] = {name: _array(**entry) for name, entry in entries["arrays"].items()}
    return dict(entries)


def _numbers(array: NDArray[Any]) -> str:
    flat = array.ravel()
    if array.dtype.kind == "f" and array.dtype != np.float64:
        return f"[{', '.join(map(str, flat))}]"  # the fewest digits of its own dtype
    return json.dumps(flat.tolist())


def _array(dtype: str, shape: list[int], numbers: list[Any]) -> NDArray[Any]:
    if dtype not in DTYPES:
        raise ValueError(f"an array of {dtype!r}")
    if not all(type(n) is int and n >= 0 for n in shape) or math.prod(shape) != len(numbers):
        raise ValueError(f"{len(numbers)} numbers for an array of shape {shape}")
    others: dict[str, set[type[Any]]] = {"b": {bool}, "f": {float, int}}
    kinds = others.get(np.dtype(dtype).kind, {int})
    if not {*map(type, numbers)} <= kinds:
        raise ValueError(f"an array of {dtype} with something else in it")
    return np.array(numbers, dtype).reshape(shape)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) < len(pairs):
        raise ValueError("it has two entries of one name")
    return entries


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"it holds {word}, which JSON does not have")
