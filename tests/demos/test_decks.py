"""The decks run as notebooks: every moment of the lectures is there, with the lectures' numbers."""

import pytest

from chainrule.demos import decks

jupytext = pytest.importorskip("jupytext", reason='needs jupytext: pip install "chainrule[test]"')
nbclient = pytest.importorskip("nbclient", reason='needs nbclient: pip install "chainrule[test]"')
pytest.importorskip("ipykernel", reason='needs ipykernel: pip install "chainrule[test]"')
pytest.importorskip("matplotlib")

# In place of pictures, which take long: an object as print writes it, with all numbers of a slide, and the
# texts of a plot; of a file its name.
PRINTED = """
import inspect

from matplotlib.text import Text

import viz


def unwritten(function):
    signature = inspect.signature(function)
    return lambda *args, **named: signature.bind(*args, **named).arguments["path"]


viz.animate, viz.render = unwritten(viz.animate), unwritten(viz.render)


def printed(thing, include=None, exclude=None):
    things = thing if isinstance(thing, (list, tuple)) else [thing]
    return {"text/plain": "\\n".join(map(words, things))}, {}


def words(thing):
    if not hasattr(thing, "get_figure"):
        return str(thing)
    return "\\n".join(text.get_text() for text in thing.get_figure().findobj(Text))


get_ipython().display_formatter.format = printed
"""

# Objects that show themselves, as cells in front of those of the decks: the forms that a real kernel sends of
# each, beside plain text, and the beginning of that.
PICTURE = {"image/svg+xml", "image/png", "application/pdf"}
MADE = """
import autograd as ag, nn, viz
y = (2 * ag.Value(3.0, label="x")).with_label("y")
net, (X, labels) = nn.MLP([2, 1], rng=0), nn.data.moons(20, rng=0)
"""
SELF_SHOWN = {
    "viz.draw_chain(y)": (PICTURE, "y = 2x"),
    "viz.matrix([[1, 2], [3, 4]])": (PICTURE, "⎡1  2⎤\n⎣3  4⎦"),
    "viz.tree(viz.draw_chain(y))": (set(), "y = 2x  6.00  grad +1.00\n└─ x"),
    "viz.mermaid(viz.draw_chain(y))": ({"text/vnd.mermaid"}, "flowchart LR\n"),
    "viz.formula(y)": ({"text/latex"}, "2 x"),
    "viz.chain_rule(y, y)": ({"text/latex"}, "∂y/∂y = 1"),
    "net": ({"text/html"}, "MLP([2, 1]"),
    "net.summary()": ({"text/html"}, "layer  inputs"),
    "nn.SGD(net.parameters(), lr=0.1)": (set(), "<SGD of 2 parameters: lr 0.1"),
    "nn.data.strokes(3, rng=0)": ({"text/html"}, "<3 digits>"),
    "nn.Classifier([2], rng=0, epochs=1).fit(X, labels)": ({"text/html"}, "Classifier([2]"),
    "nn.Perceptron(2)": ({"text/latex"}, "Perceptron(2"),
    "ag.gradcheck(lambda x: x**2, 2.0)": (set(), "True"),
}

# Each moment of the lectures: the heading of its slide, and texts of what its cells show.
MOMENTS = {
    "a_network": [
        ("A neuron holds a number", ["an image of 28 x 28 pixels", "a₇₈₃⁽⁰⁾ ="]),
        ("A neuron is a function", ["z = w₁a₁ + w₂a₂ + w₃a₃ + b", "a = σ(z)"]),
        ("A bias of −10", ["threshold: weighted sum 10", "activation 0.881"]),
        ("A layer in one line", ["w₀₀  w₀₁  ⋯  w₀ₙ", "a⁽¹⁾ = σ(Wa⁽⁰⁾ + b)"]),
        (
            "The network, 784-16-16-10, before it is trained",
            ["12,960 weights", "42 biases", "13,002 parameters"],
        ),
        ("13,002 parameters", ["784×16 + 16×16 + 16×10 weights", "16 + 16 + 10 biases", "= 13,002"]),
        ("Reading a 3 after training: its neuron lights up", ["784 inputs"]),
        ("Loops and strokes", []),
        ("A neuron that looks for an edge", ["weight", "sum "]),
        ("What parameters should exist?", ["net.html"]),
        ("Images classified one after another", ["<Motion of", "% of 5,000 digits"]),
    ],
    "b_descent": [
        ("The cost of a 3, read by an untrained network", [
            "0.0865 ← (0.29 − 0.00)² 0", "0.0390 ← (0.20 − 0.00)² 1", "0.0214 ← (0.15 − 0.00)² 2",
            "0.0077 ← (0.91 − 1.00)² 3", "0.2550 ← (0.51 − 0.00)² 4", "0.0002 ← (0.01 − 0.00)² 5",
            "0.1930 ← (0.44 − 0.00)² 6", "0.3472 ← (0.59 − 0.00)² 7", "0.4698 ← (0.69 − 0.00)² 8",
            "0.1879 ← (0.43 − 0.00)² 9", "= 1.61 ",
        ]),
        ("And by a trained one", [
            "0.0006 ← (0.02 − 0.00)² 0", "0.0007 ← (0.03 − 0.00)² 1", "0.0039 ← (0.06 − 0.00)² 2",
            "0.0009 ← (0.97 − 1.00)² 3", "0.0055 ← (0.07 − 0.00)² 4", "0.0004 ← (0.02 − 0.00)² 5",
            "0.0022 ← (0.05 − 0.00)² 6", "0.0033 ← (0.06 − 0.00)² 7", "0.0072 ← (0.08 − 0.00)² 8",
            "0.0018 ← (0.04 − 0.00)² 9", "= 0.03 ",
        ]),
        ("Our own network, untrained", ["an image of 28 x 28 pixels", "C₀ = ∑ⱼ (aⱼ − yⱼ)²"]),
        ("Downhill", ["<Motion of"]),
        ("Inputs that can be learnt from", [
            "input 0: slope 0.0000", "input 0.01: slope 0.0025", "input 1: slope 0.2350",
            "input 255: slope 0.0000",
        ]),
        ("Outputs that can be reached", ["⎢0.99⎥", "⎣0.01⎦"]),
        ("The first weights", ["1/√3 = 0.577", "1/√100 = 0.1"]),
        ("The cost as a landscape", ["$\\nabla C$ = ("]),
        ("−∇C, a column of 13,002 numbers", ["b₀⁽³⁾", "rise", "fall", " a lot"]),
        ("The largest of them", ["and 12,990 more, none larger"]),
        ("Step after step", ["epoch", "accuracy"]),
        ("The same 3, after training", ["C₀ = ∑ⱼ (aⱼ − yⱼ)²"]),
        ("What the neurons look for", ["weight"]),
        ("And those of the second layer", ["product of weights"]),
        ("Confident, without a meaning", ["% of 1,000 images of noise"]),
    ],
    "c_chain_rule": [
        ("Downhill in one variable", ["<Motion of"]),
        ("Two variables", ["(3.00, 1.00)"]),
        ("Every example has a wish of its own", ["mean"]),
        ("The simplest network", ["value 0.66"]),
        ("A derivative on every edge: how its end moves with its beginning", ["∂C₀/∂a⁽³⁾"]),
        ("The last layer", [
            "∂C₀/∂w⁽³⁾ = ∂z⁽³⁾/∂w⁽³⁾ · ∂a⁽³⁾/∂z⁽³⁾ · ∂C₀/∂a⁽³⁾", "= a⁽²⁾ · σ′(z⁽³⁾) · 2(a⁽³⁾ − y)",
        ]),
        ("For its bias, and the neuron before it, the first factor alone differs", [
            "= 1 · σ′(z⁽³⁾) · 2(a⁽³⁾ − y)", "= w⁽³⁾ · σ′(z⁽³⁾) · 2(a⁽³⁾ − y)",
        ]),
        ("A weight further back has more factors, each on its path", ["∂z⁽²⁾/∂w⁽²⁾"]),
        ("Nudge it", ["chain.html"]),
        ("Forward, then backward", ["chain.gif"]),
        ("Differences agree", ["⎢−0.078⎥   ⎢−0.078⎥", "⎣−0.152⎦   ⎣−0.152⎦", "True"]),
        ("All training examples", ["mean"]),
        ("Three ways to raise a neuron", ["rise a lot", "$b$", "$w_{0}$", "$a_0$"]),
        ("Several neurons a layer", ["digraph"]),
        ("Sum over layer L", ["digraph"]),
    ],
    "d_softmax": [
        ("Outputs become shares", ["0.458", "0.343", "0.200"]),
        ("Every share depends on every output", ["digraph"]),
        ("Cross-entropy", ["0.7813 ← −1.00 ln(0.4578) 0", "= 0.78 "]),
        ("The slope at an output is s − y", ["s₀ − y₀"]),
        ("Which way each output should go", ["0.542", "−0.343", "−0.200", "True"]),
        ("Drag an output", ["softmax.html"]),
        ("The slope of a weight", ["digraph"]),
        ("With a sigmoid before", ["σ′"]),
        ("Ten digits", []),
    ],
    "e_your_own": [
        ("A neuron as a gate", ["sign"]),
        ("One line for AND, one for OR", ["AND", "OR"]),
        ("Each mistake moves the line", ["<Motion of"]),
        ("No line for XOR", ["at last 4"]),
        ("Two lines for XOR", ["$z_{0} = 0$", "$z_{1} = 0$"]),
        ("A network finds two lines by itself", ["xor.gif"]),
        ("Train it here", ["xor.html"]),
        ("Signals through two neurons", ["1.05", "0.7408", "0.60", "0.6457", "⎡19  22⎤", "⎣43  50⎦"]),
        ("Signals through three layers", ["X 1.160\nO 0.761", "X 0.975\nO 0.726"]),
        ("The same with matrices", [
            "⎡1.16⎤", "⎢0.42⎥", "⎣0.62⎦", "⎡0.761⎤", "⎢0.603⎥", "⎣0.650⎦",
            "⎡0.975⎤", "⎢0.888⎥", "⎣1.254⎦", "⎡0.726⎤", "⎢0.708⎥", "⎣0.778⎦",
        ]),
        ("A saved network", ["9       4          13"]),
        ("Its answer to 1 and 0", [
            "b = −0.253", "−0.161", "0.216", "b = −0.360", "0.766", "−0.700", "b = −0.272", "1.069", "−1.147",
            "b = −1.025", "−0.442", "0.944", "1.680",
        ]),
        ("An error is split by the weights", ["2/3", "1/3"]),
        ("A hidden error is the sum of its shares", ["0.32 + 0.1 = 0.42"]),
        ("The three rules on the net of three layers", ["shared by weight", "$W^T e$", "the gradient"]),
        ("The update of the weights", ["ΔW⁽¹⁾", "ΔW⁽²⁾"]),
        ("Error functions compared", ["= 0.20", "= 0.02"]),
        ("Derivatives to practise", [
            "30 + 10t → 10", "t² → 2t", "t³ → 3t²", "6t⁵ + 8t + 3 → 30t⁴ + 8", "σ(t) → σ′(t)",
        ]),
        ("A function of a function", ["3x² + 1", "2y"]),
        ("Training", ["epoch"]),
        ("Digits that it has not seen", ["9: 0."]),
        ("Experiments", ["learning rate", "hidden neurons"]),
        ("Looking inside", [str(digit) for digit in range(10)]),
        ("The weights into its hidden neurons", []),
        ("Two moons", ["moons.html"]),
        ("Two spirals", ["spirals.html"]),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def cells(drawn_folder, tmp_path_factory):
    """The cells of all decks after those of `SELF_SHOWN`, run one after another in one kernel."""
    notebook = jupytext.reads("\n\n# %%\n".join([MADE, *SELF_SHOWN, PRINTED]), "py:percent")
    for path in decks.DECKS.values():
        notebook.cells += jupytext.read(path).cells
    folder = tmp_path_factory.mktemp("notebooks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MNIST", str(drawn_folder))
        patch.setenv("MPLBACKEND", "agg")
        nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": folder}}).execute()
    return notebook.cells


@pytest.fixture(scope="module")
def shown(cells):
    """What the cells under each heading of each deck show."""
    texts = {}
    for cell in cells[len(SELF_SHOWN) + 2 :]:
        if cell.cell_type == "markdown":
            heading = cell.source.splitlines()[0]
            if heading.startswith("# "):
                deck = texts.setdefault(heading.removeprefix("# "), {})
            heading = heading.lstrip("# ")
        else:
            outputs = [o.get("text") or o.data["text/plain"] for o in cell.outputs]
            deck[heading] = "\n".join([deck.get(heading, ""), *outputs])
    return texts


def test_every_moment_of_the_lectures_is_in_its_deck(shown):
    assert list(MOMENTS) == list(decks.DECKS)
    assert list(shown) == [decks.title(name) for name in MOMENTS]
    missing = []
    for name, moments in MOMENTS.items():
        deck = shown[decks.title(name)]
        assert [heading for heading in deck if heading in dict(moments)] == [
            heading for heading, _ in moments
        ]
        missing += [(name, head, text) for head, said in moments for text in said if text not in deck[head]]
    assert missing == []


def test_objects_show_themselves_in_a_kernel(cells):
    sent = {cell.source: cell.outputs[0].data for cell in cells[1 : len(SELF_SHOWN) + 1]}
    assert list(sent) == list(SELF_SHOWN)
    for source, (forms, words) in SELF_SHOWN.items():
        assert set(sent[source]) == forms | {"text/plain"}, source
        assert sent[source]["text/plain"].startswith(words), source
