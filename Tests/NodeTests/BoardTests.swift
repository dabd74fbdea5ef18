import Casework
import Divisions
import Foundation
import GRDB
import Ledger
import Libraries
import Support
import Testing

@testable import Node

@Suite struct BoardTests {
    private static let today = BoardFixture.today

    /// What each division ought to count: from the rows that are there, each by its own flags.
    private static func expected(
        _ rows: [RecordID: CaseBoardRow], _ tree: DivisionTree, at division: DivisionCode, today: Int
    ) -> [String: Int64] {
        var counts: [String: Int64] = [:]
        for row in rows.values where tree.isAtOrBelow(row.record.home, division) {
            counts["cases", default: 0] += 1
            counts[row.standing == .ended ? "ended" : "open", default: 0] += 1
            if row.standing == .waiting { counts["waiting", default: 0] += 1 }
            if row.decided != nil { counts["decided", default: 0] += 1 }
            counts["fines-fen", default: 0] += row.fineFen ?? 0
            if let due = row.due, due < today { counts["standing-overdue", default: 0] += 1 }
            for finding in row.flags(on: today).findings { counts["found-\(finding.rawValue)", default: 0] += 1 }
        }
        return counts
    }

    @Test(arguments: 0..<6)
    func `counts are what the rows say, after whatever was written, replaced and removed`(seed: UInt64) throws {
        try BoardFixture.with { fixture in
            var chance = SplitMix64(seed: seed)
            let homes = fixture.tree.divisions.map(\.code)
            var rows: [RecordID: CaseBoardRow] = [:]
            for _ in 0..<20 {
                var written: [CaseBoardRow] = []
                for _ in 0..<15 {
                    let number = UInt64(chance.below(60))
                    written.append(BoardFixture.row(homes[Int(number) % homes.count], number, &chance))
                }
                let gone = rows.keys.sorted().filter { _ in chance.below(10) == 0 }
                try fixture.database.write(written, gone: gone)
                for record in gone { rows[record] = nil }
                for row in written { rows[row.record] = row }
            }
            for division in homes {
                for today in [Self.today - 15, Self.today, Self.today + 15] {
                    let counts = try #require(try fixture.board.overview(division, today: today).counts)
                    let expected = Self.expected(rows, fixture.tree, at: division, today: today)
                    for name in Set(expected.keys).union(["found-nearly-overdue", "found-overdue", "standing-overdue"])
                    {
                        #expect(counts.counts[name] == expected[name, default: 0], "\(name) at \(division)")
                    }
                }
            }
            let before = try Self.tallies(fixture)
            try fixture.database.rebuildTallies()
            #expect(try Self.tallies(fixture) == before)
            #expect(try fixture.integer("SELECT count(*) FROM tally WHERE amount = 0") == 0)
            #expect(try fixture.integer("SELECT count(*) FROM case_row") == rows.count)
            #expect(try fixture.integer("SELECT count(*) FROM case_number") == rows.count)
            #expect(
                try fixture.integer("SELECT count(*) FROM case_finding")
                    == rows.values.reduce(0) { $0 + $1.findings.count })
        }
    }

    private static func tallies(_ fixture: BoardFixture) throws -> [String] {
        try fixture.database.pool.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT division || indicator || ':' || day || '=' || amount FROM tally UNION ALL
                    SELECT body || indicator || ':' || day || '=' || amount FROM body_tally UNION ALL
                    SELECT division || item || ':' || month || '=' || amount FROM month_tally ORDER BY 1
                    """)
        }
    }

    @Test func `the board opens with a division and its children, each with all below it`() throws {
        try BoardFixture.with { fixture in
            try fixture.database.write([
                BoardFixture.row("440781", 1), BoardFixture.row("440781", 2), BoardFixture.row("4407", 3),
            ])
            let overview = try fixture.board.overview(fixture.tree.root, today: Self.today)
            #expect(overview.counts?[.cases] == 3)
            #expect(overview.children.map(\.division) == fixture.tree.children(of: fixture.tree.root).map(\.text))
            #expect(overview.children.first { $0.division == "4407" }?[.cases] == 3)
            let city = try fixture.board.overview("4407", today: Self.today)
            #expect(city.children.first { $0.division == "440781" }?[.cases] == 2)
        }
    }

    @Test func `a limit is near, then over, as the days go by and nothing is written`() throws {
        try BoardFixture.with { fixture in
            var row = BoardFixture.row("440781", 1)
            (row.due, row.warning, row.deadline) = (Self.today, Self.today - 5, "decision")
            try fixture.database.write([row])
            let (board, root) = (fixture.board, fixture.tree.root)
            #expect(try board.nearlyOverdue(root, today: Self.today - 6).isEmpty)
            #expect(try board.nearlyOverdue(root, today: Self.today).map(\.daysOver) == [0])
            #expect(try board.overdue(root, today: Self.today).isEmpty)
            let over = try board.overdue(root, today: Self.today + 3)
            #expect(over.map(\.daysOver) == [3])
            #expect(over.first?.flags == ["overdue"])
            #expect(try board.overdue("440783", today: Self.today + 3).isEmpty)
            #expect(try board.overdueScan(today: Self.today + 3).map(\.cases) == [1])
            #expect(try board.findings(.overdue, root, today: Self.today + 3).count == 1)
            #expect(try board.findings(.overdue, root, today: Self.today).isEmpty)
        }
    }

    @Test func `the three systems and every finding of a case are shown with it`() throws {
        try BoardFixture.with { fixture in
            var row = BoardFixture.row("440781", 1)
            (row.publicity, row.publicityDue) = (.owed, Self.today - 1)
            (row.recording, row.review) = (.done, .owed)
            row.flags.insert(.gateBroken)
            row.findings = [
                CaseBoardRow.Finding(
                    .gateBroken, about: "decide", says: Bilingual("未经法制审核", "no review"), articles: ["行政处罚法第58条"])
            ]
            try fixture.database.write([row])
            let shown = try #require(try fixture.board.one(row.record.description, today: Self.today))
            #expect(shown.flags == ["gate-broken", "publicity-late"])
            #expect([shown.publicity, shown.recording, shown.review] == ["owed", "done", "owed"])
            #expect(shown.findings.map(\.chinese) == ["未经法制审核"])
            #expect(try fixture.board.findings(.gateBroken, "4407", today: Self.today) == [shown])
        }
    }

    @Test func `a body loses points by the part of its cases that have a finding`() throws {
        try BoardFixture.with { fixture in
            var rows = (1...4).map { BoardFixture.row("440781", $0) }
            rows[0].flags.insert(.gateBroken)
            for place in rows.indices { rows[place].recording = .done }
            (rows[1].recording, rows[1].recordingDue) = (.owed, Self.today - 1)
            try fixture.database.write(rows)
            let score = try #require(try fixture.board.scores("4407", today: Self.today).first)
            #expect(score.body == "440781-B")
            #expect(score.recording == 75)
            #expect(score.threeSystems == 92.5)
            #expect(score.lost == 10)
            #expect(score.score == 82.5)
            #expect(try fixture.board.scores("440783", today: Self.today).isEmpty)
        }
    }

    @Test func `an item that grows against the months before is a hot spot, at every level`() throws {
        try BoardFixture.with { fixture in
            var rows: [CaseBoardRow] = []
            for number in 0..<9 {
                var row = BoardFixture.row("440781", UInt64(number))
                // Three cases in the three months before, six in this one.
                row.opened = number < 3 ? Self.today - 35 - 30 * number : Self.today
                rows.append(row)
            }
            try fixture.database.write(rows)
            for division in [fixture.tree.root, "4407", "440781"] as [DivisionCode] {
                let spot = try #require(try fixture.board.hotSpots(division, today: Self.today).first)
                #expect(spot.item == "I-1")
                #expect(spot.month == "2026-11")
                #expect(spot.cases == 6)
                #expect(spot.meanBefore == 0.5)
                #expect(spot.growth == 12)
            }
            #expect(try fixture.board.hotSpots(fixture.tree.root, today: Self.today + 60).isEmpty)
        }
    }

    @Test func `a party is counted by a hash that another board does not share`() throws {
        try BoardFixture.with { fixture in
            let hash = fixture.database.hash(ofParty: "440781199001011234")
            var rows = (1...3).map { BoardFixture.row("440781", $0) }
            (rows[0].party, rows[2].party) = (hash, hash)
            try fixture.database.write(rows)
            #expect(try fixture.integer("SELECT cases FROM repeat_parties") == 2)
            var chance = SplitMix64(seed: 2)
            let other = try BoardDatabase(
                path: fixture.path + "-other", tree: fixture.tree, rules: BoardFixture.rules, using: &chance)
            #expect(other.hash(ofParty: "440781199001011234") != hash)
            #expect(
                try BoardFixture(path: fixture.path, tree: fixture.tree).database.hash(ofParty: "440781199001011234")
                    == hash)
        }
    }

    @Test func `a broken file, or one of another version, is made anew`() throws {
        try BoardFixture.with { fixture in
            try fixture.database.write([BoardFixture.row("440781", 1)])
            try fixture.database.pool.write { try $0.execute(sql: "PRAGMA user_version = 999") }
            try fixture.database.close()
            let again = try BoardFixture(path: fixture.path, tree: fixture.tree)
            #expect(try again.integer("SELECT count(*) FROM case_row") == 0)
            try again.database.close()
            try Data("not a database".utf8).write(to: URL(filePath: fixture.path))
            let third = try BoardFixture(path: fixture.path, tree: fixture.tree)
            #expect(try third.integer("SELECT count(*) FROM case_row") == 0)
        }
    }

    @Test func `another tree moves the counts and keeps the rows`() throws {
        try BoardFixture.with { fixture in
            try fixture.database.write([BoardFixture.row("440781", 1)])
            try fixture.database.close()
            let city = Division(code: "4499", name: "新市", level: .city, parent: fixture.tree.root)
            let moved = try DivisionTree(
                divisions: fixture.tree.divisions.map { division in
                    division.code == "440781"
                        ? Division(code: division.code, name: division.name, level: .county, parent: city.code)
                        : division
                } + [city], seats: [])
            let again = try BoardFixture(path: fixture.path, tree: moved)
            #expect(try again.board.overview("4499", today: Self.today).counts?[.cases] == 1)
            #expect(try again.board.overview("4407", today: Self.today).counts?[.cases] == 0)
        }
    }

    @Test func `other rules have every case judged again, and keep the rows until then`() throws {
        try BoardFixture.with { fixture in
            try fixture.database.write([BoardFixture.row("440781", 1)])
            try fixture.database.pool.write { try BoardDatabase.set("position", to: "7", $0) }
            try fixture.database.close()
            let same = try BoardFixture(path: fixture.path, tree: fixture.tree)
            #expect(try same.database.value("position") == "7")
            try same.database.close()
            var rules = BoardFixture.rules
            rules.version = 2
            let other = try BoardFixture(path: fixture.path, tree: fixture.tree, rules: rules)
            #expect(try other.database.value("position") == nil)
            #expect(try other.integer("SELECT count(*) FROM case_row") == 1)
        }
    }

    @Test func `numbers left out in a block are gaps until they are explained`() throws {
        try BoardFixture.with { fixture in
            let record = RecordID(home: "440781", flow: .up, kind: "number-block", key: RecordKey(8, 8))
            func put(_ explanations: [NumberExplanation]) throws {
                let block = NumberBlock(
                    record: record, series: NumberSeries(body: "440781-B", word: "罚", year: 2026), sign: "示例", first: 1,
                    last: 20, machines: ["m"], explanations: explanations)
                try fixture.database.pool.write { try fixture.database.put(block, as: record, $0) }
            }
            try put([])
            try fixture.database.write(
                [2, 3, 6].map { number in
                    var row = BoardFixture.row("440781", UInt64(number))
                    row.numbers = [BoardNumber(series: "示例罚〔2026〕", number: number)]
                    return row
                })
            let gaps = try fixture.board.numberGaps("4407")
            #expect(gaps.map(\.first) == [1, 4])
            #expect(gaps.map(\.last) == [1, 5])
            #expect(gaps.allSatisfy { !$0.isExplained })
            try put([NumberExplanation(first: 4, last: 5, cause: .storeBehind)])
            #expect(try fixture.board.numberGaps("4407").map(\.isExplained) == [false, true])
            try put([
                NumberExplanation(first: 4, last: 4, cause: .onDevice),
                NumberExplanation(first: 5, last: 8, cause: .storeBehind),
            ])
            #expect(try fixture.board.numberGaps("4407").map(\.isExplained) == [false, true])
            try put([
                NumberExplanation(first: 1, last: 1, cause: .onDevice),
                NumberExplanation(first: 4, last: 4, cause: .onDevice),
            ])
            #expect(try fixture.board.numberGaps("4407").map(\.isExplained) == [true, false])
        }
    }

    @Test func `every view answers`() throws {
        try BoardFixture.with { fixture in
            var chance = SplitMix64(seed: 9)
            try fixture.database.write((0..<40).map { BoardFixture.row("440781", $0, &chance) })
            try fixture.database.pool.read { db in
                let views = try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'view'")
                #expect(views.count >= 14)
                for view in views { _ = try Row.fetchAll(db, sql: "SELECT * FROM \(view)") }
                let counted = try Int.fetchOne(
                    db, sql: "SELECT amount FROM indicators WHERE division = '440781' AND indicator = 'cases'")
                #expect(counted == 40)
                #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM three_systems") == 40)
            }
        }
    }
}
