"""A program as text: long lines and lists are cut, with a count of the rest."""

import re

import numpy as np

from autograd import Value, compile, silu, softmax, sum, tanh


def leaves(letter, n):
    return [Value(1.0 + i, label=f"{letter}_{i}") for i in range(n)]


def partial_sums(n):
    x = leaves("x", n)
    sums = [x[0]]
    for leaf in x[1:]:
        sums.append(sums[-1] + leaf)
    return compile(sums[1:], x, [])


def different_sums(n):
    """Nothing in common: each is a line of its own."""
    rng = np.random.default_rng(0)
    x, w = leaves("x", 50), leaves("w", 3 * n)
    squares = [sum([v * x[rng.integers(50)] for v in w[3 * i : 3 * i + 3]]) ** 2 for i in range(n)]
    return compile(sum(squares), x, w)


def test_many_lines_are_cut_with_their_count():
    lines = str(partial_sums(1101)).splitlines()
    assert lines[0].split("   ")[0].strip() == "v1 = x[0] + x[1]"
    assert lines[19].split("   ")[0].strip() == "v20 = x[20] + v19"
    assert lines[20] == "... 1,080 more lines"
    assert lines[21].startswith("return [v1, v2, v3,")
    assert "v20, ... 1,080 more]" in lines[21]
    assert len(lines) == 22


def test_the_text_of_many_sums_stays_short():
    assert len(str(partial_sums(1000))) < 5_000
    assert len(str(different_sums(600))) < 5_000


def test_what_can_be_read_is_not_cut():
    text = str(partial_sums(49))
    assert "more" not in text
    assert len(text.splitlines()) == 49
    assert "v46, v47, v48]" in text


def test_a_long_line_is_cut_with_the_count_of_its_characters():
    x = [Value(0.5, label=f"{chr(97 + i) * 60}") for i in range(20)]
    total = x[0]
    for leaf in x[1:]:
        total = tanh(total) * leaf
    (line,) = str(compile(total, x, [])).splitlines()
    formula, rest = line.split(" ... ")
    assert len(formula) == 1000
    assert formula.startswith("return tanh(tanh(tanh(")
    assert re.fullmatch(r"\d+ more characters   \(1\)", rest)


def test_helper_rows_are_named_for_the_mathematics_that_they_compute():
    x = [Value(0.1, label="x_0"), Value(0.2, label="x_1")]
    assert str(compile(list(softmax(x)), x, [])).splitlines()[:2] == [
        "v1 = maximum(x[0], x[1])   (1)",
        "v2 = exp(x - v1)           (2)",
    ]
    silu(x[0]).backward(create_graph=True)
    assert "silu'(x[0])" in str(compile(x[0].grad, x, []))
