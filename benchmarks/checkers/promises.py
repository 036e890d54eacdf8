"""The promises of the kit for testing derivatives, beside those of other checkers.

Theirs are what their documentation and their source say: PyTorch 2.13, JAX 0.10, HIPS autograd 1.9,
ChainRulesTestUtils 1.11. Each of ours names the test that proves it.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.report import table
from benchmarks.workload import OURS

__all__ = ["PROMISES", "SOURCES", "Promise", "promises"]

SOURCES = {
    "PyTorch gradcheck": "https://docs.pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradcheck.html",
    "JAX check_grads": "https://docs.jax.dev/en/latest/_autosummary/jax.test_util.check_grads.html",
    "HIPS check_grads": "https://github.com/HIPS/autograd/blob/master/autograd/test_util.py",
    "ChainRulesTestUtils": "https://juliadiff.org/ChainRulesTestUtils.jl/stable/",
}


@dataclass(frozen=True)
class Promise:
    """A row of the table.

    Attributes:
        text: the promise.
        ours: how far this project keeps it.
        theirs: how far the others do, in the order of `SOURCES`.
        proof: the test of ours, as pytest names it; empty where there is none yet.
    """

    text: str
    ours: str
    theirs: tuple[str, str, str, str]
    proof: str = ""


CHECKERS = "tests/benchmarks/test_checkers.py"
GRADCHECK = "tests/autograd/test_gradcheck.py"
KIT = "tests/autograd/testing"
NOBODY = ("no",) * 4

PROMISES = (
    Promise(
        "compares with differences of the function",
        "at all scales, with an error estimate of their own; no tolerance to choose",
        (
            "one step of 1e-6; atol 1e-5, rtol 1e-3",
            "one step of 1e-4; 1e-5 in float64",
            "one step of 1e-6; 1e-6",
            "adaptive five points; 1e-9",
        ),
        f"{CHECKERS}::test_this_project_refuses_no_right_derivative_and_passes_few_wrong_ones",
    ),
    Promise(
        "says that differences cannot decide, rather than guess",
        "`cannot tell`, which neither passes nor fails",
        NOBODY,
        f"{CHECKERS}::test_this_project_cannot_tell_where_a_slope_is_below_the_spacing_of_floats",
    ),
    Promise(
        "reverse and forward mode",
        "both",
        ("reverse; forward with `check_forward_ad=True`", "both", "both", "both: `test_rrule`, `test_frule`"),
        f"{GRADCHECK}::test_every_row_in_both_modes_and_one_order_higher",
    ),
    Promise(
        "second order",
        "`order=2`, and higher",
        ("`gradgradcheck`", "`order=2`, and higher", "`order=2`, and higher", "no"),
        f"{GRADCHECK}::test_a_wrong_second_derivative_fails_only_when_asked_for",
    ),
    Promise(
        "several arguments, arrays and containers, each entry by itself",
        "yes",
        (
            "tensors; all entries, or one direction with `fast_mode=True`",
            "pytrees; one random direction",
            "arrays and containers; one random direction",
            "arrays and structs; one random tangent or cotangent",
        ),
        f"{GRADCHECK}::test_arrays_lists_and_several_arguments",
    ),
    Promise(
        "at a kink",
        "takes each subgradient and refuses other numbers",
        ("may fail, says its documentation", "not treated", "not treated", "asks for points on both sides"),
        f"{CHECKERS}::test_this_project_takes_each_subgradient_and_no_other_number",
    ),
    Promise(
        "a derivative from elsewhere",
        "`gradient=`: any function of numbers or arrays, of any library",
        (
            "a `torch.autograd.Function`",
            "`check_jvp` and `check_vjp` take one, of JAX arrays",
            "a primitive with `defvjp`",
            "an `rrule` or `frule`",
        ),
        "tests/autograd/test_checking.py::test_a_given_derivative_of_a_plain_function",
    ),
    Promise(
        "float32 and noisy functions",
        "reads the noise off the function",
        (
            "made for float64, says its documentation",
            "a tolerance for each dtype",
            "no",
            "a tolerance to choose",
        ),
        f"{CHECKERS}::test_this_project_refuses_no_right_derivative_and_passes_few_wrong_ones",
    ),
    Promise(
        "names the likely cause",
        "twice, the sign, zero, a transposed matrix, a broadcast that was not summed",
        ("both Jacobians", "both numbers", "both numbers", "both values"),
        "tests/autograd/test_diagnosis.py::test_a_mistake_is_told",
    ),
    Promise(
        "a report beside the exception",
        "verdict and digits of agreement of each entry, as an object and a table",
        ("True or False with `raise_exception=False`", "no", "no", "a test set of Julia"),
        "tests/autograd/test_reports.py::test_the_table_is_aligned_and_begins_with_the_most_doubtful",
    ),
    Promise(
        "points for the test",
        "drawn from the whole domain of a primitive: ends, kinks, tiny and huge made likely",
        ("yours", "yours", "yours; `combo_check` combines them", "yours; random tangents"),
        f"{KIT}/test_numbers.py::test_hard_places_come_up_in_100_draws",
    ),
    Promise(
        "programs for the test",
        "whole random programs, drawn with Hypothesis or a seed, which shrink to one or two operations",
        NOBODY,
        f"{KIT}/test_expressions.py::test_a_failing_program_shrinks",
    ),
    Promise(
        "a smallest program for any failure",
        "`smallest(program, fails)`, without Hypothesis",
        NOBODY,
        f"{KIT}/test_smallest.py::test_a_faulty_engine",
    ),
    Promise(
        "a judge beside differences",
        "derivatives by mpmath, with the effect of each rounding of the program in its tolerance",
        NOBODY,
        f"{KIT}/test_judge.py::test_an_alarm_for_each_planted_mistake",
    ),
    Promise(
        "laws that need no reference",
        "for any engine, each with the smallest program that breaks it",
        NOBODY,
        f"{KIT}/test_laws.py::test_a_law_is_broken_by_its_engine_with_a_script_that_runs",
    ),
    Promise(
        "grades an engine from its file",
        "a mark, for each law the smallest failing program and the likely cause; JSON and JUnit",
        NOBODY,
        f"{KIT}/test_grading.py::test_the_cause_of_each_planted_bug",
    ),
    Promise(
        "measures a test suite by planted bugs",
        "`mutants` and `mutation_score`, for this engine and any module",
        NOBODY,
        f"{KIT}/test_score.py::test_good_tests_kill_all_of_a_students_mistakes_and_weak_ones_few",
    ),
    Promise(
        "part of a test runner",
        "a pytest plugin, Hypothesis strategies; a failure prints as a script that runs alone",
        ("an exception", "an exception", "an exception", "test sets of Julia"),
        f"{KIT}/test_plugin.py::test_a_failing_program_is_a_script_that_runs",
    ),
    Promise(
        "complex numbers",
        "no",
        ("yes", "yes", "yes", "yes"),
    ),
    Promise(
        "further checks of its own library",
        "no",
        (
            "undefined gradients, batched gradients, sparse tensors, deterministic backward",
            "no",
            "no",
            "type inference, accumulation in place, thunks",
        ),
    ),
)  # fmt: skip


def promises() -> str:
    """The table, in Markdown for a file one folder below the repository's root."""
    heading = ["", f"**{OURS}**", *(f"[{name}]({source})" for name, source in SOURCES.items())]
    rows = ([promise.text, _ours(promise), *promise.theirs] for promise in PROMISES)
    return "\n".join(table(heading, rows)) + "\n"


def _ours(promise: Promise) -> str:
    if promise.ours == "no":
        return "no"
    if not promise.proof:
        return f"{promise.ours} (no test is named yet)"
    file, _, test = promise.proof.partition("::")
    return f'{promise.ours} ([test](../{file} "{test}"))'
