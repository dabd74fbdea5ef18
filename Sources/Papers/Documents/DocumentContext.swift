package import Casework
import Lattice
package import Ledger
package import Libraries

/// Everything a document may say of a case at one moment: a value that is put together before anything is written.
package struct DocumentContext: Sendable {
    /// Somebody who acts for the body.
    package struct Person: Hashable, Sendable {
        package let name: String?
        package let certificate: String

        package init(name: String?, certificate: String) { (self.name, self.certificate) = (name, certificate) }
    }

    /// One taking of a step, as forms show it.
    package struct StepLine: Hashable, Sendable {
        package let step: String
        package let name: Bilingual
        package let outcome: Bilingual
        package let at: LegalMoment
        package let people: [Person]
        /// An opinion written with it, if any.
        package let note: String?

        package init(
            step: String, name: Bilingual, outcome: Bilingual, at: LegalMoment, people: [Person], note: String? = nil
        ) {
            (self.step, self.name, self.outcome) = (step, name, outcome)
            (self.at, self.people, self.note) = (at, people, note)
        }
    }

    /// A document or piece of evidence that another document lists.
    package struct Piece: Hashable, Sendable {
        package let title: String
        package let number: String?
        package let day: LegalDate?
        package let digest: String
        package let note: String?

        package init(title: String, number: String? = nil, day: LegalDate? = nil, digest: String, note: String? = nil) {
            (self.title, self.number, self.day, self.digest, self.note) = (title, number, day, digest, note)
        }
    }

    package var procedure: Procedure
    /// The case's own number; nil while it has none.
    package var caseNumber: String?
    /// When the document is made.
    package var at: LegalMoment
    /// `机关代字 + 文种字〔年份〕序号号`, where the kind bears one.
    package var number: String?
    /// The body in whose name it is made; nil if its record is not here.
    package var body: BodyFacts?
    package var bodyAddress: String?
    package var bodyPhone: String?
    /// Who makes it; the first leads.
    package var officers: [Person]
    /// What is known, by fact; a set has many values.
    package var facts: [String: [Value]]
    package var item: ItemFacts?
    /// The circumstance and standard that the case was found to fall under.
    package var benchmark: String?
    /// In the order of the log, those that count.
    package var steps: [StepLine]
    package var documents: [Piece]
    package var evidence: [Piece]
    /// What only this document needs: `court`, `addressee`, `answers`, by name.
    package var details: [String: String]
    /// For the cover and the contents of a volume.
    package var volume: ArchiveVolume?

    package init(
        procedure: Procedure, caseNumber: String? = nil, at: LegalMoment, number: String? = nil, body: BodyFacts?,
        bodyAddress: String? = nil, bodyPhone: String? = nil, officers: [Person], facts: [String: [Value]],
        item: ItemFacts? = nil, benchmark: String? = nil, steps: [StepLine] = [], documents: [Piece] = [],
        evidence: [Piece] = [], details: [String: String] = [:], volume: ArchiveVolume? = nil
    ) {
        (self.procedure, self.caseNumber, self.at, self.number) = (procedure, caseNumber, at, number)
        (self.body, self.bodyAddress, self.bodyPhone) = (body, bodyAddress, bodyPhone)
        (self.officers, self.facts, self.item, self.benchmark) = (officers, facts, item, benchmark)
        (self.steps, self.documents, self.evidence) = (steps, documents, evidence)
        (self.details, self.volume) = (details, volume)
    }
}

extension DocumentContext {
    /// From a case as this node knows it.
    ///
    /// - Parameters:
    ///   - steps: the takings that count, in the order of the log.
    ///   - officers: numbers of the certificates of whoever makes the document, the first leads.
    package init(
        procedure: Procedure, history: CaseHistory, steps: [TakenMark], knowing knowledge: some CaseKnowledge,
        officers: [String], at: LegalMoment, number: String? = nil, evidence: [Piece] = [],
        details: [String: String] = [:]
    ) {
        func person(_ certificate: String) -> Person {
            Person(name: knowledge.officer(certificate: certificate)?.name, certificate: certificate)
        }
        var facts: [String: [Value]] = [:]
        for field in history.view.fields where procedure.fact(field.key.name) != nil {
            let values = field.shown.map { [$0] } ?? field.values.compactMap(\.value)
            if !values.isEmpty { facts[field.key.name] = values }
        }
        let item = history.text(CaseField.item).flatMap { knowledge.item(code: $0) }
        let lines = steps.map { taken in
            let rule = procedure.step(taken.mark.step)
            return StepLine(
                step: taken.mark.step, name: rule?.name ?? Bilingual(taken.mark.step, taken.mark.step),
                outcome: rule?.outcome(taken.mark.outcome)?.name ?? Bilingual(taken.mark.outcome, taken.mark.outcome),
                at: taken.mark.at, people: taken.mark.officers.map(person), note: taken.mark.details["opinion"])
        }
        self.init(
            procedure: procedure, caseNumber: history.text("case-no"), at: at, number: number,
            body: history.text(CaseField.body).flatMap { knowledge.body(code: $0) }, officers: officers.map(person),
            facts: facts, item: item,
            benchmark: item.flatMap { knowledge.benchmark(item: $0.code) }.flatMap {
                $0.words(circumstance: facts["circumstance"]?.first)
            },
            steps: lines, documents: Self.issued(steps, procedure), evidence: evidence, details: details)
    }

    private static func issued(_ steps: [TakenMark], _ procedure: Procedure) -> [Piece] {
        steps.flatMap { taken in
            taken.mark.issued.map { issued in
                Piece(
                    title: procedure.step(taken.mark.step)?.name.chinese ?? issued.kind, number: issued.number,
                    day: taken.mark.at.day, digest: issued.digest)
            }
        }
    }

    /// What of these is not known: facts by id, and the names that `DocumentTemplate` lists. The body always is needed.
    func missing(_ required: [String]) -> [DocumentFault.Missing] {
        var missing: [DocumentFault.Missing] = []
        if body == nil { missing.append(.init(what: Bilingual("执法主体资料", "the enforcement body's record"), step: nil)) }
        for name in required {
            switch name {
            case "number":
                if number == nil { missing.append(.init(what: Bilingual("文书号", "the document's number"), step: nil)) }
            case "officers":
                if officers.count < 2 {
                    missing.append(
                        .init(what: Bilingual("两名执法人员及其证号", "two officers with their certificates"), step: nil))
                }
            case "item":
                if item == nil { missing.append(miss(CaseField.item, Bilingual("执法事项", "the enforcement item"))) }
            case "case-number":
                if caseNumber == nil { missing.append(.init(what: Bilingual("案件编号", "the case's number"), step: nil)) }
            case "volume":
                if volume == nil { missing.append(.init(what: Bilingual("已封存的案卷", "the sealed volume"), step: nil)) }
            default:
                if texts(name).isEmpty { missing.append(miss(name, Bilingual(name, name))) }
            }
        }
        return missing
    }

    private func miss(_ fact: String, _ otherwise: Bilingual) -> DocumentFault.Missing {
        let step = procedure.steps.first { $0.collects.contains(fact) }
        return DocumentFault.Missing(what: procedure.fact(fact)?.name ?? otherwise, step: step?.name)
    }

    /// The values of a fact as a document writes them; what is empty is no value.
    func texts(_ fact: String) -> [String] {
        (facts[fact] ?? []).map { words($0, of: procedure.fact(fact)) }.filter { !$0.isEmpty }
    }

    private func words(_ value: Value, of rule: FactRule?) -> String {
        switch (value, rule?.kind) {
        case (.integer(let fen), .money?): "\(CapitalAmount.yuan(fen: fen))元"
        case (.integer(let number), _): String(number)
        case (.boolean(let truth), _): truth ? "是" : "否"
        case (.text(let text), .date?): LegalDate(text)?.chineseText ?? text
        case (.text(let text), .moment?): LegalMoment(text)?.chineseText ?? text
        case (.text(let text), .choice?): rule?.choices.first { $0.id == text }?.name.chinese ?? text
        case (.text(let text), .item?) where text == item?.code: "\(item?.name ?? "")（\(text)）"
        case (.text(let text), .officer?):
            officers.first { $0.certificate == text }.flatMap(\.name).map { "\($0)（\(text)）" } ?? text
        case (.text(let text), _): text
        case (.record(let id), _): id.description
        case (.bytes(let bytes), _): hexadecimal(bytes)
        }
    }
}

extension Benchmark {
    /// The circumstance a case falls under, as a document quotes it; nil where it names none.
    ///
    /// - Parameter circumstance: the place among the item's circumstances, from 1.
    package func words(circumstance: Value?) -> String? {
        guard case .tiers(let tiers) = model, case .integer(let ordinal) = circumstance,
            let tier = tiers.first(where: { Int64($0.ordinal) == ordinal })
        else { return nil }
        return "\(tier.circumstance)：\(tier.standard)"
    }
}
