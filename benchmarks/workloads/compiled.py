"""The 784-16-16-10 net written one scalar at a time, recorded once and compiled: an epoch of training.

The headline of this project: what a student writes neuron by neuron runs like the matrices a
specialist writes by hand.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks import digit_epochs as peers
from benchmarks.digit_epochs import Net, check, in_batches
from benchmarks.digit_net import BATCHES, RATE, SIZES, images, parameters
from benchmarks.native import no_compiler
from benchmarks.workload import OURS, Column, Contender, Target, Workload

SIZES_OF_BATCH = (*BATCHES, 256)
DEFAULT = "chainrule, default threads"
NATIVE, EXPERT = "chainrule, native", "expert C"
BY_HAND, SCAN = "NumPy by hand, preallocated", "jax, an epoch in one scan"
NUMPY_LIMITS = {
    BY_HAND: (1.25, 1.15, 1.10, 1.05),
    SCAN: (1.5, 0.9, 1.0, 0.9),
    "torch eager": (1.0,) * 4,
    "torch.compile": (1.0,) * 4,
    "jax.jit per step": (1.0,) * 4,
}
"""Of the program by NumPy, for each size of batch."""


def ours(native: bool = False) -> Net:
    """A user's loop over the program; `native`: in C."""
    import numpy as np

    import nn
    from autograd import Value, compile

    net = nn.MLP(SIZES, node=Value, rng=0)
    x, y = ([Value(0.0) for _ in range(width)] for width in (SIZES[0], SIZES[-1]))
    cost = nn.quadratic_cost(net(x), y)
    leaves: Any = net.parameters()
    compiled = partial(compile, RATE * cost, inputs=[*x, *y], wrt=leaves, dtype="float32")
    program = compiled().native() if native else compiled()

    XY = np.hstack(images())
    theta = np.concatenate([p.ravel() for p in parameters()])

    def epoch(batch: int) -> None:
        for chosen in in_batches(batch):
            _, step = program.value_and_grad(theta, XY[chosen])
            np.subtract(theta, step, theta)

    def gradient(batch: int) -> list[float]:
        gradient: list[float] = (program.value_and_grad(theta, XY[:batch])[1] / RATE).tolist()
        return gradient

    def memory(batch: int) -> dict[str, float]:
        return held(compiled, lambda program, n: program.value_and_grad(theta, XY[:n]), batch)

    return Net(epoch, gradient, None if native else memory)


def held(compiled: Callable[[], Any], call: Callable[[Any, int], Any], batch: int) -> dict[str, float]:
    """The memory of a new program, and of its buffers for a size of batch over the need of its arithmetic.

    The need is a value and an adjoint of every computed quantity, and the gradient.
    """
    tracemalloc.start()
    program = compiled()
    call(program, 1)  # writes its code
    without = _traced()
    call(program, batch)
    whole = _traced()
    tracemalloc.stop()
    arrays = program._array_program
    leaves = (arrays.inputs, arrays.parameters, arrays.constants)
    numbers = sum(b.size * (batch if b.batched else 1) for b in arrays.blocks if b not in leaves)
    need = (2 * numbers + program.parameters) * program.dtype.itemsize
    return {"program": whole / 1000, "buffers": (whole - without) / need}


def _traced() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def time(library: Net, batch: int, repeats: int) -> dict[str, float]:
    """ms an epoch; and the memory, where it is a program's."""
    measured = peers.time(library, batch, repeats)
    return measured if library.memory is None else measured | library.memory(batch)


WORKLOAD = Workload(
    name="compiled",
    title="The 784-16-16-10 net, written in scalars and compiled",
    about=(
        "Sigmoid, quadratic cost, gradient descent, 10,000 random images in float32; ms for one epoch at "
        f"each batch size. **{OURS}** is a net of `Value`s, 26,000 operations recorded once and compiled by "
        "`autograd.compile`; a step is `program.value_and_grad` of the rate times the cost, and θ −= that. "
        "NumPy by hand, preallocated, has the rate in its derivative too, and computes no cost; "
        "torch.compile and jax.jit take gradient and step in one function. Native is the same loop over "
        "`program.native()`; expert C (digit_net.c) is written for this net alone and takes a whole step in "
        "one call. Memory is the whole "
        "program's, and what its buffers take over what the arithmetic needs: a value and an adjoint of "
        "every quantity, and the gradient."
    ),
    cases=SIZES_OF_BATCH,
    case="batch {}",
    columns=(
        Column("epoch", "epoch (ms)", "{:.1f}"),
        Column("program", "program (kB)"),
        Column("buffers", "buffers / need", "{:.2f}"),
    ),
    compared="epoch",
    contenders={
        OURS: Contender(ours),
        NATIVE: Contender(partial(ours, native=True), obstacle=no_compiler),
        DEFAULT: Contender(ours, default_threads=True),
        EXPERT: Contender(peers.expert_c, obstacle=no_compiler),
        BY_HAND: Contender(peers.numpy_in_place),
        "NumPy by hand": Contender(peers.numpy),
        "torch eager": Contender(peers.torch, "torch"),
        "torch.compile": Contender(peers.torch_compiled, "torch"),
        "jax.jit per step": Contender(peers.jax, "jax"),
        SCAN: Contender(peers.jax_scan, "jax"),
        "HIPS autograd": Contender(peers.hips, "autograd"),
    },
    check=check,
    time=time,
    repeats=dict.fromkeys(SIZES_OF_BATCH, 5),
    rtol=1e-4,
    targets=(
        *(
            Target(batch, "epoch", limit, against)
            for against, limits in NUMPY_LIMITS.items()
            for batch, limit in zip(SIZES_OF_BATCH, limits, strict=True)
        ),
        *(
            Target(batch, "epoch", limit, against, of=NATIVE)
            for against, limit in {EXPERT: 1.5, SCAN: 0.6, BY_HAND: 0.6}.items()
            for batch in SIZES_OF_BATCH
        ),
        *(Target(batch, "epoch", 1.3, OURS, of=DEFAULT) for batch in SIZES_OF_BATCH),
        Target(100, "buffers", 2.0, unit="× the need"),
    ),
)
