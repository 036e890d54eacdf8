"""CONTRIBUTING's house: who may import whom, no circles, no hidden imports, tests named for rooms."""

import ast
import functools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("autograd", "nn", "viz", "demos", "chainrule")  # chainrule/demos is a link to demos

# Lists of data, which are no longer to read than they are to write.
LISTS = {"autograd._table.rules"}

# Test files across rooms, by folder, named for their claim; all others have the name of a room or a folder.
CLAIMS = {
    "autograd": """array_functions citizens derivatives_as_code functions_of_numbers graph_shapes numpy_names
        package precision untaken_branches""",
    "autograd/compiler": "exact frozen lowering_rows",
    "nn": "advice cut_graphs gradients lectures_of_nets modes stopping training_input",
    "nn/files": "files damaged_files filling",
    "viz": """gradients jupyterlab labels_of_terms net_face net_page net_refusals page_browser page_contents
        page_refused page_shown text_drawings typeset_drawing""",
    "viz/plots": "every_plot",
    "viz/lecture": "damaged_parts",
    "": """architecture compiled_page engine_alone extending_page micrograd_page pages
        paths_and_files planted_bugs readme testing_page types warnings""",
}
# Modules that tests share: comparisons with mpmath, scalar programs, calls of NumPy's functions and their
# checks, Chromium, contrast of colours, the writer of the declarations for type checkers, draws, engines,
# students' files, tests under planted mistakes, scripts for node, compiled functions, programs of Tensors,
# training by programs, nets in files. The planted mistakes are in a folder of
# their own.
HELPERS = """reference scalar_programs numpy_forms matrix_forms numpy_harness browser contrast declarations
    drawing engines student_files forked_tests javascript compiled_functions tensor_programs
    compiled_training net_files training_runs lecture_numbers page_graphs lowered_functions"""

ALLOWED = {
    "autograd": set(),
    "nn": {"autograd"},
    "viz": {"autograd"},
    "demos": {"autograd", "nn", "viz", "chainrule"},
    "chainrule": {"autograd", "nn", "viz"},
}


def modules(package):
    """The files of a package, without what it links to, which has an entry of its own."""
    files = (ROOT / package).rglob("*.py")
    return sorted(path for path in files if "demos" not in path.relative_to(ROOT / package).parts)


@functools.cache
def imports(path):
    """Each module of ours that a file imports, also for types alone, and whether that is at the top."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    at_top = {id(n) for n in tree.body}
    pairs = []
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{a.name}" for a in node.names)]
        elif isinstance(node, ast.Import):
            names = [a.name for a in node.names]
        pairs += [(name, id(node) in at_top) for name in names if name.split(".")[0] in PACKAGES]
    return pairs


def name_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[0] == "demos":
        parts = ("chainrule", *parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_import_only_what_lies_below_them(package):
    for path in modules(package):
        for name, _ in imports(path):
            target = name.split(".")[0]
            assert target == package or target in ALLOWED[package], f"{path.name} imports {name}"


# A lecture shows the engine's own source.
SHOWN = {
    "engine": {
        "autograd._derivatives",
        "autograd._derivatives.sweeps",
        "autograd._table",
        "autograd._table.rules",
    }
}


def test_demos_import_public_names_only():
    for path in modules("demos"):
        private = {name for name, _ in imports(path) if re.search(r"\._(?!_)", name)} - SHOWN.get(
            path.stem, set()
        )
        assert not private, f"{path.name} imports {sorted(private)}: users copy the demos"


def rooms_of_the_house():
    """Where CONTRIBUTING's plan of the house has each room: its line, and how far from the left."""
    plan = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## The house")[1].split("```")[1]
    found, folders = {}, []
    for number, line in enumerate(plan.strip().splitlines()):
        depth = (len(line) - len(line.lstrip())) // 2
        said = re.split(r"  +", line.strip())[0]
        del folders[depth:]
        if said.endswith("/"):
            folders.append(said[:-1])
        names = [said[:-1]] if said.endswith("/") else said.split(", ")
        parents = folders[:-1] if said.endswith("/") else folders
        found.update({".".join([*parents, name]): (number, i) for i, name in enumerate(names)})
    return found


@pytest.mark.parametrize("package", ["autograd", "nn", "viz"])
def test_a_room_imports_from_lines_above_its_own_or_from_the_left_of_it(package):
    house = rooms_of_the_house()
    listed = {room for room in house if room.startswith(f"{package}.")}
    folders = {room for room in listed if (ROOT / room.replace(".", "/")).is_dir()}

    rooms = names_of(package)
    assert rooms <= listed, f"CONTRIBUTING's house has no room for {sorted(rooms - listed)}"
    assert listed <= rooms | folders, f"CONTRIBUTING's house has {sorted(listed - rooms - folders)}"

    for path in modules(package):
        room = name_of(path)
        if room not in rooms:
            continue
        for name, _ in imports(path):
            target = next((n for n in (name, name.rpartition(".")[0]) if n in rooms), None)
            if target is not None and target != room:
                assert house[target] < house[room], f"{room} imports {target}"


@pytest.mark.parametrize("package", PACKAGES)
def test_a_folder_has_at_most_ten_rooms(package):
    for folder in {path.parent for path in modules(package)} - {ROOT / "demos"}:
        rooms = [
            p
            for p in folder.iterdir()
            if (p.suffix == ".py" and p.stem != "__init__") or (p / "__init__.py").exists()
        ]
        assert len(rooms) <= 10, f"{folder} has {len(rooms)} rooms: {sorted(p.name for p in rooms)}"


@pytest.mark.parametrize("package", PACKAGES)
def test_a_room_has_at_most_400_lines(package):
    for path in modules(package):
        lines = path.read_text(encoding="utf-8").count("\n")
        assert lines <= 400 or name_of(path) in LISTS, f"{path.relative_to(ROOT)} has {lines} lines"


@functools.cache
def names_of(package):
    return {name_of(path) for path in modules(package) if path.stem != "__init__"}


def test_no_circles_among_modules():
    names = {name_of(p): p for package in PACKAGES for p in modules(package)}
    arrows = {m: {n for n, _ in imports(p) if n in names and n != m} for m, p in names.items()}
    # A folder's own face (its __init__) is imported by its rooms' users, not by its rooms.
    for module in arrows:
        arrows[module] -= {folder for folder in names if module.startswith(f"{folder}.")}
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
        hidden = [name for name, at_top in imports(path) if not at_top]
        assert not hidden, f"{path.name} hides imports of {hidden}"


def test_the_typesetting_libraries_are_known_to_one_room():
    """Their modules are inner ones, which another version may move."""
    users = {
        path
        for path in modules("viz")
        if re.search(r"import.* zia|zia(math|font)\.\w", path.read_text("utf-8"))
    }
    assert users == {ROOT / "viz" / "_mathematics" / "outlines.py"}


def test_no_pickles_and_no_global_randomness():
    for package in PACKAGES:
        for path in modules(package):
            text = path.read_text(encoding="utf-8")
            for banned in (
                "import pickle",
                "np.random.seed",
                "np.random.rand",
                "import random\n",
                "allow_pickle=True",
            ):
                assert banned not in text, f"{path.name}: {banned}"


def test_files_that_comments_and_pages_name_are_there():
    sources = [path for package in PACKAGES for path in (ROOT / package).rglob("*.*")]
    sources += [ROOT / ".ci" / "run", *ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    named = re.compile(
        r"(?<![/\w])(?:autograd|nn|viz|demos|chainrule|tests|docs)/[\w/-]+\.(?:py|js|css|html|md|png)\b"
    )
    for path in sources:
        if path.suffix in (".py", ".js", ".css", ".html", ".md", ""):
            for name in named.findall(path.read_text(encoding="utf-8")):
                assert (ROOT / name).is_file(), f"{path.relative_to(ROOT)} names {name}"


def test_a_test_file_has_the_name_of_a_room_or_of_its_claim():
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    names = {}
    for path in files:
        names.setdefault(path.parent.relative_to(ROOT / "tests").as_posix().strip("."), set()).add(
            path.stem[5:]
        )
    assert CLAIMS.keys() <= names.keys()
    for folder, tests in names.items():
        package, _, inner = folder.partition("/")
        inside = ROOT / package / inner if (ROOT / package / inner).is_dir() else ROOT / package / f"_{inner}"
        rooms = (
            {p.stem.strip("_") for p in inside.rglob("*") if p.suffix == ".py" or p.is_dir()}
            if folder
            else set()
        )
        claims = set(CLAIMS.get(folder, "").split())
        assert tests - claims <= rooms, f"tests/{folder}: no room or claim is called {tests - claims - rooms}"
        assert claims <= tests - rooms, (
            f"tests/{folder}: {claims - tests} is no test, {claims & rooms} a room"
        )
    helpers = {path.stem for path in (ROOT / "tests").glob("*.py")} - {f"test_{name}" for name in names[""]}
    assert helpers == {*HELPERS.split(), "conftest"}
