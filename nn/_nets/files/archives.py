"""Named arrays and a text in one file: the formats of NumPy, of safetensors, and JSON."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd._support.extras import extra
from nn._support.json_arrays import read_json, write_json

__all__ = ["ARCHITECTURE", "READ", "WRITE", "Arrays", "check_writable", "suffix_of"]

ARCHITECTURE = "architecture"  # the entry beside the arrays that holds the rest, as JSON

Arrays = Mapping[str, NDArray[Any]]


def suffix_of(path: Path) -> str:
    """The ending of a path, which tells the format.

    Raises:
        ValueError: for another one.
    """
    if path.suffix not in READ:
        raise ValueError(f"a net's file ends in {' or '.join(READ)}, not as {path.name!r}")
    return path.suffix


def check_writable(path: Path) -> None:
    """Raise unless there is a format for this path, with the package that writes it."""
    if suffix_of(path) == ".safetensors":
        _safetensors("safetensors")


def _write_npz(path: Path, arrays: Arrays, text: str) -> None:
    # Not by numpy.savez, which takes arrays as keywords and has some of its own, such as `file`.
    try:
        with zipfile.ZipFile(path, "w") as archive:
            for name, array in {ARCHITECTURE: np.array(text), **arrays}.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                    np.lib.format.write_array(entry, array, allow_pickle=False)
    except ValueError as error:  # an archive cannot be closed where Ctrl-C came between open and its block
        if isinstance(error.__context__, KeyboardInterrupt):
            raise error.__context__ from None
        raise


def _read_npz(path: Path) -> tuple[Arrays, str]:
    if not zipfile.is_zipfile(path):
        raise ValueError("it is no .npz archive, or it was cut short")
    with zipfile.ZipFile(path) as archive:
        # A few compressed bytes may stand for any number of zeros; stored ones are as long as the file.
        if any(entry.compress_type != zipfile.ZIP_STORED for entry in archive.infolist()):
            raise ValueError("it is compressed, which nn.save does not do")
        # Several entries may lie in the same place of the file.
        if sum(entry.file_size for entry in archive.infolist()) > path.stat().st_size:
            raise ValueError("it says that it holds more bytes than the file has")
    with np.load(path, allow_pickle=False) as archive:
        if ARCHITECTURE not in archive:
            raise ValueError(f"it has no {ARCHITECTURE!r}, only {sorted(archive)}")
        arrays = dict(archive)
    return arrays, str(arrays.pop(ARCHITECTURE))


def _write_json(path: Path, arrays: Arrays, text: str) -> None:
    write_json(path, arrays, **{ARCHITECTURE: json.loads(text)})


def _read_json(path: Path) -> tuple[Arrays, str]:
    entries = read_json(path)
    return entries["arrays"], json.dumps(entries[ARCHITECTURE])


def _write_safetensors(path: Path, arrays: Arrays, text: str) -> None:
    # It writes the memory of an array as it lies: right, since the arrays of a state lie row by row.
    _safetensors("safetensors.numpy").save_file(dict(arrays), path, metadata={ARCHITECTURE: text})


def _read_safetensors(path: Path) -> tuple[Arrays, str]:
    with _safetensors("safetensors").safe_open(path, framework="numpy") as archive:
        text = (archive.metadata() or {}).get(ARCHITECTURE)
        if text is None:
            raise ValueError(
                f"it has no {ARCHITECTURE!r}; make the net yourself and give load_state_dict its arrays, "
                "which safetensors.numpy.load_file reads"
            )
        return {name: archive.get_tensor(name) for name in archive.keys()}, text  # noqa: SIM118


def _safetensors(module: str) -> Any:
    return extra(module, "safetensors", "a .safetensors file")


WRITE = {".npz": _write_npz, ".json": _write_json, ".safetensors": _write_safetensors}
READ = {".npz": _read_npz, ".json": _read_json, ".safetensors": _read_safetensors}
