import Divisions
import Ledger
import Libraries
import Testing

@testable import Casework

/// What every story asks of a case beside taking steps in it.
extension CaseStory {
    /// A story under the holidays of 2026.
    static func of(
        _ procedure: String, home: DivisionCode = Fixture.town, opener: DivisionCode? = nil,
        begins: String = "2026-03-02T09:00", changing change: (inout FixtureKnowledge) -> Void = { _ in }
    ) throws -> CaseStory {
        var knowledge = try Fixture.knowledge()
        knowledge.calendar = DaysFixture.calendar
        change(&knowledge)
        return try CaseStory(
            ShippedProcedures.read(procedure), home: home, opener: opener, begins: begins, knowledge: knowledge)
    }

    /// One thing stands in the way, told in these words and under this article.
    func refuses(
        _ step: String, _ outcome: String? = nil, as post: Post? = nil, at division: DivisionCode? = nil,
        number: Int = 1, officers: [String]? = nil, saying words: String, by article: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let found = try refusals(step, outcome, as: post, at: division, number: number, officers: officers)
        #expect(
            found.contains { $0.says.chinese.contains(words) && $0.articles.contains(article) },
            "\(step): \(found.map { "\($0.says) \($0.articles)" })", sourceLocation: sourceLocation)
    }

    func state(_ deadline: String, at division: DivisionCode? = nil) throws -> DeadlineState {
        try #require(assess(at: division).deadlines.first { $0.rule.id == deadline }, "no deadline \(deadline)")
    }

    /// The last minute of a deadline: the end of a day, or a minute.
    func expectDue(
        _ deadline: String, _ text: String, at division: DivisionCode? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let state = try state(deadline, at: division)
        let due = state.due.map { text.contains("T") ? $0.description : $0.day.description }
        #expect(due == text, "\(deadline): \(state.phase)", sourceLocation: sourceLocation)
    }

    /// Whether what this deadline asks for was missed or done too late.
    func expectOver(
        _ deadline: String, _ isOver: Bool = true, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let state = try state(deadline)
        #expect(state.isOver == isOver, "\(deadline): \(state.phase)", sourceLocation: sourceLocation)
    }

    /// The case has ended in this way on every copy, and each step of it counts.
    func expectEnd(_ words: String, sourceLocation: SourceLocation = #_sourceLocation) {
        sync()
        expectAlike(sourceLocation: sourceLocation)
        for division in offices.keys.sorted() {
            let assessment = assess(at: division)
            guard case .ended(let ending, _) = assessment.standing else {
                Issue.record("not ended at \(division): \(assessment.standing)", sourceLocation: sourceLocation)
                continue
            }
            #expect(ending.chinese == words, sourceLocation: sourceLocation)
            #expect(assessment.next.isEmpty, sourceLocation: sourceLocation)
        }
    }

    /// Every copy judges every step alike.
    func expectAlike(sourceLocation: SourceLocation = #_sourceLocation) {
        let first = assess()
        for division in offices.keys.sorted() {
            let other = assess(at: division)
            #expect(other.steps == first.steps, "\(division) judges otherwise", sourceLocation: sourceLocation)
            #expect(other.standing == first.standing, sourceLocation: sourceLocation)
            #expect(other.tallies == first.tallies, sourceLocation: sourceLocation)
        }
    }

    func last(_ step: String, at division: DivisionCode? = nil) throws -> JudgedStep {
        try #require(assess(at: division).steps.last { $0.taken.mark.step == step }, "\(step) was never taken")
    }

    /// The case is given to another office by a supervisor there, who knows all that it holds.
    func grant(to division: DivisionCode) {
        sync()
        let office = office(division)
        let plan = CasePlan(procedure: procedure, knowledge: office.knowledge)
        let officers = [Fixture.officer(division, .officer, 1), Fixture.officer(division, .officer, 2)]
        office.write(
            [plan.grant((division, office.body, officers), in: office.history)],
            by: Fixture.officer(division, .supervisor), at: now)
        sync()
    }

    /// A supervisor speaks on the last taking of a step, from what his office holds.
    func overrule(_ overruling: Overruling, _ step: String, at division: DivisionCode) throws {
        try overrule(overruling, last(step, at: division).taken, at: division)
    }

    func overrule(_ overruling: Overruling, _ taken: TakenMark, at division: DivisionCode) throws {
        let office = office(division)
        let plan = CasePlan(procedure: procedure, knowledge: office.knowledge)
        let supervisor = Fixture.officer(division, .supervisor)
        office.write(
            [
                plan.overrule(
                    overruling, taken, at: now, officers: [supervisor], reason: "核对属实", in: office.history)
            ], by: supervisor, at: now)
        sync()
    }
}
