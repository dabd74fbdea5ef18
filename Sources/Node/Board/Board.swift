package import Casework
package import Divisions
import GRDB
import Ledger
import Libraries

/// Reads the supervision board: for the API, the commands and the console. Everything takes the day it is asked for, in
/// days since 1970 in China's time.
package struct Board: Sendable {
    /// Rows in one answer.
    package static let limitMax = 1_000

    let database: BoardDatabase

    package init(_ database: BoardDatabase) { self.database = database }

    // MARK: Counts

    /// A division's counts and those of its children: reads their counts alone, never a case.
    package func overview(_ division: DivisionCode, today: Int) throws(BoardFailure) -> BoardOverview {
        try reading { db in
            var names: [(code: String, name: String)] = []
            for row in try Row.fetchAll(
                db, sql: "SELECT code, name FROM division WHERE code = ?1 OR parent = ?1 ORDER BY parent = ?1, code",
                arguments: [division.text])
            { names.append((row[0], row[1])) }
            var amounts: [String: [Int: Int64]] = [:]
            let sums = try Row.fetchCursor(
                try db.cachedStatement(sql: Self.overviewSQL), arguments: [division.text, today])
            while let row = try sums.next() { amounts[row[0], default: [:]][row[1]] = row[2] }
            let counts = names.map { BoardCounts(division: $0.code, name: $0.name, amounts[$0.code] ?? [:]) }
            return BoardOverview(
                division: division.text, today: Self.date(today), counts: counts.first { $0.division == division.text },
                children: counts.filter { $0.division != division.text })
        }
    }

    /// Shared with the bench, which asks SQLite the same without anything between.
    package static let overviewSQL = """
        SELECT division, indicator, sum(amount) FROM tally
        WHERE division IN (SELECT code FROM division WHERE code = ?1 OR parent = ?1) AND day < ?2
        GROUP BY division, indicator
        """

    /// Counts what has run out by going through every case of the board: how many of each division, for each limit.
    package func overdueScan(today: Int) throws(BoardFailure) -> [BoardOverdueCount] {
        try reading { db in
            try Row.fetchAll(try db.cachedStatement(sql: Self.overdueScanSQL), arguments: [today]).map { row in
                BoardOverdueCount(division: row[0], deadline: row[1], cases: row[2], oldest: Self.date(row[3]))
            }
        }
    }

    package static let overdueScanSQL = """
        SELECT division, deadline, count(*), min(due) FROM case_row NOT INDEXED WHERE due < ?1
        GROUP BY division, deadline ORDER BY division, deadline
        """

    // MARK: Cases

    /// Cases at or below a division whose limit is over, the longest overdue first.
    package func overdue(
        _ division: DivisionCode, today: Int, limit: Int = 100, after rows: Int = 0
    ) throws(BoardFailure) -> [BoardCase] {
        try cases("due < ?2", division, today, order: "due, id", (limit, rows))
    }

    /// Cases at or below a division whose limit is near, the nearest first.
    package func nearlyOverdue(
        _ division: DivisionCode, today: Int, limit: Int = 100, after rows: Int = 0
    ) throws(BoardFailure) -> [BoardCase] {
        try cases("due >= ?2 AND warning <= ?2", division, today, order: "due, id", (limit, rows))
    }

    /// Cases at or below a division that have a finding, in the order in which the board first heard of them.
    package func findings(
        _ finding: SupervisionFinding, _ division: DivisionCode, today: Int, limit: Int = 100, after rows: Int = 0
    ) throws(BoardFailure) -> [BoardCase] {
        let dated =
            switch finding {
            case .overdue: " OR due < ?2"
            case .nearlyOverdue: " OR (due >= ?2 AND warning <= ?2)"
            case .missingRecording: " OR recording_due < ?2"
            case .publicityLate: " OR publicity_due < ?2"
            default: ""
            }
        return try cases(
            "((flags <> 0 AND (flags >> \(finding.bit)) & 1)\(dated))", division, today, order: "id", (limit, rows))
    }

    /// One case with all that was found; nil if the board does not have it.
    package func one(_ record: String, today: Int) throws(BoardFailure) -> BoardCase? {
        try reading { db in try Self.one(named: record, today: today, db) }
    }

    static func one(named record: String, today: Int, _ db: Database) throws -> BoardCase? {
        guard let id = RecordID(record) else { return nil }
        let list = CaseBoardRow.columns.joined(separator: ", ")
        let row = try Row.fetchOne(
            db, sql: "SELECT id, \(list) FROM case_row WHERE key = ? AND division = ? AND kind = ?",
            arguments: [id.key.data, id.home.text, id.kind])
        return try row.map { try message($0, today: today, db) }
    }

    private func cases(
        _ condition: String, _ division: DivisionCode, _ today: Int, order: String,
        _ window: (limit: Int, rows: Int)
    ) throws(BoardFailure) -> [BoardCase] {
        try reading { db in
            let list = CaseBoardRow.columns.joined(separator: ", ")
            // The root has everything below it; asking each case would cost more than it tells.
            let place = "division IN (SELECT code FROM above WHERE ancestor = ?1)"
            let rows = try Row.fetchAll(
                db,
                sql:
                    "SELECT id, \(list) FROM case_row WHERE \(condition) AND \(place) ORDER BY \(order) LIMIT ?3 OFFSET ?4",
                arguments: [division.text, today, Self.limit(window.limit), window.rows])
            return try rows.map { try Self.message($0, today: today, db) }
        }
    }

    static func message(_ row: Row, today: Int, _ db: Database) throws -> BoardCase {
        let kept = try CaseBoardRow(row, from: 1)
        let id: Int64 = row[0]
        let findings = try Row.fetchAll(
            db, sql: "SELECT finding, about, zh, en, articles FROM case_finding WHERE case_id = ? ORDER BY place",
            arguments: [id])
        return BoardCase(
            kept, today: today, words: try BoardWords(of: kept, db),
            findings: findings.map { row in
                BoardFinding(finding: row[0], about: row[1], chinese: row[2], english: row[3], articles: row[4])
            })
    }

    // MARK: Bodies, places, directives

    /// Scores of the bodies at or below a division, the lowest first.
    package func scores(
        _ division: DivisionCode, today: Int, limit: Int = 100, after rows: Int = 0
    ) throws(BoardFailure) -> [BoardScore] {
        try reading { db in
            let scores = BoardViews.scores(
                today: "?1",
                among: """
                    SELECT code FROM body WHERE division IN (SELECT code FROM above WHERE ancestor = ?2)
                    """)
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT body, division, cases, publicity, recording, review, three_systems, lost, score,
                        (SELECT zh FROM word WHERE scope = '' AND sort = 'body' AND id = body)
                    FROM (\(scores)) ORDER BY score, body LIMIT ?3 OFFSET ?4
                    """, arguments: [today, division.text, Self.limit(limit), rows]
            ).map { row in
                BoardScore(
                    body: row[0], division: row[1], cases: row[2], publicity: row[3], recording: row[4],
                    review: row[5], threeSystems: row[6], lost: row[7], score: row[8], name: row[9])
            }
        }
    }

    /// Items that grow in the month of the day, most cases first; for the division itself, all below it included.
    package func hotSpots(
        _ division: DivisionCode, today: Int, limit: Int = 100, after rows: Int = 0
    ) throws(BoardFailure) -> [BoardHotSpot] {
        try reading { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT division, item, month, cases, mean_before, growth,
                        (SELECT zh FROM word WHERE scope = '' AND sort = 'item' AND id = item),
                        (SELECT name FROM division WHERE code = ?2)
                    FROM (\(BoardViews.hotSpots(month: "?1"))) WHERE division = ?2 ORDER BY cases DESC, item LIMIT ?3 OFFSET ?4
                    """,
                arguments: [CaseBoardRow.month(of: today), division.text, Self.limit(limit), rows]
            ).map { row in
                BoardHotSpot(
                    division: row[0], divisionName: row[7], item: row[1], itemName: row[6], place: nil, month: row[2],
                    cases: row[3], meanBefore: row[4], growth: row[5])
            }
        }
    }

    /// Directives at or below a division that wait for something, the earliest due first.
    package func directives(
        _ division: DivisionCode, today: Int, limit: Int = 100, after rows: Int = 0
    ) throws(BoardFailure) -> [BoardDirective] {
        try reading { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT record, division, about, sort, source, due, acknowledged, officer, answers, late,
                        (SELECT name FROM division WHERE code = open.division),
                        (SELECT name FROM division WHERE code = open.source)
                    FROM (\(BoardViews.openDirectives(today: "?1"))) AS open
                    WHERE division IN (SELECT code FROM above WHERE ancestor = ?2)
                    ORDER BY due IS NULL, due, record LIMIT ?3 OFFSET ?4
                    """, arguments: [today, division.text, Self.limit(limit), rows]
            ).map { row in
                let about: String? = row[2]
                return BoardDirective(
                    record: row[0], division: row[1], divisionName: row[10], about: about,
                    aboutTitle: try about.flatMap { RecordID($0) }.flatMap { try Self.title($0, db) }, sort: row[3],
                    from: row[4], fromName: row[11], due: row[5], acknowledged: row[6], officer: row[7],
                    answers: row[8], isLate: row[9])
            }
        }
    }

    private static func title(_ id: RecordID, _ db: Database) throws -> String? {
        let title = try String.fetchOne(
            db, sql: "SELECT title FROM case_row WHERE key = ? AND division = ? AND kind = ?",
            arguments: [id.key.data, id.home.text, id.kind])
        return title.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Document numbers that were left out, of bodies at or below a division.
    package func numberGaps(
        _ division: DivisionCode, limit: Int = 100, after rows: Int = 0
    ) throws(BoardFailure) -> [BoardNumberGap] {
        try reading { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT body, division, series, first, last, explained,
                        (SELECT zh FROM word WHERE scope = '' AND sort = 'body' AND id = body) FROM number_gaps
                    WHERE division IN (SELECT code FROM above WHERE ancestor = ?1) ORDER BY series, first LIMIT ?2 OFFSET ?3
                    """, arguments: [division.text, Self.limit(limit), rows]
            ).map { row in
                BoardNumberGap(
                    body: row[0], bodyName: row[6], division: row[1], series: row[2], first: row[3], last: row[4],
                    isExplained: row[5])
            }
        }
    }

    // MARK: Reading

    /// One more than a page may have tells whether another follows.
    static func limit(_ limit: Int) -> Int { min(max(1, limit), limitMax + 1) }

    func reading<Answer>(_ body: (Database) throws -> Answer) throws(BoardFailure) -> Answer {
        try BoardFailure.translating { try database.pool.read { db in try body(db) } }
    }

    static func date(_ day: Int) -> String { LegalDate(daysSince1970: day)?.description ?? "" }
}
