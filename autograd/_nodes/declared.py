"""The methods and operators that `Value` and `Tensor` get from the table and from NumPy's functions.

Defining a row writes them, so the stub beside this file declares them for type checkers and editors;
`tests/declarations.py` writes it.
"""

from typing import Any, Generic, TypeVar

__all__ = ["ArrayGradient", "ArrayMethods", "NumberGradient", "Real", "ValueMethods"]

N = TypeVar("N")  # the kind of node
Real = NumberGradient = ArrayGradient = Any  # the stub has them


class ValueMethods(Generic[N]):
    """The methods and operators of `Value` that follow from the table."""

    __slots__ = ()


class ArrayMethods(Generic[N]):
    """The methods and operators of `Tensor` that follow from the table and the functions of whole arrays."""

    __slots__ = ()
