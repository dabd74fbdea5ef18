package import Divisions
import GRDB
package import Lattice
package import Ledger
package import Replication

/// Why a query was not answered.
package enum QueryFailure: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownKind(String)
    case unknownField(String, kind: String)
    /// Plain equality is answered for indexed fields only, so that no query reads a whole table.
    case notIndexed(String, kind: String)
    case wrongType(String, kind: String, expected: ValueType)
    case notSearched(String)
    case store(StoreFailure)

    package var description: String {
        switch self {
        case .unknownKind(let kind): "there is no kind called \(kind)"
        case .unknownField(let field, let kind): "\(kind) has no field called \(field)"
        case .notIndexed(let field, let kind): "\(kind) is not found by \(field): the field is not indexed"
        case .wrongType(let field, let kind, let expected): "\(field) of \(kind) holds a \(expected.rawValue)"
        case .notSearched(let kind): "\(kind) has no text that is searched"
        case .store(let failure): failure.description
        }
    }
}

/// Where a page ended: an opaque text for whoever asks for the next.
package struct RecordCursor: Hashable, Sendable, CustomStringConvertible {
    let record: Int64

    init(record: Int64) { self.record = record }

    /// Reads what `description` wrote; `nil` for anything else.
    package init?(_ text: some StringProtocol) {
        guard let record = Int64(text, radix: 36), record > 0 else { return nil }
        self.init(record: record)
    }

    package var description: String { String(record, radix: 36) }
}

/// Visible records of one kind that meet every condition, in the order in which this store first heard of them.
package struct RecordQuery: Hashable, Sendable {
    /// The shown value of one indexed register.
    package struct Condition: Hashable, Sendable {
        package let field: String
        package let value: Value

        package init(field: String, equals value: Value) { (self.field, self.value) = (field, value) }
    }

    /// Records a page has at most.
    package static let limitMax = 1_000

    package var kind: String
    /// Homes the records may have: one division, or those of a subtree; `nil` for any.
    package var homes: [DivisionCode]?
    /// Shown values of indexed fields.
    package var conditions: [Condition]
    /// Only records in conflict, or only those without.
    package var isInConflict: Bool?
    package var after: RecordCursor?
    /// Records per page, up to `limitMax`.
    package var limit: Int

    package init(
        kind: String, homes: [DivisionCode]? = nil, conditions: [Condition] = [], isInConflict: Bool? = nil,
        after: RecordCursor? = nil, limit: Int = 100
    ) {
        (self.kind, self.homes, self.conditions) = (kind, homes, conditions)
        (self.isInConflict, self.after, self.limit) = (isInConflict, after, limit)
    }
}

/// Some of a query's records.
package struct RecordPage: Hashable, Sendable {
    package let records: [RecordState]
    /// `nil` on the last page.
    package let next: RecordCursor?
}

extension StoreReader {
    func queried<T>(_ body: (StoreConnection) throws -> T) throws(QueryFailure) -> T {
        do { return try reading(body) } catch { throw .store(error) }
    }

    /// - Throws: `QueryFailure` for a query about something that is not there or not indexed.
    package func records(_ query: RecordQuery) throws(QueryFailure) -> RecordPage {
        guard let table = tables[query.kind] else { throw .unknownKind(query.kind) }
        var clauses = ["row.record > ?"]
        var values: [ColumnValue] = [.integer(query.after?.record ?? 0)]
        if let homes = query.homes {
            clauses.append("row.home IN (SELECT value FROM json_each(?))")
            values.append(.text(JSONText.array(homes.map { .text($0.text) })))
        }
        for condition in query.conditions {
            let column = try column(for: condition, in: table)
            clauses.append("row.\(column.name) = ?")
            values.append(RowTable.plain(condition.value))
        }
        switch query.isInConflict {
        case true: clauses.append("row.conflicts > 0")
        case false: clauses.append("row.conflicts = 0")
        case nil: break
        }
        let limit = min(max(query.limit, 1), RecordQuery.limitMax)
        let sql = """
            SELECT record.id, shelf, key, state FROM \(table.name) AS row JOIN record ON record.id = row.record
            WHERE \(clauses.joined(separator: " AND ")) ORDER BY row.record LIMIT \(limit + 1)
            """
        return try queried { connection in
            let rows = try connection.prepared(sql)
            for (place, value) in values.enumerated() { rows.bind(place + 1, value) }
            return page(try connection.records(rows), limit: limit)
        }
    }

    private func column(
        for condition: RecordQuery.Condition, in table: RowTable
    ) throws(QueryFailure) -> RowTable.Column {
        let kind = table.kind.name
        guard let column = table.columns.first(where: { $0.field.name == condition.field }) else {
            throw .unknownField(condition.field, kind: kind)
        }
        guard column.field.isIndexed, column.field.type == .register else {
            throw .notIndexed(condition.field, kind: kind)
        }
        guard column.field.value.admits(condition.value) else {
            throw .wrongType(condition.field, kind: kind, expected: column.field.value)
        }
        return column
    }

    private func page(_ found: [(place: Int64, state: RecordState)], limit: Int) -> RecordPage {
        RecordPage(
            records: found.prefix(limit).map(\.state),
            next: found.count > limit ? RecordCursor(record: found[limit - 1].place) : nil)
    }

    /// Records in conflict, of every known kind, in the order in which this store first heard of them.
    package func conflicts(
        homes: [DivisionCode]? = nil, after: RecordCursor? = nil, limit: Int = 100
    ) throws(StoreFailure) -> RecordPage {
        let limit = min(max(limit, 1), RecordQuery.limitMax)
        let homesText = homes.map { JSONText.array($0.map { .text($0.text) }) }
        let homesClause = homes == nil ? "" : "AND row.home IN (SELECT value FROM json_each(?))"
        return try reading { connection in
            var found: [(place: Int64, state: RecordState)] = []
            for table in tables.all {
                let rows = try connection.prepared(
                    """
                    SELECT record.id, shelf, key, state FROM \(table.name) AS row JOIN record ON record.id = row.record
                    WHERE row.conflicts > 0 AND row.record > ? \(homesClause) ORDER BY row.record LIMIT \(limit + 1)
                    """
                ).bind(1, after?.record ?? 0)
                if let homesText { rows.bind(2, homesText) }
                found += try connection.records(rows)
            }
            return page(found.sorted { $0.place < $1.place }, limit: limit)
        }
    }
}

extension StoreConnection {
    /// Reads rows of `record.id, shelf, key, state`.
    func records(_ rows: Prepared) throws -> [(place: Int64, state: RecordState)] {
        try rows.all { row in
            let id = try recordName(shelf: row.integer(1), key: row.bytes(2))
            guard !row.isNull(3) else { throw StoreFailure.corrupt("\(id) has a row and no state") }
            return (row.integer(0), try unpack(row.bytes(3), of: id))
        }
    }
}
