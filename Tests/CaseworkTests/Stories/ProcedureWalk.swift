import Divisions
import Ledger
import Libraries
import Testing

@testable import Casework

/// Goes through a procedure by what guidance calls possible, at offices that hear of each other now and then, with
/// facts that it makes up.
struct ProcedureWalk {
    let story: CaseStory
    /// Steps that were taken as possible.
    private(set) var taken: [(step: String, citation: Citation)] = []
    private var chance: SplitMix64
    private let offices: [DivisionCode]

    static let stepsMax = 70
    private static let levels = [Fixture.town, Fixture.county, Fixture.city, Fixture.province]

    /// - Parameter isCut: lines between the offices are down most of the time.
    init(_ procedure: String, seed: UInt64, isCut: Bool) throws {
        story = try CaseStory.of(procedure)
        chance = SplitMix64(seed: seed)
        offices = isCut ? Self.levels : [Fixture.town]
    }

    /// True once the case has ended on the home's copy.
    mutating func run() throws -> Bool {
        for _ in 0..<Self.stepsMax {
            let division = pick(offices)
            let assessment = story.assess(at: division)
            switch assessment.standing {
            case .ended:
                story.sync()
                if case .ended = story.assess().standing { return true }
            case .waiting: try settle()
            case .open: try advance(assessment, at: division)
            }
            if chance.below(3) == 0 { story.sync() }
            if chance.below(3) == 0 { story.wait(days: 1 + chance.below(chance.below(8) == 0 ? 60 : 8)) }
        }
        story.sync()
        if case .ended = story.assess().standing { return true }
        return false
    }

    // MARK: One step

    private mutating func advance(_ assessment: Assessment, at division: DivisionCode) throws {
        let possible = assessment.next.filter(\.isPossible)
        let new = possible.filter { next in !taken.contains { $0.step == next.rule.id } }
        let ready = new.isEmpty || chance.below(3) == 0 ? possible : new
        let choice = ready.isEmpty || chance.below(4) == 0 ? assessment.next : ready
        guard !choice.isEmpty else { return story.wait(days: 5) }
        let rule = pick(choice).rule
        let place = try place(for: rule, assessment, at: division)
        try makeUp(rule, at: place)
        let post = pick(rule.posts)
        let outcome = pick(rule.outcomes).id
        let number = rule.certified > 0 ? 1 : 1 + chance.below(post == .expert ? 24 : 2)
        let found = try story.refusals(rule.id, outcome, as: post, at: place, number: number)
        try compare(found, rule, post, number, at: place)
        guard found.isEmpty else { return }
        let citation = try story.force(
            rule.id, outcome, as: post, at: place, number: number, figures: figures(of: rule.id))
        taken.append((rule.id, citation))
    }

    /// What guidance tells those who ask for themselves is what they meet: nothing of it comes as a surprise.
    private mutating func compare(
        _ found: [GateFinding], _ rule: StepRule, _ post: Post, _ number: Int, at division: DivisionCode
    ) throws {
        guard post != .system, chance.below(3) == 0 else { return }
        let office = story.office(division)
        let people = (number..<number + max(1, rule.certified)).map { Fixture.officer(division, post, $0) }
        let assessment = CaseJudge(procedure: story.procedure, knowledge: office.knowledge)
            .assess(office.history, at: story.now, acting: office.acting(post, people))
        guard let next = assessment.next.first(where: { $0.rule.id == rule.id }), next.isPossible else { return }
        #expect(found.isEmpty, "\(rule.id) was called possible: \(found.map(\.says))")
    }

    /// An office of a level at which the step is taken, and which handles the case if only its handler may.
    private mutating func place(
        for rule: StepRule, _ assessment: Assessment, at division: DivisionCode
    ) throws -> DivisionCode {
        let levels = Self.levels.filter { office in
            rule.levels.isEmpty || rule.levels.contains { story.office(office).knowledge.tree.level(of: office) == $0 }
        }
        var place = levels.contains(division) ? division : pick(levels)
        guard rule.isExclusive, let handler = assessment.handler?.division, handler != place else { return place }
        if levels.contains(handler), chance.below(4) > 0 {
            place = handler
        } else {
            story.grant(to: place)
        }
        return place
    }

    /// A superior says what stands of what was in doubt.
    private mutating func settle() throws {
        _ = story.office(Fixture.province)
        story.sync()
        guard let doubted = story.assess().steps.first(where: { !$0.doubts.isEmpty && !$0.isVoid }) else { return }
        let word: Overruling = doubted.doubts.contains(.excluded) ? .designate : .confirm
        try story.overrule(word, doubted.taken, at: Fixture.province)
    }

    // MARK: Making up

    /// Facts that the step asks for or that its gates look at, now and then other ones than before.
    private mutating func makeUp(_ rule: StepRule, at division: DivisionCode) throws {
        let known = story.office(division).history
        let gates = rule.gates.filter { gate in gate.condition.steps.isEmpty }.flatMap(\.condition.facts)
        for id in unique(rule.collects + rule.requires + gates) {
            guard let fact = story.procedure.fact(id),
                known.text(id) == nil && known.value(id) == nil || chance.below(fact.kind == .truth ? 4 : 40) == 0
            else { continue }
            try story.enter([id: value(of: fact)], at: division)
        }
    }

    private mutating func value(of fact: FactRule) -> Value {
        switch fact.kind {
        case .text: .text("文\(chance.below(3))")
        case .integer: .integer(Int64(chance.below(100)))
        case .money: .integer(pick([0, 5_000, 200_000, 20_000_000]))
        case .truth: .boolean(chance.below(10) < 7)
        case .date: .text((story.now.day.adding(days: 3 - chance.below(12)) ?? story.now.day).description)
        case .moment: .text(story.now.description)
        case .choice: .text(pick(fact.choices).id)
        case .item: .text("item-1")
        case .officer: .text(Fixture.officer(Fixture.town, .officer, 1))
        case .division: .text(Fixture.town.text)
        case .record: .record(story.id)
        }
    }

    private mutating func figures(of step: String) -> [String: Int64] {
        var figures: [String: Int64] = [:]
        for tally in story.procedure.tallies where tally.step == step {
            if let figure = tally.figure, figures[figure] == nil { figures[figure] = Int64(chance.below(101)) }
        }
        return figures
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element { elements[chance.below(elements.count)] }

    private func unique(_ ids: [String]) -> [String] {
        ids.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
