"""Motions: a picture for each number, as a GIF and as numbered frames; those of the lectures."""

import base64
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import viz
from viz._output.moving.gif import gif
from viz._plots.parts.room import smallest_type

images = pytest.importorskip("PIL.Image")
matplotlib = pytest.importorskip("matplotlib")

SMALL = (320, 180)
XOR, AND = nn.data.gates.XOR, nn.data.gates.AND


def C(w: Any) -> Any:
    return w**4 - 3 * w**2 + w


def bowl(x: Any, y: Any) -> Any:
    return 1.5 * x**2 + 0.5 * y**2


def shown(data: bytes) -> tuple[list[np.ndarray], list[int]]:
    """The frames of a GIF as a viewer shows them, and how many milliseconds each stays."""
    pictures, lengths = [], []
    with images.open(io.BytesIO(data)) as file:
        for i in range(file.n_frames):
            file.seek(i)
            lengths.append(file.info["duration"])
            pictures.append(np.asarray(file.convert("RGB")))
    return pictures, lengths


def pixels(motion: viz.Motion, number: int, size: tuple[int, int] = SMALL) -> np.ndarray:
    figure = motion.figure(number, size)
    figure.canvas.draw()
    return np.asarray(figure.canvas.buffer_rgba())[..., :3].copy()


def still(plot: Callable[..., Any], *args: Any, **options: Any) -> np.ndarray:
    """A plot alone on a slide."""
    return pixels(viz.Motion(lambda figure, _: plot(*args, **options, ax=figure.add_subplot()), 1), 0)


# -- GIF --------------------------------------------------------------------------------------------------


def test_a_gif_shows_every_pixel_of_few_colours() -> None:
    rng = np.random.default_rng(0)
    palette = rng.integers(0, 256, (200, 3), np.uint8)
    first = palette[rng.integers(0, 200, (30, 40))]
    second = first.copy()
    second[5:9, 30:] = palette[rng.integers(0, 200, (4, 10))]
    third = second.copy()
    third[-1, -1] ^= 255
    sequence = [first, second, second, third, first]
    pictures, lengths = shown(gif([x.tobytes() for x in sequence], (40, 30), 0.5))
    assert len(pictures) == 5
    for picture, expected in zip(pictures, sequence, strict=True):
        assert np.array_equal(picture, expected)
    assert lengths == [500] * 4 + [1500]


def test_a_gif_is_near_to_many_colours_and_costs_only_the_changes() -> None:
    across, up = np.meshgrid(np.arange(256), np.arange(200))
    ground = np.stack([across, up, (across + up) // 2], axis=2).astype(np.uint8)
    moved = ground.copy()
    moved[50:60, 50:60] = 255
    data = gif([ground.tobytes(), moved.tobytes()], (256, 200), 1.0)
    pictures, lengths = shown(data)
    for picture, expected in zip(pictures, (ground, moved), strict=True):
        assert abs(picture.astype(int) - expected).mean() < 6
    assert (pictures[0] == pictures[1]).all(axis=2).mean() > 0.99
    assert lengths == [1000, 3000]
    assert len(data) - len(gif([ground.tobytes()], (256, 200), 1.0)) < 1500


# -- motions of one's own -----------------------------------------------------------------------------------


def bars(figure: Any, number: int) -> None:
    figure.add_subplot().bar([0, 1], [1, 10**number])


def test_frames_are_slides_with_axes_in_one_place(tmp_path: Path) -> None:
    motion = viz.Motion(bars, 4)
    paths = viz.frames(motion, tmp_path, size=(333, 777))
    assert [path.name for path in paths] == [f"frame-0{i}.png" for i in range(1, 5)]
    for path in paths:
        with images.open(path) as file:
            assert file.size == (333, 777)
    with images.open(paths[-1]) as file:
        assert np.array_equal(np.asarray(file.convert("RGB")), pixels(motion, -1, (333, 777)))
    places = {tuple(motion.figure(i, SMALL).axes[0].get_position().bounds) for i in (0, 3)}
    assert len(places) == 1
    again = viz.frames(motion, tmp_path, size=(333, 777), limit=2)  # the first and the last
    assert [path.name for path in again] == ["frame-01.png", "frame-02.png"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["frame-01.png", "frame-02.png"]


def test_a_gif_of_a_motion(tmp_path: Path) -> None:
    motion = viz.Motion(bars, 3, seconds=0.25)
    path = viz.animate(motion, tmp_path / "bars.gif", size=SMALL, theme=viz.DARK)
    pictures, lengths = shown(path.read_bytes())
    assert lengths == [250, 250, 1500]
    assert {picture.shape for picture in pictures} == {(180, 320, 3)}
    assert pictures[0][0, 0].tolist() == list(bytes.fromhex(viz.DARK.paper[1:]))
    assert matplotlib.rcParams["figure.facecolor"] == matplotlib.rcParamsDefault["figure.facecolor"]
    bundle = motion._repr_mimebundle_()
    assert base64.b64decode(bundle["image/gif"]).startswith(b"GIF89a")
    assert base64.b64decode(path._repr_mimebundle_()["image/gif"]) == path.read_bytes()


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_frames_of_other_kinds_are_the_same_in_every_run(tmp_path: Path, kind: str) -> None:
    one, other = (
        [path.read_bytes() for path in viz.frames(viz.Motion(bars, 1), tmp_path, kind=kind)] for _ in range(2)
    )
    assert one == other


def test_nothing_is_written_when_a_picture_fails(tmp_path: Path) -> None:
    def draw(figure: Any, number: int) -> None:
        bars(figure, number)
        if number == 1:
            raise KeyboardInterrupt  # which is no Exception

    motion = viz.Motion(draw, 3)
    with pytest.raises(KeyboardInterrupt):
        viz.animate(motion, tmp_path / "m.gif", size=SMALL, theme=viz.DARK)
    with pytest.raises(KeyboardInterrupt):
        viz.frames(motion, tmp_path, size=SMALL)
    assert not list(tmp_path.iterdir())
    assert matplotlib.rcParams["figure.facecolor"] == matplotlib.rcParamsDefault["figure.facecolor"]


def test_no_motion() -> None:
    with pytest.raises(TypeError, match=r"takes a function draw\(figure, number\)"):
        viz.Motion("bars", 3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="count is a whole number from 1"):
        viz.Motion(bars, 0)
    with pytest.raises(ValueError, match="seconds"):
        viz.Motion(bars, 1, seconds=0)
    with pytest.raises(IndexError):
        viz.Motion(bars, 2).figure(2)


# -- the lectures' ------------------------------------------------------------------------------------------


def test_a_descent_shows_the_slope_at_every_step() -> None:
    motion = viz.descent_motion(C, [-2, 2], 0.03, 6)
    w = np.array([-2.0, 2.0])
    for step in range(2):
        slopes = 4 * w**3 - 6 * w + 1
        texts = [text.get_text() for text in motion.figure(step, SMALL).axes[0].get_legend().get_texts()]
        for text, x, slope in zip(texts, w, slopes, strict=True):
            assert f"step {step} at {x:.2f}".replace("-", "−") in text
            printed = text.split("slope ")[1].split(":")[0].replace("−", "-")
            assert float(printed) == pytest.approx(slope, abs=0.006)
            assert text.endswith("left" if slope > 0 else "right")
        w = w - 0.03 * slopes
    assert smallest_type(motion.figure(3, SMALL)) >= 20
    assert np.array_equal(pixels(motion, -1), still(viz.descent, C, [-2, 2], 0.03, 6))


def test_a_descent_on_contours_ends_in_its_still() -> None:
    starts = [(1, 1), (-1.5, 1)]
    motion = viz.descent_motion(bowl, starts, 0.2, 3, name="C")
    assert len(motion) == 4
    assert np.array_equal(pixels(motion, -1), still(viz.descent, bowl, starts, 0.2, 3, name="C"))
    first = motion.figure(1, SMALL).axes[0]
    assert first.get_legend().get_texts()[0].get_text() == "from (1.00, 1.000), step 1 at (0.40, 0.800)"


def test_a_perceptron_learns_example_by_example() -> None:
    perceptron, same = nn.Perceptron(2), nn.Perceptron(2)
    motion = viz.perceptron_motion(perceptron, AND.X, AND.signs, 20, margin=0.1)
    assert not perceptron.w.any()
    mistakes = same.learn(AND.X, AND.signs, 20, margin=0.1)
    assert len(motion) == 2 + 4 * len(mistakes)
    last = motion.figure(len(motion) - 2, SMALL)
    assert smallest_type(last) >= 20
    w = ", ".join(f"{x:.2f}" for x in same.w)
    assert (
        last.axes[0].texts[-1].get_text()
        == f"epoch 6, example 4 of 4: right\n$w$ = ({w}), $b$ = −{-same.b:.2f}"
    )
    assert np.array_equal(pixels(motion, -1), still(viz.boundary, same, AND.X, AND.signs, lines=same))
    with pytest.raises(TypeError, match=r"takes an nn\.Perceptron"):
        viz.perceptron_motion(nn.MLP([2, 1], rng=0), AND.X, AND.signs, 5)
    with pytest.raises(ValueError, match="two inputs"):
        viz.perceptron_motion(nn.Perceptron(3), np.ones((4, 3)), AND.signs, 5)


def trained(epochs: int, **options: Any) -> tuple[Any, viz.TrainingMotion, Any]:
    net = nn.MLP([2, 2, 1], rng=1)
    motion = viz.training_motion(net, **(options or {"X": XOR.X, "y": XOR.Y}))
    history = nn.fit(
        net, XOR.X, XOR.Y, optimizer=nn.SGD(net.parameters(), lr=5.0), epochs=epochs, batch_size=4, rng=0,
        callbacks=[motion],
    )  # fmt: skip
    return net, motion, history


def test_a_training_run_is_recorded_in_few_nets() -> None:
    net, motion, history = trained(101)
    assert 20 < len(motion) <= 42
    middle = motion.figure(5, SMALL)
    cost = next(ax for ax in middle.axes if ax.get_ylabel() == "cost")
    known = len(cost.lines[0].get_ydata())
    assert cost.lines[0].get_ydata().tolist() == history.cost[:known]
    assert f"epoch {known}: cost" in cost.texts[-1].get_text()
    assert 0 < known < 101
    start = nn.MLP([2, 2, 1], rng=1)
    for number, expected in ((0, start), (-1, net)):
        field = still_field(motion, number)
        assert np.allclose(field, expected(np.stack(np.meshgrid([0, 1], [0, 1]), -1).reshape(-1, 2)).data)
    assert smallest_type(middle) >= 20


def still_field(motion: viz.TrainingMotion, number: int) -> Any:
    """The outputs of the net of a picture at the four corners."""
    epochs = [0, *motion._nets][number]
    net = motion._nets[epochs] if epochs else motion._start
    return net(np.stack(np.meshgrid([0, 1], [0, 1]), -1).reshape(-1, 2)).data


def test_a_motion_that_was_not_recorded_says_how(tmp_path: Path) -> None:
    net = nn.MLP([4, 2], rng=0)
    motion = viz.training_motion(net, shape=(2, 2))
    with pytest.raises(ValueError, match=r"give this motion to nn\.fit\(\.\.\., callbacks=\[motion\]\)"):
        viz.animate(motion, tmp_path / "run.gif")
    assert "callbacks" in motion._repr_mimebundle_()["text/plain"]
    nn.fit(
        net, np.eye(4), np.eye(4)[:, :2], optimizer=nn.SGD(net.parameters(), lr=1.0), epochs=2, batch_size=4,
        rng=0, callbacks=[motion],
    )  # fmt: skip
    assert len(motion) == 3
    assert viz.animate(motion, tmp_path / "run.gif", size=SMALL).exists()
    with pytest.raises(ValueError, match="together"):
        viz.training_motion(net, X=np.eye(4))
    with pytest.raises(ValueError, match="two inputs"):
        viz.training_motion(net, np.eye(4), [0, 1, 0, 1])


def test_images_are_classified_one_after_another() -> None:
    digits, net = nn.data.strokes(3, rng=0), nn.MLP([784, 10], rng=0)
    motion = viz.images_motion(net, digits.images, digits.labels)
    assert len(motion) == 3
    assert smallest_type(motion.figure(1)) >= 20
    assert np.array_equal(pixels(motion, -1), still(viz.confidences, net, digits.images[2], digits.labels[2]))
    logits = nn.MLP([784, 10], output_activation=nn.identity, rng=0)
    with pytest.raises(ValueError, match=r"of logits, draw lambda x: autograd\.softmax\(net\(x\)\)"):
        viz.images_motion(logits, digits.images)
    viz.images_motion(lambda x: autograd.softmax(logits(x)), digits.images)
