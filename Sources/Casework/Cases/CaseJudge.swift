import Ledger

/// Judges a case: every step by what it looked at, then what their meeting comes to, then what may come next. The same
/// history and the same knowledge give the same answer on every node; no clock is asked but for what is due.
package struct CaseJudge {
    package let procedure: Procedure
    package let knowledge: any CaseKnowledge

    /// What was judged already.
    private var known: (history: CaseHistory, steps: [JudgedStep])?

    /// - Parameters:
    ///   - procedure: the version the case is pinned to.
    ///   - history: what will be asked about more than once: it is judged now.
    package init(procedure: Procedure, knowledge: any CaseKnowledge, judging history: CaseHistory? = nil) {
        (self.procedure, self.knowledge) = (procedure, knowledge)
        known = history.map { ($0, judge($0)) }
    }

    /// Every taking of a step, in the order of the log.
    package func judge(_ history: CaseHistory) -> [JudgedStep] {
        if let known, known.history == history { return known.steps }
        var meeting = StepMeeting(procedure: procedure, history: history)
        for place in Self.order(history.steps) {
            let taken = history.steps[place]
            let judge = StepJudge(
                procedure: procedure, knowledge: knowledge, history: history, taken: taken,
                seen: meeting.seen(by: taken))
            let (findings, doubts) = judge.judge()
            meeting.add(place, findings: findings, doubts: doubts)
        }
        return meeting.settled()
    }

    /// Places of steps, each after all that it reads. A citation carries a hash, so none can stand in a circle; one of a
    /// dishonest writer that would is taken in the order of the log.
    private static func order(_ steps: [TakenMark]) -> [Int] {
        let places = Dictionary(uniqueKeysWithValues: steps.enumerated().map { ($1.citation, $0) })
        var waiting = [Int](repeating: 0, count: steps.count)
        var readers = [[Int]](repeating: [], count: steps.count)
        for (place, step) in steps.enumerated() {
            for citation in step.reads {
                guard let read = places[citation], read != place else { continue }
                waiting[place] += 1
                readers[read].append(place)
            }
        }
        var order: [Int] = []
        var ready = waiting.indices.filter { waiting[$0] == 0 }.reversed() as [Int]
        while let place = ready.popLast() {
            order.append(place)
            for reader in readers[place].reversed() {
                waiting[reader] -= 1
                if waiting[reader] == 0 { ready.append(reader) }
            }
        }
        return order + waiting.indices.filter { waiting[$0] > 0 }
    }
}

/// What steps of one case make of each other: takeovers, two that exclude each other, a superior's word.
struct StepMeeting {
    let procedure: Procedure
    let history: CaseHistory
    private var judged: [Int: JudgedStep] = [:]
    private let places: [Citation: Int]

    init(procedure: Procedure, history: CaseHistory) {
        (self.procedure, self.history) = (procedure, history)
        places = Dictionary(history.steps.enumerated().map { ($1.citation, $0) }) { first, _ in first }
    }

    mutating func add(_ place: Int, findings: [GateFinding], doubts: [Doubt]) {
        judged[place] = JudgedStep(taken: history.steps[place], findings: findings, doubts: doubts, isVoid: false)
    }

    /// The steps that a step read, as it saw them: what was set aside or taken over behind its back counts for it.
    func seen(by taken: TakenMark) -> [JudgedStep] {
        let read = taken.reads.compactMap { places[$0] }.sorted()
        let overruled = overrulings(among: read)
        return read.compactMap { place in
            guard let step = judged[place] else { return nil }
            let isTakenOver =
                isExclusive(step)
                && rivals(of: step.taken, history.grant(readBy: step.taken)).contains {
                    taken.has(read: $0.citation) && !$0.reads.contains(step.taken.citation)
                }
            let isVoid = isTakenOver || overruled[place].map(\.isVoid) ?? false
            return JudgedStep(taken: step.taken, findings: step.findings, doubts: [], isVoid: isVoid)
        }
    }

    /// All steps in the order of the log, as everything that is here leaves them.
    func settled() -> [JudgedStep] {
        var steps = history.steps.indices.map { place in
            judged[place] ?? JudgedStep(taken: history.steps[place], findings: [], doubts: [], isVoid: false)
        }
        let overruled = overrulings(among: Array(steps.indices))
        for place in steps.indices where !steps[place].isBroken {
            let taken = steps[place].taken
            let word = overruled[place]
            let isTakenOver =
                word == nil && isExclusive(steps[place])
                && rivals(of: taken, history.grant(readBy: taken)).contains { !$0.reads.contains(taken.citation) }
            var doubts: [Doubt] = []
            if word == nil {
                doubts = steps[place].doubts + concurrent(place, steps) + (isTakenOver ? [.takenOver] : [])
            }
            steps[place] = JudgedStep(
                taken: taken, findings: steps[place].findings, doubts: doubts.sorted(),
                isVoid: word?.isVoid ?? isTakenOver)
        }
        return excluding(steps, overruled)
    }

    // MARK: A superior's word

    private struct Overruled {
        let isVoid: Bool
    }

    /// What lawful words of superiors make of steps, the later of the log over the earlier.
    private func overrulings(among places: [Int]) -> [Int: Overruled] {
        var overruled: [Int: Overruled] = [:]
        for place in places {
            guard let step = judged[place], step.isLawful, let overruling = Overruling(step: step.taken.mark.step),
                let target = target(of: step.taken)
            else { continue }
            switch overruling {
            case .confirm: overruled[target] = Overruled(isVoid: false)
            case .setAside: overruled[target] = Overruled(isVoid: true)
            case .handOver: continue
            case .designate:
                let chosen = history.steps[target].mark.step
                for other in history.steps.indices where history.steps[other].mark.step == chosen {
                    guard other == target || step.taken.has(read: history.steps[other].citation) else { continue }
                    overruled[other] = Overruled(isVoid: other != target)
                }
            }
        }
        return overruled
    }

    private func target(of taken: TakenMark) -> Int? {
        guard let name = taken.mark.details[Overruling.target] else { return nil }
        return taken.reads.first { Overruling.name(of: $0.dot) == name }.flatMap { places[$0] }
    }

    // MARK: Grants

    private func isExclusive(_ step: JudgedStep) -> Bool {
        procedure.step(step.taken.mark.step)?.isExclusive ?? false
    }

    /// Grants to other offices, by somebody with the authority, that stand against the one a step stands on.
    private func rivals(of taken: TakenMark, _ grant: FactEdit?) -> [FactEdit] {
        guard let grant, let holder = grant.handler else { return [] }
        return history.edits.values.filter { other in
            guard other.field == CaseField.handler, other.citation != grant.citation, !taken.has(read: other.citation),
                let handler = other.handler, handler.division != holder.division || handler.body != holder.body,
                other.level <= grant.level
            else { return false }
            return other.replaces.contains(grant.citation) || (other.isLive && other.level < grant.level)
        }
    }

    // MARK: At the same time

    /// Whether neither of two steps knew of the other.
    private func isConcurrent(_ left: TakenMark, _ right: TakenMark) -> Bool {
        !left.has(read: right.citation) && !right.has(read: left.citation)
    }

    /// What was done at the same time to that which the step stands on.
    private func concurrent(_ place: Int, _ steps: [JudgedStep]) -> [Doubt] {
        let taken = steps[place].taken
        guard let rule = procedure.step(taken.mark.step) else { return [] }
        var doubts: [Doubt] = []
        for gate in rule.gates {
            gate.condition.visit { condition in
                guard case .step(let id, let outcome, let over) = condition else { return }
                if let outcome, hasOther(id, than: outcome, over: over, beside: taken, steps) {
                    doubts.append(.concurrent(step: id))
                }
                doubts += over.filter { isChanged($0, beside: taken) }.map(Doubt.factChanged)
                let base = steps.filter { $0.taken.mark.step == id && taken.has(read: $0.taken.citation) }
                if !base.isEmpty, base.allSatisfy({ $0.isVoid || $0.doubts.contains(.excluded) }) {
                    doubts.append(.concurrent(step: id))
                }
            }
        }
        return Array(Set(doubts))
    }

    private func hasOther(
        _ id: String, than outcome: String, over: [String], beside taken: TakenMark, _ steps: [JudgedStep]
    ) -> Bool {
        let facts = history.facts(readBy: taken)
        return steps.contains { other in
            guard other.taken.mark.step == id, other.taken.mark.outcome != outcome, !other.isBroken,
                isConcurrent(taken, other.taken)
            else { return false }
            return over.allSatisfy { fact in (facts[fact] ?? []).contains { other.taken.has(read: $0.citation) } }
        }
    }

    private func isChanged(_ fact: String, beside taken: TakenMark) -> Bool {
        let seen = history.facts(readBy: taken)[fact] ?? []
        return history.edits.values.contains { edit in
            guard edit.field == fact, !taken.has(read: edit.citation), !edit.reads.contains(taken.citation) else {
                return false
            }
            let isAfter = edit.replaces.contains { replaced in seen.contains { $0.citation == replaced } }
            return (isAfter || edit.isLive) && !seen.contains { $0.value == edit.value }
        }
    }

    /// Two takings of a step that may be taken once: an exclusive one counts in neither form until one is designated,
    /// also where one was taken because the other had been set aside, and a word of another superior restored that.
    private func excluding(_ steps: [JudgedStep], _ overruled: [Int: Overruled]) -> [JudgedStep] {
        var steps = steps
        let standing = steps.indices.filter { !steps[$0].isBroken && !steps[$0].isVoid }
        for place in standing {
            guard let rule = procedure.step(steps[place].taken.mark.step), !rule.isRepeated else { continue }
            // Two superiors who did not hear each other may both have spoken, each for another one.
            let hasWord = overruled[place] != nil
            let rivals = standing.filter {
                $0 != place && steps[$0].taken.mark.step == rule.id && (!hasWord || overruled[$0] != nil)
                    && (rule.isExclusive || isConcurrent(steps[place].taken, steps[$0].taken))
            }
            guard !rivals.isEmpty, !hasWord || rule.isExclusive else { continue }
            var doubts = steps[place].doubts
            if rule.isExclusive {
                doubts.append(.excluded)
            } else if rivals.contains(where: { steps[$0].taken.mark.outcome != steps[place].taken.mark.outcome }) {
                doubts.append(.concurrent(step: rule.id))
            }
            steps[place] = JudgedStep(
                taken: steps[place].taken, findings: steps[place].findings, doubts: Array(Set(doubts)).sorted(),
                isVoid: steps[place].isVoid)
        }
        return steps
    }
}
