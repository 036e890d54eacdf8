"""Files: typeset, by the system's dot, by pygraphviz, by neither; and after a failure."""

import base64
import os
import re
import stat
import subprocess
import sys
import zlib
from pathlib import Path

import graphviz
import numpy as np
import pytest

import viz
from autograd import Value
from viz._layout.compose import compose
from viz._layout.scene import Inked, Scene
from viz._mathematics import outlines
from viz._mathematics.outlines import Glyph, Ink, available
from viz._output.dot import to_dot
from viz._output.pdf import to_pdf
from viz._output.render import png_dpi

MAGIC = {"svg": b"<?xml", "png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF"}

STAND_IN = """#!{python}
import sys
form = [a for a in sys.argv if a.startswith("-T")][0][2:]
source = sys.stdin.buffer.read()
sys.stdout.buffer.write(b"drawn by the system as " + form.encode() + b": " + source[:14])
"""


@pytest.fixture
def drawing() -> graphviz.Digraph:
    y = (Value(3.0, label="w^{(1)}") * 2).with_label(r"\sigma")
    return viz.draw_chain(y)


@pytest.fixture
def no_dot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))


def install_dot(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    folder.mkdir()
    program = folder / "dot"
    program.write_text(script.format(python=sys.executable))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder))


@pytest.mark.parametrize("form", MAGIC)
@pytest.mark.usefixtures("no_dot")
def test_without_a_system_dot(drawing: graphviz.Digraph, tmp_path: Path, form: str) -> None:
    pytest.importorskip("pygraphviz")
    path = viz.render(drawing, tmp_path / f"chain.{form}")
    assert path.read_bytes().startswith(MAGIC[form])


@pytest.fixture
def no_typesetting(monkeypatch: pytest.MonkeyPatch) -> None:
    # viz.render is the function; its module has the same name
    monkeypatch.setattr(sys.modules["viz._output.render"], "available", lambda: False)


@pytest.mark.usefixtures("no_dot", "no_typesetting")
def test_without_typesetting_the_svg_is_graphviz_own(drawing: graphviz.Digraph, tmp_path: Path) -> None:
    pytest.importorskip("pygraphviz")
    svg = viz.render(drawing, str(tmp_path / "chain.SVG")).read_text(encoding="utf-8")
    words = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    for expected in ("w⁽¹⁾", "value 3.00", "σ = 2w⁽¹⁾", "∂σ/∂w⁽¹⁾ = 2", "= +2.00", "grad +1.00"):
        assert expected in words
    for form in ("png", "pdf"):
        assert viz.render(drawing, tmp_path / f"chain.{form}").read_bytes().startswith(MAGIC[form])


def test_whether_typesetting_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ziamath.zmath", None)
    available.cache_clear()
    outlines._typesetter.cache_clear()
    try:
        assert not available()
    finally:
        monkeypatch.undo()
        available.cache_clear()


@pytest.mark.usefixtures("no_dot")
def test_without_resvg_a_png_is_graphviz_own(
    drawing: graphviz.Digraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pygraphviz")
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    assert viz.render(drawing, tmp_path / "chain.png").read_bytes().startswith(MAGIC["png"])


@pytest.mark.usefixtures("no_dot", "fonts_of_every_sign")
def test_a_sign_of_no_font_makes_the_pdf_graphviz_own(tmp_path: Path) -> None:
    pytest.importorskip("pygraphviz")
    y = (Value(3.0, label="权") * 2).with_label("y")
    data = viz.render(viz.draw_chain(y), tmp_path / "chain.pdf").read_bytes()
    assert data.startswith(MAGIC["pdf"])
    assert b"chainrule" not in data


def test_what_is_added_to_a_drawing_is_drawn(drawing: graphviz.Digraph, tmp_path: Path) -> None:
    pytest.importorskip("pygraphviz")
    drawing.node("mine", "an afterthought")
    svg = viz.render(drawing, tmp_path / "chain.svg").read_text(encoding="utf-8")
    assert "an afterthought" in svg
    copied = viz.draw_chain(Value(3.0, label="x")).copy()
    assert viz.render(copied, tmp_path / "copy.svg").exists()


@pytest.mark.parametrize("colours", [viz.LIGHT, viz.DARK])
def test_a_png_shows_something_in_the_themes_colours(
    drawing: graphviz.Digraph, tmp_path: Path, colours: viz.Theme
) -> None:
    images = pytest.importorskip("PIL.Image")
    pytest.importorskip("resvg_py")
    drawing = to_dot(drawing.picture, colours)
    with images.open(viz.render(drawing, tmp_path / "chain.png")) as image:
        counts = {color: n for n, color in image.convert("RGB").getcolors(1 << 20)}

    def rgb(colour: str) -> tuple[int, ...]:
        return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))

    assert max(counts, key=lambda color: counts[color]) == rgb(colours.paper)
    for colour in (colours.ink, colours.positive, colours.parameter):
        assert counts.get(rgb(colour), 0) > 50


def test_a_pdf_is_lines_and_letters_and_no_picture(drawing: graphviz.Digraph, tmp_path: Path) -> None:
    pytest.importorskip("ziamath")
    data = viz.render(drawing, tmp_path / "chain.pdf").read_bytes()
    assert b"/Image" not in data
    [(start, end)] = [m.span(1) for m in re.finditer(rb"stream\n(.*?)\nendstream", data, re.DOTALL)]
    page = zlib.decompress(data[start:end]).decode("ascii").split("\n")
    assert sum(line.endswith(" c") for line in page) > 100  # curves
    assert sum(line == "f Q" for line in page) > 30  # letters
    assert sum(line.startswith("q ") for line in page) == sum(line.endswith("Q") for line in page)
    # The table at the end says where each object begins.
    table = int(re.findall(rb"startxref\n(\d+)", data)[0])
    assert data[table:].startswith(b"xref")
    for i, place in enumerate(re.findall(rb"(\d{10}) 00000 n", data[table:]), start=1):
        assert data[int(place) :].startswith(b"%d 0 obj" % i)


def test_a_letter_has_the_same_curves_in_a_pdf() -> None:
    """A quadratic piece from (0, 0) by (30, 60) to (60, 0), as the cubic one that PDF has."""
    letter = Ink(60, 60, 0, (Glyph("M0 0Q30 60 60 0Z", 0, 0, 1000),), "∩")
    data = to_pdf(Scene(90, 90, "", "", "#FFFFFF", (Inked(letter, 0, 0, "#000000", "formula"),)))
    page = zlib.decompress(data[data.index(b"stream\n") + 7 : data.index(b"\nendstream")]).decode("ascii")
    assert "0 0 m\n20 40 40 40 60 0 c\nh\nf Q" in page


def test_a_pdf_looks_as_the_png(drawing: graphviz.Digraph, tmp_path: Path) -> None:
    pdfium, images = pytest.importorskip("pypdfium2"), pytest.importorskip("PIL.Image")
    pytest.importorskip("resvg_py")
    page = pdfium.PdfDocument(viz.render(drawing, tmp_path / "chain.pdf").read_bytes())[0]
    with images.open(viz.render(drawing, tmp_path / "chain.png", dpi=144)) as still:
        png = np.asarray(still.convert("L"), dtype=float)
    pdf = np.asarray(page.render(scale=2).to_pil().convert("L"), dtype=float)
    height, width = (min(a, b) for a, b in zip(png.shape, pdf.shape, strict=True))
    assert abs(png[:height, :width] - pdf[:height, :width]).mean() < 3
    assert pdf.std() > 20


@pytest.mark.usefixtures("no_dot")
def test_dpi_scales_a_png(drawing: graphviz.Digraph, tmp_path: Path) -> None:
    pytest.importorskip("pygraphviz")

    def width(dpi: int) -> int:
        data = viz.render(drawing, tmp_path / "chain.png", dpi=dpi).read_bytes()
        return int.from_bytes(data[16:20], "big")

    assert width(192) == pytest.approx(2 * width(96), abs=2)


@pytest.mark.parametrize("ours", [True, False], ids=["typeset", "by Graphviz alone"])
@pytest.mark.parametrize("given", [{"dpi": 2400}, {"width": 20_000}, {}])
def test_a_png_of_too_many_pixels_is_refused_before_it_is_drawn(
    drawing: graphviz.Digraph,
    tmp_path: Path,
    given: dict[str, int],
    ours: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("resvg_py")
    path = tmp_path / "chain.png"
    path.write_text("old")
    shown = drawing if ours else graphviz.Source(drawing.source)
    monkeypatch.setattr(sys.modules["viz._output.render"], "MOST_PIXELS", 40_000)
    with pytest.raises(
        ValueError, match=r"a png of [\d,]+ x [\d,]+ pixels has more than the 40,000"
    ) as raised:
        viz.render(shown, path, **given)
    assert path.read_text() == "old"
    for name, number in re.findall(r"(width|dpi)=(\d+)", str(raised.value)):
        wide, high = size(viz.render(shown, path, **{name: int(number)}))
        assert 36_000 < wide * high < 42_000
    assert viz.render(shown, path.with_suffix(".svg"), **given).exists()  # as the message says too


def test_what_no_width_makes_small_enough_is_for_svg_and_pdf() -> None:
    with pytest.raises(ValueError, match=r"that it may have: write an \.svg or a \.pdf"):
        png_dpi(1.0, 1e12, None, None)


def size(path: Path) -> tuple[int, int]:
    data = path.read_bytes()
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def long_chain(steps: int) -> graphviz.Digraph:
    node = Value(0.5, label="x")
    for i in range(steps):
        node = (2 * node).with_label(f"y_{{{i}}}")
    return viz.draw_chain(node)


def test_without_a_size_a_png_is_made_for_a_slide(drawing: graphviz.Digraph, tmp_path: Path) -> None:
    pytest.importorskip("resvg_py")
    path = tmp_path / "chain.png"

    def points(shown: graphviz.Digraph) -> float:
        return compose(shown.picture).width

    # A small one at 192 dots per inch, a wide one as wide as a screen, a very wide one still legible.
    assert size(viz.render(drawing, path))[0] == pytest.approx(points(drawing) * 192 / 72, abs=1)
    wide, wider = long_chain(8), long_chain(12)
    assert 960 < points(wide) < 2560 < points(wider)
    assert size(viz.render(wide, path))[0] == 2560
    assert size(viz.render(wider, path))[0] == pytest.approx(points(wider), abs=1)


@pytest.mark.parametrize("typeset", [True, False])
def test_a_png_of_a_width(
    drawing: graphviz.Digraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typeset: bool
) -> None:
    pytest.importorskip("resvg_py")
    monkeypatch.setattr(sys.modules["viz._output.render"], "available", lambda: typeset)
    high = size(viz.render(drawing, tmp_path / "chain.png"))
    wide = size(viz.render(drawing, tmp_path / "chain.png", width=500))
    assert wide[0] == pytest.approx(500, abs=0 if typeset else 3)
    assert wide[1] / wide[0] == pytest.approx(high[1] / high[0], rel=0.02)


@pytest.mark.parametrize("form", ["svg", "pdf"])
def test_the_size_of_a_png_is_that_of_a_png_alone(
    drawing: graphviz.Digraph, tmp_path: Path, form: str
) -> None:
    sizes: list[dict[str, int]] = [{}, {"dpi": 50}, {"width": 500}]
    one, two, three = (
        viz.render(drawing, tmp_path / f"chain{i}.{form}", **given) for i, given in enumerate(sizes)
    )
    assert one.read_bytes() == two.read_bytes() == three.read_bytes()


WRONG = [
    ({"dpi": 0}, "dpi is a number from 1 to 2400, not 0"),
    ({"dpi": "a"}, "dpi is a number from 1 to 2400, not 'a'"),
    ({"dpi": True}, "dpi is a number"),
    ({"dpi": float("nan")}, "dpi is a number"),
    ({"width": 100.5}, "width is a whole number of pixels from 16 to 20000, not 100.5"),
    ({"width": True}, "width is a whole number"),
    ({"width": 10**9}, "width is a whole number"),
    ({"dpi": 96, "width": 500}, "give dpi=96 or width=500, not both"),
]


@pytest.mark.parametrize(("given", "message"), WRONG)
def test_a_size_that_is_none_is_refused(tmp_path: Path, given: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        viz.render(graphviz.Digraph(), tmp_path / "chain.png", **given)
    with pytest.raises(ValueError, match=message):
        viz.frames(Value(1.0) * 2, tmp_path / "frames", kind="png", **given)
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("no_dot")
def test_a_notebook_shows_it_without_a_system_dot(drawing: graphviz.Digraph) -> None:
    pytest.importorskip("pygraphviz")
    assert "<svg" in drawing._repr_mimebundle_()["image/svg+xml"]


def png_width(encoded: str) -> int:
    return int.from_bytes(base64.b64decode(encoded)[16:20], "big")


def test_in_a_notebook_a_drawing_is_as_wide_as_its_cell_and_has_a_png(lecture_chain) -> None:
    """JupyterLab shows an svg as wide as its file says; one that is not trusted, the png alone."""
    wide, small = viz.draw_chain(lecture_chain(3)), viz.draw(Value(2.0, label="x") * 3)
    shown = wide._repr_mimebundle_()
    assert re.search(r'<svg[^>]* width="100%" viewBox="0 0 \d', shown["image/svg+xml"])
    assert png_width(shown["image/png"]) == 960
    assert sum(map(len, shown.values())) < 230_000  # of all forms: 30 such drawings are 7 MB
    shown = small._repr_mimebundle_()
    points = float(re.search(r'<svg[^>]* width="([\d.]+)pt"', shown["image/svg+xml"])[1])
    assert png_width(shown["image/png"]) == pytest.approx(points * 96 / 72, abs=1)


def test_a_notebook_has_the_forms_that_it_asks_for(drawing, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(drawing._repr_mimebundle_(include={"image/png"})) == ["image/png"]
    assert list(drawing._repr_mimebundle_(exclude={"image/png", "image/svg+xml"})) == [
        "application/pdf",
        "text/plain",
    ]
    asked = []
    monkeypatch.setattr(
        "viz._output.notebooks.scene_bytes", lambda scene, form, **_: asked.append(form) or b""
    )
    drawing._repr_mimebundle_(include=["image/svg+xml"])
    assert asked == ["svg"]  # no png is made for nobody


@pytest.mark.parametrize("theirs", [graphviz.Digraph, graphviz.Graph])
def test_any_other_graph_is_drawn_by_the_systems_dot_first(
    theirs: type[graphviz.Graph], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_dot(monkeypatch, tmp_path / "bin", STAND_IN)
    graph = theirs("G")
    graph.node("a")
    for form in ("svg", "pdf", "png"):
        path = viz.render(graph, tmp_path / f"theirs.{form}")
        assert path.read_bytes().startswith(b"drawn by the system as " + form.encode())


@pytest.mark.usefixtures("no_typesetting")
def test_a_system_dot_that_fails_is_not_the_end(
    drawing: graphviz.Digraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dot without cairo cannot write png."""
    pytest.importorskip("pygraphviz")
    install_dot(monkeypatch, tmp_path / "bin", "#!{python}\nraise SystemExit('no png here')\n")
    assert viz.render(drawing, tmp_path / "chain.png").read_bytes().startswith(MAGIC["png"])
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    with pytest.raises(RuntimeError, match="no png here"):
        viz.render(drawing, tmp_path / "other.png")


@pytest.mark.usefixtures("no_dot")
def test_with_neither_the_command_to_install_one_is_given(
    drawing: graphviz.Digraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    with pytest.raises(RuntimeError, match=r'needs pygraphviz: pip install "chainrule\[drawings\]"'):
        viz.render(drawing, tmp_path / "chain.svg")
    drawing.node("mine", "which only Graphviz can lay out")
    shown = drawing._repr_mimebundle_()
    assert list(shown) == ["text/plain"]
    assert shown["text/plain"].startswith("σ = 2w⁽¹⁾")
    assert 'needs pygraphviz: pip install "chainrule[drawings]"' in shown["text/plain"]
    assert [p.name for p in tmp_path.iterdir()] == ["empty"]


@pytest.mark.usefixtures("no_dot")
@pytest.mark.parametrize("missing", ["pygraphviz", "resvg_py"])
def test_a_notebook_without_graphviz_shows_a_drawing_composed_as_for_a_slide(
    drawing: graphviz.Digraph, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after ``pip install chainrule`` without extras, which has neither."""
    pytest.importorskip("ziamath")
    for package in {"pygraphviz", missing}:
        monkeypatch.setitem(sys.modules, package, None)
    shown = drawing._repr_mimebundle_()
    assert ("image/png" in shown) == (missing == "pygraphviz")
    assert base64.b64decode(shown["application/pdf"]).startswith(MAGIC["pdf"])
    assert 'viewBox="0 0 960 540"' in shown["image/svg+xml"]
    assert "needs pygraphviz: pip install" in shown["text/plain"]


@pytest.mark.usefixtures("no_dot")
def test_where_graphviz_asks_for_its_program_ours_is_told_of(
    drawing: graphviz.Digraph, tmp_path: Path
) -> None:
    pytest.importorskip("pygraphviz")
    for ask in (lambda: drawing.render(tmp_path / "own"), lambda: drawing.pipe("svg"), drawing.view):
        with pytest.raises(graphviz.ExecutableNotFound) as raised:
            ask()
        (note,) = raised.value.__notes__
        assert "viz.render(drawing, 'drawing.svg') writes svg, pdf and png" in note
    assert viz.render(drawing, tmp_path / "drawing.svg").exists()


def test_graphviz_own_render_is_as_it_was(
    drawing: graphviz.Digraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_dot(monkeypatch, tmp_path / "bin", STAND_IN)
    monkeypatch.chdir(tmp_path)
    assert drawing.pipe("svg", encoding="utf-8").startswith("drawn by the system as svg")
    install_dot(monkeypatch, tmp_path / "bin2", "#!{python}\nimport sys\nopen(sys.argv[-1] + '.svg', 'w')\n")
    assert drawing.render("own", format="svg", cleanup=True) == "own.svg"


WITHOUT_A_WARNING = """
import pathlib, sys, warnings
import numpy as np
with warnings.catch_warnings(action="ignore"):  # it looks for the fonts of the system
    import matplotlib.pyplot
import autograd, nn, viz
from autograd import Value, sigmoid
folder = pathlib.Path(sys.argv[1])
w = Value(0.5, label="w_1")
C = (sigmoid(w * 2.0) ** 2).with_label("C")
drawing = viz.draw_chain(C)
for kind in ("svg", "png", "pdf"):
    viz.render(drawing, folder / f"c.{kind}")
viz.lecture_page(C, folder / "c.html")
small = (2 * w).with_label("C")
viz.frames(small, folder)
viz.animate(small, folder / "c.gif", width=100)
print(viz.chain_rule(C, w), viz.mermaid(drawing), viz.tree(drawing))
net = nn.MLP([2, 3, 1], rng=0)
X, labels = nn.data.moons(20, rng=0)
history = nn.fit(net, X, labels[:, None], cost=nn.quadratic_cost, optimizer=nn.SGD(net.parameters(), lr=0.1),
                 epochs=2, batch_size=10, rng=0, callbacks=[nn.checkpoint(net, folder / "n.npz")])
nn.load(nn.save(net, folder / "n.safetensors"))
nn.History.load(history.save(folder / "h.json"))
matplotlib.use("agg")
history.plot()
viz.boundary(net, X, labels, resolution=20)
viz.draw_network(net, X[0])
"""


def test_nothing_warns_of_anything(tmp_path: Path) -> None:
    """Run as ``python -W error``, where a warning is an error, with those of encodings and open files too."""
    pytest.importorskip("ziamath")
    options = ["-W", "error", "-X", "warn_default_encoding"]
    done = subprocess.run(
        [sys.executable, *options, "-c", WITHOUT_A_WARNING, str(tmp_path)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["chain.jpg", "chain", "chain.", ".svg"])
def test_another_suffix_is_refused(drawing: graphviz.Digraph, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"\.svg, \.pdf and \.png"):
        viz.render(drawing, tmp_path / name)


def test_a_suffix_alone_makes_a_sentence_too() -> None:
    with pytest.raises(ValueError, match=r"^animate writes \.gif files, not 'chain\.mp4'$"):
        viz.animate(Value(1.0) * 2, "chain.mp4")


def test_places_that_cannot_be_written(drawing: graphviz.Digraph, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        viz.render(drawing, tmp_path / "nowhere" / "chain.svg")
    (tmp_path / "file").write_text("")
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        viz.render(drawing, tmp_path / "file" / "chain.svg")
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(IsADirectoryError, match="give a file's name"):
        viz.render(drawing, tmp_path / "folder.svg")


def test_an_error_leaves_the_old_file_and_nothing_else(
    drawing: graphviz.Digraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "chain.svg"
    old.write_text("old")

    def broken(self: Path, target: Path) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(OSError, match="the disk is gone"):
        viz.render(drawing, old)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("chain.svg", "old")]


def test_only_drawings_are_rendered(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="Value"):
        viz.render(Value(1.0), tmp_path / "chain.svg")
