"""The lectures: five decks, each a script in cells, and the file that is made of them."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

import viz

__all__ = ["DECKS", "FORMS", "title", "write"]

FOLDER = Path(__file__).parent / "lectures"
DECKS = {path.stem: path for path in sorted(FOLDER.glob("*.py"))}  # in lecture order
FORMS = ("html", "pdf", "ipynb")
PROCESSES = 2


def title(name: str) -> str:
    """The heading of a deck.

    >>> title("a_network")
    'A · From a neuron to a network'
    """
    heading = DECKS[name].read_text(encoding="utf-8").splitlines()[1]
    return heading.removeprefix("# # ")


def write(names: Sequence[str], path: Path, data: Path | None = None) -> Path:
    """Run decks, two at a time, and write their slides to one file.

    A deck runs in the folder of that file, where it leaves the pages that it writes.

    Args:
        names: of `DECKS`.
        path: of the file, whose suffix is one of `FORMS`; its folder exists.
        data: the folder with the MNIST files; None for digits drawn here.

    Raises:
        ImportError: when a package is not installed, with the command that installs it.
    """
    parts = [part for deck in _run(names, path.parent, data) for part in deck]
    return viz.lecture(parts, path, title=title(names[0]) if len(names) == 1 else "Neural networks")


def _run(names: Sequence[str], folder: Path, data: Path | None) -> list[Sequence[Any]]:
    """The parts of each deck, in order."""
    tasks = [(DECKS[name], folder.resolve(), data and data.resolve()) for name in names]
    with _without_ctrl_c():  # so that it reaches this process alone, which then ends the others
        pool = multiprocessing.get_context("spawn").Pool(min(PROCESSES, len(names)), _begin)
    with pool:
        parts = pool.map(_parts, tasks[::-1], chunksize=1)  # the last deck has the most pictures
        pool.close()
        pool.join()
    return parts[::-1]


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


def _parts(task: tuple[Path, Path, Path | None]) -> Sequence[Any]:
    deck, folder, data = task
    if data is not None:
        os.environ["MNIST"] = str(data)
    with contextlib.chdir(folder):
        return viz.as_parts(viz.run_script(deck))
