r"""The kit for testing derivatives: of one's own rules, of a student's engine, of another library.

>>> from autograd.testing import Line, Program
>>> Program(("x",), (2.0,), (Line("a", "mul", ("x", "x")),)).values()
{'x': 2.0, 'a': 4.0}
"""

from autograd.testing._engines.adapters import homework_engine, own_engine
from autograd.testing._engines.engine import Engine, Tape
from autograd.testing._engines.homework_bugs import HOMEWORK_BUGS, homework_source
from autograd.testing._engines.libraries import jax_engine, torch_engine
from autograd.testing._judge.judge import judge
from autograd.testing._judge.judgement import Judgement
from autograd.testing._programs.drawing.random_programs import random_program
from autograd.testing._programs.program import Line, Program
from autograd.testing._programs.smallest import raised, smallest
from autograd.testing._strategies.expressions import expressions

__all__ = [
    "HOMEWORK_BUGS",
    "Engine",
    "Judgement",
    "Line",
    "Program",
    "Tape",
    "expressions",
    "homework_engine",
    "homework_source",
    "jax_engine",
    "judge",
    "own_engine",
    "raised",
    "random_program",
    "smallest",
    "torch_engine",
]
