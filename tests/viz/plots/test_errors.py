"""The errors of a net's neurons by deck E's rules and by the gradient, on the same net."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

import nn
from autograd import Value
from autograd._graph.leaving import plain_array
from viz._plots import errors

RNG = np.random.default_rng(0)
RULES = ("split", "transposed", "downhill")


def net_of(*sizes, W=None, node=None):
    net = nn.MLP(list(sizes), use_bias=False, rng=0, **({} if node is None else {"node": node}))
    if W is not None:
        net.layers[-1].W = W
    return net


def compared(net, e):
    """A net with these errors at its outputs."""
    x = RNG.uniform(size=net.sizes[0])
    return net, nn.compare_errors(net, x, np.add(plain_array(net(x)), e))


def panels(ax):
    """The texts of each panel, with the middle of each."""
    width = ax.get_xlim()[1] / 3
    texts = [[] for _ in RULES]
    for text in ax.texts:
        texts[min(2, int(text.get_position()[0] // width))].append(text)
    return texts


def test_the_slides_sum_and_its_shares(readable):
    """§6: shares 2/5 and 1/5 of the errors 0.8 and 0.5 make 0.32 + 0.1 = 0.42."""
    ax = errors(*compared(net_of(2, 2, 2, W=[[2.0, 3.0], [1.0, 4.0]]), [0.8, 0.5]))
    split, transposed, _ = ([text.get_text() for text in texts] for texts in panels(ax))
    assert {"0.4", "0.6", "0.2", "0.8", "0.32 + 0.1 = 0.42", "0.48 + 0.4 = 0.88", "0.42", "0.88"} <= set(
        split
    )
    assert {"2", "3", "1", "4", "1.6 + 0.5 = 2.1", "2.1"} <= set(transposed)
    readable(ax)


def test_three_sums_stand_beside_their_neurons_and_add_up(readable):
    """Of more than two neurons the sums hide no link, and are exact where = is written."""
    net, sent_back = compared(net_of(2, 3, 3), [0.174, -0.509, -0.278])
    ax = errors(net, sent_back)
    for rule, texts in list(zip(RULES, panels(ax), strict=True))[:2]:
        sums = [text for text in texts if "\n" in text.get_text()]
        for text, e in zip(sums, getattr(sent_back, rule)[0], strict=True):
            *terms, total = (line.replace("−", "-").replace(" ", "") for line in text.get_text().split("\n"))
            assert float(total[1:]) == pytest.approx(e, abs=6e-4)
            difference = abs(np.sum([float(term) for term in terms]) - float(total[1:]))
            assert (difference < 1e-9) == (total[0] == "=")
            assert difference < 2e-3
        ax.figure.draw_without_rendering()
        for text in sums:  # the links lie between their neurons
            beyond = [
                circle.get_window_extent().x0
                for circle in ax.patches
                if circle.get_gid() and circle.center[1] == text.get_position()[1]
                if circle.center[0] > text.get_position()[0]
            ]
            assert text.get_window_extent().x1 < min(beyond)
    readable(ax)


def test_a_share_that_does_not_end_is_a_fraction():
    """§6: w = 6 and 3 share an error in 2/3 and 1/3."""
    ax = errors(*compared(net_of(1, 2, 1, W=[[6.0, 3.0]]), [0.9]))
    assert {"2/3", "1/3", "0.6", "0.3"} <= {text.get_text() for text in panels(ax)[0]}


@pytest.mark.parametrize(("sizes", "node"), [((3, 3, 3), Value), ((2, 4, 3, 2), None)])
def test_the_numbers_and_colours_are_the_errors(sizes, node, readable):
    net, found = compared(net_of(*sizes, node=node), RNG.normal(size=sizes[-1]))
    ax = errors(net, found)
    width = ax.get_xlim()[1] / 3
    for place, rule in enumerate(RULES):
        circles = [p for p in ax.patches if p.get_gid() and p.center[0] // width == place]
        of_layers = np.concatenate(getattr(found, rule))
        assert len(circles) == len(of_layers) == sum(sizes[1:])
        for circle, e in zip(circles, of_layers, strict=True):
            inside = [t.get_text() for t in ax.texts if np.allclose(t.get_position(), circle.center)]
            assert float(inside[0].replace("−", "-")) == pytest.approx(e, abs=6e-4)
            red, _, blue = to_rgb(circle.get_facecolor())
            assert abs(e) < 0.02 * abs(of_layers).max() or (blue > red) == (e > 0)
    readable(ax)


def test_a_large_layer_is_folded():
    ax = errors(*compared(net_of(2, 30, 20), RNG.normal(size=20)), most=6)
    assert len([p for p in ax.patches if p.get_gid()]) == 3 * 8
    assert len([p for p in ax.patches if not p.get_gid()]) == 3 * 6  # the dots
    assert not [t for t in ax.texts if "/" in t.get_text() and not t.get_text().startswith("$")]


@pytest.mark.parametrize(
    ("net", "found", "error", "message"),
    [
        (3, None, TypeError, "takes a net"),
        (net_of(2, 2), None, ValueError, "a net of one layer sends no errors back"),
        (net_of(2, 2, 2), [0.8, 0.5], TypeError, r"nn\.compare_errors\(net, x, target\).*given list"),
        (
            net_of(2, 2, 2),
            compared(net_of(2, 3, 2), [1, 1])[1],
            ValueError,
            "and the errors shapes .*3",
        ),
    ],
)
def test_what_are_no_errors(net, found, error, message, nothing_drawn):
    with pytest.raises(error, match=message):
        errors(net, found)
    assert nothing_drawn()
