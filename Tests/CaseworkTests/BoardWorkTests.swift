import Divisions
import Ledger
import Libraries
import Testing

@testable import Casework

/// Whom a case waits for, and what it adds to which month.
@Suite struct BoardWorkTests {
    private static let record = RecordID(home: "440781", flow: .up, kind: "case", key: RecordKey(1, 1))
    private static let rules = SupervisionRules(
        id: "supervision", version: 1, name: Bilingual("规则", "rules"), rules: [],
        weights: SupervisionRules.Weights(publicity: 30, recording: 30, review: 40),
        milestones: SupervisionRules.Milestones(
            filed: [], decided: ["penalty-decision"], reviewed: ["review-opinion"], passed: ["passed"]))
    private static var day: LegalDate {
        guard let day = LegalDate("2026-03-02") else { preconditionFailure("that is a day") }
        return day
    }
    private static let passed = StepRule.Outcome(id: "passed", name: Bilingual("通过", "passed"))
    private static let returned = StepRule.Outcome(id: "returned", name: Bilingual("退回", "returned"))

    private static func step(
        _ id: String, _ posts: [Post], outcomes: [StepRule.Outcome] = [StepRule.done], document: String? = nil,
        isOptional: Bool = false
    ) -> StepRule {
        StepRule(
            id: id, stage: "whole", name: Bilingual("环节\(id)", id), posts: posts, outcomes: outcomes,
            document: document, isRepeated: true, isOptional: isOptional)
    }

    private static let procedure = Procedure(
        id: "small", version: 2, name: Bilingual("小程序", "small"),
        stages: [Stage(id: "whole", name: Bilingual("全程", "whole"))],
        steps: [
            step("look", [.officer]), step("draft", [.officer, .clerk]),
            step("review", [.reviewer], outcomes: [passed, returned], document: "review-opinion"),
            step("extend", [.responsible], isOptional: true), step("decide", [.responsible, .system]),
        ])

    private static func taken(_ step: String, _ outcome: String = "done", number: UInt64 = 2) -> JudgedStep {
        let mark = StepMark(
            step: step, outcome: outcome, at: LegalMoment(Self.day), officers: ["A1"])
        let dot = Dot(stream: StreamID(Digest.zero), number: number, index: 0)
        return JudgedStep(
            taken: TakenMark(
                citation: Citation(dot: dot, check: 0), mark: mark, author: nil, division: "440781", level: .county,
                body: "B", stamp: 0, reads: []), findings: [], doubts: [], isVoid: false)
    }

    private static func row(
        _ steps: [JudgedStep], next: [String: Bool], standing: Assessment.Standing = .open,
        _ change: (inout CaseBoardFacts) -> Void = { _ in }
    ) -> CaseBoardRow {
        let missing = [GateFinding(says: Bilingual("缺", "missing"), articles: [], answer: .broken)]
        let assessment = Assessment(
            procedure: procedure, stage: procedure.stages[0], standing: standing, steps: steps,
            next: procedure.steps.compactMap { rule in
                next[rule.id].map { NextStep(rule: rule, asks: [], missing: $0 ? [] : missing, due: nil) }
            }, deadlines: [], tallies: [:], handler: nil)
        var facts = CaseBoardFacts(record: record, body: "B", item: "I-1")
        change(&facts)
        return CaseBoardRow(assessment, facts, rules: rules, calendar: WorkCalendar([]))
    }

    private static func work(_ row: CaseBoardRow) -> [String] {
        row.work.map { "\($0.section) \($0.post) \($0.step)" }
    }

    @Test func `a case goes on with the first possible step behind the last one`() {
        let row = Self.row([Self.taken("look")], next: ["look": true, "draft": true, "review": false, "decide": true])
        #expect(row.next == "draft")
        #expect(row.names.contains(CaseBoardRow.Name(.step, "draft", Bilingual("环节draft", "draft"))))
    }

    @Test func `what cannot be taken yet is named all the same, where nothing else is possible`() {
        let row = Self.row([Self.taken("draft")], next: ["review": false])
        #expect(row.next == "review")
        #expect(row.work.isEmpty)
    }

    @Test func `each post waits once, and nobody for a step that may be left out`() {
        let row = Self.row(
            [Self.taken("look")], next: ["look": true, "draft": true, "review": true, "extend": true, "decide": true])
        #expect(
            Self.work(row) == [
                "waiting officer draft", "waiting clerk draft", "waiting reviewer review", "waiting responsible decide",
            ])
    }

    @Test func `a review that sends back is told as returned until the next step`() {
        let back = Self.row([Self.taken("draft"), Self.taken("review", "returned", number: 3)], next: ["draft": true])
        #expect(back.work.first?.section == .returned)
        #expect(back.work.first?.says == Bilingual("环节review：退回", "review: returned"))
        let on = Self.row(
            [Self.taken("review", "returned"), Self.taken("draft", number: 3)], next: ["review": true])
        #expect(Self.work(on) == ["waiting reviewer review"])
        let passed = Self.row([Self.taken("review", "passed")], next: ["decide": true])
        #expect(Self.work(passed) == ["waiting responsible decide"])
    }

    @Test func `a review that led on is not asked for again`() {
        let steps = [Self.taken("draft"), Self.taken("review", "passed", number: 3), Self.taken("decide", number: 4)]
        #expect(Self.work(Self.row(steps, next: ["look": true, "review": true])) == ["waiting officer look"])
    }

    @Test func `doubts, conflicts and news of statutes wait for somebody, unless the case has ended`() {
        func change(_ facts: inout CaseBoardFacts) {
            (facts.conflicts, facts.stale) = (2, [Bilingual("已废止", "repealed")])
        }
        let waiting = Assessment.Standing.waiting([.certificate("A1")])
        let row = Self.row([Self.taken("look")], next: [:], standing: waiting, change)
        #expect(row.work.map(\.section) == [.toBeConfirmed, .inConflict, .statuteNews])
        let ended = Assessment.Standing.ended(Bilingual("办结", "done"), at: LegalMoment(Self.day))
        #expect(Self.row([Self.taken("look")], next: [:], standing: ended, change).work.isEmpty)
    }

    @Test func `a row adds to the month of each thing that happened`() {
        var row = CaseBoardRow(record: Self.record, procedure: "complaint@3", stage: "whole", opened: 20_510)
        (row.filed, row.decided, row.closed, row.fineFen) = (20_520, 20_545, 20_580, 500)
        row.flags.insert(.gateBroken)
        let flows = row.flows.map { "\($0.trend.id) \($0.month - 2026 * 12) \($0.amount)" }
        #expect(
            flows == [
                "cases 2 1", "opened 1 1", "filed 2 1", "decided 3 1", "closed 4 1", "complaints 1 1",
                "fines-fen 3 500",
                "found-gate-broken 2 1",
            ])
        #expect(Set(BoardTrend.all.map(\.number)).count == BoardTrend.all.count)
        #expect(Set(BoardTrend.all.map(\.id)).count == BoardTrend.all.count)
    }
}
