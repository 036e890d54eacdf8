"""The engine: nodes that record operations, and the chain rule over what they recorded.

>>> from autograd import Value, grad, sigmoid
>>> w, a, b = Value(1.2, label="w"), Value(0.5, label="a"), Value(-0.3, label="b")
>>> z = (w * a + b).with_label("z")
>>> sigmoid(z).backward()
>>> round(w.grad, 6)
0.122229
>>> grad(lambda x: x**3)(2.0)
12.0

Every primitive of the table is a function of this module: ``exp``, ``sin``, ``sigmoid``, …
"""

from importlib import metadata
from typing import Any

from autograd._graph import foreign as _foreign  # what other libraries call it  # noqa: F401
from autograd._nodes import operators as _operators  # the operators of nodes  # noqa: F401
from autograd._nodes import pickling as _pickling  # how nodes are pickled  # noqa: F401
from autograd._nodes import subclasses as _subclasses  # nodes with attributes of their own  # noqa: F401
from autograd._table import rules as _rules  # the table  # noqa: F401

# isort: split
from autograd import extend, linalg  # under their own names  # noqa: F401
from autograd._compiler import compile
from autograd._derivatives.gradcheck import GradientError, gradcheck
from autograd._derivatives.transforms import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from autograd._functions.arranging.joining import (
    append,
    column_stack,
    concatenate,
    dstack,
    hstack,
    stack,
    vstack,
)
from autograd._functions.arranging.places import (
    array_split,
    delete,
    diagonal,
    dsplit,
    flip,
    fliplr,
    flipud,
    hsplit,
    pad,
    partition,
    repeat,
    resize,
    roll,
    rot90,
    sort,
    split,
    take,
    take_along_axis,
    tile,
    tril,
    triu,
    unique,
    vsplit,
)
from autograd._functions.arranging.shapes import (
    atleast_1d,
    atleast_2d,
    atleast_3d,
    broadcast_arrays,
    broadcast_to,
    expand_dims,
    matrix_transpose,
    meshgrid,
    moveaxis,
    ravel,
    reshape,
    rollaxis,
    squeeze,
    swapaxes,
    transpose,
)
from autograd._functions.choosing import clip, nan_to_num, piecewise, select
from autograd._functions.matrices.dot import dot
from autograd._functions.matrices.products import (
    cross,
    diag,
    diagflat,
    einsum,
    inner,
    kron,
    outer,
    tensordot,
    trace,
    vdot,
)
from autograd._functions.methods import rounded as _rounded  # the methods of nodes  # noqa: F401
from autograd._functions.plain_results import (
    allclose,
    argmax,
    argmin,
    argsort,
    array_equal,
    full_like,
    isclose,
    ones_like,
    zeros_like,
)
from autograd._functions.python_forms import abs, max, min, pow, sum
from autograd._functions.reducing.differences import diff, gradient, trapezoid
from autograd._functions.reducing.exponentials import log_softmax, logaddexp, logaddexp2, logsumexp, softmax
from autograd._functions.reducing.reductions import (
    average,
    cumprod,
    cumsum,
    mean,
    median,
    prod,
    ptp,
    std,
    var,
)
from autograd._graph.context import detect_anomaly, no_grad
from autograd._graph.node import DomainError
from autograd._nodes.tensor import Tensor
from autograd._nodes.value import Value
from autograd._support.callers import warn as _warn
from autograd._table.define import rows as _rows

# fmt: off
# ruff: noqa: RUF022 - in reading order, and then what the table has
__all__ = [
    "Value", "Tensor", "no_grad", "detect_anomaly", "DomainError",
    "abs", "pow", "dot", "sum", "mean", "max", "min",
    "logsumexp", "logaddexp", "logaddexp2", "softmax", "log_softmax",
    "prod", "var", "std", "ptp", "average", "median", "cumsum", "cumprod", "diff", "gradient", "trapezoid",
    "clip", "select", "piecewise", "nan_to_num",
    "concatenate", "stack", "hstack", "vstack", "dstack", "column_stack", "append",
    "split", "array_split", "hsplit", "vsplit", "dsplit",
    "reshape", "ravel", "squeeze", "expand_dims", "transpose", "swapaxes", "moveaxis", "rollaxis",
    "matrix_transpose",
    "atleast_1d", "atleast_2d", "atleast_3d", "broadcast_to", "broadcast_arrays", "meshgrid",
    "take", "take_along_axis", "sort", "partition", "repeat", "tile", "roll", "flip", "fliplr", "flipud",
    "rot90", "diagonal", "triu", "tril", "pad", "resize", "delete", "unique",
    "argmax", "argmin", "argsort", "zeros_like", "ones_like", "full_like",
    "isclose", "allclose", "array_equal",
    "outer", "inner", "vdot", "tensordot", "einsum", "kron", "cross", "trace", "diag", "diagflat",
    "grad", "value_and_grad", "jvp", "vjp", "jacobian", "hessian", "hvp", "gradcheck", "GradientError",
    "compile",
]
# fmt: on


def _primitives() -> dict[str, Any]:
    return {row.name: row for row in _rows() if row.public}


def _numpy_names() -> dict[str, Any]:
    return {name: row for row in _rows() if row.public for name in row.numpy_names}


__all__ += [name for name in _primitives() if name not in __all__]


def __getattr__(name: str) -> Any:
    """The primitives, straight from the table: a row's name and NumPy's are names of this module."""
    row = _primitives().get(name) or _numpy_names().get(name)
    if row is None:
        raise AttributeError(f"module 'autograd' has no attribute {name!r}")
    return row


def __dir__() -> list[str]:
    return sorted({*globals(), *_primitives(), *_numpy_names()})


def _warn_of_namesake() -> None:
    """Another distribution, HIPS autograd, has the import name of this one."""
    try:
        version = metadata.version("autograd")
    except metadata.PackageNotFoundError:
        return
    _warn(
        f"both chainrule and autograd {version} (HIPS) are installed here, and both are imported as "
        "'autograd': which one you get depends on the path. Keep them in separate environments "
        "(python -m venv), or 'pip uninstall autograd' and install chainrule again"
    )


_warn_of_namesake()
