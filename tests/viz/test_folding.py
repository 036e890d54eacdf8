"""Big graphs: several quantities in one box, one path unfolded and highlighted."""

import math

import numpy as np
import pytest

import nn
import viz
from autograd import Value, sigmoid, tanh
from viz import chain_rule
from viz._layout.compose import compose, plan, scene
from viz._layout.panels import box_panel
from viz._layout.scene import Group
from viz._layout.stands import rows_of
from viz._mathematics.latex import label
from viz._mathematics.typeset import to_text
from viz._pictures.chain import chain_picture
from viz._pictures.folding import by_layer, by_neuron


@pytest.fixture(scope="module")
def net_and_cost():
    net = nn.MLP([2, 3, 2], node=Value, rng=0)
    C = nn.quadratic_cost(net([0.3, 0.5]), [0.0, 1.0]).with_label("C_0")
    C.backward()
    return net, C


def named(picture):
    return {box.full_name: box for box in picture.boxes}


@pytest.mark.parametrize("fold", [by_layer, by_neuron])
def test_a_fold_that_is_called_says_that_it_is_passed(fold, net_and_cost):
    _, C = net_and_cost
    with pytest.raises(TypeError, match=rf"not Value .* as in draw_chain\(C, fold=viz.{fold.__name__}\)"):
        fold(C)
    assert viz.draw_chain(C, fold=fold)


# -- which box ------------------------------------------------------------------------------------


def test_every_quantity_of_a_net_finds_its_layer_and_its_neuron():
    net = nn.MLP([12, 11, 1], node=Value, rng=0)
    (a,) = net(np.zeros(12))
    assert by_layer(label(a.label)) == by_layer(label(net.layers[1].b[0].label)) == "layer 2"
    assert {by_neuron(label(w.label)) for w in net.layers[0].W[10]} == {"neuron 10, layer 1"}
    assert by_neuron(label(net.layers[0].b[10].label)) == "neuron 10, layer 1"
    assert {by_neuron(label(w.label)) for w in net.layers[1].W[0]} == {by_neuron(label(a.label))}


def test_a_folded_layer_says_what_it_holds(net_and_cost):
    boxes = named(chain_picture(net_and_cost[1], fold=by_layer))
    assert {name: (box.kind, box.note) for name, box in boxes.items()} == {
        "layer 0": ("group", "2 inputs"),
        "layer 1": ("group", "6 quantities, 9 parameters"),
        "layer 2": ("group", "4 quantities, 8 parameters"),
        "C_0": ("result", ""),
    }
    assert boxes["layer 1"].value is None  # several quantities leave it
    assert boxes["C_0"].value == net_and_cost[1].data


def test_a_folded_neuron_shows_its_activation(net_and_cost):
    net, C = net_and_cost
    picture = chain_picture(C, fold=by_neuron)
    box = named(picture)["neuron 1, layer 1"]
    a = chain_rule(C, net.layers[0].b[1]).paths[0]
    activation = a.factors[1].result
    assert activation.label == "a_{1}^{(1)}"
    assert (box.value, box.gradient) == (activation.data, activation.grad)


def test_the_derivative_between_neurons_goes_through_what_was_folded(net_and_cost):
    net, C = net_and_cost
    picture = chain_picture(C, fold=by_neuron)
    boxes = {box.id: box for box in picture.boxes}
    found = {
        (boxes[link.source].full_name, boxes[link.target].full_name): link.number for link in picture.links
    }
    assert len(found) == 2 * 3 + 3 * 2 + 2
    hidden = 1 / (1 + np.exp(-np.array([w.data for w in net.layers[0].W.flat]).reshape(3, 2) @ [0.3, 0.5]))
    for j in range(2):
        w = np.array([v.data for v in net.layers[1].W[j]])
        s = 1 / (1 + math.exp(-(w @ hidden)))
        for k in range(3):
            number = found[f"neuron {k}, layer 1", f"neuron {j}, layer 2"]
            assert number == pytest.approx(w[k] * s * (1 - s), rel=1e-12)
    # From the input to the cost: the sum over the ways through the boxes is the gradient.
    total = sum(
        found["a_{0}^{(0)}", f"neuron {k}, layer 1"]
        * found[f"neuron {k}, layer 1", f"neuron {j}, layer 2"]
        * found[f"neuron {j}, layer 2", "C_0"]
        for k in range(3)
        for j in range(2)
    )
    assert total == pytest.approx(named(picture)["a_{0}^{(0)}"].gradient, rel=1e-12)


def test_a_box_says_which_layer_it_is_and_what_leaves_it():
    net = nn.MLP([1, 1, 1], node=Value, rng=0)
    C = nn.quadratic_cost(net([0.5]), [1.0]).with_label("C_0")
    C.backward()
    drawing = viz.draw_chain(C, fold=by_layer)
    box = named(drawing.picture)["layer 2"]
    (a,) = chain_rule(C, net.layers[1].b[0]).paths[0].factors[1:2]
    assert to_text(box.heading) == "layer 2 → a⁽²⁾"
    assert (box.note, box.value) == ("2 quantities, 2 parameters", a.result.data)
    assert "layer 2 → a⁽²⁾: 2 quantities" in compose(drawing.picture).description
    assert "layer 2 → a⁽²⁾" in viz.tree(drawing)
    assert "layer 2 → a⁽²⁾" in viz.mermaid(drawing)
    assert "layer 2 → a⁽²⁾" in drawing.source
    assert "layer 2 → a⁽²⁾" in [thing.ink.text for thing in box_panel(box, viz.LIGHT).things]
    # The edges are of the quantity, not of the layer.
    assert "∂C₀/∂a⁽²⁾" in viz.tree(drawing)


def test_a_fold_gives_text_or_none():
    C = (2 * Value(1.0, label="x")).with_label("y")
    with pytest.raises(TypeError, match=r"of x it gave int \(3\)"):
        chain_picture(C, fold=lambda symbol: 3)


def test_an_empty_title_is_a_title():
    C = (2 * Value(1.0, label="x")).with_label("y")
    assert [box.kind for box in chain_picture(C, fold=lambda symbol: "").boxes] == ["group"]


def test_a_digit_net_folds_into_five_boxes():
    net = nn.MLP([196, 16, 16, 10], node=Value, rng=0)
    C = nn.quadratic_cost(net(np.full(196, 0.5)), np.zeros(10)).with_label("C_0")
    picture = chain_picture(C, fold=by_layer)
    assert [box.note for box in picture.boxes] == [
        "196 inputs", "32 quantities, 3,152 parameters", "32 quantities, 272 parameters",
        "20 quantities, 170 parameters", "",
    ]  # fmt: skip
    with pytest.raises(ValueError, match=r"in draw_chain, with fold=viz\.by_neuron or fold=viz\.by_layer"):
        chain_picture(C)


def test_a_fold_of_ones_own_may_even_make_a_circle():
    x = Value(0.5, label="x")
    y = sigmoid(x).with_label("y")
    z = tanh(y).with_label("z")
    picture = chain_picture(z, fold=lambda symbol: None if symbol.latex == "y" else "ends")
    assert [box.full_name for box in picture.boxes] == ["y", "ends"]
    assert {(link.source, link.target) for link in picture.links} == {("n1", "n0"), ("n0", "n1")}


# -- what is highlighted --------------------------------------------------------------------------


def test_a_highlighted_quantity_shows_all_its_paths(net_and_cost):
    net, C = net_and_cost
    w = net.layers[0].W[1, 0]
    picture = chain_picture(C, highlight=w)
    bright = {box.full_name for box in picture.boxes if not box.faded}
    assert bright == {
        w.label, "z_{1}^{(1)}", "a_{1}^{(1)}", "C_0",
        *(f"{kind}_{{{j}}}^{{(2)}}" for kind in "za" for j in (0, 1)),
    }  # fmt: skip
    ids = {box.id for box in picture.boxes if not box.faded}
    assert all(link.faded == (not {link.source, link.target} <= ids) for link in picture.links)


def test_one_path_is_unfolded_and_the_rest_stays_folded(net_and_cost):
    net, C = net_and_cost
    path = chain_rule(C, net.layers[0].W[1, 0]).paths[1]
    picture = chain_picture(C, fold=by_layer, highlight=path)
    boxes = {box.id: box for box in picture.boxes}
    bright = [
        (boxes[link.source].full_name, boxes[link.target].full_name)
        for link in picture.links
        if not link.faded
    ]
    assert bright == [(f.argument.label, f.result.label) for f in path.factors]
    assert [link.number for link in picture.links if not link.faded] == [f.number for f in path.factors]
    assert {box.full_name for box in picture.boxes if box.faded} == {"layer 0", "layer 1", "layer 2"}


@pytest.fixture(scope="module", params=[by_neuron, by_layer])
def unfolded_in_part(request):
    net = nn.MLP([2, 3, 1], node=Value, rng=0)
    C = nn.quadratic_cost(net([0.5, -0.2]), [1.0]).with_label("C")
    return plan(chain_picture(C, fold=request.param, highlight=net.layers[0].W[1, 0]))


def test_beside_what_is_folded_no_layer_has_a_ground(unfolded_in_part):
    # Folded and unfolded boxes of a layer stand columns apart: a ground would make the drawing a square.
    picture, layout = unfolded_in_part.picture, unfolded_in_part.layout
    assert picture.layers == ()
    assert layout.width > 2 * layout.height


def test_folded_parameters_stand_over_their_box_as_single_ones_do(unfolded_in_part):
    layout = unfolded_in_part.layout
    boxes = named(unfolded_in_part.picture)
    (name,) = (name for name, box in boxes.items() if box.note == "4 parameters")
    over, under = (layout.boxes[boxes[i].id] for i in (name, "z^{(2)}"))
    assert over.x == pytest.approx(under.x)
    assert over.bottom < under.top


@pytest.mark.parametrize("fold", [by_neuron, by_layer])
def test_every_edge_between_columns_goes_from_left_to_right(net_and_cost, fold):
    net, C = net_and_cost
    picture = chain_picture(C, fold=fold, highlight=net.layers[0].W[1, 0])
    upright = {i for rows in rows_of(picture).values() for row in rows for i in row}
    for i, route in enumerate(plan(picture).layout.routes):
        (start, _), (end, _) = route.pieces[0][0], route.pieces[-1][-1]
        assert i in upright or start < end


def test_no_two_arrows_end_in_one_point(unfolded_in_part):
    tips = [route.pieces[-1][-1] for route in unfolded_in_part.layout.routes]
    assert len({(round(x), round(y)) for x, y in tips}) == len(tips)


def test_what_is_faded_is_drawn_under_what_is_not(unfolded_in_part):
    groups = [shape for shape in scene(unfolded_in_part).shapes if isinstance(shape, Group)]
    edges = [int(group.id[1:]) for group in groups if group.kind == "edge"]
    assert sorted(edges) == list(range(len(edges)))
    faded = [unfolded_in_part.picture.links[i].faded for i in edges]
    assert faded == sorted(faded, reverse=True)
    assert len(set(faded)) == 2


def test_without_highlight_nothing_is_faded(net_and_cost):
    picture = chain_picture(net_and_cost[1], limit=200)
    assert not any(thing.faded for thing in (*picture.boxes, *picture.links))


def test_what_cannot_be_highlighted_is_refused(net_and_cost):
    C = net_and_cost[1]
    with pytest.raises(ValueError, match="is not in this graph"):
        chain_picture(C, highlight=Value(C.data, label="C_0"))  # an equal number is another node
    other_net = nn.MLP([2, 3, 2], node=Value, rng=0)
    other = nn.quadratic_cost(other_net([0.3, 0.5]), [0.0, 1.0])
    with pytest.raises(ValueError, match="a path of another graph"):
        chain_picture(C, highlight=chain_rule(other, other_net.layers[0].W[0, 0]).paths[0])
    with pytest.raises(
        TypeError, match=r"a node, or a path such as viz\.chain_rule\(C, w\)\.paths\[0\], not str"
    ):
        chain_picture(C, highlight="w")


# -- several results ------------------------------------------------------------------------------


def test_several_results_are_drawn_together(net_and_cost):
    outputs = net_and_cost[0]([0.3, 0.5])
    picture = chain_picture(outputs)
    assert {"a_{0}^{(2)}", "a_{1}^{(2)}"} < set(named(picture))
    assert len(picture.boxes) == 2 + 9 + 6 + 8 + 4
    with pytest.raises(TypeError, match="draw_chain takes a Value or a Tensor, not float"):
        chain_picture([outputs[0], 1.0])
    with pytest.raises(ValueError, match="no node"):
        chain_picture([])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fold": "layer"}, r"fold is a function such as viz\.by_layer, not 'layer'"),
        ({"theme": "dark"}, r"theme is viz\.LIGHT, viz\.DARK or another viz\.Theme, not 'dark'"),
    ],
)
def test_a_name_in_place_of_a_function_or_theme_is_refused(options, message):
    with pytest.raises(TypeError, match=message):
        viz.draw_chain(Value(1.0) * 2, **options)


@pytest.mark.parametrize("title", ["", " ", "\n", "\t\u2028", "\u3000", "\u00a0"])
def test_a_blank_title_is_drawn_as_an_empty_one(title, tmp_path):
    a, b = Value(0.5, label="a"), Value(2.0, label="b")
    drawing = viz.draw_chain((sigmoid(a * b) ** 2).with_label("C"), fold=lambda symbol: title)
    assert [box.title for box in drawing.picture.boxes] == [""]
    assert viz.render(drawing, tmp_path / "folded.svg").is_file()
    assert viz.tree(drawing)
