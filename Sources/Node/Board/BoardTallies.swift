import Casework
import Divisions
import GRDB
import Ledger

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

    private struct Flow: Hashable, Comparable {
        let division: String
        let month: Int
        let trend: Int

        static func < (left: Flow, right: Flow) -> Bool {
            (left.division, left.month, left.trend) < (right.division, right.month, right.trend)
        }
    }

    private struct Place: Hashable, Comparable {
        let month: Int
        let division: String
        let place: String
        let item: String

        static func < (left: Place, right: Place) -> Bool {
            (left.month, left.division, left.place, left.item) < (right.month, right.division, right.place, right.item)
        }
    }

    private var divisions: [Count: Int64] = [:]
    private var bodies: [Count: Int64] = [:]
    private var officers: [Count: Int64] = [:]
    private var months: [Month: Int64] = [:]
    private var flows: [Flow: Int64] = [:]
    private var places: [Place: Int64] = [:]

    /// Counts a row in, or out with `sign` -1, for its body, its officers, its division and all above it.
    mutating func add(_ row: CaseBoardRow, line: [String], sign: Int64) {
        for amount in row.amounts {
            let (indicator, day, change) = (amount.indicator.number, amount.day, amount.amount * sign)
            for division in line {
                divisions[Count(of: division, indicator: indicator, day: day), default: 0] += change
            }
            if !row.body.isEmpty { bodies[Count(of: row.body, indicator: indicator, day: day), default: 0] += change }
            for officer in row.officers {
                officers[Count(of: officer, indicator: indicator, day: day), default: 0] += change
            }
        }
        for flow in row.flows {
            for division in line {
                let key = Flow(division: division, month: flow.month, trend: flow.trend.number)
                flows[key, default: 0] += flow.amount * sign
            }
        }
        if !row.place.isEmpty {
            let home = row.record.home.text
            places[Place(month: row.month, division: home, place: row.place, item: row.item), default: 0] += sign
        }
        guard !row.item.isEmpty else { return }
        for division in line {
            months[Month(division: division, item: row.item, month: row.month), default: 0] += sign
        }
    }

    /// Writes all changes and forgets them.
    mutating func write(_ db: Database) throws {
        for (table, name, counts) in [
            ("tally", "division", divisions), ("body_tally", "body", bodies), ("officer_tally", "officer", officers),
        ] {
            let key = "\(name), indicator, day"
            try Self.add(counts, to: table, key, db) { [$0.of, $0.indicator, $0.day] }
        }
        try Self.add(months, to: "month_tally", "division, item, month", db) { [$0.division, $0.item, $0.month] }
        try Self.add(flows, to: "flow_tally", "division, month, trend", db) { [$0.division, $0.month, $0.trend] }
        try Self.add(places, to: "place_tally", "month, division, place, item", db) {
            [$0.month, $0.division, $0.place, $0.item]
        }
        self = BoardTallies()
    }

    /// Adds amounts to those of a table with these columns before the last, in the order of its key.
    private static func add<Key: Hashable & Comparable>(
        _ amounts: [Key: Int64], to table: String, _ key: String, _ db: Database,
        _ columns: (Key) -> StatementArguments
    ) throws {
        let marks = key.split(separator: ",").map { _ in "?" }.joined(separator: ", ")
        let upsert = try db.cachedStatement(
            sql: """
                INSERT INTO \(table) VALUES (\(marks), ?)
                ON CONFLICT (\(key)) DO UPDATE SET amount = amount + excluded.amount
                """)
        for (place, change) in amounts.sorted(by: { $0.key < $1.key }) where change != 0 {
            upsert.setUncheckedArguments(columns(place) + [change])
            try upsert.execute()
        }
        try db.cachedStatement(sql: "DELETE FROM \(table) WHERE amount = 0").execute()
    }
}
