# %% [markdown]
# # E · Make your own neural network
#
# Gates, signals forward, errors back; then a network that reads digits, and what it has in mind.

# %%
import os

import numpy as np
from matplotlib import pyplot

import nn
import viz
from autograd import Value, sigmoid, tanh
from nn.data import gates

folder = os.environ.get("MNIST")  # of the MNIST files (nn.data.read_csv takes CSV); else loops and strokes
digits = nn.data.mnist(folder).train if folder else nn.data.strokes(11_000, rng=0)
train, test = digits[:-1_000], digits[-1_000:]
pyplot.rcParams["font.size"] = 13  # for the back row

# %% [markdown]
# ## A neuron as a gate
#
# The sign of $w_1 x_1 + w_2 x_2 + b$. A mistake: `w += error * rate * input`, `b += error * rate`.

# %%
AND, OR = nn.Perceptron(2), nn.Perceptron(2)
AND.learn(gates.AND.X, gates.AND.signs, epochs=20, margin=0.1)
OR.learn(gates.OR.X, gates.OR.signs, epochs=20, margin=0.1)
viz.truth_table(AND, gates.AND.X, gates.AND.signs)

# %%
viz.draw_network(AND, [1, 1], signals=True)

# %% [markdown]
# ## One line for AND, one for OR

# %%
figure, (left, right) = pyplot.subplots(1, 2, figsize=(12, 5), layout="constrained")
viz.boundary(AND, gates.AND.X, gates.AND.signs, lines=AND, ax=left).set_title("AND")
viz.boundary(OR, gates.OR.X, gates.OR.signs, lines=OR, ax=right).set_title("OR")

# %% [markdown]
# ## Each mistake moves the line
#
# OR, example by example. The ring is the example at hand; earlier lines are pale.

# %%
viz.perceptron_motion(nn.Perceptron(2), gates.OR.X, gates.OR.signs, epochs=20, margin=0.1)

# %% [markdown]
# ## No line for XOR
#
# In a thousand epochs there is none without mistakes.

# %%
single = nn.Perceptron(2)
mistakes = single.learn(gates.XOR.X, gates.XOR.signs, epochs=1000)
print(f"mistakes in each epoch: {mistakes[:10]} … at last {mistakes[-1]}")
viz.truth_table(single, gates.XOR.X, gates.XOR.signs)

# %% [markdown]
# ## Two lines for XOR
#
# It is yes where OR says yes and NAND says yes: a second layer asks for both.

# %%
NAND, both = nn.Perceptron(2), nn.Perceptron(2)
NAND.learn(gates.NAND.X, gates.NAND.signs, epochs=20, margin=0.1)
both.learn([[-1, -1], [-1, 1], [1, -1], [1, 1]], gates.AND.signs, epochs=20, margin=0.1)
viz.boundary(lambda x: both(np.transpose([OR(x), NAND(x)])), gates.XOR.X, gates.XOR.signs, lines=[OR, NAND])

# %% [markdown]
# ## A network finds two lines by itself
#
# Two hidden neurons, trained by descent: each learns a line.

# %%
net, X, Y = nn.MLP([2, 2, 1], rng=8), gates.XOR.X, gates.XOR.Y
run = viz.training_motion(net, X, Y)
sgd = nn.SGD(net.parameters(), lr=8.0)
nn.fit(net, X, Y, optimizer=sgd, epochs=120, batch_size=4, rng=0, progress=False, callbacks=[run])
viz.animate(run, "xor.gif", width=1280, seconds_per_frame=0.6, limit=6)

# %% [markdown]
# ## Train it here
#
# Four hidden neurons: step by step or epoch by epoch, turn a weight, watch the boundary.

# %%
viz.net_page(nn.MLP([2, 4, 1], rng=0), gates.XOR, "xor.html", lr=5.0, batch_size=4)

# %% [markdown]
# ## Signals through two neurons
#
# $1.0 \cdot 0.9 + 0.5 \cdot 0.3 = 1.05$, and $\sigma(1.05) = 0.7408$. For all at once, a matrix product.

# %%
layer = nn.Layer(2, 2, use_bias=False, rng=0)
layer.W = [[0.9, 0.3], [0.2, 0.8]]
viz.signals(layer, [1.0, 0.5], names=("I", "X", "O"), decimals=4)

# %%
viz.product([[1, 2], [3, 4]], [[5, 6], [7, 8]])

# %% [markdown]
# ## Signals through three layers
#
# By hand, each number rounded to three decimals before it is used.

# %%
three = nn.MLP([3, 3, 3], use_bias=False, rng=0)
three.layers[0].W = [[0.9, 0.3, 0.4], [0.2, 0.8, 0.2], [0.1, 0.5, 0.6]]
three.layers[1].W = [[0.3, 0.7, 0.5], [0.6, 0.5, 0.2], [0.8, 0.1, 0.9]]
inputs = [0.9, 0.1, 0.8]
viz.draw_network(three, inputs, signals=True, by_hand=True)

# %% [markdown]
# ## The same with matrices

# %%
viz.signals(three, inputs, names=("I", "X", "O"), by_hand=True)

# %% [markdown]
# ## A saved network
#
# 2-3-1, with a linear output. A threshold is a bias.

# %%
saved = nn.MLP([2, 3, 1], output_activation=nn.identity, rng=0)
hidden, output = saved.layers
hidden.b = [-0.25261438391037117, -0.3597013708237622, -0.2723875195828816]
hidden.W = [
    [-0.1607929085402259, 0.21623345413401185],
    [0.7657597550320627, -0.6999576883215309],
    [1.0692894484256477, -1.1467422754222916],
]
output.b = [-1.0250419483473248]
output.W = [[-0.44202742764364666, 0.9437104257517794, 1.6800153270522482]]
saved.summary()

# %% [markdown]
# ## Its answer to 1 and 0

# %%
viz.draw_network(saved, [1.0, 0.0], signals=True)

# %% [markdown]
# ## An error is split by the weights
#
# Links of 6 and 3 get 2/3 and 1/3 of it.

# %%
fork = nn.MLP([1, 2, 1], use_bias=False, rng=0)
fork.layers[1].W = [[6.0, 3.0]]
viz.errors(fork, nn.compare_errors(fork, [0.5], fork([0.5]).data + 0.9))

# %% [markdown]
# ## A hidden error is the sum of its shares
#
# 0.32 + 0.1 = 0.42. Without the division: $W^T e$. Neither is the gradient, which has a factor $\sigma'(z)$.

# %%
two = nn.MLP([2, 2, 2], use_bias=False, rng=0)
two.layers[1].W = [[2.0, 3.0], [1.0, 4.0]]
x = [1.0, 0.5]
viz.errors(two, nn.compare_errors(two, x, np.add(two(x).data, [0.8, 0.5])))

# %% [markdown]
# ## The three rules on the net of three layers

# %%
target = [0.99, 0.01, 0.01]
errors = nn.compare_errors(three, inputs, target)
viz.errors(three, errors)

# %% [markdown]
# ## The update of the weights
#
# $\Delta W_{jk} = \alpha \cdot E_k \cdot O_k (1 - O_k) \cdot O_j^T$: it is descent, on the right, in the last layer alone.

# %%
O1, O2 = three.layers[0](inputs).data, three(inputs).data
E1, E2 = errors.transposed
W1 = 0.3 * np.outer(E1 * O1 * (1 - O1), inputs)
W2 = 0.3 * np.outer(E2 * O2 * (1 - O2), O1)
viz.equation(r"\Delta W^{(1)} =", W1, "\n", r"\Delta W^{(2)} =", W2)

# %%
nn.half_squared_error(three(inputs), target).backward()
G1, G2 = [-0.3 * layer.W.grad for layer in three.layers]
first = r"-\alpha \frac{\partial C}{\partial W^{(1)}} ="
second = r"-\alpha \frac{\partial C}{\partial W^{(2)}} ="
viz.equation(first, G1, "\n", second, G2)

# %% [markdown]
# ## Error functions compared
#
# $t - a$ adds up to 0 as if all were right; $|t - a|$ has a kink; the slope of $(t - a)^2$ shrinks towards 0.

# %%
a, t = [0.4, 0.8, 1.0], [0.5, 0.7, 1.0]
plain = viz.cost_table(a, t, term=lambda a, t: t - a)
distance = viz.cost_table(a, t, term=lambda a, t: abs(t - a))
square = viz.cost_table(a, t, term=lambda a, t: (t - a) ** 2)
viz.equation(plain, "\n", distance, "\n", square)

# %% [markdown]
# ## Derivatives to practise
#
# A constant has the slope 0. And $\sigma' = \sigma (1 - \sigma)$.

# %%
t = Value(2.0, label="t")
lines = []
for s in (30 + 10 * t, t**2, t**3, 6 * t**5 + 8 * t + 3, sigmoid(t)):
    [slope] = viz.partials(s, total=True)
    lines += [viz.formula(s), r"\to", viz.to_latex(slope.symbol), "\n"]
viz.equation(*lines)

# %% [markdown]
# ## A function of a function
#
# $f = y^2$ of $y = x^3 + x$: the slopes are multiplied.

# %%
x = Value(2.0, label="x")
y = (x**3 + x).with_label("y")
f = (y**2).with_label("f")
viz.draw_chain(f, highlight=x, total=True)

# %% [markdown]
# ## Training
#
# No biases, as in the book: `nn.MLP` initialises the network, `nn.fit` trains it, `reader(x)` queries it.

# %%
reader = nn.MLP([784, 40, 10], use_bias=False, rng=0, dtype=np.float32)
X, Y = train.images, nn.data.one_hot(train.labels)
held_out = test.images, nn.data.one_hot(test.labels)
run = {"cost": nn.half_squared_error, "batch_size": 10, "rng": 0, "progress": False}
sgd = nn.SGD(reader.parameters(), lr=0.3)
history = nn.fit(reader, X, Y, optimizer=sgd, epochs=6, validation=held_out, **run)
viz.history(history)

# %% [markdown]
# ## Digits that it has not seen
#
# Its answer and the output for it; orange where it is wrong.

# %%
few = test[:15]
outputs = reader(few.images).data
viz.images(few.images, few.labels, outputs.argmax(axis=1), confidences=outputs.max(axis=1), columns=5)

# %% [markdown]
# ## Experiments
#
# The share of held-out digits read right after two epochs of 2,000 images.


# %%
def accuracy(hidden, lr):
    net = nn.MLP([784, hidden, 10], use_bias=False, rng=0, dtype=np.float32)
    nn.fit(net, X[:2000], Y[:2000], optimizer=nn.SGD(net.parameters(), lr), epochs=2, **run)
    return nn.accuracy(net, test.images, test.labels)


rates = (0.03, 0.3, 3, 30)
figure, ax = pyplot.subplots(figsize=(12, 5), layout="constrained")
for hidden in (5, 20, 80):
    ax.semilogx(rates, [accuracy(hidden, lr) for lr in rates], "o-", label=f"{hidden} hidden neurons")
ax.set(xlabel="learning rate", ylabel="read right")
ax.legend()

# %% [markdown]
# ## Looking inside
#
# 0.99 at one output, 0.01 at the others, and the network run backwards: light where it asks for ink.

# %%
minds = nn.backquery(reader, nn.data.one_hot(range(10)))
viz.images(minds, range(10), reader(minds).data.argmax(axis=1), columns=5)

# %% [markdown]
# ## The weights into its hidden neurons

# %%
viz.weights(reader.layers[0])

# %% [markdown]
# ## Two moons
#
# micrograd's example: two layers of 16 bend the boundary between two half circles.

# %%
curved = nn.MLP([2, 16, 16, 1], activation=[tanh, tanh, sigmoid], rng=0)
viz.net_page(curved, nn.data.moons(100, rng=0), "moons.html", lr=1.0)

# %% [markdown]
# ## Two spirals
#
# TensorFlow Playground's hardest.

# %%
wound = nn.MLP([2, 16, 16, 1], activation=[tanh, tanh, sigmoid], rng=0)
viz.net_page(wound, nn.data.spirals(200, rng=0), "spirals.html", lr=1.0)
