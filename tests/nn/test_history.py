"""The history of a run: its table, its file, its plot."""

import dataclasses
import json
import math
import os
import sys

import matplotlib as mpl
import numpy as np
import pytest
from contrast import contrast
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot
from matplotlib.colors import to_hex
from matplotlib.transforms import Bbox

import nn
from nn import Epoch, History
from nn._training.history import COLORS

mpl.use("Agg")

FULL = History(
    [
        Epoch(1, 0.8, 0.4, 0.9, 0.35, 1.25),
        Epoch(2, 0.3, 0.85, 0.5, 0.8, 1.3),
        Epoch(3, 0.05, 1.0, 0.45, 0.8125, 12.0),
    ]
)
MEASURED = History(
    [
        Epoch(1, 9.5, None, 8.25, None, 1.0, {"R²": 0.25, "error in kWh": 2.0}, {"R²": 0.5}),
        Epoch(2, 4.5, None, 3.25, None, 1.0, {"R²": 0.75, "error in kWh": 1.0}, {"R²": math.nan}),
    ]
)
ONLY_COST = History([Epoch(n, 1 / n, None, None, None, 1.0) for n in range(1, 41)])


# -- as a sequence and as a table -----------------------------------------------------------------


def test_a_history_is_a_sequence_of_epochs_with_a_list_for_each_number():
    assert len(FULL) == 3
    assert FULL[-1] is FULL.epochs[2]
    assert [epoch.number for epoch in FULL] == [1, 2, 3]
    assert [epoch.number for epoch in FULL[1:]] == [2, 3]
    assert FULL.cost == [0.8, 0.3, 0.05]
    assert FULL.accuracy == [0.4, 0.85, 1.0]
    assert FULL.validation_cost == [0.9, 0.5, 0.45]
    assert FULL.validation_accuracy == [0.35, 0.8, 0.8125]


def test_the_table():
    assert str(FULL).splitlines() == [
        "             training             validation",
        "epoch        cost  accuracy        cost  accuracy  seconds",
        "    1      0.8000   40.00 %      0.9000   35.00 %      1.2",
        "    2      0.3000   85.00 %      0.5000   80.00 %      1.3",
        "    3     0.05000  100.00 %      0.4500   81.25 %     12.0",
    ]


@pytest.mark.parametrize(
    "cost", [0.0, 1.0, 1.2345e-7, 98765.4321, 1e300, -0.5, -1.2345e-17, math.inf, math.nan]
)
def test_the_columns_of_the_table_stay_under_their_headings_for_any_cost(cost):
    shown = str(History([Epoch(12345, cost, 1.0, cost, None, 1e4)])).splitlines()[1:]
    heading, row = (line.replace(" %", "_%") for line in shown)
    ends = [
        [i for i, c in enumerate(line + " ") if c == " " and line[i - 1] != " "] for line in (heading, row)
    ]
    assert ends[0] == ends[1]
    assert [float(row.split()[i]) for i in (1, 3)] == pytest.approx([cost, cost], rel=1e-3, nan_ok=True)


def test_the_table_of_a_regression_has_its_metrics_in_place_of_accuracy():
    lines = str(MEASURED).splitlines()
    assert lines[1:] == [
        "epoch        cost          R²  error in kWh        cost          R²  error in kWh  seconds",
        "    1       9.500      0.2500         2.000       8.250      0.5000             –      1.0",
        "    2       4.500      0.7500         1.000       3.250         nan             –      1.0",
    ]
    assert lines[0].split() == ["training", "validation"]
    judged = History([dataclasses.replace(FULL[0], metrics={"R²": 0.5})])
    assert str(judged).splitlines()[1].split() == [
        "epoch", "cost", "accuracy", "R²", "cost", "accuracy", "R²", "seconds"
    ]  # fmt: skip
    assert str(MEASURED[0]).split()[2] == "–"  # of an epoch alone: an accuracy that is none


def test_the_table_of_a_regression_without_metrics_has_only_costs():
    assert str(History(ONLY_COST[:1])).splitlines() == [
        "        training   validation",
        "epoch        cost        cost  seconds",
        "    1       1.000           –      1.0",
    ]
    assert "accuracy" in str(History())


def test_a_history_has_a_list_for_each_metric():
    assert MEASURED.metrics == {"R²": [0.25, 0.75], "error in kWh": [2.0, 1.0]}
    assert MEASURED.validation_metrics["R²"][0] == 0.5
    assert FULL.metrics == FULL.validation_metrics == {}
    assert len({MEASURED[0], MEASURED[1], FULL[0]}) == 3  # an epoch has a hash


def test_the_table_says_how_the_run_ended():
    diverged = dataclasses.replace(FULL, diverged="a cost of 1e+167")
    assert str(diverged).splitlines()[-1] == "diverged: a cost of 1e+167"
    assert str(FULL).splitlines()[-1].endswith("12.0")
    assert str(dataclasses.replace(FULL, interrupted=True)).splitlines()[-1] == "interrupted"
    assert str(dataclasses.replace(FULL, stopped="enough")).splitlines()[-1] == "stopped: enough"
    assert str(dataclasses.replace(FULL, stopped="")).splitlines()[-1] == "stopped: "


def test_its_repr_is_short():
    assert repr(History()) == "<History of 0 epochs; print it for the table>"
    assert repr(FULL) == "<History of 3 epochs: cost 0.05; print it for the table>"
    assert repr(History(FULL[:1])) == "<History of 1 epoch: cost 0.8; print it for the table>"


# -- in a file ------------------------------------------------------------------------------------

numbers = st.floats()
perhaps = st.none() | numbers
# The alphabet of st.text() itself, which Hypothesis would ask a codec about sign by sign: 2 s.
texts = st.text(st.characters(exclude_categories=["Cs"]))
metrics = st.dictionaries(texts, numbers, max_size=2)
histories = st.builds(
    History,
    st.lists(
        st.builds(Epoch, st.integers(1, 10**6), numbers, *[perhaps] * 3, numbers, metrics, metrics),
        max_size=3,
    ),
    st.booleans(),
    st.none() | texts,
    diverged=st.none() | texts,
)


def no_such_number(text):
    raise AssertionError(f"{text} is no JSON")


@given(history=histories)
def test_a_history_comes_back_from_standard_json(tmp_path_factory, history):
    path = tmp_path_factory.mktemp("run") / "history.json"
    assert history.save(str(path)) == path
    json.loads(path.read_text(encoding="utf-8"), parse_constant=no_such_number)
    # By repr, which tells -0.0 from 0.0, 1 from 1.0 and nan from None, and calls nan equal to nan.
    assert repr(dataclasses.asdict(History.load(path))) == repr(dataclasses.asdict(history))


def test_a_file_from_before_there_were_metrics_is_read_and_written_as_it_was(tmp_path):
    epoch = {"number": 1, "cost": 0.5, "accuracy": None, "validation_cost": "nan"}
    epoch |= {"validation_accuracy": None, "seconds": 1.0}
    old = {"format": "chainrule history 1", "epochs": [epoch], "interrupted": True, "stopped": None}
    (tmp_path / "old.json").write_text(json.dumps(old))
    history = History.load(tmp_path / "old.json")
    assert (history.cost, history.metrics, history.diverged, history.interrupted) == ([0.5], {}, None, True)
    assert json.loads(history.save(tmp_path / "new.json").read_text()) == old


@pytest.mark.parametrize("metrics", [3, ["R²"], {"R²": "high"}, {"R²": None}, {"R²": True}, {"R²": {"a": 1}}])
def test_damaged_metrics_are_told(tmp_path, metrics):
    content = json.loads(MEASURED.save(tmp_path / "run.json").read_text(encoding="utf-8"))
    content["epochs"][1]["metrics"] = metrics
    (tmp_path / "run.json").write_text(json.dumps(content))
    with pytest.raises(ValueError, match=r"run\.json is not a history that History\.save wrote"):
        History.load(tmp_path / "run.json")


def test_what_fit_returns_comes_back(tmp_path):
    net = nn.MLP([2, 1], rng=0)
    X, Y = np.eye(2), [[0.0], [1.0]]
    history = nn.fit(
        net, X, Y, optimizer=nn.SGD(net.parameters(), 1.0), epochs=3, batch_size=1, rng=0, validation=(X, Y)
    )
    assert History.load(history.save(tmp_path / "run.json")) == history
    assert len(history) == 3


def test_saving_over_a_history_fails_without_harm(tmp_path, monkeypatch):
    path = FULL.save(tmp_path / "run.json")

    def fail(*_):
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="no space"):
        ONLY_COST.save(path)
    assert History.load(path) == FULL
    assert os.listdir(tmp_path) == ["run.json"]
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        FULL.save(tmp_path / "missing" / "run.json")


def test_a_file_cut_short_anywhere_is_refused_by_name(tmp_path):
    path = FULL.save(tmp_path / "run.json")
    content = path.read_bytes()
    for length in range(len(content)):
        path.unlink()
        path.write_bytes(content[:length])
        with pytest.raises(ValueError, match=r"run\.json is not a history that History\.save wrote: "):
            History.load(path)


def content_with(**changes):
    return {"format": "chainrule history 1", **dataclasses.asdict(FULL), **changes}


def epoch_with(**changes):
    return content_with(epochs=[{**dataclasses.asdict(FULL[0]), **changes}])


@pytest.mark.parametrize(
    "content",
    [
        [],
        7,
        None,
        {},
        {"format": "chainrule history 1"},
        content_with(format="chainrule history 2"),
        content_with(epochs=5),
        content_with(epochs=[5]),
        content_with(epochs=[{}]),
        content_with(interrupted="yes"),
        content_with(interrupted=None),
        content_with(stopped=3),
        content_with(mood="good"),
        epoch_with(number=1.5),
        epoch_with(number=None),
        epoch_with(number=True),
        epoch_with(cost=None),
        epoch_with(cost="0.8"),
        epoch_with(cost=[0.8]),
        epoch_with(accuracy={}),
        epoch_with(validation_cost=False),
        epoch_with(seconds=None),
        epoch_with(mood="good"),
    ],
)
def test_what_is_no_history_is_refused_by_name(tmp_path, content):
    path = tmp_path / "run.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ValueError, match=r"run\.json is not a history"):
        History.load(path)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"epochs", b"[" * 100_000, b"9" * 10_000, b"PK\3\4"])
def test_what_is_no_json_is_refused_by_name(tmp_path, content):
    path = tmp_path / "run.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"run\.json is not a history"):
        History.load(path)


def test_a_missing_file_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        History.load(tmp_path / "run.json")


# -- as a plot ------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _close_plots():
    yield
    pyplot.close("all")


def curves(ax):
    return {line.get_label(): line for line in ax.get_lines()}


def heights(line):
    return line.get_ydata().tolist()


def test_cost_is_on_the_left_scale_and_accuracy_on_the_right():
    left = FULL.plot()
    both = left.figure.axes
    assert both[0] is left
    assert {label: heights(line) for label, line in curves(left).items()} == {
        "cost, training": FULL.cost,
        "cost, validation": FULL.validation_cost,
    }
    assert {label: heights(line) for label, line in curves(both[1]).items()} == {
        "accuracy, training": FULL.accuracy,
        "accuracy, validation": FULL.validation_accuracy,
    }
    assert all(line.get_xdata().tolist() == [1, 2, 3] for ax in both for line in ax.get_lines())
    assert [ax.get_ylabel() for ax in both] == ["cost", "accuracy"]
    assert left.get_xlabel() == "epoch"
    assert [text.get_text() for text in left.get_legend().get_texts()] == [*curves(left), *curves(both[1])]


def test_each_scale_has_the_colour_of_its_curves_and_validation_is_dashed():
    left, right = FULL.plot().figure.axes
    for ax in (left, right):
        training, validation = ax.get_lines()
        assert training.get_color() == validation.get_color() == ax.yaxis.label.get_color()
        assert {to_hex(tick.get_color()) for tick in ax.get_yticklabels()} == {training.get_color().lower()}
        assert (training.get_linestyle(), validation.get_linestyle()) == ("-", "--")
    assert left.get_lines()[0].get_color() != right.get_lines()[0].get_color()


def test_the_scales_begin_at_zero_and_hold_all_that_is_drawn():
    left, right = FULL.plot().figure.axes
    assert left.get_ylim() == pytest.approx((0, 1.05 * 0.9))
    assert right.get_ylim()[0] == 0
    assert 1.0 < right.get_ylim()[1] < 1.1
    right.figure.canvas.draw()
    assert right.get_yticklabels()[1].get_text() == "20%"


def test_a_run_of_cost_alone_has_one_scale_and_needs_no_legend():
    ax = ONLY_COST.plot()
    assert ax.figure.axes == [ax]
    assert ax.get_legend() is None
    assert {label: heights(line) for label, line in curves(ax).items()} == {"cost, training": ONLY_COST.cost}


def test_costs_below_zero_are_in_the_picture():
    ax = History([Epoch(n, cost, None, None, None, 1.0) for n, cost in [(1, 2.0), (2, -3.0)]]).plot()
    assert ax.get_ylim()[0] < -3


@pytest.mark.parametrize("count", [1, 2, 7, 40])
def test_epochs_are_whole_numbers_on_the_scale(count):
    ax = History(ONLY_COST[:count]).plot()
    ax.figure.canvas.draw()
    low, high = ax.get_xlim()
    ticks = [tick for tick in ax.get_xticks() if low <= tick <= high]
    assert ticks
    assert all(tick == int(tick) for tick in ticks)
    assert low < 1
    assert high > count


def test_a_single_epoch_is_a_dot_full_for_training_and_hollow_for_validation():
    left, right = History(FULL[:1]).plot().figure.axes
    for ax in (left, right):
        training, validation = ax.get_lines()
        assert training.get_marker() == validation.get_marker() == "o"
        assert training.get_markerfacecolor() == training.get_color()
        assert validation.get_markerfacecolor() == "none"


def test_a_gap_is_left_where_there_is_no_number():
    costs = [0.6, math.nan, 0.5, math.inf, 0.7]
    epochs = [
        Epoch(n, 0.5, None, cost, 0.1 * n if n > 2 else None, 1.0) for n, cost in enumerate(costs, start=1)
    ]
    left, right = History(epochs).plot().figure.axes
    assert heights(curves(left)["cost, validation"]) == pytest.approx(costs, nan_ok=True)
    assert left.get_ylim() == pytest.approx((0, 1.05 * 0.7))
    assert list(curves(right)) == ["accuracy, validation"]
    assert heights(curves(right)["accuracy, validation"]) == pytest.approx(
        [math.nan, math.nan, 0.3, 0.4, 0.5], nan_ok=True
    )


@pytest.mark.parametrize("cost", [0.0, math.nan, math.inf])
def test_a_cost_without_a_height_can_be_drawn(cost):
    History([Epoch(1, cost, 0.5, None, None, 1.0)]).plot().figure.canvas.draw()


def test_nothing_overlaps():
    for history in (FULL, ONLY_COST, History(FULL[:1])):
        ax = history.plot()
        ax.set_title("a title")
        ax.figure.canvas.draw()
        parts = {"axes": ax, "x label": ax.xaxis.label, "title": ax.title}
        if ax.get_legend() is not None:
            parts["legend"] = ax.get_legend()
        boxes = {name: part.get_window_extent() for name, part in parts.items()}
        low, high = ax.get_xlim()
        shown = [text for text in ax.get_xticklabels() if low <= text.get_position()[0] <= high]
        boxes["ticks"] = Bbox.union([text.get_window_extent() for text in shown])
        names = list(boxes)
        for i, name in enumerate(names):
            page = ax.figure.bbox
            assert page.x0 <= boxes[name].x0 < boxes[name].x1 <= page.x1
            assert page.y0 <= boxes[name].y0 < boxes[name].y1 <= page.y1
            for other in names[:i]:
                assert not boxes[name].overlaps(boxes[other]), (name, other)


def test_it_draws_in_axes_that_are_given():
    figure, (first, second) = pyplot.subplots(1, 2)
    assert FULL.plot(second) is second
    assert not first.get_lines()
    assert len(pyplot.get_fignums()) == 1
    with pytest.raises(TypeError, match="matplotlib's Axes, or None for new ones, not Figure"):
        FULL.plot(figure)


def test_a_run_without_an_epoch_has_no_plot():
    with pytest.raises(ValueError, match="no epoch was completed"):
        History(interrupted=True).plot()
    assert not pyplot.get_fignums()


def test_without_matplotlib_the_command_that_installs_it_is_told(monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(f"No module named {name!r}", name="matplotlib")

    monkeypatch.setattr("importlib.import_module", missing)
    with pytest.raises(ImportError, match=r'a history needs matplotlib: pip install "chainrule\[plots\]"'):
        FULL.plot()


def test_a_history_is_saved_as_json_only(tmp_path):
    with pytest.raises(ValueError, match=r"saved as \.json, not as 'run\.csv'"):
        nn.History().save(tmp_path / "run.csv")
    assert list(tmp_path.iterdir()) == []


def test_colours_read_on_white_and_on_black():
    for color in COLORS:
        assert min(contrast(color, ground) for ground in ("#FFFFFF", "#000000")) > 4.5


def test_each_metric_has_a_scale_and_a_colour_of_its_own():
    axes = MEASURED.plot().figure.axes
    assert [ax.get_ylabel() for ax in axes] == ["cost", "R²", "error in kWh"]
    assert len({to_hex(ax.yaxis.label.get_color()) for ax in axes}) == 3
    assert axes[1].lines[0].get_ydata().tolist() == [0.25, 0.75]
    assert [text.get_text() for text in axes[0].get_legend().get_texts()] == [
        "cost, training", "cost, validation", "R², training", "R², validation", "error in kWh, training",
    ]  # fmt: skip
    figure = axes[0].figure
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    boxes = [ax.yaxis.get_tightbbox(renderer) for ax in axes[1:]]
    assert not boxes[0].overlaps(boxes[1])
    both = History([dataclasses.replace(FULL[0], metrics={"R²": 0.5})]).plot().figure.axes
    assert [ax.get_ylabel() for ax in both] == ["cost", "accuracy", "R²"]


def test_no_more_of_a_file_is_read_than_a_history_can_be(tmp_path, monkeypatch):
    path = History([Epoch(1, 0.8, None, None, None, 1.0)]).save(tmp_path / "run.json")
    monkeypatch.setattr(sys.modules[History.__module__], "MOST_BYTES", path.stat().st_size)
    assert len(History.load(path)) == 1
    path.write_text(path.read_text() + " ")
    with pytest.raises(ValueError, match=r"longer than .* bytes"):
        History.load(path)
