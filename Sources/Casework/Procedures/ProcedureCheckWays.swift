/// Whether every step can be come to, and an end.
///
/// It is asked whether a step could ever be taken, each condition taken by itself and in the best case: what is found
/// impossible is impossible for every case, while two conditions that exclude one another are not noticed.
extension ProcedureCheck {
    mutating func checkWays() {
        var ways = Ways(procedure)
        ways.grow()
        for step in procedure.steps where !ways.steps.contains(step.id) {
            report(step, ways)
            fault(
                .step(step.id), "环节“\(step.id)”无法到达，请看其条件",
                "step \"\(step.id)\" can never be taken: look at what it waits for")
        }
        for stage in procedure.stages {
            let steps = procedure.steps.filter { $0.stage == stage.id }
            guard !steps.contains(where: { ways.steps.contains($0.id) }) else { continue }
            fault(
                .stage(stage.id), "阶段“\(stage.id)”无法到达：\(steps.isEmpty ? "没有环节" : "其环节都无法办理")",
                "stage \"\(stage.id)\" can never be come to: \(steps.isEmpty ? "it has no steps" : "none of its steps can")"
            )
        }
        let ends = procedure.steps.contains { step in
            ways.steps.contains(step.id) && step.outcomes.contains { $0.ending != nil }
        }
        let expires = procedure.deadlines.contains { rule in
            if case .ends = rule.missed { ways.begins(rule) } else { false }
        }
        if !ends, !expires {
            fault(
                .whole, "案件永远无法办结：没有可到达的结果写有 ends",
                "a case can never end: no outcome that can be come to has \"ends\"")
        }
        for rule in procedure.deadlines where !ways.begins(rule) {
            fault(
                .deadline(rule.id), "期限“\(rule.id)”永远不会开始：起点无法到达",
                "deadline \"\(rule.id)\" never begins: what it starts with can never be")
        }
    }

    private mutating func report(_ step: StepRule, _ ways: Ways) {
        if let when = step.when, !ways.canHold(when) { report(.when(step.id), ways.lacks(when, of: step)) }
        for (index, gate) in step.gates.enumerated() where !ways.canPass(gate) {
            report(.gate(step.id, index), ways.lacks(gate.condition, of: step))
        }
        let unknown = step.requires.filter { !step.collects.contains($0) && !ways.facts.contains($0) }
        if !unknown.isEmpty {
            report(.requires(step.id), unknown.map { Bilingual("事实项“\($0)”", "the fact \"\($0)\"") })
        }
    }

    private mutating func report(_ place: ProcedurePlace, _ lacks: [Bilingual]) {
        let chinese = lacks.isEmpty ? "自身矛盾" : "缺" + lacks.map(\.chinese).joined(separator: "、")
        let english =
            lacks.isEmpty ? "it contradicts itself" : "for want of " + lacks.map(\.english).joined(separator: ", ")
        fault(
            place, "此条件永远不能满足（\(chinese)），请改正",
            "this can never be met, \(english): correct it, or make that possible")
    }
}

/// Which steps can ever be taken and which facts known: the least set from which nothing more follows.
private struct Ways {
    let procedure: Procedure
    var steps = Set<String>()
    var facts = Set<String>()

    init(_ procedure: Procedure) { self.procedure = procedure }

    mutating func grow() {
        var hasGrown = true
        while hasGrown {
            hasGrown = false
            for step in procedure.steps where !steps.contains(step.id) && canBeTaken(step) {
                steps.insert(step.id)
                facts.formUnion(step.collects)
                hasGrown = true
            }
        }
    }

    private func canBeTaken(_ step: StepRule) -> Bool {
        // What is entered with a step is known when its gates look.
        var here = self
        here.facts.formUnion(step.collects)
        return step.requires.allSatisfy { here.knows($0) } && step.when.map { canHold($0) } ?? true
            && step.gates.allSatisfy { here.canPass($0) }
    }

    func canPass(_ gate: Gate) -> Bool { canHold(gate.condition) || gate.when.map { canFail($0) } ?? false }

    /// What nobody has defined is told elsewhere.
    private func knows(_ fact: String) -> Bool { facts.contains(fact) || procedure.fact(fact) == nil }

    private func takes(_ step: String) -> Bool { steps.contains(step) || procedure.step(step) == nil }

    func begins(_ rule: DeadlineRule) -> Bool {
        switch rule.start {
        case .step(let step, _, _): takes(step)
        case .fact(let fact): knows(fact)
        }
    }

    private func begins(_ id: String) -> Bool { procedure.deadline(id).map { begins($0) } ?? true }

    func canHold(_ condition: Condition) -> Bool {
        switch condition {
        case .fact(_, .isNotTrue): true
        case .fact(let id, _): knows(id)
        case .tally(let id, let test):
            procedure.tally(id).map { takes($0.step) } ?? true || test.holdsForNone
        case .step(let id, _, let over): takes(id) && over.allSatisfy { knows($0) }
        case .count(let id, let least): takes(id) && (least <= 1 || procedure.step(id)?.isRepeated ?? true)
        case .passed(let id), .running(let id): begins(id)
        case .itemListed, .itemNeedsReview, .itemAllowsHearing:
            procedure.facts.contains { $0.kind == .item && facts.contains($0.id) }
        case .withinBenchmark(let fact, _): knows(fact)
        case .all(let parts): parts.allSatisfy { canHold($0) }
        case .any(let parts): parts.contains { canHold($0) }
        case .not(let part): canFail(part)
        }
    }

    private func canFail(_ condition: Condition) -> Bool {
        switch condition {
        case .fact(let id, .isNotTrue): knows(id)
        case .all(let parts): parts.contains { canFail($0) }
        case .any(let parts): parts.allSatisfy { canFail($0) }
        case .not(let part): canHold(part)
        case .fact, .tally, .step, .count, .passed, .running, .itemListed, .itemNeedsReview, .itemAllowsHearing,
            .withinBenchmark:
            true
        }
    }

    /// What is missing for a condition, as far as that can be named.
    func lacks(_ condition: Condition, of step: StepRule) -> [Bilingual] {
        guard !canHold(condition) else { return [] }
        switch condition {
        case .all(let parts), .any(let parts): return parts.flatMap { lacks($0, of: step) }
        case .step(let id, _, let over):
            let facts = over.filter { !knows($0) }.map { Bilingual("事实项“\($0)”", "the fact \"\($0)\"") }
            return facts + (takes(id) ? [] : [waiting(id, of: step)])
        case .count(let id, let least):
            guard takes(id) else { return [waiting(id, of: step)] }
            return [
                Bilingual(
                    "环节“\(id)”只办一次，不可能有\(least)次；可写 repeated: true",
                    "step \"\(id)\" \(least) times, which is taken once (repeated: true)")
            ]
        case .fact(let id, _), .withinBenchmark(let id, _):
            return [Bilingual("事实项“\(id)”", "the fact \"\(id)\"")]
        case .tally(let id, _): return [Bilingual("统计“\(id)”", "the tally \"\(id)\"")]
        case .passed(let id), .running(let id): return [Bilingual("期限“\(id)”", "the deadline \"\(id)\"")]
        case .itemListed, .itemNeedsReview, .itemAllowsHearing:
            return [Bilingual("类型为 item 的事实项", "a fact of kind item that is collected")]
        case .not: return []
        }
    }

    /// A step that cannot be come to; where it waits for the one that waits for it, the circle is told.
    private func waiting(_ id: String, of step: StepRule) -> Bilingual {
        guard let circle = circle(from: id, to: step.id) else { return Bilingual("环节“\(id)”", "the step \"\(id)\"") }
        let way = [step.id] + circle
        return Bilingual(
            "环节“\(id)”，而它们互相等待：\(way.joined(separator: "→"))",
            "the step \"\(id)\", and they wait for one another: \(way.joined(separator: " → "))")
    }

    /// The steps from one to another, each of which waits for the next; nil if there is no such way.
    private func circle(from start: String, to end: String) -> [String]? {
        var paths = [[start]]
        var seen: Set<String> = [start]
        var next = 0
        while next < paths.count {
            let path = paths[next]
            next += 1
            guard let last = path.last else { continue }
            if last == end { return path }
            guard let step = procedure.step(last) else { continue }
            let conditions = step.gates.map(\.condition) + (step.when.map { [$0] } ?? [])
            for id in conditions.flatMap(\.steps) where !steps.contains(id) && seen.insert(id).inserted {
                paths.append(path + [id])
            }
        }
        return nil
    }
}

extension Condition.Test {
    /// Whether it holds for a tally of nothing, which is zero.
    fileprivate var holdsForNone: Bool {
        switch self {
        case .atLeast(let least): least <= 0
        case .above(let bound): bound < 0
        case .atMost(let most): most >= 0
        case .below(let bound): bound > 0
        case .isKnown, .equals, .isOneOf, .isTrue, .isNotTrue: false
        }
    }
}
