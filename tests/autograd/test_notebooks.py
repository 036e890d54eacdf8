"""Tables as HTML, texts as printed: each text stays a text, and a notebook sets none of it as mathematics."""

import copy
import pickle
from html.parser import HTMLParser

import pytest

from autograd._support.notebooks import PrintedText, Table, TableText

HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=y>', "&lt;", "$x$ and $$y$$", r"\(z\)"]


class Reader(HTMLParser):
    """The tags of a document, and the texts of its cells."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags, self.rows, self.is_in_cell = set(), [], False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.is_in_cell = True
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        self.is_in_cell = self.is_in_cell and tag not in ("td", "th")

    def handle_data(self, data):
        if self.is_in_cell:
            self.rows[-1][-1] += data


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_shown_as_it_is(text):
    html = Table(["heading", text], [[text, "1"]], title=text, notes=[text]).html()
    reader = Reader(html)
    assert reader.rows == [["heading", text], [text, "1"]]
    assert reader.tags <= {"table", "thead", "tbody", "tr", "th", "td", "p", "span"}
    assert "$" not in html.replace("<span>$</span>", "")  # so that two of them frame no formula


@pytest.mark.parametrize("count", [0, 1, 20, 21, 22, 1000])
def test_a_long_table_shows_both_ends_and_counts_the_rest(count):
    rows = Reader(Table(["n"], [[str(i)] for i in range(count)]).html()).rows[1:]
    shown = [int(cell) for (cell,) in rows if cell.isdigit()]
    gaps = [cell for (cell,) in rows if not cell.isdigit()]
    assert not count or {0, count - 1} <= set(shown)
    assert shown == sorted(shown)
    assert len(shown) + sum(int(gap.split()[1].replace(",", "")) for gap in gaps) == count
    assert len(rows) <= 21


def test_a_copied_text_keeps_its_table():
    text = TableText("n\n1", Table(["n"], [["1"]]))
    for again in (copy.copy(text), copy.deepcopy(text), pickle.loads(pickle.dumps(text))):
        assert again == text
        assert again._repr_html_() == text._repr_html_()


def test_a_text_is_shown_as_it_is_printed_and_stays_a_text():
    formatter = pytest.importorskip("IPython.core.formatters").DisplayFormatter()
    text = PrintedText("├─ a\n└─ 'b'")
    assert formatter.format(text)[0] == {"text/plain": "├─ a\n└─ 'b'"}
    assert formatter.format([text])[0] == {"text/plain": repr([str(text)])}
    assert (text, repr(text), type(text + "")) == (str(text), repr(str(text)), str)
    assert pickle.loads(pickle.dumps(text)) == copy.deepcopy(text) == text
