"""Formulas that differ in an index alone become one, and no others do."""

import pytest

from viz._mathematics.indices import indexed, summed
from viz._mathematics.latex import parse
from viz._mathematics.shortening import readable
from viz._mathematics.typeset import to_latex, to_text

ALIKE = [
    (["a_0", "a_1"], "a_j"),
    (["w_{00} a_0", "w_{10} a_1"], "w_{j 0} a_j"),
    (["w_{2, 9}", "w_{2, 10}"], "w_{2, j}"),
    ([r"\frac{a_0^{(1)}}{\sqrt{z_0}}", r"\frac{a_1^{(1)}}{\sqrt{z_1}}"], r"\frac{a_j^{(1)}}{\sqrt{z_j}}"),
    (["e^{a_3} (y - b_3)", "e^{a_7} (y - b_7)"], "e^{a_j}(y - b_j)"),
    (["a_{11} b_1", "a_{22} b_2"], "a_{j j} b_j"),
]
DIFFERENT = [
    ["w_0 a_0", "w_1 a_2"], ["w_{01} a_0", "w_{10} a_1"], ["a_0 - y_0", "a_1 + y_1"], ["a_0", "b_1"],
    ["a_0^{(1)}", "a_1^{(2)}"], ["a_0 b", "a_1"], ["a_0", "a_0"], ["2 a_0", "3 a_1"], ["a_0^2", "a_1"],
    [r"\left|a_0\right|", "(a_1)"],
]  # fmt: skip


@pytest.mark.parametrize(("formulas", "whole"), ALIKE)
def test_formulas_alike(formulas, whole):
    merged = indexed([parse(m) for m in formulas], "j")
    assert merged is not None
    assert to_latex(merged) == whole


@pytest.mark.parametrize("formulas", DIFFERENT)
def test_formulas_that_differ(formulas):
    assert indexed([parse(m) for m in formulas], "j") is None


def test_the_letter_of_an_index_is_free():
    whole = summed([parse("a_0 j"), parse("a_1 j")])
    assert whole is not None
    assert to_text(whole) == "Σₖ aₖj"


@pytest.mark.parametrize(
    ("formula", "short"),
    [
        (" + ".join(f"w_{{0{i}}} a_{i}" for i in range(9)) + " + b_0", "Σⱼ w₀ⱼaⱼ + b₀"),
        (r"\frac{e^{a_0}}{" + " + ".join(f"e^{{a_{i}}}" for i in range(9)) + "}", "e^(a₀)/(Σⱼ e^(aⱼ))"),
        (" + ".join(f"a_{i}" for i in range(9)) + " - a_9", "a₀ + … − a₉"),  # Σⱼ aⱼ − a₉ would say less
    ],
)
def test_a_long_sum_is_written_with_sigma(formula, short):
    assert to_text(readable(parse(formula), 25)) == short
