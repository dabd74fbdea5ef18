import Divisions
import Ledger
import Libraries
import Testing

@testable import Casework

/// Collisions between cases: the same matter filed twice, one number on two documents.
@Suite struct CrossCaseCollisionTests {
    private let procedure: Procedure

    init() throws { procedure = try ShippedProcedures.read("ordinary-penalty") }

    private func filed(at home: DivisionCode, _ begins: String, party: String = "91440703MA00000000") throws
        -> CaseStory
    {
        let story = try CaseStory(procedure, home: home, begins: begins)
        try story.take(
            "clue", facts: ["title": .text("案"), "source": .text("inspection"), "violated-on": .text("2026-02-27")])
        try story.take(
            "file",
            facts: [
                "item": .text("item-1"), "party": .text("某公司"), "party-id": .text(party), "party-kind": .text("legal"),
                "facts": .text("事实"),
            ])
        return story
    }

    private func filing(_ story: CaseStory, received: UInt64? = nil) throws -> Filing {
        let county = story.office(Fixture.county)
        story.sync()
        let steps = CaseJudge(procedure: procedure, knowledge: county.knowledge).judge(county.history)
        let step = try #require(steps.first { $0.taken.mark.step == "file" })
        let dot = step.taken.citation.dot
        if let received { county.knowledge.receipts[EntryID(stream: dot.stream, number: dot.number)] = received }
        return try #require(Filing(county.history, steps: steps, filing: "file", knowledge: county.knowledge))
    }

    @Test func `two towns that filed one matter are both kept, ordered by receipt, and wait for the county`() throws {
        let first = try filed(at: Fixture.town, "2026-03-02T09:00")
        let second = try filed(at: Fixture.otherTown, "2026-03-02T08:00")
        // The second says it was earlier, the county had the first before.
        let one = try filing(first, received: 1_000)
        let other = try filing(second, received: 2_000)
        #expect(FirstToFile.order([other, one]).map(\.record) == [first.id, second.id])
        let doubts = FirstToFile.doubts([one, other])
        #expect(doubts == [first.id: [.filedElsewhere(second.id)], second.id: [.filedElsewhere(first.id)]])
        let assessment = CaseJudge(procedure: procedure, knowledge: first.office(Fixture.town).knowledge).assess(
            first.office(Fixture.town).history, at: first.now, outside: doubts[first.id] ?? [])
        #expect(assessment.standing == .waiting([.filedElsewhere(second.id)]))
        #expect(assessment.next.allSatisfy { !$0.isPossible })

        try overrule(.designate, first, rival: second.id)
        try overrule(.handOver, second, rival: first.id)
        let settled = [try filing(first), try filing(second)]
        #expect(FirstToFile.doubts(settled).isEmpty)
        guard case .ended(let ending, _) = second.assess().standing else {
            Issue.record("the case that was handed over goes on: \(second.assess().standing)")
            return
        }
        #expect(ending == Overruling.handOver.name)
        #expect(first.assess().standing == .open)
    }

    @Test func `another party, another item or another day is another matter`() throws {
        let one = try filing(try filed(at: Fixture.town, "2026-03-02T09:00"))
        let other = try filing(try filed(at: Fixture.otherTown, "2026-03-02T09:00", party: "91440703MA11111111"))
        #expect(FirstToFile.doubts([one, other]).isEmpty)
    }

    @Test func `of two documents with one number the first by receipt keeps it`() throws {
        func use(_ record: RecordID, received: UInt64?, stamp: UInt64, _ stream: UInt64) -> NumberCollision.Use {
            let dot = Dot(stream: StreamID(Digest(tag: 255, stream, 0, 0, 0)), number: 2, index: 0)
            return NumberCollision.Use(
                number: "棠综罚〔2026〕7号", record: record, step: Citation(dot: dot, check: 1), received: received,
                stamp: stamp)
        }
        let left = Fixture.record(Fixture.town, "case", "a")
        let right = Fixture.record(Fixture.town, "case", "b")
        // Later by its own clock, but the superior had it first.
        let uses = [use(left, received: nil, stamp: 1, 1), use(right, received: 9, stamp: 5, 2)]
        #expect(NumberCollision.doubts(uses) == [left: [.numberTwice("棠综罚〔2026〕7号")]])
        #expect(NumberCollision.doubts([uses[0], uses[0]]).isEmpty)
        #expect(NumberCollision.doubts(uses.reversed()) == NumberCollision.doubts(uses))
    }

    private func overrule(_ overruling: Overruling, _ story: CaseStory, rival: RecordID) throws {
        let county = story.office(Fixture.county)
        story.sync()
        let target = try #require(county.history.steps.first { $0.mark.step == "file" })
        let supervisor = Fixture.officer(Fixture.county, .supervisor)
        let plan = CasePlan(procedure: procedure, knowledge: county.knowledge)
        county.write(
            [
                plan.overrule(
                    overruling, target, at: story.now, officers: [supervisor], reason: "最先立案", rival: rival,
                    in: county.history)
            ], by: supervisor, at: story.now)
        story.sync()
    }
}
