"""The engine's demo prints the source that runs, and the numbers of one graph."""

import inspect
import math
import re

import pytest

from autograd._derivatives import sweeps
from autograd._graph.primitive import lookup
from chainrule.demos import engine
from chainrule.demos.options import Options


def numbers(text):
    return [float(number) for number in re.findall(r"[-+]?\d+\.\d+", text)]


def test_the_loop_is_shown_as_it_stands_with_the_numbers_of_a_graph(capsys):
    engine.run(Options())
    text = capsys.readouterr().out
    squeezed = "\n".join(line[4:] for line in text.splitlines())
    for function in (sweeps.reverse, lookup("tanh").pull):
        assert inspect.getsource(function) in squeezed
    slope = 1 - math.tanh(0.75) ** 2
    last = numbers(text)[-4:]
    assert last == pytest.approx([slope * 1.5, slope * 1.5, slope * 0.5, slope * 0.5], abs=5e-5)
    gradients = dict(re.findall(r"∂y/∂(\w) = (\d\.\d+)", text))
    added = dict.fromkeys(gradients, 0.0) | {"y": 1.0}
    for name, contribution in re.findall(r"∂y/∂(\w) \+= (\d\.\d+)", text):
        added[name] += float(contribution)
    assert added == pytest.approx({name: float(g) for name, g in gradients.items()}, abs=2e-4)
