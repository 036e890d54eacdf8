"""The table: a row for each primitive, with its derivatives as text, and the readings of these."""

from autograd._table import rules  # the table is full before any of its rooms is read  # noqa: F401
