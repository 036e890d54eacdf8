# %% [markdown]
# # A · From a neuron to a network
#
# An image of a digit is 784 numbers. A network turns them into ten.

# %%
import os

import numpy as np
from matplotlib import pyplot

import nn
import viz
from autograd import Value, dot, sigmoid

folder = os.environ.get("MNIST")  # of the MNIST files; without them, digits drawn from loops and strokes
digits = nn.data.mnist(folder).train if folder else nn.data.strokes(25_000, rng=0)
train, test = digits[:-5_000], digits[-5_000:]
pyplot.rcParams["font.size"] = 13  # for the back row

# %% [markdown]
# ## A neuron holds a number
#
# Each of the 28 × 28 pixels is a neuron: 0 for black, 1 for white. All 784 make up the column $a^{(0)}$.

# %%
three = test.images[test.labels == 3][0].reshape(28, 28)
viz.pixel(three)

# %% [markdown]
# ## A neuron is a function
#
# It weights the activations before it, adds a bias, and squashes the sum:
# $a = \sigma(w_1 a_1 + w_2 a_2 + w_3 a_3 + b)$ with $\sigma(x) = 1 / (1 + e^{-x})$.

# %%
w = [Value(x, label=f"w_{k}") for k, x in enumerate((1.5, -0.8, 0.6), start=1)]
a = [Value(x, label=f"a_{k}") for k, x in enumerate((0.9, 0.2, 0.7), start=1)]
z = (dot(w, a) + Value(-1.0, label="b")).with_label("z")
viz.draw_chain(sigmoid(z).with_label("a"), derivatives=False, size=(1920, 1080))

# %% [markdown]
# ## A bias of −10
#
# The neuron is active only when the weighted sum exceeds 10.

# %%
viz.activation(sigmoid, bias=-10, at=12)

# %% [markdown]
# ## A layer in one line
#
# $w_{jk}$ is the weight from neuron $k$ to neuron $j$: a row of $W$ for each neuron. In general,
# $a_{l+1} = \sigma(W_l a_l + b_l)$.

# %%
W, a, b = viz.matrix("W", shape=("k", "n")), viz.matrix("a^{(0)}", shape="n"), viz.matrix("b", shape="k")
viz.equation("a^{(1)} = \\sigma", "(", W, a, "+", b, ")", "\n", r"a^{(1)} = \sigma(W a^{(0)} + b)")

# %% [markdown]
# ## The network, 784-16-16-10, before it is trained

# %%
net = nn.MLP([784, 16, 16, 10], rng=0, dtype=np.float32)
viz.draw_network(net, three)

# %% [markdown]
# ## 13,002 parameters
#
# The network is one function of 784 numbers, $f: \mathbb{R}^{784} \to \mathbb{R}^{10}$, with as many knobs to turn.
# Learning is finding a setting that reads digits; deck B shows how.

# %%
viz.parameter_count(net)

# %%
X, Y, sgd = train.images, nn.data.one_hot(train.labels), nn.SGD(net.parameters(), lr=0.5)
history = nn.fit(net, X, Y, optimizer=sgd, epochs=10, batch_size=10, rng=0, progress=False)

# %% [markdown]
# ## Reading a 3 after training: its neuron lights up

# %%
viz.draw_network(net, three)

# %% [markdown]
# ## Loops and strokes
#
# A hope for the layers between: the first finds edges, the second loops and strokes.

# %%
figure, rows = pyplot.subplots(3, figsize=(12, 6.75), layout="constrained")
for digit, ax in zip((9, 8, 4), rows, strict=True):
    viz.sum_of_parts(nn.data.digit_parts(digit), str(digit), ax=ax)

# %% [markdown]
# ## A neuron that looks for an edge
#
# Its weights, by hand: blue where it asks for ink, orange where it asks for paper. The weighted sum
# is large where an image has the edge.

# %%
edge = np.zeros((28, 28))
edge[2:5, 9:18], edge[5:8, 9:18] = -1, 1
viz.weights(edge.reshape(1, 784))

# %%
four = np.array([test.images[test.labels == digit][0] for digit in (3, 7, 6, 8)])
viz.images(four, [f"sum {z:.1f}" for z in four @ edge.ravel()], columns=2)

# %% [markdown]
# ## What parameters should exist?
#
# Draw a digit; → goes with it from layer to layer. Turn a weight, and every number follows; or let the
# network learn. Escape leaves the picture.

# %%
viz.net_page(net, test[:40], "net.html", lr=0.5)

# %% [markdown]
# ## Images classified one after another
#
# The longest bar is the network's answer, orange where it is wrong.

# %%
viz.images_motion(net, test.images[:6], test.labels[:6])

# %%
print(f"{nn.accuracy(net, test.images, test.labels):.1%} of {len(test):,} digits that were held out")
