"""The calculations that the tests draw, and the browser that shows their lecture pages."""

from collections.abc import Callable

import pytest

from autograd import Value, sigmoid
from viz._output import missing
from viz._pages.chain import lecture_page

START = {"w": (1.2, -1.6, 0.9), "b": (-0.3, 0.4, 0.2)}


def _chain(layers: int) -> Value:
    """One neuron a layer, as in section 3 of the lectures: C₀ of a⁽⁰⁾ = 0.5 and y = 1."""
    a = Value(0.5, label="a^{(0)}")
    for k in range(1, layers + 1):
        w = Value(START["w"][k - 1], label=f"w^{{({k})}}")
        b = Value(START["b"][k - 1], label=f"b^{{({k})}}")
        z = (w * a + b).with_label(f"z^{{({k})}}")
        a = sigmoid(z).with_label(f"a^{{({k})}}")
    return ((a - Value(1.0, label="y")) ** 2).with_label("C_0")


@pytest.fixture
def lecture_chain() -> Callable[[int], Value]:
    return _chain


@pytest.fixture
def fonts_of_every_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which no sign is without a font."""
    monkeypatch.setattr(missing, "_is_shown", lambda sign: True)


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    driver = pytest.importorskip("browser").start(tmp_path_factory.mktemp("profile"))
    yield driver
    driver.quit()


@pytest.fixture
def open_page(browser, tmp_path):
    """Opens the lecture page of a result. Nothing may go wrong on it, and nothing be fetched."""
    room = pytest.importorskip("browser")
    pages = []

    def opened(C: Value, **options):
        pages.append(room.Page(browser, lecture_page(C, tmp_path / f"page{len(pages)}.html", **options)))
        return pages[-1]

    yield opened
    for page in pages[-1:]:
        assert page.errors() == []
        assert page.run("return performance.getEntriesByType('resource').length") == 0


@pytest.fixture
def chain(open_page):
    """The lecture page of the chain of three layers."""
    return open_page(_chain(3))
