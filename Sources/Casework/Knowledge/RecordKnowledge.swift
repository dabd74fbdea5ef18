package import Divisions
import Lattice
package import Ledger
package import Libraries

/// What is known of the libraries by the records of one source, each read once.
///
/// A knowledge is made for one reading of a source and thrown away with it. Within that time it keeps what it has
/// looked up, so that a thousand cases of one officer read him once; it is not for several tasks at once.
package final class RecordKnowledge<Source: RecordSource>: CaseKnowledge, StatuteLibrary {
    package let source: Source
    package let tree: DivisionTree
    private var officers: [String: OfficerFacts?] = [:]
    private var items: [String: ItemFacts?] = [:]
    private var bodies: [String: BodyFacts?] = [:]
    private var benchmarks: [String: Benchmark?] = [:]
    private var entries: [EntryID: JudgedEntry?] = [:]
    private var openings: [StreamID: Opening?] = [:]
    private var statutes: [String: [StatuteVersion]] = [:]
    private var statuteHomes: [String: DivisionCode] = [:]
    private var titles: StatuteTitles?
    private let readTitles: () -> StatuteTitles?
    private var receipts: ReceiptTimes?
    private var days: WorkCalendar?

    /// - Parameter titles: where somebody keeps them, the titles of all statutes; read from the source otherwise.
    package init(source: Source, tree: DivisionTree, titles: @escaping () -> StatuteTitles? = { nil }) {
        (self.source, self.tree, readTitles) = (source, tree, titles)
    }

    package var calendar: WorkCalendar {
        if let days { return days }
        let made = WorkCalendar(records: source.records(of: LibraryKinds.calendarDay.name), tree: tree)
        days = made
        return made
    }

    /// Where several divisions hold a record of one certificate, since its holder moved, the one that became valid
    /// last counts, and of those the one with the lowest record id.
    package func officer(certificate: String) -> OfficerFacts? {
        if let known = officers[certificate] { return known }
        let field = "certificate-no"
        let found = source.records(of: LibraryKinds.officer.name, where: field, is: certificate)
        var facts: OfficerFacts?
        if !found.isEmpty {
            let statuses = source.records(of: LibraryKinds.certificateStatus.name, where: field, is: certificate)
            let duties = source.records(of: LibraryKinds.jointDuty.name, where: field, is: certificate)
            facts = found.compactMap { OfficerFacts(record: $0, statuses: statuses, duties: duties, tree: tree) }
                .min { left, right in
                    left.validFrom == right.validFrom
                        ? left.record < right.record : isLater(left.validFrom, right.validFrom)
                }
        }
        officers[certificate] = .some(facts)
        return facts
    }

    private func isLater(_ left: LegalDate?, _ right: LegalDate?) -> Bool {
        guard let left else { return false }
        return right.map { $0 < left } ?? true
    }

    /// Where several divisions hold a record of one code, that of the highest counts, and of those the one with the
    /// lowest record id: nobody below rewrites the list of a superior.
    package func item(code: String) -> ItemFacts? {
        if let known = items[code] { return known }
        let found = source.records(of: LibraryKinds.item.name, where: "code", is: code)
        var facts: ItemFacts?
        if !found.isEmpty {
            let delegations = source.records(of: LibraryKinds.delegation.name, where: "item", is: code)
            facts = highest(found.compactMap { ItemFacts(record: $0, delegations: delegations, tree: tree) }, \.record)
        }
        items[code] = .some(facts)
        return facts
    }

    package func body(code: String) -> BodyFacts? {
        if let known = bodies[code] { return known }
        let found = source.records(of: LibraryKinds.body.name, where: "code", is: code)
        let facts = highest(found.compactMap { BodyFacts(record: $0) }, \.record)
        bodies[code] = .some(facts)
        return facts
    }

    private func highest<Facts>(_ found: [Facts], _ record: (Facts) -> RecordID) -> Facts? {
        func rank(_ facts: Facts) -> (Level, RecordID) {
            let id = record(facts)
            return (tree.level(of: id.home) ?? .village, id)
        }
        return found.min { rank($0) < rank($1) }
    }

    // MARK: Entries

    package func edit(_ citation: Citation) -> CitedEdit? {
        let id = EntryID(stream: citation.dot.stream, number: citation.dot.number)
        guard let entry = entry(id), entry.hash.check == citation.check,
            let opening = opening(of: citation.dot.stream),
            entry.header.edits.indices.contains(Int(citation.dot.index))
        else { return nil }
        let edit = entry.header.edits[Int(citation.dot.index)]
        let value: Value? =
            switch edit.content {
            case .plain(let value): value
            case .personal: entry.personal.first { $0.index == citation.dot.index }?.value
            case nil: nil
            }
        let record = RecordID(home: opening.home, flow: opening.flow, kind: edit.kind, key: edit.record)
        return CitedEdit(record: record, field: edit.field, value: value)
    }

    private func entry(_ id: EntryID) -> JudgedEntry? {
        if let known = entries[id] { return known }
        let found = source.entry(id)
        entries[id] = .some(found)
        return found
    }

    /// What a stream says of itself in its first entry.
    private func opening(of stream: StreamID) -> Opening? {
        if let known = openings[stream] { return known }
        var found: Opening?
        if case .opening(let opening, _, _) = source.entry(EntryID(stream: stream, number: 1))?.header.payload {
            found = opening
        }
        openings[stream] = .some(found)
        return found
    }

    package func receipt(of entry: EntryID) -> UInt64? {
        let times = receipts ?? ReceiptTimes(source.records(of: CaseworkKinds.receipt.name).flatMap(receiptElements))
        receipts = times
        return times.earliest(of: entry)
    }

    /// What a superior wrote of a child's streams: nobody is his own notary.
    private func receiptElements(of record: RecordState) -> [ReceiptElement] {
        guard let level = tree.level(of: record.id.home) else { return [] }
        return (record.view[ReceiptRecord.heads]?.values ?? []).compactMap { candidate in
            guard candidate.level < level, case .bytes(let bytes) = candidate.value else { return nil }
            return try? ReceiptElement(bytes)
        }
    }

    // MARK: Benchmarks

    /// The benchmark whose set and number the item names.
    package func benchmark(item: String) -> Benchmark? {
        if let known = benchmarks[item] { return known }
        let found = self.item(code: item)?.benchmark.flatMap { benchmark(named: $0) }
        benchmarks[item] = .some(found)
        return found
    }

    /// - Parameter name: `set#number`, or the number alone, which then means the first set by name that has it.
    private func benchmark(named name: String) -> Benchmark? {
        let parts = BenchmarkName(name)
        let found = source.records(of: LibraryKinds.benchmark.name, where: "item", is: parts.item)
            .map { (set: $0.view["set"]?.shown?.text ?? "", record: $0) }
        guard let set = parts.set ?? found.map(\.set).min() else { return nil }
        let tiers = found.filter { $0.set == set }.sorted { $0.record.id < $1.record.id }
            .map(\.record.view).compactMap { view in Benchmark.Tier { view[$0]?.shown } }
        guard !tiers.isEmpty else { return nil }
        return Benchmark(set: set, item: parts.item, bounds: bounds(of: set), tiers: tiers)
    }

    /// A set's own rule set `benchmark-sets` says whether bounds count in; without one, as
    /// 广东省生态环境行政处罚自由裁量权规定第23条 has it.
    private func bounds(of set: String) -> Benchmark.Bounds {
        let rules = source.records(of: CaseworkKinds.ruleSet.name, where: "id", is: BenchmarkSets.id)
        let texts = rules.sorted { $0.id < $1.id }.compactMap { $0.view["text"]?.shown?.text }
        return texts.compactMap { BenchmarkSets($0)[set] }.first ?? .upperExcluded
    }

    // MARK: Statutes

    package func versions(of title: String) -> [StatuteVersion] {
        if let known = statutes[title] { return known }
        let records = source.records(of: LibraryKinds.statute.name, where: "title", is: title)
        var found: [StatuteVersion] = []
        for record in records.sorted(by: { $0.id < $1.id }) {
            var fields = RecordFields(record)
            let (part, day) = (fields.text("part"), fields.date("version-date"))
            let version = StatuteVersion(
                key: ParsedStatute.naturalKey(title: title, versionDate: day, part: part), part: part, versionDate: day,
                effectiveDate: fields.date("effective-date"),
                effectiveSource: fields.text("effective-source").flatMap(EffectiveSource.init(rawValue:)) ?? .unknown)
            // The same version may be kept at several places; the first by record id is read.
            guard statuteHomes[version.key] == nil else { continue }
            statuteHomes[version.key] = record.id.home
            found.append(version)
        }
        statutes[title] = found
        return found
    }

    package func article(_ key: String, of version: StatuteVersion) -> String? {
        guard let home = statuteHomes[version.key] else { return nil }
        return source.record(ParsedStatute.article(key, of: version.key, home: home))?.view["text"]?.shown?.text
    }

    package func repeals(of title: String) -> [StatuteRepeal] { statuteTitles.repeals[title] ?? [] }

    package func titles(like title: String) -> [String] { statuteTitles.alike[StatuteTitle.plain(title)] ?? [] }

    /// Titles and repeals of the whole library, found in one pass over its statutes, not over their articles.
    private var statuteTitles: StatuteTitles {
        if let known = titles ?? readTitles() {
            titles = known
            return known
        }
        let tables = source.records(of: CaseworkKinds.ruleSet.name, where: "id", is: StatuteTitles.tableID)
        let made = StatuteTitles(
            statutes: source.records(of: LibraryKinds.statute.name),
            tables: tables.sorted { $0.id < $1.id }.compactMap { $0.view["text"]?.shown?.text })
        titles = made
        return made
    }
}

/// What can be told of laws without their articles: which titles read alike, and which law ended which.
package struct StatuteTitles: Sendable {
    /// The id of the rule set that holds repeals which no text states, as ``StatuteRepeal/list(_:)`` reads them.
    static let tableID = "statute-repeals"

    /// Titles by what they come to without signs and the country's name.
    private(set) var alike: [String: [String]] = [:]
    private(set) var repeals: [String: [StatuteRepeal]] = [:]

    package init(alike: [String: [String]], repeals: [String: [StatuteRepeal]]) {
        (self.alike, self.repeals) = (alike, repeals)
    }

    init(statutes: [RecordState], tables: [String]) {
        var titles: Set<String> = []
        for record in statutes.sorted(by: { $0.id < $1.id }) {
            var fields = RecordFields(record)
            guard let title = fields.text("title") else { continue }
            if titles.insert(title).inserted { alike[StatuteTitle.plain(title), default: []].append(title) }
            guard let day = fields.date("effective-date") else { continue }
            for ended in fields.texts("repeals") {
                repeals[ended, default: []].append(StatuteRepeal(title: ended, by: title, from: day))
            }
        }
        alike = alike.mapValues { $0.sorted() }
        for repeal in tables.compactMap(StatuteRepeal.list).joined() {
            repeals[repeal.title, default: []].append(repeal)
        }
    }
}
