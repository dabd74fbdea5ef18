"""A township officer takes an ordinary case from clue to decision; the county's reviewer returns it once."""

from cast import HEAD, OFFICER, REVIEWER, SECOND
from offices import Offices
from province import LIBRARIES
from scene import FINDINGS, PLACE, clue, filing, form_values, numbers_are_leased

PHOTOGRAPH = LIBRARIES / "evidence-scene.png"


def test_an_ordinary_case_from_clue_to_decision(offices: Offices) -> None:
    numbers_are_leased(offices.province)
    officer = offices.seat(OFFICER)
    case = officer.open_case("44990000000001", "涉嫌在河道管理范围内倾倒渣土案", SECOND)
    officer.take(case, "clue", **form_values(clue("涉嫌在河道管理范围内倾倒渣土案")))
    officer.try_to_take(case, "file", OFFICER, **form_values(filing()))
    assert "行政处罚法第42条" in officer.is_refused()
    officer.take(case, "file", SECOND, **form_values(filing()))

    head = offices.seat(HEAD)
    head.sees_work("waiting", case)
    head.take(case, "approve-filing", outcome="approved")
    officer.sees_taken(case, "approve-filing")

    officer.take(case, "show-identity", SECOND)
    officer.take(case, "show-certificate", SECOND)
    officer.take(case, "tell-rights", SECOND, recusal_raised="false")
    officer.attaches(case, PHOTOGRAPH, recording="survey", place=PLACE, caption="现场照片")
    officer.take(case, "survey", SECOND)
    officer.take(case, "inquire", SECOND)
    officer.take(case, "end-investigation", SECOND, **form_values(FINDINGS))
    head.take(case, "review-result", outcome="penalty")
    officer.take(case, "prior-notice", SECOND)
    officer.take(case, "waive-rights")
    officer.take(case, "submit-review")

    reviewer = offices.seat(REVIEWER)
    reviewer.sees_work("waiting", case)
    reviewer.take(case, "legal-review", outcome="returned", **{"detail.opinion": "未写明裁量理由，请补充。"})
    officer.sees_work("returned", case)
    assert "未写明裁量理由" in officer.looks_at(case)

    officer.corrects(case, draft_decision="责令改正，处四千元罚款：已当场清理，故在该档内从轻。")
    officer.take(case, "submit-review")
    reviewer.sees_taken(case, "submit-review", times=2)
    reviewer.take(case, "legal-review", outcome="passed", **{"detail.opinion": "事实清楚，裁量适当。"})

    head.sees_taken(case, "legal-review", times=2)
    head.take(case, "decide", decision_text="处四千元罚款，自收到本决定书之日起十五日内缴至指定银行。")
    officer.sees_taken(case, "decide")
    decision = officer.sees_document(case, "行政处罚决定书")
    assert "4,000" in decision or "四千元" in decision
    assert PLACE in decision
