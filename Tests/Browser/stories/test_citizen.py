"""A citizen looks the published decision up, and sees it withdrawn."""

from datetime import date

import cast
from cast import OFFICER
from offices import Offices
from scene import numbers_are_leased, party, published_case


def test_a_citizen_sees_a_decision_published_and_withdrawn(offices: Offices) -> None:
    numbers_are_leased(offices.province)
    case, publication, number = published_case(offices.province, "涉嫌在河道管理范围内倾倒渣土案")
    offices.province.settle()
    citizen = offices.citizen(cast.PROVINCE)
    citizen.searches_publicity(number)
    shown = citizen.sees_published(publication)
    assert number in shown
    for hidden in ("party", "party-id", "party-phone", "party-address"):
        assert party(1)[hidden] not in shown

    officer = offices.seat(OFFICER)
    officer.take(case, "begin-remedy")
    officer.take(case, "end-remedy", outcome="changed", revoked_on=date.today().isoformat())
    officer.take(case, "withdraw-publicity")
    offices.province.settle()
    citizen.searches_publicity(number)
    withdrawn = citizen.browser.wait_for(f'[data-publication="{publication}"][data-state="withdrawn"]', seconds=60)
    assert "撤回" in withdrawn.text
    assert number in withdrawn.text
