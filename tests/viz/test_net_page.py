"""The page of a net: its numbers, its gradient and its training are those of the net in Python."""

import re
from pathlib import Path

import numpy as np
import pytest
from javascript import node, run

import nn
import viz
from autograd import Tensor, Value, relu, softmax, tanh
from autograd._graph.leaving import plain_array
from viz import net_page
from viz._pages.net.document import HERE, PARTS
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
    assert re.match(
        r"The training diverged in epoch 1: the cost of the mini-batch is .* learning rate may help\.",
        trouble,
    )
    assert (playing, same, undefined[:2], after, is_taken) == (False, True, [None, None], None, True)
    assert undefined[2] == "A number of the net is undefined: the cost is Infinity."


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


def test_digits(tmp_path):
    digits = nn.data.strokes(20, rng=0)
    text = net_page(nn.MLP([784, 10], rng=0), digits, tmp_path / "net.html").read_text(encoding="utf-8")
    assert '"image":[28,28]' in text
