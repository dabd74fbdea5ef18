"""A statute is amended at the province, and the officer is told before the decision."""

from pathlib import Path

from cast import HEAD, OFFICER
from offices import Offices
from scene import AMENDED, case_up_to, numbers_are_leased, review, write_amended_statute


def test_an_amended_statute_is_told_before_the_decision(offices: Offices, tmp_path: Path) -> None:
    province = offices.province
    numbers_are_leased(province)
    case = case_up_to(province, "submit-review", "涉嫌在河道管理范围内倾倒渣土案")
    review(province, case, "passed", "事实清楚，裁量适当。")
    officer = offices.seat(OFFICER)
    assert AMENDED in officer.looks_at(case)
    assert officer.browser.count("[data-amended]") == 0

    province.root.run("import", "statutes", write_amended_statute(tmp_path / "laws"))
    amended = officer.browser.wait_for("[data-amended]", AMENDED, seconds=60)
    assert "第八条" in amended.text
    officer.follow('[data-amended] a[href^="/statutes/difference"]')
    assert officer.browser.count("del") > 0 and officer.browser.count("ins") > 0

    head = offices.seat(HEAD)
    reason = head.is_told_why_not(case, "decide")
    assert AMENDED in reason and "行政处罚法第37条" in reason
    officer.looks_at(case)
    officer.follow('[data-amended] a[href$="#fact-law-choice"]')
    officer.corrects(case, law_choice="old")
    head.looks_at(case)
    head.take(case, "decide", decision_text="处四千元罚款。")
    officer.sees_taken(case, "decide")
