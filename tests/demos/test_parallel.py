"""``chainrule demos parallel``: several devices find the gradient of one."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd._graph.node import plain
from chainrule.__main__ import main
from chainrule.demos import parallel

ROOT = Path(__file__).parents[2]


def test_devices_together_find_the_gradient_that_one_finds_and_go_down_it():
    """In a process of its own, since JAX is told of its devices before it is imported."""
    pytest.importorskip("jax")
    small = (
        "import sys; from chainrule.demos import command, options, parallel; "
        "assert 'jax' not in sys.modules; options.TRAINING, options.HELD_OUT = 2000, 50; "
    )
    ran = subprocess.run(
        [sys.executable, "-c", small + "parallel.run(options.Options(epochs=4))"],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "XLA_FLAGS": ""},
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert "13,002 parameters" in ran.stdout
    assert "a3 = sigmoid(z3)" in ran.stdout
    assert re.search(r"  4 devices: \S+, \S+, \S+, \S+\n", ran.stdout)
    assert "100 images, 25 to a device" in ran.stdout
    found = re.search(r"numbers up to (\S+), differences up to (\S+)\n", ran.stdout)
    assert found is not None
    largest, difference = map(float, found.groups())
    assert difference < 1e-6 * largest < 1e-5
    costs = [float(c) for c in re.findall(r"^    +\d  (\d\.\d{4}) ", ran.stdout, re.MULTILINE)]
    assert len(costs) == 4
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] < 0.95 * costs[0]


def test_the_net_in_scalars_is_the_net_in_arrays():
    net = parallel.scalar_net()
    digits = nn.data.strokes(20, rng=0)
    arrays = nn.MLP([784, 16, 16, 10], rng=0)
    np.testing.assert_allclose(net.outputs(net.theta, digits.images), arrays(digits.images), atol=1e-5)
    desired = nn.data.one_hot(digits.labels)
    costs = net.cost(net.theta, np.hstack([digits.images, desired]))
    assert costs.mean() == pytest.approx(
        float(plain(nn.quadratic_cost(arrays(digits.images), desired))), rel=1e-5
    )


def test_without_jax_there_is_the_command_that_installs_it(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "jax", None)
    monkeypatch.setenv("XLA_FLAGS", "")
    with pytest.raises(SystemExit) as ended:
        main(["demos", "parallel"])
    assert ended.value.code == 2
    assert capsys.readouterr().err.rstrip().endswith('demos parallel needs jax: pip install "chainrule[jax]"')
