"""Mathematics as MathML, which browsers typeset themselves."""

from __future__ import annotations

import html

from viz.page.live import FIRST, read
from viz.typeset import (
    Atom,
    Fence,
    Frac,
    Hole,
    Line,
    Math,
    Root,
    Script,
    Symbol,
    leading,
    line,
    parts,
    to_text,
    trailing,
)  # fmt: skip

__all__ = ["derivative", "readable", "to_mathml"]

LONGEST_NAME, LONGEST_FORMULA = 24, 60
ELEMENTS = {"letter": "mi", "function": "mi", "word": "mtext", "number": "mn"}
SIGNS = ("operator", "relation", "punctuation")
AIR = '<mspace width="0.2em"></mspace>'


def to_mathml(m: Math) -> str:
    r"""Write as MathML, without the ``<math>`` around it; live numbers become empty ``<mn>`` with their slot.

    >>> from viz.latex import label, parse
    >>> to_mathml(label("w^{(1)}"))
    '<msup><mi>w</mi><mrow><mo stretchy="false">(</mo><mn>1</mn><mo stretchy="false">)</mo></mrow></msup>'
    >>> to_mathml(parse(r"\frac{-a}{2}"))
    '<mfrac><mrow><mo form="prefix">−</mo><mi>a</mi></mrow><mn>2</mn></mfrac>'
    """
    match m:
        case Atom(text, _, kind):
            return _atom(text, kind)
        case Symbol(_, body):
            return to_mathml(body)
        case Line(items):
            return _line(items)
        case Script(base, sup, sub):
            inner = to_mathml(base) + "".join(to_mathml(s) for s in (sub, sup) if s is not None)
            name = f"m{'sub' if sub is not None else ''}{'sup' if sup is not None else ''}"
            return f"<{name}>{inner}</{name}>"
        case Frac(over, under):
            return f"<mfrac>{to_mathml(over)}{to_mathml(under)}</mfrac>"
        case Root(body):
            return f"<msqrt>{to_mathml(body)}</msqrt>"
        case Fence(left, body, right):
            return _fence(left, body, right)
        case Hole(name):
            return f"<mi>{name}</mi>"


def _atom(text: str, kind: str) -> str:
    if (live := read(text)) is not None:
        marks = " data-guard" * live.guard + " data-signed" * live.signed
        return f'<mn data-slot="{live.slot}"{marks}></mn>'
    element = ELEMENTS.get(kind, "mo")
    if kind == "relation" and text.isalpha():  # "if", between two formulas
        return f"<mtext>&#160;{html.escape(text)}&#160;</mtext>"
    return f"<{element}>{html.escape(text)}</{element}>"


def _fence(left: str, body: Math, right: str) -> str:
    tall = any(isinstance(part, (Frac, Root)) for part in parts(body))
    stretch = "" if tall else ' stretchy="false"'
    # A bar does not say by itself which side it stands on.
    sides = (' form="prefix"', ' form="postfix"') if left == right else ("", "")
    begin, end = (f"<mo{s}{stretch}>{mark}</mo>" for s, mark in zip(sides, (left, right), strict=True))
    return f"<mrow>{begin}{to_mathml(body)}{end}</mrow>"


def _line(items: tuple[Math, ...]) -> str:
    out: list[str] = []
    before: Math | None = None
    for item in items:
        kind = item.kind if isinstance(item, Atom) else ""
        signed = isinstance(before, Atom) and before.kind in SIGNS
        if kind == "prime" and out:
            out[-1] = f'<msup>{out[-1]}<mo lspace="0" rspace="0">′</mo></msup>'
            continue
        if kind == "operator" and (before is None or signed) and isinstance(item, Atom):
            out.append(f'<mo form="prefix">{html.escape(item.text)}</mo>')
        else:
            if before is not None and not signed and kind not in SIGNS and _needs_air(before, item):
                out.append(AIR)
            out.append(to_mathml(item))
        before = item
    return f"<mrow>{''.join(out)}</mrow>"


def _needs_air(before: Math, after: Math) -> bool:
    """Whether two factors would run together: the name of a function, or a word, beside another."""
    if isinstance(after, Fence):
        return False
    first, last = leading(after), trailing(before)
    return (first is not None and first.kind in ("function", "word")) or (
        last is not None and last.kind in ("function", "word")
    )


def derivative(above: Math, below: Math, use: int = 0) -> Math:
    """∂z/∂x as a fraction; with the number of the use, where there are several.

    >>> from viz.latex import label
    >>> to_text(derivative(label("z"), label("x"), 2))
    '(∂z/∂x)₂'
    """
    partial = Atom("∂", r"\partial", "letter")
    fraction = Frac(*(Symbol("", line(partial, m)) for m in (above, below)))
    return Script(fraction, None, Atom(str(use), str(use), "number")) if use else fraction


def readable(m: Math, longest: int = LONGEST_FORMULA) -> Math:
    """The same mathematics with names of a length that can be read, itself cut if it is too long.

    >>> from viz.latex import label, literal
    >>> to_text(readable(line(literal("x" * 200), label("y"))))
    'xxxxxxxxxxxxxxxxxxxxxxx… y'
    """
    m = _short_names(m)
    text = to_text(m)
    return m if len(text) <= longest else _words(text[: longest - 1].rstrip() + "…")


def _short_names(m: Math) -> Math:
    match m:
        case Symbol(_, body):
            text = to_text(body)
            # The private planes are for live numbers: see `viz.page.live`.
            clean = "".join("�" if ord(c) >= FIRST else c for c in text)
            if len(clean) > LONGEST_NAME:
                return _words(clean[: LONGEST_NAME - 1].rstrip() + "…")
            return m if clean == text else _words(clean)
        case Line(items):
            return Line(tuple(map(_short_names, items)))
        case Script(base, sup, sub):
            return Script(_short_names(base), sup and _short_names(sup), sub and _short_names(sub))
        case Frac(over, under):
            return Frac(_short_names(over), _short_names(under))
        case Root(body):
            return Root(_short_names(body))
        case Fence(left, body, right):
            return Fence(left, _short_names(body), right)
    return m


def _words(text: str) -> Math:
    return Atom(text, "", "word")
