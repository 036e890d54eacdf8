"""The nudges that the gradient asks of the parameters."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

import nn
from autograd import Tensor, Value, sigmoid
from viz._plots import nudge_table, nudges
from viz._plots.parts.named import NamedNodes
from viz._plots.parts.palette import palette_of
from viz._plots.parts.words import typeset_label

X, Y = nn.data.gates.XOR.X, nn.data.gates.XOR.Y


def names(ax):
    return [t.get_text() for t in ax.get_yticklabels()]


def graded(node, sizes=(2, 3, 1)):
    net = nn.MLP(list(sizes), node=node, rng=0)
    nn.quadratic_cost(net([1.0] + [0.5] * (sizes[0] - 1)), [0.9] * sizes[-1]).backward()
    return net


@pytest.mark.parametrize(("node", "named"), [(Tensor, True), (Value, False)])
def test_bars_are_the_negative_gradient_largest_first(node, named, readable):
    net = graded(node)
    ax = nudges(net.named_parameters() if named else net.parameters(), most=20)
    gradient = np.concatenate([np.ravel(p.grad) for p in net.parameters()])
    expected = sorted(-gradient, key=abs, reverse=True)
    widths = [bar.get_width() for bar in ax.patches]
    assert len(widths) == 13
    np.testing.assert_allclose(widths, expected, rtol=1e-12)
    palette = palette_of(ax)
    for bar in ax.patches:
        sign = palette.positive if bar.get_width() > 0 else palette.negative
        assert to_hex(bar.get_facecolor()) == sign.lower()
    readable(ax)


def test_both_kinds_of_node_have_the_same_names():
    scalars, arrays = (nudges(graded(node).parameters(), most=20) for node in (Value, Tensor))
    # a layer of one neuron has no index in a net of Values: b^{(2)}, where the Tensor's is b_0^{(2)}
    assert names(scalars) == [name.replace("b_{0}^{(2)}", "b^{(2)}") for name in names(arrays)]
    assert {"$w_{10}^{(1)}$", "$b_{2}^{(1)}$", "$w_{02}^{(2)}$"} <= set(names(scalars))


def test_a_name_is_of_the_bar_it_stands_at():
    net = graded(Value)
    by_name = {typeset_label(p.label): -p.grad for p in net.parameters()}
    ax = nudges(net.parameters(), most=20)
    for name, bar in zip(names(ax), ax.patches, strict=True):
        assert bar.get_width() == by_name[name]
        assert bar.get_y() + bar.get_height() / 2 == pytest.approx(names(ax).index(name))
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the largest on top


def test_words_say_how_much():
    parameters = [Value(0.0, label=name) for name in "abcdef"]
    for p, gradient in zip(parameters, (-1.0, 0.5, 0.21, -0.19, 0.0, -0.49), strict=True):
        p.grad = gradient
    ax = nudges(parameters)
    assert [t.get_text() for t in ax.texts] == [
        "+1.00  rise a lot", "−0.50  fall a lot", "+0.49  rise somewhat", "−0.21  fall somewhat",
        "+0.19  rise a little", "0.00  stay",
    ]  # fmt: skip


def test_a_stated_number_is_drawn_and_the_rest_counted(readable):
    net = graded(Tensor, (784, 16, 16, 10))
    ax = nudges(net.parameters())
    assert len(ax.patches) == 12
    assert ax.get_xlabel().endswith("and 12,990 more, none larger")
    readable(ax)
    assert "more" not in nudges(graded(Value).parameters(), most=13).get_xlabel()


@pytest.mark.parametrize(
    ("gradients", "said"),
    [
        ([-0.000123], ["+0.000123"]),
        ([-0.5, 0.0004, 0.0006], ["+0.5000", "−0.0006", "−0.0004"]),
        ([-1.0, 0.001, 0.0], ["+1.000", "−0.001", "0.000"]),
        ([5.0, 1e-9], ["−5.00", "−1e−09"]),
        ([123456.0, 1.0], ["−1.23e05", "−1.00"]),
        ([0.0, 0.0], ["0.00", "0.00"]),
    ],
)
def test_bars_of_different_lengths_read_differently(gradients, said):
    parameters = [Value(0.0, label="w") for _ in gradients]
    for p, gradient in zip(parameters, gradients, strict=True):
        p.grad = gradient
    assert [t.get_text().split()[0] for t in nudges(parameters).texts] == said


def test_names_of_the_numbers_in_a_tensor():
    W = Tensor(np.zeros((2, 12)), label="W^{(3)}")
    named = NamedNodes({"bias": Tensor([1.0, 2.0]), "W": W, "gain": Tensor(3.0)}, "nudges")
    assert named.size == 2 + 24 + 1
    assert [named(i) for i in (0, 1, 2, 14, 25, 26)] == [
        "bias[0]", "bias[1]", "$w_{0,0}^{(3)}$", "$w_{1,0}^{(3)}$", "$w_{1,11}^{(3)}$", "gain",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("w_{12}^{(1)}", "$w_{12}^{(1)}$"),
        (r"\theta_1", r"$\theta_1$"),
        ("learning rate", "learning rate"),
        ("cost in $", r"cost in \$"),
        ("bias", "bias"),
        ("<b>", "<b>"),
        (r"\frac", r"\frac"),
    ],
)
def test_labels_are_set_as_mathematics_where_they_are(label, shown):
    assert typeset_label(label) == shown
    w = Value(1.0, label=label)
    w.grad = 1.0
    ax = nudges([w])
    ax.figure.draw_without_rendering()
    assert names(ax) == [shown]


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ([], ValueError, "nudges: there are no parameters"),
        (Value(1.0), TypeError, "parameters as a list of Values or Tensors, or a dict.*given Value"),
        (3, TypeError, "given int"),
        ([1.0], TypeError, "parameter 0 is float"),
        (nn.MLP([2, 1], rng=0), TypeError, "given MLP"),
        ([Value(1.0, label="w")], ValueError, "parameter 0 w has no gradient; pass cost=, or call backward"),
    ],
)
def test_what_has_no_nudges(parameters, error, message, nothing_drawn):
    with pytest.raises(error, match=message):
        nudges(parameters)
    assert nothing_drawn()


@pytest.mark.parametrize("node", [Tensor, Value])
def test_the_nudges_of_a_cost_are_its_own_whatever_backward_left(node):
    net = nn.MLP([2, 2, 1], node=node, rng=0)
    C = nn.quadratic_cost(net(X[1]), Y[1])

    def widths(ax):
        return dict(zip(names(ax), (bar.get_width() for bar in ax.patches), strict=True))

    own = widths(nudges(net.parameters(), cost=C))
    assert all(p.grad is None for p in net.parameters())
    C.backward()
    assert widths(nudges(net.parameters())) == pytest.approx(own, rel=1e-12)
    C.backward()
    assert widths(nudges(net.parameters())) == pytest.approx({k: 2 * x for k, x in own.items()}, rel=1e-12)
    assert widths(nudges(net.parameters(), cost=C)) == own


@pytest.mark.parametrize(
    ("cost", "error", "message"),
    [
        (Tensor([1.0, 2.0]), ValueError, r"one number, not an array of shape \(2,\)"),
        (2.0, TypeError, "cost of nudges"),
        (Value(3.0) * 2, ValueError, "the cost depends on none of these parameters"),
    ],
)
def test_a_cost_is_one_node(cost, error, message, nothing_drawn):
    with pytest.raises(error, match=message):
        nudges([Value(1.0)], cost=cost)
    assert nothing_drawn()


def test_a_gradient_that_is_not_finite():
    w = Tensor([1.0, 2.0])
    w.grad = [1.0, np.inf]
    with pytest.raises(ValueError, match=r"the gradient of parameter 0 holds inf at index \(1,\)"):
        nudges([w])


# -- the table ----------------------------------------------------------------------------------


def cells(ax, columns):
    """The numbers of the table, and the colours of its cells, by rows."""
    texts = [t.get_text() for t in ax.texts]
    body = texts[columns : columns + len(ax.patches) // columns * (columns + 1)]
    rows = np.array(body).reshape(-1, columns + 1)
    colours = np.array([to_hex(p.get_facecolor()) for p in ax.patches]).reshape(-1, columns)
    return texts[:columns], rows[:, 0].tolist(), rows[:, 1:], colours


@pytest.mark.parametrize("node", [Tensor, Value])
def test_a_table_of_what_each_example_asks(node, readable):
    net = nn.MLP([2, 2, 1], node=node, rng=0)
    costs = [nn.quadratic_cost(net(x), y) for x, y in zip(X, Y, strict=True)]
    ax = nudge_table(costs, net.parameters(), examples=["00", "01", "10", "11"], most=20)
    heads, named, numbers, colours = cells(ax, 5)
    assert heads == ["00", "01", "10", "11", "mean"]

    each = []
    for C in costs:
        for p in net.parameters():
            p.grad = None
        C.backward()
        each.append(-np.concatenate([np.ravel(p.grad) for p in net.parameters()]))
    table = np.column_stack([*each, np.mean(each, axis=0)])
    order = np.argsort(-abs(table[:, -1]), kind="stable")
    expected = [[f"{x:+.5f}".replace("-", "−") if x else "0.00000" for x in row] for row in table[order]]
    assert numbers.tolist() == expected
    label = NamedNodes(net.parameters(), "")
    assert named == [label(i) for i in order]
    red, blue = (np.array([[int(c[i : i + 2], 16) for c in row] for row in colours]) for i in (1, 5))
    strong = abs(table[order]) > 0.05
    assert np.array_equal((blue > red)[strong], (table[order] > 0)[strong])
    readable(ax)


def test_the_mean_is_over_all_examples_and_the_rest_is_counted():
    w = [Value(1.0, label=f"w_{i}") for i in range(10)]
    costs = [sum((k * i * w[i] for i in range(10)), start=Value(0.0)) for k in range(9)]
    ax = nudge_table(costs, w)
    heads, named, numbers, _ = cells(ax, 7)
    assert heads == [*"012345", "mean"]
    assert named == [f"$w_{i}$" for i in range(9, 1, -1)]
    assert numbers[0].tolist() == ["0.00", "−9.00", "−18.00", "−27.00", "−36.00", "−45.00", "−36.00"]
    assert ax.texts[-1].get_text() == "and 2 more parameters and 3 more examples"


def test_the_table_changes_no_gradient():
    w = Value(2.0, label="w")
    cost = w * w
    cost.backward()
    nudge_table([cost, sigmoid(w)], [w, Value(1.0, label="unused")])
    assert w.grad == 4.0


@pytest.mark.parametrize(
    ("costs", "parameters", "error", "message"),
    [
        ([], [Value(1.0)], ValueError, "there are no costs"),
        ([Value(1.0)], [], ValueError, "there are no parameters"),
        ([1.0], [Value(1.0)], TypeError, "cost 0 is float"),
        ([Value(1.0), Value(2.0) * 3], [Value(1.0)], ValueError, "the costs depend on none"),
        ([Tensor([1.0, 2.0])], [Value(1.0)], ValueError, "costs of the examples one by one, each one number"),
    ],
)
def test_what_has_no_table(costs, parameters, error, message, nothing_drawn):
    with pytest.raises(error, match=message):
        nudge_table(costs, parameters)
    assert nothing_drawn()


def test_examples_of_another_number():
    w = Value(1.0)
    with pytest.raises(ValueError, match="examples has 1 entries for 2 costs"):
        nudge_table([w * w, 2 * w], [w], examples=["a"])


# -- in the parameters' own order ---------------------------------------------------------------------


def test_bars_in_the_parameters_own_order():
    parameters = [Value(0.0, label=f"w_{i}") for i in range(4)]
    for p, gradient in zip(parameters, (0.1, -1.0, 0.3, 0.6), strict=True):
        p.grad = gradient
    ax = nudges(parameters, by_size=False, most=3)
    assert names(ax) == ["$w_0$", "$w_1$", "$w_2$"]
    assert [bar.get_width() for bar in ax.patches] == [-0.1, 1.0, -0.3]
    assert ax.texts[0].get_text() == "−0.10  fall a little"  # beside the largest of all
    assert ax.get_xlabel().endswith("and 1 more")


def test_the_decks_table(readable):
    """§2: rows w₀, w₁, …, two decimals, the digits over the columns."""
    w, digits = [Value(1.0, label=f"w_{i}") for i in range(3)], nn.data.strokes(2, rng=0)
    slopes = [(0.084, 0.111, 0.068), (-0.0212, -0.108, 0.0001)]
    costs = [sum((s * p for s, p in zip(of, w, strict=True)), start=Value(0.0)) for of in slopes]
    ax = nudge_table(costs, w, pictures=digits.images, by_size=False, decimals=2)
    _, named, numbers, _ = cells(ax, 3)
    assert named == ["$w_0$", "$w_1$", "$w_2$"]
    assert numbers.tolist() == [
        ["−0.08", "+0.02", "−0.03"],
        ["−0.11", "+0.11", "0.00"],
        ["−0.07", "0.00", "−0.03"],
    ]
    for image, pixels in zip(ax.images, digits.images, strict=True):
        np.testing.assert_array_equal(image.get_array(), pixels.reshape(28, 28))
    readable(ax)
    with pytest.raises(ValueError, match="pictures has 1 rows for 2 costs"):
        nudge_table(costs, w, pictures=digits.images[:1])
