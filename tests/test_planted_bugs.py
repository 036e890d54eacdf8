"""The tests are tested: each bug, planted in a copy of the engine, must make them fail.

A test that no planted bug can fail is a defect. The text a bug replaces must be there exactly as
often as said, so that this list cannot go stale unnoticed.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# the bug, the file, what stands there, what is put there, the tests that must notice
BUGS = [
    (
        "= for += in the fast sweep",
        "float_sweep",
        "    b._adjoint += {second}",
        "    b._adjoint = {second}",
        "test_graph_shapes",
    ),
    (
        "= for += in the general sweep",
        "sweeps",
        "found[parent] + gain if parent in found else gain",
        "gain",
        "test_transforms",
    ),
    (
        "a node swept before its last use has spoken",
        "float_sweep",
        "    if b._uses == 1:",
        "    if b._uses:",
        "test_graph_shapes",
    ),
    (
        "depth-first order without waiting for all uses",
        "sweeps",
        "    for node in reversed(order):\n        if node not in found or",
        "    for node in [root, *reversed(root.parents), *order]:\n        if node not in found or",
        "test_transforms",
    ),
    (
        "parents as a set",
        "graph",
        "tuple(p for p in self._links() if p is not None)",
        "tuple({p for p in self._links() if p is not None})",
        "test_graph_shapes",
    ),
    ("a wrong sign in one partial", "rules", '("-sin(x)",)', '("sin(x)",)', "test_gradcheck"),
    (
        "a dropped factor in one second derivative",
        "rules",
        '("-2 * out * tanh(x)",)',
        '("-out * tanh(x)",)',
        "test_gradcheck",
    ),
    (
        "unbroadcasting without summing",
        "array_rules",
        "np.add.reduce(x, axis=axes, keepdims=True)",
        "np.maximum.reduce(x, axis=axes, keepdims=True)",
        "test_tensor",
    ),
    (
        "tie weights of a reduction that do not sum to one",
        "array_rules",
        "ties / np.add.reduce(ties, axis=axis, keepdims=True)",
        "ties / 1.0",
        "test_tensor",
    ),
    (
        "tie weights of maximum that do not sum to one",
        "numerics",
        "0.5 if x == y else 0.0",
        "1.0 if x == y else 0.0",
        "test_precision.py::test_the_kinks",
    ),
    (
        "no_grad not restored after an exception",
        "graph",
        "    try:\n        yield\n    finally:\n        # Counted,",
        "    yield\n    if True:\n        # Counted,",
        "test_value",
    ),
    (
        "a gradient computed from a leaf's new number",
        "float_sweep",
        "**dict(zip(row.inputs, (number for _, number in SLOTS[row.arity]), strict=True))",
        '**dict(zip(row.inputs, (f"{node}._data" for node, _ in SLOTS[row.arity]), strict=True))',
        "test_value",
    ),
    (
        "an adjoint shared between two leaves",
        "array_sweep",
        "gain = gain.copy()",
        "pass",
        "test_tensor",
    ),
    (
        "= for += in the array sweep",
        "array_sweep",
        "gain = found[parent] + gain",
        "pass",
        "test_tensor",
    ),
    (
        "a Tensor swept before its last use has spoken",
        "array_sweep",
        "if not unspoken[parent]:",
        "if unspoken[parent] == 1:",
        "test_tensor",
    ),
    (
        "an inner derivative confused with an outer",
        "transforms",
        'lookup("_identity")(x)',
        "x",
        "test_transforms",
    ),
]


@pytest.mark.parametrize(
    ("file", "there", "planted", "tests"), [b[1:] for b in BUGS], ids=[b[0] for b in BUGS]
)
def test_a_planted_bug_fails_the_suite(file, there, planted, tests, tmp_path):
    for folder in ("autograd", "tests/autograd"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "tests/conftest.py", "tests/reference.py", "CONTRIBUTING.md"):
        shutil.copy(ROOT / name, tmp_path / name)
    source = tmp_path / "autograd" / f"{file}.py"
    text = source.read_text(encoding="utf-8")
    assert text.count(there) == 1, f"{file}.py has {text.count(there)} times {there!r}"
    source.write_text(text.replace(there, planted), encoding="utf-8")

    target, _, one = tests.partition("::")
    target = f"tests/autograd/{target.removesuffix('.py')}.py" + (f"::{one}" if one else "")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", target],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 1, run.stdout[-2000:] + run.stderr[-2000:]
    assert " failed" in run.stdout
