"""A page in headless Chromium, for the tests that look at one."""

import shutil
import time
from pathlib import Path

import pytest

webdriver = pytest.importorskip("selenium.webdriver", reason='needs selenium: pip install "chainrule[test]"')
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
needs_browser = pytest.mark.skipif(
    BROWSER is None or DRIVER is None,
    reason="needs Chromium and its driver: apt-get install chromium chromium-driver",
)

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--window-size=1280,720",
)  # fmt: skip


def start(profile: Path):
    """A browser with a fresh profile."""
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    prefer(driver)
    return driver


def prefer(driver, scheme: str = "light") -> None:
    """What the system of a visitor prefers; no motion, so that nothing has to be waited for."""
    features = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
    driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": n, "value": v} for n, v in features.items()]}
    )


class Page:
    """A page in the browser, and what one does with it."""

    def __init__(self, browser, path: Path) -> None:
        self.browser, self.address = browser, path.as_uri()
        browser.get_log("browser")
        browser.get(self.address)

    def run(self, script: str, *args):
        return self.browser.execute_script(script, *args)

    def find(self, selector: str):
        return self.browser.find_element("css selector", selector)

    def press(self, *keys: str) -> None:
        """Keys as a browser sends them, wherever the focus is."""
        webdriver.ActionChains(self.browser).send_keys(*keys).perform()

    @property
    def step(self) -> int:
        return int(self.find("#count").text.split(" / ")[0])

    def go(self, step: int) -> None:
        self.run("location.hash = '#' + arguments[0]", step)
        self.until(lambda: self.step == step)

    def until(self, true, seconds: float = 5) -> None:
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, "it did not happen"
            time.sleep(0.02)

    def data(self, key: str) -> dict[str, float]:
        """Numbers that the picture shows, with all their digits, by the id of their box or edge."""
        script = """
        const shown = document.querySelectorAll(`#stage [data-${arguments[0]}]`);
        return [...shown].map((element) => [element.id, element.dataset[arguments[0]]]);
        """
        return {i: float(x) for i, x in self.run(script, key)}

    def drag(self, box: str, x: float) -> None:
        self.run(
            "const line = document.querySelector('#' + arguments[0] + ' input.line');"
            "line.value = arguments[1]; line.dispatchEvent(new Event('input'));",
            box, x,
        )  # fmt: skip

    def type(self, box: str, text: str) -> None:
        field = self.find(f"#{box} input.value")
        self.run("document.activeElement.blur()")
        field.click()  # selects what is there
        self.press(text)

    def errors(self) -> list[str]:
        return [entry["message"] for entry in self.browser.get_log("browser")]
