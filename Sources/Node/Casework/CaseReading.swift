import Casework
import Divisions
import Lattice
import Ledger
import Libraries
import Papers
import Replication
import Store

/// Why a case cannot be worked on here.
enum CaseFault: Error {
    /// Nothing is held of it.
    case notHere
    /// The text of the procedure that it is pinned to is not here.
    case noProcedure(String)
    case badProcedure(ProcedureFault)
    case store(StoreFailure)
}

/// A case as one reading of the store finds it, with all that judging it needs.
struct CaseReading {
    let history: CaseHistory
    let procedure: Procedure
    let knowledge: StoreKnowledge
    /// Has judged the history once, for all that is asked of it.
    let judge: CaseJudge
    var plan: CasePlan { CasePlan(procedure: procedure, knowledge: knowledge) }

    init(_ id: RecordID, in knowledge: StoreKnowledge, book: ProcedureBook) throws(CaseFault) {
        guard let history = knowledge.history(of: id), !history.citations(of: CaseField.procedure).isEmpty else {
            throw .notHere
        }
        self.history = history
        self.knowledge = knowledge
        procedure = try book.procedure(of: history, knowing: knowledge)
        judge = CaseJudge(procedure: procedure, knowledge: knowledge, judging: history)
    }

    /// Whether somebody may see the case: by division, and within it by body and field.
    func isVisible(to viewer: Sight.Viewer) -> Bool {
        let item = history.text(CaseField.item).flatMap { knowledge.item(code: $0) }
        let subject = Sight.Subject(
            home: history.id.home, body: history.text(CaseField.body) ?? "", field: item?.field)
        return Sight.maySee(viewer: viewer, subject: subject, tree: knowledge.tree) { knowledge.body(code: $0) }
    }

    /// The case as a document sees it.
    func context(
        at moment: LegalMoment, officers: [String], number: String?, details: [String: String] = [:]
    ) -> DocumentContext {
        DocumentContext(
            procedure: procedure, history: history, steps: judge.judge(history).filter(\.counts).map(\.taken),
            knowing: knowledge, officers: officers, at: moment, number: number, evidence: evidence(), details: details)
    }

    /// What the field `evidence-kind` says of documents that the office itself issued.
    static let documentSort = "文书"

    /// Evidence of the case, in the order of capture; documents the office issued are none.
    func evidence() -> [DocumentContext.Piece] {
        let ofCase = RecordQuery.Condition(field: "case", equals: .record(history.id))
        let source = knowledge.source
        let records = source.asking { try source.snapshot.records(of: CaseworkKinds.evidence.name, where: ofCase) }
        return (records ?? []).compactMap { record -> (String, DocumentContext.Piece)? in
            let view = record.view
            guard case .text(let digest) = view["digest"]?.shown,
                view["evidence-kind"]?.shown != .text(Self.documentSort)
            else { return nil }
            func text(_ field: String) -> String? {
                if case .text(let text) = view[field]?.shown { text } else { nil }
            }
            let at = text("captured-at").flatMap { LegalMoment($0) }
            let piece = DocumentContext.Piece(
                title: text("evidence-kind") ?? CaseworkKinds.evidence.chinese, day: at?.day, digest: digest,
                note: text("recording"))
            return (at?.description ?? "", piece)
        }.sorted { ($0.0, $0.1.digest) < ($1.0, $1.1.digest) }.map(\.1)
    }

    /// What of the case the public is to see after this step, desensitised.
    func publications(after step: String, outcome: String, at moment: LegalMoment) -> [PublicationDraft] {
        let steps = judge.judge(history)
        let assessment = judge.assess(history, at: moment)
        let issued = steps.last { $0.counts && $0.taken.mark.step == step }?.taken
        return procedure.publicity.compactMap { rule in
            guard rule.after == step, rule.outcomes.isEmpty || rule.outcomes.contains(outcome),
                judge.holds(rule.when, history, at: moment)
            else { return nil }
            let numbered = steps.last { $0.counts && $0.taken.mark.issued.contains { $0.number != nil } }?.taken
            let number =
                (issued?.mark.issued ?? []).compactMap(\.number).first
                ?? numbered?.mark.issued.compactMap(\.number).first
            return PublicationDraft(
                rule, of: history.id, context: context(at: moment, officers: [], number: number),
                decidedOn: issued?.mark.at.day ?? moment.day, deadlines: assessment.deadlines,
                calendar: knowledge.calendar)
        }
    }
}

/// The procedures a node has read, by the text they were read from.
final class ProcedureBook: Sendable {
    private let read = ReadOnce<String, Result<Procedure, ProcedureFault>>(capacity: 512)

    func procedure(of history: CaseHistory, knowing knowledge: StoreKnowledge) throws(CaseFault) -> Procedure {
        let reference = history.text(CaseField.procedure) ?? ""
        guard let text = PinnedProcedure.text(of: history, knowledge: knowledge)?.text else {
            throw .noProcedure(reference)
        }
        return try parsed(text)
    }

    func parsed(_ text: String) throws(CaseFault) -> Procedure {
        let result = read.value(for: text) {
            do throws(ProcedureFault) { return .success(try Procedure(yaml: text, file: "procedure")) } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let procedure): return procedure
        case .failure(let fault): throw .badProcedure(fault)
        }
    }

    /// The versions in use on a day, one for each procedure: the latest in force, the highest office's where several
    /// wrote one.
    func inUse(on day: LegalDate, knowing knowledge: StoreKnowledge) -> [(procedure: Procedure, pin: [Citation])] {
        var found: [String: (procedure: Procedure, pin: [Citation], level: Level)] = [:]
        let records = knowledge.source.records(of: CaseworkKinds.procedure.name).sorted { $0.id < $1.id }
        for record in records {
            let view = record.view
            guard let field = view[PinnedProcedure.textField], case .text(let text) = field.shown,
                let procedure = try? parsed(text)
            else { continue }
            if case .text(let from) = view["in-force-from"]?.shown, let first = LegalDate(from), day < first {
                continue
            }
            let level = knowledge.tree.level(of: record.id.home) ?? .village
            if let known = found[procedure.id], (known.level, -known.procedure.version) <= (level, -procedure.version) {
                continue
            }
            found[procedure.id] = (procedure, field.values.first.map { [$0.citation] } ?? [], level)
        }
        return found.keys.sorted().compactMap { id in found[id].map { ($0.procedure, $0.pin) } }
    }
}

/// Document templates as a node holds them.
enum TemplateShelf {
    private static let read = ReadOnce<[String], DocumentTemplate?>(capacity: 512)

    /// Those whose text can be read; of one reference the highest office's counts.
    static func templates(knowing knowledge: StoreKnowledge) -> DocumentTemplates {
        var templates = DocumentTemplates()
        let records = knowledge.source.records(of: CaseworkKinds.template.name).sorted { left, right in
            let (a, b) = (knowledge.tree.level(of: left.id.home), knowledge.tree.level(of: right.id.home))
            return (b ?? .village, right.id) < (a ?? .village, left.id)
        }
        for record in records {
            let view = record.view
            guard case .text(let text) = view["text"]?.shown, case .text(let name) = view["id"]?.shown,
                let template = read.value(for: [name, text], { try? DocumentTemplate(name: name, text: text) })
            else { continue }
            templates.add(template)
        }
        return templates
    }
}

extension RecordID {
    /// Whether it names a case, urgent or not.
    var isOfCase: Bool { kind == LibraryKinds.caseFile.name || kind == CaseworkKinds.urgentCase.name }
}
