import Casework
import Ledger
import Libraries

extension DocumentContext {
    /// First parts of all names that a template may use, those of list elements included.
    static let names: Set<String> = [
        "title", "english", "body", "number", "case", "date", "moment", "fact", "capital", "is", "many", "step",
        "steps",
        "officers", "item", "benchmark", "detail", "documents", "evidence", "facts", "volume", "css", "articles",
        "line",
        "ordinal", "name", "certificate", "label", "text", "outcome", "day", "at", "digest", "note", "people",
    ]

    /// What a template reads, every text escaped already; what is not known is left out.
    ///
    /// | name | what it is |
    /// |---|---|
    /// | `fact.ID`, `many.ID` | a fact in words; each value of a set |
    /// | `capital.ID` | a sum in 大写 |
    /// | `is.ID`, `is.ID-CHOICE` | whether a truth holds; whether a choice was made |
    /// | `step.ID` | the last taking: `day`, `at`, `outcome`, `people`, `note` |
    /// | `facts`, `steps`, `officers`, `documents`, `evidence` | lists |
    func values(for template: DocumentTemplate) -> [String: Any] {
        var values: [String: Any] = [
            "title": safe(template.title.chinese), "english": safe(template.title.english),
            "date": at.day.chineseText, "moment": at.chineseText,
            "articles": template.articles.map { ["text": safe($0)] },
            "css": ["header": Markup.escapeForCSS(body?.name ?? "")],
            "officers": numbered(officers.map(person)), "steps": numbered(steps.map(line)),
            "documents": numbered(documents.map(piece)), "evidence": numbered(evidence.map(piece)),
            "facts": procedure.facts.compactMap { rule in
                let texts = texts(rule.id)
                return texts.isEmpty
                    ? nil : ["label": safe(rule.name.chinese), "text": safe(texts.joined(separator: "；"))]
            } as [[String: Any]],
            "detail": details.filter { !$0.value.isEmpty }.mapValues { safe($0) },
        ]
        if let number { values["number"] = safe(number) }
        if let benchmark { values["benchmark"] = safe(benchmark) }
        values["case"] = present(["number": caseNumber, "procedure": procedure.name.chinese])
        if let body {
            values["body"] = present([
                "name": body.name, "code": body.code, "type": body.type, "address": bodyAddress, "phone": bodyPhone,
            ])
        }
        if let item {
            var fields: [String: Any] = present(["name": item.name, "code": item.code, "field": item.field])
            if !item.bases.isEmpty { fields["bases"] = safe(item.bases.joined(separator: "、")) }
            (fields["hearing"], fields["review"]) = (item.needsHearing, item.needsReview)
            values["item"] = fields
        }
        values.merge(factValues()) { first, _ in first }
        values["step"] = Dictionary(steps.map { ($0.step, line($0)) }) { _, last in last }
        if let volume { values["volume"] = self.values(of: volume) }
        return values
    }

    private func factValues() -> [String: Any] {
        var (shown, capital, truths, many): ([String: Any], [String: Any], [String: Any], [String: Any]) = (
            [:], [:], [:], [:]
        )
        for id in facts.keys.sorted() {
            let texts = texts(id)
            guard !texts.isEmpty else { continue }
            shown[id] = safe(texts.joined(separator: "、"))
            many[id] = numbered(texts.map { ["text": safe($0)] })
            for value in facts[id] ?? [] {
                switch value {
                case .integer(let fen) where procedure.fact(id)?.kind == .money:
                    capital[id] = CapitalAmount.text(fen: fen)
                case .boolean(let truth): truths[id] = truth
                case .text(let text) where procedure.fact(id)?.kind == .choice: truths["\(id)-\(text)"] = true
                default: break
                }
            }
        }
        return ["fact": shown, "capital": capital, "is": truths, "many": many]
    }

    private func values(of volume: ArchiveVolume) -> [String: Any] {
        func list(_ part: DocumentTemplate.Volume) -> [[String: Any]] {
            volume.pieces.filter { $0.volume == part }.map { placed in
                present([
                    "ordinal": String(placed.ordinal), "name": placed.piece.title, "text": placed.piece.number,
                    "day": placed.piece.day?.chineseText, "digest": String(placed.piece.digest.prefix(16)),
                    "note": placed.piece.note,
                ])
            }
        }
        var fields: [String: Any] = present([
            "digest": volume.digest, "count": String(volume.pieces.count),
            "day": volume.sealedOn.chineseText, "years": volume.years.map { "\($0)年" } ?? "永久",
        ])
        (fields["main"], fields["sub"]) = (list(.main), list(.sub))
        fields["mains"] = String(list(.main).count)
        fields["subs"] = String(list(.sub).count)
        fields["has-sub"] = !list(.sub).isEmpty
        return fields
    }

    private func line(_ step: StepLine) -> [String: Any] {
        var fields: [String: Any] = present([
            "name": step.name.chinese, "outcome": step.outcome.chinese, "day": step.at.day.chineseText,
            "at": step.at.chineseText, "note": step.note,
        ])
        fields["people"] = step.people.map(person)
        return fields
    }

    private func person(_ person: Person) -> [String: Any] {
        present(["name": person.name, "certificate": person.certificate])
    }

    private func piece(_ piece: Piece) -> [String: Any] {
        present([
            "name": piece.title, "text": piece.number, "day": piece.day?.chineseText,
            "digest": String(piece.digest.prefix(16)), "note": piece.note,
        ])
    }

    /// With the place of each in the list, from 1.
    private func numbered(_ elements: [[String: Any]]) -> [[String: Any]] {
        elements.enumerated().map { index, element in
            var element = element
            element["ordinal"] = String(index + 1)
            return element
        }
    }

    private func present(_ fields: [String: String?]) -> [String: Any] {
        fields.compactMapValues { text in text.flatMap { $0.isEmpty ? nil : safe($0) } }
    }

    private func safe(_ text: String) -> String { Markup.escape(text) }
}
