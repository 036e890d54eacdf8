"""Nets as ONNX models and as C."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike

from autograd._compiler.export.onnx_model import Arrays
from autograd._support.atomic import check_place
from autograd._support.extras import extra
from autograd._support.paths import as_path
from nn._interchange.recording import record_net
from nn._nets.modules import Module

__all__ = ["to_c", "to_onnx"]


def to_onnx(net: Module, path: str | os.PathLike[str] | None = None, *, X: ArrayLike | None = None) -> Any:
    """A net in evaluation mode as an ONNX model, for onnxruntime and any other runtime.

    Its input "X" is a batch of any size, of shape (examples, …), its output what ``net(X)`` gives. The
    parameters are initializers by their names, as in ``layers.0.W``: of an array that is used in parts, each
    part has a number behind its name. What depends on parameters and buffers alone is computed beforehand.

    Args:
        net: an `nn.MLP` or another `nn.Module`, of Tensors or of Values.
        path: a file to write it to, whole or not at all.
        X: some examples, of shape (n, …). Needed where the first layer does not tell the width of its inputs,
            as of images. The model is held to the net's outputs for them.

    Returns:
        An ``onnx.ModelProto``, in the net's dtype. onnxruntime computes every row of the table in float32,
        and in float64 all but tan, asin, acos, atan, sinh, cosh and erf.

    Raises:
        ImportError: when onnx is not installed, with the command that installs it.
        TypeError, ValueError: for anything but a module, and for X that the net does not take.
        NotImplementedError: for a net whose operations depend on its numbers, as by an ``if`` on a node, or
            on chance, or that no program of scalars or of ONNX computes, with the reason.
        FileNotFoundError, IsADirectoryError, PermissionError: when there is no such folder, `path` is one, or
            it is write-protected.

    >>> from nn import MLP
    >>> model = to_onnx(MLP([2, 3, 1], rng=0), "net.onnx")  # doctest: +SKIP
    >>> [numbers.name for numbers in model.graph.initializer]  # doctest: +SKIP
    ['layers.0.W', 'layers.0.b', 'layers.1.W', 'layers.1.b']
    """
    extra("onnx", "onnx", "to_onnx")
    _check_path(path, (".onnx",))
    recorded = record_net(net, X, "to_onnx")
    arrays = Arrays(recorded.parameters, recorded.inputs, recorded.outputs)
    return recorded.program._onnx(recorded.theta, path, arrays)


def to_c(
    net: Module,
    path: str | os.PathLike[str] | None = None,
    *,
    name: str | None = None,
    X: ArrayLike | None = None,
) -> str:
    """A net in evaluation mode as one C99 function of one example, with its parameters as constants.

    ``void NAME(const double inputs[…], double outputs[…])``, of float for a net of float32: to drop into a
    program or a firmware. It needs ``math.h`` and no memory from the heap, keeps no state, and says how many
    bytes of the stack it takes. A number that is undefined is nan, as of Tensors. C++ takes it too, under a
    name that is no word of its own.

    Args:
        net: an `nn.MLP` or another `nn.Module`, of Tensors or of Values.
        path: a file to write it to, which ends in .c or .h, whole or not at all.
        name: of the function; by default the name of the file, or "net".
        X: some examples, as of `to_onnx`.

    Returns:
        The source.

    Raises:
        TypeError, ValueError: as `to_onnx`; and for a name that is no identifier of C.
        NotImplementedError: as `to_onnx`, of C.
        FileNotFoundError, IsADirectoryError, PermissionError: as `to_onnx`.

    >>> from nn import MLP
    >>> source = to_c(MLP([2, 3, 1], rng=0))
    >>> source.split("#include <math.h>")[1].splitlines()[2]
    'void net(const double inputs[2], double outputs[1]);'
    """
    place = _check_path(path, (".c", ".h"))
    name = name if name is not None else place.stem if place is not None else "net"
    recorded = record_net(net, X, "to_c")
    return recorded.program.to_c(name, place, theta=recorded.theta)


def _check_path(path: str | os.PathLike[str] | None, endings: tuple[str, ...]) -> Path | None:
    if path is None:
        return None
    place = as_path(path)
    if place.suffix not in endings:
        raise ValueError(f"the file ends in {' or '.join(endings)}, not as {place.name!r}")
    check_place(place)
    return place
