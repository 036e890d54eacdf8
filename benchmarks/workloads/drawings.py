"""Drawings: how long the pictures of a calculation take, and how large their files are."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.measure import median_of
from benchmarks.workload import Column, Contender, Workload

# Layers of the lectures' chain of neurons, by about how many nodes they make.
LAYERS = {10: 2, 100: 20, 1_000: 200}
MOST = 2_000  # boxes: beyond the limits that keep a reader from a picture nobody can read


Draw = Callable[[Any, Path], int]  # of a result, into a folder; gives the size in bytes


def chain(layers: int) -> tuple[Any, list[Any]]:
    """The last activation, swept, and the parameters: one neuron in each layer."""
    from autograd import Value, sigmoid

    a = Value(0.6, label="a^{(0)}")
    parameters = []
    for k in range(1, layers + 1):
        w, b = Value(1.1 + k / 1000, label=f"w^{{({k})}}"), Value(-0.2, label=f"b^{{({k})}}")
        parameters += [w, b]
        z = (w * a + b).with_label(f"z^{{({k})}}")
        a = sigmoid(z).with_label(f"a^{{({k})}}")
    a.backward()
    return a, parameters


def operations() -> Draw:
    import viz

    return lambda C, folder: _size(viz.render(viz.draw(C, limit=MOST), folder / "operations.svg"))


def quantities() -> Draw:
    import viz

    return lambda C, folder: _size(viz.render(viz.draw_chain(C, limit=MOST), folder / "chain.svg"))


def picture() -> Draw:
    """The text of the graph alone: formulas and numbers, and no place for anything yet."""
    import viz

    return lambda C, folder: len(viz.draw_chain(C, limit=MOST).source.encode())


def page() -> Draw:
    import viz

    return lambda C, folder: _size(viz.lecture_page(C, folder / "chain.html", limit=MOST))


def _size(path: Path) -> int:
    return path.stat().st_size


def check(draw: Draw, nodes: int) -> list[float]:
    """The gradients after drawing, which must be those before it."""
    C, parameters = chain(LAYERS[nodes])
    before = [p.grad for p in parameters]
    with tempfile.TemporaryDirectory() as folder:
        draw(C, Path(folder))
    after = [p.grad for p in parameters]
    if after != before:
        raise ValueError("drawing has changed the gradients")
    return after


def time(draw: Draw, nodes: int, repeats: int) -> dict[str, float]:
    """ms and kB: the first time in a process, which typesets every formula, and then again."""
    C, _ = chain(LAYERS[nodes])
    with tempfile.TemporaryDirectory() as folder:

        def once() -> dict[str, float]:
            start = perf_counter()
            size = draw(C, Path(folder))
            return {"again": (perf_counter() - start) * 1000, "size": size / 1000}

        first = once()["again"]
        return {"first": first} | median_of(once() for _ in range(repeats))


WORKLOAD = Workload(
    name="drawings",
    title="Drawings",
    about=(
        "The lectures' chain with one neuron in each layer, drawn operation by operation (`viz.draw`) and "
        "quantity by quantity (`viz.draw_chain`), rendered to SVG; the graph of `viz.draw_chain` alone; and "
        "`viz.lecture_page`. Limits are raised; nodes are those of the calculation. ms for the first drawing "
        "in a process, which loads the fonts and typesets every formula, and for the same again; and kB. "
        "There is no peer: pytorchviz needs a Graphviz of the system and draws no numbers."
    ),
    cases=tuple(LAYERS),
    case="{:,} nodes",
    columns=(
        Column("first", "first (ms)"),
        Column("again", "again (ms)", "{:,.1f}"),
        Column("size", "size (kB)", "{:,.1f}"),
    ),
    compared="again",
    contenders={
        "viz.draw, SVG": Contender(operations),
        "viz.draw_chain, SVG": Contender(quantities),
        "viz.draw_chain alone": Contender(picture),
        "viz.lecture_page": Contender(page),
    },
    check=check,
    time=time,
    repeats={10: 9, 100: 3, 1_000: 1},
    rtol=0.0,
    targets=(),
)
