"""Labels and LaTeX: read once, written three ways."""

import cProfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import viz
from autograd import Value, softmax
from viz._mathematics.latex import label, layer, letter_of, parse
from viz._mathematics.mathml import to_mathml
from viz._mathematics.outlines import mathematics
from viz._mathematics.shortening import readable
from viz._mathematics.signs import TIMES, derivative
from viz._mathematics.typeset import line, to_latex, to_text

NICE = {
    "w^{(1)}": ("w^{(1)}", "w⁽¹⁾"),
    "z_{j}^{(L)}": ("z_{j}^{(L)}", "zⱼ⁽ᴸ⁾"),
    "a^{(L-1)}": ("a^{(L-1)}", "a⁽ᴸ⁻¹⁾"),
    "C_0": ("C_0", "C₀"),
    "w_{jk}": ("w_{jk}", "wⱼₖ"),
    "w_{1,2}": ("w_{1,2}", "w_{1, 2}"),
    r"\sigma": (r"\sigma", "σ"),
    r"\lambda": (r"\lambda", "λ"),
    r"\Delta_x": (r"\Delta_x", "Δₓ"),
    r"\hat{y}": (r"\hat{y}", "ŷ"),
    "f'": ("f'", "f′"),
    "loss": (r"\mathrm{loss}", "loss"),
    "loss_1": (r"\mathrm{loss}_1", "loss₁"),
    "W^T": ("W^T", "Wᵀ"),
    # a name as programs spell it, and indices without braces
    "learning_rate": (r"\mathrm{learning\_rate}", "learning_rate"),
    "out_put^{(1)}": (r"\mathrm{out\_put}^{(1)}", "out_put⁽¹⁾"),
    "hidden_layer_2": (r"\mathrm{hidden\_layer}_2", "hidden_layer₂"),
    "loss_i": (r"\mathrm{loss}_i", "lossᵢ"),
    "w_1": ("w_1", "w₁"),
    "w_12^{(3)}": ("w_{12}^{(3)}", "w₁₂⁽³⁾"),
    "w_jk": ("w_{j k}", "wⱼₖ"),
    "x_max": ("x_{m a x}", "xₘₐₓ"),
    r"\theta_max": (r"\theta_{m a x}", "θₘₐₓ"),
    # brackets and bars as they are written
    "a[0]": ("a[0]", "a[0]"),
    "W[1, 2]": ("W[1, 2]", "W[1, 2]"),
    "f(x, y)": ("f(x, y)", "f(x, y)"),
    "|x|": ("|x|", "|x|"),
    r"\|w\|_2": (r"\|w\|_2", "‖w‖₂"),
    "p(y|x)": ("p(y|x)", "p(y | x)"),
    r"\langle x, y\rangle": (r"\langle x, y\rangle", "⟨x, y⟩"),
    # products and alphabets of commands; dollar signs as matplotlib asks for them
    r"\theta x": (r"\theta x", "θx"),
    r"\alpha\beta": (r"\alpha\beta", "αβ"),
    r"\sum_k w_k": (r"\sum_k w_k", "∑ₖ wₖ"),
    r"\bar x": (r"\bar x", "x̄"),
    r"\mathbf{w}": (r"\mathbf{w}", "𝐰"),
    r"\boldsymbol\theta": (r"\boldsymbol\theta", "𝜽"),
    r"\mathcal{L}": (r"\mathcal{L}", "ℒ"),
    r"x \in \mathbb{R}": (r"x \in \mathbb{R}", "x ∈ ℝ"),
    r"$w_{12}$": ("w_{12}", "w₁₂"),
}


@pytest.mark.parametrize("source", NICE)
def test_a_label_is_shown_nicely(source: str) -> None:
    symbol = label(source)
    assert (to_latex(symbol), to_text(symbol)) == NICE[source]


LITERAL = {
    "<b>": r"\text{<b>}",
    "a:b": r"\text{a:b}",
    r"\frac": r"\text{\textbackslash{}frac}",
    r"\foo{x}": r"\text{\textbackslash{}foo\{x\}}",
    "{|}": r"\text{\{|\}}",
    "a & b": r"\text{a \& b}",
    '"q"': r'\text{"q"}',
    r"\,": r"\text{\textbackslash{},}",
    "x^": r"\text{x\^{}}",
    "x^2^3": r"\text{x\^{}2\^{}3}",
    "learning rate": r"\text{learning rate}",
    r"\theta by hand": r"\text{\textbackslash{}theta by hand}",
    "p(y|": r"\text{p(y|}",
    "price in $": r"\text{price in \$}",
    "is_a_test": r"\text{is\_a\_test}",
    "two\nlines": r"\text{two lines}",
    "\x00": r"\text{�}",
    "\ue000 \U000f0001": r"\text{� �}",
    "\\text{\U000f0001}": r"\text{�}",
    "🙂": r"\text{🙂}",
}


SHOWN = {"two\nlines": "two lines", "\x00": "�", "\ue000 \U000f0001": "� �", "\\text{\U000f0001}": "�"}


@pytest.mark.parametrize("source", LITERAL)
def test_what_is_not_mathematics_stands_as_it_is(source: str) -> None:
    symbol = label(source)
    assert (to_latex(symbol), to_text(symbol)) == (LITERAL[source], SHOWN.get(source, source))


@given(st.text(min_size=1))
def test_any_text_is_a_label(source: str) -> None:
    symbol = label(source)
    written = to_latex(symbol)
    # The braces of whatever it is balance, so a formula around it stays whole.
    bare = written.replace(r"\{", "").replace(r"\}", "")
    assert bare.count("{") == bare.count("}")
    to_text(symbol).encode("utf-8")


def test_a_bold_weight_is_a_weight() -> None:
    assert [letter_of(label(s)) for s in (r"\mathbf{w}_1", r"\boldsymbol\theta")] == ["w", "θ"]


@pytest.mark.parametrize("longest", range(4, 70, 6))
def test_a_formula_that_is_cut_keeps_its_parentheses(longest: int) -> None:
    """As the derivatives of softmax: long sums show their ends, and nothing is cut within a fraction."""
    x = [Value(0.1 * i, label=f"x_{i}") for i in range(5)]
    for partial in viz.partials(softmax(np.array(x))[0].with_label("s")):
        text = to_text(readable(partial.symbol, longest))  # type: ignore[arg-type]
        assert len(text) <= longest
        assert text.count("(") == text.count(")")


def test_layers_are_read_from_superscripts_in_parentheses() -> None:
    assert [layer(label(s)) for s in ("w^{(1)}", "z_j^{(L-1)}", "x^2", "x", "f(1)")] == [
        "1",
        "L−1",
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(
    "source", ["{", "x^", "_x", r"\left(x", "x}", r"\frac{1}", "(", "^", "x__y", r"\text{", ""]
)
def test_broken_latex_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match=r"expected|nothing|no command"):
        parse(source)


def test_a_fraction_beside_a_factor_shows_where_it_ends() -> None:
    """∂z/∂w · ∂C/∂z needs no parentheses; a sum over something does, and so does one without a dot."""
    slope, name = derivative(label("z"), label("w")), label("x")
    assert to_text(line(slope, TIMES, name)) == "∂z/∂w · x"
    assert to_text(line(slope, name)) == "(∂z/∂w)x"
    assert to_text(line(parse(r"\frac{a + b}{c}"), TIMES, name)) == "((a + b)/c) · x"


def test_as_text_a_minus_stands_beside_no_other_sign() -> None:
    assert to_text(parse(r"-\frac{-x}{y}")) == "−(−x/y)"
    assert to_text(parse(r"a - \frac{-x}{y} + \frac{x - 1}{y}")) == "a − (−x/y) + (x − 1)/y"


NESTED = {
    "subscripts": ("x_{", "y", "}"),
    "superscripts": ("x^{", "y", "}"),
    "both": ("x_{a}^{", "y", "}"),
    "fractions": (r"\frac{a}{", "y", "}"),
    "fractions above": (r"\frac{a + ", "y", "}{2}"),
    "roots": (r"\sqrt{", "y", "}"),
    "braces": ("{", "y", "}"),
    "parentheses": ("(", "y", ")"),
    "fractions as indices": (r"x_{\frac{a}{", "y", "}}"),
    "names as indices": (r"\mathrm{ab}_{", "y", "}"),
}


@pytest.mark.parametrize("name", NESTED)
@pytest.mark.parametrize("write", [to_text, to_latex, to_mathml])
def test_a_level_more_of_a_label_takes_a_level_more_of_work(name, write):
    def work(levels):
        """Calls of Python functions."""
        begin, middle, end = NESTED[name]
        formula = label(begin * levels + middle + end * levels)
        profile = cProfile.Profile()
        profile.runcall(write, formula)
        return sum(entry.callcount for entry in profile.getstats())

    few, more, most = (work(levels) for levels in (3, 6, 9))
    assert most < 4 * more < 16 * few


@pytest.mark.parametrize("limits", ["_k", "^n", "_k^n", ""])
@pytest.mark.parametrize("sign", [r"\sum", r"\prod", r"\int"])
def test_a_sum_within_brackets_around_a_fraction_is_no_taller_than_they(sign, limits):
    alone = mathematics(label(rf"\frac{{a}}{{{sign}{limits} w}}"), 14.0)
    bracketed = mathematics(label(rf"\left(\frac{{a}}{{{sign}{limits} w}}\right)_1"), 14.0)
    assert bracketed.ascent + bracketed.descent < 1.5 * (alone.ascent + alone.descent)


@pytest.mark.parametrize("write", [to_latex, to_text])
def test_only_mathematics_is_written(write) -> None:  # type: ignore[no-untyped-def]
    for thing in (None, "x", 3.0, Value(1.0)):
        with pytest.raises(TypeError, match=rf"{write.__name__} writes mathematics.*viz.formula"):
            write(thing)
