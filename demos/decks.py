"""The lectures: five decks, each a script in cells, and the file that is made of them."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import signal
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

import viz
from chainrule.demos.options import package

__all__ = ["DECKS", "FORMS", "title", "write"]

FOLDER = Path(__file__).parent / "lectures"
DECKS = {path.stem: path for path in sorted(FOLDER.glob("*.py"))}  # in lecture order
PLOTS = ("matplotlib", "PIL")
TEXT = ("markdown_it", "mdit_py_plugins", "latex2mathml", "pygments")
PACKAGES = {"html": (*PLOTS, *TEXT), "pdf": (*PLOTS, *TEXT, "fpdf", "pypdf"), "ipynb": PLOTS}  # for each form
FORMS = tuple(PACKAGES)
PROCESSES = 2

Task = tuple[Path, Path, Path | None]  # a deck, the folder to run in, that of the MNIST files


def title(name: str) -> str:
    """The heading of a deck.

    >>> title("a_network")
    'A · From a neuron to a network'
    """
    heading = DECKS[name].read_text(encoding="utf-8").splitlines()[1]
    return heading.removeprefix("# # ")


def write(names: Sequence[str], path: Path, data: Path | None = None) -> Path:
    """Run decks, two at a time, and write their slides to one file.

    A deck runs in the folder of that file, where it leaves the files that it writes. A terminal shows how
    many have run.

    Args:
        names: of `DECKS`.
        path: of the file, whose suffix is one of `FORMS`; its folder exists.
        data: the folder with the MNIST files; None for digits drawn here.

    Raises:
        ImportError: when a package is not installed, with the command that installs it, before a deck runs.
    """
    form = path.suffix.removeprefix(".")
    graphviz = () if shutil.which("dot") else ("pygraphviz",)
    for module in (*PACKAGES[form], "resvg_py", *graphviz):
        package(module, "all", f"a lecture as {form}")
    tasks = [(DECKS[name], path.parent.resolve(), data and data.resolve()) for name in names]
    run = _in_processes if len(names) > 1 and form != "pdf" else _one_by_one
    with tqdm(total=len(names), desc="decks", leave=False, disable=None) as bar:
        parts = {}
        for deck, its_parts in run(tasks):
            parts[deck] = its_parts
            bar.update()
    all_parts = [part for deck, *_ in tasks for part in parts[deck]]
    return viz.lecture(all_parts, path, title=title(names[0]) if len(names) == 1 else "Neural networks")


def _one_by_one(tasks: Sequence[Task]) -> Iterator[tuple[Path, Sequence[Any]]]:
    """Each deck and its parts. Plots stay what they are, which a PDF draws as lines and letters."""
    for task in tasks:
        yield _parts(task)


def _in_processes(tasks: Sequence[Task]) -> Iterator[tuple[Path, Sequence[Any]]]:
    """Each deck and its parts, in any order."""
    with _without_ctrl_c():  # so that it reaches this process alone, which then ends the others
        pool = multiprocessing.get_context("spawn").Pool(PROCESSES, _begin)
    with pool:
        yield from pool.imap_unordered(_parts, tasks[::-1])  # the last deck has the most pictures
        pool.close()
        pool.join()


def _begin() -> None:
    """tqdm takes a lock of this process: one of all processes is left over where a process is ended."""
    tqdm.set_lock(threading.RLock())


@contextlib.contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """Ctrl-C is ignored, also for good by the processes that are started meanwhile."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _parts(task: Task) -> tuple[Path, Sequence[Any]]:
    deck, folder, data = task
    with contextlib.chdir(folder), _mnist(data):
        return deck, viz.as_parts(viz.run_script(deck))


@contextlib.contextmanager
def _mnist(folder: Path | None) -> Iterator[None]:
    """Decks learn of the folder by a variable of the environment, as a notebook's would."""
    before = os.environ.get("MNIST")
    if folder is not None:
        os.environ["MNIST"] = str(folder)
    try:
        yield
    finally:
        if before is not None:
            os.environ["MNIST"] = before
        else:
            os.environ.pop("MNIST", None)
