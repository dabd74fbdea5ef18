import Divisions
import GRDB
import Lattice
import Ledger
import Replication

extension Verifier {
    private static let batchMax = 500

    private struct Stored {
        let place: Int64
        let id: RecordID
        let packed: [UInt8]?
        let isDirty: Bool
    }

    /// Folds every record from its entries again, and projects every row again.
    mutating func checkRecords(_ progress: (VerifyProgress) throws -> Void) throws {
        let total = Int(try connection.prepared("SELECT count(*) FROM record").first { $0.integer(0) } ?? 0)
        var visible: [String: (rows: Int64, worded: Int64)] = [:]
        var log = DecodedLog(connection, trees: trees)
        var last: Int64 = 0
        while true {
            let batch = try records(after: last)
            guard let final = batch.last else { break }
            last = final.place
            for stored in batch {
                report.records += 1
                if report.records.isMultiple(of: Self.progressStep) {
                    try progress(VerifyProgress(stage: .records, done: report.records, total: total))
                }
                guard let state = try check(stored, &log), let table = tables[stored.id.kind] else { continue }
                guard let row = try checkRow(of: state, stored, in: table) else { continue }
                visible[table.name, default: (0, 0)].rows += 1
                if let words = table.words, !Words.cut(words.text(of: row)).isEmpty {
                    visible[table.name, default: (0, 0)].worded += 1
                }
            }
        }
        try checkCounts(visible)
        try progress(VerifyProgress(stage: .records, done: report.records, total: total))
    }

    private func records(after last: Int64) throws -> [Stored] {
        try connection.prepared(
            """
            SELECT record.id, shelf, key, state, dirty.record IS NOT NULL
            FROM record LEFT JOIN dirty ON dirty.record = record.id
            WHERE record.id > ? ORDER BY record.id LIMIT \(Self.batchMax)
            """
        ).bind(1, last).all { row in
            Stored(
                place: row.integer(0), id: try connection.recordName(shelf: row.integer(1), key: row.bytes(2)),
                packed: row.isNull(3) ? nil : row.bytes(3), isDirty: row.integer(4) == 1)
        }
    }

    /// - Returns: the stored state, if it can be read.
    private mutating func check(_ stored: Stored, _ log: inout DecodedLog) throws -> RecordState? {
        let state: RecordState
        do {
            state = try stored.packed.map { try connection.unpack($0, of: stored.id) } ?? RecordState(id: stored.id)
        } catch let fault as Malformed {
            report.add(.record(stored.id, reason: "its state cannot be read: \(fault)"))
            return nil
        }
        if stored.isDirty {
            report.dirty += 1
            return state
        }
        let (counted, settled) = (self.counted, self.settled)
        switch try log.fold(stored.id, touchedAt: connection.positions(touching: stored.place), counted: counted) {
        case .success(let folded):
            let head = { (stream: StreamID) in settled[stream] ?? 0 }
            if state.normalised(head: head) != folded.normalised(head: head) {
                report.add(.record(stored.id, reason: "its state is not what its entries come to"))
            }
        case .failure(let unreadable): report.add(.record(stored.id, reason: unreadable.reason))
        }
        return state
    }

    /// - Returns: the row that the state shows, if it shows any.
    private mutating func checkRow(
        of state: RecordState, _ stored: Stored, in table: RowTable
    ) throws -> [ColumnValue]? {
        let shown = table.row(of: state)
        let count = RowTable.fixedColumns.count - 1 + table.columns.count
        let found = try connection.prepared(table.select).bind(1, stored.place).first { row in
            (0..<count).map { row.value($0) }
        }
        switch (shown, found) {
        case (nil, nil): break
        case (nil, _?), (_?, nil): report.add(.row(stored.id, table: table.name, column: "record"))
        case (let shown?, let found?):
            report.rows += 1
            guard let place = shown.indices.first(where: { shown[$0] != found[$0] }) else { break }
            let names = RowTable.fixedColumns.dropFirst() + table.columns.map(\.plainName)
            report.add(.row(stored.id, table: table.name, column: names[names.startIndex + place]))
        }
        return shown
    }

    private mutating func checkCounts(_ visible: [String: (rows: Int64, worded: Int64)]) throws {
        for table in tables.all {
            let expected = visible[table.name] ?? (0, 0)
            let rows = try connection.prepared("SELECT count(*) FROM \(table.name)").first { $0.integer(0) } ?? 0
            if rows != expected.rows {
                report.add(.table(table.name, reason: "\(rows) rows where \(expected.rows) records are visible"))
            }
            guard let words = table.words else { continue }
            let docsize = "SELECT count(*) FROM \(words.name)_docsize"
            let texts = try connection.prepared(docsize).first { $0.integer(0) } ?? 0
            if texts != expected.worded {
                report.add(.table(words.name, reason: "\(texts) texts where \(expected.worded) records have any"))
            }
        }
    }
}

/// Entries decoded for the records they touch. A packed entry touches hundreds of records that stand side by side in
/// the store, so the last ones are kept; all are let go when their bytes reach the limit.
private struct DecodedLog {
    /// Bytes of stored entries; decoded they take a few times as much.
    static let bytesMax = 4 << 20

    struct Unreadable: Error {
        let reason: String
    }

    private struct Decoded {
        let id: EntryID
        let writes: [RecordID: [Write]]
    }

    private let connection: StoreConnection
    private let trees: [TreeVersion: DivisionTree]
    private var entries: [Int64: Decoded] = [:]
    private var bytes = 0

    init(_ connection: StoreConnection, trees: [TreeVersion: DivisionTree]) {
        (self.connection, self.trees) = (connection, trees)
    }

    /// The state that a record's entries come to, in the order of commits, those beyond a fork left out.
    mutating func fold(
        _ id: RecordID, touchedAt positions: [Int64], counted: [StreamID: UInt64]
    ) throws -> Result<RecordState, Unreadable> {
        var state = RecordState(id: id)
        var merged: [StreamID: UInt64] = [:]
        for position in positions {
            let decoded: Decoded
            switch try entry(at: position) {
            case .success(let found): decoded = found
            case .failure(let unreadable): return .failure(unreadable)
            }
            guard decoded.id.number <= counted[decoded.id.stream] ?? 0 else { continue }
            guard let writes = decoded.writes[id] else {
                return .failure(Unreadable(reason: "its history names \(decoded.id), which does not touch it"))
            }
            for write in writes { state.apply(write) { merged[$0] ?? 0 } }
            merged[decoded.id.stream] = decoded.id.number
        }
        return .success(state)
    }

    private mutating func entry(at position: Int64) throws -> Result<Decoded, Unreadable> {
        if let known = entries[position] { return .success(known) }
        guard let logged = try connection.entry(at: position) else {
            return .failure(Unreadable(reason: "its history names position \(position), where nothing is"))
        }
        let suite = try connection.suite(of: logged.id.stream)
        guard let judged = JudgedEntry(logged: logged, suite: suite) else {
            return .failure(Unreadable(reason: "\(logged.id) cannot be read"))
        }
        guard let act = judged.header.act, let level = trees[judged.header.tree]?.level(of: act.division) else {
            return .failure(Unreadable(reason: "\(logged.id) acts for no division of a known tree"))
        }
        var writes: [RecordID: [Write]] = [:]
        for (record, write) in judged.writes(home: logged.home, flow: logged.flow, level: level) {
            writes[record, default: []].append(write)
        }
        if bytes >= Self.bytesMax { (entries, bytes) = ([:], 0) }
        let decoded = Decoded(id: logged.id, writes: writes)
        entries[position] = decoded
        bytes += logged.entry.byteCount
        return .success(decoded)
    }
}

extension StoreConnection {
    fileprivate func suite(of stream: StreamID) throws -> UInt8 {
        guard let id = try streamID(stream) else { throw StoreFailure.corrupt("stream \(stream.short) is not there") }
        return try facts(id).suite
    }
}
