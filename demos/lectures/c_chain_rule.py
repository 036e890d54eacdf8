# %% [markdown]
# # C · Derivatives in computational graphs
#
# A network learns by descent, and a descent needs a gradient. The chain rule gives it, weight by weight.

# %%
import numpy as np
from matplotlib import pyplot

import nn
import viz
from autograd import Value, grad, gradcheck, sigmoid

pyplot.rcParams["font.size"] = 13  # for the back row

# %% [markdown]
# ## Downhill in one variable
#
# Slope positive: move left; negative: right. Steps shrink near a minimum, and each start ends in its own.

# %%
viz.descent_motion(lambda w: w**4 - 3 * w**2 + w, [-2, 2], lr=0.02, steps=10, name="C")

# %% [markdown]
# ## Two variables
#
# At $(1, 1)$ the gradient of $C(x, y) = \frac{3}{2} x^2 + \frac{1}{2} y^2$ is $(3, 1)$:
# $x$ has three times the impact of $y$.

# %%
viz.surface(lambda x, y: 3 / 2 * x**2 + 1 / 2 * y**2, at=(1, 1), name="C")

# %% [markdown]
# ## Every example has a wish of its own
#
# A column says how one digit would change the parameters. The mean of all columns is $-\nabla C$.

# %%
net, digits = nn.MLP([784, 16, 16, 10], rng=0), nn.data.strokes(6, rng=0)
examples = zip(digits.images, nn.data.one_hot(digits.labels), strict=True)
costs = [nn.quadratic_cost(net(x), y) for x, y in examples]
viz.nudge_table(costs, [net.layers[1].b], pictures=digits.images, by_size=False, decimals=2)

# %% [markdown]
# ## The simplest network
#
# One neuron a layer: $z = w a + b$ and $a = \sigma(z)$, three times. It answers 0.66; desired is $y = 1$.

# %%
chain = nn.MLP([1, 1, 1, 1], node=Value, rng=0)
for p, number in zip(chain.parameters(), [1.2, -0.3, -0.8, 0.5, 1.5, -0.1], strict=True):
    p.data = number
first, second, last = chain.layers
a2 = second(first([Value(0.5, label="a^{(0)}")]))
C = nn.quadratic_cost(last(a2), [Value(1.0, label="y")]).with_label("C_0")
viz.draw_chain(C, derivatives=False)

# %% [markdown]
# ## A derivative on every edge: how its end moves with its beginning
#
# `viz.render` writes a drawing to a file, as svg, pdf or png.

# %%
drawing = viz.draw_chain(C)
viz.render(drawing, "chain.svg")
drawing

# %% [markdown]
# ## The last layer
#
# A nudge of $w^{(3)}$ moves $z^{(3)}$, which moves $a^{(3)}$, which moves $C_0$: a factor for each.

# %%
viz.chain_rule(C, last.W[0, 0])

# %% [markdown]
# ## For its bias, and the neuron before it, the first factor alone differs

# %%
viz.chain_rule(C, last.b[0])

# %%
viz.chain_rule(C, a2[0])

# %% [markdown]
# ## A weight further back has more factors, each on its path

# %%
viz.draw_chain(C, highlight=second.W[0, 0])

# %% [markdown]
# ## Nudge it
#
# Drag a number: all that follow from it move, and $\Delta C / \Delta w$ comes to $\partial C / \partial w$.

# %%
viz.lecture_page(C, "chain.html")

# %% [markdown]
# ## Forward, then backward
#
# Values from left to right, then derivatives from right to left. `viz.frames` writes the pictures one by one.

# %%
viz.animate(C, "chain.gif", width=1280)

# %% [markdown]
# ## Differences agree
#
# All six derivatives, beside those measured by small steps of $w^{(1)}, b^{(1)}, w^{(2)}, b^{(2)}, w^{(3)}, b^{(3)}$.


# %%
def C0(p):
    a1 = sigmoid(p[0] * 0.5 + p[1])
    a2 = sigmoid(p[2] * a1 + p[3])
    return (sigmoid(p[4] * a2 + p[5]) - 1) ** 2


p, h = np.array([1.2, -0.3, -0.8, 0.5, 1.5, -0.1]), 1e-5
differences = [(C0(p + step) - C0(p - step)) / (2 * h) for step in h * np.eye(6)]
viz.equation(r"\nabla C_0 =", viz.matrix(grad(C0)(p)), r"\approx", viz.matrix(differences))

# %%
gradcheck(C0, p)  # the same for any function, to the last digits

# %% [markdown]
# ## All training examples
#
# $$\frac{\partial C}{\partial w^{(L)}} = \frac{1}{n} \sum_k \frac{\partial C_k}{\partial w^{(L)}}$$
#
# The mean of the examples' derivatives, here of five.

# %%
inputs = [0.1, 0.3, 0.5, 0.7, 0.9]
costs = [nn.quadratic_cost(chain([x]), [1.0]) for x in inputs]
viz.nudge_table(costs, chain.parameters(), examples=inputs, by_size=False)

# %% [markdown]
# ## Three ways to raise a neuron
#
# Increase $b$; increase $w_i$ in proportion to $a_i$; change $a_i$ in proportion to $w_i$, which goes back.

# %%
neuron = nn.Neuron(3, node=Value, rng=0)
a = [Value(x, label=f"a_{i}") for i, x in enumerate((0.9, 0.1, 0.6))]
viz.nudges([neuron.b, *neuron.W, *a], cost=(neuron(a) - 1) ** 2, by_size=False)

# %% [markdown]
# ## Several neurons a layer
#
# $z_j = \sum_k w_{jk} a_k + b_j$, $C_0 = \sum_j (a_j - y_j)^2$. A weight of the last layer has one path.

# %%
net = nn.MLP([2, 2, 2], node=Value, rng=0)
hidden = net.layers[0]([0.9, 0.1])
C = nn.quadratic_cost(net.layers[1](hidden), [1.0, 0.0]).with_label("C_0")
viz.draw_chain(C, highlight=net.layers[1].W[1, 0])

# %% [markdown]
# ## Sum over layer L
#
# A neuron of the layer before has a path through every neuron of layer $L$, and the paths add up.

# %%
viz.draw_chain(C, highlight=hidden[0])
