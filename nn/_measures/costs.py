"""Costs: functions of a net's outputs and the desired outputs.

Each takes one example ``(outputs,)`` or a batch ``(n, outputs)`` and gives one number: a Tensor of
one element, a Value, or a float, as the outputs are. A penalty is added to the cost:
``nn.quadratic_cost(a, y) + nn.l2_penalty(weights, 1e-4)``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import Tensor, Value, logsumexp, relu, softplus, square, sum
from autograd._graph.leaving import plain_array
from autograd._support.callers import warn
from autograd._support.checks import between, holds_whole_numbers
from nn._nets.predictions import squashing
from nn._support.arrays import nodes_or_numbers, numeric
from nn._support.class_labels import unit_rows

__all__ = [
    "LogitsWarning", "alike", "binary_cross_entropy", "cross_entropy", "half_squared_error", "hinge_loss",
    "l2_penalty", "mean_squared_error", "quadratic_cost",
]  # fmt: skip


def quadratic_cost(a: Any, y: Any) -> Any:
    """The lectures' C: the mean over examples of Σⱼ (aⱼ - yⱼ)², without a ½ (deck B).

    Args:
        a: outputs, of one example ``(outputs,)`` or a batch ``(n, outputs)``: a Tensor, Values in
            a list or array, or plain numbers. One number is an example with one output.
        y: the desired outputs, of the same shape.

    Raises:
        ValueError: when the shapes differ, or there is no example.

    >>> trained = [0.02, 0.03, 0.06, 0.97, 0.07, 0.02, 0.05, 0.06, 0.08, 0.04]
    >>> three = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    >>> f"{quadratic_cost(trained, three):.2f}"
    '0.03'
    """
    a, y = alike("quadratic_cost", a, y)
    return _mean(square(a - y))


def half_squared_error(a: Any, y: Any) -> Any:
    """The mean over examples of ½ Σⱼ (yⱼ - aⱼ)², whose slope at an output is aⱼ - yⱼ (deck E).

    Deck E's update of the output layer is the descent of this cost; its hidden layers' is not: see
    `nn.compare_errors`. Arguments and errors as for `quadratic_cost`.

    >>> half_squared_error([3.0, 0.0], [0.0, 4.0])
    12.5
    """
    a, y = alike("half_squared_error", a, y)
    return _mean(square(a - y)) * 0.5


def mean_squared_error(a: Any, y: Any) -> Any:
    """The mean over examples and outputs of (aⱼ - yⱼ)²: `quadratic_cost` over the number of outputs.

    Arguments and errors as for `quadratic_cost`.

    >>> mean_squared_error([3.0, 0.0], [0.0, 4.0])
    12.5
    """
    a, y = alike("mean_squared_error", a, y)
    return _plain(_over(sum(square(a - y)), a))


def cross_entropy(logits: Any, y: Any, weights: ArrayLike | None = None) -> Any:
    """The mean over examples of -Σᵢ yᵢ ln sᵢ, with s = softmax(logits) (deck D).

    Its slope at a logit is sᵢ - yᵢ, when the yᵢ of an example add up to 1. The net's last layer is
    linear (``output_activation=nn.identity``): the softmax is in here, where it neither overflows
    nor cancels. `autograd.softmax` turns the outputs into probabilities.

    Args:
        logits: the outputs before the softmax, ``(classes,)`` or ``(n, classes)``, of two classes or more.
        y: the desired probabilities, of the same shape; or labels, whole numbers of shape ``()`` or
            ``(n,)``.
        weights: how much each class counts, numbers above 0 of shape ``(classes,)``, such as those of
            `nn.data.class_weights`: every yᵢ is multiplied by its class's. None for 1.

    Raises:
        ValueError: when the shapes do not fit, for a label that is no class, or probabilities that
            are negative or all 0.

    Warns:
        LogitsWarning: a RuntimeWarning, where the outputs went through a sigmoid, tanh or softmax before.

    >>> f"{cross_entropy([2.0, 1.0, 0.1], [1, 0, 0]):.4f}", f"{cross_entropy([2.0, 1.0, 0.1], 0):.4f}"
    ('0.4170', '0.4170')
    >>> cross_entropy([1e4, 0.0], 1)
    10000.0
    >>> cross_entropy([1e4, 0.0], 1, weights=[1, 3])
    30000.0
    """
    a = _shaped(logits)
    y = _shaped(y)
    if a.ndim and a.shape[-1] == 1:
        raise ValueError(
            f"cross_entropy takes two logits or more for an example, given {a.shape}; that of one is "
            "always 0: use nn.binary_cross_entropy(logits, y)"
        )
    if not isinstance(y, Tensor) and holds_whole_numbers(y) and y.ndim == a.ndim - 1:
        y = unit_rows(y, a.shape[-1])
    a, y = alike("cross_entropy", a, y)
    _check_logits("cross_entropy", "softmax", a)
    a, y = (x if x.ndim == 2 else x.reshape(1, -1) for x in (a, y))
    probabilities = plain_array(y, np.float64)
    if np.any(probabilities < 0) or np.any(probabilities.sum(axis=1) == 0):
        raise ValueError("cross_entropy takes desired probabilities from 0 up, not all of them 0")
    y = _of_type(y, a)
    if weights is not None:
        y = y * _of_type(_weights("cross_entropy", weights, a.shape[-1]), a)
    weight = sum(y, axis=1)
    # -Σ yᵢ ln sᵢ = Σy (ln Σ exp(aⱼ) - m) = Σy ln Σ exp(aⱼ - m) with m = Σ yᵢ aᵢ / Σy: for a right and
    # certain answer the largest exponent is 0, and the cost keeps its last digits.
    if a.dtype == object:
        rows = zip(a, y, weight, strict=True)
        each = [logsumexp(row - _middle(row, share, total)) * total for row, share, total in rows]
        return sum(each) / len(each)
    middle = sum(y * a, axis=1) / weight
    return _plain(_over(sum(logsumexp(a - middle.reshape(-1, 1), axis=1) * weight), a, 0))


def binary_cross_entropy(logits: Any, y: Any, weights: ArrayLike | None = None) -> Any:
    """The mean over examples of -Σⱼ (yⱼ ln pⱼ + (1 - yⱼ) ln(1 - pⱼ)), with p = sigmoid(logits).

    One logit says yes or no; several are questions of their own, of which any number may be yes. Its slope
    at a logit is pⱼ - yⱼ. The net's last layer is linear (``output_activation=nn.identity``): the sigmoid is
    in here, as yⱼ softplus(-aⱼ) + (1 - yⱼ) softplus(aⱼ), which neither overflows nor cancels.
    `autograd.sigmoid` turns the outputs into probabilities; a logit is divided at 0, where p is ½.

    Args:
        logits: the outputs before the sigmoid, ``(outputs,)`` or ``(n, outputs)``.
        y: the desired probabilities from 0 to 1, of the same shape; for one output also labels 0 and 1 of
            shape ``()`` or ``(n,)``.
        weights: how much 0 and 1 count, two numbers above 0, such as those of `nn.data.class_weights`.
            None for 1.

    Raises:
        ValueError: when the shapes do not fit, or for desired probabilities out of their range.

    Warns:
        LogitsWarning: a RuntimeWarning, where the outputs went through a sigmoid, tanh or softmax before.

    >>> f"{binary_cross_entropy([[0.0], [2.0]], [1, 0]):.4f}"  # (ln 2 + ln(1 + e²)) / 2
    '1.4100'
    >>> binary_cross_entropy([-1e4], [1.0], weights=[1, 3])
    30000.0
    """
    a, y = _shaped(logits), _shaped(y)
    if y.ndim == a.ndim - 1 and a.shape[-1] == 1:
        y = y.reshape(a.shape)
    a, y = alike("binary_cross_entropy", a, y)
    _check_logits("binary_cross_entropy", "sigmoid", a)
    probabilities = plain_array(y, np.float64)
    if not np.all((probabilities >= 0) & (probabilities <= 1)):
        wrong = probabilities[~((probabilities >= 0) & (probabilities <= 1))].flat[0]
        cure = "; (y + 1) / 2 makes 0 and 1 of -1 and 1" if wrong == -1 else ""
        raise ValueError(f"binary_cross_entropy takes desired probabilities from 0 to 1, not {wrong:g}{cure}")
    y = _of_type(y, a)
    yes, no = y * softplus(-a), (1 - y) * softplus(a)
    if weights is not None:
        of_no, of_yes = _of_type(_weights("binary_cross_entropy", weights, 2), a)
        yes, no = yes * of_yes, no * of_no
    return _mean(yes + no)


def hinge_loss(a: Any, y: Any) -> Any:
    """The mean over examples of Σⱼ max(0, 1 - yⱼ aⱼ), for desired outputs -1 and 1.

    0 from the margin yⱼ aⱼ = 1 on: a right answer is not pushed further (as in a support vector machine).
    Arguments as for `quadratic_cost`.

    Raises:
        ValueError: also for desired outputs other than -1 and 1.

    >>> hinge_loss([0.5, -2.0], [1, -1])
    0.5
    """
    a, y = alike("hinge_loss", a, y)
    if isinstance(y, np.ndarray) and y.dtype != object and not np.all(abs(y) == 1):
        wrong = y[abs(y) != 1].flat[0]
        raise ValueError(
            f"hinge_loss takes desired outputs -1 and 1, not {wrong:g}; 2 * y - 1 makes them of 0 and 1"
        )
    return _mean(relu(1 - y * a))


def l2_penalty(weights: Iterable[Any], strength: float) -> Any:
    """strength · Σ w², which keeps weights small; a term to add to a cost.

    Args:
        weights: usually W but not b of each layer: Tensors, Values or arrays of Values.
        strength: the factor, 0 or more.

    >>> net_weights = [Tensor([[3.0, 4.0]])]
    >>> l2_penalty(net_weights, 0.1)
    Tensor(2.5)
    >>> l2_penalty([Value(3.0), Value(4.0)], 0.1)
    Value(2.5)
    """
    if isinstance(weights, (Value, Tensor)):
        raise TypeError("l2_penalty takes a list of weights, such as [layer.W for layer in net.layers]")
    terms = [square(w) if isinstance(w, Value) else sum(square(_shaped(w))) for w in weights]
    if not terms:
        raise ValueError("l2_penalty needs at least one weight")
    strength = between(strength, "the strength of l2_penalty", 0)
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return _plain(strength * total)


class LogitsWarning(RuntimeWarning):
    """A cost of logits got probabilities or other bounded numbers, with which it stays high."""

    __module__ = "nn"  # where users find it


def _check_logits(name: str, within: str, a: Any) -> None:
    """Warn where outputs went through a squashing function, as the cost of logits applies one itself."""
    through = squashing(a)
    if through is not None:
        warn(
            f"{name} takes logits, and these outputs went through {through}: the cost has a {within} in it "
            "and stays far above 0. Make the net with output_activation=nn.identity; "
            f"autograd.{within}(net(x)) are its probabilities",
            LogitsWarning,
        )


def _weights(name: str, weights: ArrayLike, classes: int) -> NDArray[Any]:
    each = numeric(weights, "weights")
    if each.shape != (classes,) or not np.all((each > 0) & (each < np.inf)):
        raise ValueError(
            f"the weights of {name} are {classes} finite numbers above 0, one for each class, as "
            f"nn.data.class_weights(labels, {classes}) gives them; given {weights!r:.100}"
        )
    return each


def _of_type(y: Any, a: Any) -> Any:
    """Plain numbers in the dtype of the outputs; nodes unchanged."""
    if not isinstance(y, np.ndarray) or y.dtype == object:
        return y
    return y.astype(float if a.dtype == object else a.dtype)


def _shaped(x: Any) -> Any:
    """An argument as a Tensor, or as an array of Values or of real numbers."""
    advice = "nn.data.one_hot(labels, np.unique(labels)) makes numbers of labels"
    return nodes_or_numbers(x, "a cost's argument", advice)


def alike(name: str, a: Any, y: Any) -> tuple[Any, Any]:
    """Outputs and desired outputs, if they have one shape, in floats; `name` begins the error."""
    # Whole numbers as floats: 20² is 144 in uint8.
    a, y = (x.astype(np.float64) if x.dtype.kind in "iub" else x for x in (_shaped(a), _shaped(y)))
    if a.shape != y.shape:
        cure = f"labels become desired outputs by nn.data.one_hot(labels, {a.shape[-1] if a.ndim else 1})"
        if a.shape == (*y.shape, 1):
            cure = "one output is one column: y.reshape(-1, 1)"
        raise ValueError(
            f"{name}: outputs of shape {a.shape} and desired outputs of shape {y.shape}; "
            f"they must be the same ({cure})"
        )
    if a.ndim > 2 or a.size == 0:
        raise ValueError(f"{name} takes outputs of shape (outputs,) or (n, outputs), given {a.shape}")
    return a, y


def _mean(each: Any) -> Any:
    """The sum over the outputs, in the mean over the examples."""
    total = sum(each)
    return _plain(_over(total, each, 0) if np.ndim(each) == 2 else total)


def _over(total: Any, a: Any, axis: int | None = None) -> Any:
    """A sum divided by how many numbers there are along an axis, or all."""
    count = float(a.size if axis is None else a.shape[axis])
    return total._over(count, axis) if isinstance(total, Tensor) else total / count


def _plain(total: Any) -> Any:
    return float(total) if isinstance(total, np.generic) else total


def _middle(logits: NDArray[Any], share: NDArray[Any], total: Any) -> Any:
    """Σ yᵢ aᵢ / Σy of Values, without terms of 0."""
    return sum([s * a for s, a in zip(share, logits, strict=True) if isinstance(s, Value) or s]) / total
