import Foundation
import Testing

@testable import Casework

@Suite struct SupervisionRulesTests {
    private static let head = """
        rules: supervision
        version: 1
        zh: 规则
        en: Rules
        weights: { publicity: 30, recording: 30, review: 40 }
        milestones: { filed: [filing-approval], decided: [penalty-decision], reviewed: [review-opinion], passed: [passed] }
        findings:

        """
    private static let overdue = "  - { id: a, zh: 逾期, en: Overdue, finding: overdue, severity: serious, points: 30 }\n"

    @Test func `the shipped rules have one for every finding`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Procedures/rules/supervision.yaml")
        let rules = try SupervisionRules(yaml: try String(contentsOf: file, encoding: .utf8), file: "supervision.yaml")
        #expect(Set(rules.rules.map(\.finding)) == Set(SupervisionFinding.allCases))
        #expect(rules.rule(for: .gateBroken)?.severity == .serious)
        #expect(rules.milestones.reviewed == ["review-opinion"])
        #expect(rules.reference == "supervision@1")
    }

    @Test(arguments: [
        ("  - { id: a, zh: 甲, en: A, finding: late, severity: note }\n", 8, "late"),
        ("  - { id: a, zh: 甲, en: A, finding: overdue, severity: grave }\n", 8, "grave"),
        ("  - { id: a, zh: 甲, en: A, finding: overdue, severity: note, colour: red }\n", 8, "colour"),
        ("  - { id: a, zh: 甲, en: A, finding: overdue, severity: note, points: 101 }\n", 8, "points"),
        ("  - { id: a, zh: 甲, en: A, severity: note }\n", 8, "finding"),
    ])
    func `what is not known is refused with its line`(rule: String, line: Int, word: String) throws {
        let fault = try #require(throws: ProcedureFault.self) {
            try SupervisionRules(yaml: Self.head + rule, file: "rules.yaml")
        }
        #expect(fault.faults.first?.line == line)
        #expect(fault.description.contains(word))
    }

    @Test func `two rules for one finding are refused`() throws {
        let second = Self.overdue.replacingOccurrences(of: "id: a", with: "id: b")
        #expect(throws: ProcedureFault.self) {
            try SupervisionRules(yaml: Self.head + Self.overdue + second, file: "rules.yaml")
        }
        #expect(try SupervisionRules(yaml: Self.head + Self.overdue, file: "rules.yaml").rules.count == 1)
    }

    @Test func `weights that do not come to a hundred are refused`() throws {
        let yaml = Self.head.replacingOccurrences(of: "review: 40", with: "review: 41") + Self.overdue
        let fault = try #require(throws: ProcedureFault.self) { try SupervisionRules(yaml: yaml, file: "rules.yaml") }
        #expect(fault.faults.map(\.line) == [5])
    }

    @Test func `each finding has a bit of its own`() {
        #expect(Set(SupervisionFinding.allCases.map(\.bit)).count == SupervisionFinding.allCases.count)
        #expect(Set(BoardIndicator.all.map(\.number)).count == BoardIndicator.all.count)
        #expect(Set(BoardIndicator.all.map(\.id)).count == BoardIndicator.all.count)
    }
}
