"""Every row and NumPy's functions on Tensors as scalars, beside the rows themselves."""

import itertools
import warnings

import numpy as np
import pytest
from lowered_functions import FLOAT, compare, flat
from matrix_forms import FORMS as MATRIX_FORMS
from numpy_forms import FORMS
from numpy_harness import as_tensors, outcome, parts_of

from autograd import Tensor
from autograd._compiler.programs.compiling import CannotLower
from autograd._graph.node import plain
from autograd._graph.primitive import PRIMITIVES
from autograd._table.rows import Row
from autograd.extend._points import points


@pytest.mark.parametrize("dtype", [FLOAT, np.dtype(np.float32)])
def test_every_row_of_the_table(dtype):
    """All in one program; of each row its points, the first input of which is an input or a parameter."""
    rows = [row for row in PRIMITIVES.values() if isinstance(row, Row) and not row.reverse_only]
    columns = []
    for row in rows:
        places = [p for p in itertools.islice(points(row), 6) if all(abs(x) < 5 for x in p)]
        columns.append([np.array(column) for column in zip(*places, strict=True)])
    arrays = [column for several in columns for column in several]

    def results(nodes):
        nodes = iter(nodes)
        return [row(*itertools.islice(nodes, row.arity)) for row in rows]

    if dtype == FLOAT:
        compare(lambda X, P: results(P), [], arrays, dtype, rtol=1e-10)
    compare(lambda X, P: results(X), arrays, [], dtype, rtol=1e-10)


# Functions that look at numbers, as for an order: a program would repeat it for all examples.
CHOOSING = {"sort", "partition", "unique", "median", "nan_to_num", "slogdet", "lstsq"}
ROLES = (lambda ts: (ts, []), lambda ts: ([], ts), lambda ts: (ts[::2], ts[1::2]))


def arrays_in(x):
    """The arrays of the Tensors in an argument."""
    if isinstance(x, Tensor):
        return [x.data]
    return [a for e in x for a in arrays_in(e)] if isinstance(x, (list, tuple)) else []


def replaced(x, nodes):
    """An argument with other nodes in place of its Tensors."""
    if isinstance(x, Tensor):
        return next(nodes)
    return type(x)(replaced(e, nodes) for e in x) if isinstance(x, (list, tuple)) else x


def in_roles(function, arrays, role):
    """A function of nodes in the order of the arrays, as one of the inputs and the parameters."""
    order = np.argsort(flat(role(list(range(len(arrays))))), kind="stable")
    return lambda X, P: function(iter([(*X, *P)[i] for i in order]))


def nodes_of(result):
    parts = [] if isinstance(result, Exception) else parts_of(result)
    return [y for y in parts if isinstance(y, Tensor) and y.op is not None]


def test_numpys_functions():
    """A few forms of each function of NumPy's that has one on Tensors, in one role after another."""
    tried, refused, roles = 0, set(), itertools.cycle(ROLES)
    for function, several in {**FORMS, **MATRIX_FORMS}.items():
        for args, named in several[:: max(len(several) // 2, 1)]:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tensors = [as_tensors(x) for x in args]
                results, arrays = nodes_of(outcome(function, tensors, named)), arrays_in(tensors)
                finite = all(np.isfinite(plain(a)).all() for a in (*arrays, *results))
                if not results or not finite or {a.dtype for a in arrays} != {FLOAT}:
                    continue

                def on_nodes(nodes, function=function, tensors=tensors, named=named):
                    return nodes_of(function(*replaced(tensors, nodes), **named))

                role = next(roles)
                try:
                    compare(in_roles(on_nodes, arrays, role), *role(arrays), rtol=1e-9)
                    tried += 1
                except CannotLower as error:
                    by_look = "looked at the number" in str(error)
                    refused.add(function.__name__ if by_look else str(error).split()[0])
    assert tried > 120
    no_form = {"eigvalsh", "pinv", "svdvals", "logabsdet", "singular_vectors", "cholesky"}
    assert refused >= CHOOSING
    assert refused <= no_form | CHOOSING


PRODUCTS = [
    ("ij,jk->ik", (3, 4), (4, 5)), ("ij,ij->i", (6, 5), (6, 5)), ("bij,bjk->bik", (2, 3, 4), (2, 4, 5)),
    ("ij,kj,k->i", (3, 4), (5, 4), (5,)), ("ii,i->", (4, 4), (4,)), ("i,j->ji", (3,), (4,)),
    ("bhid,bhjd->bhij", (1, 2, 3, 5), (1, 2, 4, 5)), ("ij,jk->", (1, 4), (4, 5)),
]  # fmt: skip


@pytest.mark.parametrize(("subscripts", "shapes"), [(text, shapes) for text, *shapes in PRODUCTS])
def test_products_in_einsteins_notation(subscripts, shapes):
    arrays = [np.random.default_rng(i).normal(size=shape) for i, shape in enumerate(shapes)]
    for role in ROLES:

        def product(X, P, role=role):  # fmt: skip
            order = np.argsort(flat(role(list(range(len(arrays))))), kind="stable")
            return [np.einsum(subscripts, *((*X, *P)[i] for i in order))]

        compare(product, *role(arrays))


@pytest.mark.parametrize(
    "shapes", [((2, 3, 4), (4, 5)), ((3, 4), (2, 4, 5)), ((2, 1, 3, 4), (3, 4, 2)), ((4,), (4,))]
)
def test_stacks_of_matrices(shapes):
    arrays = [np.random.default_rng(i).normal(size=shape) for i, shape in enumerate(shapes)]
    for role in (*ROLES, lambda ts: (ts[1::2], ts[::2])):
        compare(in_roles(lambda nodes: [np.matmul(*nodes)], arrays, role), *role(arrays))
