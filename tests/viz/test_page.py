"""The lecture page as a file, in a notebook too, and the graph unchanged."""

import html.parser
import json
import pickle
import re
import stat
from importlib import resources

from page_graphs import steps_on_the_page

import viz
from autograd import Value, no_grad, sigmoid
from autograd._graph.node import topological_order
from viz._mathematics.typeset import to_text
from viz._pages.chain import lecture_page
from viz._pages.chain.layout import box_formula, laid_out
from viz._pages.chain.live import FIRST
from viz._pages.chain.recording import record
from viz._pictures.chain import chain_picture


class Outside(html.parser.HTMLParser):
    """Everything a page would have to fetch, and its ids."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        for key, value in attrs:
            if key in ("src", "href", "srcset", "action", "xlink:href") and not (value or "").startswith(
                "data:,"
            ):
                self.found.append(f"{tag} {key}={value}")
            if key == "id":
                self.ids.append(value)
        if tag in ("iframe", "img", "object", "embed", "base"):
            self.found.append(tag)


# -- the file --------------------------------------------------------------------------------------


def test_it_is_one_small_file_without_network(lecture_chain, tmp_path):
    path = lecture_page(lecture_chain(3), tmp_path / "chain.html")
    text = path.read_text(encoding="utf-8")
    assert len(text.encode()) < 140_000
    reader = Outside()
    reader.feed(text)
    assert reader.found == []
    assert len(reader.ids) == len(set(reader.ids))
    assert not re.search(r"https?:|@import|url\(|fetch\(|XMLHttpRequest|import\(|localStorage", text)
    assert "default-src 'none'" in text
    assert [p.name for p in tmp_path.iterdir()] == ["chain.html"]
    assert stat.S_IMODE(path.stat().st_mode) & 0o400


def test_the_same_graph_gives_the_same_bytes(lecture_chain, tmp_path):
    files = [lecture_page(lecture_chain(2), tmp_path / name).read_bytes() for name in ("a.html", "b.HTM")]
    assert files[0] == files[1]


ODD = [
    "<b>",
    "a:b",
    r"\frac{a}{b}",
    "\"q'",
    "😀",
    "",
    "z" * 200,
    "</script>",
    "<!--",
    "a\nb",
    "\ud800",
    chr(FIRST + 0x10000),
    "$x",
]


def test_odd_labels_are_safe(tmp_path):
    total = Value(1.0)
    for label in ODD:
        total = (total * Value(0.5, label=label) + 1).with_label(label)
    text = lecture_page(total, tmp_path / "odd.html", title="</title><script>$title").read_text(
        encoding="utf-8"
    )
    assert text.count("<script") == text.count("</script>") == 2
    assert "<b>" not in text
    data = re.search(r'<script type="application/json" id="data">(.*)</script>', text)
    assert data is not None
    assert len(json.loads(data[1])["boxes"]) == 2 * len(ODD)  # the result without a label is no quantity
    for step in json.loads(data[1])["steps"]:  # no label is taken for a live number
        slots = [(ord(c) - FIRST) // 4 for c in step["text"] if ord(c) >= FIRST]
        assert all(slot < len(json.loads(data[1])["cells"]) for slot in slots)


def test_the_graph_is_left_as_it_was(lecture_chain, tmp_path):
    C = lecture_chain(2)
    before = [(node.data, node.label, node.grad) for node in topological_order(C)]
    with no_grad():
        lecture_page(C, tmp_path / "a.html")
    assert [(node.data, node.label, node.grad) for node in topological_order(C)] == before
    C.backward()
    assert (tmp_path / "a.html").read_bytes() == lecture_page(C, tmp_path / "b.html").read_bytes()


def test_it_shows_the_recorded_pass(tmp_path):
    x = Value(3.0, label="x")
    y = (2 * x).with_label("y")
    x.data = 5.0
    recording = record(y, 60)
    assert recording.program.cells[recording.value["n0"]] == 3.0


def test_a_single_leaf(tmp_path):
    assert [step.kind for step in steps_on_the_page(record(Value(2.0, label="x"), 60))] == [
        "overview",
        "backward",
        "everything",
    ]
    assert lecture_page(Value(2.0), tmp_path / "leaf.html").exists()


def test_a_long_formula_is_whole_on_several_lines():
    pairs = [(Value(0.1, label=f"w_{{{i}}}"), Value(0.2, label=f"x_{{{i}}}")) for i in range(9)]
    total = sum((w * x for w, x in pairs), start=Value(0.1, label="b")).with_label("z")
    picture = chain_picture(total)
    *others, box = picture.boxes
    lines = [to_text(one) for one in box_formula(box)]
    assert len(lines) == 2
    assert " ".join(lines) == f"= {viz.text(total)}"
    layout = laid_out(picture, picture)
    short = chain_picture((pairs[0][0] * 2).with_label("z"))
    assert layout.boxes[box.id].height > laid_out(short, short).boxes[short.boxes[-1].id].height + 20
    assert layout.boxes[box.id].width < 420
    assert all(box_formula(other) == [] for other in others)


def test_a_formula_too_long_to_print(tmp_path):
    x = Value(0.5, label="x")
    total = x
    for _ in range(300):
        total = sigmoid(total) + 1
    assert lecture_page(total.with_label("y"), tmp_path / "long.html").stat().st_size < 400_000


def test_every_asset_is_in_the_page(lecture_chain, tmp_path):
    text = lecture_page(lecture_chain(1), tmp_path / "a.html").read_text(encoding="utf-8")
    for asset in resources.files("viz._pages.chain").joinpath("assets").iterdir():
        if asset.name != "body.html":
            assert asset.read_text(encoding="utf-8") in text


# -- in a notebook ---------------------------------------------------------------------------------


class Frame(html.parser.HTMLParser):
    """The frame of a notebook's cell and its links."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[dict[str, str | None]] = []
        self.links: list[str | None] = []

    def handle_starttag(self, tag, attrs) -> None:
        if tag == "iframe":
            self.frames.append(dict(attrs))
        elif tag == "a":
            self.links.append(dict(attrs)["href"])


def test_in_a_notebook_the_path_shows_the_whole_page(lecture_chain, tmp_path):
    path = lecture_page(lecture_chain(1), tmp_path / "the chain.html", title='A "chain" <&>')
    assert path == tmp_path / "the chain.html"
    cell = Frame()
    cell.feed(path._repr_html_())
    (frame,) = cell.frames
    assert frame["srcdoc"] == path.read_text(encoding="utf-8")
    assert frame["sandbox"] == "allow-scripts"
    assert "width: 100%" in frame["style"]
    assert cell.links == [path.as_posix()]  # what is left of it in a notebook that is not trusted
    path.unlink()
    assert path._repr_html_() is None
    assert pickle.loads(pickle.dumps(path)) == path
