"""Pictures beside a heading and code are read from the last row: laid out anew, or with code elsewhere."""

import math
import pickle
import threading

import pytest

import nn
import viz
from autograd import Value
from viz._lecture.parts import SLIDE, Code, Live, Text
from viz._lecture.showing import drawn_parts
from viz._lecture.slides.arrangement import arrangements
from viz._lecture.slides.contents import contents_of
from viz._lecture.slides.fitting import READABLE, fitted, type_in
from viz._lecture.slides.grouping import slides_of

plt = pytest.importorskip("matplotlib.pyplot")

x = Value(0.5, label="a^{(0)}")
CHAIN = nn.quadratic_cost(nn.MLP([1, 1, 1, 1], node=Value, rng=3)([x]), [1.0]).with_label("C_0")
HISTORY = nn.History([nn.Epoch(i, 0.8 / i, 0.4, None, None, 1.0) for i in (1, 2, 3)])
SHORT, LONG = "one = 1\ntwo = 2", "\n".join(f"value_{i} = {i}" for i in range(9))


def slide_of(source, *things):
    (slide,) = slides_of([Text("## A heading\nA sentence under it."), *drawn_parts([Code(source, *things)])])
    plt.close("all")
    return slide


def sizes(slide):
    """The pixels of the smallest type of each picture, in its room on the slide."""
    contents = contents_of(slide)
    shapes = [16 / 9 if not hasattr(p, "size") else p.size[0] / p.size[1] for p in contents.pictures]
    places = arrangements(shapes, contents.text, contents.lines)
    (place,) = (one for one in places if one.code == slide.code)
    return [type_in(picture, place.cell) for picture in contents.pictures]


REPRESENTATIVE = {
    "a chain": lambda: viz.draw_chain(CHAIN),
    "a chain for a whole slide": lambda: viz.draw_chain(CHAIN, size=SLIDE),
    "a history": lambda: viz.history(HISTORY),
    "a map": lambda: viz.surface(lambda x, y: x * x + y, at=(1, 1)),
    "a descent": lambda: viz.descent(lambda x: x**2, [1.0], 0.1, 3),
    "a motion": lambda: viz.descent_motion(lambda x: x**2, 1.0, lr=0.1, steps=2),
    "a slide": lambda: viz.cost_table([0.2, 0.9], [0.0, 1.0]),
}


@pytest.mark.parametrize("make", REPRESENTATIVE.values(), ids=REPRESENTATIVE)
@pytest.mark.parametrize("source", [SHORT, LONG], ids=["short code", "long code"])
def test_type_beside_heading_and_code_is_read_from_the_last_row(make, source):
    slide = fitted(slide_of(source, make()))
    assert min(sizes(slide)) >= READABLE
    assert slide.code != "after"


def test_a_picture_that_needs_the_whole_slide_has_its_code_after_it():
    net = viz.draw_network(nn.MLP([20, 16, 16, 10], rng=0), [0.5] * 20)
    before = slide_of("viz.draw_network(nn.MLP([20, 16, 16, 10], rng=0), [0.5] * 20)", net)
    slide = fitted(before)
    assert slide.code == "after"
    assert slide.share > 0.75
    assert min(sizes(slide)) > min(sizes(before))  # under the picture
    assert slide.parts == before.parts  # numbers in neurons keep their places


def test_a_figure_is_left_as_it_is_and_its_copy_is_laid_out():
    ax = viz.history(HISTORY, ax=plt.subplots(figsize=(12, 8))[1])
    figure, size = ax.figure, tuple(ax.figure.get_size_inches())
    slide = slide_of(LONG, ax)
    picture = contents_of(fitted(slide)).pictures[0]
    assert tuple(figure.get_size_inches()) == size
    assert picture.figure is not figure
    assert picture.words == contents_of(slide).pictures[0].words
    assert picture.figure.get_size_inches()[1] < size[1]
    assert plt.get_fignums() == []
    ax.set_title("changed since")
    assert contents_of(fitted(slide)).pictures[0].data == contents_of(slide).pictures[0].data


def test_the_still_of_a_live_page_is_laid_out_too():
    (still,) = drawn_parts([viz.history(HISTORY, ax=plt.subplots(figsize=(12, 8))[1])])
    plt.close("all")
    (page,) = contents_of(fitted(slide_of(LONG, Live("<p>live</p>", still, "a page")))).pictures
    assert page.still.size[1] < still.size[1] * page.still.size[0] / still.size[0]
    assert page.still.data.startswith(b"<?xml")


def test_a_figure_that_cannot_be_copied_keeps_its_shape():
    figure, ax = plt.subplots(figsize=(12, 9))
    ax.lock = threading.Lock()
    slide = slide_of(LONG, figure)
    assert contents_of(fitted(slide)).pictures == contents_of(slide).pictures


def test_pictures_without_type_and_slides_without_pictures_stay():
    image = viz.images(nn.data.strokes(2, rng=0).images)
    image.set_title("")
    slide = slide_of(SHORT, image)
    assert contents_of(fitted(slide)).pictures == contents_of(slide).pictures
    (words,) = slides_of([Text("# Words")])
    assert fitted(words) is words
    assert math.isinf(type_in(drawn_parts([image])[0], (100, 100))) or sizes(slide)[0] >= READABLE


def test_parts_that_a_process_drew_are_laid_out_there_and_once():
    parts = ["## A heading", viz.Code(LONG, viz.history(HISTORY, ax=plt.subplots(figsize=(12, 8))[1]))]
    plt.close("all")
    sent = pickle.loads(pickle.dumps(viz.as_parts(parts)))
    (slide,), (other,) = slides_of(sent), slides_of(drawn_parts(parts))
    assert min(sizes(fitted(slide))) >= READABLE
    (sent_picture,), (picture,) = contents_of(slide).pictures, contents_of(fitted(other)).pictures
    assert sent_picture.figure is None  # it is not known to be as it was drawn
    assert contents_of(fitted(slide)).pictures[0].data == sent_picture.data == picture.data
