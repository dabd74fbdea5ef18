"""What the pages' province holds, made over its nodes' API before anybody looks."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import cast
from cast import Person
from province import LIBRARIES, Province, Refused
from waiting import until


@dataclass
class Scene:
    """Ids that addresses name."""

    cases: dict[str, str] = field(default_factory=dict)
    publications: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, str] = field(default_factory=dict)
    directive: str = ""
    job: str = ""


@dataclass
class Desk:
    """Somebody at his node's API: what the console does in his name, without a console."""

    province: Province
    person: Person

    @property
    def _token(self) -> str:
        office = self.province[self.person.office]
        return office.token(self.person.role, self.person.certificate, self.person.body, self.person.division)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        office = self.province[self.person.office]
        return office.call(method, path, body, self._token, {"Tributary-Purpose": "handling"})

    def open(self, procedure: str, officers: list[Person], facts: dict[str, Any] | None = None) -> str:
        opened = self.call("POST", "/v1/cases", {
            "procedure": procedure, "officers": [officer.certificate for officer in officers], "facts": facts or {},
        })
        return opened["id"]

    def read(self, case: str) -> dict[str, Any]:
        return self.call("GET", f"/v1/cases/{case}")

    def holds(self, case: str, step: str, times: int = 1) -> bool:
        """Whether the case is here with a step taken so many times."""
        try:
            return sum(taken["step"] == step for taken in self.read(case)["steps"]) >= times
        except Refused as refused:
            if refused.status in (404, 422):
                return False
            raise

    def enter(self, case: str, **facts: Any) -> None:
        self.call("POST", f"/v1/cases/{case}/facts", {"facts": {_dashed(name): fact for name, fact in facts.items()}})

    def take(
        self, case: str, step: str, together: Person | None = None, outcome: str = "", **more: Any,
    ) -> dict[str, Any]:
        """Takes a step; `facts`, `evidence` and `details` may be given besides."""
        request: dict[str, Any] = {"step": step, **more}
        if together:
            request["with"] = [together.certificate]
        if outcome:
            request["outcome"] = outcome
        return self.call("POST", f"/v1/cases/{case}/steps", request)

    def change(self, record: str, name: str, value: str) -> None:
        """Edits one field of a record, having seen what it shows here."""
        path = f"/v1/records/{quote(record, safe='')}"
        seen = next(field["seen"] for field in self.call("GET", path)["fields"] if field["name"] == name)
        edit = {"field": name, "action": "set", "value": value, "seen": seen}
        self.call("PATCH", path, {"edits": [edit]})


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def officer_person(province: Province, person: Person) -> str:
    """The id of the record with an officer's private particulars, which his own node has."""
    cursor = ""
    while True:
        page = province[person.division].call("GET", f"/v1/records?kind=officer-person&limit=100{cursor}")
        for record in page["records"]:
            if person.certificate in json.dumps(record):
                return record["id"]
        cursor = f"&cursor={page['next']}"


def party(number: int) -> dict[str, Any]:
    """Somebody invented; no two numbers give the same, since two cases about one party and item are rivals."""
    digits = f"440781189907{number % 28 + 1:02}{number:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = "10X98765432"[sum(int(digit) * weight for digit, weight in zip(digits, weights)) % 11]
    return {
        "party": "孙样" + "明立新和平安康宁远"[number % 9], "party-kind": "citizen", "party-id": digits + check,
        "party-address": f"台城街道样板街{number}号", "party-phone": f"1000555{number:04}", "is-minor": False,
    }


PLACE = "台城河左岸滩地"
FINE_FEN = 400_000


def clue(title: str, days_ago: int = 1) -> dict[str, Any]:
    violated_on = date.today() - timedelta(days=days_ago)
    return {
        "title": title, "source": "inspection", "place": PLACE, "violated-on": violated_on.isoformat(),
        "endangers-life": False,
    }


def filing(number: int = 1) -> dict[str, Any]:
    who = party(number)
    facts = f"当事人{who['party']}将约三立方米渣土倾倒在{PLACE}，经责令当场清理。"
    return {"item": "44990000000001", **who, "facts": facts}


FINDINGS = {
    "circumstance": 2, "fine-fen": FINE_FEN, "penalty-kinds": ["fine"], "complex": False, "heavy-penalty": False,
    "review-listed": False, "draft-decision": "责令改正，处四千元罚款：倾倒约三立方米，属裁量基准第二档。",
}


def numbers_are_leased(province: Province) -> None:
    """The county has leased blocks of document numbers to the township."""
    desk = Desk(province, cast.OFFICER)

    def look() -> bool:
        series = desk.call("GET", f"/v1/numbers?body={cast.OFFICER.body}")["series"]
        return {"罚告", "罚"} <= {row["word"] for row in series if row["left"] > 0}

    until("the county to lease document numbers to the township", look, 60)


def case_up_to(province: Province, last: str, title: str, number: int = 1) -> str:
    """An ordinary penalty at the township, worked on as far as this step."""
    officer, head = Desk(province, cast.OFFICER), Desk(province, cast.HEAD)
    case = officer.open("ordinary-penalty", [cast.OFFICER, cast.SECOND])
    steps = [
        ("clue", lambda: officer.take(case, "clue", facts=clue(title))),
        ("file", lambda: officer.take(case, "file", cast.SECOND, facts=filing(number))),
        ("approve-filing", lambda: head.take(case, "approve-filing")),
        ("show-identity", lambda: officer.take(case, "show-identity", cast.SECOND)),
        ("show-certificate", lambda: officer.take(case, "show-certificate", cast.SECOND)),
        ("tell-rights", lambda: officer.take(case, "tell-rights", cast.SECOND, facts={"recusal-raised": False})),
        ("survey", lambda: officer.take(case, "survey", cast.SECOND, evidence=[photograph(officer, case)])),
        ("inquire", lambda: officer.take(case, "inquire", cast.SECOND)),
        ("end-investigation", lambda: officer.take(case, "end-investigation", cast.SECOND, facts=FINDINGS)),
        ("review-result", lambda: head.take(case, "review-result", outcome="penalty")),
        ("prior-notice", lambda: officer.take(case, "prior-notice", cast.SECOND)),
        ("waive-rights", lambda: officer.take(case, "waive-rights")),
        ("submit-review", lambda: officer.take(case, "submit-review")),
    ]
    names = [name for name, _ in steps]
    for _, take in steps[:names.index(last) + 1]:
        take()
    return case


def photograph(officer: Desk, case: str) -> str:
    """Hands in a photograph of the scene and attaches it; answers its digest."""
    scene = (LIBRARIES / "evidence-scene.png").read_bytes()
    digest = officer.call("POST", "/v1/files", scene)["digest"]
    officer.call("POST", f"/v1/cases/{case}/evidence", {
        "digest": digest, "kind": "视听资料", "capturedAt": datetime.now().strftime("%Y-%m-%dT%H:%M"),
        "mediaType": "image/png", "place": PLACE, "recording": "survey", "caption": "现场照片",
    })
    return digest


def form_values(facts: dict[str, Any]) -> dict[str, str]:
    """Facts as a form takes them: sums in yuan, truths and choices by their ids."""
    def words(name: str, fact: Any) -> str:
        if isinstance(fact, bool):
            return "true" if fact else "false"
        if name.endswith("-fen"):
            return f"{fact / 100:.2f}"
        return fact[0] if isinstance(fact, list) else str(fact)

    return {name: words(name, fact) for name, fact in facts.items()}


def review(province: Province, case: str, outcome: str, opinion: str, times: int = 1) -> None:
    """The county's reviewer speaks once the submission has come up, and the township has heard it."""
    reviewer, officer = Desk(province, cast.REVIEWER), Desk(province, cast.OFFICER)
    until(f"the county to hold submission {times}", lambda: reviewer.holds(case, "submit-review", times), 60)
    reviewer.take(case, "legal-review", outcome=outcome, details={"opinion": opinion})
    until(f"the township to hold review {times}", lambda: officer.holds(case, "legal-review", times), 60)


def decided_case(province: Province, title: str, number: int = 1) -> tuple[str, str]:
    """A case whose decision has been issued, and its number."""
    case = case_up_to(province, "submit-review", title, number)
    review(province, case, "passed", "事实清楚，裁量适当。")
    decided = Desk(province, cast.HEAD).take(
        case, "decide", facts={"decision-text": "处四千元罚款，自收到本决定书之日起十五日内缴至指定银行。"})
    return case, decided["number"]


def published_case(province: Province, title: str, number: int = 1) -> tuple[str, str, str]:
    """A case whose decision has been made public, the publication, and the number."""
    case, written = decided_case(province, title, number)
    officer = Desk(province, cast.OFFICER)
    officer.take(case, "serve", cast.SECOND, facts={"service-way": "direct", "served-on": date.today().isoformat()})
    officer.take(case, "pay", facts={"paid-fen": FINE_FEN})
    published = officer.take(case, "publish", outcome="published")["published"]
    return case, published[0], written


def overdue_case(province: Province, title: str, number: int = 1) -> str:
    """A case that was filed a hundred days ago and has not been decided."""
    officer, head = Desk(province, cast.OFFICER), Desk(province, cast.HEAD)
    then = (datetime.now() - timedelta(days=100)).strftime("%Y-%m-%dT%H:%M")
    case = officer.open("ordinary-penalty", [cast.OFFICER, cast.SECOND])
    officer.take(case, "clue", facts=clue(title, days_ago=101), at=then)
    officer.take(case, "file", cast.SECOND, facts=filing(number), at=then)
    head.take(case, "approve-filing", at=then)
    return case


def conflicting_record(province: Province, person: Person) -> str:
    """The record with an officer's private particulars, whose telephone both sides of a cut line have changed."""
    record = officer_person(province, person)
    here = Desk(province, cast.TOWNSHIP_LIBRARIAN)
    province.cut(cast.TOWNSHIP)
    here.change(record, "phone", "10004440004")
    Desk(province, cast.COUNTY_LIBRARIAN).change(record, "phone", "10005550005")
    province.mend(cast.TOWNSHIP)

    def look() -> bool:
        return any(conflict["id"] == record for conflict in here.call("GET", "/v1/conflicts")["records"])

    until("the township to see both telephones", look, 120)
    return record


AMENDED = "示例河道保护条例"


def write_amended_statute(directory: Path) -> Path:
    """A version of the statute that was adopted yesterday, in force from today, with another fine in article 8."""
    yesterday, today = date.today() - timedelta(days=1), date.today()
    text = (LIBRARIES / "laws" / f"{AMENDED}(2023-11-30).md").read_text()
    for old, new in (
        ("<!-- INFO END -->", f"{_day(yesterday)} 示例省人民代表大会常务委员会第五十五次会议修订\n\n<!-- INFO END -->"),
        ("处一千元以上一万元以下罚款", "处五百元以上五千元以下罚款"),
        ("自2024年3月1日起施行", f"自{_day(today)}起施行"),
    ):
        assert old in text
        text = text.replace(old, new)
    directory.mkdir(parents=True)
    (directory / f"{AMENDED}({yesterday.isoformat()}).md").write_text(text)
    return directory


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def directive(province: Province, case: str) -> str:
    """The province's supervisor urges the township about a case; answers the id once the township has it."""
    written = Desk(province, cast.SUPERVISOR).call("POST", "/v1/records", {
        "kind": "directive", "home": cast.TOWNSHIP, "fields": {
            "sort": "urge", "text": "本案已超过办案期限，请说明原因，并于期限前作出处理决定。",
            "from": cast.PROVINCE, "due-on": (date.today() + timedelta(days=7)).isoformat(), "case": case,
        },
    })["id"]

    def look() -> bool:
        rows = Desk(province, cast.OFFICER).call("GET", "/v1/supervision/directives")["directives"]
        return any(row["record"] == written for row in rows)

    until("the directive to come down to the township", look, 60)
    return written


def verification(province: Province) -> str:
    """The province's node has verified all that it holds; answers the job's id."""
    job = province.root.call("POST", "/v1/operation/verifications")["id"]

    def look() -> bool:
        return province.root.call("GET", f"/v1/operation/jobs/{job}")["state"] == "done"

    until("the province's node to have verified itself", look, 60)
    return job


def set_scene(province: Province) -> Scene:
    """Cases in every state that a page shows, and a record in conflict."""
    scene = Scene()
    numbers_are_leased(province)
    scene.cases["fresh"] = case_up_to(province, "clue", "涉嫌擅自占用河道管理范围案", 2)
    scene.cases["under-review"] = case_up_to(province, "submit-review", "涉嫌在河道管理范围内倾倒渣土案", 3)
    scene.cases["overdue"] = overdue_case(province, "涉嫌未经许可采砂案", 4)
    case, publication, _ = published_case(province, "涉嫌在河道管理范围内倾倒垃圾案", 5)
    scene.cases["published"], scene.publications["published"] = case, publication
    scene.directive = directive(province, scene.cases["overdue"])
    scene.conflicts["phone"] = conflicting_record(province, cast.SECOND)
    province.settle()
    scene.job = verification(province)
    return scene
