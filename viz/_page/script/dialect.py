"""The common names of Python's arithmetic and JavaScript's."""

from __future__ import annotations

import ast

__all__ = ["BUILTINS", "CONSTANTS", "RENAMED", "SHARED", "SIGNS", "TAKEN"]

# Functions of one name and meaning in Python's math and JavaScript's Math, and how many arguments they take.
SHARED = {
    "acos": 1, "acosh": 1, "asin": 1, "asinh": 1, "atan": 1, "atanh": 1, "atan2": 2, "cbrt": 1, "ceil": 1,
    "cos": 1, "cosh": 1, "exp": 1, "expm1": 1, "floor": 1, "log": 1, "log10": 1, "log1p": 1, "log2": 1,
    "hypot": 2, "pow": 2, "sin": 1, "sinh": 1, "sqrt": 1, "tan": 1, "tanh": 1, "trunc": 1,
}  # fmt: skip
RENAMED = {"fabs": "abs"}
WRITTEN = {  # what Math lacks and JavaScript has otherwise
    "fmod": "(x, y) => x % y",
    "copysign": "(x, y) => (y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x))",
}
CONSTANTS = {"pi": "Math.PI", "e": "Math.E", "nan": "NaN", "inf": "Infinity"}
BUILTINS = {"abs": ("Math.abs", 1), "float": ("Number", 1), "min": ("least", 2), "max": ("greatest", 2)}
SIGNS: dict[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "===", ast.NotEq: "!==",
    ast.And: "&&", ast.Or: "||",
}  # fmt: skip
TAKEN = {  # by JavaScript, or by the functions of assets/arithmetic.js
    "arguments", "await", "break", "case", "catch", "checked", "class", "const", "continue", "debugger",
    "default", "delete", "divide", "do", "else", "enum", "eval", "export", "extends", "finally", "for",
    "function", "greatest", "if", "import", "in", "instanceof", "interface", "least", "let", "maths", "new",
    "null", "of", "package", "private", "protected", "public", "return", "static", "super", "switch", "this",
    "throw", "try", "typeof", "undefined", "var", "void", "while", "with", "yield",
    "Infinity", "Math", "NaN", "Number", "RangeError",
}  # fmt: skip
