"""Objects that show themselves wrongly, damaged pictures, and signs that are rare in text."""

import json
import re
import time
from xml.etree import ElementTree

import pytest

import viz
from viz._lecture.parts import Html, Plain, Text
from viz._lecture.showing import drawn_parts
from viz._lecture.text.markdown import passages

PNG, SVG = b"\x89PNG\r\n\x1a\n", "<svg viewBox='0 0 2 1'></svg>"


def shown_as(name, form):
    methods = {f"_repr_{name}_": lambda self, **_: form, "__repr__": lambda self: "<shown>"}
    return type("Shown", (), methods)()


@pytest.mark.parametrize(
    ("name", "form", "error", "words"),
    [
        ("html", 3, TypeError, "gives text/html as text, not as 3"),
        ("svg", b"<svg/>", TypeError, r"gives image/svg\+xml as text, not as b'<svg/>'"),
        ("latex", ["a"], TypeError, "gives text/latex as text"),
        ("png", 3, TypeError, "gives image/png as bytes, or text in base64, not as 3"),
        ("mimebundle", [1], TypeError, r"_repr_mimebundle_ gives a dict of forms, not \[1\]"),
        ("png", b"GIF89a", ValueError, "this png is no PNG"),
        ("png", PNG + b"\0\0\0\rIHDR", ValueError, "or is cut off: 16 bytes"),
        ("gif", b"GIF89a", ValueError, "this gif is no GIF, or is damaged: 6 bytes"),
        ("svg", "<html/>", ValueError, "this svg has a <html> in place of its <svg>"),
    ],
)
def test_a_form_of_another_kind_and_a_damaged_picture_are_told_with_their_place(name, form, error, words):
    with pytest.raises(error, match=words) as told:
        drawn_parts(["# One", shown_as(name, form)])
    assert told.value.__notes__ == ["This is part 1 of the lecture, counted from 0: Shown."]


def test_an_svg_without_the_name_of_its_language_shows_as_in_a_notebook():
    (picture,) = drawn_parts([shown_as("svg", SVG)])
    assert picture.data == SVG.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"').encode()
    assert picture.size == (2, 1)


def test_a_list_that_holds_itself_is_its_repr():
    things = []
    things.append(things)
    assert drawn_parts([things]) == (Plain("[[...]]"),)
    assert drawn_parts([[things]]) == (Plain("[[[...]]]"),)
    pair = [[]]
    pair[0].append(pair)
    assert drawn_parts([pair]) == (Plain("[[[...]]]"),)


def test_signs_that_end_no_line_of_markdown_leave_the_slides_as_they_are():
    signs = "a\u2028b\x0bc\x85d\x1ce"
    assert [p.markdown for p in passages(f"{signs}\r\n# One\r\n{signs}")] == [f"{signs}\n", f"# One\n{signs}"]


def test_a_pdf_has_very_long_words_and_titles_of_any_text(tmp_path):
    pytest.importorskip("fpdf")
    word = "abcdefghij" * 500
    start = time.process_time()
    with pytest.warns(UserWarning, match="no font"):
        path = viz.lecture([f"\ud800 {word}"], tmp_path / "a.pdf", title="\ud800")
    assert time.process_time() - start < 10  # seconds; each letter was measured with all before it
    pdfium = pytest.importorskip("pypdfium2")
    text = "".join(page.get_textpage().get_text_bounded() for page in pdfium.PdfDocument(path))
    assert word in re.sub(r"[\s\d]", "", text)  # without the numbers of its pages


def test_html_of_an_object_may_leave_out_the_ends_that_html_leaves_out(tmp_path):
    content = "<ul><li>a<li>b</ul><p>c<p>d<table><tr><td>1<td>2<tr></table><svg><g/></svg><br>"
    assert content in viz.lecture([Html(content, "")], tmp_path / "a.html").read_text("utf-8")


def test_code_and_markdown_among_outputs_are_shown_in_every_form(tmp_path):
    pytest.importorskip("fpdf")
    code = viz.Code("f()", viz.Code("1 + 1", 2), shown_as("markdown", "*three*"))
    assert drawn_parts([code]) == (viz.Code("f()", Plain("1 + 1"), Plain("2"), Text("*three*")),)
    for form in ("html", "pdf", "ipynb"):
        viz.lecture([code], tmp_path / f"a.{form}")
    outputs = json.loads((tmp_path / "a.ipynb").read_text("utf-8"))["cells"][0]["outputs"]
    assert outputs[2]["data"]["text/markdown"] == ["*three*"]


def test_an_svg_in_another_encoding_is_read_as_it_declares(tmp_path):
    path, text = tmp_path / "a.svg", SVG.replace("<svg", "<svg xmlns='http://www.w3.org/2000/svg'")
    text = f"<?xml version='1.0' encoding='utf-16'?>{text.replace('><', '><title>é</title><')}"
    path.write_bytes(text.encode("utf-16"))
    (picture,) = drawn_parts([path])
    assert picture.size == (2, 1)
    assert ElementTree.fromstring(picture.data.decode("utf-8"))[0].text == "é"
