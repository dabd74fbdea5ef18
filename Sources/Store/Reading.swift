import Divisions
import GRDB
import Lattice
import Ledger
import Replication

extension StoreConnection {
    static let entryColumns = "position, stream, number, arrived, seal, body, header"

    func heads() throws -> [StreamHead] {
        try prepared(
            """
            SELECT digest, opening, seat, number, hash, stamp, forked_after FROM stream
            WHERE opening IS NOT NULL ORDER BY digest
            """
        ).all(head)
    }

    func forkedHeads() throws -> [StreamHead] {
        try prepared(
            """
            SELECT digest, opening, seat, number, hash, stamp, forked_after
            FROM fork JOIN stream ON stream.id = fork.stream WHERE opening IS NOT NULL ORDER BY digest
            """
        ).all(head)
    }

    func head(of stream: StreamID) throws -> StreamHead? {
        try prepared(
            """
            SELECT digest, opening, seat, number, hash, stamp, forked_after FROM stream
            WHERE digest = ? AND opening IS NOT NULL
            """
        ).bind(1, stream.digest.bytes).first(head)
    }

    private func head(_ row: Prepared) throws -> StreamHead {
        let stream = StreamID(try digest(row.bytes(0), "stream"))
        var reader = ByteReader(row.bytes(1))
        let opening = try reader.opening()
        try reader.finish()
        return StreamHead(
            stream: stream, opening: opening, seat: try code(row.text(2)), number: row.unsigned(3),
            hash: try digest(row.bytes(4), "stream"), stamp: row.unsigned(5),
            forkedAfter: row.isNull(6) ? nil : row.unsigned(6))
    }

    func lastPosition() throws -> UInt64 {
        if let known = caches.lastPosition { return UInt64(known) }
        return UInt64(try prepared("SELECT ifnull(max(position), 0) FROM entry").first { $0.integer(0) } ?? 0)
    }

    func hash(of entry: EntryID) throws -> Digest? {
        guard let stream = try streamID(entry.stream) else { return nil }
        return try prepared("SELECT header FROM entry WHERE stream = ? AND number = ?").bind(1, stream)
            .bind(2, entry.number).first { row in
                Entry(header: row.bytes(0), body: []).hash(suite: try facts(stream).suite)
            }
    }

    func log(lane: Lane, after position: UInt64, bytesMax: Int) throws -> [LoggedEntry] {
        guard lane == .urgent || lane == .ordinary, position < UInt64(Int64.max) else { return [] }
        let rows = try prepared(
            "SELECT \(Self.entryColumns) FROM entry WHERE urgent = ? AND position > ? ORDER BY position")
        return try taking(bytesMax, of: rows.bind(1, Int64(lane == .urgent ? 1 : 0)).bind(2, position))
    }

    func entries(of stream: StreamID, from number: UInt64, bytesMax: Int) throws -> [LoggedEntry] {
        guard number < UInt64(Int64.max), let id = try streamID(stream), let head = try head(of: stream) else {
            return []
        }
        var last = UInt64(Int64.max)
        if head.forkedAfter != nil {
            let seal = try prepared(
                "SELECT number FROM entry WHERE stream = ? AND number >= ? AND seal IS NOT NULL ORDER BY number LIMIT 1"
            ).bind(1, id).bind(2, head.number).first { $0.unsigned(0) }
            last = seal ?? last
        }
        let rows = try prepared(
            "SELECT \(Self.entryColumns) FROM entry WHERE stream = ? AND number BETWEEN ? AND ? ORDER BY number")
        return try taking(bytesMax, of: rows.bind(1, id).bind(2, number).bind(3, last))
    }

    /// Reads rows of `entryColumns`, at least one if there is any, up to the one that reaches `bytesMax`.
    func taking(_ bytesMax: Int, of rows: Prepared) throws -> [LoggedEntry] {
        var taken: [LoggedEntry] = []
        var bytes = 0
        try rows.eachRow { row in
            let entry = try logged(row)
            taken.append(entry)
            bytes += entry.entry.byteCount
            return bytes < bytesMax
        }
        return taken
    }

    /// Reads a row of `entryColumns`.
    func logged(_ row: Prepared) throws -> LoggedEntry {
        let stream = try facts(row.integer(1))
        return LoggedEntry(
            position: row.unsigned(0), id: EntryID(stream: stream.id, number: row.unsigned(2)), home: stream.home,
            flow: stream.flow, entry: Entry(header: row.bytes(6), body: row.bytes(5)),
            signature: row.isNull(4) ? nil : row.bytes(4), arrived: row.unsigned(3))
    }

    func entry(at position: Int64) throws -> LoggedEntry? {
        try prepared("SELECT \(Self.entryColumns) FROM entry WHERE position = ?").bind(1, position).first(logged)
    }

    func state(of id: RecordID) throws -> RecordState? {
        guard let place = try recordID(id) else { return nil }
        return try kept(.readState).bind(1, place).first { row in
            row.isNull(0) ? nil : try unpack(row.bytes(0), of: id)
        } ?? nil
    }

    func records(of table: RowTable, after id: RecordID?, limit: Int) throws -> [RecordState] {
        let last = try id.map { try recordID($0) } ?? nil
        return try prepared(
            """
            SELECT record.shelf, record.key, record.state FROM \(table.name) AS shown
            JOIN record ON record.id = shown.record WHERE shown.record > ? ORDER BY shown.record LIMIT ?
            """
        ).bind(1, last ?? 0).bind(2, Int64(limit)).all { row in
            try unpack(row.bytes(2), of: try recordName(shelf: row.integer(0), key: row.bytes(1)))
        }
    }

    func history(of id: RecordID) throws -> [LoggedEntry] {
        guard let place = try recordID(id) else { return [] }
        return try positions(touching: place).map { position in
            guard let entry = try entry(at: position) else {
                throw StoreFailure.corrupt("entry \(position) of the history of a record is not there")
            }
            return entry
        }
    }

    func positions(touching record: Int64) throws -> [Int64] {
        try prepared("SELECT position FROM touch WHERE record = ? ORDER BY position").bind(1, record)
            .all { $0.integer(0) }
    }

    func dirtyRecords(limit: Int) throws -> [RecordID] {
        try prepared(
            "SELECT shelf, key FROM dirty JOIN record ON record.id = dirty.record ORDER BY place LIMIT ?"
        ).bind(1, Int64(limit)).all { row in try recordName(shelf: row.integer(0), key: row.bytes(1)) }
    }

    func forkProof(of stream: StreamID) throws -> ForkProof? {
        guard let id = try streamID(stream) else { return nil }
        let suite = try prepared("SELECT ifnull(suite, 0) FROM stream WHERE id = ?").bind(1, id).first { $0.integer(0) }
        return try prepared("SELECT proof FROM fork WHERE stream = ?").bind(1, id).first { row in
            try ForkCoding.proof(row.bytes(0), of: stream, suite: UInt8(truncatingIfNeeded: suite ?? 0))
        }
    }
}
