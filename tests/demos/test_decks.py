"""The decks run as notebooks: every moment of the lectures is there, with the lectures' numbers."""

import pytest

from demos import decks

jupytext = pytest.importorskip("jupytext", reason='needs jupytext: pip install "chainrule[test]"')
nbclient = pytest.importorskip("nbclient", reason='needs nbclient: pip install "chainrule[test]"')
pytest.importorskip("ipykernel", reason='needs ipykernel: pip install "chainrule[test]"')
pytest.importorskip("matplotlib")

# In place of pictures, which take long: an object as print writes it, with all numbers of a slide.
PRINTED = """
def printed(thing, include=None, exclude=None):
    return {"text/plain": str(thing)}, {}


get_ipython().display_formatter.format = printed
"""

# Each moment of the lectures: the heading of its slide, and texts of what its cells show.
MOMENTS = {
    "a_network": [
        ("A neuron holds a number", ["an image of 28 x 28 pixels", "a₇₈₃⁽⁰⁾ ="]),
        ("A neuron is a function", ["z = w₁a₁ + w₂a₂ + w₃a₃ + b", "a = σ(z)"]),
        ("A bias of −10", ["Axes"]),
        ("A layer in one line", ["w₀₀  w₀₁  ⋯  w₀ₙ", "a⁽¹⁾ = σ(Wa⁽⁰⁾ + b)"]),
        ("The network, 784-16-16-10", ["Axes"]),
        ("13,002 parameters", ["784×16 + 16×16 + 16×10 weights", "16 + 16 + 10 biases", "= 13,002"]),
        ("Reading a 3", ["Axes"]),
        ("Loops and strokes", []),
        ("A neuron that looks for an edge", ["Axes"]),
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
        ("Inputs that can be learnt from", ["{0.0: 0.0, 0.01: 0.0025, 1.0: 0.235, 255.0: 0.0}"]),
        ("Outputs that can be reached", ["⎢0.99⎥", "⎣0.01⎦"]),
        ("The first weights", ["1/√3 = 0.577", "1/√100 = 0.1"]),
        ("The cost as a landscape", ["Axes"]),
        ("−∇C, a column of 13,002 numbers", ["b₀⁽³⁾", "rise", "fall", " a lot"]),
        ("The largest of them", ["Axes"]),
        ("Step after step", ["Axes"]),
        ("The same 3, after training", ["C₀ = ∑ⱼ (aⱼ − yⱼ)²"]),
        ("What the neurons look for", ["Axes"]),
        ("And those of the second layer", ["Axes"]),
        ("Confident, without a meaning", ["% of 1,000 images of noise"]),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def shown(drawn_folder, tmp_path_factory):
    """What the cells under each heading of each deck show, run one after another in one kernel."""
    notebook = jupytext.reads(PRINTED, "py:percent")
    lengths = []
    for path in decks.DECKS.values():
        notebook.cells += jupytext.read(path).cells
        lengths.append(len(notebook.cells))
    folder = tmp_path_factory.mktemp("notebooks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MNIST", str(drawn_folder))
        patch.setenv("MPLBACKEND", "agg")
        nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": folder}}).execute()
    cells = iter(notebook.cells)
    next(cells)
    texts = {}
    for cell in cells:
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
    assert list(shown) == [decks.title(name) for name in MOMENTS]
    for name, moments in MOMENTS.items():
        deck = shown[decks.title(name)]
        assert list(deck)[1:] == [heading for heading, _ in moments]
        for heading, said in moments:
            assert [text for text in said if text not in deck[heading]] == [], (heading, deck[heading])
