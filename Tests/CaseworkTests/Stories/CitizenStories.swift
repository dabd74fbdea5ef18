import Divisions
import Lattice
import Ledger
import Libraries
import Testing

@testable import Casework

/// What people bring to an office: complaints, disputes, hardship.
@Suite struct CitizenStories {
    // MARK: Complaints

    /// Taken in by the county's hotline, which opens it at the township and sends it there, with this limit.
    private func dispatched(_ limit: String, begins: String = "2026-03-02T09:00") throws -> CaseStory {
        let story = try CaseStory.of("complaint", opener: Fixture.county, begins: begins)
        try story.take(
            "receive", at: Fixture.county,
            facts: [
                "title": .text("路灯不亮"), "sort": .text("help"), "channel": .text("phone"),
                "received-at": .text(begins), "place": .text("中心大道"),
            ])
        try story.take(
            "dispatch", at: Fixture.county,
            facts: [
                "unit": .text("棠下镇"), "unit-division": .text("440703100"), "time-limit": .text(limit),
            ])
        story.sync()
        return story
    }

    private func minutes(_ minutes: Int, after step: String, of story: CaseStory) throws -> String {
        let at = try story.last(step).taken.mark.at
        return try #require(LegalMoment(minutesSince1970: at.minutesSince1970 + minutes)).description
    }

    @Test func `a complaint without a name is objected to, ruled on, whistled for, solved and called back`() throws {
        let story = try dispatched("seven-days")
        #expect(story.office(Fixture.county).history.view["contact"] == nil)
        try story.expectDue("seven-days", "2026-03-09")
        try story.expectDue("objection-term", minutes(24 * 60, after: "dispatch", of: story))
        try story.take("object", at: Fixture.town, facts: ["objection-reason": .text("属供电部门职责")])
        story.sync()
        try story.take("rule-on-objection", "rejected", at: Fixture.county)
        story.sync()
        try story.take("accept", at: Fixture.town)
        try story.enter(["outcome-text": .text("已更换灯泡")], at: Fixture.town)
        try story.refuses("handle", "solved", at: Fixture.town, saying: "尚未联系诉求人", by: "北京市接诉即办工作条例第14条")
        try story.take("respond", at: Fixture.town)
        try story.enter(["whistle-units": .text("供电所")], at: Fixture.town)
        story.sync()
        try story.refuses("whistle", at: Fixture.county, saying: "本环节由", by: "北京市接诉即办工作条例第16条")
        try story.take("whistle", at: Fixture.town)
        try story.refuses("handle", "solved", at: Fixture.town, saying: "被吹哨的部门尚未报到", by: "北京市接诉即办工作条例第16条")
        try story.take("report-in", at: Fixture.town)
        try story.take("handle", "solved", at: Fixture.town)
        try story.refuses("close", "solved", at: Fixture.county, saying: "尚未回访", by: "北京市接诉即办工作条例第23条")
        try story.refuses("callback", "satisfied", at: Fixture.town, saying: "不得办理本环节", by: "北京市接诉即办工作条例第32条")
        story.sync()
        try story.expectDue("callback-term", "2026-03-05")
        try story.take(
            "callback", "satisfied", at: Fixture.county, figures: ["responded": 100, "solved": 100, "satisfied": 100])
        #expect(story.assess(at: Fixture.county).tallies["satisfied"] == 100)
        try story.take("close", "solved", at: Fixture.county)
        story.expectEnd("解决办结")
    }

    @Test func `each limit on a ticket has its own end`() throws {
        try dispatched("one-day").expectDue("one-day", minutes(24 * 60, after: "dispatch", of: dispatched("one-day")))
        try dispatched("fifteen-days").expectDue("fifteen-days", "2026-03-17")
        let urgent = try dispatched("two-hours")
        try urgent.expectDue("two-hours", minutes(120, after: "dispatch", of: urgent))
        urgent.wait(until: "2026-03-02T11:30")
        try urgent.expectOver("two-hours")
        #expect(try urgent.state("two-hours").rule.missed == .flagged)
        try urgent.take("accept", at: Fixture.town)
        try urgent.take("respond", at: Fixture.town)
        try urgent.take("handle", "unsolved", at: Fixture.town, facts: ["outcome-text": .text("等待配件")])
        urgent.sync()
        try urgent.expectOver("two-hours")
        try urgent.take("urge", as: .supervisor, at: Fixture.county)
        try urgent.take("callback", "dissatisfied", at: Fixture.county, figures: ["solved": 0])
        try urgent.refuses(
            "close", "tracked", at: Fixture.county, saying: "须写明原因和计划", by: "北京市接诉即办工作条例第23条")
        try urgent.take(
            "close", "tracked", at: Fixture.county, facts: ["unsolved-reason": .text("三月底到货")])
        urgent.expectEnd("挂账跟踪")
    }

    @Test func `after a day nobody objects any more, and a question is answered at once`() throws {
        let story = try dispatched("seven-days")
        story.wait(until: "2026-03-03T10:00")
        try story.enter(["objection-reason": .text("不属本镇")], at: Fixture.town)
        try story.refuses("object", at: Fixture.town, saying: "派单异议期限已过", by: "北京市接诉即办工作条例第12条")
        let question = try CaseStory.of("complaint")
        try question.enter(["answer-text": .text("周一至周五")])
        try question.refuses("answer-at-once", saying: "尚未受理登记", by: "北京市接诉即办工作条例第10条")
        try question.take(
            "receive",
            facts: [
                "title": .text("办事时间"), "sort": .text("question"), "received-at": .text("2026-03-02T09:00"),
            ])
        try question.take("answer-at-once")
        question.expectEnd("即时答复办结")
    }

    @Test func `a township signed for a ticket that was sent elsewhere meanwhile, and the city says which counts`()
        throws
    {
        let story = try dispatched("seven-days")
        _ = story.office(Fixture.city)
        try story.take("accept", at: Fixture.town)
        try story.take(
            "dispatch", at: Fixture.county,
            facts: ["unit": .text("区市政管理所"), "unit-division": .text("440703")])
        story.sync()
        story.expectAlike()
        #expect(try story.last("accept").doubts == [.factChanged("unit")])
        #expect(story.assess().standing == .waiting([.factChanged("unit")]))
        try story.overrule(.setAside, "accept", at: Fixture.city)
        #expect(story.assess().standing == .open)
        try story.take("accept", at: Fixture.county)
        try story.take("respond", at: Fixture.county)
        try story.take("handle", "solved", at: Fixture.county, facts: ["outcome-text": .text("已修复")])
        try story.refuses(
            "callback", "satisfied", at: Fixture.county, saying: "不得办理本环节", by: "北京市接诉即办工作条例第32条")
        try story.take("callback", "satisfied", at: Fixture.county, number: 2)
        try story.take("close", "solved", at: Fixture.county)
        story.sync()
        story.expectAlike()
        #expect(story.assess().tallies["dispatches"] == 2)
        #expect(story.assess().steps.filter { !$0.counts }.map(\.taken.mark.step) == ["accept"])
    }

    @Test func `what is another township's is passed on by the county and begins anew there`() throws {
        let story = try dispatched("seven-days")
        try story.take("object", at: Fixture.town, facts: ["objection-reason": .text("属荷塘镇")])
        story.sync()
        try story.take("rule-on-objection", "upheld", at: Fixture.county)
        try story.enter(["passed-to": .text("440703101")], at: Fixture.county)
        story.sync()
        try story.refuses("pass-on", at: Fixture.town, saying: "本环节由", by: "北京市接诉即办工作条例第12条")
        try story.take("pass-on", at: Fixture.county)
        story.expectEnd("已改派另行建单")
        let anew = try CaseStory.of("complaint", home: Fixture.otherTown, opener: Fixture.county)
        try anew.take(
            "receive", at: Fixture.county,
            facts: [
                "title": .text("路灯不亮"), "sort": .text("help"), "received-at": .text("2026-03-02T09:00"),
            ])
        try anew.take(
            "dispatch", at: Fixture.county,
            facts: [
                "unit": .text("荷塘镇"), "unit-division": .text("440703101"), "time-limit": .text("seven-days"),
            ])
        anew.sync()
        try anew.take("accept", at: Fixture.otherTown)
        try anew.take("respond", at: Fixture.otherTown)
        try anew.take("handle", "solved", at: Fixture.otherTown, facts: ["outcome-text": .text("已修复")])
        anew.sync()
        try anew.refuses(
            "pass-on", at: Fixture.county, saying: "不再改派", by: "北京市接诉即办工作条例第14条")
        try anew.take("callback", "satisfied", at: Fixture.county)
        try anew.take("close", "solved", at: Fixture.county)
        anew.expectEnd("解决办结")
    }

    @Test func `an office beside or below the home of a case hears nothing of it and cannot write to it`() throws {
        for (home, other) in [(Fixture.town, Fixture.otherTown), (Fixture.county, Fixture.town)] {
            let story = try CaseStory.of("complaint", home: home)
            let office = story.office(other)
            story.sync()
            #expect(office.entries.isEmpty)
            let held = story.office(home).entries.count
            try withKnownIssue {
                try story.enter(["title": .text("路灯不亮")], at: other)
            } matching: { issue in
                issue.comments.contains { $0.rawValue.contains("may not write") }
            }
            story.sync()
            #expect(office.entries.isEmpty)
            #expect(story.office(home).entries.count == held)
        }
    }

    // MARK: Disputes

    private func accepted() throws -> CaseStory {
        let story = try CaseStory.of("mediation")
        try story.take(
            "accept",
            facts: [
                "title": .text("邻里排水纠纷"), "source": .text("applied"), "party": .text("王某"),
                "other-party": .text("赵某"), "facts": .text("雨水流入邻家院内"),
            ])
        return story
    }

    private func mediated() throws -> CaseStory {
        let story = try accepted()
        try story.enter(["mediator-name": .text("陈某")])
        try story.refuses("assign", saying: "尚未取得双方同意", by: "人民调解法第17条")
        try story.take("ask-consent", "willing")
        try story.take("assign")
        try story.enter(["talk-text": .text("双方各让一步")])
        try story.refuses("mediate", "agreed", saying: "尚未告知当事人权利义务", by: "人民调解法第23条")
        try story.take("tell-rights")
        try story.take("mediate", "continued")
        return story
    }

    @Test func `a dispute is settled, confirmed by the court within thirty days, kept and filed`() throws {
        let story = try mediated()
        try story.expectDue("mediation-term", "2026-04-01")
        story.wait(until: "2026-03-10T09:00")
        try story.enter(["form": .text("written"), "agreement": .text("改道排水"), "agreed-on": .text("2026-03-10")])
        try story.refuses("agree", saying: "双方尚未达成一致", by: "人民调解法第28条")
        try story.take("mediate", "agreed")
        try story.take("agree")
        try story.expectDue("confirmation-term", "2026-04-09")
        try story.expectDue("performance-term", "2026-05-09")
        let late = try #require(LegalMoment("2026-04-10T09:00"))
        story.wait(until: "2026-04-09T16:00")
        try story.take("confirm")
        #expect(story.now < late)
        try story.take("check-performance", "kept", facts: ["performed-text": .text("已改道")])
        try story.refuses("archive", saying: "法院尚未裁定", by: "人民调解法第33条")
        try story.take("court-ruling", "valid", facts: ["court-no": .text("粤0703民特3号")])
        try story.take("archive")
        story.expectEnd("调解成功归档")
        #expect(story.assess().tallies["meetings"] == 2)
    }

    @Test func `after thirty days no court confirms it, and whoever refuses is told the other ways`() throws {
        let story = try mediated()
        try story.take("mediate", "agreed")
        try story.take(
            "agree",
            facts: [
                "form": .text("oral"), "agreement": .text("赔礼"), "agreed-on": .text("2026-03-02"),
            ])
        story.wait(until: "2026-04-02T09:00")
        try story.refuses("confirm", saying: "三十日", by: "人民调解法第33条")
        let refused = try accepted()
        try refused.take("ask-consent", "refused")
        refused.expectEnd("一方拒绝调解，已告知其他途径")
        let failed = try mediated()
        try failed.take("mediate", "failed")
        try failed.take("end-failed")
        failed.expectEnd("调解不成，终止调解")
    }

    @Test func `the county reports a dispute that grows worse while the village talks on without a line`() throws {
        let story = try mediated()
        _ = story.office(Fixture.county)
        try story.take("escalate", at: Fixture.county)
        try story.take("mediate", "agreed")
        story.sync()
        story.expectAlike()
        #expect(story.assess().standing == .open)
        #expect(story.assess().steps.allSatisfy { $0.counts && $0.doubts.isEmpty })
    }

    // MARK: Hardship

    private func applied(emergency: Bool) throws -> CaseStory {
        let story = try CaseStory.of("temporary-relief")
        try story.take(
            "accept",
            facts: [
                "title": .text("火灾救助"), "party": .text("刘某"), "hardship": .text("accident"),
                "household-size": .integer(4), "emergency": .boolean(emergency), "facts": .text("房屋烧毁"),
            ])
        return story
    }

    private func posted(_ story: CaseStory) throws {
        try story.enter(["income-fen": .integer(80_000)])
        try story.refuses("check-means", saying: "尚未授权核对", by: "社会救助暂行办法第59条")
        try story.take("check-means", as: .clerk, facts: ["authorised": .boolean(true)])
        try story.enter(["relief-fen": .integer(300_000)])
        try story.refuses("post", saying: "尚未入户调查", by: "社会救助暂行办法第48条")
        try story.take("visit")
        try story.take("post")
    }

    @Test func `relief comes first where a family cannot wait, and the papers follow`() throws {
        let story = try applied(emergency: true)
        try story.expectDue("emergency-term", minutes(24 * 60, after: "accept", of: story))
        try story.expectDue("decision-term", "2026-03-30")
        try story.take("help-first", facts: ["paid-fen": .integer(100_000), "paid-on": .text("2026-03-02")])
        try posted(story)
        try story.take("examine", "agreed")
        story.grant(to: Fixture.county)
        try story.refuses("approve", "approved", saying: "其他单位承办", by: "社会救助暂行办法第48条")
        try story.take("approve", "approved", at: Fixture.county)
        story.sync()
        try story.expectDue("payment-term", "2026-03-09")
        try story.take("pay", facts: ["paid-fen": .integer(300_000), "paid-on": .text("2026-03-04")])
        try story.take("archive")
        story.expectEnd("救助发放归档")
        #expect(story.assess().deadlines.allSatisfy { !$0.isOver })
    }

    @Test func `a sum is examined after it was posted three working days, and posted anew when it changes`() throws {
        let story = try applied(emergency: false)
        try posted(story)
        try story.expectDue("posting-term", "2026-03-05")
        story.wait(until: "2026-03-05T17:00")
        try story.refuses("examine", "agreed", saying: "公示期未满", by: "社会救助暂行办法第48条")
        story.wait(until: "2026-03-06T09:00")
        try story.enter(["relief-fen": .integer(400_000)])
        try story.refuses("examine", "agreed", saying: "须重新公示", by: "社会救助暂行办法第48条")
        try story.take("post")
        story.wait(until: "2026-03-12T09:00")
        try story.take("examine", "agreed")
        try story.refuses("approve", "refused", saying: "不得办理本环节", by: "社会救助暂行办法第48条")
        try story.take("approve", "refused", number: 2)
        try story.expectDue("review-right", "2026-05-11")
        try story.refuses("tell-refusal", saying: "不予批准的须写明理由", by: "社会救助暂行办法第48条")
        try story.take("tell-refusal", facts: ["refusal-reason": .text("收入高于标准")])
        story.expectEnd("不予救助已告知")
    }

    @Test func `a county that approves a sum which the township changes behind its back has it confirmed`() throws {
        let story = try applied(emergency: true)
        try posted(story)
        try story.take("examine", "agreed")
        story.grant(to: Fixture.county)
        try story.take("approve", "approved", at: Fixture.county)
        try story.enter(["relief-fen": .integer(900_000)])
        story.sync()
        story.expectAlike()
        #expect(try story.last("approve").doubts.contains(.factChanged("relief-fen")))
        _ = story.office(Fixture.city)
        try story.overrule(.confirm, "approve", at: Fixture.city)
        #expect(try story.last("approve").counts)
    }
}
