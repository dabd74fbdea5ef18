import Divisions
import Libraries
import Testing

/// Imports a whole text.
func importRows<Row: ImportedRow>(_ text: String, as: Row.Type) -> [RowImporter<Row>.Event] {
    var importer = RowImporter<Row>(file: "t.csv")
    return importer.feed(text.utf8) + importer.finish()
}

extension Array {
    /// The accepted rows of an import's events.
    func accepted<Row: ImportedRow>() -> [Row] where Element == RowImporter<Row>.Event {
        compactMap { if case .row(let row, _) = $0 { row } else { nil } }
    }

    func refusals<Row: ImportedRow>() -> [RefusedRow] where Element == RowImporter<Row>.Event {
        compactMap { if case .refused(let row) = $0 { row } else { nil } }
    }

    func warnings<Row: ImportedRow>() -> [RefusedRow] where Element == RowImporter<Row>.Event {
        compactMap { if case .warned(let row) = $0 { row } else { nil } }
    }
}

struct RowTests {
    /// Reads a fixture, expects every row to be accepted, and that each is read back from what it writes.
    private func fixture<Row: ImportedRow>(_ name: String, as: Row.Type) throws -> [Row] {
        var importer = RowImporter<Row>(file: name)
        let events = importer.feed(try Fixtures.bytes(name)) + importer.finish()
        #expect(events.refusals().isEmpty && events.warnings().isEmpty)
        let rows: [Row] = events.accepted()
        let again: [Row] = importRows(Row.header + rows.map(\.line).joined(), as: Row.self).accepted()
        #expect(again == rows)
        return rows
    }

    @Test func `the fixtures of all tables are accepted and read back as written`() throws {
        #expect(try fixture("bodies.csv", as: BodyRow.self).count == 8)
        #expect(try fixture("officers.csv", as: OfficerRow.self).count == 22)
        #expect(try fixture("items.csv", as: ItemRow.self).count == 10)
        #expect(try fixture("benchmarks.csv", as: BenchmarkRow.self).count == 9)
        #expect(try fixture("calendar.csv", as: CalendarRow.self).count == 16)
        #expect(try fixture("cases.csv", as: CaseRow.self).count == 6)
    }

    @Test func `the fixtures refer to each other and to articles that exist`() throws {
        let bodies = Set(try fixture("bodies.csv", as: BodyRow.self).map(\.code))
        let officers = try fixture("officers.csv", as: OfficerRow.self)
        let items = try fixture("items.csv", as: ItemRow.self)
        let benchmarks = try fixture("benchmarks.csv", as: BenchmarkRow.self)
        let cases = try fixture("cases.csv", as: CaseRow.self)
        #expect(officers.allSatisfy { bodies.contains($0.body) })
        let certificates = Set(officers.map(\.certificateNo))
        #expect(cases.allSatisfy { $0.officers.count == 2 && certificates.isSuperset(of: $0.officers) })
        #expect(cases.allSatisfy { row in bodies.contains(row.body) && items.contains { $0.code == row.item } })
        #expect(items.compactMap(\.benchmark).allSatisfy { item in benchmarks.contains { $0.itemNo == item } })

        let articles = Set(
            try Fixtures.readableLaws().flatMap { law in law.articles.map { "\(law.title) \($0.key)" } })
        for basis in items.flatMap(\.bases) + benchmarks.compactMap(\.basis) {
            let key = "\(basis.title) \(basis.article)" + (basis.suffix > 0 ? "-\(basis.suffix)" : "")
            #expect(articles.contains(key), "\(basis) does not exist")
        }
    }

    private static let officer = "440781000001,赵示安,B1,440781,,,,2023-01-01,2027-12-31,,,,,"

    @Test func `what an officer's row leaves out has its default`() throws {
        let rows: [OfficerRow] = importRows(OfficerRow.header + Self.officer, as: OfficerRow.self).accepted()
        let row = try #require(rows.first)
        #expect(row.areas == ["440781"])
        #expect((row.status, row.powerSource, row.phone, row.idNo) == (.valid, .statutory, nil, nil))
    }

    @Test(arguments: [
        ("440781000001", "4407 1", "certificate_no"), ("赵示安", "", "name"), ("B1", "", "body"),
        (",440781,", ",ABC,", "division"), ("2023-01-01", "2023-1-1", "valid_from"),
        ("2027-12-31", "2020-12-31", "valid_to"), ("2027-12-31,,", "2027-12-31,没收,", "status"),
        ("2027-12-31,,,", "2027-12-31,,13812345678A,", "phone"),
        ("2027-12-31,,,", "2027-12-31,,,44078118930412011X", "id_no"),
    ])
    func `a wrong field of an officer is refused with its column`(part: String, other: String, column: String) {
        let line = Self.officer.replacing(part, with: other, maxReplacements: 1)
        let refusals = importRows(OfficerRow.header + line, as: OfficerRow.self).refusals()
        #expect(refusals.count == 1)
        #expect(refusals.first?.line == 2)
        #expect(refusals.first?.reason.english.contains(column) ?? false)
    }

    @Test func `a text that would not fit into a record is refused`() {
        let line = Self.officer.replacing("B1,440781,,,", with: "B1,440781,,\(String(repeating: "水", count: 3_000)),")
        let refusals = importRows(OfficerRow.header + line, as: OfficerRow.self).refusals()
        #expect(refusals.map(\.reason.english) == ["fields has more than 8192 bytes"])
    }

    @Test func `a refusal never repeats a personal value`() {
        let line = "440781000001,赵示安,B1,440781,,,,2023-01-01,2027-12-31,,138x0000,440781189304120118,,"
        let refusals = importRows(OfficerRow.header + line, as: OfficerRow.self).refusals()
        #expect(refusals.count == 1)
        let phoneless = line.replacing("138x0000", with: "")
        let more = importRows(OfficerRow.header + phoneless, as: OfficerRow.self).refusals()
        #expect(more.count == 1)
        for refusal in refusals + more {
            for value in ["138x0000", "440781189304120118", "赵示安"] {
                #expect(!refusal.description.contains(value))
            }
        }
    }

    @Test func `a second row for one record is refused, since imports would never come to rest`() {
        let text = OfficerRow.header + Self.officer + "\n" + Self.officer + "\n"
        let refusals = importRows(text, as: OfficerRow.self).refusals()
        #expect(refusals.map(\.line) == [3])
    }

    private func body(_ fields: String) -> [RowImporter<BodyRow>.Event] {
        importRows("code,name,division,type,parent,entrusted_by,uscc\n\(fields)\n", as: BodyRow.self)
    }

    @Test func `an entrusted organisation names its organ, and nobody else does`() {
        #expect(body("B2,示例执法队,440781,受委托组织,,B1,").refusals().isEmpty)
        #expect(body("B2,示例执法队,440781,受委托组织,,,").refusals().count == 1)
        #expect(body("B2,示例局,440781,法定行政机关,,B1,").refusals().count == 1)
        #expect(body("B2,示例局,440781,法定行政机关,B2,,").refusals().count == 1)
    }

    @Test func `a credit code whose check digit differs is a warning, since some were issued so`() {
        let events = body("B2,示例局,440781,法定行政机关,,,114400000000000193")
        #expect(events.refusals().isEmpty && events.accepted().count == 1)
        #expect(events.warnings().map(\.line) == [2])
        #expect(body("B2,示例局,440781,法定行政机关,,,1144").refusals().count == 1)
    }

    private func item(_ fields: String) -> [RowImporter<ItemRow>.Event] {
        let header = "code,name,kind,field,levels,basis_law,basis_article,penalty_kinds,hearing,valid_from\n"
        return importRows(header + fields + "\n", as: ItemRow.self)
    }

    @Test func `an item without a law is refused: no power without law`() {
        #expect(item("I001,示例,检查,水务,县级,示例法,第三条,,,2024-01-01").refusals().isEmpty)
        #expect(item("I001,示例,检查,水务,县级,,,,,2024-01-01").refusals().count == 1)
        #expect(item("I001,示例,检查,水务,县级,示例法;例法,第三条,,,2024-01-01").refusals().count == 1)
        #expect(item("I001,示例,检查,水务,县级,示例法,3,,,2024-01-01").refusals().count == 1)
    }

    @Test func `penalties belong to items of that kind, and heavy ones warn without a hearing`() {
        #expect(item("I001,示例,处罚,水务,县级,示例法,第三条,,,2024-01-01").refusals().count == 1)
        #expect(item("I001,示例,检查,水务,县级,示例法,第三条,罚款,,2024-01-01").refusals().count == 1)
        #expect(item("I001,示例,处罚,水务,县级,示例法,第三条,罚金,,2024-01-01").refusals().count == 1)
        #expect(item("I001,示例,处罚,水务,县级,示例法,第三条,罚款,,2024-01-01").warnings().isEmpty)
        #expect(item("I001,示例,处罚,水务,县级,示例法,第三条,责令关闭,,2024-01-01").warnings().count == 1)
        #expect(item("I001,示例,处罚,水务,县级,示例法,第三条,责令关闭,是,2024-01-01").warnings().isEmpty)
    }

    private func benchmark(_ lines: [String]) -> [RowImporter<BenchmarkRow>.Event] {
        importRows(
            "item_no,statute_sheet,violation,basis_law,basis_article,tier,circumstance,standard,fine_unit,fine_min,fine_max\n"
                + lines.joined(separator: "\n"), as: BenchmarkRow.self)
    }

    @Test func `circumstances of one violation are numbered and belong together`() {
        let rows: [BenchmarkRow] = benchmark([
            "1-1,示例法,甲,示例法,第一条,1,轻,标准,yuan,1000,2000.5", "1-1,示例法,甲,示例法,第一条,1,轻,标准,times,1,1.25",
            "1-2,示例法,乙,,,1,轻,责令改正,,,",
        ]).accepted()
        #expect(rows.map(\.ordinal) == [1, 2, 1])
        #expect(rows[1].belongs(with: rows[0]) && !rows[2].belongs(with: rows[1]))
        #expect(rows.map(\.fineMaxHundredths) == [200_050, 125, nil])
        #expect(rows[2].basis == nil)
    }

    @Test(arguments: [
        "yuan,1.234,", "yuan,-1,", "yuan,2,1", ",1,2", "dollar,1,2", "yuan,1e3,", "yuan,99999999999999999999,",
        "yuan,.5,",
    ])
    func `an amount that is none is refused`(amounts: String) {
        #expect(benchmark(["1-1,示例法,甲,示例法,第一条,1,轻,标准,\(amounts)"]).refusals().count == 1)
    }

    @Test func `a case with one officer is accepted with a warning`() {
        let events = importRows(
            "case_no,title,party,facts,item,body,division,officers,filed_on\n"
                + "S1,案,示例公司,事实,I001,B1,440781,440781000001,2026-03-01\n", as: CaseRow.self)
        #expect(events.accepted().count == 1 && events.warnings().count == 1)
    }

    @Test func `an unreadable header is told once and nothing else is read`() {
        var importer = RowImporter<CalendarRow>(file: "t.csv")
        #expect(importer.feed("day,name\n2024-01-01,元旦\n".utf8).refusals().count == 1)
        #expect(importer.isUnreadable)
        #expect(importer.feed("2024-01-01,元旦\n".utf8).isEmpty)
        #expect(importer.finish().isEmpty)
    }

    @Test(arguments: ["bodies.csv", "officers.csv", "items.csv", "benchmarks.csv", "calendar.csv", "cases.csv"])
    func `every truncation of a table is refused or read, never a crash`(name: String) throws {
        let bytes = try Fixtures.bytes(name)
        for length in 0...bytes.count {
            let text = bytes.prefix(length)
            let counts: (accepted: Int, refused: Int) =
                switch name {
                case "bodies.csv": count(text, as: BodyRow.self)
                case "officers.csv": count(text, as: OfficerRow.self)
                case "items.csv": count(text, as: ItemRow.self)
                case "benchmarks.csv": count(text, as: BenchmarkRow.self)
                case "calendar.csv": count(text, as: CalendarRow.self)
                default: count(text, as: CaseRow.self)
                }
            // Only the row that was cut, or the header, can be refused.
            #expect(counts.refused <= 1, "cut at \(length)")
        }
    }

    private func count<Row: ImportedRow>(_ bytes: ArraySlice<UInt8>, as: Row.Type) -> (accepted: Int, refused: Int) {
        var importer = RowImporter<Row>(file: "t.csv")
        let events = importer.feed(bytes) + importer.finish()
        return (events.accepted().count, events.refusals().count)
    }
}
