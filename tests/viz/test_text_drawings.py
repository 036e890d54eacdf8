"""Mermaid text and text trees: golden texts, labels that mean something to Mermaid, shared quantities."""

import re
from collections.abc import Callable
from pathlib import Path

import graphviz
import pytest

import viz
from autograd import Value, sin
from viz._mathematics.latex import label
from viz._output.mermaid import escaped
from viz._output.tree import text_tree
from viz._pictures.picture import Box, Link, Picture

GOLDEN = Path(__file__).parent / "golden"


def diamond() -> Value:
    x = Value(0.5, label="x")
    u = sin(x).with_label("u")
    return (u * x * u).with_label("f^{(1)}")


@pytest.mark.parametrize(("write", "suffix"), [(viz.mermaid, "mmd"), (viz.tree, "txt")])
def test_golden_texts(write: Callable[[viz._output.dot.Drawing], str], suffix: str) -> None:
    """When a change is meant, look at it (mermaid.live shows the one), then write the file anew."""
    drawn = viz.draw_chain(diamond()), viz.draw(diamond())
    text = "\n".join(write(drawing).rstrip("\n") for drawing in drawn) + "\n"
    assert text == (GOLDEN / f"diamond.{suffix}").read_text(encoding="utf-8")


@pytest.mark.parametrize("draw", [viz.draw, viz.draw_chain])
def test_mermaid_has_the_same_boxes_and_edges(draw: Callable[[Value], viz._output.dot.Drawing]) -> None:
    drawing = draw(diamond())
    text = viz.mermaid(drawing)
    boxes = re.findall(r'^ +(\w+)\[".*"\]:::\w+$', text, re.MULTILINE)
    assert sorted(boxes) == sorted(box.id for box in drawing.picture.boxes)
    edges = re.findall(r'^  (\w+) -->(?:\|".*"\|)? (\w+)$', text, re.MULTILINE)
    assert edges == [(link.source, link.target) for link in drawing.picture.links]


@pytest.mark.parametrize(
    "odd",
    [
        "<b>",
        "a:b",
        r"\frac",
        '"q"',
        "`x`",
        "*a*",
        "_i_",
        "#35;",
        "%%{init}%%",
        "{|}",
        "1. a step",
        "- a step",
        "$$x$$",
        "🙂",
    ],
)
def test_nothing_in_a_label_means_something_to_mermaid(odd: str) -> None:
    text = viz.mermaid(viz.draw_chain((Value(2.0, label=odd) * 3).with_label("y")))
    labels = re.findall(r'"(.*?)"', text)
    assert len(labels) == 3
    for said in labels:
        plain = re.sub(r"#\d+;", "", said.replace("<br>", ""))
        assert not re.search(r'[<>"`*_\\#${}|%]', plain)
        assert not re.match(r"\d+[.)] |[-+] ", said)
    back = re.sub(r"#(\d+);", lambda m: chr(int(m[1])), labels[0].split("<br>")[0])
    assert back == odd


def test_a_label_of_200_characters_is_cut() -> None:
    text = viz.mermaid(viz.draw_chain((Value(2.0, label="x" * 200) * 3).with_label("y")))
    assert max(map(len, text.splitlines())) < 200
    assert escaped("x" * 9) == "x" * 9


def test_a_shared_quantity_is_written_out_once() -> None:
    text = viz.tree(viz.draw_chain(diamond()))
    assert text.count("u = sin(x)") == 1
    assert text.count("u ↑") == 1
    assert text.count("  0.479  ") == 1


@pytest.mark.parametrize("draw", [viz.draw, viz.draw_chain])
def test_a_tree_without_gradients_has_no_column_for_them(
    draw: Callable[..., viz._output.dot.Drawing],
) -> None:
    assert "grad" in viz.tree(draw(diamond()))
    assert "grad" not in viz.tree(draw(diamond(), grad=False))


def test_columns_stand_under_one_another_with_wide_letters() -> None:
    y = (Value(2.0, label="权") * Value(3.0, label="w")).with_label("y")
    lines = viz.tree(viz.draw_chain(y)).splitlines()
    wide = [line.index("0") + sum(c == "权" for c in line.split(".")[0]) for line in lines]
    assert len(set(wide)) == 1


def test_a_deep_graph_is_no_trouble() -> None:
    boxes = tuple(Box(f"n{i}", "result", label("x"), None, 1.0, None) for i in range(1200))
    links = tuple(Link(f"n{i}", f"n{i + 1}") for i in range(1199))
    assert text_tree(Picture("chain", boxes, links)).count("\n") == 1199


@pytest.mark.parametrize("write", [viz.mermaid, viz.tree])
def test_only_our_drawings_are_written(write: Callable[[object], str]) -> None:
    with pytest.raises(TypeError, match=r"viz\.draw_chain returns, not"):
        write(graphviz.Digraph())
