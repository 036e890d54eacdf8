"""Arrays as text: the page of a net decodes the numbers that were encoded."""

import json

import numpy as np
from javascript import node, run

from viz._pages.net.document import HERE
from viz._pages.net.encoding import encoded
from viz._pages.parts.assembly import asset

RNG = np.random.default_rng(0)


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
