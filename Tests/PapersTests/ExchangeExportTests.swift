import Casework
import Libraries
import Testing

@testable import Papers

/// What leaves when: nothing twice, nothing forgotten, what was withdrawn called back.
@Suite struct ExchangeExportTests {
    @Test func `an export goes on where the last one ended`() throws {
        let acts = try (1...3).map { try ExchangeFixtures.penalty("case-\($0)", at: UInt64($0)) }
        let first = try ExchangeFixtures.export(Array(acts.prefix(2)))
        #expect(first.rows.map(\.operation) == [.issued, .issued])
        let kept = try ExchangeCursor("\(first.cursor)", store: "s")
        #expect(kept == first.cursor && kept.position(of: "credit-penalty-2019") == 2)
        let second = try ExchangeFixtures.export(acts, since: kept)
        #expect(second.rows.count == 1)
        #expect(try ExchangeFixtures.export(acts, since: second.cursor).rows.isEmpty)
        #expect(second.cursor.position(of: "supervision-penalty") == 0)
    }

    @Test func `the same version has the same message id in any order, batch and store`() throws {
        let acts = try (1...4).map { try ExchangeFixtures.penalty("case-\($0)", at: UInt64($0)) }
        let all = try ExchangeFixtures.export(acts.reversed())
        var moved = acts[2]
        (moved.position, moved.firstPosition) = (900, nil)
        let again = try ExchangeExporter(ExchangeFixtures.forms()).export(
            "credit-penalty-2019", [moved], since: ExchangeCursor(store: "other"),
            at: try ExchangeFixtures.moment("2027-01-01T00:00"))
        #expect(again.rows.map(\.message) == [all.rows[2].message])
        #expect(Set(all.rows.map(\.message) + all.rows.map(\.record)).count == 8)
        #expect(all.rows.map(\.message).allSatisfy { $0.count == 36 })
        let other = try ExchangeFixtures.export(acts, "credit-message")
        #expect(Set(other.rows.map(\.message)).isDisjoint(with: all.rows.map(\.message)))
    }

    @Test func `a day later the report has another day and the message the same id`() throws {
        let act = try ExchangeFixtures.penalty()
        let exporter = ExchangeExporter(try ExchangeFixtures.forms())
        let batches = try ["2026-03-11T08:00", "2026-03-12T08:00"].map {
            try exporter.export(
                "supervision-penalty", [act], since: ExchangeCursor(store: "s"), at: ExchangeFixtures.moment($0))
        }
        #expect(batches[0].text("reported-on") != batches[1].text("reported-on"))
        #expect(batches[0].rows[0].message == batches[1].rows[0].message)
    }

    @Test func `a changed decision leaves as a change of the same record`() throws {
        var act = try ExchangeFixtures.penalty()
        let first = try ExchangeFixtures.export([act])
        (act.position, act.version, act.penalty.content) = (5, "v2", "改为警告。")
        let second = try ExchangeFixtures.export([act], since: first.cursor)
        #expect(second.rows.map(\.operation) == [.changed])
        #expect(second.rows[0].record == first.rows[0].record)
        #expect(second.rows[0].message != first.rows[0].message)
    }

    @Test func `a withdrawn decision is called back by its keys alone, and may stand again`() throws {
        var act = try ExchangeFixtures.penalty()
        let first = try ExchangeFixtures.export([act], "credit-penalty-2016")
        (act.position, act.version, act.standing) = (5, "v2", .withdrawn)
        let second = try ExchangeFixtures.export([act], "credit-penalty-2016", since: first.cursor)
        #expect(second.rows.map(\.operation) == [.withdrawn])
        #expect(second.text("CF_ZT") == "1" && second.text("CF_WSH") == act.penalty.documentNumber)
        #expect(second.text("CF_XDR_MC") == "" && second.text("CF_SY") == "" && second.text("CF_XDR_SHXYM") == "")
        (act.position, act.version, act.standing) = (9, "v3", .inForce)
        let third = try ExchangeFixtures.export([act], "credit-penalty-2016", since: second.cursor)
        #expect(third.rows[0].texts == first.rows[0].texts)
        #expect(third.rows[0].message != first.rows[0].message, "a receiver must not take it for the first")
    }

    @Test func `what never left is not called back, unless nobody knows`() throws {
        var act = try ExchangeFixtures.penalty()
        act.standing = .withdrawn
        #expect(try ExchangeFixtures.export([act]).rows.isEmpty)
        act.firstPosition = nil
        #expect(try ExchangeFixtures.export([act]).rows.map(\.operation) == [.withdrawn])
    }

    @Test func `a refused act waits in the cursor and leaves as new when it is mended`() throws {
        var bad = try ExchangeFixtures.penalty("case-1", at: 1)
        let facts = bad.conduct.facts
        bad.conduct.facts = nil
        let first = try ExchangeFixtures.export([bad, try ExchangeFixtures.penalty("case-2", at: 2)])
        #expect(first.cursor.held(of: "credit-penalty-2019") == ["case-1"])
        // The case itself may not have changed: what it lacked can come from a library.
        bad.conduct.facts = facts
        let kept = try ExchangeCursor("\(first.cursor)", store: "s")
        let second = try ExchangeFixtures.export([bad], since: kept)
        #expect(second.rows.map(\.operation) == [.issued])
        #expect(second.cursor.held(of: "credit-penalty-2019").isEmpty)
        #expect(second.cursor.position(of: "credit-penalty-2019") == 2)
    }

    @Test func `a change that is refused does not make the receiver's version forgotten`() throws {
        var act = try ExchangeFixtures.penalty()
        let first = try ExchangeFixtures.export([act])
        (act.position, act.version, act.conduct.facts) = (3, "v2", nil)
        let second = try ExchangeFixtures.export([act], since: first.cursor)
        #expect(second.rows.isEmpty && second.refused.count == 1)
        (act.position, act.version, act.standing) = (4, "v3", .withdrawn)
        #expect(try ExchangeFixtures.export([act], since: second.cursor).rows.map(\.operation) == [.withdrawn])
    }

    @Test func `what is not for the public stays here, and is called back where it had left`() throws {
        var act = try ExchangeFixtures.penalty()
        let first = try ExchangeFixtures.export([act])
        (act.position, act.version, act.withheld) = (3, "v2", Bilingual("涉及商业秘密", "trade secret"))
        let second = try ExchangeFixtures.export([act], since: first.cursor)
        #expect(second.rows.map(\.operation) == [.withdrawn] && second.withheldCount == 1)
        act.firstPosition = 3
        #expect(try ExchangeFixtures.export([act]).rows.isEmpty)
        #expect(try ExchangeFixtures.export([act], "supervision-penalty").rows.count == 1)
        act.withheld = nil
        act.party.isMinor = true
        let minor = try ExchangeFixtures.export([act])
        #expect(minor.rows.isEmpty && minor.withheldCount == 1)
    }

    @Test func `a batch ends between commits, never inside one`() throws {
        let acts = try [(1, 1), (2, 2), (3, 2), (4, 3)].map {
            try ExchangeFixtures.penalty("case-\($0)", at: UInt64($1))
        }
        let first = try ExchangeFixtures.export(acts, rowsMax: 2)
        #expect(first.rows.count == 3 && first.hasMore && !first.isStopped)
        let second = try ExchangeFixtures.export(acts, since: first.cursor, rowsMax: 2)
        #expect(second.rows.count == 1 && !second.hasMore)
    }

    @Test func `too many acts to mend stop the export until some are mended`() throws {
        var bad = try ExchangeFixtures.penalty()
        bad.conduct.facts = nil
        let acts = (1...(ExchangeCursor.heldMax + 5)).map { number in
            var act = bad
            (act.record, act.position) = ("case-\(number)", UInt64(number))
            return act
        }
        let batch = try ExchangeFixtures.export(acts)
        #expect(batch.isStopped && batch.cursor.held(of: "credit-penalty-2019").count == ExchangeCursor.heldMax)
        #expect(batch.cursor.position(of: "credit-penalty-2019") == UInt64(ExchangeCursor.heldMax))
        let mended = try acts.map { act in
            var act = act
            act.conduct.facts = try ExchangeFixtures.penalty().conduct.facts
            return act
        }
        let next = try ExchangeFixtures.export(mended, since: batch.cursor)
        #expect(next.rows.count == acts.count && !next.isStopped)
    }

    @Test func `of two states of one record the later leaves`() throws {
        let old = try ExchangeFixtures.penalty()
        var new = old
        (new.position, new.penalty.content) = (2, "新内容")
        let batch = try ExchangeFixtures.export([new, old])
        #expect(batch.rows.count == 1 && batch.text("CF_NR") == "新内容")
    }

    @Test(arguments: ["", "x1-", "x1-zz", "x2-00", "x1-0000000000", "x1-deadbeef7b7d"])
    func `a damaged cursor is refused`(text: String) {
        #expect(throws: Reason.self) { try ExchangeCursor(text, store: "s") }
    }

    @Test func `a cursor with one digit changed or of another store is refused`() throws {
        let text = try ExchangeFixtures.export([try ExchangeFixtures.penalty()]).cursor.description
        let changed = text.dropLast() + (text.hasSuffix("0") ? "1" : "0")
        #expect(throws: Reason.self) { try ExchangeCursor(String(changed), store: "s") }
        let other = #expect(throws: Reason.self) { try ExchangeCursor(text, store: "t") }
        #expect(other?.english.contains("another store") == true)
    }

    @Test func `a form that is not there is named with those that are`() throws {
        let error = #expect(throws: Reason.self) { try ExchangeFixtures.export([], "credit-penalty-2030") }
        #expect(error?.english.contains("supervision-other") == true)
    }
}
