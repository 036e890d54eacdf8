"""Pictures where other tools than notebooks show them, and texts that a notebook sets or draws."""

import base64
import re

import pytest

import viz
from autograd import Value


@pytest.fixture
def y():
    return (2 * Value(3.0, label="x")).with_label("y")


def pictures(y):
    def draw(figure, number):
        figure.add_subplot().plot([0, number])

    return [viz.draw_chain(y), viz.matrix([[1.0]]), viz.Motion(draw, 2)]


def test_pages_whose_maker_knows_html_alone_have_the_picture(y, monkeypatch):
    """As sphinx-gallery, which asks for ``_repr_html_`` and then for ``__repr__``."""
    pytest.importorskip("ziamath")
    pytest.importorskip("matplotlib")
    shell = pytest.importorskip("IPython").get_ipython
    drawing, slide, motion = (picture._repr_html_() for picture in pictures(y))
    for html in (drawing, slide):
        assert re.fullmatch(r'<div style="max-width: 100%"><svg .*</svg>\s*</div>', html, re.DOTALL)
        assert re.search(r"<style>[^<]*max-width: 100%", html)
    assert re.fullmatch(r'<img alt="[^"]*" style="max-width: 100%" src="data:image/gif;[^"]*">', motion)
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)  # any shell: in it the bundle has the picture
    assert [picture._repr_html_() for picture in pictures(y)] == [None] * 3


def test_a_drawing_that_cannot_be_drawn_is_its_words_in_html(y, monkeypatch):
    drawing = viz.draw_chain(y)
    drawing.node("mine", "<b>")
    monkeypatch.setitem(__import__("sys").modules, "pygraphviz", None)
    monkeypatch.setenv("PATH", "")
    html = drawing._repr_html_()
    assert html.startswith("<pre>y = 2x")
    assert "pip install" in html


def test_a_motion_has_its_last_picture_for_paper(y):
    pytest.importorskip("matplotlib")
    *_, motion = pictures(y)
    assert list(motion._repr_mimebundle_(include={"application/pdf"})) == ["application/pdf"]
    bundle = motion._repr_mimebundle_(exclude={"image/gif"})
    assert base64.b64decode(bundle["application/pdf"]).startswith(b"%PDF")
    assert bundle["text/plain"] == repr(motion)


def test_a_formula_is_set_and_stays_a_text(y):
    formula = viz.formula(y**2)
    assert formula._repr_mimebundle_()["text/latex"] == f"$\\displaystyle {formula}$"
    assert viz.equation(formula).text == viz.equation(str(formula)).text
    shown = viz.mermaid(viz.draw_chain(y))
    assert shown._repr_mimebundle_(include={"text/vnd.mermaid"}) == {"text/vnd.mermaid": str(shown)}
