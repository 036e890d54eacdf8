r"""The kit for testing derivatives: of one's own rules, of a student's engine, of another library.

* a derivative: `check_gradient` at a point, `check_rule` over the whole domain;
* a student's engine, as a file or a class: `grade`, and `graded` for pytest;
* any library, as an `Engine`: the `laws` of derivatives, and `judge` for right results;
* strategies for Hypothesis: `points`, `numbers`, `arrays`, `broadcastable_arrays`, `expressions` of programs;
* programs: `Program`, `random_program`, and `smallest`, which reduces a program that fails;
* tests: `mutation_score`, with the `mutants` of this engine or `mutants_of` another module.

>>> from autograd.testing import Program, check_gradient, smallest
>>> check_gradient(lambda x: x**3, 2.0, gradient=lambda x: -3 * x**2).diagnosis
'it has the wrong sign'
>>> program = Program.parse("x = 0.7; y = 3.1; a = sin(x); b = a * y; c = exp(b); d = c + a")
>>> smallest(program, lambda p: "exp" in p.operations)
Program.parse('x = 1.0; a = exp(x)')
"""

from autograd.testing._checks.gradient import check_gradient
from autograd.testing._checks.results import RuleReport
from autograd.testing._checks.rules import check_rule
from autograd.testing._engines.adapters import autograd_engine
from autograd.testing._engines.engine import Engine, Tape, class_operations
from autograd.testing._engines.libraries import jax_engine, torch_engine
from autograd.testing._grading.grade import grade
from autograd.testing._grading.graded import graded
from autograd.testing._grading.reports.grades import Grade
from autograd.testing._judge.judge import judge
from autograd.testing._judge.judgement import Judgement
from autograd.testing._laws.collection import laws
from autograd.testing._laws.search.law import LawSkipped
from autograd.testing._laws.search.violation import LawBroken
from autograd.testing._mutants.catalogue import mutants
from autograd.testing._mutants.changes import mutants_of
from autograd.testing._mutants.mutant import Mutant
from autograd.testing._mutants.score import MutationScore, mutation_score
from autograd.testing._programs.drawing.random_programs import random_program
from autograd.testing._programs.program import Line, Program
from autograd.testing._programs.smallest import error_type, smallest
from autograd.testing._strategies.arrays import arrays, broadcastable_arrays
from autograd.testing._strategies.expressions import expressions
from autograd.testing._strategies.expressions import register_programs as _register_with_hypothesis
from autograd.testing._strategies.numbers import numbers
from autograd.testing._strategies.points import points

__all__ = [
    "Engine",
    "Grade",
    "Judgement",
    "LawBroken",
    "LawSkipped",
    "Line",
    "Mutant",
    "MutationScore",
    "Program",
    "RuleReport",
    "Tape",
    "arrays",
    "autograd_engine",
    "broadcastable_arrays",
    "check_gradient",
    "check_rule",
    "class_operations",
    "error_type",
    "expressions",
    "grade",
    "graded",
    "jax_engine",
    "judge",
    "laws",
    "mutants",
    "mutants_of",
    "mutation_score",
    "numbers",
    "points",
    "random_program",
    "smallest",
    "torch_engine",
]

_register_with_hypothesis()


def __dir__() -> list[str]:
    return __all__
