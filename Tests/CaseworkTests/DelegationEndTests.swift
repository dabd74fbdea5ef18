import Divisions
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
}
