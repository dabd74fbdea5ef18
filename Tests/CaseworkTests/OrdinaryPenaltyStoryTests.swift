import Ledger
import Libraries
import Testing

@testable import Casework

/// The ordinary penalty from the first clue to the sealed file, and everything that may happen on the way.
@Suite struct OrdinaryPenaltyStoryTests {
    private let procedure: Procedure

    init() throws { procedure = try ShippedProcedures.read("ordinary-penalty") }

    /// Up to the end of the investigation, with a draft over this fine.
    private func investigated(fine: Int64, heavy: Bool = false) throws -> CaseStory {
        let story = try CaseStory(procedure)
        try story.take(
            "clue",
            facts: [
                "title": .text("擅自倾倒生活垃圾案"), "source": .text("inspection"), "place": .text("棠下镇中心大道"),
                "violated-on": .text("2026-02-27"),
            ])
        try story.take(
            "file",
            facts: [
                "item": .text("item-1"), "party": .text("某某保洁有限公司"), "party-kind": .text("legal"),
                "facts": .text("将生活垃圾倾倒于河涌边"),
            ])
        try story.take("approve-filing", "approved")
        try story.take("show-identity")
        try story.take("show-certificate")
        try story.take("tell-rights")
        try story.take("survey")
        try story.take("inquire")
        try story.take(
            "end-investigation",
            facts: [
                "draft-decision": .text("罚款"), "fine-fen": .integer(fine), "heavy-penalty": .boolean(heavy),
            ])
        return story
    }

    private func served(_ story: CaseStory) throws {
        try story.take(
            "serve",
            facts: [
                "service-way": .text("direct"), "served-on": .text(story.now.day.description),
            ])
    }

    private func finish(_ story: CaseStory) throws {
        try story.take("close")
        try story.take("archive")
        guard case .ended(let ending, _) = story.assess().standing else {
            Issue.record("the case has not ended: \(story.assess().standing)")
            return
        }
        #expect(ending.chinese == "结案归档")
        #expect(story.assess().steps.allSatisfy { $0.counts })
    }

    @Test func `a small fine runs from the first clue to the archive`() throws {
        let story = try investigated(fine: 200_000)
        try story.take("review-result", "penalty")
        try story.take("prior-notice")
        try story.refused("decide", saying: "五个工作日")
        story.wait(until: "2026-03-10T09:00")
        try story.take("decide", facts: ["decision-text": .text("罚款二千元")])
        try served(story)
        try story.take("publish", "published")
        try story.take("pay", facts: ["paid-fen": .integer(200_000)])
        try finish(story)
    }

    @Test func `no step can be taken before what the law puts before it`() throws {
        let story = try CaseStory(procedure)
        try story.refused("file", saying: "尚未登记案源")
        try story.refused("approve-filing", "approved", saying: "尚未呈请立案")
        try story.refused("show-identity", saying: "尚未批准立案")
        try story.refused("survey", saying: "行政处罚法第55条")
        try story.refused("survey", saying: "尚未告知当事人权利义务")
        try story.refused("decide", saying: "行政处罚法第44条")
        try story.refused("serve", saying: "尚未作出处罚决定")
        try story.refused("archive", saying: "尚未结案")
    }

    @Test func `a heavy fine goes through hearing, a returned review, its correction, discussion and instalments`()
        throws
    {
        let story = try investigated(fine: 20_000_000, heavy: true)
        try story.take("review-result", "penalty")
        try story.take("prior-notice")
        try story.take("ask-hearing", facts: ["hearing-requested": .boolean(true)])
        try story.refused("submit-review", saying: "听证结束后方可提交")
        try story.refused("decide", saying: "听证尚未结束")
        try story.take("hearing-notice", facts: ["hearing-at": .text("2026-03-13T09:30")])
        try story.refused("hearing", "held", saying: "不足七个工作日")
        story.wait(until: "2026-03-13T09:30")
        try story.take("hearing", "held")
        try story.take("hearing-report")
        try story.take("submit-review")
        try story.refused("decide", saying: "法制审核")
        try story.take("legal-review", "returned")
        try story.refused("decide", saying: "行政处罚法第58条")
        // Corrected: another draft, so the review has to be asked for again.
        try story.enter(["draft-decision": .text("罚款，并说明裁量理由")])
        try story.refused("legal-review", "passed", saying: "尚未提交法制审核")
        try story.take("submit-review")
        try story.take("legal-review", "passed")
        try story.refused("decide", saying: "集体讨论")
        try story.take("discuss", "agreed")
        try story.take("decide", facts: ["decision-text": .text("罚款二十万元")])
        try served(story)
        try story.take("approve-instalments", "sixty-days")
        story.wait(days: 20)
        try story.take("pay-part", facts: ["paid-fen": .integer(10_000_000)])
        story.wait(days: 20)
        try story.take("pay-part", facts: ["paid-fen": .integer(15_000_000)])
        story.wait(days: 10)
        try story.take("pay", facts: ["paid-fen": .integer(20_000_000)])
        let payment = try #require(story.assess().deadlines.first { $0.rule.id == "payment-term" })
        #expect(!payment.isOver, "paid within what was granted: \(payment.phase)")
        try story.take("publish", "published")
        try finish(story)
    }

    @Test func `a decision that falls is withdrawn from the public page within three working days`() throws {
        let story = try investigated(fine: 200_000)
        try story.take("review-result", "penalty")
        try story.take("prior-notice")
        try story.take("waive-rights")
        try story.take("decide", facts: ["decision-text": .text("罚款二千元")])
        try served(story)
        try story.take("publish", "published")
        try story.take("begin-remedy")
        story.wait(until: "2026-04-02T10:00")
        try story.take("end-remedy", "revoked", facts: ["revoked-on": .text("2026-04-02")])
        let term = try #require(story.assess().deadlines.first { $0.rule.id == "withdrawal-term" })
        // Thursday; Friday, Tuesday (清明 on Monday is no working day by the week alone here), so by the calendar of the week.
        #expect(term.due?.day == LegalDate("2026-04-07"))
        try story.take("withdraw-publicity")
        try finish(story)
    }

    @Test func `a change of the draft after the review takes the review away from the decision`() throws {
        let story = try investigated(fine: 20_000_000, heavy: true)
        try story.take("review-result", "penalty")
        try story.take("prior-notice")
        try story.take("waive-rights")
        try story.take("submit-review")
        try story.take("legal-review", "passed")
        try story.take("discuss", "agreed")
        #expect(
            try story.refusals("decide").allSatisfy { $0.says.chinese.contains("决定") || $0.says.chinese.contains("缺少") }
        )
        try story.enter(["draft-decision": .text("加重")])
        try story.refused("decide", saying: "行政处罚法第58条")
    }

    @Test func `whoever investigated reviews nothing and chairs nothing`() throws {
        let story = try investigated(fine: 20_000_000, heavy: true)
        try story.take("submit-review")
        let officer = Fixture.officer(Fixture.town, .officer, 1)
        story.office(Fixture.town).knowledge.officers[officer]?.posts.insert(.reviewer)
        let mark = StepMark(
            step: "legal-review", outcome: "passed", at: story.now, post: .reviewer, officers: [officer],
            issued: [StepMark.Issued(kind: "review-opinion", digest: "00")])
        let office = story.office(Fixture.town)
        let judge = CaseJudge(procedure: procedure, knowledge: office.knowledge)
        let found = CasePlan(procedure: procedure, knowledge: office.knowledge).preview(
            mark, by: office.knowledge.officers[officer]?.record, acting: office.acting(.reviewer, [officer]),
            in: office.history, judge: judge)
        #expect(found.contains { $0.says.chinese.contains("不得办理本环节") })
    }

    @Test func `guidance says what is next and asks for what is missing`() throws {
        let story = try CaseStory(procedure)
        let first = story.assess()
        #expect(first.stage.id == "source")
        #expect(first.next.filter(\.isPossible).map(\.rule.id) == ["clue"])
        #expect(first.next.first?.asks.contains { $0.id == "title" } == true)
        #expect(first.next.first { $0.rule.id == "file" }?.missing.first?.articles == ["行政处罚法第54条"])
    }
}
