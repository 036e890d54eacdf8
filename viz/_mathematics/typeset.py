r"""Mathematics as a small tree, and the tree written as LaTeX or plain text.

The rows of `_table.rules` say in LaTeX how a primitive is written, and labels are LaTeX too.
`_mathematics.latex` reads both into this tree, and every way of writing a formula follows from it.

>>> from viz._mathematics.latex import parse
>>> to_text(parse(r"w^{(1)} a^{(0)} + b^{(1)}"))
'w⁽¹⁾a⁽⁰⁾ + b⁽¹⁾'
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = [
    "SIGMA", "Atom", "Fence", "Frac", "Hole", "Line", "Math", "Root", "Script", "Symbol",
    "has_big", "is_call", "is_several", "is_sign", "is_tall", "leading", "line", "needs_air", "parts",
    "rebuilt", "to_latex", "to_text", "trailing",
]  # fmt: skip


@dataclass(frozen=True)
class Atom:
    """One sign. `kind` is letter, word, function, number, operator, relation, punctuation or prime."""

    text: str
    latex: str
    kind: str


@dataclass(frozen=True)
class Hole:
    """Where an argument goes."""

    name: str


@dataclass(frozen=True)
class Line:
    """Items written one after another."""

    items: tuple[Math, ...]


@dataclass(frozen=True)
class Script:
    """A base with a superscript, a subscript or both."""

    base: Math
    sup: Math | None = None
    sub: Math | None = None


@dataclass(frozen=True)
class Frac:
    over: Math
    under: Math


@dataclass(frozen=True)
class Root:
    body: Math


@dataclass(frozen=True)
class Fence:
    r"""A formula between delimiters, each as LaTeX has it: ( or \langle."""

    left: str
    body: Math
    right: str


@dataclass(frozen=True)
class Symbol:
    """The name of a quantity: the LaTeX of its label, and the label as mathematics."""

    latex: str
    body: Math


Math = Atom | Hole | Line | Script | Frac | Root | Fence | Symbol


def line(*items: Math) -> Math:
    """Items one after another; a single item is itself.

    >>> line(Hole("x"))
    Hole(name='x')
    """
    flat: list[Math] = []
    for item in items:
        flat.extend(item.items if isinstance(item, Line) else (item,))
    return flat[0] if len(flat) == 1 else Line(tuple(flat))


def parts(m: Math) -> Iterator[Math]:
    """The tree's nodes, outermost first."""
    yield m
    for part in m.items if isinstance(m, Line) else vars(m).values():
        if isinstance(part, Math):
            yield from parts(part)


def rebuilt(m: Math, change: Callable[[Math], Math]) -> Math:
    """The same with each of its direct parts changed. A sign and a symbol have none, and stay.

    >>> to_text(rebuilt(Frac(Hole("x"), Hole("y")), lambda part: line(part, part)))
    'xx/(yy)'
    """
    match m:
        case Line(items):
            return Line(tuple(map(change, items)))
        case Script(base, sup, sub):
            return Script(change(base), sup and change(sup), sub and change(sub))
        case Frac(over, under):
            return Frac(change(over), change(under))
        case Root(body):
            return Root(change(body))
        case Fence(left, body, right):
            return Fence(left, change(body), right)
    return m


def leading(m: Math) -> Atom | None:
    """The sign a formula begins with, if it begins with one."""
    return _outer(m, 0)


def trailing(m: Math) -> Atom | None:
    """The sign a formula ends with, scripts aside, if it ends with one."""
    return _outer(m, -1)


def _outer(m: Math, place: int) -> Atom | None:
    match m:
        case Line(items) if items:
            return _outer(items[place], place)
        case Script(inner) | Symbol(_, inner):
            return _outer(inner, place)
    return m if isinstance(m, Atom) else None


# The delimiters that LaTeX writes with a command, and the signs that apply to all that follows in a product.
DELIMITERS = {r"\|": "‖", r"\{": "{", r"\}": "}", r"\langle": "⟨", r"\rangle": "⟩"}
BIG = "∑∏∫"
PARTIAL = Atom("∂", r"\partial", "letter")
SIGMA = Atom("Σ", r"\sum", "function")  # as text a letter, which every font has
# In words, signs that join two terms beside those of mathematics; the hyphen of "pre-activation" is none.
JOINING = re.compile(r"[*/&·]|\s-\s")


def is_several(m: Math) -> bool:
    r"""Whether a name reads as several terms or factors: in parentheses where a letter stands without.

    >>> from viz._mathematics.latex import label
    >>> [is_several(label(text)) for text in ("a + b", "w_{a+b}", "f(a + b)", r"a \cdot b", "2x")]
    [True, False, False, True, True]
    """
    match m:
        case Symbol(_, body):
            return is_several(body)
        case Line(items):
            return any(map(is_sign, items)) or has_big(m) or not (is_call(m) or items[0] == PARTIAL)
        case Atom(text, _, "word"):
            signs = any(unicodedata.category(c) == "Sm" for c in text)
            letters = len(text.split()) > 1 and all(len(word) == 1 for word in text.split())  # "w x"
            return signs or letters or JOINING.search(text) is not None
    return isinstance(m, Frac)


def is_sign(m: Math | None) -> bool:
    """Whether it is a sign between terms or factors, of an operation, a relation or punctuation."""
    return _kind(m) in ("operator", "relation", "punctuation")


def is_tall(m: Math) -> bool:
    """Whether it is higher than a line of letters, so that delimiters around it grow."""
    return any(isinstance(part, (Frac, Root)) for part in parts(m))


def needs_air(before: Math, after: Math) -> bool:
    """Whether two factors would run together: the name of a function, or a word, beside another."""
    if isinstance(after, Fence):
        return False
    return any(edge and edge.kind in ("function", "word") for edge in (leading(after), trailing(before)))


def has_big(m: Line) -> bool:
    """Whether a line has a sum or product sign, which takes all that follows it."""
    signs = [first for item in m.items if (first := leading(item)) is not None]
    return any(sign == SIGMA or sign.text in BIG for sign in signs)


def is_call(m: Line) -> bool:
    """Whether a line is a name with primes or arguments, as f′(x), and not a product."""
    kinds = [_kind(i) for i in m.items]
    called = isinstance(m.items[-1], Fence) and kinds[0] in ("letter", "function", "word")
    primed = all(kind == "prime" for kind in kinds[1 : -1 if called else None])
    return primed and (called or kinds[-1] == "prime")


# -- writing ----------------------------------------------------------------------------------


def _raised_and_lowered() -> tuple[dict[str, str], dict[str, str]]:
    """Unicode's superscripts and subscripts, by its own decompositions: ⁽ is "<super> 0028"."""
    raised: dict[str, str] = {}
    lowered: dict[str, str] = {}
    for first, last in ((0xB2, 0xB9), (0x2B0, 0x2E4), (0x1D2C, 0x1D6A), (0x2070, 0x209C), (0x2C7C, 0x2C7D)):
        for code in range(first, last + 1):
            kind, _, plain = unicodedata.decomposition(chr(code)).partition(" ")
            if kind in ("<super>", "<sub>") and " " not in plain:
                (raised if kind == "<super>" else lowered).setdefault(chr(int(plain, 16)), chr(code))
    return raised, lowered


RAISED, LOWERED = _raised_and_lowered()


def _kind(m: Math | None) -> str:
    return m.kind if isinstance(m, Atom) else ""


def _joined(
    items: tuple[Math, ...], write: Callable[[Math], str], between: Callable[[Math, Math], str]
) -> str:
    """Items in a line: spaces around signs of operation, none after a sign that stands in front."""
    out: list[str] = []
    before: Math | None = None
    unary = True
    for item in items:
        if isinstance(item, Line) and not item.items:
            continue
        kind, previous = _kind(item), _kind(before)
        if before is not None:
            binary = kind == "operator" or (previous == "operator" and not unary)
            if binary or kind == "relation" or previous in ("relation", "punctuation"):
                out.append(" ")
            elif kind not in ("punctuation", "prime") and previous != "operator":
                out.append(between(before, item))
        out.append(write(item))
        unary = kind == "operator" and (before is None or is_sign(before))
        before = item
    return "".join(out)


def to_latex(m: Math) -> str:
    r"""Write as LaTeX.

    >>> from viz._mathematics.latex import parse
    >>> to_latex(parse(r"\ln\left({x} + 1\right)")), to_latex(parse(r"\left(\frac{a}{b}\right)^2"))
    ('\\ln(x + 1)', '\\left(\\frac{a}{b}\\right)^2')
    """
    match m:
        case Atom(_, latex, _) | Symbol(latex, _):
            return latex
        case Hole(name):
            return name
        case Line(items):
            return _joined(items, to_latex, lambda _, after: "" if isinstance(after, Fence) else " ")
        case Script(base, sup, sub):
            lowered = "" if sub is None else f"_{_braced(sub)}"
            raised = "" if sup is None else f"^{_braced(sup)}"
            return to_latex(base) + lowered + raised
        case Frac(over, under):
            return rf"\frac{{{to_latex(over)}}}{{{to_latex(under)}}}"
        case Root(body):
            return rf"\sqrt{{{to_latex(body)}}}"
        case Fence(left, body, right):
            # \left and \right only where they matter: \sigma(z) is how one writes it.
            inner = to_latex(body)
            if left == "|" or is_tall(body):
                return rf"\left{left}{inner}\right{right}"
            return f"{left}{' ' * left[1:].isalpha()}{inner}{' ' * right[1:].isalpha()}{right}"
    raise _no_mathematics("to_latex", m)


def _braced(m: Math) -> str:
    inner = to_latex(m)
    return inner if len(inner) == 1 else f"{{{inner}}}"


def to_text(m: Math) -> str:
    r"""Write as one line of Unicode.

    >>> from viz._mathematics.latex import parse
    >>> to_text(parse(r"\frac{2 (a - y)}{n} e^{-x}")), to_text(parse(r"\sqrt{x}"))
    ('(2(a − y)/n)e⁻ˣ', '√x')
    """
    match m:
        case Atom(text, _, _) | Hole(text):
            return text
        case Symbol(_, body):
            return to_text(body)
        case Line(items):
            return _joined(tuple(_slashed(items)), to_text, lambda *pair: " " * needs_air(*pair))
        case Script(base, sup, sub):
            tall = Fence("(", base, ")") if isinstance(base, (Root, Frac)) else base  # (√x)³
            return to_text(tall) + _text_script(sub, False) + _text_script(sup, True)
        case Frac(over, under):
            return f"{to_text(_grouped(over, after=False))}/{to_text(_grouped(under))}"
        case Root(body):
            grown = isinstance(body, Script) and body.sup is not None  # √(x²), where √x² may be (√x)²
            return f"√{to_text(Fence('(', body, ')') if grown else _grouped(body))}"
        case Fence(left, body, right):
            return f"{DELIMITERS.get(left, left)}{to_text(body)}{DELIMITERS.get(right, right)}"
    raise _no_mathematics("to_text", m)


def _no_mathematics(function: str, m: object) -> TypeError:
    return TypeError(
        f"{function} writes mathematics, such as the symbol of a box or of a viz.partials, "
        f"not {type(m).__name__} ({m!r:.80}); of a node, viz.formula is its LaTeX and viz.text its Unicode"
    )


def _text_script(m: Math | None, raised: bool) -> str:
    if m is None:
        return ""
    text = to_text(m)
    # A function's name as small signs, as in eᵗᵃⁿʰ⁽ˣ⁾, is hard to read.
    if not any(_kind(p) in ("function", "word") for p in parts(m)):
        table, signs = RAISED if raised else LOWERED, "".join(text.split())
        if all(c in table for c in signs):
            return "".join(table[c] for c in signs)
    # A raised formula says where it ends: x^(a + b), w_{j,k}.
    return f"_{{{text}}}" if not raised else f"^{text}" if isinstance(m, Atom) else f"^({text})"


def _grouped(m: Math, after: bool = True) -> Math:
    """In parentheses, if it would be read otherwise before a slash, or `after` a slash or a root."""
    items = m.items if isinstance(m, Line) else (m,)
    loose = any(_kind(i) == "operator" for i in items[not after :])
    product = after and len(items) > 1 and not _stands_alone(items)
    several = isinstance(m, Symbol) and is_several(m)
    return Fence("(", m, ")") if loose or product or several or isinstance(m, Frac) else m


def _stands_alone(items: tuple[Math, ...]) -> bool:
    """Whether a line is one function of an argument, as sin(x), sech²(x) and σ′(z) are, and 2(x) is not."""
    name = items[0].base if isinstance(items[0], Script) else items[0]
    called = isinstance(items[-1], Fence) and _kind(name) in ("letter", "function", "word")
    return called and all(_kind(item) == "prime" for item in items[1:-1])


def _slashed(items: tuple[Math, ...]) -> Iterator[Math]:
    """Fractions written with a slash get parentheses where a factor stands beside them.

    One name over another needs none beside a dot, nor does any after Σ: Σⱼ ∂zⱼ/∂w · ∂a/∂zⱼ.
    """
    for i, item in enumerate(items):
        neighbours = [items[j] for j in (i - 1, i + 1) if 0 <= j < len(items) and leading(items[j]) != SIGMA]
        factor = not all(map(is_sign, neighbours))
        names = isinstance(item, Frac) and all(isinstance(m, Symbol) for m in (item.over, item.under))
        factor = factor or (not names and any(isinstance(n, Atom) and n.text == "·" for n in neighbours))
        body = item.body if isinstance(item, Symbol) else item
        fraction = isinstance(body, Frac) and (factor or (i > 0 and _begins_signed(body.over, items[i - 1])))
        yield Fence("(", item, ")") if fraction else item


def _begins_signed(over: Math, before: Math) -> bool:
    """Whether a numerator's minus would stand beside the sign of an operation: −(−1/x)."""
    first = leading(_grouped(over, after=False))
    return first is not None and first.kind == "operator" == _kind(before)
