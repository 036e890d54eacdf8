"""From a recorded scalar graph to a program for arrays: see `autograd.compile`."""

from autograd.compiler.program import Program, compile

__all__ = ["Program", "compile"]
