"""The named settings of the lecture on MNIST, trained to their end by `nn.fit`."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.native import no_compiler, road_of_fit
from benchmarks.workload import OURS, Column, Contender, Target, Workload

ROOT = Path(__file__).resolve().parents[2]
TRAINED, HELD_OUT, CHECKED = 50_000, 10_000, 2_000  # images
SETTINGS = {2_000_000: "lectures", 4_000_000: "best"}  # by the images seen, in 40 and 80 epochs
PROGRAMS = "chainrule, NumPy programs"

Fit = Callable[[str, int, int | None], tuple[Any, float]]


def folder() -> Path:
    """Where the files are: MNIST in the environment, or shared/data/mnist beside the repository."""
    return Path(os.environ.get("MNIST", ROOT.parent / "shared" / "data" / "mnist"))


def no_images() -> str:
    """The reason to leave the workload out, or ""."""
    there = (folder() / "train-images-idx3-ubyte.gz").is_file()
    return "" if there else "there are no images of MNIST; MNIST in the environment names their folder"


def ours(native: bool | None = None) -> Fit:
    """A function of a setting, a number of images and of epochs: the parameters, and the share it gets right.

    Args:
        native: as in the workload "training".
    """
    import math

    import nn
    from chainrule.demos.mnist import SETTINGS

    images = nn.data.mnist(folder()).train
    held_out = images[-HELD_OUT:]
    check_road = road_of_fit(not no_compiler() if native is None else native)

    def fit(name: str, count: int, epochs: int | None) -> tuple[Any, float]:
        setting = SETTINGS[name]
        training, epochs = images[:count], epochs or setting.epochs
        net = setting.net()
        steps = epochs * math.ceil(count / setting.batch_size)
        nn.fit(
            net,
            training.images,
            setting.desired(training.labels),
            optimizer=setting.optimizer(net.parameters(), steps),
            epochs=epochs,
            batch_size=setting.batch_size,
            cost=setting.penalised(net),
            validation=(held_out.images, setting.desired(held_out.labels)),
            rng=setting.seed,
        )
        check_road()
        return net.parameters(), nn.accuracy(net, held_out.images, held_out.labels)

    return fit


def check(fit: Fit, seen: int) -> list[float]:
    """The parameters after an epoch of a few images."""
    parameters, _ = fit(SETTINGS[seen], CHECKED, 1)
    return [float(number) for p in parameters for number in p.data.ravel()]


def time(fit: Fit, seen: int, repeats: int) -> dict[str, float]:
    """Seconds of the whole run, with recording, compiling and validation, and what it gets right."""
    start = perf_counter()
    _, share = fit(SETTINGS[seen], TRAINED, None)
    return {"seconds": perf_counter() - start, "right": 100 * share}


WORKLOAD = Workload(
    name="mnist",
    title="MNIST, the settings of the lectures and the best",
    about=(
        "`chainrule demos mnist` without its table: 784-16-16-10, 50,000 images in float32, validation after "
        "each epoch on 10,000 others; 2,000,000 images seen are the setting `lectures`, 4,000,000 `best`; "
        "seconds of `nn.fit` in all."
    ),
    cases=tuple(SETTINGS),
    case="{:,} images seen",
    columns=(Column("seconds", "seconds", "{:.2f}"), Column("right", "held out, right (%)", "{:.1f}")),
    compared="seconds",
    contenders={
        OURS: Contender(ours, obstacle=no_images),
        PROGRAMS: Contender(partial(ours, native=False), obstacle=no_images),
    },
    check=check,
    time=time,
    repeats=dict.fromkeys(SETTINGS, 1),
    rtol=1e-3,
    targets=tuple(
        Target(seen, "seconds", limit, unit="s", of=of)
        for of, limits in ((OURS, (2.0, 5.0)), (PROGRAMS, (4.0, 14.0)))
        for seen, limit in zip(SETTINGS, limits, strict=True)
    ),
    is_long=True,
)
