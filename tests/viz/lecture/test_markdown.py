"""Markdown of a lecture: mathematics is set or told, HTML is text."""

import pytest

from viz._lecture.text.markdown import passages, to_html
from viz._lecture.text.mathematics import mathml

SIGNS = "&, < and > inside of it are written"
WRONG = {
    r"\frac{a": "its braces { and } do not pair",
    r"\frac{a}": "something is missing after a command",
    r"\foo + 1": r"there is no command \\foo",
    r"a^": "missing super script or subscript",
    r"a^b^c": "double superscripts",
    r"\left( x": "extra left or missing right",
    r"\begin{bmatrix} 1": "missing end",
    r"\text{a & b}": SIGNS,
    r"\text{<script>alert(1)</script>}": "there is no <script> in mathematics",
    r"\text{<mi onclick='x'>a</mi>}": SIGNS,
    r"\text{</math><b>}": SIGNS,
    "a & b": SIGNS,
    r"\begin{nonsense} x \end{nonsense}": r"there is no environment nonsense",
    "a\0b": SIGNS,
    " ": "it is empty",
}


@pytest.mark.parametrize("latex", WRONG)
def test_mathematics_that_cannot_be_set_is_told_with_the_formula_and_the_reason(latex):
    with pytest.raises(ValueError, match=WRONG[latex]) as told:
        mathml(latex)
    assert f"${latex.strip()}$" in str(told.value)


RIGHT = [
    r"\frac{\partial C}{\partial w} = \frac12", r"\sigma'(z^{(L)})", r"a < b > c", r"\{x\} \& 5\%",
    r"\begin{aligned} a &= b \\ c &= d \end{aligned}", r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}",
    r"\begin{cases} a & b \\ c & d \end{cases}", r"\sum_{k=1}^{n} w_k a_k", r"\sqrt[3]{x}", r"\mathbb{R}^n",
    r"\left( \frac{a}{b} \right)", r"\text{if } x \in [0, 1]", r"\operatorname{softmax}(z)", r"W^T \cdot x",
    r"\hat{y}, \vec v, \overline{ab}", r"\nabla C \approx 0 \neq \infty", r"x \mapsto \lVert x \rVert",
    r"\underbrace{a + b}_{c}", r"\binom{n}{k}", r"\lim_{h \to 0} \frac{f(x+h)-f(x)}{h}", r"\int_0^1 x\,dx",
    r"\left. \frac{df}{dx} \right|_{x=0}", r"a \\ b", r"\mathbf{w}^\top\mathbf{a}", r"\dots \ldots \cdots",
]  # fmt: skip


@pytest.mark.parametrize("latex", RIGHT)
def test_the_mathematics_of_lectures_is_set(latex):
    assert mathml(latex).startswith("<math>")
    assert mathml(latex, display=True).startswith('<math display="block">')


def test_rows_of_aligned_equations_are_rows():
    assert mathml(r"\begin{aligned} a &= b \\ c &= d \end{aligned}").count("<mtr>") == 2


def test_html_in_markdown_is_text_and_dollars_alone_are_dollars():
    html = to_html("<script>alert(1)</script> <b>bold</b> costs $5\n\n<div>\n\n[a](javascript:alert(1))")
    assert "<script" not in html
    assert "<b>" not in html
    assert "<div>" not in html
    assert "href" not in html
    assert "&lt;script&gt;" in html
    assert "costs $5" in html


def test_code_in_markdown_is_coloured_and_escaped():
    html = to_html("```python\nx = '</script>'\n```\n\n```text\nx = '1' <b>\n```")
    assert '<span class="string">&#x27;&lt;/script&gt;&#x27;</span>' in html
    assert "x = &#x27;1&#x27; &lt;b&gt;" in html


def test_a_picture_in_a_text_is_told_how_to_be_a_part():
    with pytest.raises(ValueError, match=r"a picture in a text is not read \(cat\.png\): give the file"):
        to_html("![a cat](cat.png)")


def test_headings_and_lines_begin_slides_and_nothing_else_does():
    text = "before\n\n# One *two* $w_1$\n### small\n```\n# no heading\n---\n```\n- # in a list\n\n"
    text += "Two\n---\nx\n\n***\ny\n\n## `C`"
    split = list(passages(text))
    assert [(p.level, p.title) for p in split] == [
        (None, ""),
        (1, "One two w₁"),
        (2, "Two"),
        (0, ""),
        (2, "C"),
    ]
    assert "".join(p.markdown for p in split) == text.replace("***\n", "")
    assert list(passages("")) != []
    assert next(iter(passages(""))).is_empty
