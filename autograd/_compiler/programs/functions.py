"""A Python function, recorded at its first call for each kind of arguments, and then run as a program."""

from __future__ import annotations

import functools
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, overload

import numpy as np

from autograd._compiler.describe.markup import Listed
from autograd._compiler.programs.batched import Batch, batch_of, count_examples, example, joined, refuse_axes
from autograd._compiler.programs.kinds import (
    Call,
    HoldsNodes,
    Nodes,
    as_floats,
    check_function,
    flatten,
    kind_of,
    named_leaves,
    of_contents,
    parameter_names,
    refuse_exports,
    tensors,
    values,
    without_contents,
)
from autograd._compiler.programs.recordings import Graph, NotFinite, Recording, as_plain, build
from autograd._derivatives.transforms import differentiated_places
from autograd._graph.concretization import listed
from autograd._graph.context import SWITCHES, watching
from autograd._graph.tracing import Tracing
from autograd._support.callers import numpys_warnings, warn

__all__ = ["CompiledFunction"]

KEPT = 64  # kinds of arguments whose recordings are kept: the latest
OFTEN = 16  # recordings of one function before a warning
CHOICES = 8  # recordings for one kind of arguments, for what the function saw in their numbers
SCALARS = 10_000  # numbers in arrays that may become Values, each on its own


P = ParamSpec("P")
Q = ParamSpec("Q")
R = TypeVar("R")
S = TypeVar("S")


class CompiledFunction(Listed, Generic[P, R]):
    """A function that is recorded at its first call for each kind of arguments; made by `compile`.

    Its results are plain numbers and arrays, and have no ``backward()``: a gradient is `value_and_grad` of a
    function of its arguments, compiled too; by the parameters of a net it is what `nn.fit` computes.

    Attributes:
        programs: what was recorded, the latest kind of arguments last.
    """

    def __init__(self, f: Callable[P, R]) -> None:
        check_function(f)
        functools.update_wrapper(self, f, updated=())
        self._f = f
        self._places = differentiated_places(f)
        by_place = parameter_names(f, max(self._places, default=-1) + 1)
        self._names = {by_place[i] for i in self._places if i >= 0}
        # By the key of the arguments; an empty tuple where the function itself is called.
        self._recordings: dict[Any, list[Recording] | tuple[()]] = {}
        # By the key, with or without the contents of arrays, where the function itself is called.
        self._nodes: dict[Any, Nodes] = {}
        self._contents: dict[Any, int] = {}
        self._batches: dict[Any, Batch | None] = {}
        self._latest: Any = None
        self._count = 0

    if TYPE_CHECKING:

        def __call__(self, *args: P.args, **named: P.kwargs) -> R: ...

    def _call(self, /, *args: Any, **named: Any) -> Any:
        if SWITCHES["tracing"] and Tracing.current() is not None:
            return self._f(*args, **named)
        numbers: list[Any] = []
        try:
            key = self._key(args, named, numbers)
        except HoldsNodes:
            return self._f(*args, **named)
        recordings = self._recordings.get(key)
        if recordings is None or (SWITCHES["watched"] and watching()):
            return self._first(key, numbers, args, named)
        for recording in recordings:
            if recording.is_free or recording.holds(numbers):
                if recordings is not self._latest:
                    self._use(key)
                try:
                    return recording(numbers)
                except NotFinite:
                    return self._as_it_is(recording.nodes, numbers, args, named)
                except (ArithmeticError, ValueError):  # f may catch it
                    break
        return self._next(key, numbers, args, named)

    if not TYPE_CHECKING:
        __call__ = _call

    # -- the kind of arguments ----------------------------------------------------------------

    def _key(self, args: tuple[Any, ...], named: dict[str, Any], numbers: list[Any]) -> Any:
        try:
            if not self._places and not named:
                kinds: list[Any] = []
                has_double = False
                for x in args:
                    if type(x) is float:  # as in `flatten`, without its call
                        numbers.append(x)
                        kinds.append(float)
                    else:
                        kinds.append(flatten(x, numbers))
                        has_double = has_double or kinds[-1] is np.float64
                # Beside arrays of float32, NumPy tells its numbers from Python's.
                if has_double and all(type(x) is float for x in numbers):
                    kinds = [float if kind is np.float64 else kind for kind in kinds]
                return tuple(kinds)
            places = self._of_call(args)
            key: list[Any] = [flatten(x, numbers, i in places) for i, x in enumerate(args)]
            for name in sorted(named):
                key += [name, flatten(named[name], numbers, name in self._names)]
            return tuple(key)
        except RecursionError:
            raise ValueError(
                f"an argument of {self._name()} holds itself, or containers nested deeper than Python goes"
            ) from None
        except TypeError:
            for path, x in self._named_leaves(args, named):
                if type(x).__hash__ is None and not isinstance(x, np.ndarray):
                    raise TypeError(
                        f"{path} of a compiled function is a {type(x).__name__} ({x!r:.60}): it takes "
                        "numbers, arrays, lists, tuples, dicts, and all else that has a hash, for which it "
                        "is recorded anew; a tuple has one, or let the function refer to it from outside"
                    ) from None
            raise

    def _of_call(self, args: tuple[Any, ...]) -> set[int]:
        """The places of the arguments that a transform differentiates by."""
        return {i + len(args) if i < 0 else i for i in self._places}

    def _arguments(self, args: tuple[Any, ...], named: dict[str, Any]) -> list[tuple[str, Any, bool]]:
        """Each argument in the order of a key: its name, and whether a transform differentiates by it."""
        places, names = self._of_call(args), parameter_names(self._f, len(args))
        by_place = [(name, x, i in places) for i, (name, x) in enumerate(zip(names, args, strict=True))]
        return by_place + [(name, named[name], name in self._names) for name in sorted(named)]

    def _named_leaves(self, args: tuple[Any, ...], named: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        for name, x, is_differentiated in self._arguments(args, named):
            yield from named_leaves(x, name, is_differentiated)

    # -- recordings ---------------------------------------------------------------------------

    def _use(self, key: Any) -> None:
        """Note that the recordings of a key are used, so that those of others are dropped before them."""
        recordings = self._recordings.pop(key, None)
        if recordings is not None:
            self._recordings[key] = self._latest = recordings

    @numpys_warnings()
    def _as_it_is(self, nodes: Nodes, numbers: list[Any], args: tuple[Any, ...], named: Any) -> Any:
        """The result of the function itself, on nodes as of its recording."""
        if self._places:  # a transform makes nodes itself
            return as_plain(self._f(*args, **named))
        call = Call(self._f, self._arguments(args, named), len(args))
        return as_plain(call(iter(nodes(numbers, call))), any(isinstance(x, np.ndarray) for x in numbers))

    def _first(self, key: Any, numbers: list[Any], args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        if not watching():
            return self._next(key, numbers, args, named)
        nodes = self._nodes.get(key) or self._kinds(numbers, list(self._named_leaves(args, named)))[0]
        return self._as_it_is(nodes, numbers, args, named)

    @numpys_warnings()
    def _next(self, key: Any, numbers: list[Any], args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """The result where no recording holds: of a new one, or of the function itself."""
        recordings = self._recordings.get(key, [])
        family = key if recordings else without_contents(key)
        if nodes := self._nodes.get(key) or self._nodes.get(family):
            return self._as_it_is(nodes, numbers, args, named)
        if len(recordings) >= CHOICES:
            where = listed(list(dict.fromkeys(place for r in recordings for place in r.places)))
            reason = f"it sees something else in the numbers of {where} at nearly each call"
            return self._give_up(key, next(iter(recordings)).nodes, reason, numbers, args, named)
        nodes, recording = self._record(numbers, args, named)
        if isinstance(recording, str):
            return self._give_up(family, nodes, recording, numbers, args, named)
        if family != key:
            self._contents[family] = count = self._contents.get(family, 0) + 1
            if count > CHOICES:
                reason = of_contents(self._named_leaves(args, named), CHOICES)
                return self._give_up(family, nodes, reason, numbers, args, named)
        try:
            result = recording(numbers)
        except NotFinite:
            result = self._as_it_is(nodes, numbers, args, named)
        self._recordings[key] = [*recordings, recording]
        self._use(key)
        while len(self._recordings) > KEPT:
            self._nodes.pop(oldest := next(iter(self._recordings)), None)
            self._recordings.pop(oldest, None)
        if recording.places and not recordings:
            warn(
                f"compiling {self._name()} looked at the number of {listed(recording.places)}. Each call "
                "checks that the same is seen there, and otherwise the function is recorded anew; "
                "where(x > 0, a, b), maximum and relu choose in one recording, and functions of autograd "
                "take the place of math's",
                RuntimeWarning,
            )
        self._count += not recordings
        if self._count == OFTEN:
            warn(
                f"{self._name()} was recorded for {OFTEN} kinds of arguments, the latest {recording.text}: a "
                "whole number, a text or an object is a kind of its own, and so is each shape of an array, "
                "and each content where it holds whole numbers. Numbers that vary are floats, or arrays of "
                "floats of one shape",
                RuntimeWarning,
            )
        return result

    def _give_up(
        self, key: Any, nodes: Nodes, reason: str, numbers: list[Any], args: tuple[Any, ...], named: Any
    ) -> Any:
        result = self._as_it_is(nodes, numbers, args, named)
        self._nodes[key] = nodes
        self._recordings[key] = ()
        warn(f"{self._name()} runs as it is, without a program: {reason}", RuntimeWarning)
        return result

    def _name(self) -> str:
        return getattr(self._f, "__qualname__", None) or repr(self._f)

    def _kinds(self, numbers: list[Any], paths: list[tuple[str, Any]]) -> list[Nodes]:
        """The kinds of nodes for the leaves of arguments, the likelier first."""
        arrays = (x for x in (*numbers, *(leaf for _, leaf in paths)) if isinstance(x, np.ndarray))
        return [tensors, values] if any(True for _ in arrays) else [values, tensors]

    def _record(
        self, numbers: list[Any], args: tuple[Any, ...], named: dict[str, Any]
    ) -> tuple[Nodes, Recording | str]:
        """A recording, or why there is none; and the kind of its nodes."""
        call = Call(self._f, self._arguments(args, named), len(args))
        paths = list(self._named_leaves(args, named))
        text = ", ".join(f"{path}: {kind_of(x)}" for path, x in paths)
        from_arrays = any(isinstance(x, np.ndarray) for _, x in paths)
        first, second = self._kinds(numbers, paths)

        def recorded(nodes: Nodes) -> tuple[Nodes, Recording | str]:
            def recording_of(graph: Graph) -> Recording | str:
                return graph.obstacle() or Recording(graph, text, from_arrays, nodes)

            return nodes, build(call, numbers, functools.partial(nodes, numbers, call), recording_of)

        try:
            return recorded(first)
        except TypeError as error:
            # Where the function refers to nodes of the other kind, no operation joins the two.
            if call.returned or not 0 < sum(map(np.size, numbers)) <= SCALARS:
                raise
            try:
                return recorded(second)
            except TypeError:
                raise error from None

    # -- many examples ------------------------------------------------------------------------

    @numpys_warnings()
    def vmap(self, /, *args: Any, **named: Any) -> Any:
        """The results for many examples at once: those of a loop over the first axis of each array.

        A function of plain numbers, or of small arrays, becomes one program for all examples; where it
        cannot, as one that looks at a number, it is called for each. A plain number among the arguments is
        the same for all examples.

        Args:
            args, named: arguments as for one example, with an axis more in front of each array: an array
                of one axis has a number for each example.

        Returns:
            The function's result, with an array in place of each number, and an axis more in front of
            each array.

        Raises:
            ValueError: where there is no array, or where the lengths of the first axes differ.
            DomainError: as a call; names the example.

        >>> from autograd import compile, grad, sin
        >>> slope = compile(grad(lambda x, k: sin(k * x)))
        >>> slope.vmap(np.array([0.0, np.pi]), 2.0)
        array([2., 2.])
        """
        refuse_axes(self._f, named)
        named = {name: as_floats(x) for name, x in named.items()}
        args = tuple(map(as_floats, args))
        paths = list(self._named_leaves(args, named))
        count = count_examples(paths)
        # Other arrays, as masks, are a part of the kind of arguments, which differs from example to example.
        are_floats = all(x.dtype.kind == "f" for _, x in paths if isinstance(x, np.ndarray) and x.ndim)

        def of(i: int) -> tuple[tuple[Any, ...], dict[str, Any]]:
            return tuple(example(x, i) for x in args), {k: example(x, i) for k, x in named.items()}

        undefined: Exception | None = None
        if are_floats and (batch := self._batch(*of(0))) is not None:
            numbers: list[Any] = []
            self._key(args, named, numbers)
            try:
                results = batch(numbers, count)
            except (ArithmeticError, ValueError) as error:  # f may catch it
                results, undefined = None, error
            if results is not None:
                return results
        examples = map(of, range(count))
        try:
            return joined([self(*by_place, **by_name) for by_place, by_name in examples])
        except (ArithmeticError, ValueError) as error:
            raise undefined or error from None

    def _batch(self, args: tuple[Any, ...], named: dict[str, Any]) -> Batch | None:
        """A program for examples such as this; None where each is a call."""
        numbers: list[Any] = []
        key = self._key(args, named, numbers)
        if key not in self._batches:
            if len(self._batches) >= KEPT:
                self._batches.pop(next(iter(self._batches)), None)
            self._batches[key] = self._record_batch(numbers, args, named)
        return self._batches[key]

    def _record_batch(self, numbers: list[Any], args: tuple[Any, ...], named: dict[str, Any]) -> Batch | None:
        if Tracing.current() is not None or sum(map(np.size, numbers)) > SCALARS:
            return None
        call = Call(self._f, self._arguments(args, named), len(args))
        for nodes in (values, tensors):
            # An error or a warning of the function itself comes again, from the call for its example.
            with suppress(Exception), np.errstate(all="ignore"):
                batch = build(call, numbers, functools.partial(nodes, numbers, call), batch_of)
                if batch is not None:
                    return batch
        return None

    @property
    def programs(self) -> list[Any]:
        """The programs of the kinds of arguments so far, the latest used last.

        Each is a `Program`, or of arrays a `TensorProgram`, with its exports; a result without an operation
        on the arguments has none. Its parameters, theta, are the floats and arrays of the arguments, in
        order, then the leaves that the function refers to, as its operations meet them: of a net W and b of
        the first layer, then of the second. ``print(f)`` lists them.

        >>> from autograd import compile
        >>> f = compile(lambda x: x * x + 1.0)
        >>> f(3.0)
        10.0
        >>> print(f.programs[0])
        return x * x + 1   (1)
        >>> "int f(const real *theta" in f.programs[0].to_c("f")
        True
        """
        recordings = [r for recordings in list(self._recordings.values()) for r in recordings]
        return [r.program for r in recordings if r.program is not None]

    # -- a citizen of Python ------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"<compiled {self._name()}>"

    def __str__(self) -> str:
        """Each kind of arguments with the listing of its program."""
        recordings = [r for recordings in list(self._recordings.values()) for r in recordings]
        return "\n\n".join([repr(self), *map(str, recordings)])

    @overload
    def __get__(self, instance: None, owner: Any = None) -> CompiledFunction[P, R]: ...

    @overload
    def __get__(
        self: CompiledFunction[Concatenate[S, Q], R], instance: S, owner: Any = None
    ) -> Callable[Q, R]: ...

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    def __reduce__(self) -> Any:
        name, module = getattr(self, "__qualname__", ""), sys.modules.get(getattr(self, "__module__", ""))
        if getattr(module, name, None) is self:  # it decorates the function of this name
            return name
        return type(self), (self._f,)


refuse_exports(CompiledFunction)
