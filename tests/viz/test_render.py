"""Files: with the system's dot, with pygraphviz, with neither; and what a failure leaves behind."""

import re
import stat
import sys
from pathlib import Path

import graphviz
import pytest

import viz
from autograd import Value

MAGIC = {"svg": b"<?xml", "png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF"}

STAND_IN = """#!{python}
import sys
form = [a for a in sys.argv if a.startswith("-T")][0][2:]
source = sys.stdin.buffer.read()
sys.stdout.buffer.write(b"drawn by the system as " + form.encode() + b": " + source[:14])
"""


@pytest.fixture
def drawing() -> graphviz.Digraph:
    y = (Value(3.0, label="w^{(1)}") * 2).with_label(r"\sigma")
    y.backward()
    return viz.draw_chain(y)


@pytest.fixture
def no_dot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))


def install_dot(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    folder.mkdir()
    program = folder / "dot"
    program.write_text(script.format(python=sys.executable))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder))


@pytest.mark.parametrize("form", MAGIC)
@pytest.mark.usefixtures("no_dot")
def test_without_a_system_dot(drawing: graphviz.Digraph, tmp_path: Path, form: str) -> None:
    pytest.importorskip("pygraphviz")
    path = viz.render(drawing, tmp_path / f"chain.{form}")
    assert path.read_bytes().startswith(MAGIC[form])


@pytest.mark.usefixtures("no_dot")
def test_the_svg_has_the_words(drawing: graphviz.Digraph, tmp_path: Path) -> None:
    pytest.importorskip("pygraphviz")
    svg = viz.render(drawing, str(tmp_path / "chain.SVG")).read_text(encoding="utf-8")
    words = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    for expected in ("⁽¹⁾", "∂σ", "= 2.00", "+1.00", "σ"):
        assert expected in words


@pytest.mark.usefixtures("no_dot")
def test_dpi_scales_a_png(drawing: graphviz.Digraph, tmp_path: Path) -> None:
    pytest.importorskip("pygraphviz")

    def width(dpi: int) -> int:
        data = viz.render(drawing, tmp_path / "chain.png", dpi=dpi).read_bytes()
        return int.from_bytes(data[16:20], "big")

    assert width(192) == pytest.approx(2 * width(96), abs=2)


@pytest.mark.usefixtures("no_dot")
def test_a_notebook_shows_it_without_a_system_dot(drawing: graphviz.Digraph) -> None:
    pytest.importorskip("pygraphviz")
    assert "<svg" in drawing._repr_mimebundle_()["image/svg+xml"]


def test_the_system_dot_is_preferred(
    drawing: graphviz.Digraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_dot(monkeypatch, tmp_path / "bin", STAND_IN)
    path = viz.render(drawing, tmp_path / "chain.pdf")
    assert path.read_bytes() == b"drawn by the system as pdf: digraph chain "


def test_a_system_dot_that_fails_is_not_the_end(
    drawing: graphviz.Digraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dot without cairo cannot write png."""
    pytest.importorskip("pygraphviz")
    install_dot(monkeypatch, tmp_path / "bin", "#!{python}\nraise SystemExit('no png here')\n")
    assert viz.render(drawing, tmp_path / "chain.png").read_bytes().startswith(MAGIC["png"])
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    with pytest.raises(RuntimeError, match="no png here"):
        viz.render(drawing, tmp_path / "other.png")


@pytest.mark.usefixtures("no_dot")
def test_with_neither_the_command_to_install_one_is_given(
    drawing: graphviz.Digraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    with pytest.raises(RuntimeError, match="python -m pip install pygraphviz"):
        viz.render(drawing, tmp_path / "chain.svg")
    assert [p.name for p in tmp_path.iterdir()] == ["empty"]


@pytest.mark.parametrize("name", ["chain.jpg", "chain", "chain.", ".svg"])
def test_another_suffix_is_refused(drawing: graphviz.Digraph, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"\.svg, \.pdf and \.png"):
        viz.render(drawing, tmp_path / name)


def test_places_that_cannot_be_written(drawing: graphviz.Digraph, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="does not exist"):
        viz.render(drawing, tmp_path / "nowhere" / "chain.svg")
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError, match="is not a folder"):
        viz.render(drawing, tmp_path / "file" / "chain.svg")
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(IsADirectoryError, match="give a file name"):
        viz.render(drawing, tmp_path / "folder.svg")


def test_a_folder_without_permission_is_named(
    drawing: graphviz.Digraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refused)
    with pytest.raises(PermissionError, match=re.escape(str(tmp_path))):
        viz.render(drawing, tmp_path / "chain.svg")


def test_an_error_leaves_the_old_file_and_nothing_else(
    drawing: graphviz.Digraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "chain.svg"
    old.write_text("old")

    def broken(self: Path, target: Path) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(OSError, match="the disk is gone"):
        viz.render(drawing, old)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("chain.svg", "old")]


def test_only_drawings_are_rendered(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="Value"):
        viz.render(Value(1.0), tmp_path / "chain.svg")
    with pytest.raises(ValueError, match="dpi"):
        viz.render(graphviz.Digraph(), tmp_path / "chain.png", dpi=0)
