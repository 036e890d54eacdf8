"""The page of a net: its numbers, its gradient and its training are those of the net in Python."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from javascript import node, run

import nn
import viz
from autograd import DomainError, Tensor, Value, log, maximum, relu, softmax, tanh, where
from autograd._graph.leaving import plain_array
from viz import net_page
from viz._pages.net.document import HERE, PARTS
from viz._pages.net.encoding import encoded
from viz._pages.parts.assembly import asset

RNG = np.random.default_rng(0)
X, LABELS = RNG.normal(size=(23, 3)), RNG.integers(0, 2, 23)
Y = nn.data.one_hot(LABELS, 2)
EXAMPLES = X, Y

# The page in node: its data, no views, and frames of the screen that pass when the test says so.
BROWSER = """
const frames = [];
globalThis.requestAnimationFrame = (f) => frames.push(f);
globalThis.window = globalThis.parent = globalThis;
globalThis.document = { getElementById: () => ({ textContent: argument }), documentElement: { dataset: {} } };
const pass = (count) => { for (let i = 0; i < count && frames.length; i++) frames.shift()(); };
const list = (array) => (array === null ? null : [...array]);
const print = (result) => console.log(JSON.stringify(result));
"""


def in_page(path, script, folder):
    """What a script prints that runs inside the script of a page."""
    text = path.read_text(encoding="utf-8")
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1]
    own = text[text.index("const PROGRAM") : text.index(asset(HERE, f"{PARTS[0]}.js"))]
    return run(f"{BROWSER}{own}{{{script}}}", data, folder)


def plain(net):
    """All weights and biases of the layers of a net, one after the other."""
    parts = [part for layer in net.layers if hasattr(layer, "W") for part in (layer.W, layer.b)]
    return np.concatenate([np.ravel(plain_array(part)) for part in parts if part is not None])


def gradient(net):
    parts = [part for layer in net.layers for part in (layer.W, layer.b)]
    return np.concatenate(
        [np.ravel(p.grad if isinstance(p, Tensor) else [v.grad for v in p.flat]) for p in parts]
    )


def penalised(net):
    return lambda a, y: nn.cross_entropy(a, y) + nn.l2_penalty(net.parameters(), 1e-3)


# -- equal to Python ----------------------------------------------------------------------------


@node
def test_outputs_of_a_digit_net_also_after_a_weight_was_moved(tmp_path):
    images = RNG.integers(0, 256, (1000, 784)) / 255  # paper nowhere: no images take more room
    net = nn.MLP([784, 16, 16, 10], rng=0)
    path = net_page(net, (images, RNG.integers(0, 10, 1000)), tmp_path / "net.html")
    assert path.stat().st_size < 2_000_000
    script = """
    const read = () => Array.from({ length: 20 }, (_, i) => { choose(i * 50); return list(state.outputs); });
    const before = read();
    setParameter(network.layers[0].W + 3 * 784 + 300, 2.5);
    print([before, read(), network.image, list(state.theta).length]);
    """
    before, after, image, size = in_page(path, script, tmp_path)
    np.testing.assert_allclose(before, net(images[::50]).data, rtol=1e-9, atol=1e-12)
    W = net.layers[0].W.data.copy()
    W[3, 300] = 2.5
    net.layers[0].W = W
    np.testing.assert_allclose(after, net(images[::50]).data, rtol=1e-9, atol=1e-12)
    assert np.abs(np.subtract(after, before)).max() > 1e-3
    assert (image, size) == ([28, 28], 13002)


@node
@pytest.mark.parametrize("kind", [Tensor, Value])
@pytest.mark.parametrize(
    ("activation", "last", "cost"),
    [(tanh, None, None), (relu, nn.identity, penalised)],
    ids=["squares", "logits"],
)
def test_gradient_and_ten_steps_are_those_of_fit(kind, activation, last, cost, tmp_path):
    def build():
        net = nn.MLP([3, 4, 2], activation=activation, output_activation=last or activation, node=kind, rng=1)
        return net, nn.quadratic_cost if cost is None else cost(net)

    net, f = build()
    path = net_page(net, EXAMPLES, tmp_path / "net.html", cost=cost and f, lr=0.3, batch_size=5, rng=3)
    assert all(p.grad is None for p in net.parameters())
    script = """
    choose(7);
    const out = { cost: state.cost, gradient: list(state.gradient), sums: state.sums.map(list) };
    out.first = list(state.theta);
    for (let i = 0; i < 10; i++) step();
    out.last = list(state.theta);
    pass(9);
    out.history = state.history;
    reset();
    out.isBack = state.theta.every((x, i) => Object.is(x, initial[i])) && state.steps === 0;
    step();
    out.means = state.history.costs.means;
    print(out);
    """
    page = in_page(path, script, tmp_path)
    c = f(net(X[7:8]), Y[7:8])
    c.backward()
    assert page["cost"] == pytest.approx(float(c.data), rel=1e-12)
    np.testing.assert_allclose(page["gradient"], gradient(net), rtol=1e-9, atol=1e-14)
    np.testing.assert_array_equal(page["first"], plain(net))
    z = plain_array(net.layers[0].W) @ X[7] + plain_array(net.layers[0].b)
    np.testing.assert_allclose(page["sums"][0], z, rtol=1e-9)
    net, f = build()
    optimizer = nn.SGD(net.parameters(), 0.3)
    history = nn.fit(net, X, Y, cost=f, optimizer=optimizer, batch_size=5, epochs=2, rng=3)
    np.testing.assert_allclose(page["last"], plain(net), rtol=1e-9, atol=1e-12)
    means, last = page["history"]["costs"]["means"], page["history"]["epochs"][-1]
    assert np.average(means[:5], weights=[5, 5, 5, 5, 3]) == pytest.approx(history.cost[0], rel=1e-9)
    assert last == {
        "steps": 10,
        "epochs": 2,
        "cost": pytest.approx(float(plain_array(f(net(X), Y))), rel=1e-9),
        "accuracy": nn.accuracy(net, X, LABELS),
    }
    assert page["isBack"]
    assert page["means"] == means[:1]


def test_the_numbers_of_the_browser(request, tmp_path):
    room, net = pytest.importorskip("browser"), nn.MLP([3, 4, 2], rng=1, activation=tanh)
    if room.needs_browser.args[0]:
        pytest.skip(room.needs_browser.kwargs["reason"])
    path = net_page(net, EXAMPLES, tmp_path / "net.html", lr=0.3, batch_size=5)
    text = path.read_text(encoding="utf-8")
    end = text.rindex("})();\n</script>")
    path.write_text(
        f"{text[:end]}Object.assign(window, {{ state, choose, step }});{text[end:]}", encoding="utf-8"
    )
    page = room.Page(request.getfixturevalue("browser"), path)
    outputs = page.run(
        "return Array.from({ length: 20 }, (_, i) => { choose(i); return [...state.outputs]; })"
    )
    np.testing.assert_allclose(outputs, net(X[:20]).data, rtol=1e-9)
    theta = page.run("for (let i = 0; i < 10; i++) step(); return [...state.theta];")
    nn.fit(net, X, Y, optimizer=nn.SGD(net.parameters(), 0.3), batch_size=5, epochs=2, rng=0)
    np.testing.assert_allclose(theta, plain(net), rtol=1e-9, atol=1e-12)
    assert page.errors() == []
    assert page.run("return performance.getEntriesByType('resource').length") == 0


@node
def test_layers_between_those_with_weights(tmp_path):
    class Norm(nn.Module):
        def __init__(self):
            self.gain, self.mean = Tensor([2.0, 0.5, 1.0, 1.5]), np.array([0.1, -0.2, 0.0, 0.3])

        def __call__(self, x):
            return self.gain * (x - (x.mean(axis=0) if self.training else self.mean))

    first = nn.Layer(3, 4, rng=0, activation=nn.identity)
    net = nn.Sequential(lambda a: a / 2, first, Norm(), tanh, nn.Layer(4, 2, rng=1, activation=softmax))
    path = net_page(net, EXAMPLES, tmp_path / "net.html")
    script = """
    choose(2);
    const { theta, unlike } = state;
    print([state.activations.map(list), state.sums.map(list), theta.length, unlike, step()]);
    """
    activations, sums, size, unlike, is_taken = in_page(path, script, tmp_path)
    hidden = net[1:4](X[2:3] / 2).data
    for page, python in zip(activations, (X[2] / 2, hidden[0], net(X[2:3]).data[0]), strict=True):
        np.testing.assert_allclose(page, python, rtol=1e-12)
    np.testing.assert_allclose(sums[0], first(X[2] / 2).data, rtol=1e-12)
    assert (size, is_taken) == (16 + 10 + 4, False)  # the gains too, by which the gradient is
    assert unlike == "layers[2], Norm, learns in another way than it computes here: train this net by nn.fit"


@node
@pytest.mark.parametrize(
    ("desired", "threshold", "levels"),
    [([0, 1], None, 0.5), ([-1, 1], None, 0.0), ([0, 1], 0.2, 0.2), ([4.0, 8.0], None, None)],
)
def test_accuracy_of_a_single_output(desired, threshold, levels, tmp_path):
    net = nn.MLP([3, 1], rng=5, activation=tanh)
    y = np.array(desired)[LABELS]
    path = net_page(net, (X, y), tmp_path / "net.html", threshold=threshold)
    accuracy = in_page(path, "pass(9); print(state.measured.accuracy);", tmp_path)
    right = None if levels is None else np.mean((net(X).data[:, 0] > levels) == LABELS)
    assert accuracy == right


# -- training by itself ---------------------------------------------------------------------------


@node
def test_a_run_stops_where_it_is_to_and_its_history_stays_short(tmp_path):
    gate = nn.data.gates.XOR
    net = nn.MLP([2, 4, 1], rng=0)
    path = net_page(net, gate, tmp_path / "net.html", batch_size=3, lr=2.0)
    script = """
    pass(3);
    step();
    epoch();
    while (state.playing) pass(1);
    const whole = [state.steps, state.epochs, state.progress];
    play();
    const seen = [];
    while (state.epochs < 2500) { seen.push(state.epochs); pass(1); }
    pause();
    pass(9);
    const { costs, epochs } = state.history;
    print([whole, Math.max(...seen.map((x, i) => x - (seen[i - 1] ?? 0))), costs.means.length, costs.each,
      epochs.length, epochs[0], epochs.at(-1).cost, state.measured.cost, state.steps]);
    """
    whole, most, means, each, epochs, first, last, measured, steps = in_page(path, script, tmp_path)
    assert whole == [2, 1, 0]
    assert most == 1  # a small net is seen to learn
    assert (means, each, steps) == (steps // 4, 4, 5000)
    assert epochs <= 2000
    assert (first["steps"], first["accuracy"]) == (0, np.mean((net(gate.X).data > 0.5) == (gate.Y > 0.5)))
    assert last == measured < first["cost"] / 10


@node
def test_a_step_that_diverges_is_not_taken(tmp_path):
    net = nn.MLP([3, 2], rng=0, activation=nn.identity)
    path = net_page(net, EXAMPLES, tmp_path / "net.html")
    script = """
    setRate(1e200);
    play();
    let before;
    do { before = list(state.theta); } while (step());
    const { trouble, playing } = state;
    const same = state.theta.every((x, i) => Object.is(x, before[i]));
    setParameter(0, 1e308);
    setParameter(1, 1e308);
    setInput([9, 9, 9]);
    const undefinedToo = [state.outputs, state.gradient, state.trouble];
    reset();
    setRate(0.1);
    print([trouble, playing, same, undefinedToo, state.trouble, step()]);
    """
    trouble, playing, same, undefined, after, is_taken = in_page(path, script, tmp_path)
    assert re.match(r"The training diverged in epoch 1: .* a smaller learning rate may help\.", trouble)
    assert (playing, same, undefined[:2], after, is_taken) == (False, True, [None, None], None, True)
    assert "A number of the net is undefined: output" in undefined[2]


@node
def test_what_is_no_argument_changes_nothing(tmp_path):
    path = net_page(nn.MLP([3, 2], rng=0), EXAMPLES, tmp_path / "net.html")
    script = """
    const calls = [
      () => choose(23), () => choose(0.5), () => setInput([1]), () => setParameter(8, 1),
      () => setParameter(0, NaN), () => setRate(0), () => setBatchSize(1.5), () => on("imput", () => {}),
    ];
    print(calls.map((f) => { try { f(); return null; } catch (error) { return error.message; } }));
    """
    messages = in_page(path, script, tmp_path)
    assert messages[0] == "23 is no example of 0 to 22"
    assert all(messages)


# -- arrays as text -------------------------------------------------------------------------------


@node
def test_arrays_are_exact(tmp_path):
    arrays = [
        RNG.normal(size=500),
        RNG.normal(size=500).astype(np.float32).astype(float),
        RNG.integers(0, 256, 500) / 255,
        np.where(RNG.random(500) < 0.8, 0.01, RNG.normal(size=500)),
        np.where(RNG.random(500) < 0.8, 0.01, RNG.integers(0, 9, 500) / 7),
        np.array([5e-324, 1.7e308, -0.1]),
        np.zeros(9),
        np.arange(70_000),
        np.array([[0, 300], [7, 2]]),
    ]
    script = f"{asset(HERE, 'data.js')} console.log(JSON.stringify(argument.map((x) => [...decode(x)])));"
    decoded = run(script, [encoded(array) for array in arrays], tmp_path)
    for array, again in zip(arrays, decoded, strict=True):
        np.testing.assert_array_equal(again, array.ravel())
    assert (
        len(json.dumps(encoded(arrays[4]))) < 500
    )  # a bit for each place, and a byte for each of 100 others


# -- the file ---------------------------------------------------------------------------------------


def test_the_file_and_what_it_leaves_alone(tmp_path):
    rng, net = np.random.default_rng(7), nn.MLP([3, 2], rng=0)
    state, before = rng.bit_generator.state, {name: a.copy() for name, a in net.state_dict().items()}
    path = net_page(
        net, EXAMPLES, tmp_path / "net.html", rng=rng, title="<b>", theme=viz.DARK, projector=True
    )
    text = path.read_text(encoding="utf-8")
    assert rng.bit_generator.state == state
    assert all(np.array_equal(a, before[name]) for name, a in net.state_dict().items())
    assert "&lt;b&gt;" in text
    assert '"modes":{"theme":"dark","projector":true}' in text
    assert "http" not in re.sub(r"http-equiv|http://www\.w3\.org/", "", text)  # the names of MathML and SVG
    assets = Path(viz.__file__).parent / "_pages" / "net" / "assets"
    for file in [*assets.rglob("*.js"), *assets.rglob("*.css")]:
        assert file.read_text(encoding="utf-8") in text
    assert type(path.still()).__name__ == "Axes"
    with_seed = net_page(
        net, EXAMPLES, tmp_path / "b.html", rng=7, title="<b>", theme=viz.DARK, projector=True
    )
    assert with_seed.read_text(encoding="utf-8") == text


def test_without_matplotlib_there_is_no_still(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert net_page(nn.MLP([3, 2], rng=0), EXAMPLES, tmp_path / "net.html").still is None


def test_a_net_that_asks_for_its_mode_does_not_learn_on_the_page(tmp_path):
    text = net_page(Whole(), EXAMPLES, tmp_path / "net.html").read_text(encoding="utf-8")
    assert '"unlike":"This net learns in another way than it computes here: train it by nn.fit"' in text


def test_digits(tmp_path):
    digits = nn.data.strokes(20, rng=0)
    text = net_page(nn.MLP([784, 10], rng=0), digits, tmp_path / "net.html").read_text(encoding="utf-8")
    assert '"image":[28,28]' in text


# -- errors -------------------------------------------------------------------------------------------


def chosen(z):
    return z if z.data.sum() > 0 else 0 * z


class Noise(nn.Module):
    def __init__(self):
        self.rng = np.random.default_rng(0)

    def __call__(self, x):
        return x + self.rng.normal(size=np.shape(x))


class Dropout(nn.Module):
    def __call__(self, x):
        return x * 0.5 if self.training else x


class Whole(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Layer(3, 2, rng=0))

    def __call__(self, x):
        return super().__call__(0.5 * x if self.training else x)


class Around(nn.Module):
    def __init__(self):
        self.layers = [nn.Layer(3, 3, rng=0), nn.Layer(3, 2, rng=1)]

    def __call__(self, x):
        return self.layers[1](self.layers[0](x) + x)


class Plain:
    def __init__(self):
        layer = type("Plain", (), {"W": np.ones((2, 3)), "b": None, "activation": staticmethod(relu)})
        layer.__call__ = lambda self, a: relu(np.asarray(a) @ self.W.T)
        self.layers = [layer()]


NET = nn.MLP([3, 2], rng=0)
HIDDEN, LAST = nn.Layer(3, 3, rng=0), nn.Layer(3, 2, rng=1)


def with_activation(f):
    return nn.MLP([3, 2], rng=0, activation=f)


def tied():
    net = nn.Sequential(nn.Layer(3, 3, rng=0, node=Value), nn.Layer(3, 2, rng=1, node=Value))
    net.layers[1].W = net.layers[0].W[[0, 2]]
    return net


@pytest.mark.parametrize(
    ("net", "examples", "options", "error", "message"),
    [
        (3, EXAMPLES, {}, TypeError, r"net_page takes a net, such as nn.MLP.*given int \(3\)"),
        (Plain(), EXAMPLES, {}, TypeError, r"layers\[0\].W holds plain numbers"),
        (tied(), EXAMPLES, {}, ValueError, r"layers\[1\].W shares some of its numbers"),
        (NET, X, {}, TypeError, r"examples are a pair \(X, Y\)"),
        (NET, (X[:, :2], Y), {}, ValueError, r"X have shape \(23, 2\), and the net takes 3 inputs"),
        (NET, (X[0], Y[:1]), {}, ValueError, r"one example is X\[None\]"),
        (NET, (X, Y[:9]), {}, ValueError, r"X have shape \(23, 3\) and Y \(9, 2\)"),
        (NET, (X, Y[:, :1]), {}, ValueError, r"Y have shape \(23, 1\), and the net gives 2 outputs"),
        (NET, (X, LABELS + 1), {}, ValueError, "Y hold 2 at index .*labels are whole numbers from 0 to 1"),
        (NET, (X, LABELS / 2), {}, ValueError, "Y hold 0.5 at index"),
        (NET, (X, np.where(LABELS, "cat", "dog")), {}, TypeError, r"Y is .* <U3: nn.data.class_numbers"),
        (NET, (X * np.nan, Y), {}, ValueError, r"X holds nan at index \(0, 0\)"),
        (NET, (X[:0], Y[:0]), {}, ValueError, "X is empty"),
        (NET, EXAMPLES, {"threshold": 0.5}, ValueError, "a threshold divides one output, and the net has 2"),
        (
            nn.MLP([3, 1], rng=0),
            (X, X[:, 0]),
            {"threshold": 0},
            ValueError,
            "a threshold divides two classes",
        ),
        (nn.MLP([4, 2], rng=0), (np.ones((23, 2, 2)), Y), {"shape": (1, 3)}, ValueError, "has 3 pixels, and"),
        (NET, EXAMPLES, {"shape": (2, 2)}, ValueError, "has 4 pixels, and the net takes 3 inputs"),
        (NET, EXAMPLES, {"cost": "squares"}, TypeError, "cost is a function of outputs and desired outputs"),
        (NET, EXAMPLES, {"cost": lambda a, y: 3.0}, TypeError, r"the cost gave 3.0.*one Tensor"),
        (
            NET,
            EXAMPLES,
            {"cost": lambda a, y: ((a - y) ** 2).sum()},
            ValueError,
            "a step in the page is one by",
        ),
        (NET, EXAMPLES, {"cost": lambda a, y: (a * np.inf).mean()}, ValueError, "cost of 6 examples is inf"),
        (
            nn.MLP([3, 2], rng=0, node=Value),
            EXAMPLES,
            {"cost": lambda a, y: log(a - 2).mean()},
            DomainError,
            "log",
        ),
        (NET, EXAMPLES, {"lr": 0}, ValueError, "lr is a number above 0"),
        (NET, EXAMPLES, {"batch_size": 0}, ValueError, "batch_size is a whole number from 1"),
        (NET, EXAMPLES, {"rng": None}, TypeError, "rng is a whole number from 0 or a numpy.random.Generator"),
        (NET, EXAMPLES, {"labels": ["a"]}, ValueError, "labels has 1 entries for 2 outputs"),
        (NET, EXAMPLES, {"title": 3}, TypeError, "a title is text"),
        (NET, EXAMPLES, {"theme": "dark"}, TypeError, "viz.DARK"),
        (
            with_activation(chosen),
            EXAMPLES,
            {},
            ValueError,
            r"layers\[0\] looks at a number \(test_net_page.py, ",
        ),
        (
            nn.Sequential(HIDDEN, Noise(), LAST),
            EXAMPLES,
            {},
            ValueError,
            r"layers\[1\], Noise, gives other out",
        ),
        (
            nn.Sequential(HIDDEN, Dropout().train(), LAST),
            EXAMPLES,
            {},
            ValueError,
            r"layers\[1\] is in training",
        ),
        (
            nn.Sequential(HIDDEN, nn.Layer(2, 2, rng=0)),
            EXAMPLES,
            {},
            ValueError,
            r"layers\[1\] takes 2 inputs",
        ),
        (
            nn.Sequential(HIDDEN, lambda a: a[..., :2], LAST),
            EXAMPLES,
            {},
            ValueError,
            r"layers\[1\] is to keep",
        ),
        (Whole().train(), EXAMPLES, {}, ValueError, r"this net is in training mode.*net.eval\(\)"),
        (Around(), EXAMPLES, {}, ValueError, "as with a path around a layer"),
        (nn.MLP([3, 60_000, 2], rng=0), EXAMPLES, {}, ValueError, "the parameters of this net take"),
    ],
)
def test_what_is_refused(net, examples, options, error, message, tmp_path):
    with pytest.raises(error, match=message):
        net_page(net, examples, tmp_path / "net.html", **options)
    assert not list(tmp_path.iterdir())


def test_the_advice_of_the_errors_works(tmp_path):
    path = tmp_path / "net.html"
    names, text = ["cat", "dog"], np.where(LABELS, "cat", "dog")
    net_page(NET, (X, nn.data.class_numbers(text, names)), path, labels=names)
    net_page(with_activation(lambda z: where(z > 0, z, maximum(0.1 * z, -1))), EXAMPLES, path)
    net_page(nn.Sequential(HIDDEN, Dropout().train(), LAST).eval(), EXAMPLES, path)
    net_page(NET, (X[0][None], Y[:1]), path)
    net, images, labels = nn.MLP([100, 2], rng=0), RNG.random((600, 100)), RNG.integers(0, 2, 600)
    with pytest.raises(ValueError, match=r"pass fewer.*np.round\(255 \* X\) / 255.*or pass limit=") as error:
        net_page(net, (images, labels), path, limit=500_000)
    fewer, limit = map(int, re.search(r"such as (\d+),.* limit=([\d_]+)", str(error.value)).groups())
    assert fewer > 50
    for x, y, most in (
        (images[:fewer], labels[:fewer], 500_000),
        (np.round(255 * images) / 255, labels, 500_000),
        (images, labels, limit),
    ):
        assert net_page(net, (x, y), path, limit=most).stat().st_size <= most
