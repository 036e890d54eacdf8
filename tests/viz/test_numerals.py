"""Numbers on a drawing: two decimals, and as many more as three significant digits need."""

import math

import pytest

from viz._mathematics.numerals import number

SHOWN = {
    0.0: "0.00",
    1.0: "1.00",
    -0.3: "−0.30",
    12.3456: "12.35",
    0.9996: "1.00",
    0.5746: "0.575",
    0.0999999: "0.10",
    0.01: "0.01",
    0.01055: "0.0106",
    0.00999: "0.00999",
    0.000099999: "0.0001",
    0.000099949: "9.99e−05",
    0.000012: "1.2e−05",
    -5e-324: "−4.94e−324",
    99_999.99: "99999.99",
    100_000.0: "1e05",
    -1_234_567.0: "−1.23e06",
    math.inf: "∞",
    -math.inf: "−∞",
}


@pytest.mark.parametrize("x", SHOWN)
def test_a_number(x: float) -> None:
    assert number(x) == SHOWN[x]


def test_a_gradient_has_its_sign() -> None:
    shown = [number(x, signed=True) for x in (0.106, -0.106, 0.0, -0.0, math.nan)]
    assert shown == ["+0.106", "−0.106", "0.00", "0.00", "nan"]
