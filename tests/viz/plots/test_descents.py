"""Runs of gradient descent, on the curve and on the map."""

import math

import numpy as np
import pytest
from matplotlib import pyplot

from autograd import DomainError, sin, sqrt
from viz._plots import descent


def quartic(x):
    return x**4 - 3 * x**2 + x


def bowl(x, y):
    return 1.5 * x**2 + 0.5 * y**2


def runs(ax):
    """The points of each run."""
    return [line.get_xydata() for line in ax.lines if not line.get_label().startswith("_")]


def by_hand(slope, start, lr, steps):
    path = [start]
    for _ in range(steps):
        path.append(path[-1] - lr * slope(path[-1]))
    return path


def legend(ax):
    return [t.get_text() for t in ax.get_legend().get_texts()]


def test_each_start_ends_in_its_own_minimum(readable):
    starts = [-2.0, 0.5, 2.0]
    ax = descent(quartic, starts, lr=0.03, steps=40)
    found = runs(ax)
    assert len(found) == 3
    for start, path in zip(starts, found, strict=True):
        expected = by_hand(lambda x: 4 * x**3 - 6 * x + 1, start, 0.03, 40)
        np.testing.assert_allclose(path[:, 0], expected, rtol=1e-12)
        np.testing.assert_allclose(path[:, 1], [quartic(x) for x in expected], rtol=1e-12)
    left, right = -1.3008, 1.1309  # the quartic's two minima
    assert [path[-1, 0] for path in found] == pytest.approx([left, right, right], abs=2e-3)
    assert legend(ax) == [
        "from −2.00, slope −19.00: right, to −1.30",
        "from 0.50, slope −1.50: right, to 1.13",
        "from 2.00, slope 21.00: left, to 1.13",
    ]
    readable(ax)


def test_the_curve_is_f():
    ax = descent(sin, 1.0, lr=0.1, steps=3)
    x, y = ax.lines[0].get_xydata().T
    np.testing.assert_allclose(y, np.sin(x), rtol=1e-14)
    assert (x[0], x[-1]) == ax.get_xlim()
    path = runs(ax)[0][:, 0]
    assert x[0] < path.min() < path.max() < x[-1]


def test_the_tangent_at_the_start_has_its_slope():
    ax = descent(quartic, [-2.0, 0.5], lr=0.01, steps=1)
    tangents = [
        line.get_xydata()
        for line in ax.lines[1:]
        if len(line.get_xydata()) == 2 and line.get_marker() in ("None", None)
    ]
    for x, (start, end) in zip([-2.0, 0.5], tangents, strict=True):
        assert (start + end) / 2 == pytest.approx([x, quartic(x)])
        assert (end[1] - start[1]) / (end[0] - start[0]) == pytest.approx(4 * x**3 - 6 * x + 1)


def test_on_the_map_of_two_variables():
    starts = [(1.0, 1.0), (-1.5, 1.0)]
    ax = descent(bowl, starts, lr=0.2, steps=12)
    for start, path in zip(starts, runs(ax), strict=True):
        expected = by_hand(lambda p: np.array([3 * p[0], p[1]]), np.array(start), 0.2, 12)
        np.testing.assert_allclose(path, expected, rtol=1e-12, atol=1e-15)
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    covered = np.concatenate(runs(ax))
    assert left < covered[:, 0].min() < covered[:, 0].max() < right
    assert bottom < covered[:, 1].min() < covered[:, 1].max() < top
    assert legend(ax) == [
        "from (1.00, 1.00) to (0.00, 0.07)",
        "from (−1.50, 1.00) to (0.00, 0.07)",
    ]
    assert len([c for c in ax.collections if type(c).__name__ == "QuadContourSet"]) == 2


def test_a_run_begins_hollow_and_ends_full():
    ax = descent(quartic, [2.0], lr=0.03, steps=5)
    [path] = runs(ax)
    begin, end = [line for line in ax.lines if len(line.get_xydata()) == 1]
    assert begin.get_xydata()[0].tolist() == path[0].tolist()
    assert end.get_xydata()[0].tolist() == path[-1].tolist()
    assert begin.get_markerfacecolor() != begin.get_markeredgecolor()
    assert end.get_markerfacecolor() == begin.get_markeredgecolor()


def test_the_legend_leaves_small_axes_their_room():
    small = pyplot.figure(figsize=(3, 2.5), layout="constrained").add_subplot()
    ax = descent(quartic, [-2.0, 2.0], 0.03, 5, ax=small)
    ax.figure.draw_without_rendering()
    assert ax.get_window_extent().width > 0.65 * ax.figure.bbox.width  # the numbers beside it take the rest
    assert ax.get_legend().get_window_extent().width < ax.figure.bbox.width


def test_ranges_are_as_given():
    ax = descent(quartic, [0.5], 0.01, 5, x=(-3, 3), y=(-5, 5))
    assert (ax.get_xlim(), ax.get_ylim()) == ((-3, 3), (-5, 5))
    ax = descent(bowl, [(1, 1)], 0.1, 5, x=(-3, 3), y=(-1, 2))
    assert (ax.get_xlim(), ax.get_ylim()) == ((-3, 3), (-1, 2))


def test_the_map_is_not_much_flatter_than_wide():
    ax = descent(bowl, [(1.0, 0.4)], 0.1, 40)
    wide, high = np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim())
    assert high == pytest.approx(0.7 * wide)
    ax = descent(lambda x, y: (x / 1000) ** 2 + y**2, [(1000.0, 1.0), (-1000.0, -1.0)], 0.1, 5)
    assert np.ptp(ax.get_ylim()) < 3 < 2000 < np.ptp(ax.get_xlim())  # of different kinds


def test_no_steps_and_a_start_in_a_minimum():
    [path] = runs(descent(lambda x: x**2, 0.0, lr=0.1, steps=0))
    assert path.tolist() == [[0, 0]]
    ax = descent(lambda x: x**2, [0.0], lr=0.1, steps=3)
    assert legend(ax) == ["from 0.00, slope 0.00: nowhere, to 0.00"]


def test_as_many_runs_as_can_be_told_apart():
    ax = descent(quartic, np.linspace(-2, 2, 7), lr=0.01, steps=3)
    drawn = [line for line in ax.lines if not line.get_label().startswith("_")]
    assert len({line.get_color() for line in drawn}) == len({line.get_marker() for line in drawn}) == 7
    with pytest.raises(ValueError, match="up to 7 runs apart; given 8 starts"):
        descent(quartic, np.linspace(-2, 2, 8), lr=0.01, steps=3)


def test_many_steps():
    [path] = runs(descent(bowl, [(1, 1)], lr=0.001, steps=600))
    assert len(path) == 601


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"f": 3}, TypeError, "descent from numbers takes a function of 1 number, not int"),
        ({"f": bowl}, TypeError, "from numbers takes a function of 1 number; f cannot be called with 1"),
        ({"starts": [(1, 1)]}, TypeError, "from pairs takes a function of 2 numbers; f cannot be called"),
        ({"starts": [(1, 1, 1)]}, ValueError, r"starts are numbers.*or pairs.*given shape \(1, 3\)"),
        ({"starts": []}, ValueError, "starts is empty"),
        ({"starts": [math.nan]}, ValueError, "starts holds nan"),
        ({"lr": 0}, ValueError, "lr is a number above 0, not 0"),
        ({"lr": math.inf}, ValueError, "lr is a number above 0, not inf"),
        ({"lr": math.nan}, ValueError, "lr is a number above 0, not nan"),
        ({"lr": "fast"}, ValueError, "lr is a number above 0, not 'fast'"),
        ({"steps": -1}, ValueError, "steps is a whole number from 0, not -1"),
        ({"steps": 1.5}, ValueError, "steps is a whole number"),
        ({"x": (1, 0)}, ValueError, "x is a range"),
        ({"y": (1, 0)}, ValueError, "y is a range"),
        ({"lr": 1e9, "steps": 50}, (ValueError, DomainError), r"run from 1.00"),
        (
            {"f": lambda x: x**2, "lr": 9.0, "steps": 500},
            ValueError,
            r"1.00 left all bounds at step \d+: .* 9$",
        ),
        ({"f": lambda x: sqrt(x) ** 3, "lr": 5.0}, DomainError, r"step 2 of the run from 1.00: sqrt"),
    ],
)
def test_what_does_not_descend(arguments, error, message, nothing_drawn):
    given = {"f": quartic, "starts": [1.0], "lr": 0.01, "steps": 5, **arguments}
    with pytest.raises(error, match=message):
        descent(given.pop("f"), given.pop("starts"), **given)
    assert nothing_drawn()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "f",
    [lambda x: math.pow(x, 2), lambda x: float(x) ** 2, lambda x: x.data**2, lambda x: x * x + math.sin(x)],
    ids=["math", "float", "data", "in part"],
)
@pytest.mark.parametrize("steps", [0, 5])
def test_a_curve_whose_slope_cannot_be_seen_is_not_drawn_as_flat(f, steps, nothing_drawn):
    with pytest.raises((TypeError, AttributeError), match=r"autograd|'float' object"):
        descent(f, [1.0], lr=0.1, steps=steps)
    assert nothing_drawn()


def test_the_other_minimum_is_in_sight():
    for start in (2.0, 0.5):
        left, right = descent(quartic, [start], 0.03, 40).get_xlim()
        assert left < -1.3008 < 1.1309 < right
    left, right = descent(lambda x: x**2, [1.0], 0.1, 20).get_xlim()  # has no other
    assert (left, right) == pytest.approx((0.8**20 - 0.15 * (1 - 0.8**20), 1 + 0.15 * (1 - 0.8**20)))
    left, _ = descent(lambda x: quartic(x) + 0 * sqrt(x * x - 0.04), [2.0], 0.03, 40).get_xlim()
    assert left > 0  # undefined on the way to the other


def test_the_slope_is_drawn_at_every_step_that_stands_apart():
    ax = descent(quartic, [-2.0], lr=0.01, steps=4, x=(-2.2, -1.2))
    [tangents] = [c.get_segments() for c in ax.collections]
    [path] = runs(ax)
    assert len(tangents) == 4
    for (x, y), (start, end) in zip(path[1:], tangents, strict=True):
        assert (start + end) / 2 == pytest.approx([x, y])
        assert (end[1] - start[1]) / (end[0] - start[0]) == pytest.approx(4 * x**3 - 6 * x + 1)


def test_axes_have_the_names_of_the_function():
    def C(w):
        return w**2

    for ax in (descent(C, [1.0], 0.1, 2), descent(lambda w: w**2, [1.0], 0.1, 2, name="C")):
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("$w$", "$C(w)$")
    assert descent(sin, 1.0, lr=0.1, steps=1).get_ylabel() == "sin$(x)$"
    assert descent(bowl, [(1, 1)], 0.1, 2).get_ylabel() == "$y$"
