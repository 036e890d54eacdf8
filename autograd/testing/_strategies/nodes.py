"""Values and Tensors as arguments that Hypothesis infers from annotations."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from autograd._nodes.tensor import Tensor
from autograd._nodes.value import Value
from autograd._support.extras import extra
from autograd.testing._strategies.arrays import arrays
from autograd.testing._strategies.numbers import numbers

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["STRATEGIES", "tensors", "values"]


def values() -> SearchStrategy[Value]:
    """Leaves of finite numbers, as `numbers` draws them."""
    st = extra("hypothesis.strategies", "testing", "drawing Values")
    return st.builds(Value, numbers())  # type: ignore[no-any-return]


def tensors() -> SearchStrategy[Tensor]:
    """Leaves of finite numbers, of any shape, as `arrays` draws them."""
    st = extra("hypothesis.strategies", "testing", "drawing Tensors")
    return st.builds(Tensor, arrays())  # type: ignore[no-any-return]


STRATEGIES: dict[type, Callable[[], Any]] = {Value: values, Tensor: tensors}
"""For `hypothesis.strategies.from_type`; see the entry point `_chainrule.hypothesis_types`."""
