r"""The kit for testing derivatives: of one's own rules, of a student's engine, of another library.

>>> from autograd.testing import Line, Program
>>> Program(("x",), (2.0,), (Line("a", "mul", ("x", "x")),)).values()
{'x': 2.0, 'a': 4.0}

`expressions` is the Hypothesis strategy of whole programs, and `smallest` makes a failing program small:

>>> from autograd.testing import smallest
>>> program = Program.parse("x = 0.7; y = 3.1; a = sin(x); b = a * y; c = exp(b); d = c + a")
>>> smallest(program, lambda p: "exp" in p.operations)
Program.parse('x = 1.0; a = exp(x)')
"""

from autograd.testing._checks import check_gradient
from autograd.testing._engines.adapters import homework_engine, own_engine
from autograd.testing._engines.engine import Engine, Tape, class_operations
from autograd.testing._engines.homework_bugs import HOMEWORK_BUGS, homework_source
from autograd.testing._engines.libraries import jax_engine, torch_engine
from autograd.testing._grading.grade import grade
from autograd.testing._grading.graded import graded
from autograd.testing._grading.reports.grades import Grade
from autograd.testing._grading.results import LawResult
from autograd.testing._judge.judge import judge
from autograd.testing._judge.judgement import Judgement
from autograd.testing._laws.collection import Outcome, laws
from autograd.testing._laws.search.law import Law, LawSkipped
from autograd.testing._laws.search.violation import LawBroken, Violation
from autograd.testing._mutants.catalogue import homework_mutants, mutants
from autograd.testing._mutants.changes import mutants_of
from autograd.testing._mutants.mutant import Mutant
from autograd.testing._mutants.score import MutationScore, mutation_score
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
    "Grade",
    "Judgement",
    "Law",
    "LawBroken",
    "LawResult",
    "LawSkipped",
    "Line",
    "Mutant",
    "MutationScore",
    "Outcome",
    "Program",
    "RuleReport",
    "Tape",
    "Violation",
    "arrays",
    "broadcastable_arrays",
    "check_gradient",
    "check_rule",
    "class_operations",
    "expressions",
    "grade",
    "graded",
    "homework_engine",
    "homework_mutants",
    "homework_source",
    "jax_engine",
    "judge",
    "laws",
    "mutants",
    "mutants_of",
    "mutation_score",
    "numbers",
    "own_engine",
    "points",
    "raised",
    "random_program",
    "smallest",
    "torch_engine",
]


def __dir__() -> list[str]:
    return __all__
