"""micrograd's own demo: a 2-16-16-1 net on 100 moons, one step on all of them.

relu between the layers, the hinge loss and a penalty on the squares of all parameters, in float64:
about 65,000 operations for who takes them one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from benchmarks.measure import ms_a_call
from benchmarks.scalar_nets import arrays, casadi_gradient, casadi_net, operations, outputs, start
from benchmarks.workload import OURS, Column, Contender, Target, Workload

SIZES = (2, 16, 16, 1)
MOONS = 100
PENALTY, RATE = 1e-4, 1e-3
EAGER = "chainrule, eager"


class Library(NamedTuple):
    """A library at work: a step of gradient descent, and the gradient at the start."""

    step: Callable[[], Any]
    gradient: Callable[[], list[float]]


def moons() -> tuple[Any, Any]:
    """Two half circles that reach into each other, with noise; the answers are -1 and 1."""
    import numpy as np

    rng = np.random.default_rng(0)
    angle = rng.uniform(0, np.pi, MOONS)
    y = np.repeat([-1.0, 1.0], MOONS // 2)
    X = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    X[y > 0] = [1.0, 0.5] - X[y > 0]
    return X + rng.normal(0, 0.1, X.shape), y


def from_gradient(gradient: Callable[[Any], Any]) -> Library:
    """Steps on a vector of parameters, by a function that gives the gradient there."""
    theta = start(SIZES)

    def step() -> None:
        theta[:] -= RATE * gradient(theta)

    return Library(step, lambda: [float(g) for g in gradient(start(SIZES))])


def _identity(z: Any) -> Any:
    return z


def scalar_cost(theta: Any, x: Any, y: Any) -> Any:
    """The hinge loss of one example, for Values of this project or of micrograd."""
    (score,) = outputs(SIZES, theta, x, (lambda z: z.relu(), lambda z: z.relu(), _identity))
    return (1 - y * score).relu()


def penalty(theta: Any) -> Any:
    """For scalars in a list."""
    return PENALTY * sum(p * p for p in theta)


def ours() -> Library:
    """One example recorded and compiled, the mean over the moons by the program."""
    import numpy as np

    from autograd import Value, compile

    X, y = moons()
    theta = [Value(number) for number in start(SIZES).tolist()]
    leaves = [Value(0.0) for _ in range(3)]
    cost = scalar_cost(theta, leaves[:2], leaves[2]) + penalty(theta)
    program = compile(cost, inputs=leaves, wrt=theta)
    Xy = np.column_stack([X, y])
    return from_gradient(lambda theta: program.value_and_grad(theta, Xy)[1])


def scalars(Value: Callable[[float], Any], forgotten: float | None) -> Library:
    """micrograd's way: a new graph of all the moons in each step."""
    X, y = (array.tolist() for array in moons())
    theta = [Value(number) for number in start(SIZES).tolist()]

    def backward() -> None:
        for p in theta:
            p.grad = forgotten
        losses = [scalar_cost(theta, point, label) for point, label in zip(X, y, strict=True)]
        (sum(losses) * (1.0 / MOONS) + penalty(theta)).backward()

    def step() -> None:
        backward()
        for p in theta:
            p.data -= RATE * p.grad

    def gradient() -> list[float]:
        backward()
        return [p.grad for p in theta]

    return Library(step, gradient)


def eager() -> Library:
    from autograd import Value

    return scalars(Value, None)


def micrograd() -> Library:
    from micrograd.engine import Value

    return scalars(Value, 0.0)


def numpy() -> Library:
    """By hand, plain."""
    import numpy as np

    X, y = moons()

    def gradient(theta: Any) -> Any:
        W1, b1, W2, b2, W3, b3 = arrays(SIZES, theta)
        a1 = np.maximum(X @ W1.T + b1, 0)
        a2 = np.maximum(a1 @ W2.T + b2, 0)
        score = a2 @ W3.T + b3
        d3 = np.where(y * score[:, 0] < 1, y, 0.0)[:, np.newaxis] * (-1 / MOONS)
        d2 = (d3 @ W3) * (a2 > 0)
        d1 = (d2 @ W2) * (a1 > 0)
        gradients = d1.T @ X, d1.sum(0), d2.T @ a1, d2.sum(0), d3.T @ a2, d3.sum(0)
        return np.concatenate([array.ravel() for array in gradients]) + 2 * PENALTY * theta

    return from_gradient(gradient)


def torch() -> Library:
    """Tensors, eager."""
    import torch

    X, y = map(torch.from_numpy, moons())
    theta = torch.from_numpy(start(SIZES)).requires_grad_()

    def gradient() -> Any:
        W1, b1, W2, b2, W3, b3 = arrays(SIZES, theta)
        linear = torch.nn.functional.linear
        a = linear(torch.relu(linear(X, W1, b1)), W2, b2)
        score = linear(torch.relu(a), W3, b3)[:, 0]
        cost = torch.relu(1 - y * score).mean() + PENALTY * theta.square().sum()
        return torch.autograd.grad(cost, theta)[0]

    def step() -> None:
        gradients_now = gradient()
        with torch.no_grad():
            theta.sub_(gradients_now, alpha=RATE)

    return Library(step, lambda: gradient().tolist())


def jax() -> Library:
    """jax.jit of the whole step."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    X, y = map(jnp.asarray, moons())
    theta = [jnp.asarray(start(SIZES))]

    def cost(theta: Any) -> Any:
        W1, b1, W2, b2, W3, b3 = arrays(SIZES, theta)
        a = jax.nn.relu(jax.nn.relu(X @ W1.T + b1) @ W2.T + b2)
        return jax.nn.relu(1 - y * (a @ W3.T + b3)[:, 0]).mean() + PENALTY * jnp.square(theta).sum()

    stepped = jax.jit(lambda theta: theta - RATE * jax.grad(cost)(theta))

    def step() -> None:
        theta[0] = jax.block_until_ready(stepped(theta[0]))

    return Library(step, lambda: jax.grad(cost)(theta[0]).tolist())


def casadi() -> Library:
    """casadi SX: all operations of all moons in its virtual machine."""
    import casadi

    X, y = moons()
    theta = casadi.SX.sym("theta", len(start(SIZES)))

    def relu(z: Any) -> Any:
        return casadi.fmax(z, 0)

    inputs, answers = casadi.SX.sym("X", 2, MOONS), casadi.SX.sym("y", 1, MOONS)
    score = casadi_net(SIZES, theta, inputs, (relu, relu, _identity))
    cost = casadi.sum2(relu(1 - answers * score)) / MOONS + PENALTY * casadi.sumsqr(theta)
    gradient = casadi_gradient(cost, theta, inputs, answers)
    return from_gradient(lambda theta: gradient(theta, X, y))  # rows here are its columns


def check(library: Library, case: int) -> list[float]:
    """The gradient at the start."""
    return library.gradient()


def time(library: Library, case: int, repeats: int) -> dict[str, float]:
    """ms a step."""
    return {"step": ms_a_call(library.step, repeats)}


WORKLOAD = Workload(
    name="moons",
    title="micrograd's demo: one step on all the moons",
    about=(
        "The 2-16-16-1 net of micrograd's demo, relu, hinge loss and a penalty, 100 moons, float64: gradient "
        f"and step, in ms. **{OURS}** records one example and compiles it; eager scalars make "
        f"{MOONS * operations(SIZES):,} operations in each step."
    ),
    cases=(MOONS,),
    case="{} moons",
    columns=(Column("step", "step (ms)", "{:.3f}"),),
    compared="step",
    contenders={
        OURS: Contender(ours),
        EAGER: Contender(eager, repeats=3),
        "NumPy by hand": Contender(numpy),
        "micrograd": Contender(micrograd, "micrograd", repeats=3),
        "torch tensors": Contender(torch, "torch"),
        "jax.jit": Contender(jax, "jax"),
        "casadi SX": Contender(casadi, "casadi"),
    },
    check=check,
    time=time,
    repeats={MOONS: 9},
    rtol=1e-9,
    targets=(
        Target(MOONS, "step", 1.15, "NumPy by hand"),
        Target(MOONS, "step", 1.0, "torch tensors"),
        Target(MOONS, "step", 1.0, "jax.jit"),
    ),
)
