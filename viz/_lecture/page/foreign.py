"""HTML of objects, which must not close elements of the page around it."""

from __future__ import annotations

from html.parser import HTMLParser

__all__ = ["checked_html"]

# Elements without an end tag, and those whose end tags may be left out.
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
OPEN = {"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup", "option"}
HOLLOW = {"div", "span", "section", "p", "table", "script", "style"}  # <div/> opens only, as <div>


def checked_html(content: str) -> str:
    """The HTML itself, if it closes all elements that it opens, and no others.

    Raises:
        ValueError: if not, with the element.

    >>> checked_html("<table><tr><td>1<br></table>")
    '<table><tr><td>1<br></table>'
    >>> checked_html("1</section><section>")
    Traceback (most recent call last):
        ...
    ValueError: the HTML of an object has </section> without its <section>, and would break the lecture's page
    """
    reader = _Reader()
    reader.feed(content)
    if reader.rawdata.startswith("<") or content.count("<!--") > content.count("-->"):
        raise ValueError(
            "the HTML of an object ends inside a tag or a comment, and would hide the page's end"
        )
    reader.close()
    reader.leave("")
    return content


class _Reader(HTMLParser):
    """Reads HTML, and keeps the elements that are open, the innermost last."""

    def __init__(self) -> None:
        super().__init__()
        self.path: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID:
            self.path.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        """<circle/> of an svg opens and closes."""
        if tag in HOLLOW:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or (tag == "p" and tag not in self.path):  # which is an empty paragraph
            return
        if tag not in self.path:
            raise ValueError(
                f"the HTML of an object has </{tag}> without its <{tag}>, and would break the lecture's page"
            )
        self.leave(tag)
        self.path.pop()

    def leave(self, tag: str) -> None:
        """Close the elements inside of the last `tag`; of none, all of them."""
        while self.path and self.path[-1] != tag:
            inner = self.path.pop()
            if inner not in OPEN:
                raise ValueError(
                    f"the HTML of an object has <{inner}> without its </{inner}>, and would break the "
                    "lecture's page"
                )
