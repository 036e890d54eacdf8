"""An image beside the outputs for it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex

import viz
from viz import _plots
from viz._plots.parts.palette import palette_of

IMAGE = [0.2, 0.7, 0.0, 0.1]


def drawn(label: Any = None, outputs: Any = IMAGE, **options: Any) -> Any:
    return _plots.confidences(lambda _: np.array(outputs), IMAGE, label, (2, 2), **options)


def test_a_bar_is_as_long_as_its_output() -> None:
    ax = drawn()
    widths = np.array([bar.get_width() for bar in ax.patches])
    assert widths / widths[1] == pytest.approx(np.array(IMAGE) / 0.7)
    assert [text.get_text() for text in ax.texts] == ["0", "0.20", "1", "0.70", "2", "0.00", "3", "0.10"]
    assert [text.get_weight() for text in ax.texts[2:4]] == ["bold", "bold"]
    assert np.array_equal(ax.images[0].get_array(), np.reshape(IMAGE, (2, 2)))


def test_a_wrong_answer_is_orange() -> None:
    for label, classes, is_wrong in (
        (1, None, False),
        (np.int64(3), None, True),
        ("b", list("abcd"), False),
        ("noise", None, True),
    ):
        ax = drawn(label, classes=classes)
        palette = palette_of(ax)
        expected = palette.negative if is_wrong else palette.positive
        assert to_hex(ax.patches[1].get_facecolor()) == expected.lower()


def test_bad_input(nothing_drawn: Any) -> None:
    with pytest.raises(TypeError, match="takes a net or another function"):
        _plots.confidences(3, IMAGE)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="a confidence is from 0 to 1: of logits"):
        drawn(outputs=[1.5, 0.0])
    with pytest.raises(ValueError, match="up to 20 classes"):
        drawn(outputs=np.zeros(21))
    with pytest.raises(ValueError, match="classes has 2 entries for 4 outputs"):
        drawn(classes=["a", "b"])
    with pytest.raises(ValueError, match=r"pass shape=\(height, width\)"):
        _plots.confidences(lambda x: x, IMAGE)
    assert nothing_drawn()


def test_render_names_the_way_to_save_a_plot(tmp_path: Path) -> None:
    ax = drawn()
    with pytest.raises(TypeError, match=r"not Axes; a plot is saved by matplotlib: ax\.figure\.savefig"):
        viz.render(ax, tmp_path / "x.png")
    ax.figure.savefig(tmp_path / "x.png")  # the advice
