"""Functions of Tensors beside their programs of scalars."""

import numpy as np

from autograd import Tensor
from autograd._compiler.programs.compiling import compile_examples

__all__ = ["EXAMPLES", "FLOAT", "compare", "flat"]


EXAMPLES = 3
FLOAT = np.dtype(float)


def flat(arrays):
    return np.concatenate([np.empty(0), *(np.ravel(a) for a in arrays)])


def compare(function, inputs, parameters, dtype=FLOAT, seed=0, rtol=1e-11):
    """A function of lists of Tensors, recorded once: its program beside the function, on other examples.

    The cost is the sum of all results, each with a weight of its own.
    """
    rng = np.random.default_rng(seed)

    def near(arrays):
        return [np.asarray(a * rng.uniform(0.97, 1.03, np.shape(a)), dtype) for a in arrays]

    def recorded(inputs, parameters):
        X, P = ([Tensor(np.asarray(a, dtype)) for a in arrays] for arrays in (inputs, parameters))
        results = function(X, P)
        terms = [(y * w.astype(dtype)).sum() for y, w in zip(results, weights(results), strict=True)]
        return X, P, [sum(terms[1:], terms[0]), *results]

    def weights(results):
        stream = np.random.default_rng(7)
        return [stream.uniform(0.5, 1.5, y.shape) for y in results]

    X, P, outputs = recorded(inputs, parameters)
    program = compile_examples(outputs, X, P, dtype)
    theta, examples = near(parameters), [near(inputs) for _ in range(EXAMPLES)]
    gradient, expected = np.zeros(program.parameters), []
    for example in examples:
        _, P, outputs = recorded(example, theta)
        outputs[0].backward()
        expected.append(flat(y.data for y in outputs))
        gradient += flat(np.zeros(p.shape) if p.grad is None else p.grad for p in P) / EXAMPLES
    rows = np.array([flat(example) for example in examples], dtype).reshape(EXAMPLES, -1)
    mean, slopes, results = program.value_grad_and_outputs(flat(theta).astype(dtype), rows)
    rtol = rtol if dtype == FLOAT else 2e-4
    size = 1 + np.abs(expected).max(initial=0)
    np.testing.assert_allclose(results, expected, rtol=rtol, atol=rtol * size)
    np.testing.assert_allclose(mean, np.mean([row[0] for row in expected]), rtol=rtol, atol=rtol * size)
    np.testing.assert_allclose(slopes, gradient, rtol=rtol, atol=rtol * (1 + np.abs(gradient).max(initial=0)))
    assert results.dtype == dtype
    return program
