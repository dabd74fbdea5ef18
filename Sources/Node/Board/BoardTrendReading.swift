package import Casework
package import Divisions
import GRDB
import Libraries

/// Months of the board, and the places that stand out in one.
extension Board {
    /// Months in one answer.
    package static let monthsMax = 60

    /// What happened in a division and below, month by month up to that of the day: sums of counts that are kept, never
    /// of cases.
    ///
    /// - Parameter trend: nil for all.
    package func trends(
        _ division: DivisionCode, months: Int, trend wanted: BoardTrend? = nil, today: Int
    ) throws(BoardFailure) -> BoardTrends {
        let last = CaseBoardRow.month(of: today)
        let first = last - min(max(1, months), Self.monthsMax) + 1
        let trends = wanted.map { [$0] } ?? BoardTrend.all
        return try reading { db in
            var amounts: [Int: [Int: Int64]] = [:]
            let flows = try Row.fetchCursor(
                try db.cachedStatement(
                    sql: "SELECT trend, month, amount FROM flow_tally WHERE division = ? AND month BETWEEN ? AND ?"),
                arguments: [division.text, first, last])
            while let row = try flows.next() { amounts[row[0], default: [:]][row[1], default: 0] += row[2] as Int64 }
            guard let start = BoardMonth(first)?.first else { throw BoardFailure("a month lies beyond all years") }
            for trend in trends {
                guard let dated = trend.dated else { continue }
                let days = try Row.fetchCursor(
                    try db.cachedStatement(
                        sql: """
                            SELECT day, amount FROM tally WHERE division = ? AND indicator = ? AND day BETWEEN ? AND ?
                            """), arguments: [division.text, dated.number, start, today - 1])
                while let row = try days.next() {
                    amounts[trend.number, default: [:]][CaseBoardRow.month(of: row[0]), default: 0] += row[1] as Int64
                }
            }
            return BoardTrends(
                division: division.text, months: (first...last).compactMap { BoardMonth($0)?.text },
                series: trends.map { trend in
                    BoardTrends.Series(
                        indicator: trend.id, name: WordsMessage(trend.name),
                        amounts: (first...last).map { amounts[trend.number]?[$0] ?? 0 })
                })
        }
    }

    /// The children of a division, each with its cases in the month of the day, all below it included: what a map is
    /// drawn from. Children without a case in the month are left out.
    ///
    /// - Parameter item: its cases alone; nil for all.
    package func hotDivisions(
        _ division: DivisionCode, item: String? = nil, today: Int
    ) throws(BoardFailure) -> [BoardHotSpot] {
        let month = CaseBoardRow.month(of: today)
        let (table, kept) =
            item == nil
            ? ("flow_tally", "trend = \(BoardTrend.cases.number)") : ("month_tally", "item = ?3")
        return try reading { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT d.code, d.name, ifnull(t.amount, 0), (
                        SELECT ifnull(sum(p.amount), 0) FROM \(table) p
                        WHERE p.division = d.code AND p.month BETWEEN ?1 - 6 AND ?1 - 1 AND p.\(kept)
                    ) FROM division d JOIN \(table) t ON t.division = d.code AND t.month = ?1 AND t.\(kept)
                    WHERE d.parent = ?2 ORDER BY d.code
                    """, arguments: item.map { [month, division.text, $0] } ?? [month, division.text]
            ).map { row in
                Self.spot(
                    division: row[0], name: row[1], item: item, itemName: nil, place: nil, month, cases: row[2],
                    before: row[3])
            }
        }
    }

    /// Places below a division where an item came up more than once in the month of the day, most cases first.
    package func hotPlaces(
        _ division: DivisionCode, item: String? = nil, today: Int, limit: Int = 100, after rows: Int = 0
    ) throws(BoardFailure) -> [BoardHotSpot] {
        let month = CaseBoardRow.month(of: today)
        return try reading { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT division, name, place, item, amount,
                        (SELECT zh FROM word WHERE scope = '' AND sort = 'item' AND id = item), (
                            SELECT ifnull(sum(p.amount), 0) FROM place_tally p
                            WHERE p.month BETWEEN ?1 - 6 AND ?1 - 1 AND p.division = hot.division
                                AND p.place = hot.place AND p.item = hot.item
                        ) FROM (
                        SELECT t.*, d.name FROM place_tally t JOIN division d ON d.code = t.division
                        WHERE t.month = ?1 AND t.amount > 1 AND (?4 IS NULL OR t.item = ?4)
                            AND t.division IN (SELECT code FROM above WHERE ancestor = ?2)
                        ORDER BY t.amount DESC, t.division, t.place, t.item LIMIT ?3 OFFSET ?5
                    ) AS hot
                    """, arguments: [month, division.text, Self.limit(limit), item, rows]
            ).map { row in
                Self.spot(
                    division: row[0], name: row[1], item: row[3], itemName: row[5], place: row[2], month,
                    cases: row[4], before: row[6])
            }
        }
    }

    private static func spot(
        division: String, name: String?, item: String?, itemName: String?, place: String?, _ month: Int, cases: Int,
        before: Int
    ) -> BoardHotSpot {
        func hundredths(_ value: Double) -> Double { (value * 100).rounded() / 100 }
        return BoardHotSpot(
            division: division, divisionName: name, item: item, itemName: itemName, place: place,
            month: BoardMonth(month)?.text ?? "", cases: cases, meanBefore: hundredths(Double(before) / 6),
            growth: before == 0 ? nil : hundredths(Double(cases) * 6 / Double(before)))
    }

    /// Scores of the officers who act at or below a division, the lowest first.
    ///
    /// - Parameter body: its officers alone.
    package func officerScores(
        _ division: DivisionCode, body: String? = nil, today: Int, limit: Int = 100, after rows: Int = 0
    ) throws(BoardFailure) -> [BoardOfficerScore] {
        try reading { db in
            let scores = BoardViews.scores(
                today: "?1", of: .officer,
                among: """
                    SELECT code FROM officer WHERE division IN (SELECT code FROM above WHERE ancestor = ?2)
                        AND (?4 IS NULL OR body = ?4)
                    """)
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT officer, division, body, cases, publicity, recording, review, three_systems, lost, score,
                        (SELECT zh FROM word WHERE scope = '' AND sort = 'body' AND id = body)
                    FROM (\(scores)) ORDER BY score, officer LIMIT ?3 OFFSET ?5
                    """, arguments: [today, division.text, Self.limit(limit), body, rows]
            ).map { row in
                BoardOfficerScore(
                    officer: row[0], division: row[1], body: row[2], bodyName: row[10], cases: row[3],
                    publicity: row[4], recording: row[5], review: row[6], threeSystems: row[7], lost: row[8],
                    score: row[9])
            }
        }
    }
}

/// A month as the board counts them, months since year 0.
struct BoardMonth: Hashable {
    let number: Int

    /// Nil beyond the years a date can have.
    init?(_ number: Int) {
        self.number = number
        guard day(of: number) != nil, day(of: number + 1) != nil else { return nil }
    }

    /// From `YYYY-MM`.
    init?(_ text: some StringProtocol) {
        guard text.utf8.count == 7, let day = LegalDate("\(text)-01") else { return nil }
        self.init(day.year * 12 + day.month - 1)
    }

    var text: String { day(of: number).map { String("\($0)".prefix(7)) } ?? "" }

    /// Its first day in days since 1970.
    var first: Int { day(of: number)?.daysSince1970 ?? 0 }
    var last: Int { (day(of: number + 1)?.daysSince1970 ?? 1) - 1 }

    private func day(of number: Int) -> LegalDate? {
        LegalDate(year: number / 12, month: number % 12 + 1, day: 1)
    }
}
