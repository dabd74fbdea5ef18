import Foundation
import Ledger
import Libraries
import Testing

@testable import Casework

/// What one office cannot judge and its superior can: the two must not come to opposite ends.
@Suite struct UnknownStepTests {
    private let procedure: Procedure

    init() throws {
        let file = ShippedProcedures.folder.deletingLastPathComponent()
            .appending(path: "Simulations/procedures/penalty.yaml")
        procedure = try Procedure(yaml: String(contentsOf: file, encoding: .utf8), file: "penalty.yaml")
    }

    /// A reviewed draft, over which somebody from another county has signed a review too; the town does not know him.
    private func reviewedByAStranger() throws -> CaseStory {
        let story = try CaseStory(procedure)
        try story.take("file", facts: ["title": .text("案"), "party": .text("某公司"), "item": .text("item-1")])
        try story.take("submit", facts: ["draft-decision": .text("罚")])
        try story.take("legal-review", "passed")
        let office = story.office(Fixture.town)
        let stranger = Fixture.officer(Fixture.otherCounty, .reviewer)
        let mark = StepMark(
            step: "legal-review", outcome: "passed", at: story.now, post: .reviewer, officers: [stranger])
        let plan = CasePlan(procedure: procedure, knowledge: office.knowledge)
        _ = story.office(Fixture.county)
        office.write([plan.take(mark, in: office.history)], by: stranger, at: story.now)
        office.knowledge.officers[stranger] = nil
        return story
    }

    @Test func `who cannot tell whether a decision counts lets no second one pass, as his superior lets none`() throws {
        let story = try reviewedByAStranger()
        try story.force("decide")
        let refusals = try story.refusals("decide")
        #expect(refusals.contains { $0.answer == .unknown && $0.says.chinese.contains("无法判断") })
        try story.force("decide")
        story.sync()
        let town = story.assess().steps.filter { $0.taken.mark.step == "decide" }
        let county = story.assess(at: Fixture.county).steps.filter { $0.taken.mark.step == "decide" }
        #expect(town.map(\.counts) == [false, false])
        #expect(town.allSatisfy { step in step.findings.contains { $0.answer == .unknown } })
        #expect(county.map(\.counts) == [true, false])
        #expect(county[1].isBroken)
    }

    @Test func `what a superior sets aside stands in nobody's way`() throws {
        let story = try reviewedByAStranger()
        try story.force("decide")
        story.sync()
        let county = story.office(Fixture.county)
        let plan = CasePlan(procedure: procedure, knowledge: county.knowledge)
        let supervisor = Fixture.officer(Fixture.county, .supervisor)
        let targets = county.history.steps.filter {
            $0.mark.step == "decide" || $0.mark.officers.first?.contains("440704") == true
        }
        for target in targets {
            county.write(
                [
                    plan.overrule(
                        .setAside, target, at: story.now, officers: [supervisor], reason: "无权", in: county.history)
                ],
                by: supervisor, at: story.now)
        }
        story.sync()
        try story.take("decide", number: 2)
        #expect(story.assess().steps.last { $0.taken.mark.step == "decide" }?.counts == true)
    }
}
