package import Casework
import Divisions
import GRDB
package import Ledger

/// Writes rows of cases and keeps all counts level with them: within one transaction a count is never anything but the
/// sum of what the rows add.
extension BoardDatabase {
    /// Puts rows in the place of what stood for these cases, and takes away what stood for those that are gone.
    package func write(_ rows: [CaseBoardRow], gone: [RecordID] = []) throws(BoardFailure) {
        try BoardFailure.translating {
            try pool.write { db in
                var tallies = BoardTallies()
                try write(rows, gone: gone, &tallies, db)
                try tallies.write(db)
            }
        }
    }

    /// The same within a transaction of the caller's, who writes the counts.
    func write(_ rows: [CaseBoardRow], gone: [RecordID], _ tallies: inout BoardTallies, _ db: Database) throws {
        let writer = try BoardRowWriter(db)
        for record in gone {
            guard let (id, old) = try writer.find(record) else { continue }
            tallies.add(old, line: line(of: old.record), sign: -1)
            try writer.remove(id, old)
        }
        for row in rows {
            let known = try writer.find(row.record)
            if let known {
                tallies.add(known.row, line: line(of: row.record), sign: -1)
                try writer.removeParts(known.id, known.row)
            }
            try writer.put(row, as: known?.id)
            tallies.add(row, line: line(of: row.record), sign: 1)
        }
    }

    /// A division that is not in the tree counts for itself alone.
    private func line(of record: RecordID) -> [String] { lines[record.home.text] ?? [record.home.text] }

    /// Makes all counts anew from the rows.
    package func rebuildTallies() throws(BoardFailure) {
        let rowsPerStep = 20_000
        try BoardFailure.translating {
            try pool.write { db in
                try db.execute(sql: BoardSchema.countsEmptied)
                let select = "SELECT id, \(CaseBoardRow.columns.joined(separator: ", ")) FROM case_row"
                var last: Int64 = 0
                while true {
                    var tallies = BoardTallies()
                    var found = 0
                    let rows = try Row.fetchCursor(
                        db, sql: "\(select) WHERE id > ? ORDER BY id LIMIT ?", arguments: [last, rowsPerStep])
                    var bodies: [String: String] = [:]
                    var officers: [String: (division: String, body: String)] = [:]
                    while let row = try rows.next() {
                        let kept = try CaseBoardRow(row, from: 1)
                        tallies.add(kept, line: line(of: kept.record), sign: 1)
                        if bodies[kept.body] == nil { bodies[kept.body] = kept.record.home.text }
                        for officer in kept.officers where officers[officer] == nil {
                            officers[officer] = (kept.record.home.text, kept.body)
                        }
                        (last, found) = (row[0], found + 1)
                    }
                    for (body, division) in bodies.sorted(by: { $0.key < $1.key }) where !body.isEmpty {
                        try db.execute(sql: "INSERT OR IGNORE INTO body VALUES (?, ?)", arguments: [body, division])
                    }
                    for (code, place) in officers.sorted(by: { $0.key < $1.key }) {
                        try db.execute(
                            sql: "INSERT OR IGNORE INTO officer VALUES (?, ?, ?)",
                            arguments: [code, place.division, place.body])
                    }
                    try tallies.write(db)
                    if found < rowsPerStep { return }
                }
            }
        }
    }
}

/// The statements that every row takes.
private struct BoardRowWriter {
    private let db: Database
    private let find, insert, update, officer, place, number, finding, body, work, word: Statement

    init(_ db: Database) throws {
        self.db = db
        let columns = CaseBoardRow.columns
        let list = columns.joined(separator: ", ")
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        find = try db.cachedStatement(
            sql: "SELECT id, \(list) FROM case_row WHERE key = ? AND division = ? AND kind = ?")
        insert = try db.cachedStatement(sql: "INSERT INTO case_row (\(list)) VALUES (\(marks))")
        update = try db.cachedStatement(
            sql: "UPDATE case_row SET \(columns.map { "\($0) = ?" }.joined(separator: ", ")) WHERE id = ?")
        officer = try db.cachedStatement(sql: "INSERT OR IGNORE INTO case_officer VALUES (?, ?)")
        number = try db.cachedStatement(sql: "INSERT OR IGNORE INTO case_number VALUES (?, ?, ?, ?)")
        finding = try db.cachedStatement(sql: "INSERT INTO case_finding VALUES (?, ?, ?, ?, ?, ?, ?)")
        body = try db.cachedStatement(sql: "INSERT OR IGNORE INTO body VALUES (?, ?)")
        place = try db.cachedStatement(sql: "INSERT OR IGNORE INTO officer VALUES (?, ?, ?)")
        work = try db.cachedStatement(sql: "INSERT INTO case_work VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        word = try db.cachedStatement(
            sql: """
                INSERT INTO word VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET zh = excluded.zh, en = excluded.en
                WHERE zh <> excluded.zh OR en <> excluded.en
                """)
    }

    func find(_ record: RecordID) throws -> (id: Int64, row: CaseBoardRow)? {
        find.setUncheckedArguments([record.key.data, record.home.text, record.kind])
        guard let row = try Row.fetchOne(find) else { return nil }
        return (row[0], try CaseBoardRow(row, from: 1))
    }

    func put(_ row: CaseBoardRow, as known: Int64?) throws {
        let id: Int64
        if let known {
            update.setUncheckedArguments(row.arguments + [known])
            try update.execute()
            id = known
        } else {
            insert.setUncheckedArguments(row.arguments)
            try insert.execute()
            id = db.lastInsertedRowID
        }
        for certificate in row.officers {
            officer.setUncheckedArguments([certificate, id])
            try officer.execute()
            place.setUncheckedArguments([certificate, row.record.home.text, row.body])
            try place.execute()
        }
        for (place, document) in row.numbers.enumerated() {
            number.setUncheckedArguments([document.series, document.number, id, place])
            try number.execute()
        }
        for (place, found) in row.findings.enumerated() {
            finding.setUncheckedArguments([
                id, place, found.finding.rawValue, found.about, found.says.chinese, found.says.english,
                found.articles.joined(separator: "；"),
            ])
            try finding.execute()
        }
        if !row.body.isEmpty {
            body.setUncheckedArguments([row.body, row.record.home.text])
            try body.execute()
        }
        for name in row.names {
            let scope = name.isOfLibrary ? "" : row.procedure
            word.setUncheckedArguments([
                scope, name.sort.rawValue, name.id, name.words.chinese, name.words.english,
            ])
            try word.execute()
        }
        for one in row.work {
            work.setUncheckedArguments([
                id, one.section.rawValue, one.post, row.record.home.text, row.body, row.field, one.step,
                one.says.chinese, one.says.english,
            ])
            try work.execute()
        }
    }

    func remove(_ id: Int64, _ row: CaseBoardRow) throws {
        try removeParts(id, row)
        try db.cachedStatement(sql: "DELETE FROM case_row WHERE id = ?").execute(arguments: [id])
    }

    /// Everything but the row itself.
    func removeParts(_ id: Int64, _ row: CaseBoardRow) throws {
        let leave = try db.cachedStatement(sql: "DELETE FROM case_officer WHERE certificate = ? AND case_id = ?")
        for certificate in row.officers { try leave.execute(arguments: [certificate, id]) }
        try db.cachedStatement(sql: "DELETE FROM case_number WHERE case_id = ?").execute(arguments: [id])
        try db.cachedStatement(sql: "DELETE FROM case_finding WHERE case_id = ?").execute(arguments: [id])
        try db.cachedStatement(sql: "DELETE FROM case_work WHERE case_id = ?").execute(arguments: [id])
    }
}
