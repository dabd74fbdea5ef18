import Divisions
import Ledger
import Libraries
import Testing

@testable import Casework

/// What is weighed by many: cases scored blind, rules looked at again, powers given away.
@Suite struct ReviewStories {
    /// The office whose case it is, and those above it: no other holds the file.
    private static let panels = [Fixture.town, Fixture.county, Fixture.city, Fixture.province]

    // MARK: Model and bad cases

    /// Led by the city, from above the township whose case it is.
    private func examined(_ nomination: String) throws -> CaseStory {
        let story = try CaseStory.of("case-review", opener: Fixture.city)
        try story.take(
            "nominate", at: Fixture.city,
            facts: [
                "title": .text("河涌倾倒案"), "nomination": .text(nomination), "channel": .text("supervision"),
                "case-body": .text("棠下镇综合行政执法队"), "file-digest": .text("ab12"),
            ])
        try story.expectDue("verify-term", "2026-03-16", at: Fixture.city)
        try story.refuses("examine", "passed", at: Fixture.city, saying: "线索尚未核查属实", by: "行政处罚法第75条")
        try story.take("verify-clue", "verified", at: Fixture.city)
        try story.refuses("score", at: Fixture.city, saying: "送评案卷尚未审查通过", by: "行政处罚法第75条")
        try story.take("examine", "passed", at: Fixture.city, facts: ["review-text": .text("可送评")])
        story.sync()
        try story.expectDue("score-term", "2026-03-23")
        return story
    }

    /// Six experts at each of four offices, none of which hears of the others.
    private func scored(_ story: CaseStory, _ points: (Int) -> Int64) throws -> [Int64] {
        var given: [Int64] = []
        for panel in Self.panels { _ = story.office(panel) }
        for (place, panel) in Self.panels.enumerated() {
            for expert in 1...6 {
                given.append(points(place * 6 + expert))
                try story.take("score", at: panel, number: expert, figures: ["points": given[given.count - 1]])
            }
        }
        return given
    }

    @Test func `twenty-four experts score blind at four offices that are cut off, and all count to the same mean`()
        throws
    {
        let story = try examined("good")
        let points = try scored(story) { Int64(78 + $0 * 7 % 19) }
        for panel in Self.panels {
            let tallies = story.assess(at: panel).tallies
            #expect(tallies["scores"] == 6, "nobody has seen another office's")
            #expect(tallies["mean-score"] == nil, "scores are given blind")
        }
        try story.enter(["meeting-text": .text("同意推荐"), "lessons": .text("程序规范")], at: Fixture.town)
        try story.refuses(
            "discuss", as: .supervisor, at: Fixture.town, saying: "不足二十名", by: "行政处罚法第75条")
        story.sync()
        let mean = points.reduce(0, +) / Int64(points.count)
        for division in Self.panels {
            let tallies = story.assess(at: division).tallies
            #expect(tallies["mean-score"] == mean && tallies["scores"] == 24)
            #expect(tallies["least-score"] == points.min() && tallies["most-score"] == points.max())
        }
        story.expectAlike()
        try story.refuses("score", at: Fixture.town, number: 3, saying: "不得办理本环节", by: "行政处罚法第75条")
        try story.take("discuss", at: Fixture.city)
        try story.take("designate", "designated", at: Fixture.city)
        try story.refuses("archive", at: Fixture.city, saying: "尚未通报", by: "行政处罚法第75条")
        try story.take("circulate", at: Fixture.city)
        try story.take("archive", at: Fixture.city)
        story.expectEnd("评查办结")
    }

    @Test func `a mean below eighty is no good case`() throws {
        let story = try examined("good")
        _ = try scored(story) { $0 == 1 ? 40 : 80 }
        story.sync()
        try story.take("discuss", at: Fixture.city, facts: ["meeting-text": .text("讨论")])
        try story.refuses("designate", "designated", at: Fixture.city, saying: "不足八十分", by: "行政处罚法第75条")
    }

    @Test(arguments: [
        ("fifteen-days", "2026-03-17"), ("thirty-days", "2026-04-01"), ("sixty-days", "2026-05-06"),
    ])
    func `a bad case is put right by the day that was set, and seen to be`(term: String, due: String) throws {
        let story = try examined("bad")
        _ = try scored(story) { _ in 60 }
        story.sync()
        try story.take(
            "discuss", at: Fixture.city, facts: ["meeting-text": .text("讨论"), "lessons": .text("未告知听证权")])
        try story.take("designate", "designated", at: Fixture.city)
        try story.take("circulate", at: Fixture.city)
        try story.refuses("archive", at: Fixture.city, saying: "整改尚未验收合格", by: "行政处罚法第75条")
        try story.take("order-rectification", term, at: Fixture.city, facts: ["goal": .text("补正告知程序")])
        story.sync()
        try story.expectDue(term, due)
        story.wait(until: "2026-05-07T09:00")
        try story.expectOver(term)
        try story.take("rectify", at: Fixture.town, facts: ["rectified-text": .text("已培训")])
        story.sync()
        try story.take("check-rectification", "returned", at: Fixture.city)
        story.sync()
        try story.enter(["rectified-text": .text("已培训并重新告知")], at: Fixture.town)
        story.sync()
        try story.refuses(
            "check-rectification", "passed", at: Fixture.city, saying: "尚未报告整改结果", by: "行政处罚法第75条")
        try story.take("rectify", at: Fixture.town)
        story.sync()
        try story.take("check-rectification", "passed", at: Fixture.city)
        try story.take("archive", at: Fixture.city)
        story.expectEnd("评查办结")
    }

    // MARK: Rules looked at again

    private func listed() throws -> CaseStory {
        let story = try CaseStory.of("regulation-checkup", home: Fixture.county)
        try story.take(
            "list",
            facts: [
                "title": .text("蓬江区市容管理规定"), "document-level": .text("normative"), "maker": .text("区城管局"),
                "higher-law": .text("固体废物污染环境防治法（2020修订）"),
            ])
        // The first of May begins five days off.
        try story.expectDue("self-check-term", "2026-05-06")
        return story
    }

    @Test func `a rule that takes rights is commented on, reviewed, amended and published`() throws {
        let story = try listed()
        try story.enter(["problem-text": .text("罚款幅度与上位法不一致"), "hurts-rights": .boolean(true)])
        try story.take("self-check", facts: ["finding": .text("amend")])
        try story.expectDue("review-term", "2026-03-23")
        try story.enter(["opinion-text": .text("同意修改")])
        try story.refuses("review", "passed", saying: "尚未征求意见", by: "规章制定程序条例第38条")
        try story.take("comment", facts: ["comment-summary": .text("十二条意见")])
        try story.take("expert", number: 1)
        try story.take("expert", number: 2)
        try story.take("review", "passed")
        try story.take("decide", facts: ["result-no": .text("蓬府〔2026〕4号")])
        try story.expectDue("carry-out-term", "2026-04-01")
        try story.expectDue("publicity-term", "2026-03-30")
        try story.refuses("publish", saying: "修改、废止或者解释尚未落实", by: "规章制定程序条例第39条")
        try story.take("carry-out", facts: ["reported-text": .text("已录入法规库")])
        try story.take("publish")
        story.expectEnd("体检清理办结")
        #expect(story.assess().tallies["opinions"] == 2)
    }

    @Test func `what the maker finds anew while the city reviews it is reviewed again`() throws {
        let story = try listed()
        try story.take("self-check", facts: ["problem-text": .text("过时"), "finding": .text("keep")])
        _ = story.office(Fixture.city)
        try story.take("review", "passed", at: Fixture.city, facts: ["opinion-text": .text("同意")])
        try story.take("self-check", facts: ["finding": .text("repeal")])
        story.sync()
        story.expectAlike()
        #expect(try story.last("review").doubts == [.factChanged("finding")])
        // The city sees that its word was on another finding, sets it aside and looks again.
        try story.overrule(.setAside, "review", at: Fixture.city)
        try story.refuses("decide", saying: "当前处理意见尚未审查通过", by: "法规规章备案审查条例第13条")
        try story.take("review", "passed", at: Fixture.city)
        story.sync()
        try story.take("decide")
        try story.take("carry-out", facts: ["reported-text": .text("已废止")])
        try story.take("publish")
        story.sync()
        story.expectAlike()
        #expect(
            story.assess().standing
                == .ended(Bilingual("体检清理办结", "checked and public"), at: try story.last("publish").taken.mark.at))
    }

    // MARK: Powers given

    /// Proposed by the county, and opened at the township that is to have the power.
    private func assessed(officers: Int64 = 6) throws -> CaseStory {
        let story = try CaseStory.of("delegated-powers", opener: Fixture.county)
        try story.take(
            "propose", at: Fixture.county,
            facts: [
                "title": .text("市容罚款权"), "item": .text("item-1"), "from-body": .text("区城管局"),
                "to-division": .text("440703100"), "sort": .text("given"), "needed": .text("乡镇天天遇到"),
            ])
        try story.take(
            "assess", "able", at: Fixture.county,
            facts: ["certified-officers": .integer(officers), "capacity-text": .text("能够承接")])
        return story
    }

    private func decided() throws -> CaseStory {
        let story = try assessed()
        try story.enter(["from-on": .text("2026-05-01"), "to-on": .text("2028-12-29")], at: Fixture.county)
        story.grant(to: Fixture.province)
        try story.refuses("decide", at: Fixture.province, saying: "尚未通过合法性审核", by: "行政处罚法第24条")
        try story.take("legal-review", "passed", at: Fixture.province)
        story.sync()
        try story.refuses("decide", at: Fixture.county, saying: "本环节由省", by: "行政处罚法第24条")
        try story.take("decide", at: Fixture.province)
        story.sync()
        return story
    }

    @Test func `a power is given by the province, borne by the township, looked at each year and taken back`() throws {
        let story = try decided()
        try story.expectDue("publicity-term", "2026-03-30")
        try story.refuses("take-effect", at: Fixture.town, saying: "下放决定尚未公布", by: "行政处罚法第24条")
        try story.take("publish", at: Fixture.province)
        story.sync()
        try story.refuses("take-effect", at: Fixture.town, saying: "尚未培训交接", by: "行政处罚法第24条")
        try story.take("train", at: Fixture.county, facts: ["training-text": .text("跟班两周")])
        story.sync()
        try story.refuses("take-effect", at: Fixture.county, saying: "本环节由", by: "行政处罚法第24条")
        story.wait(until: "2026-05-06T09:00")
        try story.take("take-effect", at: Fixture.town)
        story.sync()
        try story.expectDue("evaluation-term", "2027-05-06")
        story.wait(until: "2027-04-20T09:00")
        try story.take(
            "evaluate", "keep", at: Fixture.county,
            facts: ["evaluation-text": .text("办案四十件"), "cases-handled": .integer(40)])
        story.sync()
        try story.expectDue("next-evaluation-term", "2028-04-20")
        story.wait(until: "2028-04-21T09:00")
        try story.expectOver("next-evaluation-term")
        try story.take("evaluate", "revoke", at: Fixture.county)
        story.sync()
        try story.take("end", "revoked", at: Fixture.province, facts: ["to-on": .text("2028-04-30")])
        story.expectEnd("收回下放")
        #expect(story.assess().tallies["evaluations"] == 2)
    }

    @Test func `nothing is given to an office with one certified officer, and what has a last day ends with it`() throws
    {
        let story = try assessed(officers: 1)
        try story.enter(["from-on": .text("2026-05-01")], at: Fixture.county)
        story.grant(to: Fixture.province)
        try story.take("legal-review", "passed", at: Fixture.province)
        try story.refuses("decide", at: Fixture.province, saying: "不足两名", by: "行政处罚法第42条")
        try story.take("refuse", at: Fixture.province)
        story.expectEnd("不予下放")
        let term = try decided()
        term.wait(until: "2029-01-01T09:00")
        try term.expectDue("last-day", "2029-01-01")
        #expect(term.assess().standing == .open)
        term.wait(until: "2029-01-02T09:00")
        term.expectEnd("下放期满终止")
    }

    @Test func `the province gives one power while the county names another, and confirms what it decided`()
        throws
    {
        let story = try assessed()
        try story.enter(["from-on": .text("2026-05-01")], at: Fixture.county)
        story.grant(to: Fixture.province)
        try story.take("legal-review", "passed", at: Fixture.province)
        try story.take("decide", at: Fixture.province)
        try story.enter(["item": .text("item-2")], at: Fixture.county)
        story.sync()
        story.expectAlike()
        #expect(try story.last("decide").doubts.contains(.factChanged("item")))
        #expect(story.assess().next.allSatisfy { !$0.isPossible })
        try story.overrule(.confirm, "decide", at: Fixture.province)
        try story.overrule(.confirm, "legal-review", at: Fixture.province)
        #expect(story.assess().standing == .open)
        try story.take("publish", at: Fixture.province)
    }
}
