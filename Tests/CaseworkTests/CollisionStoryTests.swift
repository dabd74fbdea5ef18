import Divisions
import Ledger
import Libraries
import Testing

@testable import Casework

/// What happens when two offices act in one case without a line between them: each meeting has its rule, and every
/// copy ends alike.
@Suite struct CollisionStoryTests {
    private let procedure: Procedure

    init() throws { procedure = try ShippedProcedures.read("ordinary-penalty") }

    /// A reviewed and discussed draft, ready to be decided by the township; the county has a copy.
    private func ready() throws -> CaseStory {
        let story = try CaseStory(procedure)
        try story.take(
            "clue", facts: ["title": .text("案"), "source": .text("inspection"), "violated-on": .text("2026-02-27")])
        try story.take(
            "file",
            facts: [
                "item": .text("item-1"), "party": .text("某公司"), "party-kind": .text("legal"), "facts": .text("事实"),
            ])
        try story.take("approve-filing", "approved")
        for step in ["show-identity", "show-certificate", "tell-rights", "survey"] { try story.take(step) }
        try story.take(
            "end-investigation",
            facts: [
                "draft-decision": .text("罚款"), "fine-fen": .integer(20_000_000), "review-listed": .boolean(true),
            ])
        try story.take("review-result", "penalty")
        try story.take("prior-notice")
        try story.take("waive-rights")
        try story.take("submit-review")
        return story
    }

    private func decidable() throws -> CaseStory {
        let story = try ready()
        try story.take("legal-review", "passed")
        try story.take("discuss", "agreed")
        try story.enter(["decision-text": .text("罚款二十万元")])
        _ = story.office(Fixture.county)
        return story
    }

    private func decision(_ story: CaseStory, at division: DivisionCode) throws -> JudgedStep {
        try #require(story.assess(at: division).steps.last { $0.taken.mark.step == "decide" })
    }

    @Test func `a decision without a passed review is unlawful on every node, however it got there`() throws {
        let story = try ready()
        _ = story.office(Fixture.county)
        try story.enter(["decision-text": .text("罚")])
        try story.force("decide")
        story.sync()
        for division in [Fixture.town, Fixture.county] {
            let judged = try decision(story, at: division)
            #expect(judged.isBroken && !judged.counts)
            #expect(judged.findings.contains { $0.articles == ["行政处罚法第58条"] })
        }
    }

    @Test func `a review of another text, a returned one and a stranger's carry no decision`() throws {
        let story = try ready()
        try story.take("legal-review", "passed")
        try story.take("discuss", "agreed")
        try story.enter(["draft-decision": .text("另一稿"), "decision-text": .text("罚")])
        try story.force("decide")
        #expect(try decision(story, at: Fixture.town).isBroken)
        // By an officer of another county, under his own name.
        let other = try ready()
        let stranger = Fixture.officer(Fixture.otherCounty, .reviewer)
        let office = other.office(Fixture.town)
        let plan = CasePlan(procedure: procedure, knowledge: office.knowledge)
        let mark = StepMark(
            step: "legal-review", outcome: "passed", at: other.now, post: .reviewer, officers: [stranger],
            issued: [StepMark.Issued(kind: "review-opinion", digest: "00")])
        office.write([plan.take(mark, in: office.history)], by: stranger, at: other.now)
        try other.force("discuss", "agreed")
        try other.force("decide")
        #expect(try decision(other, at: Fixture.town).isBroken)
    }

    @Test func `a decision stands on the text that was reviewed while somebody changes it elsewhere, and waits`() throws
    {
        let story = try decidable()
        try story.take("decide")
        try story.enter(["draft-decision": .text("县里改的一稿")], at: Fixture.county)
        story.sync()
        for division in [Fixture.town, Fixture.county] {
            let judged = try decision(story, at: division)
            #expect(judged.isLawful && judged.counts)
            #expect(judged.doubts == [.factChanged("draft-decision")])
            guard case .waiting = story.assess(at: division).standing else {
                Issue.record("nobody waits for the superior at \(division)")
                continue
            }
        }
        try overrule(.confirm, story, at: Fixture.county)
        #expect(try decision(story, at: Fixture.town).doubts.isEmpty)
        #expect(story.assess().standing == .open)
    }

    @Test func `of two reviewers one passes and one returns, and the decision waits for the superior`() throws {
        let story = try ready()
        _ = story.office(Fixture.county)
        try story.take("legal-review", "passed")
        try story.force("legal-review", "returned", at: Fixture.county)
        try story.take("discuss", "agreed")
        try story.take("decide", facts: ["decision-text": .text("罚")])
        story.sync()
        for division in [Fixture.town, Fixture.county] {
            let judged = try decision(story, at: division)
            #expect(judged.isLawful)
            #expect(judged.doubts.contains(.concurrent(step: "legal-review")))
        }
    }

    @Test func `a takeover that did not know of the decision sets it aside, and one that knew does not`() throws {
        for isKnown in [false, true] {
            let story = try decidable()
            try story.take("decide")
            if isKnown { story.sync() }
            let county = story.office(Fixture.county)
            let plan = CasePlan(procedure: procedure, knowledge: county.knowledge)
            let holder = (Fixture.county, county.body, [Fixture.officer(Fixture.county, .officer)])
            county.write(
                [plan.grant(holder, in: county.history)], by: Fixture.officer(Fixture.county, .supervisor),
                at: story.now)
            story.sync()
            for division in [Fixture.town, Fixture.county] {
                let judged = try decision(story, at: division)
                #expect(judged.isVoid == !isKnown)
                #expect(judged.counts == isKnown)
            }
            // From now on it is the county's to decide and to serve.
            let serve: [GateFinding] = try story.refusals("serve")
            #expect(serve.contains { $0.says.chinese.contains("其他单位承办") })
            if !isKnown {
                try story.take("decide", at: Fixture.county)
                story.sync()
                let counted = story.assess().steps.filter { $0.counts && $0.taken.mark.step == "decide" }
                #expect(counted.map(\.taken.division) == [Fixture.county])
            }
        }
    }

    @Test func `two decisions of one office that knew nothing of each other both wait until one is designated`() throws
    {
        let story = try decidable()
        let twin = CaseOffice(Fixture.town, story.office(Fixture.town).knowledge, case: story.id, nonce: 99)
        twin.sync(with: story.office(Fixture.town))
        try story.take("decide")
        let plan = CasePlan(procedure: procedure, knowledge: twin.knowledge)
        let mark = try story.mark("decide", at: Fixture.town, number: 2)
        twin.write([plan.take(mark, in: twin.history)], by: mark.officers.first, at: story.now)
        twin.sync(with: story.office(Fixture.town))
        story.sync()
        let both = story.assess(at: Fixture.county).steps.filter { $0.taken.mark.step == "decide" }
        #expect(both.count == 2 && both.allSatisfy { $0.doubts.contains(.excluded) && !$0.counts })
        #expect(try story.refusals("serve").contains { $0.says.chinese.contains("尚未作出处罚决定") })
        try overrule(.designate, story, at: Fixture.county)
        for division in [Fixture.town, Fixture.county] {
            let steps = story.assess(at: division).steps.filter { $0.taken.mark.step == "decide" }
            #expect(steps.filter(\.counts).count == 1)
            #expect(steps.filter(\.isVoid).count == 1)
            #expect(story.assess(at: division).standing == .open)
        }
    }

    @Test func `a suspension that comes to light puts the step in doubt, unless a superior had it before`() throws {
        let story = try decidable()
        let certificate = Fixture.officer(Fixture.town, .officer, 1)
        let suspended = Citation(
            dot: Dot(stream: StreamID(Digest(tag: 255, 1, 1, 1, 1)), number: 2, index: 0), check: 7)
        let stamp = Fixture.moment("2026-03-05T08:00").milliseconds
        func suspend(_ office: CaseOffice) {
            office.knowledge.officers[certificate]?.status = CertificateStatus(
                status: .suspended, since: LegalDate("2026-03-01"), stamp: stamp, citation: suspended)
        }
        let county = story.office(Fixture.county)
        story.sync()
        suspend(county)
        let judged = story.assess(at: Fixture.county).steps
        let survey = try #require(judged.first { $0.taken.mark.step == "survey" })
        #expect(survey.isLawful)
        #expect(survey.doubts == [.certificate(certificate)])
        // The parent had the step before the suspension was written: it was not made up afterwards.
        for step in judged {
            let dot = step.taken.citation.dot
            county.knowledge.receipts[EntryID(stream: dot.stream, number: dot.number)] = stamp - 1
        }
        #expect(story.assess(at: Fixture.county).steps.allSatisfy { $0.doubts.isEmpty })
        // Who knows of it is refused at once.
        suspend(story.office(Fixture.town))
        #expect(try story.refusals("survey").contains { $0.says.chinese.contains("暂扣") })
    }

    @Test func `a step that cites the suspension it ignored is unlawful`() throws {
        let story = try decidable()
        let certificate = Fixture.officer(Fixture.town, .officer, 1)
        let suspended = Citation(
            dot: Dot(stream: StreamID(Digest(tag: 255, 1, 1, 1, 1)), number: 2, index: 0), check: 7)
        let office = story.office(Fixture.town)
        office.knowledge.officers[certificate]?.status = CertificateStatus(
            status: .suspended, since: LegalDate("2026-03-01"), stamp: 1, citation: suspended)
        office.knowledge.officers[certificate]?.seen = [suspended]
        try story.force("survey")
        let survey = try #require(story.assess().steps.last { $0.taken.mark.step == "survey" })
        #expect(survey.isBroken)
    }

    @Test func `a delegation that had ended puts what was done under it in doubt`() throws {
        let story = try decidable()
        story.sync()
        let ended = Citation(dot: Dot(stream: StreamID(Digest(tag: 255, 2, 2, 2, 2)), number: 9, index: 1), check: 8)
        let county = story.office(Fixture.county)
        county.knowledge.items["item-1"]?.levels = [.county]
        county.knowledge.items["item-1"]?.delegations = [
            Delegation(
                to: Fixture.town, from: LegalDate("2025-01-01"), until: LegalDate("2026-02-28"),
                stamp: story.now.milliseconds, citation: ended)
        ]
        county.knowledge.items["item-1"]?.seen = [ended]
        let file = try #require(story.assess(at: Fixture.county).steps.first { $0.taken.mark.step == "file" })
        #expect(file.isLawful)
        #expect(file.doubts == [.item("item-1")])
        let dot = file.taken.citation.dot
        county.knowledge.receipts[EntryID(stream: dot.stream, number: dot.number)] = file.taken.stamp
        let covered = try #require(story.assess(at: Fixture.county).steps.first { $0.taken.mark.step == "file" })
        #expect(covered.doubts.isEmpty)
    }

    @Test func `a decision that was set aside, replaced and confirmed by somebody else leaves one that counts`() throws
    {
        let story = try decidable()
        let city = story.office(Fixture.city)
        let first = try story.take("decide")
        story.sync()
        // The city does not hear that the county sets it aside and the town decides anew, and confirms it.
        let cityHistory = city.history
        let county = story.office(Fixture.county)
        let plan = CasePlan(procedure: procedure, knowledge: county.knowledge)
        let target = try #require(cityHistory.steps.first { $0.citation == first })
        let supervisor = Fixture.officer(Fixture.county, .supervisor)
        county.write(
            [
                plan.overrule(
                    .setAside, target, at: story.now, officers: [supervisor], reason: "程序有误", in: county.history)
            ], by: supervisor, at: story.now)
        story.office(Fixture.town).sync(with: county)
        try story.take("decide", number: 2)
        let superior = Fixture.officer(Fixture.city, .supervisor)
        story.wait(days: 1)
        city.write(
            [
                plan.overrule(
                    .confirm, target, at: story.now, officers: [superior], reason: "核对属实", in: cityHistory)
            ], by: superior, at: story.now)
        story.sync()
        for division in [Fixture.town, Fixture.county, Fixture.city] {
            let decisions = story.assess(at: division).steps.filter { $0.taken.mark.step == "decide" }
            #expect(decisions.count == 2)
            #expect(decisions.filter(\.counts).count <= 1, "two decisions count at \(division)")
        }
    }

    @Test func `only a superior confirms, sets aside or designates`() throws {
        let story = try decidable()
        try story.take("decide")
        try overrule(.setAside, story, at: Fixture.town)
        #expect(try decision(story, at: Fixture.town).counts)
        try overrule(.setAside, story, at: Fixture.county)
        #expect(try !decision(story, at: Fixture.town).counts)
    }

    /// A supervisor of this office speaks on the last decision.
    private func overrule(_ overruling: Overruling, _ story: CaseStory, at division: DivisionCode) throws {
        let office = story.office(division)
        story.sync()
        let plan = CasePlan(procedure: procedure, knowledge: office.knowledge)
        let target = try decision(story, at: division).taken
        let supervisor = Fixture.officer(division, .supervisor)
        office.write(
            [
                plan.overrule(
                    overruling, target, at: story.now, officers: [supervisor], reason: "核对属实", in: office.history)
            ], by: supervisor, at: story.now)
        story.sync()
    }
}
