"""From a recorded scalar graph to a program for arrays: see `autograd.compile`."""

from autograd._compiler.program import Program, compile

__all__ = ["Program", "compile"]
