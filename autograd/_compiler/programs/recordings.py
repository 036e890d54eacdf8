"""One recording of a function, for one kind of arguments: its graph as a program."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import isfinite
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from autograd._compiler.find.tape import read as read_values
from autograd._compiler.find.tensors.tape import read
from autograd._compiler.programs.program import Program, program_of
from autograd._compiler.programs.tensor_program import TensorProgram
from autograd._compiler.programs.tensors.plain import in_plain_arithmetic
from autograd._compiler.tensors.walk import task_of
from autograd._derivatives.structures import is_container, leaves, rebuild
from autograd._graph.concretization import Look, noting_looks
from autograd._graph.conditions import Condition
from autograd._graph.context import resumed
from autograd._graph.leaving import explain_choice
from autograd._graph.node import Node, plain, topological_order
from autograd._graph.primitive import lookup
from autograd._graph.tracing import Tracing
from autograd._nodes.tensor import Tensor
from autograd._nodes.value import Value
from autograd._support.collector import spared
from autograd._support.entering import is_number

__all__ = ["DOUBLE", "Graph", "NotFinite", "Recording", "Truth", "as_plain", "build"]

Array = NDArray[Any]
Call = Callable[[Iterator[Any]], Any]  # of a function, with nodes for the leaves of its arguments

DOUBLE = np.dtype(np.float64)
B = TypeVar("B")
FLOATS = (np.dtype(np.float32), DOUBLE)  # the dtypes of Tensors


class Graph:
    """The graph of one call of a function on fresh nodes.

    Args:
        call: calls the function.
        numbers: the leaves of the arguments: floats and arrays.
        variables: for each of them a Value, a Tensor, or an array of Values.
        captured: interior nodes from outside, which have one number for ever.
    """

    def __init__(
        self, call: Call, numbers: Sequence[Any], variables: Sequence[Any], captured: Sequence[Node] = ()
    ) -> None:
        self.variables = [v for x in variables for v in (x.flat if isinstance(x, np.ndarray) else (x,))]
        # A variable of its own: `float` of the others is noted, and no error as inside a transform.
        with resumed(), spared(), Tracing().differentiating([Value(0.0)]) as run, noting_looks() as record:
            try:
                out = call(iter(variables))
            except ValueError as error:
                explain_choice(error)
                raise
            run.taken_out = None
        # Whether a program takes all leaves as they are.
        self.are_floats = all(type(x) is float for x in numbers)
        self.are_arrays = all(isinstance(x, np.ndarray) and x.dtype in FLOATS for x in numbers)
        self.record = record
        with resumed(), spared():
            if isinstance(out, np.ndarray) and out.dtype == object and not out.ndim:
                out = out.item()
            self.out = rebuild(out, iter([_result(part, path) for path, part in leaves(out)]))
            self.parts = [part for _, part in leaves(self.out) if isinstance(part, (Node, Truth))]
            paths = [path for path, _ in leaves(self.out)]
            has_text = any(isinstance(part, (str, bytes)) for _, part in leaves(self.out))
            looked = [
                (look, look.node if isinstance(look.node, Node) else look.node.node())
                for look in record.looks
                if has_text or look.text is None or any(look.text in path for path in paths)
            ]
        self.looked = [(look, node) for look, node in looked if isinstance(node, Node)]
        results = [part.node if isinstance(part, Truth) else part for part in self.parts]
        # A derivative is none where the function is undefined, though its formula may be a number there.
        copied = {link for node in results if node._op is lookup("_identity") for link in node._links()}
        checked = [n for n in record.differentiated if isinstance(n, Value) and n not in copied]
        self.results = _values_first([*results, *checked])
        self.order = topological_order(*self.results, *(node for _, node in self.looked))
        known, outside = set(self.variables), set(captured)
        self.depending = set(known)
        hidden: dict[Node, None] = {}
        for node in self.order:
            if node in outside or (node._op is None and node not in known and not run.contains(node)):
                hidden[node] = None
            elif not self.depending.isdisjoint(node._links()):
                self.depending.add(node)
        # As operations meet them: those of a net's first layer, then of its second.
        met = (link for node in self.order if node not in hidden for link in node._links())
        self.hidden = [*dict.fromkeys([*(link for link in met if link in hidden), *hidden])]
        follows = set(self.hidden)
        for node in self.order:
            if node not in follows and not follows.isdisjoint(node._links()):
                follows.add(node)
        # A captured interior node is in the graph like one that the function computed from the same leaves.
        self.doubtful = [
            n for n in self.order if n in follows and n._op is not None and n not in self.depending
        ]
        self.looked = [(look, n) for look, n in self.looked if n in self.depending or n in follows]

    def obstacle(self) -> str:
        """Why the graph is none of each call, empty where it is; random numbers are drawn again."""
        if self.record.paused:
            return f"it computes inside no_grad() ({self.record.paused}), where nothing is recorded"
        if self.record.failed:
            return f"it catches an error of an operation ({self.record.failed}), which numbers decide"
        if self.record.rewind():
            return "it draws random numbers, which are others at each call"
        return ""


def _values_first(nodes: Iterable[Any]) -> list[Any]:
    """Each node once, Values before Tensors."""
    return sorted(dict.fromkeys(nodes), key=lambda node: isinstance(node, Tensor))


class Truth:
    """A comparison among the results of a function."""

    def __init__(self, node: Node, is_array: bool) -> None:
        self.node, self.is_array = node, is_array


def _result(part: Any, path: str) -> Any:
    """A part of a result: a node, a comparison, or a constant."""
    if isinstance(part, Condition):
        node = part.node()
        return Truth(node, part.is_array) if isinstance(node, Node) else bool(part.holds())
    if isinstance(part, (Node, str, bytes, type(None))) or is_number(part):
        return part
    if isinstance(part, np.ndarray) and part.dtype.kind in "fiubUSMm":
        return part.copy()
    raise TypeError(
        "compile needs a function whose result is a number, an array, a node, or a list, tuple, dict or "
        f"array of those, not {type(part).__name__}"
        + (f" of {part.dtype}" if isinstance(part, np.ndarray) else "")
        + (f" at {path}" if path else "")
    )


class NotFinite(Exception):
    """A result of Values is not finite."""


Evaluate = Callable[[list[Any]], Sequence[Any]]


class Evaluation:
    """Nodes as a function of the leaves of the arguments, and of leaves from outside.

    Args:
        nodes: to compute: Values, then Tensors. They are not kept.
        graph: theirs.

    Attributes:
        run: the function.
        program, arrays: of the Values and of the Tensors; None without any.
    """

    def __init__(self, nodes: Sequence[Node], graph: Graph) -> None:
        values = [node for node in nodes if isinstance(node, Value)]
        tensors = [node for node in nodes if isinstance(node, Tensor)]
        self.program = self.arrays = None
        if values:
            self.program, of_values = _of_values(values, graph)
            self.run = of_values
        if tensors:
            self.arrays, of_tensors = _of_tensors(tensors, graph)
            self.run = (
                of_tensors if not values else lambda numbers: [*of_values(numbers), *of_tensors(numbers)]
            )
        if not nodes:
            self.run = lambda numbers: []


def _of_values(values: list[Value], graph: Graph) -> tuple[Program, Evaluate]:
    hidden: list[Any] = [h for h in graph.hidden if isinstance(h, Value)]
    variables = [v for v in graph.variables if isinstance(v, Value)]
    program = program_of(read_values(values, [], [*variables, *hidden]), DOUBLE, single=False)
    compute = program._runner.numbers
    if graph.variables and not variables:
        return program, lambda numbers: compute([h._primal for h in hidden])
    if graph.are_floats:
        if hidden:
            return program, lambda numbers: compute([*numbers, *[h._primal for h in hidden]])
        return program, compute

    def evaluate(numbers: list[Any]) -> list[float]:
        theta: list[float] = []
        for x in numbers:
            theta += np.ravel(x).tolist() if isinstance(x, np.ndarray) else (x,)
        return compute([*theta, *[h._primal for h in hidden]])

    return program, evaluate


def _of_tensors(tensors: list[Tensor], graph: Graph) -> tuple[TensorProgram, Evaluate]:
    hidden: list[Any] = [h for h in graph.hidden if isinstance(h, Tensor)]
    variables: list[Any] = [v for v in graph.variables if isinstance(v, Tensor)]
    tape, _ = read(tensors, [*variables, *hidden])
    program = TensorProgram(tape, tape.leaves, list(range(len(tensors))))
    recorded = [leaf._primal for leaf in (*variables, *hidden)]
    compute = in_plain_arithmetic(tape, recorded, task_of(tape, None, outputs=True))
    if graph.variables and not variables:
        return program, lambda numbers: compute([h._primal for h in hidden])
    if not hidden and graph.are_arrays:
        return program, compute
    dtypes = [v.dtype for v in variables]

    def evaluate(numbers: list[Any]) -> Sequence[Any]:
        return compute([*map(np.asarray, numbers, dtypes), *[h._primal for h in hidden]])

    return program, evaluate


class Recording:
    """A function for one kind of arguments, as a program.

    Attributes:
        text: the kind of arguments.
        nodes: the function that made nodes of the leaves of the arguments.
        places: the user's lines that looked at a number.
        program: of the results: a `Program` of Values, a `TensorProgram` of Tensors, None of constants.
        is_free: whether no look at a number, and no setting, has to be checked.
    """

    def __init__(self, graph: Graph, text: str, from_arrays: bool, nodes: Any) -> None:
        self.text, self.nodes = text, nodes
        self.places = list(dict.fromkeys(_where(look) for look, _ in graph.looked if look.place))
        guards = _values_first(node for _, node in graph.looked)
        places = {node: i for i, node in enumerate(guards)}
        self._seen = [(places[node], look.by, look.seen) for look, node in graph.looked]
        self._guards = Evaluation(guards, graph).run
        self._settings = list(graph.record.settings.values())
        self.is_free = not guards and not self._settings
        results = Evaluation(graph.results, graph)
        self.program = results.program or results.arrays
        self._run, self._has_values = results.run, results.program is not None
        self._build = _builder(
            graph.out, {node: i for i, node in enumerate(graph.results)}, from_arrays, set()
        )

    def __str__(self) -> str:
        program = self.program
        shown = "a constant" if program is None else f"theta: {program.theta_text()}\n{program}"
        return f"{self.text}\n{shown}"

    def holds(self, numbers: list[Any]) -> bool:
        """Whether on these numbers the function would see what it saw while it was recorded."""
        if any(read() != seen for read, seen in self._settings):
            return False
        try:
            with np.errstate(all="ignore"):
                values = self._guards(numbers)
        except (ArithmeticError, ValueError):  # a later choice may be undefined where an earlier one differs
            return False
        return all(_same(by(values[i]), seen) for i, by, seen in self._seen)

    def __call__(self, numbers: list[Any]) -> Any:
        """The function's result.

        Raises:
            NotFinite: where a Value is not finite, and the function itself says whether that is an error.
        """
        values = self._run(numbers)
        if self._has_values:
            for x in values:
                if type(x) is float and not isfinite(x):
                    raise NotFinite
        return self._build(values)


def _where(look: Look) -> str:
    node = look.node if isinstance(look.node, Node) else look.node.compared[0]
    return f"{node.label or 'a result'} ({look.place})"


def _same(x: Any, seen: Any) -> bool:
    if isinstance(x, np.ndarray) or isinstance(seen, np.ndarray):
        x, seen = np.asarray(x), np.asarray(seen)
        is_float = x.dtype.kind == seen.dtype.kind == "f"
        return bool(np.array_equal(x, seen, equal_nan=is_float))
    return bool(x == seen or (x != x and seen != seen))


def build(
    call: Call, numbers: Sequence[Any], variables: Callable[[], Sequence[Any]], make: Callable[[Graph], B]
) -> B:
    """Something made of the graph of a call, which does not keep the graph's nodes.

    Args:
        call: calls the function.
        numbers: the leaves of its arguments.
        variables: makes fresh nodes for them.
        make: makes it.
    """
    captured: list[Node] = []
    for _ in range(2):
        graph = Graph(call, numbers, variables(), captured)
        doubtful = [weakref.ref(node) for node in graph.doubtful]
        with spared():
            made = make(graph)
        del graph
        # With its graph all is gone that the function computed: nodes still alive are somebody else's.
        captured = [node for reference in doubtful if (node := reference()) is not None]
        if not captured:
            break
    return made


def _builder(
    out: Any, indices: dict[Node, int], from_arrays: bool, used: set[int]
) -> Callable[[Sequence[Any]], Any]:
    """The function from the numbers of the result's nodes to the result.

    Args:
        out: the result, with nodes in it.
        indices: of the nodes among the numbers.
        from_arrays: whether a Tensor of no dimension is NumPy's number, and not Python's.
        used: indices of arrays that stand in the result already: no two results share memory.
    """
    if isinstance(out, Value):
        i = indices[out]
        return lambda numbers: numbers[i]
    if isinstance(out, Tensor):
        i = indices[out]
        if out.ndim:
            if i in used:
                return lambda numbers: numbers[i].copy()
            used.add(i)
            return lambda numbers: numbers[i]
        return (lambda numbers: numbers[i][()]) if from_arrays else (lambda numbers: float(numbers[i]))
    if isinstance(out, Truth):
        i = indices[out.node]
        if out.is_array:
            return lambda numbers: np.not_equal(numbers[i], 0)
        return lambda numbers: bool(numbers[i])
    if isinstance(out, np.ndarray) and out.dtype != object:
        return lambda numbers: out.copy()
    if not is_container(out):
        return lambda numbers: out
    parts = (
        out.ravel().tolist()
        if isinstance(out, np.ndarray)
        else list(out.values() if isinstance(out, dict) else out)
    )
    if parts and all(isinstance(part, Value) for part in parts):
        places = [indices[part] for part in parts]
        start, stop = places[0], places[-1] + 1
        in_order = places == list(range(start, stop))
        take = (
            (lambda numbers: numbers[start:stop])
            if in_order
            else (lambda numbers: [numbers[i] for i in places])
        )
    else:
        builders = [_builder(part, indices, from_arrays, used) for part in parts]
        take = lambda numbers: [build(numbers) for build in builders]  # noqa: E731
    if type(out) is tuple:
        return lambda numbers: tuple(take(numbers))
    if type(out) is list:
        return take
    if isinstance(out, np.ndarray) and all(isinstance(part, Node) or is_number(part) for part in parts):
        shape = out.shape
        return lambda numbers: np.array(take(numbers), float).reshape(shape)
    if type(out) is dict:
        keys = list(out)
        return lambda numbers: dict(zip(keys, take(numbers), strict=True))
    bare = [part for part in parts if part is not None]
    template = rebuild(out, iter(range(len(bare))), deep=False)  # without nodes, which would keep their graph
    present = [part is not None for part in parts]
    return lambda numbers: rebuild(template, itertools.compress(take(numbers), present), deep=False)


def as_plain(out: Any, from_arrays: bool = True) -> Any:
    """A result with the numbers of its nodes in place of them.

    Args:
        out: the result.
        from_arrays: whether a Tensor of no dimension is NumPy's number, and not Python's.
    """

    def number(x: Any) -> Any:
        if isinstance(x, Condition):
            return x.holds()
        if isinstance(x, Tensor) and not x.ndim:
            return x._primal[()] if from_arrays else float(x._primal)
        x = plain(x)
        return x.copy() if isinstance(x, np.ndarray) else x

    return None if out is None else rebuild(out, iter([number(part) for _, part in leaves(out)]))
