import Casework
import Lattice
import Ledger
import Libraries
import Store
import Synchronization

/// One version of a law, or the part of it that one record holds.
struct StatuteEdition: Sendable {
    let id: RecordID
    let version: StatuteVersion
    let publishDate: LegalDate?
    let originalEffectiveDate: LegalDate?
    /// An event a line.
    let events: String
    let articles: Int
}

/// All versions of the laws of one title.
struct CataloguedLaw: Sendable {
    let title: String
    let rank: StatuteRank
    /// By version and part.
    var editions: [StatuteEdition]
    var repeals: [StatuteRepeal] = []
}

/// What a version of a law is on a day.
enum StatuteStatus: String, Hashable, Sendable, CaseIterable {
    case inForce = "in-force"
    /// It takes effect later.
    case future
    /// A later version is in force.
    case superseded
    case repealed
    /// Nothing tells its day: a person must look at it.
    case undated

    var words: Bilingual {
        switch self {
        case .inForce: Bilingual("现行有效", "in force")
        case .future: Bilingual("尚未施行", "not yet in force")
        case .superseded: Bilingual("已被修改", "superseded")
        case .repealed: Bilingual("已废止", "repealed")
        case .undated: Bilingual("施行日期不明", "day unknown")
        }
    }
}

/// What a law and its versions are on one day.
struct LawOnDay: Sendable {
    let inForce: VersionInForce
    /// What ended the law before or on the day, if it counts for the version in force.
    let repeal: StatuteRepeal?
    private let day: LegalDate
    private let present: Set<String>
    private let undated: Set<String>

    init(_ law: CataloguedLaw, on day: LegalDate) {
        inForce = VersionInForce(of: law.editions.map(\.version), on: day)
        let edition = inForce.versions.first?.versionDate
        // A law of the same title that was made after the repeal is another law, and in force.
        repeal = law.repeals.filter { repeal in repeal.from <= day && edition.map { $0 < repeal.from } ?? true }
            .max { ($0.from, $0.by ?? "") < ($1.from, $1.by ?? "") }
        self.day = day
        present = Set(inForce.versions.map(\.key))
        undated = Set(inForce.undated.map(\.key))
    }

    func status(of version: StatuteVersion) -> StatuteStatus {
        if present.contains(version.key) { return repeal == nil ? .inForce : .repealed }
        if undated.contains(version.key) { return .undated }
        return version.effectiveDate.map { $0 > day } ?? false ? .future : .superseded
    }

    /// What the law as a whole is: that of the version in force, where there is one.
    var status: StatuteStatus {
        guard inForce.versions.isEmpty else { return repeal == nil ? .inForce : .repealed }
        return inForce.next == nil ? .undated : .future
    }
}

/// All laws of a library, without their articles: some thousand titles, which every page about laws looks at.
struct StatuteCatalogueContent: Sendable {
    /// By rank, then by title.
    let laws: [CataloguedLaw]
    /// Places of laws by title.
    private let titles: [String: Int]
    private let records: [RecordID: (law: Int, edition: Int)]
    private let versions: [String: RecordID]
    private let ended: [String: [StatuteRepeal]]
    private let alike: [String: [String]]

    /// - Parameters:
    ///   - rows: of statutes, with ``StatuteCatalogue/fields``.
    ///   - tables: of repeals that no text states.
    init(_ rows: [ShownRow], tables: [String]) {
        var byTitle: [String: [(key: String, edition: StatuteEdition)]] = [:]
        var (ended, alike): ([String: [StatuteRepeal]], [String: [String]]) = ([:], [:])
        var keys: Set<String> = []
        for row in rows.sorted(by: { $0.id < $1.id }) {
            guard let title = row.text("title") else { continue }
            let edition = StatuteEdition(row, title: title)
            if let day = edition.version.effectiveDate {
                for other in row.texts("repeals") {
                    ended[other, default: []].append(StatuteRepeal(title: other, by: title, from: day))
                }
            }
            // The same version may be kept at several places; the first by record id is read.
            guard keys.insert(edition.version.key).inserted else { continue }
            let order = "\(edition.version.versionDate?.description ?? "")\u{1F}\(edition.version.part ?? "")"
            byTitle[title, default: []].append((order, edition))
        }
        for repeal in tables.compactMap(StatuteRepeal.list).joined() {
            ended[repeal.title, default: []].append(repeal)
        }
        for title in byTitle.keys.sorted() { alike[StatuteTitle.plain(title), default: []].append(title) }
        let sorts = StatuteRank.Sort.allCases
        laws = byTitle.map { title, editions in
            let editions = editions.sorted { $0.key < $1.key }.map(\.edition)
            let rank = StatuteRank(title: title, events: editions.last?.events ?? "")
            return CataloguedLaw(title: title, rank: rank, editions: editions, repeals: ended[title] ?? [])
        }.sorted { left, right in
            let ranks = (sorts.firstIndex(of: left.rank.sort) ?? 0, sorts.firstIndex(of: right.rank.sort) ?? 0)
            return ranks.0 == ranks.1 ? left.title < right.title : ranks.0 < ranks.1
        }
        titles = Dictionary(uniqueKeysWithValues: laws.enumerated().map { ($1.title, $0) })
        var records: [RecordID: (law: Int, edition: Int)] = [:]
        for (law, edition) in laws.enumerated().flatMap({ place, law in law.editions.indices.map { (place, $0) } }) {
            records[laws[law].editions[edition].id] = (law, edition)
        }
        versions = Dictionary(uniqueKeysWithValues: laws.flatMap(\.editions).map { ($0.version.key, $0.id) })
        (self.records, self.ended, self.alike) = (records, ended, alike)
    }

    /// The law of this title, or of this title with or without the country's name, or of one that reads alike.
    func law(titled title: String) -> CataloguedLaw? {
        let state = "中华人民共和国"
        let bare = title.filter { !"《》 ".contains($0) }
        var names = [title, bare, state + bare]
        if bare.hasPrefix(state) { names.append(String(bare.dropFirst(state.count))) }
        return (names + (alike[StatuteTitle.plain(title)] ?? [])).lazy.compactMap { titles[$0] }.first.map { laws[$0] }
    }

    func edition(_ record: RecordID) -> (law: CataloguedLaw, edition: StatuteEdition)? {
        records[record].map { (laws[$0.law], laws[$0.law].editions[$0.edition]) }
    }

    func versions(of title: String) -> [StatuteVersion] {
        titles[title].map { laws[$0].editions.map(\.version) } ?? []
    }

    func record(of version: StatuteVersion) -> RecordID? { versions[version.key] }

    func repeals(of title: String) -> [StatuteRepeal] { ended[title] ?? [] }

    /// The same for whoever judges cases.
    var statuteTitles: StatuteTitles { StatuteTitles(alike: alike, repeals: ended) }

    func titles(like title: String) -> [String] { alike[StatuteTitle.plain(title)] ?? [] }
}

extension StatuteEdition {
    fileprivate init(_ row: ShownRow, title: String) {
        func day(_ field: String) -> LegalDate? { row.text(field).flatMap { LegalDate($0) } }
        let (part, date) = (row.text("part"), day("version-date"))
        id = row.id
        version = StatuteVersion(
            key: ParsedStatute.naturalKey(title: title, versionDate: date, part: part), part: part, versionDate: date,
            effectiveDate: day("effective-date"),
            effectiveSource: row.text("effective-source").flatMap { EffectiveSource(rawValue: $0) } ?? .unknown)
        (publishDate, originalEffectiveDate) = (day("publish-date"), day("original-effective-date"))
        (events, articles) = (row.text("events") ?? "", Int(row.integer("article-count") ?? 0))
    }
}

/// Keeps the catalogue of the library until a statute changes.
final class StatuteCatalogue: Sendable {
    static let fields = [
        "title", "part", "version-date", "publish-date", "effective-date", "effective-source",
        "original-effective-date", "events", "article-count", "repeals",
    ]
    /// The id of the rule set with repeals that no text states.
    private static let tableID = "statute-repeals"

    private struct Kept {
        let statutes: RowFingerprint
        let tables: RowFingerprint
        let content: StatuteCatalogueContent
    }

    private let kept = Mutex<Kept?>(nil)

    func content(_ snapshot: StoreSnapshot) throws -> StatuteCatalogueContent {
        let statutes = try snapshot.fingerprint(of: LibraryKinds.statute.name)
        let tables = try snapshot.fingerprint(of: CaseworkKinds.ruleSet.name)
        if let kept = kept.withLock({ $0 }), kept.statutes == statutes, kept.tables == tables { return kept.content }
        let content = try read(snapshot)
        kept.withLock { $0 = Kept(statutes: statutes, tables: tables, content: content) }
        return content
    }

    private func read(_ snapshot: StoreSnapshot) throws -> StatuteCatalogueContent {
        var list = RowList(kind: LibraryKinds.statute.name, fields: Self.fields)
        var rows: [ShownRow] = []
        repeat {
            let page = try snapshot.rows(list)
            rows += page.rows
            list.after = page.next
        } while list.after != nil
        let tables = try snapshot.rows(
            RowList(
                kind: CaseworkKinds.ruleSet.name, fields: ["text"],
                conditions: [.equals("id", .text(Self.tableID))]))
        return StatuteCatalogueContent(
            rows, tables: tables.rows.sorted { $0.id < $1.id }.compactMap { $0.text("text") })
    }
}
