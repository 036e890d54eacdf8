# %% [markdown]
# # B · Cost and gradient descent
#
# Learning is finding parameters for which one number, the cost, is small.

# %%
import os

import numpy as np
from matplotlib import pyplot

import nn
import viz
from autograd import grad, sigmoid

folder = os.environ.get("MNIST")  # of the MNIST files; without them, digits drawn from loops and strokes
digits = nn.data.mnist(folder).train if folder else nn.data.strokes(25_000, rng=0)
train, test = digits[:-5_000], digits[-5_000:]
pyplot.rcParams["font.size"] = 13  # for the back row

# %% [markdown]
# ## The cost of a 3, read by an untrained network
#
# The squares of the differences from the desired outputs, added up.

# %%
outputs = [0.2941, 0.1975, 0.1463, 0.9123, 0.5050, 0.0141, 0.4393, 0.5892, 0.6854, 0.4335]
viz.cost_table(outputs, nn.data.one_hot(3, low=0, high=1), decimals=2)

# %% [markdown]
# ## And by a trained one
#
# The cost is small where the network is right.

# %%
outputs = [0.0245, 0.0265, 0.0624, 0.9700, 0.0742, 0.0200, 0.0469, 0.0574, 0.0849, 0.0424]
viz.cost_table(outputs, nn.data.one_hot(3, low=0, high=1), decimals=2)

# %% [markdown]
# ## Our own network, untrained
#
# $C_0 = \sum_j (a_j - y_j)^2$ for one example. The cost of the network is the mean of $C_0$ over all examples.

# %%
net = nn.MLP([784, 16, 16, 10], rng=0, dtype=np.float32)
three = test.images[test.labels == 3][0]
viz.cost_table(net(three), nn.data.one_hot(3, low=0, high=1), decimals=2, image=three.reshape(28, 28))

# %% [markdown]
# ## Downhill
#
# $-\nabla C$ points to where the cost falls most. A step along it, and again; near the minimum the steps shrink by themselves.

# %%
viz.descent_motion(lambda x, y: 1.5 * x**2 + 0.5 * y**2, [(1, 1), (-1.5, -1)], lr=0.2, steps=10, name="C")

# %% [markdown]
# ## Inputs that can be learnt from
#
# At input 0 the slope of a weight is 0; at large inputs σ is flat. So grey values are scaled to 0.01 … 1.

# %%
viz.activation(sigmoid, at=6)


# %%
def slope(x):
    return grad(lambda w: sigmoid(w * x))(0.5)


for x in (0, 0.01, 1, 255):
    print(f"input {x}: slope {slope(x):.4f}")

# %% [markdown]
# ## Outputs that can be reached
#
# σ never gives 0 or 1. Of a 3, 0.99 is desired at the 3 and 0.01 elsewhere.

# %%
viz.equation("y =", viz.matrix(nn.data.one_hot(3, low=0.01, high=0.99), most=10))

# %% [markdown]
# ## The first weights
#
# Normal, with mean 0 and standard deviation $1/\sqrt{n}$ for $n$ links into a neuron.

# %%
viz.equation(r"\frac{1}{\sqrt{3}} =", 1 / np.sqrt(3), "\n", r"\frac{1}{\sqrt{100}} =", 1 / np.sqrt(100))

# %%
for n in (3, 100):
    W = nn.Layer(n, 10_000, rng=0).W
    print(f"{n} links: {W.data.std():.3f} of weights drawn here")

# %% [markdown]
# ## The cost as a landscape
#
# A function of all 13,002 parameters, here over two of them after one epoch. The arrow is where it rises most.

# %%
X, Y = train.images, nn.data.one_hot(train.labels)
sgd = nn.SGD(net.parameters(), lr=0.5)
nn.fit(net, X, Y, optimizer=sgd, epochs=1, batch_size=10, rng=0, progress=False)
cost = nn.quadratic_cost(net(X[:1000]), Y[:1000]).with_label("C")
W = net.layers[2].W
viz.surface(cost, x=(-6, 4), y=(-6, 4), of=[(W, (3, 0)), (W, (3, 1))])

# %% [markdown]
# ## −∇C, a column of 13,002 numbers
#
# The sign says up or down, the size how much it matters. Here are ten of them.

# %%
viz.gradient(cost, [net.layers[2].b], most=10)

# %% [markdown]
# ## The largest of them

# %%
viz.nudges(net.parameters(), cost=cost)

# %% [markdown]
# ## Step after step
#
# Each step takes ten images; an epoch has shown them all.

# %%
tests = test.images, nn.data.one_hot(test.labels)
history = nn.fit(net, X, Y, optimizer=sgd, epochs=9, batch_size=10, validation=tests, rng=0, progress=False)
viz.history(history)

# %% [markdown]
# ## The same 3, after training

# %%
viz.cost_table(net(three), nn.data.one_hot(3, low=0, high=1), decimals=2, image=three.reshape(28, 28))

# %% [markdown]
# ## What the neurons look for
#
# The weights into each neuron of the first layer, blue for ink: no clean edges.

# %%
viz.weights(net.layers[0])

# %% [markdown]
# ## And those of the second layer
#
# In pixels, through the first layer: no loops and strokes either.

# %%
viz.weights(net.layers[1], before=net.layers[:1])

# %% [markdown]
# ## Confident, without a meaning
#
# Shown random noise, the network is as sure as ever. It tells digits apart, and cannot draw one.

# %%
noise = np.random.default_rng(0).random((1000, 784))
viz.confidences(net, noise[1])

# %%
print(f"{np.mean(net(noise).data.max(axis=1) > 0.5):.0%} of 1,000 images of noise have an output above 0.5")
