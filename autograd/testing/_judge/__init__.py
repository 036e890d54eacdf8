"""The right value and derivatives of a program, and how far rounding may move them: by mpmath."""
