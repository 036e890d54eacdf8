"""The likely mistake behind a wrong derivative is told where the numbers tell it, and only there."""

import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from autograd._derivatives.gradcheck.diagnosis import diagnose

RIGHT = np.array([[1.0, 2.5, -3.0], [4.0, -0.5, 6.0]])
SQUARE = np.array([[1.0, 2.5], [-3.0, 4.0]])


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        (2 * RIGHT, RIGHT, "twice the right one: a gradient counted two times"),
        (-RIGHT, RIGHT, "it has the wrong sign"),
        (-2 * RIGHT, RIGHT, "with the wrong sign, and twice"),
        (4 * RIGHT, RIGHT, "4 times the right one: a gradient counted 4 times"),
        (9 * RIGHT, RIGHT, "9 times the right one, for all entries: a constant factor"),
        (RIGHT / 2, RIGHT, "half the right one"),
        (RIGHT / 3, RIGHT, "1/3 of the right one"),
        (1.37 * RIGHT, RIGHT, "1.37 times the right one, for all entries"),
        (0 * RIGHT, RIGHT, "no gradient arrives"),
        (RIGHT * np.nan, RIGHT, "it is nan"),
        (RIGHT * np.inf, RIGHT, "it is infinite"),
        (SQUARE.T, SQUARE, "the transpose"),
        (RIGHT.T, RIGHT, r"shape is \(3, 2\), where \(2, 3\) is expected: it is transposed"),
        (np.ones((4, 3)), np.full(3, 4.0), r"not summed over the axes of broadcasting \(axis 0\)"),
        (np.ones((2, 4, 3)), np.full((4, 1), 6.0), r"broadcasting \(axis 0, 2\)"),
        (np.ones(6), np.ones((2, 3)), "to be reshaped"),
        (np.ones(5), np.ones(3), r"shape is \(5,\), where \(3,\) is expected$"),
        (np.roll(RIGHT, 1, axis=1), RIGHT, "shifted by one place along axis 1"),
        (RIGHT[:, ::-1], RIGHT, "in reverse order along axis 1"),
        (RIGHT * (RIGHT > 0), RIGHT, "0 for 2 of 6 entries"),
        (2.0, 1.0, "twice"),
        (-1.0, 1.0, "wrong sign"),
        (0.0, 1.0, "no gradient arrives"),
    ],
)
def test_a_mistake_is_told(wrong, right, said):
    text = diagnose(wrong, right)
    assert text is not None
    assert re.search(said, text), text


@pytest.mark.parametrize(
    ("wrong", "right", "error"),
    [
        (1.37, 1.0, 0.0),
        (10.0, 1.0, 0.0),
        (1.0, 9.0, 0.0),
        ([1.0, 2.0, 4.0], [1.0, 2.0, 3.0], 0.0),
        (2e-9, 1e-9, 1e-8),  # as near as the error says
        (RIGHT, RIGHT, 0.0),
    ],
)
def test_no_mistake_is_told_where_the_numbers_fit_none(wrong, right, error):
    assert diagnose(wrong, right, error) is None


@given(
    st.lists(st.floats(0.1, 10.0), min_size=3, max_size=6, unique=True), st.sampled_from([2, 3, 4, -1, -4])
)
def test_whole_factors_are_told_of_any_numbers(numbers, factor):
    right = np.array(numbers)
    assume(np.ptp(right) > 0.1)
    text = diagnose(factor * right * (1 + 1e-6), right)
    assert text is not None
    assert "sign" in text if factor < 0 else "sign" not in text
    assert abs(factor) < 3 or f"{abs(factor)} times" in text
