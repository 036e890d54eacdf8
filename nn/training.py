"""Mini-batch training, and what happens when it is stopped or goes wrong."""

from __future__ import annotations

import time
from collections.abc import Iterable

from numpy.typing import ArrayLike
from tqdm import tqdm

from autograd.threads import few_threads
from nn.arguments import Cost, Network, Steps, task
from nn.callbacks import Callback, StopTraining
from nn.costs import quadratic_cost
from nn.history import Epoch, History
from nn.parameters import multiplications
from nn.runs import DivergenceError, Run
from nn.seeds import Seed

__all__ = ["Cost", "DivergenceError", "fit"]


def fit(
    net: Network,
    X: ArrayLike,
    Y: ArrayLike,
    *,
    optimizer: Steps,
    epochs: int,
    batch_size: int,
    rng: Seed,
    cost: Cost = quadratic_cost,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    callbacks: Iterable[Callback] = (),
    progress: bool = True,
) -> History:
    """Train a net: in each epoch, every example once, in mini-batches of random order (deck B).

    A net of Values is recorded once, on one example, and trains as a compiled program (see
    `autograd.compile`), some hundred times as fast; ``history.program`` is that program, or None. The
    program is checked against the net and the cost on a few examples, and on another before each epoch.
    Where they differ, as for a cost that is no mean over examples, the net is run scalar by scalar, and a
    warning says so.

    Args:
        net: an `nn.MLP`, or anything with ``parameters()`` that can be called with a batch.
        X: the inputs, shape (n, inputs).
        Y: the desired outputs, shape (n, outputs), such as `nn.data.one_hot` makes of labels; or
            labels, shape (n,), for a cost that takes them, such as `nn.cross_entropy`.
        optimizer: holds the net's parameters, such as ``nn.SGD(net.parameters(), lr=1.0)``.
        epochs: how often each example is seen.
        batch_size: the examples to one step; an epoch's last batch may be smaller.
        rng: a seed or generator for the order. The same rng, net and data give the same run to
            the bit.
        cost: a function of the outputs and the desired outputs of a mini-batch, a mean over its
            examples. For a net of Values it is not called again at every step.
        validation: inputs and desired outputs to measure cost and accuracy on after each epoch.
        callbacks: functions called with the history after each epoch, such as `nn.checkpoint`
            makes; one that raises `nn.StopTraining` ends the run.
        progress: show a bar with cost and accuracy, on a terminal only.

    Returns:
        The history. After Ctrl-C too: then ``history.interrupted`` is True, it holds the epochs
        completed, and the net is as after the last completed step.

    Raises:
        ValueError, TypeError: for data, an optimizer, epochs or a batch size that do not fit, and for a cost
            that depends on no parameter, as where the net computes with numbers in place of nodes; before
            anything is changed.
        DivergenceError: when the cost or a parameter stops being finite.

    >>> from nn import MLP, SGD
    >>> X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]  # XOR (deck E)
    >>> net = MLP([2, 4, 1], rng=0)
    >>> history = fit(net, X, Y, optimizer=SGD(net.parameters(), lr=3.0), epochs=1000, batch_size=4, rng=0)
    >>> history[-1].accuracy
    1.0
    """
    run = Run(
        task(
            net,
            X,
            Y,
            optimizer=optimizer,
            epochs=epochs,
            batch_size=batch_size,
            rng=rng,
            cost=cost,
            validation=validation,
            callbacks=callbacks,
        )
    )
    history = run.history
    shown = None if progress else True  # None: on a terminal
    # The run decides when the bar moves, so the bar itself need not wait.
    bar = tqdm(total=epochs * run.steps, unit="step", leave=False, disable=shown, mininterval=0, miniters=1)
    with few_threads(multiplications(run.params, run.task.batch_size)), bar:
        try:
            run.compile()
            for _ in range(epochs):
                start = time.perf_counter()
                if len(history):
                    run.check(len(history))
                with run.parameters():
                    learning = run.epoch(bar)
                held_out = run.held_out()
                seconds = time.perf_counter() - start
                history.epochs.append(Epoch(len(history) + 1, *learning, *held_out, seconds))
                for callback in run.task.callbacks:  # all of them, so that the last epoch is saved too
                    try:
                        callback(history)
                    except StopTraining as reason:
                        history.stopped = history.stopped or str(reason)
                if history.stopped is not None:
                    break
        except KeyboardInterrupt:
            history.interrupted = True
    return history
