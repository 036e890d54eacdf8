"""What a lecture is told about its parts and its file; nothing is half written."""

import html
import os
import re
import sys

import pytest

import viz
from autograd import Value
from viz._lecture.parts import Formula, Html, Live, Moving, Picture, Plain, Text
from viz._lecture.slides.grouping import slides_of
from viz._lecture.text import markdown

x = Value(2.0, label="x")
drawing = viz.draw_chain((x * x).with_label("y"))


@pytest.mark.parametrize(
    ("parts", "error", "words"),
    [
        ("# Text", TypeError, 'parts are a list, such as ["# Heading", drawing], not str'),
        (drawing, TypeError, "not Drawing"),
        (None, TypeError, "not NoneType"),
        ([], ValueError, "a lecture has at least one part"),
        (["", " \n"], ValueError, "a lecture has at least one part"),
        (["a", None], TypeError, "not None"),
        ([Html("1</section><section>", "1")], ValueError, "</section> without its <section>"),
        ([Html("<!-- 1", "1")], ValueError, "inside a tag or a comment"),
        ([Html("<b title='", "1")], ValueError, "inside a tag or a comment"),
        ([Html("<script>1", "1")], ValueError, "<script> without its </script>"),
        ([r"# A" + "\n" + r"so $\frac{a$ is"], ValueError, r"cannot set $\frac{a$"),
    ],
)
def test_parts_that_are_none_are_told_and_nothing_is_written(parts, error, words, tmp_path):
    path = tmp_path / "lecture.html"
    path.write_text("earlier")
    with pytest.raises(error) as told:
        viz.lecture(parts, path)
    assert words in str(told.value)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("lecture.html", "earlier")]


def test_a_file_that_cannot_be_written_is_told_before_any_part_is_drawn(tmp_path):
    def parts():
        pytest.fail("a part was asked for")
        yield

    with pytest.raises(ValueError, match=r"lecture writes \.html, \.pdf and \.ipynb files, not 'a\.pptx'"):
        viz.lecture(parts(), tmp_path / "a.pptx")
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        viz.lecture(parts(), tmp_path / "none" / "a.html")
    (tmp_path / "b.html").mkdir()
    with pytest.raises(IsADirectoryError):
        viz.lecture(parts(), tmp_path / "b.html")
    for options, words in [
        ({"title": 3}, "a title is text"), ({"theme": "dark"}, "viz.DARK"), ({"projector": 1}, "projector"),
    ]:  # fmt: skip
        with pytest.raises(TypeError, match=words):
            viz.lecture(parts(), tmp_path / "a.html", **options)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_locked_folder_is_told(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError):
        viz.lecture(["a"], tmp_path / "a.html")


@pytest.mark.parametrize("package", ["markdown_it", "mdit_py_plugins", "latex2mathml", "pygments"])
def test_a_missing_package_is_told_with_the_command(package, tmp_path, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [_Without(package), *sys.meta_path])
    markdown._reader.cache_clear()
    with pytest.raises(ImportError, match=rf'needs {package}: pip install "chainrule\[lectures\]"'):
        viz.lecture(["# $a$", viz.Code("a")], tmp_path / "a.html")
    assert list(tmp_path.iterdir()) == []
    markdown._reader.cache_clear()


class _Without:
    """As if a package were not installed."""

    def __init__(self, package):
        self.package = package

    def find_spec(self, name, *_):
        if name.partition(".")[0] == self.package:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def test_without_headings_each_picture_has_a_slide_with_the_text_before_it():
    one, two = (Picture("svg", b"", (16.0, 9.0), words) for words in "ab")
    text, plain = Text("t"), Plain("p")
    assert [s.parts for s in slides_of([text, one, plain, text, two])] == [(text, one, plain), (text, two)]
    assert [s.parts for s in slides_of([one, viz.Code("c", two), plain])] == [
        (one,), (viz.Code("c", two), plain),
    ]  # fmt: skip
    assert [s.parts for s in slides_of([Text("# h"), one, two])] == [(Text("# h"), one, two)]
    assert [(s.level, s.parts) for s in slides_of([text, Text("---"), one, Text("---"), Text("---\nt")])] == [
        (0, (text,)), (0, (one,)), (0, (text,)),
    ]  # fmt: skip


def test_few_lines_and_a_short_formula_are_larger(tmp_path):
    parts = [
        "# A deck\nOf nets.",
        "## Few\nwords",
        "## Many\n" + "words\n\n" * 30,
        "## Code",
        viz.Code("a = 1"),
    ]
    parts += [
        "## Short",
        viz.chain_rule((x * x).with_label("y"), x),
        "## Formula",
        Formula("a" * 99, "", "a" * 99),
    ]
    page = viz.lecture(parts, tmp_path / "a.html").read_text("utf-8")
    kinds = re.findall('class="slide ([a-z]+)"', page)
    assert kinds == ["title", "short", "long", "long", "pictured", "pictured"]
    assert re.findall('<p class="(large|long)">', page) == ["large", "long"]


def test_words_of_pictures_are_text(tmp_path):
    words = "\"><b>'&"
    still = Picture("svg", b"<svg/>", (16.0, 9.0), words)
    parts = ["# A deck", still, Moving(b"GIF89a", still, words), Live("<p>1</p>", still, words)]
    page = viz.lecture([*parts, Live("<p>2</p>", None, words)], tmp_path / "a.html").read_text("utf-8")
    assert words not in page
    assert page.count(html.escape(words)) == 7  # a motion and pages say them twice


def test_a_prime_of_a_formula_is_as_high_as_its_letter(tmp_path):
    parts = [Formula(r"\sigma'(z)", "", "the derivative of sigma")]
    page = viz.lecture(parts, tmp_path / "lecture.html").read_text(encoding="utf-8")
    assert 'lspace="0" rspace="0">′</mo>' in page
