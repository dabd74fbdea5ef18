/// What a node's store holds after it has taken in bulk, in the order and the batches in which it came: so that bare
/// SQLite can insert the very same bytes into the very same tables, in as many commits.
struct StoreImage {
    /// Which tables bare SQLite is given.
    enum Selection: CaseIterable {
        /// Everything: log, states, rows, their indexes, the index of words.
        case allTables
        /// The typed rows with their indexes and the index of words: what a program without log and states would keep.
        case rows
        /// The typed rows with their primary key and nothing else.
        case plainRows
    }

    private enum Part { case log, state, row, words }

    private struct Table {
        let name: String
        let part: Part
        let insert: String
        let columnCount: Int
    }

    private struct Item {
        let table: Int
        let firstCell: Int
    }

    /// Where the store stood after a commit.
    struct Bound {
        let position: Int64
        let record: Int64
    }

    private var tables: [Table] = []
    private var cells: [BareValue] = []
    private var bytes: [UInt8] = []
    private var batches: [[Item]] = []
    /// `CREATE` statements: the table they belong to, and whether they make an index.
    private var schema: [(table: String, isIndex: Bool, sql: String)] = []
    private(set) var rowCount = 0
    /// Of the store's own file, with nothing left in its log.
    let storeBytes: Int

    /// - Parameters:
    ///   - path: of a store that is closed.
    ///   - positions: the last position after each of its commits that brought entries.
    init(storeAt path: String, positions: [UInt64]) throws(BareFailure) {
        let database = try BareDatabase(path: path)
        storeBytes = try database.settledBytes()
        try readSchema(database)
        let bounds = try Self.bounds(database, positions)
        let words = try words(database)
        var last = Bound(position: 0, record: 0)
        for (number, bound) in bounds.enumerated() {
            var batch: [Item] = []
            if number == 0 {
                for name in ["stream", "shelf"] { try read(name, "true", database, &batch) }
            }
            let records = "> \(last.record) AND %@ <= \(bound.record)"
            let positions = "position > \(last.position) AND position <= \(bound.position)"
            try read("record", "id \(records.replacing("%@", with: "id"))", database, &batch)
            for table in tables where table.part == .row {
                try read(table.name, "record \(records.replacing("%@", with: "record"))", database, &batch)
            }
            add(words, after: last.record, through: bound.record, &batch)
            try read("entry", positions, database, &batch)
            try read("touch", "record \(records.replacing("%@", with: "record"))", database, &batch)
            batches.append(batch)
            last = bound
        }
        for table in tables where table.part == .row {
            rowCount += Int(try database.integer("SELECT count(*) FROM \(table.name)"))
        }
    }

    var batchCount: Int { batches.count }

    /// The tables that hold anything, for people.
    var tableNames: [String] {
        let used = Set(batches.joined().map(\.table))
        return tables.indices.filter(used.contains).map { tables[$0].name }
    }

    // MARK: Reading the store

    private mutating func readSchema(_ database: BareDatabase) throws(BareFailure) {
        let list = try database.prepare(
            "SELECT type, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
        while try list.step() {
            let (type, table, sql) = (list.text(0), list.text(1), list.text(2))
            let part: Part
            switch table {
            case "stream", "entry", "touch": part = .log
            case "record", "shelf": part = .state
            case _ where table.hasPrefix("row_"): part = .row
            case _ where table.hasPrefix("words_") && sql.hasPrefix("CREATE VIRTUAL TABLE"): part = .words
            default: continue
            }
            schema.append((table, type == "index", sql))
            guard type == "table" else { continue }
            if part == .words {
                add(table, .words, columns: ["rowid", "words"])
            } else {
                let columns = try database.prepare("SELECT name FROM pragma_table_info('\(table)')")
                var names: [String] = []
                while try columns.step() { names.append("\"\(columns.text(0))\"") }
                add(table, part, columns: names)
            }
        }
    }

    private mutating func add(_ name: String, _ part: Part, columns: [String]) {
        let places = repeatElement("?", count: columns.count).joined(separator: ", ")
        tables.append(
            Table(
                name: name, part: part,
                insert: "INSERT INTO \(name) (\(columns.joined(separator: ", "))) VALUES (\(places))",
                columnCount: columns.count))
    }

    /// Records are numbered in the order of commits, so a commit's are those above the last one's.
    private static func bounds(_ database: BareDatabase, _ positions: [UInt64]) throws(BareFailure) -> [Bound] {
        let touches = try database.prepare(
            "SELECT position, max(record) FROM touch GROUP BY position ORDER BY position")
        var bounds: [Bound] = []
        var record: Int64 = 0
        var isLeft = try touches.step()
        for position in positions.map({ Int64(bitPattern: $0) }) {
            while isLeft, touches.integer(0) <= position {
                record = max(record, touches.integer(1))
                isLeft = try touches.step()
            }
            bounds.append(Bound(position: position, record: record))
        }
        touches.reset()
        return bounds
    }

    private mutating func read(
        _ name: String, _ condition: String, _ database: BareDatabase, _ batch: inout [Item]
    ) throws(BareFailure) {
        guard let table = tables.firstIndex(where: { $0.name == name }) else {
            throw BareFailure(description: "the store has no table \(name)")
        }
        let rows = try database.prepare("SELECT * FROM \(name) WHERE \(condition) ORDER BY 1")
        while try rows.step() {
            batch.append(Item(table: table, firstCell: cells.count))
            for column in 0..<tables[table].columnCount { cells.append(rows.value(column, into: &bytes)) }
        }
    }

    /// The words of each record as the index was given them: FTS5 keeps no text, but tells which term stands where.
    private func words(_ database: BareDatabase) throws(BareFailure) -> [(table: Int, record: Int64, text: String)] {
        var found: [(table: Int, record: Int64, text: String)] = []
        for (place, table) in tables.enumerated() where table.part == .words {
            try database.execute(
                "CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, '\(table.name)', 'instance')")
            let terms = try database.prepare("SELECT doc, term FROM temp.terms ORDER BY doc, offset")
            while try terms.step() {
                let record = terms.integer(0)
                if let last = found.last, last.table == place, last.record == record {
                    found[found.count - 1].text += " " + terms.text(1)
                } else {
                    found.append((place, record, terms.text(1)))
                }
            }
            try database.execute("DROP TABLE temp.terms")
        }
        return found
    }

    private mutating func add(
        _ words: [(table: Int, record: Int64, text: String)], after first: Int64, through last: Int64,
        _ batch: inout [Item]
    ) {
        for (table, record, text) in words where record > first && record <= last {
            batch.append(Item(table: table, firstCell: cells.count))
            cells.append(.integer(record))
            let start = bytes.count
            bytes.append(contentsOf: text.utf8)
            cells.append(.text(start..<bytes.count))
        }
    }

    // MARK: Writing it bare

    /// Inserts the selection into a new file, one transaction a batch.
    ///
    /// - Returns: how long the transactions took, and the size of the file they left.
    func insert(_ selection: Selection, into path: String) throws -> (time: Duration, bytes: Int) {
        let database = try BareDatabase(path: path)
        let isChosen = tables.map { table in
            switch (selection, table.part) {
            case (.allTables, _), (.rows, .row), (.rows, .words), (.plainRows, .row): true
            default: false
            }
        }
        for (table, isIndex, sql) in schema {
            let place = tables.firstIndex { $0.name == table }
            guard let place, isChosen[place], !isIndex || selection != .plainRows else { continue }
            try database.execute(sql)
        }
        var statements: [BareStatement?] = []
        for (table, isChosen) in zip(tables, isChosen) {
            statements.append(isChosen ? try database.prepare(table.insert) : nil)
        }
        let (begin, commit) = (try database.prepare("BEGIN IMMEDIATE"), try database.prepare("COMMIT"))
        let start = ContinuousClock.now
        for batch in batches {
            try begin.run()
            try bytes.withUnsafeBytes { bytes in
                for item in batch {
                    guard let statement = statements[item.table] else { continue }
                    for column in 0..<tables[item.table].columnCount {
                        statement.bind(column + 1, cells[item.firstCell + column], in: bytes)
                    }
                    try statement.run()
                }
            }
            try commit.run()
        }
        let time = start.duration(to: .now)
        return (time, try database.settledBytes())
    }
}
