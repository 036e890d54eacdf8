"""THE MUTANTS of this engine: mistakes that people make, each as a change of its source."""

from __future__ import annotations

from autograd.testing._mutants.mutant import Mutant, Mutants

__all__ = ["mutants"]

RULES = "autograd._table.rules"
LINEAR = "autograd._table.array_rules.linear"
NUMBERS = "autograd._table.numerics.elementary"
VALUE_SWEEP = "autograd._derivatives.value_sweep"
TENSOR_SWEEP = "autograd._derivatives.tensor_sweep"
SWEEPS = "autograd._derivatives.sweeps"
TRACES = "autograd._derivatives.traces"
ARGNUMS = "autograd._derivatives.argnums"
NODE = "autograd._nodes.scalar_node"
COMPILER = "autograd._compiler"
GRADCHECK = "autograd._derivatives.gradcheck.checking"
JUDGING = "autograd._derivatives.differences.judging"

mutants = Mutants(
    [
        # The rows of the table.
        Mutant(
            "sin: minus cos",
            RULES,
            '("cos(x)",), ',
            '("-cos(x)",),',
            "the derivative of the sine is minus the cosine",
        ),
        Mutant(
            "cos: the minus is lost",
            RULES,
            '("-sin(x)",)',
            '("sin(x)",)',
            "the derivative of the cosine is the sine",
        ),
        Mutant("square: the factor is lost", RULES, '("2 * x",)', '("x",)', "the derivative of x² is x"),
        Mutant(
            "sqrt: the factor is lost",
            RULES,
            '("0.5 / out",)',
            '("1 / out",)',
            "the derivative of √x is 1/√x",
        ),
        Mutant(
            "pow: the exponent stays",
            RULES,
            '("_slope(x, y)", "_logpow',
            '("y * x**y", "_logpow',
            "the derivative of xⁿ is n xⁿ",
        ),
        Mutant(
            "truediv: without the square",
            RULES,
            '("1 / y", "-out / y")',
            '("1 / y", "-out")',
            "the derivative of x/y by y is -x/y",
        ),
        Mutant(
            "sigmoid: its value for its derivative",
            RULES,
            '("_dsigmoid(x)",)',
            '("sigmoid(x)",)',
            "σ′ is σ: the factor 1 - σ is lost",
        ),
        Mutant(
            "tanh: without the square",
            RULES,
            '("_dtanh(x)",)',
            '("1 - tanh(x)",)',
            "the derivative of tanh x is 1 - tanh x",
        ),
        Mutant(
            "exp: wrong beyond 20",
            RULES,
            'np.exp,            ("out",)',
            'np.exp,            ("minimum(out, exp(20))",)',
            "a large exponential is clipped, and so is its derivative",
        ),
        Mutant(
            "where: the other branch counts",
            RULES,
            '("0", "_holds(x)", "1 - _holds(x)")',
            '("0", "1", "1 - _holds(x)")',
            "the first branch has its derivative whether or not it was taken",
        ),
        Mutant(
            "tanh: a factor in the second derivative",
            RULES,
            '("-2 * out * tanh(x)",)',
            '("-out * tanh(x)",)',
            "the 2 of the chain rule is lost, one order up",
        ),
        # Kinks.
        Mutant(
            "maximum: a tie counts twice",
            NUMBERS,
            "0.5 if x == y else 0.0",
            "1.0 if x == y else 0.0",
            "both of two equal numbers are the largest, and each has the whole derivative",
        ),
        Mutant(
            "max: ties count whole",
            LINEAR,
            "ties / np.add.reduce(ties, axis=axis, keepdims=True)",
            "ties / 1.0",
            "each of the equal largest numbers of an array has the whole derivative",
        ),
        # Sweeps.
        Mutant(
            "value sweep: = for +=",
            VALUE_SWEEP,
            "    {p}._adjoint += {contribution}",
            "    {p}._adjoint = {contribution}",
            "a Value used twice keeps the last contribution alone",
        ),
        Mutant(
            "value sweep: a second backward forgets",
            VALUE_SWEEP,
            "leaf._adjoint = held + leaf._adjoint",
            "pass",
            "the gradients of two results do not add up",
        ),
        Mutant(
            "general sweep: = for +=",
            SWEEPS,
            "gradients[parent] + contribution if parent in gradients else contribution",
            "contribution",
            "in grad, a node used twice keeps the last contribution alone",
        ),
        Mutant(
            "general sweep: a node before its last use",
            SWEEPS,
            "in reversed(order):\n        for parent, contribution in",
            "in sorted(order, key=lambda n: n is not root):\n        for parent, contribution in",
            "nodes are swept without waiting for all of their uses",
        ),
        Mutant(
            "tensor sweep: = for +=",
            TENSOR_SWEEP,
            "contribution = gradients[parent] + contribution",
            "pass",
            "a Tensor used twice keeps the last contribution alone",
        ),
        Mutant(
            "tensor sweep: a third use is lost",
            TENSOR_SWEEP,
            "uses.get(parent, 1) + 1",
            "2",
            "a node goes on after its second contribution",
        ),
        Mutant(
            "an unused leaf has a gradient",
            TRACES,
            "return 0.0 if isinstance(x, Value)",
            "return 1.0 if isinstance(x, Value)",
            "an argument that the result does not depend on has the derivative 1",
        ),
        # Broadcasting.
        Mutant(
            "broadcasting: not summed",
            TENSOR_SWEEP,
            "if broadcasts and contribution.shape != data.shape:",
            "if broadcasts and contribution.ndim < data.ndim:",
            "the gradient of a repeated operand has the shape of the result",
        ),
        Mutant(
            "broadcasting: the largest for the sum",
            LINEAR,
            "np.add.reduce(x, axis=axes, keepdims=True)",
            "np.maximum.reduce(x, axis=axes, keepdims=True)",
            "of a repeated operand one use counts",
        ),
        Mutant(
            "broadcasting: the wrong axis",
            LINEAR,
            "_ones(x.dtype)[: x.shape[0]].dot(x)",
            "x.dot(_ones(x.dtype)[: x.shape[1]])",
            "the gradient of a bias is summed over its own axis, not over the batch",
        ),
        # Rules of arrays.
        Mutant(
            "matmul: not transposed",
            LINEAR,
            "return _product(a.T, g)",
            "return _product(a, g)",
            "the gradient of B in A B is A g, without the transpose",
        ),
        Mutant(
            "sum: divided by the count",
            LINEAR,
            "_spread(g, x, axis, keepdims))",
            "_spread(g, x, axis, keepdims) / x.size)",
            "the gradient of a sum is that of a mean",
        ),
        Mutant(
            "softmax: the diagonal alone",
            LINEAR,
            "return e / sum(e, axis=axis, keepdims=True)",
            'return e / getattr(total := sum(e, axis=axis, keepdims=True), "_primal", total)',
            "the sum in the denominator counts as a constant",
        ),
        Mutant(
            "getitem: a repeated index counts once",
            LINEAR,
            "        np.add.at(out, index, g)\n    return out",
            "        out[index] = g\n    return out",
            "an element taken twice keeps one of two gradients",
        ),
        # Transforms.
        Mutant(
            "forward mode: = for +=",
            NODE,
            "total = total + partial * tangents[parent]",
            "total = partial * tangents[parent]",
            "the tangent of a result is that of its last argument",
        ),
        Mutant(
            "nested grad: levels are confused",
            TRACES,
            'node: Node = lookup("_identity")(x)',
            "node: Node = x",
            "the inner derivative is by the outer variable too",
        ),
        Mutant(
            "second order: a partial counts as a constant",
            NODE,
            "args, out, partials = self.args, self, row.node_partials",
            "args, out, partials = self.inputs, self._primal, row.node_partials",
            "the local derivatives are numbers, also where they are to be differentiated again",
        ),
        Mutant(
            "argnums: counted from the wrong end",
            ARGNUMS,
            "i + len(args) if i < 0 else i",
            "i + len(args) - 1 if i < 0 else i",
            "the last argument is number -1, and one before it is taken",
        ),
        # The compiler.
        Mutant(
            "compiled sum: the signs are lost",
            f"{COMPILER}.find.vectorize",
            "sign, whole = sign * sign[whole], further",
            "whole = further",
            "a difference that is subtracted is subtracted term by term",
        ),
        Mutant(
            "compiled gradient: = for +=",
            f"{COMPILER}.run.scalar_code",
            '"+=" if argument in written else "="',
            '"="',
            "of a quantity used twice in a program one use counts",
        ),
        Mutant(
            "compiled gradient on arrays: = for +=",
            f"{COMPILER}.numpy_code.scatter",
            "if filled is Filled.UNWRITTEN:",
            "if True:",
            "of an array used twice in a program one use counts",
        ),
        # The checker itself.
        Mutant(
            "gradcheck: everything passes",
            GRADCHECK,
            "verdict = next((v for v in (DISAGREES, UNDECIDED) if v in verdicts), AGREES)",
            "verdict = AGREES",
            "the verdicts on the entries are collected, and nobody reads them",
        ),
        Mutant(
            "gradcheck: a tolerance too wide",
            JUDGING,
            "MARGIN = 1e-9",
            "MARGIN = 0.5",
            "half of the derivative is taken for rounding",
        ),
    ]
)
