package import Divisions

/// A row of one of our tables, checked: the files are described in `Docs/formats.md`.
package protocol ImportedRow: Hashable, Sendable {
    /// In the order in which they are written.
    static var columns: [TableColumn] { get }

    /// Checks a row.
    ///
    /// - Parameter previous: the row accepted before it in the same file.
    init(reading row: TableRow, after previous: Self?) throws(Reason)

    /// What is odd about an accepted row and deserves a person's look.
    var warnings: [Reason] { get }

    /// The row's fields in the order of ``columns``, so that a written row is read back equal.
    var fields: [String] { get }

    /// What tells the row's record apart among all of its kind.
    var naturalKey: String { get }

    /// Whether this row and the one before it must be imported as one change.
    func belongs(with previous: Self) -> Bool

    /// The records the row stands for.
    ///
    /// - Parameter home: the division for which libraries are imported; rows that name a division belong to that one.
    func drafts(home: DivisionCode) -> [RecordDraft]
}

extension ImportedRow {
    package var warnings: [Reason] { [] }

    package func belongs(with previous: Self) -> Bool { false }

    /// The header line of the table.
    package static var header: String { CSVWriter.row(columns.map(\.name)) }

    /// The row as a line of the table.
    package var line: String { CSVWriter.row(fields) }
}

/// Reads a whole table as it arrives and checks each row.
///
/// Memory follows the limits, not the file: besides the present row it keeps 16 bytes of each row's key, for at most
/// ``keysMax`` rows, so as to refuse a second row for one record, which would make every import write anew.
package struct RowImporter<Row: ImportedRow>: Sendable {
    package enum Event: Hashable, Sendable {
        /// A row and the line it stands on.
        case row(Row, line: Int)
        /// The row just told is odd; it is imported all the same.
        case warned(RefusedRow)
        case refused(RefusedRow)
    }

    /// The most keys remembered; in a longer file later repetitions are not found.
    package static var keysMax: Int { 1 << 20 }

    private let file: String
    private var table: TableReader
    private var previous: Row?
    private var seen: Set<Fingerprint> = []

    package init(file: String) {
        self.file = file
        self.table = TableReader(file: file, columns: Row.columns)
    }

    /// Whether the header was refused, so that nothing further will be read.
    package var isUnreadable: Bool { table.isUnreadable }

    package mutating func feed(_ bytes: some Sequence<UInt8>) -> [Event] {
        table.feed(bytes).flatMap { check($0) }
    }

    package mutating func finish() -> [Event] {
        table.finish().flatMap { check($0) }
    }

    private mutating func check(_ event: TableReader.Event) -> [Event] {
        switch event {
        case .refused(let refused): return [.refused(refused)]
        case .row(let tableRow):
            do throws(Reason) {
                let row = try Row(reading: tableRow, after: previous)
                guard isFirst(row.naturalKey) else {
                    throw Reason("与前面的行重复", "an earlier row of this file is about the same record")
                }
                previous = row
                return [.row(row, line: tableRow.line)]
                    + row.warnings.map { .warned(RefusedRow(file: file, line: tableRow.line, reason: $0)) }
            } catch {
                return [.refused(RefusedRow(file: file, line: tableRow.line, reason: error))]
            }
        }
    }

    private mutating func isFirst(_ key: String) -> Bool {
        seen.count < Self.keysMax ? seen.insert(Fingerprint(key.utf8)).inserted : true
    }
}

/// 128 bits that stand for a text: two runs of FNV-1a from different starts. Not against intent, only for telling
/// apart what came from one careless file.
struct Fingerprint: Hashable, Sendable {
    private var first: UInt64 = 0xcbf2_9ce4_8422_2325
    private var second: UInt64 = 0x6c62_272e_07bb_0142

    init(_ bytes: some Sequence<UInt8> = EmptyCollection()) {
        add(bytes)
    }

    /// 64 of its bits, the same everywhere.
    var number: UInt64 { first ^ second }

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            first = (first ^ UInt64(byte)) &* 0x100_0000_01b3
            second = (second &+ UInt64(byte) &+ 1) &* 0x9e37_79b9_7f4a_7c15
            second ^= second >> 29
        }
    }
}
