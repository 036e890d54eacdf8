"""The lecture page where it is shown, in headless Chromium: frames, paper, screens, themes."""

import base64
import re

import pytest
from browser import Page, needs_browser, prefer, webdriver

from autograd import Value
from viz.page import lecture_page

pytestmark = needs_browser
LAST = 23


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


def luminance(colour: str) -> float:
    parts = [int(n) / 255 for n in re.findall(r"\d+", colour)[:3]]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


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


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_contrast(chain, theme):
    if theme == "dark":
        chain.find("#theme").click()
    chain.go(LAST)
    chain.press(webdriver.Keys.TAB)
    seen = chain.run(CONTRASTS)
    assert len(seen) > 100
    for words, front, behind in seen:
        a, b = sorted((luminance(front), luminance(behind)))
        assert (b + 0.05) / (a + 0.05) >= 4.5, (words, front, behind)


def test_the_theme_follows_the_system(chain):
    for theme in ("dark", "light"):
        prefer(chain.browser, theme)
        chain.until(lambda theme=theme: chain.find("html").get_attribute("data-theme") == theme)
        chain.browser.refresh()
        assert chain.find("html").get_attribute("data-theme") == theme


def metrics(page: Page, width: int, height: int) -> None:
    page.browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
    )


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
        chain.until(lambda: chain.run(IN_SIGHT))
        size = chain.run(TYPE)
        assert size >= (28 if projector else 11)
    finally:
        chain.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


IN_SIGHT = """
const frame = document.getElementById('frame').getBoundingClientRect();
const slope = document.querySelector('.slope.now').getBoundingClientRect();
const across = slope.left >= frame.left && slope.right <= frame.right;
return across && slope.top >= frame.top && slope.bottom <= frame.bottom;
"""

TYPE = """
const stage = document.getElementById('stage');
const size = parseFloat(getComputedStyle(stage.querySelector('#n8 .value')).fontSize);
return size * stage.getBoundingClientRect().width / stage.offsetWidth;
"""


@pytest.mark.parametrize("label", ["w^{(1)}", "W" * 24, "梯度" * 8])
def test_no_formula_is_wider_than_its_box(label, open_page):
    page = open_page((Value(0.5, label=label) * Value(2.0, label=label) + 1).with_label(label))
    rooms = "[...document.querySelectorAll('.fit')]"
    wide = f"{rooms}.filter((room) => room.firstElementChild.offsetWidth > room.clientWidth + 1).length"
    assert page.run(f"return {rooms}.length") == 5
    assert page.run(f"return {wide}") == 0


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
