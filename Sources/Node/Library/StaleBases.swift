import Casework
import Lattice
import Ledger
import Libraries
import Store
import Synchronization

/// Keeps what is stale of all that items and benchmarks rest on, until a library or the day changes: each of nine
/// thousand items is compared with the law of its own day and of today, which no page can wait for every time.
final class StaleBases: Sendable {
    struct Entry: Hashable, Sendable {
        /// Items by code first, then benchmarks by set, number and place; of no two entries the same.
        let order: String
        let finding: StaleBasis.Finding
    }

    private struct Kept {
        let day: LegalDate
        let libraries: [RowFingerprint]
        let entries: [Entry]
    }

    /// What decides. Articles are left out: they come with their statute and are not edited without it.
    private static let kinds = [LibraryKinds.item, LibraryKinds.benchmark, LibraryKinds.statute, CaseworkKinds.ruleSet]

    private let kept = Mutex<Kept?>(nil)

    /// All of them on a day, in their order. Whoever comes first reads them, and others wait for him.
    func entries(on day: LegalDate, _ knowledge: LibraryKnowledge) throws -> [Entry] {
        let snapshot = knowledge.base.source.snapshot
        let libraries = try Self.kinds.map { try snapshot.fingerprint(of: $0.name) }
        return try kept.withLock { kept in
            if let kept, kept.day == day, kept.libraries == libraries { return kept.entries }
            let entries = try Self.read(snapshot, on: day, knowledge)
            kept = Kept(day: day, libraries: libraries, entries: entries)
            return entries
        }
    }

    private static func read(
        _ snapshot: StoreSnapshot, on day: LegalDate, _ knowledge: LibraryKnowledge
    ) throws -> [Entry] {
        var bases: [String: StaleBasis.Basis] = [:]
        try rows(of: LibraryKinds.item, ["code", "bases", "valid-from"], snapshot) { row in
            guard let code = row.text("code") else { return }
            let since = row.text("valid-from").flatMap { LegalDate($0) }
            for reference in row.texts("bases").compactMap({ StatuteReference($0) }) {
                let order = "0 \(code) \(reference)"
                bases[order] = StaleBasis.Basis(holder: code, reference: reference, since: since)
            }
        }
        let ofBenchmark = ["set", "item", "ordinal", "basis-law", "basis-article", "basis-text"]
        try rows(of: LibraryKinds.benchmark, ofBenchmark, snapshot) { row in
            guard let item = row.text("item"), let law = row.text("basis-law"),
                let article = row.text("basis-article"), let reference = StatuteReference(title: law, article: article)
            else { return }
            let set = row.text("set")
            // Numbers of tiers are put in order as texts of the same length.
            let place = (row.integer("ordinal") ?? 0) + 10_000
            bases["1 \(set ?? "") \(item) \(place) \(reference)"] = StaleBasis.Basis(
                holder: BenchmarkName(set: set, item: item).description, reference: reference,
                citedYear: CitedEdition.year(in: row.text("basis-text") ?? "", of: reference.title))
        }
        return bases.sorted { $0.key < $1.key }.compactMap { order, basis in
            StaleBasis.list([basis], in: knowledge, on: day).first.map { Entry(order: order, finding: $0) }
        }
    }

    private static func rows(
        of kind: Kind, _ fields: [String], _ snapshot: StoreSnapshot, _ each: (ShownRow) -> Void
    ) throws {
        var list = RowList(kind: kind.name, fields: fields)
        repeat {
            let page = try snapshot.rows(list)
            page.rows.forEach(each)
            list.after = page.next
        } while list.after != nil
    }
}
