"""A phone without connection decides on the spot, and delivers once when the node can be reached again."""

import cast
from cast import OFFICER, SECOND
from offices import Offices
from province import LIBRARIES
from scene import PLACE, Desk, party

# The fine lies below the benchmark, which the phone warns of, so that a reason is given.
FORM = {
    "with": SECOND.certificate, "title": "涉嫌在河道管理范围内倾倒垃圾案", "place": PLACE, "show_identity": "true",
    "show_certificate": "true", "tell_rights": "true", "item": "44990000000001", "party": party(1)["party"],
    "party_kind": "citizen", "party_id": party(1)["party-id"], "facts": "倾倒垃圾一袋。", "facts_clear": "true",
    "circumstance": "1", "fine_fen": "100", "deviation_reason": "初次违法，当场清理，危害后果轻微。",
    "defend": "true", "decision_text": "处一百元罚款。",
}


def test_a_phone_without_connection_delivers_once(offices: Offices) -> None:
    province = offices.province
    office = province[cast.TOWNSHIP]
    officer = offices.field(OFFICER)
    officer.browser.stand_at(22.2500, 112.7800)
    officer.loads_the_app()

    assert office.console_line is not None
    with officer.browser.tolerating("net::ERR_"):
        office.console_line.cut()
        officer.browser.leave_network()
        number = officer.decides_on_the_spot(LIBRARIES / "evidence-scene.png", **FORM)
        officer.sees_outbox("waiting", 1)
        officer.go("/field")
        officer.sees_outbox("waiting", 1)
    office.console_line.mend()
    officer.browser.join_network()
    officer.sees_outbox("delivered", 1)

    desk = Desk(province, OFFICER)
    decided = bearing(number, desk)
    assert len(decided) == 1
    officer.go("/field")
    officer.sees_outbox("delivered", 1)
    assert bearing(number, desk) == decided
    assert number in officer.looks_at(decided[0])


def bearing(number: str, desk: Desk) -> list[str]:
    """Cases that a document of this number was issued in."""
    cases = [case["id"] for case in desk.call("GET", "/v1/cases?limit=50")["cases"]]
    return [case for case in cases if any(
        issued.get("number") == number for step in desk.read(case)["steps"] for issued in step["issued"])]
