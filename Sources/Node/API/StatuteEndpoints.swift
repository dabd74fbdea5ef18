import Casework
import Divisions
import HTTPTypes
import Hummingbird
import Lattice
import Ledger
import Libraries
import Store

/// Finding articles by words, and the article that is the law on a day.
extension API {
    func searchStatutes(_ call: APICall) async throws -> Response {
        var query = call.query
        let words = try query.required("q")
        let titles = (query.text("title") ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
        let status = try Self.status(&query)
        let day = try day(&query)
        let limit = try query.count("limit", default: APILimits.hitsPerPage, max: APILimits.hitsPerPageMax)
        var offset = 0
        if let text = query.text("cursor") {
            guard let place = Int(text), (1...APILimits.hitsOffsetMax).contains(place) else { throw Self.badCursor }
            offset = place
        }
        try query.finish()
        let hits = try await browsing { [offset] knowledge in
            var states: [String: LawOnDay] = [:]
            func state(_ law: CataloguedLaw) -> LawOnDay {
                if let known = states[law.title] { return known }
                let state = LawOnDay(law, on: day)
                states[law.title] = state
                return state
            }
            var conditions: [RowList.Condition] = []
            if status != nil || !titles.isEmpty {
                let statutes = knowledge.catalogue.laws.filter { law in titles.allSatisfy { law.title.contains($0) } }
                    .flatMap { law in
                        law.editions.filter { edition in
                            status.map { $0 == state(law).status(of: edition.version) } ?? true
                        }
                    }
                conditions.append(.isOneOf("statute", statutes.map(\.id.description)))
            }
            let page = try knowledge.base.source.snapshot.search(
                kind: LibraryKinds.article.name, words: words, where: conditions, showing: Self.hitFields,
                limit: limit, offset: offset)
            let hits = page.hits.compactMap { hit -> StatuteHit? in
                guard let id = hit.row.text("statute").flatMap({ RecordID($0) }),
                    let found = knowledge.catalogue.edition(id)
                else { return nil }
                return StatuteHit(hit, found.edition, title: found.law.title, state(found.law))
            }
            let next = page.next.flatMap { $0 <= APILimits.hitsOffsetMax ? String($0) : nil }
            return StatuteHits(hits: hits, next: next)
        }
        return try Self.json(hits)
    }

    private static let hitFields = ["statute", "number", "suffix", "label", "chapter"]

    // MARK: The law on a day

    func readArticle(_ call: APICall) async throws -> Response {
        var query = call.query
        let title = try query.required("title")
        guard let number = ArticleNumber(try query.required("number"), title: title) else {
            throw ArticleNumber.unreadable
        }
        let day = try day(&query)
        try query.finish()
        let message = try await browsing { knowledge in
            let law = try Self.law(titled: title, in: knowledge)
            let inForce = VersionInForce(of: law.editions.map(\.version), on: day)
            let keys = Set(inForce.versions.map(\.key))
            let present = law.editions.filter { keys.contains($0.version.key) }
            var articles: [ArticleMessage] = []
            for edition in present { articles += try Self.articles(number, of: edition.id, in: knowledge) }
            return ArticleInForce(
                title: law.title, on: day.description, statutes: present.map(\.id.description),
                version: inForce.versions.first?.versionDate?.description, since: inForce.since?.description,
                source: inForce.versions.first?.effectiveSource.rawValue, next: inForce.next?.description,
                undated: inForce.undated.count, articles: articles)
        }
        return try Self.json(message)
    }

    private static func articles(
        _ number: ArticleNumber, of statute: RecordID, in knowledge: LibraryKnowledge
    ) throws -> [ArticleMessage] {
        let list = RowList(
            kind: LibraryKinds.article.name, fields: ["ordinal", "number", "suffix", "label", "chapter", "text"],
            conditions: [.equals("statute", .record(statute)), .equals("number", .integer(number.number))])
        let rows = try knowledge.base.source.snapshot.rows(list).rows.filter { ArticleNumber($0) == number }
        return rows.sorted { ($0.integer("ordinal") ?? 0) < ($1.integer("ordinal") ?? 0) }.map { row in
            ArticleMessage(
                id: row.id.description, label: row.text("label") ?? "", chapter: row.text("chapter") ?? "",
                text: row.text("text") ?? "")
        }
    }
}

extension StatuteHit {
    fileprivate init(_ hit: SearchHit, _ edition: StatuteEdition, title: String, _ state: LawOnDay) {
        let status = state.status(of: edition.version)
        self.init(
            article: hit.record.description, statute: edition.id.description, title: title,
            version: edition.version.versionDate?.description, part: edition.version.part,
            effective: edition.version.effectiveDate?.description, status: status.rawValue,
            statusWords: WordsMessage(status.words), number: hit.row.articleNumber,
            label: hit.row.text("label") ?? "", chapter: hit.row.text("chapter") ?? "", excerpt: hit.excerpt,
            highlights: hit.highlights.map { [$0.lowerBound, $0.upperBound] })
    }
}

/// An article's number with its suffix: 12 and 2 for `第十二条之二`.
struct ArticleNumber: Hashable {
    let number: Int64
    let suffix: Int64

    init(number: Int64, suffix: Int64) { (self.number, self.suffix) = (number, suffix) }

    init(_ row: ShownRow) { self.init(number: row.integer("number") ?? -1, suffix: row.integer("suffix") ?? 0) }

    /// Reads `12`, `12-2`, or what a citation writes.
    init?(_ text: String, title: String) {
        if text.hasPrefix("第") {
            guard let reference = StatuteReference(title: title, article: text) else { return nil }
            (number, suffix) = (Int64(reference.article), Int64(reference.suffix))
            return
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int64($0) }
        guard (1...2).contains(parts.count), let number = parts[0], (0...9_999).contains(number) else { return nil }
        guard let suffix = parts.count == 2 ? parts[1] : 0, (0...9_999).contains(suffix) else { return nil }
        (self.number, self.suffix) = (number, suffix)
    }

    static var unreadable: Problem {
        Problem(.badValue, "an article is written 12, 12-2 or 第十二条之二", at: "query:number")
    }
}
