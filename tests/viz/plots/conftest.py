"""Plots are drawn without a screen, closed after each test, and looked at for texts that overlap."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    from matplotlib import pyplot

    pyplot.close("all")
    yield
    pyplot.close("all")


@pytest.fixture
def nothing_drawn() -> Callable[[], bool]:
    """Whether no figure was made: bad input is told before anything is drawn."""
    from matplotlib import pyplot

    return lambda: pyplot.get_fignums() == []


@pytest.fixture
def readable() -> Callable[..., None]:
    """Asserts that no two texts of some axes overlap, and that none is cut by the figure's edge."""

    def check(*several: Any, laid_out: bool = False) -> None:
        if not laid_out:
            several[0].figure.canvas.figure.draw_without_rendering()
        for ax in several:
            check_texts(ax)

    def check_texts(ax: Any) -> None:
        legend = ax.get_legend()
        texts = [*ax.texts, *(legend.get_texts() if legend else [])]
        if ax.axison:
            texts += [ax.xaxis.label, ax.yaxis.label]
            for axis in (ax.xaxis, ax.yaxis):
                low, high = sorted(axis.get_view_interval())
                texts += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
        limits = ax.figure.bbox.padded(1)
        boxes = [(t.get_text(), t.get_window_extent()) for t in texts if t.get_text() and t.get_visible()]
        for text, box in boxes:
            assert limits.x0 <= box.x0, text
            assert box.x1 <= limits.x1, text
            assert limits.y0 <= box.y0, text
            assert box.y1 <= limits.y1, text
        for (one, a), (other, b) in itertools.combinations(boxes, 2):
            across = min(a.x1, b.x1) - max(a.x0, b.x0)
            down = min(a.y1, b.y1) - max(a.y0, b.y0)
            assert across < 1 or down < 1, (one, other)

    return check
