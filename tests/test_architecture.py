"""The arrows of CONTRIBUTING: who may import whom, no circles, no import hidden in a function."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("autograd", "nn", "viz", "demos")

# The floors of the engine: a module imports from floors below its own.
FLOORS = [
    ["atomic", "extras", "numerics", "graph", "threads"],
    ["primitives"],
    ["rules", "array_rules"],
    ["value", "tensor"],
    ["float_sweep", "functions"],
    ["array_sweep"],
    ["sweeps"],
    ["transforms"],
    ["gradcheck"],
    ["compiler.recording", "compiler.steps", "compiler.kernels", "compiler.libraries"],
    ["compiler.addresses", "compiler.buffers", "compiler.stepping", "compiler.scalars", "compiler.formulas"],
    ["compiler.lines", "compiler.sums", "compiler.reading", "compiler.calls", "compiler.elsewhere"],
    ["compiler.lifting", "compiler.adjoints", "compiler.listing"],
    ["compiler.replay", "compiler.onnx_model"],
    ["compiler.batches", "compiler.portable"],
    ["compiler.runs"],
    ["compiler.program"],
    ["compiler.many"],
]
ALLOWED = {"autograd": set(), "nn": {"autograd"}, "viz": {"autograd"}, "demos": {"autograd", "nn", "viz"}}


def modules(package):
    return sorted((ROOT / package).rglob("*.py"))


def imports(path):
    """Every module of ours that a file imports, with whether the import stands at the top."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    at_top = {id(n) for n in tree.body}
    only_for_types = {
        id(n)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and getattr(block.test, "id", None) == "TYPE_CHECKING"
        for n in ast.walk(block)
    }
    for node in ast.walk(tree):
        if id(node) in only_for_types:
            continue
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{a.name}" for a in node.names)]
        elif isinstance(node, ast.Import):
            names = [a.name for a in node.names]
        for name in names:
            if name.split(".")[0] in PACKAGES:
                yield name, id(node) in at_top, path


def name_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_import_only_what_lies_below_them(package):
    for path in modules(package):
        for name, _, _ in imports(path):
            target = name.split(".")[0]
            assert target == package or target in ALLOWED[package], f"{path.name} imports {name}"


def test_the_engine_is_built_floor_on_floor():
    floor = {f"autograd.{name}": i for i, names in enumerate(FLOORS) for name in names}
    rooms = [path for path in modules("autograd") if path.stem != "__init__"]
    assert set(floor) == set(map(name_of, rooms))
    for path in rooms:
        room = name_of(path)
        for name, _, _ in imports(path):
            if name in floor:
                assert floor[name] < floor[room], f"{room} imports {name}"


def test_no_circles_among_modules():
    names = {name_of(p): p for package in PACKAGES for p in modules(package)}
    arrows = {m: {n for n, _, _ in imports(p) if n in names and n != m} for m, p in names.items()}
    # A package's own face (its __init__) is imported by its rooms' users, not by its rooms.
    for module in arrows:
        package = module.split(".")[0]
        if module != package:
            arrows[module].discard(package)
    done: set[str] = set()
    while arrows:
        free = [m for m, needs in arrows.items() if needs <= done]
        assert free, f"a circle among {sorted(arrows)}"
        done.update(free)
        for m in free:
            del arrows[m]


@pytest.mark.parametrize("package", PACKAGES)
def test_no_import_hides_in_a_function(package):
    for path in modules(package):
        hidden = [name for name, at_top, _ in imports(path) if not at_top]
        assert not hidden, f"{path.name} hides imports of {hidden}"


def test_no_pickles_and_no_global_randomness():
    for package in PACKAGES:
        for path in modules(package):
            text = path.read_text(encoding="utf-8")
            for banned in (
                "import pickle",
                "np.random.seed",
                "np.random.rand",
                "import random",
                "allow_pickle=True",
            ):
                assert banned not in text, f"{path.name}: {banned}"
