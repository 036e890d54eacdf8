"""Training as a user does it: an epoch of the 784-16-16-10 net over shuffled images."""

from __future__ import annotations

import io
from contextlib import redirect_stderr
from functools import partial
from typing import Any

from benchmarks import digit_training as peers
from benchmarks.digit_net import RATE, SIZES, flat, images, parameters
from benchmarks.digit_training import Trainer, each_epoch, moved, orders, time
from benchmarks.native import no_compiler, road_of_fit
from benchmarks.workload import OURS, Column, Contender, Target, Workload

SIZES_OF_BATCH = (10, 32, 100, 256)


def _net(of_values: bool = False, dtype: str = "float32") -> tuple[Any, Any]:
    """The net at the start, and its optimizer."""
    import nn
    from autograd import Value

    net: Any = nn.MLP(SIZES, rng=0, **({"node": Value} if of_values else {"dtype": dtype}))
    starts = flat(parameters()) if of_values else parameters()
    for p, start in zip(net.parameters(), starts, strict=True):
        p.data = start if of_values else start.astype(dtype)
    return net, nn.SGD(net.parameters(), lr=RATE)


def _numbers(net: Any) -> Any:
    """The parameters of a net as arrays."""
    import numpy as np

    return [np.asarray(p.data) for p in net.parameters()]


def ours(native: bool | None = None, of_values: bool = False, dtype: str = "float32") -> Trainer:
    """`nn.fit`, as a user calls it.

    Args:
        native: whether it takes its steps in C; None: in C where there is a compiler.
        of_values: the net is one of `Value`s, not of `Tensor`s.
        dtype: in which it computes.
    """
    import nn

    X, Y = images()
    net, optimizer = _net(of_values, dtype)
    rng = orders()
    in_c = not no_compiler() if native is None else native
    check_road = road_of_fit(in_c)

    def train(batch: int, count: int, epochs: int) -> list[float]:
        history = nn.fit(
            net,
            X[:count],
            Y[:count],
            optimizer=optimizer,
            epochs=epochs,
            batch_size=batch,
            rng=rng,
            dtype=dtype if of_values else None,
        )
        check_road()
        return [epoch.seconds for epoch in history]

    return Trainer(train, lambda: _numbers(net))


def with_a_bar() -> Trainer:
    """`nn.fit` that draws its bar, to a terminal that takes all at once."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    plain = ours()

    def train(batch: int, count: int, epochs: int) -> list[float]:
        with redirect_stderr(Terminal()):
            return plain.train(batch, count, epochs)

    return plain._replace(train=train)


def bare() -> Trainer:
    """The same steps on nodes in a loop by hand: no history, no bar, no look at what came out."""
    import nn

    X, Y = images()
    net, optimizer = _net()
    rng = orders()

    def epoch(batch: int, count: int) -> None:
        order = rng.permutation(count)
        for i in range(0, count, batch):
            chosen = order[i : i + batch]
            cost = nn.quadratic_cost(net(X[chosen]), Y[chosen])
            optimizer.zero_grad()
            cost.backward()
            optimizer.step()

    return Trainer(each_epoch(epoch), lambda: _numbers(net))


def over_the_program(dtype: str = "float32") -> Trainer:
    """The same steps by the program of NumPy in a loop by hand."""
    import numpy as np

    import nn
    from autograd import Value, compile

    net, _ = _net(of_values=True)
    x, y = ([Value(0.0) for _ in range(width)] for width in (SIZES[0], SIZES[-1]))
    leaves: Any = net.parameters()
    program = compile(RATE * nn.quadratic_cost(net(x), y), [*x, *y], leaves, dtype)
    XY = np.hstack(images()).astype(dtype)
    theta = np.array(flat(parameters()), dtype)
    rng = orders()

    def epoch(batch: int, count: int) -> None:
        order = rng.permutation(count)
        for i in range(0, count, batch):
            np.subtract(theta, program.value_and_grad(theta, XY[order[i : i + batch]])[1], theta)

    return Trainer(each_epoch(epoch), lambda: [theta])


def check(library: Trainer, batch: int) -> list[float]:
    return moved(library, parameters(), RATE, batch)


EAGER, DEFAULT, EXPERT = "chainrule, eager loop", "chainrule, default threads", "expert C"
PROGRAMS = "chainrule, NumPy programs"
BARE, SCAN = "chainrule, bare loop over the program", "jax, an epoch in one scan"
BY_HAND = "NumPy by hand, preallocated"

KINDS: dict[str, dict[str, Any]] = {
    "": {},
    ", float64": {"dtype": "float64"},
    ", net of Values": {"of_values": True},
    ", net of Values, float64": {"of_values": True, "dtype": "float64"},
}
"""The arguments of `ours` by the ends of the contenders' names."""


WORKLOAD = Workload(
    name="training",
    title="Training the 784-16-16-10 net with nn.fit",
    about=(
        "Sigmoid, quadratic cost, gradient descent, 10,000 random images, shuffled; ms for one epoch at each "
        f"batch size. **{OURS}** is `nn.fit` of the default net, of Tensors, in float32 like all others "
        "unless they say so; it also keeps cost and accuracy, guards against divergence, and takes its steps "
        "in C. With NumPy programs it takes them as on a machine without a compiler. The loops by hand take "
        "the same steps: over the program in NumPy, and on nodes. With default threads BLAS is not told "
        "how many to use; expert C (digit_net.c), torch, jax and NumPy only train."
    ),
    cases=SIZES_OF_BATCH,
    case="batch {}",
    columns=(Column("epoch", "epoch (ms)", "{:.1f}"),),
    compared="epoch",
    contenders={
        **{
            f"{OURS}{kind}": Contender(partial(ours, **arguments), repeats=30)
            for kind, arguments in KINDS.items()
        },
        "chainrule, bar drawn": Contender(with_a_bar, repeats=30),
        **{
            f"{PROGRAMS}{kind}": Contender(partial(ours, native=False, **arguments))
            for kind, arguments in KINDS.items()
        },
        DEFAULT: Contender(partial(ours, native=False), default_threads=True),
        BARE: Contender(over_the_program),
        f"{BARE}, float64": Contender(partial(over_the_program, "float64")),
        EAGER: Contender(bare, repeats=3),
        EXPERT: Contender(peers.expert_c, obstacle=no_compiler, repeats=15),
        BY_HAND: Contender(peers.numpy_in_place),
        "torch eager": Contender(peers.torch, "torch", repeats=3),
        "torch.compile of the step": Contender(peers.torch_whole_step, "torch"),
        "jax.jit per step": Contender(peers.jax, "jax"),
        SCAN: Contender(peers.jax_scan, "jax"),
    },
    check=check,
    time=time,
    repeats=dict.fromkeys(SIZES_OF_BATCH, 5),
    rtol=1e-5,
    targets=tuple(
        Target(batch, "epoch", limit, against, of=of)
        for of, against, limit in (
            (OURS, EXPERT, 1.5),
            (OURS, SCAN, 0.6),
            (OURS, BY_HAND, 0.6),
            (OURS, "jax.jit per step", 0.4),
            (OURS, "torch eager", 1.0),
            (PROGRAMS, "jax.jit per step", 0.9),
            (PROGRAMS, BARE, 1.15),
            (f"{PROGRAMS}, float64", f"{BARE}, float64", 1.15),
            (f"{PROGRAMS}, net of Values", BARE, 1.15),
            (f"{PROGRAMS}, net of Values, float64", f"{BARE}, float64", 1.15),
            (DEFAULT, PROGRAMS, 1.3),
        )
        for batch in SIZES_OF_BATCH
    ),
)
