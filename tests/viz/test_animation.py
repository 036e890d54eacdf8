"""Frames and GIFs: their times, one layout, and files after a failure."""

import io
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import viz
from autograd import DomainError, Tensor, Value, sin, sqrt, where
from autograd._derivatives.sweeps import adjoints
from autograd._graph.node import topological_order
from viz._mathematics.numerals import number
from viz._mathematics.typeset import to_text
from viz._output.moving.animation import _moments
from viz._pictures.chain import chain_picture

pytest.importorskip("ziamath")
pytest.importorskip("pygraphviz")

SVG = "{http://www.w3.org/2000/svg}"


def diamond() -> Value:
    x = Value(0.5, label="x")
    u = sin(x).with_label("u")
    return (u * x + x).with_label("f")


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> list[ET.Element]:
    tmp_path = tmp_path_factory.mktemp("diamond")
    return [ET.fromstring(path.read_bytes()) for path in viz.frames(diamond(), tmp_path / "frames")]


def parts(frame: ET.Element) -> dict[str, ET.Element]:
    return {element.get("id", "")[9:]: element for element in frame.findall(f"{SVG}g") if element.get("id")}


def words(element: ET.Element, role: str) -> list[str]:
    return [g.get("aria-label", "") for g in element.iter(f"{SVG}g") if g.get("class") == role]


def test_there_are_as_many_as_is_said(shown: list[ET.Element]) -> None:
    assert len(shown) == 4 + 2 + 4  # u and f are computed; x has three uses, u one


def test_values_then_gradients_appear_and_stay(shown: list[ET.Element]) -> None:
    boxes = {"n0": "x", "n1": "u", "n2": "f"}
    first = {
        role: {
            name: next(i for i, frame in enumerate(shown) if words(parts(frame)[id], role))
            for id, name in boxes.items()
        }
        for role in ("value", "gradient")
    }
    assert first == {"value": {"x": 1, "u": 2, "f": 3}, "gradient": {"f": 4, "u": 5, "x": 8}}
    for role, start in first.items():
        for id, name in boxes.items():
            seen = [bool(words(parts(frame)[id], role)) for frame in shown]
            assert seen == [i >= start[name] for i in range(len(shown))]


def test_an_edge_shows_its_derivative_when_its_turn_has_come(shown: list[ET.Element]) -> None:
    turns = [[bool(words(parts(frame)[f"e{i}"], "number")) for frame in shown].index(True) for i in range(4)]
    assert sorted(turns) == [5, 6, 7, 8]
    assert turns[0] == 8  # ∂u/∂x comes after all that leads to f


def test_the_numbers_are_the_engines(shown: list[ET.Element]) -> None:
    f = diamond()
    found = adjoints(f, 1.0)
    nodes = {node.label: node for node in topological_order(f) if node.label}
    for id, name in {"n0": "x", "n1": "u", "n2": "f"}.items():
        last = parts(shown[-1])[id]
        assert words(last, "value") == [number(nodes[name].data)]
        assert words(last, "gradient") == [number(found[nodes[name]], signed=True)]
    [caption] = words(shown[-2], "caption")
    assert caption.endswith(f"= {number(found[nodes['x']])}")


def test_nothing_unknown_is_shown_as_zero(shown: list[ET.Element]) -> None:
    assert "0.00" not in ET.tostring(shown[0], encoding="unicode")
    assert not words(shown[0], "value") + words(shown[0], "gradient") + words(shown[0], "number")


def test_everything_stands_in_the_same_place(shown: list[ET.Element]) -> None:
    def places(frame: ET.Element) -> dict[str, list[str | None]]:
        found = {}
        for id, part in parts(frame).items():
            if part.get("class", "").startswith("box"):
                rect = part.findall(f"{SVG}rect")[-1]
                symbol = next(g for g in part.iter(f"{SVG}g") if g.get("class") == "formula")
                found[id] = [*(rect.get(k) for k in ("x", "y", "width", "height")), symbol.get("transform")]
        return found

    assert len({frame.get("viewBox") for frame in shown}) == 1
    assert all(places(frame) == places(shown[0]) for frame in shown)


def test_nothing_is_written_to_the_graph_and_the_frames_are_always_the_same(
    tmp_path: Path, shown: list[ET.Element]
) -> None:
    f = diamond()
    one = [path.read_bytes() for path in viz.frames(f, tmp_path / "one")]
    assert all(node.grad is None for node in topological_order(f))
    f.backward()
    before = [node.grad for node in topological_order(f)]
    other = [path.read_bytes() for path in viz.frames(f, tmp_path / "other")]
    assert [node.grad for node in topological_order(f)] == before
    assert one == other
    assert [ET.tostring(frame) for frame in shown] == [ET.tostring(ET.fromstring(data)) for data in one]


@pytest.mark.parametrize(("kind", "magic"), [("pdf", b"%PDF"), ("png", b"\x89PNG")])
def test_other_kinds(tmp_path: Path, kind: str, magic: bytes) -> None:
    pytest.importorskip("resvg_py")
    paths = viz.frames((2 * Value(3.0, label="x")).with_label("y"), tmp_path, kind=kind, dpi=50)
    assert [path.name for path in paths] == [f"frame-0{i}.{kind}" for i in range(1, 7)]
    assert all(path.read_bytes().startswith(magic) for path in paths)


def test_more_pixels_than_may_be_are_refused_with_fewer_that_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match=r"a png of [\d,]+ x [\d,]+ pixels has more than the 150,000,000"):
        viz.frames(diamond(), tmp_path, kind="png", dpi=2400)
    monkeypatch.setattr("viz._output.moving.animation.MOST_PIXELS", 300_000)
    with pytest.raises(ValueError, match=r"10 frames of 400 x .* more than the 300,000 pixels") as raised:
        viz.animate(diamond(), tmp_path / "f.gif", width=400)
    assert not list(tmp_path.iterdir())
    width = int(re.findall(r"width=(\d+)", str(raised.value))[0])
    assert viz.animate(diamond(), tmp_path / "f.gif", width=width).exists()


def test_a_gif_has_a_picture_for_every_frame(tmp_path: Path) -> None:
    images = pytest.importorskip("PIL.Image")
    pytest.importorskip("resvg_py")
    path = viz.animate(diamond(), tmp_path / "f.gif", seconds_per_frame=0.5, width=400, theme=viz.DARK)
    with images.open(io.BytesIO(path.read_bytes())) as gif:
        assert (gif.n_frames, gif.size[0], gif.info["loop"]) == (10, 400, 0)
        seen, lengths = set(), []
        for i in range(gif.n_frames):
            gif.seek(i)
            lengths.append(gif.info["duration"])
            seen.add(gif.convert("RGB").tobytes())
    assert lengths == [500] * 9 + [1500]
    assert len(seen) == 10


def test_what_cannot_be_animated(tmp_path: Path) -> None:
    f = diamond()
    for wrong, error, message in (
        (3.0, TypeError, "takes a Value or a motion, not float"),
        (Tensor([1.0]), TypeError, "Tensor"),
        (Value(1.0), ValueError, "leaf"),
        (sqrt(Value(0.0, label="x")), DomainError, "sqrt"),
    ):
        with pytest.raises(error, match=message):
            viz.frames(wrong, tmp_path)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"theme is viz\.LIGHT, .* not 'dark'"):
        viz.frames(f, tmp_path, theme="dark")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="limit is 2"):
        viz.frames(f, tmp_path, limit=2)
    with pytest.raises(ValueError, match="svg, pdf, png"):
        viz.frames(f, tmp_path, kind="gif")
    with pytest.raises(FileNotFoundError, match=r"cannot make .*where: there is no folder .*no$"):
        viz.frames(f, tmp_path / "no" / "where")
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError, match="is not a folder"):
        viz.frames(f, tmp_path / "file")
    with pytest.raises(ValueError, match=r"\.gif"):
        viz.animate(f, tmp_path / "f.png")
    for seconds in (0, 219, "a", True):  # a GIF has no room for 3 · 219 seconds
        with pytest.raises(ValueError, match=r"seconds_per_frame is a number of seconds from 0\.02 to 200"):
            viz.animate(f, tmp_path / "f.gif", seconds_per_frame=seconds)  # type: ignore[arg-type]
    for width in (5, 100.5, True):
        with pytest.raises(ValueError, match="width is a whole number of pixels from 100 to 10000"):
            viz.animate(f, tmp_path / "f.gif", width=width)  # type: ignore[arg-type]
    for limit in ("a", True, 0):
        with pytest.raises(ValueError, match="limit is a whole number from 1"):
            viz.animate(f, tmp_path / "f.gif", limit=limit)  # type: ignore[arg-type]
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_derivative_that_is_undefined_beside_the_way_is_named(tmp_path: Path) -> None:
    x = Value(0.0, label="x")
    root = sqrt(x).with_label("r")
    with pytest.raises(DomainError, match=r"∂r/∂x = 1/\(2√x\) is undefined"):
        viz.frames(where(x > 1, root, 2 * x).with_label("C"), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_missing_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(
        RuntimeError, match=r'a typeset png needs resvg_py: pip install "chainrule\[drawings\]"'
    ):
        viz.frames(diamond(), tmp_path, kind="png")
    monkeypatch.setattr("viz._output.moving.animation.available", lambda: False)
    with pytest.raises(RuntimeError, match="pip install ziamath"):
        viz.frames(diamond(), tmp_path)
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(ImportError, match="images"):
        viz.animate(diamond(), tmp_path / "f.gif")
    assert not list(tmp_path.iterdir())


@pytest.mark.filterwarnings("error:no font")  # of a picture that is not written
def test_a_pdf_says_which_sign_it_cannot_show(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no font here has '🙂'"):
        viz.frames((2 * Value(3.0, label="🙂")).with_label("y"), tmp_path, kind="pdf")
    assert not list(tmp_path.iterdir())


def test_one_of_several_uses_is_numbered(tmp_path: Path) -> None:
    """∂y/∂x is 6, so neither use may be said to be ∂y/∂x = x = 3."""
    x = Value(3.0, label="x")
    said = [
        words(ET.fromstring(path.read_bytes()), "caption")
        for path in viz.frames((x * x).with_label("y"), tmp_path)
    ]
    assert said[-3:-1] == [["(∂y/∂x)₁ = x = 3.00"], ["(∂y/∂x)₂ = x = 3.00, ∂y/∂x = 3.00 + 3.00 = 6.00"]]
    further = captions((2 * (x * x).with_label("y")).with_label("C"))
    assert "∂C/∂y · (∂y/∂x)₁= 2.00 · 3.00= 6.00" in further


def captions(C: Value) -> list[str]:
    """The arithmetic of all frames."""
    moments = _moments(chain_picture(C))
    return ["".join(map(to_text, equation)) for _, equations in moments for equation in equations]


def test_a_sum_of_which_the_digits_shown_give_another_total_has_more_digits() -> None:
    x = Value(1.0, label="x")
    one, other = (16.344 * x).with_label("a"), (45.6511 * x).with_label("b")
    assert "∂C/∂x= 45.6511 + 16.344= 62.00" in captions((one + other).with_label("C"))


def test_contributions_that_cancel_add_up_to_zero() -> None:
    x = Value(1.0, label="x")
    C = sum((c * x).with_label(name) for c, name in ((0.1, "a"), (0.2, "b"), (-0.3, "c"))).with_label("C")
    assert adjoints(C, 1.0)[x] != 0
    assert "∂C/∂x= −0.30 + 0.20 + 0.10= 0.00" in captions(C)
    assert chain_picture(C).boxes[0].gradient == 0


def test_a_number_that_is_no_decimal_has_its_decimals_beside_it() -> None:
    x = Value(3.0, label="x")
    assert "∂y/∂x= 1/3= 0.333" in captions((x / 3).with_label("y"))
    assert "∂y/∂x= −2" in captions((1 - 2 * x).with_label("y"))
