"""The training of an estimator's net: Adam along a cosine, a prior on the weights, and the best epoch."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import relu
from autograd._support.callers import warn
from autograd._support.checks import a_bool, above, between, count
from nn._estimators.scaling import scale_of, unscaled
from nn._measures.costs import l2_penalty
from nn._measures.metrics import Metrics
from nn._nets.activations import Activation, identity
from nn._nets.mlp import MLP
from nn._support.seeds import Seed, generator
from nn._training.callbacks import Callback, early_stopping
from nn._training.history.history import History
from nn._training.optimizers.adaptive import Adam
from nn._training.schedules import cosine_decay
from nn._training.training import fit
from nn.initializers import he_normal, lecun_normal

__all__ = ["Learning"]

Array = NDArray[Any]


@dataclass(kw_only=True, repr=False, eq=False)
class Learning:
    """The settings of a training, as `Classifier` documents them."""

    hidden_sizes: Sequence[int] = field(default=(32,), kw_only=False)
    rng: Seed
    activation: Activation = relu
    epochs: int = 100
    batch_size: int = 32
    lr: float = 0.01
    l2: float = 0.3
    standardize: bool = True
    patience: int | None = None
    held_out: float = 0.1
    progress: bool = False

    def _learned(
        self,
        X: Array,
        Y: Array,
        order: Array,
        outputs: int,
        cost: Callable[[Any, Any], Any],
        metrics: Metrics | None = None,
    ) -> tuple[MLP, History]:
        """A trained net with linear outputs, which takes inputs as they are; and the history.

        Args:
            X, Y: inputs and desired outputs.
            order: a number of each example; examples of all sizes of it are held out.
            outputs: how many the net has.
            cost: of a mini-batch, without the prior.

        Raises:
            TypeError, ValueError: for settings that do not fit.
            DivergenceError: as `nn.fit`.
        """
        sizes = self._sizes(X.shape[1], outputs)
        rng = generator(self.rng)
        epochs, batch_size = count(self.epochs, "epochs"), count(self.batch_size, "batch_size")
        l2, lr = between(self.l2, "l2", 0), above(self.lr, "lr")
        standardize, progress = a_bool(self.standardize, "standardize"), a_bool(self.progress, "progress")
        share = between(self.held_out, "held_out", 0, 1)
        net = MLP(
            sizes,
            activation=self.activation,
            output_activation=identity,
            initializer=he_normal if self.activation is relu else lecun_normal,
            rng=rng,
        )
        scale = scale_of(X) if standardize else None
        x = X if scale is None else scale(X)
        validation, callbacks = None, list[Callback]()
        if self.patience is not None:
            held = _held_out(order, share, rng)
            validation, x, Y = (x[held], Y[held]), x[~held], Y[~held]
            callbacks = [early_stopping(self.patience)]
        weights = [layer.W for layer in net.layers]

        def with_prior(a: Any, y: Any) -> Any:
            return cost(a, y) + l2_penalty(weights, l2 / len(x)) if l2 else cost(a, y)

        rate = cosine_decay(lr, steps=epochs * math.ceil(len(x) / batch_size))
        history = fit(
            net,
            x,
            Y,
            cost=with_prior,
            optimizer=Adam(net.parameters(), rate),
            epochs=epochs,
            batch_size=batch_size,
            rng=rng,
            validation=validation,
            callbacks=callbacks,
            metrics=metrics,
            progress=progress,
        )
        if history.interrupted:
            warn(f"the training was interrupted after {len(history)} epochs of {epochs}", UserWarning)
        if scale is not None:
            unscaled(net, scale)
        return net, history

    def _sizes(self, inputs: int, outputs: int) -> list[int]:
        hidden = self.hidden_sizes
        if isinstance(hidden, str) or not isinstance(hidden, (Sequence, np.ndarray)):
            raise TypeError(f"hidden_sizes is a list of the widths of hidden layers, as [8], not {hidden!r}")
        return [inputs, *(count(size, "a hidden size") for size in hidden), outputs]


def _held_out(order: Array, share: float, rng: np.random.Generator) -> NDArray[np.bool]:
    """A share of the examples, spread over their order, so that every class has its share."""
    number = round(share * len(order))
    if not 0 < number < len(order):
        raise ValueError(
            f"held_out={share:g} of {len(order)} examples holds out {number}; with patience, some are held "
            "out and some are learned from"
        )
    mixed = rng.permutation(len(order))
    in_order = mixed[np.argsort(order[mixed], kind="stable")]
    held = np.zeros(len(order), bool)
    held[in_order[((np.arange(number) + 0.5) * len(order) / number).astype(int)]] = True
    return held
