import Casework
import Lattice
import Ledger
import Libraries
import Store

/// What other cases, and the law of two days, raise against a case: found among the records that this node holds, so
/// that a superior sees what neither of two offices can.
extension CaseReading {
    /// - Parameter book: reads the procedures of the other cases.
    func outside(at now: LegalMoment, book: ProcedureBook) -> [Doubt] {
        let steps = judge.judge(history)
        return Array(Set(filings(steps, book) + numbers(steps, book) + laws(steps, at: now))).sorted()
    }

    /// The step with which a case under a procedure is filed: the one that issues the filing's approval.
    private static func filingStep(of procedure: Procedure) -> String? {
        procedure.steps.first { $0.document == "filing-approval" }?.id
    }

    private func filings(_ steps: [JudgedStep], _ book: ProcedureBook) -> [Doubt] {
        guard let step = Self.filingStep(of: procedure), let party = history.text("party-id"),
            let own = Filing(history, steps: steps, filing: step, knowledge: knowledge)
        else { return [] }
        let rivals = others(where: "party-id", is: party, book).compactMap { rival -> Filing? in
            guard let step = Self.filingStep(of: rival.procedure) else { return nil }
            return Filing(
                rival.history, steps: rival.judge.judge(rival.history), filing: step, knowledge: knowledge)
        }
        return FirstToFile.doubts([own] + rivals)[history.id] ?? []
    }

    private func numbers(_ steps: [JudgedStep], _ book: ProcedureBook) -> [Doubt] {
        let own = NumberCollision.uses(steps, of: history.id, knowledge: knowledge)
        var uses = own
        for number in Set(own.map(\.number)).sorted() {
            let documents = knowledge.source.records(of: CaseworkKinds.evidence.name, where: "document-no", is: number)
            let cases = Set(
                documents.compactMap { record -> RecordID? in
                    guard case .record(let id) = record.view["case"]?.shown, id != history.id else { return nil }
                    return id
                })
            for id in cases.sorted() {
                guard let other = try? CaseReading(id, in: knowledge, book: book) else { continue }
                uses += NumberCollision.uses(other.judge.judge(other.history), of: id, knowledge: knowledge)
            }
        }
        return NumberCollision.doubts(uses)[history.id] ?? []
    }

    /// The law of the act and of the decision, or of today, where they read differently and nobody has said which
    /// applies.
    private func laws(_ steps: [JudgedStep], at now: LegalMoment) -> [Doubt] {
        guard procedure.fact(LawChange.choice) != nil, let item = history.text(CaseField.item),
            let act = history.text("violated-on").flatMap({ LegalDate($0) }), let handler = history.handler
        else { return [] }
        let decided = steps.last { $0.counts && procedure.step($0.taken.mark.step)?.isExclusive == true }
        let day = decided?.taken.mark.at.day ?? now.day
        let choice = ItemChoice.choose(
            item: item, body: handler.body, division: handler.division, violatedOn: act, on: day,
            knowledge: knowledge, procedure: { _ in nil })
        guard case .chosen(let chosen) = choice else { return [] }
        return LawChange.doubts(history, chosen)
    }

    /// Other cases that show a value in an indexed field, as far as they can be read here.
    private func others(where field: String, is text: String, _ book: ProcedureBook) -> [CaseReading] {
        let kinds = [LibraryKinds.caseFile.name, CaseworkKinds.urgentCase.name]
        return kinds.flatMap { kind in
            knowledge.source.records(of: kind, where: field, is: text).compactMap { record in
                record.id == history.id ? nil : try? CaseReading(record.id, in: knowledge, book: book)
            }
        }
    }
}
