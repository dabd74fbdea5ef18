import Casework
import Divisions
import Foundation
import GRDB
import Ledger
import Libraries
import Support
import Testing

@testable import Node

/// A board of the tests' province in a directory of its own.
struct BoardFixture {
    static let today = 20_759
    static let rules = SupervisionRules(
        id: "supervision", version: 1, name: Bilingual("规则", "rules"),
        rules: [
            SupervisionRule(
                id: "broken", name: Bilingual("违反程序", "broken"), finding: .gateBroken, severity: .serious, points: 40),
            SupervisionRule(
                id: "late", name: Bilingual("逾期", "late"), finding: .overdue, severity: .warning, points: 20),
        ], weights: SupervisionRules.Weights(publicity: 30, recording: 30, review: 40),
        milestones: SupervisionRules.Milestones(filed: [], decided: [], reviewed: [], passed: []))

    let path: String
    let tree: DivisionTree
    let database: BoardDatabase

    var board: Board { Board(database) }

    static func with(_ body: (BoardFixture) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "board-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try body(try BoardFixture(path: "\(directory)/casework.sqlite", tree: try testTree()))
    }

    init(path: String, tree: DivisionTree, rules: SupervisionRules = rules) throws {
        (self.path, self.tree) = (path, tree)
        var chance = SplitMix64(seed: 1)
        database = try BoardDatabase(path: path, tree: tree, rules: rules, using: &chance)
    }

    func integer(_ sql: String) throws -> Int { try database.pool.read { try Int.fetchOne($0, sql: sql) ?? -1 } }

    static func record(_ home: DivisionCode, _ number: UInt64) -> RecordID {
        RecordID(home: home, flow: .up, kind: "case", key: RecordKey(7, number))
    }

    static func row(_ home: DivisionCode, _ number: UInt64, body: String = "B") -> CaseBoardRow {
        var row = CaseBoardRow(
            record: record(home, number), procedure: "small@1", stage: "whole", opened: today - 10)
        (row.body, row.item, row.calendar) = ("\(home)-\(body)", "I-1", "c1")
        return row
    }

    /// Any row there may be.
    static func row(_ home: DivisionCode, _ number: UInt64, _ chance: inout SplitMix64) -> CaseBoardRow {
        var row = row(home, number, body: "\(chance.below(2))")
        func some(_ days: Int) -> Int? { chance.below(2) == 0 ? nil : today - days + chance.below(2 * days) }
        row.opened = today - chance.below(400)
        row.item = "I-\(chance.below(3))"
        row.standing = CaseBoardRow.Standing.allCases[chance.below(3)]
        row.due = some(20)
        if let due = row.due, chance.below(3) > 0 { row.warning = due - chance.below(10) }
        (row.decided, row.fineFen) = (some(50), Int64(chance.below(3)) * 100)
        row.publicity = CaseBoardRow.SystemState.allCases[chance.below(3)]
        if row.publicity == .owed { row.publicityDue = some(10) }
        row.recording = CaseBoardRow.SystemState.allCases[chance.below(3)]
        if row.recording == .owed { row.recordingDue = some(10) }
        row.review = CaseBoardRow.SystemState.allCases[chance.below(3)]
        row.flags = SupervisionFlags(
            SupervisionFinding.allCases.filter { _ in chance.below(4) == 0 }.filter { $0 != .nearlyOverdue })
        row.officers = ["A\(chance.below(3))", "B\(chance.below(3))"]
        row.numbers = [BoardNumber(series: "示例罚〔2026〕", number: Int(number))]
        row.findings = row.flags.findings.map {
            CaseBoardRow.Finding($0, about: "step", says: Bilingual("发现", "found"), articles: ["行政处罚法第38条"])
        }
        return row
    }
}
