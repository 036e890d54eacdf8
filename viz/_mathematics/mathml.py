r"""Mathematics as MathML, which `_mathematics.outlines` and browsers typeset.

>>> from viz._mathematics.latex import parse
>>> to_mathml(parse(r"\frac{-a}{2}"))
'<mfrac><mrow><mo form="prefix">−</mo><mi>a</mi></mrow><mn>2</mn></mfrac>'
"""

from __future__ import annotations

import html
import re
import unicodedata

from viz._mathematics.typeset import (
    DELIMITERS,
    SIGMA,
    Atom,
    Fence,
    Frac,
    Hole,
    Line,
    Math,
    Root,
    Script,
    Symbol,
    is_sign,
    is_tall,
    needs_air,
)  # fmt: skip

__all__ = ["for_browsers", "to_mathml"]

ELEMENTS = {"letter": "mi", "function": "mi", "word": "mtext", "number": "mn"}
LIMITS = ("∑", "∏")
AIR = '<mspace width="0.17em"></mspace>'
# A letter with primes raised as an index.
PRIMED = re.compile(r"<msup>(<mi>[^<]*</mi>)(?:<mrow>)?<(mi|mo)(?: [^>]*)?>([′″‴]+)</\2>(?:</mrow>)?</msup>")
# Accents as marks that stand alone, by the combining ones.
ACCENTS = {
    "\u0302": "^", "\u0304": "\u00af", "\u0303": "~",
    "\u0307": "\u02d9", "\u0308": "\u00a8", "\u20d7": "\u2192",
}  # fmt: skip


def to_mathml(m: Math) -> str:
    r"""Write as MathML, without the ``<math>`` around it.

    >>> from viz._mathematics.latex import label
    >>> to_mathml(label("w^{(1)}"))
    '<msup><mi>w</mi><mrow><mo stretchy="false">(</mo><mn>1</mn><mo stretchy="false">)</mo></mrow></msup>'
    """
    match m:
        case Atom(text, _, kind):
            return _atom("∑" if m == SIGMA else text, kind)
        case Symbol(_, body):
            return to_mathml(body)
        case Line(items):
            return _line(items)
        case Script(base, sup, sub):
            inner = to_mathml(base) + "".join(to_mathml(s) for s in (sub, sup) if s is not None)
            is_sum = isinstance(base, Atom) and (base == SIGMA or base.text in LIMITS)
            # ziamath sets limits of a sum under and over it in any case, but measures scripts wrongly.
            low, high = ("under", "over") if is_sum else ("sub", "sup")
            name = f"m{low if sub is not None else ''}{high if sup is not None else ''}"
            return f"<{name}>{inner}</{name}>"
        case Frac(over, under):
            return f"<mfrac>{to_mathml(over)}{to_mathml(under)}</mfrac>"
        case Root(body):
            return f"<msqrt>{to_mathml(body)}</msqrt>"
        case Fence(left, body, right):
            return _fence(left, body, right)
        case Hole(name):
            return f"<mi>{html.escape(name)}</mi>"


def for_browsers(mathml: str) -> str:
    """The same with primes that are as high as their letter, as fonts of text have them.

    A browser with a mathematics font knows that a prime is raised already, any other raises it once more, too
    small and too far from its letter.

    >>> for_browsers("<msup><mi>σ</mi><mo>′</mo></msup>")
    '<mrow><mi>σ</mi><mo lspace="0" rspace="0">′</mo></mrow>'
    """
    return PRIMED.sub(r'<mrow>\1<mo lspace="0" rspace="0">\3</mo></mrow>', mathml)


def _atom(text: str, kind: str) -> str:
    if kind == "relation" and text.isalpha():  # "if", between two formulas
        return f"<mtext>&#160;{html.escape(text)}&#160;</mtext>"
    letter = unicodedata.normalize("NFD", text)
    if kind == "letter" and len(letter) == 2 and letter[1] in ACCENTS:
        return f'<mover accent="true"><mi>{letter[0]}</mi><mo>{ACCENTS[letter[1]]}</mo></mover>'
    element = ELEMENTS.get(kind, "mo")
    return f"<{element}>{html.escape(text)}</{element}>"


def _fence(left: str, body: Math, right: str) -> str:
    stretch = "" if is_tall(body) else ' stretchy="false"'
    # A bar does not say by itself which side it stands on.
    sides = (' form="prefix"', ' form="postfix"') if left == right else ("", "")
    marks = (DELIMITERS.get(mark, mark) for mark in (left, right))
    begin, end = (f"<mo{s}{stretch}>{mark}</mo>" for s, mark in zip(sides, marks, strict=True))
    return f"<mrow>{begin}{to_mathml(body)}{end}</mrow>"


def _line(items: tuple[Math, ...]) -> str:
    out: list[str] = []
    before: Math | None = None
    for item in items:
        begins = before is None or is_sign(before)
        match item:
            case Atom(kind="prime") if out:
                out[-1] = f'<msup>{out[-1]}<mo lspace="0" rspace="0">′</mo></msup>'
                continue
            case Atom(text, kind="operator") if begins:
                out.append(f'<mo form="prefix">{html.escape(text)}</mo>')
            case _:
                if before is not None and not begins and not is_sign(item) and needs_air(before, item):
                    out.append(AIR)
                out.append(to_mathml(item))
        before = item
    return f"<mrow>{''.join(out)}</mrow>"
