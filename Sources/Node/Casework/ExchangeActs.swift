import Casework
import Divisions
import Lattice
import Ledger
import Libraries
import Papers
import Replication
import Store

/// Finds acts of enforcement in the cases of a store, as the exchange forms want them.
struct ExchangeActs {
    let knowledge: StoreKnowledge
    let book: ProcedureBook
    let forms: ExchangeForms
    /// Commits beyond it are the next export's.
    let end: UInt64

    /// What makes a case an act: a document issued with a step that counts.
    private static let deciding: [ExchangeBehaviour: Set<String>] = [
        .penalty: ["penalty-decision", "on-spot-decision"],
        .inspection: ["inspection-record"],
        .coercion: ["seizure-decision"],
        .other: ["correction-order", "rectification-notice", "mediation-agreement"],
    ]

    /// The act of a case; nil where it is none of the kind, or not yet.
    ///
    /// - Parameter isPublished: the receiver shows it to the public, so that stories name no person.
    func act(of id: RecordID, _ behaviour: ExchangeBehaviour, isPublished: Bool) -> ExchangeCase? {
        guard let reading = try? CaseReading(id, in: knowledge, book: book),
            let state = knowledge.source.record(id),
            let entries = knowledge.source.asking({ try knowledge.source.snapshot.history(of: id) })
        else { return nil }
        let (history, kinds) = (reading.history, Self.deciding[behaviour] ?? [])
        let judged = reading.judge.judge(history)
        let deciding = judged.filter { $0.taken.mark.issued.contains { kinds.contains($0.kind) } }
        // What was decided and counts no more is called back, by the number it had.
        let stands = deciding.contains(where: \.counts)
        let taken = judged.filter { $0.counts || !stands && deciding.contains($0) }.map(\.taken)
        guard let first = (deciding.first(where: \.counts) ?? deciding.first)?.taken,
            let code = history.text(CaseField.body),
            let body = knowledge.body(code: code)
        else { return nil }
        let publications = publications(of: id)
        let positions = (entries.map { ($0.logged.position, $0.logged.arrived) } + publications.positions)
            .filter { $0.0 <= end }
        guard let last = positions.max(by: { $0.0 < $1.0 }) else { return nil }
        let (acting, entrusted) = units(body)
        var act = ExchangeCase(
            record: id.description, version: version(state, publications.states), position: last.0,
            firstPosition: entries.first { $0.logged.id == EntryID(first.citation.dot) }?.logged.position,
            behaviour: behaviour, changedAt: Moments.local(last.1), body: acting, division: id.home)
        act.entrusted = entrusted
        let facts = facts(history, reading.procedure)
        act.take(facts: facts)
        if isPublished { mask(&act, Masking(procedure: reading.procedure, facts: facts)) }
        if let item = history.text(CaseField.item).flatMap(knowledge.item) { act.take(item) }
        act.conduct.number = act.conduct.number ?? id.key.description
        act.conduct.inspectionNumber = inspectionNumber(taken, history)
        act.conduct.evidence = evidence(reading)
        let steps = taken.map { TakenStep(step: $0.mark.step, outcome: $0.mark.outcome, at: $0.mark.at) }
        act.take(steps: steps, issued: taken.flatMap(\.mark.issued), procedure: reading.procedure.id)
        let officers = first.mark.officers
        act.inspection.certificates = officers
        act.inspection.officers = officers.compactMap { knowledge.officer(certificate: $0)?.name }
        let pieces = publications.states.map { PublishedPiece($0.view) }.filter { $0.phase == .after }
        act.penalty.publicTo = pieces.compactMap(\.expiresOn).min()
        act.withheld = pieces.lazy.compactMap(\.withheld).first?.ground.name
        if !stands || pieces.contains(where: { !$0.withdrawals.isEmpty }) { act.standing = .withdrawn }
        return act
    }

    /// What is told in whole sentences; fields with a name or a number are masked or hidden by the form itself.
    private func mask(_ act: inout ExchangeCase, _ masking: Masking) {
        act.conduct.name = act.conduct.name.map(masking.text)
        act.conduct.facts = act.conduct.facts.map(masking.text)
        act.penalty.content = act.penalty.content.map(masking.text)
    }

    /// A digest that changes with whatever is said of the act.
    private func version(_ state: RecordState, _ publications: [RecordState]) -> String {
        ([state] + publications).map(\.seenToken.entityTag).joined(separator: " ")
    }

    /// An organisation acts in the name of whoever entrusts it (行政处罚法第20条).
    private func units(_ body: BodyFacts) -> (ExchangeCase.Unit, entrusted: ExchangeCase.Unit?) {
        guard let above = body.entrustedBy.flatMap(knowledge.body) else { return (unit(body), nil) }
        return (unit(above), unit(body))
    }

    private func unit(_ body: BodyFacts) -> ExchangeCase.Unit {
        let shown = knowledge.source.record(body.record)?.view["uscc"]?.shown
        let code: String? = if case .text(let text) = shown { text } else { nil }
        return ExchangeCase.Unit(name: body.name, creditCode: code)
    }

    private func facts(_ history: CaseHistory, _ procedure: Procedure) -> [String: [Value]] {
        var facts: [String: [Value]] = [:]
        for id in procedure.facts.map(\.id) + ["case-no"] {
            guard let field = history.view[id] else { continue }
            facts[id] = field.shown.map { [$0] } ?? field.values.compactMap(\.value)
        }
        return facts
    }

    /// The number of the inspection out of which it grew: its own, or that of the case it comes from.
    private func inspectionNumber(_ taken: [TakenMark], _ history: CaseHistory) -> String? {
        func number(_ marks: [StepMark]) -> String? {
            marks.flatMap(\.issued).first { $0.kind == "inspection-record" }?.number
        }
        if let own = number(taken.map(\.mark)) { return own }
        guard case .record(let origin) = history.value(CaseField.origin), let before = knowledge.history(of: origin)
        else { return nil }
        return number(before.steps.map(\.mark)) ?? origin.key.description
    }

    /// Kinds of evidence at hand, in the order of the code set.
    private func evidence(_ reading: CaseReading) -> [String] {
        let titles = Set(reading.evidence().map(\.title))
        return forms.codes["evidence"].filter { titles.contains($0.name.chinese) }.map(\.word)
    }

    private func publications(of id: RecordID) -> (states: [RecordState], positions: [(UInt64, UInt64)]) {
        let source = knowledge.source
        let ofCase = RecordQuery.Condition(field: "case", equals: .record(id))
        let found = source.asking { try source.snapshot.records(of: CaseworkKinds.publication.name, where: ofCase) }
        let states = (found ?? []).sorted { $0.id < $1.id }
        let positions = states.flatMap { state in
            (source.asking { try source.snapshot.history(of: state.id) } ?? []).map {
                ($0.logged.position, $0.logged.arrived)
            }
        }
        return (states, positions)
    }
}

extension EntryID {
    fileprivate init(_ dot: Dot) { self.init(stream: dot.stream, number: dot.number) }
}

/// The forms of exchange as a node holds them: rule sets whose id begins with `exchange-form:`, one for each file of
/// `Exchange/`, each in its latest version.
enum ExchangeShelf {
    static let prefix = "exchange-form:"

    static func files(knowing knowledge: StoreKnowledge) -> [ExchangeForms.File] {
        var latest: [String: (version: Int64, text: String)] = [:]
        for record in knowledge.source.records(of: CaseworkKinds.ruleSet.name).sorted(by: { $0.id < $1.id }) {
            let view = record.view
            guard case .text(let id) = view["id"]?.shown, id.hasPrefix(prefix),
                case .text(let text) = view["text"]?.shown,
                case .integer(let version) = view["version"]?.shown, version > latest[id]?.version ?? 0
            else { continue }
            latest[id] = (version, text)
        }
        return latest.keys.sorted().compactMap { id in
            latest[id].map { ExchangeForms.File(name: "\(id.dropFirst(prefix.count)).csv", text: $0.text) }
        }
    }
}
