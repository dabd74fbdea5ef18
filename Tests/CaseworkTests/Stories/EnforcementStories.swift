import Divisions
import Lattice
import Ledger
import Libraries
import Testing

@testable import Casework

/// Penalties on the spot, and inspections by lot.
@Suite struct EnforcementStories {
    // MARK: On the spot

    /// Up to the facts found at the scene.
    private func found(
        kind: String = "citizen", clear: Bool = true, violated: String = "2026-03-02",
        begins: String = "2026-03-02T09:00"
    ) throws -> CaseStory {
        let story = try CaseStory.of("simple-penalty", begins: begins)
        try story.take(
            "show-identity",
            facts: [
                "title": .text("乱丢垃圾"), "place": .text("棠下镇文化广场"), "violated-on": .text(violated),
            ])
        try story.take("show-certificate")
        try story.refuses("survey", saying: "尚未告知当事人权利义务", by: "行政处罚法第44条")
        try story.take("tell-rights")
        try story.enter([
            "item": .text("item-1"), "party": .text("张某"), "party-kind": .text(kind), "facts": .text("随地丢弃垃圾"),
            "facts-clear": .boolean(clear),
        ])
        return story
    }

    @Test func `a small fine on the spot is decided, collected, handed in, published and filed`() throws {
        let story = try found(begins: "2026-03-06T09:00")
        try story.take("survey", "simple")
        try story.refuses("decide", saying: "尚未听取当事人陈述申辩", by: "行政处罚法第45条")
        try story.take("defend", "nothing", facts: ["fine-fen": .integer(5_000), "penalty-kinds": .text("fine")])
        try story.take("decide", facts: ["decision-text": .text("罚款五十元")])
        try story.expectDue("report-term", "2026-03-10")
        try story.expectDue("publicity-term", "2026-03-17")
        // The fifteenth day after Friday the 6th is a Saturday, so the term ends with the Monday.
        try story.expectDue("payment-term", "2026-03-23")
        try story.expectDue("review-right", "2026-05-06")
        try story.expectDue("suit-term", "2026-09-07")
        try story.take("report")
        try story.take("collect", facts: ["paid-fen": .integer(5_000)])
        try story.expectDue("hand-in-term", "2026-03-10")
        try story.refuses("pay", saying: "当场收缴的罚款尚未上交", by: "行政处罚法第71条")
        try story.take("hand-in")
        try story.take("pay")
        try story.refuses("close", saying: "处罚决定尚未公示", by: "广东省行政执法公示办法第21条")
        try story.take("publish", "published")
        try story.refuses("archive", saying: "案件尚未结案", by: "行政处罚法第47条")
        try story.take("close")
        try story.take("archive")
        story.expectEnd("结案归档")
        #expect(story.assess().deadlines.allSatisfy { !$0.isOver })
    }

    @Test(arguments: [("citizen", 20_000 as Int64, "二百元"), ("legal", 300_000, "三千元"), ("other", 300_000, "三千元")])
    func `what is above the bound of the law goes the ordinary way`(kind: String, most: Int64, bound: String) throws {
        let story = try found(kind: kind)
        try story.take("survey", "simple")
        try story.take("defend", "rejected", facts: ["fine-fen": .integer(most + 1)])
        try story.enter(["decision-text": .text("罚款")])
        try story.refuses("decide", saying: bound, by: "行政处罚法第51条")
        try story.enter(["fine-fen": .integer(most)])
        #expect(try story.refusals("decide").isEmpty)
        try story.take("decide")
        try story.refuses("collect", saying: "罚款超过一百元", by: "行政处罚法第68条")
        try story.take("collect", facts: ["remote": .boolean(true)])
    }

    @Test func `facts that are not plain are no matter for the spot, and a case two years old is none at all`() throws {
        let unclear = try found(clear: false)
        try unclear.take("survey", "simple")
        try unclear.take("defend", "nothing")
        try unclear.enter(["decision-text": .text("警告")])
        try unclear.refuses("decide", saying: "违法事实不确凿", by: "行政处罚法第51条")
        let ordinary = try found()
        try ordinary.take("survey", "ordinary")
        ordinary.expectEnd("转普通程序")
        let old = try found(violated: "2024-02-28")
        try old.refuses("survey", saying: "追责时效", by: "行政处罚法第36条")
        // 29 February 2024 and two years end on Saturday the 28th, a day that was worked.
        let last = try found(violated: "2024-02-29", begins: "2026-02-28T16:00")
        try last.expectDue("limitation", "2026-02-28")
        try last.take("survey", "simple")
    }

    // MARK: By lot

    private func inspected(_ outcome: String, _ facts: [String: Value] = [:]) throws -> CaseStory {
        let story = try CaseStory.of("inspection")
        try story.refuses("show-identity", saying: "检查尚未批准", by: "优化营商环境条例第54条")
        try story.take(
            "approve-plan",
            facts: [
                "title": .text("固废双随机抽查"), "source": .text("random"), "item": .text("item-1"),
                "plan-no": .text("2026-3"),
            ])
        try story.refuses("show-identity", saying: "须先随机抽取", by: "优化营商环境条例第54条")
        try story.take("draw", facts: ["draw-record": .text("种子 7，名单 120 户"), "party": .text("某厂")])
        try story.take("show-identity")
        try story.refuses("tell-rights", saying: "当事人有权拒绝检查", by: "行政处罚法第55条")
        try story.take("show-certificate")
        try story.take("tell-rights")
        try story.enter(["facts": .text("台账不全"), "result-text": .text("责令改正")].merging(facts) { $1 })
        try story.take("inspect", outcome)
        return story
    }

    @Test func `a random check ends with its correction seen and its result public`() throws {
        let story = try inspected("to-correct")
        try story.expectDue("publicity-term", "2026-03-30")
        try story.refuses("order-correction", saying: "改正期限", by: "行政处罚法第28条")
        try story.take("order-correction", facts: ["correction-due": .text("2026-03-16")])
        try story.take("publish", "published")
        try story.refuses("archive", saying: "责令改正的事项尚未复查", by: "行政处罚法第28条")
        story.wait(until: "2026-03-17T09:00")
        try story.expectDue("recheck-term", "2026-03-23")
        try story.take("recheck", "corrected")
        try story.take("archive")
        story.expectEnd("检查完毕归档")
    }

    @Test func `what was not put right becomes a case before the inspection is filed`() throws {
        let story = try inspected("to-correct")
        try story.take("order-correction", facts: ["correction-due": .text("2026-03-16")])
        story.wait(until: "2026-03-24T09:00")
        try story.expectOver("recheck-term")
        try story.take("recheck", "uncorrected")
        try story.take("publish", "published")
        try story.refuses("archive", saying: "尚未转立案", by: "行政处罚法第76条")
        try story.take("hand-over")
        try story.take("archive")
        story.expectEnd("检查完毕归档")
    }

    @Test func `a clean result needs no more than to be published`() throws {
        let story = try inspected("passed")
        try story.refuses("hand-over", saying: "不需要立案", by: "行政处罚法第54条")
        try story.take("publish", "withheld")
        try story.take("archive")
        story.expectEnd("检查完毕归档")
    }

    @Test func `the item must be the office's own`() throws {
        let story = try CaseStory.of("inspection") { $0.items["item-1"]?.levels = [.county] }
        try story.enter(["title": .text("检查"), "source": .text("key"), "item": .text("item-1")])
        try story.refuses("approve-plan", saying: "该事项由县级行使，本级未获下放", by: "行政处罚法第24条")
    }

    @Test func `two draws without a line between them leave one list to be confirmed`() throws {
        let story = try CaseStory.of("inspection")
        try story.take(
            "approve-plan",
            facts: ["title": .text("联合抽查"), "source": .text("random"), "item": .text("item-1")])
        _ = story.office(Fixture.county)
        try story.take("draw", facts: ["draw-record": .text("种子 7"), "party": .text("甲厂")])
        try story.take(
            "draw", as: .clerk, at: Fixture.county, facts: ["draw-record": .text("种子 8"), "party": .text("乙厂")])
        story.sync()
        story.expectAlike()
        let draws = story.assess().steps.filter { $0.taken.mark.step == "draw" }
        #expect(draws.count == 2 && draws.allSatisfy(\.counts))
        #expect(story.office(Fixture.town).history.view["party"]?.values.count == 2, "both lists are shown")
        try story.take("show-identity")
    }
}
