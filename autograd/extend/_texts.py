"""The texts of a row from outside: which expressions every reading of the table understands."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

__all__ = ["RESERVED", "check_text", "translate"]

RESERVED = {"x", "y", "z", "out", "pi"}  # the names of a text that are no rows

_COMPARISONS = {
    ast.Lt: ("_less", False), ast.LtE: ("_less_equal", False),
    ast.Gt: ("_less", True), ast.GtE: ("_less_equal", True), ast.Eq: ("_equal", False),
}  # fmt: skip
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.FloorDiv, ast.Mod, ast.USub)
_STRUCTURE = (ast.Expression, ast.BinOp, ast.UnaryOp, ast.Name, ast.Load)


def check_text(text: str) -> None:
    """Refuse an expression that some reading of the table does not understand.

    Raises:
        ValueError: says which part, and how to write a choice.

    >>> check_text("x if x > 0 else 0")
    Traceback (most recent call last):
        ...
    ValueError: 'x if x > 0 else 0' is not arithmetic: a choice is written where(x > 0, x, 0)
    """
    if not isinstance(text, str):
        raise ValueError(f"{text!r:.80} is no text")
    try:
        tree = ast.parse(text, mode="eval")
        ast.unparse(tree)
    except SyntaxError as error:
        raise ValueError(f"{text!r} is no expression: {error.msg}") from None
    except (RecursionError, MemoryError):
        raise ValueError(f"{text!r:.80}… is nested too deeply: let a helper row have a part of it") from None
    for part in ast.walk(tree):
        match part:
            case ast.IfExp(test, body, orelse):
                choice = f"where({ast.unparse(test)}, {ast.unparse(body)}, {ast.unparse(orelse)})"
                raise ValueError(f"{ast.unparse(part)!r} is not arithmetic: a choice is written {choice}")
            case ast.Call(ast.Attribute(_, name)) | ast.Attribute(_, name):
                raise ValueError(
                    f"{text!r} is read in the names of autograd's functions: write {name}, not "
                    f"{ast.unparse(part)}"
                )
            case ast.Constant(int() | float() as number) if not isinstance(number, bool):
                continue
            case ast.Call(ast.Name(), _, []) | ast.Compare():
                continue
            case _ if isinstance(part, (*_STRUCTURE, *_ARITHMETIC, *_COMPARISONS)):
                continue
        if isinstance(part, ast.BitXor):
            raise ValueError(f"{text!r}: a power is written **, not ^")
        code = ast.unparse(part) or type(part).__name__
        raise ValueError(
            f"{code!r} has no place in a partial or kink, which is made of numbers, the inputs x, y, z, the "
            "result out, + - * / ** // %, comparisons, and calls of autograd's functions"
        )


def translate(text: str, keys: Mapping[str, str]) -> str:
    """A text with the keys of rows for their names, and with rows for comparisons.

    >>> translate("2 * cube(x) * (0 < x <= 1)", {"cube": "cube__1"})
    '2 * cube__1(x) * (_less(0, x) * _less_equal(x, 1))'
    >>> translate("1/x", {})
    '1/x'
    """
    tree = ast.parse(text, mode="eval")
    parts = list(ast.walk(tree))
    if not any(isinstance(p, ast.Compare) or (isinstance(p, ast.Name) and p.id in keys) for p in parts):
        return text
    return ast.unparse(ast.fix_missing_locations(_Translation(keys).visit(tree)))


class _Translation(ast.NodeTransformer):
    def __init__(self, keys: Mapping[str, str]) -> None:
        self.keys = keys

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name(self.keys.get(node.id, node.id), node.ctx)

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        sides: Sequence[ast.expr] = [self.visit(side) for side in (node.left, *node.comparators)]
        product: ast.expr | None = None
        for sign, left, right in zip(node.ops, sides, sides[1:], strict=False):
            row, is_swapped = _COMPARISONS[type(sign)]
            pair = [right, left] if is_swapped else [left, right]
            truth = ast.Call(ast.Name(row, ast.Load()), pair, [])
            product = truth if product is None else ast.BinOp(product, ast.Mult(), truth)
        assert product is not None
        return product
