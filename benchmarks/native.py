"""C in a contender's process: the net by an expert, and `nn.fit` with programs in C, or without."""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["expert_epoch", "no_compiler", "road_of_fit"]

SOURCE = Path(__file__).with_name("digit_net.c")
FLAGS = "-O3", "-march=native", "-fPIC", "-shared"


def no_compiler() -> str:
    """The reason to leave out a contender in C, or ""."""
    from autograd._compiler.loops.native.compilers import commands

    return "" if any(commands()) else "no C compiler is there"


def expert_epoch() -> Callable[[Any, Any, int, float], float]:
    """Steps of descent by digit_net.c: theta, rows of images and answers, the batch, the rate; float32.

    It gives the cost of the last batch before its step.
    """
    from autograd._compiler.loops.native.compilers import commands

    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder, "digit_net.so")
        subprocess.run([*next(commands()), *FLAGS, "-o", library, SOURCE, "-lm"], check=True)
        epoch = ctypes.CDLL(str(library)).program_epoch
    sizes = ctypes.c_long, ctypes.c_long
    epoch.argtypes = [ctypes.c_void_p, ctypes.c_void_p, *sizes, ctypes.c_float, ctypes.c_void_p]
    cost = ctypes.c_float()
    at = ctypes.addressof(cost)

    def stepped(theta: Any, rows: Any, batch: int, rate: float) -> float:
        if epoch(theta.ctypes.data, rows.ctypes.data, len(rows), batch, rate, at):
            raise FloatingPointError("the epoch of digit_net.c failed")
        return cost.value

    return stepped


def road_of_fit(native: bool) -> Callable[[], None]:
    """Have `nn.fit` take its steps in C, however short the run; or never, as without a compiler.

    Returns:
        A function that raises an error where a run took another road.
    """
    from autograd._compiler.loops.native import libraries
    from nn._training.steps import native as steps

    steps.repays = lambda *sizes: native

    def check() -> None:
        loaded = any(isinstance(library, ctypes.CDLL) for library in libraries._libraries.values())
        if loaded != native:
            raise RuntimeError(f"the steps were taken in {'C' if loaded else 'NumPy'}")

    return check
