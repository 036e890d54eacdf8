"""GPT: 4,192 scalars learn to spell names, one at a time and as arrays.

One layer of GPT-2's architecture (Radford et al., 2019), without biases and with root-mean-square norms: each
letter of a name attends to those before it, with four heads, and the net guesses the letter that follows.
"""

from __future__ import annotations

import textwrap
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import nn
import viz
from autograd import Program, Tensor, Value, compile, exp, log, relu, sqrt, topological_order
from chainrule.demos.options import Options, package
from chainrule.demos.surnames import SURNAMES

LETTERS = "abcdefghijklmnopqrstuvwxyz"
END = len(LETTERS)  # the token before and after a name
LENGTH = max(map(len, SURNAMES)) + 2  # of the longest name in tokens
TOKENS, CONTEXT, WIDTH, HEADS = 27, 16, 16, 4
SHAPES = {
    "token": (TOKENS, WIDTH), "position": (CONTEXT, WIDTH),
    "query": (WIDTH, WIDTH), "key": (WIDTH, WIDTH), "value": (WIDTH, WIDTH), "mix": (WIDTH, WIDTH),
    "up": (4 * WIDTH, WIDTH), "down": (WIDTH, 4 * WIDTH), "logit": (TOKENS, WIDTH),
}  # fmt: skip
HELD_OUT, BATCH, EPOCHS = 58, 32, 10
COMPARED = 5  # steps that are taken both eagerly and compiled
RATE = 0.01  # the learning rate of the first step
INVENTED = 24
PICTURE, SHOWN, VOWELS = "gpt.png", "chebyshev", "aeiou"

Array = Any  # a NumPy array of Values or of numbers: every formula is for both
Net = dict[str, Array]


def initial(seed: int) -> Net:
    """A matrix of Values for each name in SHAPES, all drawn from N(0, 0.08²).

    >>> sum(matrix.size for matrix in initial(0).values())
    4192
    """
    rng = np.random.default_rng(seed)
    return {
        name: np.array([[Value(w) for w in row] for row in rng.normal(0, 0.08, shape)])
        for name, shape in SHAPES.items()
    }


# -- the net: x has a row for each position ---------------------------------------------------------


def norm(x: Array) -> Array:
    """Each row divided by the root of its mean square."""
    return x / sqrt((x * x).sum(axis=1, keepdims=True) / WIDTH + 1e-5)


def softmax(x: Array) -> Array:
    """exp(xᵢ) / Σⱼ exp(xⱼ), as in deck D."""
    e = exp(x)
    return e / e.sum()


def heads(x: Array) -> Array:
    """The 16 columns dealt out to four heads: shape (heads, positions, 4)."""
    return x.reshape(len(x), HEADS, -1).swapaxes(0, 1)


def attention(net: Net, x: Array) -> list[list[Array]]:
    """For each position and head, the weights with which it attends to the positions up to its own."""
    q, k = heads(x @ net["query"].T), heads(x @ net["key"].T)
    return [
        [softmax(k[h, : i + 1] @ q[h, i] / (WIDTH / HEADS) ** 0.5) for h in range(HEADS)]
        for i in range(len(x))
    ]


def attend(net: Net, x: Array) -> Array:
    """For each position, the values of the positions up to its own, weighted by its attention."""
    v = heads(x @ net["value"].T)
    mean = [[w @ v[h, : len(w)] for h, w in enumerate(weights)] for weights in attention(net, x)]
    return np.reshape(mean, x.shape) @ net["mix"].T


def embed(net: Net, x: Array) -> Array:
    """The rows of the tokens together with those of their positions."""
    return norm(x + net["position"][: len(x)])


def logits(net: Net, x: Array) -> Array:
    """For each position, 27 scores of the token that follows; x are the rows of the tokens."""
    x = embed(net, x)
    x = x + attend(net, norm(x))
    x = x + relu(norm(x) @ net["up"].T) @ net["down"].T
    return x @ net["logit"].T


# -- its cost, of tokens as numbers and as one-hot rows --------------------------------------------------


def tokens(name: str) -> Array:
    """The tokens of a name.

    >>> tokens("abel").tolist()
    [26, 0, 1, 4, 11, 26]
    """
    return np.array([END, *map(LETTERS.index, name), END])


def cost(net: Net, name: str) -> Any:
    """The cross-entropy of a name: the mean of -ln(the probability of the token that follows)."""
    seen, following = tokens(name)[:-1], tokens(name)[1:]
    z = logits(net, net["token"][seen])
    return (log(exp(z).sum(axis=1)) - z[np.arange(len(z)), following]).mean()


def one_hot(names: Sequence[str]) -> Array:
    """The tokens of each name as rows, 1 in the token's column and 0 elsewhere; rows of 0 follow its end."""
    rows = np.zeros((len(names), LENGTH, TOKENS))
    for name, its_rows in zip(names, rows, strict=True):
        its_rows[np.arange(len(name) + 2), tokens(name)] = 1
    return rows


def one_hot_cost(net: Net, rows: Array) -> Any:
    """The same cost of one-hot rows, so that one recorded graph is that of every name.

    To look up a token is a product of matrices here. What follows the end of a name has no influence: no
    position attends to a later one, and a row of zeros adds nothing to the sum.
    """
    seen, following = rows[:-1], rows[1:]
    z = logits(net, seen @ net["token"])
    return (following * (log(exp(z).sum(axis=1, keepdims=True)) - z)).sum() / following.sum()


# -- learning ---------------------------------------------------------------------------------------


def parameters(net: Net) -> list[Value]:
    """All 4,192, in their order."""
    return [w for matrix in net.values() for w in matrix.flat]


def adam(net: Net, steps: int) -> nn.Adam:
    """Adam with a learning rate that goes to 0 in a straight line."""
    return nn.Adam(parameters(net), lr=lambda step: RATE * (1 - step / steps))


def learn_eagerly(net: Net, names: list[str]) -> list[float]:
    """The costs of some names, after each of which the net takes a step."""
    optimizer, costs = adam(net, len(names)), []
    for name in names:
        for w in optimizer.params:
            w.grad = 0.0  # a letter that the name lacks has the slope 0, where None would leave it out
        c = cost(net, name)
        c.backward()
        optimizer.step()
        costs.append(c.data)
    return costs


def record(net: Net) -> Program:
    """The cost of any name as a program for arrays, recorded on one."""
    rows = np.array([[Value(x) for x in row] for row in one_hot(SURNAMES[:1])[0]])
    program: Program = compile(one_hot_cost(net, rows), inputs=rows.flat, wrt=parameters(net))
    return program


def learn(optimizer: nn.Adam, theta: Tensor, program: Program, batches: Iterable[Array]) -> list[float]:
    """The costs of mini-batches of one-hot names, after each of which the net takes a step.

    theta has all parameters of the optimizer in one, as in ``with optimizer.in_one() as theta``.
    """
    costs = []
    for batch in batches:
        c, theta.grad = program.value_and_grad(theta.data, batch.reshape(len(batch), -1))
        optimizer.step()
        costs.append(c)
    return costs


# -- what it has learnt -----------------------------------------------------------------------------


def plain(net: Net) -> Net:
    """The net's numbers, for the same formulas."""
    return {name: matrix.astype(float) for name, matrix in net.items()}


def invent(net: Net, rng: np.random.Generator, temperature: float = 0.6) -> str:
    """A name, each letter drawn by the probabilities the net gives it; the cooler, the likelier ones."""
    name = ""
    while len(name) < CONTEXT - 1:
        z = logits(net, net["token"][tokens(name)[:-1]])[-1]
        token = rng.choice(TOKENS, p=softmax(z / temperature))
        if token == END:
            break
        name += LETTERS[token]
    return name


def draw(net: Net, path: Path) -> None:
    """Write a picture of the net's numbers: its tokens in two dimensions, and its attention in a name.

    Raises:
        ImportError: without matplotlib, with the command that installs it.
    """
    figure = package("matplotlib.figure", "plots", "it").Figure(figsize=(13, 5.8), layout="constrained")
    left, right = figure.subfigures(1, 2)
    left.suptitle("the tokens, in the two directions in which they differ most")
    ax = left.add_subplot()
    rows = net["token"] - net["token"].mean(axis=0)
    plane = rows @ np.linalg.svd(rows)[2][:2].T
    for letter, (x, y) in zip(f"{LETTERS}·", plane, strict=True):
        colour = viz.LIGHT.negative if letter in VOWELS else viz.LIGHT.positive
        ax.text(x, y, letter, color=colour, size=18, ha="center", va="center")
    ax.update_datalim(plane)
    ax.margins(0.08)
    ax.autoscale_view()

    right.suptitle("from which letters (across) the one after a letter (down) is guessed")
    weights = attention(net, norm(embed(net, net["token"][tokens(SHOWN)[:-1]])))
    places, seen = range(len(weights)), f"·{SHOWN}"
    for head, ax in enumerate(right.subplots(2, 2).flat):
        ax.imshow([np.pad(row[head], (0, len(weights) - len(row[head]))) for row in weights], cmap="Blues")
        ax.set_title(f"head {head + 1}", size="medium")
        ax.set_xticks(places, seen)
        ax.set_yticks(places, seen)
    figure.savefig(path, dpi=150)


# -- the lecture ------------------------------------------------------------------------------------


def compare(names: list[str]) -> Program:
    """Take the same steps eagerly and compiled, print both, and return the program."""
    net, twin = initial(0), initial(0)
    operations = sum(not node.is_leaf for node in topological_order(cost(net, names[0])))
    print(
        f"  The cost of {names[0]} is {operations:,} operations on scalars. A step for each of a few names:\n"
    )

    times = [time.perf_counter()]
    eager = learn_eagerly(net, names)
    times.append(time.perf_counter())
    program = record(twin)
    # The first call writes the code of the program out.
    program.value_and_grad(np.zeros(program.parameters), one_hot(names[:1]).reshape(1, -1))
    times.append(time.perf_counter())
    optimizer = adam(twin, len(names))
    with optimizer.in_one() as theta:
        times.append(time.perf_counter())
        compiled = learn(optimizer, theta, program, one_hot(names)[:, np.newaxis])
        times.append(time.perf_counter())

    print(f"    {'':{LENGTH}}  {'eager':>17}  {'compiled':>17}  difference")
    for name, a, b in zip(names, eager, compiled, strict=True):
        print(f"    {name:{LENGTH}}  {a:17.15f}  {b:17.15f}  {abs(a - b):10.0e}")
    eagerly, once, _, by_program = np.diff(times)
    milliseconds = [f"{1000 * t / len(names):17.1f}" for t in (eagerly, by_program)]
    print("\n    " + "  ".join([f"{'ms for a step':{LENGTH}}", *milliseconds]))
    print(f"\n  The graph that serves every name was recorded and compiled once, in {once:.1f} s.")
    return program


def train(net: Net, program: Program, names: list[str], held_out: list[str], epochs: int) -> None:
    """Take a step for each mini-batch of names; print the mean cost of the names, and of those held out."""
    rng = np.random.default_rng(0)
    rows, others = one_hot(names), one_hot(held_out).reshape(len(held_out), -1)
    steps = -(-len(names) // BATCH)
    optimizer = adam(net, epochs * steps)
    print(f"\n  {BATCH} names a step, of {len(names)}; {len(held_out)} are held out:\n")
    print("    epoch    cost  held out")
    with optimizer.in_one() as theta:
        for epoch in range(1, epochs + 1):
            order = np.array_split(rng.permutation(len(names)), steps)
            costs = learn(optimizer, theta, program, [rows[batch] for batch in order])
            print(f"    {epoch:5}  {np.mean(costs):6.3f}  {program(theta.data, others).mean():8.3f}")


def run(options: Options) -> None:
    """Train the net on both roads, print names that it invents, and draw its tokens and its attention."""
    rng = np.random.default_rng(0)
    names = [str(name) for name in rng.permutation(SURNAMES)]
    net = initial(0)
    print(f"\n  {len(parameters(net)):,} parameters; a token for each letter, and one for start and end.")
    program = compare(names[:COMPARED])
    train(net, program, names[:-HELD_OUT], names[-HELD_OUT:], options.epochs or EPOCHS)

    numbers = plain(net)
    invented = [name for _ in range(INVENTED) if (name := invent(numbers, rng)) not in names]
    print("\n  Names that it invents:\n")
    print(textwrap.indent(textwrap.fill(", ".join(invented), 80), "    "))
    path = options.out / PICTURE
    try:
        draw(numbers, path)
    except ImportError as error:
        print(f"\n  There is no picture of it: {error}")
    else:
        print(f"\n  The picture of it:\n    {path}")
