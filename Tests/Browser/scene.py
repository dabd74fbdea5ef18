"""What the pages' province holds, made over its nodes' API before anybody looks."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import cast
from cast import Person
from province import LIBRARIES, Province, Refused
from waiting import until


@dataclass
class Scene:
    """Ids that addresses name."""

    cases: dict[str, str] = field(default_factory=dict)
    publications: dict[str, str] = field(default_factory=dict)


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

    def take(self, case: str, step: str, together: Person | None = None, outcome: str = "", **more: Any) -> dict[str, Any]:
        """Takes a step; `facts`, `evidence` and `details` may be given besides."""
        request: dict[str, Any] = {"step": step, **more}
        if together:
            request["with"] = [together.certificate]
        if outcome:
            request["outcome"] = outcome
        return self.call("POST", f"/v1/cases/{case}/steps", request)


def _dashed(name: str) -> str:
    return name.replace("_", "-")


PARTY = {
    "party": "孙样明", "party-kind": "citizen", "party-id": "440781189907070012", "party-address": "台城街道样板街66号",
    "party-phone": "10005550077", "is-minor": False,
}
PLACE = "台城河左岸滩地"
FINE_FEN = 400_000


def clue(title: str) -> dict[str, Any]:
    yesterday = date.today() - timedelta(days=1)
    return {
        "title": title, "source": "inspection", "place": PLACE, "violated-on": yesterday.isoformat(),
        "endangers-life": False,
    }


FILING = {"item": "44990000000001", **PARTY, "facts": f"当事人孙样明将约三立方米渣土倾倒在{PLACE}，经责令当场清理。"}
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


def case_up_to(province: Province, last: str, title: str) -> str:
    """An ordinary penalty at the township, worked on as far as this step."""
    officer, head = Desk(province, cast.OFFICER), Desk(province, cast.HEAD)
    case = officer.open("ordinary-penalty", [cast.OFFICER, cast.SECOND])
    steps = [
        ("clue", lambda: officer.take(case, "clue", facts=clue(title))),
        ("file", lambda: officer.take(case, "file", cast.SECOND, facts=FILING)),
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


def set_scene(province: Province) -> Scene:
    """Cases in every state that a page shows."""
    scene = Scene()
    numbers_are_leased(province)
    scene.cases["fresh"] = case_up_to(province, "clue", "涉嫌擅自占用河道管理范围案")
    scene.cases["under-review"] = case_up_to(province, "submit-review", "涉嫌在河道管理范围内倾倒渣土案")
    province.settle()
    return scene
