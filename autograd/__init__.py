"""The engine: nodes that record operations, and the chain rule over the recorded graph.

>>> from autograd import Value, grad, sigmoid
>>> w, a, b = Value(1.2, label="w"), Value(0.5, label="a"), Value(-0.3, label="b")
>>> z = (w * a + b).with_label("z")
>>> sigmoid(z).backward()
>>> round(w.grad, 6)
0.122229
>>> grad(lambda x: x**3)(2.0)
12.0

Every primitive of the table is a function of this module: ``exp``, ``sin``, ``sigmoid``, …

PYTEST_DONT_REWRITE: no assertions for pytest to explain.
"""

import os as _os
import sys as _sys
from importlib import import_module as _import_module
from typing import Any as _Any

from autograd._graph import foreign as _foreign  # what other libraries call it  # noqa: F401
from autograd._nodes import operators as _operators  # the operators of nodes  # noqa: F401
from autograd._nodes import pickling as _pickling  # how nodes are pickled  # noqa: F401
from autograd._nodes import subclasses as _subclasses  # nodes with attributes of their own  # noqa: F401
from autograd._table import rules as _rules  # the table  # noqa: F401

# isort: split
from autograd import extend as extend
from autograd import linalg as linalg
from autograd._derivatives import gradcheck as _gradcheck
from autograd._derivatives import transforms as _transforms
from autograd._functions import choosing as _choosing
from autograd._functions import plain_results as _plain_results
from autograd._functions import python_forms as _python_forms
from autograd._functions.arranging import joining as _joining
from autograd._functions.arranging import places as _places
from autograd._functions.arranging import shapes as _shapes
from autograd._functions.matrices import dot as _dot
from autograd._functions.matrices import products as _products
from autograd._functions.methods import rounded as _rounded  # the methods of nodes  # noqa: F401
from autograd._functions.reducing import differences as _differences
from autograd._functions.reducing import exponentials as _exponentials
from autograd._functions.reducing import reductions as _reductions
from autograd._graph.context import detect_anomaly as detect_anomaly
from autograd._graph.context import no_grad as no_grad
from autograd._graph.node import DomainError as DomainError
from autograd._graph.node import topological_order as topological_order
from autograd._nodes.tensor import Tensor as Tensor
from autograd._nodes.value import Value as Value
from autograd._support.callers import warn as _warn
from autograd._table.define import rows as _rows
from autograd.extend import _define as _rows_from_outside

# A public name is said once, in the `__all__` of its room. A star would offer all names of a room to editors.
for _room in (
    _gradcheck, _transforms, _joining, _places, _shapes, _choosing,
    _dot, _products, _plain_results, _python_forms, _differences, _exponentials, _reductions,
):  # fmt: skip
    globals().update({_name: getattr(_room, _name) for _name in _room.__all__})

# Loaded when one of the two names is first used: the compiler is two fifths of all modules.
_COMPILER = {
    "Program": "autograd._compiler.programs.program",
    "compile": "autograd._compiler.programs.compiling",
}

__all__ = [name for name in globals() if name[0].isalpha() and name not in {"extend", "linalg"}]
__all__[:0] = _COMPILER


def _primitives() -> dict[str, _Any]:
    return {row.name: row for row in _rows() if row.public}


def _numpy_names() -> dict[str, _Any]:
    return {name: row for row in _rows() if row.public for name in row.numpy_names}


__all__ += [name for name in _primitives() if name not in __all__]


def __getattr__(name: str) -> _Any:
    """The compiler, and the primitives, straight from the table: names of rows, and NumPy's for them."""
    if room := _COMPILER.get(name):
        globals()[name] = value = getattr(_import_module(room), name)
        return value
    row = _primitives().get(name) or _numpy_names().get(name)
    if row is None:
        raise AttributeError(
            f"module 'autograd' has no attribute {name!r}", name=name, obj=_sys.modules[__name__]
        )
    return row


def __dir__() -> list[str]:
    return sorted({*globals(), *_COMPILER, *_primitives(), *_numpy_names()})


_rows_from_outside.public_names = __dir__


def _warn_of_namesake() -> None:
    """Another distribution, HIPS autograd, has the import name of this one."""
    # importlib.metadata, which reads the same names of folders, would take a tenth of the whole import.
    for folder in _sys.path:
        try:
            names = _os.listdir(folder or ".")
        except OSError:  # no folder, or one of others
            continue
        if installed := [n for n in names if n.startswith("autograd-") and n.endswith("-info")]:
            break
    else:
        return
    version = installed[0].removesuffix(".dist-info").removesuffix(".egg-info").split("-")[1]
    _warn(
        f"both chainrule and autograd {version} (HIPS) are installed here, and both are imported as "
        "'autograd': which one you get depends on the path. Keep them in separate environments "
        "(python -m venv), or 'pip uninstall autograd' and install chainrule again"
    )


_warn_of_namesake()


def _register_with_hypothesis() -> None:
    """Values and Tensors as strategies for annotations: by the second of the two to be imported."""
    if strategies := _sys.modules.get("hypothesis.strategies"):
        for node_type in (Value, Tensor):
            strategies.register_type_strategy(
                node_type, lambda kind: _import_module("autograd.testing._strategies.nodes").nodes(kind)
            )


_register_with_hypothesis()
