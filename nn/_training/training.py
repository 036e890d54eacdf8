"""Mini-batch training: `fit`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike, DTypeLike

from autograd._support.process.threads import few_threads
from nn._measures.costs import quadratic_cost
from nn._measures.metrics import Metrics
from nn._nets.contents import evaluating
from nn._nets.parameters import multiplications
from nn._support.seeds import Seed
from nn._training.arguments import Cost, Network, Steps, Task
from nn._training.callbacks import Callback, StopTraining
from nn._training.history.history import History
from nn._training.loop import DivergenceError, TrainingLoop
from nn._training.notebook import progress_bar
from nn._training.resuming import RunFile

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
    metrics: Metrics | None = None,
    dtype: DTypeLike | None = None,
    progress: bool = True,
    resume: str | Path | None = None,
) -> History:
    """Train a net: in each epoch, every example once, in mini-batches of random order (deck B).

    The net and the cost are recorded once, and a compiled program takes the steps (see `autograd.compile`):
    for a net of Values some hundred times as fast. ``history.program`` is it. Recorded is one example, for a
    cost that is a mean over examples; for another cost of a net of Tensors, a whole mini-batch of each
    size. The program is compared with the net and the cost on a few examples, and on others after every 64
    steps (more for a large net, of which that takes long). Where a callback changes a variable, array or node
    that they use, or the examples, the next epoch has a new program; of arrays of more than 100,000 numbers a
    sample is compared. A net of Tensors takes 50 steps or fewer without a program. Comparisons are recorded:
    ``where(z > 0, z, 0.1 * z)`` chooses for each number.

    The steps are taken on nodes, and the cost is called at each, where an `if`, ``item()`` or an index looks
    at a number, or a forward pass draws random numbers, changes arrays of the net or counts its calls; and
    for a net of Values, where the cost is no mean over examples. ``history.eager`` is the reason, with the
    line of a look, and for a net of Values a warning says it too.

    Where the machine has a C compiler, a run of `SGD`, `RMSprop`, `Adam` or `AdamW` that is long enough, by
    its sizes, to repay a build takes its steps in C (see `Program.native`), and ``history.native`` and the
    bar say so; ``history.build`` is the reason where the build fails. Its numbers are those of the program to
    rounding; to the bit they are the same where the compiler is.

    An `nn.Module` learns in training mode. Everything else happens in evaluation mode: validation, callbacks
    and checks. At the end, after an exception or Ctrl-C too, each module has the mode it had before.

    Args:
        net: an `nn.MLP`, another `nn.Module`, or any object with ``parameters()`` that takes a batch.
        X: the inputs, shape (n, inputs), or (n, ...) for a net that takes such, as of images.
        Y: the desired outputs, shape (n, outputs), such as `nn.data.one_hot` makes of labels; or
            labels, shape (n,), for a cost that takes them, such as `nn.cross_entropy`.
        optimizer: holds the net's parameters, such as ``nn.SGD(net.parameters(), lr=1.0)``.
        epochs: how often each example is seen.
        batch_size: the examples to one step; an epoch's last batch may be smaller.
        rng: a seed or generator for the order. The same rng, net and data give the same run to
            the bit.
        cost: a function of the outputs and the desired outputs of a mini-batch, a mean over its
            examples. A program stands for it too, so it is not called at every step.
        validation: inputs and desired outputs to measure cost and accuracy on after each epoch. An accuracy
            is there where the desired outputs are classes: one-hot, labels, or 0 and 1, -1 and 1 or 0.01
            and 0.99 in one column. One output is divided in their middle, or at 0 if the cost takes it for
            a logit, as `nn.binary_cross_entropy` and softplus(a) - y · a do: a cost is asked about a few
            outputs to find out.
        callbacks: functions called with the history after each epoch, such as `nn.checkpoint`
            makes; one that raises `nn.StopTraining` ends the run.
        metrics: functions of outputs and desired outputs by their names, ``{"R²": nn.r_squared}``. Their
            numbers for the training outputs and the validation examples are in ``history.metrics`` and
            ``history.validation_metrics``.
        dtype: float32 or float64, in which the program of a net of Values computes; float64 by default. A
            net of Tensors computes in its own: ``nn.MLP(..., dtype="float32")``.
        progress: show a bar with cost and accuracy, on a terminal or in a notebook.
        resume: the path of a file, .npz, .json or .safetensors, that keeps the run after its epochs, written
            whole (of short epochs not after each: it takes at most a twentieth of the time). Where it is
            there already, the run goes on from it: after a crash or Ctrl-C the same lines give, to the bit,
            the run without a break, and with more epochs a longer one. `epochs` counts all of them. Net,
            optimizer and generators get the state in the file, callbacks with ``state_dict()`` and
            ``load_state_dict(state)`` too; a setting of the optimizer that was changed in the lines, as a
            lower rate, holds. A schedule comes from the lines. A run that is over, or that a callback
            stopped, comes back as it is. `nn.load` reads the net of the file.

    Returns:
        The history. After Ctrl-C too: then ``history.interrupted`` is True, it holds the epochs
        completed, and the net is as after the last completed step.

    Raises:
        ValueError, TypeError: for data, an optimizer, epochs or a batch size that do not fit, and for a cost
            that depends on no parameter, as where the net computes with numbers in place of nodes; before
            anything is changed.
        DivergenceError: when the cost or a parameter stops being finite.
        OSError, ImportError: as `nn.save`, for `resume`.

    A file for `resume` that is damaged, no run, or one of other examples, another batch size or another seed
    is a ValueError, before anything is changed.

    An exception of a callback, the cost or the net is passed on, with the epochs so far as its ``history``.

    Warns:
        RuntimeWarning: at the end of a run that stayed finite, where the net costs a thousand times as much
            as before the first step; ``history.diverged`` says it too.

    >>> from nn import MLP, SGD
    >>> X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]  # XOR (deck E)
    >>> net = MLP([2, 4, 1], rng=0)
    >>> history = fit(net, X, Y, optimizer=SGD(net.parameters(), lr=3.0), epochs=1000, batch_size=4, rng=0)
    >>> history[-1].accuracy
    1.0
    """
    with evaluating(net):
        task = Task(
            net, X, Y, cost, optimizer, epochs, batch_size, rng, validation, callbacks, metrics, dtype
        )
        file = None if resume is None else RunFile(task, resume)
        run = TrainingLoop(task, History() if file is None else file.load())
        hidden = {} if progress else {"disable": True}
        # The run decides when the bar moves, so the bar itself need not wait.
        moves = {"mininterval": 0, "miniters": 1}
        done = len(run.history) * run.steps
        bar = progress_bar(
            total=epochs * run.steps, initial=done, unit="step", leave=False, **moves, **hidden
        )
        with _attaching(run.history), few_threads(multiplications(task.params, task.batch_size)), bar:
            try:
                _train(run, bar, file)
            except KeyboardInterrupt:
                run.history.interrupted = True
    return run.history


def _train(run: TrainingLoop, bar: Any, file: RunFile | None) -> None:
    """All epochs that are left, with the callbacks after each."""
    history, callbacks = run.history, run.task.callbacks
    history.interrupted, history.restored = False, None  # as they may be of an earlier call
    left = 0 if history.stopped is not None else run.task.epochs - len(history)
    try:
        if left:
            run.compile()
        for _ in range(left):
            history.epochs.append(run.epoch(bar))
            for callback in callbacks:  # all of them, so that the last epoch is saved too
                try:
                    callback(history)
                except StopTraining as reason:
                    history.stopped = history.stopped or str(reason)
            is_last = history.stopped is not None or len(history) == run.task.epochs
            if file is not None and file.is_due(is_last):
                run.close()
                file.keep(history)
            if is_last:
                break
    finally:
        run.close()
    if left:
        run.look_back()
    for callback in callbacks:
        if hasattr(callback, "finish") and history:
            callback.finish(history)


@contextmanager
def _attaching(history: History) -> Iterator[None]:
    """Attach the history so far to an exception that ends a run, unless an inner run has attached its own."""
    try:
        yield
    except BaseException as error:
        if not hasattr(error, "history"):
            with suppress(AttributeError, TypeError):  # some classes take no attributes
                error.history = history  # type: ignore[attr-defined]
                count = len(history)
                if count:
                    error.add_note(
                        f"fit had completed {count} epoch{'s' * (count > 1)}: they are in the `history` of "
                        "this exception, and the net is as the last step left it"
                    )
        raise
