"""Linear algebra and products: against 50 digits, where formulas fail, on Values, and their errors."""

import operator
import warnings
from functools import partial
from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath import mp

import autograd
from autograd import (
    DomainError,
    Tensor,
    Value,
    compile,
    detect_anomaly,
    grad,
    gradcheck,
    hessian,
    jvp,
    linalg,
)
from autograd._graph.node import plain
from autograd._graph.primitive import PRIMITIVES
from autograd._table.array_rows import ArrayRow
from autograd._table.array_rules import linear, matrices, products, spectra

rng = np.random.default_rng(3)


def array(*shape: int) -> Any:
    return rng.uniform(-1, 1, shape)


# -- against fifty digits ---------------------------------------------------------------------------


def matrix(x: Any) -> Any:
    return mp.matrix(np.asarray(x).tolist())


def lower(x: Any) -> Any:
    """The symmetric matrix whose lower triangle this is."""
    n = x.rows
    return mp.matrix([[x[max(i, j), min(i, j)] for j in range(n)] for i in range(n)])


def squares(x: Any) -> Any:
    return x.apply(lambda e: e * e)


def eigen(x: Any) -> Any:
    """Eigenvalues in their order, and the squares of the vectors, which have no sign."""
    values, vectors = mp.eigsy(lower(x))
    return [*values, *squares(vectors)]


def singular(x: Any) -> Any:
    U, S, V = mp.svd_r(x)
    return [*S, *squares(U), *squares(V)]


def pseudo_inverse(x: Any) -> Any:
    return (x.T * x) ** -1 * x.T if x.rows > x.cols else x.T * (x * x.T) ** -1


def flat(*parts: Any) -> Any:
    return autograd.concatenate([p.reshape(-1) for p in parts])


def both(pair: Any) -> Any:
    return flat(pair[0], pair[1] ** 2)


def all_three(result: Any) -> Any:
    return flat(result[1], result[0] ** 2, result[2] ** 2)


SQUARE, TALL = array(4, 4) + 2 * np.eye(4), array(4, 3)
POSITIVE = SQUARE @ SQUARE.T
EXACT = [
    ("inv", linalg.inv, lambda a: a**-1, [SQUARE]),
    ("solve", linalg.solve, mp.lu_solve, [SQUARE, array(4)]),
    ("det", linalg.det, mp.det, [SQUARE]),
    ("det, nearly singular", linalg.det, mp.det, [np.array([[1.0, 2.0], [2.0, 4.0 + 1e-9]])]),
    ("slogdet", lambda a: linalg.slogdet(a)[1], lambda a: mp.log(abs(mp.det(a))), [SQUARE]),
    ("cholesky", linalg.cholesky, lambda a: mp.cholesky(lower(a)), [POSITIVE]),
    ("eigvalsh", linalg.eigvalsh, lambda a: mp.eigsy(lower(a), eigvals_only=True), [SQUARE]),
    ("eigh", lambda a: both(linalg.eigh(a)), eigen, [SQUARE]),
    ("svdvals", linalg.svdvals, lambda a: mp.svd_r(a, compute_uv=False), [TALL]),
    ("svd, tall", lambda a: all_three(linalg.svd(a, full_matrices=False)), singular, [TALL]),
    ("svd, wide", lambda a: all_three(linalg.svd(a, full_matrices=False)), singular, [TALL.T.copy()]),
    ("pinv, tall", linalg.pinv, pseudo_inverse, [TALL]),
    ("pinv, wide", linalg.pinv, pseudo_inverse, [TALL.T.copy()]),
    ("norm", linalg.norm, lambda a: mp.norm(list(a), 2), [TALL]),
    ("norm, p = 3", lambda a: linalg.norm(a.reshape(-1), 3), lambda a: mp.norm(list(a), 3), [TALL]),
    ("norm, p = 1", lambda a: linalg.norm(a[0], 1), lambda a: mp.norm(list(a[0, :]), 1), [TALL]),
    ("matrix_power", partial(linalg.matrix_power, n=-3), lambda a: a**-3, [SQUARE]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "ours", "exact", "points"), EXACT, ids=[case[0] for case in EXACT])
def test_values_and_two_derivatives_against_fifty_digits(
    name: Any, ours: Any, exact: Any, points: Any
) -> None:
    along = [array(*x.shape) for x in points]

    def reference(t: Any) -> Any:
        out = exact(*(matrix(x) + t * matrix(v) for x, v in zip(points, along, strict=True)))
        return [out] if isinstance(out, mpmath.mpf) else list(out)

    with mp.workdps(50):
        h = mp.mpf(10) ** -12
        below, here, above = reference(-h), reference(0), reference(h)
        weights = [mp.mpf(w) for w in array(len(here)).tolist()]
        below, here, above = (sum(map(operator.mul, weights, out)) for out in (below, here, above))
        slope, turn = (above - below) / (2 * h), (above - 2 * here + below) / h**2

    def line(t: Any) -> Any:
        out = ours(*(x + t * v for x, v in zip(points, along, strict=True)))
        return (out.reshape(-1) * np.array(list(map(float, weights)))).sum()

    zero, one = (np.array(0.0),), (np.array(1.0),)
    nearly = 1e-4 if "nearly" in name else 0
    assert line(Tensor(0.0)).item() == pytest.approx(float(here), rel=1e-12 + nearly)
    assert grad(line)(*zero) == pytest.approx(float(slope), rel=1e-12)
    assert jvp(line, zero, one)[1] == pytest.approx(float(slope), rel=1e-12)
    assert grad(grad(line))(*zero) == pytest.approx(float(turn), rel=1e-11)
    assert jvp(grad(line), zero, one)[1] == pytest.approx(float(turn), rel=1e-11)


# Arguments for each row, and its parameters.
ROWS: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "einsum": ([array(2, 3, 3), array(1, 3), array(2, 4)], {"subscripts": "abb,cb,ad->db"}),
    "norm": ([array(3, 4)], {"order": 3.0, "axes": (0,), "keepdims": True}),
    "inv": ([SQUARE], {}),
    "solve": ([SQUARE, array(2, 4, 3)], {}),
    "det": ([array(2, 3, 3)], {}),
    "logabsdet": ([array(2, 3, 3)], {}),
    "cholesky": ([POSITIVE], {}),
    "eigvalsh": ([array(2, 3, 3)], {"upper": True}),
    "eigenvectors": ([array(2, 3, 3)], {"upper": True}),
    "svdvals": ([array(2, 3, 4)], {}),
    "singular_vectors": ([array(2, 3, 4)], {}),
    "pinv": ([array(2, 3, 4)], {"rcond": None}),
}


@pytest.mark.parametrize("name", ROWS)
def test_the_reverse_mode_is_the_transpose_of_the_forward_mode(name: str) -> None:
    """⟨g, J v⟩ = ⟨Jᵀ g, v⟩ to rounding, also where the sweep itself is recorded."""
    args, params = ROWS[name]
    row: Any = PRIMITIVES[name]
    along = [array(*a.shape) for a in args]
    result = row.on_arrays(*args, **params)
    g = array(*np.shape(result))
    forward = (g * row.tangent(along, args, params)).sum()
    for read in (np.asarray, Tensor):
        arguments = list(map(read, args))
        gains = [row.array_pulls[i](read(g), arguments, None, params) for i in range(len(args))]
        assert [np.shape(gain) for gain in gains] == [a.shape for a in args]
        backward = sum((plain(gain) * v).sum() for gain, v in zip(gains, along, strict=True))
        assert backward == pytest.approx(forward, rel=1e-11)


def test_every_row_of_linear_algebra_is_transposed_here() -> None:
    rooms = (products, matrices, spectra)
    there = {x.name for room in rooms for x in vars(room).values() if isinstance(x, ArrayRow)}
    assert there - {x.name for x in vars(linear).values() if isinstance(x, ArrayRow)} == set(ROWS)


# -- where the textbook's formula fails -------------------------------------------------------------


@pytest.mark.parametrize("rank", [0, 1, 2, 3])
def test_the_determinant_of_a_singular_matrix_has_its_derivatives(rank: int) -> None:
    """The cofactors, and the minors of two rows fewer, where det(x)·x⁻ᵀ would be 0 times infinity."""
    a = array(3, rank) @ array(rank, 3)
    cofactors = np.array(
        [[(-1) ** (i + j) * np.linalg.det(without(a, i, j)) for j in range(3)] for i in range(3)]
    )
    np.testing.assert_allclose(grad(linalg.det)(a), cofactors, atol=1e-15)
    np.testing.assert_allclose(jvp(linalg.det, (a,), (np.ones((3, 3)),))[1], cofactors.sum(), atol=1e-15)
    turns = hessian(linalg.det)(a)
    for i, j, k, m in np.ndindex(3, 3, 3, 3):
        minor = 0.0
        if i != k and j != m:
            minor = a[3 - i - k, 3 - j - m] * (1 if (i - k) % 3 == (j - m) % 3 else -1)
        assert turns[i, j, k, m] == pytest.approx(minor, abs=1e-13)
    third = grad(grad(grad(lambda t: linalg.det(np.eye(3) * t))))(np.array(0.0))
    assert third == pytest.approx(6.0)  # det of t·1 is t³


def without(a: Any, i: int, j: int) -> Any:
    return np.delete(np.delete(a, i, 0), j, 1)


def test_matrices_of_one_row_and_of_none() -> None:
    assert grad(linalg.det)(np.array([[5.0]])) == [[1.0]]
    assert grad(grad(lambda t: linalg.det(t.reshape(1, 1) ** 2)))(np.array(3.0)) == pytest.approx(2.0)
    nothing = Tensor(np.empty((0, 0)))
    linalg.det(nothing).backward()
    assert nothing.grad.shape == (0, 0)


def test_the_derivative_of_a_norm_that_is_0_is_0() -> None:
    for order in (None, 0.5, 1, 1.5, 2, 3, np.inf):
        assert not grad(lambda x, order=order: linalg.norm(x, order))(np.zeros(3)).any()
        assert jvp(lambda x, order=order: linalg.norm(x, order), (np.zeros(3),), (np.ones(3),))[1] == 0
    assert not hessian(linalg.norm)(np.zeros(2)).any()
    rows = grad(lambda x: linalg.norm(x, axis=1).sum())(np.array([[3.0, -4.0], [0.0, 0.0]]))
    np.testing.assert_allclose(rows, [[0.6, -0.8], [0.0, 0.0]], rtol=1e-15)
    x = [Value(0.0), Value(0.0)]
    linalg.norm(x).backward()
    assert [v.grad for v in x] == [0.0, 0.0]
    assert grad(grad(lambda a: linalg.norm([a, 2 * a])))(0.0) == 0.0
    assert grad(linalg.norm)(-2.0) == -1.0


@pytest.mark.parametrize("size", [1e200, 1e308, 1e-200, 5e-324])
def test_a_norm_neither_overflows_nor_underflows(size: float) -> None:
    x = np.array([0.75 * size, -size]) if size > 1e-300 else np.array([0.0, size])
    exact = mp.norm(x.tolist(), 2)
    assert linalg.norm(Tensor(x)).item() == pytest.approx(float(exact), rel=1e-15)
    np.testing.assert_allclose(grad(linalg.norm)(x), [float(v / exact) for v in x], rtol=1e-15)
    small = np.array([3e30, 4e30], np.float32)
    assert linalg.norm(Tensor(small)).item() == pytest.approx(5e30, rel=1e-6)


def test_eigenvalues_that_are_equal_have_derivatives_and_their_vectors_have_none() -> None:
    w = np.array([1.0, 2.0, 3.0])
    np.testing.assert_allclose(grad(lambda a: (w * linalg.eigvalsh(a)).sum())(2 * np.eye(3)), np.diag(w))
    np.testing.assert_allclose(grad(lambda a: (w * linalg.svdvals(a)).sum())(np.eye(3)), np.diag(w))
    a = Tensor(np.eye(2), label="a")
    with np.errstate(all="ignore"), detect_anomaly():
        with pytest.raises(DomainError, match=r"the derivative of eigenvectors\(a\) is nan"):
            (linalg.eigh(a).eigenvectors[0] ** 2).sum().backward()
        with pytest.raises(DomainError, match=r"the derivative of singular_vectors\(a\) is nan"):
            (linalg.svd(a).U[0] ** 2).sum().backward()
    assert a.grad is None


def test_the_triangle_that_is_read_has_the_derivative_and_the_advice_makes_it_symmetric() -> None:
    a = POSITIVE.copy()
    _, vectors = np.linalg.eigh(a)
    textbook = np.outer(vectors[:, -1], vectors[:, -1])
    largest = lambda a, **options: linalg.eigvalsh(a, **options)[-1]  # noqa: E731
    np.testing.assert_allclose(grad(lambda a: largest((a + a.T) / 2))(a), textbook, rtol=1e-12, atol=1e-14)
    read = np.tril(2 * textbook) - np.diag(textbook.diagonal())
    np.testing.assert_allclose(grad(largest)(a), read, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(grad(lambda a: largest(a, UPLO="U"))(a), read.T, rtol=1e-12, atol=1e-14)
    slope = grad(lambda a: (linalg.cholesky((a + a.T) / 2) ** 2).sum())(a)  # Σ L² is the trace of a
    np.testing.assert_allclose(slope, np.eye(4), atol=1e-12)


def test_a_pseudo_inverse_of_full_rank_is_the_inverse_and_one_of_low_rank_is_none() -> None:
    """Without the terms that are 0 but for rounding: they put the second derivative off by 7 %."""
    stream = np.random.default_rng(56)
    a, along, weights = (stream.uniform(-1, 1, (5, 5)) for _ in range(3))

    def turn(inverse: Any) -> Any:
        def line(t: Any) -> Any:
            moved = a + t * along
            return (weights * inverse(moved.T @ moved)).sum()

        return grad(grad(line))(np.array(0.0))

    assert turn(linalg.pinv) == pytest.approx(turn(linalg.inv), rel=1e-9)
    low = array(4, 2)
    assert gradcheck(lambda t: linalg.pinv((low + t * TALL[:, :2]) @ low[:3].T), np.array(0.0), order=2)
    with pytest.raises(np.linalg.LinAlgError, match=r"rcond=0\.5 leaves out singular values.*smaller rcond"):
        grad(lambda a: linalg.pinv(a, rcond=0.5).sum())(np.diag([1.0, 0.1]))
    assert np.isfinite(grad(lambda a: linalg.pinv(a, rcond=0.05).sum())(np.diag([1.0, 0.1]))).all()


def test_float32_stays_float32_in_results_and_gradients() -> None:
    for name, (args, params) in ROWS.items():
        singles = [Tensor(a.astype(np.float32)) for a in args]
        result = PRIMITIVES[name](*singles, **params)
        result.backward(np.ones(result.shape))
        assert result.dtype == np.float32
        assert all(x.grad.dtype == np.float32 for x in singles), name


# -- einsum ------------------------------------------------------------------------------------------


def test_the_gradient_of_einsum_costs_no_more_than_einsum() -> None:
    """What is summed out is put back by ones after the sum, not inside it: n² numbers, and not n³."""
    seen: list[str] = []
    ways: list[Any] = []
    numpy_function = np.einsum

    def watched(subscripts: str, *operands: Any, optimize: Any) -> Any:
        seen.append(subscripts)
        ways.append(optimize)
        return numpy_function(subscripts, *operands, optimize=optimize)

    a, b = Tensor(array(3, 4)), Tensor(array(4, 5))
    out = autograd.einsum("ij,jk->", a, b, optimize=["einsum_path", (0, 1)])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(np, "einsum", watched)
        out.backward()
    assert max(len(set(text) & set("ijk")) for text in seen) == 2
    assert ways == [True, False, True, False]  # the path is one for the operands of the sum itself
    np.testing.assert_allclose(a.grad, np.broadcast_to(b.data.sum(1), (3, 4)), rtol=1e-15)


def test_einsum_says_which_letter_does_not_fit() -> None:
    W, x = Tensor(array(2, 3), label="W"), Tensor(array(2), label="x")
    with pytest.raises(
        ValueError, match=r"einsum 'ij,j': 'j' is 2 long in x of shape \(2,\), and 3 in W of shape"
    ):
        np.einsum("ij,j", W, x)
    with pytest.raises(TypeError, match=r"a list of whole numbers, one for each axis, not \['i'\]"):
        autograd.einsum(x, ["i"])


# -- Values ------------------------------------------------------------------------------------------


def values(numbers: Any) -> Any:
    return np.frompyfunc(Value, 1, 1)(numbers)


def plain_numbers(x: Any) -> Any:
    return np.frompyfunc(float, 1, 1)(x).astype(float) if isinstance(x, np.ndarray) else float(x)


@pytest.mark.parametrize("n", [1, 2, 3, 6])
def test_values_give_what_arrays_give(n: int) -> None:
    a, b, B = array(n, n) + n * np.eye(n), array(n), array(n, 2)
    A = values(a)
    for ours, expected in (
        (linalg.det(A), np.linalg.det(a)),
        (linalg.inv(A), np.linalg.inv(a)),
        (linalg.solve(A, b), np.linalg.solve(a, b)),
        (linalg.solve(a.tolist(), values(B)), np.linalg.solve(a, B)),
        (linalg.det(np.array([A, A])), [np.linalg.det(a)] * 2),
        (linalg.matrix_power(A, -2), np.linalg.matrix_power(a, -2)),
        (linalg.multi_dot([A, values(B), B.T]), a @ B @ B.T),
        (linalg.norm(A), np.linalg.norm(a)),
        (linalg.norm(A, 1, keepdims=True), [[np.linalg.norm(a, 1)]]),
        (linalg.norm(A, -np.inf), np.linalg.norm(a, -np.inf)),
        (linalg.norm(A, 3, axis=0), np.linalg.norm(a, 3, axis=0)),
        (autograd.einsum("ij,jk->ik", A, B), a @ B),
        (autograd.einsum(A, [0, 0]), np.trace(a)),
        (autograd.outer(A, b), np.outer(a, b)),
        (autograd.inner(A, values(B.T)), np.inner(a, B.T)),
        (autograd.vdot(A, a), np.vdot(a, a)),
        (autograd.tensordot(A, A), np.tensordot(a, a)),
        (autograd.kron(A, b), np.kron(a, b)),
        (autograd.trace(A), np.trace(a)),
        (autograd.diagonal(A, 1 - n), np.diagonal(a, 1 - n)),
        (autograd.diag(values(b), 1), np.diag(b, 1)),
    ):  # fmt: skip
        np.testing.assert_allclose(plain_numbers(ours), expected, rtol=1e-11, atol=1e-13)


def test_the_derivatives_of_values_are_those_of_tensors() -> None:
    a, b = SQUARE[:3, :3], array(3)
    A = values(a)
    for function in (linalg.det, lambda a: linalg.solve(a, b)[1], lambda a: linalg.inv(a)[0, 2], linalg.norm):
        function(A).backward()
        slopes = np.array([[v.grad for v in row] for row in A])
        np.testing.assert_allclose(slopes, grad(function)(a), rtol=1e-12, atol=1e-14)
        for v in A.flat:
            v.grad = None
    singular = values(np.array([[1.0, 2.0], [2.0, 4.0]]))
    linalg.det(singular).backward()
    assert [v.grad for v in singular.flat] == [4.0, -2.0, -2.0, 1.0]


def test_a_program_inverts_any_matrix_whatever_was_recorded() -> None:
    """Recorded at a matrix where elimination would not swap rows, run where it would have to."""
    A = values(np.eye(2))
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # no choice was frozen
        program = compile([*linalg.inv(A).flat, linalg.det(A), linalg.norm(A)], [*A.flat], [])
    X = np.array([[0.0, 2.0, 4.0, 0.0], [1.0, 2.0, 3.0, 4.0]])
    expected = [[*np.linalg.inv(a).flat, np.linalg.det(a), np.linalg.norm(a)] for a in X.reshape(2, 2, 2)]
    np.testing.assert_allclose(program([], X), expected, rtol=1e-13)
    length = compile(linalg.norm([x := Value(1.0), y := Value(2.0)]), [], [x, y])
    assert [a.tolist() for a in map(np.asarray, length.value_and_grad([0.0, 0.0]))] == [0.0, [0.0, 0.0]]


# -- errors ------------------------------------------------------------------------------------------


S, N = Tensor(np.ones((2, 2)), label="S"), Tensor(np.ones((2, 3)), label="N")
ERRORS: list[tuple[Any, type[Exception], str]] = [
    (lambda: np.linalg.inv(S), np.linalg.LinAlgError, r"inv of S \(2, 2\): Singular matrix"),
    (lambda: linalg.solve(S, np.ones(2)), np.linalg.LinAlgError, r"solve of S \(2, 2\) and \(2,\): Singular"),
    (lambda: linalg.solve(S, np.ones(3)), ValueError, r"solve: the shapes S \(2, 2\) and \(3,\) do not fit"),
    (lambda: linalg.cholesky(-S), np.linalg.LinAlgError, "not positive definite"),
    (lambda: linalg.det(N), np.linalg.LinAlgError, r"det takes square matrices, not N of shape \(2, 3\)"),
    (lambda: linalg.svd(N), TypeError, "write full_matrices=False"),
    (lambda: linalg.eigh(S, "X"), ValueError, "UPLO is 'L' or 'U'"),
    (lambda: linalg.norm(N, "nuclear"), ValueError, "'fro' or 'nuc', not 'nuclear'"),
    (lambda: linalg.norm(N[0], 0), TypeError, r"np\.count_nonzero\(x\.data\)"),
    (lambda: linalg.norm(Tensor(np.ones((2, 2, 2))), 2), ValueError, "say which, with axis="),
    (lambda: linalg.multi_dot([N]), ValueError, "at least two arrays, not 1"),
    (lambda: np.cross(N, np.ones(2)), ValueError, r"vectors of 3 numbers, not of shapes \(2, 3\) and \(2,\)"),
    (lambda: np.tensordot(N, S, 1), ValueError, r"axes \[-1\] of N of shape \(2, 3\) and \[0\]"),
    (lambda: np.linalg.eig(S), TypeError, r"numpy\.linalg\.eig has no counterpart for Tensors"),
    (lambda: linalg.inv(values(np.ones((2, 2)))), np.linalg.LinAlgError, "it has no inverse"),
    (lambda: linalg.det(values(np.ones((9, 9)))), np.linalg.LinAlgError, "at most 8 rows, not 9.*one Tensor"),
    (lambda: linalg.eigvalsh(values(np.eye(2))), TypeError, "eigvalsh takes a Tensor, not Values"),
    (lambda: linalg.norm(values(np.eye(2)), "nuc"), TypeError, "takes a Tensor, not Values"),
]  # fmt: skip


@pytest.mark.parametrize(("act", "kind", "said"), ERRORS, ids=[said for _, _, said in ERRORS])
def test_errors_say_what_was_given_and_what_to_do(act: Any, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        act()


def test_the_advice_of_errors_works() -> None:
    assert linalg.svd(N, full_matrices=False).Vh.shape == (2, 3)
    assert np.count_nonzero(N[0].data) == 3
    assert linalg.norm(Tensor(np.ones((2, 2, 2))), 2, axis=(0, 1)).shape == (2,)
    assert linalg.det(Tensor(np.eye(9))).item() == 1.0


def test_a_singular_matrix_in_a_sweep_leaves_the_gradients_alone() -> None:
    a = Tensor(np.ones((2, 2)))
    with np.errstate(all="ignore"):
        cost = linalg.slogdet(a).logabsdet + a.sum()
    with pytest.raises(np.linalg.LinAlgError, match="Singular matrix"):
        cost.backward()
    assert a.grad is None


@pytest.mark.parametrize("order", [-1, -3, -2.5])
def test_a_norm_that_stays_0_has_no_slope(order: float) -> None:
    """A negative order's norm is 0 wherever one element is, whatever the others are."""
    for x in ([3.0, 0.0], [3.0, 0.0, 5.0], [0.0, -2.0]):
        t = Tensor(x)
        with np.errstate(divide="ignore"):
            np.linalg.norm(t, order).backward()
        assert t.grad.tolist() == [0.0] * len(x)


@pytest.mark.parametrize("size", [1e-110, 1e-107, 1.0, 1e103, 3e150])
def test_the_second_derivative_of_a_determinant_of_any_size(size: float) -> None:
    """∂²(abc)/∂a∂b = c, also where abc itself is beyond the floats."""
    with np.errstate(over="ignore"):
        product = autograd.hvp(np.linalg.det, np.diag([size, 2 * size, 3 * size]), np.diag([1.0, 0.0, 0.0]))
    np.testing.assert_allclose(product, np.diag([0.0, 3 * size, 2 * size]), rtol=1e-12, atol=1e-13 * size)
