"""The truth tables of the gates, for a perceptron and for a network (deck E)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Gate", "Gates", "gates"]


@dataclass(frozen=True, eq=False, repr=False)
class Gate:
    """A truth table of two inputs. Its arrays cannot be written to.

    Attributes:
        name: such as ``"AND"``.
        X: the inputs, 0 and 1, shape (4, 2).
        Y: the desired outputs of a network, 0 and 1, shape (4, 1).

    >>> gates.AND
    0 AND 0 = 0
    0 AND 1 = 0
    1 AND 0 = 0
    1 AND 1 = 1
    """

    name: str
    X: NDArray[np.float64]
    Y: NDArray[np.float64]

    @property
    def signs(self) -> NDArray[np.int64]:
        """The desired outputs of a perceptron, -1 and +1, shape (4,).

        >>> gates.AND.signs
        array([-1, -1, -1,  1])
        """
        return np.where(self.Y[:, 0] == 1, 1, -1)

    def __repr__(self) -> str:
        lines = zip(self.X.astype(int), self.Y[:, 0].astype(int), strict=True)
        return "\n".join(f"{a} {self.name} {b} = {y}" for (a, b), y in lines)


def _gate(name: str, *outputs: int) -> Gate:
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float64)
    Y = np.array(outputs, np.float64).reshape(4, 1)
    for array in (X, Y):  # every user of the gate has the same ones
        array.setflags(write=False)
    return Gate(name, X, Y)


class Gates(NamedTuple):
    """The gates, by name or one after another.

    One perceptron learns AND, OR and NAND. XOR needs two lines, OR and NAND, and so a network.

    >>> gates.XOR.X.shape, gates.XOR.Y.ravel()
    ((4, 2), array([0., 1., 1., 0.]))
    >>> [gate.name for gate in gates]
    ['AND', 'OR', 'NAND', 'XOR']
    """

    AND: Gate = _gate("AND", 0, 0, 0, 1)
    OR: Gate = _gate("OR", 0, 1, 1, 1)
    NAND: Gate = _gate("NAND", 1, 1, 1, 0)
    XOR: Gate = _gate("XOR", 0, 1, 1, 0)

    def __repr__(self) -> str:
        return f"<gates {', '.join(self._fields)}>"


gates = Gates()
