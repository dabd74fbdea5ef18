import Divisions
import GRDB
import Lattice
import Ledger
import Replication

/// The typed table of one kind: `row_<kind>`, hyphens as underscores, one row for each visible record.
///
/// Beside the fields stand `record` (of the table `record`), `home`, `flow`, `conflicts` (how many) and `modified` (the
/// latest stamp of a live value). A register shows its value: text, an integer, a truth value as 0 or 1, a record as
/// `kind:home:flow:key`; a counter its sum; sets and logs are arrays in JSON, a log in its order. A value of another
/// type than the field's is shown by the record and absent from the row.
struct RowTable: Sendable {
    struct Column: Sendable {
        let field: Field
        let key: FieldKey
        /// Quoted where SQL needs it.
        let name: String
        /// Unquoted, as SQLite lists it.
        let plainName: String

        var type: String {
            switch (field.type, field.value) {
            case (.counter, _), (.register, .integer), (.register, .boolean): "INTEGER"
            case (.register, .bytes): "BLOB"
            default: "TEXT"
            }
        }
    }

    static let fixedColumns = ["record", "home", "flow", "conflicts", "modified"]

    let kind: Kind
    /// Its place among the tables, by which connections keep its statements.
    let place: Int
    /// Unquoted: letters, digits and underscores after `row_`.
    let name: String
    let columns: [Column]
    private let places: [FieldKey: Int]
    /// What the index of words is called, if there is one.
    let wordsName: String
    let words: WordTable?

    init(_ kind: Kind, place: Int) {
        (self.kind, self.place) = (kind, place)
        name = "row_" + Self.plain(kind.name)
        wordsName = "words_" + Self.plain(kind.name)
        columns = kind.fields.filter { $0.type != .exists }.map { field in
            let plain = Self.plain(field.name)
            let own = Self.fixedColumns.contains(plain) ? "field_" + plain : plain
            return Column(
                field: field, key: FieldKey(name: field.name, type: field.type), name: "\"\(own)\"", plainName: own)
        }
        places = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1.key, $0) })
        precondition(Set(columns.map(\.plainName)).count == columns.count, "two fields of \(kind.name) share a column")
        if let searched = kind.searched, let place = columns.firstIndex(where: { $0.field.name == searched }) {
            precondition(columns[place].type == "TEXT", "\(kind.name) searches \(searched), which holds no text")
            words = WordTable(name: wordsName, column: place)
        } else {
            precondition(kind.searched == nil, "\(kind.name) searches a field it does not have")
            words = nil
        }
    }

    private static func plain(_ name: String) -> String { String(name.map { $0 == "-" ? "_" : $0 }) }

    private var columnList: String {
        (Self.fixedColumns + columns.map(\.name)).joined(separator: ", ")
    }

    /// The statements that every record of the kind takes.
    enum Statement: Int, CaseIterable { case upsert, delete, shown, forget, learn }

    func sql(_ statement: Statement) -> String {
        switch statement {
        case .upsert:
            let places = Array(repeating: "?", count: Self.fixedColumns.count + columns.count).joined(separator: ", ")
            return "INSERT OR REPLACE INTO \(name) (\(columnList)) VALUES (\(places))"
        case .delete: return "DELETE FROM \(name) WHERE record = ?"
        case .shown: return "SELECT \(columns[words?.column ?? 0].name) FROM \(name) WHERE record = ?"
        case .forget: return "INSERT INTO \(wordsName) (\(wordsName), rowid, words) VALUES ('delete', ?, ?)"
        case .learn: return "INSERT INTO \(wordsName) (rowid, words) VALUES (?, ?)"
        }
    }

    /// The row of one record, without `record`.
    var select: String {
        let list = (Self.fixedColumns.dropFirst() + columns.map(\.name)).joined(separator: ", ")
        return "SELECT \(list) FROM \(name) WHERE record = ?"
    }

    // MARK: The row of a state

    /// The row without `record`, in the order of columns; `nil` for a record that is not visible.
    func row(of state: RecordState) -> [ColumnValue]? {
        guard state.isVisible else { return nil }
        let first = Self.fixedColumns.count - 1
        var row = [ColumnValue](repeating: .null, count: first + columns.count)
        var modified: UInt64 = 0
        var (exists, conflicts) = (false, 0)
        for field in state.fields where !field.live.isEmpty {
            for live in field.live { modified = max(modified, live.stamp) }
            let place = places[field.key]
            switch field.key.type {
            case .exists: exists = true
            case .register where field.live.count == 1:
                // Nearly every field of nearly every record: one value, which is the one to show.
                if let place { row[first + place] = Self.value(field.live[0].value, in: columns[place]) }
            case .register, .set, .log, .counter:
                let view = FieldView(field)
                if view.isInConflict { conflicts += 1 }
                if let place { row[first + place] = Self.value(of: view, in: columns[place]) }
            }
        }
        row[0] = .text(state.id.home.text)
        row[1] = .integer(Int64(state.id.flow.rawValue))
        row[2] = .integer(Int64(conflicts + (exists ? 0 : 1)))
        row[3] = .integer(Int64(bitPattern: modified))
        return row
    }

    private static func value(_ held: Write.Held, in column: Column) -> ColumnValue {
        switch held {
        case .plain(let value), .personal(let value): column.field.value.admits(value) ? plain(value) : .null
        case .none, .erased: .null
        }
    }

    private static func value(of view: FieldView, in column: Column) -> ColumnValue {
        switch column.field.type {
        case .register, .counter:
            guard let shown = view.shown else { return .null }
            if column.field.type == .register, !column.field.value.admits(shown) { return .null }
            return plain(shown)
        case .set, .log: return .text(JSONText.array(view.values.compactMap(\.value)))
        case .exists: return .null
        }
    }

    static func plain(_ value: Value) -> ColumnValue {
        switch value {
        case .text(let text): .text(text)
        case .integer(let integer): .integer(integer)
        case .boolean(let truth): .integer(truth ? 1 : 0)
        case .bytes(let bytes): .blob(bytes)
        case .record(let id): .text(id.description)
        }
    }

    // MARK: Making the table

    /// Whether the table is as `prepare` leaves it, as far as reading it goes.
    func isComplete(_ db: Database) throws -> Bool {
        let present = try Set(String.fetchAll(db, sql: "SELECT name FROM pragma_table_info(?)", arguments: [name]))
        guard present.isSuperset(of: Self.fixedColumns + columns.map(\.plainName)) else { return false }
        return try words == nil || db.tableExists(wordsName)
    }

    /// Makes the table, or adds the columns and indexes it lacks. Rows stay as they are: a default belongs to the reader.
    ///
    /// - Returns: whether records that are stored already may have something to show in what was added.
    func prepare(_ db: Database) throws -> Bool {
        let present = try Set(String.fetchAll(db, sql: "SELECT name FROM pragma_table_info(?)", arguments: [name]))
        var isChanged = false
        if present.isEmpty {
            let fields = columns.map { ", \($0.name) \($0.type)" }.joined()
            try db.execute(
                sql: """
                    CREATE TABLE \(name) (
                        record INTEGER PRIMARY KEY REFERENCES record(id), home TEXT NOT NULL, flow INTEGER NOT NULL,
                        conflicts INTEGER NOT NULL, modified INTEGER NOT NULL\(fields)
                    ) STRICT;
                    CREATE INDEX \(name)_by_home ON \(name)(home);
                    CREATE INDEX \(name)_in_conflict ON \(name)(record) WHERE conflicts > 0;
                    """)
            isChanged = true
        } else {
            for column in columns where !present.contains(column.plainName) {
                try db.execute(sql: "ALTER TABLE \(name) ADD COLUMN \(column.name) \(column.type)")
                isChanged = true
            }
        }
        for column in columns where column.field.isIndexed {
            try db.execute(
                sql: """
                    CREATE INDEX IF NOT EXISTS "\(name)_of_\(column.plainName)" ON \(name)(\(column.name))
                    WHERE \(column.name) IS NOT NULL
                    """)
        }
        return isChanged
    }
}

/// The tables of all known kinds.
struct RowTables: Sendable {
    let all: [RowTable]
    private let byKind: [String: RowTable]

    init(_ kinds: Kinds) {
        all = kinds.all.enumerated().map { RowTable($1, place: $0) }
        byKind = Dictionary(uniqueKeysWithValues: all.map { ($0.kind.name, $0) })
        precondition(Set(all.map(\.name)).count == all.count, "two kinds share a table")
    }

    subscript(kind: String) -> RowTable? { byKind[kind] }

    /// Makes or extends each table, and fills what is new from the states of records that came before it.
    func prepare(_ db: Database) throws {
        for table in all {
            let isNew = try table.prepare(db)
            let hasNewWords = try table.words?.prepare(db, table) ?? WordTable.drop(db, table)
            if isNew || hasNewWords { try project(table, StoreConnection(db)) }
        }
    }

    private func project(_ table: RowTable, _ connection: StoreConnection) throws {
        var last: Int64 = 0
        let batchMax = 1_000
        while true {
            let records = try connection.prepared(
                """
                SELECT record.id, shelf, key, state FROM record JOIN shelf ON shelf.id = record.shelf
                WHERE record.id > ? AND kind = ? AND state IS NOT NULL ORDER BY record.id LIMIT \(batchMax)
                """
            ).bind(1, last).bind(2, table.kind.name).all { row in
                let id = try connection.recordName(shelf: row.integer(1), key: row.bytes(2))
                return (row.integer(0), try connection.unpack(row.bytes(3), of: id))
            }
            for (record, state) in records { try connection.show(state, as: record, in: table, isNew: false) }
            guard let (reached, _) = records.last else { return }
            last = reached
        }
    }
}

extension StoreConnection {
    /// Brings the row and the words of a record to what its state shows.
    func show(_ state: RecordState, as record: Int64, in table: RowTable, isNew: Bool) throws {
        let row = table.row(of: state)
        if let words = table.words {
            // A word table forgets a text only when it is told the text.
            let old = isNew ? "" : try words.shown(record, in: table, self)
            try words.replace(old, with: words.text(of: row), of: record, in: table, self)
        }
        guard let row else {
            if !isNew { try kept(.delete, of: table).bind(1, record).run() }
            return
        }
        let upsert = try kept(.upsert, of: table).bind(1, record)
        for (place, value) in row.enumerated() { upsert.bind(place + 2, value) }
        try upsert.run()
    }
}
