"""Takes the pictures of docs/how-to/live-nets.md anew, with Chromium, its driver and selenium.

The pages are those of the text's own lines. Each picture is 1920 by 1080 pixels, of 256 colours.
"""

import doctest
import os
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent
PAGE = HERE.parent / "how-to" / "live-nets.md"
sys.path.insert(0, str(HERE.parents[1] / "tests"))

from browser import Page, start, webdriver  # noqa: E402

WIDTH, HEIGHT = 1920, 1080
THREE = [  # a stroke, in parts of the pad
    (0.34, 0.26), (0.50, 0.18), (0.64, 0.27), (0.60, 0.42), (0.47, 0.48), (0.62, 0.55), (0.67, 0.70),
    (0.52, 0.82), (0.34, 0.75),
]  # fmt: skip


def take_all() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.chdir(folder)
        assert doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8").failed == 0
        browser = start(folder / "profile")
        try:
            size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
            take_plane(Page(browser, folder / "moons.html"), "live-moons.png", 80)
            take_plane(Page(browser, folder / "xor.html"), "live-xor.png", 200)
            take_digit(Page(browser, folder / "digits.html"))
        finally:
            browser.quit()


def take_plane(page: Page, name: str, epochs: int) -> None:
    """After some epochs of training."""
    page.until(lambda: "examples" in page.find("#surface").text, 60)
    play = "document.querySelector('#play').click()"  # without the look of a button under the mouse
    page.run(play)
    page.until(lambda: int(page.find("#progress").text.split("epoch ")[1].split()[0]) >= epochs, 120)
    page.run(play)
    take(page, name)


def take_digit(page: Page) -> None:
    """A digit drawn, a weight turned, and a wish for each weight."""
    pad = page.find("#pad")
    width, height = pad.size["width"], pad.size["height"]
    hand = webdriver.ActionChains(page.browser, duration=40)
    for k, (x, y) in enumerate(THREE):
        hand.move_to_element_with_offset(pad, (x - 0.5) * width, (y - 0.5) * height)
        if k == 0:
            hand.click_and_hold()
    hand.release().perform()
    take(page, "live-digit.png")

    page.run("document.querySelectorAll('#net .column')[1].querySelectorAll('button')[4].click()")
    page.find("#weights").click()
    line = page.find("#weight input.line")
    page.run(
        "arguments[0].focus(); arguments[0].value = 1.5; arguments[0].dispatchEvent(new Event('input'))", line
    )
    take(page, "live-weight.png")

    page.find("#reset").click()
    page.find("#class").send_keys("3")  # the right answer
    page.find("#improve").click()
    take(page, "live-gradient.png")


def take(page: Page, name: str) -> None:
    time.sleep(2)  # the fine map comes at rest
    assert page.errors() == []
    picture = Image.open(BytesIO(page.browser.get_screenshot_as_png())).convert("RGB")
    # Colours far apart, and then nearer to the frequent ones: neither marks nor shades are lost.
    picture = picture.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=3, dither=Image.Dither.NONE)
    picture.save(HERE / name, optimize=True)


if __name__ == "__main__":
    take_all()
