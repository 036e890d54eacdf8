"""Classifier and Regressor: nets that are fitted, and asked, in one line each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import softmax
from nn._estimators.examples import column_names, desired_numbers, inputs, labels, same_columns
from nn._estimators.learning import Learning
from nn._estimators.scaling import scale_of, unscaled_outputs
from nn._estimators.settings import Settings
from nn._measures.accuracy import share
from nn._measures.costs import cross_entropy, mean_squared_error
from nn._measures.metrics import r_squared
from nn._nets.mlp import MLP
from nn._training.history.history import History

__all__ = ["Classifier", "Regressor"]

Array = NDArray[Any]


@dataclass(kw_only=True, repr=False, eq=False)
class _Estimator(Settings, Learning):
    """What both estimators do with inputs."""

    net_: MLP = field(init=False)
    history_: History = field(init=False)
    n_features_in_: int = field(init=False)
    feature_names_in_: NDArray[Any] = field(init=False)

    def _keep(self, net: MLP, history: History, X: Any) -> Self:
        """The results of a fit, once all of it is done."""
        self.net_, self.history_, self.n_features_in_ = net, history, net.sizes[0]
        vars(self).pop("feature_names_in_", None)
        names = column_names(X)
        if names is not None:
            self.feature_names_in_ = names
        return self

    def _inputs(self, X: Any) -> NDArray[np.float64]:
        self._check_fitted()
        names = getattr(self, "feature_names_in_", None)
        return same_columns(X, names, self.n_features_in_, type(self).__name__)


@dataclass(kw_only=True, repr=False, eq=False)
class Classifier(_Estimator):
    """A net that learns labels of any kind, in the form of a scikit-learn estimator.

    It works without scikit-learn; with it, in pipelines, ``cross_val_score`` and ``GridSearchCV``.

    The net has a linear output for each class, which learns `nn.cross_entropy`, and a softmax at the end. For
    the training, inputs are brought to mean 0 and deviation 1, since nets learn slowly from others; `net_`
    takes them as they were, as its first layer includes the scale. The defaults were chosen on iris,
    wine, breast cancer, digits and `nn.data.moons`: see ``docs/how-to/data-sets.md``.

    Args:
        hidden_sizes: the widths of the hidden layers; [] for logistic regression.
        rng: a seed, or a generator that every fit draws from, for weights, order and held-out examples. The
            same seed and examples give the same net to the bit.
        activation: of the hidden layers.
        epochs: how often each example is seen, at most.
        batch_size: the examples to one step.
        lr: the first learning rate of `nn.Adam`; it falls to 0 along `nn.cosine_decay`.
        l2: how strongly weights are held near 0: l2/n · Σ w² is added to the cost, for n examples. It is a
            normal prior on each weight, of variance 1/(2 l2), and fades as examples come.
        standardize: whether inputs are scaled.
        patience: how many epochs to go on after the best one. Then some of the examples only measure the
            epochs, and the net is that of the best. None for all epochs of all examples.
        held_out: the share of such examples, taken from every class.
        progress: show the bar of `nn.fit`.

    Attributes:
        classes_: the labels in the order of the outputs.
        net_: the trained `nn.MLP`, whose outputs are the probabilities of the classes.
        history_: of the training, as `nn.fit` gives it; its costs have the prior in them.
        n_features_in_: the number of inputs.
        feature_names_in_: the names of the columns, where X was a table with names.

    >>> X = [[5.1, 1.4], [4.9, 1.5], [6.3, 4.9], [6.1, 4.7], [6.5, 5.8], [7.1, 5.9]]
    >>> y = ["setosa", "setosa", "versicolor", "versicolor", "virginica", "virginica"]
    >>> model = Classifier([8], rng=0).fit(X, y)
    >>> model.predict([[5.0, 1.6], [6.9, 5.7]])
    array(['setosa', 'virginica'], dtype='<U10')
    >>> model.score(X, y), model.predict_proba(X).shape, model.net_
    (1.0, (6, 3), MLP([2, 8, 3], activation=relu, output_activation=softmax, node=Tensor, dtype=float64))
    """

    _kind: ClassVar[str] = "classifier"
    classes_: NDArray[Any] = field(init=False)

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Train a new net.

        Args:
            X: numbers, shape (n, features): an array, a list, or a table of pandas.
            y: a label for each example.

        Raises:
            TypeError, ValueError: for data or settings that do not fit; the former net stays.
            DivergenceError: when the cost stops being finite.

        Warns:
            UserWarning: after Ctrl-C, with the net so far.
        """
        x = inputs(X)
        classes, places = labels(y, len(x))
        net, history = self._learned(x, places, places, len(classes), cross_entropy)
        net.layers[-1].activation = softmax
        self.classes_ = classes
        return self._keep(net, history, X)

    def predict(self, X: ArrayLike) -> Array:
        """The most probable label of each example.

        Raises:
            TypeError, ValueError: for other columns than those of the fit, and before a fit.
        """
        x = self._inputs(X)
        return self.net_.predict(x, classes=self.classes_)

    def predict_proba(self, X: ArrayLike) -> NDArray[np.floating]:
        """The probability of each class, in the order of `classes_`; errors as of `predict`."""
        x = self._inputs(X)
        return self.net_.predict_proba(x)

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """The share of examples whose label is predicted; errors as of `predict`."""
        predicted = self.predict(X)
        expected = np.asarray(y)
        if expected.shape != predicted.shape:
            raise ValueError(
                f"y has shape {expected.shape}; expected a label for each of {len(predicted)} examples"
            )
        own = self.classes_.tolist()
        if len(expected) and set(own).isdisjoint(expected.tolist()):
            raise ValueError(
                f"y holds none of the classes of the fit, such as {own[0]!r}: its first label is "
                f"{expected.tolist()[0]!r}"
            )
        pairs = zip(predicted.tolist(), expected.tolist(), strict=True)
        return share(np.array([a == b for a, b in pairs]))


@dataclass(kw_only=True, repr=False, eq=False)
class Regressor(_Estimator):
    """A net that learns numbers, in the form of a scikit-learn estimator.

    As `Classifier`, with linear outputs that learn `nn.mean_squared_error`. For the training, desired outputs
    are scaled as inputs are, whatever `standardize` says, and `net_` gives them as they were.

    Args:
        l2: the prior as of `Classifier`, for desired outputs of deviation 1.
        hidden_sizes, rng, activation, epochs, batch_size, lr, standardize, patience, held_out, progress: as
            of `Classifier`; examples of small and of large numbers are held out.

    Attributes:
        net_: the trained `nn.MLP`.
        history_: its costs are those of desired outputs of deviation 1, with the prior in them; R² is that
            of the desired outputs as they are.
        n_features_in_, feature_names_in_: as of `Classifier`.

    >>> X = np.linspace(-3, 3, 60).reshape(-1, 1)
    >>> model = Regressor([16], rng=0, l2=0.1, epochs=300).fit(X, 100 + np.sin(X[:, 0]))
    >>> model.score(X, 100 + np.sin(X[:, 0])) > 0.99
    True
    >>> model.predict([[0.0]]).round(), model.net_
    (array([100.]), MLP([1, 16, 1], activation=relu, output_activation=identity, node=Tensor, dtype=float64))
    """

    _kind: ClassVar[str] = "regressor"
    _several_outputs: ClassVar[bool] = True
    l2: float = 1.0

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Train a new net.

        Args:
            X: numbers, shape (n, features): an array, a list, or a table of pandas.
            y: numbers, shape (n,); or (n, outputs), and predictions have the same form.

        Raises:
            TypeError, ValueError, DivergenceError: as of `Classifier.fit`.

        Warns:
            UserWarning: after Ctrl-C, with the net so far.
        """
        x = inputs(X)
        desired = desired_numbers(y, len(x))
        rows = desired.reshape(len(x), -1)
        scale = scale_of(rows)
        Y = scale(rows)
        net, history = self._learned(x, Y, Y[:, 0], Y.shape[1], mean_squared_error, {"R²": r_squared})
        unscaled_outputs(net, scale)
        self._form = desired.shape[1:]
        return self._keep(net, history, X)

    def predict(self, X: ArrayLike) -> NDArray[np.floating]:
        """The outputs for each example, in the form of the fit's y.

        Raises:
            TypeError, ValueError: for other columns than those of the fit, and before a fit.
        """
        x = self._inputs(X)
        return self.net_.predict(x).reshape(-1, *self._form)

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """R² of the predictions, see `nn.r_squared`; errors as of `predict`."""
        predicted = self.predict(X)
        return r_squared(predicted, desired_numbers(y, len(predicted)).reshape(predicted.shape))
