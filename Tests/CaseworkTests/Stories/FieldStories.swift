import Divisions
import Ledger
import Libraries
import Testing

@testable import Casework

/// Work in fields, on the water and against the clock: what is written where there is no line.
@Suite struct FieldStories {
    private let caseRecord = RecordID(
        home: Fixture.county, flow: .up, kind: "case", key: RecordKey(milliseconds: 1_772_000_000_000, chance: (3, 4)))

    private func minute(_ minutes: Int, after step: String, of story: CaseStory) throws -> String {
        let at = try story.last(step).taken.mark.at
        return try #require(LegalMoment(minutesSince1970: at.minutesSince1970 + minutes)).description
    }

    // MARK: Farmland

    private func walked() throws -> CaseStory {
        let story = try CaseStory.of("farmland-patrol")
        try story.take(
            "patrol", "found",
            facts: [
                "title": .text("占用耕地堆土"), "plot": .text("蓬江-棠下-017"), "seen-at": .text("2026-03-02T08:30"),
                "finding": .text("waste"), "facts": .text("堆放建筑垃圾"),
            ], figures: ["metres": 2_300])
        return story
    }

    private func confirmed() throws -> CaseStory {
        let story = try walked()
        try story.expectDue("verify-term", "2026-03-04T08:30")
        let alone = [Fixture.officer(Fixture.town, .officer, 1)]
        try story.refuses("verify", "confirmed", officers: alone, saying: "须有两名持证执法人员", by: "行政处罚法第42条")
        try story.take("verify", "confirmed", facts: ["area-square-metres": .integer(640)])
        return story
    }

    @Test func `a field chief's finding is verified, handed over, answered, restored and struck off`() throws {
        let story = try confirmed()
        try story.expectDue("transfer-term", "2026-03-05")
        try story.refuses("acknowledge", "filed", saying: "线索尚未移交", by: "黑土地保护法第27条")
        try story.take("stop", facts: ["party": .text("某工程队")])
        try story.take("transfer-clue", as: .clerk, facts: ["transferred-to": .text("区自然资源局")])
        try story.expectDue("acknowledge-term", "2026-03-11")
        _ = story.office(Fixture.county)
        try story.take(
            "suggest", "ordinary", facts: ["suggestion-no": .text("检建3号"), "suggested-on": .text("2026-03-02")])
        // Two months from the second of March lie in the holiday of May.
        try story.expectDue("reply-term", "2026-05-06")
        try story.take("acknowledge", "filed", at: Fixture.county, facts: ["case-ref": .record(caseRecord)])
        try story.enter(["restored-text": .text("已清运复垦")])
        try story.refuses("restore", "restored", saying: "主管部门尚未签收答复", by: "黑土地保护法第27条")
        story.sync()
        try story.take("restore", "pending")
        try story.refuses("archive", saying: "耕地尚未恢复", by: "黑土地保护法第31条")
        try story.take("restore", "restored")
        try story.refuses("archive", saying: "检察建议尚未书面回复", by: "行政诉讼法第25条")
        try story.take("reply", facts: ["reply-text": .text("已立案并恢复")])
        try story.take("archive")
        story.expectEnd("恢复销号")
        #expect(story.assess().tallies["walked-metres"] == 2_300)
    }

    @Test func `an urgent suggestion is answered in fifteen days`() throws {
        let story = try confirmed()
        try story.take(
            "suggest", "urgent", facts: ["suggestion-no": .text("检建4号"), "suggested-on": .text("2026-03-02")])
        try story.expectDue("urgent-reply-term", "2026-03-17")
        #expect(story.assess().deadlines.allSatisfy { $0.rule.id != "reply-term" })
    }

    @Test func `satellite and field chief see the same plot without a line, and both count`() throws {
        let story = try CaseStory.of("farmland-patrol")
        try story.refuses("verify", "confirmed", saying: "没有巡查发现，也没有预警", by: "黑土地保护法第20条")
        try story.enter(["title": .text("疑似占地"), "plot": .text("017"), "seen-at": .text("2026-03-02T08:00")])
        _ = story.office(Fixture.county)
        try story.take("alert", at: Fixture.county, facts: ["reading": .text("图斑 88")])
        try story.take("alert", at: Fixture.county)
        try story.take(
            "patrol", "found", facts: ["finding": .text("building"), "facts": .text("搭建工棚")], figures: ["metres": 900])
        story.sync()
        story.expectAlike()
        #expect(story.assess().tallies["alerts"] == 2)
        try story.take("verify", "false-alarm")
        story.expectEnd("误报销号")
    }

    @Test func `a walk that finds nothing is over with itself`() throws {
        let story = try CaseStory.of("farmland-patrol")
        try story.take(
            "patrol", "nothing",
            facts: [
                "title": .text("日常巡查"), "plot": .text("018"), "seen-at": .text("2026-03-02T08:30"),
                "finding": .text("nothing"),
            ], figures: ["metres": 4_000])
        story.expectEnd("巡查正常")
    }

    // MARK: Fishing ban

    /// An officer of the neighbouring township's fishery team, lent by the county for March, or not.
    private func alarmed(lent: Bool = true) throws -> CaseStory {
        let story = try CaseStory.of("fishing-ban") { knowledge in
            let duty = JointDuty(
                divisions: [Fixture.town], from: day("2026-03-01"), to: day("2026-03-31"), grantedBy: Fixture.county,
                citation: .unwritten)
            let officer = Fixture.officer(Fixture.otherTown, .officer, 1)
            if lent { knowledge.officers[officer]?.duties = [duty] }
        }
        try story.take(
            "event",
            facts: [
                "title": .text("雷达目标滞留"), "event-at": .text("2026-03-02T09:00"), "place": .text("西江 K12"),
                "ban-zone": .text("珠江禁渔期"), "fishery-team": .text("渔政一队"), "police-team": .text("水警二队"),
            ])
        try story.refuses("dispatch", saying: "警情尚未研判", by: "长江保护法第53条")
        try story.take("judge", "real")
        try story.take("dispatch")
        return story
    }

    private var team: [String] {
        [Fixture.officer(Fixture.town, .officer, 1), Fixture.officer(Fixture.otherTown, .officer, 1)]
    }

    private func boarded(_ story: CaseStory) throws {
        _ = story.office(Fixture.county)
        try story.take("respond-fishery")
        try story.take("respond-police", at: Fixture.county)
        try story.refuses("arrive", saying: "须共同出警", by: "长江保护法第53条")
        story.sync()
        for step in ["arrive", "show-identity", "show-certificate", "tell-rights"] {
            try story.take(step, officers: team)
        }
        try story.enter(["facts": .text("电鱼")])
    }

    @Test func `twenty minutes, one hour, two offices and one lent officer bring a poacher to a case`() throws {
        let story = try alarmed()
        try story.expectDue("fishery-twenty", "2026-03-02T09:20")
        try story.expectDue("police-twenty", minute(20, after: "dispatch", of: story))
        try story.expectDue("joint-hour", minute(60, after: "dispatch", of: story))
        try boarded(story)
        try story.expectOver("fishery-twenty", false)
        try story.expectOver("police-twenty", false)
        try story.expectOver("joint-hour", false)
        try story.take("inspect", "violation", officers: team, figures: ["grams": 5_400])
        try story.expectDue("hand-over-term", "2026-03-04")
        try story.refuses("close", saying: "尚未转立案、移交公安", by: "行政处罚法第54条")
        try story.enter(["case-ref": .record(caseRecord)])
        try story.refuses("hand-over", saying: "不在本单位权责清单", by: "行政处罚法第17条")
        try story.take("hand-over", facts: ["item": .text("item-1")])
        try story.take("close")
        story.expectEnd("警情办结")
        #expect(story.assess().tallies["catch"] == 5_400)
    }

    @Test func `without a grant of the common superior no stranger enforces here, nor after its last day`() throws {
        let story = try alarmed(lent: false)
        try story.take("respond-fishery")
        try story.take("respond-police")
        try story.refuses("arrive", officers: team, saying: "且无共同上级的联合执法授权", by: "行政处罚法第22条")
        let later = try alarmed()
        try later.take("respond-fishery")
        try later.take("respond-police")
        later.wait(until: "2026-04-01T09:00")
        try later.refuses("arrive", officers: team, saying: "且无共同上级的联合执法授权", by: "行政处罚法第22条")
    }

    @Test func `an answer a minute too late stays late, and a crime goes to the police`() throws {
        let story = try alarmed()
        story.wait(until: "2026-03-02T09:21")
        try boarded(story)
        try story.expectOver("fishery-twenty")
        #expect(try story.last("respond-fishery").counts, "late is no reason to stay ashore")
        try story.refuses("transfer-crime", saying: "不适用", by: "刑法第340条")
        try story.take("inspect", "crime", officers: team, facts: ["banned-method": .boolean(true)])
        try story.take("transfer-crime", officers: team)
        try story.take("help-household", facts: ["household-help": .text("结对帮联")])
        try story.take("close")
        story.expectEnd("警情办结")
    }

    @Test func `a false alarm ends with its reason`() throws {
        let story = try CaseStory.of("fishing-ban")
        try story.take(
            "event",
            facts: [
                "title": .text("漂浮物"), "event-at": .text("2026-03-02T09:00"), "place": .text("西江"),
            ])
        try story.take("judge", "false-alarm")
        story.expectEnd("误报")
    }

    // MARK: Fraud

    private func warned(_ risk: String = "high") throws -> CaseStory {
        let story = try CaseStory.of("fraud-warning")
        try story.take(
            "warn",
            facts: [
                "title": .text("疑似冒充客服"), "warned-at": .text("2026-03-02T09:00"), "risk": .text(risk),
                "grid": .text("440703100"),
            ])
        try story.take("dispatch", facts: ["team": .text("一组")])
        return story
    }

    @Test func `minutes decide, the clue is signed for, and the case closes after the call`() throws {
        let story = try warned()
        try story.expectDue("accept-term", minute(5, after: "dispatch", of: story))
        try story.expectDue("high-term", "2026-03-02T09:15")
        try story.enter(["talk-text": .text("已停止转账"), "prevented-fen": .integer(5_000_000)])
        try story.refuses("dissuade", "prevented", saying: "劝阻队尚未接单", by: "反电信网络诈骗法第34条")
        try story.take("accept", "accepted")
        try story.take("dissuade", "prevented")
        try story.expectOver("high-term", false)
        try story.expectDue("follow-up-term", "2026-03-05")
        try story.take(
            "transfer-clue",
            facts: ["receiver": .text("电信公司"), "indicator-kind": .text("number"), "indicator": .text("170…")])
        try story.expectDue("acknowledge-term", minute(30, after: "transfer-clue", of: story))
        try story.refuses("close", saying: "尚未回访", by: "反电信网络诈骗法第8条")
        try story.take("follow-up")
        try story.refuses("close", saying: "线索尚未签收", by: "反电信网络诈骗法第7条")
        story.wait(until: "2026-03-02T10:30")
        try story.expectOver("acknowledge-term")
        try story.take("acknowledge", "blocked", facts: ["ack-no": .text("K-9")])
        try story.take("close")
        story.expectEnd("预警劝阻办结")
    }

    @Test func `a team that cannot come passes it on, and money that went is stopped`() throws {
        let story = try warned("middle")
        try story.expectDue("other-term", "2026-03-02T11:00")
        try story.take("accept", "passed-on")
        try story.enter(["talk-text": .text("未见到人")])
        try story.refuses("dissuade", "lost", saying: "劝阻队尚未接单", by: "反电信网络诈骗法第34条")
        try story.take("dispatch", facts: ["team": .text("二组")])
        try story.take("accept", "accepted")
        try story.take("dissuade", "not-found")
        try story.take("follow-up")
        try story.refuses("close", saying: "尚未联系上", by: "反电信网络诈骗法第34条")
        try story.take("dissuade", "lost", facts: ["lost-fen": .integer(100_000)])
        try story.refuses("close", saying: "尚未紧急止付", by: "反电信网络诈骗法第20条")
        try story.take("stop-payment")
        try story.take("close")
        story.expectEnd("预警劝阻办结")
        #expect(story.assess().tallies["visits"] == 2)
    }

    @Test func `the city hands the clue over while the team is at the door without a line`() throws {
        let story = try warned()
        _ = story.office(Fixture.city)
        try story.take(
            "transfer-clue", at: Fixture.city,
            facts: ["receiver": .text("银行"), "indicator-kind": .text("account"), "indicator": .text("6222…")])
        try story.take("acknowledge", "blocked", at: Fixture.city, facts: ["ack-no": .text("B-1")])
        try story.take(
            "interview", at: Fixture.city,
            facts: ["interview-body": .text("某支行"), "interview-text": .text("限期整改")])
        try story.enter(["interview-body": .text("某营业厅"), "interview-text": .text("整改")])
        try story.refuses("interview", saying: "本环节由", by: "反电信网络诈骗法第28条")
        try story.take("accept", "accepted")
        try story.take("dissuade", "prevented", facts: ["talk-text": .text("已劝阻")])
        try story.take("follow-up")
        story.sync()
        story.expectAlike()
        try story.take("close")
        story.sync()
        story.expectAlike()
        #expect(story.assess().tallies["clues"] == 1)
    }
}
