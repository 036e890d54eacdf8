"""Nets in files: numbers, shapes and architecture, never a pickle."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

import autograd
from autograd import Tensor, Value, softmax
from autograd._support.atomic import check_place, written_whole
from autograd._support.extras import extra
from autograd._support.paths import as_path
from autograd._table.define import rows
from autograd.extend._registry import FromOutside, agree, latest
from nn._nets.activations import Activation, identity, name_of
from nn._nets.contents import contents
from nn._nets.mlp import MLP
from nn._nets.modules import Module
from nn._support.json_arrays import read_json, write_json
from nn.initializers import zeros

__all__ = ["check_path", "load", "save"]

NET, STATE = "chainrule net 1", "chainrule state 1"  # formats: an MLP; numbers of a module of a user's class
ARCHITECTURE = "architecture"  # the entry beside the arrays that holds the rest, as JSON
NODES = {node.__name__: node for node in (Value, Tensor)}
OURS: dict[str, Activation] = {"nn.identity": identity, "autograd.softmax": softmax}
OURS.update(
    (f"autograd.{row.name}", getattr(autograd, row.name))
    for row in rows()
    if row.required == 1 and row.public and row.key == row.name  # a row from outside has another key
)

Arrays = Mapping[str, NDArray[Any]]
AnyModule = TypeVar("AnyModule", bound=Module)


def save(net: Module, path: str | Path) -> Path:
    """Write a net to a file: ``.npz`` of NumPy, ``.json`` or, with that package, ``.safetensors``.

    The file holds the arrays of ``net.state_dict()``, buffers too, and of an `nn.MLP` the architecture.
    The architecture of another module is its class, so `load` asks for a net to load ``into``. The file is
    written whole or not at all: after an error, an earlier file at `path` is still there.

    Args:
        net: an `nn.MLP` or another `nn.Module`.
        path: ends in .npz, .json or .safetensors. JSON, as for JavaScript, is exact too.

    Returns:
        The path.

    Raises:
        TypeError: for anything but a module.
        ValueError: for another ending; for an MLP with an activation without a name to find it by, as a
            lambda, or with layers that were changed so that they are no MLP any more; for nan and infinities
            in .json.
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
    architecture = _architecture(net, arrays)
    text = json.dumps({**architecture, "sha256": _sha256(architecture, arrays)})
    with written_whole(path) as temporary:
        _WRITE[path.suffix](temporary, arrays, text)
    return path


@overload
def load(path: str | Path, activations: Iterable[Activation] = (), into: None = None) -> MLP: ...
@overload
def load(path: str | Path, activations: Iterable[Activation] = (), *, into: AnyModule) -> AnyModule: ...
def load(path: str | Path, activations: Iterable[Activation] = (), into: Module | None = None) -> Module:
    """The net in a file that `save` wrote: the same numbers, and the same outputs to the bit.

    Args:
        path: of the file.
        activations: your own activation functions, if an MLP has any; found by their names.
        into: a net whose parameters have the same names and shapes, and of an MLP the same activations; it
            gets the numbers and is returned. Needed for any module but an `nn.MLP`.

    Raises:
        FileNotFoundError: when there is no such file.
        ValueError: for a file that is damaged, cut short or something else, saying what is wrong;
            for an activation that was not given; for numbers that do not fit `into`, which then is unchanged.
        TypeError: for a net of another class than MLP without `into`, or an `into` that is no module.
        ImportError: for .safetensors without the package, with the command that installs it.

    >>> import tempfile
    >>> from nn import Layer, Sequential
    >>> def cube(z):
    ...     return z**3
    >>> net = MLP([2, 3, 1], activation=cube, rng=0)
    >>> pair = Sequential(Layer(2, 3, rng=0), Layer(3, 1, rng=0))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save(net, Path(folder) / "net.npz")
    ...     again = load(path, activations=[cube])
    ...     other = load(save(pair, path), into=Sequential(Layer(2, 3, rng=1), Layer(3, 1, rng=1)))
    >>> again([0.5, 0.1]).item() == net([0.5, 0.1]).item()
    True
    >>> other([0.5, 0.1]).item() == pair([0.5, 0.1]).item()
    True
    """
    path = as_path(path)
    read_arrays = _READ[_suffix(path)]
    if isinstance(activations, Module):
        raise TypeError(f"a net that gets the numbers is given by name: nn.load({path.name!r}, into=net)")
    if callable(activations):
        raise TypeError(f"activations is a list of functions, as in [{name_of(activations)}]")
    by_name = _by_name(activations)
    if into is not None and not isinstance(into, Module):
        raise TypeError(f"into is a net that gets the numbers, an nn.Module, not {into!r:.80}")
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    with path.open("rb"):  # raises PermissionError; the errors below are of damaged files
        pass
    try:
        arrays, text = read_arrays(path)
        architecture = json.loads(text)
        digest = architecture.pop("sha256")
        _check(architecture, arrays)
        if _sha256(architecture, arrays) != digest:
            raise ValueError("its numbers differ from those that nn.save wrote")
    except ImportError:
        raise
    except Exception as error:  # a damaged file may fail in any part of NumPy, zipfile or json
        raise ValueError(f"{path} is damaged, or no net that nn.save wrote: {error}") from None
    if into is not None:
        if type(into) is MLP and architecture.get("sizes") == into.sizes:
            saved, own = architecture["activations"], [_saved_name(layer.activation) for layer in into.layers]
            if saved != own:
                raise ValueError(
                    f"{path} does not fit: its net has the activations {saved}, and this net {own}; "
                    "nn.load(path) makes the net as it was"
                )
        try:
            into.load_state_dict(arrays)
        except ValueError as error:
            raise ValueError(f"{path} does not fit: {error}") from None
        return into
    if architecture["format"] == STATE:
        kind = architecture["class"]
        raise TypeError(
            f"{path} holds the numbers of a {kind}: make such a net, and nn.load(path, into=net) fills it"
        )
    net = MLP(
        architecture["sizes"],
        activation=[
            _activation(name, by_name, path, architecture.get("rows", {}))
            for name in architecture["activations"]
        ],
        use_bias=architecture["use_bias"],
        initializer=zeros,
        node=NODES[architecture["node"]],
        dtype=architecture["dtype"],
        rng=0,
    )
    net.load_state_dict(arrays)
    return net


def check_path(net: Any, path: str | Path) -> Path:
    """The path, if `save` could write this net there; else the exception of `save`, before any work."""
    if not isinstance(net, Module):
        raise TypeError(
            f"nn.save writes an nn.Module, such as nn.MLP, not {type(net).__name__}; arrays: numpy.savez"
        )
    path = as_path(path)
    if _suffix(path) == ".safetensors":
        _safetensors("safetensors")
    check_place(path)
    if type(net) is MLP:
        names = [(_saved_name(layer.activation), layer.activation) for layer in net.layers]
        _by_name(function for name, function in names if name not in OURS)
    elif ARCHITECTURE in contents(net).state():
        raise ValueError(f"a net's file has an entry of its own called {ARCHITECTURE}: rename that attribute")
    return path


def _architecture(net: Module, arrays: Arrays) -> dict[str, Any]:
    if type(net) is not MLP:  # a subclass would come back as an MLP
        return {"format": STATE, "class": type(net).__name__, "arrays": _listing(arrays)}
    architecture = {
        "format": NET,
        "sizes": net.sizes,
        "activations": [_saved_name(layer.activation) for layer in net.layers],
        "use_bias": net.use_bias,
        "node": net.node.__name__,
        "dtype": str(net.dtype),
    }
    # By the name alone, a row of autograd.extend that is defined otherwise later would take its place.
    own = [layer.activation for layer in net.layers if isinstance(layer.activation, FromOutside)]
    if own:
        architecture["rows"] = {_saved_name(row): list(row.fingerprint()) for row in own}
    try:
        _check(architecture, arrays)
    except ValueError as error:
        raise ValueError(f"the layers of this net are no {net!r}: {error}") from None
    return architecture


def _listing(arrays: Arrays) -> dict[str, Any]:
    return {name: [str(array.dtype), list(array.shape)] for name, array in arrays.items()}


def _suffix(path: Path) -> str:
    if path.suffix not in _READ:
        raise ValueError(f"a net's file ends in {' or '.join(_READ)}, not as {path.name!r}")
    return path.suffix


def _saved_name(activation: Activation) -> str:
    """The name of an activation in a file: of ours with the package, of a user's own without."""
    for name, function in OURS.items():
        if function is activation:
            return name
    name = name_of(activation)
    if not name.isidentifier():
        raise ValueError(
            f"the activation {name} has no name to find it by when the net is loaded; define it with def"
        )
    return name


def _by_name(functions: Iterable[Activation]) -> dict[str, Activation]:
    """A user's functions by their names, all different."""
    named: dict[str, Activation] = {}
    for function in functions:
        name = name_of(function)
        if named.setdefault(name, function) != function:
            raise ValueError(
                f"two activations are called {name}; a net's file tells them apart by their names"
            )
    return named


def _activation(
    name: str, by_name: Mapping[str, Activation], path: Path, fingerprints: Mapping[str, Any]
) -> Activation:
    if name in OURS:
        return OURS[name]
    if name in by_name:
        return by_name[name]
    if "." in name:
        raise ValueError(f"{path} needs the activation {name}, which this version does not have")
    if (row := latest(name)) is not None:
        if name in fingerprints and not agree(row.fingerprint(), fingerprints[name]):
            raise ValueError(
                f"{path} needs another {name!r} than the row of autograd.extend defined here, of "
                f"other values or slopes: define it again, or give it, nn.load(path, activations=[{name}])"
            )
        return row
    raise ValueError(
        f"{path} needs the activation {name!r}: give that function, nn.load(path, activations=[{name}]), or "
        "define it first, if it is a row of autograd.extend"
    )


def _check(architecture: Any, arrays: Arrays) -> None:
    """Raise unless this is an architecture and the arrays fit it, so that a damaged number makes no huge net.

    Raises:
        ValueError: with the first mistake.
    """
    if isinstance(architecture, dict) and architecture.get("format") == STATE:
        if architecture["arrays"] != _listing(arrays) or not isinstance(architecture["class"], str):
            raise ValueError("it holds other arrays than it lists")
        return
    if not isinstance(architecture, dict) or architecture.get("format") != NET:
        raise ValueError(f"its format is not {NET!r} or {STATE!r}")
    sizes, names = architecture["sizes"], architecture["activations"]
    if not isinstance(sizes, list) or not all(type(n) is int and n > 0 for n in sizes) or len(sizes) < 2:
        raise ValueError(f"its sizes are {sizes!r}")
    are_names = isinstance(names, list) and all(isinstance(name, str) for name in names)
    if not are_names or len(names) != len(sizes) - 1:
        raise ValueError(f"its activations are {names!r}")
    dtypes, bools = ["float32", "float64"], [True, False]
    for key, allowed in (("node", list(NODES)), ("dtype", dtypes), ("use_bias", bools)):
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
    """A digest of the architecture, which tells names and shapes, and of the arrays' numbers."""
    digest = hashlib.sha256(json.dumps(architecture, sort_keys=True).encode())
    for name in sorted(arrays):
        digest.update(np.ascontiguousarray(arrays[name]).data)
    return digest.hexdigest()


def _write_npz(path: Path, arrays: Arrays, text: str) -> None:
    # Not by numpy.savez, which takes arrays as keywords and has some of its own, such as `file`.
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in {ARCHITECTURE: np.array(text), **arrays}.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)


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


_WRITE = {".npz": _write_npz, ".json": _write_json, ".safetensors": _write_safetensors}
_READ = {".npz": _read_npz, ".json": _read_json, ".safetensors": _read_safetensors}
