"""A net in evaluation mode as a program, from one example, in agreement with the net."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import DomainError, Tensor, Value
from autograd._compiler import Program, compile
from autograd._compiler.programs.compiling import CannotLower, program_of_examples
from autograd._compiler.programs.for_many import alike, chosen_by, leeway
from autograd._graph.concretization import noting_looks
from autograd._graph.leaving import plain_array
from autograd._graph.node import Node
from nn._measures.outputs import outputs_of
from nn._nets.arrays import numeric
from nn._nets.contents import contents, evaluating
from nn._nets.labels import labels, leaves
from nn._nets.layers import Layer, Neuron
from nn._nets.mlp import MLP
from nn._nets.modules import Module, Sequential
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


def record_net(net: Any, X: ArrayLike | None, caller: str) -> Recorded:
    """Record a net on one example, and compare the program with it on some.

    Args:
        net: a module.
        X: examples; None for a net whose first layer tells the width of its inputs.
        caller: the name of the function that the user called, for errors.

    Raises:
        TypeError: for anything but a module, and for X that are no numbers.
        ValueError: where X is needed or has no examples; for outputs that are no array with a row for each.
        NotImplementedError: for a net that no program computes, with the reason.
    """
    if not isinstance(net, Module):
        raise TypeError(
            f"{caller} takes an nn.Module, not {type(net).__name__}; nn.Sequential(f) makes one of a function"
        )
    inside = contents(net)
    parts = inside.parameters
    is_scalar = any(not isinstance(part, Tensor) for part in parts.values())
    if is_scalar and any(isinstance(part, Tensor) for part in parts.values()):
        raise NotImplementedError(f"{caller}: the net has Values and Tensors, and a program has one kind")
    kinds = {part.dtype for part in parts.values() if isinstance(part, Tensor)} or {np.dtype(np.float64)}
    dtype = np.result_type(*kinds)
    if len(kinds) > 1:
        raise NotImplementedError(
            f"{caller}: the net has parameters of {' and '.join(sorted(map(str, kinds)))}, and a program has "
            "one dtype"
        )
    x = _examples(net, X, caller).astype(dtype)
    sizes = {name: int(np.size(part)) for name, part in parts.items()}
    if (size := max(sum(sizes.values()), x[0].size)) > LARGEST:
        raise NotImplementedError(
            f"{caller}: the net has {size:,} numbers, too many for a program of scalars ({LARGEST:,})"
        )
    wrt = net.parameters()
    if is_scalar:
        given: Any = leaves(x[:1], np.reshape(labels("a", x.shape[1:], 0, Value), (1, *x.shape[1:])))
    else:
        given = Tensor(x[:1], label=labels("a", x.shape[1:], 0, Tensor))
    variables = Variables(net)
    before = Snapshot(net, variables.sources)
    try:
        with evaluating(net), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with noting_looks(refuses=False) as looks:
                outputs = net(given)
            of_batch = outputs_of(net, x)
        effect = before.changes()
    except DomainError as error:
        raise ValueError(
            f"{caller}: the net is undefined for this example: {error}; give others, "
            f"nn.{caller}(net, …, X=examples)"
        ) from None
    finally:
        before.put_back()
        variables.put_back()
    if effect:
        raise NotImplementedError(f"{caller}: the net {effect}, in evaluation mode too")
    nodes = outputs.ravel().tolist() if isinstance(outputs, np.ndarray) else [outputs]
    kind = Value if is_scalar else Tensor
    if not all(isinstance(node, kind) for node in nodes):
        raise NotImplementedError(
            f"{caller}: the net gives {type(outputs).__name__} of no {kind.__name__}s; write it with functions "
            "of autograd"
        )
    choosing = [*np.ravel(given)] if is_scalar else [given]
    chosen = [look for look in looks.looks if look.text is None and chosen_by(look.nodes, choosing)]
    if chosen:
        place = f" ({chosen[0].place})" if chosen[0].place else ""
        raise NotImplementedError(
            f"{caller}: the net looks at a number, as an `if` does{place}, and another example may mean other "
            "operations; autograd.where, maximum and relu choose for each"
        )
    if len(np.shape(outputs)) < 1 or len(outputs) != 1:
        raise ValueError(
            f"{caller}: the net gave shape {np.shape(outputs)} for one example, expected (1, …): a row for each"
        )
    try:
        program = (
            compile([*np.ravel(outputs)], [*np.ravel(given)], wrt)
            if is_scalar
            else program_of_examples([outputs], [given], wrt, dtype)
        )
    except CannotLower as reason:
        raise NotImplementedError(f"{caller}: no program computes this net, {reason}") from None
    cuts = np.cumsum([0, *sizes.values()])
    recorded = Recorded(
        program,
        np.concatenate([np.empty(0, dtype), *(plain_array(part).ravel() for part in parts.values())]),
        {name: np.arange(*cuts[i : i + 2]) for i, name in enumerate(sizes)},
        x.shape[1:],
        np.shape(outputs)[1:],
    )
    _check(recorded, x, of_batch, caller)
    return recorded


def _check(recorded: Recorded, x: Array, expected: Array, caller: str) -> None:
    """Raise unless the program gives the net's outputs."""
    program, theta, rows = recorded.program, recorded.theta, x.reshape(len(x), -1)
    if expected.shape != (len(x), *recorded.outputs):
        raise ValueError(
            f"{caller}: the net gave shape {expected.shape} for {len(x)} examples, and "
            f"{(1, *recorded.outputs)} for one; expected a row for each"
        )
    flat = expected.reshape(len(x), -1).astype(np.float64)
    rounding = ROUNDING[program.dtype]
    with np.errstate(all="ignore"):
        results = program(theta, rows)
        spread = leeway(program, theta, rows, results, rounding)
    if not alike(results, flat, spread, rounding):
        raise NotImplementedError(
            f"{caller}: a program of one example gives other numbers than the net gives for several: its "
            "operations depend on its numbers, on other examples, or on a variable that changes"
        )


def _examples(net: Module, X: ArrayLike | None, caller: str) -> Array:
    if X is not None:
        if isinstance(X, Node):
            X = X.data
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
            f"the shape of the inputs of {type(first).__name__} is unknown: give some examples, "
            f"nn.{caller}(net, …, X=examples), of shape (n, …)"
        )
    return np.random.default_rng(0).random((CHECKED, width))
