"""Nets in files: numbers, shapes and architecture, never a pickle."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from autograd._support.atomic import check_place, written_whole
from autograd._support.paths import as_path
from nn._nets.activations import Activation, name_of
from nn._nets.contents import contents
from nn._nets.files.architectures import (
    NODES,
    OURS,
    STATE,
    WITH_TRAINING,
    activation_of,
    architecture_of,
    check,
    named,
    saved_name,
    sha256,
)
from nn._nets.files.archives import ARCHITECTURE, READ, WRITE, check_writable, suffix_of
from nn._nets.files.filling import HasState, check_generator, check_optimizer, fill, generators
from nn._nets.files.trees import PREFIX, joined, split
from nn._nets.mlp import MLP
from nn._nets.modules import Module
from nn.initializers import zeros

__all__ = ["check_path", "load", "read", "save", "write"]

AnyModule = TypeVar("AnyModule", bound=Module)


def save(
    net: Module,
    path: str | Path,
    *,
    optimizer: HasState | None = None,
    rng: np.random.Generator | None = None,
) -> Path:
    """Write a net to a file: ``.npz`` of NumPy, ``.json`` or, with that package, ``.safetensors``.

    The file holds the arrays of ``net.state_dict()``, buffers too, and of an `nn.MLP` the architecture.
    The architecture of another module is its class, so `load` asks for a net to load ``into``. The file is
    written whole or not at all: after an error, an earlier file at `path` is still there.

    With an optimizer it also holds what training goes on from, exact to the bit: the optimizer's
    ``state_dict()``, the state of `rng`, and of the generators in the net, as of dropout. A run of `nn.fit`
    keeps all of this by itself, ``nn.fit(..., resume="run.npz")``; here it is for loops by hand.

    Args:
        net: an `nn.MLP` or another `nn.Module`.
        path: ends in .npz, .json or .safetensors. JSON, as for JavaScript, is exact too.
        optimizer: one of this net's parameters: an `nn.Optimizer`, or any with ``state_dict()`` of numbers,
            texts and arrays, and ``load_state_dict(state)``.
        rng: the generator of the order of the examples.

    Returns:
        The path.

    Raises:
        TypeError: for anything but a module; for an optimizer or a generator that is none.
        ValueError: for another ending; for an MLP with an activation without a name to find it by, as a
            lambda, or with layers that were changed so that they are no MLP any more; for an optimizer of
            another net; for nan and infinities in .json.
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
    training: dict[str, Any] = {}
    if optimizer is not None:
        check_optimizer(optimizer, net)
        training["optimizer"] = optimizer.state_dict()
    if rng is not None:
        training["rng"] = check_generator(rng).bit_generator.state
    write(net, path, training)
    return path


def write(net: Module, path: Path, training: Mapping[str, Any]) -> None:
    """Write a net, and the state of its training with those of the generators in it, if there is any."""
    arrays = net.state_dict()
    architecture = architecture_of(net, arrays)
    if training:
        states = {name: generator.bit_generator.state for name, generator in generators(net).items()}
        more: dict[str, NDArray[Any]] = {}
        architecture["format"] = WITH_TRAINING[architecture["format"]]
        architecture["training"] = split({**training, "generators": states}, more)
        if clash := arrays.keys() & more.keys():
            raise ValueError(
                f"a net's file has entries of its own called {min(clash)}: rename that attribute"
            )
        arrays |= more
    text = json.dumps({**architecture, "sha256": sha256(architecture, arrays)})
    with written_whole(path) as temporary:
        WRITE[path.suffix](temporary, arrays, text)


@overload
def load(path: str | Path, activations: Iterable[Activation] = (), into: None = None) -> MLP: ...
@overload
def load(
    path: str | Path,
    activations: Iterable[Activation] = (),
    *,
    into: AnyModule,
    optimizer: HasState | None = None,
    rng: np.random.Generator | None = None,
) -> AnyModule: ...
def load(
    path: str | Path,
    activations: Iterable[Activation] = (),
    into: Module | None = None,
    *,
    optimizer: HasState | None = None,
    rng: np.random.Generator | None = None,
) -> Module:
    """The net in a file that `save` wrote: the same numbers, and the same outputs to the bit.

    Args:
        path: of the file.
        activations: your own activation functions, if an MLP has any; found by their names.
        into: a net whose parameters have the same names and shapes, and of an MLP the same activations; it
            gets the numbers and is returned. Needed for any module but an `nn.MLP`.
        optimizer: one of the parameters of `into`; it gets the steps, the settings and the memory of the one
            that was saved. A schedule is in no file: an optimizer with one goes on in it.
        rng: a generator that gets the state of the one that was saved. The generators in the net get theirs
            with either.

    Raises:
        FileNotFoundError: when there is no such file.
        ValueError: for a file that is damaged, cut short or something else, saying what is wrong;
            for an activation that was not given; where the file has no optimizer or no generator; for numbers
            that do not fit `into`, `optimizer` or `rng`, then all unchanged.
        TypeError: for a net of another class than MLP without `into`, or an `into` that is no module; for
            an `optimizer` or `rng` without `into`, and for a seed in place of a generator.
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

    Training goes on: the same lines make net, optimizer and generator, and `load` fills them.

    >>> from nn import Adam
    >>> def parts():
    ...     net = MLP([2, 3, 1], rng=0)
    ...     return net, Adam(net.parameters(), lr=0.01), np.random.default_rng(0)
    >>> net, adam, rng = parts()
    >>> adam.steps = 30
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save(net, Path(folder) / "run.npz", optimizer=adam, rng=rng)
    ...     net, adam, rng = parts()
    ...     net = load(path, into=net, optimizer=adam, rng=rng)
    >>> adam.steps
    30
    """
    path = as_path(path)
    suffix_of(path)
    if isinstance(activations, Module):
        raise TypeError(f"a net that gets the numbers is given by name: nn.load({path.name!r}, into=net)")
    if callable(activations):
        raise TypeError(f"activations is a list of functions, as in [{name_of(activations)}]")
    by_name = named(activations)
    if into is not None and not isinstance(into, Module):
        raise TypeError(f"into is a net that gets the numbers, an nn.Module, not {into!r:.80}")
    wanted = {"optimizer": optimizer, "rng": rng}
    for name, part in wanted.items():
        if part is not None and into is None:
            raise TypeError(
                f"a net and its {name} are made first, and then filled: nn.load({path.name!r}, into=net, "
                f"{name}={name})"
            )
    if optimizer is not None:
        check_optimizer(optimizer, into)
    if rng is not None:
        check_generator(rng)
    architecture, arrays, training = read(path)
    if into is not None:
        for name, part in wanted.items():
            if part is not None and name not in training:
                raise ValueError(f"{path} holds no {name}; nn.save(net, path, {name}={name}) writes it")
        fill(path, into, architecture, arrays, training, optimizer, rng)
        return into
    if architecture["format"] == STATE:
        kind = architecture["class"]
        raise TypeError(
            f"{path} holds the numbers of a {kind}: make such a net, and nn.load(path, into=net) fills it"
        )
    net = MLP(
        architecture["sizes"],
        activation=[
            activation_of(name, by_name, path, architecture.get("rows", {}))
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


def read(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]], dict[str, Any]]:
    """The architecture in a file, the arrays of the net, and the state of its training, {} without one.

    Raises:
        FileNotFoundError, PermissionError, ValueError, ImportError: as `load`.
    """
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    with path.open("rb"):  # raises PermissionError; the errors below are of damaged files
        pass
    try:
        entries, text = READ[path.suffix](path)
        architecture = json.loads(text)
        digest = architecture.pop("sha256")
        more = (
            {name: entries[name] for name in entries if name.startswith(PREFIX)}
            if "training" in architecture
            else {}
        )
        arrays = {name: array for name, array in entries.items() if name not in more}
        whole = dict(architecture)
        training = joined(architecture.pop("training", {}), more)
        for plain, other in WITH_TRAINING.items():
            if training and architecture["format"] == other:
                architecture["format"] = plain
        check(architecture, arrays)
        if sha256(whole, entries) != digest:
            raise ValueError("its numbers differ from those that nn.save wrote")
    except ImportError:
        raise
    except Exception as error:  # a damaged file may fail in any part of NumPy, zipfile or json
        raise ValueError(f"{path} is damaged, or no net that nn.save wrote: {error}") from None
    return architecture, arrays, training


def check_path(net: Any, path: str | Path) -> Path:
    """The path, if `save` could write this net there; else the exception of `save`, before any work."""
    if not isinstance(net, Module):
        cure = "nn.save(model.net_, path)" if hasattr(net, "net_") else "arrays go through numpy.savez"
        raise TypeError(f"nn.save writes an nn.Module, such as nn.MLP, not {type(net).__name__}: {cure}")
    path = as_path(path)
    check_writable(path)
    check_place(path)
    if type(net) is MLP:
        names = [(saved_name(layer.activation), layer.activation) for layer in net.layers]
        named(function for name, function in names if name not in OURS)
    elif ARCHITECTURE in contents(net).state():
        raise ValueError(f"a net's file has an entry of its own called {ARCHITECTURE}: rename that attribute")
    return path
