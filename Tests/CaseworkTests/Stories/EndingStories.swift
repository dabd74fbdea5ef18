import Ledger
import Libraries
import Testing

@testable import Casework

/// Cases that end without a penalty, and what leaves the public page.
@Suite struct EndingStories {
    // MARK: Filing withdrawn

    private func withdrawing(_ measures: Bool = false) throws -> CaseStory {
        let story = try CaseStory.of("withdraw-filing")
        try story.take(
            "propose",
            facts: [
                "title": .text("撤销立案"), "case-no": .text("棠综立〔2026〕5号"), "party": .text("某店"),
                "facts": .text("经查并非该店倾倒"), "ground": .text("unproved"), "measures-left": .boolean(measures),
            ])
        return story
    }

    @Test func `a filing is withdrawn after its review, its measures lifted and its party told`() throws {
        let story = try withdrawing(true)
        try story.refuses("decide", "withdrawn", saying: "撤销理由尚未审核通过", by: "行政处罚法第76条")
        try story.take("review", "passed")
        try story.refuses("decide", "withdrawn", saying: "强制措施或者登记保存尚未解除", by: "行政强制法第28条")
        try story.take("release")
        try story.take("decide", "withdrawn")
        try story.expectDue("tell-term", "2026-03-11")
        try story.refuses("archive", saying: "尚未告知当事人", by: "行政处罚法第47条")
        story.wait(until: "2026-03-12T09:00")
        try story.expectOver("tell-term")
        try story.take("tell", facts: ["told-on": .text("2026-03-12")])
        try story.take("archive")
        story.expectEnd("撤销立案归档")
    }

    @Test func `where the head refuses the case goes on`() throws {
        let story = try withdrawing()
        try story.take("review", "passed")
        try story.take("decide", "refused")
        story.expectEnd("不予撤销，原案继续办理")
    }

    @Test func `a review by the county of facts that the township changed meanwhile is none of them`() throws {
        let story = try withdrawing()
        _ = story.office(Fixture.county)
        try story.take("review", "passed", at: Fixture.county)
        try story.enter(["facts": .text("另有他人指认")])
        story.sync()
        story.expectAlike()
        try story.refuses("decide", "withdrawn", saying: "审核后又有改动", by: "行政处罚法第57条")
        try story.take("review", "passed", at: Fixture.county)
        story.sync()
        try story.take("decide", "withdrawn")
        try story.take("tell", facts: ["told-on": .text("2026-03-03")])
        try story.take("archive")
        story.expectEnd("撤销立案归档")
    }

    // MARK: No penalty

    private func slight(_ ground: String, _ facts: [String: Value] = [:]) throws -> CaseStory {
        let story = try CaseStory.of("no-penalty", begins: "2026-04-01T09:00")
        try story.enter([
            "title": .text("占道堆放"), "item": .text("item-1"), "party": .text("某店"), "party-kind": .text("citizen"),
            "facts": .text("门前堆放纸箱"), "ground": .text(ground), "draft-decision": .text("不予处罚"),
        ])
        return story
    }

    @Test func `a first slight violation that was put right ends with teaching`() throws {
        let story = try slight("first")
        try story.refuses("propose", saying: "须已及时改正", by: "行政处罚法第33条")
        try story.enter(["corrected": .boolean(true)])
        try story.refuses("propose", saying: "须查询确认没有同类违法记录", by: "行政处罚法第33条")
        try story.take("propose", facts: ["first-checked": .boolean(true)])
        // Wednesday, and Monday the sixth is a holiday.
        try story.expectDue("review-term", "2026-04-09")
        try story.take("legal-review", "passed")
        try story.enter(["draft-decision": .text("不予处罚，当场教育")])
        try story.refuses("decide", saying: "审核后又有改动", by: "行政处罚法第58条")
        try story.take("legal-review", "passed")
        try story.take("decide", facts: ["decision-text": .text("不予行政处罚")])
        try story.expectDue("service-term", "2026-04-13")
        try story.expectDue("publicity-term", "2026-04-30")
        try story.refuses("archive", saying: "决定书尚未送达", by: "行政处罚法第61条")
        try story.take("serve", facts: ["served-on": .text("2026-04-02")])
        try story.refuses("archive", saying: "尚未对当事人进行教育", by: "行政处罚法第33条")
        try story.take("teach")
        try story.take("publish", "published")
        try story.take("archive")
        story.expectEnd("不予行政处罚归档")
    }

    @Test(arguments: [
        ("no-fault", "没有主观过错须有证据", "行政处罚法第33条", "fault-evidence"),
        ("young", "须写明监护人", "行政处罚法第30条", "guardian"),
        ("ill", "须写明监护人", "行政处罚法第31条", "guardian"),
    ])
    func `every ground has its proof`(ground: String, words: String, article: String, proof: String) throws {
        let story = try slight(ground)
        try story.refuses("propose", saying: words, by: article)
        try story.take("propose", facts: [proof: .text("有")])
        try story.take("refuse")
        story.expectEnd("不适用不予处罚，原案继续办理")
    }

    @Test func `what is not proved needs no teaching`() throws {
        let story = try slight("unproved")
        try story.take("propose")
        _ = story.office(Fixture.county)
        try story.take("legal-review", "passed", at: Fixture.county)
        try story.enter(["decision-text": .text("违法事实不能成立")])
        try story.refuses("decide", saying: "尚未审核通过", by: "行政处罚法第58条")
        story.sync()
        try story.take("decide")
        try story.take("serve", facts: ["served-on": .text("2026-04-01")])
        try story.take("publish", "withheld")
        try story.take("archive")
        story.expectEnd("不予行政处罚归档")
    }

    // MARK: Publicity withdrawn

    private func ruled(_ ground: String, on day: String = "2026-04-02") throws -> CaseStory {
        let story = try CaseStory.of("withdraw-publicity", begins: "\(day)T09:00")
        try story.enter([
            "title": .text("某厂处罚案"), "case-no": .text("5"), "document-no": .text("棠综罚〔2026〕3号"),
            "ground": .text(ground), "revoked-on": .text(day),
        ])
        return story
    }

    @Test func `a changed decision leaves the page in three working days and comes back as it is now`() throws {
        let story = try ruled("changed")
        try story.refuses("find", saying: "裁判文书号", by: "广东省行政执法公示办法第24条")
        try story.take("find", facts: ["ruling-no": .text("江府复〔2026〕9号")])
        // Thursday, Friday, then the holiday of the sixth, Tuesday, Wednesday.
        try story.expectDue("withdrawal-term", "2026-04-08")
        try story.refuses("keep", saying: "必须撤回", by: "行政处罚法第48条")
        try story.enter(["taken-down-on": .text("2026-04-02")])
        try story.refuses("take-down", saying: "尚未决定撤回", by: "广东省行政执法公示办法第24条")
        try story.take("decide", facts: ["reason-text": .text("处罚决定被复议机关变更")])
        try story.take("take-down")
        try story.expectOver("withdrawal-term", false)
        try story.refuses("archive", saying: "变更后的决定尚未公示", by: "广东省行政执法公示办法第22条")
        try story.take("republish")
        try story.take("archive")
        story.expectEnd("公示撤回办结")
    }

    @Test func `what is right stays, and what is taken down late is told`() throws {
        let right = try ruled("mistake")
        try right.take("find")
        try right.take("keep")
        right.expectEnd("无须撤回，已答复")
        let late = try ruled("revoked")
        try late.take("find", facts: ["ruling-no": .text("粤07行终3号")])
        late.wait(until: "2026-04-09T09:00")
        try late.expectOver("withdrawal-term")
        try late.take("decide", facts: ["reason-text": .text("判决撤销")])
        try late.take("take-down", facts: ["taken-down-on": .text("2026-04-09")])
        try late.expectOver("withdrawal-term")
        try late.take("archive")
        late.expectEnd("公示撤回办结")
    }

    @Test func `two heads that withdraw at the same time leave one decision to be designated`() throws {
        let story = try ruled("mistake")
        try story.take("find")
        let twin = CaseOffice(Fixture.town, story.office(Fixture.town).knowledge, case: story.id, nonce: 99)
        twin.sync(with: story.office(Fixture.town))
        try story.take("decide", facts: ["reason-text": .text("公示有误")])
        let plan = CasePlan(procedure: story.procedure, knowledge: twin.knowledge)
        let mark = try story.mark("decide", at: Fixture.town, number: 2)
        let reason = try #require(story.procedure.fact("reason-text"))
        twin.write(plan.enter([(reason, [.text("内容不实")])], in: twin.history), by: mark.officers.first, at: story.now)
        twin.write([plan.take(mark, in: twin.history)], by: mark.officers.first, at: story.now)
        twin.sync(with: story.office(Fixture.town))
        let decisions = story.assess().steps.filter { $0.taken.mark.step == "decide" }
        #expect(decisions.count == 2 && decisions.allSatisfy { $0.doubts.contains(.excluded) })
        _ = story.office(Fixture.county)
        try story.overrule(.designate, "decide", at: Fixture.county)
        try story.take("take-down", facts: ["taken-down-on": .text("2026-04-03")])
        try story.take("archive")
        story.sync()
        story.expectAlike()
        guard case .ended = story.assess().standing else {
            Issue.record("not ended: \(story.assess().standing)")
            return
        }
    }
}
