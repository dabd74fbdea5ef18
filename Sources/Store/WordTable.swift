import GRDB
import Lattice

/// The words of one kind's searched field, in an index of SQLite's FTS5 that keeps no copy of the text: the text is in
/// the row, the index has its words, pre-cut by `Words` so that FTS5's own cutting has nothing left to decide.
struct WordTable: Sendable {
    let name: String
    /// The searched field among the row table's columns.
    let column: Int

    /// Makes the index, or makes it anew if the searched field is another one than it was made from.
    ///
    /// - Returns: whether it is new, so that the rows have to be read into it.
    func prepare(_ db: Database, _ table: RowTable) throws -> Bool {
        let field = table.columns[column].field.name
        let made = try String.fetchOne(
            db, sql: "SELECT field FROM searched WHERE kind = ?", arguments: [table.kind.name])
        guard made != field else { return false }
        try db.execute(
            sql: """
                DROP TABLE IF EXISTS \(name);
                CREATE VIRTUAL TABLE \(name) USING fts5(
                    words, content = '', tokenize = "unicode61 remove_diacritics 0"
                );
                """)
        try db.execute(
            sql: "INSERT OR REPLACE INTO searched (kind, field) VALUES (?, ?)", arguments: [table.kind.name, field])
        // The rows' own text would be taken for indexed text: without rows, everything is read in.
        try db.execute(sql: "DELETE FROM \(table.name)")
        return true
    }

    /// Drops the index of a kind that is no longer searched: it would miss what changes from here on.
    ///
    /// - Returns: false, since no row has anything new to show.
    static func drop(_ db: Database, _ table: RowTable) throws -> Bool {
        let isMade = try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM searched WHERE kind = ?)", arguments: [table.kind.name])
        if isMade == true {
            try db.execute(sql: "DROP TABLE IF EXISTS \(table.wordsName)")
            try db.execute(sql: "DELETE FROM searched WHERE kind = ?", arguments: [table.kind.name])
        }
        return false
    }

    func text(of row: [ColumnValue]?) -> String {
        // Before the fields stand all fixed columns but the record.
        guard let row, case .text(let text) = row[RowTable.fixedColumns.count - 1 + column] else { return "" }
        return text
    }

    /// The text that the index has of a record.
    func shown(_ record: Int64, in table: RowTable, _ connection: StoreConnection) throws -> String {
        try connection.kept(.shown, of: table).bind(1, record).first { $0.text(0) } ?? ""
    }

    func replace(
        _ old: String, with new: String, of record: Int64, in table: RowTable, _ connection: StoreConnection
    ) throws {
        guard old != new else { return }
        let (forgotten, learned) = (Words.spaced(old), Words.spaced(new))
        if !forgotten.isEmpty {
            try connection.kept(.forget, of: table).bind(1, record).bind(2, forgotten).run()
        }
        if !learned.isEmpty {
            try connection.kept(.learn, of: table).bind(1, record).bind(2, learned).run()
        }
    }
}
