import Ledger
import Libraries
import Testing

@testable import Casework

/// The turns that an ordinary penalty may take beside the straight way.
@Suite struct OrdinaryPenaltyPathStories {
    private func clue(
        violated: String = "2026-02-27", begins: String = "2026-03-02T09:00", harm: Bool = false,
        changing change: (inout FixtureKnowledge) -> Void = { _ in }
    ) throws -> CaseStory {
        let story = try CaseStory.of("ordinary-penalty", begins: begins, changing: change)
        try story.take(
            "clue",
            facts: [
                "title": .text("擅自倾倒生活垃圾案"), "source": .text("inspection"), "place": .text("棠下镇中心大道"),
                "violated-on": .text(violated), "endangers-life": .boolean(harm),
            ])
        try story.enter([
            "item": .text("item-1"), "party": .text("某某保洁有限公司"), "party-kind": .text("legal"), "facts": .text("倾倒"),
        ])
        return story
    }

    private func filed(
        recusal: Bool = false, changing change: (inout FixtureKnowledge) -> Void = { _ in }
    ) throws -> CaseStory {
        let story = try clue(changing: change)
        try story.take("file")
        try story.take("approve-filing", "approved")
        try story.take("show-identity")
        try story.take("show-certificate")
        try story.take("tell-rights", facts: ["recusal-raised": .boolean(recusal)])
        return story
    }

    private func noticed(_ story: CaseStory, fine: Int64 = 200_000) throws {
        try story.take("inquire")
        try story.take(
            "end-investigation",
            facts: ["draft-decision": .text("罚款"), "fine-fen": .integer(fine), "penalty-kinds": .text("fine")])
        try story.take("review-result", "penalty")
        try story.take("prior-notice")
        try story.take("waive-rights")
        try story.enter(["decision-text": .text("罚款二千元")])
    }

    private func served(on day: String = "2026-03-10") throws -> CaseStory {
        let story = try filed()
        try noticed(story)
        try story.take("decide")
        story.wait(until: "\(day)T09:00")
        try story.take("serve", facts: ["service-way": .text("direct"), "served-on": .text(day)])
        try story.take("publish", "published")
        return story
    }

    // MARK: Before the decision

    @Test func `a fine beyond its benchmark needs a reason`() throws {
        let tier = Benchmark.Tier(
            tier: 1, ordinal: 1, circumstance: "一般", standard: "一千元以上二千元以下", unit: .yuan, least: 100_000,
            most: 200_000)
        let story = try filed { knowledge in
            knowledge.benchmarks["item-1"] = Benchmark(
                set: "基准", item: "item-1", bounds: .bothIncluded, tiers: [tier])
        }
        try noticed(story, fine: 200_001)
        try story.enter(["circumstance": .integer(1)])
        try story.refuses("decide", saying: "罚款金额超出裁量基准幅度", by: "行政处罚法第34条")
        try story.enter(["fine-fen": .integer(200_000)])
        let atBound = try story.refusals("decide")
        #expect(atBound.isEmpty, "the upper bound belongs to the range: \(atBound.map(\.says))")
        try story.enter(["fine-fen": .integer(250_000)])
        try story.take("decide", facts: ["deviation-reason": .text("一年内三次")])
    }

    @Test func `a request for recusal is decided before the case is, and the inquiry goes on meanwhile`() throws {
        let story = try filed(recusal: true)
        try noticed(story)
        try story.refuses("decide", saying: "回避申请尚未决定", by: "行政处罚法第43条")
        try story.take("decide-recusal", "rejected")
        try story.take("decide")
    }

    @Test func `evidence that was registered is settled within seven working days, late but never forgotten`() throws {
        let story = try filed()
        try story.refuses("register-evidence", saying: "须先经行政机关负责人批准", by: "行政处罚法第56条")
        try story.take("approve-registration", "approved")
        try story.take("register-evidence")
        try story.expectDue("registration-term", "2026-03-11")
        try story.take("inquire")
        try story.enter(["draft-decision": .text("罚款"), "fine-fen": .integer(200_000)])
        try story.refuses("end-investigation", saying: "先行登记保存的证据尚未处理", by: "行政处罚法第56条")
        story.wait(until: "2026-03-12T09:00")
        try story.expectOver("registration-term")
        try story.take("settle-registration")
        try story.expectOver("registration-term")
        guard case .late = try story.state("registration-term").phase else {
            Issue.record("what is settled late stays late")
            return
        }
        #expect(try story.last("settle-registration").counts)
        try story.take("end-investigation")
    }

    @Test func `what was found out too late is not filed, unless it harmed somebody or was found in time`() throws {
        let late = try clue(violated: "2024-02-20")
        try late.refuses("file", saying: "追责时效", by: "行政处罚法第36条")
        let harm = try clue(violated: "2024-02-20", harm: true)
        try harm.expectOver("long-limitation", false)
        try harm.take("file")
        let found = try clue(violated: "2024-04-10")
        found.wait(until: "2026-06-01T09:00")
        try found.take("file")
        #expect(try found.last("file").counts, "from the clue on the time stands still")
    }

    @Test func `ninety days are lengthened once while they run, and not after`() throws {
        let story = try filed()
        // The ninetieth day is Sunday the 31st of May.
        try story.expectDue("decision-term", "2026-06-01")
        story.wait(until: "2026-05-20T09:00")
        guard case .nearlyDue = try story.state("decision-term").phase else {
            Issue.record("nobody is warned: \(try story.state("decision-term").phase)")
            return
        }
        try story.take("extend-term", "approved")
        try story.expectDue("decision-term", "2026-06-30")
        let late = try filed()
        late.wait(until: "2026-06-02T09:00")
        try late.refuses("extend-term", "approved", saying: "办案期限不在进行中", by: "行政处罚法第60条")
        try late.expectOver("decision-term")
        try noticed(late)
        try late.take("decide")
        #expect(try late.last("decide").counts, "a late decision is flagged, not void")
    }

    @Test func `an appraisal does not count among the ninety days`() throws {
        let story = try filed()
        story.wait(until: "2026-03-10T09:00")
        try story.take("begin-appraisal")
        story.wait(until: "2026-03-30T09:00")
        try story.take("end-appraisal")
        try story.expectDue("decision-term", "2026-06-22")
    }

    @Test(arguments: [
        ("crime", "transferred", "移送公安机关"), ("unproved", "withdrawn", "撤销立案"), ("slight", "no-penalty", "不予行政处罚"),
    ])
    func `a case that calls for no penalty ends in its own way`(result: String, way: String, ending: String) throws {
        let story = try filed()
        try story.take("inquire")
        try story.take("end-investigation", facts: ["draft-decision": .text("见报告")])
        try story.refuses("refer", way, saying: "不能转其他程序", by: "行政处罚法第57条")
        try story.take("review-result", result)
        try story.refuses("prior-notice", saying: "负责人尚未审查同意", by: "行政处罚法第57条")
        try story.take("refer", way)
        story.expectEnd(ending)
    }

    @Test func `a defence is looked into before the case is decided`() throws {
        let story = try filed()
        try story.take("inquire")
        try story.take("end-investigation", facts: ["draft-decision": .text("罚款"), "fine-fen": .integer(200_000)])
        try story.take("review-result", "penalty")
        try story.take("prior-notice")
        try story.expectDue("hearing-request-term", "2026-03-09")
        try story.take("defend", facts: ["defence-text": .text("已清理")])
        story.wait(until: "2026-03-10T09:00")
        try story.enter(["decision-text": .text("罚款"), "hearing-requested": .boolean(false)])
        try story.refuses("ask-hearing", saying: "未开始或者已过", by: "行政处罚法第64条")
        try story.refuses("decide", saying: "陈述申辩尚未复核", by: "行政处罚法第45条")
        try story.take("recheck-defence", "rejected")
        try story.take("decide")
    }

    // MARK: After the decision

    @Test func `an announcement serves after thirty days`() throws {
        let story = try filed()
        try noticed(story)
        try story.take("decide")
        try story.expectDue("service-term", "2026-03-11")
        try story.enter(["service-way": .text("announcement"), "served-on": .text("2026-04-02")])
        try story.refuses("serve", saying: "公告未满三十日", by: "民事诉讼法第95条")
        try story.take("announce-service")
        try story.expectDue("announcement-term", "2026-04-01")
        try story.expectOver("service-term", false)
        story.wait(until: "2026-04-01T09:00")
        try story.refuses("serve", saying: "公告未满三十日", by: "民事诉讼法第95条")
        story.wait(until: "2026-04-02T09:00")
        try story.take("serve")
        try story.expectDue("payment-term", "2026-04-17")
    }

    @Test func `who does not pay is charged, urged, and brought before the court within its three months`() throws {
        let story = try served()
        try story.expectDue("payment-term", "2026-03-25")
        try story.refuses("demand", saying: "缴款期限未满", by: "行政处罚法第67条")
        story.wait(until: "2026-04-14T09:00")
        try story.expectOver("payment-term")
        let state = try story.state("payment-term")
        #expect(state.rule.missed == .charges(basisPointsADay: 300, of: "fine-fen"))
        let due = try #require(state.due?.day)
        #expect(LateCharge.fen(fine: 200_000, due: due, on: story.now.day) == 120_000)
        #expect(LateCharge.fen(fine: 200_000, due: due, on: day("2026-12-01")) == 200_000, "never more than the fine")
        try story.refuses("apply-to-court", saying: "尚未催告", by: "行政强制法第54条")
        try story.take("demand")
        // Ten working days (行政强制法第69条): plain ones would end on the 24th.
        try story.expectDue("demand-term", "2026-04-28")
        story.wait(until: "2026-04-28T09:00")
        try story.refuses("apply-to-court", saying: "催告书送达未满十", by: "行政强制法第54条")
        story.wait(until: "2026-04-29T09:00")
        try story.refuses("apply-to-court", saying: "复议和诉讼期限未满", by: "行政强制法第53条")
        try story.expectDue("suit-term", "2026-09-10")
        story.wait(until: "2026-09-11T09:00")
        try story.expectDue("court-term", "2026-12-10")
        try story.take("apply-to-court")
        try story.refuses("close", saying: "罚款尚未缴清", by: "行政处罚法第66条")
        try story.take("end-execution")
        try story.take("close")
        try story.take("archive")
        story.expectEnd("结案归档")
    }

    @Test func `after nine months no court is asked any more`() throws {
        let story = try served()
        story.wait(until: "2026-04-14T09:00")
        try story.take("demand")
        story.wait(until: "2026-12-11T09:00")
        try story.refuses("apply-to-court", saying: "2026年12月10日", by: "行政强制法第53条")
    }

    @Test func `while the party sues the late charge stands still`() throws {
        let story = try served()
        story.wait(until: "2026-03-20T09:00")
        try story.take("begin-remedy")
        guard case .paused = try story.state("payment-term").phase else {
            Issue.record("payment runs on: \(try story.state("payment-term").phase)")
            return
        }
        story.wait(until: "2026-05-20T09:00")
        try story.refuses("close", saying: "复议或者诉讼尚未结束", by: "行政处罚法第73条")
        try story.take("end-remedy", "upheld")
        try story.expectDue("payment-term", "2026-05-25")
    }

    @Test func `what was ordered to be put right is looked at before the case closes`() throws {
        let story = try filed()
        try story.take("order-correction", facts: ["correction-due": .text("2026-03-12")])
        try noticed(story)
        try story.take("decide")
        try story.take("serve", facts: ["service-way": .text("direct"), "served-on": .text("2026-03-02")])
        try story.take("publish", "published")
        try story.take("pay", facts: ["paid-fen": .integer(200_000)])
        try story.refuses("close", saying: "尚未复查合格", by: "行政处罚法第28条")
        story.wait(until: "2026-03-13T09:00")
        try story.expectDue("correction-term", "2026-03-19")
        try story.take("recheck-correction", "corrected")
        try story.take("close")
        try story.take("archive")
        story.expectEnd("结案归档")
    }
}
