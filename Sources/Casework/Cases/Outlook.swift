package import Divisions
import Ledger
import Libraries

/// Who is about to take a step, or took it.
package struct Acting: Hashable, Sendable {
    package var division: DivisionCode
    package var level: Level
    package var body: String
    package var post: Post
    /// Certificates, the author's first.
    package var officers: [String]

    package init(division: DivisionCode, level: Level, body: String, post: Post, officers: [String]) {
        (self.division, self.level, self.body) = (division, level, body)
        (self.post, self.officers) = (post, officers)
    }
}

/// What a step looked at, or would look at now: the facts, the steps before it, the time. Conditions are answered from
/// it and from nothing else, which is why every node answers alike.
struct Outlook {
    let procedure: Procedure
    let knowledge: any CaseKnowledge
    /// By field; of several values read the one that is shown stands first.
    let facts: [String: [FactEdit]]
    /// Steps that were read, in the order of the log.
    let steps: [JudgedStep]
    let at: LegalMoment
    /// Nil while nobody in particular is about to act.
    let acting: Acting?

    // MARK: Facts

    func value(_ fact: String) -> Value? { facts[fact]?.first?.value }

    /// As a benchmark reads a fact: the elements of a set in one text.
    private func discretion(_ fact: String) -> Value? {
        guard procedure.fact(fact)?.isMany == true else { return value(fact) }
        let texts = (facts[fact] ?? []).compactMap { if case .text(let text) = $0.value { text } else { nil } }
        return texts.isEmpty ? nil : .text(texts.sorted().joined(separator: "\n"))
    }

    /// Whether there is a value, or was one that has been erased by order of law.
    func isKnown(_ fact: String) -> Bool { facts[fact]?.first != nil }

    func text(_ fact: String) -> String? {
        switch value(fact) {
        case .text(let text): text
        case .record(let id): id.description
        default: nil
        }
    }

    func citations(of fact: String) -> [Citation] { (facts[fact] ?? []).map(\.citation).sorted() }

    func moment(_ fact: String) -> LegalMoment? {
        guard let text = text(fact) else { return nil }
        return LegalMoment(text) ?? LegalDate(text).map { LegalMoment($0) }
    }

    // MARK: Deadlines and tallies

    /// Steps that count, as deadlines see them.
    var taken: [TakenStep] {
        steps.filter(\.counts).map {
            TakenStep(step: $0.taken.mark.step, outcome: $0.taken.mark.outcome, at: $0.taken.mark.at)
        }
    }

    func state(of rule: DeadlineRule) -> DeadlineState {
        knowledge.calendar.state(of: rule, taken: taken, fact: moment, at: at)
    }

    /// Whether people may be told what a tally comes to.
    func isShown(_ rule: TallyRule) -> Bool {
        rule.shownWhen.map { answer($0) == .met } ?? true
    }

    func tally(_ rule: TallyRule) -> Int64? {
        let marks = steps.filter { $0.counts && $0.taken.mark.step == rule.step }.map(\.taken.mark)
        if rule.way == .count { return Int64(marks.count) }
        guard let name = rule.figure else { return nil }
        let figures = marks.compactMap { $0.figures[name] }
        guard let first = figures.first else { return nil }
        switch rule.way {
        case .count: return Int64(marks.count)
        case .least: return figures.min()
        case .most: return figures.max()
        case .sum: return Self.sum(figures)
        case .mean: return figures.count == 1 ? first : Self.sum(figures).map { $0 / Int64(figures.count) }
        }
    }

    /// Nil where the sum is larger than a figure can be.
    private static func sum(_ figures: [Int64]) -> Int64? {
        var total: Int64 = 0
        for figure in figures {
            let (sum, overflow) = total.addingReportingOverflow(figure)
            if overflow { return nil }
            total = sum
        }
        return total
    }

    // MARK: Conditions

    func answer(_ condition: Condition) -> GateAnswer {
        switch condition {
        case .fact(let fact, let test): test.answer(value(fact), isKnown: isKnown(fact))
        case .tally(let id, let test):
            procedure.tally(id).flatMap(tally).map { test.answer(.integer($0), isKnown: true) } ?? .broken
        case .step(let id, let outcome, let over): last(id, over: over)?.answer(outcome: outcome) ?? .broken
        case .count(let id, let least): count(id) >= least ? .met : .broken
        case .passed(let id): procedure.deadline(id).map { hasPassed($0) } ?? .broken
        case .running(let id): procedure.deadline(id).map { isRunning($0) } ?? .broken
        case .itemListed: itemIsListed()
        case .itemNeedsReview: item(\.needsReview)
        case .itemAllowsHearing: item(\.needsHearing)
        case .withinBenchmark(let fact, let reason): isWithinBenchmark(fact, reason: reason)
        case .all(let parts): GateAnswer.all(parts.map(answer))
        case .any(let parts): GateAnswer.any(parts.map(answer))
        case .not(let part): answer(part).negated
        }
    }

    /// The last taking of a step that was read, is lawful as far as is known, and saw the same values of these facts.
    func last(_ id: String, over: [String]) -> JudgedStep? {
        steps.last { step in
            guard step.taken.mark.step == id, step.counts || !step.isBroken && !step.isVoid else { return false }
            return over.allSatisfy { fact in
                let here = citations(of: fact)
                return !here.isEmpty && here.allSatisfy(step.taken.has(read:))
            }
        }
    }

    private func count(_ id: String) -> Int {
        var people = Set<String>()
        for step in steps where step.counts && step.taken.mark.step == id {
            people.insert(step.taken.mark.officers.first ?? step.taken.author?.description ?? "")
        }
        return people.count
    }

    private func hasPassed(_ rule: DeadlineRule) -> GateAnswer {
        guard let due = state(of: rule).due else { return .broken }
        return at > due ? .met : .broken
    }

    private func isRunning(_ rule: DeadlineRule) -> GateAnswer {
        switch state(of: rule).phase {
        case .running, .nearlyDue, .paused: .met
        case .notBegun, .fulfilled, .late, .missed: .broken
        }
    }

    private func itemIsListed() -> GateAnswer {
        guard let item = text(CaseField.item) else { return .broken }
        guard let acting else { return .met }
        return ItemCheck.check(
            item: item, body: acting.body, division: acting.division, on: at.day, knowledge: knowledge
        ).answer
    }

    /// What the item's record says; broken while no item is chosen.
    private func item(_ property: (ItemFacts) -> Bool) -> GateAnswer {
        guard let code = text(CaseField.item) else { return .broken }
        guard let facts = knowledge.item(code: code) else { return .unknown }
        return property(facts) ? .met : .broken
    }

    private func isWithinBenchmark(_ fact: String, reason: String) -> GateAnswer {
        guard case .integer(let fen) = value(fact) else { return .broken }
        guard let item = text(CaseField.item), let facts = knowledge.item(code: item) else { return .unknown }
        guard let benchmark = knowledge.benchmark(item: item) else { return facts.benchmark == nil ? .met : .unknown }
        if benchmark.judge(fen: fen, facts: discretion).isWithin { return .met }
        return isKnown(reason) ? .met : .broken
    }
}

extension GateAnswer {
    var negated: GateAnswer {
        switch self {
        case .met: .broken
        case .broken: .met
        case .unknown: .unknown
        }
    }

    static func all(_ answers: [GateAnswer]) -> GateAnswer {
        answers.contains(.broken) ? .broken : answers.contains(.unknown) ? .unknown : .met
    }

    static func any(_ answers: [GateAnswer]) -> GateAnswer {
        answers.contains(.met) ? .met : answers.contains(.unknown) ? .unknown : .broken
    }
}

extension JudgedStep {
    /// Whether it stands for a condition that asks for the outcome.
    fileprivate func answer(outcome: String?) -> GateAnswer {
        if let outcome, taken.mark.outcome != outcome { return .broken }
        return counts ? .met : .unknown
    }
}

extension Condition.Test {
    fileprivate func answer(_ value: Value?, isKnown: Bool) -> GateAnswer {
        switch self {
        case .isKnown: isKnown ? .met : .broken
        case .equals(let wanted): value?.comparedText == wanted ? .met : .broken
        case .isOneOf(let wanted): value?.comparedText.map(wanted.contains) == true ? .met : .broken
        case .isTrue: value == .boolean(true) ? .met : .broken
        case .isNotTrue: value == .boolean(true) ? .broken : .met
        case .atLeast(let bound): value.holds { $0 >= bound }
        case .above(let bound): value.holds { $0 > bound }
        case .atMost(let bound): value.holds { $0 <= bound }
        case .below(let bound): value.holds { $0 < bound }
        }
    }
}

extension Value {
    fileprivate var comparedText: String? {
        switch self {
        case .text(let text): text
        case .record(let id): id.description
        case .integer(let integer): String(integer)
        case .boolean, .bytes: nil
        }
    }
}

extension Value? {
    fileprivate func holds(_ test: (Int64) -> Bool) -> GateAnswer {
        if case .integer(let integer) = self { test(integer) ? .met : .broken } else { .broken }
    }
}
