package import Divisions
import Lattice
package import Ledger

/// Turns what an officer means to do in a case into edits that cite what he looked at. It decides nothing: whether a
/// step may be taken is the judge's to say, before it is written and ever after.
package struct CasePlan {
    package let procedure: Procedure
    package let knowledge: any CaseKnowledge

    /// Steps that one step cites at most: those its gates name come first, then the latest.
    package static let stepsReadMax = 768

    package init(procedure: Procedure, knowledge: any CaseKnowledge) {
        (self.procedure, self.knowledge) = (procedure, knowledge)
    }

    // MARK: Beginning

    /// What makes a case: its existence, the version of the procedure it is pinned to, who handles it, and the facts
    /// known so far.
    ///
    /// - Parameters:
    ///   - pin: the live dots of the procedure's text: the case is pinned to what they say, whatever is written over it.
    ///   - origin: the record out of which it comes, such as an alert.
    package func open(
        _ id: RecordID, handler: (division: DivisionCode, body: String, officers: [String]),
        facts: [(FactRule, [Value])], pin: [Citation] = [], origin: RecordID? = nil
    ) -> [EditDraft] {
        let holder = Handler.text(division: handler.division, body: handler.body, officers: handler.officers)
        var edits = [
            EditDraft(kind: id.kind, record: id.key, field: "exists", type: .exists, value: nil),
            register(id, CaseField.procedure, .text(procedure.reference), reads: pin),
            register(id, CaseField.handler, .text(holder)),
            register(id, CaseField.division, .text(handler.division.text)),
            register(id, CaseField.body, .text(handler.body)),
        ]
        if let origin { edits.append(register(id, CaseField.origin, .record(origin))) }
        for (rule, values) in facts { edits += enter(rule, values, id: id, replaces: [], reads: [], held: []) }
        return edits
    }

    // MARK: Facts

    /// What makes facts known or changes them: each replaces what its author's screen showed, and cites the steps
    /// taken so far, so that a change after a decision can be told from one at the same time.
    ///
    /// - Parameter seen: what the screen showed, by fact; what the history shows where nothing is said.
    package func enter(
        _ facts: [(FactRule, [Value])], seen: [String: [Citation]] = [:], in history: CaseHistory
    ) -> [EditDraft] {
        let steps = history.steps.suffix(Self.stepsReadMax).map(\.citation)
        return facts.flatMap { rule, values in
            let view = history.view[rule.id]
            return enter(
                rule, values, id: history.id, replaces: seen[rule.id] ?? view?.seen ?? [], reads: steps,
                held: (view?.values ?? []).compactMap(\.value))
        }
    }

    private func enter(
        _ rule: FactRule, _ values: [Value], id: RecordID, replaces: [Citation], reads: [Citation], held: [Value]
    ) -> [EditDraft] {
        if rule.isMany {
            return values.filter { !held.contains($0) }.map { value in
                EditDraft(
                    kind: id.kind, record: id.key, field: rule.id, type: .set, value: value,
                    isPersonal: rule.isPersonal, reads: reads)
            }
        }
        guard let value = values.first, held != [value] else { return [] }
        return [
            EditDraft(
                kind: id.kind, record: id.key, field: rule.id, type: .register, value: value,
                isPersonal: rule.isPersonal, replaces: replaces, reads: reads)
        ]
    }

    private func register(
        _ id: RecordID, _ field: String, _ value: Value, replaces: [Citation] = [], reads: [Citation] = []
    ) -> EditDraft {
        EditDraft(
            kind: id.kind, record: id.key, field: field, type: .register, value: value, replaces: replaces, reads: reads
        )
    }

    // MARK: Steps

    /// The taking of a step, with everything that it looks at.
    package func take(_ mark: StepMark, in history: CaseHistory) -> EditDraft {
        EditDraft(
            kind: history.id.kind, record: history.id.key, field: CaseField.steps, type: .log, value: .text(mark.text),
            reads: reads(mark, in: history),
            after: history.view[CaseField.steps]?.values.last.map { [$0.citation] } ?? [])
    }

    /// The mark as it would be judged if it were written now.
    package func preview(
        _ mark: StepMark, by author: RecordID?, acting: Acting, in history: CaseHistory, judge: CaseJudge
    ) -> [GateFinding] {
        let taken = TakenMark(
            citation: .unwritten, mark: mark, author: author, division: acting.division, level: acting.level,
            body: acting.body, stamp: mark.at.milliseconds, reads: reads(mark, in: history))
        let seen = judge.judge(history).filter { taken.has(read: $0.taken.citation) }
        let (findings, doubts) = StepJudge(
            procedure: procedure, knowledge: knowledge, history: history, taken: taken, seen: seen
        ).judge()
        return findings + doubts.map { .broken($0.words, []) }
    }

    private func reads(_ mark: StepMark, in history: CaseHistory) -> [Citation] {
        var reads = Set<Citation>()
        let rule = procedure.step(mark.step)
        for field in facts(of: rule) { reads.formUnion(history.citations(of: field)) }
        reads.formUnion(history.citations(of: CaseField.handler))
        for officer in mark.officers { reads.formUnion(knowledge.officer(certificate: officer)?.seen ?? []) }
        if let item = history.text(CaseField.item) { reads.formUnion(knowledge.item(code: item)?.seen ?? []) }
        if let body = history.text(CaseField.body) { reads.formUnion(knowledge.body(code: body)?.seen ?? []) }
        reads.formUnion(steps(of: rule, in: history))
        return reads.sorted()
    }

    /// Facts whose values decide whether the step may be taken.
    private func facts(of rule: StepRule?) -> [String] {
        var facts = [CaseField.item]
        if let rule {
            facts += rule.requires + rule.collects + (rule.when?.facts ?? [])
            for gate in rule.gates {
                facts += gate.condition.facts + (gate.when?.facts ?? [])
                gate.condition.visit { if case .withinBenchmark = $0 { facts += DiscretionFact.all } }
            }
        }
        for deadline in procedure.deadlines {
            if case .fact(let id) = deadline.start { facts.append(id) }
            facts += deadline.when?.facts ?? []
        }
        return facts
    }

    private func steps(of rule: StepRule?, in history: CaseHistory) -> [Citation] {
        guard history.steps.count > Self.stepsReadMax else { return history.steps.map(\.citation) }
        let named = Set((rule?.gates ?? []).flatMap { $0.condition.steps } + (rule?.notWhoDid ?? []))
        let first = history.steps.filter { named.contains($0.mark.step) }.suffix(Self.stepsReadMax)
        let rest = history.steps.filter { !named.contains($0.mark.step) }.suffix(Self.stepsReadMax - first.count)
        return (first + rest).map(\.citation)
    }

    // MARK: Who handles it

    /// A grant to another office or other officers, in the place of those that were seen.
    package func grant(
        _ handler: (division: DivisionCode, body: String, officers: [String]), in history: CaseHistory
    ) -> EditDraft {
        register(
            history.id, CaseField.handler,
            .text(Handler.text(division: handler.division, body: handler.body, officers: handler.officers)),
            replaces: history.citations(of: CaseField.handler),
            reads: history.steps.suffix(Self.stepsReadMax).map(\.citation))
    }

    /// A superior's word on a step that was taken.
    package func overrule(
        _ overruling: Overruling, _ target: TakenMark, at moment: LegalMoment, officers: [String], reason: String,
        rival: RecordID? = nil, in history: CaseHistory
    ) -> EditDraft {
        var details = [Overruling.target: Overruling.name(of: target.citation.dot), "reason": reason]
        if let rival { details[Overruling.rival] = rival.description }
        return take(
            StepMark(
                step: overruling.step, at: moment, post: .supervisor, officers: officers, details: details),
            in: history)
    }
}

extension Citation {
    /// What stands for a step that is not written yet: no entry has the number 0.
    static var unwritten: Citation {
        Citation(dot: Dot(stream: StreamID(Digest(tag: 0, 0, 0, 0, 0)), number: 0, index: 0), check: 0)
    }
}
