"""Engines for the tests of laws and grades: two right ones of other designs, and one mistake for each law."""

from __future__ import annotations

import itertools
import operator
from dataclasses import replace
from types import ModuleType
from typing import Any

from autograd.testing import HOMEWORK_BUGS, Engine, Tape, homework_engine, homework_source, own_engine

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

    own = own_engine()
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
