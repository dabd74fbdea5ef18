"""The browsers of one test."""

from browser import Browser, Trust, Window
from keeping import watched


class Browsers:
    """Opens browsers for one test and looks at the end whether any of them complained."""

    def __init__(self, trust: Trust):
        self._trust = trust
        self.opened: list[Browser] = []
        # The addresses that pages may load from.
        self.origins: list[str] = []

    def open(self, window: Window, language: str) -> Browser:
        browser = Browser(self._trust, window, language)
        self.opened.append(browser)
        watched.append(browser)
        return browser

    def assert_clean(self) -> None:
        for browser in self.opened:
            foreign = browser.foreign_requests(*self.origins)
            assert not browser.complaints, "the console complained:\n" + "\n".join(browser.complaints)
            assert not foreign, "something was asked of another host:\n" + "\n".join(foreign)

    def close(self) -> None:
        for browser in self.opened:
            browser.__exit__()
            watched.remove(browser)
        self.opened = []
