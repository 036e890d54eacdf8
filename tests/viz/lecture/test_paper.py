"""Pages of a lecture's PDF, as PDFium reads and shows them."""

import ctypes
import io
import re
import sys

import pytest

import viz
from autograd import Value, sigmoid
from viz._lecture.paper.pdf import to_pdf
from viz._lecture.paper.pictures import Shown
from viz._lecture.paper.strips import _shared
from viz._lecture.parts import Code, Formula, Html, Live, Moving, Plain, Slide, Text
from viz._lecture.plots import figure_picture
from viz._lecture.showing import drawn_parts
from viz._lecture.slides.grouping import slides_of

pdfium = pytest.importorskip("pypdfium2")
pytest.importorskip("fpdf")
pypdf = pytest.importorskip("pypdf")
plt = pytest.importorskip("matplotlib.pyplot")

w, a = Value(1.2, label="w"), Value(0.5, label="a")
C = ((sigmoid((w * a).with_label("z")) - 1) ** 2).with_label("C")
ALL_MARKS = r"""# One lecture

A *first*, a **second** and a `third()` word, $z = wa$, with [a link](https://example.org/page).

$$\frac{\partial C}{\partial w} = a\,\sigma'(z)\,2(a - 1)$$

- a point
  - under it
3. three

| left | right |
|:--|--:|
| 0.29 | $0.0865$ |

> quoted

```python
for step in range(3): pass
```
"""
LINES = [f"x{i} = f(x{i - 1})  # line {i}" for i in range(70)]


def square():
    figure, ax = plt.subplots(figsize=(6, 6))
    ax.plot([0, 1], [0, 1])
    ax.set_title("a square plot", size=18)
    plt.close(figure)
    return figure


def lecture():
    still = drawn_parts([viz.matrix([[1, 2]])])[0]
    return [
        Text(ALL_MARKS),
        Text("## Drawn\nWith its code."),
        Code("viz.draw_chain(C)", *drawn_parts([viz.draw_chain(C, size=(1920, 1080))])),
        Text("## A square\n"),
        Code("plot(square)", figure_picture(square()), Plain("printed: ∂σ⁽¹⁾")),
        Text("## Two\n"),
        *drawn_parts([viz.matrix([[5, 6], [7, 8]]), viz.equation("x", "=", 3.0)]),
        Text("## Long\n"),
        Code("\n".join(LINES)),
        Text("## Others\n"),
        Moving(b"GIF89a", still, "a motion"),
        Live("<html></html>", still, "chain.html: a page"),
        Html("<b>bold</b>", "a table as text"),
        *drawn_parts([viz.chain_rule(C, w)]),
        Formula("\\unknowable", "", "words for it"),
    ]


@pytest.fixture(scope="module")
def pages():
    document = pdfium.PdfDocument(to_pdf(slides_of(lecture()), "A lecture, σ", None))
    yield list(document)
    document.close()


def text_of(page):
    return " ".join(page.get_textpage().get_text_bounded().split())


def things(page, kind):
    """The boxes of what stands on a page; not of its ground, which is the first form."""
    kinds = {"text": pdfium.raw.FPDF_PAGEOBJ_TEXT, "form": pdfium.raw.FPDF_PAGEOBJ_FORM,
             "image": pdfium.raw.FPDF_PAGEOBJ_IMAGE}  # fmt: skip
    found = [o for o in page.get_objects(max_depth=1) if o.type == kinds[kind]]
    return found[1:] if kind == "form" else found


def test_every_page_is_a_slide(pages):
    assert {page.get_size() for page in pages} == {(960.0, 540.0)}


def test_all_text_can_be_found(pages):
    text = " ".join(map(text_of, pages))
    for words in [
        "One lecture", "A first , a second and a third() word", "z = wa", "a point", "under it", "3. three",
        "0.29", "0.0865", "quoted", "for step in range (3):", "∂C/(∂w)", "viz.draw_chain(C)",
        "printed: ∂σ⁽¹⁾", "a table as text", "chain.html: a page", "words for it",
    ]:  # fmt: skip
        assert words.replace(" ", "") in text.replace(" ", ""), words


def test_long_code_goes_on_with_every_line_once(pages):
    text = " ".join(map(text_of, pages))
    assert [int(n) for n in re.findall(r"# line (\d+)", text)] == list(range(70))
    assert text.count("Long") > 1  # a heading on each page


def test_nothing_stands_beyond_a_page_or_on_something_else(pages):
    for number, page in enumerate(pages, start=1):
        texts, pictures = things(page, "text"), [*things(page, "form"), *things(page, "image")]
        boxes = [thing.get_bounds() for thing in pictures]
        for left, bottom, right, top in [*boxes, *(text.get_bounds() for text in texts)]:
            assert left >= -1, number
            assert bottom >= -1, number
            assert right <= 961, number
            assert top <= 541, number
        stand = [text.get_bounds() for text in texts]
        for i, box in enumerate(boxes):
            for other in [*stand, *boxes[:i]]:
                assert apart(box, other), (number, box, other)


def apart(box, other):
    return box[2] <= other[0] or box[0] >= other[2] or box[3] <= other[1] or box[1] >= other[3]


def test_text_is_seen_over_the_paper(pages):
    page = pages[0]
    shown = page.render(scale=1).to_pil().convert("L")
    left, bottom, right, top = things(page, "text")[0].get_bounds()
    darkest, _ = shown.crop((int(left), int(540 - top), int(right), int(540 - bottom))).getextrema()
    assert darkest < 60


def test_no_type_is_smaller_than_20_of_1080_pixels(pages):
    for page in pages:
        for text in things(page, "text"):
            if pdfium.raw.FPDFTextObj_GetTextRenderMode(text) == pdfium.raw.FPDF_TEXTRENDERMODE_INVISIBLE:
                continue  # what readers find of a formula
            size = ctypes.c_float()
            pdfium.raw.FPDFTextObj_GetFontSize(text, size)
            assert size.value >= 10.0


def test_drawings_and_plots_are_vectors(pages):
    assert sum(len(things(page, "image")) for page in pages) == 0
    assert sum(len(things(page, "form")) for page in pages) == 6


def test_links_lead_on_and_headings_are_an_outline():
    reader = pypdf.PdfReader(io.BytesIO(to_pdf(slides_of([Text(ALL_MARKS), Text("## Two")]), "T", None)))
    links = [note.get_object()["/A"]["/URI"] for note in reader.pages[0]["/Annots"]]
    assert set(links) == {"https://example.org/page"}
    assert [entry.title for entry in reader.outline] == ["One lecture", "Two"]
    assert reader.metadata.title == "T"


def test_the_paper_has_the_themes_colour():
    for theme in (viz.LIGHT, viz.DARK):
        page = pdfium.PdfDocument(to_pdf((Slide("", 0, (Text("a"),)),), "T", theme))[0]
        corner = page.render(scale=0.1).to_pil().getpixel((1, 1))
        assert "#{:02X}{:02X}{:02X}".format(*corner[:3]) == theme.paper


def test_a_picture_too_small_beside_its_text_has_a_page_of_its_own():
    drawing = drawn_parts([viz.draw_chain(C, size=(1920, 1080))])
    long = Text("## Long\n" + "\n\n".join(["A paragraph of a few words."] * 12))
    pages = list(pdfium.PdfDocument(to_pdf((Slide("Long", 2, (long, *drawing)),), "T", None)))
    assert [len(things(page, "form")) for page in pages] == [0, 1]
    left, bottom, right, top = things(pages[1], "form")[0].get_bounds()
    assert right - left > 900
    assert top - bottom > 400


def test_a_plot_that_was_changed_since_is_shown_as_it_was():
    figure = square()
    picture = figure_picture(figure)
    unchanged = Shown(picture)
    assert unchanged.figure is figure
    assert 1080 * unchanged.type == pytest.approx(25, abs=0.1)  # 10 points of 6 inches
    assert Shown(picture).figure is figure
    figure.axes[0].set_title("another")
    assert Shown(picture).type == unchanged.type
    assert Shown(picture).figure is None
    page = pdfium.PdfDocument(to_pdf((Slide("", 0, (picture,)),), "T", None))[0]
    assert len(things(page, "image")) == 1
    assert len(things(page, "form")) == 0


def test_a_formula_wider_than_the_page_is_smaller():
    formula = "+".join(f"x_{{{i}}}" for i in range(40))
    text = Text(f"$$\n{formula}\n$$\n\n$${formula}$$\n\n- in a line ${formula}$")
    page = pdfium.PdfDocument(to_pdf((Slide("", 0, (text,)),), "T", None))[0]
    pixels = page.render(scale=1).to_pil().convert("L")
    dark = [x for x in range(960) if any(pixels.getpixel((x, y)) < 100 for y in range(20, 400))]
    assert min(dark) >= 44
    assert max(dark) <= 916


def test_a_long_line_of_code_goes_on_after_a_space_with_all_its_letters():
    line = "value = " + " + ".join(f"term_{i}" for i in range(40)) + " + " + "x" * 200
    page = pdfium.PdfDocument(to_pdf((Slide("", 0, (Code(line),)),), "T", None))[0]
    lines = page.get_textpage().get_text_bounded().split("\r\n")[:-1]  # without the page's number
    assert "".join(lines).replace(" ", "") == line.replace(" ", "")
    assert all(re.match(r"(term_\d+|x+|\+|value)\b|\+ ", line.strip()) for line in lines)
    assert len(lines) > 3


def test_signs_without_a_font_are_told():
    with pytest.warns(UserWarning, match=r"no font of a lecture's PDF has '权'"):
        to_pdf((Slide("", 0, (Text("权 in a text"),)),), "T", None)


def test_missing_packages_are_told_with_the_command(monkeypatch):
    for package in ("fpdf", "pypdf"):
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, package, None)
            with pytest.raises(ImportError, match=rf'needs {package}: pip install "chainrule\[lectures\]"'):
                to_pdf((Slide("", 0, (Text("a"),)),), "T", None)


def test_columns_share_a_tables_width():
    assert _shared([10, 20], 40) == [10, 20]
    assert _shared([10, 90, 50], 100) == [10, 45, 45]
