"""Adapters of this project's own engine and of engines given as a class or as a source text."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from autograd._derivatives.transforms import hessian, jvp
from autograd._nodes.value import Value
from autograd.testing._engines.engine import Engine, Tape, class_operations
from autograd.testing._programs.program import table_operations

__all__ = ["autograd_engine", "homework_engine"]


def autograd_engine() -> Engine:
    """This project's engine on Values.

    >>> from autograd.testing import Line, Program
    >>> autograd_engine().run(Program(("x",), (0.0,), (Line("a", "exp", ("x",)),)))
    (1.0, (1.0,))
    """
    tape = Tape(Value, lambda x: float(x.data), lambda out: out.backward(), lambda x: x.grad)

    def derivative(f: Any, point: Any, direction: Any) -> float:
        return float(jvp(f, tuple(point), tuple(direction))[1])

    def rows_of_hessian(f: Any, point: Any) -> Any:
        everything = range(len(point))
        return hessian(f, everything)(*point)

    return Engine.of_tape("autograd", table_operations(), tape, jvp=derivative, hessian=rows_of_hessian)


def homework_engine(source: str, name: str = "homework") -> Engine:
    """The adapter of an engine's source: a class `Value` of micrograd's shape, and `stack` for arrays.

    >>> from autograd.testing import Line, Program
    >>> from autograd.testing._engines.homework_bugs import homework_source
    >>> program = Program(("x", "y"), (3.0, 1.0), (Line("a", "mean", ("x", "y")),))
    >>> homework_engine(homework_source()).run(program)
    (2.0, (0.5, 0.5))
    """
    module = ModuleType(name)
    exec(compile(source, f"<{name}>", "exec"), module.__dict__)
    cls = module.Value
    tape = Tape(cls, lambda x: float(x.data), lambda out: out.backward(), lambda x: x.grad)
    operations = class_operations(cls) | _of_several(module.__dict__)
    return Engine.of_tape(name, operations, tape, constants={"pow": (1,)}, methods=True)


def _of_several(names: Mapping[str, Any]) -> dict[str, Any]:
    """Functions of several numbers by way of the engine's arrays."""
    if "stack" not in names:
        return {}
    stack, as_value = names["stack"], names["as_value"]

    def array(*xs: Any) -> Any:
        return stack([as_value(x) for x in xs])

    def spread(x: Any, y: Any) -> Any:
        return (as_value(x) + array(y, as_value(y) * 2.0, as_value(y) * 3.0)).sum()

    return {
        "mean": lambda *xs: array(*xs).mean(),
        "softmax": lambda *xs: array(*xs).softmax()[0],
        "spread": spread,
    }
