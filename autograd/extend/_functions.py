"""Functions with their derivative as code: first order only, and an error where a second is asked for."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, overload

import numpy as np

from autograd._support.checks import holds_reals
from autograd._table import rows as table
from autograd.extend._array_rows import ArrayRow
from autograd.extend._define import add
from autograd.extend._registry import defining, new_key, register, users_module
from autograd.extend._rows import Function, OwnRow, Row, as_call, check_inputs, check_name, defaults_of

__all__ = ["function"]

Partial = Function | float | None
FIRST = (
    "gives its derivative as code, which has none of its own: it serves the first order only. For all orders "
    "write the derivative as text: autograd.extend.define(Row(...))"
)


@overload
def function(
    forward: None = None,
    partials: Partial | Sequence[Partial] = None,
    *,
    backward: Function | None = None,
    name: str | None = None,
    latex: str | None = None,
    whole_arrays: bool = False,
) -> Callable[[Function], Callable[..., Any]]: ...
@overload
def function(
    forward: Function,
    partials: Partial | Sequence[Partial] = None,
    *,
    backward: Function | None = None,
    name: str | None = None,
    latex: str | None = None,
    whole_arrays: bool = False,
) -> Callable[..., Any]: ...
def function(
    forward: Function | None = None,
    partials: Partial | Sequence[Partial] = None,
    *,
    backward: Function | None = None,
    name: str | None = None,
    latex: str | None = None,
    whole_arrays: bool = False,
) -> Any:
    r"""A function whose derivative is code: a partial for each input, or the gradient of the inputs.

    It takes numbers, arrays, Values and Tensors, element by element, and compiled programs take it. Its
    derivative is known in the first order; asking for a second is an error. Nothing is checked here: the
    derivative may be another on purpose, as that of a rounding; `autograd.gradcheck` compares it.

    Args:
        forward: the number from floats. Made of arithmetic and NumPy's functions it is called with whole
            arrays, other code once for each element. A default of its last inputs is one of the function.
        partials: for each input the derivative by it: a function of all inputs; a number, if it is constant;
            or None, if it is not known, and an error where it is asked for.
        backward: instead of these, the gradient of the inputs from that of the result, ``(g, *inputs)``: one
            number, or a tuple for several inputs. For a gradient that is no product of g and a partial, as a
            clipped one. The function has a derivative in reverse mode only then.
        name: of the function; by default the name of `forward`.
        latex: how it is written, as for `Row`.
        whole_arrays: with `backward`: both are called with whole arrays, of any shapes, and keyword arguments
            as they are given. Such a function takes arrays and Tensors, and no Values.

    Each call makes a new function, for good: call it once, not in a loop.

    Returns:
        The function; without `forward`, a decorator.

    Raises:
        TypeError: for anything but functions, for a function that does not take the inputs, and for both or
            neither of `partials` and `backward`.
        ValueError: for a name that no function can have, or LaTeX that cannot be filled in.

    A derivative by a series, a slope as a parameter, a gradient that is clipped on its way back, a rounding
    whose derivative is 1:

    >>> import math
    >>> from autograd import Value, grad
    >>> lgamma = function(math.lgamma, lambda x: math.log(x) - 1 / (2 * x) - 1 / (12 * x * x))
    >>> round(grad(lgamma)(10.0), 5)
    2.25175
    >>> @function(partials=(lambda x, slope: 1.0 if x > 0 else slope, None))
    ... def leaky(x, slope=0.1):
    ...     return x if x > 0 else slope * x
    >>> grad(leaky)(-2.0), grad(lambda x: leaky(x, slope=0.5))(-2.0)
    (0.1, 0.5)
    >>> clipped = function(lambda x: x, backward=lambda g, x: np.clip(g, -1, 1), name="clipped")
    >>> grad(lambda x: 5 * clipped(x))(2.0)
    1.0
    >>> straight = function(np.round, 1, name="straight")
    >>> grad(lambda x: straight(x) ** 2)(2.6)
    6.0
    """
    if forward is None:
        return lambda code: function(
            code, partials, backward=backward, name=name, latex=latex, whole_arrays=whole_arrays
        )
    if not callable(forward):
        raise TypeError(f"function takes a function, not {forward!r:.80}")
    if (partials is None) == (backward is None):
        raise TypeError(
            "function takes the derivative, in one of two forms: function(forward, partials), a function for "
            "each input, or function(forward, backward=...), the gradient of the inputs"
        )
    name = name or str(getattr(forward, "__name__", ""))
    if name == "<lambda>":
        raise ValueError("a lambda has no name to show: pass name='...'")
    check_name(name)
    if backward is not None and not callable(backward):
        raise TypeError(f"{name}: backward is a function of g and the inputs, not {backward!r:.80}")
    module = users_module()
    if whole_arrays:
        if backward is None:
            raise TypeError(
                f"{name}: with whole_arrays=True the derivative is backward=, a function of g and arrays"
            )
        return _of_arrays(name, forward, backward, latex, module)
    listed = [] if partials is None else list(partials) if isinstance(partials, (list, tuple)) else [partials]
    arity = len(listed) or _count_inputs(name, forward)
    most = len(table.INPUTS) - (backward is not None)
    if arity > most:
        raise ValueError(f"{name}: such a function takes up to {most} numbers, and this one has {arity}")
    inputs = table.INPUTS[:arity]
    check_inputs(name, forward, inputs)
    for i, partial in enumerate(listed):
        if callable(partial):
            check_inputs(f"{name}: the partial by {inputs[i]}", partial, inputs)
    if backward is not None:
        check_inputs(f"{name}: backward", backward, ("g", *inputs))
    parts = _Parts(name, forward, arity, latex, module)
    return parts.by_gradient(backward) if backward is not None else parts.by_partials(listed)


def _count_inputs(name: str, forward: Function) -> int:
    try:
        parameters = inspect.signature(forward).parameters.values()
    except (TypeError, ValueError):
        parameters = []  # type: ignore[assignment]
    places = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if not places:
        raise TypeError(f"{name}: its inputs cannot be counted; write it as a def with a name for each")
    return len(places)


class _Parts:
    """The rows of a function: its own, a row for each piece of code, and rows that refuse a derivative."""

    def __init__(self, name: str, forward: Function, arity: int, latex: str | None, module: str) -> None:
        self.name, self.forward, self.arity, self.module = name, forward, arity, module
        self.inputs = table.INPUTS[:arity]
        self.latex = latex or as_call(name, self.inputs)
        self.binds = None if latex else table.CALL
        self.rows: list[OwnRow] = []

    def row(
        self,
        function: Function,
        inputs: Sequence[str],
        texts: Sequence[str],
        latex: str,
        binds: int | None,
        **parts: Any,
    ) -> OwnRow:
        """A row that is found by its key alone."""
        description = Row(self.name, function, partials=inputs, latex=latex, binds=binds, **parts)
        row = OwnRow(description, self.module, new_key(self.name), {}, texts)
        row.public = False
        row.entry = f"function {self.name} ({len(self.rows) + 1})"
        row.domain_text, row.has_note = "", True  # unknown: an error repeats that of the code
        self.rows.append(row)
        return row

    def refusal(self, why: str, arity: int) -> str:
        """The text of a partial that raises an error."""

        def refuse(*inputs: Any) -> NoReturn:
            for x in inputs:
                np.asarray(x)  # not of symbols: a program that is being written raises it when it runs
            raise NotImplementedError(refuse.why)  # type: ignore[attr-defined]

        refuse.why = f"{self.name} {why}"  # type: ignore[attr-defined]
        inputs = table.INPUTS[:arity]
        row = self.row(refuse, inputs, ["0"] * arity, as_call(self.name, inputs), table.CALL)
        row.on_floats = row.on_arrays = row.quick = refuse
        return row.text

    def code_row(self, code: Function, arity: int, latex: str) -> OwnRow:
        """A row that calls a user's code, and has no derivative."""
        inputs = table.INPUTS[:arity]
        return self.row(code, inputs, [self.refusal(FIRST, arity)] * arity, latex, None)

    def by_partials(self, partials: Sequence[Any]) -> OwnRow:
        texts = []
        for i, partial in enumerate(partials):
            if callable(partial):
                texts.append(self.code_row(partial, self.arity, self.derivative_latex(i)).text)
            elif partial is None:
                named = [*defaults_of(self.forward, self.arity)]
                names = [*self.inputs[: self.arity - len(named)], *named]
                why = f"has no derivative by {names[i]}: its place among the partials says None"
                texts.append(self.refusal(why, self.arity))
            elif isinstance(partial, (int, float)) and math.isfinite(partial):
                texts.append(repr(partial))
            else:
                raise TypeError(
                    f"{self.name}: a partial is a function of the inputs, a number or None, not "
                    f"{partial!r:.60}; as text it belongs to autograd.extend.define(Row(...))"
                )
        return self.add_row(texts)

    def by_gradient(self, backward: Function) -> OwnRow:
        why = "says only what becomes of a gradient on its way back: it has no derivative in forward mode"
        texts = [self.refusal(why, self.arity)] * self.arity
        contributions = []
        for i in range(self.arity):
            code = backward if self.arity == 1 else _part(self.name, backward, i, self.arity)
            row = self.code_row(code, self.arity + 1, self.derivative_latex(i, gradient=True))
            contributions.append(f"{row.key}(g, {', '.join(self.inputs)})")
        return self.add_row(texts, tuple(contributions))

    def derivative_latex(self, i: int, gradient: bool = False) -> str:
        r"""How its derivative by an input is written: lgamma′(x), ∂₁leaky(x, y)."""
        upright = rf"\operatorname{{{{{self.name.replace('_', '')}}}}}"
        inputs = table.INPUTS[: self.arity + gradient]
        sign = f"{upright}'" if self.arity == 1 else rf"\partial_{{{{{i + 1}}}}} {upright}"
        return rf"{sign}({', '.join(f'{{{x}}}' for x in inputs)})"

    def add_row(self, texts: Sequence[str], contributions: tuple[str, ...] | None = None) -> OwnRow:
        defaults = defaults_of(self.forward, self.arity)
        row = self.row(self.forward, self.inputs, texts, self.latex, self.binds, defaults=defaults)
        row.entry = f"function {self.name}"
        if contributions is not None:
            row.contribute(contributions)
            row.reverse_only = True
        row.__doc__ = inspect.getdoc(self.forward) or f"{self.name}, with its derivative as code."
        with defining.current:
            add(self.rows)
        return row


def _part(name: str, backward: Function, i: int, arity: int) -> Function:
    return lambda *args: _gradient_of(name, backward(*args), i, arity)


def _gradient_of(name: str, gradients: Any, i: int, arity: int) -> Any:
    """The gradient of one of several inputs, from the result of a backward."""
    if isinstance(gradients, (tuple, list)) and len(gradients) == arity:
        return gradients[i]
    raise TypeError(
        f"{name}: backward gives a tuple of {arity} gradients, one for each input, not {gradients!r:.60}"
    )


def _unchanging(x: Any) -> Any:
    """An array that a user's code cannot write to: it belongs to a Tensor, or to other gradients."""
    if isinstance(x, np.ndarray):
        x = x.view()
        x.flags.writeable = False
    return x


def _of_arrays(name: str, forward: Function, backward: Function, latex: str | None, module: str) -> ArrayRow:
    """A function of whole arrays: its transposes, of arrays, are a primitive of their own on Tensors."""

    def refuse(*args: Any, **params: Any) -> NoReturn:
        raise NotImplementedError(f"{name} {FIRST.replace('Row', 'ArrayRow')}")

    def no_tangent(*args: Any, **params: Any) -> NoReturn:
        raise NotImplementedError(f"{name} says only what becomes of a gradient: it has none in forward mode")

    def parts(g: Any, *args: Any, **params: Any) -> Callable[[int], Any]:
        return lambda i: part(g, *args, i=i, **params)

    def gradient_of(g: Any, *args: Any, i: int, **params: Any) -> Any:
        gradients = backward(*map(_unchanging, (g, *args)), **params)
        if len(args) > 1 or isinstance(gradients, tuple):
            gradients = _gradient_of(name, gradients, i, len(args))
        gradient = real(gradients, "backward")
        if gradient.shape != np.shape(args[i]):
            raise ValueError(
                f"{name}: backward gives the shape {gradient.shape} for argument {i}, of {np.shape(args[i])}"
            )
        return np.array(gradient)

    def copied(*args: Any, **params: Any) -> Any:
        if any(isinstance(a, np.ndarray) and a.dtype == object for a in args):
            raise TypeError(f"{name} takes arrays of numbers and Tensors, and no arrays of Values")
        return np.array(real(forward(*map(_unchanging, args), **params), "forward"))

    def real(result: Any, code: str) -> Any:
        array = np.asarray(result)
        if not holds_reals(array):
            raise TypeError(f"{name}: {code} gives {result!r:.60}, not an array of real numbers")
        return array

    part = ArrayRow(name, gradient_of, lambda g, *args, **params: refuse, joint=True, tangent=no_tangent)
    row = ArrayRow(name, copied, parts, joint=True, tangent=no_tangent, latex=latex)
    part.entry, row.entry = f"function {name} (1)", f"function {name}"
    for primitive in (part, row):
        primitive.module = module
        register(primitive)
    row.__doc__ = inspect.getdoc(forward)
    return row
