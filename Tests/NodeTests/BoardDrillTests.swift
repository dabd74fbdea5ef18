import Casework
import Divisions
import Foundation
import Ledger
import Libraries
import Support
import Testing

@testable import Node

/// What stands behind the board's numbers.
@Suite struct BoardDrillTests {
    private static let today = BoardFixture.today

    /// A board full of any rows there may be.
    private static func filled(_ fixture: BoardFixture, seed: UInt64) throws -> [CaseBoardRow] {
        var chance = SplitMix64(seed: seed)
        let homes = fixture.tree.divisions.map(\.code)
        let rows = (0..<120).map { number in
            var row = BoardFixture.row(homes[number % homes.count], UInt64(number), &chance)
            row.place = "P-\(chance.below(2))"
            if chance.below(4) == 0 {
                let complaint = CaseBoardRow(
                    record: row.record, procedure: "complaint@1", stage: row.stage, opened: row.opened)
                (row.filed, row.closed) = (row.opened + chance.below(40), row.opened + chance.below(90))
                var other = complaint
                (other.body, other.item, other.place, other.calendar) = (row.body, row.item, row.place, "c1")
                (other.filed, other.closed, other.due) = (row.filed, row.closed, row.due)
                row = other
            }
            return row
        }
        try fixture.database.write(rows)
        return rows
    }

    /// All cases of a query, page by page.
    private static func all(_ query: BoardCaseQuery, _ board: Board, page: Int = 7) throws -> [String] {
        var query = query
        query.limit = page
        var found: [String] = []
        while true {
            let answer = try #require(try board.cases(query, today: today))
            found += answer.cases.map(\.record)
            guard let next = answer.next else { return found }
            #expect(answer.cases.count == page)
            query.cursor = next
        }
    }

    @Test(arguments: 0..<4)
    func `every indicator opens just the cases that it counts`(seed: UInt64) throws {
        try BoardFixture.with { fixture in
            let rows = try Self.filled(fixture, seed: seed)
            for division in [fixture.tree.root, "4407", "440781"] as [DivisionCode] {
                let counts = try #require(try fixture.board.overview(division, today: Self.today).counts)
                for indicator in BoardIndicator.all {
                    var query = BoardCaseQuery(division: division)
                    query.indicator = indicator.id
                    let found = try Self.all(query, fixture.board)
                    #expect(Set(found).count == found.count)
                    guard indicator != .fines else {
                        let fined = rows.filter { found.contains($0.record.description) }
                        #expect(fined.reduce(0) { $0 + ($1.fineFen ?? 0) } == counts[indicator])
                        continue
                    }
                    #expect(Int64(found.count) == counts[indicator], "\(indicator.id) at \(division)")
                }
            }
        }
    }

    @Test(arguments: 0..<4)
    func `every month of every trend opens just the cases that it counts`(seed: UInt64) throws {
        try BoardFixture.with { fixture in
            let rows = try Self.filled(fixture, seed: seed)
            for division in [fixture.tree.root, "440781"] as [DivisionCode] {
                let trends = try fixture.board.trends(division, months: 16, today: Self.today)
                #expect(trends.months.count == 16)
                #expect(trends.months.last == "2026-11")
                for series in trends.series {
                    for (month, amount) in zip(trends.months, series.amounts) {
                        var query = BoardCaseQuery(division: division)
                        (query.indicator, query.month) = (series.indicator, BoardMonth(month)?.number)
                        let found = try Self.all(query, fixture.board)
                        let isSum = series.indicator == BoardTrend.fines.id
                        let sum = rows.filter { found.contains($0.record.description) }
                            .reduce(0) { $0 + ($1.fineFen ?? 0) }
                        #expect(
                            (isSum ? sum : Int64(found.count)) == amount,
                            "\(series.indicator) in \(month) at \(division)"
                        )
                    }
                }
                let opened = try #require(trends.series.first { $0.indicator == "opened" })
                #expect(opened.amounts.reduce(0, +) > 0)
            }
        }
    }

    @Test func `cases are found by item, place, body, officer and rule, all at once too`() throws {
        try BoardFixture.with { fixture in
            let rows = try Self.filled(fixture, seed: 7)
            func found(_ change: (inout BoardCaseQuery) -> Void) throws -> Set<String> {
                var query = BoardCaseQuery(division: "4407")
                change(&query)
                return Set(try Self.all(query, fixture.board))
            }
            func expected(_ holds: (CaseBoardRow) -> Bool) -> Set<String> {
                Set(
                    rows.filter { fixture.tree.isAtOrBelow($0.record.home, "4407") && holds($0) }
                        .map(\.record.description))
            }
            #expect(try found { $0.item = "I-1" } == expected { $0.item == "I-1" })
            #expect(try found { $0.place = "P-1" } == expected { $0.place == "P-1" })
            #expect(try found { $0.body = "440781-0" } == expected { $0.body == "440781-0" })
            #expect(try found { $0.officer = "A1" } == expected { $0.officers.contains("A1") })
            #expect(try found { $0.rule = "broken" } == expected { $0.flags.contains(.gateBroken) })
            let both = try found { ($0.item, $0.officer, $0.indicator) = ("I-1", "B2", "open") }
            #expect(
                both == expected { $0.item == "I-1" && $0.officers.contains("B2") && $0.standing != .ended })
            var query = BoardCaseQuery(division: "4407")
            query.cursor = "4407"
            #expect(try fixture.board.cases(query, today: Self.today) == nil)
            (query.cursor, query.rule) = (nil, "nobody's")
            #expect(try fixture.board.cases(query, today: Self.today) == nil)
        }
    }

    @Test func `an officer has the score of the cases in which he took part`() throws {
        try BoardFixture.with { fixture in
            var rows = (1...4).map { BoardFixture.row("440781", $0) }
            rows[0].flags.insert(.gateBroken)
            rows[0].officers = ["A1", "A2"]
            for place in 1...3 { rows[place].officers = ["A2"] }
            try fixture.database.write(rows)
            let scores = try fixture.board.officerScores("4407", today: Self.today)
            #expect(scores.map(\.officer) == ["A1", "A2"])
            #expect(scores.map(\.cases) == [1, 4])
            #expect(scores.map(\.lost) == [40, 10])
            #expect(scores.map(\.body) == ["440781-B", "440781-B"])
            #expect(try fixture.board.officerScores("440783", today: Self.today).isEmpty)
            #expect(try fixture.board.officerScores("4407", body: "other", today: Self.today).isEmpty)
            #expect(try fixture.integer("SELECT count(*) FROM officer_scores") == 2)
        }
    }

    @Test func `divisions and places where cases gather are told with their codes`() throws {
        try BoardFixture.with { fixture in
            var rows: [CaseBoardRow] = []
            for number in 0..<6 {
                var row = BoardFixture.row("440781", UInt64(number))
                row.opened = number < 3 ? Self.today - 40 : Self.today
                row.place = number == 5 ? "河口" : "渡口"
                rows.append(row)
            }
            try fixture.database.write(rows)
            let divisions = try fixture.board.hotDivisions("4407", today: Self.today)
            #expect(divisions.map(\.division) == ["440781"])
            #expect(divisions.map(\.cases) == [3])
            #expect(divisions.map(\.growth) == [6])
            #expect(try fixture.board.hotDivisions("4407", item: "I-1", today: Self.today).map(\.cases) == [3])
            #expect(try fixture.board.hotDivisions("4407", item: "I-9", today: Self.today).isEmpty)
            let places = try fixture.board.hotPlaces(fixture.tree.root, today: Self.today)
            #expect(places.map(\.place) == ["渡口"])
            #expect(places.map(\.cases) == [2])
            #expect(places.map(\.division) == ["440781"])
            #expect(try fixture.board.hotPlaces("440783", today: Self.today).isEmpty)
        }
    }

    @Test func `a table keeps every value a value, and no text becomes a formula`() throws {
        let spot = { (item: String, place: String) in
            BoardHotSpot(
                division: "440781", divisionName: "示例市", item: item, itemName: "甲,\"乙\"", place: place,
                month: "2026-11", cases: 2, meanBefore: 0.5, growth: nil)
        }
        let table = BoardHotSpots(spots: [spot("=1+1", "@SUM(A1)"), spot("-1", "平常")])
        let bytes = table.csv(isEnglish: true)
        #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF]))
        let text = String(decoding: bytes.dropFirst(3), as: UTF8.self)
        let lines = text.components(separatedBy: "\r\n")
        #expect(lines.count == 4)
        #expect(lines[0].hasPrefix("Division,Name of division,Place,Item"))
        #expect(lines[1] == "440781,示例市,'@SUM(A1),'=1+1,\"甲,\"\"乙\"\"\",2026-11,2,0.5,")
        #expect(lines[2].contains(",'-1,"))
        #expect(String(decoding: table.csv(isEnglish: false), as: UTF8.self).contains("区划,区划名称,地点"))
    }

    @Test func `work is told section by section, as far as it is whose`() throws {
        try BoardFixture.with { fixture in
            let board = fixture.board
            var rows = (1...5).map { BoardFixture.row("440781", $0) }
            (rows[0].due, rows[1].due, rows[2].due) = (Self.today - 2, Self.today, Self.today + 3)
            rows[2].warning = Self.today - 1
            rows[0].deadline = "decision"
            rows[0].names = [CaseBoardRow.Name(.deadline, "decision", Bilingual("决定期限", "the decision"))]
            rows[3].work = [
                CaseBoardRow.Work(.waiting, post: "reviewer", step: "review", says: Bilingual("审核", "review")),
                CaseBoardRow.Work(.returned, step: "look", says: Bilingual("查看：退回", "look: returned")),
            ]
            rows[4].work = rows[3].work
            (rows[4].body, rows[0].officers, rows[4].officers) = ("other", ["A1"], ["A1"])
            try fixture.database.write(rows)
            func section(
                _ section: BoardWorkQuery.Section, _ scope: BoardWorkQuery.Scope, posts: [Post] = [.reviewer],
                limit: Int = 20, cursor: String? = nil
            ) throws -> WorkSectionMessage {
                var query = BoardWorkQuery(division: "440781", scope: scope, posts: posts)
                query.limit = limit
                return try #require(try board.work(section, query, cursor: cursor, today: Self.today))
            }
            let body = BoardWorkQuery.Scope.body("440781-B")
            let over = try section(.overdue, body)
            #expect(over.items.map(\.daysLeft) == [-2])
            #expect(over.items.first?.reason.chinese == "决定期限：已逾期2天")
            #expect(try section(.dueToday, body).count == 1)
            #expect(try section(.nearlyDue, body).items.map(\.daysLeft) == [3])
            #expect(try section(.waiting, body).items.map(\.next?.step) == ["review"])
            #expect(try section(.waiting, body, posts: [.officer]).count == 0)
            #expect(try section(.waiting, body, posts: []).count == 0)
            #expect(try section(.returned, .division).count == 2)
            let mine = BoardWorkQuery.Scope.mine(certificate: "A1", body: "440781-B")
            #expect(try section(.overdue, mine).count == 1)
            #expect(try section(.returned, mine).count == 0)
            #expect(try section(.returned, .body("")).count == 0)
            let first = try section(.returned, .division, limit: 1)
            #expect(first.count == 2)
            let second = try section(.returned, .division, limit: 1, cursor: first.next)
            #expect(second.next == nil)
            #expect(Set([first, second].flatMap { $0.items.map(\.record) }).count == 2)
            let query = BoardWorkQuery(division: "440781", scope: .division, posts: [])
            #expect(try board.work(.overdue, query, cursor: "x", today: Self.today) == nil)
        }
    }
}
