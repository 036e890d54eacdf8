"""What neurons, layers and nets have in common: parameters with names."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import Tensor
from autograd._graph.leaving import plain_array
from autograd._graph.node import Node
from autograd._support.checks import holds_reals
from nn._nets.parameters import Parameter, assign

__all__ = ["Module", "set_numbers"]


class Module(ABC):
    """Something with parameters: a neuron, a layer, a net."""

    @abstractmethod
    def _weights_and_biases(self) -> dict[str, Any]:
        """Each W and b by its place: a Tensor, a Value, or an object array of Values."""

    # Any: Values or Tensors, by how the net was made. Of a union, ``p.data -= lr * p.grad`` is an error to
    # type checkers.
    def named_parameters(self) -> dict[str, Any]:
        """The parameters by their place, in the order of `parameters`.

        >>> from autograd import Value
        >>> from nn import MLP
        >>> list(MLP([3, 2], rng=0).named_parameters())
        ['layers.0.W', 'layers.0.b']
        >>> list(MLP([2, 1], node=Value, rng=0).named_parameters())
        ['layers.0.W[0,0]', 'layers.0.W[0,1]', 'layers.0.b[0]']
        """
        found: dict[str, Parameter] = {}
        for name, held in self._weights_and_biases().items():
            if not isinstance(held, np.ndarray):
                found[name] = held
                continue
            for index in np.ndindex(held.shape):
                place = f"{name}[{','.join(map(str, index))}]"
                found[place] = held.item(index)
                if not isinstance(found[place], Node):
                    raise TypeError(
                        f"{place} is {found[place]!r} and no parameter any more: a Value gets another number "
                        "by its .data, as in layer.W[0, 0].data = 0.5"
                    )
        return found

    def parameters(self) -> list[Any]:
        """Every weight and bias, layer by layer, weights first: what an optimizer is given."""
        return list(self.named_parameters().values())

    @property
    def num_parameters(self) -> int:
        """How many numbers there are to learn.

        >>> from nn import MLP
        >>> MLP([784, 16, 16, 10], rng=0).num_parameters
        13002
        """
        return sum(np.size(held) for held in self._weights_and_biases().values())

    def zero_grad(self) -> None:
        """Forget the gradients, before the next backward() adds to them."""
        for parameter in self.parameters():
            parameter.grad = None

    def state_dict(self) -> dict[str, NDArray[Any]]:
        """The numbers of every W and b, copied: the same arrays for either kind of node.

        They lie in memory row by row, as other programs expect, also where a W was set transposed.

        >>> from nn import MLP
        >>> {name: array.shape for name, array in MLP([3, 2], rng=0).state_dict().items()}
        {'layers.0.W': (2, 3), 'layers.0.b': (2,)}
        """
        return {name: _numbers(held) for name, held in self._weights_and_biases().items()}

    def load_state_dict(self, state: Mapping[str, ArrayLike]) -> None:
        """Set every W and b; they are converted to the net's dtype.

        Raises:
            TypeError: for what is no mapping of names to arrays.
            ValueError: names all that is missing, unexpected, of another shape, not real numbers,
                or too large for the net's dtype; then nothing is changed.

        >>> from autograd import Value
        >>> from nn import MLP
        >>> arrays, scalars = MLP([3, 2], rng=0), MLP([3, 2], node=Value, rng=1)
        >>> scalars.load_state_dict(arrays.state_dict())
        >>> scalars.layers[0].W[1, 2].data == arrays.layers[0].W.data[1, 2]
        np.True_
        """
        if not isinstance(state, Mapping):
            raise TypeError(
                "a state is a dict of arrays by their names, as state_dict() gives, "
                f"not {type(state).__name__}"
            )
        held = self._weights_and_biases()
        wrong = [f"missing {name}" for name in held if name not in state]
        wrong += [f"unexpected {name}" for name in state if name not in held]
        new: dict[str, NDArray[Any]] = {}
        for name in held:
            if name in state:
                try:
                    new[name] = _fitting(state[name], held[name])
                except ValueError as error:
                    wrong.append(f"{name} {error}")
        if wrong:
            raise ValueError(f"this state is not of {self!r}: {'; '.join(wrong)}. Nothing was changed")
        for name, array in new.items():
            _assign(held[name], array)


def set_numbers(held: Any, numbers: ArrayLike, what: str) -> None:
    """Give a W or b other numbers, converted to its dtype; `what` is what the error calls it.

    Raises:
        ValueError: for another shape, or numbers too large for the dtype; then nothing is changed.
    """
    try:
        array = _fitting(numbers, held)
    except ValueError as error:
        raise ValueError(f"{what} {error}") from None
    _assign(held, array)


def _assign(held: Any, array: NDArray[Any]) -> None:
    if isinstance(held, Tensor):
        assign([held], [array])
    else:
        assign(np.ravel(held), array.ravel().tolist())


def _numbers(held: Any) -> NDArray[Any]:
    numbers: NDArray[Any] = plain_array(held).copy(order="C")
    return numbers


def _fitting(given: ArrayLike, held: Any) -> NDArray[Any]:
    """A copy of what is given in the dtype of W or b.

    Raises:
        ValueError: says what is wrong, to be read after the name.
    """
    try:
        array = plain_array(given)
    except ValueError:  # lists of different lengths
        raise ValueError("is no array") from None
    if not holds_reals(array):
        raise ValueError(f"holds {array.dtype}, not real numbers")
    if array.shape != np.shape(held):
        raise ValueError(f"has shape {array.shape}, expected {np.shape(held)}")
    dtype = held.dtype if isinstance(held, Tensor) else np.dtype(np.float64)
    with np.errstate(over="ignore"):
        converted: NDArray[Any] = array.astype(dtype, order="C")
    if np.any(np.isinf(converted) & ~np.isinf(array)):
        raise ValueError(f"holds numbers too large for {dtype}")
    return converted
