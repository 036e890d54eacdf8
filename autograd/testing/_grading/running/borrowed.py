"""Engines whose derivatives are those of a library: calls of its sweep, while small programs run."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection
from types import FrameType

from autograd.testing._engines.engine import Engine
from autograd.testing._grading.limits import time_limit
from autograd.testing._programs.operations import operation
from autograd.testing._programs.program import Line, Program

__all__ = ["borrowed_from"]

LIBRARIES = ("autograd", "torch", "jax", "tensorflow", "micrograd", "tinygrad", "minitorch", "mxnet",
             "pytensor", "casadi", "sympy")  # fmt: skip
KIT = "autograd.testing"  # which runs the programs
DERIVATIVES = re.compile(r"back|grad|sweep|jvp|vjp|jac|hess|diff|deriv", re.IGNORECASE)
SECONDS = 2.0
POINT = (0.5, 0.25, 0.75)


def borrowed_from(engine: Engine, own: Collection[str] = ()) -> str:
    """The function of a library that gives an engine its derivatives, as "torch: Tensor.backward()"; or "".

    A library may compute the numbers, as jax.numpy does; its functions for derivatives may not be called.

    Args:
        engine: the engine of a file.
        own: names of the modules that belong to the file, whatever they are called.
    """
    calls: list[str] = []

    def watch(frame: FrameType, event: str, argument: object) -> None:
        name = str(frame.f_globals.get("__name__", ""))
        library = name.partition(".")[0]
        if (
            not calls
            and event == "call"
            and library in LIBRARIES
            and name not in own
            and not f"{name}.".startswith(f"{KIT}.")
            and DERIVATIVES.search(frame.f_code.co_name)
        ):
            calls.append(f"{library}: {frame.f_code.co_qualname}()")

    watched = sys.getprofile()
    sys.setprofile(watch)
    try:
        with time_limit(SECONDS):
            _run_each_operation(engine)
    except TimeoutError:
        pass
    finally:
        sys.setprofile(watched)
    return calls[0] if calls else ""


def _run_each_operation(engine: Engine) -> None:
    for name in engine.operations:
        count = operation(name).least
        constants = engine.constants.get(name, ())
        arguments = tuple(POINT[i] if i in constants else f"x{i}" for i in range(count))
        variables = tuple(a for a in arguments if isinstance(a, str))
        try:
            engine.run(Program(variables, POINT[: len(variables)], (Line("out", name, arguments),)))
        except TimeoutError:
            raise
        except Exception:  # the laws are about this
            continue
