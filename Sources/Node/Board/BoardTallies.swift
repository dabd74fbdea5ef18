import Casework
import GRDB

/// Changes of counts that are written together: many cases of one division change few counts.
struct BoardTallies {
    private struct Count: Hashable, Comparable {
        let of: String
        let indicator: Int
        let day: Int

        static func < (left: Count, right: Count) -> Bool {
            (left.of, left.indicator, left.day) < (right.of, right.indicator, right.day)
        }
    }

    private struct Month: Hashable, Comparable {
        let division: String
        let item: String
        let month: Int

        static func < (left: Month, right: Month) -> Bool {
            (left.division, left.item, left.month) < (right.division, right.item, right.month)
        }
    }

    private var divisions: [Count: Int64] = [:]
    private var bodies: [Count: Int64] = [:]
    private var months: [Month: Int64] = [:]

    /// How many counts wait to be written.
    var count: Int { divisions.count + bodies.count + months.count }

    /// Counts a row in, or out with `sign` -1, for its body, its division and all above it.
    mutating func add(_ row: CaseBoardRow, line: [String], sign: Int64) {
        for amount in row.amounts {
            let (indicator, day, change) = (amount.indicator.number, amount.day, amount.amount * sign)
            for division in line {
                divisions[Count(of: division, indicator: indicator, day: day), default: 0] += change
            }
            if !row.body.isEmpty { bodies[Count(of: row.body, indicator: indicator, day: day), default: 0] += change }
        }
        guard !row.item.isEmpty else { return }
        for division in line {
            months[Month(division: division, item: row.item, month: row.month), default: 0] += sign
        }
    }

    /// Writes all changes and forgets them.
    mutating func write(_ db: Database) throws {
        for (table, name, counts) in [("tally", "division", divisions), ("body_tally", "body", bodies)] {
            let upsert = try db.cachedStatement(
                sql: """
                    INSERT INTO \(table) VALUES (?, ?, ?, ?)
                    ON CONFLICT (\(name), indicator, day) DO UPDATE SET amount = amount + excluded.amount
                    """)
            for (count, change) in counts.sorted(by: { $0.key < $1.key }) where change != 0 {
                upsert.setUncheckedArguments([count.of, count.indicator, count.day, change])
                try upsert.execute()
            }
        }
        let upsert = try db.cachedStatement(
            sql: """
                INSERT INTO month_tally VALUES (?, ?, ?, ?)
                ON CONFLICT (division, item, month) DO UPDATE SET amount = amount + excluded.amount
                """)
        for (month, change) in months.sorted(by: { $0.key < $1.key }) where change != 0 {
            upsert.setUncheckedArguments([month.division, month.item, month.month, change])
            try upsert.execute()
        }
        for table in ["tally", "body_tally", "month_tally"] {
            try db.cachedStatement(sql: "DELETE FROM \(table) WHERE amount = 0").execute()
        }
        (divisions, bodies, months) = ([:], [:], [:])
    }
}
