"""Traced operations as the source of a Python function: one NumPy call a line, into buffers made once.

A buffer is used again after the last use of its contents. A reshape, a transpose or a basic index is a
view: of a buffer it is made with the buffer, of an argument in each call. Results are new arrays, into
which the calls that compute them write.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import numpy as np

from autograd._compiler.numpy_code.names import NAMED_OUT, WRITTEN, Functions, Namespace, identifier
from autograd._compiler.row_calls import Symbol
from autograd._compiler.tensors.array_calls import CALLS, index_text
from autograd._compiler.tensors.plan import Plan, has_out, is_view, view_of
from autograd._compiler.tensors.structural import ArrayCall, Shape
from autograd._compiler.tensors.traced import Trace, Traced

__all__ = ["Generated", "generate"]

RESERVED = {"array", "gradient", "run", "theta", "views_of"}


class Origin(Enum):
    """Where the memory of an array comes from."""

    CONSTANT = "numbers that never change"
    ARGUMENT = "an array of the caller's"
    PARAMETER = "a part of the vector of parameters"
    BUFFER = "an array of the function's own"
    RESULT = "an array made in each call, for the caller"
    CALL = "the result of a function that makes its own array"


@dataclass(frozen=True)
class Place:
    """An array in the generated code.

    Attributes:
        text: its name.
        array: one of the same shape, dtype and memory order; of a constant the array itself.
        origin: of its memory.
    """

    text: str
    array: Any
    origin: Origin


@dataclass(frozen=True)
class Generated:
    """The source of a module with a function ``run``.

    Attributes:
        source: its text; executed, it makes the buffers and defines the function, and where parameters are
            parts of a vector ``views_of``: the vector for the gradient, and views of both, which are then the
            first arguments of the function.
        namespace: the names that the text does not define.
        multiplications: in the largest product of two matrices.
    """

    source: str
    namespace: dict[str, Any]
    multiplications: int


def generate(
    trace: Trace,
    arguments: Sequence[Traced],
    value: Traced | None,
    gradient: Sequence[Traced],
    outputs: Sequence[Traced],
    names: dict[Symbol, str],
    in_vector: bool,
    by_products: bool,
) -> Generated:
    """The source of a function from arrays to a tuple: a number, derivatives, and arrays.

    Args:
        trace: holds the operations.
        arguments: the arguments of the function, in order.
        value: one number, returned as a Python float; None for none.
        gradient: the derivatives by the first arguments.
        outputs: further results.
        names: preferred names of symbols.
        in_vector: write the derivatives to parts of one vector.
        by_products: add up all numbers of a small array by a product with ones: quicker, but NumPy does not
            warn of an overflow.
    """
    ends = [trace.filled(x) for x in (*([] if value is None else [value]), *gradient, *outputs)]
    first = value is not None
    writer = Writer(trace, arguments, names, Plan(trace, arguments, ends, ends[first:], not in_vector))
    writer.by_products = by_products
    derivatives = ends[first : first + len(gradient)]
    if in_vector:
        writer.share_vector(derivatives)
    writer.compute()
    texts = [f"{writer.places[ends[0]._symbol].text}.item()"] if first else []
    texts += ["gradient"] * in_vector
    texts += [writer.result(x._symbol) for x in ends[first + len(gradient) * in_vector :]]
    return writer.generated(texts)


class Writer:
    """Writes the lines of a function.

    Attributes:
        setup: the lines that make buffers, views of them and constants.
        body: the lines of the function.
        places: the array of each symbol.
    """

    def __init__(
        self, trace: Trace, arguments: Sequence[Traced], names: dict[Symbol, str], plan: Plan
    ) -> None:
        self.trace, self.names, self.plan = trace, names, plan
        self.namespace: dict[str, Any] = {}
        self.fresh = Namespace(RESERVED).fresh
        self.places: dict[Symbol, Any] = {}
        self.setup: list[str] = []
        self.body: list[str] = []
        self.multiplications = 0
        self.by_products = False
        self.function = Functions(self.fresh, self.namespace)
        self._expressions: dict[str, str] = {}  # that are evaluated with the buffers, and their names
        self._constants: dict[Any, str] = {}
        self._free: dict[tuple[Shape, Any], list[Place]] = {}
        self._buffers: dict[Symbol, Place] = {}
        self._parts: list[tuple[Symbol, str]] = []  # of the vector of the gradient
        self._views: dict[str, str] = {}  # of vectors, made once for each
        self._count = 0
        self._arguments: list[str] = []
        for argument in arguments:
            text = self.fresh(identifier(names.get(argument._symbol, "x")))
            self._arguments.append(text)
            array = plan.stand_in(argument.shape, argument.dtype)
            self.places[argument._symbol] = Place(text, array, Origin.ARGUMENT)

    def share_vector(self, derivatives: Sequence[Traced]) -> None:
        """Let parameters and their derivatives be parts of vectors."""
        for symbol, place in list(self.places.items())[: len(derivatives)]:
            self.places[symbol] = replace(place, origin=Origin.PARAMETER)
        self._views.update(zip(self._arguments, _parts_of("theta", derivatives), strict=False))
        for derivative, part in zip(derivatives, _parts_of("gradient", derivatives), strict=True):
            text = self._name(derivative._symbol)
            self._views[text] = part
            self._parts.append((derivative._symbol, text))

    def compute(self) -> None:
        """Write the lines that compute all symbols."""
        for place, symbol in enumerate(self.plan.order):
            self._compute(symbol, place)
            for root in self.plan.ends.get(place, ()):
                if (buffer := self._buffers.pop(root, None)) is not None:
                    self._free.setdefault((buffer.array.shape, buffer.array.dtype), []).append(buffer)

    def result(self, symbol: Symbol) -> str:
        """The text of a result: an array of the caller's own."""
        place = self.places[symbol]
        is_own = has_out(symbol) or is_view(symbol)
        if is_own and self.plan.roots[symbol] and self.plan.roots[symbol] <= self.plan.direct:
            return str(place.text)
        return f"{self.function(np.array)}({place.text})"

    def generated(self, results: Sequence[str]) -> Generated:
        for symbol, text in self._parts:
            if self.places[symbol].text != text:
                self.body.append(f"{text}[...] = {self.places[symbol].text}")
        lines = [f"from numpy import {', '.join(sorted(self.function.imported))}", "", *self.setup, ""]
        arguments = self._arguments
        if self._parts:
            lines += [
                "def views_of(theta, gradient):",
                *(f"    {name} = {text}" for name, text in self._views.items()),
                f"    return gradient, {''.join(f'{name}, ' for name in self._views).rstrip()}",
                "",
            ]
            arguments = ["gradient", *self._views, *arguments[len(self._parts) :]]
        lines += [
            f"def run({', '.join(arguments)}):",
            *(f"    {line}" for line in self.body),
            f"    return {', '.join(results)}{',' if len(results) == 1 else ''}",
        ]
        return Generated("\n".join([*lines, ""]), self.namespace, self.multiplications)

    # -- names --------------------------------------------------------------------------------

    def method(self, ufunc: np.ufunc, name: str) -> str:
        """The name of a method of a function, as ``add.reduce``."""
        return self.once(f"{ufunc.__name__}_{name}", f"{self.function(ufunc)}.{name}")

    def once(self, preferred: str, expression: str) -> str:
        """The name of an expression that is evaluated with the buffers."""
        if expression not in self._expressions:
            self._expressions[expression] = self.fresh(preferred)
            self.setup.append(f"{self._expressions[expression]} = {expression}")
        return self._expressions[expression]

    def constant(self, x: Any, preferred: str) -> str:
        """The name of an array that never changes."""
        key: Any = (x.shape, x.dtype.str, x.tobytes()) if x.size <= WRITTEN else id(x)
        if key not in self._constants:
            text = self._constants[key] = self.fresh(identifier(preferred))
            if 0 < x.size <= WRITTEN and np.isfinite(x).all():
                self.setup.append(f"{text} = array({x.tolist()}, {self.function(x.dtype.type)})")
            else:
                self.setup.append(f"# {text}: {x.dtype}, shape {x.shape}")
                self.namespace[text] = x
        return self._constants[key]

    def held(self, x: Any, preferred: str) -> str:
        """The name of a parameter of a row."""
        text = self.fresh(preferred)
        self.namespace[text] = x
        return text

    def argument(self, a: Any) -> str:
        """An argument of a call."""
        if isinstance(a, Symbol):
            return str(self.places[a].text)
        if isinstance(a, bool):
            return repr(a)
        if self.trace.dtype is None:  # a number that takes the dtype of the other argument
            return repr(a) if math.isfinite(a) else self.held(a, "number")
        with np.errstate(all="ignore"):
            return self.constant(np.asarray(a, self.trace.dtype), f"{a:g}")

    def empty(self, shape: Shape, dtype: Any) -> str:
        return f"{self.function(np.empty)}({shape}, {self.function(np.dtype(dtype).type)})"

    def _name(self, symbol: Symbol) -> str:
        if symbol in self.names:
            return self.fresh(identifier(self.names[symbol]))
        self._count += 1
        return self.fresh(f"t{self._count}")

    # -- lines --------------------------------------------------------------------------------

    def _compute(self, symbol: Symbol, place: int) -> None:
        if symbol in self.plan.static:
            self.places[symbol] = self._evaluated(symbol)
        elif is_view(symbol):
            self.places[symbol] = self._view(symbol)
        elif has_out(symbol):
            into = self._target(symbol, place)
            if isinstance(symbol.call, np.ufunc):
                args = ", ".join(map(self.argument, symbol.args))
                out = f"out={into.text}" if symbol.call in NAMED_OUT else into.text
                self.body.append(f"{self.function(symbol.call)}({args}, {out})")
            else:
                CALLS[symbol.call.name](self, symbol.call, list(map(self._operand, symbol.args)), into)
            self.places[symbol] = into
        else:
            self.places[symbol] = self._called(symbol)

    def _evaluated(self, symbol: Symbol) -> Constant:
        """A constant, computed with the code."""
        x = self.trace.constants.get(symbol)
        if x is None:
            is_weak = self.trace.dtype is None
            args = [a if isinstance(a, bool) or (is_weak and isinstance(a, float)) else self._operand(a).array
                    for a in symbol.args]  # fmt: skip
            with np.errstate(all="ignore"):
                x = np.asarray(symbol.call(*args), self.trace.dtype_of(symbol))
        return Constant(self, x, self.names.get(symbol, "constant"))

    def _operand(self, a: Any) -> Any:
        """An argument with its array."""
        if isinstance(a, Symbol):
            return self.places[a]
        return Constant(self, np.asarray(a, self.trace.dtype or np.float64), f"{a:g}")

    def _view(self, symbol: Symbol) -> Place:
        of, call = self.places[symbol.args[0]], symbol.call
        if symbol in self.plan.copied and self.plan.roots[symbol]:
            into = self._target(symbol, None)
            view = self.reshaped(into, of.array.shape)
            self.body.append(f"{view}[...] = {of.text}")
            return into
        ending = {"transpose": "T", "reshape": "flat"}.get(call.name, "view")
        name = self.names.get(symbol, f"{of.text}_{ending}")
        return self._derived(of, name, _view_text(self, of.text, call), view_of(of.array, call))

    def _derived(self, of: Place, name: str, expression: str, array: Any) -> Place:
        """A view, made with what it is a view of."""
        text = self.fresh(identifier(name))
        if of.origin is Origin.PARAMETER:
            self._views[text] = expression
        else:
            (self.setup if of.origin is Origin.BUFFER else self.body).append(f"{text} = {expression}")
        return Place(text, array, of.origin)

    def reshaped(self, place: Place, shape: Shape) -> str:
        """The name of a contiguous array in another shape."""
        array = place.array.reshape(shape)
        return self._derived(place, f"{place.text}_flat", f"{place.text}.reshape({shape})", array).text

    def _target(self, symbol: Symbol, place: int | None) -> Place:
        """An array for the result of a call: a spent argument, a buffer, or a new array."""
        shape, dtype = self.trace.shape_of(symbol), np.dtype(self.trace.dtype_of(symbol))
        if symbol in self.plan.direct:
            text = next((text for own, text in self._parts if own is symbol), None)
            if text is None:
                text = self._name(symbol)
                self.body.append(f"{text} = {self.empty(shape, dtype)}")
            return Place(text, self.plan.stand_in(shape, dtype), Origin.RESULT)
        spent = symbol.args if isinstance(symbol.call, np.ufunc) else ()
        for a in spent:
            buffer = self._buffers.get(a) if isinstance(a, Symbol) else None
            is_free = buffer is not None and self.plan.last[a] == place and self.places[a] is buffer
            if is_free and (buffer.array.shape, buffer.array.dtype) == (shape, dtype):  # type: ignore[union-attr]
                del self._buffers[a]
                break
        else:
            if free := self._free.get((shape, dtype)):
                buffer = free.pop()
            else:
                text = self._name(symbol)
                self.setup.append(f"{text} = {self.empty(shape, dtype)}")
                buffer = Place(text, self.plan.stand_in(shape, dtype), Origin.BUFFER)
        assert buffer is not None
        self._buffers[symbol] = buffer
        return buffer

    def _called(self, symbol: Symbol) -> Place:
        """The result of a function that makes its own array."""
        call = symbol.call
        function, params = (call.function, call.params) if isinstance(call, ArrayCall) else (call, {})
        args = [self.argument(a) for a in symbol.args]
        args += [f"{name}={self._parameter(x)}" for name, x in params.items()]
        shape, dtype = self.trace.shape_of(symbol), np.dtype(self.trace.dtype_of(symbol))
        text, line = self._name(symbol), f"{self.function(function)}({', '.join(args)})"
        self.body.append(f"{text} = {self.function(np.asarray)}({line}, {self.function(dtype.type)})")
        return Place(text, self.plan.stand_in(shape, dtype), Origin.CALL)

    def _parameter(self, x: Any) -> str:
        is_plain = isinstance(x, tuple) and all(isinstance(part, int) for part in x)
        return (
            repr(x) if is_plain or x is None or isinstance(x, (bool, int, str)) else self.held(x, "parameter")
        )


class Constant:
    """A constant array, named when a line uses it."""

    origin = Origin.CONSTANT

    def __init__(self, writer: Writer, array: Any, preferred: str) -> None:
        self._writer, self.array, self._preferred = writer, array, preferred

    @property
    def text(self) -> str:
        return self._writer.constant(self.array, self._preferred)


def _view_text(writer: Writer, of: str, call: ArrayCall) -> str:
    params = call.params
    match call.name:
        case "reshape":
            return f"{of}.reshape({params['shape']})"
        case "getitem":
            return f"{of}[{index_text(writer, params['index'])}]"
        case "broadcast_to":
            return f"{writer.function(np.broadcast_to)}({of}, {params['shape']})"
    axes = params["axes"]
    return f"{of}.T" if axes == tuple(range(len(axes)))[::-1] else f"{of}.transpose({axes})"


def _parts_of(vector: str, arrays: Sequence[Traced]) -> list[str]:
    """The text of each array as a view of a vector that holds all of them."""
    texts, start = [], 0
    for array in arrays:
        stop = start + array.size
        shaped = "" if array.ndim == 1 else f".reshape({array.shape})"
        texts.append(f"{vector}[{start}:{stop}]{shaped}")
        start = stop
    return texts
