"""The lecture page where it is shown, in headless Chromium: frames, paper, screens, themes."""

import base64
import dataclasses
import re

import pytest
from browser import Page, needs_browser, prefer, webdriver
from contrast import contrast

from autograd import Value
from viz._layout.themes import DARK, LIGHT
from viz._page import lecture_page

pytestmark = needs_browser
LAST = 23


def metrics(page: Page, width: int, height: int) -> None:
    page.browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
    )


def test_inside_the_frame_of_a_slide_deck(browser, lecture_chain, tmp_path):
    path = lecture_page(lecture_chain(1), tmp_path / "chain.html")
    slides = tmp_path / "slides.html"
    for sandbox in ("", 'sandbox="allow-scripts"'):
        slides.write_text(
            f'<iframe {sandbox} src="{path.name}" width="900" height="500"></iframe>', encoding="utf-8"
        )
        page = Page(browser, slides)
        browser.switch_to.frame(0)
        page.find("#frame").click()
        page.press(webdriver.Keys.ARROW_RIGHT, webdriver.Keys.ARROW_RIGHT)
        assert page.step == 2
        browser.switch_to.default_content()
        assert page.errors() == []
        browser.back()  # leaves the slides, not a step
        page.until(lambda: browser.current_url == "about:blank")


def test_printing_gives_a_page_a_step(open_page, lecture_chain):
    page = open_page(lecture_chain(1))
    page.go(5)
    pdf = base64.b64decode(page.browser.print_page())
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 12
    assert page.step == 5
    assert page.run("return document.querySelector('.paper')") is None


SHEETS = """
return [...document.querySelectorAll('.sheet')].map((sheet) => {
  const [page, picture] = [sheet, sheet.querySelector('.stage')].map((e) => e.getBoundingClientRect());
  const step = sheet.lastElementChild.getBoundingClientRect();
  const [left, right] = [picture.left - page.left, page.right - picture.right];
  return [left, right, step.top - picture.bottom, page.bottom - step.bottom];
});
"""


@pytest.mark.parametrize("projector", [False, True])
@pytest.mark.parametrize("make", ["chain", "sum"])
def test_a_sheet_holds_its_step_whole_and_its_picture_large(make, projector, open_page, lecture_chain):
    leaves = [Value(float(i), label=f"x_{i}") for i in range(12)]
    page = open_page(lecture_chain(2) if make == "chain" else sum(leaves).with_label("s"))
    metrics(page, 800, 450)
    try:
        if projector:
            page.find("#projector").click()
        page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        page.run("dispatchEvent(new Event('beforeprint'))")
        sheets = page.run(SHEETS)
        assert len(sheets) == page.run("return document.getElementById('slider').max * 1 + 1")
        for left, right, above, below in sheets:
            assert min(left, right, above, below) > -1
            assert left + right < 5 if make == "chain" else below < 8
    finally:
        page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        prefer(page.browser)
        page.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


COLOURS = """
const style = getComputedStyle(document.documentElement);
return Object.fromEntries(arguments[0].map((name) => [name, style.getPropertyValue(`--${name}`)]));
"""

CONTRASTS = """
const seen = [];
for (const element of document.querySelectorAll('body *')) {
  const style = getComputedStyle(element);
  const words = [...element.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
  const hidden = style.visibility === 'hidden' || (!element.offsetParent && !element.closest('math'));
  const left = element.disabled || element.type === 'range';
  if (hidden || left || element.closest('script, style, option, .unseen')) continue;
  if (!words && element.tagName !== 'INPUT') continue;
  let behind = element;
  const clear = (e) => getComputedStyle(e).backgroundColor === 'rgba(0, 0, 0, 0)';
  while (behind && clear(behind)) behind = behind.parentElement;
  const paper = getComputedStyle(behind ?? document.body).backgroundColor;
  seen.push([element.textContent.trim().slice(0, 30), style.color, paper]);
}
return seen;
"""


@pytest.mark.parametrize(("name", "theme"), [("light", LIGHT), ("dark", DARK)])
def test_the_colours_are_those_of_the_drawings_and_can_be_read(chain, name, theme):
    if name == "dark":
        chain.find("#theme").click()
    colours = {field.replace("_", "-"): colour for field, colour in dataclasses.asdict(theme).items()}
    assert chain.run(COLOURS, list(colours)) == colours
    chain.go(LAST)
    chain.press(webdriver.Keys.TAB)
    seen = chain.run(CONTRASTS)
    assert len(seen) > 100
    for words, front, behind in seen:
        assert contrast(front, behind) >= 4.5, (words, front, behind)


def test_the_theme_follows_the_system(chain):
    for theme in ("dark", "light"):
        prefer(chain.browser, theme)
        chain.until(lambda theme=theme: chain.find("html").get_attribute("data-theme") == theme)
        chain.browser.refresh()
        assert chain.find("html").get_attribute("data-theme") == theme


@pytest.mark.parametrize(("width", "height"), [(320, 640), (1280, 720), (1920, 1080)])
@pytest.mark.parametrize("projector", [False, True])
def test_it_fits_the_screen_and_shows_where_to_look(chain, width, height, projector):
    metrics(chain, width, height)
    try:
        if projector:
            chain.find("#projector").click()
        for step in (0, 1, 12, LAST):
            chain.go(step)
            assert chain.run("return document.documentElement.scrollWidth") <= width
        chain.go(12)
        # A telephone shows the edge; other screens show both of its ends too.
        about = ".slope.now" if width < 600 else ".now:is(.slope, .box)"
        chain.until(lambda: chain.run(IN_SIGHT, about))
        size = chain.run(TYPE)
        assert size >= (20 if projector else 13)  # of 720 px, a 36th; and of 640
    finally:
        chain.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


IN_SIGHT = """
const frame = document.getElementById('frame').getBoundingClientRect();
return [...document.querySelectorAll(arguments[0])].every((element) => {
  const spot = element.getBoundingClientRect();
  const across = spot.left >= frame.left && spot.right <= frame.right;
  return across && spot.top >= frame.top && spot.bottom <= frame.bottom;
});
"""

TYPE = """
const stage = document.getElementById('stage');
const size = parseFloat(getComputedStyle(stage.querySelector('#n8 .value')).fontSize);
return size * stage.getBoundingClientRect().width / stage.offsetWidth;
"""


@pytest.mark.parametrize("projector", [False, True])
def test_in_a_small_frame_too_each_step_shows_what_it_is_about(projector, open_page):
    x = [Value(0.3, label="x_1"), Value(0.6, label="x_2"), Value(0.9, label="x_3")]
    hidden = [
        sum(Value(0.1, label=f"w_{{{j}{k}}}") * x[k] for k in range(3)).with_label(f"z_{j}") for j in range(3)
    ]
    page = open_page((hidden[0] * hidden[1] + hidden[2]).with_label("y"))
    metrics(page, 800, 450)
    try:
        if projector:
            page.find("#projector").click()
        last = int(page.find("#slider").get_attribute("max"))
        for step in range(1, last):
            page.go(step)
            kind = page.find(".step.now").get_attribute("class")
            about = ".slope.now" if "backward" in kind and ".slope.now" in page.run(KINDS) else ".box.now"
            page.until(lambda about=about: page.run(IN_SIGHT, about))
    finally:
        page.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


KINDS = "return ['.slope.now', '.box.now'].filter((kind) => document.querySelector(kind))"


@pytest.mark.parametrize("label", ["w^{(1)}", "W" * 24, "梯度" * 8])
def test_no_formula_is_wider_than_its_box(label, open_page):
    page = open_page((Value(0.5, label=label) * Value(2.0, label=label) + 1).with_label(label))
    rooms = "[...document.querySelectorAll('.fit')]"
    wide = f"{rooms}.filter((room) => room.firstElementChild.offsetWidth > room.clientWidth + 1).length"
    assert page.run(f"return {rooms}.length") == 5
    assert page.run(f"return {wide}") == 0


# Numbers of every length, and what must hold them.
NUMBERS = """
const wide = [];
const range = document.createRange();
for (const number of document.querySelectorAll('.slope.known .number, .row .number')) {
  const room = (number.closest('.row') ?? number.parentElement).getBoundingClientRect();
  const word = number.parentElement.querySelector('.word');
  const left = word?.offsetWidth ? word.getBoundingClientRect().right + 2 : room.left;
  range.selectNodeContents(number);
  const field = number.tagName === 'INPUT';
  const taken = field ? number.scrollWidth - number.clientWidth : left - range.getBoundingClientRect().left;
  if (taken > 0.5) wide.push([number.value ?? number.textContent, taken]);
}
return wide;
"""


@pytest.mark.parametrize("factor", [1.0, 1e-4, 1.23e-7, 1.23e-100, 98765.4, 1e300])
def test_numbers_of_every_length_have_room(factor, open_page):
    x, shift = Value(-1.2345, label="x"), 0.0
    for i in range(31):  # more links than have formulas
        shift = shift + Value(factor * (-1) ** i, label=f"w_{i}") * 0.3 * x
    page = open_page(shift.with_label("y"))
    page.press(webdriver.Keys.END)
    assert len(page.data("number")) == 62
    assert page.run(NUMBERS) == []


@pytest.mark.parametrize("factor", [0.00123, 0.000123, 1.23e-12])
def test_usual_numbers_have_their_word_beside_them(factor, open_page):
    page = open_page((Value(-1.0, label="w") * factor).with_label("y"))
    page.press(webdriver.Keys.END)
    words = "[...document.querySelectorAll('.row .word')].map((word) => word.offsetWidth > 0)"
    assert page.run(f"return {words}") == [True] * 4
    assert page.run(NUMBERS) == []


def test_the_last_step_has_room_between_its_rows(chain):
    metrics(chain, 700, 900)
    chain.press(webdriver.Keys.END)
    tops, bottoms = (
        chain.run(
            "return [...document.querySelectorAll('.everything .equation:last-child math')]"
            f".map((math) => math.getBoundingClientRect().{side})"
        )
        for side in ("top", "bottom")
    )
    rows = sorted({round(top) for top in tops})
    assert len(rows) > 1
    ends = [max(b for t, b in zip(tops, bottoms, strict=True) if abs(t - row) < 12) for row in rows]
    assert all(start - end > 8 for start, end in zip(rows[1:], ends, strict=False) if start - end > -20)


def test_the_keyboard_reaches_everything_in_reading_order(chain):
    order = []
    for _ in range(30):
        chain.press(webdriver.Keys.TAB)
        order.append(
            chain.run("const e = document.activeElement; return e.id || e.getAttribute('aria-label')")
        )
    assert order[:5] == ["theme", "projector", "frame", "value of a⁽⁰⁾", "move a⁽⁰⁾"]
    assert order[5:9] == ["value of b⁽¹⁾", "move b⁽¹⁾", "value of w⁽¹⁾", "move w⁽¹⁾"]
    assert order[17:23] == ["value of y", "move y", "play", "next", "slider", "speed"]
