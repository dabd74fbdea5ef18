"""A person's browser: headless Chromium with an empty profile, that trusts the province's root and nothing else."""

import json
import os
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator, Self
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    StaleElementReferenceException,
    WebDriverException,
)
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from waiting import until

SCRIPTS = Path(__file__).with_name("scripts")
# What a page may need over the wire until it is painted first.
FIRST_PAINT_BYTES_MAX = 100 * 1024
# How long a page may take to show what it is asked for.
PATIENCE_SECONDS = 15

UNSTABLE = (StaleElementReferenceException, ElementClickInterceptedException, ElementNotInteractableException)


@dataclass(frozen=True)
class Window:
    width: int
    height: int
    is_phone: bool

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


PHONE = Window(390, 844, is_phone=True)
DESK = Window(1440, 900, is_phone=False)
WINDOWS = [PHONE, DESK]

CHINESE, ENGLISH = "zh-Hans", "en"
LANGUAGES = [CHINESE, ENGLISH]


class Trust:
    """A home directory whose certificate database holds one root, so that certificates are judged as in an office."""

    def __init__(self, root: Path, home: Path):
        self.home = home
        database = home / ".pki" / "nssdb"
        database.mkdir(parents=True)
        for arguments in (["-N", "--empty-password"], ["-A", "-t", "C,,", "-n", "province", "-i", str(root)]):
            subprocess.run(["certutil", "-d", f"sql:{database}", *arguments], check=True, capture_output=True)


class Browser:
    """One browser with one window. Use it in a `with`: what it started, it ends."""

    def __init__(self, trust: Trust, window: Window = DESK, language: str = CHINESE):
        self.trust, self.window, self.language = trust, window, language
        # Everything that went wrong in its console, and every request that left for somewhere.
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self._tolerated: list[str] = []
        # Which place of a table it was brought to, as long as it has not gone elsewhere since.
        self.standing: tuple[object, ...] | None = None
        self._profile = tempfile.TemporaryDirectory(prefix="profile-", dir=trust.home, ignore_cleanup_errors=True)
        self.driver = webdriver.Chrome(options=self._options(), service=self._service())
        self.driver.set_page_load_timeout(30)
        self.driver.set_script_timeout(60)
        self.resize(window.width, window.height)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.driver.quit()
        self._profile.cleanup()

    def _options(self) -> webdriver.ChromeOptions:
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for argument in (
            "headless=new", "no-sandbox", "disable-dev-shm-usage", f"user-data-dir={self._profile.name}",
            "no-first-run", "disable-background-networking", "disable-component-update", "disable-sync",
            "disable-default-apps", "disable-search-engine-choice-screen", "password-store=basic",
            "force-color-profile=srgb", "hide-scrollbars", f"lang={'en-US' if self.language == ENGLISH else 'zh-CN'}",
        ):
            options.add_argument(f"--{argument}")
        options.add_experimental_option("prefs", {
            "credentials_enable_service": False,
            "profile.password_manager_leak_detection": False,
            "intl.accept_languages": "en-US,en" if self.language == ENGLISH else "zh-CN,zh",
        })
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        if self.window.is_phone:
            options.add_experimental_option("mobileEmulation", {
                "deviceMetrics": {
                    "width": self.window.width, "height": self.window.height, "pixelRatio": 1.0, "touch": True,
                    "mobile": True,
                },
            })
        return options

    def _service(self) -> Service:
        # The driver's path is given, so that nothing is looked for elsewhere.
        return Service("/usr/bin/chromedriver", env=dict(os.environ, HOME=str(self.trust.home)))

    def command(self, name: str, /, **arguments: Any) -> Any:
        """A command of the DevTools protocol to the page."""
        return self.driver.execute_cdp_cmd(name, arguments)

    def script(self, name: str, *arguments: Any) -> Any:
        """Runs a function of `scripts/` in the page; a content security policy does not reach it."""
        text = (SCRIPTS / f"{name}.js").read_text()
        return self.driver.execute_script(f"return ({text})(...arguments)", *arguments)

    # Where it is

    def visit(self, address: str) -> None:
        self.standing = None
        self.driver.get(address)

    @property
    def address(self) -> str:
        return self.driver.current_url

    @property
    def path(self) -> str:
        return urlsplit(self.address).path

    @property
    def page(self) -> str:
        """Which page is shown, as it names itself."""
        return self.find("body[data-template]").get_attribute("data-template")

    def speak(self, language: str) -> None:
        """Switches the language as a person does, if the page is in another."""
        if self.find("html").get_attribute("lang") != language:
            self.standing = None
            self.leave_by(f'[hreflang="{language}"]')

    def resize(self, width: int, height: int) -> None:
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
            mobile=self.window.is_phone)

    def refuse_scripts(self, refused: bool = True) -> None:
        """Whether pages have to do without their own scripts; those of this harness still run."""
        self.command("Emulation.setScriptExecutionDisabled", value=refused)

    # What it shows

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def count(self, selector: str) -> int:
        return len(self.all(selector))

    def find(self, selector: str, seconds: float = PATIENCE_SECONDS) -> WebElement:
        """The first that is there; it is waited for."""
        found = until(f"{selector} on {self.address}", lambda: self.all(selector), seconds)
        return found[0]

    def text(self, selector: str = "main") -> str:
        return until(
            f"words in {selector} on {self.address}", lambda: self.find(selector).text, PATIENCE_SECONDS, UNSTABLE)

    def wait_for(self, selector: str, containing: str = "", seconds: float = PATIENCE_SECONDS) -> WebElement:
        """An element that is shown and contains these words."""
        def look() -> WebElement | None:
            shown = (element for element in self.all(selector) if element.is_displayed())
            return next((element for element in shown if containing in element.text), None)

        words = f" with “{containing}”" if containing else ""
        return until(f"{selector}{words} on {self.address}", look, seconds, UNSTABLE)

    def wait_until_gone(self, selector: str, seconds: float = PATIENCE_SECONDS) -> None:
        until(f"{selector} to be gone from {self.address}", lambda: not self.count(selector), seconds)

    # What a person does with it

    def click(self, selector: str, containing: str = "") -> None:
        def look() -> bool:
            self.wait_for(selector, containing).click()
            return True

        until(f"{selector} to be clicked", look, PATIENCE_SECONDS, UNSTABLE)

    def fill(self, form: str, **values: str) -> None:
        """Fills fields by their names, in the form whose action ends like this; `_` stands for `-`."""
        for name, value in values.items():
            self.fill_field(form, name.replace("_", "-"), value)

    def fill_field(self, form: str, name: str, value: str) -> None:
        selector = f'form[action$="{form}"] [name="{name}"]'
        kind = self.find(selector).get_attribute("type")
        if kind in ("radio", "checkbox"):
            selector += f'[value="{value}"]'
            if not self.find(selector).is_selected():
                self.click(selector)
        elif kind == "file":
            # A field for files may be hidden behind its label.
            self.find(selector).send_keys(value)
        elif kind in ("date", "time", "datetime-local") or self.find(selector).tag_name == "select":
            # What a picker would do; typing into one depends on its language.
            self.script("choose", self.wait_for(selector), value)
        else:
            field = self.wait_for(selector)
            field.clear()
            field.send_keys(value)

    def submit(self, form: str, button: str = 'button:not([type="button"])') -> None:
        """Sends a form with its first button, or with this one, and waits for the page that comes of it."""
        self.leave_by(f'form[action$="{form}"] {button}')

    def follow(self, path: str) -> None:
        """Follows the first link to this path, and waits for the page."""
        self.leave_by(f'a[href="{path}"]')

    def leave_by(self, selector: str, containing: str = "") -> None:
        """Clicks what leads to another page, and waits until that is there."""
        self.driver.execute_script("document.documentElement.dataset.harnessLeft = ''")
        self.click(selector, containing)
        until(
            f"a page to come of {selector}",
            lambda: self.driver.execute_script(
                "return document.readyState === 'complete' && !('harnessLeft' in document.documentElement.dataset)"),
            PATIENCE_SECONDS, (WebDriverException,))

    # Where and when it thinks it is

    def stand_at(self, latitude: float, longitude: float) -> None:
        """Says where the device is, and lets pages of its address ask."""
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(self.address))
        self.command("Browser.grantPermissions", origin=origin, permissions=["geolocation"])
        self.command("Emulation.setGeolocationOverride", latitude=latitude, longitude=longitude, accuracy=10)

    def leave_network(self) -> None:
        """The device knows that it has no connection. Cut the line to the node as well: this reaches the page alone."""
        self._set_network(offline=True)

    def join_network(self) -> None:
        self._set_network(offline=False)

    def _set_network(self, offline: bool) -> None:
        self.command("Network.enable")
        self.command(
            "Network.emulateNetworkConditions", offline=offline, latency=0, downloadThroughput=-1, uploadThroughput=-1)

    # What it cost and what it complained of

    def forget(self) -> None:
        """Nobody has been here: no cookies, no stored data, no cache, nothing heard."""
        self.visit("about:blank")
        self.read_logs()
        self.command("Network.clearBrowserCookies")
        self.command("Network.clearBrowserCache")
        for origin in sorted({"{0.scheme}://{0.netloc}".format(urlsplit(request)) for request in self.requests}):
            if origin.startswith("https:"):
                self.command("Storage.clearDataForOrigin", origin=origin, storageTypes="all")
        self.complaints, self.requests, self._tolerated = [], [], []

    def cookies(self) -> list[dict[str, Any]]:
        return self.command("Network.getAllCookies")["cookies"]

    def take_cookies(self, cookies: list[dict[str, Any]]) -> None:
        for cookie in cookies:
            known = {key: cookie[key] for key in ("name", "value", "domain", "path", "secure", "httpOnly")}
            self.command("Network.setCookie", **known, **(
                {"sameSite": cookie["sameSite"]} if "sameSite" in cookie else {}))

    @contextmanager
    def tolerating(self, *complaints: str) -> Iterator[None]:
        """Meanwhile the console may complain in words that contain one of these."""
        self.read_logs()
        self._tolerated += complaints
        try:
            yield
        finally:
            self.read_logs()
            for complaint in complaints:
                self._tolerated.remove(complaint)

    def forgive(self, words: str) -> None:
        """What the console has said in these words so far was right, such as of a refusal that was asked for."""
        self.read_logs()
        self.complaints = [complaint for complaint in self.complaints if words not in complaint]

    def read_logs(self) -> list[dict[str, Any]]:
        """Takes what has been logged since; answers the events of the network."""
        for entry in self.driver.get_log("browser"):
            message = entry["message"]
            if entry["level"] == "SEVERE" and not any(words in message for words in self._tolerated):
                self.complaints.append(message)
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        for event in events:
            if event["method"] == "Network.requestWillBeSent":
                self.requests.append(event["params"]["request"]["url"])
        return events

    def foreign_requests(self, *origins: str) -> list[str]:
        """What was asked of anybody but these."""
        self.read_logs()
        own = {urlsplit(origin).netloc for origin in origins}
        return [
            request for request in self.requests
            if urlsplit(request).scheme in ("http", "https", "ws", "wss") and urlsplit(request).netloc not in own
        ]

    def wire_bytes(self, address: str) -> dict[str, int]:
        """Loads a page as for the first time; answers what each part of it took over the wire until it was loaded."""
        self.command("Network.enable")
        self.command("Network.clearBrowserCache")
        self.command("Network.setBypassServiceWorker", bypass=True)
        self.read_logs()
        self.visit(address)
        self.command("Network.setBypassServiceWorker", bypass=False)
        names: dict[str, str] = {}
        sizes: dict[str, int] = {}
        for event in self.read_logs():
            about = event["params"]
            if event["method"] == "Network.requestWillBeSent":
                names[about["requestId"]] = about["request"]["url"]
            elif event["method"] == "Network.loadingFinished" and about["requestId"] in names:
                name = names[about["requestId"]]
                sizes[name] = sizes.get(name, 0) + int(about["encodedDataLength"])
        return sizes

    def photograph(self, path: Path, whole: bool = False) -> None:
        """A picture of the window, or of the whole page, as PNG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if whole:
            size = self.command("Page.getLayoutMetrics")["cssContentSize"]
            self.resize(self.window.width, max(self.window.height, int(size["height"])))
        self.driver.save_screenshot(str(path))
        if whole:
            self.resize(self.window.width, self.window.height)
