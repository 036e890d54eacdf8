"""A student's class of nodes, as an engine: names of its number, its gradient and its sweep are tried out."""

from __future__ import annotations

import inspect
import numbers
import re
from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import Any

import numpy as np

from autograd._table.define import rows
from autograd.testing._engines.engine import Engine, Tape, class_operations
from autograd.testing._grading.files.sources import SubmissionError, summary
from autograd.testing._grading.files.spelling import Spelling

__all__ = ["ADAPTER", "recognize"]

ADAPTER = """\
from autograd.testing import Engine, Tape, class_operations

def engine(student):  # the module of the student's file
    node = student.{cls}
    tape = Tape(node, lambda x: x.data, lambda out: out.backward(), lambda x: x.grad)
    return Engine.of_tape("{cls}", class_operations(node), tape)
"""

NUMBERS = ("data", "value", "val", "v", "x", "num", "number", "item")
GRADIENTS = ("grad", "gradient", "g", "d", "dx", "derivative", "adjoint", "adj", "_grad")
SWEEPS = ("backward", "backprop", "backpropagate", "back_propagate", "backward_pass", "compute_gradients")
# Arguments of a constructor beside the number, as students name them: what to pass where there is no default.
FILLERS: tuple[tuple[str, Any], ...] = (
    ("requires|track", True), ("child|parent|prev|input|depend|source", ()), ("op|label|name|type", ""),
    ("grad", 0.0),
)  # fmt: skip
SYNONYMS = {"log": ("ln",), "sigmoid": ("logistic", "sigm"), "relu": ("ReLU", "Relu"), "pow": ("power",),
            "truediv": ("div",), "abs": ("absolute",)}  # fmt: skip


def recognize(
    module: ModuleType | None, cls: type | None = None, name: str | None = None, local: Iterable[str] = ()
) -> tuple[Engine, Spelling]:
    """The engine of a class, or of the class in a module that has a backward sweep.

    Args:
        module: the student's; its functions are operations too.
        cls: the class, where it is known.
        name: the name of the class in the module.
        local: names of modules whose classes are the student's too.

    Raises:
        SubmissionError: where no class works; the message tells what is there, and how to write an adapter.
    """
    if cls is not None:
        return _as_engine(cls, module)
    assert module is not None
    classes = _classes(module, set(local))
    if name is not None:
        if name not in classes:
            raise SubmissionError(f"there is no class {name}; {_listed(classes)}")
        return _as_engine(classes[name], module)
    candidates = {n: c for n, c in classes.items() if _sweep_name(c, module)}
    engines, reasons = [], []
    for candidate in candidates.values():
        try:
            engines.append(_as_engine(candidate, module))
        except SubmissionError as error:
            reasons.append(str(error))
    # Classes of single operations, as Add(Value), have a sweep too: their base is the engine.
    engines.sort(key=lambda pair: -len(pair[0].operations))
    bases = [
        pair
        for pair in engines
        if all(issubclass(candidates[e.name], candidates[pair[0].name]) for e, _ in engines)
    ]
    engines = bases or engines
    if not engines:
        if reasons:
            raise SubmissionError(reasons[0])
        if not classes:
            raise SubmissionError(
                "the file defines no class; an engine is a class of nodes, with operators and backward()"
            )
        raise SubmissionError(
            f"no class has a method backward(); {_listed(classes)}{_advice(next(iter(classes)))}"
        )
    if not bases and len(engines) > 1 and len(engines[0][0].operations) == len(engines[1][0].operations):
        names = " and ".join(engine.name for engine, _ in engines[:2])
        raise SubmissionError(f"{names} both have a backward sweep: choose with --class {engines[0][0].name}")
    return engines[0]


def _listed(classes: Mapping[str, type]) -> str:
    return f"the file defines {', '.join(classes)}" if classes else "the file defines no class"


def _classes(module: ModuleType, local: set[str]) -> dict[str, type]:
    """The classes that a file defines, or, where it defines none with a sweep, those of files beside it."""
    classes = {n: c for n, c in vars(module).items() if isinstance(c, type) and n == c.__name__}
    own = {n: c for n, c in classes.items() if c.__module__ == module.__name__}
    if any(_sweep_name(c, module) for c in own.values()):
        return own
    return own | {n: c for n, c in classes.items() if c.__module__ in local}


def _sweep_name(cls: type, module: ModuleType | None) -> str | None:
    """The name of the sweep: of a method; or of a function of the module, with a colon before it."""
    for name in SWEEPS:
        if callable(getattr(cls, name, None)):
            return name
    for name in SWEEPS:
        if module is not None and inspect.isfunction(getattr(module, name, None)):
            return f":{name}" if hasattr(cls, "__add__") or hasattr(cls, "__mul__") else None
    return None


def _as_engine(cls: type, module: ModuleType | None) -> tuple[Engine, Spelling]:
    name = cls.__name__
    make, make_text = _constructor(cls)
    node = make(3.0)
    number, number_text = _number_reader(node, name)
    sweep = _sweep_name(cls, module)
    if sweep is None:
        raise SubmissionError(f"{name} has no method backward(){_advice(name)}")
    backward, backward_text = _sweeper(cls, module, sweep)
    gradient_name = _gradient_name(node, name)

    def gradient(x: Any) -> float | None:
        g = getattr(x, gradient_name)
        g = g() if callable(g) else g
        return None if g is None else _to_float(_unwrapped(g, number), f"{name}.{gradient_name}")

    is_method = callable(getattr(node, gradient_name, None))
    tape = Tape(make, number, backward, gradient)
    operations, calls = _operations(cls, module)
    constants: dict[str, tuple[int, ...]] = {}
    if "pow" in operations and not _takes_exponent(operations["pow"], make, number):
        constants["pow"] = (1,)
    engine = Engine.of_tape(name, operations, tape, constants=constants, methods=True)
    gradient_text = f"{{}}.{gradient_name}" + "()" * is_method
    places = _places(cls, module, calls)
    return engine, Spelling(make_text, number_text, gradient_text, backward_text, calls, places)


def _advice(name: str) -> str:
    return (
        ". An adapter tells other names: save these lines as adapter.py, with the file's own names for "
        f"data, backward and grad, and grade the file with --adapter adapter.py\n\n{ADAPTER.format(cls=name)}"
    )


def _constructor(cls: type) -> tuple[Callable[[float], Any], str]:
    """How a node is made from a number, with fitting values for further arguments that have no default."""
    try:
        parameters = list(inspect.signature(cls).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    fixed: dict[str, Any] = {}
    for p in parameters[1:]:
        if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            continue
        filler = next((v for pattern, v in FILLERS if re.search(pattern, p.name)), None)
        if re.search("requires", p.name) or (p.default is p.empty and filler is not None):
            fixed[p.name] = filler
    more = "".join(f", {k}={v!r}" for k, v in fixed.items())

    def make(x: float) -> Any:
        return cls(x, **fixed)

    make.__name__ = cls.__name__
    try:
        make(3.0)
    except Exception as error:
        signature = f"{cls.__name__}({', '.join(str(p) for p in parameters)})"
        raise SubmissionError(
            f"{cls.__name__}(3.0{more}) raises {summary(error)}; its arguments are "
            f"{signature}{_advice(cls.__name__)}"
        ) from None
    return make, f"{cls.__name__}({{}}{more})"


def _number_reader(node: Any, name: str) -> tuple[Callable[[Any], float], str]:
    """A function that reads the number of a node, and how it is written."""
    others = [n for n in getattr(node, "__dict__", {}) if n not in NUMBERS]
    for attribute in (*NUMBERS, *others):
        value = getattr(node, attribute, None)
        try:
            value = value() if callable(value) and attribute in NUMBERS else value
            matches = _to_float(value, attribute) == 3.0
        except Exception:
            continue
        if matches:
            break
    else:
        raise SubmissionError(
            f"{name}(3.0) keeps its number in none of {', '.join(NUMBERS[:3])}; it has "
            f"{', '.join(getattr(node, '__dict__', {})) or 'no attributes'}{_advice(name)}"
        )

    def number(x: Any) -> float:
        value = getattr(x, attribute)
        return _to_float(value() if callable(value) else value, f"{name}.{attribute}")

    brackets = "()" if callable(getattr(node, attribute)) else ""
    return number, f"{{}}.{attribute}{brackets}"


def _gradient_name(node: Any, name: str) -> str:
    for attribute in GRADIENTS:
        if hasattr(node, attribute):
            return attribute
    attributes = getattr(node, "__dict__", {})
    starting = [n for n, v in attributes.items() if re.search("grad|deriv|adj", n) and not callable(v)]
    if starting:
        return str(starting[0])
    raise SubmissionError(
        f"{name}(3.0) has no gradient called {', '.join(GRADIENTS[:2])}; it has "
        f"{', '.join(attributes) or 'no attributes'}{_advice(name)}"
    )


def _sweeper(cls: type, module: ModuleType | None, name: str) -> tuple[Callable[[Any], object], str]:
    sweep: Callable[..., object]
    if name.startswith(":"):
        sweep, text = getattr(module, name[1:]), f"{name[1:]}({{}}"
    else:
        sweep, text = getattr(cls, name), f"{{}}.{name}("
    try:
        parameters = list(inspect.signature(sweep).parameters.values())[1:]
    except (TypeError, ValueError):
        parameters = []
    # A sweep that asks for the gradient of the result gets 1.
    if any(
        p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters
    ):
        return (lambda out: sweep(out, 1.0)), text + (", " if name.startswith(":") else "") + "1.0)"
    return sweep, text + ")"


def _unwrapped(gradient: Any, number: Callable[[Any], float]) -> Any:
    """A gradient that is itself a node, by its number."""
    if isinstance(gradient, numbers.Number) or hasattr(gradient, "__array__"):
        return gradient
    try:
        return number(gradient)
    except Exception:
        return gradient


def _to_float(value: Any, name: str) -> float:
    if isinstance(value, str | bytes):
        raise TypeError(f"{name} is {value!r}, not a number")
    try:
        return float(value.item() if hasattr(value, "item") else value)  # an array of one number is one
    except (TypeError, ValueError):
        size = getattr(value, "shape", None)
        description = f"an array of shape {size}" if size else f"{value!r:.60}"
        raise TypeError(f"{name} is {description}, not a number") from None


def _operations(cls: type, module: ModuleType | None) -> tuple[dict[str, Callable[..., Any]], dict[str, str]]:
    """Operations of the class, and of functions of the module, with the way in which they are written."""
    available = class_operations(cls)
    calls: dict[str, str] = {}
    for row in rows():
        if not row.public or row.name in available:
            continue
        for name in (row.name, *SYNONYMS.get(row.name, ())):
            method = getattr(cls, name, None)
            function = getattr(module, name, None)
            if inspect.isfunction(method):
                available[row.name] = method
                calls[row.name] = f"{{}}.{name}({', '.join(['{}'] * (row.arity - 1))})"
                break
            if inspect.isfunction(function) and function.__module__ == getattr(module, "__name__", None):
                available[row.name] = function
                calls[row.name] = f"{name}({', '.join(['{}'] * row.arity)})"
                break
    return available | _of_several(module, cls, calls), calls


def _places(cls: type, module: ModuleType | None, calls: Mapping[str, str]) -> dict[str, str]:
    """Where operations are defined in the file, as ``__mul__, line 31``."""
    places = {}
    for row in rows():
        template = calls.get(row.name, "")
        names = (f"__{row.name}__", row.name, *re.findall(r"\w+", template))
        functions = (f for n in names for f in (getattr(cls, n, None), getattr(module, n, None)))
        for function in functions:
            if inspect.isfunction(function):
                places[row.name] = f"{function.__name__}, line {function.__code__.co_firstlineno}"
                break
    return places


def _takes_exponent(
    power: Callable[..., Any], make: Callable[[float], Any], number: Callable[[Any], float]
) -> bool:
    try:
        return number(power(make(2.0), make(3.0))) == 8.0
    except Exception:
        return False


def _of_several(module: ModuleType | None, cls: type, calls: dict[str, str]) -> dict[str, Any]:
    """Functions of several numbers: of arrays that `stack` makes, and of a number that an array repeats."""
    several: dict[str, Any] = {}
    stack = getattr(module, "stack", None)
    if callable(stack):

        def array(*xs: Any) -> Any:
            return stack([x if isinstance(x, cls) else cls(x) for x in xs])

        if hasattr(cls, "mean"):
            several["mean"] = lambda *xs: array(*xs).mean()
            calls["mean"] = "stack([{}]).mean()"
        if hasattr(cls, "softmax"):
            several["softmax"] = lambda *xs: array(*xs).softmax()[0]
            calls["softmax"] = "stack([{}]).softmax()[0]"
    if hasattr(cls, "sum") and _takes_arrays(cls):
        several["spread"] = lambda x, y: (x + y * cls(np.array([1.0, 2.0, 3.0]))).sum()
        calls["spread"] = f"({{}} + {{}} * {cls.__name__}(np.array([1.0, 2.0, 3.0]))).sum()"
    return several


def _takes_arrays(cls: type) -> bool:
    """Whether a number plus an array has a sum."""
    try:
        total = (cls(1.0) + cls(np.array([1.0, 2.0, 3.0]))).sum()
    except Exception:
        return False
    return isinstance(total, cls)
