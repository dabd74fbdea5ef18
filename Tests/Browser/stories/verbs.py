"""What people do at the console, in the words of the trade. All that is known of pages' forms and acts stands here."""

from urllib.parse import urlsplit

import cast
from browser import Browser
from cast import Person


def sign_in(browser: Browser, console: str, person: Person) -> None:
    browser.visit(f"{console}/sign-in")
    browser.fill("sign-in", certificate=person.certificate, password=cast.PASSWORD)
    browser.submit("sign-in")
    browser.wait_for('[data-person]', person.name)


def sign_out(browser: Browser) -> None:
    browser.submit("sign-out")
    browser.wait_for('form[data-form="sign-in"]')


def go(browser: Browser, path: str) -> None:
    where = urlsplit(browser.address)
    browser.visit(f"{where.scheme}://{where.netloc}{path}")
