import Casework
import Divisions
import Libraries

/// A file that was handed in to be imported, as `tributary import` would read it.
struct ImportUpload: Sendable {
    /// As many as a large table has; a library of laws comes file by file.
    static let bytesMax = 64 << 20
    /// Bytes read at a time, so that progress is told while a table is read.
    static let chunkBytes = 256 << 10
    /// What was not taken is told as far as this.
    static let refusalsToldMax = 100

    enum Subject: String, CaseIterable, Sendable {
        case statutes, bodies, officers, items, delegations, benchmarks, calendar, licences, persons, cases
        case jointDuties = "joint-duties"
        case legalPersons = "legal-persons"
    }

    let subject: Subject
    /// What the file is called; a benchmark is named by it.
    let name: String
    let home: DivisionCode
    let bytes: [UInt8]

    func run(_ writer: ImportWriter, _ progress: JobProgress) async throws -> JobResult {
        switch subject {
        case .statutes: try await bring(try statute(), writer, progress)
        case .bodies: try await bring(table(BodyRow.self), writer, progress)
        case .officers: try await bring(table(OfficerRow.self), writer, progress)
        case .items: try await bring(table(ItemRow.self), writer, progress)
        case .delegations: try await bring(table(DelegationRow.self), writer, progress)
        case .jointDuties: try await bring(table(JointDutyRow.self), writer, progress)
        case .calendar: try await bring(table(CalendarRow.self), writer, progress)
        case .legalPersons: try await bring(table(LegalPersonRow.self), writer, progress)
        case .persons: try await bring(table(PersonRow.self), writer, progress)
        case .licences: try await bring(table(LicenceRow.self), writer, progress)
        case .cases: try await bring(table(CaseRow.self), writer, progress)
        case .benchmarks:
            try await bring(
                rows(BenchmarkRow.self) { [home, name] in $0.drafts(home: home, set: name) }, writer, progress)
        }
    }

    private func table<Row: ImportedRow>(_: Row.Type) -> RowSource<Row> {
        rows(Row.self) { [home] in $0.drafts(home: home) }
    }

    private func rows<Row: ImportedRow>(_: Row.Type, _ drafts: @escaping (Row) -> [RecordDraft]) -> RowSource<Row> {
        var rest = bytes[...]
        return RowSource(
            named: name, total: Int64(bytes.count),
            reading: {
                guard !rest.isEmpty else { return nil }
                defer { rest = rest.dropFirst(Self.chunkBytes) }
                return Array(rest.prefix(Self.chunkBytes))
            }, drafts: drafts)
    }

    private func statute() throws -> OneLaw {
        guard bytes.count <= StatuteFile.bytesMax else {
            let reason = StatuteFault.tooLarge.reason
            throw JobFailure(reason.chinese, reason.english)
        }
        switch StatuteFile.parse(bytes, fileName: name) {
        case .failure(let fault): throw JobFailure(fault.reason.chinese, fault.reason.english)
        case .success(let statute):
            return OneLaw(group: ImportGroup(file: name, line: 0, rows: 1, drafts: statute.drafts(home: home)))
        }
    }

    private func bring(
        _ source: consuming some ImportSource, _ writer: ImportWriter, _ progress: JobProgress
    ) async throws -> JobResult {
        var source = source
        var report = ImportReport()
        let words = WordsMessage(Bilingual("写入记录", "writing records"))
        try progress.tell(words, done: 0, total: source.total)
        while let groups = try writer.next(&source, &report) {
            report.rows += groups.reduce(0) { $0 + $1.rows }
            report.add(try await writer.write(groups))
            try progress.tell(words, done: source.done, total: source.total)
        }
        report.sort()
        var result = JobResult()
        (result.rows, result.written) = (Int64(report.rows), Int64(report.written))
        (result.unchanged, result.refused) = (Int64(report.unchanged), Int64(report.refused))
        result.faultCount = Int64(report.refused)
        result.faults = report.refusals.prefix(Self.refusalsToldMax).map { row in
            let place = row.line > 0 ? ("第\(row.line)行：", "line \(row.line): ") : ("", "")
            return WordsMessage(Bilingual(place.0 + row.chinese, place.1 + row.english))
        }
        return result
    }
}

/// One version of a law: a change of its own.
private struct OneLaw: ImportSource {
    private var group: ImportGroup?

    init(group: ImportGroup) { self.group = group }

    var done: Int64 { group == nil ? 1 : 0 }
    var total: Int64? { 1 }

    mutating func next() -> ImportStep? {
        defer { group = nil }
        return group.map { .group($0) }
    }
}
