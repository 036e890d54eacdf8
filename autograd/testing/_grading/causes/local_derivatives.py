"""Mistakes in the derivative of a single operation, told by its numbers at several points.

A mistake is named only where its formula gives the engine's wrong number at every point that was tried.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from autograd._derivatives.gradcheck.diagnosis import diagnose
from autograd.testing._grading.causes.probes import Probe, agree, number
from autograd.testing._grading.files.spelling import Spelling
from autograd.testing._programs.program import Line, Program
from autograd.testing._programs.rewriting import alone

__all__ = ["NEARLY", "local_cause"]

# The textbook's derivatives, for a reader, by x and by y.
DERIVATIVES = {
    "add": ("1", "1"), "sub": ("1", "−1"), "mul": ("y", "x"), "truediv": ("1/y", "−x/y²"),
    "pow": ("y·x**(y − 1)", "x**y·log(x)"), "neg": ("−1",), "abs": ("1 for x > 0 and −1 for x < 0",),
    "exp": ("exp(x)",), "log": ("1/x",), "log1p": ("1/(1 + x)",), "sqrt": ("1/(2·sqrt(x))",),
    "square": ("2·x",), "relu": ("1 for x > 0 and 0 for x < 0",), "softplus": ("σ(x)",),
    "tanh": ("1 − tanh(x)²",), "sigmoid": ("σ(x)·(1 − σ(x))",), "sinh": ("cosh(x)",), "cosh": ("sinh(x)",),
    "sin": ("cos(x)",), "cos": ("−sin(x)",), "tan": ("1 + tan(x)²",),
}  # fmt: skip

FAR_STEPS = 40
NEARLY = 1e-3  # a relative error


@dataclass(frozen=True)
class Sample:
    """An operation at a point: its arguments, its result, and the derivative by one argument."""

    arguments: tuple[float, ...]
    out: float
    got: float
    right: float

    @property
    def is_wrong(self) -> bool:
        return not agree(self.got, self.right)


@dataclass(frozen=True)
class Mistake:
    """A wrong formula for a derivative.

    Attributes:
        words: the mistake, after the right derivative: "here" it is so.
        formula: of the arguments, the result and the right derivative.
    """

    words: str
    formula: Callable[[Sequence[float], float, float], float]

    def at(self, sample: Sample) -> float:
        """The wrong derivative at a point."""
        return number(lambda: self.formula(sample.arguments, sample.out, sample.right))


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


# By operation and argument, the commoner mistake first.
PARTICULAR: dict[tuple[str, int], tuple[Mistake, ...]] = {
    ("pow", 0): (
        Mistake("the exponent stays, and must go down by one", lambda a, out, d: a[1] * a[0] ** a[1]),
        Mistake("the exponent is missing as a factor", lambda a, out, d: a[0] ** (a[1] - 1)),
        Mistake("the power is missing", lambda a, out, d: a[1]),
        Mistake("1 is subtracted from the power, not from the exponent", lambda a, out, d: a[1] * (out - 1)),
        Mistake("the factor is the exponent less 1", lambda a, out, d: (a[1] - 1) * a[0] ** (a[1] - 1)),
    ),
    ("truediv", 0): (Mistake("it multiplies by {y}, and must divide", lambda a, out, d: a[1]),),
    ("truediv", 1): (
        Mistake("the square of {y} is missing", lambda a, out, d: -a[0] / a[1]),
        Mistake("the square of {y} and the minus sign are missing", lambda a, out, d: a[0] / a[1]),
        Mistake("the factor {x} is missing", lambda a, out, d: -1 / a[1] ** 2),
        Mistake("it is the derivative by {x}", lambda a, out, d: 1 / a[1]),
    ),
    ("mul", 0): (Mistake("each number gets its own value, not the other's", lambda a, out, d: a[0]),),
    ("mul", 1): (Mistake("each number gets its own value, not the other's", lambda a, out, d: a[1]),),
    ("tanh", 0): (
        Mistake(
            "tanh is taken twice: the result is tanh(x) already", lambda a, out, d: 1 - math.tanh(out) ** 2
        ),
        Mistake("the square is of x, where it must be of tanh(x)", lambda a, out, d: 1 - a[0] ** 2),
        Mistake("the square is missing", lambda a, out, d: 1 - out),
    ),
    ("sigmoid", 0): (
        Mistake(
            "the sigmoid is taken twice: the result is σ(x) already",
            lambda a, out, d: _sigmoid(out) * (1 - _sigmoid(out)),
        ),
        Mistake("it takes x for σ(x)", lambda a, out, d: a[0] * (1 - a[0])),
        Mistake("it is that of tanh", lambda a, out, d: 1 - out**2),
        Mistake("the factor 1 − σ(x) is missing", lambda a, out, d: out),
        Mistake("the factor σ(x) is missing", lambda a, out, d: 1 - out),
    ),
    ("exp", 0): (
        Mistake("exp is taken twice: the result is exp(x) already", lambda a, out, d: math.exp(out)),
        Mistake("it takes x for exp(x)", lambda a, out, d: a[0]),
        Mistake("it is that of a power", lambda a, out, d: a[0] * math.exp(a[0] - 1)),
    ),
    ("log", 0): (
        Mistake("it takes the result for x", lambda a, out, d: 1 / out),
        Mistake("it multiplies by x, and must divide", lambda a, out, d: a[0]),
    ),
    ("relu", 0): (
        Mistake("it gives the result, not 1", lambda a, out, d: out),
        Mistake("it gives x, not 1", lambda a, out, d: a[0]),
        Mistake("it is 1 for x < 0 too", lambda a, out, d: 1.0),
    ),
    ("sin", 0): (Mistake("it takes the cosine of the result", lambda a, out, d: math.cos(out)),),
    ("sqrt", 0): (Mistake("it takes x for sqrt(x)", lambda a, out, d: 0.5 / a[0]),),
}


@dataclass(frozen=True)
class GeneralMistake:
    """A mistake in any derivative.

    Attributes:
        sentence: with places for the {text} of the operation, the {subject}, which is its derivative, the
            argument {x}, and the {right} derivative.
        formula: of the right derivative.
    """

    sentence: str
    formula: Callable[[float], float]

    def at(self, sample: Sample) -> float:
        """The wrong derivative at a point."""
        return number(lambda: self.formula(sample.right))


NOTHING = GeneralMistake(
    "{text} hands no gradient to {x}: it must add {right} times the gradient of the result to that of {x}",
    lambda d: 0.0,
)
GENERAL = (
    GeneralMistake("{subject} has the wrong sign: it is {right}", lambda d: -d),
    GeneralMistake(
        "{subject} is missing: the gradient is handed on unchanged, and must be multiplied by {right}",
        lambda d: 1.0,
    ),
    GeneralMistake("{subject} is the inverse of the right one: it is {right}", lambda d: 1 / d),
)


def local_cause(probe: Probe, spelling: Spelling, line: Line, values: dict[str, float]) -> str:
    """The mistake in the derivative of a line, at its numbers in the program; empty where it is right."""
    program, places = alone(line, values)
    if line.operation in ("mean", "softmax", "spread"):
        return _of_several(probe, program)
    got, right = probe.gradient(program), probe.right_gradient(program)
    if got is None or right is None:
        return ""
    for k, place in enumerate(places):
        if not agree(got[k], right[k]):
            return _explain(probe, spelling, program, place, k)
    return ""


def _explain(probe: Probe, spelling: Spelling, program: Program, place: int, k: int) -> str:
    line = program.lines[0]
    ordinary = [s for p in probe.points(program) if (s := _sample(probe, p, k))]
    here = _sample(probe, program, k)
    assert here is not None
    name = program.variables[k]
    subject = f"The derivative of {_text(spelling, line)} by {name}"
    if all(abs(s.got - s.right) <= NEARLY * abs(s.right) for s in (here, *ordinary)):
        return ""  # no other formula, but an imprecise number
    if ordinary and not any(s.is_wrong for s in ordinary):
        return _special(probe, program, k, subject, here)
    samples = [s for s in [here, *ordinary] if s.is_wrong]
    right = _textbook(line, place)
    words = {"text": _text(spelling, line), "subject": subject, "x": name, "right": right or "the derivative"}
    where = _where(spelling, line)

    def fits(mistake: Mistake | GeneralMistake) -> bool:
        return all(agree(sample.got, mistake.at(sample)) for sample in samples)

    if fits(NOTHING):
        return f"{NOTHING.sentence.format(**words)}{where}."
    for mistake in filter(fits, PARTICULAR.get((line.operation, place), ())):
        here_words = mistake.words.format(**dict(zip("xy", _names(line), strict=False)))
        return f"{subject} is {right}; here {here_words}{where}."
    for general in filter(fits, GENERAL):
        return f"{general.sentence.format(**words)}{where}."
    if all(math.isnan(s.got) for s in samples):
        return f"{subject} is nan everywhere{where}."
    factor = here.got / here.right if here.right else 0.0
    if all(agree(s.got, factor * s.right) for s in samples) and (words_on_factor := diagnose(factor, 1.0)):
        return f"{subject} is {right or 'wrong'}; here {words_on_factor}{where}."
    return (
        f"{subject} is {right}; here it is something else{where}." if right else f"{subject} is wrong{where}."
    )


def _sample(probe: Probe, program: Program, k: int) -> Sample | None:
    got, right = probe.gradient(program), probe.right_gradient(program)
    if got is None or right is None:
        return None
    values = program.values()
    line = program.lines[0]
    arguments = tuple(values[a] if isinstance(a, str) else a for a in line.arguments)
    return Sample(arguments, values[line.name], got[k], right[k])


def _special(probe: Probe, program: Program, k: int, subject: str, here: Sample) -> str:
    """A derivative that is right at ordinary points, and wrong at this one."""
    x = program.point[k]
    if math.isnan(here.got) or math.isinf(here.got):
        return f"{subject} is no number at {_at(program)}: something in it overflows, or divides by 0."
    if x == 0:
        return f"{subject} is wrong at {_at(program)} alone: that point needs a case of its own."
    if abs(x) <= 5:
        return f"{subject} is right at most points, and wrong at {_at(program)}."
    good, bad = math.copysign(1.0, x), x
    for _ in range(FAR_STEPS):
        middle = math.copysign(math.sqrt(good * bad), x) if abs(bad / good) > 4 else (good + bad) / 2
        point = tuple(middle if i == k else v for i, v in enumerate(program.point))
        sample = _sample(probe, program.at(*point), k)
        if sample is None or sample.is_wrong:
            bad = middle
        else:
            good = middle
    far = "beyond" if x > 0 else "below"
    return (
        f"{subject} is right near 0, and wrong {far} {program.variables[k]} = {bad:.3g}: it must hold for "
        "every number."
    )


def _of_several(probe: Probe, program: Program) -> str:
    """Mistakes in functions of arrays, where no line of a table says the derivative."""
    got, right = probe.gradient(program), probe.right_gradient(program)
    if got is None or right is None or all(map(agree, got, right)):
        return ""
    count = len(program.lines[0].arguments)
    ratios = [g / r if r else math.nan for g, r in zip(got, right, strict=True)]
    if program.lines[0].operation == "mean":
        if count > 1 and all(agree(r, count / (count - 1)) for r in ratios):
            return (
                f"The gradient of a mean of {count} numbers is divided by {count - 1}; it must be divided "
                f"by {count}, their number."
            )
        if all(agree(r, count) for r in ratios):
            return "The gradient of a mean is not divided by the number of its entries."
    if program.lines[0].operation == "softmax":
        if agree(got[0], right[0]) and not any(got[1:]):
            return (
                "Each number of softmax depends on all numbers, and only its own one gets a gradient: "
                "besides the diagonal yᵢ(1 − yᵢ), the derivative −yᵢ·yⱼ by the other numbers is missing."
            )
        return (
            "The derivative of softmax is wrong: yᵢ by xᵢ it is yᵢ(1 − yᵢ), and by another xⱼ it is −yᵢ·yⱼ."
        )
    if program.lines[0].operation == "spread" and not agree(got[0], right[0]):
        if agree(got[0] * 3, right[0]):
            return (
                "A number that is added to an array is repeated in each entry: its gradient is the sum of "
                "the entries' gradients, and here it is their mean, or that of one entry."
            )
        return (
            "A number that is added to an array is repeated in each entry: its gradient is the sum of the "
            "entries' gradients."
        )
    return ""


def _text(spelling: Spelling, line: Line) -> str:
    return spelling.call(line.operation, *_names(line))


def _names(line: Line) -> list[str]:
    """The arguments for a reader, an exponent as n."""
    names = [a if isinstance(a, str) else f"{a:g}" for a in line.arguments]
    return [names[0], "n"] if line.operation == "pow" and isinstance(line.arguments[1], float) else names


def _textbook(line: Line, place: int) -> str:
    """The right derivative in the names of the line's arguments."""
    formulas = DERIVATIVES.get(line.operation, ())
    if place >= len(formulas):
        return ""
    swap = dict(zip("xy", (n if n[0] != "-" else f"({n})" for n in _names(line)), strict=False))
    return "".join(
        swap.get(c, c) if not _inside_word(formulas[place], i) else c for i, c in enumerate(formulas[place])
    )


def _inside_word(text: str, i: int) -> bool:
    around = text[max(i - 1, 0) : i] + text[i + 1 : i + 2]
    return any(c.isalpha() for c in around)


def _where(spelling: Spelling, line: Line) -> str:
    place = spelling.places.get(line.operation)
    return f" ({place})" if place else ""


def _at(program: Program) -> str:
    return ", ".join(f"{n} = {x:g}" for n, x in zip(program.variables, program.point, strict=True))
