package import Divisions
import GRDB
import Lattice
package import Ledger
import Replication

/// What a list shows of the visible records of one kind: some columns of their typed rows, without the states behind
/// them, which an answer of fifty lines would be spent on.
package struct RowList: Hashable, Sendable {
    /// What a row has to show.
    package indirect enum Condition: Hashable, Sendable {
        /// The field shows this value.
        case equals(String, Value)
        /// The same, of a value that many rows show: they are found by the order, not by the field's own index.
        case shows(String, Value)
        /// The field shows one of these texts.
        case isOneOf(String, [String])
        /// The field's text lies between two others, both included.
        case isWithin(String, from: String, to: String)
        /// The field's text has this in it, letter for letter.
        case contains(String, String)
        /// The field's set has this element.
        case holds(String, String)
        /// The field has no value, or its set none.
        case isEmpty(String)
        case any([Condition])
        case all([Condition])
    }

    /// Where a page ended.
    package struct Place: Hashable, Sendable {
        /// What the last row shows in the field of the order.
        package let key: String
        package let record: Int64

        package init(key: String, record: Int64) { (self.key, self.record) = (key, record) }
    }

    /// Rows a page has at most.
    package static let limitMax = 2_000

    package var kind: String
    /// Fields to be shown.
    package var fields: [String]
    /// All of them have to be met.
    package var conditions: [Condition]
    package var homes: [DivisionCode]?
    /// An indexed register of texts: rows come by it and then in the order in which the store first heard of them, and
    /// rows without a value are left out. Nil for the latter order alone.
    package var order: String?
    /// Whether the order runs from the last to the first.
    package var isLatestFirst = false
    package var after: Place?
    package var limit: Int

    package init(
        kind: String, fields: [String], conditions: [Condition] = [], homes: [DivisionCode]? = nil,
        order: String? = nil, after: Place? = nil, limit: Int = limitMax
    ) {
        (self.kind, self.fields, self.conditions, self.homes) = (kind, fields, conditions, homes)
        (self.order, self.after, self.limit) = (order, after, limit)
    }
}

/// One row, as far as it was asked for.
package struct ShownRow: Hashable, Sendable {
    package let id: RecordID
    /// The place of the record among all that the store has heard of.
    package let place: Int64
    private let fields: [String]
    private let values: [ColumnValue]

    /// - Parameter first: the column of the first field; before it stand `record.id, shelf, key`, in this order.
    init(_ row: Prepared, fields: [String], _ connection: StoreConnection, first: Int = 3) throws {
        id = try connection.recordName(shelf: row.integer(1), key: row.bytes(2))
        place = row.integer(0)
        self.fields = fields
        values = fields.indices.map { row.value(first + $0) }
    }

    private func value(_ field: String) -> ColumnValue {
        guard let place = fields.firstIndex(of: field) else { preconditionFailure("\(field) was not asked for") }
        return values[place]
    }

    package func text(_ field: String) -> String? {
        if case .text(let text) = value(field) { text } else { nil }
    }

    package func integer(_ field: String) -> Int64? {
        if case .integer(let integer) = value(field) { integer } else { nil }
    }

    package func truth(_ field: String) -> Bool? { integer(field).map { $0 != 0 } }

    /// The texts of a set or a log.
    package func texts(_ field: String) -> [String] { text(field).map { JSONText.texts(in: $0) } ?? [] }
}

/// Some of a list's rows.
package struct RowPage: Hashable, Sendable {
    package let rows: [ShownRow]
    /// Nil on the last page.
    package let next: RowList.Place?
}

extension StoreSnapshot {
    /// - Throws: `QueryFailure` for a kind or field that is not there, or an order that is not indexed.
    package func rows(_ list: RowList) throws -> RowPage {
        let table = try table(of: list.kind)
        var clause = RowClause(table)
        let columns = try list.fields.map { try clause.column($0) }
        try clause.add(list)
        let limit = min(max(list.limit, 1), RowList.limitMax)
        let turn = list.isLatestFirst ? " DESC" : ""
        let order = try list.order.map { "row.\(try clause.column($0).name)\(turn), " } ?? ""
        let shown = columns.map { ", row.\($0.name)" }.joined()
        let key = try list.order.map { ", row.\(try clause.column($0).name)" } ?? ""
        let sql = """
            SELECT record.id, shelf, key\(shown)\(key) FROM \(table.name) AS row JOIN record ON record.id = row.record
            \(clause.sql) ORDER BY \(order)row.record\(turn) LIMIT \(limit + 1)
            """
        let rows = try connection.prepared(sql)
        clause.bind(to: rows)
        let found = try rows.all { row in
            (try ShownRow(row, fields: list.fields, connection), key: row.text(3 + columns.count))
        }
        let last = found.count > limit ? found[limit - 1] : nil
        return RowPage(
            rows: found.prefix(limit).map(\.0),
            next: last.map { RowList.Place(key: list.order == nil ? "" : $0.key, record: $0.0.place) })
    }

    /// How many rows there are, whatever the limit.
    package func count(_ list: RowList) throws -> Int {
        let table = try table(of: list.kind)
        var clause = RowClause(table)
        try clause.add(list)
        let rows = try connection.prepared("SELECT count(*) FROM \(table.name) AS row \(clause.sql)")
        clause.bind(to: rows)
        return Int(try rows.first { $0.integer(0) } ?? 0)
    }

    /// Another one whenever the rows of a kind are others: what was derived from them is made anew then.
    package func fingerprint(of kind: String) throws -> RowFingerprint {
        let table = try table(of: kind)
        let sql = "SELECT count(*), ifnull(max(modified), 0), total(modified), total(record) FROM \(table.name)"
        let found = try connection.prepared(sql).first { row in
            RowFingerprint(
                rows: row.integer(0), latest: row.integer(1), modified: row.double(2), records: row.double(3))
        }
        return found ?? RowFingerprint(rows: 0, latest: 0, modified: 0, records: 0)
    }

    private func table(of kind: String) throws -> RowTable {
        guard let table = tables[kind] else { throw QueryFailure.unknownKind(kind) }
        return table
    }
}

/// What a kind's rows come to, for whoever keeps something derived from them.
package struct RowFingerprint: Hashable, Sendable {
    let rows: Int64
    let latest: Int64
    let modified: Double
    let records: Double
}

/// The conditions of a list in SQL, with what is bound to them.
struct RowClause {
    private let table: RowTable
    private(set) var parts: [String] = []
    private(set) var values: [ColumnValue] = []

    init(_ table: RowTable) { self.table = table }

    /// Begins with WHERE, unless there is nothing to ask.
    var sql: String { parts.isEmpty ? "" : "WHERE " + parts.joined(separator: " AND ") }

    func bind(to rows: Prepared, from first: Int = 1) {
        for (place, value) in values.enumerated() { rows.bind(first + place, value) }
    }

    func column(_ field: String) throws -> RowTable.Column {
        guard let column = table.columns.first(where: { $0.field.name == field }) else {
            throw QueryFailure.unknownField(field, kind: table.kind.name)
        }
        return column
    }

    mutating func add(_ list: RowList) throws {
        if let homes = list.homes {
            parts.append("row.home IN (SELECT value FROM json_each(?))")
            values.append(.text(JSONText.array(homes.map { .text($0.text) })))
        }
        for condition in list.conditions { parts.append(try sql(condition)) }
        if let order = list.order {
            let column = try column(order)
            guard column.field.isIndexed else { throw QueryFailure.notIndexed(order, kind: table.kind.name) }
            // What the partial index of a field is made for.
            parts.append("row.\(column.name) IS NOT NULL")
            if let after = list.after {
                parts.append("(row.\(column.name), row.record) \(list.isLatestFirst ? "<" : ">") (?, ?)")
                values += [.text(after.key), .integer(after.record)]
            }
        } else if let after = list.after {
            parts.append("row.record \(list.isLatestFirst ? "<" : ">") ?")
            values.append(.integer(after.record))
        }
    }

    mutating func sql(_ condition: RowList.Condition) throws -> String {
        switch condition {
        case .equals(let field, let value):
            values.append(RowTable.plain(value))
            return "row.\(try column(field).name) = ?"
        case .shows(let field, let value):
            values.append(RowTable.plain(value))
            return "+row.\(try column(field).name) = ?"
        case .isOneOf(let field, let texts):
            values.append(.text(JSONText.array(texts.map { .text($0) })))
            return "row.\(try column(field).name) IN (SELECT value FROM json_each(?))"
        case .isWithin(let field, let first, let last):
            values += [.text(first), .text(last)]
            return "row.\(try column(field).name) BETWEEN ? AND ?"
        case .contains(let field, let text):
            values.append(.text(text))
            return "instr(row.\(try column(field).name), ?) > 0"
        case .holds(let field, let element):
            // An element stands in the column with its quotation marks, and no other text of it has them unescaped.
            values.append(.text(String(JSONText.array([.text(element)]).dropFirst().dropLast())))
            return "instr(row.\(try column(field).name), ?) > 0"
        case .isEmpty(let field):
            let name = try column(field).name
            return "(row.\(name) IS NULL OR row.\(name) IN ('', '[]'))"
        case .any(let conditions): return try joined(conditions, " OR ", none: "0")
        case .all(let conditions): return try joined(conditions, " AND ", none: "1")
        }
    }

    private mutating func joined(_ conditions: [RowList.Condition], _ word: String, none: String) throws -> String {
        guard !conditions.isEmpty else { return none }
        var parts: [String] = []
        for condition in conditions { parts.append(try sql(condition)) }
        return "(\(parts.joined(separator: word)))"
    }
}

extension JSONText {
    /// The texts of an array as `array` writes it; what else stands in it is left out.
    static func texts(in array: String) -> [String] {
        var texts: [String] = []
        var scalars = array.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "\"" else { continue }
            var text = String.UnicodeScalarView()
            while let next = scalars.next(), next != "\"" {
                guard next == "\\", let escaped = scalars.next() else {
                    text.append(next)
                    continue
                }
                guard escaped == "u" else {
                    text.append(escaped)
                    continue
                }
                var value: UInt32 = 0
                for _ in 0..<4 { value = value << 4 | (scalars.next().flatMap(digit) ?? 0) }
                text.append(Unicode.Scalar(value) ?? "\u{FFFD}")
            }
            texts.append(String(text))
        }
        return texts
    }

    private static func digit(_ scalar: Unicode.Scalar) -> UInt32? { Character(scalar).hexDigitValue.map(UInt32.init) }
}
