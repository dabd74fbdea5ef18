"""Every page of the table, one by one, for what every page has to be."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

import cast
import checks
from accessibility import assert_accessible
from browser import CHINESE, DESK, ENGLISH, LANGUAGES, PHONE, WINDOWS, Browser, Trust, Window
from cast import Person
from crawl import walk
from keeping import watched
from pages import PAGES, Page
from province import Province
from scene import Scene
from verbs import sign_in

each_page = pytest.mark.parametrize("page", PAGES, ids=str)
each_window = pytest.mark.parametrize("window", WINDOWS, ids=str)
each_language = pytest.mark.parametrize("language", LANGUAGES)

# Somebody who sits down before a page: the browser, and the page's address.
Seat = tuple[Browser, str]


@pytest.fixture(scope="session")
def keys() -> dict[str, list[dict[str, object]]]:
    """The cookies of everybody who has signed in, by certificate: each signs in once."""
    return {}


@pytest.fixture
def look(
    shown: tuple[Province, Scene], seats: dict[tuple[Window, str], Browser], trust: Trust,
    keys: dict[str, list[dict[str, object]]],
) -> Iterator[Callable[[Page, Window, str], AbstractContextManager[Seat]]]:
    """Opens a page as its reader sees it; afterwards nobody may have complained or asked another host."""
    province, scene = shown

    @contextmanager
    def looking(page: Page, window: Window, language: str) -> Iterator[Seat]:
        if (window, language) not in seats:
            seats[window, language] = Browser(trust, window, language)
        browser = seats[window, language]
        watched.append(browser)
        node = province[page.node]
        address = node.console + page.path_in(scene)
        # Tests come page by page: the next one goes on where the last has stayed.
        place = (address, language, page.reader)
        if browser.standing != place:
            sit_down(browser, page, address, language)
            browser.standing = place
        try:
            yield browser, address
            foreign = browser.foreign_requests(node.console)
            assert not browser.complaints, "the console complained:\n" + "\n".join(browser.complaints)
            assert not foreign, "something was asked of another host:\n" + "\n".join(foreign)
        except BaseException:
            browser.standing = None
            raise

    def sit_down(browser: Browser, page: Page, address: str, language: str) -> None:
        browser.forget()
        if page.reader and page.reader.certificate in keys:
            browser.take_cookies(keys[page.reader.certificate])
        elif page.reader:
            sign_in(browser, province[page.node].console, page.reader)
            keys[page.reader.certificate] = browser.cookies()
        browser.visit(address)
        browser.speak(language)

    yield looking
    watched.clear()


@each_page
@each_language
def test_the_page_names_itself(look, page: Page, language: str) -> None:
    with look(page, DESK, language) as (browser, _):
        title = page.english if language == ENGLISH else page.chinese
        assert browser.page == page.name
        assert browser.driver.title.startswith(title)
        assert browser.count("h1") == 1


@each_page
def test_the_language_is_switched_in_place(look, page: Page) -> None:
    with look(page, PHONE, CHINESE) as (browser, address):
        browser.speak(ENGLISH)
        assert browser.address == address
        assert browser.driver.title.startswith(page.english)
        browser.speak(CHINESE)
        assert browser.address == address


@each_page
@each_window
@each_language
def test_axe_finds_nothing_grave(look, page: Page, window: Window, language: str) -> None:
    with look(page, window, language) as (browser, _):
        assert_accessible(browser)


@each_page
def test_the_first_visit_takes_little_over_the_wire(look, page: Page) -> None:
    with look(page, DESK, CHINESE) as (browser, address):
        checks.assert_light(browser, address)


@each_page
@each_window
def test_the_keyboard_reaches_everything(look, page: Page, window: Window) -> None:
    with look(page, window, CHINESE) as (browser, _):
        checks.assert_keyboard_reaches_everything(browser)


@each_page
@each_language
def test_no_page_is_wider_than_its_window(look, page: Page, language: str) -> None:
    with look(page, DESK, language) as (browser, _):
        checks.assert_fits(browser)


@each_page
def test_the_page_works_without_scripts(look, page: Page) -> None:
    with look(page, DESK, CHINESE) as (browser, address):
        checks.assert_works_without_scripts(browser, address)


@each_page
@each_language
def test_no_screen_mixes_languages(look, page: Page, language: str) -> None:
    with look(page, DESK, language) as (browser, _):
        checks.assert_one_language(browser, language)


@pytest.mark.parametrize("person", [None, *cast.ROLES], ids=lambda person: person.role if person else "citizen")
def test_every_link_leads_to_a_page_of_the_table(
    shown: tuple[Province, Scene], trust: Trust, keys: dict[str, list[dict[str, object]]], person: Person | None,
) -> None:
    province, _ = shown
    console = province[person.office if person else cast.PROVINCE].console
    if person and person.certificate not in keys:
        with Browser(trust) as browser:
            sign_in(browser, console, person)
            keys[person.certificate] = browser.cookies()
    cookies = {str(cookie["name"]): str(cookie["value"]) for cookie in keys[person.certificate]} if person else {}
    found = walk(console + ("/" if person else "/publicity"), cookies, province.root_certificate)
    unknown = {name: address for name, address in found.templates.items() if name not in {page.name for page in PAGES}}
    assert not found.broken, "links lead nowhere:\n" + "\n".join(map(": ".join, found.broken.items()))
    assert not unknown, f"pages.py does not list {unknown}"
    assert found.pages > 1


@each_page
@each_window
@each_language
def test_pictures(look, screens: Path, page: Page, window: Window, language: str) -> None:
    with look(page, window, language) as (browser, _):
        browser.photograph(screens / f"{page.name}-{window}-{language}.png", whole=True)
