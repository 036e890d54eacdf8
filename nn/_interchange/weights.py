"""Weights from and to torch and Keras: arrays in, arrays out, without these libraries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from autograd._graph.leaving import plain_array
from nn._nets.contents import Contents, contents
from nn._nets.layers import Layer, Neuron
from nn._nets.modules import Module

__all__ = ["from_keras", "from_torch", "to_keras", "to_torch"]

Array = NDArray[Any]
AnyModule = TypeVar("AnyModule", bound=Module)

ROLES = {"weight": "W", "bias": "b"}  # names of torch's linear layers
IGNORED = "num_batches_tracked"  # a counter of torch's batch norm, which computes with no number of it


@dataclass(frozen=True)
class Library:
    """The order in which another library has the numbers of a layer.

    Attributes:
        name: of the library.
        axes: of a layer's weights, in words.
        swaps: whether these are not those of W, (outputs, inputs).
    """

    name: str
    axes: str
    swaps: bool


TORCH, KERAS = Library("torch", "(outputs, inputs)", False), Library("Keras", "(inputs, outputs)", True)
OTHER = {TORCH: "nn.from_keras", KERAS: "nn.from_torch"}  # takes the other order


@dataclass(frozen=True)
class Part:
    """An array of a net, as another library has it.

    Attributes:
        name: in the net's ``state_dict()``.
        module, role: the name of its module, and its own there.
        shape: in the net.
        is_weights: whether it is the W of a layer, which has the library's order of axes.
        is_single: whether it is of a neuron, which other libraries have as a layer of one.
    """

    name: str
    module: str
    role: str
    shape: tuple[int, ...]
    is_weights: bool
    is_single: bool

    def theirs(self, numbers: Array, library: Library) -> Array:
        """Numbers of the net in the library's order."""
        array = numbers[np.newaxis] if self.is_single else numbers
        return np.ascontiguousarray(array.T if self.is_weights and library.swaps else array)

    def ours(self, numbers: Array, library: Library) -> Array:
        """Numbers of the library in the net's order."""
        array = numbers.T if self.is_weights and library.swaps else numbers
        return array[0] if self.is_single else array

    def expected(self, library: Library) -> tuple[int, ...]:
        """The shape in the library."""
        return self.theirs(np.empty(self.shape), library).shape


def from_torch(state: Mapping[str, Any], *, into: AnyModule) -> AnyModule:
    """Set a net's numbers to those of a torch module's ``state_dict()``.

    The arrays are taken in the order of the modules, whatever their names: the weight of an ``nn.Linear``, of
    shape (outputs, inputs), is the W of a layer, its bias the b. Arrays of other modules are taken as they
    are, in the order in which the module sets its parameters, then its buffers; torch's
    ``num_batches_tracked`` is left out. Activations are no numbers: those of `into` stay.

    Args:
        state: from ``model.state_dict()``, or arrays by such names, as of a file.
        into: the net, which is returned.

    Raises:
        TypeError: for anything but a mapping of names to arrays, or an `into` that is no module.
        ValueError: for a net with other layers or shapes, which it names; then nothing is changed.

    >>> from nn import MLP
    >>> net = MLP([3, 2], rng=0)
    >>> state = {"0.weight": np.ones((2, 3)), "0.bias": np.zeros(2)}
    >>> from_torch(state, into=net).layers[0].W.data.tolist()
    [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]
    """
    if not isinstance(state, Mapping) or not all(isinstance(name, str) for name in state):
        cure = "; write model.state_dict()" if hasattr(state, "state_dict") else ""
        raise TypeError(
            f"from_torch takes the dict of model.state_dict(), by name, not {type(state).__name__}{cure}"
        )
    pairs = _pairs(_parts(into, "from_torch"), state)
    return _set(into, [(part, name, state[name]) for part, name in pairs], TORCH)


def to_torch(net: Module, names: Iterable[str] | None = None) -> dict[str, Array]:
    """The numbers of a net as the ``state_dict()`` of a torch module, as arrays of NumPy.

    Without names they are called as in an ``nn.Sequential`` of linear layers, each followed by an activation:
    ``0.weight``, ``0.bias``, ``2.weight``, and so on.

    Args:
        net: an `nn.MLP` or another `nn.Module`.
        names: those of the torch module's arrays: ``model.state_dict()``, or a list in its order.

    Raises:
        TypeError: for anything but a module.
        ValueError: for other names than the net has arrays.

    >>> from nn import MLP
    >>> {name: array.shape for name, array in to_torch(MLP([3, 4, 2], rng=0)).items()}
    {'0.weight': (4, 3), '0.bias': (4,), '2.weight': (2, 4), '2.bias': (2,)}

    In torch::

        arrays = nn.to_torch(net, model.state_dict())
        model.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.items()})
    """
    parts = _parts(net, "to_torch")
    state = net.state_dict()
    if names is None:
        back = {ours: theirs for theirs, ours in ROLES.items()}
        places = {module: 2 * place for place, module in enumerate(_by_module(parts))}
        return {
            f"{places[part.module]}.{back.get(part.role, part.role)}": part.theirs(state[part.name], TORCH)
            for part in parts
        }
    if isinstance(names, str):
        raise TypeError(f"names is a list of names, or a state_dict(), not {names!r}")
    others: Mapping[str, Any] = names if isinstance(names, Mapping) else {}
    arrays: dict[str, Array] = {}
    for part, name in _pairs(parts, listed := [*names]):
        array = part.theirs(state[part.name], TORCH)
        if name in others and tuple(np.shape(others[name])) != array.shape:
            raise ValueError(
                f"torch's {name} has shape {tuple(np.shape(others[name]))}, and {part.name} of the net "
                f"{array.shape}"
            )
        arrays[name] = array
    arrays |= {name: _numbers(others[name], name) for name in others if name not in arrays}
    return {name: arrays[name] for name in listed if name in arrays}


def from_keras(weights: Sequence[Any], *, into: AnyModule) -> AnyModule:
    """Set a net's numbers to those of a Keras model's ``get_weights()``.

    The arrays are taken in their order: the kernel of a Dense, of shape (inputs, outputs), is the W of a
    layer transposed, its bias the b. Arrays of other modules are taken as they are. The
    activations of `into` stay.

    Args:
        weights: a list of arrays from ``model.get_weights()``.
        into: the net, which is returned.

    Raises:
        TypeError: for anything but a list of arrays, or an `into` that is no module.
        ValueError: for another number of arrays or other shapes, which it names; then nothing is changed.

    >>> from nn import MLP
    >>> net = MLP([3, 2], rng=0)
    >>> from_keras([np.ones((3, 2)), np.zeros(2)], into=net).layers[0].W.shape
    (2, 3)
    """
    if isinstance(weights, (Mapping, str)) or not isinstance(weights, Iterable):
        cure = "; write model.get_weights()" if hasattr(weights, "get_weights") else ""
        raise TypeError(
            f"from_keras takes the list of model.get_weights(), not {type(weights).__name__}{cure}"
        )
    parts, arrays = _parts(into, "from_keras"), [*weights]
    if len(arrays) != len(parts):
        raise ValueError(
            f"Keras gave {len(arrays)} arrays, and the net has {len(parts)}: "
            f"{', '.join(part.name for part in parts)}. Nothing was changed"
        )
    named = [
        (part, f"weights[{i}]", array) for i, (part, array) in enumerate(zip(parts, arrays, strict=True))
    ]
    return _set(into, named, KERAS)


def to_keras(net: Module) -> list[Array]:
    """The numbers of a net for a Keras model's ``set_weights(…)``: kernels (inputs, outputs), and biases.

    Raises:
        TypeError: for anything but a module.

    >>> from nn import MLP
    >>> [array.shape for array in to_keras(MLP([3, 4, 2], rng=0))]
    [(3, 4), (4,), (4, 2), (2,)]
    """
    parts, state = _parts(net, "to_keras"), net.state_dict()
    return [part.theirs(state[part.name], KERAS) for part in parts]


def _pairs(parts: list[Part], names: Iterable[str]) -> Iterator[tuple[Part, str]]:
    """The arrays of a net, each with torch's name for it.

    Raises:
        ValueError: where the modules, or the arrays of one, do not fit each other.
    """
    ours, theirs = _by_module(parts), _groups([name for name in names if not str(name).endswith(IGNORED)])
    if len(theirs) != len(ours):
        raise ValueError(
            f"torch has {len(theirs)} modules with arrays ({_listed(theirs)}), and the net {len(ours)} "
            f"({_listed(ours)}). Nothing was changed"
        )
    for own, group in zip(ours.values(), theirs.values(), strict=True):
        by_role = {ROLES.get(name.rpartition(".")[2], name): name for name in group}
        roles = {part.role for part in own}
        is_layer = any(part.is_weights for part in own)
        if len(group) != len(own) or (is_layer and roles != set(by_role)):
            raise ValueError(
                f"torch has {_listed(group)}, where the net has {_listed(part.name for part in own)}"
                f"{_bias_hint(roles, by_role) if is_layer else ''}. Nothing was changed"
            )
        yield from (
            (part, by_role[part.role] if is_layer else name) for part, name in zip(own, group, strict=True)
        )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(name or "the module itself" for name in names) or "none"


def _bias_hint(own: set[str], other: Mapping[str, str]) -> str:
    if "b" in own and "b" not in other:
        return "; use_bias=False makes a net without biases"
    return "; use_bias=True makes a net with biases" if "b" in other and "b" not in own else ""


# -- the parts of a net ---------------------------------------------------------------------------


def _parts(net: Any, caller: str) -> list[Part]:
    """The arrays of a net, module by module: the parameters of each, then its buffers."""
    if not isinstance(net, Module):
        raise TypeError(f"{caller} takes an nn.Module, such as nn.MLP, not {type(net).__name__}")
    inside: Contents = contents(net)
    of_module: dict[str, list[Part]] = {name: [] for name in inside.modules}
    for name, part in inside.state().items():
        owners = (module for module in inside.modules if not module or name.startswith(f"{module}."))
        module = max(owners, key=len)
        layer, role = inside.modules[module], name.removeprefix(f"{module}.") if module else name
        is_layer, shape = isinstance(layer, (Layer, Neuron)), np.shape(plain_array(part))
        of_module[module].append(
            Part(name, module, role, shape, is_layer and role == "W", isinstance(layer, Neuron))
        )
    return [part for parts in of_module.values() for part in parts]


def _by_module(parts: Iterable[Part]) -> dict[str, list[Part]]:
    modules: dict[str, list[Part]] = {}
    for part in parts:
        modules.setdefault(part.module, []).append(part)
    return modules


def _groups(names: Iterable[str]) -> dict[str, list[str]]:
    """Names of arrays by module; in the order of their numbers where they differ in these alone.

    A file may have them in the order of the alphabet, in which 10 is before 2.

    >>> _groups(["10.weight", "2.bias", "2.weight"])
    {'2': ['2.bias', '2.weight'], '10': ['10.weight']}
    """
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(str(name).rpartition(".")[0], []).append(name)
    if len({re.sub(r"\d+", "#", module) for module in groups}) == 1:
        numbers = {module: [*map(int, re.findall(r"\d+", module))] for module in groups}
        groups = {module: groups[module] for module in sorted(groups, key=numbers.__getitem__)}
    return groups


def _set(into: AnyModule, arrays: Iterable[tuple[Part, str, Any]], library: Library) -> AnyModule:
    state: dict[str, Array] = {}
    wrong: list[str] = []
    for part, name, theirs in arrays:
        array, expected = _numbers(theirs, name), part.expected(library)
        if array.shape == expected:
            state[part.name] = part.ours(array, library)
            continue
        hint = ""
        if part.is_weights:
            hint = f"; {library.name} has the weights of a layer as {library.axes}"
            if array.shape[::-1] == expected:
                hint += f", and {OTHER[library]} takes the other order"
        wrong.append(f"{name} has shape {array.shape}, expected {expected} for {part.name}{hint}")
    if wrong:
        raise ValueError(
            f"{library.name}'s arrays are not of {into!r}: {'. '.join(wrong)}. Nothing was changed"
        )
    into.load_state_dict(state)
    return into


def _numbers(theirs: Any, name: str) -> Array:
    """An array of another library as one of NumPy."""
    try:
        if hasattr(theirs, "detach"):  # of torch: without its graph, from its device
            theirs = theirs.detach().cpu()
        array = plain_array(theirs)
    except TypeError as error:  # as of torch's bfloat16, which NumPy has not
        raise TypeError(
            f"{name} is no array of numbers ({error}); a tensor becomes one by x.float()"
        ) from None
    except ValueError as error:
        raise ValueError(f"{name} is no array: {error}") from None
    return array
