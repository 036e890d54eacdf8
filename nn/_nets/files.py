"""Nets in files: their numbers, shapes and architecture, never a pickle."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import autograd
from autograd import Tensor, Value, softmax
from autograd._support.atomic import check_place, written_whole
from autograd._support.extras import extra
from autograd._support.paths import as_path
from autograd._table.define import rows
from autograd.extend._registry import latest
from nn._nets.activations import Activation, identity, name_of
from nn._nets.mlp import MLP
from nn.initializers import zeros

__all__ = ["check_path", "load", "save"]

FORMAT = "chainrule net 1"
ARCHITECTURE = "architecture"  # the entry beside the arrays that holds the rest, as JSON
NODES = {node.__name__: node for node in (Value, Tensor)}
OURS: dict[str, Activation] = {"nn.identity": identity, "autograd.softmax": softmax}
OURS.update(
    (f"autograd.{row.name}", getattr(autograd, row.name))
    for row in rows()
    if row.required == 1 and row.public and row.key == row.name  # not those from outside
)

Arrays = Mapping[str, NDArray[Any]]


def save(net: MLP, path: str | Path) -> Path:
    """Write a net to a ``.npz`` file of NumPy or, with that package installed, to ``.safetensors``.

    The file holds the arrays of ``net.state_dict()`` and the architecture. It is written whole or
    not at all: after an error, what was at `path` is still there.

    Args:
        net: the net.
        path: ends in .npz or .safetensors.

    Returns:
        The path.

    Raises:
        TypeError: for what is not an `nn.MLP`.
        ValueError: for another ending, for an activation without a name to find it by, as a lambda,
            or for layers that were changed so that they are no MLP any more.
        FileNotFoundError, IsADirectoryError, PermissionError: when there is no such folder, `path`
            is one, or it is write-protected.
        ImportError: for .safetensors without the package, with the command that installs it.

    >>> import tempfile
    >>> net = MLP([2, 3, 1], rng=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = load(save(net, Path(folder) / "net.npz"))
    >>> again
    MLP([2, 3, 1], activation=sigmoid, node=Tensor, dtype=float64)
    >>> again([0.5, 0.1]).item() == net([0.5, 0.1]).item()
    True
    """
    path = check_path(net, path)
    arrays = net.state_dict()
    architecture = {
        "format": FORMAT,
        "sizes": net.sizes,
        "activations": [_saved_name(layer.activation) for layer in net.layers],
        "use_bias": net.use_bias,
        "node": net.node.__name__,
        "dtype": str(net.dtype),
    }
    try:
        _check(architecture, arrays)
    except ValueError as error:
        raise ValueError(f"the layers of this net are no {net!r}: {error}") from None
    text = json.dumps({**architecture, "sha256": _sha256(architecture, arrays)})
    with written_whole(path) as beside:
        _WRITE[path.suffix](beside, arrays, text)
    return path


def load(path: str | Path, activations: Iterable[Activation] = ()) -> MLP:
    """The net in a file that `save` wrote: the same numbers, and the same outputs to the bit.

    Args:
        path: of the file.
        activations: your own activation functions, if the net has any; found by their names.

    Raises:
        FileNotFoundError: when there is no such file.
        ValueError: for a file that is damaged, cut short or something else, saying what is wrong;
            or for an activation that was not given.
        ImportError: for .safetensors without the package, with the command that installs it.

    >>> import tempfile
    >>> def cube(z):
    ...     return z**3
    >>> net = MLP([2, 3, 1], activation=cube, rng=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save(net, Path(folder) / "net.npz")
    ...     again = load(path, activations=[cube])
    >>> again([0.5, 0.1]).item() == net([0.5, 0.1]).item()
    True
    """
    path = as_path(path)
    read = _READ[_suffix(path)]
    if callable(activations):
        raise TypeError(f"activations is a list of functions, as in [{name_of(activations)}]")
    own = _by_name(activations)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    with path.open("rb"):  # a file that may not be read says so here; what fails below is damage
        pass
    try:
        arrays, text = read(path)
        architecture = json.loads(text)
        written = architecture.pop("sha256")
        _check(architecture, arrays)
        if _sha256(architecture, arrays) != written:
            raise ValueError("its numbers are not those that were written")
    except ImportError:
        raise
    except Exception as error:  # a damaged file may fail in any part of NumPy, zipfile or json
        raise ValueError(f"{path} is damaged, or no net that nn.save wrote: {error}") from None
    net = MLP(
        architecture["sizes"],
        activation=[_found(name, own, path) for name in architecture["activations"]],
        use_bias=architecture["use_bias"],
        initializer=zeros,
        node=NODES[architecture["node"]],
        dtype=architecture["dtype"],
        rng=0,
    )
    net.load_state_dict(arrays)
    return net


def check_path(net: Any, path: str | Path) -> Path:
    """The path, if `save` could write this net there: what `save` raises, before anything is done."""
    if type(net) is not MLP:  # one of a class made from it would come back as an MLP
        raise TypeError(
            f"nn.save writes an nn.MLP, not {type(net).__name__}; the arrays of anything else are in its "
            "state_dict(), for numpy.savez"
        )
    path = as_path(path)
    if _suffix(path) == ".safetensors":
        _safetensors("safetensors")
    check_place(path)
    named = [(_saved_name(layer.activation), layer.activation) for layer in net.layers]
    _by_name(function for name, function in named if name not in OURS)
    return path


def _suffix(path: Path) -> str:
    if path.suffix not in _READ:
        raise ValueError(f"a net's file ends in {' or '.join(_READ)}, not as {path.name!r}")
    return path.suffix


def _saved_name(activation: Activation) -> str:
    """Ours with the package, a user's own without."""
    for name, function in OURS.items():
        if function is activation:
            return name
    name = name_of(activation)
    if not name.isidentifier():
        raise ValueError(
            f"the activation {name} has no name to find it by when the net is loaded; define it with def"
        )
    return name


def _by_name(own: Iterable[Activation]) -> dict[str, Activation]:
    """A user's functions by their names, where no two share one."""
    found: dict[str, Activation] = {}
    for function in own:
        name = name_of(function)
        if found.setdefault(name, function) != function:
            raise ValueError(
                f"two activations are called {name}; a net's file tells them apart by their names"
            )
    return found


def _found(name: str, own: Mapping[str, Activation], path: Path) -> Activation:
    if name in OURS:
        return OURS[name]
    if name in own:
        return own[name]
    if "." in name:
        raise ValueError(f"{path} needs the activation {name}, which this version does not have")
    if (row := latest(name)) is not None:
        return row
    raise ValueError(
        f"{path} needs the activation {name!r}: give that function, nn.load(path, activations=[{name}]), or "
        "define it first, if it is a row of autograd.extend"
    )


def _check(architecture: Any, arrays: Arrays) -> None:
    """That it is an architecture and the arrays fit it; so a damaged number makes no huge net.

    Raises:
        ValueError: says what is wrong.
    """
    if not isinstance(architecture, dict) or architecture.get("format") != FORMAT:
        raise ValueError(f"its format is not {FORMAT!r}")
    sizes, names = architecture["sizes"], architecture["activations"]
    if not isinstance(sizes, list) or not all(type(n) is int and n > 0 for n in sizes) or len(sizes) < 2:
        raise ValueError(f"its sizes are {sizes!r}")
    if (
        not isinstance(names, list)
        or len(names) != len(sizes) - 1
        or not all(isinstance(n, str) for n in names)
    ):
        raise ValueError(f"its activations are {names!r}")
    for key, allowed in (
        ("node", list(NODES)),
        ("dtype", ["float32", "float64"]),
        ("use_bias", [True, False]),
    ):
        if architecture[key] not in allowed:
            raise ValueError(f"its {key} is {architecture[key]!r}, not one of {allowed}")
    expected: dict[str, tuple[int, ...]] = {}
    for i, (inputs, outputs) in enumerate(pairwise(sizes)):
        expected[f"layers.{i}.W"] = (outputs, inputs)
        if architecture["use_bias"]:
            expected[f"layers.{i}.b"] = (outputs,)
    shapes = {name: array.shape for name, array in arrays.items()}
    if shapes != expected:
        raise ValueError(f"it holds arrays of the shapes {shapes}, where {expected} was expected")
    for name, array in arrays.items():
        if str(array.dtype) != architecture["dtype"]:
            raise ValueError(f"{name} holds {array.dtype}, not {architecture['dtype']}")


def _sha256(architecture: Mapping[str, Any], arrays: Arrays) -> str:
    """Of the architecture, which says the arrays' names and shapes, and of their numbers."""
    found = hashlib.sha256(json.dumps(architecture, sort_keys=True).encode())
    for name in sorted(arrays):
        found.update(np.ascontiguousarray(arrays[name]).data)
    return found.hexdigest()


def _write_npz(path: Path, arrays: Arrays, text: str) -> None:
    np.savez(path, **{ARCHITECTURE: np.array(text)}, **arrays)  # type: ignore[arg-type]


def _read_npz(path: Path) -> tuple[Arrays, str]:
    if not zipfile.is_zipfile(path):
        raise ValueError("it is no .npz archive, or it was cut short")
    with zipfile.ZipFile(path) as archive:
        # A few compressed bytes may stand for any number of zeros; what is stored is as long as the file.
        if any(entry.compress_type != zipfile.ZIP_STORED for entry in archive.infolist()):
            raise ValueError("it is compressed, which nn.save does not do")
        # Several entries may lie in the same place of the file.
        if sum(entry.file_size for entry in archive.infolist()) > path.stat().st_size:
            raise ValueError("it says that it holds more than is there")
    with np.load(path, allow_pickle=False) as archive:
        if ARCHITECTURE not in archive:
            raise ValueError(f"it has no {ARCHITECTURE!r}, only {sorted(archive)}")
        arrays = dict(archive)
    return arrays, str(arrays.pop(ARCHITECTURE))


def _write_safetensors(path: Path, arrays: Arrays, text: str) -> None:
    # It writes the memory of an array as it lies: right, since the arrays of a state lie row by row.
    _safetensors("safetensors.numpy").save_file(dict(arrays), path, metadata={ARCHITECTURE: text})


def _read_safetensors(path: Path) -> tuple[Arrays, str]:
    with _safetensors("safetensors").safe_open(path, framework="numpy") as archive:
        text = (archive.metadata() or {}).get(ARCHITECTURE)
        if text is None:
            raise ValueError(
                f"it has no {ARCHITECTURE!r}; make the MLP yourself and give load_state_dict its arrays, "
                "which safetensors.numpy.load_file reads"
            )
        return {name: archive.get_tensor(name) for name in archive.keys()}, text  # noqa: SIM118


def _safetensors(module: str) -> Any:
    return extra(module, "safetensors", "a .safetensors file")


_WRITE = {".npz": _write_npz, ".safetensors": _write_safetensors}
_READ = {".npz": _read_npz, ".safetensors": _read_safetensors}
