r"""Reading LaTeX: the rows' templates, and the labels people give.

>>> parse(r"\sigma\left(z\right)").items[0]
Atom(text='σ', latex='\\sigma', kind='letter')
"""

from __future__ import annotations

import operator
import re
import unicodedata
from collections.abc import Callable
from contextlib import suppress

from viz._mathematics.typeset import (
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
    to_latex,
    to_text,
)  # fmt: skip

__all__ = ["label", "layer", "letter_of", "literal", "parse"]

# -- signs ------------------------------------------------------------------------------------

SIGNS = {
    "cdot": ("·", "operator"), "times": ("×", "operator"), "pm": ("±", "operator"), "odot": ("⊙", "operator"),
    "neq": ("≠", "relation"), "leq": ("≤", "relation"), "geq": ("≥", "relation"), "to": ("→", "relation"),
    "infty": ("∞", "letter"), "partial": ("∂", "letter"), "nabla": ("∇", "letter"), "ell": ("ℓ", "letter"),
    "top": ("⊤", "letter"), "star": ("⋆", "letter"), "dots": ("…", "letter"), "cdots": ("⋯", "letter"),
    "hbar": ("ℏ", "letter"), "varepsilon": ("ε", "letter"), "varphi": ("φ", "letter"),
    "sum": ("∑", "function"), "prod": ("∏", "function"), "int": ("∫", "function"),
    "in": ("∈", "relation"), "sim": ("∼", "relation"), "approx": ("≈", "relation"), "mid": ("|", "relation"),
    "mapsto": ("↦", "relation"), "ne": ("≠", "relation"), "le": ("≤", "relation"), "ge": ("≥", "relation"),
    "rightarrow": ("→", "relation"), "circ": ("∘", "operator"), "otimes": ("⊗", "operator"),
    "ldots": ("…", "letter"), "prime": ("′", "prime"),
    "lambda": ("λ", "letter"), "Lambda": ("Λ", "letter"),  # Unicode spells them LAMDA
}  # fmt: skip
CHARACTERS = {
    "+": ("+", "operator"), "-": ("−", "operator"), "*": ("*", "letter"), "/": ("/", "operator"),
    "=": ("=", "relation"), "<": ("<", "relation"), "|": ("|", "relation"),
    ",": (",", "punctuation"), "'": ("′", "prime"),
}  # fmt: skip
FUNCTIONS = {
    "ln", "log", "exp", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh",
    "max", "min",
}  # fmt: skip
ACCENTS = {
    "hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307", "ddot": "\u0308", "vec": "\u20d7",
    "widehat": "\u0302", "overline": "\u0304", "widetilde": "\u0303",
}  # fmt: skip
UPRIGHT = {"operatorname": "function", "mathrm": "word", "mathit": "word", "text": "word"}
# Unicode's alphabets for mathematics; of script and double-struck letters some are older, as ℒ and ℝ.
ALPHABETS = {
    "mathbf": ("MATHEMATICAL BOLD",), "boldsymbol": ("MATHEMATICAL BOLD ITALIC", "MATHEMATICAL BOLD"),
    "mathcal": ("MATHEMATICAL SCRIPT", "SCRIPT"), "mathbb": ("MATHEMATICAL DOUBLE-STRUCK", "DOUBLE-STRUCK"),
}  # fmt: skip
FENCES = {"(": ")", "[": "]", "|": "|"}
COMMANDED_FENCES = {"|": r"\|", "{": r"\}", "langle": r"\rangle"}
SPACES = {*",;:! ", "quad", "qquad"}
NEXT_WORD = re.compile(r"_[^\W\d_]{2}[^\W_]*")
OWN_INDEX = re.compile(r"_[^\W_]{2}|(?<![^\W_])(?<!_\{)[^\W\d_]\d")  # w_jk and w1: in LaTeX w_{j} k and w 1


def _greek(command: str) -> str:
    if not command:
        return ""
    case = "CAPITAL" if command[0].isupper() else "SMALL"
    with suppress(KeyError):
        return unicodedata.lookup(f"GREEK {case} LETTER {command}")
    return ""


def parse(source: str, holes: dict[str, str] | None = None) -> Math:
    r"""Read the part of LaTeX that formulas need.

    Args:
        source: LaTeX of mathematics.
        holes: the characters that stand for arguments, and the arguments' names.

    Raises:
        ValueError: for anything else, such as a brace that is not closed or an unknown command.

    >>> parse("C_0").base
    Atom(text='C', latex='C', kind='letter')
    >>> parse(r"\frac")
    Traceback (most recent call last):
        ...
    ValueError: expected { at the end of '\\frac'
    """
    reader = _Reader(source, holes or {})
    items = reader.until("")
    if not items:
        raise ValueError("there is nothing to read")
    return line(*items)


class _Reader:
    def __init__(self, source: str, holes: dict[str, str]) -> None:
        self.source, self.holes, self.at, self.depth = source, holes, 0, 0

    def wrong(self, expected: str) -> ValueError:
        rest = self.source[self.at :]
        return ValueError(f"expected {expected} at {repr(rest) if rest else f'the end of {self.source!r}'}")

    @property
    def next(self) -> str:
        """The sign that is read next; empty at the end."""
        return self.source[self.at : self.at + 1]

    def skip(self, text: str) -> bool:
        if text and self.source.startswith(text, self.at):
            self.at += len(text)
            return True
        return False

    def run(self, belongs: Callable[[str], bool]) -> str:
        start = self.at
        while self.next and belongs(self.next):
            self.at += 1
        return self.source[start : self.at]

    def until(self, stop: str, letters: bool = False) -> list[Math]:
        r"""Items up to `stop`, which is eaten. With `letters`, jk is two letters, as in w_{jk}."""
        items: list[Math] = []
        self.depth += 1
        if self.depth > 20:  # a label of two hundred braces is a mistake, or an attack on the stack
            raise self.wrong("less nesting")
        while True:
            self.run(str.isspace)
            if self.skip(stop):
                break
            mark = self.next
            if not mark:
                if stop:
                    raise self.wrong(stop)
                break
            if mark in "^_":
                self.at += 1
                if not items:
                    raise self.wrong("something to raise or lower before ^ or _")
                items.append(self.script(items.pop(), mark))
            elif mark == "|" and items and not self.is_fenced():
                self.at += 1
                items.append(Atom("|", "|", "relation"))  # p(y | x)
            else:
                items.append(self.item(letters))
        self.depth -= 1
        return items

    def script(self, base: Math, mark: str) -> Math:
        self.run(str.isspace)
        if self.skip("{"):
            body = self.braced(letters=True)
        elif mark == "_" and (index := self.run(str.isalnum)):
            body = line(*_Reader(index, {}).until("", letters=True))  # w_jk is w_{jk}
        elif self.next not in ("", *"^_}"):
            body = self.item(letters=True, single=True)
        else:
            raise self.wrong(f"something after {mark}")
        bare, sup, sub = (base.base, base.sup, base.sub) if isinstance(base, Script) else (base, None, None)
        if (sup if mark == "^" else sub) is not None:
            raise self.wrong(f"one {mark} only")
        return Script(bare, body, sub) if mark == "^" else Script(bare, sup, body)

    def item(self, letters: bool = False, single: bool = False) -> Math:
        mark = self.next
        if mark == "\\":
            self.at += 1
            return self.command()
        if mark in self.holes:
            self.at += 1
            return Hole(self.holes[mark])
        if self.skip("{"):
            return line(*self.until("}"))
        if mark in FENCES:
            self.at += 1
            return Fence(mark, line(*self.until(FENCES[mark], letters)), FENCES[mark])
        if mark.isdecimal():
            digits = mark if single else self.run(lambda c: c.isdecimal() or c == ".")
            self.at += single
            return Atom(digits, digits, "number")
        if mark.isalpha():
            word = mark if letters or single else self.word()
            self.at += letters or single
            if len(word) > 1 and word[1:].isdecimal():  # w1 is w_1
                return Script(Atom(mark, mark, "letter"), None, Atom(word[1:], word[1:], "number"))
            return Atom(word, word, "letter") if len(word) == 1 else _word(word)
        if mark in CHARACTERS:
            self.at += 1
            text, kind = CHARACTERS[mark]
            return Atom(text, mark, kind)
        raise self.wrong("a letter, a digit or a sign")

    def is_fenced(self) -> bool:
        """Whether the bar here has a second one on the same level."""
        depth = 0
        for mark in self.source[self.at + 1 :]:
            depth += (mark in "([{") - (mark in ")]}")
            if depth < 0:
                return False
            if not depth and mark == "|":
                return True
        return False

    def word(self) -> str:
        """Letters and digits; with two letters on both sides of a _, as in learning_rate, beyond it too."""
        word = self.run(str.isalnum)
        while sum(map(str.isalpha, word)) > 1 and (more := NEXT_WORD.match(self.source, self.at)):
            word += more[0]
            self.at = more.end()
        return word

    def command(self) -> Math:
        name = self.run(lambda c: c.isascii() and c.isalpha())
        if not name:
            name = self.next
            self.at += 1
        if name in SPACES:
            return Line(())
        if name in COMMANDED_FENCES:
            right = COMMANDED_FENCES[name]
            return Fence(rf"\{name}", line(*self.until(right)), right)
        if name in ALPHABETS:
            return self.styled(name)
        if name in UPRIGHT:
            return self.upright(name)
        if name == "frac":
            return Frac(self.group(), self.group())
        if name == "sqrt":
            return Root(self.group(single=True))
        if name == "left":
            left = self.next
            if left not in FENCES:
                raise self.wrong("a delimiter")
            self.at += 1
            body = line(*self.until(r"\right"))
            if not self.skip(FENCES[left]):
                raise self.wrong(FENCES[left])
            return Fence(left, body, FENCES[left])
        if name in ACCENTS:
            body = self.group(single=True)
            if not isinstance(body, Atom) or body.kind != "letter":
                raise self.wrong("one letter under an accent")
            text = unicodedata.normalize("NFC", body.text + ACCENTS[name])
            return Atom(text, rf"\{name}{{{body.latex}}}", "letter")
        if name in FUNCTIONS:
            return Atom(name, rf"\{name}", "function")
        text, kind = SIGNS.get(name) or (_greek(name), "letter")
        if not text:
            raise ValueError(f"there is no command \\{name} here")
        return Atom(text, rf"\{name}", kind)

    def styled(self, name: str) -> Math:
        """Letters in one of Unicode's alphabets."""
        body = self.group(single=True)
        if not isinstance(body, Atom) or body.kind not in ("letter", "number", "word"):
            raise self.wrong("letters or digits")
        text = "".join(_in_alphabet(c, ALPHABETS[name]) for c in body.text)
        return Atom(text, rf"\{name}{{{body.text if body.kind == 'word' else body.latex}}}", body.kind)

    def group(self, single: bool = False) -> Math:
        """A formula between braces, or with `single` one sign without them."""
        self.run(str.isspace)
        if not self.skip("{"):
            if single and self.next not in ("", *"{}^_"):
                return self.item(letters=True, single=True)
            raise self.wrong("{")
        return self.braced()

    def braced(self, letters: bool = False) -> Math:
        """A formula after its opening brace."""
        items = self.until("}", letters)
        if not items:
            raise self.wrong("something between the braces")
        return line(*items)

    def upright(self, name: str) -> Math:
        if not self.skip("{"):
            raise self.wrong("{")
        body = self.run(lambda c: c not in "\\{}")
        if not self.skip("}") or not body:
            raise self.wrong("}")
        # Words between spaces join two formulas, as in "x if y": they stand like a relation.
        kind = "relation" if body != body.strip() else UPRIGHT[name]
        return Atom(body.strip(), rf"\{name}{{{body}}}", kind)


def _in_alphabet(sign: str, alphabets: tuple[str, ...]) -> str:
    """The sign in the first of the alphabets that has it, else as it is."""
    name = unicodedata.name(sign, "")
    for origin in ("LATIN ", "GREEK ", "LETTER "):
        name = name.replace(origin, "")
    for alphabet in alphabets:
        with suppress(KeyError):
            return unicodedata.lookup(f"{alphabet} {name}")
    return sign


# -- labels -----------------------------------------------------------------------------------

LATEX_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%",
    "_": r"\_", "^": r"\^{}", "~": r"\~{}",
}  # fmt: skip


def label(source: str) -> Symbol:
    r"""The symbol of a label: mathematics if it reads as that, else the text as it stands.

    Digits after a single letter are its index: w1 is w_1. Other letters and digits side by side are one word,
    as layer1, and so is a name as programs spell it, with two letters or more before and after each ``_``:
    learning_rate. Any other ``_`` lowers the letters and digits that follow it, with braces or without: w_1,
    w_jk, x_max, loss_i, hidden_layer_2. Dollar signs around mathematics may stay, as matplotlib asks for
    them. A label with a command that is not known here is shown as it stands.

    >>> from viz._mathematics.typeset import to_latex, to_text
    >>> to_latex(label("w^{(1)}")), to_text(label("w^{(1)}"))
    ('w^{(1)}', 'w⁽¹⁾')
    >>> to_latex(label("loss")), to_latex(label("<b>"))
    ('\\mathrm{loss}', '\\text{<b>}')
    >>> [to_text(label(text)) for text in ("learning_rate", "layer1", "w1", "w_jk")], to_latex(label("w_jk"))
    (['learning_rate', 'layer1', 'w₁', 'wⱼₖ'], 'w_{j k}')
    >>> [to_text(label(text)) for text in (r"\theta x", r"\sum_k w_k", "$a[0]$", r"\unknown{x}")]
    ['θx', '∑ₖ wₖ', 'a[0]', '\\unknown{x}']
    """
    whole = _cleared(source)
    source = dollars[1] if (dollars := re.fullmatch(r"\$([^$]+)\$", whole)) else whole
    try:
        body = parse(source)
    except ValueError:
        return literal(whole)
    items = body.items if isinstance(body, Line) else (body,)
    words = [_is_word(item, product="\\" in source) for item in items]
    if not items or any(map(operator.and_, words, words[1:])):
        return literal(whole)  # "learning rate" is not the product of two words
    plain = not any(isinstance(part, Atom) and part.kind == "word" for part in parts(body))
    return Symbol(source.strip() if plain and not OWN_INDEX.search(source) else to_latex(body), body)


def literal(source: str) -> Symbol:
    r"""Text that is not mathematics, kept readable: blanks for line breaks, � for what no page can hold.

    >>> literal("a\nb & c").latex
    '\\text{a b \\& c}'
    """
    text = _cleared(source)
    latex = "".join(LATEX_ESCAPES.get(c, c) for c in text)
    atom = Atom(text, rf"\text{{{latex}}}", "word")
    return Symbol(atom.latex, atom)


def _cleared(source: str) -> str:
    # XML forbids control characters (Cc), and UTF-8 cannot write half of a pair (Cs). Cn are no characters,
    # and the private ones (Co) are the lecture page's numbers: see `_page.live`.
    unfit = ("Cc", "Cs", "Cn", "Co")
    return "".join("�" if unicodedata.category(c) in unfit else c for c in " ".join(source.split()))


def _word(text: str) -> Atom:
    latex = "".join(LATEX_ESCAPES.get(c, c) for c in text)
    return Atom(text, rf"\mathrm{{{latex}}}", "word")


def _is_word(m: Math, product: bool) -> bool:
    """Whether it reads as a word of prose; letters beside a command are factors."""
    return isinstance(m, Atom) and (m.kind == "word" or (m.kind == "letter" and not product))


def layer(symbol: Symbol) -> str | None:
    r"""The layer a label names by its superscript in parentheses.

    >>> layer(label("a^{(L-1)}")), layer(label("x^2"))
    ('L−1', None)
    """
    body = symbol.body
    if isinstance(body, Script) and isinstance(body.sup, Fence) and body.sup.left == "(":
        return "".join(to_text(body.sup.body).split())
    return None


def letter_of(symbol: Symbol) -> str:
    r"""The letter or word a label begins with, in plain type.

    >>> letter_of(label("w_{jk}^{(2)}")), letter_of(label(r"\theta_1")), letter_of(label("bias"))
    ('w', 'θ', 'bias')
    """
    first = leading(symbol)
    return unicodedata.normalize("NFKC", first.text) if first else ""
