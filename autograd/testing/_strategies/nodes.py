"""Values and Tensors as arguments that Hypothesis infers from annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd._nodes.value import Value
from autograd._support.extras import extra
from autograd.testing._strategies.arrays import arrays
from autograd.testing._strategies.numbers import numbers

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["nodes"]


def nodes(kind: type) -> SearchStrategy[Any]:
    """Leaves of finite numbers, Values as `numbers` draws them and Tensors as `arrays` does.

    `autograd` gives it to Hypothesis, for `st.from_type(Value)`.
    """
    st = extra("hypothesis.strategies", "testing", "drawing nodes")
    return st.builds(kind, numbers() if kind is Value else arrays())  # type: ignore[no-any-return]
