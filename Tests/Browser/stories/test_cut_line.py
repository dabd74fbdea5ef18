"""The line is cut in the middle of the work, both sides go on, and the conflict desk resolves what is left."""

from cast import COUNTY_LIBRARIAN, OFFICER, REVIEWER, SECOND, TOWNSHIP, TOWNSHIP_LIBRARIAN
from offices import Offices
from scene import Desk, case_up_to, numbers_are_leased, officer_person

AT_THE_TOWNSHIP, AT_THE_COUNTY, AS_IT_IS = "10001110001", "10002220002", "10003330003"


def test_both_sides_of_a_cut_line_go_on(offices: Offices) -> None:
    province = offices.province
    numbers_are_leased(province)
    case = case_up_to(province, "waive-rights", "涉嫌在河道管理范围内倾倒渣土案")
    record = officer_person(province, OFFICER)
    officer = offices.seat(OFFICER)
    librarian, county_librarian = offices.seat(TOWNSHIP_LIBRARIAN), offices.seat(COUNTY_LIBRARIAN)
    officer.looks_at(case)
    officer.sees_line("up")

    province.cut(TOWNSHIP)
    officer.sees_line("down")
    officer.take(case, "submit-review")
    librarian.changes_record(record, "phone", AT_THE_TOWNSHIP)
    county_librarian.changes_record(record, "phone", AT_THE_COUNTY)
    assert not Desk(province, REVIEWER).holds(case, "submit-review")

    province.mend(TOWNSHIP)
    officer.sees_line("up", seconds=120)
    reviewer = offices.seat(REVIEWER)
    reviewer.sees_work("waiting", case)

    values = librarian.sees_conflict(record, seconds=120)
    assert AT_THE_TOWNSHIP in values and AT_THE_COUNTY in values
    assert TOWNSHIP_LIBRARIAN.name in values and COUNTY_LIBRARIAN.name in values
    librarian.chooses(AS_IT_IS, reason="已电话核实，两处均有误。")
    county_librarian.go(f"/officers/{OFFICER.certificate}")
    county_librarian.browser.wait_for('[data-value="phone"]', AS_IT_IS, seconds=60)
    assert SECOND.name in officer.looks_at(case)
