"""Every plot: axes, themes, matplotlib itself."""

import inspect
import itertools
import pickle
import subprocess
import sys

import numpy as np
import pytest
from contrast import contrast
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.cbook import is_math_text
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

import nn
from autograd import Value, sigmoid
from viz import _plots
from viz._layout.themes import DARK, LIGHT
from viz._plots.parts.palette import palette_of
from viz._plots.parts.room import smallest_type
from viz._plots.parts.words import as_text

XOR = nn.data.gates.XOR


def split():
    """§6: a net whose output errors are 0.8 and 0.5, and its errors."""
    net = nn.MLP([2, 2, 2], use_bias=False, rng=0)
    net.layers[1].W = [[2.0, 3.0], [1.0, 4.0]]
    x = [1.0, 0.5]
    return net, nn.compare_errors(net, x, np.add(net(x).data, [0.8, 0.5]))


def graded(label="w"):
    w = Value(2.0, label=label)
    (w * w).backward()
    return [w]


def table(label="w", **options):
    w = graded(label)
    return _plots.nudge_table([w[0] * 3], w, **options)


HISTORY = nn.History([nn.Epoch(1, 0.8, 0.4, None, None, 1.0), nn.Epoch(2, 0.3, 0.9, None, None, 1.0)])
PLOTS = {
    "draw_network": lambda ax=None: _plots.draw_network(nn.MLP([3, 2], rng=0), [0.1, 0.5, 0.9], ax=ax),
    "errors": lambda ax=None: _plots.errors(*split(), ax=ax),
    "weights": lambda ax=None: _plots.weights(nn.Layer(4, 3, rng=0), (2, 2), ax=ax),
    "images": lambda ax=None: _plots.images(np.ones((3, 4)), [1, 2, 3], [1, 2, 4], (2, 2), ax=ax),
    "confidences": lambda ax=None: _plots.confidences(lambda x: x, [0.2, 0.7, 0, 0.1], 1, (2, 2), ax=ax),
    "sum_of_parts": lambda ax=None: _plots.sum_of_parts(nn.data.digit_parts(9), "9", ax=ax),
    "activation": lambda ax=None: _plots.activation(sigmoid, bias=-10, at=12, ax=ax),
    "truth_table": lambda ax=None: _plots.truth_table(lambda p: p[:, 0], XOR.X, XOR.Y, ax=ax),
    "boundary": lambda ax=None: _plots.boundary(
        lambda p: p[:, 0], [[0, 0], [1, 1]], [0, 1], resolution=9, ax=ax
    ),
    "surface": lambda ax=None: _plots.surface(lambda x, y: x * y, at=(1, 1), ax=ax),
    "descent": lambda ax=None: _plots.descent(lambda x: x**2, [1.0], 0.1, 3, ax=ax),
    "history": lambda ax=None: _plots.history(HISTORY, ax=ax),
    "nudges": lambda ax=None: _plots.nudges(graded(), ax=ax),
    "nudge_table": lambda ax=None: table(ax=ax),
}
every = pytest.mark.parametrize("plot", PLOTS.values(), ids=PLOTS)


def test_every_plot_is_tested():
    assert set(PLOTS) == set(_plots.__all__)


def pixels(ax):
    ax.figure.set_dpi(40)
    ax.figure.canvas.draw()
    return np.asarray(ax.figure.canvas.buffer_rgba())


def check_colours(ax, dark):
    assert (palette_of(ax).ink > "#888888") == dark
    for text in ax.texts:
        if text.get_text() and not text.get_bbox_patch() and ax.axison:
            assert contrast(to_hex(text.get_color()), palette_of(ax).paper) > 3


@every
def test_a_new_figure_or_the_axes_given_in_any_style_and_always_the_same(plot, monkeypatch):
    monkeypatch.setattr(pyplot, "show", lambda *_, **__: pytest.fail("shown"))
    ax = plot()
    assert isinstance(ax, Axes)
    assert pyplot.get_fignums() == [1]
    with pyplot.style.context("ggplot"):
        mine = Figure(figsize=(6, 4), layout="constrained").add_subplot()
        assert plot(mine) is mine
        assert pyplot.get_fignums() == [1]  # no other was made
    check_colours(mine, dark=False)
    part = pyplot.figure().subfigures(1, 2)[0].subplots()
    assert plot(part) is part
    with pyplot.style.context("dark_background"):
        check_colours(plot(), dark=True)
    assert np.array_equal(pixels(ax), pixels(plot()))
    pickle.dumps(ax.figure)  # as processes that draw beside each other hand it on


# -- from the back row --------------------------------------------------------------------------------


def C(w):
    return w**4 - 3 * w**2 + w


def gates():
    """Three gates side by side, each with a title."""
    axes = pyplot.subplots(1, 3, figsize=(12, 5))[1]
    for ax, gate in zip(axes, (nn.data.gates.AND, nn.data.gates.OR, XOR), strict=True):
        perceptron = nn.Perceptron(2)
        perceptron.learn(gate.X, gate.signs, epochs=20, margin=0.1)
        _plots.boundary(perceptron, gate.X, gate.signs, resolution=30, ax=ax).set_title(gate.name)
    return axes[0]


def training():
    """A history beside the boundary that it led to."""
    net, (left, right) = nn.MLP([2, 2, 1], rng=0), pyplot.subplots(1, 2, figsize=(12, 6.75))[1]
    _plots.boundary(net, XOR.X, XOR.Y, lines=net.layers[0], resolution=30, ax=right)
    return _plots.history(HISTORY, left)


DIGITS, DIGIT_NET = nn.data.strokes(20, rng=0), nn.MLP([784, 16, 16, 10], rng=0)
COSTS = [
    nn.quadratic_cost(DIGIT_NET(x), y)
    for x, y in zip(DIGITS.images[:7], nn.data.one_hot(DIGITS.labels[:7]), strict=True)
]
SMALL_NET, DEEP = nn.MLP([2, 3, 1], rng=0), nn.MLP([2, 3, 3, 2], rng=0)
LECTURES = {
    "the digit net": lambda: _plots.draw_network(DIGIT_NET, DIGITS.images[0].reshape(28, 28)),
    "eight layers": lambda: _plots.draw_network(nn.MLP([3] * 9, rng=0), [0.9, 0.1, 0.8]),
    "3-4-2, worked": lambda: _plots.draw_network(nn.MLP([3, 4, 2], rng=0), [0.9, 0.1, 0.8], signals=True),
    "5-5, worked": lambda: _plots.draw_network(nn.MLP([5, 5], rng=0), np.ones(5) / 3, signals=True),
    "a perceptron": lambda: _plots.draw_network(nn.Perceptron(2), [1, 0], signals=True),
    "split errors": PLOTS["errors"],
    "9": PLOTS["sum_of_parts"],
    "a bias of -10": PLOTS["activation"],
    "weights": lambda: _plots.weights(DIGIT_NET.layers[0]),
    "weights, second layer": lambda: _plots.weights(DIGIT_NET.layers[1], before=DIGIT_NET.layers[:1]),
    "classified": lambda: _plots.images(
        DIGITS.images, DIGITS.labels, DIGITS.labels, confidences=np.linspace(0.4, 1, 20)
    ),
    "confidences": lambda: _plots.confidences(DIGIT_NET, DIGITS.images[0], DIGITS.labels[0]),
    "a pixel": lambda: _plots.images(DIGITS.images[0], at=(14, 14)),
    "gates": gates,
    "training": training,
    "truth table": PLOTS["truth_table"],
    "C(x, y)": lambda: _plots.surface(lambda x, y: 1.5 * x**2 + 0.5 * y**2, at=(1, 1), name="C"),
    "C(w)": lambda: _plots.descent(C, [-2, 2], 0.03, 20),
    "a descent on the map": lambda: _plots.descent(
        lambda x, y: 1.5 * x**2 + 0.5 * y**2, [(1, 1), (-1.5, 1)], 0.2, 12, name="C"
    ),
    "errors of three layers": lambda: _plots.errors(DEEP, nn.compare_errors(DEEP, [1.0, 0.5], [0.9, 0.1])),
    "nudges": lambda: _plots.nudges(SMALL_NET.parameters(), cost=SMALL_NET([1.0, 0.5])[0]),
    "nudge table": lambda: _plots.nudge_table(
        COSTS, [DIGIT_NET.layers[2].b], pictures=DIGITS.images[:7], by_size=False, decimals=2
    ),
}


@pytest.mark.parametrize("picture", LECTURES.values(), ids=LECTURES)
def test_the_lectures_pictures_are_read_from_the_back_row(picture, readable):
    ax = picture()
    assert smallest_type(ax.figure) >= 20  # which lays it out
    readable(*(part for part in ax.figure.axes if part.get_label() != "<colorbar>"), laid_out=True)


def test_the_smallest_type_is_that_of_the_texts_that_are_drawn():
    figure, ax = pyplot.subplots(figsize=(16, 9))
    for size, options in ((18, {}), (3, {"visible": False}), (3, {"alpha": 1, "s": " "})):
        figure.text(0.5, 0.5, **{"s": "$w_{00}^{(1)}$", "size": size, **options})
    ax.tick_params(labelsize=15)
    assert smallest_type(figure) == pytest.approx(15 / 72 * 120)
    ax.set_axis_off()
    assert smallest_type(figure) == pytest.approx(18 / 72 * 120)
    assert smallest_type(figure, size=(960, 1080)) == pytest.approx(18 / 72 * 60)
    assert smallest_type(pyplot.figure()) == np.inf


@pytest.mark.filterwarnings("error")
def test_the_layout_of_a_figure_stays_the_users_choice():
    own = pyplot.subplots(1, 2, layout="constrained")[1]
    PLOTS["boundary"](own[0])
    assert type(own[0].figure.get_layout_engine()).__name__ == "ConstrainedLayoutEngine"
    left = pyplot.subplots(1, 2, figsize=(10, 5))[1][0]
    PLOTS["boundary"](left)
    left.figure.tight_layout()
    left.figure.subplots_adjust(wspace=0.5)
    by_hand = pyplot.figure().add_axes((0.1, 0.1, 0.5, 0.8))
    PLOTS["boundary"](by_hand)
    assert by_hand.figure.get_layout_engine() is None
    by_hand.figure.canvas.draw()


def test_a_title_does_not_stand_on_a_legend():
    ax = PLOTS["boundary"]()
    ax.set_title("a title")
    ax.figure.draw_without_rendering()
    assert not ax.title.get_window_extent().overlaps(ax.get_legend().get_window_extent())


SMALL = {
    **PLOTS,
    "nudges": lambda ax: _plots.nudges(
        [w.with_label(f"w_{{{i}}}^{{(1)}}") for i in range(12) for w in graded()], ax=ax
    ),
    "descent": lambda ax: _plots.descent(lambda x: x**4 - 3 * x**2 + x, [-2, 0.5, 2], 0.03, 40, ax=ax),
    "descent, 2": lambda ax: _plots.descent(
        lambda x, y: 1.5 * x**2 + 0.5 * y**2, [(1, 1), (-1.5, 1)], 0.2, 12, ax=ax
    ),
}


HALF = (len(SMALL) + 1) // 2
PAIRS = [*zip([*SMALL][:HALF], [*SMALL][-HALF:], strict=True)]


@pytest.mark.parametrize("names", PAIRS, ids=", ".join)
def test_it_can_be_read_in_small_axes(names, readable):
    both = pyplot.figure(figsize=(7, 2.25), layout="constrained").subplots(1, 2)
    for ax, name in zip(both, names, strict=True):
        SMALL[name](ax)
    readable(*both)


@every
def test_ax_is_axes(plot, nothing_drawn):
    with pytest.raises(TypeError, match="ax is matplotlib's Axes, or None for new ones"):
        plot("left")
    with pytest.raises(TypeError, match="ax is matplotlib's Axes"):
        plot(Figure())
    assert nothing_drawn()


@every
def test_without_matplotlib_it_says_what_to_install(plot, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for name in [name for name in sys.modules if name.startswith("matplotlib.")]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=r'needs matplotlib: pip install "chainrule\[plots\]"'):
        plot()


def test_matplotlib_is_imported_with_the_first_picture():
    code = "import sys, viz._plots; assert not any(m.startswith('matplotlib') for m in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": ":".join(sys.path)})


def test_options_are_named():
    for name in _plots.__all__:
        parameters = inspect.signature(getattr(_plots, name)).parameters
        assert list(parameters)[-1] == "ax"
        assert parameters["ax"].default is None


# -- colours ------------------------------------------------------------------------------------

STYLES = [
    "default",
    "dark_background",
    "ggplot",
    "seaborn-v0_8-darkgrid",
    "Solarize_Light2",
    "fivethirtyeight",
]


def linear(colour):
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("style", STYLES)
def test_everything_is_seen_on_every_background(style):
    with pyplot.style.context(style):
        palette = palette_of(pyplot.subplots()[1])
    assert contrast(palette.ink, palette.paper) > 10
    assert contrast(palette.quiet, palette.paper) > 4.5
    assert contrast(palette.positive, palette.paper) > 4.5
    assert contrast(palette.negative, palette.paper) > 4.3
    assert all(contrast(colour, palette.paper) > 1.8 for colour in palette.runs)


@pytest.mark.parametrize(("style", "theme"), [("default", LIGHT), ("dark_background", DARK)])
def test_the_colours_are_those_of_every_drawing(style, theme):
    with pyplot.style.context(style):
        palette = palette_of(pyplot.subplots()[1])
    for name in ("ink", "quiet", "positive", "negative"):
        assert getattr(palette, name) == getattr(theme, name)
        assert contrast(getattr(palette, name), palette.paper) > 4.5
        assert contrast(getattr(palette, name), theme.paper) > 4.5
    shades = [palette.field()(x) for x in (0.0, 0.25, 0.5, 0.75, 1.0)] + [
        palette.rising()(x) for x in (0.0, 1.0)
    ]
    assert all(contrast(palette.ink, to_hex(shade)) > 4.5 for shade in shades)  # numbers are written on them


@pytest.mark.parametrize("style", STYLES)
def test_a_history_has_the_colours_of_the_other_plots(style):
    with pyplot.style.context(style):
        grounds = [pyplot.subplots()[1], pyplot.figure().subfigures(1, 2)[0].subplots()]
        grounds[1].set_facecolor("none")
        for ax in grounds:
            palette = palette_of(ax)
            _plots.history(HISTORY, ax)
            cost, accuracy = (scale.lines[0].get_color() for scale in ax.get_figure().axes)
            assert (cost, accuracy) == (palette.positive, palette.negative)


def test_a_background_that_is_seen_through_is_what_lies_behind_it():
    figure, ax = pyplot.subplots(facecolor="black")
    ax.set_facecolor("none")
    assert palette_of(ax).paper == "#000000"
    figure.set_facecolor("none")
    assert palette_of(ax).paper == "#ffffff"
    part = pyplot.figure(facecolor="black").subfigures(1, 2)[0].subplots()
    part.set_axis_off()
    assert palette_of(part).paper == "#000000"


# How those see who lack one kind of cone, in linear light (Machado, Oliveira and Fernandes, 2009).
BLIND = {
    "protan": [[0.152286, 1.052583, -0.20487], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.052]],
    "deutan": [[0.367322, 0.860646, -0.22797], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.1476], [0.004733, 0.691367, 0.3039]],
}  # fmt: skip


@pytest.mark.parametrize("style", ["default", "dark_background"])
@pytest.mark.parametrize("kind", BLIND)
def test_the_signs_differ_for_the_colour_blind(style, kind):
    with pyplot.style.context(style):
        palette = palette_of(pyplot.subplots()[1])
    seen = [
        np.clip(np.array(BLIND[kind]) @ linear(c), 0, 1) ** (1 / 2.2)
        for c in (palette.positive, palette.negative)
    ]
    assert np.linalg.norm(seen[0] - seen[1]) > 0.4
    for one, other in itertools.combinations(palette.classes, 2):
        assert np.linalg.norm(np.subtract(to_rgb(one), to_rgb(other))) > 0.2


# -- what people call things --------------------------------------------------------------------

LONG = "$x+x+x+x+x+x+x+x+x+x+x+…"
AS_LABEL = {LONG: "x + x + x + x + x + x +…"}  # the label of a node is mathematics with dollars and without
NAMED = {
    "draw_network": lambda said: _plots.draw_network(nn.MLP([2, 2], rng=0), [0.1, 0.9], labels=[said, "b"]),
    "images": lambda said: _plots.images(np.ones((2, 4)), [said, "b"], [said, "$5"], (2, 2)),
    "confidences": lambda said: _plots.confidences(
        lambda x: x, [0.5, 0, 0, 0.5], "$5", (2, 2), classes=[said, "b", "c", "d"]
    ),
    "sum_of_parts": lambda said: _plots.sum_of_parts([(said, np.ones(4)), ("b", np.ones(4))], "$5", (2, 2)),
    "truth_table": lambda said: _plots.truth_table(lambda p: p[:, 0], XOR.X, XOR.Y, inputs=[said, "$5"]),
    "nudges": lambda said: _plots.nudges(graded(said)),
    "nudge_table": lambda said: table(said, examples=[said]),
}


HARD = [(r"$\frac{$", r"$\frac{$"), ("word " * 60, "word word word word wor…")]
ODD = [
    ("$$", "$$"),
    ("$x", "$x"),
    (r"\frac{", r"\frac{"),
    ("two\nlines", "two lines"),
    ("é → ½ %", "é → ½ %"),
    ("$" + "x+" * 150 + "x$", LONG),
]
# Every plot with the two that are hardest and one more.
SAID = [(name, *text) for i, name in enumerate(NAMED) for text in (*HARD, ODD[i % len(ODD)])]


@pytest.mark.parametrize(("name", "said", "shown"), SAID)
def test_any_text_is_shown_as_it_stands(name, said, shown, readable):
    ax = NAMED[name](said)
    readable(ax)  # which lays it out
    texts = [*ax.texts, *ax.get_yticklabels()]
    drawn = [t.get_text().replace(r"\$", "$") for t in texts if not is_math_text(t.get_text())]
    assert {shown, AS_LABEL.get(shown, shown)}.intersection(drawn)


def test_mathematics_between_dollars_is_set():
    assert [t.get_text() for t in NAMED["images"]("$x_1$").texts] == ["$x_1$", r"b read as \$5"]
    assert as_text("$5") + as_text("$6") == r"\$5\$6"  # and no mathematics comes of two of them
    assert as_text(r"$\alpha$ " * 4) == r"$\alpha$ $\alpha$ $\alpha$ $\alpha$"


# -- history ------------------------------------------------------------------------------------


def test_a_history_draws_itself():
    ax = _plots.history(HISTORY)
    assert ax.lines[0].get_ydata().tolist() == [0.8, 0.3]
    assert ax.get_ylabel() == "cost"


def test_what_is_no_history():
    with pytest.raises(TypeError, match=r"history takes what nn\.fit returns, not list"):
        _plots.history([0.8, 0.3])
    with pytest.raises(ValueError, match="no epoch was completed"):
        _plots.history(nn.History())
