"""A net in evaluation mode as a program, from one example, in agreement with the net."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import DomainError, Tensor, Value
from autograd._compiler.programs.compiling import CannotLower, compile, program_of_examples
from autograd._compiler.programs.for_many import alike, chosen_by, leeway
from autograd._compiler.programs.program import Program
from autograd._graph.concretization import noting_looks
from autograd._graph.leaving import plain_array
from nn._nets.contents import contents, evaluating
from nn._nets.labels import labels, leaves
from nn._nets.layers import Layer, Neuron
from nn._nets.mlp import MLP
from nn._nets.modules import Module, Sequential
from nn._nets.outputs import outputs_of
from nn._support.arrays import numeric
from nn._training.steps.compiled import ROUNDING
from nn._training.steps.side_effects import Snapshot, Variables

__all__ = ["Recorded", "record_net"]

Array = NDArray[Any]

LARGEST = 2**22  # parameters, and numbers of an example, as scalars of a program
CHECKED = 8  # examples on which the program and the net have to agree, where none are given


@dataclass(frozen=True)
class Recorded:
    """A net as a program.

    Attributes:
        program: gives the outputs of each example.
        theta: the numbers of the parameters.
        parameters: by name, the places in theta of the numbers of each array.
        inputs, outputs: the shapes of one example and of its outputs.
    """

    program: Program
    theta: Array
    parameters: dict[str, Array]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


class CannotRecord(Exception):
    """The reason why no program computes a net."""


def record_net(net: Any, X: ArrayLike | None, caller: str) -> Recorded:
    """Record a net on one example, and compare the program with it on some.

    Args:
        net: a module.
        X: examples; None for a net whose first layer tells the width of its inputs.
        caller: the name of the function that the user called, for errors.

    Raises:
        TypeError: for anything but a module, and for X that are no numbers.
        ValueError: where X is needed or has no examples; for outputs without a row for each example.
        NotImplementedError: for a net that no program computes, with the reason.
    """
    if not isinstance(net, Module):
        raise TypeError(
            f"{caller} takes an nn.Module, not {type(net).__name__}; nn.Sequential(f) makes one of a function"
        )
    parts = contents(net).parameters
    dtype, is_scalar = _kind(parts)
    x = _examples(net, X, caller).astype(dtype)
    sizes = [int(np.size(part)) for part in parts.values()]
    if (size := max(sum(sizes), x[0].size)) > LARGEST:
        raise NotImplementedError(
            f"{caller}: the net has {size:,} numbers, too many for a program of scalars ({LARGEST:,})"
        )
    try:
        first, outputs, of_batch = _run(net, x, is_scalar)
        wrt = net.parameters()
        program = (
            compile([*np.ravel(outputs)], [*np.ravel(first)], wrt)
            if is_scalar
            else program_of_examples([outputs], [first], wrt, dtype)
        )
    except (CannotLower, CannotRecord) as reason:
        raise NotImplementedError(f"{caller}: no program computes this net: {reason}") from None
    except DomainError as error:
        raise ValueError(
            f"the net is undefined for an example, {error}; give others, nn.{caller}(net, …, X=examples)"
        ) from None
    if of_batch.shape != (shape := (len(x), *np.shape(outputs)[1:])):
        raise ValueError(f"the net gave shape {of_batch.shape} for {len(x)} examples, expected {shape}")
    numbers = [plain_array(part).ravel() for part in parts.values()]
    ends = np.cumsum(sizes)
    recorded = Recorded(
        program,
        np.concatenate([np.empty(0, dtype), *numbers]),
        {
            name: np.arange(end - size, end)
            for name, size, end in zip(parts, sizes, ends.tolist(), strict=True)
        },
        x.shape[1:],
        np.shape(outputs)[1:],
    )
    if _differs(recorded, x, of_batch):
        raise NotImplementedError(
            f"{caller}: no program computes this net: its operations depend on its numbers, or one "
            "example on another"
        )
    return recorded


def _kind(parts: Mapping[str, Any]) -> tuple[np.dtype[Any], bool]:
    """The dtype of a net's parameters, and whether they are Values."""
    kinds = {part.dtype if isinstance(part, Tensor) else Value for part in parts.values()}
    if len(kinds) > 1:
        names = sorted("Values" if kind is Value else f"Tensors of {kind}" for kind in kinds)
        raise NotImplementedError(f"the net has {' and '.join(names)}, and a program computes with one kind")
    kind = kinds.pop() if kinds else np.float64
    return (np.dtype(np.float64), True) if kind is Value else (np.dtype(kind), False)


def _run(net: Module, x: Array, is_scalar: bool) -> tuple[Any, Any, Array]:
    """The leaves of the first example, its recorded outputs, and the outputs of all; without side effects."""
    names = labels("a", x.shape[1:], 0, Value if is_scalar else Tensor)
    first = leaves(x[:1], np.reshape(names, x[:1].shape)) if is_scalar else Tensor(x[:1], label=names)
    variables = Variables(net)
    before = Snapshot(net, variables.sources)
    try:
        with evaluating(net), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with noting_looks(refuses=False) as record:
                outputs = net(first)
            if np.shape(outputs)[:1] != (1,):
                raise CannotRecord(
                    f"it gave shape {np.shape(outputs)} for one example, expected a row for it"
                )
            of_batch = outputs_of(net, x)
        effect = before.changes()
    finally:
        before.put_back()
        variables.put_back()
    if effect:
        raise CannotRecord(f"it {effect}, in evaluation mode too")
    kind, nodes = (Value, np.ravel(outputs)) if is_scalar else (Tensor, [outputs])
    if not all(isinstance(node, kind) for node in nodes):
        raise CannotRecord(f"its output is a {type(outputs).__name__}, not made of {kind.__name__}s")
    leaf: list[Any] = [*np.ravel(np.asarray(first))] if is_scalar else [first]
    for look in record.looks:
        if look.text is None and chosen_by(look.nodes, leaf):
            place = f" ({look.place})" if look.place else ""
            raise CannotRecord(
                f"it looks at a number, as an `if` does{place}, and another example may mean other "
                "operations; autograd.where, maximum and relu choose for each"
            )
    return first, outputs, of_batch


def _differs(recorded: Recorded, x: Array, expected: Array) -> bool:
    """Whether the program gives other numbers than the net."""
    program, theta, rows = recorded.program, recorded.theta, x.reshape(len(x), -1)
    rounding = ROUNDING[program.dtype]
    with np.errstate(all="ignore"):
        results = program(theta, rows)
        spread = leeway(program, theta, rows, results, rounding)
    return not alike(results, expected.reshape(results.shape).astype(np.float64), spread, rounding)


def _examples(net: Module, X: ArrayLike | None, caller: str) -> Array:
    if X is not None:
        x = numeric(X, "X")
        if x.ndim < 2 or not len(x) or not x[0].size:
            raise ValueError(
                f"X has shape {x.shape}, expected examples (n, …), with a row for each and at least one"
            )
        return x
    first: Any = net
    while isinstance(first, Sequential) and len(first):
        first = first[0]
    if isinstance(first, MLP):
        width = first.sizes[0]
    elif isinstance(first, (Layer, Neuron)):
        width = first.inputs
    else:
        raise ValueError(
            "the shape of this net's inputs is unknown: give some examples, of shape (n, …), as in "
            f"nn.{caller}(net, …, X=examples)"
        )
    return np.random.default_rng(0).random((CHECKED, width))
