import Casework
import Divisions
import Lattice
import Ledger
import Libraries
import Store

/// What a node knows, for pages about items and laws: laws by the catalogue instead of by the states of all statutes,
/// and of an item's delegations those alone that decide for one division, since a province hands an item down to a
/// thousand towns.
final class LibraryKnowledge: CaseKnowledge, StatuteLibrary {
    let base: StoreKnowledge
    let catalogue: StatuteCatalogueContent
    /// The division whose powers are asked for; nil for all delegations.
    private let division: DivisionCode?
    private var items: [String: ItemFacts?] = [:]
    private var articles: [RecordID: String?] = [:]

    init(_ base: StoreKnowledge, _ catalogue: StatuteCatalogueContent, for division: DivisionCode? = nil) {
        (self.base, self.catalogue, self.division) = (base, catalogue, division)
    }

    var tree: DivisionTree { base.tree }
    var calendar: WorkCalendar { base.calendar }
    func officer(certificate: String) -> OfficerFacts? { base.officer(certificate: certificate) }
    func body(code: String) -> BodyFacts? { base.body(code: code) }
    func benchmark(item: String) -> Benchmark? { base.benchmark(item: item) }
    func edit(_ citation: Citation) -> CitedEdit? { base.edit(citation) }
    func receipt(of entry: EntryID) -> UInt64? { base.receipt(of: entry) }

    // MARK: Items

    func item(code: String) -> ItemFacts? {
        guard let division else { return base.item(code: code) }
        if let known = items[code] { return known }
        let source = base.source
        let ofItem = RowList.Condition.equals("item", .text(code))
        var rows = delegations([ofItem, .equals("to", .text(division.text))])
        // That a power is handed down to anybody at all decides for towns too.
        rows += delegations([ofItem, .equals("sort", .text(DelegationRow.Sort.handedDown.rawValue))], limit: 1)
        let states = Set(rows.map(\.id)).sorted().compactMap { source.record($0) }
        let found = source.records(of: LibraryKinds.item.name, where: "code", is: code)
            .compactMap { ItemFacts(record: $0, delegations: states, tree: tree) }
        let facts = found.min { rank($0.record) < rank($1.record) }
        items[code] = .some(facts)
        return facts
    }

    private func delegations(_ conditions: [RowList.Condition], limit: Int = RowList.limitMax) -> [ShownRow] {
        let list = RowList(
            kind: LibraryKinds.delegation.name, fields: [], conditions: conditions, limit: limit)
        return base.source.asking { try base.source.snapshot.rows(list) }?.rows ?? []
    }

    private func rank(_ id: RecordID) -> (Level, RecordID) { (tree.level(of: id.home) ?? .village, id) }

    // MARK: Laws

    func versions(of title: String) -> [StatuteVersion] { catalogue.versions(of: title) }
    func repeals(of title: String) -> [StatuteRepeal] { catalogue.repeals(of: title) }
    func titles(like title: String) -> [String] { catalogue.titles(like: title) }

    func article(_ key: String, of version: StatuteVersion) -> String? {
        guard let statute = catalogue.record(of: version) else { return nil }
        let id = ParsedStatute.article(key, of: version.key, home: statute.home)
        if let known = articles[id] { return known }
        var found: String?
        if case .text(let text) = base.source.record(id)?.view["text"]?.shown { found = text }
        articles[id] = .some(found)
        return found
    }
}

extension API {
    /// Reads with the catalogue of laws at hand, all out of one commit.
    func browsing<Answer: Sendable>(
        for division: DivisionCode? = nil, _ body: @escaping @Sendable (LibraryKnowledge) throws -> Answer
    ) async throws -> Answer {
        let statutes = statutes
        return try await knowing { knowledge in
            let content = try statutes.content(knowledge.source.snapshot)
            return try body(LibraryKnowledge(knowledge, content, for: division))
        }
    }
}
