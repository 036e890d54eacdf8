r"""Primitives from outside: rows and array rows of one's own, and functions with their derivative as code.

>>> from autograd import Value, grad
>>> from autograd.extend import Row, define
>>> import math
>>> gudermann = define(Row("gudermann", lambda x: math.atan(math.sinh(x)), partials="1 / cosh(x)"))
>>> grad(gudermann)(0.0), round(grad(grad(gudermann))(1.0), 6)
(1.0, -0.493554)
>>> x = Value(0.5, label="x")
>>> (gudermann(x) ** 2).backward()
>>> round(x.grad, 6)
0.852022

`docs/how-to/extending.md` shows each of these in use.
"""

from autograd._table.rows import CALL, POWER, PRODUCT, SUM
from autograd.extend._array_rows import ArrayRow
from autograd.extend._define import define
from autograd.extend._functions import function
from autograd.extend._rows import Row

__all__ = ["CALL", "POWER", "PRODUCT", "SUM", "ArrayRow", "Row", "define", "function"]
