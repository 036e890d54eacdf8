"""Modules: layers and nets whose parameters, arrays and submodules are found in their attributes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Self, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import Tensor, Value
from autograd._graph.leaving import plain_array
from autograd._graph.node import Node
from autograd._support.checks import holds_reals
from autograd._support.notebooks import Table, TableText
from nn._nets.contents import HasParts, contents, modules_of, set_mode
from nn._nets.parameters import Parameter, assign
from nn._nets.predictions import Predictor

__all__ = ["Module", "Sequential", "set_numbers", "summary_of"]


class Module(HasParts, Predictor):
    """A layer or a net of one's own: a class with parameters in its attributes and a ``__call__``.

    The type of an attribute decides its role, also of one in a list, tuple or dict, nested:

    * a leaf, `Tensor` or `Value`, or an array of Values: a parameter, which an optimizer moves;
    * an array of numbers: a buffer, state without a gradient, such as a running mean. ``state_dict`` and
      files hold buffers beside the parameters. An array in an attribute that begins with an underscore is
      a cache, and no state;
    * a module: its parameters are named after it, as in ``conv.W`` and ``layers.0.b``;
    * a `numpy.random.Generator`: the only source of random numbers;
    * anything else, as a number or a function: a setting.

    A parameter or a module at two places counts once, under its first name. A constant is an array or a
    number, not a Tensor.

    Attributes:
        training: False, until `train` or `nn.fit` sets it. A layer that differs while it learns, such as
            dropout, asks for it.

    >>> import nn
    >>> class Scaled(nn.Module):
    ...     def __init__(self, width, rng):
    ...         self.gain = Tensor(np.ones(width))
    ...         self.dense = nn.Layer(width, 1, rng=rng, activation=nn.identity)
    ...     def __call__(self, x):
    ...         return self.dense(self.gain * x)
    >>> net = Scaled(2, rng=0)
    >>> list(net.named_parameters()), net.num_parameters
    (['gain', 'dense.W', 'dense.b'], 5)
    >>> net([[0.5, 1.0], [1.0, 2.0]]).shape
    (2, 1)

    ``docs/how-to/layers.md`` composes a net of convolution, batch norm and dropout.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The outputs for some inputs; every subclass defines it."""
        name = type(self).__name__
        advice = "rename its forward to __call__" if hasattr(self, "forward") else "write __call__(self, x)"
        raise TypeError(f"{name} has no __call__, which computes its outputs: {advice}")

    def train(self, mode: bool = True) -> Self:
        """Set training mode in this module and all within it: for a training loop by hand; `fit` does it too.

        >>> import nn
        >>> net = nn.MLP([2, 1], rng=0).train()
        >>> net.training, net.layers[0].training, net.eval().training
        (True, True, False)
        """
        for module in modules_of(self):
            set_mode(module, mode)
        return self

    def eval(self) -> Self:
        """Set evaluation mode, the mode of a new module."""
        return self.train(False)

    # Any: Values or Tensors, by how the net was made. Of a union, ``p.data -= lr * p.grad`` is an error to
    # type checkers.
    def named_parameters(self) -> dict[str, Any]:
        """The parameters by their place, in the order of `parameters`.

        Raises:
            TypeError: for an attribute that is the result of an operation, in place of a leaf.

        >>> from nn import MLP
        >>> list(MLP([3, 2], rng=0).named_parameters())
        ['layers.0.W', 'layers.0.b']
        >>> list(MLP([2, 1], node=Value, rng=0).named_parameters())
        ['layers.0.W[0,0]', 'layers.0.W[0,1]', 'layers.0.b[0]']
        """
        named: dict[str, Parameter] = {}
        for name, nodes in contents(self).parameters.items():
            if not isinstance(nodes, np.ndarray):
                named[name] = nodes
                continue
            for index in np.ndindex(nodes.shape):
                place = f"{name}[{','.join(map(str, index))}]"
                named[place] = nodes.item(index)
                if not isinstance(named[place], Node):
                    raise TypeError(
                        f"{place} is {named[place]!r} and no parameter any more: a Value gets another number "
                        "by its .data, as in layer.W[0, 0].data = 0.5"
                    )
        return named

    def parameters(self) -> list[Any]:
        """Every parameter in the order of the attributes, once: the first argument of an optimizer."""
        return list(self.named_parameters().values())

    @property
    def num_parameters(self) -> int:
        """The number of numbers to learn.

        >>> from nn import MLP
        >>> MLP([784, 16, 16, 10], rng=0).num_parameters
        13002
        """
        return _size(contents(self).parameters)

    def zero_grad(self) -> None:
        """Forget the gradients, before the next backward() adds to them."""
        for parameter in self.parameters():
            parameter.grad = None

    def state_dict(self) -> dict[str, NDArray[Any]]:
        """The numbers of every parameter and buffer, copied: the same arrays for either kind of node.

        They lie in memory row by row, as other programs expect, also where a W was set transposed.

        >>> from nn import MLP
        >>> {name: array.shape for name, array in MLP([3, 2], rng=0).state_dict().items()}
        {'layers.0.W': (2, 3), 'layers.0.b': (2,)}
        """
        return {name: plain_array(part).copy(order="C") for name, part in contents(self).state().items()}

    def load_state_dict(self, state: Mapping[str, ArrayLike]) -> None:
        """Set every parameter and buffer; numbers are converted to the dtype that each has.

        Raises:
            TypeError: for anything but a mapping of names to arrays.
            ValueError: names all that is missing, unexpected, of another shape, not real numbers,
                or too large for the dtype; then nothing is changed.

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
        inside = contents(self)
        own = inside.state()
        wrong = [f"missing {name}" for name in own if name not in state]
        wrong += [f"unexpected {name}" for name in state if name not in own]
        new: dict[str, NDArray[Any]] = {}
        for name in own:
            if name in state:
                try:
                    new[name] = _fitting(state[name], own[name])
                except ValueError as error:
                    wrong.append(f"{name} {error}")
        if wrong:
            raise ValueError(f"this state is not of {self!r}: {'; '.join(wrong)}. Nothing was changed")
        for name, array in new.items():
            if name in inside.buffers:
                inside.buffers[name].set(array)
            else:
                _assign(own[name], array)

    def summary(self) -> str:
        """A table of the modules with their parameters: text, which a notebook shows as a table.

        >>> import nn
        >>> print(nn.Sequential(nn.Layer(3, 2, rng=0), nn.Layer(2, 1, rng=1)).summary())
        module    kind   shapes           parameters
        layers.0  Layer  W (2, 3), b (2)           8
        layers.1  Layer  W (1, 2), b (1)           3
        total                                     11
        Tensors of float64, 88 bytes
        """
        inside = contents(self)
        lines = [["module", "kind", "shapes", "parameters"]]
        for name, own in inside.by_module().items():
            kind = type(inside.modules[name]).__name__
            shapes = ", ".join(f"{part}{_shape(nodes)}" for part, nodes in own.items())
            lines.append([name or "(itself)", kind, shapes, f"{_size(own):,}"])
        lines.append(["total", "", "", f"{_size(inside.parameters):,}"])
        return summary_of(lines, 3, inside.storage())

    def _repr_html_(self) -> str | None:
        try:
            summary = self.summary()
        except (TypeError, ValueError):  # of a module that is not finished; its repr tells of its parts
            return None
        if not isinstance(summary, TableText):  # a summary of the user's own
            return None
        return replace(summary.table, title=repr(self)).html()

    def __repr__(self) -> str:
        parts = [name for name, part in vars(self).items() if isinstance(part, (Module, Node, list, tuple))]
        return f"{type(self).__name__}({', '.join(parts)})"


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
        self.layers: list[Any] = list(layers)

    def __call__(self, x: Any) -> Any:
        """The outputs of the last layer."""
        for layer in self.layers:
            x = layer(x)
        return x

    @overload
    def __getitem__(self, place: int) -> Any: ...
    @overload
    def __getitem__(self, place: slice) -> Sequential: ...
    def __getitem__(self, place: int | slice) -> Any:
        """A layer, or the net of some of the layers."""
        return Sequential(*self.layers[place]) if isinstance(place, slice) else self.layers[place]

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.layers)

    def __repr__(self) -> str:
        layers = (getattr(layer, "__name__", None) or repr(layer) for layer in self.layers)
        return f"Sequential({', '.join(layers)})"


# -- numbers --------------------------------------------------------------------------------------


def set_numbers(nodes: Any, numbers: ArrayLike, subject: str) -> None:
    """Give a W or b other numbers, converted to its dtype; `subject` begins the error.

    Raises:
        ValueError: for numbers too large for the dtype; then nothing is changed.
    """
    try:
        array = _fitting(numbers, nodes)
    except ValueError as error:
        raise ValueError(f"{subject} {error}") from None
    _assign(nodes, array)


def _assign(nodes: Any, array: NDArray[Any]) -> None:
    if isinstance(nodes, Tensor):
        assign([nodes], [array])
    else:
        assign(np.ravel(nodes), array.ravel().tolist())


def _fitting(numbers: ArrayLike, part: Any) -> NDArray[Any]:
    """A copy of numbers in the dtype of a parameter or buffer.

    Raises:
        ValueError: with the second half of a message, to stand after the name.
    """
    try:
        array = plain_array(numbers)
    except ValueError:  # lists of different lengths
        raise ValueError("is no array") from None
    if not holds_reals(array):
        raise ValueError(f"holds {array.dtype}, not real numbers")
    if array.shape != np.shape(part):
        raise ValueError(f"has shape {array.shape}, expected {np.shape(part)}")
    dtype = np.dtype(np.float64) if _holds_values(part) else part.dtype
    with np.errstate(over="ignore", invalid="ignore"):
        converted: NDArray[Any] = array.astype(dtype, order="C")
    if dtype.kind != "f" and not np.array_equal(converted, array):
        raise ValueError(f"holds numbers that {dtype} does not have")
    if np.any(np.isinf(converted) & ~np.isinf(array)):
        raise ValueError(f"holds numbers too large for {dtype}")
    if isinstance(part, np.ndarray) and not part.flags.writeable and not _holds_values(part):
        raise ValueError("is a read-only array of this module")
    return converted


def _holds_values(part: Any) -> bool:
    return isinstance(part, Value) or part.dtype == np.dtype(object)


# -- tables ---------------------------------------------------------------------------------------


def summary_of(lines: list[list[str]], left: int, storage: str) -> TableText:
    """A table under its headings: its first columns to the left, the others to the right; and a last line.

    >>> print(summary_of([["layer", "biases"], ["1", "16"]], 1, "Tensors of float64"))
    layer  biases
    1          16
    Tensors of float64
    """
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = [
        "  ".join(
            cell.ljust(width) if place < left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    table = Table(lines[0], lines[1:], words=range(left), notes=[storage])
    return TableText("\n".join([*text, storage]), table)


def _size(parameters: Mapping[str, Any]) -> int:
    return sum(np.size(part) for part in parameters.values())


def _shape(part: Any) -> str:
    return f" ({', '.join(map(str, np.shape(part)))})" if np.shape(part) else ""
