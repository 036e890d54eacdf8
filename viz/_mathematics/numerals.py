"""Numbers as people write them: on a drawing, and inside a formula."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction

__all__ = ["DIGITS", "MINUS", "agreeing_digits", "as_fraction", "constant", "fixed", "number", "rounded"]

MINUS = "\N{MINUS SIGN}"


def number(x: float, signed: bool = False) -> str:
    """A number on a drawing: two decimals, and as many more as three significant digits need.

    Three digits, so that a line of arithmetic comes out right on a calculator to the digits shown;
    two decimals, so that columns line up.

    Args:
        x: the number.
        signed: write the plus sign too.

    >>> number(0.5), number(-0.3), number(12.3456), number(0.1064, signed=True)
    ('0.50', '−0.30', '12.35', '+0.106')
    >>> number(0.00558), number(0.000012), number(-1234567.0), number(0.0, signed=True)
    ('0.00558', '1.2e−05', '−1.23e06', '0.00')
    """
    if math.isnan(x):
        return "nan"
    size = abs(x)
    if math.isinf(x):
        digits = "∞"
    elif x == 0 or 1 <= size < 99_999.995:
        digits = f"{size:.2f}"
    else:
        start, _, exponent = f"{size:.2e}".partition("e")
        power = int(exponent)
        if -4 <= power <= 0:  # which three digits, and so how many decimals, is known after rounding
            digits = f"{size:.{2 - power}f}"
            digits = digits.rstrip("0").ljust(4, "0")
        else:
            sign = MINUS if power < 0 else ""
            digits = f"{start.rstrip('0').rstrip('.')}e{sign}{abs(power):02}"
    return f"{MINUS if x < 0 else '+' if signed and x > 0 else ''}{digits}"


def fixed(x: float, decimals: int, signed: bool = False) -> str:
    """A number with so many decimals; one that is rounded to 0 has no sign.

    >>> fixed(-0.0834, 2), fixed(0.5, 2, signed=True), fixed(-0.001, 2, signed=True)
    ('−0.08', '+0.50', '0.00')
    """
    digits = f"{abs(x):.{decimals}f}"
    sign = "" if float(digits) == 0 else MINUS if x < 0 else "+" if signed else ""
    return sign + digits


def constant(x: float) -> tuple[str, int | None]:
    """A non-negative number in a formula: its digits, and the power of ten they are multiplied by.

    >>> constant(3.0), constant(0.1 + 0.2), constant(2.5e-7), constant(1e6)
    (('3', None), ('0.3', None), ('2.5', -7), ('1', 6))
    """
    if math.isinf(x):
        return "∞", None
    if x == int(x) and x < 1e6:
        return str(int(x)), None
    digits, _, exponent = f"{x:.4g}".partition("e")
    return digits, int(exponent) if exponent else None


def as_fraction(x: float) -> Fraction | None:
    """The fraction a float stands for, where its decimals would be cut off and its fraction is short.

    >>> as_fraction(1 / 3), as_fraction(0.25), as_fraction(3.14159), as_fraction(12345.0)
    (Fraction(1, 3), None, None, None)
    """
    if not math.isfinite(x) or x.is_integer() or float(f"{x:.4g}") == x:
        return None
    fraction = Fraction(x).limit_denominator(100)
    # Within rounding, since 1 - 2/3 is not quite the float 1/3; but 0.1 + 0.2 is 0.3, not 3/10.
    near = fraction.denominator > 1 and math.isclose(float(fraction), x, rel_tol=1e-15)
    return fraction if near and float(f"{float(fraction):.4g}") != float(fraction) else None


DIGITS = 4  # significant ones, where these are enough
MOST_DIGITS = 17
# The digits of a result, and of the numbers that it is calculated from.
ATTEMPTS = ((4, range(4, 7)), (3, range(4, 7)), (4, range(7, MOST_DIGITS)))


def rounded(x: float, digits: int = DIGITS) -> str:
    """A number with so many significant digits, as Python writes it; 0 also for -0.

    >>> rounded(0.123456), rounded(-0.0), rounded(1234567.0)
    ('0.1235', '0', '1.235e+06')
    """
    return f"{x + 0.0:.{digits}g}"


def agreeing_digits(
    numbers: Sequence[float],
    result: float,
    combine: Callable[[Sequence[Decimal]], Decimal],
    digits: int | None = None,
) -> tuple[int, int]:
    """The digits of numbers, and of their product or sum, with which a calculator gets the result as printed.

    Args:
        numbers: the numbers to print.
        result: the product or the sum of the numbers.
        combine: the product or the sum of printed numbers.
        digits: the significant digits of the result; without these four, or three where four take many.

    >>> agreeing_digits([0.5, 0.2445, -0.8511], -0.10404, math.prod)
    (4, 4)
    >>> agreeing_digits([1.2346, 1.2346], 1.52423716, math.prod)
    (5, 4)
    """
    if all(map(math.isfinite, (*numbers, result))):
        for places, counts in ATTEMPTS if digits is None else [(digits, range(DIGITS, MOST_DIGITS))]:
            for count in counts:
                if _agrees(combine([Decimal(rounded(x, count)) for x in numbers]), result, places):
                    return count, places
    return DIGITS, digits or DIGITS


def _agrees(calculated: Decimal, result: float, digits: int) -> bool:
    """Whether a result is rounded to the printed digits of another, of which a last 0 is not printed."""
    printed = Decimal(rounded(result, digits))
    last = int(Decimal(f"{result:.{digits - 1}e}").as_tuple().exponent)
    unit = Decimal(10) ** (last + (int(printed.as_tuple().exponent) > last))
    return abs(calculated - printed) * 2 < unit
