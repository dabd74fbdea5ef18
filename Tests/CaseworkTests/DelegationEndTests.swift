import Divisions
import Foundation
import Ledger
import Libraries
import Testing

@testable import Casework

/// Since when a delegation is as it is.
@Suite struct DelegationEndTests {
    @Test func `an end that is set later is news of the day it was set`() throws {
        let records = try KnowledgeRecords()
        records.item("I1")
        records.delegation("I1", to: "440781001")
        let first = try #require(records.knowledge().item(code: "I1")?.delegations.first)
        let ending = records.write(
            LibraryKinds.delegation, "I1 440781001 2026-01-01", at: "440781", stamp: 9_000,
            [("valid-to", [.text("2026-03-01")])])
        let ended = try #require(records.knowledge().item(code: "I1")?.delegations.first)
        #expect(first.stamp == 1_000)
        #expect((ended.stamp, ended.until) == (9_000, LegalDate("2026-03-01")))
        #expect(ended.citation == ending[0])
    }

    @Test func `what a neighbour was handed down neither excuses a step nor puts it in doubt`() throws {
        let story = try CaseStory(try procedure())
        try story.take("file", facts: ["title": .text("案"), "party": .text("某公司"), "item": .text("item-1")])
        let file = try #require(story.assess().steps.first)
        // Dots that no step of the case can have read.
        func citation(_ number: UInt64) -> Citation {
            Citation(dot: Dot(stream: StreamID(Digest(tag: 255, 3, 3, 3, number)), number: 2, index: 0), check: 7)
        }
        let (own, neighbours) = (citation(1), citation(2))
        let stamp = file.taken.stamp
        let county = story.office(Fixture.county)
        county.knowledge.items["item-1"]?.levels = [.county]
        county.knowledge.items["item-1"]?.delegations = [
            Delegation(
                to: Fixture.town, from: nil, until: LegalDate("2026-02-01"), stamp: stamp + 1_000, citation: own,
                seen: [own]),
            Delegation(
                to: Fixture.otherTown, from: nil, until: nil, stamp: 1, citation: neighbours, seen: [neighbours]),
        ]
        county.knowledge.items["item-1"]?.seen = [own, neighbours].sorted()
        #expect(story.assess(at: Fixture.county).steps.first?.doubts == [.item("item-1")])
        let dot = file.taken.citation.dot
        county.knowledge.receipts[EntryID(stream: dot.stream, number: dot.number)] = stamp
        #expect(story.assess(at: Fixture.county).steps.first?.doubts == [])
        // Who had read the end of his own delegation knew, whatever else he had not read.
        county.knowledge.items["item-1"]?.seen = [neighbours]
        #expect(story.assess(at: Fixture.county).steps.first?.isBroken == true)
    }

    private func procedure() throws -> Procedure {
        let file = ShippedProcedures.folder.deletingLastPathComponent()
            .appending(path: "Simulations/procedures/penalty.yaml")
        return try Procedure(yaml: String(contentsOf: file, encoding: .utf8), file: "penalty.yaml")
    }
}
