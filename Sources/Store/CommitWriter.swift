import Divisions
import GRDB
import Lattice
import Ledger
import Replication

/// Writes one commit within one transaction: states and rows first, so that every record has its small integer, then
/// the runs with what they touch, then the forks.
struct CommitWriter {
    private let connection: StoreConnection
    private let tables: RowTables

    init(_ connection: StoreConnection, _ tables: RowTables) { (self.connection, self.tables) = (connection, tables) }

    private var caches: Caches { connection.caches }

    func write(_ commit: Commit) throws {
        for change in commit.changes { try write(change.state) }
        for run in commit.runs { try append(run, arrived: commit.arrived) }
        for record in commit.recomputed {
            guard let id = try connection.recordID(record) else { continue }
            try connection.prepared("DELETE FROM dirty WHERE record = ?").bind(1, id).run()
        }
        for fork in commit.forks { try settle(fork) }
    }

    // MARK: Records

    private func write(_ state: RecordState) throws {
        let place = RecordPlace(shelf: try shelf(Shelf(state.id)), key: state.id.key)
        let packed = state.isEmpty ? nil : try connection.pack(state, streamID: stream)
        let known = try connection.recordID(place)
        let record: Int64
        if let known {
            record = known
            try connection.kept(.updateRecord).bind(1, packed).bind(2, record).run()
        } else {
            record = try insert(place, state: packed)
        }
        guard let table = tables[state.id.kind] else { return }
        try connection.show(state, as: record, in: table, isNew: known == nil)
    }

    private func insert(_ place: RecordPlace, state: [UInt8]?) throws -> Int64 {
        let last =
            try caches.lastRecord
            ?? connection.prepared("SELECT ifnull(max(id), 0) FROM record").first { $0.integer(0) } ?? 0
        let record = last + 1
        try connection.kept(.insertRecord).bind(1, record).bind(2, place.shelf).bind(3, place.key.bytes).bind(4, state)
            .run()
        caches.lastRecord = record
        caches.records[place] = record
        return record
    }

    private func shelf(_ shelf: Shelf) throws -> Int64 {
        if let id = try connection.shelfID(shelf) { return id }
        try connection.prepared("INSERT INTO shelf (kind, home, flow) VALUES (?, ?, ?)").bind(1, shelf.kind)
            .bind(2, shelf.home.text).bind(3, Int64(shelf.flow.rawValue)).run()
        let id = connection.db.lastInsertedRowID
        caches.shelfIDs[shelf] = id
        return id
    }

    // MARK: Streams and entries

    /// A stream's small integer, given to it when it is first named, by an entry or by a citation.
    private func stream(_ stream: StreamID) throws -> Int64 {
        if let id = try connection.streamID(stream) { return id }
        try connection.prepared("INSERT INTO stream (digest) VALUES (?)").bind(1, stream.digest.bytes).run()
        let id = connection.db.lastInsertedRowID
        caches.streamIDs[stream] = id
        caches.streamNames[id] = stream
        return id
    }

    private func append(_ run: Commit.Run, arrived: UInt64) throws {
        guard let signature = run.signature else { preconditionFailure("a run of \(run.head.stream) without its seal") }
        let stream = try stream(run.head.stream)
        try set(run.head, of: stream)
        let insert = try connection.kept(.insertEntry)
        var position = Int64(bitPattern: try connection.lastPosition())
        for item in run.entries {
            position += 1
            insert.bind(1, position).bind(2, stream).bind(3, item.id.number)
            insert.bind(4, Int64(run.head.flow.isUrgent ? 1 : 0)).bind(5, arrived)
            insert.bind(6, item.id == run.entries.last?.id ? signature : nil)
            insert.bind(7, item.entry.body).bind(8, item.entry.header)
            try insert.run()
            try touch(item, of: run.head, at: position)
            if let change = item.header.act?.change, change.isNamed {
                try connection.prepared("INSERT INTO named_change (change, position) VALUES (?, ?)")
                    .bind(1, change.bytes).bind(2, position).run()
            }
        }
        caches.lastPosition = position
    }

    private func touch(_ item: JudgedEntry, of head: StreamHead, at position: Int64) throws {
        let records = item.header.records(home: head.home, flow: head.flow)
        guard !records.isEmpty else { return }
        let insert = try connection.kept(.insertTouch)
        for record in records {
            insert.bind(1, try self.record(record)).bind(2, position)
            try insert.run()
        }
    }

    /// A record's small integer, given to it here if it is touched by nothing but evidence.
    private func record(_ id: RecordID) throws -> Int64 {
        let place = RecordPlace(shelf: try shelf(Shelf(id)), key: id.key)
        return try connection.recordID(place) ?? insert(place, state: nil)
    }

    private func set(_ head: StreamHead, of stream: Int64) throws {
        let isKnown = caches.facts[stream] != nil
        if !isKnown {
            var writer = ByteWriter()
            writer.opening(head.opening)
            try connection.prepared(
                "UPDATE stream SET opening = ?, home = ?, flow = ?, suite = ?, seat = ? WHERE id = ? AND opening IS NULL"
            ).bind(1, writer.bytes).bind(2, head.home.text).bind(3, Int64(head.flow.rawValue))
                .bind(4, Int64(head.opening.suite)).bind(5, head.seat.text).bind(6, stream).run()
            caches.facts[stream] = StreamFacts(
                id: head.stream, home: head.home, flow: head.flow, suite: head.opening.suite)
        }
        let update = try connection.kept(.updateHead)
        update.bind(1, head.number).bind(2, head.hash.bytes).bind(3, head.stamp).bind(5, stream)
        if let forkedAfter = head.forkedAfter { update.bind(4, forkedAfter) }
        try update.run()
    }

    // MARK: Forks

    private func settle(_ fork: Commit.Fork) throws {
        let stream = try stream(fork.head.stream)
        try set(fork.head, of: stream)
        try connection.prepared("INSERT OR REPLACE INTO fork (stream, proof) VALUES (?, ?)").bind(1, stream)
            .bind(2, ForkCoding.bytes(fork.proof)).run()
        let beyond = try connection.prepared(
            "SELECT header FROM entry WHERE stream = ? AND number > ? ORDER BY number"
        ).bind(1, stream).bind(2, fork.head.number).all { row in
            try ByteReader.header(row.bytes(0), in: fork.head.stream)
        }
        let insert = try connection.prepared("INSERT OR IGNORE INTO dirty (record) VALUES (?)")
        for header in beyond {
            for record in header.records(home: fork.head.home, flow: fork.head.flow) {
                insert.bind(1, try self.record(record))
                try insert.run()
            }
        }
    }
}
