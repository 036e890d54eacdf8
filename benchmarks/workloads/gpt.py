"""One step of a GPT of 4,192 parameters, written in scalars: 37,000 operations without large matrices."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.measure import ms_a_call
from benchmarks.native import no_compiler
from benchmarks.scalar_gpt import (
    HEADS,
    SHAPES,
    TOKENS,
    WIDTH,
    Functions,
    cost,
    operations,
    start,
)
from benchmarks.scalar_nets import casadi_gradient
from benchmarks.workload import OURS, Column, Contender, Target, Workload

RATE = 0.01
EAGER, NATIVE = "chainrule, eager", "chainrule, native"

Gradient = Callable[[Any], Any]  # of the numbers of all parameters, in a vector


def ours(native: bool = False) -> Gradient:
    """Recorded once and compiled."""
    from autograd import Value, compile, exp, log, relu

    theta = [Value(number) for number in start().tolist()]
    program = compile(cost(theta, Functions(exp, log, relu)), inputs=[], wrt=theta)
    program = program.native() if native else program
    return lambda theta: program.value_and_grad(theta)[1]


def swept(Value: Callable[[float], Any], functions: Functions, forgotten: float | None) -> Gradient:
    """A new graph in each step."""
    import numpy as np

    leaves = [Value(number) for number in start().tolist()]

    def gradient(theta: Any) -> Any:
        for leaf, number in zip(leaves, theta.tolist(), strict=True):
            leaf.data, leaf.grad = number, forgotten
        cost(leaves, functions).backward()
        return np.array([leaf.grad or 0.0 for leaf in leaves])

    return gradient


def eager() -> Gradient:
    from autograd import Value, exp, log, relu

    return swept(Value, Functions(exp, log, relu), None)


def micrograd() -> Gradient:
    from micrograd.engine import Value

    # Functions that it lacks, defined as it defines its own.
    def exp(x: Any) -> Any:
        out = Value(math.exp(x.data), (x,), "exp")

        def _backward() -> None:
            x.grad += out.data * out.grad

        out._backward = _backward
        return out

    def log(x: Any) -> Any:
        out = Value(math.log(x.data), (x,), "log")

        def _backward() -> None:
            x.grad += out.grad / x.data

        out._backward = _backward
        return out

    return swept(Value, Functions(exp, log, Value.relu), 0.0)


def casadi() -> Gradient:
    """casadi SX in its virtual machine."""
    import casadi

    theta = casadi.SX.sym("theta", len(start()))
    functions = Functions(casadi.exp, casadi.log, lambda z: casadi.fmax(z, 0))
    return casadi_gradient(cost(casadi.vertsplit(theta), functions), theta)


def _logits(theta: Any, tokens: Any, mask: Any, exp: Callable[[Any], Any], relu: Callable[[Any], Any]) -> Any:
    """The scores of each following token, with a matrix for each name, in arrays of jax or torch.

    Args:
        theta: all parameters.
        tokens: of the name.
        mask: 1 for each position and an earlier one, or itself, otherwise 0.
        exp, relu: the library's.
    """
    net, end = {}, 0
    for name, (rows, columns) in SHAPES.items():
        net[name] = theta[end : end + rows * columns].reshape(rows, columns)
        end += rows * columns
    n = len(TOKENS) - 1

    def norm(x: Any) -> Any:
        return x * ((x * x).mean(1)[:, None] + 1e-5) ** -0.5

    def heads(name: str, y: Any) -> Any:
        return (y @ net[name].T).reshape(n, HEADS, -1).swapaxes(0, 1)

    x = norm(net["token"][tokens[:-1]] + net["position"][:n])
    y = norm(x)
    q, k, v = (heads(name, y) for name in ("query", "key", "value"))
    e = exp(q @ k.swapaxes(1, 2) * (WIDTH / HEADS) ** -0.5) * mask
    attended = (e / e.sum(2)[:, :, None]) @ v
    x = x + attended.swapaxes(0, 1).reshape(n, WIDTH) @ net["mix"].T
    x = x + relu(norm(x) @ net["up"].T) @ net["down"].T
    return x @ net["logit"].T


def torch() -> Gradient:
    """Matrices, eager."""
    import torch

    tokens, mask = torch.tensor(TOKENS), torch.ones(len(TOKENS) - 1, len(TOKENS) - 1).tril()

    def gradient(numbers: Any) -> Any:
        theta = torch.from_numpy(numbers).requires_grad_()
        z = _logits(theta, tokens, mask, torch.exp, torch.relu)
        total = torch.nn.functional.cross_entropy(z, tokens[1:])
        return torch.autograd.grad(total, theta)[0].numpy()

    return gradient


def jax() -> Gradient:
    """Matrices, jax.jit of the gradient."""
    import jax
    import jax.numpy as jnp
    import numpy as np

    jax.config.update("jax_enable_x64", True)
    tokens, mask = jnp.array(TOKENS), jnp.tril(jnp.ones((len(TOKENS) - 1, len(TOKENS) - 1)))

    def total(theta: Any) -> Any:
        z = _logits(theta, tokens, mask, jnp.exp, jax.nn.relu)
        return (jax.nn.logsumexp(z, axis=1) - z[jnp.arange(len(z)), tokens[1:]]).mean()

    compiled = jax.jit(jax.grad(total))
    return lambda theta: np.asarray(compiled(theta))


def check(gradient: Gradient, case: int) -> list[float]:
    """The gradient at the start."""
    return [float(number) for number in gradient(start())]


def time(gradient: Gradient, case: int, repeats: int) -> dict[str, float]:
    """ms a step."""
    theta = start()

    def step() -> None:
        theta[:] -= RATE * gradient(theta)

    return {"step": ms_a_call(step, repeats)}


CASE = operations()

WORKLOAD = Workload(
    name="gpt",
    title="A GPT written in scalars: one step on a name",
    about=(
        "One layer with four heads, 4,192 parameters, a name of four letters, float64: gradient and step of "
        f"descent, in ms. **{OURS}** has recorded the cost of the name and compiled it, and native is that "
        "program in C; eager scalars and micrograd make a new graph in each step. torch and jax have "
        "matrices in place of scalars."
    ),
    cases=(CASE,),
    case="{:,} operations",
    columns=(Column("step", "step (ms)", "{:.3f}"),),
    compared="step",
    contenders={
        OURS: Contender(ours),
        NATIVE: Contender(partial(ours, native=True), obstacle=no_compiler),
        EAGER: Contender(eager, repeats=3),
        "micrograd": Contender(micrograd, "micrograd", repeats=2, recursive=True),
        "casadi SX": Contender(casadi, "casadi"),
        "torch tensors": Contender(torch, "torch"),
        "jax.jit": Contender(jax, "jax"),
    },
    check=check,
    time=time,
    repeats={CASE: 9},
    rtol=1e-9,
    targets=(
        Target(CASE, "step", 1 / 100, "micrograd"),
        Target(CASE, "step", 1 / 500, "micrograd", of=NATIVE),
        Target(CASE, "step", 1.0, "casadi SX"),
    ),
)
