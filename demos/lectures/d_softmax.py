# %% [markdown]
# # D · Softmax and cross-entropy
#
# Outputs become shares of 1, and the slope of the cost at an output is $s - y$.

# %%
import warnings

import nn
import viz
from autograd import Value, gradcheck, log, sigmoid, softmax

# %% [markdown]
# ## Outputs become shares
#
# $s_i = e^{a_i} / \sum_j e^{a_j}$: all above 0, together 1.

# %%
a = [Value(x, label=f"a_{i}") for i, x in enumerate((0.95, 0.66, 0.12))]
s = [share.with_label(f"s_{i}") for i, share in enumerate(softmax(a))]
viz.equation("a =", a, r"\to s =", s)

# %% [markdown]
# ## Every share depends on every output
#
# A share rises with its own output, and falls with the others.

# %%
viz.draw_chain(s, grad=False)

# %% [markdown]
# ## Cross-entropy
#
# $C_0 = -\sum_i y_i \ln s_i$: of the desired class alone, and 0 where its share is 1.

# %%
y = [1, 0, 0]
viz.cost_table(s, y, term=lambda s, y: -y * log(s))

# %% [markdown]
# ## The slope at an output is s − y
#
# All those exponentials cancel: what is left is the share less the desired share.

# %%
C = nn.cross_entropy(a, y).with_label("C_0")
viz.draw_chain(C)

# %% [markdown]
# ## Which way each output should go
#
# $-\nabla C_0 = y - s$. The shares add up to 1, so the slopes add up to 0. Differences of $C_0$ agree.

# %%
viz.gradient(C, a)

# %%
gradcheck(lambda a: nn.cross_entropy(a, y), [0.95, 0.66, 0.12])

# %% [markdown]
# ## Drag an output
#
# All three slopes follow, since all three shares do.

# %%
viz.lecture_page(C, "softmax.html")

# %% [markdown]
# ## The slope of a weight
#
# Without a sigmoid, $a_i = \sum_k w_{ik} x_k$, and $\partial C_0 / \partial w_{ik} = (s_i - y_i) \cdot x_k$.

# %%
layer = nn.Layer(2, 3, use_bias=False, activation=nn.identity, node=Value, rng=0)
layer.W = [[1.5, -0.5], [0.6, 1.2], [-0.4, 2.0]]
x = [Value(0.7, label="x_0"), Value(0.2, label="x_1")]
C = nn.cross_entropy(layer(x), y).with_label("C_0")
viz.draw_chain(C, highlight=layer.W[0, 0])

# %% [markdown]
# ## With a sigmoid before
#
# $\partial C_0 / \partial w_{ik} = (s_i - y_i) \cdot \sigma'(z_i) \cdot x_k$: a factor more, slower to learn.

# %%
squashed = nn.Layer(2, 3, use_bias=False, activation=sigmoid, node=Value, rng=0)
squashed.W = layer.W
warnings.simplefilter("ignore", nn.LogitsWarning)
C = nn.cross_entropy(squashed(x), y).with_label("C_0")
viz.draw_chain(C, highlight=squashed.W[0, 0])

# %% [markdown]
# ## Ten digits
#
# A net with linear outputs learns by cross-entropy, and softmax turns its outputs into shares.

# %%
digits = nn.data.strokes(3000, rng=0)
net = nn.MLP([784, 16, 10], output_activation=nn.identity, rng=0)
run = {"cost": nn.cross_entropy, "epochs": 5, "batch_size": 10, "rng": 0, "progress": False}
nn.fit(net, digits.images, digits.labels, optimizer=nn.Adam(net.parameters(), lr=0.005), **run)
viz.confidences(lambda image: softmax(net(image)), digits.images[4], digits.labels[4])
