/// Something that can be asked of a case, from what a step looked at: facts, steps before it, time.
///
/// A condition on steps is answered from the cited past of the step that is judged, so that every node answers alike.
package indirect enum Condition: Hashable, Sendable {
    /// What a fact is compared with.
    package enum Test: Hashable, Sendable {
        case isKnown
        /// Text, choice, item, officer, division: the same text.
        case equals(String)
        case isOneOf([String])
        case isTrue
        /// False, or not known.
        case isNotTrue
        /// Integers and money, in the fact's own unit.
        case atLeast(Int64)
        case above(Int64)
        case atMost(Int64)
        case below(Int64)
    }

    case fact(String, Test)
    /// A tally compared with a number.
    case tally(String, Test)
    /// The step was taken lawfully, with this outcome if one is named: the last taking that was looked at counts.
    ///
    /// - over: facts that must be the very same values for that step and for the one that is judged: a review of another
    ///   text is no review of this one.
    case step(String, outcome: String?, over: [String])
    /// The step was taken lawfully at least so many times, by different people.
    case count(String, atLeast: Int)
    /// The deadline has run out by the time of the step.
    case passed(deadline: String)
    /// The deadline has begun and has not run out by the time of the step.
    case running(deadline: String)
    /// The item is in force, and the acting body's to use: its kind, level and list (G26), delegation included.
    case itemListed
    /// The item's decisions go through legal review by the body's published list (G37).
    case itemNeedsReview
    /// The party may ask for a hearing on the item's penalties.
    case itemAllowsHearing
    /// The sum of this fact lies within what the benchmark gives for the case, or a reason for deviating is known.
    case withinBenchmark(fact: String, reason: String)
    /// Every answer is a yes.
    case all([Condition])
    /// At least one is.
    case any([Condition])
    case not(Condition)
}

extension Condition {
    /// The steps it asks about, in order, each once.
    package var steps: [String] {
        unique { if case .step(let id, _, _) = $0 { id } else if case .count(let id, _) = $0 { id } else { nil } }
    }

    /// The facts it asks about, those of `over` included, in order, each once.
    package var facts: [String] {
        var found: [String] = []
        visit { condition in
            switch condition {
            case .fact(let id, _): found.append(id)
            case .step(_, _, let over): found += over
            case .withinBenchmark(let fact, let reason): found += [fact, reason]
            default: break
            }
        }
        var seen = Set<String>()
        return found.filter { seen.insert($0).inserted }
    }

    package var deadlines: [String] {
        unique {
            switch $0 {
            case .passed(let id), .running(let id): id
            default: nil
            }
        }
    }

    package var tallies: [String] { unique { if case .tally(let id, _) = $0 { id } else { nil } } }

    /// Calls `body` with this condition and all within it, outermost first.
    package func visit(_ body: (Condition) -> Void) {
        body(self)
        switch self {
        case .all(let parts), .any(let parts): for part in parts { part.visit(body) }
        case .not(let part): part.visit(body)
        default: break
        }
    }

    private func unique(_ name: (Condition) -> String?) -> [String] {
        var found: [String] = []
        visit { if let id = name($0), !found.contains(id) { found.append(id) } }
        return found
    }
}
