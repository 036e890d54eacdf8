"""Engines for the tests of laws and grades: two right ones of other designs, and one mistake for each law."""

from __future__ import annotations

import itertools
import operator
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import Tensor, Value, mean
from autograd.testing import Engine, Tape, autograd_engine
from autograd.testing._engines.adapters import homework_engine
from autograd.testing._engines.engine import OPERATORS
from autograd.testing._engines.homework_bugs import HOMEWORK_BUGS, homework_source

CLOSURES = '''
"""Each node holds a function that passes its gradient on to its parents."""
import math


class Value:
    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.pass_on = None

    @staticmethod
    def of(x):
        return x if isinstance(x, Value) else Value(x)

    def __add__(self, other):
        other = Value.of(other)
        out = Value(self.data + other.data, (self, other))

        def pass_on():
            self.grad += out.grad
            other.grad += out.grad

        out.pass_on = pass_on
        return out

    def __mul__(self, other):
        other = Value.of(other)
        out = Value(self.data * other.data, (self, other))

        def pass_on():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.pass_on = pass_on
        return out

    def unary(self, data, slope):
        out = Value(data, (self,))

        def pass_on():
            self.grad += slope * out.grad

        out.pass_on = pass_on
        return out

    def __pow__(self, n):
        return self.unary(self.data**n, n * self.data ** (n - 1) if n else 0.0)

    def exp(self):
        y = math.exp(self.data)
        return self.unary(y, y)

    def log(self):
        return self.unary(math.log(self.data), 1 / self.data)

    def tanh(self):
        y = math.tanh(self.data)
        return self.unary(y, 1 - y * y)

    def relu(self):
        return self.unary(max(self.data, 0.0), float(self.data > 0))

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -Value.of(other)

    def __truediv__(self, other):
        return self * Value.of(other) ** -1

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return Value.of(other) - self

    def __rtruediv__(self, other):
        return Value.of(other) / self

    def backward(self):
        order, ready, uses = [], [self], {}
        seen, pending = {self}, [self]
        while pending:
            for parent in pending.pop().parents:
                uses[parent] = uses.get(parent, 0) + 1
                if parent not in seen:
                    seen.add(parent)
                    pending.append(parent)
        while ready:
            node = ready.pop()
            order.append(node)
            for parent in node.parents:
                uses[parent] -= 1
                if not uses[parent]:
                    ready.append(parent)
        for node in order:
            if node.parents:
                node.grad = 0.0
        self.grad = 1.0
        for node in order:
            if node.pass_on:
                node.pass_on()
'''
"""A right engine that is built as micrograd is, and does not compound gradients within the graph."""

RENAMED = '''
"""Each node holds its local derivatives; nodes are swept in the order of their numbers."""
import itertools
import math

COUNTER = itertools.count()


class Scalar:
    def __init__(self, number, *inputs):
        self.number = float(number)
        self.slope = None
        self.inputs = inputs
        self.index = next(COUNTER)

    def __add__(self, other):
        return Scalar(self.number + number_of(other), (self, 1.0), (other, 1.0))

    def __sub__(self, other):
        return Scalar(self.number - number_of(other), (self, 1.0), (other, -1.0))

    def __mul__(self, other):
        x, y = self.number, number_of(other)
        return Scalar(x * y, (self, y), (other, x))

    def __rsub__(self, other):
        return Scalar(other) - self

    __radd__ = __add__
    __rmul__ = __mul__

    def sweep(self):
        nodes, pending = {self.index: self}, [self]
        while pending:
            for node, _ in pending.pop().inputs:
                if isinstance(node, Scalar) and node.index not in nodes:
                    nodes[node.index] = node
                    pending.append(node)
        for node in nodes.values():
            node.slope = 0.0
        self.slope = 1.0
        for index in sorted(nodes, reverse=True):
            for node, local in nodes[index].inputs:
                if isinstance(node, Scalar):
                    node.slope += nodes[index].slope * local


def number_of(x):
    return x.number if isinstance(x, Scalar) else x


def rectify(x):
    return Scalar(max(x.number, 0.0), (x, 1.0 if x.number >= 0 else 0.0))


def logistic(x):
    small = math.exp(-abs(x.number))
    y = (1.0 if x.number >= 0 else small) / (1 + small)
    return Scalar(y, (x, small / (1 + small) ** 2))
'''
"""A right engine with names of its own, relu'(0) = 1, and gradients that a second sweep replaces."""


def renamed_engine() -> Engine:
    """The adapter of `RENAMED`."""
    module = module_of(RENAMED, "renamed")
    operations = {"add": operator.add, "sub": operator.sub, "mul": operator.mul,
                  "relu": module.rectify, "sigmoid": module.logistic}  # fmt: skip
    tape = Tape(module.Scalar, lambda x: x.number, lambda out: out.sweep(), lambda x: x.slope)
    return Engine.of_tape("renamed", operations, tape)


def tensor_engine() -> Engine:
    """This project's engine on Tensors, with one sweep for a batch."""

    def mean_gradient(f: Any, point: Any, examples: Any) -> Any:
        parameters = [Tensor(x) for x in point]
        mean(f(*parameters, *map(Tensor, np.array(examples).T))).backward()
        return tuple(0.0 if p.grad is None else float(p.grad) for p in parameters)

    tape = Tape(Tensor, lambda x: float(x.data), lambda out: out.backward(), lambda x: x.grad)
    return Engine.of_tape("Tensors", autograd_engine().operations, tape, mean_gradient=mean_gradient)


def compiled_engine() -> Engine:
    """This project's compiled programs: each function is recorded, compiled and run."""

    def record(f: Any, point: Any) -> tuple[list[Value], Any]:
        leaves = [Value(x) for x in point]
        return leaves, f(*leaves)

    def evaluate(f: Any, point: Any) -> float:
        leaves, out = record(f, point)
        if out.is_leaf:
            return float(out)
        return float(autograd.compile(out, inputs=leaves, wrt=[])([], [point])[0])

    def gradient(f: Any, point: Any) -> Any:
        leaves, out = record(f, point)
        return tuple(autograd.compile(out, inputs=[], wrt=leaves).value_and_grad(point, [[]])[1])

    def mean_gradient(f: Any, point: Any, examples: Any) -> Any:
        leaves, out = record(f, (*point, *examples[0]))
        parameters, inputs = leaves[: len(point)], leaves[len(point) :]
        return tuple(autograd.compile(out, inputs=inputs, wrt=parameters).value_and_grad(point, examples)[1])

    operations = autograd_engine().operations
    return Engine("compiled programs", operations, evaluate, gradient, mean_gradient=mean_gradient)


# Left out are softplus, which PyTorch rounds to x beyond 20, hypot, whose gradient is nan at (0, 0) in
# PyTorch, and pow, whose gradient is nan for x**0.0 at 0 in JAX.
SHARED = [
    "abs",
    "exp",
    "expm1",
    "log",
    "log1p",
    "sqrt",
    "square",
    "sin",
    "cos",
    "tan",
    "sinh",
    "cosh",
    "tanh",
    "maximum",
    "minimum",
    "exp2",
    "log2",
]


def torch_engine(precision: str) -> Engine:
    """PyTorch's tensors of one number."""
    torch = pytest.importorskip("torch")
    dtype = getattr(torch, precision)

    def tensor(x: Any) -> Any:
        return x if isinstance(x, torch.Tensor) else torch.tensor(float(x), dtype=dtype, requires_grad=True)

    def on_numbers(function: Any) -> Any:
        return lambda *xs: function(*map(tensor, xs))

    def forward(f: Any, point: Any, direction: Any) -> float:
        tangents = tuple(torch.tensor(float(x), dtype=dtype) for x in direction)
        return float(torch.autograd.functional.jvp(f, tuple(map(tensor, point)), tangents)[1])

    operations = OPERATORS | {
        name: on_numbers(getattr(torch, name)) for name in (*SHARED, "sigmoid", "relu", "erf")
    }
    tape = Tape(
        tensor,
        lambda x: float(x.detach()),
        lambda out: out.backward(retain_graph=True),
        lambda x: None if x.grad is None else float(x.grad),
    )
    return Engine.of_tape(f"torch {precision}", operations, tape, jvp=forward)


def jax_engine() -> Engine:
    """JAX, in its usual 32 bits."""
    jax = pytest.importorskip("jax")
    jnp = jax.numpy
    few = {name: getattr(jnp, name) for name in ("sin", "exp")}
    operations = {"add": operator.add, "mul": operator.mul} | few

    def gradient(f: Any, point: Any) -> Any:
        return tuple(map(float, jax.grad(f, tuple(range(len(point))))(*map(float, point))))

    def mean_gradient(f: Any, point: Any, examples: Any) -> Any:
        def cost(*parameters: Any) -> Any:
            return jnp.mean(jax.vmap(lambda *example: f(*parameters, *example))(*jnp.array(examples).T))

        return gradient(cost, point)

    return Engine(
        "jax",
        operations,
        lambda f, point: float(f(*map(jnp.asarray, map(float, point)))),
        gradient,
        jvp=lambda f, point, direction: float(jax.jvp(f, tuple(point), tuple(direction))[1]),
        hessian=lambda f, point: jax.hessian(f, tuple(range(len(point))))(*map(float, point)),
        mean_gradient=mean_gradient,
    )


def module_of(source: str, name: str) -> Any:
    """A source as a module."""
    module = ModuleType(name)
    exec(compile(source, f"<{name}>", "exec"), module.__dict__)
    return module


def homework_with(*replacements: tuple[str, str]) -> Engine:
    """The student's engine with other lines."""
    source = homework_source()
    for text, replacement in replacements:
        assert source.count(text) == 1, f"the engine has {source.count(text)} times {text!r}"
        source = source.replace(text, replacement)
    return homework_engine(source)


def mistaken_engines() -> dict[str, Engine]:
    """For each law an engine that breaks it."""
    seed = "self.grad = np.ones_like(self.data)[()]\n"
    add = "parent.grad = parent.grad + unbroadcast(contribution(node.grad), np.shape(parent.data))\n"
    clipped = homework_with(("contribution(node.grad)", "contribution(np.clip(node.grad, -1.0, 1.0))"))
    bugs = {bug.name: bug for bug in HOMEWORK_BUGS}

    def bug(name: str) -> Engine:
        return homework_engine(homework_source(bugs[name]))

    own = autograd_engine()
    right = homework_engine(homework_source())
    plain = replace(right, tape=None)  # evaluated and differentiated by functions alone
    calls = itertools.count(1)
    unfinished = {"runs": 0}

    def sorted_gradient(f: Any, point: Any) -> Any:
        return tuple(sorted(right.gradient(f, point)))

    def lopsided(f: Any, point: Any) -> Any:
        rows = own.hessian(f, point)
        return [[x * (1.0 + (j > i)) for j, x in enumerate(row)] for i, row in enumerate(rows)]

    def summed(f: Any, point: Any, examples: Any) -> Any:
        gradients = [own.gradient(f, (*point, *example)) for example in examples]
        return [sum(entries) for entries in zip(*gradients, strict=True)][: len(point)]

    def left_open(f: Any, point: Any) -> Any:
        depth = unfinished["runs"]
        unfinished["runs"] += 1
        gradient = right.gradient(f, point)
        unfinished["runs"] = depth
        return tuple(g * (1 + depth) for g in gradient)

    return {
        "operations run": bug("no __radd__"),
        "inputs are left alone": bug("a relu that changes its input"),
        "values": homework_with(("Value(np.log(x), ", "Value(np.log2(x), ")),
        "derivatives of operations": bug("an exponential that is wrong beyond 20"),
        "kinks": homework_with(("g * (x > 0)", "g * np.where(x == 0, 5.0, x > 0)")),
        "nodes of equal numbers": bug("nodes compared by their numbers"),
        "chain rule": clipped,
        "a leaf used several times": bug("a third use that is lost"),
        "a result used several times": bug("no set of the visited nodes"),
        "sum over paths": bug("nodes in the order of a depth-first search from the output"),
        "functions of several numbers": bug("a repeated number that gets the mean of its gradients"),
        "each node once": homework_with(
            (
                f"        {seed}        order = topological_order(self)\n",
                "        self.pass_on(np.ones_like(self.data)[()])\n\n"
                "    def pass_on(self, g: Any) -> None:\n"
                "        self.grad = self.grad + unbroadcast(g, np.shape(self.data))\n"
                "        for parent, contribution in self.parents:\n"
                "            parent.pass_on(contribution(g))\n\n"
                "    def replaced(self) -> None:\n"
                "        order: list[Value] = []\n",
            )
        ),
        "deep chains": bug("a recursive search, which deep graphs break"),
        "order of accumulation": bug("nodes in the order of a depth-first search from the output"),
        "an unused leaf": replace(right, tape=replace(right.tape, gradient=lambda x: x.grad or 1.0)),
        "permutation of inputs": replace(plain, gradient=sorted_gradient),
        "linearity": clipped,
        "product rule": clipped,
        "forward = reverse": replace(own, jvp=lambda f, point, direction: -own.jvp(f, point, direction)),
        "Hessian symmetry": replace(own, hessian=lopsided),
        "batch = mean of examples": replace(own, mean_gradient=summed),
        "a second backward": homework_with(
            ("            if node.parents:\n", "            if node is None:\n")
        ),
        "gradients of their own": homework_with(
            (seed, "self.grad = np.ones_like(self.data)\n"),
            (
                f"                {add}",
                "                if isinstance(parent.grad, float):\n"
                "                    parent.grad = contribution(node.grad)\n"
                "                else:\n"
                "                    parent.grad += contribution(node.grad)\n",
            ),
        ),
        "no state left behind": replace(
            plain, evaluate=lambda f, point: right.evaluate(f, point) + next(calls)
        ),
        "reuse after a failed program": replace(plain, gradient=left_open),
    }
