"""The page of a lecture in Chromium: keys, fingers, pages inside, sizes, paper."""

import base64
import itertools

import pytest
from contrast import contrast

import viz
from autograd import Value, sigmoid
from viz._lecture.parts import Html, Plain

room = pytest.importorskip("browser")
pytestmark = room.needs_browser
plt = pytest.importorskip("matplotlib.pyplot")

w, a = Value(1.2, label="w"), Value(0.5, label="a")
C = sigmoid(w * a).with_label("C")
HOSTILE = "</script><script>document.title = 'hostile'</script>]]>\0\ud800 & <!-- ' \" `"
LINES = "\n".join(f"layer_{i} = nn.Layer(784, 16, rng={i})    # one of many" for i in range(14))
FRAME = "document.querySelector('.slide.now iframe')"


@pytest.fixture(scope="module")
def lecture(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lecture")
    figure, ax = plt.subplots(figsize=(12, 6.75))
    ax.plot([0, 1])
    motion = viz.Motion(lambda figure, i: figure.add_subplot().plot([0, i]), 2)
    parts = [
        "# Nets",
        r"## A neuron" + "\nIts activation is $a = \\sigma(wa)$, with `code` and **more** words.",
        viz.Code("viz.draw_chain(C)", viz.draw_chain(C, size=(1920, 1080)), HOSTILE),
        "## Two",
        viz.Code(LINES, ax),
        viz.Code("# " + "a long line " * 15, viz.matrix([[1, 2], [3, 4]])),
        "## Rule and table",
        viz.chain_rule(C, w),
        Html('<p id="data">ids of its own</p><b id="theme"></b><b id="projector"></b>', "ids of its own"),
        viz.Code("print('a')", Plain("a")),
        "# Live",
        viz.lecture_page(C, folder / "chain.html"),
        "## Moving",
        motion,
        f"## Hostile\n{HOSTILE}",
        "## Long",
        viz.Code(LINES + "\n" + LINES + "\n" + LINES, viz.matrix([[1]])),
    ]
    plt.close(figure)
    return viz.lecture(parts, folder / "lecture.html", title=HOSTILE)


@pytest.fixture
def page(browser, lecture):
    """The lecture, from its first slide on; nothing may go wrong on it, and nothing be fetched."""
    resize(browser, 1920, 1080)
    opened = room.Page(browser, lecture)
    yield opened
    assert opened.errors() == []
    assert opened.run("return performance.getEntriesByType('resource').length") == 0
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def resize(browser, width, height, mobile=False):
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def at(page):
    return page.run(
        "return [...document.querySelectorAll('.slide')].findIndex((s) => s.checkVisibility()) + 1"
    )


def go(page, number):
    page.run("location.hash = `#${arguments[0]}`", number)
    page.until(lambda: at(page) == number)


def test_keys_go_from_slide_to_slide(page):
    keys = room.webdriver.Keys
    assert at(page) == 1
    expected = [
        (keys.ARROW_RIGHT, 2), (keys.PAGE_DOWN, 3), (keys.SPACE, 4), (keys.ARROW_LEFT, 3), (keys.PAGE_UP, 2),
        (keys.END, 8), (keys.ARROW_RIGHT, 8), (keys.HOME, 1), (keys.ARROW_LEFT, 1),
    ]  # fmt: skip
    for key, number in expected:
        page.press(key)
        assert (key, at(page)) == (key, number)
        assert page.find("#count").text == f"{number} / 8"
    page.press(keys.ARROW_RIGHT)
    assert page.run("return location.hash") == "#2"
    assert page.find("#said").get_attribute("textContent") == "2 of 8: A neuron"
    page.find("#next").click()
    page.press(keys.ENTER)  # the button has the focus: a press, and not a way into a page
    assert at(page) == 4
    page.browser.back()
    page.until(lambda: at(page) == 3)


def test_modes_by_key_and_by_address(page):
    shown = "return [...document.querySelectorAll('.slide.now .code')].some((c) => c.checkVisibility())"
    go(page, 2)
    assert page.run(shown)
    page.press("c")
    assert not page.run(shown)
    page.press("c")
    assert page.run(shown)
    before = page.run("return document.querySelector('.slide.now img').clientHeight")
    page.press("z")
    assert page.run("return document.querySelector('.slide.now img').clientHeight") > max(before, 1000)
    assert not page.run(shown)
    page.press("z")
    size = "return parseFloat(getComputedStyle(document.querySelector('.slide.now p')).fontSize)"
    usual = page.run(size)
    page.press("p")
    assert page.run(size) > 1.2 * usual
    page.press("d")
    assert page.run("return location.hash") == "#2&projector&dark"
    page.run("location.hash = '#3&light'")
    page.until(lambda: page.run("return document.documentElement.dataset.theme") == "light")
    assert at(page) == 3


def test_the_contents_list_the_slides_and_lead_to_them(page):
    go(page, 3)
    page.press("o")
    links = page.run("return [...document.querySelectorAll('#contents a')].map((a) => a.textContent)")
    assert links[:5] == ["Nets", "A neuron", "Two", "Rule and table", "Live"]
    assert page.run("return document.activeElement.textContent") == "Two"
    page.browser.switch_to.active_element.send_keys(room.webdriver.Keys.ENTER)
    assert at(page) == 3
    page.press("o")
    page.run("document.querySelectorAll('#contents a')[4].click()")
    page.until(lambda: at(page) == 5)
    assert not page.run("return document.getElementById('contents').open")
    page.press("?")
    assert page.run("return document.getElementById('help').open")
    page.press(room.webdriver.Keys.ARROW_RIGHT)
    assert at(page) == 5


def swipe(browser, start, end):
    for kind, points in [("touchStart", [start]), ("touchMove", [end]), ("touchEnd", [])]:
        touches = [{"x": x, "y": y} for x, y in points]
        browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


def test_a_finger_across_goes_on_and_one_down_does_not(page):
    resize(page.browser, 390, 844, mobile=True)
    for start, end, number in [
        ((300, 300), (100, 310), 2), ((300, 300), (100, 290), 3), ((300, 300), (280, 100), 3),
        ((100, 300), (300, 300), 2),
    ]:  # fmt: skip
        swipe(page.browser, start, end)
        page.until(lambda number=number: at(page) == number)


def test_a_live_page_runs_in_its_frame_and_hands_the_keys_back(page):
    assert page.run("return document.querySelectorAll('iframe').length") == 0
    go(page, 5)
    frame = page.run(f"return {FRAME}")
    page.browser.switch_to.frame(frame)
    step = "return document.getElementById('count')?.textContent ?? ''"
    page.until(lambda: page.run(step).startswith("0 /"))
    page.browser.switch_to.default_content()
    page.press(room.webdriver.Keys.ENTER)
    assert page.run(f"return document.activeElement === {FRAME}")
    page.browser.switch_to.frame(frame)
    page.press(room.webdriver.Keys.ARROW_RIGHT)
    assert page.run(step).startswith("1 /")
    page.press(room.webdriver.Keys.ESCAPE)
    page.browser.switch_to.default_content()
    page.until(lambda: page.run("return document.activeElement.id") == "next")
    page.press(room.webdriver.Keys.ARROW_LEFT, room.webdriver.Keys.ARROW_RIGHT)
    assert at(page) == 5
    page.browser.switch_to.frame(frame)
    assert page.run(step).startswith("1 /")  # it is kept
    page.browser.switch_to.default_content()
    page.press("d")
    page.browser.switch_to.frame(frame)
    page.until(lambda: page.run("return document.documentElement.dataset.theme") == "dark")
    page.browser.switch_to.default_content()


TYPE = """
const small = [];
for (const element of document.querySelectorAll('body *')) {
  const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  if (hasText && element.checkVisibility() && !element.closest('.unseen, math')) {
    const size = parseFloat(getComputedStyle(element).fontSize);
    if (size < 20) small.push([element.textContent, size]);
  }
}
return small;
"""
PARTS = """
return [...document.querySelectorAll('.slide.now > *, .slide.now figure, .controls')].map((part) => {
  const { left, top, right, bottom } = part.getBoundingClientRect();
  return [left, top, right, bottom, part.className || part.tagName];
});
"""


def test_every_slide_can_be_read_from_the_last_row_and_nothing_overlaps(page):
    for number in range(1, 9):
        go(page, number)
        assert page.run(TYPE) == []
        parts = page.run(PARTS)
        for one, other in itertools.combinations(parts, 2):
            names = {one[4], other[4]}
            is_inside = {"seen", "FIGURE"} <= names or {"seen", "live framed"} <= names
            is_scrolled = number == 8 and "controls" in names  # the slide goes on under the bar
            if not is_inside and not is_scrolled:
                wide = min(one[2], other[2]) - max(one[0], other[0])
                high = min(one[3], other[3]) - max(one[1], other[1])
                assert wide < 1 or high < 1, (number, one, other)
    go(page, 2)
    assert page.run("return document.querySelector('.slide.now img').clientHeight") > 650
    broken = "return [...document.images].filter((i) => !i.complete || !i.naturalWidth || !i.alt).length"
    assert page.run(broken) == 0


def test_colours_of_code_and_text_have_contrast(page):
    go(page, 3)
    script = """
    const paper = (e) => { const c = getComputedStyle(e).backgroundColor;
      return c === 'rgba(0, 0, 0, 0)' ? paper(e.parentElement) : c; };
    return [...document.querySelectorAll('.slide.now :is(span, code, h2, p), .controls button:enabled')]
      .map((e) => [getComputedStyle(e).color, paper(e), e.className]);
    """
    for _ in range(2):
        colours = page.run(script)
        assert {"keyword", "number", "comment"} & {name for *_, name in colours}
        assert min(contrast(ink, paper) for ink, paper, _ in colours) >= 4.5
        page.press("d")


def test_hostile_text_is_text(page):
    go(page, 7)
    expected = "</script><script>document.title = 'hostile'</script>]]>"
    assert page.run("return document.title").startswith(expected)
    assert page.find(".slide.now p").text.startswith(expected)
    go(page, 2)
    assert "</script>" in page.find(".slide.now samp").text


def test_on_a_telephone_a_slide_is_as_wide_as_the_screen_and_scrolls(page):
    resize(page.browser, 390, 844, mobile=True)
    for number in range(1, 9):
        go(page, number)
        assert page.run("return document.querySelector('.slide.now').scrollWidth") <= 390
    assert page.run("const s = document.querySelector('.slide.now'); return s.scrollHeight > s.clientHeight")
    page.press(room.webdriver.Keys.ARROW_DOWN)
    page.until(lambda: page.run("return document.querySelector('.slide.now').scrollTop") > 0)
    small = page.run(TYPE.replace("size < 20", "size < 14"))
    assert small == []


def test_motions_stand_still_where_that_is_wanted(page):
    go(page, 6)
    shown = """
    const images = [...document.querySelectorAll('.slide.now img')];
    return images.filter((image) => image.checkVisibility()).map((image) => image.className);
    """
    assert page.run(shown) == ["still light"]  # the tests' browser prefers no motion
    feature = {"name": "prefers-reduced-motion", "value": "no-preference"}
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    assert page.run(shown) == ["moving"]
    page.press("s")
    assert page.run(shown) == ["still light"]
    page.press("s")
    assert page.run(shown) == ["moving"]
    room.prefer(page.browser)


def test_printed_it_is_a_slide_a_page_with_code_and_no_picture_is_cut(page):
    pdfium = pytest.importorskip("pypdfium2")
    page.press("c")
    options = {"preferCSSPageSize": True, "printBackground": True}
    data = page.browser.execute_cdp_cmd("Page.printToPDF", options)["data"]
    printed = pdfium.PdfDocument(base64.b64decode(data))
    assert {printed[i].get_size() for i in range(len(printed))} == {(960, 540)}
    texts = [printed[i].get_textpage().get_text_bounded() for i in range(len(printed))]
    headings = ["Nets", "A neuron", "Two", "Rule and table", "Live", "Moving", "Hostile", "Long"]
    assert [text.split("\n")[0].strip() for text in texts[:8]] == headings
    assert "layer_13" in texts[2]
    assert "print('a')" in texts[3]
    assert sum(text.count("layer_13") for text in texts[7:]) == 3  # longer than a page: on the next one
    assert len(texts) == 9
    assert "Contents" not in "".join(texts)
