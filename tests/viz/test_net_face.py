"""The page of a net in use, in headless Chromium: drawn on, turned, asked for advice, by keyboard, framed."""

import json
from importlib import resources

import numpy as np
import pytest
from browser import Page, needs_browser, webdriver
from javascript import node, run

import nn
import viz
from autograd import Tensor
from nn.data._pictures import _placed, read_image
from viz._mathematics.degrees import in_words

KEYS = webdriver.Keys
SIDE = 28


def arc(center, radii, start, stop):
    angles = np.radians(np.linspace(start, stop, 9))
    return np.stack([center[0] + radii[0] * np.cos(angles), center[1] - radii[1] * np.sin(angles)], axis=1)


# Strokes on a pad whose side is 1.
THREE = [np.concatenate([arc((0.5, 0.35), (0.17, 0.17), 150, -85), arc((0.49, 0.69), (0.2, 0.17), 85, -150)])]
SMALL_THREE = [0.3 * THREE[0] + 0.05]
SEVEN = [np.array([(0.2, 0.2), (0.8, 0.22), (0.4, 0.9)]), np.array([(0.3, 0.5), (0.7, 0.52)])]
ONE = [np.array([(0.9, 0.05), (0.9, 0.95)])]
MINUS = [np.array([(0.1, 0.5), (0.9, 0.5), (0.9, 0.4)])]
SCRAWL = [np.random.default_rng(1).random((7, 2)), np.random.default_rng(2).random((3, 2))]


DRAWINGS = THREE, SMALL_THREE, SEVEN, ONE, MINUS, SCRAWL


@pytest.fixture(scope="module")
def placed(tmp_path_factory):
    """The ink of each drawing, and the image that the page makes of it, by the page's script in node."""
    script = resources.files("viz._pages.net").joinpath("assets", "input", "ink.js").read_text("utf-8")
    script += """
    console.log(JSON.stringify(argument.strokes.map((strokes) => {
      const ink = inkOf(strokes, argument.side);
      return [[...ink.values], ink.width, ink.height, [...placed(ink, argument.side)]];
    })));
    """
    argument = {"side": SIDE, "strokes": [[stroke.tolist() for stroke in strokes] for strokes in DRAWINGS]}
    return [
        (np.array(values, np.float32).reshape(height, width), np.array(image).reshape(SIDE, SIDE))
        for values, width, height, image in run(script, argument, tmp_path_factory.mktemp("ink"))
    ]


@node
def test_a_drawing_is_placed_as_images_of_handwriting_are(placed):
    pytest.importorskip("PIL")
    for ink, image in placed:
        np.testing.assert_allclose(image, _placed(ink), atol=1e-5)
        on_paper = np.pad(1 - ink, 40, constant_values=1)
        np.testing.assert_allclose(image, (read_image(on_paper).reshape(SIDE, SIDE) - 0.01) / 0.99, atol=0.05)
        rows, columns = (np.flatnonzero((image > 0.3).any(axis=axis)) for axis in (1, 0))
        assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20, 21)


@pytest.fixture(scope="module")
def digits():
    return nn.data.strokes(500, rng=0)


@pytest.fixture(scope="module")
def net(digits):
    net = nn.MLP([784, 16, 10], rng=0)
    optimizer = nn.SGD(net.parameters(), lr=3.0)
    y = nn.data.one_hot(digits.labels)
    nn.fit(net, digits.images, y, optimizer=optimizer, epochs=15, batch_size=10, rng=0, progress=False)
    return net


@pytest.fixture(scope="module")
def path(net, digits, tmp_path_factory):
    return viz.net_page(net, digits[:40], tmp_path_factory.mktemp("pages") / "net.html", title="Digits")


@pytest.fixture
def page(browser, path):
    browser.get("about:blank")
    page = Page(browser, path)
    yield page
    assert page.errors() == []
    assert page.run("return performance.getEntriesByType('resource').length") == 0


FRAMES = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done));"


def outputs(page):
    """The outputs that stand beside the bars."""
    page.browser.execute_async_script(FRAMES)
    rows = page.run(
        "return [...document.querySelectorAll('.outcome:not(.heads) .number')].map((x) => x.textContent)"
    )
    return np.array([float(text.replace("−", "-")) for text in rows])


def assert_outputs(page, expected):
    np.testing.assert_allclose(outputs(page), np.asarray(expected), atol=0.00501)


def neuron(page, layer, index):
    return page.browser.find_elements("css selector", f"#net .column:nth-of-type({layer + 1}) button")[index]


def on_pad(page, strokes):
    box = page.run("""
    const { left, top, width, height } = document.getElementById("pad").getBoundingClientRect();
    return [left, top, width, height];
    """)
    return [[(box[0] + x * box[2], box[1] + y * box[3]) for x, y in stroke] for stroke in strokes]


def draw_by_mouse(page, strokes):
    def mouse(kind, x, y):
        event = {"type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1}
        page.browser.execute_cdp_cmd("Input.dispatchMouseEvent", event)

    for points in on_pad(page, strokes):
        mouse("mousePressed", *points[0])
        for point in points[1:]:
            mouse("mouseMoved", *point)
        mouse("mouseReleased", *points[-1])


def draw_by_finger(page, strokes):
    def touch(kind, *points):
        touches = [{"x": x, "y": y} for x, y in points]
        page.browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    for points in on_pad(page, strokes):
        touch("touchStart", points[0])
        for point in points[1:]:
            touch("touchMove", point)
        touch("touchEnd")


@needs_browser
@pytest.mark.parametrize("draw", [draw_by_mouse, draw_by_finger])
def test_a_drawn_three_is_read_as_a_three(page, net, draw, placed):
    draw(page, THREE)
    x = 0.01 + 0.99 * placed[0][1].ravel()
    shown = outputs(page)
    assert shown.argmax() == 3
    np.testing.assert_allclose(shown, net(x).data, atol=0.03)  # points of a pointer are whole pixels
    assert page.find("#answer").text.split()[:2] == ["reads", "3"]
    assert page.find("#which").text == "your drawing"
    assert page.find("#costs").text == ""
    page.run("document.getElementById('class').dispatchEvent(new Event('mousedown'))")  # WebDriver has none
    page.find("#class option[value='3']").click()
    page.browser.execute_async_script(FRAMES)
    assert "✓ right" in page.find("#answer").text  # and the keys are those of the page again
    page.press("c")
    assert_outputs(page, net(np.full(784, 0.01)).data)


@needs_browser
def test_examples_are_chosen_by_picture_button_key_and_address(page, net, digits):
    def shows(i):
        assert page.find("#which").text == f"example {i}"
        assert_outputs(page, net(digits.images[i]).data)
        cost = float(((net(digits.images[i]).data - np.eye(10)[digits.labels[i]]) ** 2).sum())
        assert float(page.find("#costs b").text) == pytest.approx(cost, rel=0.01, abs=1e-4)
        assert page.browser.current_url.endswith(f"#example={i}") or i == 0

    outputs(page)
    shows(0)
    page.browser.find_elements("css selector", ".thumb")[4].click()
    shows(4)
    page.find("#after").click()
    shows(5)
    page.press(KEYS.PAGE_UP)
    shows(4)
    page.run("location.hash = '#example=17'")
    shows(17)
    page.find("#thumbs [tabindex='0']").send_keys(KEYS.ARROW_RIGHT)
    shows(18)
    label = page.run("return document.activeElement.getAttribute('aria-label')")
    assert label == f"example 18, {digits.labels[18]}"


@needs_browser
def test_a_weight_is_turned_and_everything_follows(page, net, digits):
    weights = {name: p.data.copy() for name, p in net.named_parameters().items()}
    x = digits.images[0]
    greys = page.run("""
    const neurons = [...document.querySelectorAll("#net .circle")];
    return neurons.map((part) => part.style.getPropertyValue("--grey"));
    """)
    activations = np.concatenate([net.layers[0](x).data, net(x).data])
    np.testing.assert_allclose(np.array(greys, float), 255 * activations, atol=0.51)

    def with_weight(layer, j, k, value):
        twin = nn.MLP([784, 16, 10], rng=0)
        twin.load_state_dict(net.state_dict())
        twin.layers[layer].W.data[j, k] = value
        return twin(x).data

    neuron(page, 2, 3).click()
    page.find("#weights").send_keys(KEYS.HOME, *[KEYS.ARROW_RIGHT] * 5)
    assert page.find("#weight").get_attribute("aria-label") == "weight 5 into output 3"
    page.type("weight", "-2,5")
    assert_outputs(page, with_weight(1, 3, 5, -2.5))
    assert page.find("#costs").text.count("=") == 2  # C and ΔC
    assert page.run("return document.querySelectorAll('.bar.moved').length") == 1
    slider = page.find("#weight input.line")
    slider.send_keys(KEYS.ARROW_RIGHT, KEYS.ARROW_RIGHT)
    grain = float(slider.get_attribute("step"))
    assert_outputs(page, with_weight(1, 3, 5, -2.5 + 2 * grain))
    page.run("document.activeElement.blur()")
    page.press("r")
    assert_outputs(page, net(x).data)
    assert not page.find("#reset").is_enabled()
    neuron(page, 1, 7).click()
    page.find("#weights").click()  # in the middle of the picture
    _, place = page.find("#weight").get_attribute("aria-label").split()[:2]
    page.run("""
    const line = document.querySelector("#weight input.line");
    line.dispatchEvent(new Event("pointerdown"));
    line.value = 1.5;
    line.dispatchEvent(new Event("input"));
    """)
    assert int(place) in (392 + 14, 392 - 28 + 14, 392 + 13, 392 - 28 + 13)
    assert_outputs(page, with_weight(0, 7, int(place), 1.5))
    page.find("#weight .back").click()
    assert_outputs(page, net(x).data)
    assert all(np.array_equal(weights[name], p.data) for name, p in net.named_parameters().items())


def assert_picture(page, numbers):
    """The picture of weights is blue above 0 and orange below, the largest in the full colour."""
    pixels = page.run("""
    const canvas = document.getElementById("weights"), pen = canvas.getContext("2d");
    const { data } = pen.getImageData(0, 0.2 * canvas.height, canvas.width, 1), count = arguments[0];
    const start = (i) => 4 * Math.floor(((i + 0.5) * canvas.width) / count);
    return Array.from({ length: count }, (_, i) => [...data.subarray(start(i), start(i) + 4)]);
    """, len(numbers))  # fmt: skip
    rgb = np.array(pixels)[:, :3].astype(float)
    strong = abs(numbers) > 0.1 * abs(numbers).max()
    np.testing.assert_array_equal((rgb[:, 2] > rgb[:, 0])[strong], (numbers > 0)[strong])
    assert (255 - rgb.min(axis=1)).argmax() == abs(numbers).argmax()


@needs_browser
def test_what_would_improve_the_answer_is_the_negative_gradient(page, net, digits):
    x, y = digits.images[:1].astype(np.float64), np.eye(10)[digits.labels[:1]]
    cost = ((net(Tensor(x)) - y) ** 2).sum()
    for p in net.parameters():
        p.grad = None
    cost.backward()
    last = net.layers[-1]
    entries = {"w": -last.W.grad, "b": -last.b.grad}
    largest = max(float(abs(p.grad).max()) for p in net.parameters())
    page.press("g")
    neuron(page, 2, 0).click()
    page.browser.execute_async_script(FRAMES)
    assert_picture(page, entries["w"][0])  # how each weight should change
    for letter, entry in (("w", float(entries["w"][0, 5])), ("b", float(entries["b"][0]))):
        if letter == "w":
            page.find("#weights").send_keys(KEYS.HOME, *[KEYS.ARROW_RIGHT] * 5)
        box = page.find("#weight" if letter == "w" else "#bias")
        expected = in_words(entry, largest).replace("rise", "increase").replace("fall", "decrease")
        assert box.find_element("css selector", ".wish").text == expected
        shown = box.find_element("css selector", ".slope b").text.replace("−", "-")
        assert float(shown) == pytest.approx(-entry, rel=0.006)
    listed = page.run("return [...document.querySelectorAll('.wishes .number')].map((x) => x.textContent)")
    sizes = np.sort(np.concatenate([abs(p.grad).ravel() for p in net.parameters()]))[::-1][:6]
    np.testing.assert_allclose([abs(float(text.replace("−", "-"))) for text in listed], sizes, rtol=0.006)
    assert page.find(".wishes .wish").text.endswith("a lot")


@needs_browser
def test_by_keyboard_alone(page, net, digits):
    outputs(page)
    page.press(KEYS.HOME)
    outputs(page)
    dim = "return [...document.querySelectorAll('.column')].map((c) => c.classList.contains('dim'))"
    assert page.run(dim) == [False, True, True]
    assert page.find("#answer").text == ""
    page.press(KEYS.ARROW_RIGHT)
    outputs(page)
    assert page.run(dim) == [False, False, True]
    page.press(KEYS.ARROW_RIGHT, KEYS.ARROW_RIGHT)
    outputs(page)
    assert page.run(dim) == [False, False, False]
    focus = "const { id, className, ariaLabel } = document.activeElement; return [id, className, ariaLabel]"
    seen = []
    while len(seen) < 60:  # all stops of the Tab key, once around
        page.press(KEYS.TAB)
        seen.append(page.run(focus))
        if "circle" in seen[-1][1]:
            break
    page.press(KEYS.ARROW_DOWN, KEYS.ARROW_DOWN, KEYS.ENTER)
    outputs(page)
    assert page.find("#neuron-name").text == "Layer 1, neuron 2"
    while page.run(focus)[0] != "weights" and len(seen) < 60:
        page.press(KEYS.TAB)
        seen.append(page.run(focus))
    page.press(KEYS.TAB, "0.75")
    twin = nn.MLP([784, 16, 10], rng=0)
    twin.load_state_dict(net.state_dict())
    twin.layers[0].W.data[2, int(page.find("#weight").get_attribute("aria-label").split()[1])] = 0.75
    assert_outputs(page, twin(digits.images[0]).data)
    page.press(KEYS.ESCAPE, KEYS.ESCAPE)
    outputs(page)
    assert page.find("#neuron-name").text == "What the first layer looks for"
    page.press("s")
    page.until(lambda: page.find("#progress").text.startswith("step 1"))
    page.press("?")
    assert page.find("#help").is_displayed()
    page.press(KEYS.ESCAPE)
    page.until(lambda: "reads" in page.find("#said").get_attribute("textContent"))


FAULTS = """
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), sizes = [], outside = [];
while (texts.nextNode()) {
  const { parentElement: parent, data } = texts.currentNode, range = document.createRange();
  range.selectNodeContents(texts.currentNode);
  const { width, right, bottom } = range.getBoundingClientRect();
  if (width < 1 || parent.closest(".unseen, script, style, math, select")) continue;
  sizes.push(parseFloat(getComputedStyle(parent).fontSize));
  if (right > innerWidth || bottom > innerHeight) outside.push(data);
}
for (const part of document.querySelectorAll("canvas, button")) {
  const { width, right, bottom } = part.getBoundingClientRect();
  if (width > 0 && (right > innerWidth + 1 || bottom > innerHeight + 1)) outside.push(part.outerHTML);
}
for (const part of [document.documentElement, document.querySelector(".side")]) {
  const { scrollHeight, clientHeight, scrollWidth, clientWidth, className } = part;
  if (scrollHeight > clientHeight + 1 || scrollWidth > clientWidth + 1) outside.push(className);
}
return [Math.min(...sizes), outside];
"""


@needs_browser
def test_all_of_the_page_is_in_sight(page, tmp_path):
    X, labels = nn.data.moons(20, rng=0)
    plane = viz.net_page(nn.MLP([2, 16, 16, 1], rng=0), (X, labels), tmp_path / "net.html")

    def assert_in_sight(shown, width, height):
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        outputs(shown)
        smallest, outside = shown.run(FAULTS)
        assert outside == []
        assert smallest * 1920 / width >= 20

    try:
        for shown in (page, Page(page.browser, plane)):
            assert_in_sight(shown, 1920, 1080)
            assert_in_sight(shown, 1280, 720)
            neuron(shown, 1, 3).click()
            assert_in_sight(shown, 1280, 720)
            shown.press("g")
            assert_in_sight(shown, 1920, 1080)
            assert_in_sight(shown, 1280, 720)
        assert shown.run("return document.querySelector('#plane canvas').clientWidth") > 400
        assert shown.run("return document.querySelectorAll('#net canvas.maps').length") == 3
    finally:
        page.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@needs_browser
def test_modes_and_a_frame(page, path):
    modes = "const { theme, projector } = document.documentElement.dataset; return [theme, projector === '']"
    assert page.run(modes) == ["light", False]
    page.press("d", "p")
    assert page.run(modes) == ["dark", True]
    assert page.browser.current_url.endswith("#example=0&projector&dark")
    page.browser.get("about:blank")
    page.browser.get(f"{page.address}#example=7&dark")
    assert page.run(modes) == ["dark", False]
    assert page.find("#which").text == "example 7"
    page.browser.get("about:blank")
    page.run("""
    const frame = document.createElement("iframe");
    Object.assign(frame, { srcdoc: arguments[0], width: 1200, height: 600 });
    frame.sandbox = "allow-scripts";
    addEventListener("message", ({ data }) => { document.title = JSON.stringify(data); });
    document.body.append(frame);
    """, path.read_text(encoding="utf-8"))  # fmt: skip
    page.browser.switch_to.frame(0)
    page.until(lambda: page.run("return document.querySelector('#which')?.textContent") == "example 0")
    page.find("#after").click()
    page.press(KEYS.ESCAPE)
    page.browser.switch_to.default_content()
    page.until(lambda: page.browser.title == json.dumps({"chainrule": "leave"}).replace(" ", ""))


@needs_browser
def test_a_stroke_ends_where_the_pad_is_cleared_or_an_example_chosen(page, net, digits):
    def mouse(kind, *points):
        for x, y in on_pad(page, [points])[0]:
            event = {"type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1}
            page.browser.execute_cdp_cmd("Input.dispatchMouseEvent", event)

    mouse("mousePressed", (0.3, 0.3))
    mouse("mouseMoved", (0.5, 0.5))
    page.press("c")
    mouse("mouseMoved", (0.7, 0.7))
    mouse("mouseReleased", (0.7, 0.7))
    assert_outputs(page, net(np.full(784, 0.01)).data)
    mouse("mousePressed", (0.3, 0.3))
    mouse("mouseMoved", (0.5, 0.5))
    page.press(KEYS.PAGE_DOWN, KEYS.PAGE_DOWN)
    chosen = page.find("#which").text
    mouse("mouseMoved", (0.7, 0.7))
    mouse("mouseReleased", (0.7, 0.7))
    page.browser.execute_async_script(FRAMES)
    assert page.find("#which").text == chosen != "your drawing"
    assert_outputs(page, net(digits.images[int(chosen.split()[1])]).data)
