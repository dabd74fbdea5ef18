import Foundation
import Libraries
import Testing

/// `Docs/formats.md` is what people write their files from, so its examples are imported.
struct FormatsDocumentTests {
    /// The code blocks of the document, in order.
    private func examples() throws -> [String] {
        let url = Fixtures.root.deletingLastPathComponent().appending(path: "Docs/formats.md")
        let blocks = try String(contentsOf: url, encoding: .utf8).split(
            separator: "```", omittingEmptySubsequences: false)
        return blocks.indices.filter { $0 % 2 == 1 }.map { String(blocks[$0].drop { $0 == "\n" }) }
    }

    private func expectAccepted<Row: ImportedRow>(_ text: String, as: Row.Type) {
        let events = importRows(text, as: Row.self)
        #expect(events.refusals().isEmpty && events.warnings().isEmpty)
        #expect(events.accepted().count == 1)
    }

    @Test func `every example of the document is accepted`() throws {
        let examples = try examples()
        try #require(examples.count == 13)
        let law = try StatuteFile.parse(examples[0], fileName: "示例河道保护条例(2023-11-30).md").get()
        #expect(law.articles.map(\.key) == ["1", "5", "5-1", "12"])
        #expect(law.effectiveDate?.description == "2024-03-01")
        expectAccepted(examples[1], as: BodyRow.self)
        expectAccepted(examples[2], as: OfficerRow.self)
        expectAccepted(examples[3], as: ItemRow.self)
        expectAccepted(examples[4], as: DelegationRow.self)
        expectAccepted(examples[5], as: JointDutyRow.self)
        expectAccepted(examples[6], as: BenchmarkRow.self)
        // The seventh is the table of weights, which casework reads.
        expectAccepted(examples[8], as: CalendarRow.self)
        expectAccepted(examples[9], as: CaseRow.self)
        expectAccepted(examples[10], as: LegalPersonRow.self)
        expectAccepted(examples[11], as: PersonRow.self)
        expectAccepted(examples[12], as: LicenceRow.self)
    }

    @Test func `every column of every table is described`() throws {
        let url = Fixtures.root.deletingLastPathComponent().appending(path: "Docs/formats.md")
        let text = try String(contentsOf: url, encoding: .utf8)
        let columns =
            BodyRow.columns + OfficerRow.columns + ItemRow.columns + BenchmarkRow.columns + CalendarRow.columns
            + CaseRow.columns + DelegationRow.columns + JointDutyRow.columns + LegalPersonRow.columns
            + PersonRow.columns + LicenceRow.columns
        // A column stands in the first cell of a row of a table.
        let cells = text.split(separator: "\n").filter { $0.hasPrefix("| ") }.compactMap {
            $0.split(separator: "|").first
        }
        let described = Set(
            cells.flatMap { $0.split(separator: ",") }.map { $0.filter { !" *".contains($0) } })
        for column in columns { #expect(described.contains(column.name), "\(column.name) is not described") }
    }
}
