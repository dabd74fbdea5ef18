import Ledger
import Libraries
import Testing

@testable import Casework

/// Seizures, and cases that go to the police.
@Suite struct MeasureStories {
    // MARK: Coercion

    private func proposed(urgent: Bool = false) throws -> CaseStory {
        let story = try CaseStory.of("coercive-measure")
        try story.take(
            "propose",
            facts: [
                "title": .text("扣押违法运输车辆"), "item": .text("item-1"), "place": .text("棠下镇江边"),
                "party": .text("某运输户"), "facts": .text("正在倾倒固体废物"), "urgent": .boolean(urgent),
            ])
        return story
    }

    private func seized(_ story: CaseStory) throws {
        try story.take("show-identity")
        try story.take("show-certificate")
        try story.refuses("hear", saying: "尚未告知当事人权利", by: "行政强制法第18条")
        try story.enter(["party-absent": .boolean(true)])
        try story.refuses("tell-rights", saying: "须邀请见证人", by: "行政强制法第18条")
        try story.take("tell-rights", facts: ["witness": .text("李某")])
        try story.take("hear", "nothing")
        try story.enter(["seized-list": .text("货车一辆"), "keeper": .text("镇停车场")])
        try story.refuses("seize", saying: "生活必需品", by: "行政强制法第23条")
        try story.take("seize", facts: ["not-necessities": .boolean(true)])
    }

    @Test func `a seizure stands thirty days, stands still for its test, is lengthened once and released`() throws {
        let story = try proposed()
        try story.refuses("show-identity", saying: "须先经行政机关负责人批准", by: "行政强制法第18条")
        try story.take("approve", "approved")
        try seized(story)
        try story.expectDue("seizure-term", "2026-04-01")
        try story.expectDue("publicity-term", "2026-03-30")
        try story.take("publish", "published")
        story.wait(until: "2026-03-10T09:00")
        try story.take("begin-test", facts: ["test-days": .integer(10)])
        try story.refuses("release", saying: "检测鉴定结果尚未收到", by: "行政强制法第25条")
        guard case .paused = try story.state("seizure-term").phase else {
            Issue.record("the time of a test does not count")
            return
        }
        story.wait(until: "2026-03-20T09:00")
        try story.take("end-test")
        // Ten days stood still, and the eleventh of April is a Saturday.
        try story.expectDue("seizure-term", "2026-04-13")
        try story.take("extend", "approved", facts: ["extension-reason": .text("案情复杂")])
        try story.expectDue("seizure-term", "2026-05-11")
        story.wait(until: "2026-04-20T09:00")
        try story.take("release", facts: ["handling": .text("returned")])
        try story.expectOver("seizure-term", false)
        try story.take("archive")
        story.expectEnd("强制措施办结归档")
    }

    @Test func `an emergency is reported within twenty-four hours and approved afterwards`() throws {
        let story = try proposed(urgent: true)
        try seized(story)
        let at = try story.last("seize").taken.mark.at
        let due = try #require(LegalMoment(minutesSince1970: at.minutesSince1970 + 24 * 60))
        try story.expectDue("urgent-report", due.description)
        try story.take("publish", "published")
        try story.take("release", facts: ["handling": .text("returned")])
        try story.refuses("archive", saying: "紧急实施后尚未报告", by: "行政强制法第19条")
        story.wait(until: "2026-03-03T12:00")
        try story.expectOver("urgent-report")
        try story.take("report-urgent")
        try story.refuses("archive", saying: "尚未补办批准手续", by: "行政强制法第19条")
        try story.take("approve", "approved")
        try story.take("archive")
        story.expectEnd("强制措施办结归档")
    }

    @Test func `what was refused is dropped before anything was done, and never after`() throws {
        let story = try proposed()
        try story.take("approve", "refused")
        try story.take("drop")
        story.expectEnd("不采取强制措施")
        let urgent = try proposed(urgent: true)
        try seized(urgent)
        try urgent.take("report-urgent")
        try urgent.take("approve", "refused")
        try urgent.refuses("drop", saying: "须作解除决定", by: "行政强制法第28条")
        urgent.wait(until: "2026-04-02T09:00")
        try urgent.expectOver("seizure-term")
        try urgent.enter(["extension-reason": .text("复杂")])
        try urgent.refuses("extend", "approved", saying: "已届满，不能延长", by: "行政强制法第25条")
    }

    @Test func `who took the case over releases what was seized, and what was seized behind his back does not count`()
        throws
    {
        let story = try proposed()
        try story.take("approve", "approved")
        try seized(story)
        story.grant(to: Fixture.county)
        try story.enter(["handling": .text("returned")], at: Fixture.county)
        story.sync()
        try story.refuses("release", saying: "其他单位承办", by: "行政强制法第28条")
        try story.take("release", at: Fixture.county)
        try story.take("publish", "published", at: Fixture.county)
        try story.take("archive", as: .clerk, at: Fixture.county)
        story.expectEnd("强制措施办结归档")
    }

    // MARK: To the police

    private func approved(_ outcome: String = "approved") throws -> CaseStory {
        let story = try CaseStory.of("transfer-to-police", begins: "2026-03-05T09:00")
        try story.take(
            "set-up-group",
            facts: ["title": .text("污染环境案"), "item": .text("item-1"), "party": .text("某厂")])
        try story.take("report", facts: ["facts": .text("倾倒危险废物三吨以上"), "suspected-crime": .text("污染环境罪")])
        // Plain days: Sunday the eighth, and so the Monday.
        try story.expectDue("approval-term", "2026-03-09")
        try story.take("approve", outcome)
        return story
    }

    private func transferred() throws -> CaseStory {
        let story = try approved()
        let at = try story.last("approve").taken.mark.at
        let due = try #require(LegalMoment(minutesSince1970: at.minutesSince1970 + 24 * 60))
        try story.expectDue("transfer-term", due.description)
        try story.enter([
            "has-transfer-letter": .boolean(true), "has-report": .boolean(true), "has-list": .boolean(false),
            "has-appraisal": .boolean(true), "police-organ": .text("蓬江公安分局"),
        ])
        try story.refuses("transfer", saying: "移送材料不齐", by: "行政执法机关移送涉嫌犯罪案件的规定第6条")
        try story.take("transfer", facts: ["has-list": .boolean(true)])
        try story.refuses("police-decision", "filed", saying: "公安机关尚未签收", by: "行政执法机关移送涉嫌犯罪案件的规定第7条")
        try story.take("receive", facts: ["received-on": .text("2026-03-05")])
        try story.expectDue("police-term", "2026-03-09")
        return story
    }

    @Test func `a case that the police file is handed over with all that belongs to it`() throws {
        let story = try transferred()
        story.wait(until: "2026-03-09T10:00")
        try story.take("police-decision", "filed", facts: ["police-document": .text("蓬公立字〔2026〕8号")])
        try story.expectDue("hand-over-term", "2026-03-12")
        try story.refuses("archive", "transferred", saying: "物品材料尚未移交", by: "行政执法机关移送涉嫌犯罪案件的规定第12条")
        try story.take("hand-over")
        try story.take("archive", "transferred")
        story.expectEnd("移送公安机关办结")
        #expect(story.assess().deadlines.allSatisfy { !$0.isOver })
    }

    @Test func `a refusal of the police may be looked at again within three days, and no later`() throws {
        let story = try transferred()
        try story.take("police-decision", "refused", facts: ["police-document": .text("蓬公不立字〔2026〕2号")])
        try story.expectDue("reconsideration-term", "2026-03-09")
        let late = try transferred()
        try late.take("police-decision", "refused", facts: ["police-document": .text("蓬公不立字〔2026〕2号")])
        late.wait(until: "2026-03-10T09:00")
        try late.refuses("ask-reconsideration", saying: "三日", by: "行政执法机关移送涉嫌犯罪案件的规定第9条")
        try late.take("supervise")
        try late.take("archive", "returned")
        late.expectEnd("公安机关不予立案，依法作行政处理")
        story.wait(until: "2026-03-09T17:00")
        try story.take("ask-reconsideration")
        try story.take("reconsidered", "filed")
        try story.expectDue("late-hand-over-term", "2026-03-12")
        try story.take("hand-over")
        try story.take("archive", "transferred")
        story.expectEnd("移送公安机关办结")
    }

    @Test func `a case that is kept says why`() throws {
        let story = try approved("refused")
        try story.refuses("keep", saying: "须将理由记录在案", by: "行政执法机关移送涉嫌犯罪案件的规定第5条")
        try story.take("keep", facts: ["refusal-reason": .text("未达立案追诉标准")])
        story.expectEnd("不予移送")
    }

    @Test func `the police signed while the office was cut off, and the clerk who knows of it goes on`() throws {
        let story = try approved()
        try story.enter([
            "has-transfer-letter": .boolean(true), "has-report": .boolean(true), "has-list": .boolean(true),
            "has-appraisal": .boolean(true), "police-organ": .text("蓬江公安分局"),
        ])
        try story.take("transfer")
        _ = story.office(Fixture.county)
        try story.take("receive", as: .clerk, at: Fixture.county, facts: ["received-on": .text("2026-03-05")])
        try story.refuses("police-decision", "filed", saying: "尚未签收", by: "行政执法机关移送涉嫌犯罪案件的规定第7条")
        story.sync()
        story.wait(until: "2026-03-10T09:00")
        try story.expectOver("police-term")
        try story.take("police-decision", "filed", facts: ["police-document": .text("蓬公立字〔2026〕9号")])
        story.sync()
        story.expectAlike()
    }
}
