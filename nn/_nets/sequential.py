"""Layers one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, overload

from nn._nets.modules import Module

__all__ = ["Sequential"]


class Sequential(Module):
    """Layers one after another: the outputs of each are the inputs of the next.

    Args:
        layers: modules, or functions such as `autograd.relu` and ``lambda a: a.reshape(len(a), -1)``.

    Attributes:
        layers: the list of them, whose parameters are called ``layers.0.W`` and so on.

    ``net[0]`` is a layer, and ``net[2:]`` the net of the layers from there on, with the same parameters.

    >>> import nn
    >>> from autograd import relu
    >>> net = nn.Sequential(nn.Layer(4, 3, rng=0, activation=nn.identity), relu, nn.Layer(3, 2, rng=1))
    >>> net([[0.1, 0.2, 0.3, 0.4]]).shape, len(net), net[1] is relu
    ((1, 2), 3, True)
    >>> list(net.named_parameters())
    ['layers.0.W', 'layers.0.b', 'layers.2.W', 'layers.2.b']
    """

    def __init__(self, *layers: Callable[[Any], Any]) -> None:
        for place, layer in enumerate(layers):
            if isinstance(layer, type):
                raise TypeError(f"layers[{place}] is a class: make a layer of it, as in {layer.__name__}(…)")
            if not callable(layer):
                cure = "; a list is unpacked, nn.Sequential(*layers)" * isinstance(layer, (list, tuple))
                raise TypeError(f"layers[{place}] is {layer!r:.80}, not a module or a function{cure}")
        self.layers = list(layers)

    def __call__(self, x: Any) -> Any:
        """The outputs of the last layer."""
        for layer in self.layers:
            x = layer(x)
        return x

    @overload
    def __getitem__(self, place: int) -> Callable[[Any], Any]: ...
    @overload
    def __getitem__(self, place: slice) -> Sequential: ...
    def __getitem__(self, place: int | slice) -> Callable[[Any], Any]:
        """A layer, or the net of some of the layers."""
        return Sequential(*self.layers[place]) if isinstance(place, slice) else self.layers[place]

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Callable[[Any], Any]]:
        return iter(self.layers)

    def __repr__(self) -> str:
        layers = (getattr(layer, "__name__", None) or repr(layer) for layer in self.layers)
        return f"Sequential({', '.join(layers)})"
