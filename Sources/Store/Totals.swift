package import Divisions
import GRDB
import Lattice
package import Ledger
package import Replication

/// How much a store holds.
package struct StoreTotals: Hashable, Sendable {
    package let entries: UInt64
    package let streams: Int
    /// Every record that any entry touches, visible or not.
    package let records: Int
    /// Records that wait to be recomputed.
    package let dirty: Int
    package let forks: Int
    /// The file's size without its write-ahead log.
    package let bytes: Int
}

/// How many records of one kind there are to see.
package struct KindCount: Hashable, Sendable {
    package let kind: String
    /// Visible records.
    package let records: Int
    package let inConflict: Int
}

/// What two stores compare to learn whether they show the same rows.
///
/// A row's hash is SHA-256 over the record's name, its count of conflicts, its latest stamp, and each field that has a
/// value, by name, with that value. The digest of many rows is SHA-256 over how many there are and the sum of their
/// hashes modulo 2^256, so that no order matters and nothing has to be sorted. Whoever can choose many rows freely
/// could make two sums meet; heads, which are hashes of chains, rule that out where it matters.
package struct RowsDigest: Hashable, Sendable {
    /// The rows of one kind.
    package struct OfKind: Hashable, Sendable {
        package let kind: String
        package let rows: Int
        package let digest: Digest
    }

    /// By kind, in the order of names; kinds without rows are left out.
    package let kinds: [OfKind]
    package let rows: Int
    package let digest: Digest
}

extension StoreReader {
    /// Counts what is in the store.
    package func totals() throws(StoreFailure) -> StoreTotals {
        try reading { connection in
            func number(_ sql: String) throws -> Int {
                Int(try connection.prepared(sql).first { $0.integer(0) } ?? 0)
            }
            return StoreTotals(
                entries: try connection.lastPosition(),
                streams: try number("SELECT count(*) FROM stream WHERE opening IS NOT NULL"),
                records: try number("SELECT ifnull(max(id), 0) FROM record"),
                dirty: try number("SELECT count(*) FROM dirty"), forks: try number("SELECT count(*) FROM fork"),
                bytes: try number("PRAGMA page_count") * number("PRAGMA page_size"))
        }
    }

    /// Visible records in conflict, and records that wait to be recomputed.
    package func unsettled() throws(StoreFailure) -> (conflicts: UInt64, dirty: UInt64) {
        try reading { connection in
            func number(_ sql: String) throws -> UInt64 {
                UInt64(try connection.prepared(sql).first { $0.integer(0) } ?? 0)
            }
            var conflicts: UInt64 = 0
            for table in tables.all {
                conflicts += try number("SELECT count(*) FROM \(table.name) WHERE conflicts > 0")
            }
            return (conflicts, try number("SELECT count(*) FROM dirty"))
        }
    }

    /// Visible records of each known kind, in the order in which kinds were handed to the store.
    package func counts() throws(StoreFailure) -> [KindCount] {
        try reading { connection in
            try tables.all.map { table in
                func number(_ sql: String) throws -> Int {
                    Int(try connection.prepared(sql).first { $0.integer(0) } ?? 0)
                }
                return KindCount(
                    kind: table.kind.name, records: try number("SELECT count(*) FROM \(table.name)"),
                    inConflict: try number("SELECT count(*) FROM \(table.name) WHERE conflicts > 0"))
            }
        }
    }

    /// The digest of all rows, or of those whose home and flow are wanted: what another node holds too, for instance.
    package func rowsDigest(
        where isWanted: (DivisionCode, Flow) -> Bool = { _, _ in true }
    ) throws(StoreFailure) -> RowsDigest {
        try reading { connection in
            var total = RowSum()
            var kinds: [RowsDigest.OfKind] = []
            for table in tables.all.sorted(by: { $0.kind.name < $1.kind.name }) {
                let sum = try self.sum(table, connection, where: isWanted)
                guard sum.rows > 0 else { continue }
                kinds.append(RowsDigest.OfKind(kind: table.kind.name, rows: sum.rows, digest: sum.digest))
                total.add(sum)
            }
            return RowsDigest(kinds: kinds, rows: total.rows, digest: total.digest)
        }
    }

    private func sum(
        _ table: RowTable, _ connection: StoreConnection, where isWanted: (DivisionCode, Flow) -> Bool
    ) throws -> RowSum {
        var sum = RowSum()
        var answers: [Int64: Bool] = [:]
        let columns = table.columns.sorted { $0.field.name < $1.field.name }
        let list = columns.map { "row.\($0.name)" }
        let sql = """
            SELECT shelf, key, \((["row.conflicts", "row.modified"] + list).joined(separator: ", "))
            FROM \(table.name) AS row JOIN record ON record.id = row.record
            """
        try connection.prepared(sql).eachRow { row in
            let place = row.integer(0)
            let shelf = try connection.shelf(place)
            let answer = answers[place] ?? isWanted(shelf.home, shelf.flow)
            answers[place] = answer
            guard answer else { return true }
            var writer = ByteWriter(reserving: 512)
            writer.text(try connection.recordName(shelf: place, key: row.bytes(1)).description)
            writer.fixed64(row.unsigned(2))
            writer.fixed64(row.unsigned(3))
            for (index, column) in columns.enumerated() {
                let value = row.value(index + 4)
                guard value != .null else { continue }
                writer.text(column.field.name)
                writer.columnValue(value)
            }
            sum.add(writer.bytes)
            return true
        }
        return sum
    }
}

extension ByteWriter {
    fileprivate mutating func columnValue(_ value: ColumnValue) {
        switch value {
        case .null: byte(0)
        case .integer(let integer):
            byte(1)
            fixed64(UInt64(bitPattern: integer))
        case .text(let text):
            byte(2)
            self.text(text)
        case .blob(let bytes):
            byte(3)
            block(bytes)
        }
    }
}

/// The sum of rows' hashes modulo 2^256.
private struct RowSum {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    private(set) var rows = 0

    mutating func add(_ row: [UInt8]) {
        rows += 1
        var reader = ByteReader(Digest.of(Suite.p256.rawValue, row).bytes)
        guard (try? reader.byte()) != nil, let a = try? reader.fixed64(), let b = try? reader.fixed64(),
            let c = try? reader.fixed64(), let d = try? reader.fixed64()
        else { preconditionFailure("a digest is 33 bytes long") }
        add(a, b, c, d)
    }

    mutating func add(_ other: RowSum) {
        rows += other.rows
        add(other.words.0, other.words.1, other.words.2, other.words.3)
    }

    private mutating func add(_ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64) {
        var carry = false
        words.3 = sum(words.3, d, &carry)
        words.2 = sum(words.2, c, &carry)
        words.1 = sum(words.1, b, &carry)
        words.0 = sum(words.0, a, &carry)
    }

    private func sum(_ left: UInt64, _ right: UInt64, _ carry: inout Bool) -> UInt64 {
        let (partial, first) = left.addingReportingOverflow(right)
        let (total, second) = partial.addingReportingOverflow(carry ? 1 : 0)
        carry = first || second
        return total
    }

    var digest: Digest {
        var writer = ByteWriter()
        writer.fixed64(UInt64(rows))
        for word in [words.0, words.1, words.2, words.3] { writer.fixed64(word) }
        return Digest.of(Suite.p256.rawValue, Array("tributary rows 1\n".utf8), writer.bytes)
    }
}
