import Divisions
import HTTPTypes
import Hummingbird
import Lattice
import Ledger
import Libraries
import Replication
import Store

/// Finding articles by words, and the article that is the law on a day.
extension API {
    func searchStatutes(_ call: APICall) async throws -> Response {
        var query = call.query
        let words = try query.required("q")
        let limit = try query.count("limit", default: APILimits.hitsPerPage, max: APILimits.hitsPerPageMax)
        var offset = 0
        if let text = query.text("cursor") {
            guard let place = Int(text), (1...APILimits.hitsOffsetMax).contains(place) else {
                throw Problem(.badCursor, "give back \"next\" of the page before, unchanged", at: "query:cursor")
            }
            offset = place
        }
        try query.finish()
        let hits: StatuteHits
        do throws(QueryFailure) {
            hits = try await core.read { [offset] (reader) throws(QueryFailure) in
                try Self.search(words, limit: limit, offset: offset, in: reader)
            }
        } catch {
            throw Problem(error) { $0 }
        }
        return try Self.json(hits)
    }

    private static func search(
        _ words: String, limit: Int, offset: Int, in reader: StoreReader
    ) throws(QueryFailure) -> StatuteHits {
        let page = try reader.search(kind: LibraryKinds.article.name, words: words, limit: limit, offset: offset)
        var statutes: [RecordID: RecordView] = [:]
        var hits: [StatuteHit] = []
        for hit in page.hits {
            guard let article = try view(of: hit.record, in: reader), let id = article.record("statute") else {
                continue
            }
            if statutes[id] == nil { statutes[id] = try view(of: id, in: reader) }
            let statute = statutes[id]
            hits.append(
                StatuteHit(
                    article: hit.record.description, statute: id.description, title: statute?.text("title") ?? "",
                    version: statute?.text("version-date"), label: article.text("label") ?? "",
                    chapter: article.text("chapter") ?? "", excerpt: hit.excerpt,
                    highlights: hit.highlights.map { [$0.lowerBound, $0.upperBound] }))
        }
        let next = page.next.flatMap { $0 <= APILimits.hitsOffsetMax ? String($0) : nil }
        return StatuteHits(hits: hits, next: next)
    }

    private static func view(of id: RecordID, in reader: StoreReader) throws(QueryFailure) -> RecordView? {
        do throws(StoreFailure) { return try reader.record(id)?.view } catch { throw .store(error) }
    }

    // MARK: The law on a day

    func readArticle(_ call: APICall) async throws -> Response {
        var query = call.query
        let title = try query.required("title")
        guard let number = ArticleNumber(try query.required("number"), title: title) else {
            throw Problem(.badValue, "an article is written 12, 12-2 or 第十二条之二", at: "query:number")
        }
        let today = Moments.chineseDay(clock())
        guard let day = query.text("on").map({ LegalDate($0) }) ?? today else {
            throw Problem(.badValue, "a day is written YYYY-MM-DD", at: "query:on")
        }
        try query.finish()
        let found = try await versions(of: title)
        guard let shown = found.first?.view.text("title") else {
            throw Problem(
                .notFound, "this node holds no law of this title: give the full title, or search for it",
                at: "query:title")
        }
        let inForce = VersionInForce(of: found.map(\.version), on: day)
        let keys = Set(inForce.versions.map(\.key))
        let present = found.filter { keys.contains($0.version.key) }
        var articles: [ArticleMessage] = []
        for statute in present { articles += try await self.articles(number, of: statute.view.id) }
        return try Self.json(
            ArticleInForce(
                title: shown, on: day.description, statutes: present.map { $0.view.id.description },
                version: inForce.versions.first?.versionDate?.description, since: inForce.since?.description,
                source: inForce.versions.first?.effectiveSource.rawValue, next: inForce.next?.description,
                undated: inForce.undated.count, articles: articles))
    }

    /// Every version of a title held here, in the order of parts; a title that leaves out the country's name is found
    /// under the full one.
    private func versions(of title: String) async throws(Problem) -> [(version: StatuteVersion, view: RecordView)] {
        for candidate in [title, "中华人民共和国" + title] {
            var query = RecordQuery(kind: LibraryKinds.statute.name, limit: APILimits.versionsMax)
            query.conditions = [RecordQuery.Condition(field: "title", equals: .text(candidate))]
            let views = try await page(query).records.map(\.view)
            guard !views.isEmpty else { continue }
            return views.map { (StatuteVersion($0), $0) }.sorted { $0.version.key < $1.version.key }
        }
        return []
    }

    private func articles(_ number: ArticleNumber, of statute: RecordID) async throws(Problem) -> [ArticleMessage] {
        var query = RecordQuery(kind: LibraryKinds.article.name, limit: APILimits.articlesPerPage)
        query.conditions = [RecordQuery.Condition(field: "statute", equals: .record(statute))]
        var found: [(ordinal: Int64, article: ArticleMessage)] = []
        repeat {
            let page = try await page(query)
            for view in page.records.lazy.map(\.view) where number == ArticleNumber(view) {
                let article = ArticleMessage(
                    id: view.id.description, label: view.text("label") ?? "", chapter: view.text("chapter") ?? "",
                    text: view.text("text") ?? "")
                found.append((view.integer("ordinal") ?? 0, article))
            }
            query.after = page.next
        } while query.after != nil
        return found.sorted { $0.ordinal < $1.ordinal }.map(\.article)
    }
}

/// An article's number with its suffix: 12 and 2 for `第十二条之二`.
private struct ArticleNumber: Equatable {
    let number: Int64
    let suffix: Int64

    /// Reads `12`, `12-2`, or what a citation writes.
    init?(_ text: String, title: String) {
        if text.hasPrefix("第") {
            guard let reference = StatuteReference(title: title, article: text) else { return nil }
            (number, suffix) = (Int64(reference.article), Int64(reference.suffix))
            return
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int64($0) }
        guard (1...2).contains(parts.count), let number = parts[0], number >= 0 else { return nil }
        guard let suffix = parts.count == 2 ? parts[1] : 0, suffix >= 0 else { return nil }
        (self.number, self.suffix) = (number, suffix)
    }

    init(_ view: RecordView) { (number, suffix) = (view.integer("number") ?? -1, view.integer("suffix") ?? 0) }
}

extension StatuteVersion {
    fileprivate init(_ view: RecordView) {
        let (part, date) = (view.text("part"), view.text("version-date"))
        // Parts come in the order of their names; the id tells apart what different homes keep under one title.
        self.init(
            key: "\(date ?? "")\u{1F}\(part ?? "")\u{1F}\(view.id)", part: part,
            versionDate: date.flatMap { LegalDate($0) },
            effectiveDate: view.text("effective-date").flatMap { LegalDate($0) },
            effectiveSource: view.text("effective-source").flatMap { EffectiveSource(rawValue: $0) } ?? .unknown)
    }
}

extension RecordView {
    fileprivate func text(_ field: String) -> String? {
        if case .text(let text) = self[field]?.shown { text } else { nil }
    }

    fileprivate func integer(_ field: String) -> Int64? {
        if case .integer(let integer) = self[field]?.shown { integer } else { nil }
    }

    fileprivate func record(_ field: String) -> RecordID? {
        if case .record(let id) = self[field]?.shown { id } else { nil }
    }
}
