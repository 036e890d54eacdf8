"""Slides that are not graphs: their numbers, their text and LaTeX, and that they can be read from afar."""

import base64
import itertools
import re
import struct
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from contrast import contrast

import autograd
import nn
import viz
from autograd import Tensor, Value
from viz._layout.scene import Inked, Rectangle, smallest_type, walk
from viz._layout.themes import DARK, LIGHT, Theme
from viz._mathematics.outlines import Glyph

pytest.importorskip("ziamath")

# Section 2 of the lectures: outputs, printed terms, printed total.
TABLES = [
    (
        [0.29, 0.20, 0.15, 0.91, 0.51, 0.01, 0.44, 0.59, 0.69, 0.43],
        [0.0865, 0.0390, 0.0214, 0.0077, 0.2550, 0.0002, 0.1930, 0.3472, 0.4698, 0.1879],
        "1.61",
    ),
    (
        [0.02, 0.03, 0.06, 0.97, 0.07, 0.02, 0.05, 0.06, 0.08, 0.04],
        [0.0006, 0.0007, 0.0039, 0.0009, 0.0055, 0.0004, 0.0022, 0.0033, 0.0072, 0.0018],
        "0.03",
    ),
]
Y = np.eye(10)[3]
A, B = [[1, 2], [3, 4]], [[5, 6], [7, 8]]
INPUTS = [0.9, 0.1, 0.8]
W1 = [[0.9, 0.3, 0.4], [0.2, 0.8, 0.2], [0.1, 0.5, 0.6]]
W2 = [[0.3, 0.7, 0.5], [0.6, 0.5, 0.2], [0.8, 0.1, 0.9]]


def three_three_three() -> nn.MLP:
    net = nn.MLP([3, 3, 3], use_bias=False, rng=0)
    net.layers[0].W, net.layers[1].W = W1, W2
    return net


def unrounded(outputs: list[float], terms: list[float]) -> np.ndarray:
    """Outputs that are printed as the deck's, and so are their terms: it takes them before rounding."""
    roots = np.where(Y == 1, 1 - np.sqrt(terms), np.sqrt(terms))
    return np.clip(roots, np.array(outputs) - 0.00499, np.array(outputs) + 0.00499)


def lines_of_terms(slide: viz.Slide) -> list[tuple[str, str]]:
    """The printed terms, and the calculations beside them as Python reads them."""
    found = re.findall(r"(−?[\d.]+) ← (.+?) \d+$", slide.text, re.MULTILINE)
    return [(term.replace("−", "-"), sum_.replace("−", "-").replace("²", "**2")) for term, sum_ in found]


# -- the cost table ---------------------------------------------------------------------------


@pytest.mark.parametrize(("outputs", "terms", "total"), TABLES)
def test_the_lectures_cost_tables(outputs: list[float], terms: list[float], total: str) -> None:
    slide = viz.cost_table(unrounded(outputs, terms), Y, decimals=2)
    printed = [f"{term:.4f} ← ({a:.2f} − {y:.2f})²" for term, a, y in zip(terms, outputs, Y, strict=True)]
    assert [line for line in printed if line not in slide.text] == []
    assert f"= {total} " in slide.text
    assert "before rounding" in slide.text


@pytest.mark.parametrize(("outputs", "terms", "total"), TABLES)
def test_from_printed_outputs_each_term_checks_on_a_calculator(
    outputs: list[float], terms: list[float], total: str
) -> None:
    slide = viz.cost_table(outputs, Y)
    calculated = [round((a - y) ** 2, 4) for a, y in zip(outputs, Y, strict=True)]
    assert [float(term) for term, _ in lines_of_terms(slide)] == calculated
    assert f"= {sum(calculated):.2f} " in slide.text
    assert "before rounding" not in slide.text


def test_whatever_the_outputs_a_calculator_agrees() -> None:
    rng = np.random.default_rng(0)
    for _ in range(40):
        outputs = rng.normal(size=rng.integers(1, 13)) * 10 ** rng.uniform(-2, 2)
        desired = rng.integers(0, 2, len(outputs))
        slide = viz.cost_table(outputs, desired)
        terms = lines_of_terms(slide)
        assert len(terms) == len(outputs)
        if "before rounding" not in slide.text:
            for term, calculation in terms:
                half = 0.5 * 10.0 ** -len(term.partition(".")[2])
                assert abs(eval(calculation) - float(term)) <= half * (1 + 1e-6), slide.text
        total = re.search(r"   = ([\d.]+)", slide.text)
        assert total is not None
        half = 0.5 * 10.0 ** -len(total[1].partition(".")[2])
        assert abs(sum(float(term) for term, _ in terms) - float(total[1])) <= half * (1 + 1e-6)
        assert abs(np.sum((outputs - desired) ** 2) - float(total[1])) <= half * (1 + 1e-6)


def test_another_cost_has_its_own_formula() -> None:
    s = autograd.softmax([0.95, 0.66, 0.12])
    slide = viz.cost_table(s, [1, 0, 0], term=lambda s, y: -y * autograd.log(s), labels=["cat", "dog", "eel"])
    assert f"{-np.log(float(s[0])):.4f} ← −1.00 ln(0.4578) cat" in slide.text
    assert "∑ⱼ(−yⱼ ln(sⱼ))" in slide.text


def test_a_net_gives_the_table_its_outputs() -> None:
    net = nn.MLP([4, 3], node=Value, rng=0)
    outputs = net([0.1, 0.2, 0.3, 0.4])
    assert (
        viz.cost_table(outputs, [0, 1, 0]).text == viz.cost_table([a.data for a in outputs], [0, 1, 0]).text
    )


def test_the_latex_of_a_cost_table() -> None:
    slide = viz.cost_table([0.29, 0.91], [0, 1])
    assert r"\left\{ \begin{array}{rcll} 0.0841 & \leftarrow & (0.29 - 0.00)^2" in slide.latex
    assert r"C_0 & = \sum_j (a_j - y_j)^2 \\  & = 0.09" in slide.latex


# -- matrices ---------------------------------------------------------------------------------


def test_a_matrix_in_brackets() -> None:
    slide = viz.matrix(np.array(W1))
    assert slide.text.splitlines()[1] == "⎢0.2  0.8  0.2⎥"
    assert (
        slide.latex == r"\begin{bmatrix} 0.9 & 0.3 & 0.4 \\ 0.2 & 0.8 & 0.2 \\ 0.1 & 0.5 & 0.6 \end{bmatrix}"
    )


def test_a_large_matrix_has_dots() -> None:
    W = Tensor(np.zeros((16, 784)), label="W^{(1)}")
    slide = viz.matrix(W, symbols=True)
    assert slide.latex.count(r"\vdots") == 4
    assert slide.latex.count(r"\ddots") == 1
    assert slide.latex.count(r"\cdots") == 4
    for corner in ("w_{0,0}^{(1)}", "w_{0,783}^{(1)}", "w_{15,0}^{(1)}", "w_{15,783}^{(1)}"):
        assert corner in slide.latex


def test_labels_of_values_are_symbols_on_request() -> None:
    layer = nn.Layer(2, 2, node=Value, rng=0)
    assert "w₀₁" in viz.matrix(layer.W, symbols=True).text
    assert f"{layer.W[0, 1].data:.3f}".replace("-", "−") in viz.matrix(layer.W).text


def test_the_formula_of_a_layer() -> None:
    W, a, b = viz.matrix("W", shape=("k", "n")), viz.matrix("a^{(0)}", shape="n"), viz.matrix("b", shape="k")
    slide = viz.equation(r"a^{(1)} = \sigma", "(", W, a, "+", b, ")")
    assert r"w_{k0} & w_{k1} & \cdots & w_{kn}" in slide.latex
    assert slide.latex.startswith(r"a^{(1)} = \sigma \left( \begin{bmatrix} w_{00}")
    assert slide.latex.endswith(r"b_{k} \end{bmatrix} \right)")


def test_a_product_worked_out() -> None:
    slide = viz.product(A, B)
    assert r"1 \cdot 5 + 2 \cdot 7 & 1 \cdot 6 + 2 \cdot 8" in slide.latex
    assert slide.latex.endswith(r"= \begin{bmatrix} 19 & 22 \\ 43 & 50 \end{bmatrix}")
    worked = viz.product(W1, INPUTS, names=("W", "I")).text
    assert "0.9 · 0.9 + 0.3 · 0.1 + 0.4 · 0.8" in worked
    assert [x for x in ("1.16", "0.42", "0.62") if x not in worked] == []
    assert worked.splitlines()[1].startswith("WI = ⎢")


def test_a_product_checks_on_a_calculator_whatever_its_numbers() -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        m, k, n = rng.integers(1, 4, 3)
        left, right = rng.normal(size=(m, k)), rng.normal(size=(k, n))
        slide = viz.product(left, right, most=6)
        *_, sums, results = re.findall(r"\\begin\{bmatrix\} (.*?) \\end\{bmatrix\}", slide.latex)
        for sum_, result in zip(re.split(r" & | \\\\ ", sums), re.split(r" & | \\\\ ", results), strict=True):
            half = 0.5 * 10.0 ** -len(result.partition(".")[2])
            assert abs(eval(sum_.replace(r" \cdot ", "*")) - float(result)) <= half * (1 + 1e-6)
        np.testing.assert_allclose(
            [float(x) for x in re.split(r" & | \\\\ ", results)], (left @ right).ravel(), atol=0.0005001
        )


def test_a_product_of_symbols() -> None:
    W = Tensor(np.ones((2, 2)), label="W")
    assert "w₀₀a₀ + w₀₁a₁" in viz.product(W, Tensor([1.0, 2.0], label="a"), symbols=True).text


# -- nets -------------------------------------------------------------------------------------


def test_the_lectures_worked_signals() -> None:
    text = viz.signals(three_three_three(), INPUTS, names=("I", "X", "O"), by_hand=True).text
    columns = ((1.16, 0.42, 0.62), (0.761, 0.603, 0.650), (0.975, 0.888, 1.254), (0.726, 0.708, 0.778))
    for place, column in enumerate(columns):
        decimals = 2 if place == 0 else 3
        assert [x for x in column if f"{x:.{decimals}f}" not in text] == []
    assert "X⁽²⁾ = W⁽²⁾O⁽¹⁾" in text
    assert "O⁽²⁾ = σ(X⁽²⁾)" in text
    assert "before rounding" not in text


def test_signals_are_the_nets_and_check_on_a_calculator() -> None:
    net = three_three_three()
    text = viz.signals(net, INPUTS).text
    assert [a for a in net(INPUTS).data if f"{a:.3f}" not in text] == []
    assert [
        a for a in ("0.7613", "0.6035", "0.6502") if a not in text
    ] == []  # with three decimals 0.975 follows
    for widths, use_bias in itertools.product(([3, 2], [2, 3, 1], [3, 3, 3, 2]), (False, True)):
        net = nn.MLP(widths, use_bias=use_bias, rng=0)
        for layer in net.layers:
            layer.W = np.round(layer.W.data, 2)
            if use_bias:
                layer.b = np.linspace(-1.1, 0.7, layer.outputs).round(2)
        slide = viz.signals(net, INPUTS[: widths[0]])
        assert "before rounding" not in slide.text
        matrices = [
            matrix_of(m) for m in re.findall(r"\\begin\{bmatrix\} (.*?) \\end\{bmatrix\}", slide.latex)
        ]
        each = 5 if use_bias else 4
        for W, a, *b, z, after in (matrices[k : k + each] for k in range(0, len(matrices), each)):
            assert np.all(abs(W[0] @ a[0] + sum(m[0] for m in b) - z[0]) <= z[1])
            assert np.all(abs(autograd.sigmoid(z[0]) - after[0]) <= after[1])
        assert np.all(abs(net(INPUTS[: widths[0]]).data - after[0].ravel()) <= after[1])


def matrix_of(latex: str) -> tuple[np.ndarray, float]:
    """The numbers of a matrix, and half a unit of their last place."""
    rows = [row.split(" & ") for row in latex.split(r" \\ ")]
    return np.array(rows, float), 0.5 * 10.0 ** -len(rows[0][0].partition(".")[2]) * (1 + 1e-6)


def test_a_layer_in_symbols() -> None:
    slide = viz.signals(nn.MLP([784, 16], rng=0))
    assert slide.latex.startswith(r"a^{(1)} = \sigma \left( \begin{bmatrix} w_{0,0}^{(1)}")
    assert r"a_{783}^{(0)}" in slide.latex
    assert "softmax" in viz.signals(nn.MLP([2, 2], activation=autograd.softmax, rng=0)).text
    assert "σ" not in viz.signals(nn.MLP([2, 2], activation=nn.identity, rng=0)).text


@pytest.mark.parametrize(
    ("net", "text"),
    [
        (
            lambda: nn.MLP([784, 16, 16, 10], rng=0),
            "784×16 + 16×16 + 16×10 weights, 16 + 16 + 10 biases = 13,002",
        ),
        (three_three_three, "3×3 + 3×3 weights = 18"),
        (lambda: nn.MLP([3, 1], rng=0), "3×1 weights, 1 bias = 4"),
    ],
)
def test_a_count_of_parameters(net: Callable[[], object], text: str) -> None:
    assert viz.parameter_count(net()).text == text


# -- the gradient -----------------------------------------------------------------------------


def test_the_gradient_is_the_engines_and_no_grad_is_touched() -> None:
    net = nn.MLP([2, 2, 1], node=Value, rng=0)
    C = nn.quadratic_cost(net([0.5, -0.2]), [1.0]).with_label("C")
    (3 * C).backward()
    before = [p.grad for p in net.parameters()]
    entries = re.findall(r"⎡|⎢|⎣", viz.gradient(C, net.parameters(), most=20).text)
    assert len(entries) == net.num_parameters
    assert [p.grad for p in net.parameters()] == before
    largest = max(net.parameters(), key=lambda p: abs(p.grad))
    first = viz.gradient(C, net.parameters(), by_size=True, most=20).text.splitlines()[0]
    assert f"{-largest.grad / 3:.3f}".replace("-", "−") in first
    assert first.endswith("a lot")


def test_a_long_gradient_has_dots_between_its_first_and_its_last_entries() -> None:
    text = viz.gradient(np.arange(1.0, 101.0), most=5).text
    assert [name for name in ("θ₀", "θ₁", "θ₉₈", "θ₉₉", "⋮") if name not in text] == []
    assert len(text.splitlines()) == 5


def test_a_small_entry_is_no_zero_that_falls() -> None:
    lines = viz.gradient([0.2, 0.00004, -0.1, 0.0]).text.splitlines()
    assert ["0.20000" in lines[0], "−0.00004" in lines[1], "0.10000" in lines[2]] == [True] * 3
    assert ["fall a little" in lines[1], "fall" in lines[3], "rise" in lines[3]] == [True, False, False]


# -- pixels -----------------------------------------------------------------------------------


def test_a_pixel_is_a_number_and_one_of_the_inputs() -> None:
    image = np.linspace(0, 1, 784).reshape(28, 28)
    image[14, 9] = 0.58
    assert "a₃₉₁⁽⁰⁾ = 0.50" in viz.pixel(image).text  # the nearest to 0.5, of two the first
    slide = viz.pixel(image, 14, 9)
    assert "a₄₀₁⁽⁰⁾ = 0.58" in slide.text
    assert "a₇₈₃⁽⁰⁾" in slide.text
    squares = [s for s in walk(slide.scene.shapes) if isinstance(s, Rectangle) and s.fill == "#949494"]
    assert len(squares) >= 3  # in the image, beside it, in the column


# -- all slides -------------------------------------------------------------------------------

IMAGE = np.abs(np.sin(np.arange(784.0))).reshape(28, 28)
GENERAL = ("W", "a^{(0)}", "b")

SLIDES: dict[str, Callable[[Theme], viz.Slide]] = {
    "cost table 1": lambda theme: viz.cost_table(
        unrounded(*TABLES[0][:2]), Y, decimals=2, image=IMAGE, theme=theme
    ),
    "cost table 2": lambda theme: viz.cost_table(TABLES[1][0], Y, theme=theme),
    "cross-entropy": lambda theme: viz.cost_table(
        [0.4579, 0.3426, 0.1995], [1, 0, 0], term=lambda s, y: -y * autograd.log(s), theme=theme
    ),
    "matrix": lambda theme: viz.matrix(W1, theme=theme),
    "large matrix": lambda theme: viz.matrix(nn.Layer(784, 16, rng=0).W, theme=theme),
    "layer": lambda theme: viz.equation(
        r"a^{(1)} = \sigma", "(", viz.matrix("W", shape=("k", "n")), viz.matrix("a^{(0)}", shape="n"), "+",
        viz.matrix("b", shape="k"), ")", theme=theme,
    ),
    "layer of the digit net": lambda theme: viz.signals(nn.MLP([784, 16], rng=0), theme=theme),
    "product": lambda theme: viz.product(A, B, theme=theme),
    "W I": lambda theme: viz.product(W1, INPUTS, names=("W", "I"), theme=theme),
    "six by six": lambda theme: viz.product(np.ones((6, 6)) / 3, np.ones((6, 6)), theme=theme),
    "signals": lambda theme: viz.signals(three_three_three(), INPUTS, names=("I", "X", "O"), theme=theme),
    "signals of the digit net": lambda theme: viz.signals(
        nn.MLP([784, 16, 16, 10], rng=0), IMAGE.ravel(), theme=theme
    ),
    "parameters": lambda theme: viz.parameter_count(nn.MLP([784, 16, 16, 10], rng=0), theme=theme),
    "gradient": lambda theme: viz.gradient(np.linspace(-1.3, 1, 13_002), theme=theme),
    "pixel": lambda theme: viz.pixel(IMAGE, 14, 9, theme=theme),
}  # fmt: skip


@cache
def slide_called(name: str) -> viz.Slide:
    return SLIDES[name](LIGHT)


@pytest.mark.parametrize("name", SLIDES)
def test_a_slide_is_read_from_the_back_row(name: str) -> None:
    scene = slide_called(name).scene
    assert (scene.width, scene.height) == (1440, 810)  # points
    assert smallest_type(scene) >= 24


@pytest.mark.parametrize("name", SLIDES)
def test_nothing_overlaps_or_leaves_the_slide(name: str) -> None:
    boxes = []
    for shape in walk(slide_called(name).scene.shapes):
        if isinstance(shape, Inked):
            size = max((m.size for m in shape.ink.marks if isinstance(m, Glyph)), default=0.0)
            # The room of a line may be larger than its signs.
            top, bottom = shape.y - min(shape.ink.ascent, 10 * size), shape.y + shape.ink.descent
            boxes.append((shape.x, top, shape.x + shape.ink.width, bottom, shape.ink.text))
        elif isinstance(shape, Rectangle):
            assert shape.x >= 0
            assert shape.x + shape.width <= 1440
            assert shape.y >= 0
            assert shape.y + shape.height <= 810
    for left, top, right, bottom, _ in boxes:
        assert 0 <= left < right <= 1440
        assert 0 <= top < bottom <= 810
    for one, other in itertools.combinations(boxes, 2):
        apart = (
            one[2] <= other[0] + 1
            or other[2] <= one[0] + 1
            or one[3] <= other[1] + 1
            or other[3] <= one[1] + 1
        )
        assert apart, (one, other)


@pytest.mark.parametrize("name", ["cost table 2", "gradient", "pixel"])
def test_type_reads_in_both_themes(name: str) -> None:
    for theme in (LIGHT, DARK):
        scene = SLIDES[name](theme).scene
        assert scene.paper == theme.paper
        for shape in walk(scene.shapes):
            if isinstance(shape, Inked):
                assert contrast(shape.colour, theme.paper) >= 4.5


def test_a_slide_shows_itself_in_a_notebook() -> None:
    bundle = slide_called("product")._repr_mimebundle_()
    assert bundle["image/svg+xml"].startswith("<?xml")
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert bundle["text/plain"] == slide_called("product").text
    assert set(bundle) == {"image/svg+xml", "image/png", "application/pdf", "text/plain"}


def test_a_slide_as_a_file_has_its_pixels(tmp_path: Path) -> None:
    def pixels(path: Path) -> tuple[int, int]:
        return struct.unpack(">II", path.read_bytes()[16:24])

    slide = slide_called("product")
    assert pixels(viz.render(slide, tmp_path / "a.png")) == (1920, 1080)
    assert pixels(viz.render(slide, tmp_path / "b.png", width=960)) == (960, 540)
    assert 'viewBox="0 0 1440 810"' in viz.render(slide, tmp_path / "a.svg").read_text(encoding="utf-8")
    assert b"/MediaBox[0 0 1440 810]" in viz.render(slide, tmp_path / "a.pdf").read_bytes()
    small = viz.matrix(A, size=(640, 480))
    assert pixels(viz.render(small, tmp_path / "c.png")) == (640, 480)


# -- errors and their advice ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: viz.cost_table([0.1, 0.2], [1]), ValueError, "each of the 2 in a; it has 1"),
        (lambda: viz.cost_table(np.zeros((2, 3)), np.zeros((2, 3))), ValueError, "of one example"),
        (lambda: viz.cost_table(np.zeros(13), np.zeros(13)), ValueError, "at most 12"),
        (lambda: viz.cost_table([0.1], [1], term=lambda a, y: "x"), TypeError, "gives a Value"),
        (lambda: viz.cost_table([0.1], [1], labels=["a", "b"]), ValueError, "2 entries for 1"),
        (lambda: viz.cost_table([0.1, 1e300], [0, 1]), ValueError, "output 1e+300 and the desired 1 is inf"),
        (lambda: viz.matrix("W"), ValueError, 'shape=("k", "n")'),
        (lambda: viz.matrix([[1, 2], [3]]), ValueError, "differ in length"),
        (lambda: viz.matrix([["a", "b"], ["c"]]), ValueError, "different lengths"),
        (lambda: viz.matrix([np.nan]), ValueError, "nan"),
        (lambda: viz.matrix(A, size=1920), ValueError, "(1920, 1080)"),
        (lambda: viz.matrix(A, theme="dark"), TypeError, "viz.DARK"),
        (lambda: viz.product(A, [1, 2, 3]), ValueError, "no product"),
        (lambda: viz.equation(r"\sigma(", A, ")"), ValueError, '"(", W, a, ")"'),
        (lambda: viz.equation("(", A), ValueError, "not closed"),
        (lambda: viz.equation(A, ")"), ValueError, "closes nothing"),
        (lambda: viz.signals(3), TypeError, "nn.MLP"),
        (lambda: viz.signals(nn.MLP([2, 2], rng=0), [1.0]), ValueError, "(2,)"),
        (lambda: viz.parameter_count(3), TypeError, "nn.MLP"),
        (lambda: viz.gradient(Value(1.0)), TypeError, "net.parameters()"),
        (lambda: viz.gradient([1.0], [Value(1.0)]), TypeError, "recorded cost"),
        (lambda: viz.pixel(np.zeros((2, 2)), 2), ValueError, "a row and a column, or neither; given row=2"),
        (lambda: viz.pixel(np.zeros(784)), ValueError, "as image.reshape(28, 28)"),
        (lambda: viz.cost_table([0.1, 0.9], 1), ValueError, "nn.data.one_hot(label, classes, low=0, high=1)"),
        (lambda: viz.pixel(np.zeros((2, 2)), 2, 0), ValueError, "row is a whole number from 0 to 1"),
    ],
)
def test_an_error_says_what_was_given_and_what_to_do(
    call: Callable[[], object], error: type, words: str
) -> None:
    with pytest.raises(error, match=re.escape(words)):
        call()


def test_the_advice_of_the_errors_works() -> None:
    assert "wₖₙ" in viz.matrix("W", shape=("k", "n")).text
    assert viz.equation(r"\sigma", "(", A, ")").text.startswith("σ⎛")
    net = nn.MLP([2, 1], rng=0)
    C = nn.quadratic_cost(net([0.5, 1.0]), [1.0])
    assert "∇C" in viz.gradient(C, net.parameters()).text
    assert "0.0100" in viz.cost_table([0.1, 0.9], nn.data.one_hot(1, 2, low=0, high=1)).text
    assert "a₇₈₃" in viz.pixel(np.zeros(784).reshape(28, 28)).text


def test_without_the_typesetter_text_and_latex_stay(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("viz._slides.slide.available", lambda: False)
    slide = viz.matrix(A)
    assert "bmatrix" in slide.latex
    with pytest.raises(RuntimeError, match="pip install"):
        viz.render(slide, tmp_path / "x.svg")
    assert set(slide._repr_mimebundle_()) == {"text/plain"}
