r"""The kit for testing derivatives: of one's own rules, of a student's engine, of another library.

>>> from autograd.testing import Line, Program
>>> Program(("x",), (2.0,), (Line("a", "mul", ("x", "x")),)).values()
{'x': 2.0, 'a': 4.0}
"""

from autograd.testing._checks import check_gradient
from autograd.testing._engines.adapters import homework_engine, own_engine
from autograd.testing._engines.engine import Engine, Tape
from autograd.testing._engines.homework_bugs import HOMEWORK_BUGS, homework_source
from autograd.testing._programs.drawing.random_programs import random_program
from autograd.testing._programs.program import Line, Program
from autograd.testing._programs.smallest import raised, smallest
from autograd.testing._rules.check import check_rule
from autograd.testing._rules.results import RuleReport
from autograd.testing._strategies.arrays import arrays, broadcastable_arrays
from autograd.testing._strategies.expressions import expressions
from autograd.testing._strategies.numbers import numbers
from autograd.testing._strategies.points import points

__all__ = [
    "HOMEWORK_BUGS",
    "Engine",
    "Line",
    "Program",
    "RuleReport",
    "Tape",
    "arrays",
    "broadcastable_arrays",
    "check_gradient",
    "check_rule",
    "expressions",
    "homework_engine",
    "homework_source",
    "numbers",
    "own_engine",
    "points",
    "raised",
    "random_program",
    "smallest",
]
