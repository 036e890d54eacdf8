"""HTML of objects, which must not close elements of the page around it."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

__all__ = ["checked_html"]

# Elements without an end tag, and those whose end tags may be left out.
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
OPEN = {"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup", "option"}


def checked_html(content: str) -> str:
    """The HTML itself, if each element that it opens or closes is whole.

    Raises:
        ValueError: if not, with the element.

    >>> checked_html("<table><tr><td>1<br></table>")
    '<table><tr><td>1<br></table>'
    >>> checked_html("1</section>")
    Traceback (most recent call last):
        ...
    ValueError: the HTML of an object has 0 <section> and 1 </section>, and would break the lecture's page
    """
    counter = _Counter()
    counter.feed(content)
    counter.close()
    if content.count("<!--") > content.count("-->"):
        raise ValueError("the HTML of an object has a comment without end, and would hide the lecture's page")
    for tag, number in counter.balance.items():
        if number < 0 or (number > 0 and tag not in OPEN):
            opened = counter.opened[tag]
            raise ValueError(
                f"the HTML of an object has {opened} <{tag}> and {opened - number} </{tag}>, and would break "
                "the lecture's page"
            )
    return content


class _Counter(HTMLParser):
    """Counts tags: how often each was opened, and how many more often than closed."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: Counter[str] = Counter()
        self.balance: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID:
            self.opened[tag] += 1
            self.balance[tag] += 1

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        """<circle/> of an svg opens and closes; <div/> opens only, as <div>."""
        if tag in ("div", "span", "section", "p", "table", "script", "style"):
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.balance[tag] -= 1
