import Casework
import Divisions
import Hummingbird
import Lattice
import Ledger
import Libraries
import Store

/// Laws by title, their versions, and their text.
extension API {
    /// Bytes of text in one answer; with contents and names an answer stays below 60 KB.
    static let statuteBytesPerPage = 32_000
    static let articlesPerPageMax = 100

    func listStatutes(_ call: APICall) async throws -> Response {
        var query = call.query
        let words = (query.text("q") ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
        let kind = try query.text("kind").map { text throws(Problem) in
            guard let sort = StatuteRank.Sort(rawValue: text) else {
                let known = StatuteRank.Sort.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem(.badValue, "there is no such kind: use one of \(known)", at: "query:kind")
            }
            return sort
        }
        let status = try Self.status(&query)
        let day = try day(&query)
        let limit = try query.count("limit", default: APILimits.recordsPerPage, max: APILimits.recordsPerPageMax)
        let after = query.text("cursor")
        try query.finish()
        let list = try await browsing { knowledge in
            let found = knowledge.catalogue.laws.filter { law in
                (kind.map { $0 == law.rank.sort } ?? true) && words.allSatisfy { law.title.contains($0) }
                    && (status.map { $0 == LawOnDay(law, on: day).status } ?? true)
            }
            var first = 0
            if let after {
                guard let place = found.firstIndex(where: { $0.title == after }) else { throw Self.badCursor }
                first = place + 1
            }
            let page = found[first...].prefix(limit)
            return StatuteList(
                statutes: page.compactMap { StatuteSummary($0, on: day) }, total: found.count,
                next: page.endIndex < found.count ? page.last?.title : nil)
        }
        return try Self.json(list)
    }

    func listStatuteVersions(_ call: APICall) async throws -> Response {
        var query = call.query
        let title = try query.required("title")
        let day = try day(&query)
        try query.finish()
        let versions = try await browsing { knowledge in
            let law = try Self.law(titled: title, in: knowledge)
            let state = LawOnDay(law, on: day)
            return StatuteVersions(
                title: law.title, kind: WordsMessage(law.rank.sort.words), issuer: law.rank.issuer,
                on: day.description, repealed: state.repeal.map(RepealMessage.init),
                versions: law.editions.reversed().map { StatuteVersionMessage($0, state) })
        }
        return try Self.json(versions)
    }

    // MARK: Text

    func readStatute(_ call: APICall) async throws -> Response {
        var query = call.query
        let (title, id) = (query.text("title"), query.text("statute"))
        let day = try day(&query)
        let chapter = try query.text("chapter").map { text throws(Problem) in
            guard let chapter = Int(text), chapter >= 0 else {
                throw Problem(.badValue, "give the number of a heading of the contents", at: "query:chapter")
            }
            return chapter
        }
        let number = try query.text("number").map { text throws(Problem) in
            guard let number = ArticleNumber(text, title: title ?? "law") else { throw ArticleNumber.unreadable }
            return number
        }
        let start = try query.text("cursor").map { text throws(Problem) in
            guard let start = StatutePages.Start(text) else { throw Self.badCursor }
            return start
        }
        try query.finish()
        let message = try await browsing { knowledge in
            let (law, editions) = try Self.editions(title: title, id: id, on: day, in: knowledge)
            let pages = StatutePages(try editions.map { ($0, try Self.articles(of: $0.id, in: knowledge)) })
            return try Self.text(of: law, editions, pages, chapter, number, start, on: day)
        }
        return try Self.json(message)
    }

    private static func text(
        of law: CataloguedLaw, _ editions: [StatuteEdition], _ pages: StatutePages, _ asked: Int?,
        _ number: ArticleNumber?, _ start: StatutePages.Start?, on day: LegalDate
    ) throws -> StatuteTextMessage {
        var chapter = asked
        if let number {
            guard let found = pages.chapter(of: number) else {
                throw Problem(.notFound, "this version of the law has no such article", at: "query:number")
            }
            chapter = found.chapter
        }
        if let chapter, !pages.contents.indices.contains(chapter) {
            throw Problem(.notFound, "the contents have no such heading", at: "query:chapter")
        }
        let state = LawOnDay(law, on: day)
        let page = pages.page(from: start, chapter: chapter)
        let status = editions.first.map { state.status(of: $0.version) } ?? .undated
        return StatuteTextMessage(
            title: law.title, kind: WordsMessage(law.rank.sort.words), issuer: law.rank.issuer,
            status: status.rawValue, statusWords: WordsMessage(status.words),
            statutes: editions.map(\.id.description), version: editions.first?.version.versionDate?.description,
            effective: editions.compactMap(\.version.effectiveDate).max()?.description,
            until: status == .inForce ? state.inForce.next?.description : nil,
            repealed: state.repeal.map(RepealMessage.init), contents: start == nil ? pages.contents : [],
            chapter: chapter, articles: page.articles, next: page.next?.description)
    }

    // MARK: Shared

    static var badCursor: Problem {
        Problem(.badCursor, "give back \"next\" of the page before, unchanged", at: "query:cursor")
    }

    /// The day that `on` names; today in China by default.
    func day(_ query: inout APIQuery) throws(Problem) -> LegalDate {
        guard let text = query.text("on") else { return today.day }
        guard let day = LegalDate(text) else {
            throw Problem(.badValue, "a day is written YYYY-MM-DD", at: "query:on")
        }
        return day
    }

    static func status(_ query: inout APIQuery) throws(Problem) -> StatuteStatus? {
        guard let text = query.text("status") else { return nil }
        guard let status = StatuteStatus(rawValue: text) else {
            let known = StatuteStatus.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.badValue, "there is no such status: use one of \(known)", at: "query:status")
        }
        return status
    }

    static func law(titled title: String, in knowledge: LibraryKnowledge) throws(Problem) -> CataloguedLaw {
        guard let law = knowledge.catalogue.law(titled: title) else {
            throw Problem(
                .notFound, "this node holds no law of this title: give the full title, or search for it",
                at: "query:title")
        }
        return law
    }

    /// All parts of the version that a record belongs to, or that is in force on a day, or else of the latest.
    static func editions(
        title: String?, id: String?, on day: LegalDate, in knowledge: LibraryKnowledge
    ) throws(Problem) -> (CataloguedLaw, [StatuteEdition]) {
        if let id {
            guard let found = RecordID(id).flatMap({ knowledge.catalogue.edition($0) }) else {
                throw Problem(.notFound, "this node holds no such version of a law", at: "query:statute")
            }
            let date = found.edition.version.versionDate
            return (found.law, found.law.editions.filter { $0.version.versionDate == date })
        }
        guard let title, !title.isEmpty else {
            throw Problem(.missingMember, "the parameter title or statute is required: add one", at: "query:title")
        }
        let law = try law(titled: title, in: knowledge)
        let present = Set(VersionInForce(of: law.editions.map(\.version), on: day).versions.map(\.key))
        let inForce = law.editions.filter { present.contains($0.version.key) }
        let latest = law.editions.last?.version.versionDate
        return (law, inForce.isEmpty ? law.editions.filter { $0.version.versionDate == latest } : inForce)
    }

    /// The articles of one record of a statute, in its order.
    static func articles(of statute: RecordID, in knowledge: LibraryKnowledge) throws -> [ShownRow] {
        var list = RowList(
            kind: LibraryKinds.article.name, fields: ["ordinal", "number", "suffix", "label", "chapter", "text"],
            conditions: [.equals("statute", .record(statute))])
        var rows: [ShownRow] = []
        repeat {
            let page = try knowledge.base.source.snapshot.rows(list)
            rows += page.rows
            list.after = page.next
        } while list.after != nil
        return rows.map { ($0.integer("ordinal") ?? 0, $0) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
}

extension ShownRow {
    /// An article's number as it is asked for: `12`, `12-2`.
    var articleNumber: String {
        let suffix = integer("suffix") ?? 0
        return "\(integer("number") ?? 0)" + (suffix > 0 ? "-\(suffix)" : "")
    }
}
