import GRDB
package import Lattice
package import Ledger
package import Replication

/// One reading of a store: everything it gives belongs to one commit, however many questions are asked.
///
/// It lives as long as the closure it is handed to, and reads on that closure's thread.
package struct StoreSnapshot {
    let connection: StoreConnection
    let tables: RowTables

    init(_ connection: StoreConnection, _ tables: RowTables) { (self.connection, self.tables) = (connection, tables) }

    /// What all counted edits of a record come to; `nil` if nothing is known of it.
    package func record(_ id: RecordID) throws -> RecordState? { try connection.state(of: id) }

    /// All visible records of a kind, or those whose shown value of an indexed register is this one, in the order in
    /// which this store first heard of them.
    ///
    /// - Throws: `QueryFailure` for a kind or field that is not there, or a field that is not indexed.
    package func records(of kind: String, where condition: RecordQuery.Condition? = nil) throws -> [RecordState] {
        guard let table = tables[kind] else { throw QueryFailure.unknownKind(kind) }
        var clause = ""
        if let condition {
            guard let column = table.columns.first(where: { $0.field.name == condition.field }) else {
                throw QueryFailure.unknownField(condition.field, kind: kind)
            }
            guard column.field.isIndexed, column.field.type == .register else {
                throw QueryFailure.notIndexed(condition.field, kind: kind)
            }
            clause = "WHERE row.\(column.name) = ?"
        }
        let rows = try connection.prepared(
            """
            SELECT record.id, shelf, key, state FROM \(table.name) AS row JOIN record ON record.id = row.record
            \(clause) ORDER BY row.record
            """)
        if let condition { rows.bind(1, RowTable.plain(condition.value)) }
        return try connection.records(rows).map(\.state)
    }

    package func head(of stream: StreamID) throws -> StreamHead? { try connection.head(of: stream) }

    /// The entry, unless it is not here or lies beyond a fork.
    package func entry(_ id: EntryID) throws -> JudgedEntry? {
        guard let head = try connection.head(of: id.stream), (1...head.number).contains(id.number),
            let found = try connection.entries(of: id.stream, from: id.number, bytesMax: 1).first
        else { return nil }
        return JudgedEntry(logged: found, suite: head.opening.suite)
    }

    /// Every entry that touches a record, in commit order, none beyond a fork.
    package func history(of record: RecordID) throws -> [(logged: LoggedEntry, judged: JudgedEntry)] {
        var heads: [StreamID: StreamHead] = [:]
        var found: [(logged: LoggedEntry, judged: JudgedEntry)] = []
        for item in try connection.history(of: record) {
            if heads[item.id.stream] == nil { heads[item.id.stream] = try connection.head(of: item.id.stream) }
            guard let head = heads[item.id.stream], item.id.number <= head.number,
                let judged = JudgedEntry(logged: item, suite: head.opening.suite)
            else { continue }
            found.append((item, judged))
        }
        return found
    }
}

extension StoreReader {
    /// Reads as much as a closure asks for out of one commit.
    package func snapshot<T>(_ body: (StoreSnapshot) throws -> T) throws(StoreFailure) -> T {
        try reading { connection in try body(StoreSnapshot(connection, tables)) }
    }
}
