import Divisions
import Ledger
import Libraries
import Testing

@testable import Casework

/// What villagers decide themselves: their compact, and who stands on its board.
@Suite struct VillageStories {
    // MARK: The compact

    private func drafted() throws -> CaseStory {
        let story = try CaseStory.of("village-compact")
        try story.take(
            "draft",
            facts: [
                "title": .text("某村村规民约"), "village": .text("440703100"), "edition": .integer(3),
                "code-text": .text("红白事不超过十桌"),
            ])
        try story.take("comment")
        return story
    }

    /// Commented, reviewed, called and voted, from the day of the round of comments on.
    private func adopted(_ story: CaseStory) throws {
        try story.expectDue("comment-term", "2026-03-12")
        story.wait(until: "2026-03-12T20:00")
        try story.enter(["comment-summary": .text("采纳三条")])
        try story.refuses("end-comment", saying: "不足十日", by: "村民委员会组织法第21条")
        try story.refuses("call-meeting", saying: "尚未通过合法性审核", by: "村民委员会组织法第27条")
        story.wait(until: "2026-03-13T09:00")
        try story.take("end-comment")
        try story.take("legality-review", "passed")
        try story.take("call-meeting")
        try story.expectDue("notice-term", "2026-03-23")
        story.wait(until: "2026-03-23T19:00")
        try story.enter(["adults": .integer(800), "quorum": .boolean(true)])
        try story.refuses("vote", "adopted", saying: "会议通知不足十天", by: "村民委员会组织法第21条")
        story.wait(until: "2026-03-24T19:00")
        try story.take("vote", "adopted", figures: ["present": 450, "in-favour": 400])
        try story.enter(["in-force-from": .text("2026-04-01")])
        try story.refuses("adopt", saying: "未经到会人员过半数同意", by: "村民委员会组织法第22条")
        try story.take("adopt", facts: ["majority": .boolean(true)])
        try story.expectDue("filing-term", "2026-04-03")
    }

    @Test func `a compact is drafted, commented on, reviewed, voted, filed and made public`() throws {
        let story = try drafted()
        try adopted(story)
        try story.refuses("examine-filing", "filed", saying: "尚未报送备案", by: "村民委员会组织法第27条")
        try story.take("file-with-township")
        try story.expectDue("examine-term", "2026-04-15")
        try story.take("examine-filing", "filed")
        try story.take("publish")
        story.expectEnd("备案公布")
        #expect(story.assess().tallies["in-favour"] == 400)
    }

    @Test func `a text that the township has corrected is commented on and voted on again before it is filed`() throws {
        let story = try drafted()
        try adopted(story)
        try story.take("file-with-township")
        try story.take("examine-filing", "corrected", facts: ["order-reason": .text("设定了罚款")])
        try story.enter(["code-text": .text("红白事不超过十桌，不罚款")])
        for step in ["examine-filing", "publish"] {
            try story.refuses(step, saying: "当前文本", by: "村民委员会组织法第27条")
        }
        try story.refuses("vote", "adopted", saying: "须重新通知", by: "村民委员会组织法第21条")
        try story.take("draft")
        try story.take("comment")
        story.wait(until: "2026-04-07T09:00")
        try story.take("end-comment")
        try story.take("legality-review", "passed")
        try story.take("call-meeting")
        story.wait(until: "2026-04-20T19:00")
        try story.take("vote", "adopted", figures: ["present": 500, "in-favour": 460])
        try story.take("adopt")
        try story.take("file-with-township")
        try story.take("examine-filing", "filed")
        try story.take("publish")
        story.expectEnd("备案公布")
    }

    @Test func `a jurist of the county passes a text that the village changes meanwhile`() throws {
        let story = try drafted()
        story.wait(until: "2026-03-13T09:00")
        try story.take("end-comment", facts: ["comment-summary": .text("无")])
        _ = story.office(Fixture.county)
        try story.take("legality-review", "passed", at: Fixture.county)
        try story.enter(["code-text": .text("不参加会议的罚五十元")])
        story.sync()
        story.expectAlike()
        try story.refuses("call-meeting", saying: "当前文本尚未通过合法性审核", by: "村民委员会组织法第27条")
    }

    // MARK: The board

    private func nominated(_ board: String, minor: Bool = false) throws -> CaseStory {
        let story = try CaseStory.of("village-board")
        try story.enter([
            "title": .text("乱搭乱建"), "board": .text(board), "village": .text("440703100"), "clause": .text("第七条"),
            "deed": .text("占道搭棚"), "is-minor": .boolean(minor),
        ])
        return story
    }

    private func posted(_ board: String) throws -> CaseStory {
        let story = try nominated(board)
        try story.take("nominate")
        try story.refuses("verify", "confirmed", saying: "不得办理本环节", by: "村民委员会组织法第27条")
        try story.take("verify", "confirmed", number: 2)
        try story.enter(["board-text": .text("某户占道搭棚")])
        if board == "black" {
            try story.take("tell-household")
            try story.expectDue("statement-term", "2026-03-09")
            try story.refuses(
                "appraise", "agreed", number: 2, saying: "本人说明期（五个工作日）未满", by: "个人信息保护法第17条")
            story.wait(until: "2026-03-10T09:00")
        }
        try story.take("appraise", "agreed", number: 2, figures: ["in-favour": 21])
        try story.enter(["board-text": .text("某户占道搭棚，电话13800000000")])
        try story.refuses("post", saying: "同意后有改动", by: "村民委员会组织法第27条")
        try story.take("appraise", "agreed", number: 2, figures: ["in-favour": 22])
        try story.take("post")
        return story
    }

    @Test func `a black entry comes down by itself after a month`() throws {
        let story = try posted("black")
        try story.expectDue("black-expiry", "2026-04-10")
        story.wait(until: "2026-04-10T23:00")
        #expect(story.assess().standing == .open)
        story.wait(until: "2026-04-11T00:00")
        story.expectEnd("黑榜到期自动撤榜")
    }

    @Test func `a red entry stands for six months, and no longer`() throws {
        let story = try posted("red")
        try story.expectDue("red-expiry", "2026-09-02")
        story.wait(until: "2026-09-03T00:00")
        story.expectEnd("红榜到期自动撤榜")
    }

    @Test func `an appeal is answered by the township in five working days, and what is wrong comes down`() throws {
        let story = try posted("black")
        try story.enter(["appeal-text": .text("棚已批准")])
        try story.take("appeal")
        try story.expectDue("appeal-term", "2026-03-17")
        _ = story.office(Fixture.county)
        try story.refuses(
            "rule-on-appeal", "upheld", at: Fixture.county, saying: "本环节由", by: "个人信息保护法第47条")
        try story.take("rule-on-appeal", "rejected")
        try story.take("appeal", facts: ["appeal-text": .text("附批准书")])
        try story.take("rule-on-appeal", "upheld")
        story.expectEnd("申诉成立撤榜")
    }

    @Test func `no child stands on the black board, and whoever has put it right does not either`() throws {
        let child = try nominated("black", minor: true)
        try child.refuses("nominate", saying: "未成年人不得列入黑榜", by: "未成年人保护法第4条")
        let corrected = try nominated("black")
        try corrected.take("nominate")
        try corrected.refuses("tell-household", saying: "尚未核实", by: "村民委员会组织法第27条")
        try corrected.take("verify", "confirmed", number: 2)
        try corrected.take("tell-household")
        try corrected.take("state", "corrected")
        corrected.expectEnd("已改正，不上榜")
    }

    @Test func `an appeal that reached the county while the village took the entry down ends alike everywhere`() throws
    {
        let story = try posted("black")
        _ = story.office(Fixture.county)
        try story.take("appeal", as: .clerk, at: Fixture.county, facts: ["appeal-text": .text("已拆除")])
        try story.take("take-down")
        story.sync()
        story.expectAlike()
        #expect(story.assess().steps.suffix(2).allSatisfy { $0.counts })
        story.expectEnd("改正撤榜")
    }
}
