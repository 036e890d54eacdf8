"""LaTeX as MathML. A formula that cannot be read whole is an error."""

from __future__ import annotations

import re
from contextlib import suppress
from xml.etree import ElementTree

from autograd._support.extras import extra
from viz._mathematics.latex import parse
from viz._mathematics.typeset import to_text

__all__ = ["mathml", "readable_latex"]

# The library reads both by the name align* alone.
ALIGNED = re.compile(r"(\\(?:begin|end)\{)(?:aligned|split)\}")
ENVIRONMENTS = {
    "matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix", "array", "cases",
    "aligned", "split", "align", "align*",
}  # fmt: skip
ELEMENTS = {
    "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup",
    "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mstyle", "mpadded", "mphantom", "menclose",
}  # fmt: skip
CHILDREN = {
    "mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3,
}  # fmt: skip
NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
ESCAPED = re.compile(r"\\[\\{}]")


def mathml(latex: str, display: bool = False) -> str:
    r"""A formula as a ``<math>`` element.

    Args:
        latex: mathematics without its dollar signs.
        display: whether it has lines of its own.

    Raises:
        ValueError: for LaTeX that cannot be read: with the formula, and the reason.

    >>> mathml("w^2")
    '<math><mrow><msup><mi>w</mi><mn>2</mn></msup></mrow></math>'
    >>> mathml(r"\frac{a")
    Traceback (most recent call last):
        ...
    ValueError: cannot set $\frac{a$: its braces { and } do not pair
    """
    tree = _tree(latex, display)
    for element in tree.iter():
        element.tag = element.tag.removeprefix(NAMESPACE)
    if not display:
        del tree.attrib["display"]
    return ElementTree.tostring(tree, encoding="unicode", short_empty_elements=False)


def _tree(latex: str, display: bool) -> ElementTree.Element:
    """The elements of a formula, each known and complete."""
    bare = ESCAPED.sub("", latex)
    if bare.count("{") != bare.count("}"):
        raise _unreadable(latex, "its braces { and } do not pair")
    for name in re.findall(r"\\begin\{(.*?)\}", latex):
        if name not in ENVIRONMENTS:
            raise _unreadable(latex, f"there is no environment {name} here")
    if not latex.strip():
        raise _unreadable(latex, "it is empty")
    convert = extra("latex2mathml.converter", "lectures", "mathematics in a lecture").convert
    try:
        text = convert(ALIGNED.sub(r"\1align*}", latex), display="block" if display else "inline")
    except Exception as error:  # the library's own, which have no words, and a few of Python's
        words = re.sub("(?<=[a-z])(?=[A-Z])", " ", type(error).__name__.removesuffix("Error")).lower()
        raise _unreadable(latex, str(error) or words) from None
    try:
        tree = ElementTree.fromstring(text)
    except ElementTree.ParseError:
        raise _unreadable(latex, r"&, < and > inside of it are written \&, \lt and \gt") from None
    for element in tree.iter():
        name, words = element.tag.removeprefix(NAMESPACE), element.text or ""
        if name not in ELEMENTS or any(key.startswith("on") for key in element.attrib):
            raise _unreadable(latex, f"there is no <{name}> in mathematics")
        if "\\" in words and words != "\\":
            raise _unreadable(latex, f"there is no command {words}")
        if len(element) != CHILDREN.get(name, len(element)):
            raise _unreadable(latex, "something is missing after a command")
    return tree


def _unreadable(latex: str, why: str) -> ValueError:
    return ValueError(f"cannot set ${latex.strip()}$: {why}")


def readable_latex(latex: str) -> str:
    r"""A formula as Unicode text where it can be; else its LaTeX.

    >>> readable_latex(r"\sigma(w_1)"), readable_latex(r"\xrightarrow{f}")
    ('σ(w₁)', '\\xrightarrow{f}')
    """
    with suppress(ValueError):
        return to_text(parse(latex))
    return latex
