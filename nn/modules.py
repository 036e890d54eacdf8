"""What neurons, layers and nets have in common: parameters with names."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import Tensor
from nn.parameters import Parameter, assign

__all__ = ["Module"]


class Module(ABC):
    """Something with parameters: a neuron, a layer, a net."""

    @abstractmethod
    def _weights_and_biases(self) -> dict[str, Any]:
        """Each W and b by its place: a Tensor, a Value, or an object array of Values."""

    def named_parameters(self) -> dict[str, Parameter]:
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
                found[f"{name}[{','.join(map(str, index))}]"] = held.item(index)
        return found

    def parameters(self) -> list[Parameter]:
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

        >>> from nn import MLP
        >>> {name: array.shape for name, array in MLP([3, 2], rng=0).state_dict().items()}
        {'layers.0.W': (2, 3), 'layers.0.b': (2,)}
        """
        return {name: _numbers(held) for name, held in self._weights_and_biases().items()}

    def load_state_dict(self, state: Mapping[str, ArrayLike]) -> None:
        """Set every W and b; they are converted to the net's dtype.

        Raises:
            ValueError: names all that is missing, unexpected, of another shape or not real
                numbers; then nothing is changed.

        >>> from autograd import Value
        >>> from nn import MLP
        >>> arrays, scalars = MLP([3, 2], rng=0), MLP([3, 2], node=Value, rng=1)
        >>> scalars.load_state_dict(arrays.state_dict())
        >>> scalars.layers[0].W[1, 2].data == arrays.layers[0].W.data[1, 2]
        np.True_
        """
        held = self._weights_and_biases()
        wrong = [f"missing {name}" for name in held if name not in state]
        wrong += [f"unexpected {name}" for name in state if name not in held]
        new: dict[str, NDArray[Any]] = {}
        for name in held:
            if name in state:
                new[name] = np.array(state[name])
                if new[name].dtype.kind not in "fiub":
                    wrong.append(f"{name} holds {new[name].dtype}, not real numbers")
                elif new[name].shape != np.shape(held[name]):
                    wrong.append(f"{name} has shape {new[name].shape}, expected {np.shape(held[name])}")
        if wrong:
            raise ValueError(f"this state is not of {self!r}: {'; '.join(wrong)}. Nothing was changed")
        for name, array in new.items():
            parameters = held[name]
            if isinstance(parameters, Tensor):
                assign([parameters], [array.astype(parameters.dtype)])
            else:
                assign(np.ravel(parameters), np.ravel(array).astype(np.float64).tolist())


def _numbers(held: Any) -> NDArray[Any]:
    return np.array(held) if isinstance(held, Tensor) else np.asarray(held).astype(np.float64)
