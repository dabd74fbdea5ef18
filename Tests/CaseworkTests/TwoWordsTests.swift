import Divisions
import Foundation
import Ledger
import Libraries
import Testing

@testable import Casework

/// Two superiors who cannot hear each other speak on two decisions that exclude each other.
@Suite struct TwoWordsTests {
    private let procedure: Procedure

    init() throws {
        let file = ShippedProcedures.folder.deletingLastPathComponent()
            .appending(path: "Simulations/procedures/penalty.yaml")
        procedure = try Procedure(yaml: String(contentsOf: file, encoding: .utf8), file: "penalty.yaml")
    }

    private func say(_ word: Overruling, _ office: CaseOffice, at moment: LegalMoment) throws {
        let target = try #require(office.history.steps.last { $0.mark.step == "decide" })
        let supervisor = Fixture.officer(office.division, .supervisor)
        let plan = CasePlan(procedure: procedure, knowledge: office.knowledge)
        office.write(
            [plan.overrule(word, target, at: moment, officers: [supervisor], reason: "核对", in: office.history)],
            by: supervisor, at: moment)
    }

    @Test(arguments: [Overruling.confirm, .designate])
    func `words for two decisions cancel each other, and the one who hears both designates`(word: Overruling) throws {
        let story = try CaseStory(procedure)
        try story.take("file", facts: ["title": .text("案"), "party": .text("某公司"), "item": .text("item-1")])
        try story.take("submit", facts: ["draft-decision": .text("罚")])
        try story.take("legal-review", "passed")
        let (town, county, city) = (
            story.office(Fixture.town), story.office(Fixture.county), story.office(Fixture.city)
        )
        let twin = CaseOffice(Fixture.town, town.knowledge, case: story.id, nonce: 99)
        twin.sync(with: town)
        let mark = try story.mark("decide", at: Fixture.town)
        let plan = CasePlan(procedure: procedure, knowledge: twin.knowledge)
        twin.write([plan.take(mark, in: twin.history)], by: mark.officers.first, at: story.now)
        try story.take("decide")
        county.sync(with: town)
        city.sync(with: twin)
        try say(word, county, at: story.now)
        try say(word, city, at: story.now)
        story.sync()
        for division in [Fixture.town, Fixture.county, Fixture.city] {
            let decisions = story.assess(at: division).steps.filter { $0.taken.mark.step == "decide" }
            #expect(decisions.count == 2)
            #expect(decisions.allSatisfy { !$0.counts && $0.doubts.contains(.excluded) })
        }
        try say(.designate, city, at: story.now)
        story.sync()
        for division in [Fixture.town, Fixture.county, Fixture.city] {
            let decisions = story.assess(at: division).steps.filter { $0.taken.mark.step == "decide" }
            #expect(decisions.count(where: \.counts) == 1)
            #expect(story.assess(at: division).standing == .open)
        }
    }
}
