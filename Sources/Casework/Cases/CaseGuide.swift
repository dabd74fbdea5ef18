import Divisions
import Ledger
import Libraries

extension CaseJudge {
    /// All that can be said of a case at one moment: where it stands, what is next, what is missing and why, by when.
    ///
    /// - Parameters:
    ///   - acting: who asks; what is missing then includes what he himself may not do.
    ///   - outside: doubts that other cases raise, such as the same matter filed elsewhere.
    package func assess(
        _ history: CaseHistory, at now: LegalMoment, acting: Acting? = nil, outside: [Doubt] = []
    ) -> Assessment {
        let steps = judge(history)
        let outlook = Outlook(
            procedure: procedure, knowledge: knowledge, facts: history.facts, steps: steps, at: now, acting: acting)
        let deadlines = procedure.deadlines.filter { $0.when.map { outlook.answer($0) != .broken } ?? true }
            .map(outlook.state)
        let standing = standing(steps, deadlines, outside)
        var tallies: [String: Int64] = [:]
        for rule in procedure.tallies where outlook.isShown(rule) { tallies[rule.id] = outlook.tally(rule) }
        return Assessment(
            procedure: procedure, stage: stage(steps, standing), standing: standing, steps: steps,
            next: next(history, outlook, standing, deadlines), deadlines: deadlines, tallies: tallies,
            handler: history.handler)
    }

    /// Whether a condition on the case holds as it stands now; true where there is none.
    package func holds(_ condition: Condition?, _ history: CaseHistory, at now: LegalMoment) -> Bool {
        guard let condition else { return true }
        return Outlook(
            procedure: procedure, knowledge: knowledge, facts: history.facts, steps: judge(history), at: now,
            acting: nil
        ).answer(condition) == .met
    }

    private func standing(
        _ steps: [JudgedStep], _ deadlines: [DeadlineState], _ outside: [Doubt]
    ) -> Assessment.Standing {
        if let last = steps.last(where: { $0.counts && $0.taken.mark.step == Overruling.handOver.step }) {
            return .ended(Overruling.handOver.name, at: last.taken.mark.at)
        }
        let doubts = Set(steps.filter { !$0.isVoid || $0.doubts.contains(.takenOver) }.flatMap(\.doubts))
            .subtracting([.takenOver]).union(outside)
        if !doubts.isEmpty { return .waiting(doubts.sorted()) }
        for step in steps.reversed() where step.counts {
            guard let ending = procedure.step(step.taken.mark.step)?.outcome(step.taken.mark.outcome)?.ending else {
                continue
            }
            return .ended(ending, at: step.taken.mark.at)
        }
        for state in deadlines {
            if case .ends(let ending) = state.rule.missed, case .missed(let due) = state.phase {
                return .ended(ending, at: due)
            }
        }
        return .open
    }

    /// The stage of the last step that counts; the first of all before any does.
    private func stage(_ steps: [JudgedStep], _ standing: Assessment.Standing) -> Stage {
        let last = steps.last { $0.counts && procedure.step($0.taken.mark.step) != nil }
        let stage = last.flatMap { procedure.step($0.taken.mark.step) }.flatMap { procedure.stage($0.stage) }
        guard let stage = stage ?? procedure.stages.first else {
            preconditionFailure("the procedure \(procedure.reference) was accepted without a stage")
        }
        return stage
    }

    // MARK: What is next

    private func next(
        _ history: CaseHistory, _ outlook: Outlook, _ standing: Assessment.Standing, _ deadlines: [DeadlineState]
    ) -> [NextStep] {
        if case .ended = standing { return [] }
        return procedure.steps.compactMap { rule in
            let isDone = !rule.isRepeated && outlook.steps.contains { $0.counts && $0.taken.mark.step == rule.id }
            if isDone || rule.when.map({ outlook.answer($0) == .broken }) ?? false { return nil }
            var missing = outlook.missingFacts(
                rule.requires.filter { !rule.collects.contains($0) }, of: procedure, articles: rule.articles)
            missing += outlook.gates(rule.gates) + outlook.blocks(rule)
            if let acting = outlook.acting { missing += refusals(rule, acting, history, outlook) }
            if case .waiting(let doubts) = standing {
                let held = doubts.filter { $0.holdsUp(rule) }
                if !held.isEmpty { missing.append(.broken(.waiting(held), held.flatMap(\.articles))) }
            }
            let asks = (rule.collects + rule.requires).reduce(into: [FactRule]()) { asks, id in
                guard !outlook.isKnown(id), let fact = procedure.fact(id), !asks.contains(fact) else { return }
                asks.append(fact)
            }
            let due = deadlines.filter { $0.rule.ends.contains(rule.id) && !$0.isFulfilled }
                .min { ($0.due?.minutesSince1970 ?? .max) < ($1.due?.minutesSince1970 ?? .max) }
            return NextStep(rule: rule, asks: asks, missing: missing, due: due)
        }
    }

    /// What keeps the one who asks from taking the step himself.
    private func refusals(
        _ rule: StepRule, _ acting: Acting, _ history: CaseHistory, _ outlook: Outlook
    ) -> [GateFinding] {
        var reads = outlook.steps.map(\.taken.citation) + outlook.facts.values.flatMap { $0.map(\.citation) }
        for officer in acting.officers { reads += knowledge.officer(certificate: officer)?.seen ?? [] }
        let mark = StepMark(step: rule.id, at: outlook.at, post: acting.post, officers: acting.officers)
        let taken = TakenMark(
            citation: .unwritten, mark: mark,
            author: acting.officers.first.flatMap { knowledge.officer(certificate: $0)?.record },
            division: acting.division, level: acting.level, body: acting.body, stamp: 0, reads: reads.sorted())
        let judge = StepJudge(
            procedure: procedure, knowledge: knowledge, history: history, taken: taken, seen: outlook.steps)
        return judge.refusals(rule)
    }
}

extension DeadlineState {
    fileprivate var isFulfilled: Bool {
        switch phase {
        case .fulfilled, .late, .notBegun: true
        case .running, .nearlyDue, .paused, .missed: false
        }
    }
}

extension Bilingual {
    fileprivate static func waiting(_ doubts: [Doubt]) -> Bilingual {
        Bilingual(
            "本案有待确认：\(doubts.map(\.words.chinese).joined(separator: "；"))",
            "the case waits: \(doubts.map(\.words.english).joined(separator: "; "))")
    }
}

extension Doubt {
    /// Whether a step has to wait for it: which law applies decides nothing before the decision.
    package func holdsUp(_ rule: StepRule) -> Bool {
        if case .statuteAmended = self { return rule.isExclusive }
        return true
    }

    /// The law that has it settled first; none where it is a matter of the facts alone.
    package var articles: [String] {
        if case .statuteAmended = self { ["行政处罚法第37条"] } else { [] }
    }

    /// As an officer reads it.
    package var words: Bilingual {
        switch self {
        case .certificate(let number):
            Bilingual("执法证\(number)在办理时已被暂扣或撤销", "certificate \(number) was suspended or withdrawn at the time")
        case .item(let code): Bilingual("事项\(code)在办理时已不属本单位职权", "item \(code) was no longer the office's to use")
        case .concurrent(let step):
            Bilingual("“\(step)”同时有不同结果", "\(step) was taken to another outcome at the same time")
        case .factChanged(let fact): Bilingual("“\(fact)”同时被修改", "\(fact) was changed at the same time")
        case .excluded: Bilingual("同一环节同时作出两次，待上级指定", "taken twice at the same time: the superior designates one")
        case .takenOver: Bilingual("上级同时接管本案", "a superior took the case over at the same time")
        case .filedElsewhere: Bilingual("同一事项另有单位立案，待共同上级指定管辖", "another office has filed the same matter")
        case .numberTwice(let number): Bilingual("文号\(number)重复", "the number \(number) was used twice")
        case .statuteAmended(let title):
            Bilingual(
                "\(title)已修改，须核对新旧规定并写明适用哪一规定",
                "\(title) was amended: compare old and new, and say which applies")
        }
    }
}
