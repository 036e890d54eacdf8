r"""Markdown with mathematics. HTML in it is text, like all that is no mark.

>>> print(to_html("*a* < <b> $w$").strip())
<p><em>a</em> &lt; &lt;b&gt; <math><mrow><mi>w</mi></mrow></math></p>
"""

from __future__ import annotations

import html
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from autograd._support.extras import extra
from viz._lecture.text.highlighting import highlighted
from viz._lecture.text.mathematics import mathml, readable_latex
from viz._mathematics.mathml import for_browsers

__all__ = ["Passage", "passages", "to_html", "tokens"]

PURPOSE = "text in a lecture"
PYTHON = ("", "python", "py", "pycon")


@dataclass(frozen=True)
class Passage:
    """A part of a text that belongs on one slide.

    Attributes:
        level: of the heading that it begins with, 1 or 2; 0 after a line --- ; None where it begins no slide.
        title: the heading as plain text.
        markdown: the passage, its heading with it.
        is_empty: whether there is nothing but white space.
    """

    level: int | None
    title: str
    markdown: str

    @property
    def is_empty(self) -> bool:
        return not self.markdown.strip()


@cache
def _reader() -> Any:
    reader = extra("markdown_it", "lectures", PURPOSE).MarkdownIt("commonmark", {"html": False})
    reader.enable(["table", "strikethrough"])
    plugin = extra("mdit_py_plugins.dollarmath", "lectures", PURPOSE).dollarmath_plugin
    reader.use(plugin, allow_labels=False, double_inline=True)
    rules = reader.renderer.rules
    rules["math_inline"] = lambda tokens, i, *_: for_browsers(mathml(tokens[i].content))
    rules["math_inline_double"] = lambda tokens, i, *_: _displayed(tokens[i])
    rules["math_block"] = lambda tokens, i, *_: f"<p>{_displayed(tokens[i])}</p>\n"
    rules["fence"] = rules["code_block"] = lambda tokens, i, *_: _code(tokens[i])
    return reader


def _displayed(token: Any) -> str:
    return for_browsers(mathml(token.content, display=True))


def _code(token: Any) -> str:
    is_python = token.info.strip().lower() in PYTHON
    code = highlighted(token.content) if is_python else html.escape(token.content)
    return f"<pre><code>{code}</code></pre>\n"


def tokens(markdown: str) -> list[Any]:
    """The tokens of markdown-it, with math_inline, math_inline_double and math_block among them.

    Raises:
        ImportError: without markdown-it-py, with the command that installs it.
        ValueError: for a picture, which a file on the disk would be.
    """
    read: list[Any] = _reader().parse(markdown)
    for token in read:
        for child in token.children or []:
            if child.type == "image":
                raise ValueError(
                    f"a picture in a text is not read ({child.attrs['src']}): give the file as a part, "
                    "pathlib.Path(...)"
                )
    return read


def to_html(markdown: str) -> str:
    """Markdown as HTML.

    Raises:
        ValueError: for mathematics that cannot be set, with the formula; for a picture.
    """
    read, reader = tokens(markdown), _reader()
    written: str = reader.renderer.render(read, reader.options, {})
    return written


def passages(markdown: str) -> Iterator[Passage]:
    r"""A text in passages: each heading # and ##, and each line ---, begins a slide.

    >>> [(p.level, p.title, p.markdown) for p in passages("a\n# The *net*\nb\n\n---\nc")]
    [(None, '', 'a\n'), (1, 'The net', '# The *net*\nb\n\n'), (0, '', 'c')]
    """
    lines, read = io.StringIO(markdown, newline=None).readlines(), tokens(markdown)  # its ends of lines
    level, title, start = None, "", 0
    for i, token in enumerate(read):
        begins = token.type == "hr" or (token.type == "heading_open" and token.tag in ("h1", "h2"))
        if not begins or token.level:
            continue
        before = Passage(level, title, "".join(lines[start : token.map[0]]))
        if before.level is not None or not before.is_empty:
            yield before
        is_line = token.type == "hr"
        level, title = (0, "") if is_line else (int(token.tag[1]), _plain(read[i + 1]))
        start = token.map[1] if is_line else token.map[0]
    yield Passage(level, title, "".join(lines[start:]))


def _plain(inline: Any) -> str:
    """The words of a line without marks."""
    words = (
        readable_latex(child.content) if child.type.startswith("math") else child.content or " "
        for child in inline.children
        if child.type not in ("em_open", "em_close", "strong_open", "strong_close", "s_open", "s_close")
    )
    return " ".join("".join(words).split())
