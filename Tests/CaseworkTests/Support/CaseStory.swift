import Divisions
import Lattice
import Ledger
import Libraries
import Testing

@testable import Casework

/// A case as officers live it: what is entered and taken is previewed, written and judged as the program does it.
final class CaseStory {
    let procedure: Procedure
    private(set) var offices: [DivisionCode: CaseOffice] = [:]
    private(set) var now: LegalMoment
    let id: RecordID
    private var nonces: UInt8 = 0
    private let knowledge: FixtureKnowledge

    /// - Parameter opener: the office that opens it and handles it first; its home if nil.
    init(
        _ procedure: Procedure, home: DivisionCode = Fixture.town, opener: DivisionCode? = nil,
        begins: String = "2026-03-02T09:00", knowledge: FixtureKnowledge? = nil, facts: [String: Value] = [:]
    ) throws {
        self.procedure = procedure
        self.knowledge = try knowledge ?? Fixture.knowledge()
        now = Fixture.moment(begins)
        let kind = procedure.isUrgent ? "urgent-case" : "case"
        id = RecordID(
            home: home, flow: procedure.isUrgent ? .upUrgent : .up, kind: kind,
            key: RecordKey(milliseconds: now.milliseconds, chance: (1, 2)))
        _ = self.office(home)
        let office = office(opener ?? home)
        let plan = CasePlan(procedure: procedure, knowledge: office.knowledge)
        let officers = [1, 2].map { Fixture.officer(office.division, .officer, $0) }
        office.write(
            plan.open(id, handler: (office.division, office.body, officers), facts: try rules(facts)),
            by: officers[0], at: now)
        sync()
    }

    /// The office's copy, made at its first mention; it knows what the home had when it was made.
    func office(_ division: DivisionCode) -> CaseOffice {
        if let office = offices[division] { return office }
        nonces += 1
        let office = CaseOffice(division, knowledge, case: id, nonce: nonces)
        if let home = offices[id.home] { office.sync(with: home) }
        offices[division] = office
        return office
    }

    func wait(until text: String) { now = max(now, Fixture.moment(text)) }

    func wait(days: Int) {
        guard let day = now.day.adding(days: days), let later = LegalMoment(day: day, minute: now.minute) else {
            return
        }
        now = later
    }

    // MARK: What people do

    func enter(_ facts: [String: Value], at division: DivisionCode? = nil) throws {
        let office = office(division ?? id.home)
        let plan = CasePlan(procedure: procedure, knowledge: office.knowledge)
        let edits = plan.enter(try rules(facts), in: office.history)
        guard !edits.isEmpty else { return }
        office.write(edits, by: Fixture.officer(office.division, .officer), at: now)
        tick()
    }

    /// The mark as the program would write it: signed by as many officers as the rule asks for, with its document.
    func mark(
        _ step: String, _ outcome: String? = nil, as post: Post? = nil, at division: DivisionCode, number: Int = 1,
        officers: [String]? = nil, figures: [String: Int64] = [:]
    ) throws -> StepMark {
        let rule = try #require(procedure.step(step), "no step \(step)")
        let post = post ?? rule.posts[0]
        let people =
            officers ?? (number..<number + max(1, rule.certified)).map { Fixture.officer(division, post, $0) }
        var issued: [StepMark.Issued] = []
        if let kind = rule.document {
            let number = rule.numbered.map { "棠综\($0)〔2026〕1号" }
            issued.append(StepMark.Issued(kind: kind, number: number, digest: String(repeating: "0", count: 64)))
        }
        return StepMark(
            step: step, outcome: outcome ?? rule.outcomes[0].id, at: now, post: post,
            officers: post == .system ? [] : people, issued: issued, figures: figures)
    }

    /// What stands in the way of a step; empty if it may be taken.
    func refusals(
        _ step: String, _ outcome: String? = nil, as post: Post? = nil, at division: DivisionCode? = nil,
        number: Int = 1, officers: [String]? = nil
    ) throws -> [GateFinding] {
        let office = office(division ?? id.home)
        let mark = try mark(step, outcome, as: post, at: office.division, number: number, officers: officers)
        let judge = CaseJudge(procedure: procedure, knowledge: office.knowledge)
        return CasePlan(procedure: procedure, knowledge: office.knowledge).preview(
            mark, by: mark.officers.first.flatMap { office.knowledge.officer(certificate: $0)?.record },
            acting: office.acting(mark.post, mark.officers), in: office.history, judge: judge)
    }

    /// Takes a step that must be lawful, with the facts it collects.
    @discardableResult
    func take(
        _ step: String, _ outcome: String? = nil, as post: Post? = nil, at division: DivisionCode? = nil,
        number: Int = 1, officers: [String]? = nil, facts: [String: Value] = [:], figures: [String: Int64] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Citation {
        if !facts.isEmpty { try enter(facts, at: division) }
        let found = try refusals(step, outcome, as: post, at: division, number: number, officers: officers)
        #expect(found.isEmpty, "\(step) was refused: \(found.map(\.says))", sourceLocation: sourceLocation)
        return try force(
            step, outcome, as: post, at: division, number: number, officers: officers, figures: figures)
    }

    /// Takes a step whatever stands in the way, as a dishonest or outdated program would.
    @discardableResult
    func force(
        _ step: String, _ outcome: String? = nil, as post: Post? = nil, at division: DivisionCode? = nil,
        number: Int = 1, officers: [String]? = nil, figures: [String: Int64] = [:]
    ) throws -> Citation {
        let office = office(division ?? id.home)
        let mark = try mark(
            step, outcome, as: post, at: office.division, number: number, officers: officers, figures: figures)
        let plan = CasePlan(procedure: procedure, knowledge: office.knowledge)
        let citations = office.write([plan.take(mark, in: office.history)], by: mark.officers.first, at: now)
        tick()
        return try #require(citations.first)
    }

    func refused(
        _ step: String, _ outcome: String? = nil, as post: Post? = nil, at division: DivisionCode? = nil,
        saying words: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let found = try refusals(step, outcome, as: post, at: division)
        #expect(
            found.contains { ($0.says.chinese + $0.articles.joined()).contains(words) },
            "\(step): \(found.map(\.says))", sourceLocation: sourceLocation)
    }

    /// Every two offices exchange what they have until all have everything.
    func sync() {
        let all = offices.keys.sorted().compactMap { offices[$0] }
        guard let first = all.first else { return }
        for _ in 0..<2 { for other in all.dropFirst() { first.sync(with: other) } }
    }

    func assess(at division: DivisionCode? = nil) -> Assessment {
        let office = office(division ?? id.home)
        return CaseJudge(procedure: procedure, knowledge: office.knowledge).assess(office.history, at: now)
    }

    private func tick() {
        if let next = LegalMoment(minutesSince1970: now.minutesSince1970 + 1) { now = next }
    }

    private func rules(_ facts: [String: Value]) throws -> [(FactRule, [Value])] {
        try facts.keys.sorted().map { name in
            (try #require(procedure.fact(name), "no fact \(name)"), [facts[name]].compactMap { $0 })
        }
    }
}
