"""What a file says of a net beside its numbers: an MLP's sizes and activations, another module's class."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

import autograd
from autograd import Tensor, Value, softmax
from autograd._table.define import rows
from autograd.extend._registry import FromOutside, agree, latest
from nn._nets.activations import Activation, identity, name_of
from nn._nets.files.archives import Arrays
from nn._nets.mlp import MLP
from nn._nets.modules import Module

__all__ = [
    "NODES", "OURS", "STATE", "WITH_TRAINING", "activation_of", "architecture_of", "check",
    "check_activations", "named", "saved_name", "sha256",
]  # fmt: skip

# Formats: an MLP; numbers of a module of a user's class; the same with the state of a training.
NET, STATE = "chainrule net 1", "chainrule state 1"
WITH_TRAINING = {NET: "chainrule net 2", STATE: "chainrule state 2"}
NODES = {node.__name__: node for node in (Value, Tensor)}
OURS: dict[str, Activation] = {"nn.identity": identity, "autograd.softmax": softmax}
OURS.update(
    (f"autograd.{row.name}", getattr(autograd, row.name))
    for row in rows()
    if row.required == 1 and row.public and row.key == row.name  # a row from outside has another key
)


def architecture_of(net: Module, arrays: Arrays) -> dict[str, Any]:
    if type(net) is not MLP:  # a subclass would come back as an MLP
        return {"format": STATE, "class": type(net).__name__, "arrays": _listing(arrays)}
    architecture = {
        "format": NET,
        "sizes": net.sizes,
        "activations": [saved_name(layer.activation) for layer in net.layers],
        "use_bias": net.use_bias,
        "node": net.node.__name__,
        "dtype": str(net.dtype),
    }
    # By the name alone, a row of autograd.extend that is defined otherwise later would take its place.
    own = [layer.activation for layer in net.layers if isinstance(layer.activation, FromOutside)]
    if own:
        architecture["rows"] = {saved_name(row): list(row.fingerprint()) for row in own}
    try:
        check(architecture, arrays)
    except ValueError as error:
        raise ValueError(f"the layers of this net are no {net!r}: {error}") from None
    return architecture


def _listing(arrays: Arrays) -> dict[str, Any]:
    return {name: [str(array.dtype), list(array.shape)] for name, array in arrays.items()}


def saved_name(activation: Activation) -> str:
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


def named(functions: Iterable[Activation]) -> dict[str, Activation]:
    """A user's functions by their names, all different."""
    named: dict[str, Activation] = {}
    for function in functions:
        name = name_of(function)
        if named.setdefault(name, function) != function:
            raise ValueError(
                f"two activations are called {name}; a net's file tells them apart by their names"
            )
    return named


def activation_of(
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


def check(architecture: Any, arrays: Arrays) -> None:
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


def sha256(architecture: Mapping[str, Any], arrays: Arrays) -> str:
    """A digest of the architecture, which tells names and shapes, and of the arrays' numbers."""
    digest = hashlib.sha256(json.dumps(architecture, sort_keys=True).encode())
    for name in sorted(arrays):
        digest.update(np.ascontiguousarray(arrays[name]).data)
    return digest.hexdigest()


def check_activations(path: Path, net: Module, architecture: Mapping[str, Any]) -> None:
    """Raise where an MLP would get the numbers of one of the same sizes with other activations."""
    if type(net) is not MLP or architecture.get("sizes") != net.sizes:
        return
    saved, own = architecture["activations"], [saved_name(layer.activation) for layer in net.layers]
    if saved != own:
        raise ValueError(
            f"{path} does not fit: its net has the activations {saved}, and this net {own}; "
            "nn.load(path) makes the net as it was"
        )
