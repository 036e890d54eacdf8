"""Python in colours."""

from __future__ import annotations

import html
from collections.abc import Iterator

from autograd._support.extras import extra

__all__ = ["KINDS", "highlighted", "pieces"]

KINDS = ("comment", "keyword", "number", "string")


def pieces(source: str) -> Iterator[tuple[str, str]]:
    """Python in pieces, each after its kind, which is one of `KINDS` or empty.

    Raises:
        ImportError: without Pygments, with the command that installs it.

    >>> list(pieces("return 1"))
    [('keyword', 'return'), ('', ' '), ('number', '1')]
    """
    lexers = extra("pygments.lexers", "lectures", "code in a lecture")
    tokens = extra("pygments.token", "lectures", "code in a lecture").Token
    kinds = {
        tokens.Comment: "comment", tokens.Keyword: "keyword", tokens.Operator.Word: "keyword",
        tokens.Number: "number", tokens.String: "string",
    }  # fmt: skip
    lexer = lexers.PythonLexer(stripnl=False, ensurenl=False)
    before, text = "", ""
    for token_type, piece in lexer.get_tokens(source):
        kind = next((name for ancestor, name in kinds.items() if token_type in ancestor), "")
        if kind != before and text:
            yield before, text
            text = ""
        before, text = kind, text + piece
    if text:
        yield before, text


def highlighted(source: str) -> str:
    """Python as HTML, each piece in a span of its kind's class.

    >>> highlighted("x < 'a'")
    'x &lt; <span class="string">&#x27;a&#x27;</span>'
    """
    return "".join(
        f'<span class="{kind}">{html.escape(text)}</span>' if kind else html.escape(text)
        for kind, text in pieces(source)
    )
