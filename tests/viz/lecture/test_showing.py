"""What shows itself in a notebook is a part of a lecture."""

import base64
import importlib
import struct
import zlib
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import nn
import viz
from autograd import Value, compile, sigmoid
from viz._layout.scene import smallest_type
from viz._lecture.parts import Code, Formula, Html, Live, Picture, Plain, Text
from viz._lecture.plots import figure_pdf
from viz._lecture.showing import drawn_parts

plt = pytest.importorskip("matplotlib.pyplot")


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height):
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\7" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


w, a = Value(1.2, label="w"), Value(0.5, label="a")
C = sigmoid(w * a).with_label("C")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><text>1</text></svg>'


def shown_as(**forms):
    """An object with methods of those names."""
    methods = {f"_repr_{name}_": lambda self, form=form: form for name, form in forms.items()}
    return type("Shown", (), {**methods, "__repr__": lambda self: "<shown>"})()


def bundled(*bundle):
    return type(
        "Bundled", (), {"_repr_mimebundle_": lambda self, **_: bundle[0] if len(bundle) == 1 else bundle}
    )()


OBJECTS = {
    "text": (lambda: "# Nets", Text),
    "chain": (lambda: viz.draw_chain(C), Picture),
    "matrix": (lambda: viz.matrix([[1, 2]]), Picture),
    "rule": (lambda: viz.chain_rule(C, w), Formula),
    "figure": (plt.figure, Picture),
    "array of axes": (lambda: plt.subplots(1, 2)[1], Picture),
    "plot": (lambda: viz.activation(sigmoid), Picture),
    "net": (lambda: nn.MLP([2, 1], rng=0), Html),
    "summary": (lambda: nn.MLP([2, 1], rng=0).summary(), Html),
    "program": (lambda: compile(C, inputs=[], wrt=[w, a]), Html),
    "perceptron": (lambda: nn.Perceptron(2), Formula),
    "value": (lambda: w, Plain),
    "number": (lambda: 2.5, Plain),
    "list": (lambda: [1, 2], Plain),
    "class": (lambda: nn.MLP, Plain),
    "svg": (lambda: shown_as(svg=SVG), Picture),
    "png": (lambda: shown_as(png=png(40, 20)), Picture),
    "html": (lambda: shown_as(html="<b>1</b>", latex="$1$"), Html),
    "latex": (lambda: shown_as(html=None, latex="$1$"), Formula),
    "latex and words": (lambda: shown_as(latex="$a$ and $b$"), Text),
    "markdown": (lambda: shown_as(markdown="*1*"), Text),
    "nothing": (lambda: shown_as(html=None), Plain),
    "bundle": (lambda: bundled({"image/png": base64.b64encode(png(40, 20)).decode()}), Picture),
    "bundle of text": (lambda: bundled({"text/plain": "1"}), Plain),
    "bundle and metadata": (lambda: bundled({"text/html": "<i>1</i>", "text/plain": "1"}, {}), Html),
}


@pytest.mark.parametrize("name", OBJECTS)
def test_every_object_that_a_notebook_shows_is_a_part(name):
    make, kind = OBJECTS[name]
    (part,) = drawn_parts([make()])
    assert type(part) is kind
    plt.close("all")


@pytest.mark.parametrize("name", ["svg", "png", "bundle"])
def test_a_picture_has_the_shape_that_its_file_says(name):
    (part,) = drawn_parts([OBJECTS[name][0]()])
    assert part.size == (40, 20)


def test_a_list_of_pictures_is_several_pictures_and_any_other_list_is_text():
    drawn = viz.matrix([[1]])
    assert [type(part) for part in drawn_parts([[drawn, viz.draw(C)], (drawn, 1)])] == [
        Picture,
        Picture,
        Plain,
    ]
    assert drawn_parts([[1, "a"]]) == (Plain("[1, 'a']"),)
    assert [type(part) for part in drawn_parts([["a", drawn]])] == [Plain]


def test_outputs_of_code_are_parts_and_text_among_them_is_no_markdown():
    (part,) = drawn_parts([Code("f()", "# a", viz.matrix([[1]]), shown_as(markdown="# b"))])
    assert [type(output) for output in part.outputs] == [Plain, Picture, Text]
    assert part.outputs[0].text == "'# a'"


def test_a_drawing_without_a_size_is_composed_for_its_part_of_a_slide():
    net = nn.MLP([1, 1, 1, 1], node=Value, rng=0)
    chain = nn.quadratic_cost(net([Value(0.5, label="a^{(0)}")]), [Value(1.0, label="y")])
    part, whole = drawn_parts([viz.draw_chain(chain), viz.draw_chain(chain, size=(1280, 720))])
    width, height = (points / 0.75 for points in part.size)
    assert width > 2 * height
    assert smallest_type(part.scene, (width, height)) >= 20  # as on a slide that is 1080 pixels high
    assert whole.size[0] * 9 == whole.size[1] * 16


def test_a_theme_redraws_drawings_slides_and_motions():
    motion = viz.Motion(lambda figure, i: figure.add_subplot().plot([0, i]), 2)
    things = [viz.draw_chain(C), viz.matrix([[1]]), Code("m", motion)]
    *pictures, code = drawn_parts(things, viz.DARK)
    assert {picture.paper.lower() for picture in (*pictures, code.outputs[0].still)} == {
        viz.DARK.paper.lower()
    }
    assert {picture.paper for picture in drawn_parts(things[:2])} == {"#FFFFFF"}


def test_a_plot_is_an_svg_while_that_is_small_and_a_png_as_wide_as_a_slide():
    figure, ax = plt.subplots(figsize=(8, 4.5))
    ax.plot([0, 1])
    ax.set(title="a line", xlabel="$w$", ylabel="$C$")
    (few,) = drawn_parts([ax])
    assert few.form == "svg"
    assert len(few.data) < 20_000
    assert few.words == "a line; C over w"
    ElementTree.fromstring(few.data)
    ax.scatter(*np.random.default_rng(0).normal(size=(2, 20_000)))
    (many,) = drawn_parts([figure])
    assert many.form == "png"
    assert struct.unpack(">II", many.data[16:24]) == (1920, 1080)
    assert len(many.data) < 400_000
    pixels = plt.figure()
    pixels.figimage(np.random.default_rng(0).uniform(size=(480, 640)))
    (large,) = drawn_parts([pixels])
    assert large.form == "png"
    plt.close("all")


def test_a_figure_that_was_changed_stays_known_as_changed_when_it_is_written_to_a_pdf():
    figure = plt.figure()
    for is_changed in (False, True):
        figure.stale = is_changed
        assert figure_pdf(figure, (640, 480)).startswith(b"%PDF")
        assert figure.stale is is_changed
    plt.close(figure)


def test_files_are_parts_by_their_suffix(tmp_path):
    page = viz.lecture_page(C, tmp_path / "chain.html")
    gif = viz.animate(viz.Motion(lambda figure, i: figure.add_subplot().plot([0, i]), 2), tmp_path / "a.gif")
    (tmp_path / "a.png").write_bytes(png(40, 20))
    (tmp_path / "b.svg").write_text(SVG)
    live, moving, picture, drawn = drawn_parts([page, gif, tmp_path / "a.png", tmp_path / "b.svg"])
    assert live.words == "C, step by step"
    assert live.still.scene is not None
    assert moving.gif == gif.read_bytes()
    assert moving.still.size == pytest.approx((1920, 1080), abs=0.1)
    assert moving.still.form == "svg"
    assert (picture.size, picture.words, drawn.size) == ((40, 20), "a", (40, 20))
    (by_hand,) = drawn_parts([Path(page)])
    assert type(by_hand) is Live
    assert by_hand.still is None
    (tmp_path / "c.html").write_text("<title> a &amp; b </title>")
    assert drawn_parts([tmp_path / "c.html"])[0].words == "a & b"
    with pytest.raises(ValueError, match=r"a page \(.html\), a motion \(.gif\) or a picture .*, not 'a.csv'"):
        drawn_parts([tmp_path / "a.csv"])
    with pytest.raises(FileNotFoundError):
        drawn_parts([tmp_path / "none.png"])


def test_none_is_told_with_its_place():
    with pytest.raises(TypeError, match="not None: a function that prints returns nothing") as told:
        drawn_parts(["# a", print()])
    assert told.value.__notes__ == ["This is part 1 of the lecture, counted from 0: NoneType."]


def test_an_object_that_fails_to_show_itself_is_told_with_its_place():
    class Broken:
        def _repr_html_(self):
            raise ZeroDivisionError("no table")

    with pytest.raises(ZeroDivisionError, match="no table") as told:
        drawn_parts([Code("b", Broken())])
    assert told.value.__notes__ == ["This is part 0 of the lecture, counted from 0: Code."]


def test_an_svg_that_no_browser_would_show_is_told():
    with pytest.raises(ValueError, match="this svg is no XML"):
        drawn_parts([shown_as(svg="<svg>\0</svg>")])


def test_functions_and_modules_among_the_parts_are_told(tmp_path, monkeypatch):
    (tmp_path / "deck_of_one.py").write_text("# %%\ndef area(): return '2 * 3'\n2 * 3")
    monkeypatch.syspath_prepend(tmp_path)
    deck_of_one = importlib.import_module("deck_of_one")
    with pytest.raises(TypeError, match="not a function: call it, area") as told:
        drawn_parts([deck_of_one.area])
    assert "This is part 0" in told.value.__notes__[0]
    assert drawn_parts([deck_of_one.area()]) == (Text("2 * 3"),)
    with pytest.raises(TypeError, match="not a module") as told:
        drawn_parts([deck_of_one])
    advice = str(told.value).rpartition(" give *")[2]
    (code,) = eval(advice, {"viz": viz, "deck_of_one": deck_of_one})
    assert drawn_parts([code])[0].outputs == (Plain("6"),)
