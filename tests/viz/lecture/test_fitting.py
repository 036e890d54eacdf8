"""Pictures beside a heading and code are read from the last row: laid out anew, or with code elsewhere."""

import io
import math
import pickle
import threading
from pathlib import Path

import pytest

import nn
import viz
from autograd import Value
from viz._layout.scene import READABLE, SLIDE
from viz._lecture.parts import Code, Live, Text
from viz._lecture.showing import drawn_parts
from viz._lecture.slides.arrangement import arrangements
from viz._lecture.slides.contents import contents_of
from viz._lecture.slides.fitting import fitted, type_in
from viz._lecture.slides.grouping import slides_of

plt = pytest.importorskip("matplotlib.pyplot")
Image = pytest.importorskip("PIL.Image")

x = Value(0.5, label="a^{(0)}")
CHAIN = nn.quadratic_cost(nn.MLP([1, 1, 1, 1], node=Value, rng=3)([x]), [1.0]).with_label("C_0")
HALF = (Value(0.5, label="x") * Value(1.0, label="w")).with_label("y")
HISTORY = nn.History([nn.Epoch(i, 0.8 / i, 0.4, None, None, 1.0) for i in (1, 2, 3)])
SHORT, LONG = "one = 1\ntwo = 2", "\n".join(f"value_{i} = {i}" for i in range(9))


def slide_of(source, *things):
    (slide,) = slides_of([Text("## A heading\nA sentence under it."), *drawn_parts([Code(source, *things)])])
    plt.close("all")
    return slide


def sizes(slide):
    """The pixels of the smallest type of each picture, in its room on the slide."""
    contents = contents_of(slide)
    stills = [getattr(p, "still", p) for p in contents.pictures]
    shapes = [still.size[0] / still.size[1] for still in stills]
    places = arrangements(shapes, contents.text, contents.lines)
    (place,) = (one for one in places if one.code == slide.code)
    return [type_in(picture, place.cell) for picture in contents.pictures]


REPRESENTATIVE = {
    "a chain": (SHORT, lambda: viz.draw_chain(CHAIN)),
    "a chain for a whole slide": (LONG, lambda: viz.draw_chain(CHAIN, size=SLIDE)),
    "a map": (LONG, lambda: viz.surface(lambda x, y: x * x + y, at=(1, 1))),
    "a descent": (SHORT, lambda: viz.descent(lambda x: x**2, [1.0], 0.1, 3)),
    "a motion": (LONG, lambda: viz.descent_motion(lambda x: x**2, 1.0, lr=0.1, steps=2)),
    "a slide": (LONG, lambda: viz.cost_table([0.2, 0.9], [0.0, 1.0])),
}


@pytest.mark.parametrize(("source", "make"), REPRESENTATIVE.values(), ids=REPRESENTATIVE)
def test_type_beside_heading_and_code_is_read_from_the_last_row(source, make):
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


@pytest.mark.parametrize("subject", [HALF, viz.descent_motion(lambda x: x**2, 1.0, lr=0.1, steps=2)])
def test_a_gif_is_drawn_anew_for_its_room_and_its_file_stays(subject, tmp_path):
    path = viz.animate(subject, tmp_path / "a.gif", width=300)
    before, written = slide_of(LONG, path), path.read_bytes()
    slide = fitted(before)
    (old,), (new,) = (contents_of(s).pictures for s in (before, slide))
    assert max(sizes(before)) < READABLE
    assert min(sizes(slide)) >= READABLE
    assert (old.gif, path.read_bytes()) == (written, written)
    with Image.open(io.BytesIO(new.gif)) as image, Image.open(path) as file:
        assert image.width == 300
        assert image.width / image.height == pytest.approx(new.still.size[0] / new.still.size[1], rel=0.01)
        assert image.n_frames == file.n_frames
    assert slide.code != "after"
    assert pickle.loads(pickle.dumps(new)) == new
    assert max(sizes(fitted(slide_of(LONG, Path(path))))) < READABLE  # how it was drawn is not known


@pytest.fixture(scope="module")
def history():
    """A plot that is too small beside long code, as it was drawn and on its slide."""
    slide = slide_of(LONG, viz.history(HISTORY, ax=plt.subplots(figsize=(12, 8))[1]))
    return slide, fitted(slide)


def test_a_figure_is_left_as_it_is_and_its_copy_is_laid_out(history):
    (before,), (after,) = (contents_of(slide).pictures for slide in history)
    assert tuple(before.figure.get_size_inches()) == (12, 8)
    assert after.figure is not before.figure
    assert after.words == before.words
    assert after.figure.get_size_inches()[1] < 8
    assert min(sizes(history[1])) >= READABLE
    assert plt.get_fignums() == []


def test_a_figure_that_was_changed_since_is_shown_as_it_was(history):
    (picture,) = contents_of(history[0]).pictures
    picture.figure.stale = True
    assert contents_of(fitted(history[0])).pictures == (picture,)
    picture.figure.stale = False


def test_the_still_of_a_live_page_is_laid_out_too(history):
    (still,) = contents_of(history[0]).pictures
    (page,) = contents_of(fitted(slide_of(LONG, Live("<p>live</p>", still, "a page")))).pictures
    assert page.still.size[1] < still.size[1] * page.still.size[0] / still.size[0]
    assert page.still.data.startswith(b"<?xml")


def test_parts_that_a_process_drew_are_laid_out_there_and_once(history):
    sent = pickle.loads(pickle.dumps(viz.as_parts(history[0].parts)))
    (slide,) = slides_of(sent)
    (picture,) = contents_of(slide).pictures
    assert picture.figure is None  # it is not known to be as it was drawn
    assert picture.data == contents_of(history[1]).pictures[0].data
    assert fitted(slide) == history[1]


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
