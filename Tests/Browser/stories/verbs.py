"""What people do at the console, in the words of the trade. All that stories know of pages and forms stands here."""

from functools import cache
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import yaml
from selenium.webdriver.remote.webelement import WebElement

import cast
from browser import UNSTABLE, Browser
from cast import Person
from province import REPOSITORY
from waiting import until


@cache
def _step_names(procedure: str) -> dict[str, str]:
    text = (REPOSITORY / "Procedures" / f"{procedure}.yaml").read_text()
    return {step["id"]: step["zh"] for step in yaml.safe_load(text)["steps"]}


def step_name(step: str, procedure: str = "ordinary-penalty") -> str:
    """How a procedure calls a step."""
    return _step_names(procedure)[step]


def case_path(case: str) -> str:
    return f"/cases/{quote(case, safe='-._~')}"


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

    @property
    def path(self) -> str:
        return urlsplit(self.browser.address).path

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
        if self.path != "/work":
            self.go("/work")
        return self.browser.wait_for(f'#{section} a[href^="{case_path(case)}"]', seconds=seconds)

    # Cases

    def open_case(self, item: str, title: str, together: Person) -> str:
        """From the item to the new case; answers its id."""
        self.go(f"/cases/new?item={item}")
        form = f"/cases/new?item={item}"
        self.browser.fill(form, title=title, **{"with": together.certificate})
        self.browser.submit(form)
        return unquote(self.path.removeprefix("/cases/"))

    def looks_at(self, case: str) -> str:
        self.go(case_path(case))
        return self.browser.text("main")

    def take(
        self, case: str, step: str, together: Person | None = None, outcome: str = "", **facts: str,
    ) -> None:
        """Takes a step, and sees it in the timeline."""
        before = self._taken(case, step)
        self.try_to_take(case, step, together, outcome, **facts)
        self.sees_taken(case, step, before + 1)

    def try_to_take(
        self, case: str, step: str, together: Person | None = None, outcome: str = "", **facts: str,
    ) -> None:
        """From the case to the form of a step, and sends it. The form asks for what the case does not know yet."""
        known = self.begin_step(case, step)
        form = f"/steps/{step}"
        if together:
            self.browser.fill(form, **{"with": together.certificate})
        if outcome:
            self.browser.fill(form, outcome=outcome)
        for name, value in facts.items():
            field = name if name.startswith("detail.") else f"fact.{name.replace('_', '-')}"
            if self.browser.count(f'form[action$="{form}"] [name="{field}"]'):
                self.browser.fill_field(form, field, value)
            else:
                assert field.removeprefix("fact.") in known, f"{step} does not ask for {field}, and {case} lacks it"
        self.browser.submit(form)

    def begin_step(self, case: str, step: str) -> set[str]:
        """From the case to the form of a step; answers which facts the case knows."""
        self.looks_at(case)
        known = {str(fact.get_attribute("data-value")) for fact in self.browser.all(".facts [data-value]")}
        link = f'a[href="{case_path(case)}/steps/{step}"]'
        if not any(shown.is_displayed() for shown in self.browser.all(link)):
            # Steps that do not carry the case on are folded away.
            self.browser.click("#also > summary")
        self.browser.leave_by(link)
        return known

    def is_told_why_not(self, case: str, step: str) -> str:
        """What the case says of a step that cannot be taken now."""
        self.looks_at(case)
        self.browser.click("#why-not > summary")
        return self.browser.wait_for("#why-not li.is-missing", step_name(step)).text

    def attaches(self, case: str, photograph: Path, recording: str, place: str, caption: str) -> None:
        """Hands in a photograph and attaches it."""
        self.looks_at(case)
        self.browser.click("#evidence details summary")
        self.browser.fill("/evidence", file=str(photograph), place=place, recording=recording, caption=caption)
        self.browser.submit("/evidence")
        self.browser.wait_for("#evidence figure", caption)

    def is_refused(self) -> str:
        """Why the last form was refused; the browser's console speaks of the answer's status."""
        self.browser.forgive("status of 422")
        return self.browser.wait_for('[role="alert"][data-problem]').text

    def corrects(self, case: str, **facts: str) -> None:
        self.go(f"{case_path(case)}/facts")
        for name, value in facts.items():
            self.browser.fill_field("/facts", f"fact.{name.replace('_', '-')}", value)
        self.browser.submit("/facts")

    def sees_taken(self, case: str, step: str, times: int = 1, seconds: float = 60) -> None:
        """The step came here, without reload if the case is open already."""
        if self.path != case_path(case):
            self.looks_at(case)
        until(f"{step} in the timeline of {case}", lambda: self._taken_here(step) >= times, seconds, UNSTABLE)

    def _taken(self, case: str, step: str) -> int:
        self.looks_at(case)
        return self._taken_here(step)

    def _taken_here(self, step: str) -> int:
        name = step_name(step)
        return sum(entry.text == name for entry in self.browser.all(".timeline li > strong"))

    def sees_document(self, case: str, title: str) -> str:
        """What a document of the case says."""
        self.looks_at(case)
        link = self.browser.wait_for(f'a[href^="{case_path(case)}/papers/"]', title)
        self.browser.visit(link.get_attribute("href"))
        return self.browser.text("body")

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
        if self.path != "/conflicts":
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
