"""The state of a training in a file: an optimizer, and generators of random numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from nn._nets.contents import attributes, contents
from nn._nets.files.architectures import check_activations
from nn._nets.files.archives import Arrays
from nn._nets.modules import Module

__all__ = ["HasState", "check_generator", "check_optimizer", "fill", "generators"]


# Raised for states of another form.
MISFITS = (ValueError, TypeError, KeyError, AttributeError, OverflowError)


class HasState(Protocol):
    """The methods of an optimizer whose state goes into a file."""

    def state_dict(self) -> Mapping[str, Any]: ...
    def load_state_dict(self, state: Any, /) -> object: ...


def fill(
    path: Path,
    net: Module,
    architecture: Mapping[str, Any],
    arrays: Arrays,
    training: Mapping[str, Any],
    optimizer: HasState | None,
    rng: np.random.Generator | None,
    others: Sequence[tuple[HasState, Any]] = (),
) -> None:
    """Give a net, generators and an optimizer the states in a file: all of them, or none after an error.

    The optimizer comes last, since one of another make has its memory where it likes: its own
    ``load_state_dict`` changes all or nothing.

    Args:
        others: further objects with their states, as callbacks.
    """
    check_activations(path, net, architecture)
    numbers = net.state_dict()
    before, earlier = [], list[tuple[HasState, Any]]()
    try:
        pairs = [] if rng is None else [(rng, training["rng"])]
        if optimizer is not None or rng is not None:
            own, saved = generators(net), training["generators"]
            if own.keys() != saved.keys():
                raise ValueError(f"its net has the generators {sorted(saved)}, and this net {sorted(own)}")
            pairs += [(generator, saved[name]) for name, generator in own.items()]
        before = [(generator, generator.bit_generator.state) for generator, _ in pairs]
        net.load_state_dict(arrays)
        for generator, state in pairs:
            generator.bit_generator.state = state
        for other, state in others:
            earlier.append((other, other.state_dict()))
            other.load_state_dict(state)
        if optimizer is not None:
            optimizer.load_state_dict(training["optimizer"])
    except BaseException as error:  # also Ctrl-C
        net.load_state_dict(numbers)
        for generator, state in before:
            generator.bit_generator.state = state
        for other, state in earlier:
            other.load_state_dict(state)
        if isinstance(error, MISFITS):
            raise ValueError(f"{path} does not fit: {error}") from None
        raise


def generators(net: Module) -> dict[str, np.random.Generator]:
    """The generators in the attributes of a module and the modules within, by their names."""
    return {
        f"{name}.{key}" if name else key: part
        for name, module in contents(net).modules.items()
        for key, part in attributes(module).items()
        if isinstance(part, np.random.Generator)
    }


def check_generator(rng: Any) -> np.random.Generator:
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng is a generator, whose state the file keeps, such as np.random.default_rng(0), not {rng!r}"
        )
    return rng


def check_optimizer(optimizer: Any, net: Any) -> None:
    """Raise unless an optimizer has a state, and moves parameters of this net."""
    if isinstance(optimizer, type) or not all(
        callable(getattr(optimizer, name, None)) for name in ("state_dict", "load_state_dict")
    ):
        raise TypeError(
            "an optimizer in a file has state_dict() and load_state_dict(state), as nn.SGD and nn.Adam have, "
            f"and {optimizer!r:.80} has not"
        )
    own = set(map(id, net.parameters()))
    if own.isdisjoint(map(id, getattr(optimizer, "params", net.parameters()))):
        raise ValueError("the optimizer holds no parameter of this net; make it with this net's parameters()")
