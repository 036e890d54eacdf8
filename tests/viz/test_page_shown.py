"""The lecture page where it is shown, in headless Chromium: frames, paper, screens, themes."""

import base64
import ctypes
import dataclasses
import math

import numpy as np
import pytest
from browser import Page, needs_browser, prefer, webdriver
from contrast import contrast

import nn
from autograd import Value, sigmoid
from viz._layout.themes import DARK, LIGHT, Theme
from viz._pages.chain import lecture_page

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
        browser.get("about:blank")
        page = Page(browser, slides)
        browser.switch_to.frame(0)
        page.find("#frame").click()
        page.press(webdriver.Keys.ARROW_RIGHT, webdriver.Keys.ARROW_RIGHT)
        assert page.step == 2
        browser.switch_to.default_content()
        assert page.errors() == []
        browser.back()  # leaves the slides, not a step
        page.until(lambda: browser.current_url == "about:blank")


def type_sizes(pdf: bytes) -> list[dict[str, float]]:
    """The sizes of type on each sheet of a pdf, in points, by the sign."""
    pdfium, raw = pytest.importorskip("pypdfium2"), pytest.importorskip("pypdfium2.raw")
    document, sheets = pdfium.PdfDocument(pdf), []
    for sheet in document:
        text, sizes = sheet.get_textpage(), dict[str, float]()
        for i in range(text.count_chars()):
            sign, matrix = chr(raw.FPDFText_GetUnicode(text.raw, i)), raw.FS_MATRIX()
            if sign.isprintable() and not sign.isspace():
                raw.FPDFText_GetMatrix(text.raw, i, ctypes.byref(matrix))
                size = raw.FPDFText_GetFontSize(text.raw, i) * math.hypot(matrix.c, matrix.d)
                sizes[sign] = min(size, sizes.get(sign, size))
        sheets.append(sizes)
    document.close()
    return sheets


def printed(page: Page) -> bytes:
    options = {"preferCSSPageSize": True, "printBackground": True}
    return base64.b64decode(page.browser.execute_cdp_cmd("Page.printToPDF", options)["data"])


def test_paper_is_a_handout_of_several_steps_a_sheet_in_type_that_can_be_read(chain):
    chain.go(5)
    sheets = type_sizes(printed(chain))
    assert 3 <= len(sheets) <= 6  # of 24 steps
    for sizes in sheets:
        assert {"v", "=", "0"} <= sizes.keys()
        assert min(sizes.values()) > 6.95  # 7 points, raised signs too, as a pdf rounds them
        assert sizes["v"] > 8
    assert chain.step == 5
    assert chain.run("return document.querySelector('.paper')") is None
    assert_sheets_hold_their_steps(chain)


SHEETS = """
return [...document.querySelectorAll('.sheet')].map((sheet) => {
  const [page, window] = [sheet, sheet.querySelector('.window')].map((e) => e.getBoundingClientRect());
  const steps = [...sheet.querySelectorAll('.step')].map((step) => step.getBoundingClientRect());
  const subjects = [...sheet.querySelectorAll('.box.now')].map((box) => box.getBoundingClientRect());
  return {
    steps: [...sheet.querySelectorAll('.step b')].map((number) => Number(number.textContent)),
    room: page.bottom - Math.max(...steps.map((step) => step.bottom)),
    clear: Math.min(...steps.map((step) => step.top)) - window.bottom,
    seen: subjects.every((box) => box.left >= window.left && box.right <= window.right
      && box.top >= window.top && box.bottom <= window.bottom),
    dashes: [...new Set([...sheet.querySelectorAll('.edge.known')].map((edge) =>
      `${edge.dataset.sign} ${getComputedStyle(edge.querySelector('path')).strokeDasharray !== 'none'}`))],
  };
});
"""


def assert_sheets_hold_their_steps(page: Page) -> None:
    metrics(page, 800, 450)
    try:
        page.find("#projector").click()
        page.run("dispatchEvent(new Event('beforeprint'))")
        page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        sheets = page.run(SHEETS)
        last = page.run("return document.getElementById('slider').max * 1")
        assert [step for sheet in sheets for step in sheet["steps"]] == list(range(last + 1))
        assert len(sheets) <= (last + 1) / 2
        for sheet in sheets:
            assert sheet["room"] >= 0
            assert sheet["clear"] >= 0
            assert sheet["seen"]
        assert set(sheets[-1]["dashes"]) == {"positive false", "negative true"}  # on grey paper too
    finally:
        page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        prefer(page.browser)
        page.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_sheet_holds_its_steps_whole_and_shows_what_they_are_about(open_page):
    x = [Value(0.3, label="x_1"), Value(-0.6, label="x_2")]
    hidden = [
        sum(Value(0.5, label=f"w_{{{j}{k}}}") * x[k] for k in (0, 1)).with_label(f"z_{j}") for j in (0, 1)
    ]
    page = open_page((sigmoid(hidden[0]).with_label("a_0") * hidden[1] - x[0]).with_label("C"))
    assert_sheets_hold_their_steps(page)


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


def test_the_theme_follows_the_system_in_colours_of_the_drawings_that_can_be_read(chain):
    for name, theme in (("dark", DARK), ("light", LIGHT)):
        prefer(chain.browser, name)
        chain.until(lambda name=name: chain.find("html").get_attribute("data-theme") == name)
        chain.browser.refresh()
        assert chain.find("html").get_attribute("data-theme") == name
        assert_colours(chain, theme)
        chain.go(LAST)
        chain.press(webdriver.Keys.TAB)
        seen = chain.run(CONTRASTS)
        assert len(seen) > 100
        for words, front, behind in seen:
            assert contrast(front, behind) >= 4.5, (words, front, behind)
    chain.find("#theme").click()
    assert_colours(chain, DARK)


def assert_colours(page: Page, theme: Theme) -> None:
    colours = {field.replace("_", "-"): colour for field, colour in dataclasses.asdict(theme).items()}
    assert page.run(COLOURS, list(colours)) == colours


def test_it_fits_the_screen_and_shows_where_to_look(chain):
    try:
        for width, height, projector in (
            (1280, 720, False), (320, 640, False), (320, 640, True), (1920, 1080, True),
        ):  # fmt: skip
            metrics(chain, width, height)
            if projector and width == 320:
                chain.find("#projector").click()
            for step in (0, 1, LAST, 12):
                chain.go(step)
                assert chain.run("return document.documentElement.scrollWidth") <= width
            # A telephone shows the edge; other screens show both of its ends too.
            about = ".slope.now" if width < 600 else ".now:is(.slope, .box)"
            chain.until(lambda about=about: chain.run(IN_SIGHT, about))
        assert chain.run("return document.documentElement.dataset.projector") == ""
        chain.press("p")
        assert_the_last_row_reads_and_sees(chain)
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

# The smallest type that is seen, and the smallest of a value; raised and lowered signs count by their line.
TYPE = """
const stage = document.getElementById('stage');
const scale = stage.getBoundingClientRect().width / stage.offsetWidth;
const size = (element) => (
  parseFloat(getComputedStyle(element).fontSize) * (element.closest('.stage') ? scale : 1));
const raised = (element) => {
  for (let e = element; e.parentElement; e = e.parentElement) {
    if (/^m(sub|sup)/.test(e.parentElement.localName) && e !== e.parentElement.firstElementChild) return true;
  }
  return false;
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
let smallest = Infinity;
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  const left = element.closest('script, style, dialog, .unseen, noscript, option') || raised(element);
  const hidden = element.getClientRects().length === 0 || getComputedStyle(element).visibility === 'hidden';
  if (!left && !hidden && walker.currentNode.data.trim()) smallest = Math.min(smallest, size(element));
}
return [smallest, Math.min(...[...stage.querySelectorAll('.value')].map(size))];
"""


def softmax_of_three() -> Value:
    a = [Value(x, label=f"a_{i}") for i, x in enumerate((0.95, 0.66, 0.12))]
    return nn.cross_entropy(a, [Value(y, label=f"y_{i}") for i, y in enumerate((1.0, 0.0, 0.0))]).with_label(
        "C_0"
    )


def net_of_two_three_and_one() -> Value:
    outputs = nn.MLP([2, 3, 1], node=Value, rng=0)([Value(0.3, label="x_0"), Value(0.6, label="x_1")])
    return ((np.ravel(outputs)[0] - Value(1.0, label="y")) ** 2).with_label("C")


def test_the_last_row_reads_a_slide_and_sees_the_nudged_leaf_and_the_result(open_page):
    page = open_page(net_of_two_three_and_one())
    metrics(page, 1920, 1080)
    try:
        assert_the_last_row_reads_and_sees(page)
    finally:
        page.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def assert_the_last_row_reads_and_sees(page: Page) -> None:
    """At 1920 by 1080, not yet in the mode for a projector."""
    smallest = []
    for key in (webdriver.Keys.HOME, webdriver.Keys.END, "p"):
        page.press(key)
        smallest.append(page.run(TYPE))
    for least, value in smallest:
        assert min(least, value) >= 20
    assert smallest[2] >= smallest[1]
    page.press("p")
    leaves = page.run("return [...document.querySelectorAll('#stage > .leaf')].map((leaf) => leaf.id)")
    for leaf in (leaves[0], leaves[-1]):
        page.run(f"document.querySelector('#{leaf} input.line').focus()")
        page.press(webdriver.Keys.ARROW_UP)
        page.until(lambda leaf=leaf: page.run(IN_SIGHT, f"#{leaf}"))
        root = f"#n{len(page.run(BOXES)) - 1}"
        assert page.run(IN_SIGHT, root) or page.find("#dock").is_displayed()
        if page.find("#dock").is_displayed():
            assert page.find("#dock .value").text == page.find(f"{root} .value").text


BOXES = "return [...document.querySelectorAll('#stage > .box')].map((box) => box.id)"

CUT = """
return [...document.querySelectorAll('button, select')].filter((button) => {
  const spot = button.getBoundingClientRect();
  const seen = spot.width > 1 && button.getClientRects().length > 0;
  return seen && (spot.left < 0 || spot.top < 0 || spot.right > innerWidth || spot.bottom > innerHeight);
}).map((button) => button.id);
"""


def test_no_button_is_cut_on_a_telephone_or_at_200_percent(chain):
    try:
        for width, height in ((844, 390), (390, 844), (667, 375), (960, 540)):
            metrics(chain, width, height)
            for nudged in (False, True):
                if nudged:
                    chain.drag("n2", 1.6)
                assert chain.run(CUT) == []
                assert chain.run("return document.documentElement.scrollHeight") <= height
                assert chain.run("return document.getElementById('frame').clientHeight") > 0.3 * height
            readout = "document.getElementById('nudge').getBoundingClientRect()"
            assert chain.run(f"return {readout}.right <= innerWidth && {readout}.width > 100")
            chain.find("#reset").click()
        metrics(chain, 700, 900)
        chain.press(webdriver.Keys.END)
        assert_there_is_room_between_rows(chain)
    finally:
        chain.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def assert_there_is_room_between_rows(page: Page) -> None:
    tops, bottoms = (
        page.run(
            "return [...document.querySelectorAll('.everything .equation:last-child math')]"
            f".map((math) => math.getBoundingClientRect().{side})"
        )
        for side in ("top", "bottom")
    )
    rows = sorted({round(top) for top in tops})
    assert len(rows) > 1
    ends = [max(b for t, b in zip(tops, bottoms, strict=True) if abs(t - row) < 12) for row in rows]
    assert all(start - end > 8 for start, end in zip(rows[1:], ends, strict=False) if start - end > -20)


def test_in_a_small_frame_too_each_step_shows_what_it_is_about(open_page):
    x = [Value(0.3, label="x_1"), Value(0.6, label="x_2"), Value(0.9, label="x_3")]
    hidden = [
        sum(Value(0.1, label=f"w_{{{j}{k}}}") * x[k] for k in range(3)).with_label(f"z_{j}") for j in range(3)
    ]
    page = open_page((hidden[0] * hidden[1] + hidden[2]).with_label("y"))
    metrics(page, 800, 450)
    try:
        assert page.run(OUT_OF_SIGHT) == []
        page.press(webdriver.Keys.HOME)
        page.find("#projector").click()
        assert page.run(OUT_OF_SIGHT) == []
    finally:
        page.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


OUT_OF_SIGHT = f"""
const inSight = (...arguments) => {{ {IN_SIGHT} }};
const missed = [];
for (let step = 1; step < document.getElementById('slider').max; step += 1) {{
  dispatchEvent(new KeyboardEvent('keydown', {{ key: 'ArrowRight' }}));
  const backward = document.querySelector('.step.now.backward') && document.querySelector('.slope.now');
  if (!inSight(backward ? '.slope.now' : '.box.now')) missed.push(step);
}}
return missed;
"""


def test_no_formula_is_wider_than_its_box(open_page):
    y = Value(1.0, label="v")
    for label in ("w^{(1)}", "W" * 24, "梯度" * 8):
        y = y * (Value(0.5, label=label) * Value(2.0, label=label) + 1).with_label(label)
    page = open_page(y.with_label("y"))
    rooms = "[...document.querySelectorAll('.fit')]"
    wide = f"{rooms}.filter((room) => room.firstElementChild.offsetWidth > room.clientWidth + 1).length"
    assert page.run(f"return {rooms}.length") == 21
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


def test_numbers_of_every_length_have_room(open_page):
    y = 0.0
    for k, factor in enumerate((1.0, 1e-4, 1.23e-7, 1.23e-100, 98765.4, 1e300)):
        x, shift = Value(-1.2345, label=f"x_{k}"), 0.0
        for i in range(5):  # together more links than have formulas
            shift = shift + Value(factor * (-1) ** i, label=f"w_{k}{i}") * 0.3 * x
        y = y + shift.with_label(f"y_{k}")
    page = open_page(y.with_label("y"))
    page.press(webdriver.Keys.END)
    assert len(page.data("number")) == 66
    assert page.run(NUMBERS) == []


def test_usual_numbers_have_their_word_beside_them(open_page):
    factors = (0.00123, 0.000123, 1.23e-12)
    y = sum((Value(-1.0, label=f"w_{i}") * x).with_label(f"y_{i}") for i, x in enumerate(factors))
    page = open_page(y.with_label("y"))
    page.press(webdriver.Keys.END)
    words = "[...document.querySelectorAll('.row .word')].map((word) => word.offsetWidth > 0)"
    assert (
        page.run(f"return {words}") == [False, True] * 3 + [True, True] * 4
    )  # a leaf's value stands beside its name
    assert page.run(NUMBERS) == []


def test_the_keyboard_reaches_everything_in_reading_order(chain):
    chain.run("""
    window.order = [];
    document.addEventListener('focusin', ({ target }) => (
      order.push(target.id || target.getAttribute('aria-label'))));
    """)
    chain.press(*[webdriver.Keys.TAB] * 25)
    order = chain.run("return order")
    assert order[:5] == ["whole", "theme", "projector", "keys", "frame"]
    assert order[5:7] == ["value of a⁽⁰⁾", "move a⁽⁰⁾"]
    assert order[7:11] == ["value of w⁽¹⁾", "move w⁽¹⁾", "value of b⁽¹⁾", "move b⁽¹⁾"]
    assert order[19:25] == ["value of y", "move y", "play", "next", "slider", "speed"]


VISIBLE = """
const all = [...document.querySelectorAll(arguments[0])];
return all.filter((m) => m.checkVisibility()).map((m) => m.textContent).join('');
"""


def test_a_derivative_that_takes_a_sum_for_one_is_written_anew_where_it_is_not(open_page):
    page = open_page(softmax_of_three())
    metrics(page, 1920, 1080)
    try:
        assert_the_last_row_reads_and_sees(page)
        page.find("#reset").click()
    finally:
        page.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    page.go(3)
    for y_1, slope, in_numbers in (
        ("0", "=s0−y0", "=0.458−1.00=−0.542"),
        ("0.5", "=s0(y0+y1+y2)−y0", "=0.458(1.00+0.50+0.00)−1.00=−0.313"),
        ("0", "=s0−y0", "=0.458−1.00=−0.542"),
    ):
        page.type(page.find("[title='y₁']").find_element("xpath", "..").get_attribute("id"), y_1)
        assert page.run(VISIBLE, "#slope0 math").endswith(slope)
        assert page.run(VISIBLE, ".step.now .equation math").endswith(slope + in_numbers)
        heard = "∂C₀/∂a₀ = s₀ − y₀ =" if y_1 == "0" else "s₀(y₀ + y₁ + y₂) − y₀"
        page.run("document.activeElement.blur()")
        page.until(lambda heard=heard: heard in page.find("#said").get_attribute("textContent"))
