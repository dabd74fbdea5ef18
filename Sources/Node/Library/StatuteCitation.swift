import Casework
import Lattice
import Ledger
import Libraries
import Store

/// A law, or one of its articles, as others cite it.
struct StatuteCitation {
    /// With and without the country's name.
    let titles: [String]
    /// Nil for the law as a whole.
    let number: ArticleNumber?

    private func isMeant(_ reference: StatuteReference) -> Bool {
        titles.contains(reference.title)
            && (number.map { $0.number == reference.article && $0.suffix == reference.suffix } ?? true)
    }

    /// Items by code, each with the references that are meant.
    func items(_ knowledge: LibraryKnowledge) throws -> [CitingItem] {
        var list = RowList(
            kind: LibraryKinds.item.name, fields: ["code", "name", "item-kind", "field", "bases"],
            conditions: [.any(titles.map { .contains("bases", "《\($0)》") })])
        var items: [CitingItem] = []
        repeat {
            let page = try knowledge.base.source.snapshot.rows(list)
            for row in page.rows {
                let references = row.texts("bases").filter { StatuteReference($0).map(isMeant) ?? false }
                guard !references.isEmpty, let code = row.text("code") else { continue }
                items.append(
                    CitingItem(
                        code: code, name: row.text("name") ?? code, kind: row.text("item-kind") ?? "",
                        field: row.text("field") ?? "", references: references))
            }
            list.after = page.next
        } while list.after != nil
        return items.sorted { $0.code < $1.code }
    }

    /// Violations of benchmarks, one for each that rests on it.
    func benchmarks(_ knowledge: LibraryKnowledge) throws -> [CitingBenchmark] {
        let list = RowList(
            kind: LibraryKinds.benchmark.name,
            fields: ["set", "item", "ordinal", "violation", "basis-law", "basis-article"],
            conditions: [.isOneOf("basis-law", titles), .equals("ordinal", .integer(1))])
        return try knowledge.base.source.snapshot.rows(list).rows.compactMap { row in
            guard let law = row.text("basis-law"), let article = row.text("basis-article"),
                let reference = StatuteReference(title: law, article: article), isMeant(reference)
            else { return nil }
            return CitingBenchmark(
                set: row.text("set") ?? "", item: row.text("item") ?? "", violation: row.text("violation") ?? "",
                reference: reference.description)
        }.sorted { ($0.set, $0.item) < ($1.set, $1.item) }
    }

    /// Templates of documents and procedures whose text names it.
    func texts(_ knowledge: LibraryKnowledge) throws -> [CitingText] {
        let ways = written
        var found: Set<CitingText> = []
        for kind in [CaseworkKinds.template.name, CaseworkKinds.procedure.name] {
            let list = RowList(
                kind: kind, fields: ["id", "name"], conditions: [.any(ways.map { .contains("text", $0) })])
            for row in try knowledge.base.source.snapshot.rows(list).rows {
                let id = row.text("id") ?? ""
                found.insert(CitingText(kind: kind, id: id, name: row.text("name") ?? id))
            }
        }
        return found.sorted { ($0.kind, $0.id, $0.name) < ($1.kind, $1.id, $1.name) }
    }

    /// The ways in which texts write it: `《法》第三十一条`, `法第31条`.
    private var written: [String] {
        titles.flatMap { title -> [String] in
            guard let number else { return ["《\(title)》", "\(title)第"] }
            let suffix = number.suffix > 0 ? "之" + ChineseNumeral.text(Int(number.suffix)) : ""
            return [
                "《\(title)》第\(ChineseNumeral.text(Int(number.number)))条\(suffix)",
                "\(title)第\(number.number)条\(suffix)",
            ]
        }
    }
}
