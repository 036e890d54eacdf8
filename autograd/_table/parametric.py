"""Rows whose last inputs have a number by default, such as the slope of leaky relu."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograd._table.rows import Row

__all__ = ["ParametricRow"]


class ParametricRow(Row):
    """A row with optional inputs, which may be passed by name.

    Args:
        defaults: the names and numbers of the optional inputs, the last ones of the row.
        row, parts: as for `Row`.

    >>> from autograd import Value, leaky_relu
    >>> leaky_relu(-2.0), leaky_relu(-2.0, 0.5), leaky_relu(-2.0, slope=0.25)
    (-0.02, -1.0, -0.5)
    >>> slope = Value(0.5)
    >>> leaky_relu(-2.0, slope).backward()
    >>> slope.grad
    -2.0
    """

    _interface = (*Row._interface, "defaults")

    def __init__(self, *row: Any, defaults: Mapping[str, float], **parts: Any) -> None:
        self.defaults = dict(defaults)
        super().__init__(*row, **parts)
        self.required = self.arity - len(self.defaults)
        if self.required < 1:
            raise ValueError(f"row {self.name!r}: {len(self.defaults)} defaults for {self.arity} inputs")

    def _document(self) -> str:
        inputs = self.inputs[self.arity - len(self.defaults) :]
        defaults = (
            f"{i} is `{name}`, {x!r} by default"
            for i, (name, x) in zip(inputs, self.defaults.items(), strict=True)
        )
        return f"{super()._document()}\n\nOf the inputs, {', '.join(defaults)}."

    def __call__(self, *args: Any, **named: Any) -> Any:
        if unknown := named.keys() - self.defaults.keys():
            raise TypeError(
                f"{self.name} takes no argument {sorted(unknown)[0]!r}; it has {[*self.defaults]}"
            )
        places = dict(zip(self.defaults, range(self.required, self.arity), strict=True))
        if twice := [name for name in named if places[name] < len(args)]:
            raise TypeError(f"{self.name} takes {twice[0]!r} once; it is among its {len(args)} arguments")
        if len(args) < self.required:
            raise TypeError(f"{self.name} takes {self.required} argument(s) or more, {len(args)} given")
        filled = {**self.defaults, **named}
        return super().__call__(*args, *(filled[name] for name in self.defaults if places[name] >= len(args)))
