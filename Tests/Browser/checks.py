"""What every page has to be, each as a check that says what is wrong and where."""

import re

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.common.action_chains import ActionChains

from browser import CHINESE, FIRST_PAINT_BYTES_MAX, Browser

WIDTHS = [360, 390, 768, 1440, 1920]
# More stops of the Tab key than any page has.
STOPS_MAX = 600
# More stops than any field has within itself.
STAYS_MAX = 8

CHINESE_CHARACTERS = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u3000-\u303f\uff00-\uffef]+")
LATIN_WORDS = re.compile(r"[A-Za-z]{2,}")
# Names that Chinese officials write in Latin letters.
LATIN_NAMES = {
    "CSV", "PDF", "JSON", "XML", "PNG", "SVG", "API", "TLS", "SHA", "KiB", "MiB", "GiB", "ms", "Atom", "OpenAPI",
    "HTTP", "HTTPS", "Tributary", "ID",
}


def assert_fits(browser: Browser) -> None:
    """At no width does the page have to be moved sideways."""
    wide = []
    for width in WIDTHS:
        browser.resize(width, browser.window.height)
        wide += [f"at {width}: {line}" for line in browser.script("overflow")]
    browser.resize(browser.window.width, browser.window.height)
    assert not wide, f"{browser.address} is wider than its window:\n" + "\n".join(wide)


def assert_keyboard_reaches_everything(browser: Browser) -> None:
    """Tab comes to everything that a person can act on, and where it is can be seen."""
    wanted = dict(browser.script("focusable"))
    reached: list[str | None] = []
    troubles: list[str] = []
    browser.driver.execute_script("document.activeElement?.blur(); window.scrollTo(0, 0)")
    stays = 0
    for _ in range(STOPS_MAX):
        ActionChains(browser.driver).send_keys(Keys.TAB).perform()
        focus = browser.script("focused")
        if focus is None:
            break
        mark, markup, wrong = focus
        # A field for a day has a stop for each of its parts.
        stays = stays + 1 if reached and mark == reached[-1] else 0
        if stays > STAYS_MAX or (mark in reached and not stays):
            break
        if not stays:
            reached.append(mark)
            troubles += [f"{trouble}: {markup}" for trouble in wrong]
    troubles += [f"Tab never comes to it: {markup}" for mark, markup in wanted.items() if mark not in reached]
    assert not troubles, f"{browser.address} at {browser.window}, by keyboard:\n" + "\n".join(troubles)


def assert_one_language(browser: Browser, language: str) -> None:
    """No word of another language stands on the page, other than in data."""
    declared = browser.find("html").get_attribute("lang")
    assert declared == language, f"{browser.address} says that it is in {declared}, not in {language}"
    strays = []
    for text, markup in browser.script("words", language):
        if language == CHINESE:
            stray = [word for word in LATIN_WORDS.findall(text) if word not in LATIN_NAMES]
        else:
            stray = CHINESE_CHARACTERS.findall(text)
        if stray:
            strays.append(f"{', '.join(stray)} in “{text}” of {markup}")
    assert not strays, f"{browser.address} in {language}:\n" + "\n".join(strays)


def assert_light(browser: Browser, address: str) -> None:
    """The first visit takes little over the wire."""
    sizes = browser.wire_bytes(address)
    total = sum(sizes.values())
    parts = "\n".join(f"{size:>8} {name}" for name, size in sorted(sizes.items(), key=lambda part: -part[1]))
    assert sizes, f"nothing came over the wire from {address}"
    limit = FIRST_PAINT_BYTES_MAX
    assert total <= limit, f"{address} takes {total} bytes, of at most {limit}:\n{parts}"


def assert_works_without_scripts(browser: Browser, address: str) -> None:
    """All links and forms that scripts show are there without them, and a heading and a main part."""
    browser.visit(address)
    with_scripts = set(browser.script("offers"))
    browser.refuse_scripts()
    try:
        browser.visit(address)
        without = set(browser.script("offers"))
        headings, mains = browser.count("h1"), browser.count("main")
    finally:
        browser.refuse_scripts(False)
    missing = sorted(with_scripts - without)
    assert not missing, f"{address} offers these with scripts only:\n" + "\n".join(missing)
    assert headings == 1 and mains == 1, f"{address} has {headings} headings h1 and {mains} main parts, not one of each"
