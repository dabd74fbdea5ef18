"""What people do at the console, in the words of the trade. All that stories know of pages and forms stands here."""

from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from selenium.webdriver.remote.webelement import WebElement

import cast
from browser import Browser
from cast import Person
from waiting import until


def sign_in(browser: Browser, console: str, person: Person) -> None:
    browser.visit(f"{console}/sign-in")
    browser.fill("/sign-in", certificate=person.certificate, password=cast.PASSWORD)
    browser.submit("/sign-in")
    browser.wait_for("details.who summary", person.name)


class Visitor:
    """Somebody at a browser who has not signed in: a citizen."""

    def __init__(self, browser: Browser, console: str):
        self.browser, self.console = browser, console
        # Links followed and buttons pressed since the last `start_counting`.
        self.clicks = 0

    def go(self, path: str) -> None:
        self.browser.visit(self.console + path)

    def start_counting(self) -> None:
        self.clicks = 0

    def follow(self, selector: str, containing: str = "") -> None:
        self.clicks += 1
        self.browser.leave_by(selector, containing)

    # Publicity

    def searches_publicity(self, words: str) -> None:
        self.go("/publicity")
        self.browser.fill("/publicity", q=words)
        self.browser.submit("/publicity")

    def sees_published(self, publication: str) -> str:
        """What the page of a publication says, reached from the list."""
        self.follow(f'[data-publication="{publication}"] a')
        return self.browser.text("main")


class Worker(Visitor):
    """Somebody who has signed in at his own node."""

    def __init__(self, browser: Browser, console: str, person: Person):
        super().__init__(browser, console)
        self.person = person
        sign_in(browser, console, person)

    # My work

    def sees_work(self, section: str, case: str, seconds: float = 60) -> WebElement:
        """A row of a section of his work, which comes without reload."""
        if self._path != "/work":
            self.go("/work")
        return self.browser.wait_for(f'[data-section="{section}"] [data-case="{case}"]', seconds=seconds)

    @property
    def _path(self) -> str:
        return urlsplit(self.browser.address).path

    # Cases

    def open_case(self, procedure: str, together: Person) -> str:
        self.go(f"/cases/new?procedure={procedure}")
        self.browser.fill("/cases/new", officers=together.certificate)
        self.browser.submit("/cases/new")
        return self.browser.find("main [data-case]").get_attribute("data-case")

    def looks_at(self, case: str) -> str:
        self.go(f"/cases/{quote(case)}")
        return self.browser.text("main")

    def begin_step(self, case: str, step: str) -> None:
        """From the case to the form of a step, by its link."""
        self.looks_at(case)
        self.browser.leave_by(f'[data-step="{step}"][data-state="open"] a')

    def take(
        self, case: str, step: str, together: Person | None = None, outcome: str = "", photograph: Path | None = None,
        **facts: str,
    ) -> None:
        """Takes a step, and sees it among those taken."""
        self.try_to_take(case, step, together, outcome, photograph, **facts)
        self.browser.wait_for(f'[data-taken="{step}"]')

    def try_to_take(
        self, case: str, step: str, together: Person | None = None, outcome: str = "", photograph: Path | None = None,
        **facts: str,
    ) -> None:
        self.begin_step(case, step)
        form = f"/steps/{step}"
        if together:
            self.browser.fill(form, **{"with": together.certificate})
        if outcome:
            self.browser.fill(form, outcome=outcome)
        if photograph:
            self.browser.fill(form, photograph=str(photograph))
        self.browser.fill(form, **facts)
        self.browser.submit(form)

    def is_refused(self) -> str:
        """Why the last form was refused."""
        return self.browser.wait_for('[role="alert"][data-problem]').text

    def corrects(self, case: str, **facts: str) -> None:
        self.looks_at(case)
        self.browser.fill("/facts", **facts)
        self.browser.submit("/facts")

    def sees_taken(self, case: str, step: str, times: int = 1, seconds: float = 60) -> None:
        """The step came here, without reload if the case is open already."""
        if unquote(self._path) != f"/cases/{case}":
            self.looks_at(case)
        self.browser.find(f'[data-taken="{step}"]:nth-of-type({times})', seconds)

    def sees_document(self, case: str, kind: str) -> str:
        self.looks_at(case)
        self.follow(f'[data-document="{kind}"] a')
        return self.browser.find("body").text

    def withdraws(self, publication: str, reason: str, ruled_on: str) -> None:
        self.go(f"/publicity/{quote(publication)}/withdraw")
        self.browser.fill("/withdraw", reason=reason, ruledOn=ruled_on)
        self.browser.submit("/withdraw")

    # The line

    def sees_line(self, state: str, seconds: float = 60) -> None:
        """The sign of the line upward changes by itself."""
        self.browser.wait_for(f'#line[data-state="{state}"]', seconds=seconds)

    # Libraries

    def changes_record(self, record: str, field: str, value: str) -> None:
        """Edits one field of an entry of a library."""
        self.go(f"/officers/{quote(record)}/edit")
        self.browser.fill("/edit", **{field: value})
        self.browser.submit("/edit")

    # The conflict desk

    def sees_conflict(self, record: str, seconds: float = 60) -> str:
        """Both values, side by side, with who wrote them."""
        if self._path != "/conflicts":
            self.go("/conflicts")
        self.browser.wait_for(f'[data-conflict^="{record}"]', seconds=seconds)
        self.follow(f'[data-conflict^="{record}"] a')
        return self.browser.text("main")

    def chooses(self, value: str, reason: str) -> None:
        self.browser.fill("/resolve", value=value, reason=reason)
        self.browser.submit("/resolve")


class FieldOfficer(Worker):
    """An officer with a phone, out of the office."""

    def loads_the_app(self) -> None:
        """Everything that is needed without a connection has come."""
        self.go("/field")
        self.browser.find('body[data-field="ready"]', 60)

    def decides_on_the_spot(self, photograph: Path, **facts: str) -> str:
        """Fills the form without a connection; answers the number on the decision."""
        self.go("/field/new")
        for field, value in facts.items():
            self.browser.fill("/field/new", **{field: value})
        self.browser.fill("/field/new", photograph=str(photograph))
        self.browser.click('form[action$="/field/new"] button:not([type="button"])')
        return self.browser.wait_for("[data-outbox] [data-number]").get_attribute("data-number")

    def sees_outbox(self, state: str, count: int, seconds: float = 60) -> None:
        until(
            f"{count} items of the outbox to be {state}",
            lambda: self.browser.count(f'[data-outbox][data-state="{state}"]') == count, seconds)
