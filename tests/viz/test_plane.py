"""A net of two inputs on its page: numbers over the plane, contours, directions, the surface of the cost."""

import json
import re

import numpy as np
import pytest
from browser import Page, needs_browser
from javascript import node, run

import nn
import viz
from autograd import Value, compile, tanh
from viz._pages.parts.assembly import asset

PLOTS = ("drawing/contours", "plane/field", "plane/decision", "course/directions", "course/landscape")
COMPUTING = ("data", "events", "evaluate", "state", "training")


SIZES, HOW = [2, 5, 3, 1], {"activation": tanh, "output_activation": nn.identity, "rng": 0}


@pytest.fixture(scope="module")
def circles(tmp_path_factory):
    """A disc in a ring and the page of a net that learns them: inputs, desired outputs, page."""
    X, labels = nn.data.circles(24, rng=0, noise=0.1)
    Y = 2.0 * labels[:, None] - 1
    path = tmp_path_factory.mktemp("net") / "net.html"
    page = viz.net_page(nn.MLP(SIZES, **HOW), (X, Y), path, cost=nn.hinge_loss, lr=0.1, batch_size=8, rng=3)
    return X, Y, page


def _answer(page, script, folder, argument=None):
    """What a script gives that stands behind the computing part of a page, without a screen."""
    text = page.read_text(encoding="utf-8")
    program = re.search(r"(?s)const PROGRAM = .*?\n\}\)\(\);\n", text)[0]
    data = re.search(r'(?s)id="data">(.*?)</script>', text)[1]
    scripts = "\n".join(asset("viz._pages.net", f"{name}.js") for name in (*COMPUTING, *PLOTS))
    head = (
        "const result = (steps) => {"
        "  for (;;) { const { value, done } = steps.next(); if (done) return value; }"
        "};"
        "globalThis.requestAnimationFrame = () => 0;"
        "globalThis.document = { getElementById: () => ({ textContent: JSON.stringify(argument.data) }) };"
    )
    source = f"{head}\n{program}\n{scripts}\nconst given = argument.given;\n{script}"
    return run(source, {"data": json.loads(data), "given": argument}, folder)


def _learnt(X, Y, **options):
    """The parameters after `nn.fit`."""
    net = nn.MLP(SIZES, **HOW)
    optimizer = nn.SGD(net.parameters(), lr=0.1)
    nn.fit(net, X, Y, cost=nn.hinge_loss, optimizer=optimizer, batch_size=8, rng=3, **options)
    return np.concatenate([p.data.ravel() for p in net.parameters()])


@node
def test_the_numbers_over_the_plane_are_those_of_the_net(circles, tmp_path):
    X, _, page = circles
    net = nn.MLP(SIZES, **HOW)
    points, outputs, hidden = _answer(
        page,
        """
        state.theta[3] += 0.25;
        const field = new Field(9, planeRanges());
        result(field.compute(state.theta));
        const points = Array.from({ length: 81 }, (_, i) => [...field.rows.slice(3 * i, 3 * i + 2)]);
        const hidden = [0, 1, 2, 3, 4].map((j) => [...field.column(data.columns.layers[0].activations + j)]);
        console.log(JSON.stringify([points, [...field.column(outputColumn)], hidden]));
        """,
        tmp_path,
    )
    net.layers[0].W.data[1, 1] += 0.25
    points = np.array(points)
    np.testing.assert_allclose(outputs, net(points).data[:, 0], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(np.transpose(hidden), net.layers[0](points).data, rtol=1e-9, atol=1e-9)
    # A square, row after row from below, with every example inside.
    steps = np.diff(points.reshape(9, 9, 2), axis=1)[..., 0], np.diff(points.reshape(9, 9, 2), axis=0)[..., 1]
    np.testing.assert_allclose(steps[0], steps[1].T, rtol=1e-9)
    assert np.all((points.min(axis=0) < X.min(axis=0)) & (points.max(axis=0) > X.max(axis=0)))
    np.testing.assert_allclose(points.mean(axis=0), (X.min(axis=0) + X.max(axis=0)) / 2, rtol=1e-9)


@node
def test_directions_are_those_of_the_path(circles, tmp_path):
    page = circles[-1]
    rng = np.random.default_rng(0)
    paths = [
        np.cumsum(rng.normal(size=(k, d)) * rng.uniform(0.1, 3, d), axis=0)
        for k, d in [(3, 2), (9, 4), (40, 11)]
    ]
    points = [rng.normal(size=path.shape[1]) for path in paths]
    answers = _answer(
        page,
        """
        const array = (list) => Float64Array.from(list);
        console.log(JSON.stringify(given.map(({ path, point }) => {
          const plane = planeOf(path.map(array)), { place, distance } = project(plane, array(point));
          const [first, second, back] = [plane.first, plane.second, pointAt(plane, place)].map((a) => [...a]);
          return { first, second, place, distance, back };
        })));
        """,
        tmp_path,
        [{"path": path.tolist(), "point": point.tolist()} for path, point in zip(paths, points, strict=True)],
    )
    for path, point, answer in zip(paths, points, answers, strict=True):
        first = (path[-1] - path[0]) / np.linalg.norm(path[-1] - path[0])
        rests = (path - path[0]) @ (np.eye(len(first)) - np.outer(first, first))
        second = np.linalg.svd(rests)[2][0]
        second *= np.sign(second @ answer["second"])
        np.testing.assert_allclose(answer["first"], first, atol=1e-12)
        np.testing.assert_allclose(answer["second"], second, atol=1e-6)
        basis = np.array([first, answer["second"]])
        np.testing.assert_allclose(answer["place"], basis @ (point - path[0]), atol=1e-9)
        nearest = path[0] + basis.T @ basis @ (point - path[0])
        np.testing.assert_allclose(answer["back"], nearest, atol=1e-9)
        assert answer["distance"] == pytest.approx(np.linalg.norm(point - nearest), abs=1e-9)


@node
def test_a_straight_path_and_one_that_stays_have_their_directions(circles, tmp_path):
    page = circles[-1]
    straight, still = _answer(
        page,
        """
        const straight = planeOf([0, 1, 2].map((k) => Float64Array.from([0.1 + 0.3 * k, 0.7 * k, 0.2])));
        const still = planeOf([0, 1].map(() => Float64Array.from([1, 2])));
        console.log(JSON.stringify([[[...straight.first], [...straight.second]], still]));
        """,
        tmp_path,
    )
    np.testing.assert_allclose(straight[0], np.array([0.3, 0.7, 0]) / np.hypot(0.3, 0.7), atol=1e-12)
    np.testing.assert_allclose(np.array(straight) @ np.transpose(straight), np.eye(2), atol=1e-12)
    assert still is None


@node
def test_very_large_parameters_and_very_small_inputs_are_drawn_or_not_at_all(circles, tmp_path):
    across, beyond, texts = _answer(
        circles[-1],
        asset("viz._pages.net", "drawing/axes.js")
        + """
        const points = [[0, 0], [1, 0.5], [1, 1]];
        const bent = (size) => planeOf(points.map((p) => Float64Array.from(p, (x) => x * size)));
        const { texts } = ticks(-2e-110, 2e-110, 4);
        console.log(JSON.stringify([bent(1e153), bent(1e200), texts].map((x) => x && (x.second ?? x))));
        """,
        tmp_path,
    )
    np.testing.assert_allclose([across["0"], across["1"]], [0.5**0.5, -(0.5**0.5)], rtol=1e-9)
    assert beyond is None
    assert texts == ["−2.0e−110", "−1.0e−110", "0", "1.0e−110", "2.0e−110"]


@node
def test_the_surface_is_the_mean_cost_around_the_way_that_fit_takes(circles, tmp_path):
    X, Y, page = circles
    answer = _answer(
        page,
        """
        const { plane, ranges, size, heights, ahead, count } = result(landscapeOf([]));
        const at = [0, 7, 40, 820, 1680], places = at.map((i) => placeOnGrid(ranges, size, i));
        const thetas = places.map((place) => [...pointAt(plane, place)]);
        const ends = ahead.map((theta) => project(plane, theta).place);
        console.log(JSON.stringify({
          thetas, heights: at.map((i) => heights[i]), count, places,
          last: [...ahead.at(-1)], ends, ranges, untouched: state.steps,
        }));
        """,
        tmp_path,
    )
    leaves = [Value(0.0, label=name) for name in ("x_0", "x_1", "y")]
    twin = nn.MLP(SIZES, node=Value, **HOW)
    outputs = twin(np.array(leaves[:2]))
    program = compile(nn.hinge_loss(outputs, np.array(leaves[2:])), inputs=leaves, wrt=twin.parameters())
    for theta, height in zip(answer["thetas"], answer["heights"], strict=True):
        assert height == pytest.approx(program(np.array(theta), np.hstack([X, Y])).mean(), rel=1e-9)
    (low, high), (below, above) = answer["ranges"]
    assert answer["places"][0] == [low, below]
    np.testing.assert_allclose(answer["places"][4], [high, above])
    assert high - low == pytest.approx(above - below)
    assert all(low < u < high and below < v < above for u, v in answer["ends"])
    assert answer["ends"][-1][1] == pytest.approx(0, abs=1e-9)  # the end is on the first axis
    assert (answer["count"], answer["untouched"]) == (24, 0)

    costs = []

    def at_enough(history):
        # The mean over the batches before their steps, which are equally large here.
        costs.append(history.cost[-1])
        if costs[-1] < 0.02 * costs[0]:
            raise nn.StopTraining("enough")

    theta = _learnt(X, Y, epochs=500, callbacks=[at_enough])
    assert len(costs) > 5
    np.testing.assert_allclose(answer["last"], theta, rtol=1e-9, atol=1e-9)


@node
def test_contours_go_between_the_points_that_enclose_a_level(circles, tmp_path):
    page = circles[-1]
    rng = np.random.default_rng(1)
    grid = rng.normal(size=(6, 7))
    circle = np.hypot(*(np.mgrid[:41, :41] - 20.0))
    noisy, round_, saddles = _answer(
        page,
        """
        console.log(JSON.stringify([
          contour(given[0], 6, 7, 0.1), contour(given[1], 41, 41, 12.5),
          [contour([2, 0, 0, 2], 2, 2, 0.5), contour([2, 0, 0, 2], 2, 2, 1.5)],
        ]));
        """,
        tmp_path,
        [grid.ravel().tolist(), circle.ravel().tolist()],
    )
    for x, y in np.array(noisy).reshape(-1, 2):
        row, column = int(min(np.floor(y), 4)), int(min(np.floor(x), 5))
        t, s = x - column, y - row
        corners = grid[row : row + 2, column : column + 2]
        assert np.array([1 - s, s]) @ corners @ np.array([1 - t, t]) == pytest.approx(0.1, abs=1e-12)
        assert min(t, s, 1 - t, 1 - s) == pytest.approx(0, abs=1e-12)
    crossed = np.sum(np.diff(grid > 0.1, axis=0)) + np.sum(np.diff(grid > 0.1, axis=1))
    assert len({tuple(end) for end in np.round(np.reshape(noisy, (-1, 2)), 9).tolist()}) == crossed
    np.testing.assert_allclose(np.hypot(*(np.reshape(round_, (-1, 2)) - 20).T), 12.5, atol=0.01)
    # Where the middle is above the level, lines cut off the low corners, and else the high ones.
    low_level, high_level = ({tuple(sorted([(x, y), (u, v)])) for x, y, u, v in pieces} for pieces in saddles)
    assert low_level == {((0.75, 0), (1, 0.25)), ((0, 0.75), (0.25, 1))}
    assert high_level == {((0, 0.25), (0.25, 0)), ((0.75, 1), (1, 0.75))}


@node
def test_a_map_has_the_colour_of_the_class_and_a_neuron_that_of_its_sign(tmp_path):
    X, labels = nn.data.blobs(30, rng=0, centers=3)
    net = nn.MLP([2, 4, 3], rng=0)
    page = viz.net_page(net, (X, labels), tmp_path / "net.html")
    points, codes, boundaries, sign, ends, maps = _answer(
        page,
        """
        const coloursNow = () => ({ classes: ["a", "b", "c"], negative: "low", positive: "high" });
        const paletteOf = (colours, make) => make(colours), mixed = (colour) => colour;
        const paint = (canvas, size, codes, palette) => Array.from(codes, (code) => [code, palette[code]]);
        const field = new Field(21, planeRanges()), ends = desiredEnds();
        result(field.compute(state.theta));
        const points = Array.from({ length: 441 }, (_, i) => [...field.rows.slice(5 * i, 5 * i + 2)]);
        const codes = points.map((_, i) => largestAt(field.numbers, i * results + outputColumn));
        const { middle, reach } = heightsOf(field, { layer: 1, index: 2 }, ends);
        const maps = [null, { layer: 1, index: 2 }].map((neuron) => paintField(null, field, neuron, ends));
        const pieces = boundariesOf(field, ends).length;
        console.log(JSON.stringify([points, codes, pieces, [middle, reach], ends, maps]));
        """,
        tmp_path,
    )
    assert codes == net(np.array(points)).data.argmax(axis=1).tolist()
    assert (boundaries > 0) == (len(set(codes)) > 1)
    assert sign == [0.5, 0.5]
    assert (ends["low"], ends["high"]) == (0, 1)
    assert [colour for _, colour in maps[0]] == ["abc"[code] for code in codes]
    a = net.layers[0](np.array(points)).data[:, 2]
    assert [colour for _, colour in maps[1]] == ["high" if x > 0.5 else "low" for x in a]
    np.testing.assert_allclose([(code + 0.5) / 256 for code, _ in maps[1]], a, atol=0.5 / 256 + 1e-9)


WATCHED = """<script>
window.calls = [];
for (const name of ["arc", "fillText", "strokeRect"]) {
  const draw = CanvasRenderingContext2D.prototype[name];
  CanvasRenderingContext2D.prototype[name] = function (...args) {
    if (this.canvas.parentElement?.id === "surface") calls.push([name, ...args]);
    return draw.apply(this, args);
  };
}
</script>"""


@node
@needs_browser
def test_the_dot_is_where_the_axes_say_that_the_parameters_are(browser, circles, tmp_path):
    X, Y, page = circles
    plane = _answer(
        page,
        """
        const { plane } = result(landscapeOf([]));
        console.log(JSON.stringify([[...plane.first], [...plane.second]]));
        """,
        tmp_path,
    )
    start = np.concatenate([p.data.ravel() for p in nn.MLP(SIZES, **HOW).parameters()])
    watched = tmp_path / "watched.html"
    watched.write_text(
        page.read_text(encoding="utf-8").replace("<body>", f"<body>{WATCHED}", 1), encoding="utf-8"
    )
    shown = Page(browser, watched)
    shown.until(lambda: "all 24 examples" in shown.find("#surface").text)
    for epochs in range(2):
        place, distance = _dot(shown)
        away = (start if epochs == 0 else _learnt(X, Y, epochs=epochs)) - start
        np.testing.assert_allclose(place, plane @ away, atol=0.02)
        rest = np.linalg.norm(away - np.transpose(plane) @ (plane @ away))
        assert distance == pytest.approx(rest, rel=0.06)
        shown.find("#epoch").click()
        shown.until(
            lambda n=epochs: (
                f"after {n + 1}.00 epochs" in shown.find("#curve canvas").get_attribute("aria-label")
            )
        )
    _move(shown, X)
    assert shown.errors() == []


def _move(shown, X):
    """A click on a point chooses an example; arrow keys move x, and the net's output follows."""
    canvas = shown.find("#plane canvas")
    said = r"x is \((.+), (.+)\), the net gives (.+)\. Arrow"

    def numbers():
        found = re.search(said, canvas.get_attribute("aria-label"))
        return [float(text.replace("−", "-")) for text in found.groups()]

    first = canvas.get_attribute("aria-label")
    canvas.click()  # in the middle, in the disc
    shown.until(lambda: canvas.get_attribute("aria-label") != first)
    before = numbers()
    assert np.hypot(*before[:2]) < 2.5
    shown.press("\ue014" * 3)  # →
    shown.until(lambda: numbers()[0] > before[0])
    after = numbers()
    side = 1.35 * np.ptp(X, axis=0).max()
    assert after[0] - before[0] == pytest.approx(3 * side / 50, abs=0.011)
    assert after[1] == before[1]


def _dot(shown):
    """Where the dot is by the numbers at the axes, and how far from the plane the page says it is."""
    shown.run("calls.length = 0; document.dispatchEvent(new Event('modes'))")
    shown.until(lambda: shown.run("return calls.length") > 0)
    calls = shown.run("return calls")
    dot = [args for name, *args in calls if name == "arc"][-1]
    left, top, _, height = next(args for name, *args in calls if name == "strokeRect")
    texts = [args for name, *args in calls if name == "fillText" and re.fullmatch(r"−?[\d.]+", args[0])]
    numbers = [(float(text.replace("−", "-")), x, y) for text, x, y in texts]
    across = [(number, x) for number, x, y in numbers if y > top + height]
    up = [(number, y) for number, x, y in numbers if x < left]
    place = []
    for at, axis in ((dot[0], across), (dot[1], up)):
        (first, there), (last, here) = axis[0], axis[-1]
        place.append(first + (at - there) * (last - first) / (here - there))
    distance = re.search(r"([\d.e-]+) from this plane|in this plane", shown.find("#surface").text)[1]
    return place, float(distance or 0)


@node
def test_a_thinned_path_is_spread_along_the_way(circles, tmp_path):
    rng = np.random.default_rng(2)
    # Fast at first and slow at the end, as training is.
    path = np.cumsum(rng.normal(1, 0.2, (3000, 3)) * np.geomspace(1, 1e-4, 3000)[:, None], axis=0)
    kept = _answer(
        circles[-1],
        """
        const path = thinPath(30);
        for (const theta of given) path.add(Float64Array.from(theta));
        path.end(Float64Array.from(given.at(-1)));
        console.log(JSON.stringify(path.points().map((theta) => [...theta])));
        """,
        tmp_path,
        path.tolist(),
    )
    assert 10 <= len(kept) <= 30
    assert (kept[0], kept[-1]) == (path[0].tolist(), path[-1].tolist())
    gaps = np.linalg.norm(np.diff(kept, axis=0), axis=1)[:-1]
    assert gaps.max() < 4 * gaps.min()
