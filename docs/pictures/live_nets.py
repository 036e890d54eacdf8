"""Takes live-gradient.png anew, with Chromium, its driver and selenium: 1920 by 1080 pixels, of 256 colours.

The page is that of the lines of docs/how-to/live-nets.md.
"""

import os
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent
PAGE = HERE.parent / "how-to" / "live-nets.md"
sys.path[:0] = [str(HERE.parents[1] / "tests"), str(HERE.parent / "_extensions")]

import pages  # noqa: E402
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
        pages.run(PAGE, lambda value, block: None)
        browser = start(folder / "profile")
        try:
            size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
            take_digit(Page(browser, folder / "digits.html"))
        finally:
            browser.quit()


def take_digit(page: Page) -> None:
    """A digit drawn, and a wish for each weight of a neuron."""
    pad = page.find("#pad")
    width, height = pad.size["width"], pad.size["height"]
    hand = webdriver.ActionChains(page.browser, duration=40)
    for k, (x, y) in enumerate(THREE):
        hand.move_to_element_with_offset(pad, (x - 0.5) * width, (y - 0.5) * height)
        if k == 0:
            hand.click_and_hold()
    hand.release().perform()
    page.run("document.querySelectorAll('#net .column')[1].querySelectorAll('button')[4].click()")
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
