"""A phone without connection decides on the spot, and delivers once when the node can be reached again."""

import cast
from cast import OFFICER, SECOND
from offices import Offices
from province import LIBRARIES
from scene import PLACE, Desk, party

FORM = {
    "with": SECOND.certificate, "title": "涉嫌在河道管理范围内倾倒垃圾案", "place": PLACE, "item": "44990000000001",
    "party": party(1)["party"], "party_kind": "citizen", "party_id": party(1)["party-id"], "facts": "倾倒垃圾一袋。",
    "fine_fen": "100", "decision_text": "处一百元罚款。",
}


def test_a_phone_without_connection_delivers_once(offices: Offices) -> None:
    province = offices.province
    office = province[cast.TOWNSHIP]
    officer = offices.field(OFFICER)
    officer.browser.stand_at(22.2500, 112.7800)
    officer.loads_the_app()

    assert office.console_line is not None
    office.console_line.cut()
    with officer.browser.tolerating("net::ERR_"):
        officer.browser.leave_network()
        number = officer.decides_on_the_spot(LIBRARIES / "evidence-scene.png", **FORM)
        officer.sees_outbox("waiting", 1)
        officer.go("/field")
        officer.sees_outbox("waiting", 1)
    office.console_line.mend()
    officer.browser.join_network()
    officer.sees_outbox("delivered", 1)

    desk = Desk(province, OFFICER)
    decided = [case for case in desk.call("GET", "/v1/cases?limit=50")["cases"] if number in str(case)]
    assert len(decided) == 1
    officer.go("/field")
    officer.sees_outbox("delivered", 1)
    again = [case for case in desk.call("GET", "/v1/cases?limit=50")["cases"] if number in str(case)]
    assert again == decided
    assert number in officer.looks_at(decided[0]["id"])
