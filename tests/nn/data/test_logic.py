"""The gates have the truth tables of Python's own operators."""

import operator

import numpy as np
import pytest

import nn

GATES = {"AND": operator.and_, "OR": operator.or_, "XOR": operator.xor, "NAND": lambda a, b: 1 - (a & b)}


@pytest.mark.parametrize("name", GATES)
def test_a_gate_is_its_truth_table(name):
    gate = getattr(nn.data.gates, name)
    assert gate.name == name
    assert sorted(map(tuple, gate.X)) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    expected = [GATES[name](int(a), int(b)) for a, b in gate.X]
    assert gate.Y.shape == (4, 1)
    assert gate.Y[:, 0].tolist() == expected
    assert gate.signs.tolist() == [2 * y - 1 for y in expected]


def test_the_gates_are_those_and_one_after_another():
    assert {gate.name for gate in nn.data.gates} == set(GATES)


def test_nobody_can_write_to_a_gate():
    for array in (nn.data.gates.XOR.X, nn.data.gates.XOR.Y):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    assert not np.any(nn.data.gates.AND.Y[:3])


def test_they_are_shown_as_tables():
    assert repr(nn.data.gates.XOR) == "0 XOR 0 = 0\n0 XOR 1 = 1\n1 XOR 0 = 1\n1 XOR 1 = 0"
    assert repr(nn.data.gates) == "<gates AND, OR, NAND, XOR>"
