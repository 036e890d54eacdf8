"""From a recorded scalar graph to a program for arrays: see `autograd.compile`."""

from autograd._compiler.programs.compiling import compile
from autograd._compiler.programs.program import Program

__all__ = ["Program", "compile"]
